/* record.json (PROTOCOL 8): written from a draw, and read in its canonical form. */
#include "core/draw/record.h"

#include <stdlib.h>

#include "core/base/json.h"
#include "core/base/text.h"

static void
put_key_id(struct buf *out, const char *key, struct slice id)
{
	buf_text(out, key);
	json_put_string(out, id);
}

static void
put_ticket(struct buf *out, const struct hash *ticket)
{
	buf_text(out, ",\"ticket\":\"");
	buf_hex(out, ticket->b, HASH_BYTES);
	buf_text(out, "\"}");
}

static void
put_inspectors(const struct draw_input *input, const struct draw *draw, struct buf *out)
{
	for (size_t i = 0; i < draw->n_drawn; i++) {
		put_key_id(out,
		    i == 0 ? "{\"id\":" : ",{\"id\":", inspector_id(&input->roster->inspectors[draw->order[i]]));
		buf_text(out, ",\"load\":");
		buf_uint(out, draw->load[i]);
		put_ticket(out, &draw->order_tickets[i]);
	}
}

static void
put_reserve_targets(const struct draw_input *input, const struct draw *draw, struct buf *out)
{
	for (size_t i = 0; i < draw->n_reserve; i++) {
		const struct target *t = &input->roster->targets[draw->reserve[i].target];

		put_key_id(out, i == 0 ? "{\"class\":" : ",{\"class\":", target_class(t));
		put_key_id(out, ",\"id\":", target_id(t));
		put_ticket(out, &draw->reserve[i].ticket);
	}
}

static void
put_selected_targets(const struct draw_input *input, const struct draw *draw, struct buf *out)
{
	const char *before = "{\"class\":";

	for (size_t i = 0; i < draw->n_chosen; i++) {
		const struct target *t = &input->roster->targets[draw->chosen[i].target];
		char date[DATE_TEXT];

		if (!draw->chosen[i].admitted)
			continue;
		text_from_date(draw->chosen[i].date, date);
		put_key_id(out, before, target_class(t));
		put_key_id(out, ",\"date\":", slice_of(date));
		put_key_id(out, ",\"id\":", target_id(t));
		buf_text(out, ",\"team\":[");
		for (size_t s = 0; s < draw->seats; s++) {
			uint32_t p = draw->order[draw->team[i * draw->seats + s]];

			put_key_id(out, s == 0 ? "" : ",", inspector_id(&input->roster->inspectors[p]));
		}
		buf_byte(out, ']');
		put_ticket(out, &draw->chosen[i].ticket);
		before = ",{\"class\":";
	}
}

static void
put_unstaffed(const struct draw_input *input, const struct draw *draw, struct buf *out)
{
	const char *before = "";

	for (size_t i = 0; i < draw->n_chosen; i++)
		if (!draw->chosen[i].admitted) {
			put_key_id(out, before, target_id(&input->roster->targets[draw->chosen[i].target]));
			before = ",";
		}
}

void
record_write(const struct draw_input *input, const struct draw *draw, struct buf *out)
{
	put_key_id(out, "{\"beacon\":", input->beacon);
	put_key_id(out, ",\"commit\":", input->commit_hash);
	buf_text(out, ",\"inspectors\":[");
	put_inspectors(input, draw, out);
	buf_text(out, "],\"load\":{\"least\":");
	buf_uint(out, draw->least);
	buf_text(out, ",\"limit\":");
	buf_uint(out, draw->limit);
	buf_text(out, "},\"matters\":[");
	for (size_t i = 0; i < draw->n_matters; i++)
		put_key_id(out, i == 0 ? "" : ",", input->sealed->matters[draw->matters[i]]);
	buf_text(out, "],\"n\":");
	buf_uint(out, input->commit->n);
	buf_text(out, ",\"reserve\":[");
	put_reserve_targets(input, draw, out);
	put_key_id(out, "],\"secret\":", input->secret);
	put_key_id(out, ",\"seed\":", slice_of(draw->seed));
	buf_text(out, ",\"selected\":[");
	put_selected_targets(input, draw, out);
	buf_text(out, "],\"unstaffed\":[");
	put_unstaffed(input, draw, out);
	buf_text(out, "],\"v\":1}");
}

/* Makes room for `more` elements after the first n.  `array` points to the array's pointer, of whatever type. */
static int
grow_array(void *array, size_t *cap, size_t n, size_t more, size_t size)
{
	void *bigger;
	size_t wanted = *cap;

	if (n + more <= *cap)
		return 0;
	while (wanted < n + more)
		wanted = wanted * 2 + 64;
	memcpy(&bigger, array, sizeof bigger);
	bigger = realloc(bigger, wanted * size);
	if (bigger == NULL)
		return ERR_MEMORY;
	memcpy(array, &bigger, sizeof bigger);
	*cap = wanted;
	return 0;
}

static struct slice
read_id(struct json_reader *r)
{
	struct slice id = json_plain(r);

	r->bad |= !text_is_id(id);
	return id;
}

static struct slice
read_hash(struct json_reader *r)
{
	struct slice hash = json_plain(r);

	r->bad |= !text_is_hex(hash, HASH_HEX);
	return hash;
}

/* A class, escaped as it is in the JSON. */
static struct slice
read_class(struct json_reader *r)
{
	char plain[2 * TEXT_MAX];
	struct slice class = json_string(r);

	r->bad |=
	    class.n > sizeof plain || text_check((struct slice){plain, json_unescape(class, plain)}, NULL) != TEXT_OK;
	return class;
}

static int
read_inspectors(struct json_reader *r, struct record *rec)
{
	size_t cap = 0;

	json_key(r, "inspectors");
	json_begin(r, '[');
	while (json_more(r)) {
		struct record_inspector *p;

		if (grow_array(&rec->inspectors, &cap, rec->n_inspectors, 1, sizeof *p) != 0)
			return ERR_MEMORY;
		p = &rec->inspectors[rec->n_inspectors++];
		json_begin(r, '{');
		json_key(r, "id");
		p->id = read_id(r);
		json_key(r, "load");
		p->load = json_uint(r);
		json_key(r, "ticket");
		p->ticket = read_hash(r);
		json_end(r, '}');
	}
	json_end(r, ']');
	return 0;
}

static int
read_ids(struct json_reader *r, const char *key, struct slice **ids, size_t *n)
{
	size_t cap = 0;

	json_key(r, key);
	json_begin(r, '[');
	while (json_more(r)) {
		if (grow_array(ids, &cap, *n, 1, sizeof **ids) != 0)
			return ERR_MEMORY;
		(*ids)[(*n)++] = read_id(r);
	}
	json_end(r, ']');
	return 0;
}

/* Exactly `seats` ids. */
static void
read_team_ids(struct json_reader *r, struct slice *team, size_t seats)
{
	json_key(r, "team");
	json_begin(r, '[');
	for (size_t s = 0; s < seats; s++) {
		r->bad |= !json_more(r);
		team[s] = read_id(r);
	}
	json_end(r, ']');
}

static int
read_targets(struct json_reader *r, const char *key, struct record *rec, size_t seats)
{
	bool selected = seats > 0;
	struct record_target **v = selected ? &rec->selected : &rec->reserve;
	size_t *n = selected ? &rec->n_selected : &rec->n_reserve;
	size_t cap = 0, team_cap = 0;

	json_key(r, key);
	json_begin(r, '[');
	while (json_more(r)) {
		struct record_target *t;

		if (grow_array(v, &cap, *n, 1, sizeof **v) != 0 ||
		    grow_array(&rec->team, &team_cap, *n * seats, seats, sizeof *rec->team) != 0)
			return ERR_MEMORY;
		t = &(*v)[*n];
		t->date = DATE_NONE;
		json_begin(r, '{');
		json_key(r, "class");
		t->class = read_class(r);
		if (selected) {
			json_key(r, "date");
			r->bad |= !text_to_date(json_plain(r), &t->date);
		}
		json_key(r, "id");
		t->id = read_id(r);
		if (selected)
			read_team_ids(r, &rec->team[*n * seats], seats);
		json_key(r, "ticket");
		t->ticket = read_hash(r);
		json_end(r, '}');
		++*n;
	}
	json_end(r, ']');
	return 0;
}

static int
read_record_members(struct json_reader *r, size_t seats, struct record *rec)
{
	json_begin(r, '{');
	json_key(r, "beacon");
	rec->beacon = json_string(r);
	json_key(r, "commit");
	rec->commit = read_hash(r);
	if (read_inspectors(r, rec) != 0)
		return ERR_MEMORY;
	json_key(r, "load");
	json_begin(r, '{');
	json_key(r, "least");
	rec->least = json_uint(r);
	json_key(r, "limit");
	rec->limit = json_uint(r);
	json_end(r, '}');
	if (read_ids(r, "matters", &rec->matters, &rec->n_matters) != 0)
		return ERR_MEMORY;
	json_key(r, "n");
	rec->n = json_uint(r);
	if (read_targets(r, "reserve", rec, 0) != 0)
		return ERR_MEMORY;
	json_key(r, "secret");
	rec->secret = read_hash(r);
	json_key(r, "seed");
	rec->seed = read_hash(r);
	if (read_targets(r, "selected", rec, seats) != 0 ||
	    read_ids(r, "unstaffed", &rec->unstaffed, &rec->n_unstaffed) != 0)
		return ERR_MEMORY;
	json_key(r, "v");
	r->bad |= json_uint(r) != 1;
	json_end(r, '}');
	return 0;
}

int
record_parse(struct slice bytes, size_t seats, struct record *ret_record, struct err *err)
{
	struct record rec = {0};
	struct json_reader r;
	int rc;

	json_open(&r, bytes);
	rc = read_record_members(&r, seats, &rec);
	if (rc != 0)
		err_memory(err);
	else if (!json_done(&r))
		rc = err_set(err, ERR_REFUSED,
		    N_("record.json: it has not the canonical form of section 8; look at byte %zu"), json_offset(&r));
	if (rc != 0)
		record_release(&rec);
	else
		*ret_record = rec;
	return rc;
}

void
record_release(struct record *record)
{
	if (record == NULL)
		return;
	free(record->inspectors);
	free(record->matters);
	free(record->reserve);
	free(record->selected);
	free(record->team);
	free(record->unstaffed);
	*record = (struct record){0};
}
