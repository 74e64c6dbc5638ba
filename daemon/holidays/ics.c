/* Reads holidays from iCalendar: the parent's side, which turns the child's records into days and faults. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/array.h"
#include "core/base/text.h"
#include "core/calendar/holiday.h"
#include "holidays/file.h"
#include "holidays/files.h"
#include "system/sandbox.h"

/*
 * The child reads iCalendar (RFC 5545) with libical (ical.c) and answers with records.  The text that it gets has in
 * each VEVENT a property with the line on which the event begins, so that records can name it.
 *
 * iCalendar has no property that tells a day off from a make-up workday.  X-APPLE-SPECIAL-DAY tells it, or the
 * SUMMARY, with 上班, 补班, (班) or the like.
 */

#define DEPTH_MAX 16
#define ANSWER_MAX ((size_t)8 << 20)

struct ics_event {
	unsigned long line; /* of its BEGIN:VEVENT */
	size_t after;       /* index of the next line in the file's text */
};

struct ics {
	struct calendar_file *f;
	struct buf marked;        /* the text for the child */
	struct ics_event *events; /* by line */
	size_t n_events, cap_events;
	struct err *err;

	/* the event whose days are being read */
	unsigned long line; /* of its DTSTART; 0: no event yet, or its name is faulty */
	bool off;
	struct buf name;
	size_t n_read; /* events without faults */
};

/* ---- lines ---- */

/* The lines of a text, unfolded (RFC 5545 3.1). */
struct lines {
	struct slice text;
	size_t at;
	unsigned long next; /* the number of the line at `at` */
	unsigned long line; /* the number of the one in `unfolded` */
	struct buf unfolded;
};

static struct slice
next_physical_line(struct lines *l)
{
	struct slice rest = {l->text.p + l->at, l->text.n - l->at}, line = slice_cut(&rest, '\n');

	l->at = l->text.n - rest.n;
	l->next++;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* False at the end, and where memory is short. */
static bool
next_unfolded_line(struct lines *l)
{
	if (l->at >= l->text.n)
		return false;
	buf_clear(&l->unfolded);
	l->line = l->next;
	buf_slice(&l->unfolded, next_physical_line(l));
	while (l->at < l->text.n && (l->text.p[l->at] == ' ' || l->text.p[l->at] == '\t')) {
		struct slice more = next_physical_line(l);

		buf_slice(&l->unfolded, (struct slice){more.p + 1, more.n > 0 ? more.n - 1 : 0});
	}
	return !l->unfolded.failed;
}

static struct lines
lines_of(struct slice text, size_t at, unsigned long line)
{
	struct lines l = {.text = text, .at = at, .next = line};

	buf_init(&l.unfolded, text.n + 1);
	return l;
}

static struct slice
trim_blanks_end(struct slice text)
{
	while (text.n > 0 && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
		text.n--;
	return text;
}

/* Whether the line begins with `with`, ignoring letter case; `*ret_rest` is the rest. */
static bool
line_begins(struct slice line, const char *with, struct slice *ret_rest)
{
	size_t n = strlen(with);

	if (line.n < n || strncasecmp(line.p, with, n) != 0)
		return false;
	*ret_rest = trim_blanks_end((struct slice){line.p + n, line.n - n});
	return true;
}

static bool
equals_nocase(struct slice text, const char *word)
{
	return text.n == strlen(word) && strncasecmp(text.p, word, text.n) == 0;
}

/* Whether the line is a property of this name. */
static bool
is_property(struct slice line, const char *name)
{
	struct slice rest;

	return line_begins(line, name, &rest) && (rest.n == 0 || memchr(":; \t", rest.p[0], 4) != NULL);
}

/* ---- the text for the child ---- */

struct nesting {
	struct {
		char name[32];
		unsigned long line;
	} open[DEPTH_MAX];
	size_t depth;
};

static bool
open_component(struct ics *ics, struct nesting *nesting, struct slice name, unsigned long line)
{
	if (nesting->depth == DEPTH_MAX || name.n >= sizeof nesting->open[0].name) {
		diag_add(&ics->f->faults, ics->f->path, line,
		    N_("no calendar has parts as deep or as oddly named as this"));
		return false;
	}
	memset(nesting->open[nesting->depth].name, 0, sizeof nesting->open[0].name);
	if (name.n > 0)
		memcpy(nesting->open[nesting->depth].name, name.p, name.n);
	nesting->open[nesting->depth++].line = line;
	return true;
}

/* Checked here because libical accepts most wrong nesting, and then silently reads less. */
static bool
close_component(struct ics *ics, struct nesting *nesting, struct slice name, unsigned long line)
{
	if (nesting->depth > 0 && equals_nocase(name, nesting->open[nesting->depth - 1].name)) {
		nesting->depth--;
		return true;
	}
	if (nesting->depth == 0)
		diag_add(&ics->f->faults, ics->f->path, line, N_("there is an END here without its BEGIN"));
	else
		diag_add(&ics->f->faults, ics->f->path, line,
		    N_("END:%s, for the BEGIN:%s of line %lu, should stand before this END"),
		    nesting->open[nesting->depth - 1].name, nesting->open[nesting->depth - 1].name,
		    nesting->open[nesting->depth - 1].line);
	return false;
}

static bool
note_event_line(struct ics *ics, const struct lines *l)
{
	if (ics->n_events == ics->cap_events) {
		size_t cap = ics->cap_events == 0 ? 64 : ics->cap_events * 2;
		struct ics_event *grown = reallocarray(ics->events, cap, sizeof *grown);

		if (grown == NULL)
			return false;
		ics->events = grown;
		ics->cap_events = cap;
	}
	ics->events[ics->n_events++] = (struct ics_event){l->line, l->at};
	buf_format(&ics->marked, ICS_LINE_PROPERTY ":%lu\r\n", l->line);
	return true;
}

/* Copies one line to ics->marked.  False where the rest cannot be read or memory is short. */
static bool
mark_event_line(struct ics *ics, struct nesting *nesting, const struct lines *l)
{
	struct slice line = buf_view(&l->unfolded), name;

	if (line.n == 0)
		return true;
	buf_slice(&ics->marked, line);
	buf_text(&ics->marked, "\r\n");
	if (line_begins(line, "END:", &name))
		return close_component(ics, nesting, name, l->line);
	if (!line_begins(line, "BEGIN:", &name)) {
		/* libical would accept these as well, and then nest components differently than we do. */
		if (!is_property(line, "BEGIN") && !is_property(line, "END"))
			return true;
		diag_add(&ics->f->faults, ics->f->path, l->line, N_("a colon must follow BEGIN and END at once"));
		return false;
	}
	return open_component(ics, nesting, name, l->line) &&
	    (!equals_nocase(name, "VEVENT") || note_event_line(ics, l));
}

/* Makes ics->marked, and reports faults of nesting, after which the child is not started. */
static int
mark_event_lines(struct ics *ics)
{
	struct lines l = lines_of(ics->f->text, 0, 1);
	struct nesting nesting = {.depth = 0};
	unsigned long faults = ics->f->faults.count;
	bool ok = true, failed;

	while (l.at < l.text.n && (l.text.p[l.at] == ' ' || l.text.p[l.at] == '\t'))
		l.at++;
	while (ok && next_unfolded_line(&l))
		ok = mark_event_line(ics, &nesting, &l);
	failed = l.unfolded.failed || ics->marked.failed || (!ok && ics->f->faults.count == faults);
	buf_release(&l.unfolded);
	buf_byte(&ics->marked, '\0');
	if (failed || ics->marked.failed)
		return err_memory(ics->err);
	if (ok && nesting.depth > 0)
		diag_add(&ics->f->faults, ics->f->path, nesting.open[nesting.depth - 1].line,
		    N_("BEGIN:%s has no END:%s: is the file cut short?"), nesting.open[nesting.depth - 1].name,
		    nesting.open[nesting.depth - 1].name);
	return 0;
}

/* ---- lines of properties ---- */

static const struct ics_event *
find_event(const struct ics *ics, unsigned long line)
{
	size_t low = 0, high = ics->n_events;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ics->events[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ics->n_events && ics->events[low].line == line ? &ics->events[low] : NULL;
}

/* The first line of the property in the event itself (not in a component within it), else the event's first line. */
static unsigned long
property_line(const struct ics *ics, const struct ics_event *event, const char *property)
{
	struct lines l = lines_of(ics->f->text, event->after, event->line + 1);
	unsigned long found = event->line;
	size_t depth = 0;

	while (found == event->line && next_unfolded_line(&l)) {
		struct slice line = buf_view(&l.unfolded), rest;

		if (line_begins(line, "BEGIN:", &rest))
			depth++;
		else if (line_begins(line, "END:", &rest) && depth-- == 0)
			break;
		else if (depth == 0 && is_property(line, property))
			found = l.line;
	}
	buf_release(&l.unfolded);
	return found;
}

/* ---- names ---- */

static const char *
find_word(struct slice text, const char *word)
{
	return text.n == 0 ? NULL : memmem(text.p, text.n, word, strlen(word));
}

static bool
cut_suffix(struct slice *text, const char *suffix)
{
	size_t n = strlen(suffix);

	if (text->n <= n || memcmp(text->p + text->n - n, suffix, n) != 0)
		return false;
	*text = trim_blanks_end((struct slice){text->p, text->n - n});
	return true;
}

static bool
cut_number(struct slice *text)
{
	size_t n = text->n;

	while (n > 0 && text->p[n - 1] >= '0' && text->p[n - 1] <= '9')
		n--;
	if (n == text->n)
		return false;
	text->n = n;
	return true;
}

/* Cuts "第1天/共9天", whose slash would otherwise split it into two names. */
static bool
cut_count(struct slice *text)
{
	struct slice rest = *text;

	if (!cut_suffix(&rest, "天") || !cut_number(&rest) || !cut_suffix(&rest, "天/共") || !cut_number(&rest) ||
	    !cut_suffix(&rest, "第"))
		return false;
	*text = rest;
	return true;
}

static bool
means_work(struct slice summary)
{
	static const char *const words[] = {"上班", "补班", "(班)", "（班）", "[班]", "【班】"};
	struct slice text = trim_blanks_end(summary);

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (find_word(text, words[i]) != NULL)
			return true;
	return slice_is(text, "班") || cut_suffix(&text, " 班");
}

/* The holiday's name without the suffixes of common calendars: "元旦(休)", "春节 假期 第1天/共9天". */
static struct slice
bare_holiday_name(struct slice summary)
{
	static const char *const suffixes[] = {"(休)", "（休）", "[休]", "【休】", " 休", "(班)", "（班）", "[班]",
	    "【班】", " 班", "调休上班", "上班", "补班"};
	static const char *const behind_known[] = {"假期", "放假", "休假"};
	struct slice name = trim_blanks_end(summary), rest;
	bool cut = true;

	while (cut && name.n > 0) {
		cut = cut_count(&name);
		for (size_t i = 0; i < ARRAY_LEN(suffixes) && !cut; i++)
			cut = cut_suffix(&name, suffixes[i]);
		for (size_t i = 0; i < ARRAY_LEN(behind_known) && !cut; i++) {
			rest = name;
			if (cut_suffix(&rest, behind_known[i]) && holiday_key(rest) != NULL) {
				name = rest;
				cut = true;
			}
		}
	}
	return name;
}

/* ---- the child's answer ---- */

static void
report_event_fault(struct ics *ics, unsigned long line, enum ics_code code, const char *part)
{
	struct diag *faults = &ics->f->faults;
	const char *path = ics->f->path;

	switch (code) {
	case ICS_MISSING:
		diag_add(faults, path, line, N_("the event has no %s"), part);
		break;
	case ICS_NO_DATE:
		diag_add(faults, path, line,
		    N_("%s is no date, or one that does not exist; a date is written 20270206"), part);
		break;
	case ICS_BEFORE:
		diag_add(faults, path, line, N_("the event ends before it begins"));
		break;
	case ICS_LONG:
		diag_add(faults, path, line, N_("the event is longer than %d days"),
		    ics->f->leave_zone != NULL ? ICS_LEAVE_DAYS : ICS_SPAN_DAYS);
		break;
	case ICS_ENDLESS:
		diag_add(faults, path, line, N_("it repeats without end and not yearly: give it UNTIL or COUNT"));
		break;
	case ICS_OFTEN:
		diag_add(faults, path, line, N_("it repeats more than %d times: let it begin later"),
		    ICS_REPETITIONS_MAX);
		break;
	case ICS_WITHIN_A_DAY:
		diag_add(faults, path, line, N_("it repeats within a day: only full days count here"));
		break;
	case ICS_RSCALED:
		diag_add(faults, path, line,
		    N_("RSCALE: dates of another calendar would be computed wrongly in some years: list the dates"));
		break;
	case ICS_UNFOLLOWED:
		diag_add(faults, path, line, N_("%s is not followed here: list the dates"), part);
		break;
	case ICS_NO_CALENDAR:
		diag_add(faults, path, line, N_("this is no iCalendar"));
		break;
	default:
		diag_add(faults, path, line, N_("%s is not as RFC 5545 has it, or leads to no day"), part);
		break;
	}
}

static void
report_event_hint(struct ics *ics, unsigned long line, enum ics_code code, const char *part)
{
	char last[DATE_TEXT];

	if (code == ICS_IN_UTC) {
		diag_add(&ics->f->hints, ics->f->path, line, N_("%s is in UTC: its date is taken as it is written"),
		    part);
		return;
	}
	text_from_date(ics->f->last, last);
	diag_add(&ics->f->hints, ics->f->path, line, N_("RRULE has no end: it is followed to %s"), last);
}

static void
begin_event(struct ics *ics, const struct ics_event *event, enum ics_code code, struct slice summary)
{
	unsigned long line = property_line(ics, event, "SUMMARY");

	ics->n_read++;
	ics->line = 0;
	if (ics->f->leave_zone != NULL) {
		ics->line = property_line(ics, event, ics_part_names[ICS_DTSTART]);
		ics->off = true;
		return;
	}
	ics->off = code == ICS_BY_SUMMARY ? !means_work(summary) : code == ICS_OFF;
	buf_clear(&ics->name);
	if (!calendar_file_name(ics->f, "SUMMARY", line, bare_holiday_name(summary), &ics->name))
		return;
	if (ics->off && ics->name.len == 0)
		calendar_file_unnamed(ics->f, line);
	ics->line = property_line(ics, event, ics_part_names[ICS_DTSTART]);
}

/* False where the record makes no sense. */
static bool
handle_record(struct ics *ics, const struct ics_record *record, struct slice name, int *ret_rc)
{
	const struct ics_event *event = find_event(ics, record->event);
	const char *part;
	unsigned long line;

	if (record->part >= ICS_PARTS || (event == NULL && (record->event != 0 || record->type != ICS_RECORD_FAULT)))
		return false;
	part = ics_part_names[record->part];
	switch (record->type) {
	case ICS_RECORD_EVENT:
		begin_event(ics, event, (enum ics_code)record->code, name);
		return true;
	case ICS_RECORD_DAY:
		if (record->date < text_date_of(1, 1, 1) || record->date > text_date_of(9999, 12, 31))
			return false;
		if (ics->line != 0)
			*ret_rc = calendar_file_day(ics->f, ics->line, record->date, ics->off, buf_view(&ics->name),
			    ics->err);
		return true;
	case ICS_RECORD_FAULT:
		line = event == NULL ? 1 : property_line(ics, event, part);
		report_event_fault(ics, line, (enum ics_code)record->code, part);
		return true;
	case ICS_RECORD_HINT:
		report_event_hint(ics, property_line(ics, event, part), (enum ics_code)record->code, part);
		return true;
	default:
		return false;
	}
}

static int
handle_records(struct ics *ics, struct slice answer)
{
	struct ics_record record;
	bool ended = false, valid = true;
	int rc = 0;

	while (valid && !ended && rc == 0 && answer.n >= sizeof record) {
		struct slice name;

		memcpy(&record, answer.p, sizeof record);
		answer.p += sizeof record;
		answer.n -= sizeof record;
		if (record.n_name > answer.n || record.n_name > ICS_NAME_MAX) {
			valid = false;
			break;
		}
		name = (struct slice){answer.p, record.n_name};
		answer.p += record.n_name;
		answer.n -= record.n_name;
		ended = record.type == ICS_RECORD_END;
		if (!ended && !calendar_file_is_full(ics->f))
			valid = handle_record(ics, &record, name, &rc);
	}
	if (rc == 0 && (!valid || !ended || answer.n != 0))
		diag_add(&ics->f->faults, ics->f->path, 0, N_("it could not be read: %s"),
		    ics->f->faults.tr != NULL ? ics->f->faults.tr(N_("the reader's answer cannot be understood"))
		                              : "the reader's answer cannot be understood");
	else if (rc == 0 && ics->n_read == 0 && ics->f->faults.count == 0)
		diag_add(&ics->f->faults, ics->f->path, 1, N_("no event is in it"));
	return rc;
}

/* ---- the file ---- */

static int
run_ical(void *ctx, struct buf *out)
{
	const struct ics *ics = ctx;

	return calendar_ical(ics->marked.data, ics->f->first, ics->f->last, ics->f->leave_zone, out);
}

static int
read_in_child(struct ics *ics, struct buf *answer)
{
	struct sandbox_limits limits = {
	    .wall_ms = ics->f->child_ms,
	    .cpu_s = 5,
	    .memory = (size_t)512 << 20,
	    .max_bytes = ANSWER_MAX,
	};
	struct err err = {.tr = ics->f->faults.tr};
	int rc = sandbox_run(&limits, run_ical, ics, answer, &err);

	if (rc == ERR_REFUSED) {
		diag_add(&ics->f->faults, ics->f->path, 0, N_("it could not be read: %s"), err.message);
		return 0;
	}
	return rc == 0 ? handle_records(ics, buf_view(answer))
	               : err_set(ics->err, rc, "%s: %s", ics->f->path, err.message);
}

static int
read_here(struct ics *ics, struct buf *answer)
{
	return run_ical(ics, answer) != 0 ? err_memory(ics->err) : handle_records(ics, buf_view(answer));
}

static int
read_with(struct calendar_file *f, int (*how)(struct ics *ics, struct buf *answer), struct err *err)
{
	struct ics ics = {.f = f, .err = err};
	struct buf answer;
	int rc;

	/* Room for a line property in each VEVENT, and for a CR in lines that have none. */
	buf_init(&ics.marked, 6 * f->text.n + 64);
	buf_init(&ics.name, 8 * ICS_NAME_MAX);
	buf_init(&answer, ANSWER_MAX);
	rc = mark_event_lines(&ics);
	if (rc == 0 && f->faults.count == 0)
		rc = how(&ics, &answer);
	free(ics.events);
	buf_release(&ics.marked);
	buf_release(&ics.name);
	buf_release(&answer);
	return rc;
}

int
calendar_ics_read(struct calendar_file *f, struct err *err)
{
	return read_with(f, read_in_child, err);
}

int
calendar_ics_read_here(struct calendar_file *f, struct err *err)
{
	return read_with(f, read_here, err);
}
