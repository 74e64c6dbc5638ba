/* The printable page of a receipt: fills in the values; the words are in the templates of daemon/site/pages. */

#include "publish/receipt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draws/assurance.h"
#include "draws/private_rows.h"
#include "publish/templates.h"
#include "publish/words.h"
#include "text/html.h"

#define SHARE_PARTS 1000 /* of the bar's length */

static const struct template_name flag_names[] = {{NULL, NULL}};
static const struct template_name line_names[] = {{"line", NULL}, {"line_share", NULL}, {"line_anchor", NULL},
    {NULL, NULL}};
static const struct template_name drum_names[] = {{"ticket", NULL}, {"ticket_share", NULL}, {"ticket_anchor", NULL},
    {"weight", NULL}, {"due", flag_names}, {"carried", flag_names}, {"one", flag_names}, {"several", flag_names},
    {"drawn_line", line_names}, {"no_line", flag_names}, {NULL, NULL}};
static const struct template_name reserve_names[] = {{"number", NULL}, {NULL, NULL}};
static const struct template_name selected_names[] = {{"drawn_place", NULL}, {"visit", NULL}, {NULL, NULL}};
static const struct template_name url_names[] = {{"url", NULL}, {NULL, NULL}};
static const struct template_name page_names[] = {{"operator", NULL}, {"version", NULL}, {"zone", NULL}, {"n", NULL},
    {"title", NULL}, {"class_words", NULL}, {"id", NULL}, {"name", NULL}, {"commit_time", NULL}, {"draw_time", NULL},
    {"rows", NULL}, {"place", NULL}, {"class", NULL}, {"drum", NULL}, {"take", NULL}, {"in_drum", drum_names},
    {"excused", flag_names}, {"rest", flag_names}, {"selected", selected_names}, {"unstaffed", flag_names},
    {"reserve", reserve_names}, {"not_drawn", flag_names}, {"published", url_names}, {"origin", NULL}, {"key", NULL},
    {"commit_hash", NULL}, {"seed", NULL}, {"row", NULL}, {"receipt_hash", NULL}, {NULL, NULL}};

/* Where the ticket lies between the lowest and the highest possible one, in per cent: "12.3". */
static void
put_ticket_share(struct template_row *row, const char *name, const char *anchor, const char *ticket)
{
	char digits[9], text[16];
	unsigned long long share;

	(void)snprintf(digits, sizeof digits, "%.8s", ticket);
	share = (strtoull(digits, NULL, 16) * SHARE_PARTS) >> 32;
	(void)snprintf(text, sizeof text, "%llu.%llu", share / 10, share % 10);
	template_put(row, name, slice_of(text));
	template_put(row, anchor,
	    slice_of(share < SHARE_PARTS / 2 ? "start" : "end")); /* the side on which its label has room */
}

static void
put_flag(struct template_row *row, const char *name, bool holds)
{
	template_put_list(row, name);
	if (holds)
		(void)template_put_row(row, name);
}

static void
put_drawn_line(struct template_row *drum, const struct receipt *r)
{
	const char *line = slice_is(receipt_drum(r), drum_name(DRUM_IN)) ? r->in : r->due;
	struct template_row *row;

	put_flag(drum, "no_line", *line == '\0');
	template_put_list(drum, "drawn_line");
	if (*line == '\0')
		return;
	row = template_put_row(drum, "drawn_line");
	template_put(row, "line", slice_of(line));
	put_ticket_share(row, "line_share", "line_anchor", line);
}

static void
put_drum(struct template_row *values, const struct receipt *r)
{
	struct slice word = receipt_drum(r);
	struct template_row *drum;
	uint64_t weight = 1;

	template_put_list(values, "in_drum");
	put_flag(values, "excused", slice_is(word, drum_name(DRUM_EXCUSED)));
	put_flag(values, "rest", slice_is(word, drum_name(DRUM_REST)));
	if (*r->ticket == '\0')
		return;
	drum = template_put_row(values, "in_drum");
	(void)text_to_uint(receipt_weight(r), &weight);
	template_put(drum, "ticket", slice_of(r->ticket));
	put_ticket_share(drum, "ticket_share", "ticket_anchor", r->ticket);
	template_put_uint(drum, "weight", weight);
	put_flag(drum, "one", weight == 1);
	put_flag(drum, "several", weight > 1);
	put_flag(drum, "due", slice_is(word, drum_name(DRUM_DUE)));
	put_flag(drum, "carried", slice_is(word, drum_name(DRUM_CARRIED)));
	put_drawn_line(drum, r);
}

static int
put_selected(struct template_row *values, const struct receipt *r, struct err *err)
{
	struct place_proofs proofs;
	struct place_line line;
	char visit[SLOT_TEXT];
	struct template_row *row;
	int rc;

	template_put_list(values, "selected");
	if (r->outcome != RECEIPT_SELECTED)
		return 0;
	rc = receipt_place(r, &proofs, &line, err);
	if (rc != 0)
		return rc;
	slot_format(line.visit, visit);
	visit[SLOT_DATE_TEXT] = ' ';
	row = template_put_row(values, "selected");
	template_put_uint(row, "drawn_place", line.place);
	template_put(row, "visit", slice_of(visit));
	place_proofs_release(&proofs);
	return 0;
}

static void
put_receipt_outcome(struct template_row *values, const struct receipt *r)
{
	put_flag(values, "unstaffed", r->outcome == RECEIPT_UNSTAFFED);
	put_flag(values, "not_drawn", r->outcome == RECEIPT_NONE && *r->ticket != '\0');
	template_put_list(values, "reserve");
	if (r->outcome == RECEIPT_RESERVE)
		template_put_uint(template_put_row(values, "reserve"), "number", r->reserve);
}

static int
put_name(struct template_row *values, struct store *store, const struct receipt *r, struct err *err)
{
	struct slice id = receipt_id(r);
	struct private_rows rows;
	int rc = private_rows_read(store, r->n, "targets-private.csv", &id, 1, &rows, err);

	if (rc == 0)
		template_put(values, "name", private_value(&rows, 0, "name"));
	private_rows_release(&rows);
	return rc;
}

static void
put_hashes(struct template_row *values, const struct issued *issued)
{
	const struct receipt *r = &issued->receipt;
	char hash[HASH_HEX + 1];

	hash_hex(buf_view(&issued->bytes), hash);
	template_put(values, "origin", r->origin);
	template_put(values, "key", r->key);
	template_put(values, "commit_hash", r->commit);
	template_put(values, "seed", r->seed);
	template_put(values, "row", r->public_row);
	template_put(values, "receipt_hash", slice_of(hash));
}

static int
put_page_values(struct template_row *values, struct store *store, const struct config *config,
    const struct issued *issued, bool chinese, struct err *err)
{
	const struct draw_row *row = &issued->stored.row;
	const struct receipt *r = &issued->receipt;
	struct draw_assurance assurance = {.assurance = ASSURANCE_UNKNOWN};
	int64_t committed = 0;
	int rc = draws_commit_time(store, row, &committed, err);

	if (rc == 0)
		rc = draw_assurance_read(store, row, &assurance, err);

	template_put(values, "operator", slice_of(config->operator));
	template_put(values, "version", slice_of(VERSION));
	template_put(values, "zone", slice_of(config->timezone));
	template_put_uint(values, "n", row->n);
	template_put(values, "title", site_title(config, row->cycle));
	template_put(values, "class_words", slice_of(site_class(assurance.assurance, chinese)));
	template_put(values, "id", receipt_id(r));
	site_put_time(values, "commit_time", committed);
	site_put_time(values, "draw_time", row->draw_time);
	template_put_uint(values, "rows", r->rows);
	template_put_uint(values, "place", r->index + 1);
	template_put(values, "class", site_stratum(&issued->stored.commit, r->class, chinese));
	template_put_uint(values, "drum", r->drum);
	template_put_uint(values, "take", r->take);
	put_drum(values, r);
	put_receipt_outcome(values, r);
	put_hashes(values, issued);
	template_put_list(values, "published");
	if (config->public_url != NULL && *config->public_url != '\0')
		template_put(template_put_row(values, "published"), "url", slice_of(config->public_url));
	if (rc == 0)
		rc = put_selected(values, r, err);
	return rc == 0 ? put_name(values, store, r, err) : rc;
}

int
receipt_page(struct store *store, const struct config *config, const struct issued *issued, struct buf *out,
    struct err *err)
{
	bool chinese = strcmp(config->language, "en") != 0;
	struct template_row *values = template_row_new();
	struct template *template = NULL;
	int rc = html_parse(site_receipt_template(chinese), page_names, &template, err);

	if (rc == 0)
		rc = put_page_values(values, store, config, issued, chinese, err);
	if (rc == 0)
		rc = html_render(template, values, out, err);
	template_free(template);
	template_row_free(values);
	return rc;
}
