/* The log's entries (PROTOCOL 2 and 4), read from canonical JSON; entry_write.c writes them. */
#include "core/format/entry.h"

#include <assert.h>
#include <stdlib.h>

#include "core/base/array.h"
#include "core/base/json.h"
#include "core/format/roster.h"

const char drand_quicknet[] = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";

static const char *const type_names[] = {"genesis", "policy", "cycle", "commit", "draw", "void", "reveal", "amend",
    "archive"};
static const char *const source_names[] = {"none", "public", "drand", "witness"};

const char *
entry_type_name(enum entry_type type)
{
	return type_names[type];
}

const char *
source_name(enum source source)
{
	return source_names[source];
}

bool
source_parse(struct slice text, enum source *ret_source)
{
	for (size_t i = 0; i < ARRAY_LEN(source_names); i++)
		if (slice_is(text, source_names[i])) {
			*ret_source = (enum source)i;
			return true;
		}
	return false;
}

uint64_t
drand_round(int64_t draw_time)
{
	if (draw_time <= DRAND_GENESIS - DRAND_PERIOD)
		return 0;
	return (uint64_t)(draw_time - DRAND_GENESIS + DRAND_PERIOD - 1) / DRAND_PERIOD + 1;
}

bool
beacon_strong(uint64_t symbols, uint64_t count)
{
	uint64_t product = 1;

	if (symbols < 2)
		return false;
	for (uint64_t i = 0; i < count; i++) {
		if (product > UINT64_MAX / symbols)
			return true;
		product *= symbols;
	}
	return false;
}

ptrdiff_t
commit_stratum(const struct commit *commit, struct slice class)
{
	size_t low = 0, high = commit->n_strata;
	bool star = high > 0 && slice_is(commit->strata[high - 1].class, "*");

	if (star)
		high--;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = slice_cmp(commit->strata[middle].class, class);

		if (order == 0)
			return (ptrdiff_t)middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return star ? (ptrdiff_t)commit->n_strata - 1 : -1;
}

uint64_t
stratum_take(const struct stratum *stratum, uint64_t drum)
{
	if (stratum->by_rate)
		return (drum * stratum->amount + 9999) / 10000;
	return drum < stratum->amount ? drum : stratum->amount;
}

/*
 * Reading.  The JSON reader's fault is sticky, so each function reads on, and the fault is checked at the end.  `parse`
 * keeps in words the first value that breaks a form or a limit.  The member_*() read a key and its value.
 */

struct parse {
	struct json_reader r;
	const char *wrong; /* a message of the catalogue, or NULL */
	bool limit;
};

static void
must(struct parse *p, bool holds, const char *wrong)
{
	if (!holds && p->wrong == NULL && !p->r.bad)
		p->wrong = wrong;
}

static void
must_be_within(struct parse *p, bool holds, const char *wrong)
{
	if (!holds && p->wrong == NULL)
		p->limit = true;
	must(p, holds, wrong);
}

static uint64_t
member_uint(struct parse *p, const char *key)
{
	json_key(&p->r, key);
	return json_uint(&p->r);
}

static uint64_t
member_number(struct parse *p, const char *key)
{
	uint64_t value = member_uint(p, key);

	must(p, value >= 1, N_("a number that counts from 1 is 0"));
	return value;
}

static struct slice
member_hex(struct parse *p, const char *key, size_t digits)
{
	struct slice s;

	json_key(&p->r, key);
	s = json_plain(&p->r);
	must(p, text_is_hex(s, digits), N_("a hash, secret or signature is not lowercase hexadecimal of its length"));
	return s;
}

static struct slice
member_id(struct parse *p, const char *key)
{
	struct slice s;

	json_key(&p->r, key);
	s = json_plain(&p->r);
	must(p, text_is_id(s), N_("an id is not 1 to 32 of A-Z a-z 0-9 . _ -"));
	return s;
}

static int64_t
member_time(struct parse *p, const char *key)
{
	int64_t time = 0;

	json_key(&p->r, key);
	must(p, text_to_time(json_plain(&p->r), &time), N_("a time is not of the form 2026-06-22T01:00:00Z"));
	return time;
}

/* A reason, label or operator, which stays escaped. */
static struct slice
member_reason(struct parse *p, const char *key)
{
	char plain[2 * TEXT_REASON_MAX];
	struct slice s;

	json_key(&p->r, key);
	s = json_string(&p->r);
	if (s.n > sizeof plain) {
		must(p, false, N_("a reason, label or operator is longer than 1024 bytes"));
		return s;
	}
	must(p, text_check_reason((struct slice){plain, json_unescape(s, plain)}) == TEXT_OK,
	    N_("a reason, label or operator is longer than 1024 bytes or holds a forbidden character"));
	return s;
}

static bool
is_key_of(struct slice text, enum note_algorithm algorithm)
{
	struct note_key key;

	return note_key_parse(text, &key, NULL) == 0 && key.algorithm == algorithm;
}

bool
entry_same_signer(struct slice a, struct slice b)
{
	struct note_key key_a, key_b;

	if (note_key_parse(a, &key_a, NULL) != 0 || note_key_parse(b, &key_b, NULL) != 0)
		return slice_eq(a, b);
	return slice_eq(key_a.name, key_b.name) ||
	    memcmp(key_a.public_key, key_b.public_key, sizeof key_a.public_key) == 0;
}

/* Distinct verifier keys of witnesses; the array is the caller's. */
static int
member_witnesses(struct parse *p, struct slice **ret_keys, size_t *ret_n, struct err *err)
{
	struct slice *keys = NULL;
	size_t n = 0;

	json_key(&p->r, "witnesses");
	json_begin(&p->r, '[');
	while (json_more(&p->r)) {
		struct slice key = json_plain(&p->r);
		struct slice *more = realloc(keys, (n + 1) * sizeof *keys);

		if (more == NULL) {
			free(keys);
			return err_memory(err);
		}
		keys = more;
		must(p, is_key_of(key, NOTE_COSIGNATURE_V1), N_("a witness's verifier key is malformed"));
		for (size_t i = 0; i < n; i++)
			must(p, !entry_same_signer(keys[i], key), N_("two witnesses have one name or one key"));
		keys[n++] = key;
	}
	json_end(&p->r, ']');
	*ret_keys = keys;
	*ret_n = n;
	return 0;
}

/* The keys that every entry has: time, type, v. */
static void
read_tail(struct parse *p, struct entry *e)
{
	e->time = member_time(p, "time");
	json_key(&p->r, "type");
	must(p, slice_is(json_plain(&p->r), type_names[e->type]), N_("the type is not the one that its keys say"));
	json_key(&p->r, "v");
	must(p, json_uint(&p->r) == PROTOCOL_VERSION, N_("the version is not 2"));
}

static bool
symbols_ok(struct slice escaped)
{
	char plain[2 * SYMBOLS_MAX];
	size_t n;

	if (escaped.n > sizeof plain)
		return false;
	n = json_unescape(escaped, plain);
	for (size_t i = 0; i < n; i++)
		if (plain[i] < 0x21 || plain[i] > 0x7E || (i > 0 && plain[i - 1] >= plain[i]))
			return false;
	return n > 0;
}

static void
member_source(struct parse *p, enum source source)
{
	json_key(&p->r, "source");
	must(p, slice_is(json_plain(&p->r), source_names[source]),
	    N_("the beacon's source is not the one that its keys say"));
}

static void
read_beacon(struct parse *p, struct beacon *b)
{
	json_key(&p->r, "beacon");
	json_begin(&p->r, '{');
	if (json_has_key(&p->r, "count")) {
		b->source = SOURCE_PUBLIC;
		b->count = json_uint(&p->r);
		b->label = member_reason(p, "label");
		must(p, b->label.n > 0, N_("a label or operator is empty"));
		member_source(p, b->source);
		json_key(&p->r, "symbols");
		b->symbols = json_string(&p->r);
		must(p, symbols_ok(b->symbols), N_("the symbols are not printable ASCII in ascending order"));
	} else if (json_has_key(&p->r, "chain")) {
		b->source = SOURCE_DRAND;
		b->chain = json_plain(&p->r);
		must(p, slice_is(b->chain, drand_quicknet), N_("the drand chain is not quicknet"));
		b->round = member_number(p, "round");
		member_source(p, b->source);
	} else if (json_has_key(&p->r, "key")) {
		b->source = SOURCE_WITNESS;
		b->key = json_plain(&p->r);
		must(p, is_key_of(b->key, NOTE_COSIGNATURE_V1), N_("a witness's verifier key is malformed"));
		member_source(p, b->source);
	} else {
		b->source = SOURCE_NONE;
		member_source(p, b->source);
	}
	json_end(&p->r, '}');
}

static void
read_changes(struct parse *p, struct changes *c)
{
	json_key(&p->r, "changes");
	json_begin(&p->r, '{');
	json_key(&p->r, "conflicts");
	json_begin(&p->r, '{');
	c->conflicts_added = member_uint(p, "added");
	c->conflicts_removed = member_uint(p, "removed");
	json_end(&p->r, '}');
	json_key(&p->r, "inspectors");
	json_begin(&p->r, '{');
	c->inspectors_added = member_uint(p, "added");
	c->inspectors_changed = member_uint(p, "changed");
	c->inspectors_removed = member_uint(p, "removed");
	json_end(&p->r, '}');
	c->previous = member_uint(p, "previous");
	json_key(&p->r, "targets");
	json_begin(&p->r, '{');
	c->targets_added = member_uint(p, "added");
	c->targets_changed = member_uint(p, "changed");
	c->targets_removed = member_uint(p, "removed");
	json_end(&p->r, '}');
	json_end(&p->r, '}');
}

static void
read_file_commitment(struct parse *p, const char *name, struct file_commitment *f)
{
	json_key(&p->r, name);
	json_begin(&p->r, '{');
	f->root = member_hex(p, "root", HASH_HEX);
	f->rows = member_uint(p, "rows");
	must_be_within(p, f->rows <= ROSTER_ROWS_MAX, N_("a file has more than 16777216 rows"));
	f->sha256 = member_hex(p, "sha256", HASH_HEX);
	json_end(&p->r, '}');
}

static void
read_team_tags(struct parse *p, struct rules *rules)
{
	json_key(&p->r, "team");
	json_begin(&p->r, '[');
	while (json_more(&p->r)) {
		struct slice seat = json_plain(&p->r);

		must(p, text_is_id(seat), N_("a seat of the team asks for no tag, and not for own or any"));
		must_be_within(p, rules->seats < TEAM_MAX, N_("a team has more than 8 seats"));
		if (rules->seats < TEAM_MAX)
			rules->team[rules->seats++] = seat;
	}
	json_end(&p->r, ']');
	must(p, rules->seats > 0, N_("a team has no seat"));
}

static void
read_rules(struct parse *p, struct rules *rules)
{
	struct slice before = {"", 0};

	json_key(&p->r, "rules");
	json_begin(&p->r, '{');
	json_key(&p->r, "avoid");
	json_begin(&p->r, '[');
	while (json_more(&p->r)) {
		struct slice column = json_plain(&p->r);

		must(p, slice_cmp(before, column) < 0, N_("the columns to avoid are not sorted and distinct"));
		rules->avoid_area |= slice_is(column, "area");
		rules->avoid_unit |= slice_is(column, "unit");
		must(p, slice_is(column, "area") || slice_is(column, "unit"),
		    N_("a column to avoid is not area or unit"));
		before = column;
	}
	json_end(&p->r, ']');
	rules->cover_days = member_uint(p, "cover_days");
	rules->inspectors = member_uint(p, "inspectors");
	rules->has_level_gap = json_has_key(&p->r, "level_gap");
	if (rules->has_level_gap)
		rules->level_gap = json_int(&p->r);
	rules->max_load = member_uint(p, "max_load");
	rules->quiet_days = member_uint(p, "quiet_days");
	must_be_within(p, rules->quiet_days <= QUIET_DAYS_MAX, N_("quiet_days is above 3650"));
	rules->reserve = member_uint(p, "reserve");
	rules->rest_days = member_uint(p, "rest_days");
	rules->rotate = member_uint(p, "rotate");
	json_key(&p->r, "same_unit");
	rules->same_unit = json_bool(&p->r);
	rules->slack = member_uint(p, "slack");
	rules->spacing = member_uint(p, "spacing");
	must_be_within(p, rules->spacing <= SPACING_MAX, N_("the spacing is above 10080 minutes"));
	read_team_tags(p, rules);
	json_key(&p->r, "timezone");
	rules->timezone = json_plain(&p->r);
	must(p, text_is_zone(rules->timezone), N_("the time zone is not an IANA name"));
	json_end(&p->r, '}');
}

static void
read_stratum(struct parse *p, struct stratum *s, char **class_text)
{
	json_begin(&p->r, '{');
	json_key(&p->r, "class");
	s->class = json_string(&p->r);
	s->class = (struct slice){*class_text, json_unescape(s->class, *class_text)};
	*class_text += s->class.n;
	must(p, text_check(s->class, NULL) == TEXT_OK, N_("a class is not a text of a roster"));
	if (json_has_key(&p->r, "count")) {
		s->amount = json_uint(&p->r);
	} else {
		s->by_rate = true;
		s->amount = member_uint(p, "per_10000");
		must(p, s->amount <= 10000, N_("per_10000 is above 10000"));
	}
	json_end(&p->r, '}');
}

/* The classes ascend strictly, except that the last may be "*". */
static void
check_strata_order(struct parse *p, const struct commit *c)
{
	for (size_t i = 0; i < c->n_strata; i++) {
		bool last = i + 1 == c->n_strata;
		bool star = slice_is(c->strata[i].class, "*");

		must(p, !star || last, N_("the class * is not the last of the strata"));
		must(p, i == 0 || (star && last) || slice_cmp(c->strata[i - 1].class, c->strata[i].class) < 0,
		    N_("the classes of the strata do not ascend"));
	}
}

static int
read_strata(struct parse *p, struct commit *c, struct err *err)
{
	char *class_text = malloc((size_t)(p->r.end - p->r.start) + 1); /* longer than all classes together */
	size_t cap = 0;

	if (class_text == NULL)
		return err_memory(err);
	c->class_text = class_text;
	json_key(&p->r, "strata");
	json_begin(&p->r, '[');
	while (json_more(&p->r)) {
		if (c->n_strata == cap) {
			struct stratum *more = realloc(c->strata, (cap = cap * 2 + 8) * sizeof *more);

			if (more == NULL)
				return err_memory(err);
			c->strata = more;
		}
		c->strata[c->n_strata] = (struct stratum){0};
		read_stratum(p, &c->strata[c->n_strata++], &class_text);
	}
	json_end(&p->r, ']');
	if (!p->r.bad)
		check_strata_order(p, c);
	return 0;
}

static int
read_commit(struct parse *p, struct entry *e, struct err *err)
{
	struct commit *c = &e->commit;

	read_beacon(p, &c->beacon);
	c->chain = member_number(p, "chain");
	read_changes(p, &c->changes);
	c->cycle = member_id(p, "cycle");
	json_key(&p->r, "date");
	must(p, text_to_date(json_plain(&p->r), &c->date), N_("a date is not of the form 2026-06-22"));
	c->draw_time = member_time(p, "draw_time");
	json_key(&p->r, "excused");
	json_begin(&p->r, '{');
	c->excused_inspectors = member_uint(p, "inspectors");
	c->excused_targets = member_uint(p, "targets");
	json_end(&p->r, '}');
	json_key(&p->r, "files");
	json_begin(&p->r, '{');
	read_file_commitment(p, "inspectors.csv", &c->inspectors);
	read_file_commitment(p, "targets.csv", &c->targets);
	json_end(&p->r, '}');
	c->link = member_number(p, "link");
	must_be_within(p, c->link <= CHAIN_LENGTH_MAX, N_("the link is above 10000, the longest chain allowed"));
	c->n = member_number(p, "n");
	json_key(&p->r, "origin");
	c->origin = json_plain(&p->r);
	must(p, note_name_ok(c->origin), N_("the origin is empty or holds white space or +"));
	c->reveal_time = member_time(p, "reveal_time");
	read_rules(p, &c->rules);
	c->sealed = member_hex(p, "sealed", HASH_HEX);
	return read_strata(p, c, err);
}

static int
read_genesis(struct parse *p, struct entry *e, struct err *err)
{
	int rc;

	json_key(&p->r, "key");
	e->genesis.key = json_plain(&p->r);
	must(p, is_key_of(e->genesis.key, NOTE_ED25519), N_("the log's verifier key is malformed"));
	e->genesis.operator = member_reason(p, "operator");
	must(p, e->genesis.operator.n > 0, N_("a label or operator is empty"));
	json_key(&p->r, "origin");
	e->genesis.origin = json_plain(&p->r);
	must(p, note_name_ok(e->genesis.origin), N_("the origin is empty or holds white space or +"));
	read_tail(p, e);
	rc = member_witnesses(p, &e->genesis.witnesses, &e->genesis.n_witnesses, err);
	for (size_t i = 0; rc == 0 && i < e->genesis.n_witnesses; i++)
		must(p, !entry_same_signer(e->genesis.witnesses[i], e->genesis.key), N_("the log is its own witness"));
	return rc;
}

static int
read_policy(struct parse *p, struct entry *e, struct err *err)
{
	e->policy.reason = member_reason(p, "reason");
	read_tail(p, e);
	return member_witnesses(p, &e->policy.witnesses, &e->policy.n_witnesses, err);
}

static void
read_cycle(struct parse *p, struct entry *e)
{
	e->cycle.anchor = member_hex(p, "anchor", HASH_HEX);
	e->cycle.chain = member_number(p, "chain");
	e->cycle.cycle = member_id(p, "cycle");
	e->cycle.embargo_days = member_uint(p, "embargo_days");
	must_be_within(p, e->cycle.embargo_days <= EMBARGO_DAYS_MAX, N_("the embargo is above 400 days"));
	e->cycle.length = member_number(p, "length");
	must_be_within(p, e->cycle.length <= CHAIN_LENGTH_MAX, N_("the chain is longer than 10000"));
	e->cycle.reason = member_reason(p, "reason");
	must(p, e->cycle.chain != 1 || e->cycle.reason.n == 0, N_("a first chain has a reason; it must be empty"));
	json_key(&p->r, "source");
	must(p, source_parse(json_plain(&p->r), &e->cycle.source), N_("there is no such source of a beacon"));
}

/* The hex of a drand (48 bytes) or a witness's (64) signature. */
static struct slice
read_beacon_signature(struct parse *p)
{
	struct slice s = json_plain(&p->r);

	must(p, text_is_hex(s, 96) || text_is_hex(s, 128),
	    N_("a hash, secret or signature is not lowercase hexadecimal of its length"));
	return s;
}

static void
read_draw(struct parse *p, struct entry *e)
{
	json_key(&p->r, "beacon");
	e->draw.beacon = json_string(&p->r);
	e->draw.commit = member_hex(p, "commit", HASH_HEX);
	e->draw.n = member_number(p, "n");
	e->draw.places = member_hex(p, "places", HASH_HEX);
	e->draw.record = member_hex(p, "record", HASH_HEX);
	if (json_has_key(&p->r, "signature"))
		e->draw.signature = read_beacon_signature(p);
}

static void
read_void(struct parse *p, struct entry *e)
{
	if (json_has_key(&p->r, "beacon"))
		e->void_.beacon = json_string(&p->r);
	e->void_.commit = member_hex(p, "commit", HASH_HEX);
	e->void_.n = member_number(p, "n");
	e->void_.reason = member_reason(p, "reason");
	if (json_has_key(&p->r, "signature")) {
		e->void_.signature = read_beacon_signature(p);
		must(p, e->void_.beacon.p != NULL, N_("a void has a signature without a value"));
	}
}

/* The value of a void's beacon comes with its reveal where the void had none. */
static void
read_reveal(struct parse *p, struct entry *e)
{
	bool with_beacon = json_has_key(&p->r, "beacon");

	if (with_beacon)
		e->reveal.beacon = json_string(&p->r);
	e->reveal.n = member_number(p, "n");
	json_key(&p->r, "record");
	e->reveal.record = json_plain(&p->r);
	must(p, e->reveal.record.n == 0 || text_is_hex(e->reveal.record, HASH_HEX),
	    N_("a hash, secret or signature is not lowercase hexadecimal of its length"));
	e->reveal.secret = member_hex(p, "secret", HASH_HEX);
	if (with_beacon) {
		json_key(&p->r, "signature");
		e->reveal.signature = read_beacon_signature(p);
	}
}

static void
read_amend(struct parse *p, struct entry *e)
{
	e->amend.amendment = member_number(p, "amendment");
	e->amend.before_reveal = json_has_key(&p->r, "archive");
	if (e->amend.before_reveal)
		e->amend.archive = json_uint(&p->r);
	e->amend.n = member_number(p, "n");
	e->amend.sha256 = member_hex(p, "sha256", HASH_HEX);
}

/* Each takes more than 80 bytes of the entry, so that the array stays small. */
static int
read_archive(struct parse *p, struct entry *e, struct err *err)
{
	uint64_t before = 0;

	json_key(&p->r, "open");
	json_begin(&p->r, '[');
	while (json_more(&p->r)) {
		struct open_draw *more = realloc(e->archive.open, (e->archive.n_open + 1) * sizeof *more);
		struct open_draw *one;

		if (more == NULL)
			return err_memory(err);
		e->archive.open = more;
		one = &more[e->archive.n_open++];
		json_begin(&p->r, '{');
		one->amended = member_hex(p, "amended", HASH_HEX);
		one->n = member_number(p, "n");
		json_end(&p->r, '}');
		must(p, one->n > before, N_("the open draws do not ascend"));
		before = one->n;
	}
	json_end(&p->r, ']');
	e->archive.root = member_hex(p, "root", HASH_HEX);
	return 0;
}

/* genesis and policy have a key after `v`, and so read their read_tail themselves. */
static int
read_entry(struct parse *p, struct entry *e, struct err *err)
{
	int rc = 0;

	json_begin(&p->r, '{');
	switch (e->type) {
	case ENTRY_GENESIS:
		rc = read_genesis(p, e, err);
		break;
	case ENTRY_POLICY:
		rc = read_policy(p, e, err);
		break;
	case ENTRY_CYCLE:
		read_cycle(p, e);
		break;
	case ENTRY_COMMIT:
		rc = read_commit(p, e, err);
		break;
	case ENTRY_DRAW:
		read_draw(p, e);
		break;
	case ENTRY_VOID:
		read_void(p, e);
		break;
	case ENTRY_REVEAL:
		read_reveal(p, e);
		break;
	case ENTRY_AMEND:
		read_amend(p, e);
		break;
	case ENTRY_ARCHIVE:
		rc = read_archive(p, e, err);
		break;
	}
	if (rc == 0 && e->type != ENTRY_GENESIS && e->type != ENTRY_POLICY)
		read_tail(p, e);
	json_end(&p->r, '}');
	return rc;
}

/* Skips one value of any kind. */
static void
skip_value(struct json_reader *r)
{
	unsigned depth = 0;

	do {
		char c = r->at < r->end ? *r->at : '\0';

		if (c == '"') {
			(void)json_string(r);
		} else if (c == '\0') {
			r->bad = true;
		} else {
			depth += c == '{' || c == '[';
			depth -= depth > 0 && (c == '}' || c == ']');
			r->at++;
		}
	} while (!r->bad && (depth > 0 || (r->at < r->end && *r->at != ',' && *r->at != '}')));
	r->last = 'v';
}

/* Finds the outermost "type" before the rest is read, because it says which keys must be there. */
static bool
find_type(struct slice bytes, enum entry_type *ret_type)
{
	struct json_reader r;
	struct slice type;

	json_open(&r, bytes);
	json_begin(&r, '{');
	while (!r.bad && !json_has_key(&r, "type")) {
		if (r.last != '{')
			r.bad = r.at == r.end || *r.at++ != ',';
		(void)json_string(&r);
		if (!r.bad && r.at < r.end && *r.at == ':')
			r.at++;
		skip_value(&r);
	}
	type = json_plain(&r);
	for (size_t i = 0; !r.bad && i < ARRAY_LEN(type_names); i++)
		if (slice_is(type, type_names[i])) {
			*ret_type = (enum entry_type)i;
			return true;
		}
	return false;
}

int
entry_parse(struct slice bytes, struct entry *ret_entry, struct err *err)
{
	struct entry e = {0};
	struct parse p = {0};
	int rc;

	if (bytes.n > ENTRY_MAX)
		return err_set(err, ERR_LIMIT, N_("an entry is longer than 65535 bytes"));
	if (!find_type(bytes, &e.type))
		return err_set(err, ERR_REFUSED, N_("an entry is not canonical JSON of a known type"));
	json_open(&p.r, bytes);
	rc = read_entry(&p, &e, err);
	if (rc == 0 && (p.r.bad || !json_done(&p.r)))
		rc = err_set(err, ERR_REFUSED,
		    N_("a %s entry is not canonical or has not exactly its keys: it differs at byte %zu"),
		    type_names[e.type], json_offset(&p.r));
	else if (rc == 0 && p.wrong != NULL)
		rc = err_set(err, p.limit ? ERR_LIMIT : ERR_REFUSED, N_("a %s entry: %s"), type_names[e.type],
		    err != NULL && err->tr != NULL ? err->tr(p.wrong) : p.wrong);
	if (rc != 0)
		entry_release(&e);
	else
		*ret_entry = e;
	return rc;
}

void
entry_release(struct entry *entry)
{
	if (entry == NULL)
		return;
	if (entry->type == ENTRY_GENESIS)
		free(entry->genesis.witnesses);
	else if (entry->type == ENTRY_POLICY)
		free(entry->policy.witnesses);
	else if (entry->type == ENTRY_COMMIT)
		commit_release(&entry->commit);
	else if (entry->type == ENTRY_ARCHIVE)
		free(entry->archive.open);
	*entry = (struct entry){.type = ENTRY_AMEND};
} /* NOLINT(clang-analyzer-unix.Malloc): it forgets between two calls which of the union's structs there is */

int
commit_parse(struct slice bytes, struct commit *ret_commit, int64_t *ret_time, struct err *err)
{
	struct entry e;
	int rc = entry_parse(bytes, &e, err);

	if (rc != 0)
		return rc;
	if (e.type != ENTRY_COMMIT) {
		entry_release(&e);
		return err_set(err, ERR_REFUSED, N_("this is no commit entry"));
	}
	*ret_commit = e.commit;
	if (ret_time != NULL)
		*ret_time = e.time;
	return 0;
}

void
commit_release(struct commit *commit)
{
	if (commit == NULL)
		return;
	free(commit->strata);
	free(commit->class_text);
	commit->strata = NULL;
	commit->class_text = NULL;
	commit->n_strata = 0;
}
