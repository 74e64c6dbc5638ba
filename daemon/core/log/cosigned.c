/* Reads a draw's checkpoints, counts who cosigned them in time, and says which class of assurance the draw has. */
#include "core/log/cosigned.h"

#include <stdio.h>

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
	*ret_time = time < (uint64_t)INTEGER_LIMIT ? (int64_t)time : INTEGER_LIMIT;
	return verdict;
}

static bool
is_among(struct slice key, const struct slice *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(keys[i], key))
			return true;
	return false;
}

static int
refuse_false_cosignature(const char *name, struct slice key, struct err *err)
{
	return err_set(err, ERR_REFUSED, N_("%s: the cosignature of %.*s is false"), name, SLICE_ARGS(key));
}

/* Checks the cosignatures of the witnesses in force at the checkpoint itself: none may be false. */
static int
check_in_force(const struct sequence *s, const struct note *note, uint64_t size, const char *name, struct cosigned *ret,
    struct err *err)
{
	struct witnesses w = sequence_witnesses(s, size);

	for (size_t i = 0; i < w.n; i++) {
		int64_t time = 0;
		enum note_verdict verdict = verify_witness(note, w.keys[i], &time);

		if (verdict == NOTE_FALSE)
			return refuse_false_cosignature(name, w.keys[i], err);
		if (verdict == NOTE_TRUE) {
			ret->newest = time > ret->newest ? time : ret->newest;
			ret->cosigned_size = size > ret->cosigned_size ? size : ret->cosigned_size;
		}
	}
	return 0;
}

int
cosigned_main(const struct log *log, const struct sequence *s, struct cosigned *ret, struct err *err)
{
	*ret = (struct cosigned){.newest = INT64_MIN};
	return check_in_force(s, &log->note, log->checkpoint.size, "checkpoint", ret, err);
}

/* Calls `each` for every witness in force at the commitment that cosigned this checkpoint.  None may be false. */
static int
count_cosigners(const struct draw_state *d, const struct note *note, const char *name,
    void (*each)(struct cosigned *ret, const struct commit *c, struct slice key, int64_t time), const struct commit *c,
    struct cosigned *ret, struct err *err)
{
	for (size_t i = 0; i < d->witnesses.n; i++) {
		int64_t time = 0;
		enum note_verdict verdict = verify_witness(note, d->witnesses.keys[i], &time);

		if (verdict == NOTE_FALSE)
			return refuse_false_cosignature(name, d->witnesses.keys[i], err);
		if (verdict == NOTE_TRUE) {
			ret->newest = time > ret->newest ? time : ret->newest;
			each(ret, c, d->witnesses.keys[i], time);
		}
	}
	return 0;
}

static void
count_commit_cosigner(struct cosigned *ret, const struct commit *c, struct slice key, int64_t time)
{
	bool in_time = time <= c->draw_time - COMMIT_LEAD_S;

	ret->commit_in_time += in_time;
	if (c->beacon.source == SOURCE_WITNESS && slice_eq(c->beacon.key, key))
		ret->beacon_key_in_time = in_time;
}

static void
count_outcome_cosigner(struct cosigned *ret, const struct commit *c, struct slice key, int64_t time)
{
	(void)key;
	ret->outcome_in_time += time <= c->draw_time + OUTCOME_DELAY_S;
	ret->outcome_before_draw += time < c->draw_time;
}

static int
check_draw_checkpoint(const struct log *log, const struct sequence *s, size_t index, const struct published *dir,
    bool outcome, struct cosigned *ret, struct err *err)
{
	const struct draw_state *d = &s->draws[index];
	const struct commit *c = &log->entries[d->commit].entry.commit;
	const char *name = outcome ? "outcome.checkpoint" : "commit.checkpoint";
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	struct checkpoint checkpoint;
	char path[DRAW_PATH_MAX];
	struct note note;
	struct buf bytes;
	int rc;

	buf_init(&bytes, NOTE_MAX);
	draw_path(index + 1, name, path);
	rc = dir->read(dir->ctx, path, &bytes, err);
	if (rc == 0) {
		rc = log_check_checkpoint(log, buf_view(&bytes), outcome ? d->outcome : d->commit, &note, &checkpoint,
		    &why);
		if (rc != 0)
			err_set(err, rc, N_("%s: %s"), name, why.message);
	}
	if (rc == 0)
		rc = count_cosigners(d, &note, name, outcome ? count_outcome_cosigner : count_commit_cosigner, c, ret,
		    err);
	if (rc == 0)
		rc = check_in_force(s, &note, checkpoint.size, name, ret, err);
	buf_release(&bytes);
	return rc;
}

int
cosigned_draw(const struct log *log, const struct sequence *s, size_t index, const struct published *dir,
    const struct trusted *trusted, struct cosigned *ret, struct err *err)
{
	const struct draw_state *d = &s->draws[index];
	int rc;

	*ret = (struct cosigned){.witnesses = d->witnesses.n, .newest = INT64_MIN};
	for (size_t i = 0; i < d->witnesses.n; i++)
		ret->independent += is_among(d->witnesses.keys[i], trusted->keys, trusted->n);
	rc = check_draw_checkpoint(log, s, index, dir, false, ret, err);
	if (rc == 0 && d->outcome != SEQUENCE_NONE)
		rc = check_draw_checkpoint(log, s, index, dir, true, ret, err);
	return rc;
}

enum assurance
cosigned_assurance(const struct cosigned *c, enum source source, const struct entry *outcome)
{
	bool independent = cosigned_majority(c->independent, c->witnesses);

	if (outcome == NULL)
		return ASSURANCE_PENDING;
	if (outcome->type == ENTRY_VOID && outcome->void_.signature.p == NULL)
		return ASSURANCE_NONE;
	if (source == SOURCE_NONE || c->witnesses == 0 || !cosigned_majority(c->commit_in_time, c->witnesses) ||
	    !cosigned_majority(c->outcome_in_time, c->witnesses))
		return ASSURANCE_C;
	if (source == SOURCE_DRAND)
		return independent ? ASSURANCE_A_UNRUN : ASSURANCE_A_UNRUN_IF;
	return independent ? ASSURANCE_B : ASSURANCE_B_IF;
}
