/* Runs the service's turns under a virtual clock in a scratch folder. */

#include "app/simulate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libintl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/simulate_table.h"
#include "app/turn.h"
#include "core/base/array.h"
#include "core/base/text.h"
#include "draws/draws.h"
#include "holidays/load.h"
#include "publish/publish.h"
#include "rosters/copy.h"
#include "rosters/rosters.h"
#include "steps/steps.h"
#include "system/clock.h"
#include "system/file.h"

#define VALUE_ALPHABET "0123456789abcdef"
#define VALUE_SYMBOLS 64

struct simulation_run {
	const struct simulation *want;
	struct config *config;
	struct calendar calendar;
	struct store *store;
	struct operator operator;
	struct simulate_table table;
	struct err *err;
};

/* ---- the scratch folder ---- */

static bool
is_empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool empty = dir != NULL;

	while (empty && (entry = readdir(dir)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (dir != NULL)
		(void)closedir(dir);
	return empty;
}

static int
make_scratch(const char *path, struct err *err)
{
	if (mkdir(path, 0755) == 0)
		return 0;
	if (errno == EEXIST && is_empty(path))
		return 0;
	if (errno == EEXIST)
		return err_set(err, ERR_REFUSED,
		    N_("--scratch %s is there already and not empty: name a folder that is not, or remove it"), path);
	return err_set(err, ERR_OUTSIDE, N_("%s cannot be made: %s"), path, strerror(errno));
}

/* ---- the configuration ---- */

static bool
replace_text(char **field, char *value)
{
	if (value == NULL)
		return false;
	free(*field);
	*field = value;
	return true;
}

static char *
join_texts(const char *a, const char *b)
{
	char *joined = NULL;

	return asprintf(&joined, "%s%s", a, b) < 0 ? NULL : joined;
}

/* The simulation makes up every value, and its label says so; drand and a witness become a public value. */
static bool
make_up_beacon(struct config_cycle *cycle)
{
	const char *instead = cycle->beacon == SOURCE_PUBLIC ? cycle->beacon_label
	    : cycle->beacon == SOURCE_DRAND                  ? "drand"
	                                                     : cycle->beacon_witness;
	bool fetched = cycle->beacon == SOURCE_DRAND || cycle->beacon == SOURCE_WITNESS;
	char label[TEXT_REASON_MAX];

	if (cycle->beacon == SOURCE_NONE)
		return true;
	(void)snprintf(label, sizeof label, "simulation: made up, in place of %.900s", instead);
	if (!replace_text(&cycle->beacon_label, strdup(label)))
		return false;
	if (!fetched)
		return true;
	cycle->beacon = SOURCE_PUBLIC;
	cycle->beacon_count = VALUE_SYMBOLS;
	return replace_text(&cycle->beacon_symbols, strdup(VALUE_ALPHABET));
}

static bool
relabel_config(struct config *config, const char *scratch)
{
	const char *label = strcmp(config->language, "zh_CN") == 0 ? "（模拟）" : " (simulation)";
	bool ok = replace_text(&config->state_dir, join_texts(scratch, "/state")) &&
	    replace_text(&config->public_dir, join_texts(scratch, "/public")) &&
	    replace_text(&config->maildir, join_texts(scratch, "/mail")) &&
	    replace_text(&config->origin, join_texts("simulation.", config->origin)) &&
	    replace_text(&config->operator, join_texts(config->operator, label));

	config->mail_scheme = MAIL_MAILDIR;
	config->max_roster_age = (struct duration){.n = 0}; /* nobody attests in a simulation */
	config->n_witnesses = 0;
	for (size_t i = 0; ok && i < config->n_cycles; i++)
		ok = make_up_beacon(&config->cycles[i]);
	return ok;
}

/* ---- rosters ---- */

static int
open_sample(const struct simulation_run *r, const char *kind, char **ret_path)
{
	const char *const places[] = {r->config->dir, DATA_DIR};
	int fd = -1;

	for (size_t i = 0; i < ARRAY_LEN(places) && fd < 0; i++) {
		free(*ret_path);
		if (asprintf(ret_path, "%s/sample/%s.csv", places[i], kind) < 0) {
			*ret_path = NULL;
			return -1;
		}
		fd = open(*ret_path, O_RDONLY | O_CLOEXEC);
	}
	return fd;
}

static int
import_sample_rosters(struct simulation_run *r)
{
	struct rosters_import how = {.by = "simulation",
	    .now = r->operator.now,
	    .today = clock_date(clock_now()),
	    .replace_limit = 100};

	how.today = how.today > r->want->from ? how.today : r->want->from;

	for (int kind = 0; kind < ROSTER_KINDS; kind++) {
		struct rosters_counts counts;
		char *path = NULL;
		int fd, rc;

		if (roster_columns[kind].adds)
			continue;
		fd = open_sample(r, roster_columns[kind].kind, &path);
		how.file = path;
		rc = fd < 0
		    ? err_set(r->err, ERR_REFUSED,
		          N_("there are no rosters in the state, and no sample at %s: \"spotcheck import\" first"),
		          path == NULL ? "" : path)
		    : rosters_import(r->store, (enum roster_kind)kind, fd, &how, r->want->diag, &counts, r->err);
		if (fd >= 0)
			(void)close(fd);
		free(path);
		if (rc != 0)
			return rc;
	}
	puts(gettext("Rosters: the sample district."));
	return 0;
}

/* Copies the rosters of the real state; without targets there, imports the sample's.  `real` may be NULL: no state. */
static int
fill_rosters(struct simulation_run *r, struct store *real)
{
	uint64_t rows = 0;
	int rc = real == NULL ? 0 : rosters_count(real, ROSTER_TARGETS, &rows, r->err);

	if (rc != 0)
		return rc;
	if (rows == 0)
		return import_sample_rosters(r);
	printf(gettext("Rosters: those of %s as they are now.\n"), store_dir(real));
	return rosters_copy(r->store, real, r->err);
}

/* ---- the state ---- */

static int
drop_code(void *ctx, const char *code)
{
	(void)ctx;
	(void)code; /* the recovery code of a simulation protects nothing */
	return 0;
}

static int
open_simulation(struct simulation_run *r, struct store *real)
{
	int first = text_year_of(r->want->from) - 1, last = text_year_of(r->want->to) + 3;
	int rc = calendar_load(r->config, first, last, &r->calendar, r->want->diag, NULL, r->err);

	if (rc == 0)
		rc = store_open(r->config->state_dir, STORE_CREATE, &r->store, r->err);
	if (rc == 0)
		rc = store_exec(r->store, "PRAGMA synchronous = OFF", r->err);
	if (rc != 0)
		return rc;
	r->operator = (struct operator){.config = r->config,
	    .calendar = &r->calendar,
	    .store = r->store,
	    .letters = r->want->settings->letters,
	    .now = clock_instant(r->want->from, 0, NULL)};
	rc = fill_rosters(r, real);
	if (rc == 0)
		rc = rosters_set_back(r->store, r->want->from, clock_date(clock_now()), r->err);
	if (rc == 0)
		rc = step_init(&r->operator, drop_code, NULL, r->err);
	return rc;
}

/* ---- beacons that are made up ---- */

static char *
make_up_value(const struct config_cycle *cycle)
{
	size_t n = (size_t)cycle->beacon_count;
	uint32_t symbols = (uint32_t)strlen(cycle->beacon_symbols);
	char *value = calloc(n + 1, 1);

	for (size_t i = 0; value != NULL && i < n; i++)
		value[i] = cycle->beacon_symbols[randombytes_uniform(symbols)];
	return value;
}

/* Draws all that are due; `*next` becomes the time of the first one that is not, if that is earlier. */
static int
draw_with_made_up_values(struct simulation_run *r, int64_t *next)
{
	for (;;) {
		struct draw_row due;
		int rc = draws_first_public(r->store, &due, r->err);
		char *value;

		if (rc != 0)
			return rc == ERR_ABSENT ? 0 : rc;
		if (due.draw_time > r->operator.now) {
			*next = due.draw_time < *next ? due.draw_time : *next;
			return 0;
		}
		value = make_up_value(config_cycle(r->config, due.cycle));
		rc = value == NULL ? err_memory(r->err) : step_draw(&r->operator, due.n, value, r->err);
		free(value);
		if (rc != 0)
			return rc;
	}
}

/* ---- the run ---- */

static int
run_turns(struct simulation_run *r)
{
	int64_t begin = r->operator.now, end = clock_instant(r->want->to + 1, 0, NULL);
	struct turn turn = {.operator = &r->operator,
	    .unpublished = true,
	    .on_event = simulate_table_note,
	    .ctx = &r->table};

	while (r->operator.now < end) {
		int64_t next = INT64_MAX, next_value = INT64_MAX;
		int rc = draw_with_made_up_values(r, &next_value);

		if (rc == 0)
			rc = turn_take(&turn, &next, r->err);
		if (rc == 0)
			rc = draw_with_made_up_values(r, &next_value); /* a commitment just made may be due already */
		if (rc != 0)
			return rc;
		next = next_value < next ? next_value : next;
		if (next <= r->operator.now)
			next = r->operator.now + 1;
		r->operator.now = next < end ? next : end;
		progress_tell(r->want->progress, N_("simulated"), (size_t)(r->operator.now - begin),
		    (size_t)(end - begin));
	}
	return 0;
}

static void
release_run(struct simulation_run *r)
{
	simulate_table_release(&r->table);
	key_wipe(&r->operator.key);
	store_close(r->store);
	calendar_release(&r->calendar);
}

int
simulate(const struct simulation *simulation, struct err *err)
{
	struct simulation_run r = {.want = simulation, .config = &simulation->settings->config, .err = err};
	struct store *real = NULL;
	int rc;

	if (sodium_init() < 0)
		return err_set(err, ERR_OUTSIDE, N_("the system gives no random numbers"));
	rc = store_open(r.config->state_dir, 0, &real, err);
	if (rc != 0 && rc != ERR_ABSENT)
		return rc;
	file_sync_off();
	simulate_table_begin(&r.table);
	rc = make_scratch(simulation->scratch, err);
	if (rc == 0 && !relabel_config(r.config, simulation->scratch))
		rc = err_memory(err);
	if (rc == 0)
		rc = open_simulation(&r, real);
	store_close(real);
	if (rc == 0)
		rc = run_turns(&r);
	if (rc == 0)
		rc = publish_news(r.store, &r.operator.key, r.config, err);
	if (rc == 0)
		rc = simulate_table_print(&r.table, &r.operator, simulation->scratch, err);
	release_run(&r);
	return rc;
}
