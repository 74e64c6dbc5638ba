/* Writes the digest's subject and body as wrapped plain text. */

#include "admin/digest_text.h"

#include <stdio.h>

#include "system/clock.h"
#include "text/wrap.h"

#define INDENT 2
#define HANGING 4
#define TIME_COLUMNS 16 /* of "2026-06-22 09:00" */

struct digest_writer {
	const struct digest *d;
	const char *(*tr)(const char *text);
	struct buf *out;
};

/* ---- lines ---- */

/* Ends the line that began at byte `start`. */
static void
end_digest_line(const struct digest_writer *w, size_t start, size_t indent)
{
	(void)wrap_line(w->out, start, DIGEST_COLUMNS, indent);
	buf_byte(w->out, '\n');
}

static void
write_words(const struct digest_writer *w, const char *words, size_t indent)
{
	size_t start = w->out->len;

	for (size_t i = 0; i < indent; i++)
		buf_byte(w->out, ' ');
	buf_text(w->out, w->tr(words));
	end_digest_line(w, start, indent);
}

static void
write_heading(const struct digest_writer *w, const char *words)
{
	buf_byte(w->out, '\n');
	write_words(w, words, 0);
}

static void
write_rest(const struct digest_writer *w, size_t n)
{
	size_t start = w->out->len;

	if (n <= DIGEST_LINES_MAX)
		return;
	buf_format(w->out, w->tr(N_("  and %zu more")), n - DIGEST_LINES_MAX);
	end_digest_line(w, start, INDENT);
}

/* "no. 12 Weekly check (2026-06-22)" */
static void
put_digest_draw(const struct digest_writer *w, const struct digest_draw *draw)
{
	const struct config_cycle *cycle = config_cycle(w->d->config, draw->cycle);
	char words[PLAN_TITLE];

	if (draw->n != 0)
		buf_format(w->out, w->tr(N_("no. %llu ")), (unsigned long long)draw->n);
	buf_text(w->out, cycle != NULL && cycle->title[0] != '\0' ? cycle->title : draw->cycle);
	if (draw->title[0] == '\0')
		return;
	plan_title_words(draw->title, w->tr, words);
	buf_format(w->out, w->tr(N_(" (%s)")), words);
}

/* ---- alarms ---- */

static void
put_alarm_count(const struct digest_writer *w)
{
	if (w->d->n_alarms == 0)
		buf_text(w->out, w->tr(N_("all well")));
	else if (w->d->n_alarms == 1)
		buf_text(w->out, w->tr(N_("1 alarm")));
	else
		buf_format(w->out, w->tr(N_("%zu alarms")), w->d->n_alarms);
}

static void
write_alarms(const struct digest_writer *w)
{
	size_t start = w->out->len;
	char when[CLOCK_TEXT];

	if (w->d->n_alarms == 0) {
		write_words(w, N_("All is well: there is no alarm."), 0);
		return;
	}
	buf_text(w->out, w->tr(N_("What somebody must look after: ")));
	put_alarm_count(w);
	end_digest_line(w, start, 0);
	for (size_t i = 0; i < w->d->n_alarms && i < DIGEST_LINES_MAX; i++) {
		start = w->out->len;
		clock_text(w->d->alarms[i].since, when);
		buf_format(w->out, w->tr(N_("  since %s: %s")), when, w->d->alarms[i].text);
		end_digest_line(w, start, HANGING);
	}
	write_rest(w, w->d->n_alarms);
}

/* ---- the week before ---- */

static size_t
count_past_steps(const struct digest *d, enum digest_past what)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_past; i++)
		n += d->past[i].what == what;
	return n;
}

/* "2 drawn: no. 12 …, no. 13 …" */
static void
write_past_steps(const struct digest_writer *w, enum digest_past what, const char *format)
{
	size_t n = count_past_steps(w->d, what), start = w->out->len, n_written = 0;

	if (n == 0)
		return;
	buf_format(w->out, w->tr(format), n);
	for (size_t i = 0; i < w->d->n_past && n_written < DIGEST_LINES_MAX; i++) {
		if (w->d->past[i].what != what)
			continue;
		buf_text(w->out, n_written++ == 0 ? "" : w->tr(N_(", ")));
		put_digest_draw(w, &w->d->past[i].draw);
	}
	end_digest_line(w, start, HANGING);
	write_rest(w, n);
}

static void
write_past_week(const struct digest_writer *w)
{
	const struct digest *d = w->d;
	char since[CLOCK_TEXT], until[CLOCK_TEXT];
	size_t start;

	clock_text(d->since, since);
	clock_text(d->until, until);
	buf_byte(w->out, '\n');
	start = w->out->len;
	buf_format(w->out, w->tr(N_("The past seven days, %s to %s:")), since, until);
	end_digest_line(w, start, 0);
	if (d->n_past == 0)
		write_words(w, N_("nothing was committed, drawn, opened, voided or amended"), INDENT);
	write_past_steps(w, DIGEST_COMMITTED, N_("  %zu committed: "));
	write_past_steps(w, DIGEST_DRAWN, N_("  %zu drawn: "));
	write_past_steps(w, DIGEST_OPENED, N_("  %zu opened: "));
	write_past_steps(w, DIGEST_VOIDED, N_("  %zu voided: "));
	write_past_steps(w, DIGEST_AMENDED, N_("  %zu amended: "));
	start = w->out->len;
	buf_format(w->out, w->tr(N_("  letters to inspectors: %llu sent; now %llu failed, %llu unknown, %llu waiting")),
	    (unsigned long long)d->sent, (unsigned long long)d->failed, (unsigned long long)d->unknown,
	    (unsigned long long)d->waiting);
	end_digest_line(w, start, HANGING);
}

/* ---- what is to come ---- */

static void
put_step(const struct digest_writer *w, const struct digest_event *event)
{
	static const char *const words[] = {
	    [DIGEST_COMMIT] = N_("commitment"),
	    [DIGEST_DRAW] = N_("draw"),
	    [DIGEST_DRAW_AND_NOTICES] = N_("draw, first notices"),
	    [DIGEST_NOTICES] = N_("first notices"),
	    [DIGEST_OPENING] = N_("opening"),
	};
	char date[DATE_TEXT];

	if (event->step == DIGEST_VISITS) {
		text_from_date(event->until, date);
		buf_format(w->out, w->tr(N_("visits up to %s")), date);
	} else {
		buf_text(w->out, w->tr(words[event->step]));
	}
	if (event->provisional)
		buf_text(w->out, w->tr(N_(" (provisional)")));
	buf_text(w->out, w->tr(N_(": ")));
}

static void
write_event(const struct digest_writer *w, const struct digest_event *event)
{
	size_t start = w->out->len;
	char when[CLOCK_TEXT];

	if (event->step == DIGEST_SEALED) {
		buf_text(w->out, w->tr(N_("  sealed, at random: ")));
	} else {
		clock_text(event->time, when);
		when[event->step == DIGEST_VISITS ? DATE_TEXT - 1 : CLOCK_TEXT - 1] = '\0';
		buf_format(w->out, "  %-*s  ", TIME_COLUMNS, when);
		put_step(w, event);
	}
	put_digest_draw(w, &event->draw);
	end_digest_line(w, start, HANGING);
}

static void
write_events(const struct digest_writer *w)
{
	write_heading(w, N_("The next fourteen days:"));
	if (w->d->n_events == 0)
		write_words(w, N_("nothing is to come"), INDENT);
	for (size_t i = 0; i < w->d->n_events && i < DIGEST_LINES_MAX; i++)
		write_event(w, &w->d->events[i]);
	write_rest(w, w->d->n_events);
}

/* ---- rosters, calendar, log ---- */

static void
put_age(const struct digest_writer *w, int32_t days)
{
	if (days == 0)
		buf_text(w->out, w->tr(N_("today")));
	else if (days == 1)
		buf_text(w->out, w->tr(N_("yesterday")));
	else
		buf_format(w->out, w->tr(N_("%d days ago")), (int)days);
}

static void
put_roster(const struct digest_writer *w, enum roster_kind kind)
{
	static const char *const names[] = {
	    [ROSTER_TARGETS] = N_("targets"),
	    [ROSTER_INSPECTORS] = N_("inspectors"),
	    [ROSTER_CONFLICTS] = N_("conflicts"),
	    [ROSTER_MATTERS] = N_("matters"),
	    [ROSTER_CONTACTS] = N_("contacts"),
	    [ROSTER_LEAVE] = N_("leave"),
	};
	const struct digest_roster *r = &w->d->rosters[kind];
	size_t start = w->out->len;
	char date[DATE_TEXT];

	if (!r->attested) {
		buf_format(w->out, w->tr(N_("  %s: none was ever imported")), w->tr(names[kind]));
	} else {
		text_from_date(clock_date(r->time), date);
		buf_format(w->out, w->tr(N_("  %s: %llu rows, attested by %s on %s, ")), w->tr(names[kind]),
		    (unsigned long long)r->rows, r->by == NULL ? "?" : r->by, date);
		put_age(w, clock_date(w->d->now) - clock_date(r->time));
	}
	end_digest_line(w, start, HANGING);
}

static void
write_roster_states(const struct digest_writer *w)
{
	write_heading(w, N_("Rosters:"));
	for (int kind = 0; kind < ROSTER_KINDS; kind++)
		put_roster(w, (enum roster_kind)kind);
}

static void
write_calendar(const struct digest_writer *w)
{
	size_t start;

	buf_byte(w->out, '\n');
	start = w->out->len;
	if (w->d->announced == 0)
		buf_text(w->out, w->tr(N_("Calendar: no year's holidays are announced.")));
	else
		buf_format(w->out, w->tr(N_("Calendar: holidays are announced up to %d.")), w->d->announced);
	end_digest_line(w, start, 0);
}

static void
write_log_state(const struct digest_writer *w)
{
	const struct digest *d = w->d;

	write_heading(w, N_("The log; keep this letter, for it is a witness of what the log was:"));
	if (d->root[0] == '\0') {
		write_words(w, N_("it is empty as yet"), INDENT);
		return;
	}
	buf_format(w->out, w->tr(N_("  origin     %s\n  entries    %llu\n  root hash  %s\n  key id     %s\n")),
	    d->config->origin, (unsigned long long)d->entries, d->root, d->key_id);
}

/* ---- subject and body ---- */

void
digest_subject(const struct digest *digest, const char *(*tr)(const char *text), struct buf *out)
{
	const struct digest_writer w = {digest, tr, out};
	char monday[DATE_TEXT];

	text_from_date(digest->monday, monday);
	buf_format(out, tr(N_("[spotcheckd] %s: week of %s: ")), digest->config->origin, monday);
	put_alarm_count(&w);
}

void
digest_body(const struct digest *digest, const char *(*tr)(const char *text), struct buf *out)
{
	const struct digest_writer w = {digest, tr, out};
	const char *path = digest->config->path;

	write_alarms(&w);
	write_past_week(&w);
	write_events(&w);
	write_roster_states(&w);
	write_calendar(&w);
	write_log_state(&w);
	write_heading(&w, N_("These commands say more:"));
	buf_format(out, "  spotcheck -c %s status\n  spotcheck -c %s check\n  spotcheck -c %s outbox\n", path, path,
	    path);
}
