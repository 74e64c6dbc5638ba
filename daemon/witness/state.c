/* A witness's state as a text file: reads it, replaces it, and keeps proofs of forks beside it. */

#include "witness/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "system/file.h"

#define FIRST_LINE "spotcheck-witness/v1"
#define SUM "sum "
#define SUM_LINE (sizeof SUM - 1 + HASH_HEX + 1)
#define STATE_MAX ((size_t)64 << 20)
#define LOGS_MAX 1024
#define PROOFS_MAX 16 /* of one log: one is enough, and whoever has its key can make any number */
#define LOCK_TRIES 250
#define LOCK_WAIT_NS 20000000 /* between two tries */
#define B64 sodium_base64_VARIANT_ORIGINAL
#define HASH_B64 sodium_base64_ENCODED_LEN(HASH_BYTES, B64)

/* ---- reading ---- */

static bool
add_known_log(struct witness_file *f, struct slice vkey)
{
	struct witness_known *more = realloc(f->logs, (f->n + 1) * sizeof *more);
	struct note_key key;

	if (more == NULL)
		return false;
	f->logs = more;
	if (f->n == LOGS_MAX || note_key_parse(vkey, &key, NULL) != 0 || key.algorithm != NOTE_ED25519)
		return false;
	f->logs[f->n] = (struct witness_known){.vkey = slice_dup(vkey), .operator = strdup("")};
	f->n++;
	return f->logs[f->n - 1].vkey != NULL && f->logs[f->n - 1].operator != NULL;
}

static bool
set_operator(struct witness_known *log, struct slice text)
{
	free(log->operator);
	log->operator = slice_dup(text);
	return log->operator != NULL && text_check_reason(text) == TEXT_OK;
}

static bool
set_checkpoint(struct witness_known *log, struct slice text)
{
	struct slice size = slice_cut(&text, ' ');
	size_t len = 0;

	return text_to_uint(size, &log->size) && text.p != NULL &&
	    sodium_base642bin(log->root.b, HASH_BYTES, text.p, text.n, NULL, &len, NULL, B64) == 0 && len == HASH_BYTES;
}

static bool
set_signature(struct witness_known *log, struct slice text)
{
	log->has_signature = text_from_hex(text, log->signature, sizeof log->signature);
	return log->has_signature;
}

static bool
add_given(struct witness_known *log, uint64_t n, struct slice hash)
{
	struct witness_given *more = realloc(log->given, (log->n_given + 1) * sizeof *more);

	if (more == NULL)
		return false;
	log->given = more;
	log->given[log->n_given].n = n;
	memcpy(log->given[log->n_given].hash, hash.p, HASH_HEX);
	log->given[log->n_given].hash[HASH_HEX] = '\0';
	log->n_given++;
	return true;
}

static bool
read_given(struct witness_known *log, struct slice text)
{
	struct slice number = slice_cut(&text, ' ');
	uint64_t n;

	return text_to_uint(number, &n) && text.p != NULL && text_is_hex(text, HASH_HEX) &&
	    (log->n_given == 0 || log->given[log->n_given - 1].n < n) && add_given(log, n, text);
}

static bool
read_state_line(struct witness_file *f, struct slice line)
{
	struct slice word = slice_cut(&line, ' ');
	struct witness_known *log = f->n == 0 ? NULL : &f->logs[f->n - 1];

	if (line.p == NULL)
		return false;
	if (slice_is(word, "log"))
		return add_known_log(f, line);
	if (log == NULL)
		return false;
	if (slice_is(word, "operator"))
		return set_operator(log, line);
	if (slice_is(word, "checkpoint"))
		return set_checkpoint(log, line);
	if (slice_is(word, "signature"))
		return set_signature(log, line);
	return slice_is(word, "beacon") && read_given(log, line);
}

/* Writes the last line: the hash of all lines before it. */
static void
sum_line(struct slice text, char ret_line[static SUM_LINE + 1])
{
	char sum[HASH_HEX + 1];

	hash_hex(text, sum);
	(void)snprintf(ret_line, SUM_LINE + 1, SUM "%s\n", sum);
}

/*
 * Checks the last line and cuts it off.  A lost line or a changed digit must be noticed: else the witness could sign
 * something that contradicts what it signed before.
 */
static bool
cut_sum(struct slice *text)
{
	char line[SUM_LINE + 1];

	if (text->n < SUM_LINE)
		return false;
	text->n -= SUM_LINE;
	sum_line(*text, line);
	return memcmp(text->p + text->n, line, SUM_LINE) == 0;
}

static bool
parse_state_file(struct witness_file *f, struct slice text)
{
	bool good = cut_sum(&text) && slice_is(slice_cut(&text, '\n'), FIRST_LINE);

	while (good && text.n > 0)
		good = read_state_line(f, slice_cut(&text, '\n'));
	return good;
}

static int
cannot_read_state(const struct witness_file *f, const struct err *why, struct err *err)
{
	if (errno == 0 || why->code == ERR_MEMORY)
		return err_set(err, ERR_OUTSIDE, "%s", why->message);
	return err_set(err, ERR_OUTSIDE, N_("the witness's state %s cannot be read: %s"), f->path, strerror(errno));
}

static int
read_state(struct witness_file *f, struct err *err)
{
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	struct buf text;
	int rc;

	buf_init(&text, STATE_MAX);
	rc = file_read(AT_FDCWD, f->path, FILE_REFUSE_LINKS, STATE_MAX, &text, &why);
	if (rc == ERR_ABSENT)
		rc = 0;
	else if (rc != 0)
		rc = cannot_read_state(f, &why, err);
	else if (!parse_state_file(f, buf_view(&text)))
		rc = err_set(err, ERR_REFUSED,
		    N_("%s is no state of a witness, or damaged: nothing is signed, since what was signed before is "
		       "not known"),
		    f->path);
	buf_release(&text);
	return rc;
}

/* Other processes hold the lock only while they write; one that holds it for longer was stopped. */
static int
take_lock(const char *folder, const char *name, const char *path, int *ret_fd, struct err *err)
{
	const struct timespec wait = {.tv_nsec = LOCK_WAIT_NS};
	int rc = file_try_lock(folder, name, ret_fd, err);

	for (int i = 1; rc == ERR_NOT_YET && i < LOCK_TRIES; i++) {
		(void)nanosleep(&wait, NULL);
		rc = file_try_lock(folder, name, ret_fd, err);
	}
	return rc == ERR_NOT_YET
	    ? err_set(err, ERR_NOT_YET, N_("another process does not give the witness's state %s back"), path)
	    : rc;
}

int
witness_file_open(const char *path, struct witness_file *ret, struct err *err)
{
	struct witness_file f = {.path = strdup(path), .lock = -1};
	char *folder = strdup(path), *name = NULL, *end = strdup(path);
	int rc = 0;

	if (f.path == NULL || folder == NULL || end == NULL || asprintf(&name, ".%s.lock", basename(end)) < 0)
		rc = err_memory(err);
	if (rc == 0)
		rc = take_lock(dirname(folder), name, path, &f.lock, err);
	if (rc == 0)
		rc = read_state(&f, err);
	free(end);
	free(name);
	free(folder);
	if (rc == 0)
		*ret = f;
	else
		witness_file_close(&f);
	return rc;
}

void
witness_file_close(struct witness_file *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++) {
		free(f->logs[i].vkey);
		free(f->logs[i].operator);
		free(f->logs[i].given);
	}
	free(f->logs);
	free(f->path);
	if (f->lock >= 0)
		(void)close(f->lock);
	*f = (struct witness_file){.lock = -1};
}

/* ---- writing ---- */

static void
write_log(const struct witness_known *log, struct buf *out)
{
	char root[HASH_B64];

	buf_format(out, "log %s\n", log->vkey);
	if (log->operator[0] != '\0')
		buf_format(out, "operator %s\n", log->operator);
	if (log->size > 0)
		buf_format(out, "checkpoint %llu %s\n", (unsigned long long)log->size,
		    sodium_bin2base64(root, sizeof root, log->root.b, HASH_BYTES, B64));
	if (log->has_signature) {
		buf_text(out, "signature ");
		buf_hex(out, log->signature, sizeof log->signature);
		buf_byte(out, '\n');
	}
	for (size_t i = 0; i < log->n_given; i++)
		buf_format(out, "beacon %llu %s\n", (unsigned long long)log->given[i].n, log->given[i].hash);
}

static bool
write_beside(const char *path, struct slice text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = fd >= 0 && file_write(fd, text.p, text.n) && file_sync(fd) == 0;
	int why = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = why;
	return good;
}

static bool
sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && file_sync(fd) == 0;
	int why = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = why;
	return good;
}

/*
 * Writes a new file beside it, synced, and renames it to `path`.  -1 with errno: `path` is as it was, or new and not
 * synced.
 */
static int
replace_file(const char *path, struct slice text)
{
	char *beside = NULL, *folder = strdup(path);
	int rc = -1, why;

	if (folder != NULL && asprintf(&beside, "%s.new", path) < 0)
		beside = NULL;
	if (beside != NULL && write_beside(beside, text) && rename(beside, path) == 0)
		rc = sync_folder(dirname(folder)) ? 0 : -1;
	why = errno;
	if (rc != 0 && beside != NULL)
		(void)unlink(beside);
	free(beside);
	free(folder);
	errno = why;
	return rc;
}

int
witness_file_save(const struct witness_file *f, struct err *err)
{
	char sum[SUM_LINE + 1];
	struct buf text;
	int rc = 0;

	buf_init(&text, STATE_MAX);
	buf_text(&text, FIRST_LINE "\n");
	for (size_t i = 0; i < f->n; i++)
		write_log(&f->logs[i], &text);
	sum_line(buf_view(&text), sum);
	buf_text(&text, sum);
	if (text.failed)
		rc = err_memory(err);
	else if (replace_file(f->path, buf_view(&text)) != 0)
		rc = err_set(err, ERR_OUTSIDE, N_("the witness's state %s cannot be written: %s"), f->path,
		    strerror(errno));
	buf_release(&text);
	return rc;
}

/* ---- what proves a fork ---- */

void
witness_file_take(struct witness_known *known, const struct note *note, const struct checkpoint *checkpoint)
{
	struct note_key key;

	known->size = checkpoint->size;
	known->root = checkpoint->root;
	known->has_signature = false;
	if (note_key_parse(slice_of(known->vkey), &key, NULL) != 0)
		return;
	for (size_t i = 0; i < note->n_signatures && !known->has_signature; i++)
		if (memcmp(note->signatures[i].id, key.id, sizeof key.id) == 0 &&
		    slice_eq(note->signatures[i].name, key.name) &&
		    note->signatures[i].len == sizeof known->signature) {
			memcpy(known->signature, note->signatures[i].bytes, sizeof known->signature);
			known->has_signature = true;
		}
}

/* How many files have names that begin so. */
static int
count_files(const char *beginning)
{
	char *folder = strdup(beginning), *copy = strdup(beginning), *name;
	DIR *dir = folder == NULL || copy == NULL ? NULL : opendir(dirname(folder));
	const struct dirent *entry;
	int n = 0;

	name = copy == NULL ? NULL : basename(copy);
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		n += strncmp(entry->d_name, name, strlen(name)) == 0;
	if (dir != NULL)
		(void)closedir(dir);
	free(copy);
	free(folder);
	return n;
}

/* Writes PATH.WHAT-ID-SIZE, unless it exists. */
static void
keep_proof(const struct witness_file *f, const char *what, const uint8_t id[static 4], uint64_t size, struct slice note)
{
	char hex[2 * 4 + 1], *beginning = NULL, *path = NULL;
	struct stat st;

	text_to_hex(id, 4, hex);
	if (asprintf(&beginning, "%s.%s-%s-", f->path, what, hex) < 0)
		return;
	if (asprintf(&path, "%s%llu", beginning, (unsigned long long)size) >= 0 && lstat(path, &st) != 0 &&
	    count_files(beginning) < PROOFS_MAX)
		(void)replace_file(path, note);
	free(path);
	free(beginning);
}

/* Writes the checkpoint that was cosigned last, with the log's own signature. */
static void
write_cosigned(const struct witness_known *known, const struct note_key *key, struct buf *out)
{
	uint8_t blob[4 + sizeof known->signature];
	char base64[sodium_base64_ENCODED_LEN(sizeof blob, B64)];
	struct checkpoint checkpoint = {.origin = key->name, .size = known->size, .root = known->root};

	memcpy(blob, key->id, sizeof key->id);
	memcpy(blob + sizeof key->id, known->signature, sizeof known->signature);
	checkpoint_text(&checkpoint, out);
	buf_text(out, "\n\xe2\x80\x94 ");
	buf_slice(out, key->name);
	buf_format(out, " %s\n", sodium_bin2base64(base64, sizeof base64, blob, sizeof blob, B64));
}

void
witness_file_keep_fork(const struct witness_file *f, const struct witness_known *known, uint64_t size,
    struct slice note)
{
	struct note_key key;
	struct buf cosigned;

	if (note_key_parse(slice_of(known->vkey), &key, NULL) != 0)
		return;
	keep_proof(f, "fork", key.id, size, note);
	if (!known->has_signature)
		return;
	buf_init(&cosigned, NOTE_KEY_TEXT + 1024);
	write_cosigned(known, &key, &cosigned);
	if (!cosigned.failed)
		keep_proof(f, "cosigned", key.id, known->size, buf_view(&cosigned));
	buf_release(&cosigned);
}

/* ---- logs ---- */

static struct slice
origin_of(const struct witness_known *log)
{
	struct note_key key = {.name = {"", 0}};

	(void)note_key_parse(slice_of(log->vkey), &key, NULL);
	return key.name;
}

struct witness_known *
witness_file_find(const struct witness_file *f, struct slice origin)
{
	for (size_t i = 0; i < f->n; i++)
		if (slice_eq(origin_of(&f->logs[i]), origin))
			return &f->logs[i];
	return NULL;
}

int
witness_file_add(struct witness_file *f, struct slice vkey, struct slice operator, struct witness_known **ret_known,
    struct err *err)
{
	struct witness_known *same;
	struct note_key key;
	int rc = note_key_parse(vkey, &key, err);

	if (rc != 0)
		return rc;
	if (key.algorithm != NOTE_ED25519)
		return err_set(err, ERR_REFUSED, N_("%.*s is the key of a witness, not of a log"), SLICE_ARGS(vkey));
	same = witness_file_find(f, key.name);
	if (same != NULL && !slice_is(vkey, same->vkey))
		return err_set(err, ERR_REFUSED,
		    N_("the log %.*s has the key %s here, and not %.*s: somebody has begun it a second time"),
		    SLICE_ARGS(key.name), same->vkey, SLICE_ARGS(vkey));
	for (size_t i = 0; operator.n > 0 && i < f->n; i++)
		if (slice_is(operator, f->logs[i].operator) && !slice_is(vkey, f->logs[i].vkey))
			return err_set(err, ERR_REFUSED,
			    N_("%.*s has the log %s here already: whoever has two logs can draw in both and choose"),
			    SLICE_ARGS(operator), f->logs[i].vkey);
	if (same == NULL && !add_known_log(f, vkey))
		return f->n == LOGS_MAX ? err_set(err, ERR_LIMIT, N_("a witness knows at most %d logs"), LOGS_MAX)
		                        : err_memory(err);
	*ret_known = same != NULL ? same : &f->logs[f->n - 1];
	if (operator.n > 0 && !set_operator(*ret_known, operator))
		return err_memory(err);
	return 0;
}

struct witness_log
witness_file_view(const struct witness_known *known)
{
	return (struct witness_log){slice_of(known->vkey), known->size, known->root};
}

int
witness_file_give(struct witness_known *known, uint64_t n, const char *hash, struct err *err)
{
	size_t i = known->n_given;

	while (i > 0 && known->given[i - 1].n > n)
		i--;
	if (i > 0 && known->given[i - 1].n == n)
		return strcmp(known->given[i - 1].hash, hash) == 0
		    ? 0
		    : err_set(err, ERR_REFUSED, N_("the beacon of draw %llu was given already, for another commitment"),
		          (unsigned long long)n);
	if (!add_given(known, n, slice_of(hash)))
		return err_memory(err);
	for (size_t at = known->n_given - 1; at > i; at--) {
		struct witness_given moved = known->given[at];

		known->given[at] = known->given[at - 1];
		known->given[at - 1] = moved;
	}
	return 0;
}
