/*
 * The example directory, made by another program from the protocol's page: it is accepted, and with any byte of its
 * draws' files, tiles or entries changed it is not; a changed cosignature line may lower a class, never raise it.
 */

#include "memory_dir.h"

#include <sodium.h>
#include <stdio.h>

#include "core/base/text.h"
#include "core/check/verify.h"

/* Under sanitizers every 13th byte; the plain build changes every one. */
#ifdef __SANITIZE_ADDRESS__
#define STEP 13
#else
#define STEP 1
#endif

static struct memory_dir example;

static struct memory_file *
find(const char *path)
{
	for (size_t i = 0; i < example.n; i++)
		if (strcmp(example.files[i].path, path) == 0)
			return &example.files[i];
	fail_msg("no file %s", path);
	return NULL;
}

struct seen {
	enum check_state state[8][CHECK_COUNT];
	enum assurance assurance[8];
	const char *first;
};

static void
on_check(void *ctx, uint64_t n, enum check check, enum check_state state, const char *detail)
{
	struct seen *seen = ctx;

	(void)detail;
	if (n < 8)
		seen->state[n][check] = state;
	if (state == CHECK_FAILED && seen->first == NULL)
		seen->first = check_name(check);
}

static void
on_assurance(void *ctx, uint64_t n, const struct assurance_facts *facts)
{
	((struct seen *)ctx)->assurance[n] = facts->assurance;
}

static uint64_t
verify(const struct verify_options *options, struct seen *seen)
{
	struct published dir = memory_dir_published(&example, "");
	struct report report = {.check = on_check, .assurance = on_assurance, .ctx = seen};
	struct err err = {0};

	*seen = (struct seen){0};
	assert_int_equal(verify_directory(&dir, options, &report, &err), 0);
	return report.failures;
}

static uint64_t
replay(struct seen *seen)
{
	struct published dir = memory_dir_published(&example, "draws/0001/");
	struct report report = {.check = on_check, .ctx = seen};
	struct err err = {0};

	*seen = (struct seen){0};
	assert_int_equal(replay_folder(&dir, NULL, 1, &report, NULL, NULL, &err), 0);
	return report.failures;
}

static void
test_example_is_accepted(void **state)
{
	static const enum check all[] = {CHECK_CHECKPOINTS, CHECK_FILES, CHECK_DRUM, CHECK_STRATA, CHECK_HISTORY,
	    CHECK_CHAIN, CHECK_SEED, CHECK_SELECTION, CHECK_INSPECTORS, CHECK_TEAMS, CHECK_DATES, CHECK_MATTERS,
	    CHECK_RECORD, CHECK_AMENDMENTS};
	struct verify_options options = {0};
	struct seen seen;

	(void)state;
	assert_int_equal(verify(&options, &seen), 0);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		assert_int_equal(seen.state[1][all[i]], CHECK_OK);
	assert_int_equal(seen.state[1][CHECK_BEACON], CHECK_NOT_RUN); /* there is no BLS here, and so never class A */
	assert_int_equal(seen.assurance[1], ASSURANCE_A_UNRUN_IF);
	assert_int_equal(seen.assurance[2], ASSURANCE_NONE);
	assert_int_equal(seen.assurance[3], ASSURANCE_B_IF);
	assert_int_equal(seen.state[2][CHECK_SEED], CHECK_SEALED);
	assert_int_equal(seen.state[3][CHECK_RECORD], CHECK_SEALED);
	assert_int_equal(replay(&seen), 0);
	assert_int_equal(seen.state[1][CHECK_RECORD], CHECK_OK);
}

static struct slice
witness(size_t index)
{
	static const char *const keys[] = {"witness1.example.org+b257552d+BPck7Ua4dLPhmJVWe2MJG+7FPf0ffZ5EmxoPjVCX221W",
	    "witness2.example.org+b145f9ab+BKy+WaxPX/wEDsJAcatzJiNxDizKK9cR8qgMYn7h9jEE"};

	return slice_of(keys[index]);
}

static void
test_independent_witnesses_are_the_callers(void **state)
{
	struct slice keys[] = {witness(0), witness(1)};
	struct verify_options options = {.trusted = {keys, 1}};
	struct seen seen;

	(void)state;
	assert_int_equal(verify(&options, &seen), 0);
	assert_int_equal(seen.assurance[3], ASSURANCE_B_IF); /* one of three is not more than half */
	options.trusted.n = 2;
	assert_int_equal(verify(&options, &seen), 0);
	assert_int_equal(seen.assurance[3], ASSURANCE_B);
	assert_int_equal(seen.assurance[1], ASSURANCE_A_UNRUN);
}

static void
test_as_of_another_time(void **state)
{
	struct verify_options options = {.has_at = true};
	struct seen seen;

	(void)state;
	assert_true(text_to_time(slice_of("2023-10-16T01:00:00Z"), &options.at));
	assert_int_equal(verify(&options, &seen), 0); /* draw 3 is to be revealed on the 15th at 1: a day is given */
	options.at++;
	assert_int_equal(verify(&options, &seen), 1);
	assert_string_equal(seen.first, "sequence");
}

static void
test_another_key_than_the_callers(void **state)
{
	struct verify_options options = {
	    .key = slice_of("spotcheck.example.org+76906849+Ac37rag65NSTsskiIQR22DQsAOFRrZIu")};
	struct seen seen;

	(void)state;
	assert_int_equal(verify(&options, &seen), 1);
	assert_string_equal(seen.first, "signature");
}

static bool
is_checkpoint(const char *path)
{
	size_t len = strlen(path);

	return len >= 10 && strcmp(path + len - 10, "checkpoint") == 0;
}

/* A cosignature line may go or turn into a stranger's, and the class may fall, but it never rises. */
static void
assert_no_class_rose(const struct seen *seen, const char *path, size_t at)
{
	static const enum assurance best[] = {0, ASSURANCE_A_UNRUN_IF, ASSURANCE_NONE, ASSURANCE_B_IF};

	for (size_t n = 1; n <= 3; n++)
		if (seen->assurance[n] > best[n])
			fail_msg("%s, byte %zu: the class of draw %zu rose", path, at, n);
}

static void
test_every_byte_counts(void **state)
{
	size_t changed = 0, refused = 0;

	(void)state;
	for (size_t i = 0; i < example.n; i++)
		for (size_t at = 0; at < example.files[i].len; at += STEP) {
			struct verify_options options = {0};
			char before = example.files[i].bytes[at];
			struct seen seen;
			uint64_t failures;

			example.files[i].bytes[at] = (char)(before ^ (1 << (at % 7)));
			failures = verify(&options, &seen);
			if (failures == 0 && !is_checkpoint(example.files[i].path))
				fail_msg("%s: byte %zu may be changed and verify says yes", example.files[i].path, at);
			assert_no_class_rose(&seen, example.files[i].path, at);
			refused += failures > 0;
			changed++;
			example.files[i].bytes[at] = before;
		}
	print_message("%zu bytes changed one at a time, %zu refused, the rest in cosignature lines\n", changed,
	    refused);
}

/* An amendment's nonce; sealed.json has one too, which is committed. */
static bool
in_nonce(const struct memory_file *f, size_t at)
{
	static const char key[] = "\"nonce\":\"";
	const char *nonce = memmem(f->bytes, f->len, key, sizeof key - 1);
	size_t from = nonce == NULL ? 0 : (size_t)(nonce - f->bytes) + sizeof key - 1;

	return strstr(f->path, "amend-") != NULL && at >= from && at < from + 32;
}

static void
test_every_byte_of_a_folder_counts(void **state)
{
	static const char *const names[] = {"commit.json", "targets.csv", "inspectors.csv", "conflicts.csv",
	    "sealed.json", "record.json", "amend-01.json", "amend-02.json", "amend-03.json"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char path[64];
		struct memory_file *f;

		(void)snprintf(path, sizeof path, "draws/0001/%s", names[i]);
		f = find(path);
		for (size_t at = 0; at < f->len; at += STEP) {
			char before = f->bytes[at];
			struct seen seen;

			if (in_nonce(f, at)) /* an amendment's nonce hides it, and hangs on the log alone */
				continue;
			f->bytes[at] = (char)(before ^ (1 << (at % 7)));
			if (replay(&seen) == 0)
				fail_msg("%s: byte %zu may be changed and replay says yes", path, at);
			f->bytes[at] = before;
		}
	}
}

/* Each file cut short, and each missing. */
static void
test_truncated_and_missing_files(void **state)
{
	struct verify_options options = {0};
	struct seen seen;

	(void)state;
	for (size_t i = 0; i < example.n; i++) {
		size_t len = example.files[i].len;

		for (size_t cut = 0; cut < len; cut += len / 7 + 1) {
			example.files[i].len = cut;
			if (verify(&options, &seen) == 0 && !is_checkpoint(example.files[i].path))
				fail_msg("%s cut to %zu bytes is accepted", example.files[i].path, cut);
		}
		example.files[i].len = len;
		example.files[i].path[0] ^= 1;
		if (verify(&options, &seen) == 0)
			fail_msg("%s missing is accepted", example.files[i].path);
		example.files[i].path[0] ^= 1;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_example_is_accepted),
	    cmocka_unit_test(test_independent_witnesses_are_the_callers),
	    cmocka_unit_test(test_as_of_another_time),
	    cmocka_unit_test(test_another_key_than_the_callers),
	    cmocka_unit_test(test_truncated_and_missing_files),
	    cmocka_unit_test(test_every_byte_of_a_folder_counts),
	    cmocka_unit_test(test_every_byte_counts),
	};
	int failed;

	if (sodium_init() < 0)
		return 1;
	memory_dir_load(&example, "example");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	memory_dir_release(&example);
	return failed;
}
