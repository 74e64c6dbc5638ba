/* Codes that stand for ids, units and areas in what is published: gives them, and looks them up both ways. */
#include "rosters/codes.h"

#include <sodium.h>

#include "core/base/text.h"

#define GROUP 4   /* digits between hyphens */
#define DIGITS 12 /* of 5 bits each */
#define AT_ONCE 4096

_Static_assert(DIGITS + DIGITS / GROUP + 2 == CODE_TEXT, "letter, hyphens, digits, NUL");
_Static_assert(DIGITS <= crypto_generichash_BYTES_MIN, "a byte of the hash for each digit");

static const char *const kind_names[CODE_KINDS] = {"target", "inspector", "unit", "area"};
static const char kind_letters[CODE_KINDS + 1] = "TIUA";
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const char *
code_kind_name(enum code_kind kind)
{
	return kind_names[kind];
}

/* ---- a code ---- */

/*
 * BLAKE2b, keyed, over kind, value and attempt.  `attempt` counts from 0: two values may meet in one code, which among
 * ten million happens once in some twenty thousand states.
 */
static void
make_code(const uint8_t key[static CODE_KEY], enum code_kind kind, struct slice own, unsigned attempt,
    char ret_code[static CODE_TEXT])
{
	unsigned char head[2] = {(unsigned char)kind, (unsigned char)attempt}, hash[crypto_generichash_BYTES_MIN];
	crypto_generichash_state state;
	size_t n = 0;

	(void)crypto_generichash_init(&state, key, CODE_KEY, crypto_generichash_BYTES_MIN);
	(void)crypto_generichash_update(&state, head, sizeof head);
	(void)crypto_generichash_update(&state, (const unsigned char *)own.p, own.n);
	(void)crypto_generichash_final(&state, hash, sizeof hash);
	ret_code[n++] = kind_letters[kind];
	for (size_t i = 0; i < DIGITS; i++) {
		if (i % GROUP == 0)
			ret_code[n++] = '-';
		ret_code[n++] = digits[hash[i] & 31];
	}
	ret_code[n] = '\0';
}

/* ---- giving ---- */

/* What the rosters hold of each kind: `v`, each value once. */
static const char *const sources[CODE_KINDS] = {
    "SELECT id AS v FROM target",
    "SELECT id AS v FROM inspector",
    "SELECT DISTINCT unit AS v FROM target UNION SELECT unit FROM inspector",
    "SELECT DISTINCT area AS v FROM target UNION SELECT area FROM inspector",
};

/* Appends up to AT_ONCE values after `last` that have no code yet, one to a line. */
static int
read_uncoded(struct store *store, enum code_kind kind, struct slice last, struct buf *out, struct err *err)
{
	char sql[384];
	struct query q;
	int rc;

	(void)snprintf(sql, sizeof sql,
	    "SELECT v FROM (%s) WHERE v > ?1 AND NOT EXISTS"
	    " (SELECT 1 FROM public_id c WHERE c.kind = ?2 AND c.own = v) ORDER BY v LIMIT %d",
	    sources[kind], AT_ONCE);
	query_open(&q, store, sql);
	query_put_text(&q, last);
	query_put_string(&q, kind_names[kind]);
	while (query_row(&q)) {
		buf_slice(out, query_text(&q, 0));
		buf_byte(out, '\n');
	}
	rc = query_close(&q, err);
	return rc == 0 && out->failed ? err_memory(err) : rc;
}

static bool
insert_code(struct query *insert, const uint8_t key[static CODE_KEY], enum code_kind kind, struct slice own)
{
	char code[CODE_TEXT];

	for (unsigned attempt = 0; attempt < UINT8_MAX; attempt++) {
		make_code(key, kind, own, attempt, code);
		query_put_string(insert, kind_names[kind]);
		query_put_text(insert, own);
		query_put_string(insert, code);
		if (!query_run(insert))
			return false;
		if (sqlite3_changes(store_db(insert->store)) > 0)
			break;
	}
	return true;
}

static int
give_kind(struct store *store, const uint8_t key[static CODE_KEY], enum code_kind kind, bool *ret_new, struct err *err)
{
	struct buf values, last;
	struct query insert;
	size_t n = AT_ONCE;
	int rc = 0, closed;

	buf_init(&values, (size_t)AT_ONCE * (TEXT_MAX + 1));
	buf_init(&last, TEXT_MAX);
	query_open(&insert, store, "INSERT OR IGNORE INTO public_id (kind, own, code) VALUES (?, ?, ?)");
	while (rc == 0 && n == AT_ONCE) {
		struct slice rest;

		buf_clear(&values);
		rc = read_uncoded(store, kind, buf_view(&last), &values, err);
		rest = buf_view(&values);
		for (n = 0; rc == 0 && rest.n > 0; n++) {
			struct slice own = slice_cut(&rest, '\n');

			if (!insert_code(&insert, key, kind, own))
				break;
			buf_clear(&last);
			buf_slice(&last, own);
			*ret_new = true;
		}
	}
	closed = query_close(&insert, rc == 0 ? err : NULL);
	buf_release(&last);
	buf_release(&values);
	return rc != 0 ? rc : closed;
}

/*
 * A recovered state knows the years that commitments fixed by the codes of their targets alone.  Once a code has its
 * target again, so has the year.
 */
static int
return_since(struct store *store, struct err *err)
{
	int rc = store_exec(store,
	    "INSERT OR IGNORE INTO target_since (target, since) SELECT c.own, s.since FROM target_since s"
	    " JOIN public_id c ON c.kind = 'target' AND c.code = s.target",
	    err);

	if (rc == 0)
		rc = store_exec(store,
		    "UPDATE target SET since = s.since FROM target_since s WHERE s.target = target.id"
		    " AND s.since <> target.since",
		    err);
	return rc;
}

int
codes_give(struct store *store, const uint8_t key[static CODE_KEY], struct err *err)
{
	bool new_targets = false, any;
	int rc = give_kind(store, key, CODE_TARGET, &new_targets, err);

	for (int kind = CODE_INSPECTOR; rc == 0 && kind < CODE_KINDS; kind++)
		rc = give_kind(store, key, (enum code_kind)kind, &any, err);
	return rc == 0 && new_targets ? return_since(store, err) : rc;
}

/* ---- looking up ---- */

void
codes_open(struct codes *codes, struct store *store)
{
	query_open(&codes->by_own, store, "SELECT code FROM public_id WHERE kind = ? AND own = ?");
	query_open(&codes->by_code, store, "SELECT own FROM public_id WHERE kind = ? AND code = ?");
}

int
codes_close(struct codes *codes, struct err *err)
{
	int rc = query_close(&codes->by_own, err), closed = query_close(&codes->by_code, rc == 0 ? err : NULL);

	return rc != 0 ? rc : closed;
}

static struct slice
find_code_row(struct query *q, enum code_kind kind, struct slice text)
{
	query_reset(q);
	query_put_string(q, kind_names[kind]);
	query_put_text(q, text);
	return query_row(q) ? query_text(q, 0) : (struct slice){NULL, 0};
}

struct slice
codes_code(struct codes *codes, enum code_kind kind, struct slice own)
{
	return find_code_row(&codes->by_own, kind, own);
}

struct slice
codes_own(struct codes *codes, enum code_kind kind, struct slice code)
{
	return find_code_row(&codes->by_code, kind, code);
}

/* The kind of the code that `text` begins with, or CODE_KINDS. */
static int
code_at(struct slice text)
{
	const char *letter = text.n < CODE_TEXT - 1 ? NULL : memchr(kind_letters, text.p[0], CODE_KINDS);

	if (letter == NULL)
		return CODE_KINDS;
	for (size_t i = 1; i < CODE_TEXT - 1; i++) {
		bool hyphen = (i - 1) % (GROUP + 1) == 0;

		if (hyphen ? text.p[i] != '-' : memchr(digits, text.p[i], sizeof digits - 1) == NULL)
			return CODE_KINDS;
	}
	return (int)(letter - kind_letters);
}

int
codes_put_plain(struct store *store, struct slice text, struct buf *out, struct err *err)
{
	struct codes codes;
	int rc;

	codes_open(&codes, store);
	while (text.n > 0) {
		int kind = code_at(text);
		struct slice own = {NULL, 0};

		if (kind < CODE_KINDS)
			own = codes_own(&codes, (enum code_kind)kind, (struct slice){text.p, CODE_TEXT - 1});
		if (own.p != NULL)
			buf_slice(out, own);
		else
			buf_byte(out, text.p[0]);
		text.p += own.p != NULL ? CODE_TEXT - 1 : 1;
		text.n -= own.p != NULL ? CODE_TEXT - 1 : 1;
	}
	rc = codes_close(&codes, err);
	return rc == 0 && out->failed ? err_memory(err) : rc;
}

int
codes_put_own(struct store *store, enum code_kind kind, struct slice code, struct buf *out, struct err *err)
{
	struct codes codes;
	struct slice own;
	int rc;

	codes_open(&codes, store);
	own = codes_own(&codes, kind, code);
	buf_slice(out, own.p != NULL ? own : code);
	rc = codes_close(&codes, err);
	return rc == 0 && out->failed ? err_memory(err) : rc;
}

int
codes_any(struct store *store, bool *ret_any, struct err *err)
{
	int64_t any = 0;
	int rc = store_int(store, "SELECT EXISTS (SELECT 1 FROM public_id)", &any, err);

	*ret_any = any != 0;
	return rc;
}
