/* The log of who was shown a draw that is still sealed, and why: rows of the table `access`. */
#include "draws/access.h"

#include "core/base/text.h"

static bool
is_one_line(const char *text)
{
	return text != NULL && text[0] != '\0' && text_check_reason(slice_of(text)) == TEXT_OK;
}

int
access_write(struct store *store, const struct access_note *note, struct err *err)
{
	struct query q;

	if (note->n == 0 && (!is_one_line(note->by) || !is_one_line(note->reason)))
		return err_set(err, ERR_REFUSED,
		    N_("a name and a reason of one line each are needed, and are logged: --by NAME --reason TEXT"));
	if (!is_one_line(note->by) || !is_one_line(note->reason))
		return err_set(err, ERR_REFUSED,
		    N_("draw %llu is sealed: to see it give a name and a reason, which are logged: --by NAME --reason "
		       "TEXT"),
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
