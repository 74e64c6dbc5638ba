/*
 * The example directory, made by another program from the protocol's page: it is accepted, and with any byte of its
 * draws' files, tiles or entries changed it is not; a changed cosignature line may lower a class, never raise it.
 */

#include "memory_dir.h"

#include <sodium.h>
#include <stdio.h>

#include "core/base/text.h"
#include "core/check/verify.h"

/* Every third byte, under sanitizers every 13th; at which one it begins follows from the seed, so that all have a turn. */
#ifdef __SANITIZE_ADDRESS__
#define STEP 13
#else
#define STEP 3
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

#define DRAWS_MAX 8
#define NOTES_BYTES 8192

struct seen {
	enum check_state state[DRAWS_MAX][CHECK_COUNT];
	enum assurance assurance[DRAWS_MAX];
	const char *first;
	char why[ERR_MESSAGE_BYTES];
	char notes[NOTES_BYTES]; /* "draw: note", each with a LF */
};

static void
on_check(void *ctx, uint64_t n, enum check check, enum check_state state, const char *detail)
{
	struct seen *seen = ctx;

	if (n < DRAWS_MAX)
		seen->state[n][check] = state;
	if (state == CHECK_FAILED && seen->first == NULL) {
		seen->first = check_name(check);
		(void)snprintf(seen->why, sizeof seen->why, "%s", detail);
	}
}

static void
on_note(void *ctx, uint64_t n, const char *message)
{
	struct seen *seen = ctx;
	size_t len = strlen(seen->notes);

	(void)snprintf(seen->notes + len, sizeof seen->notes - len, "%d: %s\n", (int)n, message);
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
	struct report report = {.check = on_check, .note = on_note, .assurance = on_assurance, .ctx = seen};
	struct err err = {0};

	*seen = (struct seen){0};
	assert_int_equal(verify_directory(&dir, options, &report, &err), 0);
	return report.failures;
}

static uint64_t
replay(struct seen *seen)
{
	struct published dir = memory_dir_published(&example, "draws/0001/");
	struct report report = {.check = on_check, .note = on_note, .ctx = seen};
	struct err err = {0};

	*seen = (struct seen){0};
	assert_int_equal(replay_folder(&dir, NULL, 1, &report, NULL, NULL, &err), 0);
	return report.failures;
}

static void
test_example_is_accepted(void **state)
{
	static const enum check all[] = {CHECK_CHECKPOINTS, CHECK_FILES, CHECK_DRUM, CHECK_STRATA, CHECK_HISTORY,
	    CHECK_CHAIN, CHECK_SEED, CHECK_SELECTION, CHECK_INSPECTORS, CHECK_TEAMS, CHECK_VISITS, CHECK_MATTERS,
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

/* Exactly these notes, in this order. */
static void
test_what_is_noted(void **state)
{
	static const char right[] =
	    "1: excused: 1 targets and 1 inspectors\n"
	    "1: 4 of 12 drawn targets stay unstaffed\n"
	    "1: t.12: none of 12 inspectors may take the seat \"lead\"; 3 lack its tag; 9 are of the target's unit, or "
	    "one "
	    "of the two is unknown\n"
	    "1: T0028: none of 12 inspectors may take the seat \"lead\"; 3 lack its tag; 9 are of the target's unit, "
	    "or "
	    "one of the two is unknown\n"
	    "1: t.14: none of 12 inspectors may take the seat \"lead\"; 3 lack its tag; 1 are of the target's unit, or "
	    "one "
	    "of the two is unknown; 8 are not of the level\n"
	    "1: t.35: none of 12 inspectors may take the seat \"lead\"; 3 lack its tag; 2 are of the target's unit, or "
	    "one "
	    "of the two is unknown; 7 are not of the level\n"
	    "1: 2 units are visited at more than one slot\n"
	    "1: 3 amendments\n"
	    "2: voided: the rosters were out of date\n"
	    "2: excused: 1 targets and 0 inspectors\n"
	    "2: since draw 1: targets +0 -1, 0 changed; inspectors +0 -0, 1 changed; conflicts +0 -0\n"
	    "3: excused: 1 targets and 1 inspectors\n"
	    "0: 1 of 3 commitments were voided\n"
	    "1: 26 days between draw and reveal have no archive entry\n"
	    "1: of the 5 archive entries between draw and reveal, 5 were cosigned in time\n"
	    "0: this copy is as of 2023-10-12T00:00:10Z\n";
	struct verify_options options = {0};
	struct seen seen;

	(void)state;
	assert_int_equal(verify(&options, &seen), 0);
	assert_string_equal(seen.notes, right);
	/* overdue by the reader's clock alone: noted, with the age of the copy; as of a time given it is a failure instead */
	options.has_now = true;
	assert_true(text_to_time(slice_of("2023-11-10T00:00:00Z"), &options.now));
	assert_int_equal(verify(&options, &seen), 0);
	assert_non_null(strstr(seen.notes,
	    "\n0: overdue by now: commitment 2 is not revealed, more than a day after its "
	    "reveal_time; this copy is 28 days old\n"));
	options.now = 0;
	assert_int_equal(verify(&options, &seen), 0);
	assert_null(strstr(seen.notes, "overdue"));
}

static bool
local_date(void *ctx, struct slice zone, int64_t time, int32_t *ret_date)
{
	assert_true(slice_is(zone, "Asia/Shanghai"));
	*ret_date = (int32_t)((time + *(const int64_t *)ctx) / DAY_S);
	return true;
}

/* The dates of draws are local ones, by the caller's time zones where he has some. */
static void
test_local_dates(void **state)
{
	static int64_t east = (int64_t)8 * 3600, far = (int64_t)22 * 3600;
	struct verify_options options = {.local_date = local_date, .zones = &east};
	struct seen seen;

	(void)state;
	assert_int_equal(verify(&options, &seen), 0);
	assert_null(strstr(seen.notes, "local date"));
	options.zones = &far; /* 1:00 UTC is 23:00 of the same day there, 15:59 is not */
	assert_int_equal(verify(&options, &seen), 0);
	assert_non_null(strstr(seen.notes, "1: its date is not the local date"));
	assert_null(strstr(seen.notes, "3: its date is not the local date"));
}

static struct slice
witness(size_t number)
{
	static const char *const keys[] = {"witness1.example.org+b257552d+BPck7Ua4dLPhmJVWe2MJG+7FPf0ffZ5EmxoPjVCX221W",
	    "witness2.example.org+b145f9ab+BKy+WaxPX/wEDsJAcatzJiNxDizKK9cR8qgMYn7h9jEE",
	    "witness3.example.org+bf08c10a+BCTM8+F+R40BUypH0fAFi+fBMOqRKxvsZHb/33RiNSxC"};

	return slice_of(keys[number - 1]);
}

/* Witnesses 1 and 2 cosigned both checkpoints of draw 1 in time, 2 and 3 those of draw 3. */
static void
test_independent_witnesses_are_the_callers(void **state)
{
	const struct slice stranger =
	    slice_of("witness1.example.com+00000000+BPck7Ua4dLPhmJVWe2MJG+7FPf0ffZ5EmxoPjVCX221W");
	const struct {
		struct slice keys[3];
		size_t n;
		enum assurance first, third;
	} cases[] = {
	    {{witness(2)}, 1, ASSURANCE_A_UNRUN, ASSURANCE_B},
	    {{witness(1)}, 1, ASSURANCE_A_UNRUN, ASSURANCE_B_IF},
	    {{witness(3)}, 1, ASSURANCE_A_UNRUN_IF, ASSURANCE_B},
	    {{witness(1), witness(2)}, 2, ASSURANCE_A_UNRUN, ASSURANCE_B_IF}, /* half is not more than half */
	    {{witness(1), witness(2), witness(3)}, 3, ASSURANCE_A_UNRUN, ASSURANCE_B},
	    {{witness(2), witness(2), witness(2)}, 3, ASSURANCE_A_UNRUN, ASSURANCE_B},
	    {{witness(1), witness(2), witness(1)}, 3, ASSURANCE_A_UNRUN, ASSURANCE_B_IF}, /* twice is once */
	    {{witness(2), stranger}, 2, ASSURANCE_A_UNRUN_IF, ASSURANCE_B_IF},
	    {{stranger}, 1, ASSURANCE_A_UNRUN_IF, ASSURANCE_B_IF},
	};
	struct seen seen;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct verify_options options = {.trusted = {cases[i].keys, cases[i].n}};

		assert_int_equal(verify(&options, &seen), 0);
		assert_int_equal(seen.assurance[1], cases[i].first);
		assert_int_equal(seen.assurance[2], ASSURANCE_NONE);
		assert_int_equal(seen.assurance[3], cases[i].third);
	}
}

static void
expect_at(const char *time, const char *overdue)
{
	struct verify_options options = {.has_at = true};
	struct seen seen;

	assert_true(text_to_time(slice_of(time), &options.at));
	assert_int_equal(verify(&options, &seen), overdue == NULL ? 0 : 1);
	if (overdue != NULL) {
		assert_string_equal(seen.first, "sequence");
		assert_non_null(strstr(seen.why, overdue));
	}
}

/* Draw 3 is to be revealed on 15 October at 1, and the void of draw 2 on 7 November: a day is given. */
static void
test_as_of_another_time(void **state)
{
	(void)state;
	expect_at("2023-10-12T00:00:00Z", NULL);
	expect_at("2023-10-16T01:00:00Z", NULL);
	expect_at("2023-10-16T01:00:01Z", "commitment 3 is not revealed");
	expect_at("2023-11-08T01:00:00Z", "commitment 3 is not revealed");
	expect_at("2023-11-10T00:00:00Z", "commitment 2 is not revealed");
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
	struct support_random random;

	(void)state;
	support_random_begin(&random);
	for (size_t i = 0; i < example.n; i++)
		for (size_t at = support_random_below(&random, STEP); at < example.files[i].len; at += STEP) {
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
	static const char *const names[] = {"commit.json", "targets.csv", "inspectors.csv", "conflicts.csv", "away.csv",
	    "sealed.json", "record.json", "amend-01.json", "amend-02.json", "amend-03.json"};
	struct support_random random;

	(void)state;
	support_random_begin(&random);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char path[64];
		struct memory_file *f;

		(void)snprintf(path, sizeof path, "draws/0001/%s", names[i]);
		f = find(path);
		for (size_t at = support_random_below(&random, STEP); at < f->len; at += STEP) {
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
		if (verify(&options, &seen) == 0 && strncmp(example.files[i].path + 1, "rchive/", 7) != 0)
			fail_msg("%s missing is accepted",
			    example.files[i].path); /* those of archive/ may be missing */
		example.files[i].path[0] ^= 1;
	}
}

/* ---- names ---- */

static void
expect_name(const char *path, const char *first)
{
	struct verify_options options = {0};
	struct seen seen;

	memory_dir_put(&example, path, slice_of("x"));
	assert_int_equal(verify(&options, &seen), first == NULL ? 0 : 1);
	if (first != NULL)
		assert_string_equal(seen.first, first);
	if (first == NULL && strstr(seen.notes, "0: 1 names in the directory are not the protocol's") == NULL)
		fail_msg("%s is not noted: %s", path, seen.notes);
	memory_dir_drop(&example, path);
}

/* What the protocol names may stand where and when it says; other names are passed over, and noted by number. */
static void
test_names(void **state)
{
	(void)state;
	expect_name("draws/0004/commit.json", "files"); /* of no commitment */
	expect_name("draws/0003/targets.csv", "files"); /* not yet */
	expect_name("draws/0003/away.csv", "files");
	expect_name("draws/0003/amend-01.json", "files");
	expect_name("draws/0002/record.json", "files");   /* a void has none */
	expect_name("draws/0001/amend-04.json", "files"); /* that no entry tells of */
	expect_name("archive/0011.checkpoint", "files");  /* of an entry that is a reveal */
	expect_name("archive/0022.checkpoint", "files");  /* of no entry */
	expect_name("archive/22.checkpoint", NULL);       /* no name of the protocol */
	expect_name("archive/0006.checkpoint~", NULL);
	expect_name("draws/0001/amend-4.json", NULL);
	expect_name("draws/0001/amend-001.json", NULL);
	expect_name("draws/1/commit.json", NULL);
	expect_name("draws/00001/commit.json", NULL);
	expect_name("draws/0001/targets.csv.bak", NULL);
	expect_name("desktop.ini", NULL);
	expect_name("tile/0/000.p/22~", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_example_is_accepted),
	    cmocka_unit_test(test_what_is_noted),
	    cmocka_unit_test(test_local_dates),
	    cmocka_unit_test(test_independent_witnesses_are_the_callers),
	    cmocka_unit_test(test_as_of_another_time),
	    cmocka_unit_test(test_another_key_than_the_callers),
	    cmocka_unit_test(test_names),
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
