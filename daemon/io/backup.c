#include "io/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"
#include "io/durable.h"
#include "io/keys.h"
#include "io/whole.h"

#define MAGIC "spotcheckd backup 1\n"
#define COPY_FILE ".backup.db"
#define RESTORED_DB ".restore.db"
#define RESTORED_KEY ".restore.key"
#define KEY_FILE_MAX 4096
#define SEALED_PIECE (BACKUP_PIECE + crypto_secretstream_xchacha20poly1305_ABYTES)

static char *
join(const char *dir, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

static int
fail(const char *what, struct err *err)
{
	return err_set(err, ERR_OUTSIDE, "%s: %s", what, strerror(errno));
}

static void
put_length(uint8_t ret[static 8], uint64_t length)
{
	for (int i = 0; i < 8; i++)
		ret[i] = (uint8_t)(length >> (56 - 8 * i));
}

static uint64_t
get_length(const uint8_t bytes[static 8])
{
	uint64_t length = 0;

	for (int i = 0; i < 8; i++)
		length = length << 8 | bytes[i];
	return length;
}

/* ---- a copy of the database, as of one moment ---- */

/* What SQLite itself finds wrong with a database; ERR_REFUSED where it is something. */
static int
check_database(const char *path, struct err *err)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	int rc = ERR_REFUSED;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0)
		rc = 0;
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(db);
	return rc == 0 ? 0 : err_set(err, ERR_REFUSED, N_("the database is damaged"));
}

static int
copy_database(struct store *store, const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	sqlite3_backup *backup = NULL;
	sqlite3 *copy = NULL;
	int rc = 0;

	if (fd < 0)
		return fail(path, err);
	(void)close(fd);
	if (sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
		backup = sqlite3_backup_init(copy, "main", store_db(store), "main");
	if (backup == NULL || sqlite3_backup_step(backup, -1) != SQLITE_DONE)
		rc = err_set(err, ERR_OUTSIDE, N_("the database cannot be copied: %s"), sqlite3_errmsg(copy));
	(void)sqlite3_backup_finish(backup);
	if (rc == 0 && sqlite3_exec(copy, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
		rc = err_set(err, ERR_OUTSIDE, N_("the database cannot be copied: %s"), sqlite3_errmsg(copy));
	(void)sqlite3_close(copy);
	return rc == 0 ? check_database(path, err) : rc;
}

/* ---- writing ---- */

struct sealer {
	int fd;
	crypto_secretstream_xchacha20poly1305_state state;
	uint8_t plain[BACKUP_PIECE], sealed[SEALED_PIECE];
	size_t n;
};

static bool
flush(struct sealer *s, uint8_t tag)
{
	unsigned long long len = 0;

	(void)crypto_secretstream_xchacha20poly1305_push(&s->state, s->sealed, &len, s->plain, s->n, NULL, 0, tag);
	s->n = 0;
	return whole_write(s->fd, s->sealed, (size_t)len);
}

static bool
put(struct sealer *s, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	while (len > 0) {
		size_t room = sizeof s->plain - s->n, n = len < room ? len : room;

		memcpy(s->plain + s->n, p, n);
		s->n += n;
		p += n;
		len -= n;
		if (s->n == sizeof s->plain && !flush(s, 0))
			return false;
	}
	return true;
}

/* A file behind its length; it does not change meanwhile. */
static int
put_file(struct sealer *s, const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint8_t length[8], piece[8192];
	struct stat st;
	ssize_t n = 0;
	int rc = 0;

	if (fd < 0 || fstat(fd, &st) != 0) {
		rc = fail(path, err);
		goto out;
	}
	put_length(length, (uint64_t)st.st_size);
	if (!put(s, length, sizeof length))
		rc = err_set(err, ERR_OUTSIDE, N_("the backup cannot be written: %s"), strerror(errno));
	for (off_t done = 0; rc == 0 && done < st.st_size; done += n) {
		n = whole_read(fd, piece, sizeof piece);
		if (n <= 0 || !put(s, piece, (size_t)n))
			rc = fail(path, err);
	}
	sodium_memzero(piece, sizeof piece);
out:
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static int
begin_sealed(struct sealer *s, const char *public_hex, struct err *err)
{
	uint8_t public[32], key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	uint8_t sealed_key[sizeof key + crypto_box_SEALBYTES], header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
	bool good;

	if (!text_from_hex(slice_of(public_hex), public, sizeof public))
		return err_set(err, ERR_REFUSED, N_("the state has no recovery key"));
	crypto_secretstream_xchacha20poly1305_keygen(key);
	(void)crypto_secretstream_xchacha20poly1305_init_push(&s->state, header, key);
	good = crypto_box_seal(sealed_key, key, sizeof key, public) == 0 && whole_write(s->fd, MAGIC, strlen(MAGIC)) &&
	    whole_write(s->fd, public_hex, 64) && whole_write(s->fd, "\n", 1) && whole_write(s->fd, sealed_key, sizeof sealed_key) &&
	    whole_write(s->fd, header, sizeof header);
	sodium_memzero(key, sizeof key);
	return good ? 0 : err_set(err, ERR_OUTSIDE, N_("the backup cannot be written: %s"), strerror(errno));
}

static int
seal_state(struct store *store, const char *copy, const char *key_path, int fd, struct err *err)
{
	struct sealer *s = sodium_malloc(sizeof *s);
	char *public_hex = NULL;
	int rc = s == NULL ? err_memory(err) : store_meta_get(store, "recovery_key", &public_hex, err);

	if (rc == 0) {
		*s = (struct sealer){.fd = fd};
		rc = begin_sealed(s, public_hex, err);
	}
	if (rc == 0)
		rc = put_file(s, key_path, err);
	if (rc == 0)
		rc = put_file(s, copy, err);
	if (rc == 0 && (!flush(s, crypto_secretstream_xchacha20poly1305_TAG_FINAL) || durable_sync(fd) != 0))
		rc = err_set(err, ERR_OUTSIDE, N_("the backup cannot be written: %s"), strerror(errno));
	free(public_hex);
	sodium_free(s);
	return rc;
}

int
backup_write(struct store *store, int fd, struct err *err)
{
	char *copy = join(store_dir(store), COPY_FILE), *key_path = join(store_dir(store), KEYS_LOG);
	int rc = copy == NULL || key_path == NULL ? err_memory(err) : 0;

	if (rc == 0 && sodium_init() < 0)
		rc = err_set(err, ERR_OUTSIDE, N_("the system gives no random numbers"));
	if (rc == 0)
		rc = copy_database(store, copy, err);
	if (rc == 0)
		rc = seal_state(store, copy, key_path, fd, err);
	if (copy != NULL)
		(void)unlink(copy);
	free(copy);
	free(key_path);
	return rc;
}

/* ---- reading ---- */

struct opener {
	int fd;
	crypto_secretstream_xchacha20poly1305_state state;
	uint8_t plain[BACKUP_PIECE], sealed[SEALED_PIECE];
	size_t n, at;
	bool last;
};

static int
damaged(struct err *err)
{
	return err_set(err, ERR_REFUSED, N_("the backup is damaged or cut short: nothing was changed"));
}

static int
next_piece(struct opener *o, struct err *err)
{
	unsigned long long len = 0;
	uint8_t tag = 0;
	ssize_t n = o->last ? 0 : whole_read(o->fd, o->sealed, sizeof o->sealed);

	if (n < 0)
		return err_set(err, ERR_OUTSIDE, N_("the backup cannot be read: %s"), strerror(errno));
	if (n < (ssize_t)crypto_secretstream_xchacha20poly1305_ABYTES ||
	    crypto_secretstream_xchacha20poly1305_pull(&o->state, o->plain, &len, &tag, o->sealed,
	        (unsigned long long)n, NULL, 0) != 0)
		return damaged(err);
	o->n = (size_t)len;
	o->at = 0;
	o->last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
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

/* A file with its length before it, made anew. */
static int
get_file(struct opener *o, const char *path, uint64_t max, struct err *err)
{
	uint8_t length[8], piece[8192];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	uint64_t left = 0;
	int rc = fd < 0 ? fail(path, err) : get(o, length, sizeof length, err);

	if (rc == 0 && (left = get_length(length)) > max)
		rc = damaged(err);
	while (rc == 0 && left > 0) {
		size_t n = left < sizeof piece ? (size_t)left : sizeof piece;

		rc = get(o, piece, n, err);
		if (rc == 0 && !whole_write(fd, piece, n))
			rc = fail(path, err);
		left -= n;
	}
	sodium_memzero(piece, sizeof piece);
	if (rc == 0 && durable_sync(fd) != 0)
		rc = fail(path, err);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* The beginning, and with the right code the stream's key. */
static int
begin_opened(struct opener *o, struct slice code, struct err *err)
{
	char head[sizeof MAGIC - 1 + 65], public_hex[RECOVERY_PUBLIC];
	uint8_t secret[32], public[32], key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	uint8_t sealed_key[sizeof key + crypto_box_SEALBYTES], header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
	int rc;

	if (whole_read(o->fd, head, sizeof head) != (ssize_t)sizeof head || memcmp(head, MAGIC, strlen(MAGIC)) != 0)
		return err_set(err, ERR_REFUSED, N_("this is no backup of spotcheckd"));
	if ((rc = recovery_parse(code, secret, public_hex, err)) != 0)
		return rc;
	if (memcmp(head + strlen(MAGIC), public_hex, 64) != 0) {
		rc = err_set(err, ERR_REFUSED, N_("this backup opens with another recovery code"));
	} else if (whole_read(o->fd, sealed_key, sizeof sealed_key) != (ssize_t)sizeof sealed_key ||
	    whole_read(o->fd, header, sizeof header) != (ssize_t)sizeof header ||
	    !text_from_hex(slice_of(public_hex), public, sizeof public) ||
	    crypto_box_seal_open(key, sealed_key, sizeof sealed_key, public, secret) != 0 ||
	    crypto_secretstream_xchacha20poly1305_init_pull(&o->state, header, key) != 0) {
		rc = damaged(err);
	}
	sodium_memzero(secret, sizeof secret);
	sodium_memzero(key, sizeof key);
	return rc;
}

static int
open_state(int fd, struct slice code, const char *key_path, const char *db_path, struct err *err)
{
	struct opener *o = sodium_malloc(sizeof *o);
	uint8_t more;
	int rc;

	if (o == NULL)
		return err_memory(err);
	*o = (struct opener){.fd = fd};
	if ((rc = begin_opened(o, code, err)) == 0 && (rc = get_file(o, key_path, KEY_FILE_MAX, err)) == 0)
		rc = get_file(o, db_path, (uint64_t)1 << 44, err);
	if (rc == 0 && !o->last && o->at == o->n) /* the last piece may be empty */
		rc = next_piece(o, err);
	if (rc == 0 && (!o->last || o->at != o->n || whole_read(fd, &more, 1) != 0))
		rc = damaged(err);
	sodium_free(o);
	return rc == 0 ? check_database(db_path, err) : rc;
}

/* ---- into place ---- */

static int
no_state_yet(const char *state_dir, const char *db, const char *key, struct err *err)
{
	if (access(db, F_OK) == 0 || access(key, F_OK) == 0)
		return err_set(err, ERR_REFUSED,
		    N_("the state directory %s holds a state already: move it away first; nothing was changed"), state_dir);
	return 0;
}

static int
settle(const char *state_dir, const char *new_key, const char *key, const char *new_db, const char *db, struct err *err)
{
	char *keys = join(state_dir, "keys");
	int rc = keys == NULL ? err_memory(err) : 0;

	if (rc == 0 && mkdir(keys, 0700) != 0 && errno != EEXIST)
		rc = fail(keys, err);
	/* The key first: a database without it is refused, and a key alone is taken up by the next attempt. */
	if (rc == 0 && (rename(new_key, key) != 0 || rename(new_db, db) != 0))
		rc = fail(state_dir, err);
	free(keys);
	return rc;
}

int
backup_restore(int fd, struct slice code, const char *state_dir, struct err *err)
{
	char *db = join(state_dir, STORE_FILE), *key = join(state_dir, KEYS_LOG);
	char *new_db = join(state_dir, RESTORED_DB), *new_key = join(state_dir, RESTORED_KEY);
	int rc = db == NULL || key == NULL || new_db == NULL || new_key == NULL ? err_memory(err) : 0;
	bool made = false;

	if (rc == 0 && sodium_init() < 0)
		rc = err_set(err, ERR_OUTSIDE, N_("the system gives no random numbers"));
	if (rc == 0) {
		made = mkdir(state_dir, 0700) == 0;
		if (!made && errno != EEXIST)
			rc = fail(state_dir, err);
	}
	if (rc == 0)
		rc = no_state_yet(state_dir, db, key, err);
	if (rc == 0) {
		rc = open_state(fd, code, new_key, new_db, err);
		if (rc == 0)
			rc = settle(state_dir, new_key, key, new_db, db, err);
		(void)unlink(new_key);
		(void)unlink(new_db);
	}
	if (rc != 0 && made)
		(void)rmdir(state_dir);
	free(new_key);
	free(new_db);
	free(key);
	free(db);
	return rc;
}
