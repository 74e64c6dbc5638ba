/*
 * The input is a file of the example directory, behind a line with its path; the checker reads it in that file's place.
 * The checker must end, and must find any difference from the published file.  Then the first draw's folder is replayed
 * by itself with all digests adjusted to the changed file, so that the checks behind them are reached too.
 */
#include "fuzz.h"

#include <sodium.h>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/check/verify.h"
#include "core/format/roster.h"

#define DRAW "draws/0001/"
#define AT 1697068800 /* 2023-10-12: later the draw that is still sealed would be overdue */

static struct file {
	const char *path;
	struct slice published, now;
	char *mended; /* `now` where digests were mended */
} files[] = {{.path = "checkpoint"}, {.path = "vkey"}, {.path = "tile/0/000.p/22"}, {.path = "tile/entries/000.p/22"},
    /* digests are mended in this order */
    {.path = DRAW "conflicts.csv"}, {.path = DRAW "away.csv"}, {.path = DRAW "sealed.json"},
    {.path = DRAW "targets.csv"}, {.path = DRAW "inspectors.csv"}, {.path = DRAW "commit.json"},
    {.path = DRAW "record.json"}, {.path = DRAW "amend-01.json"}, {.path = DRAW "amend-02.json"},
    {.path = DRAW "amend-03.json"}, {.path = DRAW "commit.checkpoint"}, {.path = DRAW "outcome.checkpoint"},
    {.path = "draws/0002/commit.json"}, {.path = "draws/0002/commit.checkpoint"},
    {.path = "draws/0002/outcome.checkpoint"}, {.path = "draws/0003/commit.json"},
    {.path = "draws/0003/commit.checkpoint"}, {.path = "draws/0003/outcome.checkpoint"}};

#define N_FILES (sizeof files / sizeof files[0])

/* `ctx` is the folder that is looked at, with its '/'; "" is the top. */
static int
read_file(void *ctx, const char *path, struct buf *out, struct err *err)
{
	size_t len = strlen(ctx);

	for (size_t i = 0; i < N_FILES; i++)
		if (strncmp(files[i].path, ctx, len) == 0 && strcmp(files[i].path + len, path) == 0) {
			if (files[i].now.n > out->max - out->len)
				return err_set(err, ERR_LIMIT, "%s is too large", path);
			buf_slice(out, files[i].now);
			return 0;
		}
	return err_set(err, ERR_ABSENT, "%s is not there", path);
}

static int
list_folder(void *ctx, const char *path, void (*each)(void *arg, const char *name, bool is_file), void *arg,
    struct err *err)
{
	char folder[64], name[64], before[64] = "";
	size_t len;
	bool any = false;

	len = (size_t)snprintf(folder, sizeof folder, "%s%s%s", (const char *)ctx, path, path[0] == '\0' ? "" : "/");
	for (size_t i = 0; i < N_FILES; i++) {
		if (strncmp(files[i].path, folder, len) != 0)
			continue;
		(void)snprintf(name, sizeof name, "%.*s", (int)strcspn(files[i].path + len, "/"), files[i].path + len);
		if (strcmp(name, before) != 0) /* a folder's files stand together in the table */
			each(arg, name, strchr(files[i].path + len, '/') == NULL);
		memcpy(before, name, sizeof before);
		any = true;
	}
	return any ? 0 : err_set(err, ERR_ABSENT, "%s is not there", path);
}

/* Replaces a file's old digest by its new one, wherever the draw's folder has it. */
static void
mend(struct slice old, struct slice new)
{
	for (size_t i = 0; i < N_FILES; i++) {
		char *at;

		if (strncmp(files[i].path, DRAW, strlen(DRAW)) != 0 || slice_eq(old, new) || files[i].now.n < old.n)
			continue; /* memmem takes no empty text */
		at = memmem(files[i].now.p, files[i].now.n, old.p, old.n);
		if (at == NULL)
			continue;
		if (files[i].mended == NULL) {
			files[i].mended = malloc(files[i].now.n);
			FUZZ_CHECK(files[i].mended != NULL);
			memcpy(files[i].mended, files[i].now.p, files[i].now.n);
			at = files[i].mended + (at - files[i].now.p);
			files[i].now.p = files[i].mended;
		}
		memcpy(at, new.p, new.n);
	}
}

static void
mend_all(void)
{
	for (size_t i = 4; i < 9; i++) {
		char old[HASH_HEX + 1], new[HASH_HEX + 1];
		struct hash root;
		size_t rows;

		hash_hex(files[i].published, old);
		hash_hex(files[i].now, new);
		mend(slice_of(old), slice_of(new));
		root = roster_root(files[i].published, &rows);
		text_to_hex(root.b, HASH_BYTES, old);
		root = roster_root(files[i].now, &rows);
		text_to_hex(root.b, HASH_BYTES, new);
		mend(slice_of(old), slice_of(new));
	}
}

static void
hear_check(void *ctx, uint64_t n, enum check check, enum check_state state, const char *detail)
{
	(void)n;
	*(size_t *)ctx += strlen(check_name(check)) + strlen(check_state_name(state)) + strlen(detail);
}

static void
hear_note(void *ctx, uint64_t n, const char *message)
{
	(void)n;
	*(size_t *)ctx += strlen(message);
}

static uint64_t
failures_of(bool whole)
{
	size_t heard = 0;
	struct published dir = {read_file, list_folder, whole ? "" : DRAW};
	struct report report = {.check = hear_check, .note = hear_note, .ctx = &heard};
	struct verify_options options = {.has_at = true, .at = AT};

	if (whole)
		FUZZ_CHECK(verify_directory(&dir, &options, &report, NULL) == 0);
	else
		FUZZ_CHECK(replay_folder(&dir, NULL, 1, &report, NULL, NULL, NULL) == 0);
	FUZZ_CHECK(heard > 0);
	return report.failures;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = {(const char *)data, size}, path = slice_cut(&bytes, '\n');
	struct file *changed = NULL;
	bool is_note;

	FUZZ_CHECK(sodium_init() >= 0);
	if (files[0].published.p == NULL) {
		for (size_t i = 0; i < N_FILES; i++)
			files[i].now = files[i].published = fuzz_example(files[i].path);
		FUZZ_CHECK(failures_of(true) == 0 && failures_of(false) == 0);
	}
	for (size_t i = 0; i < N_FILES; i++)
		if (slice_is(path, files[i].path))
			changed = &files[i];
	if (changed == NULL)
		return 0;
	changed->now = bytes;
	/* a note without a cosignature, or with one of an unknown key, is still valid */
	is_note = path.n >= 10 && slice_is((struct slice){path.p + path.n - 10, 10}, "checkpoint");
	if (failures_of(true) == 0)
		FUZZ_CHECK(is_note || slice_eq(changed->now, changed->published));
	mend_all();
	(void)failures_of(false);
	for (size_t i = 0; i < N_FILES; i++) {
		files[i].now = files[i].published;
		free(files[i].mended);
		files[i].mended = NULL;
	}
	return 0;
}
