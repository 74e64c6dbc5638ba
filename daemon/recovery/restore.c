/* Restores a state from a backup: reads its head, unpacks it beside, checks it, and moves it into place. */

#include "recovery/restore.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/array.h"
#include "core/base/text.h"
#include "ledger/ledger.h"
#include "ledger/operator.h"
#include "ledger/restored.h"
#include "recovery/backup.h"
#include "store/store.h"
#include "system/file.h"

#define OLD_MAGIC "spotcheckd backup 1\n"
#define STAGE ".restore" /* in state_dir; laid out like a state directory */
#define LOG_FILE STORE_FILE "-wal"
#define JOURNAL_FILE STORE_FILE "-journal"
#define FROM "restored_from" /* in meta: the backup's id */
#define FILE_LIMIT ((uint64_t)1 << 44)
#define SEALED_PIECE (BACKUP_PIECE + crypto_secretstream_xchacha20poly1305_ABYTES)

_Static_assert(sizeof((struct restore){.fd = 0}).sealed_key ==
        crypto_secretstream_xchacha20poly1305_KEYBYTES + crypto_box_SEALBYTES,
    "a sealed key fits");
_Static_assert(sizeof((struct restore){.fd = 0}).header == crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    "a header fits");

static int
cannot_use(const char *what, struct err *err)
{
	return err_set(err, ERR_OUTSIDE, "%s: %s", what, strerror(errno));
}

static int
backup_damaged(struct err *err)
{
	return err_set(err, ERR_REFUSED, N_("the backup is damaged or cut short: nothing was changed"));
}

static int
no_backup(struct err *err)
{
	return err_set(err, ERR_REFUSED, N_("this is no backup of spotcheckd"));
}

static int
read_exactly(int fd, void *bytes, size_t len, struct err *err)
{
	ssize_t n = file_read_up_to(fd, bytes, len);

	if (n < 0)
		return err_set(err, ERR_OUTSIDE, N_("the backup cannot be read: %s"), strerror(errno));
	return n == (ssize_t)len ? 0 : backup_damaged(err);
}

/* The path of a file in state_dir; the caller frees it. */
static char *
state_path(const struct restore *r, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", r->config->state_dir, name) < 0 ? NULL : path;
}

/* ---- whose backup ---- */

static int
read_head_line(int fd, char *ret_line, size_t size, struct err *err)
{
	for (size_t n = 0; n < size; n++) {
		int rc = read_exactly(fd, ret_line + n, 1, err);

		if (rc != 0)
			return rc;
		if (ret_line[n] == '\n') {
			ret_line[n] = '\0';
			return 0;
		}
	}
	return backup_damaged(err);
}

static int
read_head(struct restore *r, struct err *err)
{
	char magic[sizeof BACKUP_MAGIC - 1];
	uint8_t public[32];
	int rc;

	if (file_read_up_to(r->fd, magic, sizeof magic) != (ssize_t)sizeof magic)
		return no_backup(err);
	if (memcmp(magic, OLD_MAGIC, sizeof magic) == 0)
		return err_set(err, ERR_REFUSED,
		    N_("this backup was made by an earlier version, which signed none: nobody can tell whose it is, "
		       "and nothing was changed"));
	if (memcmp(magic, BACKUP_MAGIC, sizeof magic) != 0)
		return no_backup(err);
	rc = read_head_line(r->fd, r->vkey, sizeof r->vkey, err);
	if (rc == 0)
		rc = read_head_line(r->fd, r->recovery, sizeof r->recovery, err);
	if (rc != 0)
		return rc;
	if (note_key_parse(slice_of(r->vkey), &r->key, NULL) != 0 || r->key.algorithm != NOTE_ED25519 ||
	    !text_from_hex(slice_of(r->recovery), public, sizeof public))
		return backup_damaged(err);
	rc = read_exactly(r->fd, r->sealed_key, sizeof r->sealed_key, err);
	return rc == 0 ? read_exactly(r->fd, r->header, sizeof r->header, err) : rc;
}

static void
name_backup(struct restore *r)
{
	struct hash_stream s;
	struct hash h;

	hash_begin(&s);
	hash_add(&s, r->vkey, strlen(r->vkey));
	hash_add(&s, r->sealed_key, sizeof r->sealed_key);
	hash_add(&s, r->header, sizeof r->header);
	h = hash_end(&s);
	text_to_hex(h.b, sizeof h.b, r->id);
}

static int
check_wanted(const struct restore *r, const char *key, struct err *err)
{
	struct note_key wanted;

	if (key != NULL && note_key_parse(slice_of(key), &wanted, NULL) != 0)
		return err_set(err, ERR_REFUSED, N_("--key %s is no verifier key"), key);
	if (key != NULL && strcmp(key, r->vkey) != 0)
		return err_set(err, ERR_REFUSED,
		    N_("this is the backup of another log: its key is %s, not %s; nothing was changed"), r->vkey, key);
	if (!slice_is(r->key.name, r->config->origin))
		return err_set(err, ERR_REFUSED,
		    N_("this is the backup of another log: its name is %.*s, and the configuration says origin = %s; "
		       "nothing was changed"),
		    SLICE_ARGS(r->key.name), r->config->origin);
	return 0;
}

static int
check_published(const struct restore *r, struct err *err)
{
	bool published = false;
	int rc = restored_compare_key(r->config->public_dir, r->vkey, &published, err);

	if (rc != 0 || r->published == NULL)
		return rc;
	rc = restored_compare_key(r->published, r->vkey, &published, err);
	if (rc == 0 && !published)
		rc = err_set(err, ERR_REFUSED, N_("--published %s has no checkpoint: nothing was changed"),
		    r->published);
	return rc;
}

/* ---- .restore, in which the backup is unpacked ---- */

static void
remove_stage(const struct restore *r)
{
	static const char *const files[] = {STAGE "/" KEYS_LOG, STAGE "/" STORE_FILE, STAGE "/" LOG_FILE,
	    STAGE "/" STORE_FILE "-shm", STAGE "/" JOURNAL_FILE, STAGE "/keys", STAGE, ".restore.key", ".restore.db",
	    ".restore.db-journal"}; /* of an earlier version */

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char *path = state_path(r, files[i]);

		if (path != NULL)
			(void)remove(path);
		free(path);
	}
}

static int
make_stage(const struct restore *r, struct err *err)
{
	static const char *const folders[] = {STAGE, STAGE "/keys"};
	int rc = 0;

	remove_stage(r);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(folders); i++) {
		char *path = state_path(r, folders[i]);

		if (path == NULL)
			rc = err_memory(err);
		else if (mkdir(path, 0700) != 0)
			rc = cannot_use(path, err);
		free(path);
	}
	return rc;
}

/* ---- whether there is a state already ---- */

static bool
exists(const struct restore *r, const char *name)
{
	char *path = state_path(r, name);
	struct stat st;
	bool there = path == NULL || lstat(path, &st) == 0 || errno != ENOENT;

	free(path);
	return there;
}

/* Whether a restore of this backup put the state there, and was killed before it was told. */
static bool
is_of_this_backup(const struct restore *r)
{
	struct store *store = NULL;
	char *from = NULL;
	bool ours;

	if (!exists(r, STAGE) || exists(r, STAGE "/" STORE_FILE) ||
	    store_open(r->config->state_dir, 0, &store, NULL) != 0)
		return false;
	ours = store_meta_get(store, FROM, &from, NULL) == 0 && strcmp(from, r->id) == 0;
	free(from);
	store_close(store);
	return ours;
}

/* A killed restore or init leaves a key without a database.  It is refused unless it is the backup's. */
static int
check_key_there(const struct restore *r, struct err *err)
{
	struct signing_key key;
	char *path = state_path(r, KEYS_LOG);
	int rc = path == NULL ? err_memory(err) : key_read(path, &key, err);

	if (rc == 0 && strcmp(key.vkey, r->vkey) != 0)
		rc = err_set(err, ERR_REFUSED,
		    N_("%s is another log's key: it is %s, and the backup's is %s; nothing was changed"), path,
		    key.vkey, r->vkey);
	if (rc == 0)
		key_wipe(&key);
	free(path);
	return rc;
}

static int
look_for_state(struct restore *r, struct err *err)
{
	const char *dir = r->config->state_dir;

	if (exists(r, STORE_FILE)) {
		r->in_place = is_of_this_backup(r);
		return r->in_place
		    ? 0
		    : err_set(err, ERR_REFUSED,
		          N_("the state directory %s holds a state already: move it away first; nothing was changed"),
		          dir);
	}
	/* SQLite would use them with the restored database. */
	if (exists(r, LOG_FILE) || exists(r, JOURNAL_FILE))
		return err_set(err, ERR_REFUSED,
		    N_("the state directory %s holds the remains of a state, %s-wal or -journal: move them away first; "
		       "nothing was changed"),
		    dir, STORE_FILE);
	return exists(r, KEYS_LOG) ? check_key_there(r, err) : 0;
}

/* Makes state_dir where there is none, and locks it: one restore at a time. */
static int
open_state_dir(struct restore *r, struct err *err)
{
	const char *dir = r->config->state_dir;

	r->made = mkdir(dir, 0700) == 0;
	if (!r->made && errno != EEXIST)
		return cannot_use(dir, err);
	if (file_sync_folder_of(dir) != 0)
		return cannot_use(dir, err);
	r->lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->lock < 0)
		return cannot_use(dir, err);
	if (flock(r->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK
	    ? err_set(err, ERR_REFUSED, N_("another \"spotcheck restore\" is at work in %s"), dir)
	    : cannot_use(dir, err);
}

int
restore_begin(int fd, const struct config *config, const char *published, const char *key, struct restore *ret_restore,
    struct err *err)
{
	int rc;

	*ret_restore = (struct restore){.config = config, .published = published, .fd = fd, .lock = -1};
	if (sodium_init() < 0)
		return err_set(err, ERR_OUTSIDE, N_("the system gives no random numbers"));
	rc = read_head(ret_restore, err);
	if (rc != 0)
		return rc;
	name_backup(ret_restore);
	rc = check_wanted(ret_restore, key, err);
	if (rc == 0)
		rc = check_published(ret_restore, err);
	if (rc == 0)
		rc = open_state_dir(ret_restore, err);
	return rc == 0 ? look_for_state(ret_restore, err) : rc;
}

/* ---- unpacking ---- */

struct opener {
	int fd;
	crypto_sign_state signature;
	crypto_secretstream_xchacha20poly1305_state state;
	/* Read ahead by the length of a signature, so that the one at the end is never taken for part of a piece. */
	uint8_t plain[BACKUP_PIECE], sealed[SEALED_PIECE + crypto_sign_BYTES];
	size_t n_sealed;
	size_t n, at;
	bool last;
};

static int
add_to_signature(struct opener *o, const void *bytes, size_t len, struct err *err)
{
	return crypto_sign_update(&o->signature, bytes, len) == 0
	    ? 0
	    : err_set(err, ERR_OUTSIDE, N_("the signature cannot be computed"));
}

static int
next_piece(struct opener *o, struct err *err)
{
	unsigned long long len = 0;
	uint8_t tag = 0;
	ssize_t n = o->last ? 0 : file_read_up_to(o->fd, o->sealed + o->n_sealed, sizeof o->sealed - o->n_sealed);
	size_t piece;
	int rc;

	if (n < 0)
		return err_set(err, ERR_OUTSIDE, N_("the backup cannot be read: %s"), strerror(errno));
	o->n_sealed += (size_t)n;
	if (o->last || o->n_sealed < crypto_secretstream_xchacha20poly1305_ABYTES + crypto_sign_BYTES)
		return backup_damaged(err);
	piece = o->n_sealed - crypto_sign_BYTES;
	rc = add_to_signature(o, o->sealed, piece, err);
	if (rc != 0)
		return rc;
	if (crypto_secretstream_xchacha20poly1305_pull(&o->state, o->plain, &len, &tag, o->sealed, piece, NULL, 0) != 0)
		return backup_damaged(err);
	o->n = (size_t)len;
	o->at = 0;
	o->last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	memmove(o->sealed, o->sealed + piece, crypto_sign_BYTES);
	o->n_sealed = crypto_sign_BYTES;
	return 0;
}

static int
get(struct opener *o, void *bytes, size_t len, struct err *err)
{
	uint8_t *p = bytes;
	int rc = 0;

	while (len > 0 && rc == 0) {
		size_t n = o->n - o->at < len ? o->n - o->at : len;

		memcpy(p, o->plain + o->at, n);
		o->at += n;
		p += n;
		len -= n;
		if (len > 0)
			rc = next_piece(o, err);
	}
	return rc;
}

static int
get_length(struct opener *o, uint64_t max, uint64_t *ret_length, struct err *err)
{
	uint8_t bytes[8];
	uint64_t length = 0;
	int rc = get(o, bytes, sizeof bytes, err);

	if (rc != 0)
		return rc;
	for (int i = 0; i < 8; i++)
		length = length << 8 | bytes[i];
	if (length > max)
		return backup_damaged(err);
	*ret_length = length;
	return 0;
}

static int
get_bytes(struct opener *o, int fd, const char *path, uint64_t left, struct err *err)
{
	uint8_t piece[8192];
	int rc = 0;

	while (rc == 0 && left > 0) {
		size_t n = left < sizeof piece ? (size_t)left : sizeof piece;

		rc = get(o, piece, n, err);
		if (rc == 0 && !file_write(fd, piece, n))
			rc = cannot_use(path, err);
		left -= n;
	}
	sodium_memzero(piece, sizeof piece);
	if (rc == 0 && file_sync(fd) != 0)
		rc = cannot_use(path, err);
	return rc;
}

/* Unpacks one file; an empty one is not made. */
static int
get_file(struct opener *o, const struct restore *r, const char *name, uint64_t max, struct err *err)
{
	char *path = state_path(r, name);
	uint64_t length = 0;
	int fd = -1, rc = path == NULL ? err_memory(err) : get_length(o, max, &length, err);

	if (rc == 0 && length > 0) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		rc = fd < 0 ? cannot_use(path, err) : get_bytes(o, fd, path, length, err);
	}
	if (fd >= 0 && close(fd) != 0 && rc == 0)
		rc = cannot_use(path, err);
	free(path);
	return rc;
}

/* Opens the stream's key with the recovery code. */
static int
open_stream(struct opener *o, const struct restore *r, struct slice code, struct err *err)
{
	char public_hex[RECOVERY_PUBLIC];
	uint8_t secret[32], public[32], key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	int rc = recovery_parse(code, secret, public_hex, err);

	if (rc != 0)
		return rc;
	if (strcmp(public_hex, r->recovery) != 0)
		rc = err_set(err, ERR_REFUSED, N_("this backup opens with another recovery code"));
	else if (!text_from_hex(slice_of(public_hex), public, sizeof public) ||
	    crypto_box_seal_open(key, r->sealed_key, sizeof r->sealed_key, public, secret) != 0 ||
	    crypto_secretstream_xchacha20poly1305_init_pull(&o->state, r->header, key) != 0)
		rc = backup_damaged(err);
	sodium_memzero(secret, sizeof secret);
	sodium_memzero(key, sizeof key);
	return rc;
}

static int
begin_signature(struct opener *o, const struct restore *r, struct err *err)
{
	char head[sizeof BACKUP_MAGIC + NOTE_KEY_TEXT + RECOVERY_PUBLIC + 1];
	int len = snprintf(head, sizeof head, BACKUP_MAGIC "%s\n%s\n", r->vkey, r->recovery);
	int rc;

	if (crypto_sign_init(&o->signature) != 0)
		return err_set(err, ERR_OUTSIDE, N_("the signature cannot be computed"));
	rc = add_to_signature(o, head, (size_t)len, err);
	if (rc == 0)
		rc = add_to_signature(o, r->sealed_key, sizeof r->sealed_key, err);
	return rc == 0 ? add_to_signature(o, r->header, sizeof r->header, err) : rc;
}

/* Nothing but the signature may follow the last piece. */
static int
check_signature(struct opener *o, const struct restore *r, struct err *err)
{
	uint8_t more;
	int rc = 0;

	if (!o->last && o->at == o->n) /* the last piece may be empty */
		rc = next_piece(o, err);
	if (rc != 0)
		return rc;
	if (!o->last || o->at != o->n || o->n_sealed != crypto_sign_BYTES || file_read_up_to(o->fd, &more, 1) != 0)
		return backup_damaged(err);
	if (crypto_sign_final_verify(&o->signature, o->sealed, r->key.public_key) != 0)
		return err_set(err, ERR_REFUSED,
		    N_("the backup is not signed by the key that it names, %s: nothing was changed"), r->vkey);
	return 0;
}

/* Unpacks into .restore.  The signature is checked before anything uses the files. */
static int
unpack(const struct restore *r, struct slice code, struct err *err)
{
	struct opener *o = sodium_malloc(sizeof *o);
	int rc;

	if (o == NULL)
		return err_memory(err);
	*o = (struct opener){.fd = r->fd};
	rc = open_stream(o, r, code, err);
	if (rc == 0)
		rc = begin_signature(o, r, err);
	if (rc == 0)
		rc = get_file(o, r, STAGE "/" KEYS_LOG, BACKUP_KEY_MAX, err);
	if (rc == 0)
		rc = get_file(o, r, STAGE "/" STORE_FILE, FILE_LIMIT, err);
	if (rc == 0)
		rc = get_file(o, r, STAGE "/" LOG_FILE, FILE_LIMIT, err);
	if (rc == 0)
		rc = check_signature(o, r, err);
	sodium_free(o);
	return rc;
}

/* ---- what was published ---- */

/*
 * Sets *any where `dir` has a publication of the key, and clears *all where that has entries that the state has not.
 * ERR_REFUSED: the two contradict each other.
 */
static int
compare_with(struct operator *operator, const char *dir, bool *any, bool *all, struct err *err)
{
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	struct buf note;
	uint64_t size = 0, sealed = 0;
	int rc;

	operator_published(operator, dir, &note, &size);
	buf_release(&note);
	if (size == 0)
		return 0;
	rc = ledger_sealed_size(operator->store, &sealed, err);
	if (rc != 0)
		return rc;
	rc = operator_compare(operator, dir, &why);
	*any = true;
	if (rc == ERR_REFUSED && size > sealed) {
		*all = false;
		/* The state itself must remember it: `dir` may be gone when something is to be signed. */
		return operator_expect(operator, size, err);
	}
	return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
}

static int
compare_and_mark(struct operator *operator, const struct restore *r, struct err *err)
{
	bool any = false, all = true;
	int rc = compare_with(operator, r->config->public_dir, &any, &all, err);

	if (rc == 0 && r->published != NULL)
		rc = compare_with(operator, r->published, &any, &all, err);
	if (rc != 0)
		return rc;
	return any && all ? restored_clear(operator->store, err) : restored_mark(operator->store, err);
}

/* The key is the one that the backup names, and has signed the log. */
static int
check_log(struct operator *operator, const struct restore *r, struct err *err)
{
	struct ledger log;
	int rc = operator_key(operator, err);

	if (rc == 0 && strcmp(operator->key.vkey, r->vkey) != 0)
		rc = err_set(err, ERR_REFUSED, N_("the backup names the key %s, and holds %s: nothing was changed"),
		    r->vkey, operator->key.vkey);
	if (rc == 0)
		rc = ledger_open(operator->store, &operator->key, &log, err);
	if (rc == 0)
		ledger_release(&log);
	return rc;
}

static int
prepare_state(struct operator *operator, const struct restore *r, struct err *err)
{
	int rc = store_check(operator->store, err);

	if (rc == 0)
		rc = check_log(operator, r, err);
	if (rc == 0)
		rc = compare_and_mark(operator, r, err);
	return rc == 0 ? store_meta_set(operator->store, FROM, r->id, err) : rc;
}

/* Closes the database, with all of it in the database file and nothing beside it. */
static int
close_stage(struct store *store, const struct restore *r, int rc, struct err *err)
{
	if (rc == 0 &&
	    sqlite3_wal_checkpoint_v2(store_db(store), "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
		rc = store_error(store, err);
	store_close(store);
	if (rc == 0 && exists(r, STAGE "/" LOG_FILE))
		rc = err_set(err, ERR_OUTSIDE, N_("the database cannot be written"));
	return rc;
}

static int
prepare_stage(const struct restore *r, struct err *err)
{
	struct operator operator = {.config = r->config};
	char *stage = state_path(r, STAGE);
	int rc = stage == NULL ? err_memory(err) : store_open(stage, 0, &operator.store, err);

	if (rc == 0)
		rc = close_stage(operator.store, r, prepare_state(&operator, r, err), err);
	key_wipe(&operator.key);
	free(stage);
	return rc;
}

/* ---- into place ---- */

/* Places it with link(2), which never replaces a key that exists. */
static int
place_key(const struct restore *r, const char *path, struct err *err)
{
	char *unpacked = state_path(r, STAGE "/" KEYS_LOG);
	int rc = unpacked == NULL ? err_memory(err) : 0;

	if (rc == 0 && link(unpacked, path) != 0)
		rc = errno == EEXIST ? check_key_there(r, err) : cannot_use(path, err);
	if (rc == 0 && file_sync_folder_of(path) != 0)
		rc = cannot_use(path, err);
	free(unpacked);
	return rc;
}

static int
move_key(const struct restore *r, struct err *err)
{
	char *folder = state_path(r, "keys"), *path = state_path(r, KEYS_LOG);
	int rc = folder == NULL || path == NULL ? err_memory(err) : 0;

	if (rc == 0 && ((mkdir(folder, 0700) != 0 && errno != EEXIST) || file_sync_folder_of(folder) != 0))
		rc = cannot_use(folder, err);
	if (rc == 0)
		rc = key_remove_unfinished(path, err);
	if (rc == 0)
		rc = place_key(r, path, err);
	free(folder);
	free(path);
	return rc;
}

/* Renames without replacing, where the file system can do that. */
static int
rename_new(const char *old, const char *new)
{
	if (renameat2(AT_FDCWD, old, AT_FDCWD, new, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	return rename(old, new);
}

static int
move_database(const struct restore *r, struct err *err)
{
	char *old = state_path(r, STAGE "/" STORE_FILE), *new = state_path(r, STORE_FILE);
	int rc = old == NULL || new == NULL ? err_memory(err) : 0;

	if (rc == 0 && (rename_new(old, new) != 0 || file_sync_folder_of(new) != 0))
		rc = cannot_use(new, err);
	free(old);
	free(new);
	return rc;
}

/* The key first: the next restore goes on from a key alone, but refuses a database without a key. */
static int
move_into_place(const struct restore *r, struct err *err)
{
	int rc = move_key(r, err);

	return rc == 0 ? move_database(r, err) : rc;
}

int
restore_take(struct restore *restore, struct slice code, struct err *err)
{
	int rc;

	if (restore->in_place)
		return 0;
	rc = make_stage(restore, err);
	if (rc == 0)
		rc = unpack(restore, code, err);
	if (rc == 0)
		rc = prepare_stage(restore, err);
	if (rc == 0)
		rc = move_into_place(restore, err);
	if (rc != 0)
		remove_stage(restore);
	else
		restore->in_place = true;
	return rc;
}

void
restore_end(struct restore *restore, bool done)
{
	if (restore->lock < 0)
		return;
	if (done)
		remove_stage(restore);
	if (!restore->in_place && restore->made)
		(void)rmdir(restore->config->state_dir);
	(void)close(restore->lock);
	restore->lock = -1;
}
