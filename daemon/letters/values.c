/* Fills in the values of a letter's template: dates in words, appointments and clashes, visits, colleagues, matters. */
#include "letters/values.h"

#include <stdio.h>

#include "core/base/text.h"
#include "letters/letter_private.h"
#include "system/clock.h"

#define LIST_MAX \
	65536 /* bytes of a list of colleagues or targets; a longer one is left out, and the template refused */

static const struct template_name checklist_names[] = {{"question_number", NULL}, {"question", NULL}, {NULL, NULL}};

static const struct template_name clash_names[] = {{"first", NULL}, {"second", NULL}, {NULL, NULL}};

static const struct template_name amended_names[] = {{"place", NULL}, {"drawn_target", NULL}, {"drawn_team", NULL},
    {NULL, NULL}};

static const struct template_name coded_names[] = {{"place", NULL}, {"codes", NULL}, {NULL, NULL}};

static const struct template_name visit_names[] = {{"number", NULL}, {"date", NULL}, {"weekday", NULL}, {"time", NULL},
    {"target_id", NULL}, {"target_name", NULL}, {"unit", NULL}, {"area", NULL}, {"post", NULL}, {"address", NULL},
    {"target_phone", NULL}, {"seat", NULL}, {"colleagues", NULL}, {NULL, NULL}};

static const struct template_name appointment_names[] = {{"number", NULL}, {"appointment", NULL}, {"date", NULL},
    {"weekday", NULL}, {"time", NULL}, {"unit", NULL}, {"visits", visit_names}, {NULL, NULL}};

static const struct template_name matter_names[] = {{"number", NULL}, {"matter_id", NULL}, {"matter_name", NULL},
    {"legal_basis", NULL}, {"checklist", checklist_names}, {NULL, NULL}};

const struct template_name letters_names[] = {{"operator", NULL}, {"origin", NULL}, {"cycle", NULL},
    {"cycle_title", NULL}, {"draw", NULL}, {"commit_hash", NULL}, {"record_hash", NULL}, {"log_key", NULL},
    {"inspector_id", NULL}, {"inspector_name", NULL}, {"date", NULL}, {"draw_at", NULL}, {"told_by", NULL},
    {"window_first", NULL}, {"window_last", NULL}, {"reason", NULL}, {"visit_day", NULL}, {"visit_count", NULL},
    {"recuse_to", NULL}, {"public_url", NULL}, {"sheet", NULL}, {"places", NULL}, {"amended", amended_names},
    {"coded", coded_names}, {"clashes", clash_names}, {"appointments", appointment_names}, {"matters", matter_names},
    {NULL, NULL}};

/* ---- dates ---- */

static const char *
weekday_name(int32_t day, bool chinese)
{
	/* 1970-01-01 was a Thursday. */
	static const char *const names[2][7] = {
	    {"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"},
	    {"星期四", "星期五", "星期六", "星期日", "星期一", "星期二", "星期三"},
	};

	return names[chinese][(day % 7 + 7) % 7];
}

#define WORDS_BYTES 96

static void
date_words(int32_t day, bool chinese, char ret_text[static WORDS_BYTES])
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August",
	    "September", "October", "November", "December"};
	char digits[DATE_TEXT];
	int month, day_of_month;

	text_from_date(day, digits);
	month = (digits[5] - '0') * 10 + digits[6] - '0';
	day_of_month = (digits[8] - '0') * 10 + digits[9] - '0';
	if (chinese)
		(void)snprintf(ret_text, WORDS_BYTES, "%.4s年%d月%d日", digits, month, day_of_month);
	else
		(void)snprintf(ret_text, WORDS_BYTES, "%d %s %.4s", day_of_month, months[(month + 11) % 12], digits);
}

static void
put_date_value(struct template_row *row, int32_t day, bool chinese)
{
	char text[WORDS_BYTES];

	date_words(day, chinese, text);
	template_put(row, "date", slice_of(text));
}

static void
put_weekday_and_date(struct template_row *row, const char *name, int32_t day, bool chinese)
{
	char date[WORDS_BYTES], text[2 * WORDS_BYTES];

	date_words(day, chinese, date);
	if (chinese)
		(void)snprintf(text, sizeof text, "%s（%s）", date, weekday_name(day, chinese));
	else
		(void)snprintf(text, sizeof text, "%s, %s", weekday_name(day, chinese), date);
	template_put(row, name, slice_of(text));
}

static void
put_moment_value(struct template_row *row, const char *name, int64_t time, bool chinese)
{
	char date[WORDS_BYTES], local[CLOCK_TEXT], text[2 * WORDS_BYTES];

	date_words(clock_date(time), chinese, date);
	clock_text(time, local);
	(void)snprintf(text, sizeof text, chinese ? "%s %.5s" : "%s, %.5s", date, local + 11);
	template_put(row, name, slice_of(text));
}

/* ---- rows ---- */

static void
put_colleagues(struct template_row *row, const struct letter_visit *visit, bool chinese)
{
	struct buf text;

	buf_init(&text, LIST_MAX);
	for (size_t i = 0; i < visit->n_colleagues; i++) {
		const struct letter_colleague *c = &visit->colleagues[i];

		if (i > 0)
			buf_text(&text, chinese ? "，" : ", ");
		buf_slice(&text, c->id);
		buf_byte(&text, ' ');
		buf_slice(&text, c->name);
		if (c->phone.n > 0) {
			buf_text(&text, chinese ? "（" : " (");
			buf_slice(&text, c->phone);
			buf_text(&text, chinese ? "）" : ")");
		}
	}
	if (visit->n_colleagues == 0)
		buf_text(&text, chinese ? "无" : "nobody else");
	if (!text.failed)
		template_put(row, "colleagues", buf_view(&text));
	buf_release(&text);
}

static void
put_slot_values(struct template_row *row, slot_t slot, bool chinese)
{
	char text[SLOT_TEXT];

	slot_format(slot, text);
	put_date_value(row, slot_date(slot), chinese);
	template_put(row, "weekday", slice_of(weekday_name(slot_date(slot), chinese)));
	template_put(row, "time", slice_of(text + SLOT_DATE_TEXT + 1));
}

/* "09:00 Unit: T021, then T030", after the date where that is wanted. */
static void
put_appointment(struct template_row *row, const char *name, const struct letter_visit *visits, size_t n, bool dated,
    bool chinese)
{
	char slot[SLOT_TEXT], date[WORDS_BYTES];
	struct buf text;

	buf_init(&text, LIST_MAX);
	slot_format(visits[0].visit, slot);
	date_words(slot_date(visits[0].visit), chinese, date);
	if (dated)
		buf_format(&text, chinese ? "%s " : "%s, ", date);
	buf_text(&text, slot + SLOT_DATE_TEXT + 1);
	if (visits[0].unit.n > 0) {
		buf_byte(&text, ' ');
		buf_slice(&text, visits[0].unit);
	}
	for (size_t i = 0; i < n; i++) {
		buf_text(&text, i > 0 ? chinese ? "，然后 " : ", then " : chinese ? "：" : ": ");
		buf_slice(&text, visits[i].target_id);
	}
	if (!text.failed)
		template_put(row, name, buf_view(&text));
	buf_release(&text);
}

static void
put_visit_values(struct template_row *row, const struct letter_visit *visit, size_t number, bool chinese)
{
	template_put_uint(row, "number", number);
	put_slot_values(row, visit->visit, chinese);
	template_put(row, "target_id", visit->target_id);
	template_put(row, "target_name", visit->target_name);
	template_put(row, "unit", visit->unit);
	template_put(row, "area", visit->area);
	template_put(row, "post", visit->post);
	template_put(row, "address", visit->address);
	template_put(row, "target_phone", visit->phone);
	template_put(row, "seat", visit->seat);
	put_colleagues(row, visit, chinese);
}

static void
put_appointments(struct template_row *row, const struct letter_input *input, bool chinese)
{
	size_t number = 1;

	template_put_list(row, "appointments");
	for (size_t i = 0, n; i < input->n_visits; i += n) {
		const struct letter_visit *visits = &input->visits[i];
		struct template_row *appointment = template_put_row(row, "appointments");

		n = letter_appointment(visits, input->n_visits - i);
		template_put_uint(appointment, "number", number++);
		put_appointment(appointment, "appointment", visits, n, false, chinese);
		put_slot_values(appointment, visits[0].visit, chinese);
		template_put(appointment, "unit", visits[0].unit);
		template_put_list(appointment, "visits");
		for (size_t k = 0; k < n; k++)
			put_visit_values(template_put_row(appointment, "visits"), &visits[k], i + k + 1, chinese);
	}
}

static void
put_clashes(struct template_row *row, const struct letter_input *input, bool chinese)
{
	template_put_list(row, "clashes");
	for (size_t i = 0; i < input->n_clashes; i++) {
		const struct letter_clash *clash = &input->clashes[i];
		struct template_row *words = template_put_row(row, "clashes");

		put_appointment(words, "first", clash->first, clash->n_first, true, chinese);
		put_appointment(words, "second", clash->second, clash->n_second, true, chinese);
	}
}

static void
put_drawn_team(struct template_row *row, const struct letter_visit *visit, bool chinese)
{
	struct buf text;

	buf_init(&text, LIST_MAX);
	for (size_t i = 0; i < visit->n_drawn_team; i++) {
		buf_text(&text, i == 0 ? "" : chinese ? "，" : ", ");
		buf_slice(&text, visit->drawn_team[i].own);
	}
	if (!text.failed)
		template_put(row, "drawn_team", buf_view(&text));
	buf_release(&text);
}

/* Of the places that have changed since the draw, what was drawn: the log can show that alone. */
static void
put_amended(struct template_row *row, const struct letter_input *input, bool chinese)
{
	template_put_list(row, "amended");
	for (size_t i = 0; i < input->n_visits; i++) {
		const struct letter_visit *visit = &input->visits[i];
		struct template_row *words;

		if (!visit->amended)
			continue;
		words = template_put_row(row, "amended");
		template_put_uint(words, "place", visit->place);
		template_put(words, "drawn_target", visit->drawn_target.own);
		put_drawn_team(words, visit, chinese);
	}
}

static void
put_code(struct buf *out, const struct letter_name *name, bool chinese)
{
	if (name->code.n == 0)
		return;
	buf_text(out, out->len == 0 ? "" : chinese ? "，" : ", ");
	buf_slice(out, name->own);
	buf_text(out, " = ");
	buf_slice(out, name->code);
}

/* Where codes are published: what the log calls those whom the places were drawn for, and their teams. */
static void
put_coded(struct template_row *row, const struct letter_input *input, bool chinese)
{
	template_put_list(row, "coded");
	for (size_t i = 0; i < input->n_visits; i++) {
		const struct letter_visit *visit = &input->visits[i];
		struct template_row *words;
		struct buf text;

		if (visit->drawn_target.code.n == 0)
			continue;
		buf_init(&text, LIST_MAX);
		put_code(&text, &visit->drawn_target, chinese);
		for (size_t s = 0; s < visit->n_drawn_team; s++)
			put_code(&text, &visit->drawn_team[s], chinese);
		words = template_put_row(row, "coded");
		template_put_uint(words, "place", visit->place);
		if (!text.failed)
			template_put(words, "codes", buf_view(&text));
		buf_release(&text);
	}
}

static void
put_matter_values(struct template_row *row, const struct letter_matter *matter, size_t number)
{
	template_put_uint(row, "number", number);
	template_put(row, "matter_id", matter->id);
	template_put(row, "matter_name", matter->name);
	template_put(row, "legal_basis", matter->legal_basis);
	template_put_list(row, "checklist");
	for (size_t i = 0; i < matter->n_questions; i++) {
		struct template_row *question = template_put_row(row, "checklist");

		template_put_uint(question, "question_number", i + 1);
		template_put(question, "question", matter->questions[i]);
	}
}

static void
put_letter_values(struct template_row *row, const struct letter_input *input)
{
	bool chinese = letter_in_chinese(input);
	char sheet[LETTER_SHEET_NAME_BYTES], places[LETTER_SHEET_NAME_BYTES];

	letter_sheet_name(input->draw, input->inspector_id, input->day, sheet);
	letter_places_name(input->draw, input->inspector_id, input->day, places);
	template_put(row, "operator", input->operator_name);
	template_put(row, "origin", input->origin);
	template_put(row, "cycle", input->cycle);
	template_put(row, "cycle_title", input->cycle_title);
	template_put_uint(row, "draw", input->draw);
	template_put(row, "commit_hash", input->commit_hash);
	template_put(row, "record_hash", input->record_hash);
	template_put(row, "log_key", input->log_key);
	template_put(row, "inspector_id", input->inspector_id);
	template_put(row, "inspector_name", input->inspector_name);
	put_date_value(row, input->date, chinese);
	put_moment_value(row, "draw_at", input->draw_time, chinese);
	put_moment_value(row, "told_by", input->told_by, chinese);
	put_weekday_and_date(row, "window_first", input->window_first, chinese);
	put_weekday_and_date(row, "window_last", input->window_last, chinese);
	template_put(row, "reason", input->reason);
	put_weekday_and_date(row, "visit_day", input->day, chinese);
	template_put_uint(row, "visit_count", input->n_visits);
	template_put(row, "recuse_to", input->recuse_to);
	template_put(row, "public_url", input->public_url);
	template_put(row, "sheet", slice_of(sheet));
	template_put(row, "places", slice_of(places));
}

struct template_row *
letter_values(const struct letter_input *input)
{
	bool chinese = letter_in_chinese(input);
	struct template_row *row = template_row_new();

	if (row == NULL)
		return NULL;
	put_letter_values(row, input);
	put_amended(row, input, chinese);
	put_coded(row, input, chinese);
	put_clashes(row, input, chinese);
	put_appointments(row, input, chinese);
	template_put_list(row, "matters");
	for (size_t i = 0; i < input->n_matters; i++)
		put_matter_values(template_put_row(row, "matters"), &input->matters[i], i + 1);
	return row;
}
