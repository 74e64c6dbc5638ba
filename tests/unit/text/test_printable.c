/* Small checks of texts: suggestions, mail addresses, what a spelling folds to. */
#include "support.h"

#include <string.h>

#include "rosters/cell.h"
#include "rosters/columns.h"
#include "text/address.h"
#include "text/printable.h"
#include "text/suggest.h"

#define S slice_of

static void
suggestions(void **state)
{
	static const char *const words[] = {"import", "export", "init", "excuse", "on",
	    "a-word-of-more-than-forty-bytes-that-nobody-means"};
	static const struct {
		const char *wrong, *meant;
	} cases[] = {
	    {"imprt", "import"},
	    {"imoprt", "import"},
	    {"IMPORT", "import"},
	    {"exprot", "export"},
	    {"int", "init"},
	    {"excuses", "excuse"},
	    {"no", "on"},
	    {"of", "on"},
	    {"verify", NULL},
	    {"", NULL},
	    {"a-word-of-more-than-forty-bytes-that-nobody-mean", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *meant = suggest(S(cases[i].wrong), words, sizeof words / sizeof words[0]);

		if ((meant == NULL) != (cases[i].meant == NULL) ||
		    (meant != NULL && strcmp(meant, cases[i].meant) != 0))
			fail_msg("\"%s\": \"%s\"", cases[i].wrong, meant == NULL ? "nothing" : meant);
	}
}

static void
addresses(void **state)
{
	static const char *const good[] = {"a@b", "a.b+c@d-e.example.org", "x_1@1.org", "o'neil@example.org"};
	static const char *const bad[] = {"", "a", "@b.org", "a@", "a@b@c.org", "a b@c.org", "a@b c.org", ".a@b.org",
	    "a.@b.org", "a..b@c.org", "a@.org", "a@b..org", "a@-b.org", "a@b-.org", "a@b.org\r\nX: y",
	    "a@b.org,c@d.org", "<a@b.org>", "\"a\"@b.org", "a@[127.0.0.1]", "张@example.org", "a@例.org",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.org"};
	struct slice name, address;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (!address_ok(S(good[i])))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (address_ok(S(bad[i])))
			fail_msg("%s", bad[i]);
	assert_false(address_ok((struct slice){"a\0b@c.org", 9}));
	assert_true(address_split(S(" 抽查办公室  <a@b.org> "), &name, &address));
	assert_true(slice_is(name, "抽查办公室"));
	assert_true(slice_is(address, "a@b.org"));
	assert_true(address_split(S("\"Spot Check\" <a@b.org>"), &name, &address));
	assert_true(slice_is(name, "Spot Check"));
	assert_true(address_split(S("a@b.org"), &name, &address));
	assert_int_equal(name.n, 0);
	assert_false(address_split(S("x <a@b.org> y"), &name, &address));
	assert_false(address_split(S("a\nb <a@b.org>"), &name, &address));
	assert_false(address_split(S("a@b.org>"), &name, &address));
	assert_false(address_split(S("a <b> <a@b.org>"), &name, &address));
}

static void
folds_to(const char *a, const char *b, bool same)
{
	struct buf x, y;

	buf_init(&x, 4096);
	buf_init(&y, 4096);
	cell_fold(S(a), &x);
	cell_fold(S(b), &y);
	assert_false(x.failed || y.failed);
	if (slice_eq(buf_view(&x), buf_view(&y)) != same)
		fail_msg("\"%s\" and \"%s\"", a, b);
	buf_release(&x);
	buf_release(&y);
}

static void
folding(void **state)
{
	(void)state;
	folds_to("财政局", "财政 局", true);
	folds_to("财政局", "（财政局）", true);
	folds_to("Ａ区", "a区", true);
	folds_to("Unit-B", "unit b", true);
	folds_to("Straße", "STRASSE", true);
	folds_to("ﾃﾞｰﾀ", "データ", true);
	folds_to("财政局", "财务局", false);
	folds_to("A+", "A", false); /* a sign, no punctuation */
	folds_to("-", "/", false);  /* nothing would be left */
	folds_to("", "", true);
}

static void
dates(void **state)
{
	static const char *const same[] = {"2026-06-02", "2026/6/2", "2026/06/02", "2026年6月2日", "2026-6-2"};
	static const char *const none[] = {"", "2026", "2026-06", "26-06-02", "2026-06-31", "2026-00-01", "2026-13-01",
	    "2026.6.2", "2026-06-02 ", "2026-06/02", "2026年6月2", "20260602", "2026-06-002", "0000-01-01",
	    "2025-02-29"};
	int32_t day = 0;

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		assert_true(cell_date(S(same[i]), &day));
		assert_int_equal(day, 20606);
	}
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		if (cell_date(S(none[i]), &day))
			fail_msg("%s", none[i]);
	assert_true(cell_date(S("2024-02-29"), &day));
}

/* The table of columns: keys first, then public ones, then private ones, as the counts say; no header means two. */
static void
the_table_of_columns(void **state)
{
	(void)state;
	for (int kind = 0; kind < ROSTER_KINDS; kind++) {
		const struct columns *c = &roster_columns[kind];
		enum roster_kind found;

		assert_true(roster_kind_parse(S(c->kind), &found));
		assert_int_equal(found, kind);
		for (size_t i = 0; i < COLUMNS_KNOWN_MAX; i++) {
			struct slice words;

			assert_int_equal(c->column[i].name != NULL, i < c->n);
			if (i >= c->n)
				continue;
			assert_int_equal(c->column[i].use == COLUMN_KEY, i < c->n_key);
			assert_int_equal(c->column[i].use == COLUMN_PRIVATE, i >= c->n_stored);
			assert_int_equal(roster_column_find(found, S(c->column[i].name)), i);
			words = S(c->column[i].chinese);
			while (words.p != NULL)
				assert_int_equal(roster_column_find(found, slice_cut(&words, '|')), i);
		}
	}
	assert_int_equal(roster_column_find(ROSTER_TARGETS, S("UNIT")), 3 - 1);
	assert_int_equal(roster_column_find(ROSTER_TARGETS, S("")), -1);
}

/* No control character reaches a terminal, also where a text is cut; what people write stays. */
static void
strangers_words(void **state)
{
	static const struct {
		const char *raw, *shown;
	} cases[] = {
	    {"", ""},
	    {"250 ok 财政局 — “quoted” é e\xCC\x81 🎉", "250 ok 财政局 — “quoted” é e\xCC\x81 🎉"},
	    {"a\tb\r\nc", "a b  c"},
	    {"\x1B]8;;http://x\x1B\\y\a\b\x7F", "?]8;;http://x?\\y???"},
	    {"\xC2\x9B"
	     "31m\xC2\x85",
	        "?31m?"},
	    {"\x9B"
	     "31m\xFF\xC3",
	        "?31m??"},
	    {"\xE2\x80\xAE"
	     "a\xE2\x81\xA6"
	     "b\xE2\x80\x8B"
	     "c\xEF\xBB\xBF\xD8\x9C\xC2\xAD\xF3\xA0\x81\x81",
	        "?a?b?c????"},
	    {"\xE2\x80\xA8\xE2\x80\xA9\xED\xA0\x80\xC0\x80", "???????"},
	    {"财\xE8\xB4", "财??"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[256];
		struct buf out;

		(void)snprintf(text, sizeof text, "%s", cases[i].raw);
		plain_clean(text);
		assert_string_equal(text, cases[i].shown);
		buf_init(&out, 256);
		plain_put(&out, S(cases[i].raw));
		assert_int_equal(out.len, strlen(cases[i].shown));
		assert_true(out.len == 0 || memcmp(out.data, cases[i].shown, out.len) == 0);
		buf_release(&out);
	}
}

/* Any text becomes one line of limited length. */
static void
lines_are_said(void **state)
{
	char *text = NULL, endless[2 * PLAIN_LINE];
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	memset(endless, 'x', sizeof endless);
	endless[sizeof endless - 1] = '\0';
	plain_say(out, "%s: %s\n", "a\nb", "c\033[2J");
	plain_say(out, "%s", endless);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strncmp(text, "a b: c?[2J\nxxx", 14), 0);
	assert_int_equal(len, strlen("a b: c?[2J\n") + PLAIN_LINE);
	assert_int_equal(text[len - 1], '\n');
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(suggestions),
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(folding),
	    cmocka_unit_test(dates),
	    cmocka_unit_test(the_table_of_columns),
	    cmocka_unit_test(strangers_words),
	    cmocka_unit_test(lines_are_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
