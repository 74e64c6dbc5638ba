/* The mark of a state that was restored and not yet compared with a publication: such a state signs nothing. */
#include "ledger/restored.h"

#include "ledger/publication.h"

#define MARK "uncompared" /* the mark: a name in meta */

int
restored_mark(struct store *store, struct err *err)
{
	return store_meta_set(store, MARK, "1", err);
}

int
restored_clear(struct store *store, struct err *err)
{
	return store_exec(store, "DELETE FROM meta WHERE name = '" MARK "'", err);
}

int
restored_is_marked(struct store *store, bool *ret, struct err *err)
{
	int64_t n = 0;
	int rc = store_int(store, "SELECT count(*) FROM meta WHERE name = '" MARK "'", &n, err);

	if (rc == 0)
		*ret = n > 0;
	return rc;
}

int
restored_check(struct store *store, struct err *err)
{
	bool marked = false;
	int rc = restored_is_marked(store, &marked, err);

	if (rc != 0 || !marked)
		return rc;
	return err_set(err, ERR_REFUSED,
	    N_("the state came from a backup and was compared with no publication: nothing is signed. \"spotcheck "
	       "recover --published DIR\" "
	       "compares it with a copy of what was published; where there is none anywhere, \"spotcheck recover "
	       "--without-publication "
	       "--by NAME --reason TEXT\" says so"));
}

/* ---- the backup's key ---- */

int
restored_compare_key(const char *dir, const char *vkey, bool *ret_published, struct err *err)
{
	struct publication there;
	int rc = publication_read(dir, vkey, &there, err);

	*ret_published = rc == 0 && there.kind == PUBLICATION_OURS;
	if (rc == 0 && there.kind == PUBLICATION_OTHER)
		rc = err_set(err, ERR_REFUSED,
		    N_("%s is the publication of another log: its key is %s, and the backup's is %s; nothing was "
		       "changed"),
		    dir, there.key, vkey);
	publication_release(&there);
	return rc;
}
