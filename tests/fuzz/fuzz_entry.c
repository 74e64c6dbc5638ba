/* The input is an entry of the log: where it is read, it is written with the same bytes. */
#include "fuzz.h"

#include "core/format/entry.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size};
	struct err err = {0};
	struct entry entry;
	struct buf out;

	if (entry_parse(text, &entry, &err) != 0) {
		FUZZ_CHECK(err.code < 0 && err.message[0] != '\0');
		return 0;
	}
	buf_init(&out, 2 * ENTRY_MAX);
	entry_write(&entry, &out);
	FUZZ_CHECK(!out.failed && slice_eq(buf_view(&out), text));
	if (entry.type == ENTRY_COMMIT) /* what follows from its numbers can be computed, whatever they are */
		for (size_t i = 0; i < entry.commit.n_strata; i++) {
			const struct stratum *s = &entry.commit.strata[i];

			FUZZ_CHECK(commit_stratum(&entry.commit, s->class) == (ptrdiff_t)i);
			for (uint64_t drum = 0; drum <= 100; drum += 25)
				FUZZ_CHECK(stratum_take(s, drum) <= drum);
		}
	buf_release(&out);
	entry_release(&entry);
	return 0;
}
