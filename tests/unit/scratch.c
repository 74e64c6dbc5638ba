/* Folders of a test's own, and files in them. */

#include "scratch.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

#define RANDOM_PART 6 /* of the name, by mkdtemp */

/* The name has no T or I, with which ids of targets and inspectors begin: tests look for these in texts with paths. */
bool
scratch_make(char ret_path[static SCRATCH_PATH])
{
	const char *base = getenv("TMPDIR");

	for (;;) {
		(void)snprintf(ret_path, SCRATCH_PATH, "%s/spotcheck-test.XXXXXX",
		    base != NULL && *base != '\0' ? base : "/tmp");
		if (mkdtemp(ret_path) == NULL)
			return false;
		if (strpbrk(ret_path + strlen(ret_path) - RANDOM_PART, "TI") == NULL)
			return true;
		(void)rmdir(ret_path);
	}
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

int
scratch_remove(const char *path)
{
	return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void
scratch_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (file == NULL)
		fail_msg("cannot write %s", path);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

unsigned
scratch_count(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	if (dir != NULL)
		(void)closedir(dir);
	return n;
}
