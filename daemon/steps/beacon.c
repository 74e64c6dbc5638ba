/* The beacon that the INI names for a draw, and the values that it can have. */

#include <string.h>

#include "core/base/json.h"
#include "core/log/cosigned.h"
#include "ledger/ledger.h"
#include "steps/steps.h"

static int
read_public_beacon(const struct config_cycle *cycle, struct buf *text, struct beacon *ret, struct err *err)
{
	size_t symbols_at;

	if (!beacon_strong(strlen(cycle->beacon_symbols), (uint64_t)cycle->beacon_count))
		return err_set(err, ERR_REFUSED,
		    N_("[cycle %s] beacon_symbols and beacon_count leave fewer than 2^64 outcomes: throw more"),
		    cycle->name);
	ledger_escape(text, slice_of(cycle->beacon_label));
	symbols_at = text->len;
	ledger_escape(text, slice_of(cycle->beacon_symbols));
	if (text->failed)
		return err_memory(err);
	ret->count = (uint64_t)cycle->beacon_count;
	ret->label = (struct slice){text->data, symbols_at};
	ret->symbols = (struct slice){text->data + symbols_at, text->len - symbols_at};
	return 0;
}

int
step_beacon(const struct config *config, const struct config_cycle *cycle, int64_t draw_time, struct buf *text,
    struct beacon *ret, struct err *err)
{
	struct beacon beacon = {.source = cycle->beacon};
	const struct config_witness *witness;
	int rc = 0;

	switch (cycle->beacon) {
	case SOURCE_NONE:
		break;
	case SOURCE_PUBLIC:
		rc = read_public_beacon(cycle, text, &beacon, err);
		break;
	case SOURCE_DRAND:
		beacon.chain = slice_of(drand_quicknet);
		beacon.round = drand_round(draw_time);
		if (beacon.round == 0)
			rc = err_set(err, ERR_REFUSED, N_("drand had not begun at that time"));
		break;
	case SOURCE_WITNESS:
		witness = config_witness(config, cycle->beacon_witness);
		if (witness == NULL)
			rc = err_set(err, ERR_REFUSED, N_("[cycle %s] beacon names no witness of this file"),
			    cycle->name);
		else
			beacon.key = slice_of(witness->key);
		break;
	}
	if (rc == 0)
		*ret = beacon;
	return rc;
}

/* Refuses a character that is none of the symbols, and says what it may have been meant for. */
static int
check_symbols(struct slice symbols, const char *value, struct err *err)
{
	struct slice rest = slice_of(value);
	uint32_t c = 0;

	for (size_t i = 1; rest.n > 0; i++) {
		size_t n = text_next(rest, &c);

		if (n == 1 && memchr(symbols.p, (int)c, symbols.n) != NULL) {
			rest.p += n;
			rest.n -= n;
			continue;
		}
		if (c == ' ' || c == '\t' || c == 0x3000)
			return err_set(err, ERR_REFUSED,
			    N_("character %zu of the value is a space: nothing stands between the symbols"), i);
		if (n == 3 && c > 0xFF00 && c < 0xFF5F)
			return err_set(err, ERR_REFUSED,
			    N_("character %zu of the value is a full-width %.*s: write it as %c"), i, (int)n, rest.p,
			    (int)(c - 0xFEE0));
		return err_set(err, ERR_REFUSED, N_("character %zu of the value is none of %.*s"), i,
		    SLICE_ARGS(symbols));
	}
	return 0;
}

int
step_check_value(const struct beacon *beacon, const char *value, struct err *err)
{
	char bytes[2 * SYMBOLS_MAX];
	struct slice symbols = {bytes, 0};
	int rc;

	if (beacon->source == SOURCE_NONE)
		return value == NULL || value[0] == '\0'
		    ? 0
		    : err_set(err, ERR_REFUSED, N_("this draw takes no value: its beacon is none"));
	if (beacon->source != SOURCE_PUBLIC)
		return value == NULL
		    ? 0
		    : err_set(err, ERR_REFUSED, N_("this draw takes no value by hand: its beacon is %s"),
		          source_name(beacon->source));
	symbols.n = json_unescape(beacon->symbols, bytes);
	if (value == NULL)
		return err_set(err, ERR_REFUSED,
		    N_("this draw needs the value that was made in public, %llu of %.*s: --value TEXT"),
		    (unsigned long long)beacon->count, SLICE_ARGS(symbols));
	rc = check_symbols(symbols, value, err);
	if (rc == 0 && strlen(value) != beacon->count)
		rc = err_set(err, ERR_REFUSED, N_("the value has %zu characters, and must have exactly %llu"),
		    strlen(value), (unsigned long long)beacon->count);
	return rc;
}
