/* sealed.json (PROTOCOL 3), read and written in its canonical form. */
#include "core/format/sealed.h"

#include <stdlib.h>

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/text.h"

static bool
read_visit_dates(struct json_reader *r, struct sealed *s)
{
	bool good = true;

	json_key(r, "dates");
	json_begin(r, '[');
	while (json_more(r)) {
		int32_t day = 0;

		good = good && text_to_date(json_plain(r), &day) && s->n_dates < DATES_MAX &&
		    (s->n_dates == 0 || s->dates[s->n_dates - 1] < day);
		if (!good)
			return false;
		s->dates[s->n_dates++] = day;
	}
	json_end(r, ']');
	return s->n_dates > 0;
}

/* The array has room for as many matters as the file could hold: each takes at least three bytes. */
static int
read_matter_ids(struct json_reader *r, size_t bytes, struct sealed *s, bool *good)
{
	struct slice before = {"", 0};

	s->matters = malloc((bytes / 3 + 1) * sizeof *s->matters);
	if (s->matters == NULL)
		return ERR_MEMORY;
	json_key(r, "matters");
	json_begin(r, '{');
	json_key(r, "from");
	json_begin(r, '[');
	while (json_more(r)) {
		struct slice id = json_plain(r);

		if (r->bad)
			break;
		*good = *good && text_is_id(id) && slice_cmp(before, id) < 0;
		s->matters[s->n_matters++] = id;
		before = id;
	}
	json_end(r, ']');
	json_key(r, "take");
	s->take = json_uint(r);
	json_end(r, '}');
	*good = *good && s->take <= s->n_matters;
	return 0;
}

int
sealed_parse(struct slice bytes, struct sealed *ret_sealed, struct err *err)
{
	struct sealed s = {0};
	struct json_reader r;
	bool good;

	json_open(&r, bytes);
	json_begin(&r, '{');
	json_key(&r, "conflicts");
	json_begin(&r, '{');
	json_key(&r, "rows");
	s.conflicts_rows = json_uint(&r);
	json_key(&r, "sha256");
	s.conflicts_sha256 = json_plain(&r);
	json_end(&r, '}');
	good = text_is_hex(s.conflicts_sha256, HASH_HEX) && read_visit_dates(&r, &s);
	if (good && read_matter_ids(&r, bytes.n, &s, &good) != 0)
		return err_memory(err);
	json_key(&r, "nonce");
	s.nonce = json_plain(&r);
	good = good && text_is_hex(s.nonce, NONCE_HEX);
	json_key(&r, "v");
	good = good && json_uint(&r) == 1;
	json_end(&r, '}');
	if (!good || !json_done(&r)) {
		sealed_release(&s);
		return err_set(err, ERR_REFUSED,
		    N_("sealed.json: it has not the canonical form of section 3; look at byte %zu"), json_offset(&r));
	}
	*ret_sealed = s;
	return 0;
}

void
sealed_release(struct sealed *sealed)
{
	if (sealed == NULL)
		return;
	free(sealed->matters);
	sealed->matters = NULL;
	sealed->n_matters = 0;
}

void
sealed_write(const struct sealed *s, struct buf *out)
{
	char date[DATE_TEXT];

	buf_text(out, "{\"conflicts\":{\"rows\":");
	buf_uint(out, s->conflicts_rows);
	buf_text(out, ",\"sha256\":");
	json_put_string(out, s->conflicts_sha256);
	buf_text(out, "},\"dates\":[");
	for (size_t i = 0; i < s->n_dates; i++) {
		text_from_date(s->dates[i], date);
		buf_text(out, i == 0 ? "" : ",");
		json_put_string(out, slice_of(date));
	}
	buf_text(out, "],\"matters\":{\"from\":[");
	for (size_t i = 0; i < s->n_matters; i++) {
		buf_text(out, i == 0 ? "" : ",");
		json_put_string(out, s->matters[i]);
	}
	buf_text(out, "],\"take\":");
	buf_uint(out, s->take);
	buf_text(out, "},\"nonce\":");
	json_put_string(out, s->nonce);
	buf_text(out, ",\"v\":1}");
}
