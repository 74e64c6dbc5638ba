/* sealed.json to a struct and back. */

#include "core/format/sealed.h"

#include <stdlib.h>

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/format/roster.h"

/* ---- reading ---- */

struct parse {
	struct json_reader r;
	size_t bytes; /* of the whole file: no array has more elements */
	bool good, limit;
};

static struct sealed_file
read_sealed_file(struct parse *p, const char *name)
{
	struct sealed_file file;

	json_key(&p->r, name);
	json_begin(&p->r, '{');
	json_key(&p->r, "rows");
	file.rows = json_uint(&p->r);
	json_key(&p->r, "sha256");
	file.sha256 = json_plain(&p->r);
	json_end(&p->r, '}');
	p->limit = p->limit || file.rows > ROSTER_ROWS_MAX;
	p->good = p->good && text_is_hex(file.sha256, HASH_HEX);
	return file;
}

/* Each matter takes at least three bytes. */
static int
read_matters(struct parse *p, struct sealed *s)
{
	struct slice before = {"", 0};

	s->matters = malloc((p->bytes / 3 + 1) * sizeof *s->matters);
	if (s->matters == NULL)
		return ERR_MEMORY;
	json_key(&p->r, "matters");
	json_begin(&p->r, '{');
	json_key(&p->r, "from");
	json_begin(&p->r, '[');
	while (json_more(&p->r)) {
		struct slice id = json_plain(&p->r);

		if (p->r.bad)
			break;
		p->good = p->good && text_is_id(id) && slice_cmp(before, id) < 0;
		s->matters[s->n_matters++] = id;
		before = id;
	}
	json_end(&p->r, ']');
	json_key(&p->r, "take");
	s->take = json_uint(&p->r);
	json_end(&p->r, '}');
	p->good = p->good && s->take <= s->n_matters;
	return 0;
}

static int
read_slots(struct parse *p, struct sealed *s)
{
	s->slots = malloc(SLOTS_MAX * sizeof *s->slots);
	if (s->slots == NULL)
		return ERR_MEMORY;
	json_key(&p->r, "slots");
	json_begin(&p->r, '[');
	while (json_more(&p->r)) {
		slot_t slot = 0;

		p->good = p->good && slot_parse(json_plain(&p->r), &slot) &&
		    (s->n_slots == 0 || s->slots[s->n_slots - 1] < slot);
		p->limit = p->limit || (p->good && s->n_slots == SLOTS_MAX);
		if (!p->good || p->limit)
			return 0;
		s->slots[s->n_slots++] = slot;
	}
	json_end(&p->r, ']');
	p->good = p->good && s->n_slots > 0;
	return 0;
}

static void
read_sealed_stratum(struct parse *p, struct sealed_stratum *s, char **class_text)
{
	struct slice escaped;

	json_begin(&p->r, '{');
	json_key(&p->r, "class");
	escaped = json_string(&p->r);
	s->class = (struct slice){*class_text, json_unescape(escaped, *class_text)};
	*class_text += s->class.n;
	json_key(&p->r, "drum");
	s->drum = json_uint(&p->r);
	json_key(&p->r, "slips");
	s->slips = json_uint(&p->r);
	json_key(&p->r, "take");
	s->take = json_uint(&p->r);
	json_end(&p->r, '}');
	p->limit = p->limit || s->drum > ROSTER_ROWS_MAX || s->take > ROSTER_ROWS_MAX;
}

/* A stratum takes more than 40 bytes. */
static int
read_sealed_strata(struct parse *p, struct sealed *s)
{
	char *class_text = malloc(p->bytes + 1);

	s->class_text = class_text;
	s->strata = malloc((p->bytes / 40 + 1) * sizeof *s->strata);
	if (class_text == NULL || s->strata == NULL)
		return ERR_MEMORY;
	json_key(&p->r, "strata");
	json_begin(&p->r, '[');
	while (json_more(&p->r) && s->n_strata <= p->bytes / 40) {
		read_sealed_stratum(p, &s->strata[s->n_strata], &class_text);
		if (p->r.bad)
			break;
		s->n_strata++;
	}
	json_end(&p->r, ']');
	return 0;
}

static int
read_sealed(struct parse *p, struct sealed *s)
{
	int rc;

	json_begin(&p->r, '{');
	s->away = read_sealed_file(p, "away");
	s->conflicts = read_sealed_file(p, "conflicts");
	rc = read_matters(p, s);
	json_key(&p->r, "nonce");
	s->nonce = json_plain(&p->r);
	p->good = p->good && text_is_hex(s->nonce, NONCE_HEX);
	if (rc == 0)
		rc = read_slots(p, s);
	if (rc == 0)
		rc = read_sealed_strata(p, s);
	json_key(&p->r, "v");
	p->good = p->good && json_uint(&p->r) == 2;
	json_end(&p->r, '}');
	return rc;
}

int
sealed_parse(struct slice bytes, struct sealed *ret_sealed, struct err *err)
{
	struct parse p = {.bytes = bytes.n, .good = true};
	struct sealed s = {0};
	int rc;

	json_open(&p.r, bytes);
	rc = read_sealed(&p, &s) != 0 ? err_memory(err) : 0;
	if (rc == 0 && p.limit)
		rc = err_set(err, ERR_LIMIT,
		    N_("sealed.json: it has more rows, slots or targets than section 2 allows"));
	else if (rc == 0 && (!p.good || !json_done(&p.r)))
		rc = err_set(err, ERR_REFUSED,
		    N_("sealed.json: it has not the canonical form of section 3; look at byte %zu"), json_offset(&p.r));
	if (rc != 0)
		sealed_release(&s);
	else
		*ret_sealed = s;
	return rc;
}

void
sealed_release(struct sealed *sealed)
{
	if (sealed == NULL)
		return;
	free(sealed->matters);
	free(sealed->slots);
	free(sealed->strata);
	free(sealed->class_text);
	*sealed = (struct sealed){.nonce = {NULL, 0}};
}

uint64_t
sealed_chosen(const struct sealed *sealed)
{
	uint64_t chosen = 0;

	for (size_t i = 0; i < sealed->n_strata; i++)
		chosen += sealed->strata[i].take;
	return chosen;
}

/* ---- writing ---- */

static void
put_number(struct buf *out, const char *key, uint64_t value)
{
	buf_text(out, key);
	buf_uint(out, value);
}

static void
put_sealed_file(struct buf *out, const char *key, const struct sealed_file *file)
{
	put_number(out, key, file->rows);
	buf_text(out, ",\"sha256\":");
	json_put_string(out, file->sha256);
	buf_byte(out, '}');
}

static void
put_slots(struct buf *out, const struct sealed *s)
{
	char text[SLOT_TEXT];

	buf_text(out, ",\"slots\":[");
	for (size_t i = 0; i < s->n_slots; i++) {
		slot_format(s->slots[i], text);
		buf_text(out, i == 0 ? "" : ",");
		json_put_string(out, slice_of(text));
	}
	buf_byte(out, ']');
}

static void
put_sealed_strata(struct buf *out, const struct sealed *s)
{
	buf_text(out, ",\"strata\":[");
	for (size_t i = 0; i < s->n_strata; i++) {
		buf_text(out, i == 0 ? "{\"class\":" : ",{\"class\":");
		json_put_string(out, s->strata[i].class);
		put_number(out, ",\"drum\":", s->strata[i].drum);
		put_number(out, ",\"slips\":", s->strata[i].slips);
		put_number(out, ",\"take\":", s->strata[i].take);
		buf_byte(out, '}');
	}
	buf_byte(out, ']');
}

void
sealed_write(const struct sealed *s, struct buf *out)
{
	put_sealed_file(out, "{\"away\":{\"rows\":", &s->away);
	put_sealed_file(out, ",\"conflicts\":{\"rows\":", &s->conflicts);
	buf_text(out, ",\"matters\":{\"from\":[");
	for (size_t i = 0; i < s->n_matters; i++) {
		buf_text(out, i == 0 ? "" : ",");
		json_put_string(out, s->matters[i]);
	}
	put_number(out, "],\"take\":", s->take);
	buf_text(out, "},\"nonce\":");
	json_put_string(out, s->nonce);
	put_slots(out, s);
	put_sealed_strata(out, s);
	buf_text(out, ",\"v\":2}");
}
