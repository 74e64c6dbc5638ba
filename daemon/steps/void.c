/* Voids a commitment, with a reason. */

#include <string.h>

#include "draws/draws.h"
#include "draws/plan.h"
#include "draws/write.h"
#include "ledger/ledger.h"
#include "letters/notices_keep_free.h"
#include "remote/beacons.h"
#include "steps/steps_private.h"
#include "system/clock.h"

static int
check_void(const struct draw_row *row, const char *reason, struct err *err)
{
	enum text_fault fault = text_check_reason(slice_of(reason));

	if (row->outcome == OUTCOME_DRAW)
		return err_set(err, ERR_REFUSED, N_("draw %llu is drawn: what is drawn cannot be voided"),
		    (unsigned long long)row->n);
	if (row->outcome == OUTCOME_VOID)
		return err_set(err, ERR_REFUSED, N_("draw %llu is voided already"), (unsigned long long)row->n);
	if (reason[0] == '\0')
		return err_set(err, ERR_REFUSED, N_("a void needs a reason: everybody will read it"));
	if (fault != TEXT_OK)
		return err_set(err, ERR_REFUSED,
		    N_("the reason has more than 1024 bytes, or characters that cannot be published"));
	return 0;
}

/*
 * Under drand and a witness the void, or else its reveal, bears the beacon's value, so that everybody can later compute
 * the draw that did not take place (PROTOCOL 4).
 */
static int
value_of_void(struct operator *operator, const struct draw_row *row, const char *reason, struct beacon_value *ret,
    struct err *err)
{
	int rc;

	ret->value[0] = ret->signature[0] = '\0';
	if (row->source != SOURCE_DRAND && row->source != SOURCE_WITNESS)
		return 0;
	rc = beacons_value(operator->store, row->n, ret, err);
	if (rc != ERR_ABSENT)
		return rc;
	if (operator->now < row->draw_time || strncmp(reason, "beacon", 6) == 0)
		return 0;
	return err_set(err, ERR_NOT_YET,
	    N_("after the time of its draw a void under %s bears the beacon's value, which is not there yet: wait for "
	       "it, or "
	       "give a reason that begins with the word beacon"),
	    source_name(row->source));
}

/* Whether the draw is voided, and the void in the log has this reason. */
static bool
is_voided_for(struct store *store, const struct draw_row *row, const char *reason)
{
	struct buf bytes, escaped;
	struct entry e;
	bool same = false;

	buf_init(&bytes, ENTRY_MAX);
	buf_init(&escaped, ENTRY_MAX);
	ledger_escape(&escaped, slice_of(reason));
	if (row->outcome == OUTCOME_VOID && ledger_entry(store, row->outcome_entry, &bytes, NULL) == 0 &&
	    entry_parse(buf_view(&bytes), &e, NULL) == 0) {
		same = !escaped.failed && slice_eq(e.void_.reason, buf_view(&escaped));
		entry_release(&e);
	}
	buf_release(&escaped);
	buf_release(&bytes);
	return same;
}

int
step_void_for(struct operator *operator, uint64_t n, const char *reason, bool reopen, struct err *err)
{
	struct entry e = {.type = ENTRY_VOID};
	char commit_hash[HASH_HEX + 1];
	struct beacon_value value;
	struct buf escaped;
	struct draw_row row;
	struct ledger log;
	uint64_t index;
	int rc = step_begin(operator, &log, &e.time, err);

	if (rc != 0)
		return rc;
	buf_init(&escaped, ENTRY_MAX);
	index = ledger_size(&log);
	rc = draws_find(operator->store, n, &row, err);
	if (rc == 0)
		rc = check_void(&row, reason, err);
	if (rc == 0)
		rc = value_of_void(operator, &row, reason, &value, err);
	if (rc == 0)
		rc = draws_commit_hash(operator->store, &row, commit_hash, err);
	if (rc != 0)
		goto out;
	if (value.value[0] != '\0') {
		e.void_.beacon = slice_of(value.value);
		e.void_.signature = slice_of(value.signature);
	}
	ledger_escape(&escaped, slice_of(reason));
	e.void_.n = n;
	e.void_.commit = slice_of(commit_hash);
	e.void_.reason = buf_view(&escaped);
	rc = escaped.failed ? err_memory(err) : ledger_append(&log, &e, NULL, err);
	if (rc != 0)
		goto out;
	rc = stored_draw_write_void(operator->store, n, index, ledger_size(&log), err);
	if (rc == 0)
		rc = notices_release(operator, config_cycle(operator->config, row.cycle), &row, slice_of(commit_hash),
		    slice_of(reason), e.time, err);
	if (rc == 0 && reopen)
		rc = plan_reopen(operator->store, n, err);
out:
	buf_release(&escaped);
	rc = step_end(operator, &log, rc, err);
	if (rc == 0)
		step_tell_entry(operator, ENTRY_VOID, n, row.cycle);
	return rc;
}

int
step_void(struct operator *operator, uint64_t n, const char *reason, struct err *err)
{
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	struct draw_row row;
	int rc = step_void_for(operator, n, reason, false, &why);

	if (rc == ERR_REFUSED && draws_find(operator->store, n, &row, NULL) == 0 &&
	    is_voided_for(operator->store, &row, reason))
		rc = 0;
	return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
}
