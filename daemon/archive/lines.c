/* The archive's lines in the state: one after the other, and the tree over them. */
#include "archive/lines.h"

#include <sodium.h>
#include <stdio.h>

#include "core/base/text.h"
#include "core/format/merkle.h"
#include "core/format/sealed.h"

static int
count_unheld(struct store *store, int64_t *ret_n, struct err *err)
{
	return store_int(store,
	    "SELECT (SELECT count(*) FROM archive_line) - (SELECT coalesce(max(lines), 0) FROM archive_entry)", ret_n,
	    err);
}

static int
add_day_line(struct store *store, int64_t time, struct err *err)
{
	uint8_t random[NONCE_HEX / 2];
	char nonce[NONCE_HEX + 1], text[TIME_TEXT], line[160];
	struct query q;
	int n;

	randombytes_buf(random, sizeof random);
	text_to_hex(random, sizeof random, nonce);
	text_from_time(time, text);
	n = snprintf(line, sizeof line, "{\"nonce\":\"%s\",\"time\":\"%s\",\"type\":\"day\"}", nonce, text);
	query_open(&q, store,
	    "INSERT INTO archive_line (line, bytes) SELECT coalesce(max(line) + 1, 0), ? FROM archive_line");
	query_put_blob(&q, line, (size_t)n);
	query_run(&q);
	return query_close(&q, err);
}

int
archive_lines_ready(struct store *store, int64_t time, struct err *err)
{
	int64_t unheld = 0;
	int rc = count_unheld(store, &unheld, err);

	return rc == 0 && unheld == 0 ? add_day_line(store, time, err) : rc;
}

int
archive_lines_root(struct store *store, char ret_hex[static HASH_HEX + 1], struct err *err)
{
	struct merkle_root tree;
	struct hash root;
	struct query q;
	int rc;

	merkle_root_begin(&tree);
	query_open(&q, store, "SELECT bytes FROM archive_line ORDER BY line");
	while (query_row(&q))
		merkle_root_add(&tree, hash_leaf(query_blob(&q, 0)));
	rc = query_close(&q, err);
	if (rc != 0)
		return rc;
	root = merkle_root_end(&tree);
	text_to_hex(root.b, HASH_BYTES, ret_hex);
	return 0;
}

int
archive_lines_held(struct store *store, uint64_t entry, struct err *err)
{
	struct query q;

	query_open(&q, store, "INSERT INTO archive_entry (entry, lines) SELECT ?, count(*) FROM archive_line");
	query_put_int(&q, (int64_t)entry);
	query_run(&q);
	return query_close(&q, err);
}
