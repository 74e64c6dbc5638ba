/* Key files, and the recovery code, which people copy by hand. */

#include "support.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/keys.h"
#include "scratch.h"

#define S slice_of

static char dir[SCRATCH_PATH], path[SCRATCH_PATH + 16];

static int
set_up(void **state)
{
	(void)state;
	if (!scratch_make(dir))
		return -1;
	(void)snprintf(path, sizeof path, "%s/key", dir);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_remove(dir);
}

static void
test_there_and_back(void **state)
{
	struct signing_key key, again;
	struct err err = {0};
	struct stat st;

	(void)state;
	assert_int_equal(key_make("log.example.org/区", NOTE_ED25519, &key, &err), 0);
	assert_int_equal(key_read(path, &again, &err), ERR_ABSENT);
	assert_int_equal(key_write(path, &key, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(key_read(path, &again, &err), 0);
	assert_memory_equal(&key, &again, sizeof key);
	assert_int_equal(scratch_count(dir), 1);                    /* nothing beside it */
	assert_int_equal(key_write(path, &key, &err), ERR_REFUSED); /* never over another */
	assert_int_equal(key_read(path, &again, &err), 0);
	assert_memory_equal(&key, &again, sizeof key);
}

/* The example of Go's sumdb/note: its key file is ours. */
static void
test_form_of_others(void **state)
{
	static const char file[] = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n";
	static const char vkey[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
	struct signing_key key;
	struct err err = {0};

	(void)state;
	scratch_write(path, file);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(key_read(path, &key, &err), 0);
	assert_string_equal(key.vkey, vkey);
	assert_string_equal(key.id, "c74f20a3");
	assert_string_equal(key.name, "PeterNeumann");
}

static void
test_refuses(void **state)
{
	static const char *const broken[] = {"", "\n", "PRIVATE+KEY+",
	    "PRIVATE+KEY+a+00000000+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
	    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDF",
	    "PRIVATE+KEY+PeterNeumann+c74f20a3+AoEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
	    "PRIVATE+KEY+Peter Neumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
	    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"};
	struct signing_key key;
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		scratch_write(path, broken[i]);
		assert_int_equal(chmod(path, 0600), 0);
		assert_int_equal(key_read(path, &key, &err), ERR_REFUSED);
		assert_null(strstr(err.message, "AYEK")); /* no secret in a message */
	}
	assert_int_equal(key_make("log example", NOTE_ED25519, &key, &err), ERR_REFUSED);
	assert_int_equal(key_make("", NOTE_ED25519, &key, &err), ERR_REFUSED);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(key_make("a", NOTE_ED25519, &key, &err), 0);
	assert_int_equal(key_write(path, &key, &err), 0);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(key_read(path, &key, &err), ERR_REFUSED);
	assert_non_null(strstr(err.message, "0600"));
	assert_int_equal(key_read(dir, &key, &err), ERR_REFUSED);
}

/* ---- the recovery code ---- */

static void
test_code_there_and_back(void **state)
{
	char public[RECOVERY_PUBLIC], again[RECOVERY_PUBLIC], code[RECOVERY_CODE], sloppy[2 * RECOVERY_CODE];
	uint8_t secret[32], sealed[crypto_box_SEALBYTES + 5], opened[5], pk[32];
	struct err err = {0};

	(void)state;
	for (int i = 0; i < 50; i++) {
		size_t at = 0;

		assert_int_equal(recovery_make(public, code, &err), 0);
		assert_int_equal(strlen(code), RECOVERY_CODE - 1);
		assert_int_equal(recovery_parse(S(code), secret, again, &err), 0);
		assert_string_equal(public, again);
		/* As somebody may type it: small letters, O for 0, l for 1, blanks for hyphens. */
		for (size_t c = 0; code[c] != '\0'; c++)
			sloppy[at++] = code[c] == '-' ? ' '
			    : code[c] == '0'          ? 'o'
			    : code[c] == '1'          ? 'l'
			                              : (char)(code[c] | 0x20);
		assert_int_equal(recovery_parse((struct slice){sloppy, at}, secret, again, &err), 0);
		assert_string_equal(public, again);
	}
	/* It is a pair: what is sealed to the one half opens with the other. */
	assert_int_equal(sodium_hex2bin(pk, sizeof pk, public, 64, NULL, NULL, NULL), 0);
	assert_int_equal(crypto_box_seal(sealed, (const uint8_t *)"hello", 5, pk), 0);
	assert_int_equal(crypto_box_seal_open(opened, sealed, sizeof sealed, pk, secret), 0);
	assert_memory_equal(opened, "hello", 5);
}

/* Any one character wrong, two neighbours exchanged, one left out or added: seen. */
static void
test_slips_of_the_pen(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char public[RECOVERY_PUBLIC], code[RECOVERY_CODE], wrong[RECOVERY_CODE + 1];
	uint8_t secret[32];
	struct err err = {0};
	unsigned passed = 0;

	(void)state;
	assert_int_equal(recovery_make(public, code, &err), 0);
	for (size_t i = 0; i < strlen(code); i++) {
		for (size_t a = 0; a < 32; a++) {
			memcpy(wrong, code, sizeof code);
			if (code[i] == '-' || code[i] == alphabet[a])
				continue;
			wrong[i] = alphabet[a];
			passed += recovery_parse(S(wrong), secret, public, &err) == 0;
		}
		memcpy(wrong, code, sizeof code);
		memmove(wrong + i, wrong + i + 1, strlen(code) - i);
		passed += code[i] != '-' && recovery_parse(S(wrong), secret, public, &err) == 0;
		memcpy(wrong, code, sizeof code);
		if (i + 1 < strlen(code) && code[i] != '-' && code[i + 1] != '-' && code[i] != code[i + 1]) {
			wrong[i] = code[i + 1];
			wrong[i + 1] = code[i];
			passed += recovery_parse(S(wrong), secret, public, &err) == 0;
		}
	}
	assert_true(passed <= 1); /* 24 bits of check: one of these 1800 gets through in a test of ten thousand */
	assert_int_equal(recovery_parse(S(""), secret, public, &err), ERR_REFUSED);
	assert_int_equal(recovery_parse(S("U000"), secret, public, &err), ERR_REFUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_there_and_back, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_form_of_others, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_refuses, set_up, tear_down),
	    cmocka_unit_test(test_code_there_and_back),
	    cmocka_unit_test(test_slips_of_the_pen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
