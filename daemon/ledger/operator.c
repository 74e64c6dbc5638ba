/* Opens the operator's side of the log: reads its key, and refuses a state that is unfit to sign. */
#include "ledger/operator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger.h"
#include "ledger/publication.h"
#include "ledger/restored.h"

#define EXPECTED "expected_entries" /* in meta */

char *
operator_key_path(const struct store *store)
{
	char *path = NULL;

	return asprintf(&path, "%s/" KEYS_LOG, store_dir(store)) < 0 ? NULL : path;
}

void
operator_published(const struct operator *operator, const char *dir, struct buf *ret_note, uint64_t *ret_size)
{
	struct publication there;
	int rc = publication_read(dir, operator->key.vkey, &there, NULL);

	buf_init(ret_note, LEDGER_NOTE_MAX);
	*ret_size = 0;
	if (rc == 0 && there.kind == PUBLICATION_OURS) {
		buf_slice(ret_note, buf_view(&there.note));
		*ret_size = there.checkpoint.size;
	}
	publication_release(&there);
}

/* ---- the state against what was published ---- */

static int
refuse_other_key(const char *dir, const struct publication *there, const struct operator *operator, struct err *err)
{
	return err_set(err, ERR_REFUSED,
	    N_("%s holds the publication of another key, %s, and not that of %s: nothing is signed. Restore the right "
	       "backup, or name "
	       "another public_dir"),
	    dir, there->key, operator->key.vkey);
}

static int
refuse_damaged_publication(const char *dir, struct err *err)
{
	return err_set(err, ERR_REFUSED,
	    N_("the checkpoint of the publication in %s is missing or damaged, so nobody knows how many entries the "
	       "log has: nothing is signed. \"spotcheck publish\" mends it where the state is not older; else "
	       "\"spotcheck recover --published DIR\" takes another copy"),
	    dir);
}

static int
compare_with_checkpoint(struct operator *operator, const char *dir, const struct checkpoint *published, struct err *err)
{
	struct ledger log;
	struct hash root;
	int rc = ledger_open(operator->store, &operator->key, &log, err);

	if (rc != 0)
		return rc;
	if (published->size > ledger_size(&log)) {
		rc = err_set(err, ERR_REFUSED,
		    N_("the state is older than what was published in %s: it has %llu entries of %llu, and nothing is "
		       "signed. "
		       "Restore a newer backup, or let \"spotcheck recover\" go on from what was published"),
		    dir, (unsigned long long)ledger_size(&log), (unsigned long long)published->size);
	} else {
		root = merkle_prefix_root(&log.tree, published->size);
		if (memcmp(root.b, published->root.b, HASH_BYTES) != 0)
			rc = err_set(err, ERR_REFUSED,
			    N_("what was published in %s is not what the state says: nothing is signed. Restore the "
			       "right backup"),
			    dir);
	}
	operator->halted = rc != 0; /* ledger_open's own refusal, above, does not halt: that is a damaged state */
	ledger_release(&log);
	return rc;
}

/* A restored backup may lack entries that were signed after it: what it signed now would be a second log. */
int
operator_compare(struct operator *operator, const char *dir, struct err *err)
{
	struct publication there;
	int rc = publication_read(dir, operator->key.vkey, &there, err);

	if (rc == 0 && there.kind == PUBLICATION_OTHER)
		rc = refuse_other_key(dir, &there, operator, err);
	else if (rc == 0 && there.kind == PUBLICATION_DAMAGED)
		rc = refuse_damaged_publication(dir, err);
	else if (rc == 0 && there.kind == PUBLICATION_OURS)
		rc = compare_with_checkpoint(operator, dir, &there.checkpoint, err);
	if (there.kind == PUBLICATION_OTHER || there.kind == PUBLICATION_DAMAGED)
		operator->halted = rc == ERR_REFUSED;
	publication_release(&there);
	return rc;
}

int
operator_key(struct operator *operator, struct err *err)
{
	char *path = operator_key_path(operator->store);
	uint64_t size = 0;
	int rc;

	if (path == NULL)
		return err_memory(err);
	rc = ledger_sealed_size(operator->store, &size, err);
	if (rc == 0 && size == 0)
		rc = err_set(err, ERR_ABSENT, N_("there is no log yet: \"spotcheck init\" begins it"));
	if (rc == 0)
		rc = key_read(path, &operator->key, err);
	free(path);
	if (rc == 0 && strcmp(operator->key.name, operator->config->origin) != 0)
		rc = err_set(err, ERR_REFUSED, N_("the log's name is %s and cannot change: origin = %s is another log"),
		    operator->key.name, operator->config->origin);
	if (rc != 0)
		key_wipe(&operator->key);
	return rc;
}

void
operator_codes_key(const struct operator *operator, uint8_t ret_key[static CODES_KEY])
{
	key_derive(&operator->key, "spotcheckd public ids", ret_key);
}

int
operator_expect(struct operator *operator, uint64_t entries, struct err *err)
{
	return store_meta_set_int(operator->store, EXPECTED, (int64_t)entries, err);
}

int
operator_check_expected(struct store *store, struct err *err)
{
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	int64_t expected = 0;
	uint64_t size = 0;
	int rc = store_meta_get_int(store, EXPECTED, &expected, &why);

	if (rc != 0)
		return rc == ERR_ABSENT ? 0 : err_copy(err, &why);
	rc = ledger_sealed_size(store, &size, err);
	if (rc != 0 || size >= (uint64_t)expected)
		return rc;
	return err_set(err, ERR_REFUSED,
	    N_("the state is older than what was published: it has %llu entries of %lld, and nothing is signed. "
	       "Restore a newer "
	       "backup, or let \"spotcheck recover --published DIR\" go on from what was published"),
	    (unsigned long long)size, (long long)expected);
}

int
operator_open(struct operator *operator, struct err *err)
{
	int rc = operator_key(operator, err);

	if (rc != 0)
		return rc;
	operator->halted = false;
	rc = operator_compare(operator, operator->config->public_dir, err);
	if (rc == 0) {
		rc = operator_check_expected(operator->store, err);
		if (rc == 0)
			rc = restored_check(operator->store, err);
		operator->halted = rc == ERR_REFUSED;
	}
	if (rc != 0)
		key_wipe(&operator->key); /* without the key nothing can be signed or published */
	return rc;
}
