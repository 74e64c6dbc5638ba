/* Rosters in a state of each test's own: imports from texts, and what they told. */

#include "roster_scene.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char dir[SCRATCH_PATH];
struct store *store;
static unsigned directories;

/* Each test has a store of its own. */
int
roster_scene_set_up(void **state)
{
	struct err err = {0};
	char path[SCRATCH_PATH + 32];

	(void)state;
	(void)snprintf(path, sizeof path, "%s/state%u", dir, directories++);
	if (store_open(path, STORE_CREATE, &store, &err) == 0)
		return 0;
	print_error("%s\n", err.message);
	return -1;
}

int
roster_scene_tear_down(void **state)
{
	(void)state;
	store_close(store);
	store = NULL;
	return 0;
}

int
roster_scene_group_set_up(void **state)
{
	(void)state;
	return scratch_make(dir) ? 0 : -1;
}

int
roster_scene_group_tear_down(void **state)
{
	(void)state;
	return scratch_remove(dir);
}

/* ---- importing ---- */

char faults_told[65536];
struct rosters_counts counts;
char message[ERR_MESSAGE_BYTES];

void
note_fault(void *ctx, const char *file, unsigned long line, const char *text)
{
	size_t n = strlen(faults_told);

	(void)ctx;
	(void)file;
	(void)snprintf(faults_told + n, sizeof faults_told - n, "%lu: %s\n", line, text);
}

const struct rosters_import no_limits = {
    .file = "FILE",
    .by = "tester",
    .now = NOW,
    .today = TODAY,
    .replace_limit = 100,
};

/* Through a pipe or a file: both are read alike. */
int
import_with(enum roster_kind kind, const void *bytes, size_t len, const struct rosters_import *how)
{
	char path[SCRATCH_PATH + 32];
	struct diag diag = {.say = note_fault};
	struct err err = {0};
	int fd, rc;

	(void)snprintf(path, sizeof path, "%s/file.csv", dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	faults_told[0] = '\0';
	rc = rosters_import(store, kind, fd, how, &diag, &counts, &err);
	(void)snprintf(message, sizeof message, "%s", err.message);
	assert_int_equal(close(fd), 0);
	assert_false(store_in_transaction(store));
	return rc;
}

int
import_text(enum roster_kind kind, const char *text, const struct rosters_import *how)
{
	return import_with(kind, text, strlen(text), how);
}

int
import(enum roster_kind kind, const char *text)
{
	return import_text(kind, text, &no_limits);
}

void
imported(enum roster_kind kind, const char *text)
{
	if (import(kind, text) != 0)
		fail_msg("%s: %s", message, faults_told);
}

char *
exported(enum roster_kind kind)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct err err = {0};

	assert_non_null(out);
	if (rosters_export_csv(store, &(struct rosters_export){.kind = kind}, out, &err) != 0)
		fail_msg("%s", err.message);
	assert_int_equal(fclose(out), 0);
	return text;
}

void
refused_bytes(enum roster_kind kind, const void *bytes, size_t len, const char *expected)
{
	char *before = exported(kind), *after;

	if (import_with(kind, bytes, len, &no_limits) != ERR_REFUSED)
		fail_msg("not refused, expected \"%s\"; %s", expected, message);
	if (strstr(faults_told, expected) == NULL)
		fail_msg("expected \"%s\", told:\n%s(%s)", expected, faults_told, message);
	after = exported(kind);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

void
refused(enum roster_kind kind, const char *text, const char *expected)
{
	refused_bytes(kind, text, strlen(text), expected);
}

void
export_is(enum roster_kind kind, const char *expected)
{
	char *text = exported(kind);
	char *plain_text = calloc(1, strlen(text) + 1), *to = plain_text;

	/* Without BOM and CR, which every export has. */
	assert_memory_equal(text, "\xEF\xBB\xBF", 3);
	for (const char *from = text + 3; *from != '\0'; from++)
		if (*from != '\r')
			*to++ = *from;
	assert_string_equal(plain_text, expected);
	free(plain_text);
	free(text);
}

const char targets[] = "id,name,class,unit,area,level,needs,weight,since\n"
                       "T1,甲,A,财政局,河东,3,finance,1,2020-01-01\nT2,乙,B,民政局,河西,,,5,2021-02-28\n";
const char inspectors[] = "id,name,unit,area,level,tags,email,language\n"
                          "I1,张,监督一室,河东,4,lead;legal,i1@example.org,zh_CN\nI2,李,财政局,,,,i2@example.org,\n";
const char conflicts[] = "inspector,scope,value,reason\nI1,unit,财政局,配偶\nI2,target,T2,\nI2,area,河东,\n";
const char matters[] = "id,name,checklist,legal_basis\nduty,值班,a | b |  | c,条例\nleave,外出,,\n";
const char contacts[] = "target,level,name,email\nT1,1,王,w@example.org\nT1,2,赵,z@example.org\n";

void
import_all(void)
{
	imported(ROSTER_TARGETS, targets);
	imported(ROSTER_INSPECTORS, inspectors);
	imported(ROSTER_CONFLICTS, conflicts);
	imported(ROSTER_MATTERS, matters);
	imported(ROSTER_CONTACTS, contacts);
}
