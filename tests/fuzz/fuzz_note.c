/* The input is a signed note, a checkpoint or a verifier key: only what the example's log signed is verified. */
#include "fuzz.h"

#include <sodium.h>

#include "core/format/note.h"

static const char *const signed_files[] = {"checkpoint", "draws/0001/commit.checkpoint",
    "draws/0001/outcome.checkpoint", "draws/0002/commit.checkpoint", "draws/0002/outcome.checkpoint",
    "draws/0003/commit.checkpoint", "draws/0003/outcome.checkpoint"};

#define N_SIGNED (sizeof signed_files / sizeof signed_files[0])

/* Of the keys of the example, the log's first. */
static const char *const keys[] = {"spotcheck.example.org+76906848+Ac37rag65NSTsskiIQR22DQsAOFRrZIuTS4qimOpqo9f",
    "witness1.example.org+b257552d+BPck7Ua4dLPhmJVWe2MJG+7FPf0ffZ5EmxoPjVCX221W",
    "witness2.example.org+b145f9ab+BKy+WaxPX/wEDsJAcatzJiNxDizKK9cR8qgMYn7h9jEE"};

static bool
was_signed(struct slice text)
{
	static struct slice files[N_SIGNED];

	for (size_t i = 0; i < N_SIGNED; i++) {
		if (files[i].p == NULL)
			files[i] = fuzz_example(signed_files[i]);
		if (files[i].n > text.n && memcmp(files[i].p, text.p, text.n) == 0)
			return true;
	}
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = {(const char *)data, size};
	struct checkpoint checkpoint;
	struct note_key key;
	struct note note;
	struct buf text;
	uint64_t time;

	FUZZ_CHECK(sodium_init() >= 0);
	(void)note_key_parse(bytes, &key, NULL);
	if (note_parse(bytes, &note, NULL) != 0)
		return 0;
	FUZZ_CHECK(note.text.n > 0 && note.text.p[note.text.n - 1] == '\n' && note.n_signatures <= NOTE_SIGNATURES_MAX);
	if (checkpoint_parse(note.text, &checkpoint, NULL) == 0) {
		buf_init(&text, 2 * size + 128);
		checkpoint_text(&checkpoint, &text);
		FUZZ_CHECK(!text.failed && slice_eq(buf_view(&text), note.text));
		buf_release(&text);
	}
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		FUZZ_CHECK(note_key_parse(slice_of(keys[i]), &key, NULL) == 0);
		if ((i == 0 ? note_verify(&note, &key) : note_verify_cosignature(&note, &key, &time)) == NOTE_TRUE)
			FUZZ_CHECK(was_signed(note.text));
	}
	return 0;
}
