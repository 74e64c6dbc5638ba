/*
 * The input is what a letter's reader gives: where it is read, each proof is written with bytes that are read the same
 * again, and none leads to the example's places without being one of their lines.
 */
#include "fuzz_example.h"

#include "core/check/letter.h"
#include "core/draw/place_line.h"
#include "core/format/places_letter.h"

static void
check_proof(const struct place_proofs *proofs, const struct place_proof *p)
{
	static char root[HASH_HEX + 1];
	const struct fuzz_draw *d = fuzz_example_draw();
	struct entry entry = {.type = ENTRY_DRAW};
	struct place_proofs again;
	struct place_line line;
	struct buf out;

	if (root[0] == '\0')
		FUZZ_CHECK(place_lines_root(&d->input, &d->draw, root, NULL) == 0);
	entry.draw.places = slice_of(root);
	buf_init(&out, 2 * PLACE_PROOFS_MAX);
	place_proof_put(&out, p->index, p->line, proofs->hashes + p->path, p->path_len, p->size);
	FUZZ_CHECK(!out.failed && place_proofs_parse(buf_view(&out), &again, NULL) == 0);
	FUZZ_CHECK(again.n == 1 && slice_eq(again.v[0].line, p->line) && again.v[0].path_len == p->path_len);
	place_proofs_release(&again);
	buf_release(&out);
	if (place_line_parse(p->line, &line, NULL) == 0 && letter_place_check(proofs, p, &line, &entry, NULL) == 0)
		FUZZ_CHECK(line.n == 1 && p->index < p->size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size};
	struct place_proofs proofs;
	struct buf found;

	buf_init(&found, size + 1);
	if (places_letter_is(text) && places_letter_find(text, &found))
		text = buf_view(&found);
	if (place_proofs_parse(text, &proofs, NULL) == 0) {
		for (size_t i = 0; i < proofs.n; i++)
			check_proof(&proofs, &proofs.v[i]);
		place_proofs_release(&proofs);
	}
	buf_release(&found);
	return 0;
}
