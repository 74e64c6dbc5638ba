/* The input is a sealed.json: where it is read, it is written with the same bytes and keeps its limits. */
#include "fuzz.h"

#include "core/format/sealed.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size};
	struct sealed sealed;
	struct buf out;

	if (sealed_parse(text, &sealed, NULL) != 0)
		return 0;
	FUZZ_CHECK(sealed.n_slots >= 1 && sealed.n_slots <= SLOTS_MAX && sealed.take <= sealed.n_matters);
	buf_init(&out, 2 * size + 64);
	sealed_write(&sealed, &out);
	FUZZ_CHECK(!out.failed && slice_eq(buf_view(&out), text));
	buf_release(&out);
	sealed_release(&sealed);
	return 0;
}
