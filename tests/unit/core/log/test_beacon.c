/* Beacons (PROTOCOL 4): what a commitment may name, which value follows from it, and what a void has to show of it. */
#include "log_scene.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/log/beacon.h"

#define DRAW_TIME (LOG_START + 10000000) /* after quicknet began */
#define EXAMPLE_SIGNATURE                                                  \
	"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125" \
	"e342b73a8dd2bacbe47e4b6b63ed5e39"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static struct log_scene *scene;
static struct entry commit;
static char commit_hash[HASH_HEX + 1];

static int
set_up(void **state)
{
	(void)state;
	scene = malloc(sizeof *scene);
	assert_non_null(scene);
	log_scene_begin(scene, 2);
	MODEL_HASH(commit_hash, "a commitment");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	log_scene_release(scene);
	free(scene);
	return 0;
}

static const struct commit *
of(enum source source)
{
	commit = log_commit(scene, "a", source, 1, 1, DRAW_TIME);
	return &commit.commit;
}

static void
expect(int rc, const struct err *err, const char *right)
{
	if (rc != (right == NULL ? 0 : ERR_REFUSED) || (right != NULL && strstr(err->message, right) == NULL))
		fail_msg("%d, \"%s\" instead of \"%s\"", rc, rc == 0 ? "" : err->message, right == NULL ? "" : right);
}

/* ---- what is named ---- */

static void
expect_form(const struct commit *c, const struct witnesses *witnesses, const char *right)
{
	struct err err = {0};

	expect(beacon_check_form(c, witnesses, &err), &err, right);
}

static void
test_forms(void **state)
{
	struct witnesses in_force = {scene->keys, 2}, others = {scene->keys + 1, 1};
	struct commit c;

	(void)state;
	expect_form(of(SOURCE_NONE), &in_force, NULL);
	c = *of(SOURCE_PUBLIC);
	expect_form(&c, &in_force, NULL);
	c.beacon.count = 19; /* 10^19 is less than 2^64 */
	expect_form(&c, &in_force, "fewer than 2^64");
	c = *of(SOURCE_DRAND);
	expect_form(&c, &in_force, NULL);
	c.beacon.round++;
	expect_form(&c, &in_force, "the round is");
	c.beacon.round -= 2;
	expect_form(&c, &in_force, "the round is");
	c = *of(SOURCE_WITNESS);
	expect_form(&c, &in_force, NULL);
	expect_form(&c, &others, "not that of a witness in force");
	expect_form(&c, NULL, NULL);
	c.beacon.key = scene->keys[3];
	expect_form(&c, &in_force, "not that of a witness in force");
}

/* ---- values ---- */

static void
expect_beacon(const struct commit *c, const char *value, const char *signature, const char *right)
{
	struct slice given = {NULL, 0};
	struct err err = {0};

	if (signature != NULL)
		given = slice_of(signature);
	expect(beacon_check_value(c, slice_of(commit_hash), slice_of(value), given, &err), &err, right);
}

static void
test_public_values(void **state)
{
	struct commit c = *of(SOURCE_PUBLIC);

	(void)state;
	expect_beacon(&c, "01234567890123456789", NULL, NULL);
	expect_beacon(&c, "0123456789012345678", NULL, "19 symbols");
	expect_beacon(&c, "012345678901234567890", NULL, "21 symbols");
	expect_beacon(&c, "", NULL, "0 symbols");
	expect_beacon(&c, "0123456789 012345678", NULL, "not one of its symbols");
	expect_beacon(&c, "0123456789012345678a", NULL, "not one of its symbols");
	expect_beacon(&c, "01234567890123456789", ZEROS, "there is a signature");
	/* symbols that JSON escapes are one symbol each */
	c.beacon.symbols = S("!\\\"\\\\a");
	c.beacon.count = 4;
	expect_beacon(&c, "!\\\"\\\\a", NULL, NULL);
	expect_beacon(&c, "\\\\\\\\\\\\\\\\", NULL, NULL);
	expect_beacon(&c, "!a!a!", NULL, "5 symbols");
}

static void
test_no_values(void **state)
{
	(void)state;
	expect_beacon(of(SOURCE_NONE), "", NULL, NULL);
	expect_beacon(of(SOURCE_NONE), "0", NULL, "source is none");
	expect_beacon(of(SOURCE_NONE), "", ZEROS, "there is a signature");
}

/* Of drand: a canonical point, and the value is the hash of its bytes; it does not hang on the commitment. */
static void
test_drand_values(void **state)
{
	static const char value[] = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd";
	const struct commit *c = of(SOURCE_DRAND);
	char signature[] = EXAMPLE_SIGNATURE;

	(void)state;
	expect_beacon(c, value, signature, NULL);
	expect_beacon(c, ZEROS, signature, "not the hash of the signature");
	expect_beacon(c, "", signature, "not a hash");
	expect_beacon(c, value, NULL, "no drand signature");
	expect_beacon(c, value, ZEROS, "no drand signature");
	signature[95] ^= 1;
	expect_beacon(c, value, signature, "not the hash of the signature");
	signature[95] ^= 1;
	memcpy(signature, "34", 2); /* not marked as compressed */
	expect_beacon(c, value, signature, "not a canonical");
	memcpy(signature, "f4", 2); /* marked as the point at infinity */
	expect_beacon(c, value, signature, "not a canonical");
	memcpy(signature, "9fff", 4); /* x above the field's prime */
	expect_beacon(c, value, signature, "not a canonical");
}

/* A witness's signature over the commitment's hash, and the hash of its bytes. */
static void
witness_value(size_t witness, const char *over, char signature[static 129], char value[static HASH_HEX + 1])
{
	uint8_t bytes[64], hash[32];
	char message[128];
	int len = snprintf(message, sizeof message, "spotcheck-beacon/v1\n%s\n", over);

	assert_int_equal(crypto_sign_detached(bytes, NULL, (const uint8_t *)message, (unsigned long long)len,
	                     scene->witness_secrets[witness]),
	    0);
	assert_non_null(sodium_bin2hex(signature, 129, bytes, sizeof bytes));
	assert_int_equal(crypto_hash_sha256(hash, bytes, sizeof bytes), 0);
	assert_non_null(sodium_bin2hex(value, HASH_HEX + 1, hash, sizeof hash));
}

static void
test_witness_values(void **state)
{
	const struct commit *c = of(SOURCE_WITNESS);
	char signature[129], value[HASH_HEX + 1], message[BEACON_MESSAGE_MAX];

	(void)state;
	assert_int_equal(beacon_message(slice_of(commit_hash), message), 20 + HASH_HEX + 1);
	witness_value(0, commit_hash, signature, value);
	expect_beacon(c, value, signature, NULL);
	expect_beacon(c, ZEROS, signature, "not the hash of the signature");
	expect_beacon(c, value, NULL, "no witness's signature");
	expect_beacon(c, value, EXAMPLE_SIGNATURE, "no witness's signature");
	witness_value(1, commit_hash, signature, value); /* of another witness */
	expect_beacon(c, value, signature, "is false");
	witness_value(0, ZEROS, signature, value); /* over another commitment */
	expect_beacon(c, value, signature, "is false");
}

/* ---- voids ---- */

static struct entry
void_of(const char *value, const char *signature, const char *reason)
{
	struct entry e = {.type = ENTRY_VOID};

	e.void_.reason = slice_of(reason);
	if (value != NULL)
		e.void_.beacon = slice_of(value);
	if (signature != NULL)
		e.void_.signature = slice_of(signature);
	return e;
}

static struct entry
reveal_of(const char *value, const char *signature)
{
	struct entry e = {.type = ENTRY_REVEAL};

	if (value != NULL)
		e.reveal.beacon = slice_of(value);
	if (signature != NULL)
		e.reveal.signature = slice_of(signature);
	return e;
}

/* `cosigned` of four witnesses showed that it came before draw_time. */
static void
expect_void(const struct commit *c, const struct entry *outcome, const struct entry *reveal, uint64_t cosigned,
    enum void_value right, const char *wrong)
{
	const struct cosigned counted = {.witnesses = 4, .outcome_before_draw = cosigned};
	enum void_value found = VOID_NO_SOURCE;
	struct err err = {0};

	expect(beacon_check_void(c, slice_of(commit_hash), outcome, reveal, &counted, &found, &err), &err, wrong);
	if (wrong == NULL && found != right)
		fail_msg("%d instead of %d", (int)found, (int)right);
}

/* Under drand and witness: the void or its reveal brings the value, never both; it may be missing if it came in time. */
static void
test_voids_with_signatures(void **state)
{
	static const enum source sources[] = {SOURCE_DRAND, SOURCE_WITNESS};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct commit c = *of(sources[i]);
		char signature[129] = EXAMPLE_SIGNATURE,
		     value[HASH_HEX + 1] = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd";
		struct entry with, without = void_of(NULL, NULL, "a reason"), wrong, bare = reveal_of(NULL, NULL),
		                   bringing, lying;

		if (sources[i] == SOURCE_WITNESS)
			witness_value(0, commit_hash, signature, value);
		with = void_of(value, signature, "a reason");
		bringing = reveal_of(value, signature);
		wrong = void_of(ZEROS, signature, "a reason");
		lying = reveal_of(ZEROS, signature);
		expect_void(&c, &with, NULL, 0, VOID_VALUE, NULL);
		expect_void(&c, &with, &bare, 0, VOID_VALUE, NULL);
		expect_void(&c, &with, &bringing, 0, VOID_VALUE, "both have");
		expect_void(&c, &with, &bringing, 4, VOID_VALUE, "both have");
		expect_void(&c, &wrong, NULL, 4, VOID_VALUE, "not the hash"); /* where it stands it must be right */
		expect_void(&c, &without, NULL, 0, VOID_PENDING, NULL);
		expect_void(&c, &without, NULL, 2, VOID_PENDING, NULL); /* half is not more than half */
		expect_void(&c, &without, NULL, 3, VOID_IN_TIME, NULL);
		expect_void(&c, &without, &bringing, 0, VOID_VALUE, NULL);
		expect_void(&c, &without, &bringing, 3, VOID_VALUE, NULL);
		expect_void(&c, &without, &lying, 3, VOID_VALUE, "not the hash");
		expect_void(&c, &without, &bare, 3, VOID_IN_TIME, NULL);
		expect_void(&c, &without, &bare, 2, VOID_PENDING, "neither the void nor its reveal");
		expect_void(&c, &without, &bare, 0, VOID_PENDING, "neither the void nor its reveal");
	}
}

/* Under witness a void may say that the beacon failed, which nothing proves; under drand that is no excuse. */
static void
test_voids_of_a_failed_beacon(void **state)
{
	struct entry failed = void_of(NULL, NULL, "beacon: the court does not answer"),
	             other = void_of(NULL, NULL, "the beacon failed"), short_of = void_of(NULL, NULL, "beaco"),
	             bare = reveal_of(NULL, NULL);

	(void)state;
	expect_void(of(SOURCE_WITNESS), &failed, NULL, 0, VOID_UNPROVEN, NULL);
	expect_void(of(SOURCE_WITNESS), &failed, &bare, 0, VOID_UNPROVEN, NULL);
	expect_void(of(SOURCE_WITNESS), &failed, &bare, 3, VOID_IN_TIME, NULL);
	expect_void(of(SOURCE_WITNESS), &other, &bare, 0, VOID_PENDING, "neither");
	expect_void(of(SOURCE_WITNESS), &short_of, &bare, 0, VOID_PENDING, "neither");
	expect_void(of(SOURCE_DRAND), &failed, &bare, 0, VOID_PENDING, "neither");
}

/* Under public it has the value if the throw was complete; one without is perhaps withheld. */
static void
test_public_voids(void **state)
{
	struct entry with = void_of("01234567890123456789", NULL, "a reason"), without = void_of(NULL, NULL, "beacon"),
	             half = void_of("0123456789", NULL, "a reason"),
	             signed_void = void_of("01234567890123456789", ZEROS ZEROS, "a reason"),
	             bare = reveal_of(NULL, NULL), bringing = reveal_of("01234567890123456789", ZEROS);
	const struct commit *c = of(SOURCE_PUBLIC);

	(void)state;
	expect_void(c, &with, NULL, 0, VOID_VALUE, NULL);
	expect_void(c, &with, &bare, 4, VOID_VALUE, NULL);
	expect_void(c, &without, NULL, 0, VOID_WITHHELD, NULL);
	expect_void(c, &without, &bare, 2, VOID_WITHHELD, NULL);
	expect_void(c, &without, &bare, 3, VOID_IN_TIME, NULL);
	expect_void(c, &half, NULL, 4, VOID_VALUE, "10 symbols");
	expect_void(c, &signed_void, NULL, 0, VOID_VALUE, "there is a signature");
	expect_void(c, &without, &bringing, 0, VOID_VALUE, "its source gives none"); /* it had to come with the void */
}

static void
test_voids_without_a_source(void **state)
{
	struct entry with = void_of("", NULL, "a reason"), without = void_of(NULL, NULL, "a reason"),
	             bare = reveal_of(NULL, NULL), bringing = reveal_of(ZEROS, ZEROS ZEROS);
	const struct commit *c = of(SOURCE_NONE);

	(void)state;
	expect_void(c, &without, &bare, 0, VOID_NO_SOURCE, NULL);
	expect_void(c, &with, NULL, 0, VOID_NO_SOURCE, "its source gives none");
	expect_void(c, &without, &bringing, 0, VOID_NO_SOURCE, "its source gives none");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_forms),
	    TEST(test_public_values),
	    TEST(test_no_values),
	    TEST(test_drand_values),
	    TEST(test_witness_values),
	    TEST(test_voids_with_signatures),
	    TEST(test_voids_of_a_failed_beacon),
	    TEST(test_public_voids),
	    TEST(test_voids_without_a_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
