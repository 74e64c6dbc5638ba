/* Receipts: made from a draw, written and read as canonical JSON, put into words, and compared with a checked draw. */
#include "core/check/receipt.h"

#include <stdlib.h>

#include "core/base/array.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/draw/place_line.h"
#include "core/format/merkle.h"

enum { ROW_ID = 0, ROW_WEIGHT = 6, ROW_DRUM = 10, ROW_PRIVATE = 11 }; /* columns of targets.csv */

static const char *const outcome_names[] = {"none", "reserve", "selected", "unstaffed"};

#define OUTCOMES ARRAY_LEN(outcome_names)

/* ---- from a draw ---- */

/* The chosen targets are in ticket order, so the last one found is the last one drawn. */
static void
find_last_tickets(const struct draw_input *input, const struct draw *draw, uint32_t stratum, struct receipt *r)
{
	for (size_t i = 0; i < draw->n_chosen; i++) {
		const struct chosen *c = &draw->chosen[i];
		bool late = input->roster->targets[c->target].drum == DRUM_IN;

		if (c->stratum == stratum)
			text_to_hex(c->ticket.b, HASH_BYTES, late ? r->in : r->due);
	}
}

static void
find_outcome(const struct draw *draw, uint32_t stratum, struct receipt *r)
{
	uint64_t number = 0;

	for (size_t i = 0; i < draw->n_chosen; i++)
		if (draw->chosen[i].target == r->index)
			r->outcome = draw->chosen[i].admitted ? RECEIPT_SELECTED : RECEIPT_UNSTAFFED;
	for (size_t i = 0; i < draw->n_reserve; i++) {
		number += draw->reserve[i].stratum == stratum;
		if (draw->reserve[i].target == r->index) {
			r->outcome = RECEIPT_RESERVE;
			r->reserve = number;
		}
	}
}

void
receipt_of(const struct draw_input *input, const struct draw *draw, size_t index, struct receipt *ret_receipt)
{
	const struct target *t = &input->roster->targets[index];
	uint32_t s = (uint32_t)commit_stratum(input->commit, target_class(t));
	const struct sealed_stratum *stratum = &input->sealed->strata[s];

	*ret_receipt = (struct receipt){.commit = input->commit_hash,
	    .n = input->commit->n,
	    .public_header = slice_of(roster_targets_header),
	    .public_row = {t->line, t->line_len},
	    .index = index,
	    .rows = input->roster->n_targets,
	    .seed = slice_of(draw->seed),
	    .class = stratum->class,
	    .drum = stratum->drum,
	    .take = stratum->take};
	if (drum_takes_part((enum drum)t->drum))
		text_to_hex(draw_ticket(&draw->prefix, target_id(t), t->weight).b, HASH_BYTES, ret_receipt->ticket);
	find_last_tickets(input, draw, s, ret_receipt);
	find_outcome(draw, s, ret_receipt);
}

int
receipt_add_path(const struct roster *roster, struct receipt *receipt, struct err *err)
{
	struct merkle tree;
	int rc = 0;

	merkle_init(&tree);
	for (size_t i = 0; rc == 0 && i < roster->n_targets; i++) {
		const struct target *t = &roster->targets[i];

		rc = merkle_add(&tree, hash_leaf((struct slice){t->line, t->line_len}), err);
	}
	if (rc == 0)
		receipt->path_len = merkle_audit_path(&tree, receipt->index, receipt->rows, receipt->path);
	merkle_release(&tree);
	return rc;
}

/* The chosen target of the place that this one has.  SIZE_MAX: it has none. */
static size_t
find_place(const struct draw *draw, uint64_t target, size_t *ret_chosen)
{
	size_t place = 0;

	for (size_t i = 0; i < draw->n_chosen; i++) {
		*ret_chosen = i;
		if (draw->chosen[i].admitted && draw->chosen[i].target == target)
			return place;
		place += draw->chosen[i].admitted;
	}
	return SIZE_MAX;
}

int
receipt_add_place(const struct draw_input *input, const struct draw *draw, struct receipt *receipt, struct buf *proof,
    struct err *err)
{
	struct hash path[PLACE_PATH_MAX];
	struct merkle tree;
	struct buf line;
	size_t chosen, place = find_place(draw, receipt->index, &chosen);
	int rc;

	if (place == SIZE_MAX)
		return 0;
	buf_init(&line, PLACE_LINE_MAX);
	place_line_write(input, draw, place, chosen, &line);
	rc = place_lines_tree(input, draw, &tree, err);
	if (rc == 0)
		place_proof_put(proof, place, buf_view(&line), path, merkle_audit_path(&tree, place, tree.size, path),
		    tree.size);
	if (rc == 0 && (line.failed || proof->failed))
		rc = err_memory(err);
	if (rc == 0)
		receipt->place = buf_view(proof);
	merkle_release(&tree);
	buf_release(&line);
	return rc;
}

/* ---- to canonical JSON and back ---- */

static void
put_text_member(struct buf *out, const char *before, struct slice text)
{
	buf_text(out, before);
	json_put_string(out, text);
}

static void
put_number_member(struct buf *out, const char *before, uint64_t number)
{
	buf_text(out, before);
	buf_uint(out, number);
}

void
receipt_write(const struct receipt *receipt, struct buf *out)
{
	const struct receipt *r = receipt;

	put_text_member(out, "{\"commit\":", r->commit);
	put_number_member(out, ",\"index\":", r->index);
	put_text_member(out, ",\"key\":", r->key);
	put_text_member(out, ",\"line\":{\"class\":", r->class);
	put_number_member(out, ",\"drum\":", r->drum);
	put_text_member(out, ",\"due\":", slice_of(r->due));
	put_text_member(out, ",\"in\":", slice_of(r->in));
	put_number_member(out, ",\"take\":", r->take);
	put_number_member(out, "},\"n\":", r->n);
	put_text_member(out, ",\"origin\":", r->origin);
	put_text_member(out, ",\"outcome\":", slice_of(outcome_names[r->outcome]));
	buf_text(out, ",\"path\":[");
	for (size_t i = 0; i < r->path_len; i++) {
		buf_text(out, i == 0 ? "\"" : ",\"");
		buf_hex(out, r->path[i].b, HASH_BYTES);
		buf_byte(out, '"');
	}
	buf_text(out, r->place.n > 0 ? "],\"place\":" : "]");
	buf_slice(out, r->place);
	put_text_member(out, ",\"private\":{\"header\":", r->private_header);
	put_text_member(out, ",\"row\":", r->private_row);
	put_text_member(out, "},\"public\":{\"header\":", r->public_header);
	put_text_member(out, ",\"row\":", r->public_row);
	put_number_member(out, "},\"reserve\":", r->reserve);
	put_number_member(out, ",\"rows\":", r->rows);
	put_text_member(out, ",\"seed\":", r->seed);
	put_text_member(out, ",\"ticket\":", slice_of(r->ticket));
	buf_text(out, ",\"type\":\"receipt\",\"v\":2}");
}

/* A receipt being read.  `out`: where the next unescaped text goes. */
struct receipt_reader {
	struct json_reader json;
	char *out;
	bool bad; /* JSON of the right keys, but with a value that no receipt has */
};

static struct slice
read_text_member(struct receipt_reader *r, const char *key)
{
	struct slice s;

	json_key(&r->json, key);
	s = json_string(&r->json);
	s = (struct slice){r->out, json_unescape(s, r->out)};
	r->out += s.n;
	return s;
}

static uint64_t
read_number_member(struct receipt_reader *r, const char *key)
{
	json_key(&r->json, key);
	return json_uint(&r->json);
}

static struct slice
read_digest_member(struct receipt_reader *r, const char *key)
{
	struct slice s = read_text_member(r, key);

	r->bad |= !text_is_hex(s, HASH_HEX);
	return s;
}

/* A ticket, or "". */
static void
read_ticket_member(struct receipt_reader *r, const char *key, char ret_ticket[static HASH_HEX + 1])
{
	struct slice s = read_text_member(r, key);

	if (text_is_hex(s, HASH_HEX))
		memcpy(ret_ticket, s.p, HASH_HEX);
	else
		r->bad |= s.n != 0;
}

static void
read_path_member(struct receipt_reader *r, struct receipt *ret)
{
	json_key(&r->json, "path");
	json_begin(&r->json, '[');
	while (!r->bad && json_more(&r->json)) {
		struct slice s = json_plain(&r->json);

		r->bad = ret->path_len == RECEIPT_PATH_MAX || !text_from_hex(s, ret->path[ret->path_len].b, HASH_BYTES);
		ret->path_len++;
	}
	json_end(&r->json, ']');
}

/* A PROOF as it stands there, escapes and all. */
static void
read_place_member(struct receipt_reader *r, struct receipt *ret)
{
	const char *start;
	char *out = r->out;
	size_t n = 0;

	json_key(&r->json, "place");
	start = r->json.at;
	json_begin(&r->json, '{');
	(void)read_number_member(r, "index");
	(void)read_text_member(r, "line");
	json_key(&r->json, "path");
	json_begin(&r->json, '[');
	while (!r->bad && json_more(&r->json))
		r->bad = !text_is_hex(json_plain(&r->json), HASH_HEX) || n++ == PLACE_PATH_MAX;
	json_end(&r->json, ']');
	(void)read_number_member(r, "size");
	json_end(&r->json, '}');
	ret->place = (struct slice){out, (size_t)(r->json.at - start)};
	memcpy(out, start, ret->place.n);
	r->out = out + ret->place.n;
}

static void
read_outcome_member(struct receipt_reader *r, struct receipt *ret)
{
	struct slice word = read_text_member(r, "outcome");
	size_t i = 0;

	while (i < OUTCOMES && !slice_is(word, outcome_names[i]))
		i++;
	if (i == OUTCOMES)
		r->bad = true;
	else
		ret->outcome = (enum receipt_outcome)i;
}

static void
read_line_member(struct receipt_reader *r, struct receipt *ret)
{
	json_key(&r->json, "line");
	json_begin(&r->json, '{');
	ret->class = read_text_member(r, "class");
	ret->drum = read_number_member(r, "drum");
	read_ticket_member(r, "due", ret->due);
	read_ticket_member(r, "in", ret->in);
	ret->take = read_number_member(r, "take");
	json_end(&r->json, '}');
}

static void
read_row_member(struct receipt_reader *r, const char *key, struct slice *ret_header, struct slice *ret_row)
{
	json_key(&r->json, key);
	json_begin(&r->json, '{');
	*ret_header = read_text_member(r, "header");
	*ret_row = read_text_member(r, "row");
	json_end(&r->json, '}');
}

static void
read_members(struct receipt_reader *r, struct receipt *ret)
{
	json_begin(&r->json, '{');
	ret->commit = read_digest_member(r, "commit");
	ret->index = read_number_member(r, "index");
	ret->key = read_text_member(r, "key");
	read_line_member(r, ret);
	ret->n = read_number_member(r, "n");
	r->bad |= ret->n == 0;
	ret->origin = read_text_member(r, "origin");
	read_outcome_member(r, ret);
	read_path_member(r, ret);
	if (ret->outcome == RECEIPT_SELECTED)
		read_place_member(r, ret);
	read_row_member(r, "private", &ret->private_header, &ret->private_row);
	read_row_member(r, "public", &ret->public_header, &ret->public_row);
	ret->reserve = read_number_member(r, "reserve");
	ret->rows = read_number_member(r, "rows");
	ret->seed = read_digest_member(r, "seed");
	read_ticket_member(r, "ticket", ret->ticket);
	r->bad |= !slice_is(read_text_member(r, "type"), "receipt");
	r->bad |= read_number_member(r, "v") != PROTOCOL_VERSION;
	json_end(&r->json, '}');
}

int
receipt_parse(struct slice bytes, struct receipt *ret_receipt, struct err *err)
{
	struct receipt it = {.n = 0};
	struct receipt_reader r = {.bad = false};

	if (bytes.n > RECEIPT_MAX)
		return err_set(err, ERR_LIMIT, N_("it is larger than %zu bytes, so no receipt"), RECEIPT_MAX);
	it.text = malloc(bytes.n + 1);
	if (it.text == NULL)
		return err_memory(err);
	r.out = it.text;
	json_open(&r.json, bytes);
	read_members(&r, &it);
	if (r.bad || !json_done(&r.json)) {
		receipt_release(&it);
		return err_set(err, ERR_REFUSED,
		    N_("it has not the form of a receipt, canonical JSON without a line feed"));
	}
	*ret_receipt = it;
	return 0;
}

void
receipt_release(struct receipt *receipt)
{
	if (receipt == NULL)
		return;
	free(receipt->text);
	*receipt = (struct receipt){.n = 0};
}

/* ---- what a receipt says ---- */

static struct slice
receipt_column(const struct receipt *r, int at)
{
	struct slice rest = r->public_row, field = slice_cut(&rest, ',');

	while (at-- > 0)
		field = slice_cut(&rest, ',');
	return field;
}

struct slice
receipt_id(const struct receipt *receipt)
{
	return receipt_column(receipt, ROW_ID);
}

struct slice
receipt_drum(const struct receipt *receipt)
{
	return receipt_column(receipt, ROW_DRUM);
}

struct slice
receipt_weight(const struct receipt *receipt)
{
	return receipt_column(receipt, ROW_WEIGHT);
}

static const char *
words_format(const struct receipt *r)
{
	if (slice_is(receipt_drum(r), drum_name(DRUM_EXCUSED)))
		return N_("%.*s was excused, so it was not in the drum");
	if (slice_is(receipt_drum(r), drum_name(DRUM_REST)))
		return N_("%.*s rested after its last draw, so it was not in the drum");
	switch (r->outcome) {
	case RECEIPT_SELECTED:
		return N_("%.*s was in the drum and was drawn");
	case RECEIPT_UNSTAFFED:
		return N_("%.*s was in the drum and was drawn, but no lawful team was left for it");
	case RECEIPT_RESERVE:
		return N_("%.*s was in the drum and was not drawn; it is number %llu of the reserve");
	case RECEIPT_NONE:
		break;
	}
	return N_("%.*s was in the drum and was not drawn");
}

int
receipt_place(const struct receipt *receipt, struct place_proofs *ret_proofs, struct place_line *ret_line,
    struct err *err)
{
	int rc;

	if (receipt->place.n == 0)
		return err_set(err, ERR_ABSENT, N_("%.*s has no place"), SLICE_ARGS(receipt_id(receipt)));
	rc = place_proofs_parse(receipt->place, ret_proofs, err);
	if (rc != 0)
		return rc;
	rc = place_line_parse(ret_proofs->v[0].line, ret_line, err);
	if (rc != 0)
		place_proofs_release(ret_proofs);
	return rc;
}

/* As in err.c: msgfmt --check compares the catalogue's formats with ours.  A format may leave the number out. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void
put_receipt_place(const struct receipt *receipt, const char *(*tr)(const char *text), struct buf *out)
{
	const char *format = N_("; place %llu, %s, has been in the log since the draw");
	struct place_proofs proofs;
	struct place_line line;
	char visit[SLOT_TEXT];

	if (receipt_place(receipt, &proofs, &line, NULL) != 0)
		return;
	slot_format(line.visit, visit);
	visit[SLOT_DATE_TEXT] = ' ';
	buf_format(out, tr != NULL ? tr(format) : format, (unsigned long long)line.place, visit);
	place_proofs_release(&proofs);
}

void
receipt_words(const struct receipt *receipt, const char *(*tr)(const char *text), struct buf *out)
{
	const char *format = words_format(receipt);

	buf_format(out, tr != NULL ? tr(format) : format, SLICE_ARGS(receipt_id(receipt)),
	    (unsigned long long)receipt->reserve);
	if (receipt->outcome == RECEIPT_SELECTED)
		put_receipt_place(receipt, tr, out);
}

#pragma GCC diagnostic pop

/* ---- compared with a draw ---- */

/* The row's last column must be H(header || LF || line) of the private part, which must have the row's id. */
static int
check_private(const struct receipt *r, struct err *err)
{
	struct slice rest = r->private_row, said = receipt_column(r, ROW_PRIVATE);
	struct hash_stream stream;
	struct hash hash;
	char hex[HASH_HEX + 1];

	hash_begin(&stream);
	hash_add(&stream, r->private_header.p, r->private_header.n);
	hash_add(&stream, "\n", 1);
	hash_add(&stream, r->private_row.p, r->private_row.n);
	hash = hash_end(&stream);
	text_to_hex(hash.b, HASH_BYTES, hex);
	if (!slice_is(said, hex))
		return err_set(err, ERR_REFUSED, N_("its private part hashes to %s, but its row says %.*s"), hex,
		    SLICE_ARGS(said));
	if (!slice_eq(slice_cut(&rest, ','), receipt_id(r)))
		return err_set(err, ERR_REFUSED, N_("its private part is another target's"));
	return 0;
}

static int
check_row(const struct receipt *r, const struct draw_input *input, struct err *err)
{
	struct hash root = {{0}};

	if (!slice_is(r->public_header, roster_targets_header))
		return err_set(err, ERR_REFUSED, N_("its header is not that of targets.csv"));
	if (!text_from_hex(input->commit->targets.root, root.b, HASH_BYTES) || r->rows != input->roster->n_targets ||
	    !merkle_audit_holds(hash_leaf(r->public_row), r->index, r->rows, r->path, r->path_len, root))
		return err_set(err, ERR_REFUSED,
		    N_("its row is not in the drum of draw %llu: its path does not lead to the committed root"),
		    (unsigned long long)r->n);
	return check_private(r, err);
}

static int
check_place_proof(const struct receipt *r, const struct draw_input *input, const struct draw *draw, struct err *err)
{
	struct receipt right = {.index = r->index};
	struct buf proof;
	int rc;

	buf_init(&proof, PLACE_PROOFS_MAX);
	rc = receipt_add_place(input, draw, &right, &proof, err);
	if (rc == 0 && !slice_eq(r->place, right.place))
		rc = err_set(err, ERR_REFUSED, N_("its place is another: draw %llu has %.*s"), (unsigned long long)r->n,
		    SLICE_ARGS(right.place));
	buf_release(&proof);
	return rc;
}

static bool
same_line(const struct receipt *a, const struct receipt *b)
{
	return slice_eq(a->class, b->class) && a->drum == b->drum && a->take == b->take &&
	    strcmp(a->due, b->due) == 0 && strcmp(a->in, b->in) == 0;
}

int
receipt_check(const struct receipt *receipt, const struct draw_input *input, const struct draw *draw, struct err *err)
{
	const struct receipt *r = receipt;
	unsigned long long n = r->n;
	struct receipt right;
	int rc;

	if (n != input->commit->n || !slice_eq(r->commit, input->commit_hash))
		return err_set(err, ERR_REFUSED,
		    N_("its draw %llu is another: this one's commitment has the hash %.*s"), n,
		    SLICE_ARGS(input->commit_hash));
	rc = check_row(r, input, err);
	if (rc != 0)
		return rc;
	receipt_of(input, draw, (size_t)r->index, &right);
	if (!slice_eq(r->seed, right.seed))
		return err_set(err, ERR_REFUSED, N_("its seed is another: draw %llu has %.*s"), n,
		    SLICE_ARGS(right.seed));
	if (strcmp(r->ticket, right.ticket) != 0)
		return err_set(err, ERR_REFUSED, N_("its ticket is another: draw %llu gives %.*s \"%s\""), n,
		    SLICE_ARGS(receipt_id(r)), right.ticket);
	if (!same_line(r, &right))
		return err_set(err, ERR_REFUSED, N_("the line of its class \"%.*s\" was drawn elsewhere in draw %llu"),
		    SLICE_ARGS(right.class), n);
	if (r->outcome != right.outcome || r->reserve != right.reserve)
		return err_set(err, ERR_REFUSED,
		    N_("its outcome is another: that of %.*s is \"%s\", number %llu of the reserve"),
		    SLICE_ARGS(receipt_id(r)), outcome_names[right.outcome], (unsigned long long)right.reserve);
	return check_place_proof(r, input, draw, err);
}
