/* The check `files` (PROTOCOL 10): names, digests, roots, rows, forms and limits of the files in a draw's folder. */

#include <stdio.h>
#include <stdlib.h>

#include "core/base/array.h"
#include "core/check/draw_check.h"

#define SEALED_MAX ((size_t)16 << 20)
#define AMENDMENT_MAX ((size_t)4096)

static void
draw_file_path(const struct draw_context *x, const char *name, char ret[static DRAW_PATH_MAX + 64])
{
	(void)snprintf(ret, DRAW_PATH_MAX + 64, "%s%s", x->folder, name);
}

static int
read_draw_file(const struct draw_context *x, const char *name, size_t max, struct buf *out, struct err *err)
{
	char path[DRAW_PATH_MAX + 64];

	buf_init(out, max);
	draw_file_path(x, name, path);
	return x->dir->read(x->dir->ctx, path, out, err);
}

struct listing {
	const struct draw_context *x;
	bool opened; /* a file that the reveal publishes is there */
	size_t amendments;
	char stray[64]; /* the first name that must not be there, or not yet */
	size_t foreign; /* names that are not the protocol's */
};

static bool
name_is_listed(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* A page for people, or its picture or script. */
static bool
is_page(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && (strcmp(dot, ".html") == 0 || strcmp(dot, ".svg") == 0 || strcmp(dot, ".js") == 0);
}

/* The number in amend-NN.json (at least two digits); 0 for any other name. */
static uint64_t
amendment_number(const char *name)
{
	size_t len = strlen(name);
	char expected[40];
	uint64_t n;

	if (len < 13 || len > 30 || memcmp(name, "amend-", 6) != 0 || strcmp(name + len - 5, ".json") != 0)
		return 0;
	n = strtoull(name + 6, NULL, 10);
	(void)snprintf(expected, sizeof expected, "amend-%02llu.json", (unsigned long long)n);
	return strcmp(name, expected) == 0 ? n : 0;
}

/* A name that the protocol gives a file of a draw. */
static bool
is_protocol_name(const char *name)
{
	static const char *const names[] = {"commit.json", "commit.checkpoint", "outcome.checkpoint", "targets.csv",
	    "inspectors.csv", "conflicts.csv", "away.csv", "sealed.json", "record.json"};

	return name_is_listed(name, names, ARRAY_LEN(names)) || amendment_number(name) > 0 ||
	    strcmp(name, "amend-00.json") == 0;
}

/*
 * Whether the folder may hold this name by now.  With a log, its entries decide; without one, every name of a draw's
 * files is allowed.  `ret_later`: the file is published by the reveal.
 */
static bool
is_allowed_name(const struct listing *l, const char *name, bool *ret_later)
{
	static const char *const opened[] = {"targets.csv", "inspectors.csv", "conflicts.csv", "away.csv",
	    "sealed.json"};
	const struct draw_context *x = l->x;
	bool revealed = !x->has_log || x->reveal != NULL;
	bool drawn = !x->has_log || (x->outcome != NULL && x->outcome->type == ENTRY_DRAW);
	uint64_t number = amendment_number(name);

	*ret_later = false;
	if (strcmp(name, "commit.json") == 0 || strcmp(name, "commit.checkpoint") == 0)
		return true;
	if (strcmp(name, "outcome.checkpoint") == 0)
		return !x->has_log || x->outcome != NULL;
	*ret_later = name_is_listed(name, opened, 5) || strcmp(name, "record.json") == 0 || number > 0;
	if (name_is_listed(name, opened, 5))
		return revealed;
	if (strcmp(name, "record.json") == 0)
		return revealed && drawn;
	return number > 0 && revealed && drawn && (!x->has_log || number <= x->state->n_amends);
}

static void
classify_name(void *arg, const char *name, bool is_file)
{
	struct listing *l = arg;
	bool later = false;

	(void)is_file;
	if (!is_protocol_name(name)) {
		l->foreign += !is_page(name);
		return;
	}
	if (!is_allowed_name(l, name, &later) && l->stray[0] == '\0')
		(void)snprintf(l->stray, sizeof l->stray, "%s", name);
	l->opened |= later;
	l->amendments += amendment_number(name) > 0;
}

static int
list_folder(const struct draw_context *x, struct draw_case *c, struct err *err)
{
	struct listing l = {.x = x};
	size_t len = strlen(x->folder);
	char path[DRAW_PATH_MAX];
	int rc;

	memcpy(path, x->folder, len + 1);
	if (len > 0)
		path[len - 1] = '\0';
	rc = x->dir->list(x->dir->ctx, path, classify_name, &l, err);
	if (rc != 0)
		return rc;
	if (l.stray[0] != '\0')
		return err_set(err, ERR_REFUSED, N_("%s%s must not stand here, or not yet"), x->folder, l.stray);
	c->foreign_names = l.foreign;
	c->opened = x->has_log ? x->reveal != NULL : l.opened;
	c->is_void = x->has_log && x->outcome != NULL && x->outcome->type == ENTRY_VOID;
	c->n_amendments = x->has_log ? x->state->n_amends : l.amendments;
	return 0;
}

static int
check_commit_json(const struct draw_context *x, struct draw_case *c, struct err *err)
{
	int rc = read_draw_file(x, "commit.json", ENTRY_MAX, &c->commit_json, err);

	if (rc == 0 && !slice_eq(buf_view(&c->commit_json), x->commit_bytes))
		rc = err_set(err, ERR_REFUSED, N_("%scommit.json: it is not the commitment that stands in the log"),
		    x->folder);
	return rc;
}

static int
check_digest(const char *name, struct slice bytes, struct slice sha256, struct err *err)
{
	char hex[HASH_HEX + 1];

	hash_hex(bytes, hex);
	if (!slice_is(sha256, hex))
		return err_set(err, ERR_REFUSED, N_("%s: its SHA-256 is %s, but %.*s was committed"), name, hex,
		    SLICE_ARGS(sha256));
	return 0;
}

static int
check_root(const char *name, struct hash root, size_t rows, const struct file_commitment *f, struct err *err)
{
	char hex[HASH_HEX + 1];

	text_to_hex(root.b, HASH_BYTES, hex);
	if (rows != f->rows)
		return err_set(err, ERR_REFUSED, N_("%s: it has %zu rows, but %llu were committed"), name, rows,
		    (unsigned long long)f->rows);
	if (!slice_is(f->root, hex))
		return err_set(err, ERR_REFUSED, N_("%s: its root is %s, but %.*s was committed"), name, hex,
		    SLICE_ARGS(f->root));
	return 0;
}

static int
check_targets(const struct draw_context *x, struct draw_case *c, struct err *err)
{
	const struct file_commitment *f = &x->commit->targets;
	struct hash root;
	int rc = read_draw_file(x, "targets.csv", (size_t)f->rows * 1024 + 1024, &c->targets_csv, err);

	if (rc == 0)
		rc = check_digest("targets.csv", buf_view(&c->targets_csv), f->sha256, err);
	if (rc == 0)
		rc = roster_parse_targets(&c->roster, buf_view(&c->targets_csv), "targets.csv", x->commit->date,
		    &c->not_nfc, err);
	if (rc == 0)
		rc = roster_targets_root(&c->roster, x->threads, &root, err);
	return rc == 0 ? check_root("targets.csv", root, c->roster.n_targets, f, err) : rc;
}

static int
check_inspectors(const struct draw_context *x, struct draw_case *c, struct err *err)
{
	const struct file_commitment *f = &x->commit->inspectors;
	struct hash root;
	size_t rows;
	int rc = read_draw_file(x, "inspectors.csv", (size_t)f->rows * 65536 + 1024, &c->inspectors_csv, err);

	if (rc == 0)
		rc = check_digest("inspectors.csv", buf_view(&c->inspectors_csv), f->sha256, err);
	if (rc == 0)
		rc = roster_parse_inspectors(&c->roster, buf_view(&c->inspectors_csv), "inspectors.csv", &c->not_nfc,
		    err);
	if (rc != 0)
		return rc;
	root = roster_root(buf_view(&c->inspectors_csv), &rows);
	return check_root("inspectors.csv", root, rows, f, err);
}

static int
check_sealed_json(const struct draw_context *x, struct draw_case *c, struct err *err)
{
	int rc = read_draw_file(x, "sealed.json", SEALED_MAX, &c->sealed_json, err);

	if (rc == 0)
		rc = check_digest("sealed.json", buf_view(&c->sealed_json), x->commit->sealed, err);
	if (rc == 0)
		rc = sealed_parse(buf_view(&c->sealed_json), &c->sealed, err);
	if (rc == 0 && sealed_chosen(&c->sealed) > CHOSEN_SEATS_MAX / x->commit->rules.seats)
		rc = err_set(err, ERR_LIMIT, N_("sealed.json: more than 1000000 seats are drawn"));
	return rc;
}

static int
check_conflicts(const struct draw_context *x, struct draw_case *c, struct err *err)
{
	int rc =
	    read_draw_file(x, "conflicts.csv", (size_t)c->sealed.conflicts.rows * 512 + 1024, &c->conflicts_csv, err);

	if (rc == 0)
		rc = check_digest("conflicts.csv", buf_view(&c->conflicts_csv), c->sealed.conflicts.sha256, err);
	if (rc == 0)
		rc = roster_parse_conflicts(&c->roster, buf_view(&c->conflicts_csv), "conflicts.csv", err);
	if (rc == 0 && c->roster.n_conflicts != c->sealed.conflicts.rows)
		rc = err_set(err, ERR_REFUSED, N_("conflicts.csv: it has %zu rows, but sealed.json says %llu"),
		    c->roster.n_conflicts, (unsigned long long)c->sealed.conflicts.rows);
	return rc;
}

static int
check_away(const struct draw_context *x, struct draw_case *c, struct err *err)
{
	int rc = read_draw_file(x, "away.csv", (size_t)c->sealed.away.rows * 64 + 1024, &c->away_csv, err);

	if (rc == 0)
		rc = check_digest("away.csv", buf_view(&c->away_csv), c->sealed.away.sha256, err);
	if (rc == 0)
		rc = roster_parse_away(&c->roster, buf_view(&c->away_csv), "away.csv", c->sealed.slots,
		    c->sealed.n_slots, err);
	if (rc == 0 && c->roster.n_away != c->sealed.away.rows)
		rc = err_set(err, ERR_REFUSED, N_("away.csv: it has %zu rows, but sealed.json says %llu"),
		    c->roster.n_away, (unsigned long long)c->sealed.away.rows);
	return rc;
}

/* In bytes: no correct record of this commitment is longer. */
static size_t
record_max(const struct commit *commit, const struct sealed *sealed)
{
	uint64_t selected = 0, reserve = 0;

	for (size_t i = 0; i < sealed->n_strata; i++) {
		const struct sealed_stratum *s = &sealed->strata[i];
		uint64_t left = s->drum > s->take ? s->drum - s->take : 0;

		selected += s->take;
		reserve += left < commit->rules.reserve ? left : commit->rules.reserve;
	}
	return (size_t)(selected * (600 + commit->rules.seats * 40) + reserve * 600 + commit->inspectors.rows * 160) +
	    SEALED_MAX;
}

static int
read_record_json(const struct draw_context *x, struct draw_case *c, struct err *err)
{
	int rc = read_draw_file(x, "record.json", record_max(x->commit, &c->sealed), &c->record_json, err);

	if (rc == ERR_ABSENT && !x->has_log)
		return err_set(err, rc, N_("record.json is missing: there is nothing to replay (a void has none)"));
	return rc;
}

static int
read_amendments(const struct draw_context *x, struct draw_case *c, struct err *err)
{
	c->amendments = calloc(c->n_amendments + 1, sizeof *c->amendments);
	if (c->amendments == NULL)
		return err_memory(err);
	for (size_t i = 0; i < c->n_amendments; i++) {
		char name[40];
		int rc;

		(void)snprintf(name, sizeof name, "amend-%02zu.json", i + 1);
		rc = read_draw_file(x, name, AMENDMENT_MAX, &c->amendments[i], err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
draw_files_check(const struct draw_context *x, struct draw_case *c, struct err *err)
{
	int rc = list_folder(x, c, err);

	if (rc == 0)
		rc = check_commit_json(x, c, err);
	if (rc != 0 || !c->opened)
		return rc;
	rc = check_targets(x, c, err);
	if (rc == 0)
		rc = check_inspectors(x, c, err);
	if (rc == 0)
		rc = check_sealed_json(x, c, err);
	if (rc == 0)
		rc = check_conflicts(x, c, err);
	if (rc == 0)
		rc = check_away(x, c, err);
	if (rc == 0 && !c->is_void)
		rc = read_record_json(x, c, err);
	if (rc == 0)
		rc = read_amendments(x, c, err);
	return rc;
}
