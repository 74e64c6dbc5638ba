/* Writes the result sheet that inspectors fill in: CSV in the letter's language. */
#include "letters/sheet.h"

#include <string.h>

#include "core/base/text.h"
#include "letters/letter_private.h"

enum { SHEET_COLUMNS = 8 };

static const char *const headers[2][SHEET_COLUMNS] = {
    {"draw", "date", "target_id", "target_name", "matter", "question", "answer", "remarks"},
    {"抽取编号", "日期", "对象编号", "对象名称", "事项", "问题", "答案", "备注"},
};

/* A spreadsheet would take the value for a formula.  An apostrophe prevents that; an import removes it. */
static bool
is_formula(struct slice value)
{
	return value.n > 0 && memchr("=+-@\t", value.p[0], 5) != NULL;
}

static void
put_sheet_cell(struct buf *out, struct slice value, bool first)
{
	bool quoted = value.n > 0 &&
	    (memchr(value.p, ',', value.n) != NULL || memchr(value.p, '"', value.n) != NULL ||
	        memchr(value.p, '\n', value.n) != NULL || memchr(value.p, '\r', value.n) != NULL);

	if (!first)
		buf_byte(out, ',');
	if (quoted)
		buf_byte(out, '"');
	if (is_formula(value))
		buf_byte(out, '\'');
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"')
			buf_byte(out, '"');
		buf_byte(out, value.p[i]);
	}
	if (quoted)
		buf_byte(out, '"');
}

/* Id and name: an import takes the id, which ends at the first space. */
static void
put_matter_cell(struct buf *out, const struct letter_matter *matter)
{
	struct buf text;

	buf_init(&text, matter->id.n + matter->name.n + 1);
	buf_slice(&text, matter->id);
	buf_byte(&text, ' ');
	buf_slice(&text, matter->name);
	out->failed = out->failed || text.failed;
	put_sheet_cell(out, buf_view(&text), false);
	buf_release(&text);
}

static void
put_sheet_row(struct buf *out, uint64_t draw, const struct letter_visit *visit, const struct letter_matter *matter,
    struct slice question)
{
	char date[DATE_TEXT];

	text_from_date(slot_date(visit->visit), date);
	buf_uint(out, draw);
	put_sheet_cell(out, slice_of(date), false);
	put_sheet_cell(out, visit->target_id, false);
	put_sheet_cell(out, visit->target_name, false);
	put_matter_cell(out, matter);
	put_sheet_cell(out, question, false);
	buf_text(out, ",,\r\n");
}

/* A matter without a checklist has one row, so that there is a place for its answer. */
static void
put_visit_rows(struct buf *out, const struct letter_input *input, const struct letter_visit *visit)
{
	for (size_t m = 0; m < input->n_matters; m++) {
		const struct letter_matter *matter = &input->matters[m];

		if (matter->n_questions == 0)
			put_sheet_row(out, input->draw, visit, matter, slice_of(""));
		for (size_t i = 0; i < matter->n_questions; i++)
			put_sheet_row(out, input->draw, visit, matter, matter->questions[i]);
	}
}

int
letter_sheet(const struct letter_input *input, struct buf *out, struct err *err)
{
	const char *const *names = headers[letter_in_chinese(input)];

	buf_text(out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < SHEET_COLUMNS; i++)
		put_sheet_cell(out, slice_of(names[i]), i == 0);
	buf_text(out, "\r\n");
	for (size_t i = 0; i < input->n_visits && !out->failed; i++)
		put_visit_rows(out, input, &input->visits[i]);
	if (out->no_memory)
		return err_memory(err);
	return out->failed ? err_set(err, ERR_LIMIT, N_("the result sheet is larger than %zu bytes"), out->max) : 0;
}
