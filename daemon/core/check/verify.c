/* The checker (PROTOCOL 10): runs every check of a published directory in order, or those of one draw's folder. */
#include "core/check/verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/array.h"
#include "core/check/draw_basis.h"
#include "core/check/letter.h"
#include "core/check/notes_private.h"
#include "core/check/receipt.h"
#include "core/log/log.h"
#include "core/log/sequence.h"

struct run {
	const struct published *dir;
	const struct verify_options *options;
	struct report *report;
	struct err *err;
	struct log log;
	struct sequence sequence;
	uint64_t cosigned_size;  /* of the largest checkpoint that a witness in force cosigned */
	int64_t reached;         /* the time that majorities of witnesses reach on the main checkpoint */
	bool *archive_in_time;   /* [n_archives]: cosigned in time */
	struct holds *holds;     /* [n_draws] */
	enum assurance *classes; /* [n_draws] */
	uint64_t foreign_names;
	struct cosigned *draws;   /* [n_draws] */
	struct err *checkpoints;  /* [n_draws]: what is wrong with them; code 0 nothing */
	struct cycle_past *pasts; /* [n_cycles] */
	struct receipt receipt;   /* of options->receipt; n is 0 where it cannot be read */
	struct err receipt_why;   /* what is wrong with it; code 0 nothing */
	bool receipt_holds;       /* it was compared with its draw and agrees */
	struct letter_check letter;
};

static bool
report_result(struct run *r, enum check check, int rc, const struct err *why)
{
	report_check(r->report, 0, check, rc == 0 ? CHECK_OK : CHECK_FAILED, rc == 0 ? "" : why->message);
	return rc == 0;
}

static void
skip_checks(struct run *r, enum check from, const char *why)
{
	for (int check = (int)from; check <= CHECK_FILES; check++)
		report_check(r->report, 0, (enum check)check, CHECK_NOT_RUN,
		    r->report->tr != NULL ? r->report->tr(why) : why);
}

/* The checks `signature`, `tree` and `append-only`.  `ret_readable`: the log's entries can be used. */
static int
run_log(struct run *r, bool *ret_readable)
{
	struct err head = {.tr = r->report->tr}, signature = head, tree = head, since = head;
	int rc = log_read_head(&r->log, r->dir, r->options->key, &head);

	*ret_readable = false;
	if (report_cannot_tell(rc))
		return err_copy(r->err, &head);
	if (rc != 0) {
		report_result(r, CHECK_SIGNATURE, rc, &head);
		skip_checks(r, CHECK_TREE, N_("there is no checkpoint to start from"));
		return 0;
	}
	rc = log_read_tree(&r->log, r->dir, &tree);
	if (report_cannot_tell(rc))
		return err_copy(r->err, &tree);
	*ret_readable = report_result(r, CHECK_SIGNATURE, log_check_signature(&r->log, &signature), &signature);
	*ret_readable &= report_result(r, CHECK_TREE, rc, &tree);
	if (!*ret_readable) {
		skip_checks(r, CHECK_APPEND_ONLY, N_("the log has failed"));
		return 0;
	}
	if (r->options->since.p == NULL)
		report_check(r->report, 0, CHECK_APPEND_ONLY, CHECK_NOT_RUN,
		    r->report->tr != NULL ? r->report->tr(N_("no earlier checkpoint was given"))
		                          : N_("no earlier checkpoint was given"));
	else
		report_result(r, CHECK_APPEND_ONLY, log_check_since(&r->log, r->options->since, &since), &since);
	return 0;
}

static int
take_reached(struct run *r, const struct witnesses *w)
{
	int64_t reached;
	int rc = cosigned_reached(&r->log, w, &reached, r->err);

	if (rc == 0 && reached > r->reached)
		r->reached = reached;
	return rc;
}

/* How late it is by witnesses: those in force at the last entry, and those at each commitment that is sealed. */
static int
find_reached(struct run *r)
{
	const struct sequence *s = &r->sequence;
	struct witnesses last = sequence_witnesses(s, r->log.checkpoint.size);
	int rc = take_reached(r, &last);

	for (size_t i = 0; rc == 0 && i < s->n_draws; i++)
		if (s->draws[i].reveal == SEQUENCE_NONE && s->draws[i].witnesses.keys != last.keys)
			rc = take_reached(r, &s->draws[i].witnesses);
	return rc;
}

/* The first fault of any archive checkpoint goes to `why`. */
static int
read_archive_checkpoints(struct run *r, struct err *why)
{
	for (size_t i = 0; i < r->sequence.n_archives; i++) {
		struct err one = {.tr = r->report->tr};
		uint64_t size;
		int rc = cosigned_archive(&r->log, &r->sequence, r->sequence.archives[i], r->dir,
		    &r->archive_in_time[i], &size, &one);

		if (report_cannot_tell(rc))
			return err_copy(r->err, &one);
		if (rc != 0 && rc != ERR_ABSENT && why->code == 0)
			(void)err_copy(why, &one);
		if (size > r->cosigned_size)
			r->cosigned_size = size;
	}
	return 0;
}

/* Reads all checkpoints, before `sequence` is judged: the witnesses say how late it is. */
static int
read_checkpoints(struct run *r, struct err *main_err)
{
	size_t n = r->sequence.n_draws;
	bool main_cosigned;
	int rc = cosigned_main(&r->log, &r->sequence, &main_cosigned, main_err);

	if (report_cannot_tell(rc))
		return err_copy(r->err, main_err);
	if (main_cosigned)
		r->cosigned_size = r->log.checkpoint.size;
	r->draws = calloc(n + 1, sizeof *r->draws);
	r->checkpoints = calloc(n + 1, sizeof *r->checkpoints);
	r->holds = calloc(n + 1, sizeof *r->holds);
	r->classes = calloc(n + 1, sizeof *r->classes);
	r->pasts = calloc(r->sequence.n_cycles + 1, sizeof *r->pasts);
	r->archive_in_time = calloc(r->sequence.n_archives + 1, sizeof *r->archive_in_time);
	if (r->draws == NULL || r->checkpoints == NULL || r->holds == NULL || r->classes == NULL || r->pasts == NULL ||
	    r->archive_in_time == NULL)
		return err_memory(r->err);
	rc = find_reached(r);
	if (rc == 0)
		rc = read_archive_checkpoints(r, main_err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct cosigned *c = &r->draws[i];

		r->checkpoints[i].tr = r->report->tr;
		progress_tell(r->options->progress, N_("checkpoints"), i, n);
		if (report_cannot_tell(
		        cosigned_draw(&r->log, &r->sequence, i, r->dir, &r->options->trusted, c, &r->checkpoints[i])))
			rc = err_copy(r->err, &r->checkpoints[i]);
		if (c->cosigned_size > r->cosigned_size)
			r->cosigned_size = c->cosigned_size;
	}
	return rc;
}

static int64_t
as_of(const struct run *r)
{
	int64_t newest = sequence_newest(&r->log);

	if (r->options->has_at)
		return r->options->at;
	return r->reached > newest ? r->reached : newest;
}

struct folders {
	const struct run *run;
	char stray[64];
	uint64_t foreign;
};

/* The number that a name has by `format`, "%04llu" and the like; 0 where it is no such name. */
static uint64_t
number_of_name(const char *name, const char *suffix)
{
	char expected[64];
	uint64_t n;

	if (name[0] < '0' || name[0] > '9')
		return 0;
	n = strtoull(name, NULL, 10);
	(void)snprintf(expected, sizeof expected, "%04llu%s", (unsigned long long)n, suffix);
	return strcmp(name, expected) == 0 ? n : 0;
}

/* A name under draws/ that is a draw's number must be that of a commitment.  Others are passed over. */
static void
classify_draw_folder(void *arg, const char *name, bool is_file)
{
	struct folders *f = arg;
	uint64_t n = number_of_name(name, "");
	bool numbered = n > 0 || strcmp(name, "0000") == 0;

	(void)is_file;
	f->foreign += !numbered;
	if (numbered && (n == 0 || n > f->run->sequence.n_draws) && f->stray[0] == '\0')
		(void)snprintf(f->stray, sizeof f->stray, "draws/%s", name);
}

static bool
is_archive_entry(const struct run *r, uint64_t index)
{
	return index < r->log.n_entries && r->log.entries[index].entry.type == ENTRY_ARCHIVE;
}

/* A checkpoint under archive/ must be that of an archive entry. */
static void
classify_archive_name(void *arg, const char *name, bool is_file)
{
	struct folders *f = arg;
	uint64_t n = number_of_name(name, ".checkpoint");
	bool numbered = n > 0 || strcmp(name, "0000.checkpoint") == 0;

	(void)is_file;
	f->foreign += !numbered;
	if (numbered && !is_archive_entry(f->run, n) && f->stray[0] == '\0')
		(void)snprintf(f->stray, sizeof f->stray, "archive/%s", name);
}

static void
count_top_name(void *arg, const char *name, bool is_file)
{
	static const char *const names[] = {"checkpoint", "vkey", "tile", "draws", "archive"};
	struct folders *f = arg;
	const char *dot = strrchr(name, '.');
	bool known = is_file && dot != NULL &&
	    (strcmp(dot, ".html") == 0 || strcmp(dot, ".svg") == 0 || strcmp(dot, ".js") == 0);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		known = known || strcmp(name, names[i]) == 0;
	f->foreign += !known;
}

static int
run_folders(struct run *r)
{
	struct folders f = {.run = r};
	struct err why = {.tr = r->report->tr};
	int rc = r->dir->list(r->dir->ctx, "draws", classify_draw_folder, &f, &why);

	if (rc == ERR_ABSENT) /* what it would hold is missed where it is read */
		rc = 0;
	if (rc == 0) {
		rc = r->dir->list(r->dir->ctx, "archive", classify_archive_name, &f, &why);
		if (rc == ERR_ABSENT)
			rc = 0;
	}
	if (rc == 0)
		rc = r->dir->list(r->dir->ctx, "", count_top_name, &f, &why);
	if (rc == 0 && f.stray[0] != '\0')
		rc = err_set(&why, ERR_REFUSED, N_("%s: the log has no entry for it"), f.stray);
	if (report_cannot_tell(rc))
		return err_copy(r->err, &why);
	r->foreign_names += f.foreign;
	report_result(r, CHECK_FILES, rc, &why);
	return 0;
}

/* The checks `sequence` to `files` of the log.  `ret_complete`: all entries are in sequence, draws can be checked. */
static int
run_sequence(struct run *r, bool *ret_complete)
{
	struct err sequence = {.tr = r->report->tr}, order = sequence, checkpoints = sequence;
	int rc = sequence_read(&r->log, &r->sequence, &sequence, &order);

	if (rc != 0)
		return err_memory(r->err);
	rc = read_checkpoints(r, &checkpoints);
	if (rc != 0)
		return rc;
	*ret_complete = r->sequence.whole;
	if (sequence.code == 0 && r->sequence.whole)
		(void)sequence_overdue(&r->log, &r->sequence, as_of(r), &sequence);
	report_result(r, CHECK_SEQUENCE, sequence.code, &sequence);
	report_result(r, CHECK_ORDER, order.code, &order);
	report_result(r, CHECK_CHECKPOINTS, checkpoints.code, &checkpoints);
	return run_folders(r);
}

static struct draw_context
draw_context_of(const struct run *r, size_t index)
{
	const struct draw_state *d = &r->sequence.draws[index];
	const struct log_entry *entries = r->log.entries;
	struct draw_context x = {.dir = r->dir,
	    .n = index + 1,
	    .has_log = true,
	    .commit_bytes = entries[d->commit].bytes,
	    .commit_hash = entries[d->commit].hash,
	    .commit = &entries[d->commit].entry.commit,
	    .outcome = d->outcome == SEQUENCE_NONE ? NULL : &entries[d->outcome].entry,
	    .reveal = d->reveal == SEQUENCE_NONE ? NULL : &entries[d->reveal].entry,
	    .log = &r->log,
	    .sequence = &r->sequence,
	    .state = d,
	    .holds = r->holds,
	    .cosigned = &r->draws[index],
	    .earlier = r->draws,
	    .cosigned_ok = r->checkpoints[index].code == 0,
	    .progress = r->options->progress,
	    .threads = r->options->threads};
	size_t len;

	draw_path(index + 1, "", x.folder);
	len = strlen(x.folder);
	x.folder[len] = '/';
	x.folder[len + 1] = '\0';
	return x;
}

static enum assurance
report_assurance(const struct run *r, const struct draw_context *x, bool failed)
{
	const struct cosigned *c = x->cosigned;
	struct assurance_facts facts = {.assurance =
	                                    cosigned_assurance(c, x->commit->beacon.source, x->outcome, x->reveal),
	    .keys = x->state->witnesses.keys,
	    .witnesses = c->witnesses,
	    .commit_cosigned = c->commit_in_time,
	    .outcome_cosigned = c->outcome_in_time,
	    .both = c->both,
	    .independent = c->independent,
	    .independent_both = c->independent_both};

	if (failed && facts.assurance > ASSURANCE_PENDING_C)
		facts.assurance = ASSURANCE_UNKNOWN;
	if (r->report->assurance != NULL)
		r->report->assurance(r->report->ctx, x->n, &facts);
	return facts.assurance;
}

/* Compares the receipt with its draw while that draw is in memory. */
static int
compare_receipt(struct run *r, const struct draw_context *x, const struct draw_case *c)
{
	unsigned long long n = x->n;
	char until[TIME_TEXT];
	int rc;

	if (x->outcome != NULL && x->outcome->type == ENTRY_VOID) {
		(void)err_set(&r->receipt_why, ERR_REFUSED,
		    N_("it is of draw %llu, which was voided: nobody was drawn"), n);
	} else if (!c->opened) {
		text_from_time(x->commit->reveal_time, until);
		(void)err_set(&r->receipt_why, ERR_REFUSED, N_("it is of draw %llu, which is still sealed, until %s"),
		    n, until);
	} else if (c->has_draw) {
		rc = receipt_check(&r->receipt, &c->input, &c->draw, &r->receipt_why);
		r->receipt_holds = rc == 0;
		if (rc == ERR_MEMORY)
			return err_memory(r->err);
	}
	return 0;
}

static int
verify_draw(struct run *r, size_t index)
{
	struct draw_context x = draw_context_of(r, index);
	struct cycle_past *past = &r->pasts[r->sequence.draws[index].cycle];
	uint64_t failures = r->report->failures;
	struct draw_case c;
	int rc;

	report_check(r->report, x.n, CHECK_CHECKPOINTS, x.cosigned_ok ? CHECK_OK : CHECK_FAILED,
	    x.cosigned_ok ? "" : r->checkpoints[index].message);
	rc = draw_check_all(&x, past, &c, r->report, r->err);
	if (rc == 0) {
		note_draw(&x, &c, past, r->options, r->report);
		r->classes[index] = report_assurance(r, &x, r->report->failures > failures);
		rc = note_basis(&x, &c, past, r->classes, r->classes[index], r->report, r->err);
	}
	if (rc == 0) {
		if (r->receipt.n == x.n)
			rc = compare_receipt(r, &x, &c);
		if (rc == 0 && r->options->letter != NULL)
			rc = letter_check_compare(&r->letter, &x, &c, r->err);
	}
	if (rc == 0) {
		rc = cycle_past_add(past, &x, &c, r->err);
	}
	r->foreign_names += c.foreign_names;
	r->holds[index] = c.holds;
	c.holds = (struct holds){0};
	draw_case_release(&c);
	return rc;
}

/* ---- the receipt ---- */

static int
read_receipt(struct run *r)
{
	int rc = 0;

	r->receipt_why.tr = r->report->tr;
	if (r->options->receipt.p != NULL)
		rc = receipt_parse(r->options->receipt, &r->receipt, &r->receipt_why);
	return rc == ERR_MEMORY ? err_memory(r->err) : 0;
}

/* Whether the receipt is of this log and of a draw in it.  This fault is reported before any that its draw showed. */
static void
check_receipt_origin(struct run *r)
{
	const struct receipt *it = &r->receipt;

	if (it->n == 0)
		return;
	if (!slice_eq(it->key, r->log.vkey_text) || !slice_eq(it->origin, r->log.checkpoint.origin))
		(void)err_set(&r->receipt_why, ERR_REFUSED, N_("it is of another log: %.*s, %.*s"),
		    SLICE_ARGS(it->origin), SLICE_ARGS(it->key));
	else if (it->n > r->sequence.n_draws)
		(void)err_set(&r->receipt_why, ERR_REFUSED, N_("it is of draw %llu, which is not in this directory"),
		    (unsigned long long)it->n);
}

static void
skip_receipt(struct run *r, const char *why)
{
	report_check(r->report, r->receipt.n, CHECK_RECEIPT, CHECK_NOT_RUN,
	    r->report->tr != NULL ? r->report->tr(why) : why);
}

/* Reports the receipt, but only where every check of the directory holds. */
static int
report_receipt(struct run *r)
{
	struct report *report = r->report;
	struct buf words;
	int rc = 0;

	if (report->failures > 0) {
		skip_receipt(r, N_("the directory itself does not hold"));
		return 0;
	}
	check_receipt_origin(r);
	if (r->receipt_why.code != 0) {
		report_check(report, r->receipt.n, CHECK_RECEIPT, CHECK_FAILED, r->receipt_why.message);
		return 0;
	}
	if (!r->receipt_holds) {
		skip_receipt(r, N_("its draw could not be recomputed"));
		return 0;
	}
	buf_init(&words, ERR_MESSAGE_BYTES);
	receipt_words(&r->receipt, report->tr, &words);
	buf_byte(&words, '\0');
	if (words.failed)
		rc = err_memory(r->err);
	else
		report_check(report, r->receipt.n, CHECK_RECEIPT, CHECK_OK, words.data);
	buf_release(&words);
	return rc;
}

static int
report_letter(struct run *r, bool holds)
{
	if (holds)
		return letter_check_report(&r->letter, &r->log, &r->sequence, r->report, r->err);
	letter_check_skip(&r->letter, r->report);
	return 0;
}

int
verify_directory(const struct published *dir, const struct verify_options *options, struct report *report,
    struct err *err)
{
	struct run r = {.dir = dir, .options = options, .report = report, .err = err, .reached = COSIGNED_NEVER};
	bool complete = false, readable = false, holds;
	int rc = read_receipt(&r);

	if (rc == 0 && options->letter != NULL)
		rc = letter_check_begin(options->letter, report->tr, &r.letter, err);
	if (rc == 0)
		rc = run_log(&r, &readable);
	if (rc == 0 && readable)
		rc = run_sequence(&r, &complete);
	for (size_t i = 0; rc == 0 && complete && i < r.sequence.n_draws; i++)
		rc = verify_draw(&r, i);
	if (rc == 0 && complete)
		note_log(&(struct log_notes){&r.log, &r.sequence, r.cosigned_size, r.reached, r.pasts,
		             r.archive_in_time, r.foreign_names + r.log.foreign_names, options},
		    report);
	holds = report->failures == 0;
	if (rc == 0 && options->receipt.p != NULL)
		rc = report_receipt(&r);
	if (rc == 0 && options->letter != NULL)
		rc = report_letter(&r, holds);
	letter_check_release(&r.letter);
	receipt_release(&r.receipt);
	for (size_t i = 0; r.pasts != NULL && i < r.sequence.n_cycles; i++)
		cycle_past_release(&r.pasts[i]);
	free(r.pasts);
	for (size_t i = 0; r.draws != NULL && i < r.sequence.n_draws; i++)
		cosigned_release(&r.draws[i]);
	for (size_t i = 0; r.holds != NULL && i < r.sequence.n_draws; i++)
		holds_release(&r.holds[i]);
	free(r.holds);
	free(r.classes);
	free(r.archive_in_time);
	free(r.draws);
	free(r.checkpoints);
	sequence_release(&r.sequence);
	log_release(&r.log);
	return rc;
}

int
replay_folder(const struct published *dir, const struct progress *progress, unsigned threads, struct report *report,
    bool *ret_sealed, int64_t *ret_reveal_time, struct err *err)
{
	struct err why = {.tr = report->tr};
	struct draw_context x = {.dir = dir, .progress = progress, .threads = threads};
	struct commit commit = {0};
	char hash[HASH_HEX + 1];
	struct draw_case c = {0};
	struct buf bytes;
	int rc;

	buf_init(&bytes, ENTRY_MAX);
	rc = dir->read(dir->ctx, "commit.json", &bytes, &why);
	if (rc == 0)
		rc = commit_parse(buf_view(&bytes), &commit, NULL, &why);
	if (report_cannot_tell(rc)) {
		rc = err_copy(err, &why);
		goto out;
	}
	if (rc != 0) {
		report_check(report, 0, CHECK_FILES, CHECK_FAILED, why.message);
		rc = 0;
		goto out;
	}
	hash_hex(buf_view(&bytes), hash);
	x.n = commit.n;
	x.commit = &commit;
	x.commit_bytes = buf_view(&bytes);
	x.commit_hash = hash;
	rc = draw_check_all(&x, NULL, &c, report, err);
	if (rc == 0)
		note_draw(&x, &c, NULL, NULL, report);
	if (ret_sealed != NULL)
		*ret_sealed = rc == 0 && !c.opened && c.state[CHECK_FILES] == CHECK_OK;
	if (ret_reveal_time != NULL)
		*ret_reveal_time = commit.reveal_time;
out:
	draw_case_release(&c);
	commit_release(&commit);
	buf_release(&bytes);
	return rc;
}
