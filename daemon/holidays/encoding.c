/* Detects encoding and format of a holiday file, and converts it to UTF-8. */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"
#include "holidays/file.h"

#define BOM "\xEF\xBB\xBF"

static unsigned long
line_at(struct slice text, size_t at)
{
	unsigned long line = 1;

	for (size_t i = 0; i < at; i++)
		line += text.p[i] == '\n';
	return line;
}

static bool
begins_with(struct slice text, const char *with)
{
	size_t n = strlen(with);

	return text.n >= n && memcmp(text.p, with, n) == 0;
}

static struct slice
without_bom(struct slice text)
{
	return begins_with(text, BOM) ? (struct slice){text.p + 3, text.n - 3} : text;
}

/* What a text is, read as UTF-8. */
struct tally {
	size_t good;         /* characters of several bytes */
	size_t broken;       /* bytes that UTF-8 does not allow where they are */
	size_t first_broken; /* index of the first of them; the text's length where there is none */
};

static struct tally
tally(struct slice text)
{
	struct tally t = {.first_broken = text.n};
	uint32_t c;

	for (size_t at = 0; at < text.n;) {
		size_t n = text_next((struct slice){text.p + at, text.n - at}, &c);

		if (n == 0 && t.broken++ == 0)
			t.first_broken = at;
		t.good += n > 1;
		at += n > 0 ? n : 1;
	}
	return t;
}

static void
report_unknown_encoding(struct calendar_file *f, unsigned long line)
{
	diag_add(&f->faults, f->path, line, N_("this is neither UTF-8 nor GB18030: save the file in UTF-8"));
}

/* Converts GB18030 in f->bytes to UTF-8 in f->converted, or reports a fault. */
static int
convert_gb18030(struct calendar_file *f, struct err *err)
{
	iconv_t converter = iconv_open("UTF-8", "GB18030");
	char *from = f->bytes, piece[8192];
	size_t left = f->n_bytes;
	bool bad = false;

	if (converter == (iconv_t)-1) /* NOLINT(performance-no-int-to-ptr): how iconv says it */
		return err_set(err, ERR_OUTSIDE, N_("this system cannot convert GB18030: save the file as UTF-8"));
	while (left > 0 && !bad) {
		char *to = piece;
		size_t room = sizeof piece;

		bad = iconv(converter, &from, &left, &to, &room) == (size_t)-1 && errno != E2BIG;
		buf_put(&f->converted, piece, sizeof piece - room);
	}
	(void)iconv_close(converter);
	if (f->converted.failed)
		return err_memory(err);
	if (bad)
		report_unknown_encoding(f, line_at((struct slice){f->bytes, f->n_bytes}, f->n_bytes - left));
	f->text = without_bom(buf_view(&f->converted));
	return 0;
}

/* Reports UTF-16 and workbooks, by their first bytes. */
static bool
report_foreign_format(struct calendar_file *f)
{
	struct slice bytes = {f->bytes, f->n_bytes};

	if (begins_with(bytes, "\xFF\xFE") || begins_with(bytes, "\xFE\xFF"))
		diag_add(&f->faults, f->path, 1, N_("the file is UTF-16: save it in UTF-8"));
	else if (begins_with(bytes, "PK\3\4") || begins_with(bytes, "\xD0\xCF\x11\xE0"))
		diag_add(&f->faults, f->path, 1, N_("the file is a workbook: save it as CSV in UTF-8"));
	else
		return false;
	return true;
}

static enum calendar_format
format_of(struct slice text)
{
	static const char begin[] = "BEGIN:VCALENDAR";

	while (text.n > 0 && memchr(" \t\r\n", text.p[0], 4) != NULL) {
		text.p++;
		text.n--;
	}
	if (begins_with(text, "{"))
		return CALENDAR_JSON;
	if (text.n >= sizeof begin - 1 && strncasecmp(text.p, begin, sizeof begin - 1) == 0)
		return CALENDAR_ICS;
	return CALENDAR_CSV;
}

/* In damaged UTF-8 most characters are intact, in another encoding hardly any.  rosters/input.c decides likewise. */
static bool
may_be_gb18030(const struct calendar_file *f, enum calendar_format format, const struct tally *t)
{
	return format != CALENDAR_JSON && !begins_with((struct slice){f->bytes, f->n_bytes}, BOM) &&
	    t->broken > t->good;
}

int
calendar_text(struct calendar_file *f, enum calendar_format *ret_format, struct err *err)
{
	struct slice bytes = {f->bytes, f->n_bytes};
	const char *nul = bytes.n == 0 ? NULL : memchr(bytes.p, '\0', bytes.n);
	struct tally t;

	f->text = without_bom(bytes);
	*ret_format = format_of(f->text);
	if (report_foreign_format(f))
		return 0;
	if (nul != NULL) {
		diag_add(&f->faults, f->path, line_at(bytes, (size_t)(nul - bytes.p)),
		    N_("there is a NUL byte: the file must be a text"));
		return 0;
	}
	t = tally(bytes);
	if (t.broken == 0)
		return 0;
	if (may_be_gb18030(f, *ret_format, &t))
		return convert_gb18030(f, err);
	diag_add(&f->faults, f->path, line_at(bytes, t.first_broken),
	    N_("a character is broken: the file must be UTF-8"));
	return 0;
}
