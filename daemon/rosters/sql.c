/* SQL for any kind of roster: expands templates by the table of columns, and reads headers and private values. */
#include "rosters/sql_private.h"

#include <stdlib.h>

#include "core/base/json.h"

#define SQL_MAX 8192

static void
put_column_list(struct buf *sql, enum roster_kind kind, struct slice alias, bool key, bool rest)
{
	const struct columns *c = &roster_columns[kind];
	const char *comma = "";

	for (size_t i = key ? 0 : c->n_key; i < (rest ? c->n_stored : c->n_key); i++) {
		buf_text(sql, comma);
		buf_slice(sql, alias);
		/* In quotes: a column may be named as a word of SQL is. */
		buf_format(sql, "\"%s\"", c->column[i].name);
		comma = ", ";
	}
	if (!rest)
		return;
	buf_text(sql, comma);
	buf_slice(sql, alias);
	buf_text(sql, "private");
}

/* "json_extract(x.key, '$[0]'), …" */
static void
put_json_extracts(struct buf *sql, struct slice alias, const char *array, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_format(sql, "%sjson_extract(%.*s%s, '$[%zu]')", i == 0 ? "" : ", ", (int)alias.n, alias.p, array,
		    i);
}

static void
put_set_list(struct buf *sql, const struct columns *c)
{
	for (size_t i = c->n_key; i < c->n_stored; i++)
		buf_format(sql, "\"%s\" = excluded.\"%s\", ", c->column[i].name, c->column[i].name);
	buf_text(sql, "private = excluded.private");
}

static void
put_parameter_marks(struct buf *sql, const struct columns *c)
{
	for (size_t i = 0; i < c->n_stored; i++)
		buf_text(sql, "?, ");
	buf_byte(sql, '?');
}

static void
expand_token(struct buf *sql, enum roster_kind kind, struct slice token)
{
	const struct columns *c = &roster_columns[kind];
	const char *dot = memchr(token.p, '.', token.n);
	struct slice alias = {token.p, dot == NULL ? 0 : (size_t)(dot - token.p) + 1};
	struct slice word = {token.p + alias.n, token.n - alias.n};

	if (slice_is(word, "table"))
		buf_text(sql, c->table);
	else if (slice_is(word, "kind"))
		buf_text(sql, c->kind);
	else if (slice_is(word, "key"))
		put_column_list(sql, kind, alias, true, false);
	else if (slice_is(word, "rest"))
		put_column_list(sql, kind, alias, false, true);
	else if (slice_is(word, "all"))
		put_column_list(sql, kind, alias, true, true);
	else if (slice_is(word, "marks"))
		put_parameter_marks(sql, c);
	else if (slice_is(word, "of_key"))
		put_json_extracts(sql, alias, "key", c->n_key);
	else if (slice_is(word, "of_old"))
		put_json_extracts(sql, alias, "old", c->n_stored - c->n_key + 1);
	else if (slice_is(word, "set"))
		put_set_list(sql, c);
	else
		sql->failed = true;
}

/* NULL where memory is short or a token is unknown. */
static char *
expand_template(enum roster_kind kind, const char *template)
{
	struct slice rest = slice_of(template);
	struct buf sql;
	char *text;

	buf_init(&sql, SQL_MAX);
	while (rest.p != NULL) {
		buf_slice(&sql, slice_cut(&rest, '{'));
		if (rest.p != NULL)
			expand_token(&sql, kind, slice_cut(&rest, '}'));
	}
	text = buf_steal(&sql);
	buf_release(&sql);
	return text;
}

void
rosters_query(struct query *q, struct store *store, enum roster_kind kind, const char *template)
{
	char *sql = expand_template(kind, template);

	if (sql == NULL)
		*q = (struct query){.store = store, .rc = SQLITE_NOMEM};
	else
		query_open(q, store, sql);
	free(sql);
}

int
rosters_exec(struct store *store, enum roster_kind kind, const char *template, struct err *err)
{
	char *sql = expand_template(kind, template);
	int rc = sql == NULL ? err_memory(err) : store_exec(store, sql, err);

	free(sql);
	return rc;
}

int
rosters_int(struct store *store, enum roster_kind kind, const char *template, int64_t *ret, struct err *err)
{
	char *sql = expand_template(kind, template);
	int64_t value = 0;
	int rc = sql == NULL ? err_memory(err) : store_int(store, sql, &value, err);

	if (rc == 0)
		*ret = value;
	free(sql);
	return rc;
}

int
rosters_headers(struct store *store, enum roster_kind kind, char **ret_headers, struct err *err)
{
	struct query q;
	struct slice text = slice_of("[]");
	char *headers;
	int rc;

	query_open(&q, store, "SELECT headers FROM roster_import WHERE kind = ? ORDER BY id DESC LIMIT 1");
	query_put_string(&q, roster_columns[kind].kind);
	if (query_row(&q))
		text = query_text(&q, 0);
	headers = slice_dup(text);
	rc = query_close(&q, err);
	if (rc == 0 && headers == NULL)
		rc = err_memory(err);
	if (rc == 0)
		*ret_headers = headers;
	else
		free(headers);
	return rc;
}

size_t
rosters_split_headers(char *headers, struct slice *ret_names, size_t max)
{
	struct json_reader r;
	size_t n = 0;

	json_open(&r, slice_of(headers));
	json_begin(&r, '[');
	while (n < max && json_more(&r)) {
		struct slice name = json_string(&r);
		char *at = headers + (name.p - headers);

		if (r.bad)
			break;
		/* Unescaping in place is safe: the result is never longer. */
		ret_names[n++] = (struct slice){at, json_unescape(name, at)};
	}
	return n;
}

bool
rosters_private_values(struct slice private, const struct slice *names, size_t n, struct slice *ret,
    struct buf *scratch)
{
	struct json_reader r;

	buf_clear(scratch);
	buf_slice(scratch, private);
	if (scratch->failed)
		return false;
	json_open(&r, buf_view(scratch));
	json_begin(&r, '{');
	for (size_t i = 0; i < n; i++) {
		struct slice value = {"", 0};
		char name[ROSTER_COLUMNS_MAX * 4];

		ret[i] = value;
		if (names[i].n >= sizeof name)
			return false;
		memcpy(name, names[i].p, names[i].n);
		name[names[i].n] = '\0';
		if (!json_has_key(&r, name))
			continue;
		value = json_string(&r);
		if (r.bad)
			return false;
		ret[i].p = value.p;
		ret[i].n = json_unescape(value, scratch->data + (value.p - scratch->data));
	}
	json_end(&r, '}');
	return json_done(&r);
}
