/* A commitment that will not be drawn, and why; or the wish for it, where the void needs a value that is yet to come. */

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
 * Under drand and a witness a void bears the value, so that a void is no way to draw again; one whose reason begins with
 * "beacon" says that there is none to be had (PROTOCOL 4 `void`).
 */
static int
value_of_void(struct operator *operator, const struct draw_row *row, const char *reason, struct beacon_value *ret,
    struct err *err)
{
	char text[CLOCK_TEXT];
	int rc;

	ret->value[0] = ret->signature[0] = '\0';
	if (row->source != SOURCE_DRAND && row->source != SOURCE_WITNESS)
		return 0;
	rc = beacons_value(operator->store, row->n, ret, err);
	if (rc != ERR_ABSENT)
		return rc;
	clock_text(row->draw_time, text);
	if (operator->now < row->draw_time)
		return err_set(err, ERR_NOT_YET,
		    N_("draw %llu is voided at %s: a void under %s bears the value of that time"),
		    (unsigned long long)row->n, text, source_name(row->source));
	if (strncmp(reason, "beacon", 6) == 0)
		return 0;
	return err_set(err, ERR_NOT_YET,
	    N_("a void under %s bears the beacon's value, which is not there yet; if none is to be had, give a reason "
	       "that begins "
	       "with the word beacon, and everybody will see that this could not be proved"),
	    source_name(row->source));
}

/* The wish is kept, and the void made once it can be: by step_overdue, in place of the draw. */
static int
call_off(struct operator *operator, uint64_t n, const char *reason, struct err *err)
{
	struct query q;

	query_open(&q, operator->store, "INSERT OR REPLACE INTO draw_calloff (n, time, reason) VALUES (?, ?, ?)");
	query_put_int(&q, (int64_t)n);
	query_put_int(&q, operator->now);
	query_put_string(&q, reason);
	query_run(&q);
	return query_close(&q, err);
}

/* The log has it in this form. */
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
step_void_for(struct operator *operator, uint64_t n, const char *reason, bool anew, struct err *err)
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
	if ((rc = draws_find(operator->store, n, &row, err)) != 0 || (rc = check_void(&row, reason, err)) != 0 ||
	    (rc = value_of_void(operator, &row, reason, &value, err)) != 0 ||
	    (rc = draws_commit_hash(operator->store, &row, commit_hash, err)) != 0)
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
	if (rc == 0 && anew)
		rc = plan_reopen(operator->store, n, err);
out:
	buf_release(&escaped);
	rc = step_end(operator, &log, rc, err);
	if (rc == 0)
		step_tell(operator, ENTRY_VOID, n, row.cycle);
	return rc;
}

int
step_void(struct operator *operator, uint64_t n, const char *reason, bool *ret_later, struct err *err)
{
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	struct draw_row row;
	int rc = step_void_for(operator, n, reason, false, &why);

	*ret_later = false;
	if (rc == ERR_NOT_YET && draws_find(operator->store, n, &row, NULL) == 0 && operator->now < row.draw_time) {
		*ret_later = true;
		return call_off(operator, n, reason, err);
	}
	if (rc == ERR_REFUSED && draws_find(operator->store, n, &row, NULL) == 0 &&
	    is_voided_for(operator->store, &row, reason))
		return 0;
	return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
}
