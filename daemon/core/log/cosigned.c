/* Reads a draw's checkpoints, counts who cosigned them in time, and says which class of assurance the draw has. */
#include "core/log/cosigned.h"

#include <stdio.h>
#include <stdlib.h>

void
draw_path(uint64_t n, const char *name, char ret_path[static DRAW_PATH_MAX])
{
	(void)snprintf(ret_path, DRAW_PATH_MAX, "draws/%04llu%s%s", (unsigned long long)n, *name == '\0' ? "" : "/",
	    name);
}

/* Verifies one witness's cosignature on a note.  `ret_time` means something only with NOTE_TRUE. */
static enum note_verdict
verify_witness(const struct note *note, struct slice key_text, int64_t *ret_time)
{
	struct note_key key;
	uint64_t time = 0;
	enum note_verdict verdict;

	if (note_key_parse(key_text, &key, NULL) != 0)
		return NOTE_ABSENT;
	verdict = note_verify_cosignature(note, &key, &time);
	*ret_time = (int64_t)time; /* below INTEGER_LIMIT */
	return verdict;
}

static int
refuse_false_cosignature(const char *name, struct slice key, struct err *err)
{
	return err_set(err, ERR_REFUSED, N_("%s: the cosignature of %.*s is false"), name, SLICE_ARGS(key));
}

void
cosigned_release(struct cosigned *cosigned)
{
	free(cosigned->both);
	cosigned->both = NULL;
}

/* ---- the main checkpoint ---- */

int
cosigned_main(const struct log *log, const struct sequence *s, bool *ret_cosigned, struct err *err)
{
	struct witnesses w = sequence_witnesses(s, log->checkpoint.size);

	*ret_cosigned = false;
	for (size_t i = 0; i < w.n; i++) {
		int64_t time = 0;
		enum note_verdict verdict = verify_witness(&log->note, w.keys[i], &time);

		if (verdict == NOTE_FALSE)
			return refuse_false_cosignature("checkpoint", w.keys[i], err);
		*ret_cosigned = *ret_cosigned || verdict == NOTE_TRUE;
	}
	return 0;
}

static int
compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x < y) - (x > y); /* the latest first */
}

int
cosigned_reached(const struct log *log, const struct witnesses *w, int64_t *ret_time, struct err *err)
{
	int64_t *times = malloc((w->n + 1) * sizeof *times);
	size_t n = 0;

	if (times == NULL)
		return err_memory(err);
	for (size_t i = 0; i < w->n; i++)
		if (verify_witness(&log->note, w->keys[i], &times[n]) == NOTE_TRUE)
			n++;
	qsort(times, n, sizeof *times, compare_times);
	*ret_time = cosigned_majority(n, w->n) ? times[w->n / 2] : COSIGNED_NEVER;
	free(times);
	return 0;
}

/* Amendments made before a reveal stand under the same checkpoint (PROTOCOL 4): this one must not part them. */
static int
check_parts_no_reveal(const struct log *log, uint64_t size, const char *name, struct err *err)
{
	const struct entry *next = size < log->n_entries ? &log->entries[size].entry : NULL;

	if (next == NULL || next->type != ENTRY_AMEND || !next->amend.before_reveal)
		return 0;
	return err_set(err, ERR_REFUSED, N_("%s: it parts a reveal from the amendments made before it"), name);
}

/* ---- checkpoints of archive entries ---- */

static bool
is_within_a_day(int64_t time, int64_t of)
{
	return time >= of - DAY_S && time <= of + DAY_S;
}

int
cosigned_archive(const struct log *log, const struct sequence *s, size_t index, const struct published *dir,
    bool *ret_in_time, uint64_t *ret_size, struct err *err)
{
	struct witnesses w = sequence_witnesses(s, index + 1);
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	struct checkpoint checkpoint = {.size = 0};
	char path[DRAW_PATH_MAX];
	size_t in_time = 0;
	struct note note;
	struct buf bytes;
	int rc;

	*ret_in_time = false;
	*ret_size = 0;
	buf_init(&bytes, NOTE_MAX);
	(void)snprintf(path, sizeof path, "archive/%04zu.checkpoint", index);
	rc = dir->read(dir->ctx, path, &bytes, err);
	if (rc == 0) {
		rc = log_check_checkpoint(log, buf_view(&bytes), index, &note, &checkpoint, &why);
		if (rc != 0)
			err_set(err, rc, N_("%s: %s"), path, why.message);
		else
			rc = check_parts_no_reveal(log, checkpoint.size, path, err);
	}
	for (size_t i = 0; rc == 0 && i < w.n; i++) {
		int64_t time = 0;
		enum note_verdict verdict = verify_witness(&note, w.keys[i], &time);

		if (verdict == NOTE_FALSE)
			rc = refuse_false_cosignature(path, w.keys[i], err);
		if (verdict == NOTE_TRUE) {
			in_time += is_within_a_day(time, log->entries[index].entry.time);
			*ret_size = checkpoint.size;
		}
	}
	*ret_in_time = rc == 0 && cosigned_majority(in_time, w.n);
	buf_release(&bytes);
	return rc;
}

/* ---- a draw's checkpoints ---- */

struct draw_checkpoint {
	const struct log *log;
	const struct draw_state *d;
	uint64_t n;
	bool outcome;  /* not the commitment's */
	bool *in_time; /* [witnesses] */
};

static void
count_cosigner(const struct draw_checkpoint *x, size_t witness, int64_t time, struct cosigned *ret)
{
	const struct commit *c = &x->log->entries[x->d->commit].entry.commit;
	bool in_time = time <= (x->outcome ? c->draw_time + OUTCOME_DELAY_S : c->draw_time - COMMIT_LEAD_S);

	x->in_time[witness] = in_time;
	if (x->outcome) {
		ret->outcome_in_time += in_time;
		ret->outcome_before_draw += time < c->draw_time;
		return;
	}
	ret->commit_in_time += in_time;
	if (c->beacon.source == SOURCE_WITNESS && slice_eq(c->beacon.key, x->d->witnesses.keys[witness]))
		ret->beacon_key_in_time = in_time;
}

static int
check_draw_checkpoint(const struct draw_checkpoint *x, const struct published *dir, struct cosigned *ret,
    struct err *err)
{
	const char *name = x->outcome ? "outcome.checkpoint" : "commit.checkpoint";
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	struct checkpoint checkpoint;
	char path[DRAW_PATH_MAX];
	struct note note;
	struct buf bytes;
	int rc;

	buf_init(&bytes, NOTE_MAX);
	draw_path(x->n, name, path);
	rc = dir->read(dir->ctx, path, &bytes, err);
	if (rc == 0) {
		rc = log_check_checkpoint(x->log, buf_view(&bytes), x->outcome ? x->d->outcome : x->d->commit, &note,
		    &checkpoint, &why);
		if (rc != 0)
			err_set(err, rc, N_("%s: %s"), name, why.message);
		else
			rc = check_parts_no_reveal(x->log, checkpoint.size, name, err);
	}
	for (size_t i = 0; rc == 0 && i < x->d->witnesses.n; i++) {
		int64_t time = 0;
		enum note_verdict verdict = verify_witness(&note, x->d->witnesses.keys[i], &time);

		if (verdict == NOTE_FALSE)
			rc = refuse_false_cosignature(name, x->d->witnesses.keys[i], err);
		if (verdict == NOTE_TRUE) {
			count_cosigner(x, i, time, ret);
			ret->cosigned_size =
			    checkpoint.size > ret->cosigned_size ? checkpoint.size : ret->cosigned_size;
		}
	}
	buf_release(&bytes);
	return rc;
}

/* How many different witnesses the caller named, and how many of them cosigned both in time. */
static void
count_independent(const struct draw_state *d, const struct trusted *trusted, struct cosigned *ret)
{
	for (size_t i = 0; i < trusted->n; i++) {
		bool again = false;

		for (size_t k = 0; k < i; k++)
			again = again || entry_same_signer(trusted->keys[i], trusted->keys[k]);
		if (again)
			continue;
		ret->independent++;
		for (size_t k = 0; k < d->witnesses.n; k++)
			ret->independent_both += ret->both[k] && slice_eq(trusted->keys[i], d->witnesses.keys[k]);
	}
}

int
cosigned_draw(const struct log *log, const struct sequence *s, size_t index, const struct published *dir,
    const struct trusted *trusted, struct cosigned *ret, struct err *err)
{
	const struct draw_state *d = &s->draws[index];
	bool *outcome = calloc(d->witnesses.n + 1, sizeof *outcome);
	struct draw_checkpoint x = {.log = log, .d = d, .n = index + 1};
	int rc = 0;

	*ret = (struct cosigned){.witnesses = d->witnesses.n};
	ret->both = calloc(d->witnesses.n + 1, sizeof *ret->both);
	if (outcome == NULL || ret->both == NULL)
		rc = err_memory(err);
	if (rc == 0) {
		x.in_time = ret->both;
		rc = check_draw_checkpoint(&x, dir, ret, err);
	}
	if (rc == 0 && d->outcome != SEQUENCE_NONE) {
		x.in_time = outcome;
		x.outcome = true;
		rc = check_draw_checkpoint(&x, dir, ret, err);
	}
	for (size_t i = 0; outcome != NULL && ret->both != NULL && i < d->witnesses.n; i++)
		ret->both[i] = ret->both[i] && outcome[i];
	if (rc == 0)
		count_independent(d, trusted, ret);
	free(outcome);
	return rc;
}

enum assurance
cosigned_assurance(const struct cosigned *c, enum source source, const struct entry *outcome,
    const struct entry *reveal)
{
	bool independent = c->independent > 0 && cosigned_majority(c->independent_both, c->independent);
	bool bound = source != SOURCE_NONE && c->witnesses > 0;

	if (outcome == NULL)
		return bound ? ASSURANCE_PENDING : ASSURANCE_PENDING_C;
	if (outcome->type == ENTRY_VOID && outcome->void_.beacon.p == NULL &&
	    (reveal == NULL || reveal->reveal.beacon.p == NULL))
		return ASSURANCE_NONE;
	if (!bound || !cosigned_majority(c->commit_in_time, c->witnesses) ||
	    !cosigned_majority(c->outcome_in_time, c->witnesses))
		return ASSURANCE_C;
	if (source == SOURCE_DRAND)
		return independent ? ASSURANCE_A_UNRUN : ASSURANCE_A_UNRUN_IF;
	return independent ? ASSURANCE_B : ASSURANCE_B_IF;
}
