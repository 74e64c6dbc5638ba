/*
 * The public CSV files (PROTOCOL 2 and 3): each column with what it must not be; the root over the lines.
 */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/format/roster.h"

#define HEX62 "23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX64 "01" HEX62
#define TARGETS_HEADER "id,class,unit,area,level,needs,weight,since,last_drawn,elsewhere,drum,private\n"
#define INSPECTORS_HEADER "id,unit,area,level,tags,drum,private\n"
#define CONFLICTS_HEADER "inspector,scope,value,why\n"
#define AWAY_HEADER "inspector,date\n"

/* Values that stand in it once, so that one at a time can be replaced. */
static const char targets_csv[] =
    TARGETS_HEADER "T1,A,财政局,河东,7,fire,5,2020-01-01,2025-12-24,2025-11-30,due," HEX64 "\n"
                   "T2,B,unit two,area two,,,1,2026-01-01,,,in,11" HEX62 "\n"
                   "T3,,,,0,,100,2021-01-01,,,excused,22" HEX62 "\n";

static const char inspectors_csv[] = INSPECTORS_HEADER "I1,财政局,河东,7,fire;lead,in," HEX64 "\n"
                                                       "I2,,,,,excused,11" HEX62 "\n"
                                                       "I3,,,,,away,22" HEX62 "\n";

static const char conflicts_csv[] = CONFLICTS_HEADER "I1,area,area two,declared\n"
                                                     "I1,target,T1,rotation\n"
                                                     "I2,unit,财政局,declared\n";

static const char away_csv[] = AWAY_HEADER "I1,2026-06-23\n"
                                           "I2,2026-06-23\n"
                                           "I2,2026-06-26\n";

enum file { TARGETS, INSPECTORS, CONFLICTS, AWAY };
#define FILES 4

static const char *const names[] = {"targets.csv", "inspectors.csv", "conflicts.csv", "away.csv"};

/* Of the slots only these dates matter: 22, 23 (twice), 26 June and 31 December. */
static slot_t slots[5];
#define N_SLOTS (sizeof slots / sizeof slots[0])

static struct slice
template_of(enum file file)
{
	static const char *const texts[] = {targets_csv, inspectors_csv, conflicts_csv, away_csv};

	return slice_copy(slice_of(texts[file]));
}

/* Parses a copy of exactly its length; what names rows of targets and inspectors, against their templates. */
static int
parse(enum file file, struct slice text, size_t *ret_not_nfc, struct err *err)
{
	struct slice copy = slice_copy(text), targets = template_of(TARGETS), inspectors = template_of(INSPECTORS);
	struct roster roster = {0};
	int rc = 0;

	if (file == TARGETS) {
		rc = roster_parse_targets(&roster, copy, names[file], SCENE_DATE, ret_not_nfc, err);
	} else if (file == INSPECTORS) {
		rc = roster_parse_inspectors(&roster, copy, names[file], ret_not_nfc, err);
	} else {
		assert_int_equal(roster_parse_targets(&roster, targets, "targets", SCENE_DATE, NULL, NULL), 0);
		assert_int_equal(roster_parse_inspectors(&roster, inspectors, "inspectors", NULL, NULL), 0);
		rc = file == CONFLICTS ? roster_parse_conflicts(&roster, copy, names[file], err)
		                       : roster_parse_away(&roster, copy, names[file], slots, N_SLOTS, err);
	}
	if (rc != 0) {
		assert_true(err->code == rc && strncmp(err->message, names[file], strlen(names[file])) == 0);
		if (file == TARGETS)
			assert_true(roster.targets == NULL && roster.n_targets == 0);
		if (file == INSPECTORS)
			assert_true(roster.inspectors == NULL && roster.n_inspectors == 0);
		assert_true(roster.conflicts == NULL && roster.n_conflicts == 0);
		assert_true(roster.away == NULL && roster.n_away == 0);
	}
	roster_release(&roster);
	slice_free(copy);
	slice_free(targets);
	slice_free(inspectors);
	return rc;
}

struct change {
	const char *from;
	struct slice to;
	const char *where; /* what the message must say: ":3: weight", NULL where it must pass */
};

static void
check_change(enum file file, const struct change *change)
{
	struct slice template = template_of(file), text = slice_with(template, slice_of(change->from), change->to);
	struct err err = {0};
	int rc = parse(file, text, NULL, &err);

	if (change->where == NULL && rc != 0)
		fail_msg("%s, for\n%.*s", err.message, (int)text.n, text.p);
	if (change->where != NULL && (rc != ERR_REFUSED || strstr(err.message, change->where) == NULL))
		fail_msg("%d, \"%s\" instead of \"%s\", for\n%.*s", rc, err.message, change->where, (int)text.n,
		    text.p);
	slice_free(template);
	slice_free(text);
}

#define CHANGES(file, ...)                                                         \
	do {                                                                       \
		const struct change changes[] = {__VA_ARGS__};                     \
		for (size_t i_ = 0; i_ < sizeof changes / sizeof changes[0]; i_++) \
			check_change((file), &changes[i_]);                        \
	} while (0)

/* ---- what is right ---- */

static void
test_fields(void **state)
{
	struct slice texts[3] = {template_of(TARGETS), template_of(INSPECTORS), template_of(CONFLICTS)};
	struct roster r = {0};
	const struct target *t;
	const struct inspector *p;

	(void)state;
	assert_int_equal(roster_parse_targets(&r, texts[0], "t", SCENE_DATE, NULL, NULL), 0);
	assert_int_equal(roster_parse_inspectors(&r, texts[1], "i", NULL, NULL), 0);
	assert_int_equal(roster_parse_conflicts(&r, texts[2], "c", NULL), 0);
	assert_true(r.n_targets == 3 && r.n_inspectors == 3 && r.n_conflicts == 3);
	t = &r.targets[0];
	assert_true(
	    slice_is(target_id(t), "T1") && slice_is(target_class(t), "A") && slice_is(target_unit(t), "财政局"));
	assert_true(slice_is(target_area(t), "河东") && t->level == 7 && t->weight == 5 && t->drum == DRUM_DUE);
	assert_int_equal(t->since, 18262);
	assert_int_equal(t->last_drawn, 20446);
	assert_int_equal(t->elsewhere, 20422);
	assert_true(slice_is(target_needs(t), "fire"));
	t = &r.targets[1];
	assert_true(slice_is(target_unit(t), "unit two") && t->level == LEVEL_NONE && t->last_drawn == DATE_NONE);
	assert_true(t->weight == 1 && t->drum == DRUM_IN && target_needs(t).n == 0 && t->elsewhere == DATE_NONE);
	t = &r.targets[2];
	assert_true(target_class(t).n == 0 && target_unit(t).n == 0 && target_area(t).n == 0 && t->level == 0);
	assert_true(t->weight == 100 && t->drum == DRUM_EXCUSED && t->line_len == 34 + 64);
	p = &r.inspectors[0];
	assert_true(slice_is(inspector_id(p), "I1") && slice_is(inspector_unit(p), "财政局"));
	assert_true(slice_is(inspector_area(p), "河东") && slice_is(inspector_tags(p), "fire;lead") && p->level == 7 &&
	    inspector_is_in(p));
	p = &r.inspectors[1];
	assert_true(inspector_unit(p).n == 0 && inspector_tags(p).n == 0 && p->level == LEVEL_NONE &&
	    p->drum == INSPECTOR_EXCUSED);
	assert_false(inspector_is_in(p));
	assert_true(r.inspectors[2].drum == INSPECTOR_AWAY && !inspector_is_in(&r.inspectors[2]));
	assert_true(r.conflicts[0].scope == SCOPE_AREA && !r.conflicts[0].rotation);
	assert_true(slice_is(r.conflicts[0].value, "area two") && slice_is(r.conflicts[0].inspector, "I1"));
	assert_true(r.conflicts[1].scope == SCOPE_TARGET && r.conflicts[1].rotation);
	assert_true(r.conflicts[2].scope == SCOPE_UNIT && slice_is(r.conflicts[2].line, "I2,unit,财政局,declared"));
	roster_release(&r);
	for (size_t i = 0; i < 3; i++)
		slice_free(texts[i]);
}

static void
test_tags_of_an_inspector(void **state)
{
	static const char row[] = "fire;lead;leader";
	struct inspector p = {.line = row, .tags_len = sizeof row - 1}, none = {.line = row};

	(void)state;
	assert_true(
	    inspector_has_tag(&p, S("fire")) && inspector_has_tag(&p, S("lead")) && inspector_has_tag(&p, S("leader")));
	assert_false(
	    inspector_has_tag(&p, S("fir")) || inspector_has_tag(&p, S("ire")) || inspector_has_tag(&p, S("lea")));
	assert_false(inspector_has_tag(&p, S("leaders")) || inspector_has_tag(&p, S("fire;lead")) ||
	    inspector_has_tag(&p, S("")));
	assert_false(inspector_has_tag(&none, S("fire")));
}

/* ---- column by column ---- */

static void
test_target_columns(void **state)
{
	(void)state;
	CHANGES(TARGETS, {"T2,", S(","), ":3: line"}, {"T1,A", S(",A"), ":2: id"}, {"T2,", S("T2 2,"), ":3: id"},
	    {"T2,", S("T2/2,"), ":3: id"}, {"T2,", S("Té,"), ":3: id"},
	    {"T2,", S("T23456789012345678901234567890123,"), ":3: id"}, {"T2,", S("T1,"), ":3: id"},
	    {"T2,", S("T2345678901234567890123456789012,"), NULL}, {"T2,", S("T1.,"), NULL}, {"T1,A", S("T1.,A"), NULL},
	    {"T1,A", S("T2.,A"), ":3: line"}, {"T1,A", S("T2,A"), ":3: id"});
	CHANGES(TARGETS, {",B,", S(",,"), NULL}, {",B,", S(",B B,"), NULL}, {",B,", S(",*,"), NULL},
	    {",B,", S(",B ,"), ":3: class"}, {",B,", S(", B,"), ":3: class"}, {",B,", S(",B  B,"), ":3: class"},
	    {",B,", S(",\"B\","), ":3: class"}, {",B,", S(",B\xC2\xA0,"), ":3: class"},
	    {",B,", S(",B\xFF,"), ":3: class"}, {",B,", S(",B\0,"), ":3: class"}, {",B,", S(",B\r,"), ":3: class"},
	    {",B,", S(",B\t,"), ":3: class"});
	CHANGES(TARGETS, {"unit two", S("\"unit two\""), ":3: unit"}, {"unit two", S("\xE2\x80\x8B"), ":3: unit"},
	    {"unit two", S("\xE3\x80\x80"), ":3: unit"}, {"unit two", S(""), NULL},
	    {"area two", S("area\0two"), ":3: area"}, {"area two", S("\xEF\xBB\xBF"), ":3: area"},
	    {"area two", S("area two "), ":3: area"});
	CHANGES(TARGETS, {",7,", S(",0,"), NULL}, {",7,", S(",999,"), NULL}, {",7,", S(",,"), NULL},
	    {",7,", S(",1000,"), ":2: level"}, {",7,", S(",07,"), ":2: level"}, {",7,", S(",-7,"), ":2: level"},
	    {",7,", S(",-0,"), ":2: level"}, {",7,", S(",7.0,"), ":2: level"}, {",7,", S(",+7,"), ":2: level"},
	    {",7,", S(", 7,"), ":2: level"}, {",7,", S(",７,"), ":2: level"},
	    {",7,", S(",9007199254740993,"), ":2: level"}, {",7,", S(",x,"), ":2: level"});
	CHANGES(TARGETS, {",5,", S(",1,"), NULL}, {",5,", S(",100,"), NULL}, {",5,", S(",0,"), ":2: weight"},
	    {",5,", S(",101,"), ":2: weight"}, {",5,", S(",,"), ":2: weight"}, {",5,", S(",05,"), ":2: weight"},
	    {",5,", S(",-5,"), ":2: weight"}, {",5,", S(",5.5,"), ":2: weight"}, {",5,", S(",５,"), ":2: weight"},
	    {",5,", S(",257,"), ":2: weight"}, {",5,", S(",4294967297,"), ":2: weight"});
	CHANGES(TARGETS, {"2020-01-01", S("2020-01-02"), ":2: since"}, {"2020-01-01", S("2020-12-31"), ":2: since"},
	    {"2020-01-01", S("2020-02-01"), ":2: since"}, {"2020-01-01", S("2027-01-01"), ":2: since"},
	    {"2020-01-01", S(""), ":2: since"}, {"2020-01-01", S("2020"), ":2: since"},
	    {"2020-01-01", S("0000-01-01"), ":2: since"}, {"2020-01-01", S("2020-1-1"), ":2: since"},
	    {"2020-01-01", S("2026-01-01"), NULL}, {"2020-01-01", S("0001-01-01"), NULL});
	CHANGES(TARGETS, {"fire", S(""), NULL}, {"fire", S("0123456789abcdef0123456789ABCDEF"), NULL},
	    {"fire", S("any"), ":2: needs"}, {"fire", S("own"), ":2: needs"}, {"fire", S("a b"), ":2: needs"},
	    {"fire", S("a;b"), ":2: needs"}, {"fire", S("火"), ":2: needs"});
	CHANGES(TARGETS, {"2025-11-30", S(""), NULL}, {"2025-11-30", S("2025-11-31"), ":2: elsewhere"},
	    {"2025-11-30", S("-"), ":2: elsewhere"});
	CHANGES(TARGETS, {"2025-12-24", S("2026-02-31"), ":2: last_drawn"},
	    {"2025-12-24", S("2026-02-29"), ":2: last_drawn"}, {"2025-12-24", S("2025-12-24T"), ":2: last_drawn"},
	    {"2025-12-24", S("24.12.2025"), ":2: last_drawn"}, {"2025-12-24", S("-"), ":2: last_drawn"},
	    {"2025-12-24", S(""), NULL}, {"2025-12-24", S("2024-02-29"), NULL});
	CHANGES(TARGETS, {",due,", S(",in,"), NULL}, {",due,", S(",carried,"), NULL}, {",due,", S(",rest,"), NULL},
	    {",due,", S(",excused,"), NULL}, {",due,", S(",,"), ":2: drum"}, {",due,", S(",out,"), ":2: drum"},
	    {",due,", S(",Due,"), ":2: drum"}, {",due,", S(",due ,"), ":2: drum"}, {",due,", S(",du,"), ":2: drum"});
	CHANGES(TARGETS, {"due,01", S("due,1"), ":2: private"}, {"due,01", S("due,001"), ":2: private"},
	    {"due,0123456789a", S("due,0123456789A"), ":2: private"}, {"due,01", S("due,g1"), ":2: private"},
	    {"due," HEX64, S("due,"), ":2: private"}, {"due," HEX64, S("due," HEX64 ","), ":2: line"},
	    {"due," HEX64, S("due," HEX64 ",x"), ":2: line"}, {"due," HEX64, S("due"), ":2: private"},
	    {"due," HEX64, S("due," HEX64 "\r"), ":2: private"}, {"due," HEX64, S("due," HEX64 " "), ":2: private"});
}

static void
test_inspector_columns(void **state)
{
	(void)state;
	CHANGES(INSPECTORS, {"I2,", S("I1,"), ":3: line"}, {"I2,", S(","), ":3: line"}, {"I2,", S("I2!,"), ":3: id"},
	    {"I2,", S("I1x,"), NULL}, {"I2,", S("I1,龙"), ":3: id"}, {"财政局,", S("\"财政局\","), ":2: unit"},
	    {"河东,", S("河东\xEE\x80\x80,"), ":2: area"}, {"7,f", S("1000,f"), ":2: level"},
	    {"7,f", S("x,f"), ":2: level"}, {"7,f", S(",f"), NULL}, {"7,f", S("999,f"), NULL});
	CHANGES(INSPECTORS, {"fire;lead", S(""), NULL}, {"fire;lead", S("lead"), NULL},
	    {"fire;lead", S("fire;lead;leader"), NULL}, {"fire;lead", S("F;f"), NULL},
	    {"fire;lead", S("a;a.;a_"), NULL}, {"fire;lead", S("0123456789abcdef0123456789ABCDEF"), NULL},
	    {"fire;lead", S("lead;fire"), ":2: tags"}, {"fire;lead", S("fire;fire"), ":2: tags"},
	    {"fire;lead", S("any"), ":2: tags"}, {"fire;lead", S("any;fire"), ":2: tags"},
	    {"fire;lead", S("fire;own"), ":2: tags"}, {"fire;lead", S("fire;"), ":2: tags"},
	    {"fire;lead", S(";fire"), ":2: tags"}, {"fire;lead", S("fire;;lead"), ":2: tags"},
	    {"fire;lead", S(";"), ":2: tags"}, {"fire;lead", S("fire lead"), ":2: tags"},
	    {"fire;lead", S("fire; lead"), ":2: tags"}, {"fire;lead", S("火"), ":2: tags"},
	    {"fire;lead", S("fire|lead"), ":2: tags"},
	    {"fire;lead", S("0123456789abcdef0123456789ABCDEF0"), ":2: tags"});
	CHANGES(INSPECTORS, {",in,", S(",excused,"), NULL}, {",in,", S(",away,"), NULL},
	    {",in,", S(",due,"), ":2: drum"}, {",in,", S(",,"), ":2: drum"}, {",in,", S(",rest,"), ":2: drum"},
	    {",in,", S(",IN,"), ":2: drum"}, {"in,01", S("in,1"), ":2: private"},
	    {"in,0123456789a", S("in,0123456789A"), ":2: private"}, {"in," HEX64, S("in," HEX64 ",x"), ":2: line"},
	    {"in," HEX64, S("in"), ":2: private"}, {",in,", S(",in,in,"), ":2: private"});
}

static void
test_conflict_columns(void **state)
{
	(void)state;
	CHANGES(CONFLICTS, {"I2,", S("I4,"), ":4: inspector"}, {"I2,", S("T1,"), ":4: inspector"},
	    {"I1,area", S(",area"), ":2: inspector"}, {"I2,", S("I2 ,"), ":4: inspector"},
	    {"I2,", S("i2,"), ":4: inspector"});
	CHANGES(CONFLICTS, {",unit,", S(",class,"), ":4: scope"}, {",unit,", S(",,"), ":4: scope"},
	    {",unit,", S(",Unit,"), ":4: scope"}, {",unit,财政局", S(",target,T3"), NULL},
	    {",unit,财政局", S(",area,河东"), NULL});
	CHANGES(CONFLICTS, {"财政局", S("财政"), ":4: value"}, {"财政局", S("河东"), ":4: value"},
	    {"财政局", S("T1"), ":4: value"}, {"财政局", S(""), ":4: value"}, {"财政局", S("财政局 "), ":4: value"},
	    {"财政局", S("unit two"), NULL}, {"财政局", S("\"财政局\""), ":4: value"},
	    {"area,area two", S("area,unit two"), ":2: value"}, {"area,area two", S("area,"), ":2: value"},
	    {"target,T1", S("target,T4"), ":3: value"}, {"target,T1", S("target,"), ":3: value"},
	    {"target,T1", S("target,t1"), ":3: value"}, {"target,T1", S("target,财政局"), ":3: value"});
	CHANGES(CONFLICTS, {"rotation", S("declared"), NULL}, {"rotation", S("Rotation"), ":3: why"},
	    {"rotation", S(""), ":3: why"}, {"area two,declared", S("area two,rotation"), ":2: why"},
	    {"财政局,declared", S("财政局,rotation"), ":4: why"}, {"area two,declared", S("area two"), ":2: why"},
	    {"area two,declared", S("area two,declared,"), ":2: line"},
	    {"area two,declared", S("area two,declared,x"), ":2: line"},
	    {"area two,declared", S("area two,declared\r"), ":2: why"},
	    {"rotation\n", S("rotation\nI1,target,T2,declared\n"), NULL},
	    {"I1,target,T1,rotation\n", S("I1,target,T1,declared\nI1,target,T1,rotation\n"), NULL},
	    {"I1,target,T1,rotation\n", S("I1,target,T1,rotation\nI1,target,T1,rotation\n"), ":4: line"});
}

static void
test_away_columns(void **state)
{
	(void)state;
	CHANGES(AWAY, {"I1,", S("I3,"), ":3: line"}, {"I1,", S("I0,"), ":2: inspector"},
	    {"I1,", S(","), ":2: inspector"}, {"I1,", S("T1,"), ":2: inspector"}, {"I1,", S("i1,"), ":2: inspector"},
	    {"I1,", S("I1 ,"), ":2: inspector"}, {"I1,", S("I2,"), ":3: line"},
	    {"I2,2026-06-26", S("I3,2026-06-22"), NULL});
	CHANGES(AWAY, {"26\n", S("27\n"), ":4: date"}, {"26\n", S("22\n"), ":4: line"},
	    {"I2,2026-06-26", S("I3,"), ":4: date"}, {"2026-06-26", S("2026-12-31"), NULL},
	    {"2026-06-26", S("2026-12-30"), ":4: date"}, {"2026-06-26", S("2026-06-31"), ":4: date"},
	    {"2026-06-26", S("2026-06-26T09:00"), ":4: date"}, {"2026-06-26", S("2026-06-26 "), ":4: date"},
	    {"2026-06-26", S("2026-6-26"), ":4: date"}, {"2026-06-26", S("2026-06-26,"), ":4: line"},
	    {"2026-06-26", S("2026-06-26,x"), ":4: line"}, {"2026-06-26", S("2026-06-23"), ":4: line"});
}

static void
test_who_is_away(void **state)
{
	struct slice inspectors = template_of(INSPECTORS), away = template_of(AWAY);
	struct roster r = {0};

	(void)state;
	assert_int_equal(roster_parse_inspectors(&r, inspectors, "i", NULL, NULL), 0);
	assert_false(roster_is_away(&r, 0, 20627));
	assert_int_equal(roster_parse_away(&r, away, "a", slots, N_SLOTS, NULL), 0);
	assert_int_equal(r.n_away, 3);
	for (int32_t day = 20625; day < 20633; day++) {
		assert_int_equal(roster_is_away(&r, 0, day), day == 20627);
		assert_int_equal(roster_is_away(&r, 1, day), day == 20627 || day == 20630);
		assert_false(roster_is_away(&r, 2, day));
	}
	roster_release(&r);
	slice_free(inspectors);
	slice_free(away);
}

/* Several values of a column, one of them twice; each must stand there. */
static void
test_values_of_conflicts(void **state)
{
	static const char last[] = "I2,unit,财政局,declared\n";

	(void)state;
	CHANGES(CONFLICTS, {last, S("I2,unit,unit two,declared\nI2,unit,财政局,declared\n"), NULL},
	    {last, S("I1,unit,财政局,declared\nI2,unit,财政局,declared\n"), NULL},
	    {last, S("I2,unit,unit two,declared\nI2,unit,zzz,declared\n"), ":5: value"},
	    {last, S("I2,unit,aaa,declared\nI2,unit,unit two,declared\n"), ":4: value"},
	    {last, S("I2,area,河东,declared\nI2,area,河西,declared\n"), ":5: value"},
	    {last, S("I2,area,area two,declared\nI2,area,河东,declared\n"), NULL});
}

/* A draw on 1 January may hold what entered that day, but nothing that enters later. */
static void
test_since_the_draws_day(void **state)
{
	static const struct slice text = S(TARGETS_HEADER "T1,,,,,,1,2026-01-01,,,in," HEX64 "\n");
	struct roster roster = {0};

	(void)state;
	assert_int_equal(roster_parse_targets(&roster, text, "t", text_date_of(2026, 1, 1), NULL, NULL), 0);
	roster_release(&roster);
	assert_int_equal(roster_parse_targets(&roster, text, "t", text_date_of(2025, 12, 31), NULL, NULL), ERR_REFUSED);
}

/* An empty file of conflicts is only its header; without any target no value can stand. */
static void
test_conflicts_without_targets(void **state)
{
	struct roster roster = {0};
	struct slice inspectors = template_of(INSPECTORS);
	struct err err = {0};

	(void)state;
	assert_int_equal(roster_parse_targets(&roster, S(TARGETS_HEADER), "t", SCENE_DATE, NULL, NULL), 0);
	assert_int_equal(roster_parse_inspectors(&roster, inspectors, "i", NULL, NULL), 0);
	assert_int_equal(roster_parse_conflicts(&roster, S(CONFLICTS_HEADER "I1,unit,x,declared\n"), "c", &err),
	    ERR_REFUSED);
	assert_int_equal(roster_parse_conflicts(&roster, S(CONFLICTS_HEADER "I1,area,x,declared\n"), "c", &err),
	    ERR_REFUSED);
	assert_int_equal(roster_parse_conflicts(&roster, S(CONFLICTS_HEADER), "c", &err), 0);
	assert_int_equal(roster.n_conflicts, 0);
	roster_release(&roster);
	slice_free(inspectors);
}

/* ---- the file as a whole ---- */

static void
test_whole_files(void **state)
{
	static const struct slice headers[] = {S(TARGETS_HEADER), S(INSPECTORS_HEADER), S(CONFLICTS_HEADER),
	    S(AWAY_HEADER)};
	static const char *const last[] = {",private", ",private", ",why", ",date"};
	struct err err = {0};

	(void)state;
	for (int file = TARGETS; file < FILES; file++) {
		struct slice text = template_of((enum file)file), header = headers[file], crlf, other;
		char end[16], more[24], cr[16];
		char *longer = malloc(text.n + 4), *wrong = malloc(text.n + 1);

		assert_non_null(longer);
		assert_non_null(wrong);
		assert_int_equal(parse((enum file)file, text, NULL, &err), 0);
		assert_int_equal(parse((enum file)file, header, NULL, &err), 0);
		assert_int_equal(parse((enum file)file, S(""), NULL, &err), ERR_REFUSED);
		assert_int_equal(parse((enum file)file, S("\n"), NULL, &err), ERR_REFUSED);
		for (size_t len = 0; len < text.n;
		     len++) { /* whole lines are another file, which a digest tells apart */
			bool whole = len >= header.n && text.p[len - 1] == '\n';

			assert_int_equal(parse((enum file)file, (struct slice){text.p, len}, NULL, &err),
			    whole ? 0 : ERR_REFUSED);
		}
		memcpy(longer, "\xEF\xBB\xBF", 3); /* a BOM */
		memcpy(longer + 3, text.p, text.n);
		assert_int_equal(parse((enum file)file, (struct slice){longer, text.n + 3}, NULL, &err), ERR_REFUSED);
		for (size_t k = 0; k < header.n - 1; k++) { /* another letter in the header */
			memcpy(wrong, text.p, text.n);
			wrong[k] ^= 0x20;
			assert_int_equal(parse((enum file)file, (struct slice){wrong, text.n}, NULL, &err),
			    ERR_REFUSED);
			assert_non_null(strstr(err.message, ":1: "));
		}
		for (size_t k = header.n; k <= text.n; k++) { /* an empty line, a byte that is never there */
			memcpy(longer, text.p, k);
			memcpy(longer + k + 1, text.p + k, text.n - k);
			longer[k] = '\n';
			if (text.p[k - 1] == '\n')
				assert_int_equal(parse((enum file)file, (struct slice){longer, text.n + 1}, NULL, &err),
				    ERR_REFUSED);
			longer[k] = '\0';
			assert_int_equal(parse((enum file)file, (struct slice){longer, text.n + 1}, NULL, &err),
			    ERR_REFUSED);
			longer[k] = '"';
			assert_int_equal(parse((enum file)file, (struct slice){longer, text.n + 1}, NULL, &err),
			    ERR_REFUSED);
		}
		/* lines that end as on Windows; columns more and fewer in header and rows alike */
		crlf = slice_with(text, (struct slice){header.p, header.n}, S("\r\n"));
		assert_int_equal(parse((enum file)file, crlf, NULL, &err), ERR_REFUSED);
		slice_free(crlf);
		(void)snprintf(end, sizeof end, "%s\n", last[file]);
		(void)snprintf(more, sizeof more, "%s,more\n", last[file]);
		(void)snprintf(cr, sizeof cr, "%s\r\n", last[file]);
		other = slice_with(text, slice_of(end), slice_of(more));
		assert_int_equal(parse((enum file)file, other, NULL, &err), ERR_REFUSED);
		slice_free(other);
		other = slice_with(text, slice_of(end), slice_of(cr));
		assert_int_equal(parse((enum file)file, other, NULL, &err), ERR_REFUSED);
		slice_free(other);
		slice_free(text);
		free(longer);
		free(wrong);
	}
}

/* Rows ascend strictly: any two that change places, and any that stands twice. */
static void
test_order_of_rows(void **state)
{
	struct slice text = template_of(TARGETS), rest = text, rows[3];
	struct err err = {0};

	(void)state;
	(void)slice_cut(&rest, '\n');
	for (size_t i = 0; i < 3; i++)
		rows[i] = slice_cut(&rest, '\n');
	for (int i = 0; i < 27; i++) {
		size_t order[3] = {(size_t)i / 9, (size_t)i / 3 % 3, (size_t)i % 3};
		bool ascends = order[0] < order[1] && order[1] < order[2];
		struct buf out;

		buf_init(&out, 4096);
		buf_text(&out, TARGETS_HEADER);
		for (size_t k = 0; k < 3; k++) {
			buf_slice(&out, rows[order[k]]);
			buf_byte(&out, '\n');
		}
		assert_int_equal(parse(TARGETS, buf_view(&out), NULL, &err), ascends ? 0 : ERR_REFUSED);
		buf_release(&out);
	}
	slice_free(text);
}

/* One row more than 2^24: refused for the number, before anything is read of them or taken for them. */
static void
test_too_many_rows(void **state)
{
	size_t header = sizeof TARGETS_HEADER - 1, rows = ((size_t)1 << 24) + 1;
	char *text = malloc(header + rows);
	struct roster roster = {0};
	struct err err = {0};

	(void)state;
	assert_non_null(text);
	memset(text, '\n', header + rows);
	memcpy(text, TARGETS_HEADER, header);
	assert_int_equal(roster_parse_targets(&roster, (struct slice){text, header + rows}, "t", SCENE_DATE, NULL,
	                     &err),
	    ERR_LIMIT);
	memcpy(text, INSPECTORS_HEADER, sizeof INSPECTORS_HEADER - 1);
	memset(text + sizeof INSPECTORS_HEADER - 1, '\n', header);
	assert_int_equal(roster_parse_inspectors(&roster, (struct slice){text, sizeof INSPECTORS_HEADER - 1 + rows},
	                     "i", NULL, &err),
	    ERR_LIMIT);
	memcpy(text, CONFLICTS_HEADER, sizeof CONFLICTS_HEADER - 1);
	memset(text + sizeof CONFLICTS_HEADER - 1, '\n', header);
	assert_int_equal(roster_parse_conflicts(&roster, (struct slice){text, sizeof CONFLICTS_HEADER - 1 + rows}, "c",
	                     &err),
	    ERR_LIMIT);
	memcpy(text, AWAY_HEADER, sizeof AWAY_HEADER - 1);
	memset(text + sizeof AWAY_HEADER - 1, '\n', header);
	assert_int_equal(roster_parse_away(&roster, (struct slice){text, sizeof AWAY_HEADER - 1 + rows}, "a", slots,
	                     N_SLOTS, &err),
	    ERR_LIMIT);
	memcpy(text, CONFLICTS_HEADER, sizeof CONFLICTS_HEADER - 1);
	/* 2^24 are allowed: here it is their form that is wrong */
	assert_int_equal(roster_parse_conflicts(&roster, (struct slice){text, sizeof CONFLICTS_HEADER - 1 + rows - 1},
	                     "c", &err),
	    ERR_REFUSED);
	free(text);
}

static void
test_texts_that_are_not_composed(void **state)
{
	struct slice template = template_of(TARGETS), text = slice_with(template, S("unit two"), S("cafe\xCC\x81")),
	             more;
	struct slice inspectors = template_of(INSPECTORS),
	             inspector = slice_with(inspectors, S("河东"), S("\xE2\x84\xAB"));
	struct err err = {0};
	size_t noted = 0;

	(void)state;
	assert_int_equal(parse(TARGETS, template, &noted, &err), 0);
	assert_int_equal(noted, 0);
	assert_int_equal(parse(TARGETS, text, &noted, &err), 0);
	assert_int_equal(noted, 1);
	more = slice_with(text, S("area two"), S("e\xCC\x81"));
	assert_int_equal(parse(TARGETS, more, &noted, &err), 0);
	assert_int_equal(noted, 3); /* what was counted before stays */
	assert_int_equal(parse(INSPECTORS, inspector, &noted, &err), 0);
	assert_int_equal(noted, 4);
	slice_free(template);
	slice_free(text);
	slice_free(more);
	slice_free(inspectors);
	slice_free(inspector);
}

/* Ids that are each other's beginnings and hold the characters next to the comma. */
static void
test_finding_rows(void **state)
{
	static const char *const there[] = {"A", "A-", "A-1", "A.", "A.1", "A0", "AA", "A_", "B", "a"};
	static const char *const absent[] = {"", "A--", "A-0", "A1", "Aa", "AB", "0", "b", "A-1-", "~"};
	struct roster roster = {0};
	struct buf targets, inspectors;

	(void)state;
	buf_init(&targets, 1 << 16);
	buf_init(&inspectors, 1 << 16);
	buf_text(&targets, TARGETS_HEADER);
	buf_text(&inspectors, INSPECTORS_HEADER);
	for (size_t i = 0; i < 10; i++) {
		buf_format(&targets, "%s,,,,,,1,2020-01-01,,,in," HEX64 "\n", there[i]);
		buf_format(&inspectors, "%s,,,,,in," HEX64 "\n", there[i]);
	}
	assert_int_equal(roster_parse_targets(&roster, buf_view(&targets), "t", SCENE_DATE, NULL, NULL), 0);
	assert_int_equal(roster_parse_inspectors(&roster, buf_view(&inspectors), "i", NULL, NULL), 0);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(roster_find_target(&roster, slice_of(there[i])), i);
		assert_int_equal(roster_find_inspector(&roster, slice_of(there[i])), i);
		assert_int_equal(roster_find_target(&roster, slice_of(absent[i])), -1);
		assert_int_equal(roster_find_inspector(&roster, slice_of(absent[i])), -1);
	}
	roster_release(&roster);
	assert_int_equal(roster_find_target(&roster, S("A")), -1);
	buf_release(&targets);
	buf_release(&inspectors);
}

/* ---- the root ---- */

/* RFC 6962 2.1, word for word. */
static struct hash
model_root(const struct slice *lines, size_t n)
{
	size_t k = 1;
	struct hash left, right;

	if (n == 0)
		return hash_of("", 0);
	if (n == 1)
		return hash_leaf(lines[0]);
	while (2 * k < n)
		k *= 2;
	left = model_root(lines, k);
	right = model_root(lines + k, n - k);
	return hash_node(&left, &right);
}

static void
test_root_of_random_lines(void **state)
{
	struct support_random random;

	(void)state;
	support_random_begin(&random);
	for (size_t n = 0; n < 140; n++) {
		struct slice lines[140];
		struct hash root, right;
		struct buf file;
		size_t at[141], rows = 77;

		buf_init(&file, 1 << 20);
		buf_text(&file, "header\n");
		for (size_t i = 0; i < n; i++) {
			at[i] = file.len;
			for (uint64_t len = support_random_below(&random, 90); len > 0; len--)
				buf_byte(&file, (char)('a' + support_random_below(&random, 26)));
			buf_byte(&file, '\n');
		}
		at[n] = file.len;
		for (size_t i = 0; i < n; i++)
			lines[i] = (struct slice){file.data + at[i], at[i + 1] - at[i] - 1};
		right = model_root(lines, n);
		root = roster_root(buf_view(&file), &rows);
		assert_int_equal(rows, n);
		assert_memory_equal(&root, &right, sizeof root);
		buf_release(&file);
	}
}

static void
test_roots_of_the_example(void **state)
{
	struct scene scene;
	struct hash root;
	char hex[HASH_HEX + 1];
	size_t len, rows;
	char *targets = support_read("example/draws/0001/targets.csv", &len);

	(void)state;
	scene_example(&scene);
	root = roster_root((struct slice){targets, len}, &rows);
	text_to_hex(root.b, HASH_BYTES, hex);
	assert_int_equal(rows, scene.commit.targets.rows);
	assert_true(slice_is(scene.commit.targets.root, hex));
	free(targets);
	targets = support_read("example/draws/0001/inspectors.csv", &len);
	root = roster_root((struct slice){targets, len}, &rows);
	text_to_hex(root.b, HASH_BYTES, hex);
	assert_int_equal(rows, scene.commit.inspectors.rows);
	assert_true(slice_is(scene.commit.inspectors.root, hex));
	free(targets);
	scene_release(&scene);
}

/* By several threads it is the same, at lengths around the pieces in which they share the work. */
static void
test_root_by_threads(void **state)
{
	static const size_t lengths[] = {0, 1, 2, 3, 1000, 65535, 65536, 65537, 131072, 140001};
	struct roster roster = {0};
	struct buf file;
	struct hash root;
	size_t rows;

	(void)state;
	buf_init(&file, (size_t)1 << 26);
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		buf_clear(&file);
		buf_text(&file, TARGETS_HEADER);
		for (size_t k = 0; k < lengths[i]; k++)
			buf_format(&file, "T%06zu,,,,,,1,2020-01-01,,,in," HEX64 "\n", k);
		assert_int_equal(roster_parse_targets(&roster, buf_view(&file), "t", SCENE_DATE, NULL, NULL), 0);
		root = roster_root(buf_view(&file), &rows);
		assert_int_equal(rows, lengths[i]);
		for (unsigned threads = 0; threads < 4; threads += 3) {
			struct hash shared;

			assert_int_equal(roster_targets_root(&roster, threads, &shared, NULL), 0);
			assert_memory_equal(&shared, &root, sizeof root);
		}
		roster_release(&roster);
	}
	buf_release(&file);
}

/* Any byte changed: refused, or each row still says what its line says. */
static void
test_random_changes(void **state)
{
	struct support_random random;

	(void)state;
	support_random_begin(&random);
	for (int round = 0; round < 30000; round++) {
		struct slice text = template_of(TARGETS);
		struct roster roster = {0};
		struct err err = {0};

		slice_scribble(text, &random, ",,\n\r\"; 01259ATi-\xE3");
		if (roster_parse_targets(&roster, text, "targets.csv", SCENE_DATE, NULL, &err) == 0) {
			struct buf out;

			buf_init(&out, 4096);
			buf_text(&out, TARGETS_HEADER);
			for (size_t i = 0; i < roster.n_targets; i++) {
				const struct target *t = &roster.targets[i];
				char since[DATE_TEXT], last[DATE_TEXT] = "", elsewhere[DATE_TEXT] = "";
				struct slice line = {t->line, t->line_len};

				text_from_date(t->since, since);
				if (t->last_drawn != DATE_NONE)
					text_from_date(t->last_drawn, last);
				if (t->elsewhere != DATE_NONE)
					text_from_date(t->elsewhere, elsewhere);
				buf_format(&out, "%.*s,%.*s,%.*s,%.*s,", SLICE_ARGS(target_id(t)),
				    SLICE_ARGS(target_class(t)), SLICE_ARGS(target_unit(t)),
				    SLICE_ARGS(target_area(t)));
				if (t->level != LEVEL_NONE)
					buf_int(&out, t->level);
				buf_format(&out, ",%.*s,%d,%s,%s,%s,%s,%.64s\n", SLICE_ARGS(target_needs(t)), t->weight,
				    since, last, elsewhere, drum_name((enum drum)t->drum), line.p + line.n - 64);
			}
			if (!slice_eq(buf_view(&out), text))
				fail_msg("%.*s\nis read as\n%.*s", (int)text.n, text.p, (int)out.len, out.data);
			buf_release(&out);
			roster_release(&roster);
		}
		slice_free(text);
	}
}

static int
make_slots(void **state)
{
	(void)state;
	slots[0] = slot_of(SCENE_DATE, 0);
	slots[1] = slot_of(SCENE_DATE + 1, 540);
	slots[2] = slot_of(SCENE_DATE + 1, 840);
	slots[3] = slot_of(SCENE_DATE + 4, 1439);
	slots[4] = slot_of(text_date_of(2026, 12, 31), 0);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_tags_of_an_inspector),
	    cmocka_unit_test(test_target_columns),
	    cmocka_unit_test(test_inspector_columns),
	    cmocka_unit_test(test_conflict_columns),
	    cmocka_unit_test(test_away_columns),
	    cmocka_unit_test(test_who_is_away),
	    cmocka_unit_test(test_values_of_conflicts),
	    cmocka_unit_test(test_since_the_draws_day),
	    cmocka_unit_test(test_conflicts_without_targets),
	    cmocka_unit_test(test_whole_files),
	    cmocka_unit_test(test_order_of_rows),
	    cmocka_unit_test(test_too_many_rows),
	    cmocka_unit_test(test_texts_that_are_not_composed),
	    cmocka_unit_test(test_finding_rows),
	    cmocka_unit_test(test_root_of_random_lines),
	    cmocka_unit_test(test_roots_of_the_example),
	    cmocka_unit_test(test_root_by_threads),
	    cmocka_unit_test(test_random_changes),
	};

	return cmocka_run_group_tests(tests, make_slots, NULL);
}
