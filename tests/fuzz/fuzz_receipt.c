/*
 * The input is a receipt: where it is read, it is written with the same bytes; a draw that is not its own refuses it.
 */
#include "fuzz_example.h"

#include "core/check/receipt.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_draw *d = fuzz_example_draw();
	struct slice text = {(const char *)data, size};
	struct receipt receipt;
	struct buf out;

	if (receipt_parse(text, &receipt, NULL) != 0)
		return 0;
	buf_init(&out, 2 * size + 64);
	receipt_write(&receipt, &out);
	FUZZ_CHECK(!out.failed && slice_eq(buf_view(&out), text));
	/* claimed to be of this draw, so that its row is checked: the example's private parts are known to nobody */
	receipt.n = d->commit.n;
	receipt.commit = slice_of(d->commit_hash);
	FUZZ_CHECK(receipt_check(&receipt, &d->input, &d->draw, NULL) != 0);
	buf_clear(&out);
	receipt_words(&receipt, NULL, &out);
	buf_release(&out);
	receipt_release(&receipt);
	return 0;
}
