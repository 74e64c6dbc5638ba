/* Entries to canonical bytes (PROTOCOL 2 and 4): keys in bytewise order, as entry.c reads them. */

#include "core/base/json.h"
#include "core/format/entry.h"

static void
put_quoted_value(struct buf *out, const char *key, struct slice escaped)
{
	buf_text(out, key);
	buf_byte(out, '"');
	buf_slice(out, escaped);
	buf_byte(out, '"');
}

static void
put_uint(struct buf *out, const char *key, uint64_t value)
{
	buf_text(out, key);
	buf_uint(out, value);
}

static void
put_time_value(struct buf *out, const char *key, int64_t time)
{
	char text[TIME_TEXT];

	text_from_time(time, text);
	put_quoted_value(out, key, slice_of(text));
}

static void
put_beacon_object(struct buf *out, const struct beacon *b)
{
	switch (b->source) {
	case SOURCE_PUBLIC:
		put_uint(out, "{\"count\":", b->count);
		put_quoted_value(out, ",\"label\":", b->label);
		put_quoted_value(out, ",\"source\":\"public\",\"symbols\":", b->symbols);
		break;
	case SOURCE_DRAND:
		put_quoted_value(out, "{\"chain\":", b->chain);
		put_uint(out, ",\"round\":", b->round);
		buf_text(out, ",\"source\":\"drand\"");
		break;
	case SOURCE_WITNESS:
		put_quoted_value(out, "{\"key\":", b->key);
		buf_text(out, ",\"source\":\"witness\"");
		break;
	case SOURCE_NONE:
		buf_text(out, "{\"source\":\"none\"");
		break;
	}
	buf_byte(out, '}');
}

static void
put_changes_object(struct buf *out, const struct changes *c)
{
	put_uint(out, "{\"conflicts\":{\"added\":", c->conflicts_added);
	put_uint(out, ",\"removed\":", c->conflicts_removed);
	put_uint(out, "},\"inspectors\":{\"added\":", c->inspectors_added);
	put_uint(out, ",\"changed\":", c->inspectors_changed);
	put_uint(out, ",\"removed\":", c->inspectors_removed);
	put_uint(out, "},\"previous\":", c->previous);
	put_uint(out, ",\"targets\":{\"added\":", c->targets_added);
	put_uint(out, ",\"changed\":", c->targets_changed);
	put_uint(out, ",\"removed\":", c->targets_removed);
	buf_text(out, "}}");
}

static void
put_file_object(struct buf *out, const char *key, const struct file_commitment *f)
{
	put_quoted_value(out, key, f->root);
	put_uint(out, ",\"rows\":", f->rows);
	put_quoted_value(out, ",\"sha256\":", f->sha256);
	buf_byte(out, '}');
}

static void
put_string_array(struct buf *out, const char *key, const struct slice *items, size_t n)
{
	buf_text(out, key);
	buf_byte(out, '[');
	for (size_t i = 0; i < n; i++)
		put_quoted_value(out, i == 0 ? "" : ",", items[i]);
	buf_byte(out, ']');
}

static void
put_rules_object(struct buf *out, const struct rules *r)
{
	buf_text(out, "{\"avoid\":[");
	if (r->avoid_area)
		buf_text(out, "\"area\"");
	if (r->avoid_unit)
		buf_text(out, r->avoid_area ? ",\"unit\"" : "\"unit\"");
	put_uint(out, "],\"cover_days\":", r->cover_days);
	put_uint(out, ",\"inspectors\":", r->inspectors);
	if (r->has_level_gap) {
		buf_text(out, ",\"level_gap\":");
		buf_int(out, r->level_gap);
	}
	put_uint(out, ",\"max_load\":", r->max_load);
	put_uint(out, ",\"reserve\":", r->reserve);
	put_uint(out, ",\"rest_days\":", r->rest_days);
	put_uint(out, ",\"rotate\":", r->rotate);
	put_uint(out, ",\"slack\":", r->slack);
	put_string_array(out, ",\"team\":", r->team, r->seats);
	put_quoted_value(out, ",\"timezone\":", r->timezone);
	buf_byte(out, '}');
}

static void
put_stratum_objects(struct buf *out, const struct stratum *strata, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct stratum *s = &strata[i];

		buf_text(out, i == 0 ? "{\"class\":" : ",{\"class\":");
		json_put_string(out, s->class);
		if (!s->by_rate)
			put_uint(out, ",\"count\":", s->amount);
		put_uint(out, ",\"drum\":", s->drum);
		if (s->by_rate)
			put_uint(out, ",\"per_10000\":", s->amount);
		put_uint(out, ",\"slips\":", s->slips);
		put_uint(out, ",\"take\":", s->take);
		buf_byte(out, '}');
	}
}

static void
put_commit_keys(struct buf *out, const struct commit *c)
{
	char date[DATE_TEXT];

	text_from_date(c->date, date);
	buf_text(out, "\"beacon\":");
	put_beacon_object(out, &c->beacon);
	put_uint(out, ",\"chain\":", c->chain);
	buf_text(out, ",\"changes\":");
	put_changes_object(out, &c->changes);
	put_quoted_value(out, ",\"cycle\":", c->cycle);
	put_quoted_value(out, ",\"date\":", slice_of(date));
	put_time_value(out, ",\"draw_time\":", c->draw_time);
	put_uint(out, ",\"excused\":{\"inspectors\":", c->excused_inspectors);
	put_uint(out, ",\"targets\":", c->excused_targets);
	put_file_object(out, "},\"files\":{\"inspectors.csv\":{\"root\":", &c->inspectors);
	put_file_object(out, ",\"targets.csv\":{\"root\":", &c->targets);
	put_uint(out, "},\"link\":", c->link);
	put_uint(out, ",\"n\":", c->n);
	put_time_value(out, ",\"reveal_time\":", c->reveal_time);
	buf_text(out, ",\"rules\":");
	put_rules_object(out, &c->rules);
	put_quoted_value(out, ",\"sealed\":", c->sealed);
	buf_text(out, ",\"strata\":[");
	put_stratum_objects(out, c->strata, c->n_strata);
	buf_byte(out, ']');
}

static void
put_cycle_keys(struct buf *out, const struct entry *e)
{
	put_quoted_value(out, "\"anchor\":", e->cycle.anchor);
	put_uint(out, ",\"chain\":", e->cycle.chain);
	put_quoted_value(out, ",\"cycle\":", e->cycle.cycle);
	put_uint(out, ",\"embargo_days\":", e->cycle.embargo_days);
	put_uint(out, ",\"length\":", e->cycle.length);
	put_quoted_value(out, ",\"reason\":", e->cycle.reason);
	put_quoted_value(out, ",\"source\":", slice_of(source_name(e->cycle.source)));
}

static void
put_draw_keys(struct buf *out, const struct entry *e)
{
	put_quoted_value(out, "\"beacon\":", e->draw.beacon);
	put_quoted_value(out, ",\"commit\":", e->draw.commit);
	put_uint(out, ",\"inspectors\":", e->draw.inspectors);
	put_uint(out, ",\"n\":", e->draw.n);
	put_quoted_value(out, ",\"record\":", e->draw.record);
	put_uint(out, ",\"selected\":", e->draw.selected);
	if (e->draw.signature.p != NULL)
		put_quoted_value(out, ",\"signature\":", e->draw.signature);
}

static void
put_void_keys(struct buf *out, const struct entry *e)
{
	if (e->void_.signature.p != NULL)
		put_quoted_value(out, "\"beacon\":", e->void_.beacon);
	put_quoted_value(out, e->void_.signature.p != NULL ? ",\"commit\":" : "\"commit\":", e->void_.commit);
	put_uint(out, ",\"n\":", e->void_.n);
	put_quoted_value(out, ",\"reason\":", e->void_.reason);
	if (e->void_.signature.p != NULL)
		put_quoted_value(out, ",\"signature\":", e->void_.signature);
}

void
entry_write(const struct entry *e, struct buf *out)
{
	buf_byte(out, '{');
	switch (e->type) {
	case ENTRY_GENESIS:
		put_quoted_value(out, "\"key\":", e->genesis.key);
		put_quoted_value(out, ",\"operator\":", e->genesis.operator);
		put_quoted_value(out, ",\"origin\":", e->genesis.origin);
		break;
	case ENTRY_POLICY:
		put_quoted_value(out, "\"reason\":", e->policy.reason);
		break;
	case ENTRY_CYCLE:
		put_cycle_keys(out, e);
		break;
	case ENTRY_COMMIT:
		put_commit_keys(out, &e->commit);
		break;
	case ENTRY_DRAW:
		put_draw_keys(out, e);
		break;
	case ENTRY_VOID:
		put_void_keys(out, e);
		break;
	case ENTRY_REVEAL:
		put_uint(out, "\"n\":", e->reveal.n);
		put_quoted_value(out, ",\"record\":", e->reveal.record);
		put_quoted_value(out, ",\"secret\":", e->reveal.secret);
		break;
	case ENTRY_AMEND:
		put_uint(out, "\"amendment\":", e->amend.amendment);
		put_uint(out, ",\"n\":", e->amend.n);
		put_quoted_value(out, ",\"sha256\":", e->amend.sha256);
		break;
	}
	put_time_value(out, ",\"time\":", e->time);
	put_quoted_value(out, ",\"type\":", slice_of(entry_type_name(e->type)));
	put_uint(out, ",\"v\":", 1);
	if (e->type == ENTRY_GENESIS)
		put_string_array(out, ",\"witnesses\":", e->genesis.witnesses, e->genesis.n_witnesses);
	if (e->type == ENTRY_POLICY)
		put_string_array(out, ",\"witnesses\":", e->policy.witnesses, e->policy.n_witnesses);
	buf_byte(out, '}');
}
