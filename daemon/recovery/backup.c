/* Writes a backup: the log's key and the frozen database, sealed to the recovery code and signed by the log's key. */

#include "recovery/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/array.h"
#include "core/base/text.h"
#include "ledger/keys.h"
#include "recovery/frozen.h"
#include "system/file.h"

#define BLOCK 65536
#define SEALED_PIECE (BACKUP_PIECE + crypto_secretstream_xchacha20poly1305_ABYTES)

/* ---- what is signed ---- */

struct sealer {
	int fd;
	struct err *err;
	crypto_sign_state signature;
	crypto_secretstream_xchacha20poly1305_state state;
	uint8_t plain[BACKUP_PIECE], sealed[SEALED_PIECE], block[BLOCK];
	size_t n;
};

static int
cannot_write_backup(struct err *err)
{
	return err_set(err, ERR_OUTSIDE, N_("the backup cannot be written: %s"), strerror(errno));
}

static int
cannot_seal(struct err *err)
{
	return err_set(err, ERR_OUTSIDE, N_("the backup cannot be encrypted"));
}

static int
write_signed(struct sealer *s, const void *bytes, size_t len)
{
	if (crypto_sign_update(&s->signature, bytes, len) != 0)
		return cannot_seal(s->err);
	return file_write(s->fd, bytes, len) ? 0 : cannot_write_backup(s->err);
}

static int
write_signature(struct sealer *s, const struct signing_key *key)
{
	uint8_t signature[crypto_sign_BYTES];

	if (crypto_sign_final_create(&s->signature, signature, NULL, key->secret) != 0)
		return cannot_seal(s->err);
	return file_write(s->fd, signature, sizeof signature) ? 0 : cannot_write_backup(s->err);
}

/* ---- what is sealed ---- */

static int
seal_piece(struct sealer *s, uint8_t tag)
{
	unsigned long long len = 0;

	if (crypto_secretstream_xchacha20poly1305_push(&s->state, s->sealed, &len, s->plain, s->n, NULL, 0, tag) != 0)
		return cannot_seal(s->err);
	s->n = 0;
	return write_signed(s, s->sealed, (size_t)len);
}

static int
seal_bytes(struct sealer *s, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	int rc = 0;

	while (rc == 0 && len > 0) {
		size_t room = sizeof s->plain - s->n, n = len < room ? len : room;

		memcpy(s->plain + s->n, p, n);
		s->n += n;
		p += n;
		len -= n;
		if (s->n == sizeof s->plain)
			rc = seal_piece(s, 0);
	}
	return rc;
}

static int
seal_length(struct sealer *s, uint64_t length)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(length >> (56 - 8 * i));
	return seal_bytes(s, bytes, sizeof bytes);
}

static int
seal_key_file(struct sealer *s, const char *path)
{
	uint8_t bytes[BACKUP_KEY_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : file_read_up_to(fd, bytes, sizeof bytes);
	int rc = n < 0 ? err_set(s->err, ERR_OUTSIDE, "%s: %s", path, strerror(errno)) : seal_length(s, (uint64_t)n);

	if (fd >= 0)
		(void)close(fd);
	if (rc == 0)
		rc = seal_bytes(s, bytes, (size_t)n);
	sodium_memzero(bytes, sizeof bytes);
	return rc;
}

static int
seal_database_part(struct sealer *s, const struct frozen *frozen, enum frozen_part part)
{
	int64_t size = frozen->size[part];
	int rc = seal_length(s, (uint64_t)size);

	for (int64_t at = 0; rc == 0 && at < size;) {
		int n = size - at < BLOCK ? (int)(size - at) : BLOCK;

		rc = frozen_read(frozen, part, s->block, n, at, s->err);
		if (rc == 0)
			rc = seal_bytes(s, s->block, (size_t)n);
		at += n;
	}
	return rc;
}

/* ---- the file from beginning to end ---- */

static int
write_backup_head(struct sealer *s, const char *vkey, const char *public_hex)
{
	char head[sizeof BACKUP_MAGIC + NOTE_KEY_TEXT + RECOVERY_PUBLIC + 1];
	int len = snprintf(head, sizeof head, BACKUP_MAGIC "%s\n%s\n", vkey, public_hex);

	return write_signed(s, head, (size_t)len);
}

static int
write_stream_key(struct sealer *s, const char *public_hex)
{
	uint8_t public[32], key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	uint8_t sealed_key[sizeof key + crypto_box_SEALBYTES],
	    header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
	bool good;
	int rc;

	if (!text_from_hex(slice_of(public_hex), public, sizeof public))
		return err_set(s->err, ERR_REFUSED, N_("the state has no recovery key"));
	crypto_secretstream_xchacha20poly1305_keygen(key);
	good = crypto_secretstream_xchacha20poly1305_init_push(&s->state, header, key) == 0 &&
	    crypto_box_seal(sealed_key, key, sizeof key, public) == 0;
	sodium_memzero(key, sizeof key);
	if (!good)
		return cannot_seal(s->err);
	rc = write_signed(s, sealed_key, sizeof sealed_key);
	return rc != 0 ? rc : write_signed(s, header, sizeof header);
}

static int
write_all(struct sealer *s, const struct frozen *frozen, const char *public_hex, const char *key_path)
{
	struct signing_key key;
	int rc = key_read(key_path, &key, s->err);

	if (rc != 0)
		return rc;
	if (crypto_sign_init(&s->signature) != 0)
		rc = cannot_seal(s->err);
	if (rc == 0)
		rc = write_backup_head(s, key.vkey, public_hex);
	if (rc == 0)
		rc = write_stream_key(s, public_hex);
	if (rc == 0)
		rc = seal_key_file(s, key_path);
	for (int part = 0; rc == 0 && part < FROZEN_PARTS; part++)
		rc = seal_database_part(s, frozen, (enum frozen_part)part);
	if (rc == 0)
		rc = seal_piece(s, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
	if (rc == 0)
		rc = write_signature(s, &key);
	if (rc == 0 && file_sync(s->fd) != 0)
		rc = cannot_write_backup(s->err);
	key_wipe(&key);
	return rc;
}

/* Removes what an earlier version left when it was killed: a copy of the database, unencrypted. */
static void
remove_old_copy(const struct store *store)
{
	static const char *const names[] = {".backup.db", ".backup.db-journal"};
	char *path = NULL;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (asprintf(&path, "%s/%s", store_dir(store), names[i]) < 0)
			return;
		(void)unlink(path);
		free(path);
	}
}

/* The log's key is not frozen: it was made before the log, and never changes. */
static int
write_frozen(struct sealer *s, struct store *store)
{
	struct frozen frozen = {.store = NULL};
	char *public_hex = NULL, *key_path = NULL;
	int rc = asprintf(&key_path, "%s/" KEYS_LOG, store_dir(store)) < 0 ? err_memory(s->err) : 0;

	if (rc != 0)
		return rc;
	rc = frozen_begin(store, &frozen, s->err);
	if (rc == 0)
		rc = store_meta_get(store, "recovery_key", &public_hex, s->err);
	if (rc == ERR_ABSENT)
		rc = err_set(s->err, ERR_ABSENT, N_("there is no log yet: \"spotcheck init\" begins it"));
	if (rc == 0)
		rc = write_all(s, &frozen, public_hex, key_path);
	frozen_end(&frozen);
	free(public_hex);
	free(key_path);
	return rc;
}

int
backup_write(struct store *store, int fd, struct err *err)
{
	struct sealer *s;
	int rc;

	if (sodium_init() < 0)
		return err_set(err, ERR_OUTSIDE, N_("the system gives no random numbers"));
	s = sodium_malloc(sizeof *s);
	if (s == NULL)
		return err_memory(err);
	*s = (struct sealer){.fd = fd, .err = err};
	remove_old_copy(store);
	rc = write_frozen(s, store);
	sodium_free(s);
	return rc;
}
