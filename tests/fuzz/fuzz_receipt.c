/* The input is a receipt: what is read is written as it was, and is refused by a draw that it is not of. */
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
	/* as if it were of this draw, so that its row is looked at: no private part of the example's is known */
	receipt.n = d->commit.n;
	receipt.commit = slice_of(d->commit_hash);
	FUZZ_CHECK(receipt_check(&receipt, &d->input, &d->draw, NULL) != 0);
	buf_clear(&out);
	receipt_words(&receipt, NULL, &out);
	buf_release(&out);
	receipt_release(&receipt);
	return 0;
}
