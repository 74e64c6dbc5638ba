/* Breaks long lines between words and Chinese characters. */
#include "text/wrap.h"

#include <stdbool.h>
#include <stdint.h>

#include "core/base/text.h"
#include "text/printable.h"

/* Characters that may not begin a line, and those that may not end one (GB/T 15834-2011, 5.1). */
static const char no_begin[] = "，。、；：？！）】》〉」』”’…—·,.;:?!)]}";
static const char no_end[] = "（【《〈「『“‘([{";

static bool
is_in_set(struct slice character, const char *set)
{
	for (struct slice rest = slice_of(set); rest.n > 0;) {
		uint32_t c = 0;
		size_t len = text_next(rest, &c);

		if (slice_eq(character, (struct slice){rest.p, len}))
			return true;
		rest.p += len;
		rest.n -= len;
	}
	return false;
}

static struct slice
first_character(struct slice text)
{
	uint32_t c = 0;
	size_t len = text_next(text, &c);

	return (struct slice){text.p, len == 0 && text.n > 0 ? 1 : len};
}

/* Whether a line may be broken between two characters, neither of which is a space. */
static bool
may_break_between(struct slice before, struct slice after)
{
	if (plain_width(before) < 2 && plain_width(after) < 2)
		return false;
	return !is_in_set(before, no_end) && !is_in_set(after, no_begin);
}

/*
 * How many bytes of `text` come before the last place within `width` columns where it may be broken.  Without such a
 * place: before the first one beyond, or all of it.  `text` begins with no space.
 */
static size_t
fitting_bytes(struct slice text, size_t width)
{
	struct slice before = {NULL, 0};
	size_t best = 0, columns = 0;

	for (size_t at = 0; at < text.n;) {
		struct slice here = first_character((struct slice){text.p + at, text.n - at});
		bool here_space = slice_is(here, " ");
		bool parts = at > 0 && !slice_is(before, " ") && (here_space || may_break_between(before, here));

		if (parts && (columns <= width || best == 0))
			best = at;
		columns += plain_width(here);
		if (columns > width && best != 0 && !here_space)
			return best;
		before = here;
		at += here.n;
	}
	return columns <= width || best == 0 ? text.n : best;
}

static struct slice
without_spaces_before(struct slice text)
{
	while (text.n > 0 && text.p[0] == ' ') {
		text.p++;
		text.n--;
	}
	return text;
}

size_t
wrap_line(struct buf *buf, size_t start, size_t width, size_t indent)
{
	struct buf line;
	struct slice rest;
	size_t lead, last = start;

	while (buf->len > start && (buf->data[buf->len - 1] == ' ' || buf->data[buf->len - 1] == '\t'))
		buf->len--;
	if (buf->failed || buf->len == start)
		return start;
	if (plain_width((struct slice){buf->data + start, buf->len - start}) <= width)
		return start;
	buf_init(&line, buf->max);
	buf_put(&line, buf->data + start, buf->len - start);
	rest = without_spaces_before(buf_view(&line));
	lead = line.len - rest.n;
	buf->len = start;
	while (rest.n > 0) {
		size_t n = fitting_bytes(rest, lead < width ? width - lead : 1);

		last = buf->len;
		for (size_t i = 0; i < lead; i++)
			buf_byte(buf, ' ');
		buf_put(buf, rest.p, n);
		rest = without_spaces_before((struct slice){rest.p + n, rest.n - n});
		if (rest.n > 0)
			buf_byte(buf, '\n');
		lead = indent;
	}
	buf->failed = buf->failed || line.failed;
	buf_release(&line);
	return last;
}

static struct slice
last_before(const struct buf *buf, size_t end)
{
	size_t at = end;

	while (at > 0 && ((unsigned char)buf->data[at - 1] & 0xC0) == 0x80)
		at--;
	at -= at > 0;
	return (struct slice){buf->data + at, end - at};
}

void
wrap_join(struct buf *buf, size_t at)
{
	struct slice after = {buf->data + at + 1, buf->len - at - 1};

	if (plain_width(last_before(buf, at)) == 2 && plain_width(first_character(after)) == 2) {
		memmove(buf->data + at, after.p, after.n);
		buf->len--;
	} else {
		buf->data[at] = ' ';
	}
}

static bool
skip_prefix(struct slice *rest, const char *text)
{
	size_t len = strlen(text);

	if (rest->n < len || memcmp(rest->p, text, len) != 0)
		return false;
	rest->p += len;
	rest->n -= len;
	return true;
}

size_t
wrap_indent(struct slice line)
{
	struct slice rest = without_spaces_before(line);
	size_t spaces = line.n - rest.n, digits = 0;

	if (skip_prefix(&rest, "- "))
		return spaces + 2;
	(void)(skip_prefix(&rest, "(") || skip_prefix(&rest, "（"));
	while (rest.n > 0 && rest.p[0] >= '0' && rest.p[0] <= '9') {
		rest = (struct slice){rest.p + 1, rest.n - 1};
		digits++;
	}
	if (digits == 0 || digits > 4)
		return spaces;
	if (!skip_prefix(&rest, ". ") && !skip_prefix(&rest, ") ") && !skip_prefix(&rest, "）") &&
	    !skip_prefix(&rest, "、"))
		return spaces;
	return plain_width((struct slice){line.p, (size_t)(rest.p - line.p)});
}

bool
wrap_is_running(struct slice line)
{
	return line.n > 0 && line.p[0] != ' ' && wrap_indent(line) == 0;
}
