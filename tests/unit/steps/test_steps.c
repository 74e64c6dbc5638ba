/*
 * The steps of a draw on a state, with a clock that the test sets; the checker must agree with every state published.
 */

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draws/draws.h"
#include "mail/outbox.h"
#include "operator_scene.h"
#include "steps/steps.h"

#define DAY 86400

static const char plain[] =
    "[cycle plain]\ntitle = Plain\nwhen = manual\nwindow = 5 workdays\nembargo = 30\nsample = A:20% B:3 *:10%\n"
    "weight = column\nreserve = 2\nteam = lead any\navoid = unit\nlevel_gap = 0\nrotate = 2\nrest = 20\ncover = 400\n"
    "max_load = 3\nmatters = 2 of leave duty office\nbeacon = none\n";

static struct operator_scene scene;

static int
set_up(void **state)
{
	(void)state;
	operator_scene_open(&scene, plain);
	operator_scene_rosters(&scene);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	operator_scene_close(&scene);
	return 0;
}

static uint64_t
commit_at(int64_t draw_time)
{
	struct step_commit want = {.cycle = &scene.config.cycles[0], .draw_time = draw_time};
	uint64_t n = 0;

	operator_scene_well(&scene, step_commit(&scene.operator, &want, &n, &scene.err));
	return n;
}

static int
commit_rc(int64_t draw_time)
{
	struct step_commit want = {.cycle = &scene.config.cycles[0], .draw_time = draw_time};
	uint64_t n = 0;

	return step_commit(&scene.operator, &want, &n, &scene.err);
}

static void
draw(uint64_t n)
{
	operator_scene_well(&scene, step_draw(&scene.operator, n, NULL, &scene.err));
}

static struct draw_row
row_of(uint64_t n)
{
	struct draw_row row;

	operator_scene_well(&scene, draws_find(scene.operator.store, n, &row, &scene.err));
	return row;
}

/* ---- one draw, in its order ---- */

static void
test_a_whole_draw(void **state)
{
	struct draw_row row;
	uint64_t n;

	(void)state;
	operator_scene_init(&scene);
	assert_int_equal(operator_scene_verify(&scene), 0);
	n = commit_at(STEP_LEAD);
	row = row_of(n);
	assert_int_equal(row.draw_time, SCENE_NOW + DAY);
	assert_int_equal(row.reveal_time, SCENE_NOW + 31 * DAY);
	assert_int_equal(operator_scene_verify(&scene), 0);

	scene.operator.now = row.draw_time - 1;
	operator_scene_refused(&scene, step_draw(&scene.operator, n, NULL, &scene.err), ERR_NOT_YET,
	    "2026-06-23 09:00");
	operator_scene_refused(&scene, step_reveal(&scene.operator, n, &scene.err), ERR_NOT_YET, "has not been drawn");
	scene.operator.now = row.draw_time;
	operator_scene_refused(&scene, step_draw(&scene.operator, n, "7", &scene.err), ERR_REFUSED, "takes no value");
	draw(n);
	assert_int_equal(operator_scene_verify(&scene), 0);
	operator_scene_refused(&scene, step_draw(&scene.operator, n, NULL, &scene.err), ERR_REFUSED, "drawn already");
	operator_scene_refused(&scene, step_void(&scene.operator, n, "late", &scene.err), ERR_REFUSED,
	    "cannot be voided");
	operator_scene_refused(&scene, step_reveal(&scene.operator, n, &scene.err), ERR_NOT_YET,
	    "sealed until 2026-07-23 09:00");

	scene.operator.now = row.reveal_time;
	operator_scene_well(&scene, step_reveal(&scene.operator, n, &scene.err));
	assert_int_equal(operator_scene_verify(&scene), 0);
	operator_scene_refused(&scene, step_reveal(&scene.operator, n, &scene.err), ERR_REFUSED, "revealed already");
	operator_scene_refused(&scene, step_draw(&scene.operator, 9, NULL, &scene.err), ERR_ABSENT, "no draw 9");
}

#define VISIT_DAYS                                                                                                   \
	"SELECT count(*) FROM (SELECT DISTINCT n, inspector, visit / 1440 FROM draw_seat JOIN draw_place USING (n, " \
	"place)"                                                                                                     \
	" WHERE inspector IS NOT NULL AND target IS NOT NULL)"

static void
test_letters_one_for_each_day_of_a_seat(void **state)
{
	(void)state;
	operator_scene_init(&scene);
	draw(commit_at(SCENE_NOW));
	assert_int_equal(operator_scene_count(&scene, VISIT_DAYS),
	    operator_scene_count(&scene,
	        "SELECT count(*) FROM outbox_letter WHERE state = 'queued' AND kind = 'assignment'"));
	assert_int_equal(operator_scene_count(&scene, "SELECT count(*) FROM outbox_letter WHERE fault <> ''"), 0);
}

/* ---- commands that are called again ---- */

#define AMENDMENTS "SELECT count(*) FROM draw_amendment"

/*
 * An amendment that was not reported is not made twice; one that was reported may be repeated; --out names who leaves.
 */
static void
test_an_amendment_stands_once(void **state)
{
	struct step_amend want = {.reason = "recusal", .reports = true}, first;
	struct step_amended did, again;
	struct unreported wish;
	int64_t before;

	(void)state;
	operator_scene_init(&scene);
	do { /* until there is somebody who takes the seat */
		want.n = commit_at(scene.operator.now);
		draw(want.n);
		first = want;
		before = operator_scene_count(&scene, AMENDMENTS);
		operator_scene_well(&scene, step_amend(&scene.operator, &want, &did, &scene.err));
	} while (did.in[0] == '\0');
	operator_scene_well(&scene, step_amend_seen(scene.operator.store, want.n, &want.seen, &scene.err));
	assert_int_equal(want.seen, 1);
	operator_scene_well(&scene, step_amend(&scene.operator, &want, &again, &scene.err));
	assert_true(again.repeated);
	assert_string_equal(again.in, did.in);
	assert_int_equal(operator_scene_count(&scene, AMENDMENTS), before + 1);

	wish = step_amend_wish(&want);
	wish.number = 1;
	operator_scene_well(&scene, unreported_forget(scene.operator.store, &wish, &scene.err));
	/* A command that began before the amendment was made does not make a second one. */
	operator_scene_well(&scene, step_amend(&scene.operator, &first, &again, &scene.err));
	assert_true(again.repeated);
	want.out = did.out;
	operator_scene_well(&scene, step_amend(&scene.operator, &want, &again, &scene.err));
	assert_true(again.repeated);
	want.out = "I99";
	operator_scene_refused(&scene, step_amend(&scene.operator, &want, &again, &scene.err), ERR_REFUSED,
	    "not by I99");
	assert_int_equal(operator_scene_count(&scene, AMENDMENTS), before + 1);

	want.out = did.in;
	operator_scene_well(&scene, step_amend(&scene.operator, &want, &again, &scene.err));
	assert_false(again.repeated);
	assert_string_equal(again.out, did.in);
	assert_int_equal(operator_scene_count(&scene, AMENDMENTS), before + 2);
	assert_int_equal(operator_scene_verify(&scene), 0);
}

static const char keep_free[] = "SELECT count(*) FROM outbox_letter WHERE kind = 'keep-free' AND state = ";

/* Everybody who may be drawn is asked to keep the days free, and is told when they are free again. */
static void
test_days_are_kept_free(void **state)
{
	char ini[sizeof plain + 64], words[256];
	char mail[SCRATCH_PATH + 16];
	uint64_t n;

	(void)state;
	(void)snprintf(ini, sizeof ini, "%skeep_free = yes\n", plain);
	operator_scene_ini(&scene, ini);
	operator_scene_init(&scene);
	operator_scene_well(&scene,
	    store_exec(scene.operator.store,
	        "INSERT INTO excuse (kind, who, until, reason, by, time) VALUES ('inspectors', 'I03', 99999, 'x', 'x', "
	        "0)",
	        &scene.err));
	n = commit_at(STEP_LEAD);
	(void)snprintf(words, sizeof words, "%s'queued'", keep_free);
	assert_int_equal(operator_scene_count(&scene, words), 11);
	assert_int_equal(
	    operator_scene_count(&scene,
	        "SELECT count(*) FROM outbox_letter JOIN outbox_message ON letter = id"
	        " WHERE CAST(message AS TEXT) LIKE '%Target%' OR CAST(message AS TEXT) LIKE '%text/calendar%'"),
	    0);
	assert_int_equal(operator_scene_count(&scene, "SELECT count(*) FROM outbox_slot"), 0);

	/* One letter has not left yet, and never will. */
	operator_scene_well(&scene,
	    store_exec(scene.operator.store, "UPDATE outbox_letter SET next_at = 99999999999 WHERE inspector = 'I05'",
	        &scene.err));
	(void)snprintf(mail, sizeof mail, "%s/mail", scene.dir);
	operator_scene_well(&scene,
	    outbox_deliver_maildir(scene.operator.store, mail, scene.operator.now, NULL, &scene.err));
	operator_scene_well(&scene, step_void(&scene.operator, n, "test", &scene.err));
	(void)snprintf(words, sizeof words, "%s'cancelled'", keep_free);
	assert_int_equal(operator_scene_count(&scene, words), 1);
	assert_int_equal(operator_scene_count(&scene, "SELECT count(*) FROM outbox_letter WHERE kind = 'released'"),
	    10);

	/* The next one is drawn: those who were only asked to keep days free get their visits for the first time. */
	n = commit_at(STEP_LEAD);
	operator_scene_well(&scene,
	    outbox_deliver_maildir(scene.operator.store, mail, scene.operator.now, NULL, &scene.err));
	scene.operator.now = row_of(n).draw_time;
	draw(n);
	assert_int_equal(operator_scene_count(&scene, VISIT_DAYS) -
	        operator_scene_count(&scene, "SELECT count(*) FROM outbox_letter WHERE kind = 'assignment'"),
	    0);
	assert_int_equal(operator_scene_count(&scene,
	                     "SELECT count(*) FROM outbox_letter WHERE fault <> '' AND state = 'failed'"),
	    0);
}

/* ---- what is not lawful ---- */

static void
test_one_open_commitment(void **state)
{
	uint64_t n;

	(void)state;
	operator_scene_init(&scene);
	n = commit_at(STEP_LEAD);
	operator_scene_refused(&scene, commit_rc(STEP_LEAD), ERR_REFUSED, "one open commitment");
	operator_scene_refused(&scene, step_void(&scene.operator, n, "", &scene.err), ERR_REFUSED, "needs a reason");
	operator_scene_well(&scene, step_void(&scene.operator, n, "he said \"no\", twice \\", &scene.err));
	operator_scene_refused(&scene, step_void(&scene.operator, n, "again", &scene.err), ERR_REFUSED,
	    "voided already");
	operator_scene_well(&scene,
	    step_void(&scene.operator, n, "he said \"no\", twice \\", &scene.err)); /* so it is */
	operator_scene_refused(&scene, step_draw(&scene.operator, n, NULL, &scene.err), ERR_REFUSED, "was voided");
	assert_int_equal(operator_scene_verify(&scene), 0);
	/* A void does not keep the next one from being committed and drawn. */
	n = commit_at(SCENE_NOW + DAY);
	scene.operator.now = SCENE_NOW + DAY;
	draw(n);
	assert_int_equal(operator_scene_verify(&scene), 0);
	scene.operator.now = SCENE_NOW + 40 * DAY;
	operator_scene_refused(&scene, step_reveal(&scene.operator, n, &scene.err), ERR_NOT_YET, "until draw 1");
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
	assert_int_equal(operator_scene_count(&scene, "SELECT count(*) FROM draw WHERE reveal_entry IS NULL"), 0);
	assert_int_equal(operator_scene_verify(&scene), 0);
}

static void
test_commit_refuses(void **state)
{
	(void)state;
	operator_scene_init(&scene);
	operator_scene_refused(&scene, commit_rc(SCENE_NOW - 1), ERR_REFUSED, "before its commitment");
	operator_scene_refused(&scene, commit_rc(SCENE_NOW + 500 * DAY), ERR_REFUSED, "more than 400 days");
	operator_scene_import(&scene, "conflicts", "inspector,scope,value\n");
	operator_scene_import(&scene, "inspectors",
	    "id,name,email,unit,area,level,tags\nI01,A,a@example.org,U1,R1,4,lead\n"
	    "I02,B,b@example.org,U2,R2,,\n");
	operator_scene_refused(&scene, commit_rc(STEP_LEAD), ERR_REFUSED, "I02");
	operator_scene_rosters(&scene);
	operator_scene_ini(&scene,
	    "[cycle plain]\ntitle = P\nwhen = manual\nembargo = 30\nsample = A:20% C:1\nteam = any\nmatters = duty\n");
	operator_scene_refused(&scene, commit_rc(STEP_LEAD), ERR_REFUSED, "class B");
	operator_scene_ini(&scene,
	    "[cycle plain]\ntitle = P\nwhen = manual\nembargo = 30\nsample = 1\nteam = any\nmatters = duty sleep\n");
	operator_scene_refused(&scene, commit_rc(STEP_LEAD), ERR_REFUSED, "sleep");
	operator_scene_ini(&scene,
	    "[cycle plain]\ntitle = P\nwhen = manual\nembargo = 30\nsample = 1\nteam = any\nmatters = duty\n"
	    "targets = area=nowhere\n");
	operator_scene_refused(&scene, commit_rc(STEP_LEAD), ERR_REFUSED, "no target passes");
	operator_scene_ini(&scene,
	    "[cycle plain]\ntitle = P\nwhen = manual\nembargo = 30\nsample = 1\nteam = any\nmatters = duty\n"
	    "beacon = drand\n");
	operator_scene_refused(&scene, commit_rc(STEP_LEAD), ERR_NOT_YET, "needs a new chain");
	assert_int_equal(operator_scene_count(&scene, "SELECT count(*) FROM draw"), 0);
	assert_int_equal(operator_scene_count(&scene, "SELECT count(*) FROM draw_file"), 0);
	assert_int_equal(operator_scene_verify(&scene), 0);
}

/* ---- beacons made in public ---- */

static void
test_public_value(void **state)
{
	uint64_t n;

	(void)state;
	operator_scene_ini(&scene,
	    "[cycle plain]\ntitle = P\nwhen = manual\nembargo = 0\nsample = 3\nteam = any\nmatters = duty\n"
	    "beacon = public\nbeacon_symbols = !\"0123456789\\\nbeacon_count = 20\nbeacon_label = a \"drum\" \\\n");
	operator_scene_init(&scene);
	n = commit_at(SCENE_NOW);
	operator_scene_refused(&scene, step_draw(&scene.operator, n, NULL, &scene.err), ERR_REFUSED, "20 of");
	operator_scene_refused(&scene, step_draw(&scene.operator, n, "123", &scene.err), ERR_REFUSED, "3 characters");
	operator_scene_refused(&scene, step_draw(&scene.operator, n, "1234567890123456789x", &scene.err), ERR_REFUSED,
	    "character 20");
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err)); /* which cannot draw it */
	assert_int_equal(row_of(n).outcome, OUTCOME_NONE);
	operator_scene_well(&scene, step_draw(&scene.operator, n, "12\"45678901234567\\!9", &scene.err));
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err)); /* which opens it */
	assert_true(row_of(n).revealed);
	assert_int_equal(operator_scene_verify(&scene), 0);
}

/* ---- what the INI asks of the log ---- */

static void
test_a_changed_embargo_starts_a_chain(void **state)
{
	char ini[sizeof plain];
	uint64_t n;

	(void)state;
	operator_scene_init(&scene);
	n = commit_at(SCENE_NOW);
	draw(n);
	memcpy(ini, plain, sizeof plain);
	memcpy(strstr(ini, "embargo = 30"), "embargo = 15", 12);
	operator_scene_ini(&scene, ini);
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
	operator_scene_refused(&scene, commit_rc(STEP_LEAD), ERR_NOT_YET, "once draw 1 is revealed");
	scene.operator.now = SCENE_NOW + 30 * DAY;
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
	assert_int_equal(operator_scene_count(&scene, "SELECT max(chain) FROM chain"), 2);
	n = commit_at(STEP_LEAD);
	assert_int_equal(row_of(n).reveal_time - row_of(n).draw_time, 15 * DAY);
	assert_int_equal(operator_scene_verify(&scene), 0);
}

static void
test_a_used_up_chain(void **state)
{
	(void)state;
	operator_scene_init(&scene);
	operator_scene_well(&scene, store_exec(scene.operator.store, "UPDATE chain SET used = length", &scene.err));
	operator_scene_refused(&scene, commit_rc(STEP_LEAD), ERR_NOT_YET, "needs a new chain");
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
	assert_int_equal(commit_at(STEP_LEAD), 1);
	assert_int_equal(row_of(1).chain, 2);
	assert_int_equal(row_of(1).link, 1);
	assert_int_equal(operator_scene_verify(&scene), 0);
}

static void
with_witnesses(const char *first, const char *second)
{
	char ini[sizeof plain + 1024];

	(void)snprintf(ini, sizeof ini, "[witness one]\nkey = %s\n[witness two]\nkey = %s\n%s", first, second, plain);
	operator_scene_ini(&scene, ini);
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
}

/* A changed list is a policy in the log; the same list in another order is none. */
static void
test_witnesses_change(void **state)
{
	static const char policies[] =
	    "SELECT count(*) FROM log_entry WHERE CAST(bytes AS TEXT) LIKE '%\"type\":\"policy\"%'";
	struct signing_key one, two;

	(void)state;
	operator_scene_init(&scene);
	operator_scene_well(&scene, key_make("one.example.org/w", NOTE_COSIGNATURE_V1, &one, &scene.err));
	operator_scene_well(&scene, key_make("two.example.org/w", NOTE_COSIGNATURE_V1, &two, &scene.err));
	with_witnesses(one.vkey, two.vkey);
	assert_int_equal(operator_scene_count(&scene, policies), 1);
	with_witnesses(two.vkey, one.vkey);
	assert_int_equal(operator_scene_count(&scene, policies), 1);
	draw(commit_at(SCENE_NOW));
	operator_scene_ini(&scene, plain);
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
	assert_int_equal(operator_scene_count(&scene, policies), 2);
	assert_int_equal(operator_scene_verify(&scene), 0);
}

static void
test_times_never_run_back(void **state)
{
	uint64_t n;

	(void)state;
	operator_scene_init(&scene);
	n = commit_at(SCENE_NOW + 100);
	scene.operator.now = SCENE_NOW + 200;
	draw(n);
	scene.operator.now = SCENE_NOW - 5000; /* the clock was set back */
	n = commit_at(STEP_LEAD);
	assert_int_equal(row_of(n).draw_time, SCENE_NOW + 200 + DAY);
	operator_scene_well(&scene, step_void(&scene.operator, n, "test", &scene.err));
	scene.operator.now = SCENE_NOW + 300;
	assert_int_equal(operator_scene_verify(&scene), 0);
}

/* ---- many draws: the state and the checker agree about the past ---- */

static void
amend_somehow(struct support_random *random, uint64_t n)
{
	static const char *const reasons[2][3] = {{"recusal", "unavailable", "other"}, {"closed", "moved", "other"}};
	bool of_target = support_random_below(random, 2) == 1;
	struct step_amend want = {.n = n,
	    .place = support_random_below(random, 9),
	    .seat = support_random_below(random, 2),
	    .of_target = of_target,
	    .reason = reasons[of_target][support_random_below(random, 3)]};
	struct step_amended did;
	int rc = step_amend(&scene.operator, &want, &did, &scene.err);

	/* A place or seat may be empty, or not there. */
	if (rc != 0 && rc != ERR_REFUSED)
		operator_scene_well(&scene, rc);
}

/* Some letters leave, so that the amendments that follow meet inspectors who were told and others who were not. */
static void
deliver(void)
{
	char mail[SCRATCH_PATH + 16];
	struct outbox_tally tally;

	(void)snprintf(mail, sizeof mail, "%s/mail", scene.dir);
	operator_scene_well(&scene,
	    outbox_deliver_maildir(scene.operator.store, mail, scene.operator.now, &tally, &scene.err));
}

/* The targets that a letter's text names, as a set of bits; the sheet is in base64. */
static uint64_t
targets_in(struct slice message)
{
	char *text = slice_dup(message), *at = text;
	uint64_t set = 0;

	assert_non_null(text);
	while ((at = strstr(at, " T")) != NULL) {
		char digits[3] = {0};

		at += 2;
		if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9' || at[2] != ' ')
			continue;
		memcpy(digits, at, 2);
		set |= (uint64_t)1 << strtol(digits, NULL, 10);
	}
	free(text);
	return set;
}

static uint64_t
targets_held(int64_t n, struct slice inspector, int64_t day)
{
	uint64_t set = 0;
	struct query q;

	query_open(&q, scene.operator.store,
	    "SELECT substr(p.target, 2) FROM draw_seat s JOIN draw_place p USING (n, place)"
	    " WHERE s.n = ? AND s.inspector = ? AND p.visit / 1440 = ? AND p.target IS NOT NULL");
	query_put_int(&q, n);
	query_put_text(&q, inspector);
	query_put_int(&q, day);
	while (query_row(&q))
		set |= (uint64_t)1 << strtol(query_text(&q, 0).p, NULL, 10);
	operator_scene_well(&scene, query_close(&q, &scene.err));
	return set;
}

/* The slots in a calendar that has accepted all invitations, and those of visits. */
static void
calendars_say_what_is(int64_t n, struct slice inspector)
{
	struct query q;

	query_open(&q, scene.operator.store,
	    "WITH said AS (SELECT slot, held, max(letter) FROM outbox_slot JOIN outbox_letter ON id = letter"
	    "  WHERE draw = ?1 AND inspector = ?2 AND state <> 'cancelled' GROUP BY slot),"
	    " told AS (SELECT slot FROM said WHERE held = 1),"
	    " held AS (SELECT p.visit AS slot FROM draw_seat s JOIN draw_place p USING (n, place)"
	    "  WHERE s.n = ?1 AND s.inspector = ?2 AND p.target IS NOT NULL)"
	    " SELECT count(*) FROM (SELECT slot FROM told EXCEPT SELECT slot FROM held)"
	    "  UNION ALL SELECT count(*) FROM (SELECT slot FROM held EXCEPT SELECT slot FROM told)");
	query_put_int(&q, n);
	query_put_text(&q, inspector);
	while (query_row(&q))
		assert_int_equal(query_int(&q, 0), 0);
	operator_scene_well(&scene, query_close(&q, &scene.err));
}

/* What the letters about one day, in their order, leave an inspector to visit. */
static uint64_t
targets_told(int64_t n, struct slice inspector, int64_t day)
{
	uint64_t knows = 0;
	struct query q;

	query_open(&q, scene.operator.store,
	    "SELECT kind, message FROM outbox_letter JOIN outbox_message ON letter = id"
	    " WHERE draw = ? AND inspector = ? AND day = ? AND state <> 'cancelled' ORDER BY id");
	query_put_int(&q, n);
	query_put_text(&q, inspector);
	query_put_int(&q, day);
	while (query_row(&q)) {
		uint64_t named = targets_in(query_blob(&q, 1));

		knows = slice_is(query_text(&q, 0), "cancelled") ? knows & ~named : named;
	}
	operator_scene_well(&scene, query_close(&q, &scene.err));
	return knows;
}

/* All letters to an inspector say exactly what there is to visit, day by day. */
static void
letters_say_what_is(void)
{
	struct query q;

	query_open(&q, scene.operator.store,
	    "SELECT draw, inspector, day FROM outbox_letter UNION SELECT n, inspector, visit / 1440"
	    " FROM draw_seat JOIN draw_place USING (n, place) WHERE inspector IS NOT NULL");
	while (query_row(&q)) {
		struct slice inspector = query_text(&q, 1);

		assert_int_equal(targets_told(query_int(&q, 0), inspector, query_int(&q, 2)),
		    targets_held(query_int(&q, 0), inspector, query_int(&q, 2)));
		calendars_say_what_is(query_int(&q, 0), inspector);
	}
	operator_scene_well(&scene, query_close(&q, &scene.err));
}

/* Letters that could not be made are made once they can be. */
static void
make_again(void)
{
	struct query q;

	query_open(&q, scene.operator.store, "SELECT id FROM outbox_letter WHERE state = 'failed' ORDER BY id");
	while (query_row(&q))
		operator_scene_well(&scene, step_letter_again(&scene.operator, query_int(&q, 0), &scene.err));
	operator_scene_well(&scene, query_close(&q, &scene.err));
	assert_int_equal(operator_scene_count(&scene, "SELECT count(*) FROM outbox_letter WHERE state = 'failed'"), 0);
}

static void
test_history_agrees_with_the_checker(void **state)
{
	char *from = scene.config.mail_from, nobody[] = "nobody";
	struct support_random random;

	(void)state;
	support_random_begin(&random);
	operator_scene_init(&scene);
	for (int i = 0; i < 12; i++) {
		uint64_t n;

		scene.operator.now += (int64_t)support_random_below(&random, 12 * DAY);
		operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
		n = commit_at(scene.operator.now);
		if (support_random_below(&random, 5) == 0) {
			operator_scene_well(&scene, step_void(&scene.operator, n, "test", &scene.err));
			continue;
		}
		draw(n);
		for (uint64_t k = support_random_below(&random, 12); k > 0; k--) {
			scene.config.mail_from = support_random_below(&random, 5) == 0 ? nobody : from;
			if (support_random_below(&random, 4) == 0)
				deliver();
			if (support_random_below(&random, 3) == 0 && scene.config.mail_from == from)
				make_again();
			amend_somehow(&random, n);
		}
	}
	scene.config.mail_from = from;
	make_again();
	scene.operator.now += 31 * DAY;
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
	assert_int_equal(operator_scene_count(&scene, "SELECT count(*) FROM draw WHERE reveal_entry IS NULL"), 0);
	assert_int_equal(operator_scene_verify(&scene), 0);
	assert_int_equal(operator_scene_count(&scene, "SELECT count(*) FROM outbox_letter WHERE state = 'failed'"), 0);
	assert_true(operator_scene_count(&scene, "SELECT count(*) FROM draw_amendment") > 0);
	letters_say_what_is();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_a_whole_draw, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_letters_one_for_each_day_of_a_seat, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_an_amendment_stands_once, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_days_are_kept_free, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_one_open_commitment, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_commit_refuses, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_public_value, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_a_changed_embargo_starts_a_chain, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_a_used_up_chain, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_witnesses_change, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_times_never_run_back, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_history_agrees_with_the_checker, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
