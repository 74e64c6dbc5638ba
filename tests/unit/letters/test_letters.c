/*
 * Letters: the shipped templates, what is filled in and in what order, the result sheet, and what is refused.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "letters/make.h"
#include "letters/sheet.h"
#include "scratch.h"

#define S slice_of
#define SHIPPED VECTORS "/../../conf/letters"
#define DATE 20628 /* 2026-06-24 */
#define HASH "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static const struct slice leave_questions[] = {{"=at the desk, \"really\"", 22}, {"-5", 2}};
static const struct letter_matter matters[] = {
    {.id = {"leave", 5},
        .name = {"Leave", 5},
        .legal_basis = {"Act 1", 5},
        .questions = leave_questions,
        .n_questions = 2},
    {.id = {"duty", 4}, .name = {"Duty", 4}},
};
static const struct letter_colleague colleagues[] = {
    {{"I002", 4}, {"Desk two", 8}, {"000-5550102", 11}},
    {{"I005", 4}, {"Desk five", 9}, {NULL, 0}},
};
static struct letter_visit visits[3];
static const struct letter_name drawn_team[] = {{{"I003", 4}, {"I-1", 3}}, {{"I004", 4}, {"", 0}}};

static struct letter_input
usual(void)
{
	visits[0] = (struct letter_visit){.visit = slot_of(DATE, 9 * 60),
	    .target_id = S("T2"),
	    .target_name = S("Post two"),
	    .unit = S("Unit"),
	    .area = S("Area"),
	    .post = S("Post"),
	    .address = S("Street 2"),
	    .phone = S("000-5550002"),
	    .seat = S("lead"),
	    .colleagues = colleagues,
	    .n_colleagues = 2};
	visits[1] = visits[2] = visits[0];
	visits[1].visit = slot_of(DATE, 8 * 60 + 30);
	visits[1].unit = S("Zone");
	visits[1].target_id = S("T9");
	visits[1].target_name = S("+Post nine");
	visits[1].n_colleagues = 0;
	visits[2].target_id = S("T1");
	visits[2].target_name = S("Post, one");
	visits[2].place = 4;
	visits[2].amended = true;
	visits[2].drawn_target = (struct letter_name){S("T8"), S("T-8")};
	visits[2].drawn_team = drawn_team;
	visits[2].n_drawn_team = 2;
	letter_visits_sort(visits, 3);
	return (struct letter_input){
	    .kind = LETTER_ASSIGNMENT,
	    .draw = 7,
	    .day = DATE,
	    .operator_name = S("Office"),
	    .origin = S("log.example.org/a"),
	    .cycle = S("after-holiday"),
	    .cycle_title = S("After holidays"),
	    .date = text_date_of(2026, 6, 22),
	    .record_hash = S(HASH),
	    .log_key = S("530d903a"),
	    .inspector_id = S("I003"),
	    .inspector_name = S("Desk three"),
	    .inspector_email = S("i003@example.org"),
	    .language = S("en"),
	    .default_language = S("zh_CN"),
	    .recuse_to = S("recuse@example.org"),
	    .public_url = S("https://log.example.org/"),
	    .from_name = S("Office"),
	    .from_address = S("office@example.org"),
	    .timezone = S("UTC"),
	    .sent_at = 1782090000,
	    .visits = visits,
	    .n_visits = 3,
	    .matters = matters,
	    .n_matters = 2,
	};
}

/* ---- templates of our own, so that the text can be read as it is on the wire ---- */

static char dir[SCRATCH_PATH];

static const char every_value[] =
    "Subject: {{draw}} {{visit_count}} {{operator}}\n\n"
    "{{origin}} {{cycle}} {{cycle_title}}\n{{record_hash}}\n{{log_key}} {{inspector_id}} {{inspector_name}}\n"
    "{{date}} {{recuse_to}}\n{{visit_day}} {{public_url}}\n{{sheet}}\n"
    "{{places}}\n{{#amended}}\n{{place}} {{drawn_target}} {{drawn_team}}\n{{/amended}}\n"
    "{{#coded}}\n{{place}}: {{codes}}\n{{/coded}}\n"
    "{{#clashes}}\n{{first}} - {{second}}\n{{/clashes}}\n"
    "{{#appointments}}\n{{number}} {{date}} {{weekday}} {{time}} {{unit}}\n{{appointment}}\n"
    "{{#visits}}\n{{number}} {{date}} {{weekday}} {{time}} {{target_id}}\n{{target_name}} {{unit}} {{area}} {{post}}\n"
    "{{address}} {{target_phone}} {{seat}}\n{{colleagues}}\n{{/visits}}\n{{/appointments}}\n"
    "{{#matters}}\n{{number}} {{matter_id}} {{matter_name}} {{legal_basis}}\n{{#checklist}}\n"
    "{{question_number}} {{question}}\n{{/checklist}}\n{{/matters}}\n";

static int
set_up(void **state)
{
	static const char *const names[] = {"en", "zh_CN"};
	char path[SCRATCH_PATH + 64];

	(void)state;
	if (!scratch_make(dir))
		return -1;
	for (unsigned i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		if (mkdir(path, 0700) != 0)
			return -1;
		for (unsigned kind = 0; kind < LETTER_KINDS; kind++) {
			(void)snprintf(path, sizeof path, "%s/%s/%s.txt", dir, names[i],
			    letter_kind_name((enum letter_kind)kind));
			scratch_write(path, every_value);
		}
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_remove(dir);
}

static struct letters *
load(const char *folder)
{
	struct letters *letters = NULL;
	struct diag diag = {0};

	assert_int_equal(letters_load(folder, NULL, &diag, &letters), 0);
	assert_int_equal(diag.count, 0);
	return letters;
}

static struct letter
make(const struct letters *letters, const struct letter_input *input)
{
	struct letter letter = {0};
	struct err err = {0};

	if (letter_make(letters, input, &letter, &err) != 0)
		fail_msg("%s", err.message);
	assert_int_equal(strlen(letter.bytes), letter.len);
	assert_string_equal(letter.sender, "office@example.org");
	assert_string_equal(letter.recipient, "i003@example.org");
	return letter;
}

static void
every_placeholder(void **state)
{
	struct letters *letters = load(dir);
	struct letter_input input = usual();
	struct letter letter = make(letters, &input);

	(void)state;
	assert_string_equal(letter.subject, "7 3 Office");
	assert_non_null(strstr(letter.bytes,
	    "\r\n\r\n"
	    "log.example.org/a after-holiday After holidays\r\n" HASH "\r\n530d903a I003 Desk three\r\n"
	    "22 June 2026 recuse@example.org\r\nWednesday, 24 June 2026 https://log.example.org/\r\n"
	    "result-0007-I003-20260624.csv\r\nplaces-0007-I003-20260624.json\r\n4 T8 I003, I004\r\n4: T8 =3D T-8, I003 "
	    "=3D "
	    "I-1\r\n"
	    "1 24 June 2026 Wednesday 08:30 Zone\r\n08:30 Zone: T9\r\n"
	    "1 24 June 2026 Wednesday 08:30 T9\r\n+Post nine Zone Area Post\r\nStreet 2 000-5550002 lead\r\nnobody "
	    "else\r\n"
	    "2 24 June 2026 Wednesday 09:00 Unit\r\n09:00 Unit: T1, then T2\r\n"
	    "2 24 June 2026 Wednesday 09:00 T1\r\nPost, one Unit Area Post\r\nStreet 2 000-5550002 lead\r\n"
	    "I002 Desk two (000-5550102), I005 Desk five\r\n"
	    "3 24 June 2026 Wednesday 09:00 T2\r\n"));
	assert_non_null(strstr(letter.bytes,
	    "1 leave Leave Act 1\r\n1 =3Dat the desk, \"really\"\r\n2 -5\r\n2 duty Duty\r\n\r\n--=_"));
	letter_release(&letter);
	letters_free(letters);
}

/* The proof of the places goes with the visits that are to be made, and with no other letter. */
static void
places_are_attached(void **state)
{
	static const char part[] =
	    "Content-Type: application/json\r\nContent-Disposition: attachment; "
	    "filename=\"places-0007-I003-20260624.json\"\r\nContent-Transfer-Encoding: base64\r\n\r\ne30=\r\n";
	struct letters *letters = load(dir);
	struct letter_input input = usual();
	struct letter letter;

	(void)state;
	for (enum letter_kind kind = 0; kind < LETTER_KINDS; kind++) {
		bool wanted = kind == LETTER_ASSIGNMENT || kind == LETTER_UPDATED;

		input.kind = kind;
		input.places = S("");
		letter = make(letters, &input);
		assert_null(strstr(letter.bytes, "application/json"));
		letter_release(&letter);
		input.places = S("{}");
		letter = make(letters, &input);
		assert_int_equal(strstr(letter.bytes, part) != NULL, wanted);
		letter_release(&letter);
	}
	letters_free(letters);
}

/* The same letter has the same bytes and the same Message-ID whenever it is made; any other has another. */
static void
message_ids(void **state)
{
	struct letters *letters = load(dir);
	struct letter_input input = usual();
	struct letter first = make(letters, &input), again = make(letters, &input);
	char id[LETTER_ID_BYTES], other[LETTER_ID_BYTES];

	(void)state;
	assert_string_equal(first.bytes, again.bytes);
	letter_id(&input, id);
	assert_string_equal(first.message_id, id);
	assert_non_null(strstr(id, "@log.example.org>"));
	letter_release(&again);
	input.kind = LETTER_UPDATED;
	input.amendment = 2;
	input.thread_start = S(id);
	again = make(letters, &input);
	assert_string_not_equal(first.message_id, again.message_id);
	assert_non_null(strstr(again.bytes, "In-Reply-To: <"));
	assert_non_null(strstr(strstr(again.bytes, "References: "), first.message_id));
	assert_null(strstr(first.bytes, "In-Reply-To"));
	letter_release(&again);
	input = usual();
	input.thread_start = S(id); /* what could not be made at first, and was the first, begins the conversation */
	again = make(letters, &input);
	assert_string_equal(first.bytes, again.bytes);
	letter_release(&again);
	input.amendment = 3;
	letter_id(&input, other);
	assert_string_not_equal(other, id);
	input = usual();
	input.day++;
	letter_id(&input, other);
	assert_string_not_equal(other, id);
	input = usual();
	input.record_hash = S("another log or another draw");
	letter_id(&input, other);
	assert_string_not_equal(other, id);
	letter_release(&first);
	letters_free(letters);
}

static void
hosts(void **state)
{
	static const struct {
		const char *origin, *host;
	} cases[] = {
	    {"example.org", "@example.org>"},
	    {"example.org/spot check", "@example.org>"},
	    {"a.very.long.name.of.a.log.in.some.department.example.org", "@of.a.log.in.some.department.example.org>"},
	    {"no spaces allowed", "@spotcheck.invalid>"},
	    {"日志", "@spotcheck.invalid>"},
	    {"", "@spotcheck.invalid>"},
	    {"a..b", "@spotcheck.invalid>"},
	    {".a", "@spotcheck.invalid>"},
	    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "@spotcheck.invalid>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct letter_input input = usual();
		char id[LETTER_ID_BYTES];

		input.origin = S(cases[i].origin);
		letter_id(&input, id);
		assert_string_equal(id + 33, cases[i].host);
	}
}

static void
sheets(void **state)
{
	struct letter_input input = usual();
	struct err err = {0};
	struct buf out;
	char *text;

	(void)state;
	buf_init(&out, 65536);
	assert_int_equal(letter_sheet(&input, &out, &err), 0);
	text = buf_steal(&out);
	assert_string_equal(text,
	    "\xEF\xBB\xBF"
	    "draw,date,target_id,target_name,matter,question,answer,remarks\r\n"
	    "7,2026-06-24,T9,'+Post nine,leave Leave,\"'=at the desk, \"\"really\"\"\",,\r\n"
	    "7,2026-06-24,T9,'+Post nine,leave Leave,'-5,,\r\n"
	    "7,2026-06-24,T9,'+Post nine,duty Duty,,,\r\n"
	    "7,2026-06-24,T1,\"Post, one\",leave Leave,\"'=at the desk, \"\"really\"\"\",,\r\n"
	    "7,2026-06-24,T1,\"Post, one\",leave Leave,'-5,,\r\n"
	    "7,2026-06-24,T1,\"Post, one\",duty Duty,,,\r\n"
	    "7,2026-06-24,T2,Post two,leave Leave,\"'=at the desk, \"\"really\"\"\",,\r\n"
	    "7,2026-06-24,T2,Post two,leave Leave,'-5,,\r\n"
	    "7,2026-06-24,T2,Post two,duty Duty,,,\r\n");
	free(text);
	input.language = S("zh_CN");
	assert_int_equal(letter_sheet(&input, &out, &err), 0);
	text = buf_steal(&out);
	assert_non_null(strstr(text, "\xEF\xBB\xBF抽取编号,日期,对象编号,对象名称,事项,问题,答案,备注\r\n"));
	free(text);
	buf_release(&out);
	buf_init(&out, 200);
	assert_int_equal(letter_sheet(&input, &out, &err), ERR_LIMIT);
	buf_release(&out);
}

static void
sheet_names(void **state)
{
	char name[LETTER_SHEET_NAME_BYTES];

	(void)state;
	letter_sheet_name(7, S("I003"), DATE, name);
	assert_string_equal(name, "result-0007-I003-20260624.csv");
	letter_sheet_name(UINT64_MAX, S("01234567890123456789012345678901"), DATE, name);
	assert_string_equal(name, "result-18446744073709551615-01234567890123456789012345678901-20260624.csv");
}

static void
languages(void **state)
{
	struct letters *letters = load(dir);
	static const struct {
		const char *own, *otherwise, *content_language;
	} cases[] = {{"en", "zh_CN", "en"}, {"zh_CN", "en", "zh-CN"}, {"", "en", "en"}, {"", "zh_CN", "zh-CN"},
	    {"fr", "en", "en"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct letter_input input = usual();
		struct letter letter;
		char line[64];

		input.language = S(cases[i].own);
		input.default_language = S(cases[i].otherwise);
		letter = make(letters, &input);
		(void)snprintf(line, sizeof line, "\r\nContent-Language: %s\r\n", cases[i].content_language);
		assert_non_null(strstr(letter.bytes, line));
		letter_release(&letter);
	}
	letters_free(letters);
}

static void
the_cancelled_have_no_sheet(void **state)
{
	struct letters *letters = load(dir);
	struct letter_input input = usual();
	struct letter letter;

	(void)state;
	input.kind = LETTER_CANCELLED;
	input.amendment = 1;
	input.n_matters = 0;
	letter = make(letters, &input);
	assert_null(strstr(letter.bytes, "text/csv"));
	letter_release(&letter);
	letters_free(letters);
}

/* One bad row makes one letter impossible, with words; nothing is half made. */
static void
refused(void **state)
{
	struct letters *letters = load(dir);
	static const struct slice bad[] = {{"a\r\nBcc: x@example.org", 21}, {"a\nb", 3}, {"a\0b", 3}, {"\xE6\xA3", 2}};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		for (unsigned where = 0; where < 6; where++) {
			struct letter_input input = usual();
			struct letter letter = {0};
			struct err err = {0};
			struct slice *fields[] = {&input.inspector_name, &input.inspector_email, &input.operator_name,
			    &input.from_name, &visits[0].address, &visits[0].target_name};

			*fields[where] = bad[i];
			assert_int_equal(letter_make(letters, &input, &letter, &err), ERR_REFUSED);
			assert_null(letter.bytes);
			assert_true(strlen(err.message) > 0);
		}
	letters_free(letters);
}

static void
two_addresses(void **state)
{
	struct letters *letters = load(dir);
	struct letter_input input = usual();
	struct letter letter = {0};
	struct err err = {0};

	(void)state;
	input.inspector_email = S("a@example.org,b@example.org");
	assert_int_equal(letter_make(letters, &input, &letter, &err), ERR_REFUSED);
	assert_string_equal(err.message,
	    "To: one address such as name@example.org is needed, not \"a@example.org,b@example.org\"");
	letters_free(letters);
}

/* One slot and one unit are one appointment; without a unit each visit is one. */
static void
appointments(void **state)
{
	struct letter_visit some[] = {
	    {.visit = 600, .unit = S("A"), .target_id = S("T3")},
	    {.visit = 540, .unit = S("B"), .target_id = S("T1")},
	    {.visit = 540, .unit = S("A"), .target_id = S("T4")},
	    {.visit = 540, .unit = S("A"), .target_id = S("T2")},
	    {.visit = 540, .unit = S(""), .target_id = S("T6")},
	    {.visit = 540, .unit = S(""), .target_id = S("T5")},
	};
	static const char *const order[] = {"T5", "T6", "T2", "T4", "T1", "T3"};
	static const size_t sizes[] = {1, 1, 2, 1, 1};

	(void)state;
	letter_visits_sort(some, 6);
	for (size_t i = 0; i < 6; i++)
		assert_true(slice_is(some[i].target_id, order[i]));
	for (size_t i = 0, k = 0; i < 6; i += sizes[k++])
		assert_int_equal(letter_appointment(&some[i], 6 - i), sizes[k]);
}

static void
clashes(void **state)
{
	struct letters *letters = load(dir);
	struct letter_input input = usual();
	struct letter_clash clash = {visits, visits + 1, 1, 2};
	struct letter letter;

	(void)state;
	input.clashes = &clash;
	input.n_clashes = 1;
	letter = make(letters, &input);
	assert_non_null(
	    strstr(letter.bytes, "\r\n24 June 2026, 08:30 Zone: T9 - 24 June 2026, 09:00 Unit: T1, then T2\r\n"));
	letter_release(&letter);
	letters_free(letters);
}

static void
many_visits(void **state)
{
	struct letters *letters = load(dir);
	struct letter_input input = usual();
	struct letter_visit *many = calloc(2000, sizeof *many);
	struct letter letter;

	(void)state;
	assert_non_null(many);
	for (size_t i = 0; i < 2000; i++)
		many[i] = visits[i % 3];
	input.visits = many;
	input.n_visits = 2000;
	letter = make(letters, &input);
	assert_true(letter.len > 300000);
	letter_release(&letter);
	free(many);
	letters_free(letters);
}

/* ---- the shipped ones ---- */

static void
shipped(void **state)
{
	struct letters *letters = load(SHIPPED);

	(void)state;
	for (unsigned kind = 0; kind < LETTER_KINDS; kind++)
		for (unsigned i = 0; i < 2; i++) {
			struct letter_input input = usual();
			struct letter letter;

			input.kind = (enum letter_kind)kind;
			input.amendment = kind > 0;
			input.language = S(i == 0 ? "en" : "zh_CN");
			letter = make(letters, &input);
			for (size_t v = 0; v < 3; v++) /* the subject travels unencrypted */
				assert_null(strstr(letter.subject, visits[v].target_id.p));
			letter_release(&letter);
		}
	letters_free(letters);
}

static void
say(void *ctx, const char *file, unsigned long line, const char *message)
{
	const char *name = strrchr(file, '/');

	buf_format(ctx, "%s:%lu: %s\n", name == NULL ? file : name + 1, line, message);
}

static void
missing_and_faulty(void **state)
{
	struct letters *letters = NULL;
	struct buf said;
	struct diag diag = {.say = say, .ctx = &said};
	char path[SCRATCH_PATH + 64], *text;

	(void)state;
	buf_init(&said, 65536);
	(void)snprintf(path, sizeof path, "%s/en/updated.txt", dir);
	scratch_write(path, "Subject: x\n\n{{#matters}}\n{{matter_nmae}}\n");
	(void)snprintf(path, sizeof path, "%s/zh_CN/cancelled.txt", dir);
	assert_int_equal(remove(path), 0);
	(void)snprintf(path, sizeof path, "%s/zh_CN/keep-free.txt", dir);
	scratch_write(path, "Subject: {{log_key}}\n\n{{#appointments}}\n{{log_key}}\n{{/appointments}}\n");
	assert_int_equal(letters_load(dir, NULL, &diag, &letters), ERR_REFUSED);
	assert_null(letters);
	text = buf_steal(&said);
	assert_string_equal(text,
	    "cancelled.txt:0: this letter's template is missing\n"
	    "keep-free.txt:0: every letter has to say the log's key id, or a second log would not show: {{log_key}} is "
	    "missing\n"
	    "updated.txt:4: {{matter_nmae}} is not known; did you mean {{matter_name}}?\n"
	    "updated.txt:3: {{#matters}} is never closed: {{/matters}} is missing\n");
	free(text);
	(void)snprintf(path, sizeof path, "%s/en/updated.txt", dir);
	assert_int_equal(remove(path), 0);
	(void)snprintf(path, sizeof path, "%s/zh_CN/keep-free.txt", dir);
	assert_int_equal(remove(path), 0);
	diag.count = 0;
	assert_int_equal(letters_load(dir, SHIPPED, &diag, &letters), 0);
	assert_int_equal(diag.count, 0);
	letters_free(letters);
}

int
main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(every_placeholder),
	    TEST(places_are_attached),
	    TEST(message_ids),
	    TEST(hosts),
	    TEST(sheets),
	    TEST(sheet_names),
	    TEST(languages),
	    TEST(the_cancelled_have_no_sheet),
	    TEST(refused),
	    TEST(two_addresses),
	    TEST(appointments),
	    TEST(clashes),
	    TEST(many_visits),
	    TEST(shipped),
	    TEST(missing_and_faulty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
