/*
 * The input is a request to a witness, of either kind.  It cosigns only what the example's log signed, from the size
 * that it remembers.  It gives a beacon only for a commitment that names this witness and that it has cosigned.
 */
#include "fuzz.h"

#include <sodium.h>

#include "core/log/cosigned.h"
#include "core/log/witness.h"

#define LOG "spotcheck.example.org+76906848+Ac37rag65NSTsskiIQR22DQsAOFRrZIuTS4qimOpqo9f"
#define WITNESS "witness1.example.org+b257552d+BPck7Ua4dLPhmJVWe2MJG+7FPf0ffZ5EmxoPjVCX221W"

static const char *const files[] = {"draws/0001/commit.checkpoint", "draws/0001/outcome.checkpoint",
    "draws/0002/commit.checkpoint", "draws/0002/outcome.checkpoint", "draws/0003/commit.checkpoint",
    "draws/0003/outcome.checkpoint", "checkpoint"};

#define N_FILES (sizeof files / sizeof files[0])

struct example {
	struct note note;
	struct checkpoint checkpoint;
};

/* All that the example's log signed, the oldest first. */
static const struct example *
examples(void)
{
	static struct example all[N_FILES];

	for (size_t i = 0; i < N_FILES && all[i].note.text.p == NULL; i++)
		FUZZ_CHECK(note_parse(fuzz_example(files[i]), &all[i].note, NULL) == 0 &&
		    checkpoint_parse(all[i].note.text, &all[i].checkpoint, NULL) == 0);
	return all;
}

/* The checkpoint whose bytes are exactly this text; NULL: none. */
static const struct checkpoint *
signed_as(struct slice text)
{
	for (size_t i = 0; i < N_FILES; i++)
		if (slice_eq(examples()[i].note.text, text))
			return &examples()[i].checkpoint;
	return NULL;
}

/* Every refusal has a reason, and its status is one of those that there are. */
static void
check_answer(enum witness_answer answer, const struct err *err)
{
	FUZZ_CHECK((answer == WITNESS_YES) == (err->message[0] == '\0'));
	FUZZ_CHECK(answer == WITNESS_YES || answer == WITNESS_BAD_REQUEST || answer == WITNESS_NOT_SIGNED ||
	    answer == WITNESS_UNKNOWN_LOG || answer == WITNESS_CONFLICT || answer == WITNESS_NO_PROOF ||
	    answer == WITNESS_TOO_EARLY);
}

/* Asks a witness that knows the oldest checkpoint, one that knows none, and one that does not know the log. */
static void
add_checkpoint(const struct witness_request *r, struct slice bytes)
{
	const struct checkpoint *known = &examples()[0].checkpoint, *was = signed_as(r->note.text);
	struct witness_log none = {.vkey = slice_of(LOG)},
	                   log = {.vkey = slice_of(LOG), .size = known->size, .root = known->root};
	struct err err = {.code = 0}, again = {.code = 0};
	enum witness_answer answer;
	struct buf out;

	buf_init(&out, 2 * bytes.n + 64);
	witness_request_write(r->old, r->proof, r->n_proof, r->bytes, &out);
	FUZZ_CHECK(!out.failed && slice_eq(buf_view(&out), bytes));
	buf_release(&out);
	answer = witness_judge(r, &log, &err);
	check_answer(answer, &err);
	if (answer == WITNESS_YES)
		FUZZ_CHECK(was != NULL && r->old == known->size && was->size >= known->size);
	answer = witness_judge(r, &none, &again);
	check_answer(answer, &again);
	if (answer == WITNESS_YES)
		FUZZ_CHECK(was != NULL && r->old == 0 && r->n_proof == 0);
	FUZZ_CHECK(witness_judge(r, NULL, NULL) == WITNESS_UNKNOWN_LOG);
}

/* The example's commitments name another beacon. */
static void
give_beacon(const struct witness_beacon_request *r, struct slice bytes)
{
	struct witness_log log = {.vkey = slice_of(LOG)};
	char hash[HASH_HEX + 1] = "";
	struct err err = {.code = 0};
	enum witness_answer answer;
	struct buf out;
	uint64_t n = 0;

	buf_init(&out, 2 * bytes.n + 64);
	witness_beacon_write(r->index, r->path, r->n_path, r->entry, r->bytes, &out);
	FUZZ_CHECK(!out.failed && slice_eq(buf_view(&out), bytes));
	buf_release(&out);
	answer = witness_beacon_judge(r, &log, slice_of(WITNESS), INT64_MAX, &n, hash, &err);
	check_answer(answer, &err);
	FUZZ_CHECK(answer != WITNESS_YES && n == 0 && hash[0] == '\0');
}

/* Any commitment, cosigned by anybody at any time. */
static void
allow_beacon(const struct witness_beacon_request *r)
{
	struct err err = {.code = 0};
	struct commit commit;
	int64_t time;

	if (commit_parse(r->entry, &commit, &time, NULL) != 0)
		return;
	check_answer(witness_beacon_allowed(&commit, &r->note, slice_of(WITNESS), commit.draw_time, &err), &err);
	if (err.message[0] == '\0')
		FUZZ_CHECK(commit.beacon.source == SOURCE_WITNESS && slice_is(commit.beacon.key, WITNESS) &&
		    signed_as(r->note.text) != NULL);
	commit_release(&commit);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct witness_beacon_request *beacon = malloc(sizeof *beacon);
	struct witness_request *request = malloc(sizeof *request);
	struct slice bytes = {(const char *)data, size};

	FUZZ_CHECK(sodium_init() >= 0 && beacon != NULL && request != NULL);
	if (witness_request_parse(bytes, request, NULL) == 0)
		add_checkpoint(request, bytes);
	if (witness_beacon_parse(bytes, beacon, NULL) == 0) {
		give_beacon(beacon, bytes);
		allow_beacon(beacon);
	}
	free(request);
	free(beacon);
	return 0;
}
