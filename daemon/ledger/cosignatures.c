/* Cosignatures of this log: verifies a line before it is kept, and writes a checkpoint with all that were kept. */
#include "ledger/cosignatures.h"

#include "core/base/text.h"
#include "core/format/note.h"
#include "ledger/ledger.h"
#include "ledger/policies.h"

#define SERIAL "cosignature_serial" /* in meta */

/* ---- one cosignature ---- */

static int
insert_cosignature(struct store *store, uint64_t size, const char *vkey, int64_t time, struct slice line,
    struct err *err)
{
	struct query q;
	int64_t serial = 0;
	int rc;

	query_open(&q, store, "INSERT OR IGNORE INTO cosignature (size, vkey, time, line) VALUES (?, ?, ?, ?)");
	query_put_int(&q, (int64_t)size);
	query_put_string(&q, vkey);
	query_put_int(&q, time);
	query_put_blob(&q, line.p, line.n);
	query_run(&q);
	rc = query_close(&q, err);
	if (rc == 0)
		rc = cosignatures_serial(store, &serial, err);
	if (rc == 0)
		rc = store_meta_set_int(store, SERIAL, serial + 1, err);
	return rc;
}

int
cosignatures_serial(struct store *store, int64_t *ret_serial, struct err *err)
{
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	int rc;

	*ret_serial = 0;
	rc = store_meta_get_int(store, SERIAL, ret_serial, &why);
	return rc == 0 || rc == ERR_ABSENT ? 0 : err_copy(err, &why);
}

bool
cosignatures_has(struct store *store, uint64_t size, const char *vkey)
{
	struct query q;
	bool has;

	query_open(&q, store, "SELECT 1 FROM cosignature WHERE size = ? AND vkey = ?");
	query_put_int(&q, (int64_t)size);
	query_put_string(&q, vkey);
	has = query_row(&q);
	return query_close(&q, NULL) == 0 && has;
}

/* Exactly one line with its LF, and not an empty one. */
static bool
is_single_line(struct slice line)
{
	return line.n > 1 && line.p[line.n - 1] == '\n' && memchr(line.p, '\n', line.n) == line.p + line.n - 1;
}

/* Verifies the note that the checkpoint `base` and this one line make. */
static enum note_verdict
verify_line(struct slice base, struct slice line, const char *vkey, int64_t *ret_time)
{
	enum note_verdict v = NOTE_ABSENT;
	struct note_key key;
	struct note note;
	struct buf bytes;
	uint64_t time = 0;

	buf_init(&bytes, LEDGER_NOTE_MAX);
	buf_slice(&bytes, base);
	buf_slice(&bytes, line);
	if (!bytes.failed && is_single_line(line) && note_parse(buf_view(&bytes), &note, NULL) == 0 &&
	    note_key_parse(slice_of(vkey), &key, NULL) == 0)
		v = note_verify_cosignature(&note, &key, &time);
	*ret_time = time < (uint64_t)INTEGER_LIMIT ? (int64_t)time : INTEGER_LIMIT;
	buf_release(&bytes);
	return v;
}

static int
keep_cosignature(struct store *store, uint64_t size, const char *vkey, int64_t time, struct slice line, struct err *err)
{
	int rc = store_begin(store, err);

	if (rc == 0)
		rc = insert_cosignature(store, size, vkey, time, line, err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	return rc;
}

static int
wrong_clock(const char *vkey, int64_t time, int64_t now, struct err *err)
{
	char theirs[TIME_TEXT], ours[TIME_TEXT];

	text_from_time(time < INTEGER_LIMIT >> 16 ? time : INTEGER_LIMIT >> 16, theirs);
	text_from_time(now, ours);
	return err_set(err, ERR_REFUSED,
	    N_("the clock of the witness %s is wrong: its cosignature says %s, and here it is %s"), vkey, theirs, ours);
}

int
cosignatures_add(struct store *store, uint64_t size, const char *vkey, struct slice line, int64_t since, int64_t until,
    struct err *err)
{
	struct buf base;
	int64_t time = 0;
	int rc = ledger_checkpoint(store, size, &base, err);

	if (rc != 0)
		return rc;
	switch (verify_line(buf_view(&base), line, vkey, &time)) {
	case NOTE_ABSENT:
		rc = err_set(err, ERR_REFUSED, N_("it is no cosignature by the key %s"), vkey);
		break;
	case NOTE_FALSE:
		rc = err_set(err, ERR_REFUSED,
		    N_("the cosignature of %s is false: it is over another checkpoint, or damaged"), vkey);
		break;
	case NOTE_TRUE:
		if (time < since || time > until)
			rc = wrong_clock(vkey, time, until - WITNESS_CLOCK_S, err);
		break;
	}
	buf_release(&base);
	if (rc != 0 || cosignatures_has(store, size, vkey))
		return rc;
	return keep_cosignature(store, size, vkey, time, line, err);
}

/* ---- lines carried by hand ---- */

/* The witness of the policy whose name and key id the line bears; NULL: none. */
static const struct slice *
witness_of_line(const struct policy *policy, struct slice line)
{
	static const char text[] = "x\n\n"; /* any text: note_parse needs one before the signature */
	struct note note;
	struct note_key key;
	struct buf bytes;
	bool parsed;

	buf_init(&bytes, LEDGER_NOTE_MAX);
	buf_text(&bytes, text);
	buf_slice(&bytes, line);
	parsed = !bytes.failed && note_parse(buf_view(&bytes), &note, NULL) == 0 && note.n_signatures == 1;
	for (size_t i = 0; parsed && i < policy->n; i++)
		if (note_key_parse(policy->witnesses[i], &key, NULL) == 0 &&
		    slice_eq(key.name, note.signatures[0].name) &&
		    memcmp(key.id, note.signatures[0].id, sizeof key.id) == 0) {
			buf_release(&bytes);
			return &policy->witnesses[i];
		}
	buf_release(&bytes);
	return NULL;
}

/* When the newest entry that a checkpoint covers was written. */
static int
checkpoint_time(struct store *store, uint64_t size, int64_t *ret, struct err *err)
{
	struct query q;

	query_open(&q, store, "SELECT time FROM log_entry WHERE idx = ?");
	query_put_int(&q, (int64_t)size - 1);
	if (query_row(&q))
		*ret = query_int(&q, 0);
	return query_close(&q, err);
}

/* The size of the checkpoint that the line signs; tries the newest first. */
static int
find_checkpoint_of(struct store *store, const char *vkey, struct slice line, uint64_t *ret_size, struct err *err)
{
	struct query q;
	int64_t time;
	int rc;

	*ret_size = 0;
	query_open(&q, store, "SELECT size, note FROM log_checkpoint ORDER BY size DESC");
	while (*ret_size == 0 && query_row(&q))
		if (verify_line(query_blob(&q, 1), line, vkey, &time) == NOTE_TRUE)
			*ret_size = (uint64_t)query_int(&q, 0);
	rc = query_close(&q, err);
	if (rc == 0 && *ret_size == 0)
		rc = err_set(err, ERR_REFUSED,
		    N_("the cosignature of %s is over no checkpoint of this log, or damaged"), vkey);
	return rc;
}

static int
add_carried_line(struct store *store, const struct policy *policy, struct slice line, int64_t now, uint64_t *taken,
    struct err *err)
{
	const struct slice *key = witness_of_line(policy, line);
	uint64_t size = 0;
	int64_t since = 0;
	char *vkey;
	int rc;

	if (key == NULL)
		return err_set(err, ERR_REFUSED, N_("\"%.*s\" is no cosignature by a witness in force"),
		    SLICE_ARGS(((struct slice){line.p, line.n - 1})));
	vkey = slice_dup(*key);
	if (vkey == NULL)
		return err_memory(err);
	rc = find_checkpoint_of(store, vkey, line, &size, err);
	if (rc == 0)
		rc = checkpoint_time(store, size, &since, err);
	if (rc == 0 && !cosignatures_has(store, size, vkey)) {
		rc = cosignatures_add(store, size, vkey, line, since - WITNESS_CLOCK_S, now + WITNESS_CLOCK_S, err);
		*taken += rc == 0;
	}
	free(vkey);
	return rc;
}

static const char dash[] = "\xe2\x80\x94 "; /* every signature line of a note begins with it */

/* The log's own signature line, which is in a complete note: its name is the note's first line. */
static bool
is_line_of_log(struct slice bytes, struct slice line)
{
	struct slice rest = bytes, origin = slice_cut(&rest, '\n');
	size_t n = sizeof dash - 1;

	return line.n > n + origin.n && origin.n > 0 && memcmp(line.p + n, origin.p, origin.n) == 0 &&
	    line.p[n + origin.n] == ' ';
}

int
cosignatures_add_any(struct store *store, struct slice bytes, int64_t now, uint64_t *ret_taken, struct err *err)
{
	struct slice rest = bytes;
	struct policy policy;
	uint64_t lines = 0;
	int rc = policy_newest(store, &policy, err);

	*ret_taken = 0;
	while (rc == 0 && rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');

		if (line.n < sizeof dash - 1 || memcmp(line.p, dash, sizeof dash - 1) != 0 || rest.p == NULL)
			continue;
		line.n++; /* with its LF */
		if (is_line_of_log(bytes, line))
			continue;
		lines++;
		rc = add_carried_line(store, &policy, line, now, ret_taken, err);
	}
	policy_release(&policy);
	if (rc == 0 && lines == 0)
		rc = err_set(err, ERR_REFUSED,
		    N_("there is no cosignature in it: a line that begins with a long dash, as \"cosign\" prints it"));
	return rc;
}

/* ---- the cosignatures of a published checkpoint ---- */

/* The line of a note that is a true cosignature by this key; p NULL: none is. */
static struct slice
find_line_of_key(struct slice note, struct slice base, const char *vkey, int64_t *ret_time)
{
	struct slice rest = note;

	while (rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');

		if (rest.p == NULL)
			break;
		line.n++;
		if (verify_line(base, line, vkey, ret_time) == NOTE_TRUE)
			return line;
	}
	return (struct slice){NULL, 0};
}

static int
adopt_of_policy(struct store *store, uint64_t size, struct slice note, struct slice base, const struct policy *policy,
    struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < policy->n; i++) {
		char *vkey = slice_dup(policy->witnesses[i]);
		struct slice line;
		int64_t time = 0;

		if (vkey == NULL)
			return err_memory(err);
		line = find_line_of_key(note, base, vkey, &time);
		if (line.p != NULL)
			rc = insert_cosignature(store, size, vkey, time, line, err);
		free(vkey);
	}
	return rc;
}

int
cosignatures_adopt(struct store *store, uint64_t size, struct slice note, struct err *err)
{
	struct query q;
	struct buf base;
	int rc = ledger_checkpoint(store, size, &base, err), closed;

	if (rc != 0)
		return rc;
	query_open(&q, store, "SELECT entry FROM policy ORDER BY entry");
	while (rc == 0 && query_row(&q)) {
		struct policy policy;

		rc = policy_at(store, (uint64_t)query_int(&q, 0), &policy, err);
		if (rc == 0)
			rc = adopt_of_policy(store, size, note, buf_view(&base), &policy, err);
		policy_release(&policy);
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	buf_release(&base);
	return rc != 0 ? rc : closed;
}

/* ---- the note to publish ---- */

int
cosignatures_note(struct store *store, uint64_t size, struct buf *ret_note, struct err *err)
{
	struct query q;
	int rc = ledger_checkpoint(store, size, ret_note, err);

	if (rc != 0)
		return rc;
	query_open(&q, store, "SELECT line FROM cosignature WHERE size = ? ORDER BY time, vkey");
	query_put_int(&q, (int64_t)size);
	while (query_row(&q))
		buf_slice(ret_note, query_blob(&q, 0));
	rc = query_close(&q, err);
	if (rc == 0 && ret_note->failed)
		rc = err_memory(err);
	if (rc != 0)
		buf_release(ret_note);
	return rc;
}
