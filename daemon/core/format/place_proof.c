/* The proofs of places that a letter carries: written, read, and held against the root in the draw's entry. */
#include "core/format/place_proof.h"

#include <stdlib.h>

#include "core/base/array.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/format/merkle.h"
#include "core/format/sealed.h"

/* ---- written ---- */

void
place_proofs_begin(struct buf *out, struct slice key, uint64_t n, struct slice origin)
{
	buf_text(out, "{\"key\":");
	json_put_string(out, key);
	buf_text(out, ",\"n\":");
	buf_uint(out, n);
	buf_text(out, ",\"origin\":");
	json_put_string(out, origin);
	buf_text(out, ",\"places\":[");
}

void
place_proof_put(struct buf *out, uint64_t index, struct slice line, const struct hash *path, size_t path_len,
    uint64_t size)
{
	if (out->len > 0 && out->data[out->len - 1] == '}')
		buf_byte(out, ',');
	buf_text(out, "{\"index\":");
	buf_uint(out, index);
	buf_text(out, ",\"line\":");
	json_put_string(out, line);
	buf_text(out, ",\"path\":[");
	for (size_t i = 0; i < path_len; i++) {
		buf_text(out, i == 0 ? "\"" : ",\"");
		buf_hex(out, path[i].b, HASH_BYTES);
		buf_byte(out, '"');
	}
	buf_text(out, "],\"size\":");
	buf_uint(out, size);
	buf_byte(out, '}');
}

void
place_proofs_end(struct buf *out)
{
	buf_text(out, "],\"type\":\"places\",\"v\":2}");
}

/* ---- read ---- */

/* Proofs being read.  All room is taken beforehand, since each part has a least length. */
struct proofs_reader {
	struct json_reader json;
	struct place_proofs *it;
	char *out; /* where the next unescaped text goes */
	bool bad;  /* JSON of the right keys, but with a value that no proof has */
};

#define PROOF_LEAST (sizeof "{\"index\":0,\"line\":\"\",\"path\":[],\"size\":1}" - 1)

static struct slice
read_proof_text(struct proofs_reader *r, const char *key)
{
	struct slice s;

	json_key(&r->json, key);
	s = json_string(&r->json);
	s = (struct slice){r->out, json_unescape(s, r->out)};
	r->out += s.n;
	return s;
}

static uint64_t
read_proof_number(struct proofs_reader *r, const char *key)
{
	json_key(&r->json, key);
	return json_uint(&r->json);
}

static size_t
read_proof_path(struct proofs_reader *r)
{
	size_t n = 0;

	json_key(&r->json, "path");
	json_begin(&r->json, '[');
	while (!r->bad && json_more(&r->json)) {
		struct slice s = json_plain(&r->json);

		r->bad = n == PLACE_PATH_MAX || !text_is_hex(s, HASH_HEX);
		if (r->bad || !text_from_hex(s, r->it->hashes[r->it->n_hashes].b, HASH_BYTES))
			break;
		r->it->n_hashes++;
		n++;
	}
	json_end(&r->json, ']');
	return n;
}

static void
read_proof(struct proofs_reader *r, struct slice key, uint64_t n, struct slice origin)
{
	struct place_proof p = {.key = key, .n = n, .origin = origin, .path = r->it->n_hashes};

	json_begin(&r->json, '{');
	p.index = read_proof_number(r, "index");
	p.line = read_proof_text(r, "line");
	p.path_len = read_proof_path(r);
	p.size = read_proof_number(r, "size");
	json_end(&r->json, '}');
	r->bad |= p.index >= CHOSEN_SEATS_MAX || p.size == 0 || p.size > CHOSEN_SEATS_MAX;
	if (!r->bad && !r->json.bad)
		r->it->v[r->it->n++] = p;
}

static void
read_document(struct proofs_reader *r)
{
	struct slice key, origin;
	uint64_t n;

	json_begin(&r->json, '{');
	key = read_proof_text(r, "key");
	n = read_proof_number(r, "n");
	origin = read_proof_text(r, "origin");
	r->bad |= n == 0;
	json_key(&r->json, "places");
	json_begin(&r->json, '[');
	while (!r->bad && json_more(&r->json))
		read_proof(r, key, n, origin);
	json_end(&r->json, ']');
	r->bad |= !slice_is(read_proof_text(r, "type"), "places");
	r->bad |= read_proof_number(r, "v") != PROTOCOL_VERSION;
	json_end(&r->json, '}');
}

/* Whether the line is a document or a PROOF of the right form. */
static bool
read_proofs_line(struct proofs_reader *r, struct slice line)
{
	json_open(&r->json, line);
	if (line.n > 7 && memcmp(line.p, "{\"key\":", 7) == 0)
		read_document(r);
	else
		read_proof(r, (struct slice){NULL, 0}, 0, (struct slice){NULL, 0});
	return !r->bad && json_done(&r->json);
}

static struct slice
trim_line(struct slice s)
{
	while (s.n > 0 && memchr(" \t\r", s.p[0], 3) != NULL)
		s = (struct slice){s.p + 1, s.n - 1};
	while (s.n > 0 && memchr(" \t\r", s.p[s.n - 1], 3) != NULL)
		s.n--;
	return s;
}

int
place_proofs_parse(struct slice bytes, struct place_proofs *ret_proofs, struct err *err)
{
	struct slice rest = bytes;
	struct place_proofs it = {.n = 0};
	bool right = true;

	if (bytes.n > PLACE_PROOFS_MAX)
		return err_set(err, ERR_LIMIT, N_("it is larger than %zu bytes, so no letter's proof"),
		    PLACE_PROOFS_MAX);
	it.v = array_new(bytes.n / PROOF_LEAST + 1, sizeof *it.v);
	it.hashes = array_new(bytes.n / HASH_HEX + 1, sizeof *it.hashes);
	it.text = malloc(bytes.n + 1);
	if (it.v == NULL || it.hashes == NULL || it.text == NULL) {
		place_proofs_release(&it);
		return err_memory(err);
	}
	while (right && rest.n > 0) {
		struct proofs_reader r = {.it = &it, .out = it.text + (rest.p - bytes.p)};
		struct slice line = trim_line(slice_cut(&rest, '\n'));

		right = line.n == 0 || read_proofs_line(&r, line);
	}
	if (!right || it.n == 0) {
		place_proofs_release(&it);
		return err_set(err, ERR_REFUSED,
		    N_("it has not the form of a letter's attachment places-….json, or of one "
		       "{\"index\":…,\"line\":…,\"path\":[…],\"size\":…} a line"));
	}
	*ret_proofs = it;
	return 0;
}

void
place_proofs_release(struct place_proofs *proofs)
{
	if (proofs == NULL)
		return;
	free(proofs->v);
	free(proofs->hashes);
	free(proofs->text);
	*proofs = (struct place_proofs){.n = 0};
}

bool
place_proof_leads_to(const struct place_proofs *proofs, const struct place_proof *p, struct slice root)
{
	struct hash hash;

	return text_is_hex(root, HASH_HEX) && text_from_hex(root, hash.b, HASH_BYTES) &&
	    merkle_audit_holds(hash_leaf(p->line), p->index, p->size, proofs->hashes + p->path, p->path_len, hash);
}

/* ---- a place's line ---- */

static struct slice
read_place_text(struct json_reader *r, const char *key)
{
	json_key(r, key);
	return json_plain(r);
}

static bool
read_team(struct json_reader *r, struct place_line *ret)
{
	bool right = true;

	json_key(r, "team");
	json_begin(r, '[');
	while (right && json_more(r)) {
		struct slice id = json_plain(r);

		right = ret->seats < TEAM_MAX && text_is_id(id);
		if (right)
			ret->team[ret->seats++] = id;
	}
	json_end(r, ']');
	return right && ret->seats > 0;
}

int
place_line_parse(struct slice line, struct place_line *ret_line, struct err *err)
{
	struct place_line it = {.n = 0};
	struct json_reader r;
	bool right;

	json_open(&r, line);
	json_begin(&r, '{');
	json_key(&r, "n");
	it.n = json_uint(&r);
	it.nonce = read_place_text(&r, "nonce");
	json_key(&r, "place");
	it.place = json_uint(&r);
	it.target = read_place_text(&r, "target");
	right = read_team(&r, &it);
	right = slot_parse(read_place_text(&r, "visit"), &it.visit) && right;
	json_end(&r, '}');
	right = right && json_done(&r) && it.n > 0 && text_is_hex(it.nonce, NONCE_HEX) && text_is_id(it.target);
	if (!right)
		return err_set(err, ERR_REFUSED, N_("its line is not the canonical line of a place"));
	*ret_line = it;
	return 0;
}
