/*
 * Rosters: what imports do to each other, that undo is exact and a crash leaves nothing, and what a draw reads.
 */
#include "support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"
#include "roster_scene.h"
#include "rosters/rosters.h"
#include "scratch.h"

#define S slice_of

/* ---- what imports do to each other ---- */

/*
 * A command that was interrupted before it reported may be repeated; after its report, the same words are a new
 * command.
 */
static void
unreported_imports_stand_once(void **state)
{
	struct rosters_import reports = no_limits;
	struct diag diag = {.count = 0};
	const char *text = "id,name\nT1,a\nT2,b\n";
	struct err err = {0};

	(void)state;
	reports.reports = true;
	imported(ROSTER_TARGETS, "id,name\nT1,a\n");
	assert_int_equal(import_text(ROSTER_TARGETS, text, &reports), 0);
	assert_false(counts.repeated);
	assert_int_equal(import_text(ROSTER_TARGETS, text, &reports), 0);
	assert_true(counts.repeated);
	assert_int_equal(counts.added, 1);
	assert_int_equal(rosters_reported(store, ROSTER_TARGETS, &err), 0);

	assert_int_equal(rosters_undo(store, ROSTER_TARGETS, &reports, &diag, &counts, &err), 0);
	assert_false(counts.repeated);
	export_is(ROSTER_TARGETS, "id,name\nT1,a\n");
	assert_int_equal(rosters_undo(store, ROSTER_TARGETS, &reports, &diag, &counts, &err), 0);
	assert_true(counts.repeated);
	export_is(ROSTER_TARGETS, "id,name\nT1,a\n");
	assert_int_equal(rosters_reported(store, ROSTER_TARGETS, &err), 0);
	assert_int_equal(rosters_undo(store, ROSTER_TARGETS, &reports, &diag, &counts, &err),
	    0); /* undone twice, it stands again */
	assert_false(counts.repeated);
	export_is(ROSTER_TARGETS, text);

	/* Another import came between. */
	assert_int_equal(import_text(ROSTER_TARGETS, "id,name\nT1,a\nT2,b\nT3,c\n", &reports), 0);
	imported(ROSTER_TARGETS, text);
	assert_int_equal(import_text(ROSTER_TARGETS, "id,name\nT1,a\nT2,b\nT3,c\n", &reports), 0);
	assert_false(counts.repeated);
}

static void
what_others_name_cannot_go(void **state)
{
	(void)state;
	import_all();
	refused(ROSTER_TARGETS, "id,name,unit,area\nT2,b,财政局,河东\n",
	    "target \"T1\" would be gone, but contacts name it");
	refused(ROSTER_TARGETS, "id,name,unit,area\nT1,b,财务局,河东\nT2,b,民政局,河西\n",
	    "would have the unit \"财政局\" any more");
	refused(ROSTER_TARGETS, "id,name,unit,area\nT1,b,财政局,河西\nT2,b,民政局,河西\n",
	    "would have the area \"河东\" any more");
	refused(ROSTER_INSPECTORS, "id,name,email\nI1,a,a@b.org\n",
	    "0: inspector \"I2\" would be gone, but conflicts name");
	imported(ROSTER_CONFLICTS, "inspector,scope,value\nI1,unit,财政局\n");
	imported(ROSTER_INSPECTORS, "id,name,email\nI1,a,a@b.org\n");
	refused(ROSTER_CONFLICTS, "inspector,scope,value\nI1,target,T1\nI1,target,T7\nI8,target,T7\n",
	    "3: target \"T7\"");
	assert_non_null(strstr(faults_told, "4: target \"T7\""));
	assert_non_null(strstr(faults_told, "4: inspector \"I8\""));
}

static void
a_file_that_lost_rows_is_refused(void **state)
{
	struct rosters_import limited = no_limits;
	const char *text = "id,name\nT1,a\nT2,b\nT3,c\nT4,d\n";

	(void)state;
	imported(ROSTER_TARGETS, "id,name\nT1,a\nT2,b\nT3,c\nT4,d\nT5,e\n");
	limited.replace_limit = 20;
	assert_int_equal(import_text(ROSTER_TARGETS, text, &limited), 0);
	assert_int_equal(counts.removed, 1);
	assert_int_equal(import_text(ROSTER_TARGETS, "id,name\nT1,a\nT2,b\nT9,d\n", &limited), ERR_REFUSED);
	assert_non_null(strstr(faults_told,
	    "it would remove 2 of 4 rows, and the limit is 20%; if that is meant, say --replace-limit 50"));
	export_is(ROSTER_TARGETS, text);
	limited.replace_limit = 50;
	assert_int_equal(import_text(ROSTER_TARGETS, "id,name\nT1,a\nT2,b\nT9,d\n", &limited), 0);
	assert_int_equal(counts.added, 1);
	assert_int_equal(counts.removed, 2);
	assert_int_equal(counts.changed, 0);
}

static void
a_dry_run_changes_nothing(void **state)
{
	struct rosters_import dry = no_limits;
	int64_t imports = 0;

	(void)state;
	import_all();
	dry.dry_run = true;
	assert_int_equal(import_text(ROSTER_MATTERS, "id,name\nduty,x\nnew,y\n", &dry), 0);
	assert_int_equal(counts.added, 1);
	assert_int_equal(counts.changed, 1);
	assert_int_equal(counts.removed, 1);
	export_is(ROSTER_MATTERS, matters);
	assert_int_equal(store_int(store, "SELECT count(*) FROM roster_import", &imports, NULL), 0);
	assert_int_equal(imports, 5);
}

/* ---- undo ---- */

static int
undo(enum roster_kind kind)
{
	struct diag diag = {.say = note_fault};
	struct err err = {0};
	int rc;

	faults_told[0] = '\0';
	rc = rosters_undo(store, kind, &no_limits, &diag, &counts, &err);
	(void)snprintf(message, sizeof message, "%s", err.message);
	return rc;
}

static void
undo_is_exact(void **state)
{
	char *before, *after, *first;

	(void)state;
	assert_int_equal(undo(ROSTER_TARGETS), ERR_ABSENT);
	first = exported(ROSTER_TARGETS);
	imported(ROSTER_TARGETS, "编号,姓名,单位,备注\nT1,甲,财政局,\"x\\\"\"y\"\nT2,乙,民政局,\nT3,丙,,z\n");
	before = exported(ROSTER_TARGETS);
	imported(ROSTER_TARGETS, "id,other,name,weight\nT4,1,丁,3\nT2,2,乙,7\nT3,3,丙,1\n");
	assert_int_equal(counts.added, 1);
	assert_int_equal(counts.changed, 2);
	assert_int_equal(counts.removed, 1);
	after = exported(ROSTER_TARGETS);
	assert_string_not_equal(before, after);
	for (int i = 0; i < 3; i++) { /* undone, and undone again: it stands, and so on */
		char *text;

		assert_int_equal(undo(ROSTER_TARGETS), 0);
		text = exported(ROSTER_TARGETS);
		assert_string_equal(text, i % 2 == 0 ? before : after);
		free(text);
	}
	free(before);
	free(after);
	free(first);
}

static void
undo_of_the_first_import_leaves_nothing(void **state)
{
	char *first = exported(ROSTER_MATTERS), *text;
	int64_t undoes = 0;

	(void)state;
	imported(ROSTER_MATTERS, matters);
	assert_int_equal(undo(ROSTER_MATTERS), 0);
	assert_int_equal(counts.removed, 2);
	text = exported(ROSTER_MATTERS);
	assert_string_equal(first, text);
	assert_int_equal(store_int(store, "SELECT undoes FROM roster_import ORDER BY id DESC LIMIT 1", &undoes, NULL),
	    0);
	assert_int_equal(undoes, 1);
	free(text);
	free(first);
}

static void
undo_is_refused_where_it_no_longer_fits(void **state)
{
	(void)state;
	imported(ROSTER_TARGETS, targets);
	imported(ROSTER_TARGETS, "id,name\nT1,a\nT2,b\nT3,c\n");
	imported(ROSTER_INSPECTORS, "id,name,email\nI1,a,a@b.org\n");
	imported(ROSTER_CONFLICTS, "inspector,scope,value\nI1,target,T3\n");
	assert_int_equal(undo(ROSTER_TARGETS), ERR_REFUSED);
	assert_non_null(strstr(faults_told, "0: target \"T3\" would be gone"));
	assert_int_equal(undo(ROSTER_CONFLICTS), 0);
	assert_int_equal(undo(ROSTER_TARGETS), 0);
	export_is(ROSTER_TARGETS, targets);
}

static void
the_history_says_who_and_what(void **state)
{
	struct query q;

	(void)state;
	imported(ROSTER_MATTERS, "id,name\nm,x\n");
	query_open(&q, store, "SELECT kind, time, by, digest, rows, added FROM roster_import");
	assert_true(query_row(&q));
	assert_true(slice_is(query_text(&q, 0), "matters"));
	assert_int_equal(query_int(&q, 1), NOW);
	assert_true(slice_is(query_text(&q, 2), "tester"));
	/* printf 'id,name\nm,x\n' | sha256sum */
	assert_true(slice_is(query_text(&q, 3), "6201dde2feae7284233ad5a7346537c76adf760e2d4064b85c5f0035b00e8f23"));
	assert_int_equal(query_int(&q, 4), 1);
	assert_int_equal(query_int(&q, 5), 1);
	assert_int_equal(query_close(&q, NULL), 0);
}

/* ---- since, ids ---- */

static void
since_stays(void **state)
{
	struct rosters_import later = no_limits;
	struct err err = {0};
	const char *with_new = "id,name,since\nT1,a,\nT2,b,\nT3,c,\n";

	(void)state;
	imported(ROSTER_TARGETS, "id,name,since\nT1,a,\nT2,b,2020-01-01\n");
	export_is(ROSTER_TARGETS, "id,name,since\nT1,a,2026-06-22\nT2,b,2020-01-01\n");
	later.today = TODAY + 10;
	assert_int_equal(import_text(ROSTER_TARGETS, with_new, &later), 0);
	export_is(ROSTER_TARGETS, "id,name,since\nT1,a,2026-06-22\nT2,b,2020-01-01\nT3,c,2026-07-02\n");
	/* Before a commitment it may be corrected, after one not. */
	imported(ROSTER_TARGETS, "id,name,since\nT1,a,2026-06-01\nT2,b,2020-01-01\n");
	assert_int_equal(store_begin(store, &err), 0);
	assert_int_equal(rosters_fix_since(store, &err), 0);
	assert_int_equal(store_commit(store, &err), 0);
	refused(ROSTER_TARGETS, "id,name,since\nT1,a,2026-06-02\nT2,b,2020-01-01\n",
	    "2: the date since when T1 is in the roster is 2026-06-01 in a commitment and cannot change");
	/* Nor by being removed and added again, nor by an undo. */
	imported(ROSTER_TARGETS, "id,name\nT2,b\n");
	assert_int_equal(import_text(ROSTER_TARGETS, with_new, &later), 0);
	export_is(ROSTER_TARGETS, "id,name,since\nT1,a,2026-06-01\nT2,b,2020-01-01\nT3,c,2026-07-02\n");
}

static void
ids_are_assigned(void **state)
{
	struct rosters_import assign = no_limits;
	const char *first = "name,unit\n甲,A\n乙,A\n甲,B\n",
	           *second = "id,name,unit\n,乙,A\n,新,A\nT0003,甲,B\n,甲,A\n,双,C\n,双,C\n";

	(void)state;
	assign.assign_ids = true;
	assert_int_equal(import_text(ROSTER_TARGETS, first, &assign), 0);
	export_is(ROSTER_TARGETS, "id,name,unit\nT0001,甲,A\nT0002,乙,A\nT0003,甲,B\n");
	/* Who is known by name and unit keeps the id; an id is never given to somebody else. */
	assert_int_equal(import_text(ROSTER_TARGETS, second, &assign), 0);
	export_is(ROSTER_TARGETS,
	    "id,name,unit\nT0001,甲,A\nT0002,乙,A\nT0003,甲,B\nT0004,新,A\nT0005,双,C\nT0006,双,C\n");
	imported(ROSTER_TARGETS, "id,name,unit\nT0001,甲,A\n");
	assert_int_equal(import_text(ROSTER_TARGETS, "name\n戊\n", &assign), 0);
	export_is(ROSTER_TARGETS, "id,name\nT0007,戊\n");
	assert_int_equal(import_text(ROSTER_INSPECTORS, "姓名,邮箱\n戊,a@b.org\n", &assign), 0);
	export_is(ROSTER_INSPECTORS, "编号,姓名,邮箱\nI0001,戊,a@b.org\n");
	assert_int_equal(import_text(ROSTER_CONTACTS, contacts, &assign), ERR_REFUSED);
}

/* ---- attestations, excuses ---- */

static void
attestations(void **state)
{
	struct err err = {0};
	int64_t time = 0;
	char *by = NULL;

	(void)state;
	assert_int_equal(rosters_attest(store, ROSTER_TARGETS, "x", NOW, &err), ERR_REFUSED);
	assert_int_equal(rosters_attested(store, ROSTER_TARGETS, &time, &by, &err), ERR_ABSENT);
	imported(ROSTER_TARGETS, targets);
	assert_int_equal(rosters_attested(store, ROSTER_TARGETS, &time, &by, &err), 0);
	assert_int_equal(time, NOW);
	assert_string_equal(by, "tester");
	free(by);
	assert_int_equal(rosters_attest(store, ROSTER_TARGETS, "李", NOW + 9, &err), 0);
	assert_int_equal(rosters_attested(store, ROSTER_TARGETS, &time, NULL, &err), 0);
	assert_int_equal(time, NOW + 9);
	assert_int_equal(rosters_attested(store, ROSTER_INSPECTORS, &time, NULL, &err), ERR_ABSENT);
}

static char seen[4096];

static int
see_excuse(void *ctx, const struct rosters_excused *e)
{
	char from[DATE_TEXT], until[DATE_TEXT];

	(void)ctx;
	text_from_date(e->from, from);
	text_from_date(e->until, until);
	(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s %.*s %s %s %.*s;",
	    roster_columns[e->kind].kind, SLICE_ARGS(e->id), from, until, SLICE_ARGS(e->reason));
	return 0;
}

static int
see_target(void *ctx, const struct rosters_target *t)
{
	(void)ctx;
	(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.*s%s ", SLICE_ARGS(t->id),
	    t->excused ? "!" : "");
	return 0;
}

static void
excuses(void **state)
{
	struct rosters_excuse e = {.id = S("T1"),
	    .from = DATE_NONE,
	    .until = TODAY + 5,
	    .reason = "住院",
	    .by = "x",
	    .now = NOW,
	    .today = TODAY};
	struct err err = {0};

	(void)state;
	import_all();
	assert_int_equal(rosters_excuse(store, ROSTER_TARGETS, &e, &err), 0);
	e.id = S("I2");
	assert_int_equal(rosters_excuse(store, ROSTER_INSPECTORS, &e, &err), 0);
	seen[0] = '\0';
	assert_int_equal(rosters_each_excuse(store, TODAY, see_excuse, NULL, &err), 0);
	assert_string_equal(seen, "targets T1 2026-06-22 2026-06-27 住院;inspectors I2 2026-06-22 2026-06-27 住院;");
	seen[0] = '\0';
	assert_int_equal(rosters_each_target(store, NULL, 0, TODAY + 5, see_target, NULL, &err), 0);
	assert_int_equal(rosters_each_target(store, NULL, 0, TODAY + 6, see_target, NULL, &err), 0);
	assert_string_equal(seen, "T1! T2 T1 T2 ");
	assert_int_equal(rosters_lift(store, ROSTER_INSPECTORS, &e, &err), 0);
	assert_int_equal(rosters_lift(store, ROSTER_INSPECTORS, &e, &err), ERR_REFUSED);
	e.id = S("T9");
	assert_int_equal(rosters_excuse(store, ROSTER_TARGETS, &e, &err), ERR_REFUSED);
	e.id = S("T1");
	e.until = TODAY - 1;
	assert_int_equal(rosters_excuse(store, ROSTER_TARGETS, &e, &err), ERR_REFUSED);
	e.until = TODAY;
	e.reason = "";
	assert_int_equal(rosters_excuse(store, ROSTER_TARGETS, &e, &err), ERR_REFUSED);
	e.reason = "a\nb";
	assert_int_equal(rosters_excuse(store, ROSTER_TARGETS, &e, &err), ERR_REFUSED);
	e.reason = "x";
	assert_int_equal(rosters_excuse(store, ROSTER_MATTERS, &e, &err), ERR_REFUSED);
}

static int
excuse_i1(int32_t from, int32_t until)
{
	struct rosters_excuse e =
	    {.id = S("I1"), .from = from, .until = until, .reason = "年假", .by = "x", .now = NOW, .today = TODAY};
	struct err err = {0};
	int rc = rosters_excuse(store, ROSTER_INSPECTORS, &e, &err);

	(void)snprintf(message, sizeof message, "%s", err.message);
	return rc;
}

static int
lift_i1(int32_t from)
{
	struct rosters_excuse e = {.id = S("I1"), .from = from, .by = "x", .now = NOW, .today = TODAY};
	struct err err = {0};
	int rc = rosters_lift(store, ROSTER_INSPECTORS, &e, &err);

	(void)snprintf(message, sizeof message, "%s", err.message);
	return rc;
}

static void
excuses_are_planned_ahead(void **state)
{
	struct err err = {0};

	(void)state;
	import_all();
	assert_int_equal(excuse_i1(TODAY + 10, TODAY + 14), 0);
	assert_int_equal(excuse_i1(TODAY + 10, TODAY + 14), 0); /* the same again */
	assert_int_equal(excuse_i1(TODAY + 15, TODAY + 15), 0);
	assert_int_equal(excuse_i1(DATE_NONE, TODAY + 2), 0);
	assert_int_equal(excuse_i1(TODAY + 8, TODAY + 10), ERR_REFUSED);
	assert_non_null(strstr(message, "from 2026-07-02 until 2026-07-06 already"));
	assert_int_equal(excuse_i1(TODAY + 9, TODAY + 8), ERR_REFUSED);
	assert_non_null(strstr(message, "cannot end before it begins"));
	seen[0] = '\0';
	assert_int_equal(rosters_each_excuse(store, TODAY + 3, see_excuse, NULL, &err), 0);
	assert_string_equal(seen, "inspectors I1 2026-07-02 2026-07-06 年假;inspectors I1 2026-07-07 2026-07-07 年假;");

	assert_int_equal(lift_i1(DATE_NONE), ERR_REFUSED);
	assert_non_null(strstr(message, "of 2026-06-22, 2026-07-02, 2026-07-07"));
	assert_int_equal(lift_i1(TODAY + 11), ERR_REFUSED);
	assert_non_null(strstr(message, "no excuse that begins on 2026-07-03"));
	assert_int_equal(lift_i1(TODAY + 10), 0);
	assert_int_equal(lift_i1(TODAY + 15), 0);
	assert_int_equal(lift_i1(DATE_NONE), 0);
	assert_int_equal(lift_i1(DATE_NONE), ERR_REFUSED);
	assert_int_equal(excuse_i1(TODAY + 8, TODAY + 10), 0);
}

/* ---- leave ---- */

static void
leave_is_added_to(void **state)
{
	(void)state;
	import_all();
	imported(ROSTER_LEAVE,
	    "检查人员,开始日期,结束日期,理由\nI2,2026年7月1日,2026/7/14,年假\nI1,2026-08-01,2026-08-01,\n");
	assert_int_equal(counts.added, 2);
	imported(ROSTER_LEAVE, "inspector,from,to,note\nI1,2026-10-01,2026-10-08,x\nI2,2026-07-01,2026-07-10,\n");
	assert_int_equal(counts.rows, 3);
	assert_int_equal(counts.added, 1);
	assert_int_equal(counts.changed, 1);
	assert_int_equal(counts.removed, 0);
	export_is(ROSTER_LEAVE,
	    "检查人员,开始日期,结束日期,理由,note\nI1,2026-08-01,2026-08-01,,\nI1,2026-10-01,2026-10-08,,x\n"
	    "I2,2026-07-01,2026-07-10,,\n");
	imported(ROSTER_LEAVE, "inspector,from,to\nI1,2026-08-01,\n");
	assert_int_equal(counts.removed, 1);
	assert_int_equal(counts.rows, 2);
	assert_int_equal(undo(ROSTER_LEAVE), 0);
	assert_int_equal(undo(ROSTER_LEAVE), 0);
	assert_int_equal(counts.removed, 1);
	export_is(ROSTER_LEAVE,
	    "检查人员,开始日期,结束日期,理由,note\nI1,2026-10-01,2026-10-08,,x\nI2,2026-07-01,2026-07-10,,\n");
}

static void
leave_that_cannot_be_is_refused(void **state)
{
	(void)state;
	import_all();
	imported(ROSTER_LEAVE, "inspector,from,to\nI1,2026-08-01,2026-08-02\n");
	refused(ROSTER_LEAVE,
	    "inspector,from,to\nI9,2026-07-01,2026-07-02\nI1,2026-07-05,2026-07-04\nI2,2026-07-01,\n"
	    "I1,,2026-07-01\nI1,2026-02-30,2026-03-01\n",
	    "3: the leave of I1 ends before it begins, on 2026-07-05");
	assert_non_null(
	    strstr(faults_told, "4: \"to\" is empty, which takes a leave back, but no leave of I2 begins on"));
	assert_non_null(strstr(faults_told, "5: from is empty"));
	assert_non_null(strstr(faults_told, "6: from \"2026-02-30\": a date is written"));
	refused(ROSTER_LEAVE, "inspector,from,to\nI9,2026-07-01,2026-07-02\n",
	    "2: inspector \"I9\" does not stand in the roster of inspectors");
	refused(ROSTER_LEAVE, "inspector,from,to\nI1,2026-07-01,2026-07-02\nI1,2026-07-01,2026-07-03\n",
	    "3: \"I1, 2026-07-01\" stands on line 2 already");
	refused(ROSTER_LEAVE, "inspector,from\nI1,2026-07-01\n", "the column to (结束日期) is missing");
}

/* Who retires with leave behind can leave the roster; the rows stay, and can be taken back. */
static void
leave_stays_behind(void **state)
{
	(void)state;
	import_all();
	imported(ROSTER_LEAVE, "inspector,from,to\nI2,2026-08-01,2026-08-02\nI1,2026-08-01,2026-08-02\n");
	imported(ROSTER_CONFLICTS, "inspector,scope,value\n");
	imported(ROSTER_INSPECTORS, "id,name,email\nI1,a,a@b.org\n");
	imported(ROSTER_LEAVE, "inspector,from,to\nI1,2026-09-01,2026-09-02\n");
	assert_int_equal(counts.rows, 3);
	assert_int_equal(undo(ROSTER_LEAVE), 0);
	imported(ROSTER_LEAVE, "inspector,from,to\nI2,2026-08-01,\n");
	export_is(ROSTER_LEAVE, "inspector,from,to\nI1,2026-08-01,2026-08-02\n");
}

/* ---- reading ---- */

static int
check_target(void *ctx, const struct rosters_target *t)
{
	size_t *n = ctx;

	if (slice_is(t->id, "T1")) {
		assert_true(slice_is(t->name, "甲"));
		assert_true(slice_is(t->class, "A"));
		assert_true(slice_is(t->unit, "财政局"));
		assert_int_equal(t->level, LEVEL_NONE);
		assert_int_equal(t->weight, 7);
		assert_int_equal(t->since, TODAY);
		assert_int_equal(t->n_private, 3);
		assert_true(slice_is(t->private[0], "甲"));
		assert_true(slice_is(t->private[1], "a\\b\"c,d"));
		assert_int_equal(t->private[2].n, 0);
	}
	return ++*n == 2 ? 77 : 0;
}

static int
count_target(void *ctx, const struct rosters_target *t)
{
	(void)t;
	++*(size_t *)ctx;
	return 0;
}

static void
targets_with_private_columns(void **state)
{
	struct rosters_names names;
	struct err err = {0};
	size_t n = 0;

	(void)state;
	imported(ROSTER_TARGETS,
	    "编号,zz,名称,类别,单位,电话,权重\nT1,\"a\\b\"\"c,d\",甲,A,财政局,,7\nT2,x,乙,A,,,\nT3,,丙,,,1,2\n");
	assert_int_equal(rosters_private_columns(store, ROSTER_TARGETS, &names, &err), 0);
	assert_int_equal(names.n, 3);
	assert_string_equal(names.items[0], "name");
	assert_string_equal(names.items[1], "zz");
	assert_string_equal(names.items[2], "phone");
	rosters_names_release(&names);
	/* What the visitor returns ends the walk and is the answer. */
	assert_int_equal(rosters_each_target(store, NULL, 0, TODAY, check_target, &n, &err), 77);
	assert_int_equal(n, 2);
	n = 0;
	assert_int_equal(rosters_find_target(store, S("T3"), TODAY, count_target, &n, &err), 0);
	assert_int_equal(rosters_find_target(store, S("T4"), TODAY, count_target, &n, &err), ERR_ABSENT);
	assert_int_equal(n, 1);
}

static int
see_inspector(void *ctx, const struct rosters_inspector *p)
{
	(void)ctx;
	(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.*s/%.*s/%d/%.*s/%.*s/%.*s ",
	    SLICE_ARGS(p->id), SLICE_ARGS(p->unit), p->level, SLICE_ARGS(p->tags), SLICE_ARGS(p->email),
	    SLICE_ARGS(p->language));
	return 0;
}

static int
see_conflict(void *ctx, const struct rosters_conflict *c)
{
	(void)ctx;
	(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.*s,%s,%.*s,%.*s ", SLICE_ARGS(c->inspector),
	    scope_name(c->scope), SLICE_ARGS(c->value), SLICE_ARGS(c->reason));
	return 0;
}

static int
see_matter(void *ctx, const struct rosters_matter *m)
{
	(void)ctx;
	(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.*s:", SLICE_ARGS(m->id));
	for (size_t i = 0; i < m->n_questions; i++)
		(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "<%.*s>", SLICE_ARGS(m->questions[i]));
	return 0;
}

static int
see_contact(void *ctx, const struct rosters_contact *c)
{
	(void)ctx;
	(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.*s %d %.*s;", SLICE_ARGS(c->target),
	    c->level, SLICE_ARGS(c->email));
	return 0;
}

static void
the_other_rosters(void **state)
{
	struct err err = {0};

	(void)state;
	import_all();
	seen[0] = '\0';
	assert_int_equal(rosters_each_inspector(store, TODAY, see_inspector, NULL, &err), 0);
	assert_string_equal(seen, "I1/监督一室/4/lead;legal/i1@example.org/zh_CN I2/财政局/-1//i2@example.org/ ");
	assert_int_equal(rosters_find_inspector(store, S("I3"), TODAY, see_inspector, NULL, &err), ERR_ABSENT);
	seen[0] = '\0';
	assert_int_equal(rosters_each_conflict(store, see_conflict, NULL, &err), 0);
	assert_string_equal(seen, "I1,unit,财政局,配偶 I2,area,河东, I2,target,T2, ");
	seen[0] = '\0';
	assert_int_equal(rosters_each_matter(store, see_matter, NULL, &err), 0);
	assert_string_equal(seen, "duty:<a><b><c>leave:");
	seen[0] = '\0';
	assert_int_equal(rosters_each_contact(store, see_contact, NULL, &err), 0);
	assert_string_equal(seen, "T1 1 w@example.org;T1 2 z@example.org;");
}

/* As lines of conflicts.csv, where the comma counts. */
static void
conflicts_come_in_the_order_of_lines(void **state)
{
	struct err err = {0};

	(void)state;
	imported(ROSTER_TARGETS, "id,name,unit\nT1,a,Office\nT2,b,Office (north)\n");
	imported(ROSTER_INSPECTORS, "id,name,email\nI1,a,a@b.org\nI1-2,a,a@b.org\n");
	imported(ROSTER_CONFLICTS, "inspector,scope,value\nI1,unit,Office\nI1,unit,Office (north)\nI1-2,unit,Office\n");
	seen[0] = '\0';
	assert_int_equal(rosters_each_conflict(store, see_conflict, NULL, &err), 0);
	assert_string_equal(seen, "I1,unit,Office (north), I1,unit,Office, I1-2,unit,Office, ");
}

/* ---- crashes, workbooks ---- */

/* A process that is killed while it imports: the rosters are what they were. */
static void
a_crash_leaves_nothing(void **state)
{
	size_t rows = 50000, at;
	char *text = malloc(rows * 48);
	struct err err = {0};

	(void)state;
	assert_non_null(text);
	import_all();
	at = (size_t)snprintf(text, 48, "id,name,unit,area\n");
	for (size_t i = 0; i < rows; i++)
		at += (size_t)snprintf(text + at, 48, "T%zu,a,%s,%s\n", i, i % 2 == 0 ? "财政局" : "民政局", "河东");
	for (int after_ms = 1; after_ms < 1000; after_ms *= 3) {
		int status;
		pid_t child = fork();

		if (child == 0) {
			struct store *own = NULL;

			if (store_open(store_dir(store), 0, &own, &err) != 0)
				_exit(1);
			store = own;
			for (;;)
				(void)import_with(ROSTER_TARGETS, text, at,
				    &(struct rosters_import){.file = "f", .by = "b", .replace_limit = 0});
		}
		assert_int_equal(usleep((useconds_t)after_ms * 1000), 0);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		export_is(ROSTER_MATTERS, matters);
	}
	free(text);
	assert_int_equal(import(ROSTER_MATTERS, matters), 0);
}

static void
a_workbook(void **state)
{
	char *bytes = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&bytes, &len);
	struct err err = {0};

	(void)state;
	import_all();
	assert_int_equal(rosters_export_xlsx(store, &(struct rosters_export){.kind = ROSTER_TARGETS}, out, &err), 0);
	assert_int_equal(fclose(out), 0);
	assert_true(len > 1000);
	assert_memory_equal(bytes, "PK\3\4", 4);
	free(bytes);
	assert_int_equal(scratch_count(store_dir(store)),
	    3); /* the database and its two side files: no rest of the export */
}

static void
from_a_pipe(void **state)
{
	struct diag diag = {.say = note_fault};
	struct err err = {0};
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], matters, strlen(matters)), (ssize_t)strlen(matters));
	assert_int_equal(close(ends[1]), 0);
	assert_int_equal(rosters_import(store, ROSTER_MATTERS, ends[0], &no_limits, &diag, &counts, &err), 0);
	assert_int_equal(close(ends[0]), 0);
	export_is(ROSTER_MATTERS, matters);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, roster_scene_set_up, roster_scene_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(unreported_imports_stand_once),
	    TEST(what_others_name_cannot_go),
	    TEST(a_file_that_lost_rows_is_refused),
	    TEST(a_dry_run_changes_nothing),
	    TEST(undo_is_exact),
	    TEST(undo_of_the_first_import_leaves_nothing),
	    TEST(undo_is_refused_where_it_no_longer_fits),
	    TEST(the_history_says_who_and_what),
	    TEST(since_stays),
	    TEST(ids_are_assigned),
	    TEST(attestations),
	    TEST(excuses),
	    TEST(excuses_are_planned_ahead),
	    TEST(leave_is_added_to),
	    TEST(leave_that_cannot_be_is_refused),
	    TEST(leave_stays_behind),
	    TEST(targets_with_private_columns),
	    TEST(the_other_rosters),
	    TEST(conflicts_come_in_the_order_of_lines),
	    TEST(a_crash_leaves_nothing),
	    TEST(a_workbook),
	    TEST(from_a_pipe),
	};

	return cmocka_run_group_tests(tests, roster_scene_group_set_up, roster_scene_group_tear_down);
}
