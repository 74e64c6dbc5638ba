/* Makes the pages for people: the index, a page for each draw, the pictures; in both languages. */
#include "publish/pages.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "draws/assurance.h"
#include "publish/draw_page.h"
#include "publish/odds_picture.h"
#include "publish/templates.h"
#include "publish/words.h"
#include "text/html.h"
#include "text/template.h"

#define PATH_BYTES 160
#define LISTED_MAX 500 /* draws in the index: the newest */

enum { ENGLISH, CHINESE, LANGUAGES };

static const struct template_name flag_names[] = {{NULL, NULL}};
static const struct template_name draw_names[] = {{"n", NULL}, {"folder", NULL}, {"page", NULL}, {"title", NULL},
    {"draw_time", NULL}, {"state", NULL}, {"class", NULL}, {NULL, NULL}};
static const struct template_name some_names[] = {{"draws", draw_names}, {NULL, NULL}};
static const struct template_name earlier_names[] = {{"count", NULL}, {"folder", NULL}, {"page", NULL}, {NULL, NULL}};
static const struct template_name index_names[] = {{"other", NULL}, {"operator", NULL}, {"origin", NULL},
    {"version", NULL}, {"zone", NULL}, {"vkey", NULL}, {"log_key", NULL}, {"entries", NULL}, {"root", NULL},
    {"none", flag_names}, {"some", some_names}, {"earlier", earlier_names}, {NULL, NULL}};

struct site {
	struct store *store;
	const struct config *config;
	bool chinese; /* the INI's language */
	struct template *index[LANGUAGES], *draw[LANGUAGES];
	struct hash made_of; /* what all draw pages are made from: version, configuration, templates */
};

/* ---- templates ---- */

static void
hash_text(struct hash_stream *stream, struct slice text)
{
	char length[24];
	int n = snprintf(length, sizeof length, "%zu:", text.n);

	hash_add(stream, length, (size_t)n);
	hash_add(stream, text.p, text.n);
}

static struct hash
hash_common_made_of(const struct config *config)
{
	struct hash_stream stream;

	hash_begin(&stream);
	hash_text(&stream, slice_of(VERSION));
	hash_text(&stream, slice_of(config->language));
	hash_text(&stream, slice_of(config->operator));
	hash_text(&stream, slice_of(config->timezone));
	for (int l = 0; l < LANGUAGES; l++)
		hash_text(&stream, site_draw_template(l == CHINESE));
	return hash_end(&stream);
}

int
site_open(struct store *store, const struct config *config, struct site **ret_site, struct err *err)
{
	struct site *site = calloc(1, sizeof *site);
	int rc = 0;

	if (site == NULL)
		return err_memory(err);
	site->store = store;
	site->config = config;
	site->chinese = strcmp(config->language, "en") != 0;
	site->made_of = hash_common_made_of(config);
	for (int l = 0; rc == 0 && l < LANGUAGES; l++)
		rc = html_parse(site_index_template(l == CHINESE), index_names, &site->index[l], err);
	for (int l = 0; rc == 0 && l < LANGUAGES; l++)
		rc = html_parse(site_draw_template(l == CHINESE), site_draw_names, &site->draw[l], err);
	if (rc == 0)
		*ret_site = site;
	else
		site_close(site);
	return rc;
}

void
site_close(struct site *site)
{
	if (site == NULL)
		return;
	for (int l = 0; l < LANGUAGES; l++) {
		template_free(site->index[l]);
		template_free(site->draw[l]);
	}
	free(site);
}

/* ---- names of pages ---- */

static const char *
page_name(const struct site *site, int language)
{
	if (language == (site->chinese ? CHINESE : ENGLISH))
		return "index.html";
	return language == CHINESE ? "zh.html" : "en.html";
}

static void
folder_name(uint64_t n, char ret_name[static 24])
{
	(void)snprintf(ret_name, 24, "%04llu", (unsigned long long)n);
}

static void
put_common_values(const struct site *site, int language, struct template_row *values)
{
	template_put(values, "other", slice_of(page_name(site, language == CHINESE ? ENGLISH : CHINESE)));
	template_put(values, "version", slice_of(VERSION));
	template_put(values, "zone", slice_of(site->config->timezone));
}

/* ---- draws ---- */

/* Hashes what a draw's page is made from.  Log entries never change, so their numbers stand for them. */
static int
compute_made_of(const struct site *site, const struct draw_row *row, char ret_made_of[static PUBLISH_MADE_OF],
    struct err *err)
{
	struct slice title = site_title(site->config, row->cycle);
	struct hash_stream stream;
	int64_t amendments = 0;
	struct draw_assurance assurance = {0};
	char state[192], digits[HASH_HEX + 1];
	struct query q;
	struct hash hash;
	int rc;

	query_open(&q, site->store, "SELECT count(*) FROM draw_amendment WHERE n = ?");
	query_put_int(&q, (int64_t)row->n);
	if (query_row(&q))
		amendments = query_int(&q, 0);
	rc = query_close(&q, err);
	if (rc == 0)
		rc = draw_assurance_read(site->store, row, &assurance, err);
	hash_begin(&stream);
	hash_add(&stream, site->made_of.b, sizeof site->made_of.b);
	hash_text(&stream, title);
	(void)snprintf(state, sizeof state, "%llu %d %d %lld %llu %d %llu %llu %llu", (unsigned long long)row->n,
	    (int)row->outcome, row->revealed, (long long)amendments, (unsigned long long)row->commit_entry,
	    (int)assurance.assurance, (unsigned long long)assurance.witnesses,
	    (unsigned long long)assurance.commit_in_time, (unsigned long long)assurance.outcome_in_time);
	hash_text(&stream, slice_of(state));
	hash_text(&stream, slice_of(row->record));
	hash = hash_end(&stream);
	text_to_hex(hash.b, HASH_BYTES, digits);
	(void)snprintf(ret_made_of, PUBLISH_MADE_OF, "%.32s", digits);
	return rc;
}

static int
make_draw_page(struct site *site, const struct draw_row *row, int language, struct buf *out, struct err *err)
{
	struct template_row *values = template_row_new();
	int rc;

	put_common_values(site, language, values);
	template_put(values, "up", slice_of(page_name(site, language)));
	rc = site_draw_values(site->store, site->config, row, language == CHINESE, values, err);
	if (rc == 0)
		rc = html_render(site->draw[language], values, out, err);
	template_row_free(values);
	return rc != 0 ? rc : out->failed ? err_memory(err) : 0;
}

static int
make_picture(struct site *site, const struct draw_row *row, int language, struct buf *out, struct err *err)
{
	struct site_odds odds;
	int rc = site_odds_read(site->store, row, &odds, err);

	if (rc == 0)
		site_odds_svg(&odds, language == CHINESE, out);
	site_odds_release(&odds);
	return rc != 0 ? rc : out->failed ? err_memory(err) : 0;
}

static int
put_made_page(struct site *site, struct tree *tree, const struct draw_row *row, int language, const char *name,
    const char *made_of, int (*make)(struct site *, const struct draw_row *, int, struct buf *, struct err *),
    struct err *err)
{
	char path[PATH_BYTES], folder[24];
	struct buf bytes;
	bool kept = false;
	int rc;

	folder_name(row->n, folder);
	(void)snprintf(path, sizeof path, "draws/%s/%s", folder, name);
	rc = tree_keep_page(tree, path, made_of, &kept, err);
	if (rc != 0 || kept)
		return rc;
	buf_init(&bytes, HTML_PAGE_MAX);
	rc = make(site, row, language, &bytes, err);
	if (rc == 0)
		rc = tree_put_page(tree, path, buf_view(&bytes), made_of, err);
	buf_release(&bytes);
	return rc;
}

int
site_put_draw(struct site *site, struct tree *tree, const struct draw_row *row, struct err *err)
{
	char made_of[PUBLISH_MADE_OF];
	int rc = compute_made_of(site, row, made_of, err);

	for (int l = 0; rc == 0 && l < LANGUAGES; l++) {
		rc = put_made_page(site, tree, row, l, page_name(site, l), made_of, make_draw_page, err);
		if (rc == 0 && row->revealed && row->outcome == OUTCOME_DRAW)
			rc =
			    put_made_page(site, tree, row, l, site_odds_name(l == CHINESE), made_of, make_picture, err);
	}
	return rc;
}

/* ---- the index ---- */

struct listing {
	const struct site *site;
	int language;
	struct template_row *some;
	uint64_t first; /* number of the oldest draw that is listed */
	struct draw_row *rows;
	enum assurance *classes; /* one for each row */
	size_t n;
	struct err *err;
};

static int
collect_listed_draw(void *ctx, const struct draw_row *row)
{
	struct listing *l = ctx;

	struct draw_assurance assurance;
	int rc;

	if (row->n < l->first || l->n == LISTED_MAX)
		return 0;
	rc = draw_assurance_read(l->site->store, row, &assurance, l->err);
	if (rc != 0)
		return rc;
	l->rows[l->n] = *row;
	l->classes[l->n++] = assurance.assurance;
	return 0;
}

static void
put_listed_draw(const struct site *site, int language, const struct draw_row *row, enum assurance class,
    struct template_row *some)
{
	struct template_row *values = template_put_row(some, "draws");
	bool chinese = language == CHINESE;
	char folder[24];

	folder_name(row->n, folder);
	template_put_uint(values, "n", row->n);
	template_put(values, "folder", slice_of(folder));
	template_put(values, "page", slice_of(page_name(site, language)));
	template_put(values, "title", site_title(site->config, row->cycle));
	site_put_time(values, "draw_time", row->draw_time);
	template_put(values, "state", slice_of(site_state(row, chinese)));
	template_put(values, "class", slice_of(site_class(class, chinese)));
}

static void
put_draw_list(const struct site *site, int language, const struct listing *list, struct template_row *values)
{
	struct template_row *some, *earlier;

	template_put_list(values, "none");
	template_put_list(values, "some");
	template_put_list(values, "earlier");
	if (list->n == 0) {
		(void)template_put_row(values, "none");
		return;
	}
	some = template_put_row(values, "some");
	template_put_list(some, "draws");
	for (size_t i = list->n; i > 0; i--)
		put_listed_draw(site, language, &list->rows[i - 1], list->classes[i - 1], some);
	if (list->first <= 1)
		return;
	earlier = template_put_row(values, "earlier");
	template_put_uint(earlier, "count", list->first - 1);
	template_put(earlier, "folder", slice_of("0001"));
	template_put(earlier, "page", slice_of(page_name(site, language)));
}

static int
put_index_page(struct site *site, int language, const struct listing *list, const struct site_log *log,
    struct tree *tree, struct err *err)
{
	struct template_row *values = template_row_new();
	char root[HASH_HEX + 1];
	struct buf page;
	int rc;

	text_to_hex(log->root.b, HASH_BYTES, root);
	put_common_values(site, language, values);
	template_put(values, "operator", slice_of(site->config->operator));
	template_put(values, "origin", slice_of(site->config->origin));
	template_put(values, "vkey", slice_of(log->vkey));
	template_put(values, "log_key", slice_of(log->key_id));
	template_put_uint(values, "entries", log->entries);
	template_put(values, "root", slice_of(root));
	put_draw_list(site, language, list, values);
	buf_init(&page, HTML_PAGE_MAX);
	rc = html_render(site->index[language], values, &page, err);
	if (rc == 0)
		rc = tree_put(tree, page_name(site, language), buf_view(&page), err);
	buf_release(&page);
	template_row_free(values);
	return rc;
}

int
site_put_index(struct site *site, struct tree *tree, const struct site_log *log, struct err *err)
{
	struct listing list = {
	    .site = site,
	    .rows = calloc(LISTED_MAX, sizeof *list.rows),
	    .classes = calloc(LISTED_MAX, sizeof *list.classes),
	    .err = err,
	};
	int64_t last = 0;
	int rc = list.rows == NULL || list.classes == NULL
	    ? err_memory(err)
	    : store_int(site->store, "SELECT coalesce(max(n), 0) FROM draw", &last, err);

	list.first = last > LISTED_MAX ? (uint64_t)last - LISTED_MAX + 1 : 1;
	if (rc == 0)
		rc = draws_each(site->store, collect_listed_draw, &list, err);
	for (int l = 0; rc == 0 && l < LANGUAGES; l++)
		rc = put_index_page(site, l, &list, log, tree, err);
	if (rc == 0)
		rc = tree_put(tree, "verify.html", site_verify_page(), err);
	free(list.rows);
	free(list.classes);
	return rc;
}
