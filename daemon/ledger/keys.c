/* Makes, reads and writes signing keys, and makes and reads recovery codes. */
#include "ledger/keys.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "system/file.h"

#define PREFIX "PRIVATE+KEY+"
#define B64 sodium_base64_VARIANT_ORIGINAL
#define FILE_MAX 1024 /* bytes of a key file */

static int
start_sodium(struct err *err)
{
	return sodium_init() >= 0 ? 0 : err_set(err, ERR_OUTSIDE, N_("the system gives no random numbers"));
}

/* Computes the other members from name, algorithm and seed. */
static int
derive_key(struct signing_key *key, const uint8_t seed[static 32], struct err *err)
{
	struct slice rest;

	if (crypto_sign_seed_keypair(key->secret + 32, key->secret, seed) != 0)
		return err_set(err, ERR_OUTSIDE, N_("the key cannot be computed"));
	note_key_make(key->name, key->algorithm, key->secret + 32, key->vkey);
	rest = slice_of(key->vkey);
	(void)slice_cut(&rest, '+');
	assert(rest.n > KEY_ID_HEX);
	memcpy(key->id, rest.p, KEY_ID_HEX);
	key->id[KEY_ID_HEX] = '\0';
	return 0;
}

static int
set_key_name(struct slice name, struct signing_key *key, struct err *err)
{
	if (name.n > NOTE_NAME_MAX || !note_name_ok(name))
		return err_set(err, ERR_REFUSED,
		    N_("\"%.*s\" cannot be the name of a key: it is empty, too long, or has white "
		       "space or a + in it"),
		    SLICE_ARGS(name));
	memcpy(key->name, name.p, name.n);
	key->name[name.n] = '\0';
	return 0;
}

int
key_make(const char *name, enum note_algorithm algorithm, struct signing_key *ret_key, struct err *err)
{
	struct signing_key key = {.algorithm = algorithm};
	uint8_t seed[32];
	int rc;

	rc = start_sodium(err);
	if (rc == 0)
		rc = set_key_name(slice_of(name), &key, err);
	if (rc != 0)
		return rc;
	randombytes_buf(seed, sizeof seed);
	rc = derive_key(&key, seed, err);
	if (rc == 0)
		*ret_key = key;
	sodium_memzero(seed, sizeof seed);
	key_wipe(&key);
	return rc;
}

void
key_wipe(struct signing_key *key)
{
	if (key != NULL)
		sodium_memzero(key, sizeof *key);
}

void
key_derive(const struct signing_key *key, const char *purpose, uint8_t ret_secret[static 32])
{
	(void)crypto_generichash(ret_secret, 32, (const unsigned char *)purpose, strlen(purpose), key->secret, 32);
}

/* PRIVATE+KEY+name+id+base64; ERR_REFUSED also where the id is not the one that the rest gives. */
static int
parse_key_line(struct slice line, struct signing_key *key, struct err *err)
{
	uint8_t bytes[33];
	struct slice name, id;
	size_t len = 0;
	int rc;

	if (line.n < strlen(PREFIX) || memcmp(line.p, PREFIX, strlen(PREFIX)) != 0)
		return err_set(err, ERR_REFUSED, N_("it does not begin with %s"), PREFIX);
	line.p += strlen(PREFIX);
	line.n -= strlen(PREFIX);
	name = slice_cut(&line, '+');
	id = slice_cut(&line, '+');
	if (line.n == 0 || sodium_base642bin(bytes, sizeof bytes, line.p, line.n, NULL, &len, NULL, B64) != 0 ||
	    len != sizeof bytes || (bytes[0] != NOTE_ED25519 && bytes[0] != NOTE_COSIGNATURE_V1))
		return err_set(err, ERR_REFUSED, N_("it is no key of 32 bytes for Ed25519"));
	key->algorithm = (enum note_algorithm)bytes[0];
	rc = set_key_name(name, key, err);
	if (rc == 0)
		rc = derive_key(key, bytes + 1, err);
	if (rc == 0 && !slice_is(id, key->id))
		rc = err_set(err, ERR_REFUSED, N_("it is damaged: its key id is not %s"), key->id);
	sodium_memzero(bytes, sizeof bytes);
	return rc;
}

static int
open_key_file(const char *path, int *ret_fd, struct err *err)
{
	struct stat st;
	int rc = file_open(AT_FDCWD, path, FILE_REFUSE_LINKS, ret_fd, &st, NULL);

	if (rc == 0 && file_is_private(path, &st))
		return 0;
	if (rc == 0)
		(void)close(*ret_fd);
	if (rc == ERR_ABSENT)
		return err_set(err, ERR_ABSENT, N_("there is no key %s"), path);
	if (rc != 0 && errno != 0)
		return err_set(err, ERR_OUTSIDE, N_("the key %s cannot be read: %s"), path, strerror(errno));
	return err_set(err, ERR_REFUSED,
	    N_("others can read or write the key %s: it must be a regular file with mode 0600"), path);
}

int
key_read(const char *path, struct signing_key *ret_key, struct err *err)
{
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	struct signing_key key = {0};
	char bytes[FILE_MAX];
	struct slice rest;
	ssize_t len;
	int rc = start_sodium(err), fd = -1;

	if (rc == 0)
		rc = open_key_file(path, &fd, err);
	if (rc != 0)
		return rc;
	len = file_read_up_to(fd, bytes, sizeof bytes); /* not buffered: no copy stays in the heap */
	(void)close(fd);
	if (len < 0)
		return err_set(err, ERR_OUTSIDE, N_("the key %s cannot be read: %s"), path, strerror(errno));
	rest = (struct slice){bytes, (size_t)len};
	rc = parse_key_line(slice_cut(&rest, '\n'), &key, &why);
	if (rc != 0)
		err_set(err, rc, N_("the key %s cannot be used: %s"), path, why.message);
	else
		*ret_key = key;
	sodium_memzero(bytes, sizeof bytes);
	key_wipe(&key);
	return rc;
}

/* ---- writing ---- */

static char *
unfinished_path(const char *path)
{
	char *unfinished = NULL;

	return asprintf(&unfinished, "%s.new", path) < 0 ? NULL : unfinished;
}

static int
cannot_write_key(const char *path, struct err *err)
{
	return err_set(err, ERR_OUTSIDE, N_("the key %s cannot be written: %s"), path, strerror(errno));
}

int
key_remove_unfinished(const char *path, struct err *err)
{
	char *unfinished = unfinished_path(path);
	int rc = 0;

	if (unfinished == NULL)
		return err_memory(err);
	if (unlink(unfinished) != 0 && errno != ENOENT)
		rc = err_set(err, ERR_OUTSIDE, "%s: %s", unfinished, strerror(errno));
	free(unfinished);
	return rc;
}

/* Creates the file.  It never opens one that is there: that may be a second link to the key itself. */
static int
write_key_synced(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good;

	if (fd < 0)
		return -1;
	good = fchmod(fd, 0600) == 0 && file_write(fd, text, len) && file_sync(fd) == 0;
	return close(fd) == 0 && good ? 0 : -1;
}

/* Writes PATH.new, then links it to PATH: a link, unlike a rename, never replaces a key that is there. */
static int
link_new_key(const char *path, const char *text, size_t len, struct err *err)
{
	char *unfinished = unfinished_path(path);
	int rc = unfinished == NULL ? err_memory(err) : key_remove_unfinished(path, err);

	if (rc != 0) {
		free(unfinished);
		return rc;
	}
	if (write_key_synced(unfinished, text, len) != 0)
		rc = cannot_write_key(path, err);
	else if (link(unfinished, path) != 0)
		rc = errno == EEXIST ? err_set(err, ERR_REFUSED, N_("there is a key %s already"), path)
		                     : cannot_write_key(path, err);
	if (unlink(unfinished) != 0 && rc == 0)
		rc = cannot_write_key(path, err);
	if (rc == 0 && file_sync_folder_of(path) != 0)
		rc = cannot_write_key(path, err);
	free(unfinished);
	return rc;
}

int
key_write(const char *path, const struct signing_key *key, struct err *err)
{
	uint8_t bytes[33] = {(uint8_t)key->algorithm};
	char base64[sodium_base64_ENCODED_LEN(sizeof bytes, B64)];
	char text[FILE_MAX];
	int len, rc;

	rc = start_sodium(err);
	if (rc != 0)
		return rc;
	memcpy(bytes + 1, key->secret, 32); /* libsodium's secret key begins with the seed */
	sodium_bin2base64(base64, sizeof base64, bytes, sizeof bytes, B64);
	len = snprintf(text, sizeof text, PREFIX "%s+%s+%s\n", key->name, key->id, base64);
	rc = link_new_key(path, text, (size_t)len, err);
	sodium_memzero(bytes, sizeof bytes);
	sodium_memzero(base64, sizeof base64);
	sodium_memzero(text, sizeof text);
	return rc;
}

/* ---- the recovery code ---- */

#define CODE_BYTES 35 /* 32 of secret, 3 of check: 56 characters of 5 bits */
#define CODE_CHARACTERS 56

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void
put_check_bytes(uint8_t bytes[static CODE_BYTES])
{
	static const char label[] = "spotcheck recovery code\n";
	struct hash_stream s;
	struct hash h;

	hash_begin(&s);
	hash_add(&s, label, strlen(label));
	hash_add(&s, bytes, 32);
	h = hash_end(&s);
	memcpy(bytes + 32, h.b, 3);
}

static void
write_code(const uint8_t bytes[static CODE_BYTES], char ret_code[static RECOVERY_CODE])
{
	char *at = ret_code;

	for (size_t i = 0; i < CODE_CHARACTERS; i++) {
		size_t bit = i * 5;
		unsigned pair = (unsigned)bytes[bit / 8] << 8 | (bit / 8 + 1 < CODE_BYTES ? bytes[bit / 8 + 1] : 0u);

		if (i > 0 && i % 4 == 0)
			*at++ = '-';
		*at++ = alphabet[pair >> (11 - bit % 8) & 31];
	}
	*at = '\0';
}

static int
recovery_public(const uint8_t secret[static 32], char ret_public[static RECOVERY_PUBLIC], struct err *err)
{
	uint8_t public[32];

	if (crypto_scalarmult_base(public, secret) != 0)
		return err_set(err, ERR_OUTSIDE, N_("the key cannot be computed"));
	text_to_hex(public, sizeof public, ret_public);
	return 0;
}

int
recovery_make(char ret_public[static RECOVERY_PUBLIC], char ret_code[static RECOVERY_CODE], struct err *err)
{
	uint8_t bytes[CODE_BYTES];
	int rc = start_sodium(err);

	if (rc != 0)
		return rc;
	randombytes_buf(bytes, 32);
	rc = recovery_public(bytes, ret_public, err);
	if (rc == 0) {
		put_check_bytes(bytes);
		write_code(bytes, ret_code);
	}
	sodium_memzero(bytes, sizeof bytes);
	return rc;
}

/* The 5 bits that a character stands for; -1: it is no character of a code; -2: a separator, to be skipped. */
static int
character_value(char c)
{
	const char *at;

	if (c == ' ' || c == '-' || c == '\t' || c == '\n' || c == '\r')
		return -2;
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	at = c == '\0' ? NULL : strchr(alphabet, c);
	return at == NULL ? -1 : (int)(at - alphabet);
}

int
recovery_parse(struct slice code, uint8_t ret_secret[static 32], char ret_public[static RECOVERY_PUBLIC],
    struct err *err)
{
	uint8_t bytes[CODE_BYTES] = {0}, check[CODE_BYTES];
	size_t n = 0;
	int rc = start_sodium(err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < code.n; i++) {
		int value = character_value(code.p[i]);

		if (value == -2)
			continue;
		if (value == -1 || n == CODE_CHARACTERS)
			return err_set(err, ERR_REFUSED, N_("this is no recovery code: look at character %zu"), i + 1);
		for (size_t b = 0; b < 5; b++)
			if ((value >> (4 - b) & 1) != 0)
				bytes[(n * 5 + b) / 8] |= (uint8_t)(0x80 >> (n * 5 + b) % 8);
		n++;
	}
	memcpy(check, bytes, sizeof check);
	put_check_bytes(check);
	if (n != CODE_CHARACTERS || sodium_memcmp(check, bytes, sizeof check) != 0)
		return err_set(err, ERR_REFUSED, N_("this is no recovery code: a character is wrong or missing"));
	rc = recovery_public(bytes, ret_public, err);
	if (rc == 0)
		memcpy(ret_secret, bytes, 32);
	sodium_memzero(bytes, sizeof bytes);
	sodium_memzero(check, sizeof check);
	return rc;
}
