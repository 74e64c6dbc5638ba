#include "draws/access.h"

#include "core/base/text.h"

static bool
text_ok(const char *text)
{
	return text != NULL && text[0] != '\0' && text_check_reason(slice_of(text)) == TEXT_OK;
}

int
access_write(struct store *store, const struct access_note *note, struct err *err)
{
	struct query q;

	if (note->n == 0 && (!text_ok(note->by) || !text_ok(note->reason)))
		return err_set(err, ERR_REFUSED,
		    N_("a name and a reason are needed, which are logged, of one line each: --by NAME --reason TEXT"));
	if (!text_ok(note->by) || !text_ok(note->reason))
		return err_set(err, ERR_REFUSED,
		    N_("draw %llu is sealed: whoever looks at it gives a name and a reason, which are logged: "
		       "--by NAME --reason TEXT"),
		    (unsigned long long)note->n);
	query_open(&q, store, "INSERT INTO access (time, by, what, n, reason) VALUES (?, ?, ?, nullif(?, 0), ?)");
	query_put_int(&q, note->time);
	query_put_string(&q, note->by);
	query_put_string(&q, note->what);
	query_put_int(&q, (int64_t)note->n);
	query_put_string(&q, note->reason);
	query_run(&q);
	return query_close(&q, err);
}
