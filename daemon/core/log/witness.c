/* The requests of a log to its witness, read and written, and what the witness answers to them. */
#include "core/log/witness.h"

#include <sodium.h>

#include "core/base/text.h"
#include "core/format/merkle.h"
#include "core/log/beacon.h"
#include "core/log/cosigned.h"

#define B64 sodium_base64_VARIANT_ORIGINAL
#define HASH_B64 sodium_base64_ENCODED_LEN(HASH_BYTES, B64) /* with its NUL */

/* ---- what both requests have ---- */

/* Reads "WORD NUMBER" in the first line, then hashes up to the empty line.  `rest` gets what follows. */
static int
parse_request_head(struct slice body, const char *word, uint64_t *ret_number, struct hash *hashes, size_t *ret_n,
    struct slice *rest, struct err *err)
{
	struct slice line = slice_cut(&body, '\n'), first = slice_cut(&line, ' ');
	size_t n = 0;

	if (!slice_is(first, word) || line.p == NULL || !text_to_uint(line, ret_number))
		return err_set(err, ERR_REFUSED, N_("the request does not begin with \"%s\" and a number"), word);
	while (body.p != NULL) {
		char again[HASH_B64];
		size_t len = 0;

		line = slice_cut(&body, '\n');
		if (line.n == 0)
			break;
		if (n == WITNESS_PROOF_MAX)
			return err_set(err, ERR_REFUSED, N_("the proof has more than %d hashes"), WITNESS_PROOF_MAX);
		if (line.n != sizeof again - 1 ||
		    sodium_base642bin(hashes[n].b, HASH_BYTES, line.p, line.n, NULL, &len, NULL, B64) != 0 ||
		    len != HASH_BYTES ||
		    memcmp(sodium_bin2base64(again, sizeof again, hashes[n].b, HASH_BYTES, B64), line.p, line.n) != 0)
			return err_set(err, ERR_REFUSED, N_("line %zu of the proof is no hash"), n + 1);
		n++;
	}
	if (body.p == NULL)
		return err_set(err, ERR_REFUSED, N_("the request ends before its checkpoint"));
	*ret_n = n;
	*rest = body;
	return 0;
}

static void
write_request_head(struct buf *out, const char *word, uint64_t number, const struct hash *hashes, size_t n)
{
	char text[HASH_B64];

	buf_text(out, word);
	buf_byte(out, ' ');
	buf_uint(out, number);
	buf_byte(out, '\n');
	for (size_t i = 0; i < n; i++) {
		buf_text(out, sodium_bin2base64(text, sizeof text, hashes[i].b, HASH_BYTES, B64));
		buf_byte(out, '\n');
	}
	buf_byte(out, '\n');
}

static int
parse_checkpoint(struct slice bytes, struct note *note, struct checkpoint *checkpoint, struct err *err)
{
	int rc = note_parse(bytes, note, err);

	return rc != 0 ? rc : checkpoint_parse(note->text, checkpoint, err);
}

/* Whether the log is known and its key has signed the checkpoint. */
static enum witness_answer
judge_signature(const struct note *note, const struct checkpoint *checkpoint, const struct witness_log *log,
    struct err *err)
{
	struct note_key key;

	if (log == NULL) {
		(void)err_set(err, ERR_ABSENT, N_("no log of the name %.*s is known here"),
		    SLICE_ARGS(checkpoint->origin));
		return WITNESS_UNKNOWN_LOG;
	}
	if (note_key_parse(log->vkey, &key, err) == 0 && slice_eq(key.name, checkpoint->origin) &&
	    note_verify(note, &key) == NOTE_TRUE)
		return WITNESS_YES;
	(void)err_set(err, ERR_REFUSED, N_("the checkpoint is not signed by the key of the log %.*s"),
	    SLICE_ARGS(checkpoint->origin));
	return WITNESS_NOT_SIGNED;
}

/* ---- add-checkpoint ---- */

int
witness_request_parse(struct slice body, struct witness_request *ret, struct err *err)
{
	int rc = parse_request_head(body, "old", &ret->old, ret->proof, &ret->n_proof, &ret->bytes, err);

	return rc != 0 ? rc : parse_checkpoint(ret->bytes, &ret->note, &ret->checkpoint, err);
}

void
witness_request_write(uint64_t old, const struct hash *proof, size_t n_proof, struct slice note, struct buf *out)
{
	write_request_head(out, "old", old, proof, n_proof);
	buf_slice(out, note);
}

enum witness_answer
witness_judge(const struct witness_request *r, const struct witness_log *log, struct err *err)
{
	enum witness_answer answer = judge_signature(&r->note, &r->checkpoint, log, err);
	const struct checkpoint *c = &r->checkpoint;
	struct hash before;

	if (answer != WITNESS_YES)
		return answer;
	if (r->old > c->size) {
		(void)err_set(err, ERR_REFUSED, N_("the old size is above the checkpoint's"));
		return WITNESS_BAD_REQUEST;
	}
	if (r->old != log->size) {
		(void)err_set(err, ERR_REFUSED, N_("the checkpoint cosigned last has %llu entries, not %llu"),
		    (unsigned long long)log->size, (unsigned long long)r->old);
		return WITNESS_CONFLICT;
	}
	if (log->size > 0 && c->size == log->size && memcmp(c->root.b, log->root.b, HASH_BYTES) != 0) {
		(void)err_set(err, ERR_REFUSED,
		    N_("a checkpoint of %llu entries was cosigned before, and it was another one: the log is forked"),
		    (unsigned long long)log->size);
		return WITNESS_CONFLICT;
	}
	before = log->size == 0 ? hash_of("", 0) : log->root;
	if (merkle_consistency_holds(log->size, before, c->size, c->root, r->proof, r->n_proof))
		return WITNESS_YES;
	(void)err_set(err, ERR_REFUSED,
	    N_("the proof does not show that the %llu entries cosigned before are the beginning of these %llu"),
	    (unsigned long long)log->size, (unsigned long long)c->size);
	return WITNESS_NO_PROOF;
}

/* ---- beacon ---- */

int
witness_beacon_parse(struct slice body, struct witness_beacon_request *ret, struct err *err)
{
	struct slice rest;
	int rc = parse_request_head(body, "commit", &ret->index, ret->path, &ret->n_path, &rest, err);

	if (rc != 0)
		return rc;
	ret->entry = slice_cut(&rest, '\n');
	if (rest.p == NULL || slice_cut(&rest, '\n').n != 0 || rest.p == NULL)
		return err_set(err, ERR_REFUSED, N_("the request ends before its checkpoint"));
	ret->bytes = rest;
	return parse_checkpoint(rest, &ret->note, &ret->checkpoint, err);
}

void
witness_beacon_write(uint64_t index, const struct hash *path, size_t n_path, struct slice entry, struct slice note,
    struct buf *out)
{
	write_request_head(out, "commit", index, path, n_path);
	buf_slice(out, entry);
	buf_text(out, "\n\n");
	buf_slice(out, note);
}

enum witness_answer
witness_beacon_allowed(const struct commit *commit, const struct note *note, struct slice vkey, int64_t now,
    struct err *err)
{
	unsigned long long n = commit->n;
	char when[TIME_TEXT];
	struct note_key key;
	uint64_t time = 0;

	if (commit->beacon.source != SOURCE_WITNESS || !slice_eq(commit->beacon.key, vkey)) {
		(void)err_set(err, ERR_REFUSED, N_("the beacon of draw %llu is not this witness"), n);
		return WITNESS_NOT_SIGNED;
	}
	if (note_key_parse(vkey, &key, err) != 0 || note_verify_cosignature(note, &key, &time) != NOTE_TRUE ||
	    time > INT64_MAX || (int64_t)time > commit->draw_time - COMMIT_LEAD_S) {
		(void)err_set(err, ERR_REFUSED, N_("this witness has not cosigned the commitment to draw %llu in time"),
		    n);
		return WITNESS_NOT_SIGNED;
	}
	if (now >= commit->draw_time)
		return WITNESS_YES;
	text_from_time(commit->draw_time, when);
	(void)err_set(err, ERR_NOT_YET, N_("not yet possible: the beacon of draw %llu is given from %s on"), n, when);
	return WITNESS_TOO_EARLY;
}

enum witness_answer
witness_beacon_judge(const struct witness_beacon_request *r, const struct witness_log *log, struct slice vkey,
    int64_t now, uint64_t *ret_n, char ret_hash[static HASH_HEX + 1], struct err *err)
{
	enum witness_answer answer = judge_signature(&r->note, &r->checkpoint, log, err);
	struct commit commit;
	int64_t time;

	if (answer != WITNESS_YES)
		return answer;
	if (!merkle_audit_holds(hash_leaf(r->entry), r->index, r->checkpoint.size, r->path, r->n_path,
	        r->checkpoint.root)) {
		(void)err_set(err, ERR_REFUSED, N_("the proof does not lead from the commitment to the checkpoint"));
		return WITNESS_NO_PROOF;
	}
	if (commit_parse(r->entry, &commit, &time, err) != 0)
		return WITNESS_BAD_REQUEST;
	answer = witness_beacon_allowed(&commit, &r->note, vkey, now, err);
	if (answer == WITNESS_YES) {
		*ret_n = commit.n;
		hash_hex(r->entry, ret_hash);
	}
	commit_release(&commit);
	return answer;
}

void
witness_beacon_sign(struct slice commit_hash, const uint8_t secret_key[static 64],
    char ret_hex[static WITNESS_SIGNATURE_HEX])
{
	uint8_t signature[crypto_sign_BYTES];
	char message[BEACON_MESSAGE_MAX];
	size_t len = beacon_message(commit_hash, message);

	ret_hex[0] = '\0';
	if (crypto_sign_detached(signature, NULL, (const uint8_t *)message, len, secret_key) == 0)
		text_to_hex(signature, sizeof signature, ret_hex);
}
