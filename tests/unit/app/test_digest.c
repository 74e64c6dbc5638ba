/*
 * The administrator's digest: one each Monday at eight, in turns under a clock that the test sets; what it says, and
 * what it must not.
 */
#include "support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "admin/alarms.h"
#include "admin/digest.h"
#include "admin/digest_text.h"
#include "app/turn.h"
#include "core/base/text.h"
#include "mail/outbox.h"
#include "rosters/rosters.h"
#include "system/clock.h"
#include "text/language.h"
#include "text/printable.h"
#include "year_scene.h"

#define KEYS "sample = 3\nmatters = duty\nteam = any\navoid =\n"
#define WEEKLY "[cycle weekly]\ntitle = Weekly check\nwhen = weekly\nday = wed\nembargo = 10\n" KEYS
#define RANDOM "[cycle random]\ntitle = Surprise\nwhen = monthly\nday = random\ntimes = 3\nembargo = 30\n" KEYS
#define AFTER "[cycle after]\ntitle = After\nwhen = after holiday\nembargo = 30\n" KEYS

#define DIGESTS "SELECT count(*) FROM outbox_letter WHERE kind = 'digest'"

static struct operator_scene scene;

static int64_t
at(const char *text) /* "2026-06-22 09:00", here */
{
	int32_t date;

	assert_true(text_to_date((struct slice){text, 10}, &date));
	return clock_instant(date,
	    ((text[11] - '0') * 10 + text[12] - '0') * 3600 + ((text[14] - '0') * 10 + text[15] - '0') * 60, NULL);
}

static void
turn_at(const char *now)
{
	scene.operator.now = at(now);
	(void)year_scene_turn(&scene);
}

static void
run_to(const char *to)
{
	while (scene.operator.now < at(to)) {
		int64_t next = year_scene_turn(&scene);

		assert_true(next > scene.operator.now);
		scene.operator.now = next < at(to) ? next : at(to);
	}
}

static int64_t
digests(void)
{
	return operator_scene_count(&scene, DIGESTS);
}

/* ---- the letter ---- */

/* The letter's words before they are encoded. */
static char *
last_words(void)
{
	struct query q;
	struct buf text;
	char *message;

	buf_init(&text, (size_t)1 << 20);
	query_open(&q, scene.operator.store,
	    "SELECT message FROM outbox_message JOIN outbox_letter ON id = letter WHERE kind = 'digest' ORDER BY "
	    "amendment DESC LIMIT 1");
	assert_true(query_row(&q));
	buf_slice(&text, query_blob(&q, 0));
	operator_scene_well(&scene, query_close(&q, &scene.err));
	message = buf_steal(&text);
	assert_non_null(message);
	return message;
}

static int
hex_of(char c)
{
	const char *digits = "0123456789ABCDEF", *found = c == '\0' ? NULL : strchr(digits, c);

	return found == NULL ? -1 : (int)(found - digits);
}

static int
six_bits(char c)
{
	const char *digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c == '\0' ? NULL : strchr(digits, c);

	return found == NULL ? -1 : (int)(found - digits);
}

static void
from_base64(const char *in, struct buf *out)
{
	unsigned bits = 0, n = 0;

	for (; *in != '\0'; in++) {
		int value = six_bits(*in);

		if (value < 0)
			continue;
		bits = (bits << 6 | (unsigned)value) & 0xFFFFFF;
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_byte(out, (char)(bits >> n & 0xFF));
		}
	}
}

static void
from_quoted(const char *in, struct buf *out)
{
	while (*in != '\0') {
		if (in[0] == '=' && in[1] == '\r') {
			in += 3;
		} else if (in[0] == '=' && hex_of(in[1]) >= 0 && hex_of(in[2]) >= 0) {
			buf_byte(out, (char)(hex_of(in[1]) * 16 + hex_of(in[2])));
			in += 3;
		} else {
			buf_byte(out, *in++);
		}
	}
}

/* The body of the newest digest, decoded, LF at the ends of lines; the caller frees it. */
static char *
last_body(void)
{
	char *message = last_words(), *text, *from, *to;
	const char *body = strstr(message, "\r\n\r\n");
	struct buf out;

	assert_non_null(body);
	buf_init(&out, (size_t)1 << 20);
	if (strstr(message, "base64") != NULL && strstr(message, "base64") < body)
		from_base64(body + 4, &out);
	else
		from_quoted(body + 4, &out);
	text = buf_steal(&out);
	assert_non_null(text);
	for (from = to = text; *from != '\0'; from++)
		if (*from != '\r')
			*to++ = *from;
	*to = '\0';
	free(message);
	return text;
}

static void
has(const char *text, const char *words)
{
	if (strstr(text, words) == NULL)
		fail_msg("no \"%s\" in:\n%s", words, text);
}

static void
has_not(const char *text, const char *words)
{
	if (strstr(text, words) != NULL)
		fail_msg("\"%s\" in:\n%s", words, text);
}

/* An id of the scene's rosters, "T07". */
static bool
has_target(struct slice line)
{
	for (size_t i = 0; i + 2 < line.n; i++)
		if (line.p[i] == 'T' && hex_of(line.p[i + 1]) >= 0 && hex_of(line.p[i + 2]) >= 0)
			return true;
	return false;
}

/* Nor a name, "Target 7"; a root in base64 may look like anything. */
static void
names_nobody(const char *text)
{
	struct slice rest = slice_of(text);

	has_not(text, "Target ");
	while (rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');

		if (line.n > 0 && line.p[line.n - 1] != '=' && has_target(line))
			fail_msg("a target in: %.*s", (int)line.n, line.p);
	}
}

/* Commands are whole: they are to be copied. */
static void
fits(const char *text)
{
	struct slice rest = slice_of(text);

	assert_true(text_is_utf8(rest));
	while (rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');

		if (plain_width(line) > DIGEST_COLUMNS && memmem(line.p, line.n, "spotcheck -c", 12) == NULL)
			fail_msg("a line of %zu columns: %.*s", plain_width(line), (int)line.n, line.p);
	}
}

static char *
subject(void)
{
	struct query q;
	char *text;

	query_open(&q, scene.operator.store,
	    "SELECT subject FROM outbox_letter WHERE kind = 'digest' ORDER BY amendment DESC LIMIT 1");
	assert_true(query_row(&q));
	text = slice_dup(query_text(&q, 0));
	operator_scene_well(&scene, query_close(&q, &scene.err));
	assert_non_null(text);
	return text;
}

/* ---- when ---- */

static void
one_each_monday_and_none_at_first(void **state)
{
	(void)state;
	year_scene_open(&scene, WEEKLY, 2026, 2026);
	turn_at("2026-01-01 09:00"); /* a Thursday */
	turn_at("2026-01-04 23:59");
	assert_int_equal(digests(), 0);
	turn_at("2026-01-05 07:59");
	assert_int_equal(digests(), 0);
	run_to("2026-03-02 08:00"); /* over the new year of the moon, on whose Monday nobody works */
	assert_int_equal(digests(), 8);
	assert_int_equal(operator_scene_count(&scene,
	                     DIGESTS
	                     " AND state = 'sent' AND changed = created AND (created + 8 * 3600) % 86400 = 8 * 3600"
	                     " AND (amendment + 3) % 7 = 0 AND amendment * 86400 = created"),
	    8);
	year_scene_turn(&scene);
	assert_int_equal(digests(), 9);
	operator_scene_close(&scene);
}

static void
new_on_a_monday_the_first_is_the_next(void **state)
{
	(void)state;
	year_scene_open(&scene, WEEKLY, 2026, 2026);
	turn_at("2026-01-05 07:00");
	turn_at("2026-01-05 08:00");
	turn_at("2026-01-11 12:00");
	assert_int_equal(digests(), 0);
	turn_at("2026-01-12 08:00");
	assert_int_equal(digests(), 1);
	operator_scene_close(&scene);
}

static void
away_on_monday_it_comes_in_the_same_week_or_never(void **state)
{
	(void)state;
	year_scene_open(&scene, WEEKLY, 2026, 2026);
	turn_at("2026-01-01 09:00");
	turn_at("2026-01-08 15:00"); /* Thursday */
	assert_int_equal(digests(), 1);
	assert_int_equal(operator_scene_count(&scene, "SELECT amendment FROM outbox_letter WHERE kind = 'digest'"),
	    text_date_of(2026, 1, 5));
	turn_at("2026-01-11 23:59");
	assert_int_equal(digests(), 1);
	turn_at("2026-02-09 07:00"); /* a month later, before eight: the weeks between are over */
	assert_int_equal(digests(), 1);
	turn_at("2026-02-09 08:00");
	assert_int_equal(digests(), 2);
	/* A clock that is set back, and comes right. */
	turn_at("2026-01-20 12:00");
	turn_at("2026-01-27 12:00");
	turn_at("2026-02-09 12:00");
	assert_int_equal(operator_scene_count(&scene, DIGESTS " AND amendment >= 20493"), 1); /* 9 February */
	operator_scene_close(&scene);
}

/* Taken again from before its commit, as after a kill: the outbox and the state are one transaction. */
static void
a_turn_that_is_killed_and_done_again_adds_none(void **state)
{
	struct support_random random;
	unsigned killed = 0;

	(void)state;
	support_random_begin(&random);
	year_scene_open(&scene, WEEKLY, 2026, 2026);
	turn_at("2026-01-01 09:00");
	for (int week = 1; week <= 12; week++) {
		struct timespec pause = {.tv_nsec = (long)support_random_below(&random, 20000000)};
		int status = 0;
		pid_t pid;

		scene.operator.now = clock_instant(text_date_of(2026, 1, 5) + 7 * (week - 1), 8 * 3600, NULL);
		store_close(scene.operator.store);
		scene.operator.store = NULL;
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			struct turn turn = {.operator = &scene.operator};
			int64_t next;

			year_scene_reopen(&scene);
			_exit(turn_take(&turn, &next, NULL) == 0 ? 0 : 1);
		}
		(void)nanosleep(&pause, NULL);
		(void)kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		killed += WIFSIGNALED(status);
		year_scene_reopen(&scene);
		(void)year_scene_turn(&scene);
		(void)year_scene_turn(&scene);
		assert_int_equal(digests(), week);
	}
	print_message("%u turns killed\n", killed);
	/* Not even where the state forgets that it was written. */
	operator_scene_well(&scene,
	    store_exec(scene.operator.store, "UPDATE meta SET value = '0' WHERE name = 'digest_monday'", &scene.err));
	(void)year_scene_turn(&scene);
	assert_int_equal(digests(), 12);
	operator_scene_close(&scene);
}

/* By the local clock, also where it changes: Berlin's goes ahead on 29 March and back on 25 October. */
static void
at_eight_by_the_local_clock(void **state)
{
	(void)state;
	assert_int_equal(clock_set_zone("Europe/Berlin", NULL), 0);
	assert_int_equal(digest_next(at("2026-03-23 08:00")), at("2026-03-30 08:00"));
	assert_int_equal(at("2026-03-30 08:00") - at("2026-03-23 08:00"), 7 * DAY_S - 3600);
	assert_int_equal(digest_next(at("2026-10-19 08:00")), at("2026-10-26 08:00"));
	assert_int_equal(at("2026-10-26 08:00") - at("2026-10-19 08:00"), 7 * DAY_S + 3600);
	assert_int_equal(digest_next(at("2026-10-26 07:59")), at("2026-10-26 08:00"));
	assert_int_equal(digest_next(at("2026-10-25 23:59")), at("2026-10-26 08:00"));
	for (int64_t time = at("2026-01-01 00:00"); time < at("2027-01-01 00:00"); time += 5 * 3600 + 7) {
		int64_t next = digest_next(time);
		int32_t second, date = clock_local(next, &second);

		assert_true(next > time && next <= time + 7 * DAY_S + 3600);
		assert_true(second == 8 * 3600 && calendar_weekday(date) == 0);
	}
}

/* ---- what ---- */

static void
it_says_how_things_stand(void **state)
{
	char *text, *head, id[] = "  key id     00000000";

	(void)state;
	year_scene_open(&scene, WEEKLY AFTER, 2026, 2026);
	run_to("2026-03-01 12:00");
	operator_scene_well(&scene,
	    rosters_attest(scene.operator.store, ROSTER_TARGETS, "Ms Lin", at("2026-02-20 10:00"), &scene.err));
	run_to("2026-03-09 08:00");
	(void)year_scene_turn(&scene);
	text = last_body();
	head = subject();
	assert_string_equal(head, "[spotcheckd] log.example.org: week of 2026-03-09: all well");
	assert_ptr_equal(strstr(text, "All is well: there is no alarm.\n"), text);
	has(text, "The past seven days, 2026-03-02 08:00 to 2026-03-09 08:00:\n");
	has(text, "  1 committed: no. ");
	has(text, "Weekly check (2026-03-02)");
	has(text, "  1 drawn: no. ");
	has(text, "  2 opened: no. ");
	has_not(text, "voided:");
	has(text, " sent; now 0 failed, 0 unknown, 0 waiting\n");
	has_not(text, " 0 sent;");
	has(text, "The next fourteen days:\n");
	has(text, "  2026-03-10 09:00  commitment: Weekly check (2026-03-09)\n");
	has(text, "  2026-03-11 09:00  draw, first notices: Weekly check (2026-03-09)\n");
	has(text, "  targets: 40 rows, attested by Ms Lin on 2026-02-20, 17 days ago\n");
	has(text, "  contacts: none was ever imported\n");
	has(text, "Calendar: holidays are announced up to 2026.\n");
	memcpy(id + 13, scene.operator.key.id, 8);
	has(text, id);
	has(text, "/ini status\n");
	has(text, "/ini outbox\n");
	names_nobody(text);
	fits(text);
	free(text);
	free(head);
	operator_scene_close(&scene);
}

/* The root is the one that was signed for so many entries. */
static void
its_root_is_the_checkpoint_s(void **state)
{
	struct buf note;
	struct slice rest, root;
	char *text, line[128];
	int64_t size;

	(void)state;
	year_scene_open(&scene, WEEKLY, 2026, 2026);
	run_to("2026-02-02 08:00");
	(void)year_scene_turn(&scene);
	text = last_body();
	size = operator_scene_count(&scene, "SELECT max(size) FROM log_checkpoint");
	buf_init(&note, 65536);
	{
		struct query q;

		query_open(&q, scene.operator.store, "SELECT note FROM log_checkpoint ORDER BY size DESC LIMIT 1");
		assert_true(query_row(&q));
		buf_slice(&note, query_blob(&q, 0));
		operator_scene_well(&scene, query_close(&q, &scene.err));
	}
	rest = buf_view(&note);
	(void)slice_cut(&rest, '\n');
	(void)slice_cut(&rest, '\n');
	root = slice_cut(&rest, '\n');
	(void)snprintf(line, sizeof line, "  entries    %lld\n  root hash  %.*s\n", (long long)size, (int)root.n,
	    root.p);
	has(text, line);
	buf_release(&note);
	free(text);
	operator_scene_close(&scene);
}

static void
alarms_and_counts(void **state)
{
	char *text, *head;

	(void)state;
	year_scene_open(&scene, WEEKLY, 2026, 2026);
	run_to("2026-01-16 12:00");
	operator_scene_well(&scene,
	    store_exec(scene.operator.store,
	        "UPDATE outbox_letter SET state = 'failed' WHERE id ="
	        " (SELECT min(id) FROM outbox_letter WHERE draw > 0);"
	        "UPDATE outbox_letter SET state = 'unknown', next_at = 9223372036854775807 WHERE id ="
	        " (SELECT max(id) FROM outbox_letter WHERE draw > 0)",
	        &scene.err));
	operator_scene_well(&scene,
	    store_exec(scene.operator.store,
	        "UPDATE roster_import SET time = 1700000000; UPDATE roster_attestation SET time = 1700000000",
	        &scene.err));
	operator_scene_ini(&scene, WEEKLY);
	scene.config.max_roster_age = (struct duration){.n = 30 * DAY_S};
	turn_at("2026-01-16 13:00");
	turn_at("2026-01-19 08:00");
	text = last_body();
	head = subject();
	has(head, "week of 2026-01-19: ");
	has(head, " alarms");
	has(text, "What somebody must look after: ");
	has(text, "  since 2026-01-16 13:00: the roster of targets was last attested on\n    2023-11-15, longer ago");
	has(text, "letters could not be delivered");
	has(text, "now 1 failed, 1 unknown, 0 waiting");
	names_nobody(text);
	fits(text);
	free(text);
	free(head);
	operator_scene_close(&scene);
}

/* A draw at random is told when it is committed, not before: neither its day, nor how many are left where. */
static void
what_is_sealed_stays_sealed(void **state)
{
	char *text, *before = NULL;

	(void)state;
	year_scene_open(&scene, RANDOM, 2026, 2026);
	run_to("2026-02-23 08:00");
	(void)year_scene_turn(&scene);
	text = last_body();
	has(text, "  sealed, at random: Surprise (2026-03)\n");
	has_not(text, "commitment:");
	has_not(text, ": Surprise (2026-03)\n  sealed, at random: Surprise (2026-03)");
	names_nobody(text);
	/* Another state has other days, and the same words for March. */
	before = strdup(strstr(text, "  sealed, at random: Surprise (2026-03)\n"));
	assert_non_null(before);
	free(text);
	operator_scene_close(&scene);
	year_scene_open(&scene, RANDOM, 2026, 2026);
	run_to("2026-02-23 08:00");
	(void)year_scene_turn(&scene);
	text = last_body();
	has(text, "  sealed, at random: Surprise (2026-03)\n\nRosters:");
	assert_ptr_equal(strstr(before, "\n\nRosters:"), before + strlen("  sealed, at random: Surprise (2026-03)"));
	free(text);
	free(before);
	operator_scene_close(&scene);
}

static void
in_chinese(void **state)
{
	char *text, *head, *message;

	(void)state;
	if (getenv("TEXTDOMAINDIR") == NULL)
		return; /* run by hand, where no catalogue is known */
	year_scene_open(&scene, WEEKLY RANDOM AFTER, 2026, 2026);
	free(scene.config.language);
	scene.config.language = strdup("zh_CN");
	run_to("2026-02-23 08:00");
	(void)year_scene_turn(&scene);
	text = last_body();
	head = subject();
	message = last_words();
	assert_string_equal(head, "[spotcheckd] log.example.org：2026-02-23 当周：一切正常");
	assert_ptr_equal(strstr(text, "一切正常：没有尚未消除的告警。\n"), text);
	has(text, "过去七天（2026-02-16 08:00 至 2026-02-23 08:00）：\n");
	has(text, "春节");
	has(text, "  检查对象：40 行，由 test 于 ");
	has(text, "随机抽取，时间保密：Surprise（2026-03）\n");
	has(message, "Content-Language: zh-CN\r\n");
	has(message, "<digest-2026-02-23@log.example.org>");
	names_nobody(text);
	fits(text);
	free(message);
	free(text);
	free(head);
	operator_scene_close(&scene);
}

/* Long lists end, and long words are broken. */
static void
a_page_is_a_page(void **state)
{
	static struct digest_event events[500];
	static struct digest_alarm alarms[100];
	static struct digest_past_step past[300];
	struct config config = {.origin = (char *)"log.example.org", .path = (char *)"ini"};
	struct digest d = {.config = &config,
	    .alarms = alarms,
	    .n_alarms = 100,
	    .events = events,
	    .n_events = 500,
	    .past = past,
	    .n_past = 300,
	    .key_id = "00000000"};
	struct buf out;
	size_t lines = 0;
	char *text;

	(void)state;
	for (size_t i = 0; i < 100; i++)
		alarms[i] = (struct digest_alarm){
		    "something is wrong, and whoever reads this ought to see to it: 名册已逾期，请确认。", 0};
	for (size_t i = 0; i < 500; i++)
		events[i] = (struct digest_event){.step = DIGEST_VISITS, .draw = {.n = i + 1, .cycle = "weekly"}};
	for (size_t i = 0; i < 300; i++)
		past[i] = (struct digest_past_step){DIGEST_AMENDED, {.n = i + 1, .cycle = "weekly", .title = "节"}};
	buf_init(&out, 65536);
	digest_body(&d, language_of("en"), &out);
	text = buf_steal(&out);
	assert_non_null(text);
	has(text, "  and 70 more\n");
	has(text, "  and 470 more\n");
	has(text, "  300 amended: no. 1 weekly (节), no. 2 weekly");
	has(text, "  and 270 more\n");
	for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	assert_in_range(lines, 60, 140);
	fits(text);
	free(text);
}

/* A long alarm in Chinese ends at a character: half of one would make a letter that cannot be sent. */
static void
a_long_alarm_ends_at_a_character(void **state)
{
	static struct alarms alarms;
	char text[1024];

	(void)state;
	for (size_t lead = 0; lead < 4; lead++) {
		size_t n = lead;

		memset(text, '-', lead);
		for (; n + 4 < sizeof text; n += 3)
			memcpy(text + n, "\xe6\xb1\x89", 4);
		alarms.n = 0;
		alarms_add(&alarms, "key", "%s", text);
		assert_true(text_is_utf8(slice_of(alarms.v[0].text)));
		assert_in_range(strlen(alarms.v[0].text), ALARM_TEXT - 4, ALARM_TEXT - 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_each_monday_and_none_at_first),
	    cmocka_unit_test(new_on_a_monday_the_first_is_the_next),
	    cmocka_unit_test(away_on_monday_it_comes_in_the_same_week_or_never),
	    cmocka_unit_test(a_turn_that_is_killed_and_done_again_adds_none),
	    cmocka_unit_test(at_eight_by_the_local_clock),
	    cmocka_unit_test(it_says_how_things_stand),
	    cmocka_unit_test(its_root_is_the_checkpoint_s),
	    cmocka_unit_test(alarms_and_counts),
	    cmocka_unit_test(what_is_sealed_stays_sealed),
	    cmocka_unit_test(in_chinese),
	    cmocka_unit_test(a_page_is_a_page),
	    cmocka_unit_test(a_long_alarm_ends_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
