/* Names of holidays in Chinese and English, and the keys that they stand for. */
#include "core/calendar/holiday.h"

#include "core/base/array.h"
#include "core/base/buf.h"

/* Chinese names match by their beginning ("春节假期", "清明"), English ones in full; case and apostrophes do not count. */
static const struct {
	const char *key;
	const char *chinese[3], *english[5];
} known[] = {
    {"new-year", {"元旦", "新年"}, {"new year", "new years day", "new year holiday"}},
    {"spring-festival", {"春节", "除夕", "农历新年"},
        {"spring festival", "chinese new year", "lunar new year", "spring festival eve"}},
    {"qingming", {"清明"},
        {"qingming", "qingming festival", "tomb-sweeping day", "tomb sweeping day", "ching ming festival"}},
    {"labour-day", {"劳动节", "五一"}, {"labour day", "labor day", "may day", "international workers day"}},
    {"dragon-boat", {"端午"}, {"dragon boat", "dragon boat festival", "tuen ng festival"}},
    {"mid-autumn", {"中秋"}, {"mid-autumn", "mid-autumn festival", "mid-autumn day"}},
    {"national-day", {"国庆", "十一"}, {"national day", "national day holiday"}},
};

static const char *const joints[] = {"\xE3\x80\x81" /* 、 */, "/", "+", ";"};

static bool
name_begins(struct slice text, const char *with)
{
	size_t n = strlen(with);

	return text.n >= n && memcmp(text.p, with, n) == 0;
}

static char
lower_letter(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* `lowercase` is lowercase and has no apostrophe. */
static bool
is_english(struct slice name, const char *lowercase)
{
	size_t k = 0;

	for (size_t i = 0; i < name.n; i++) {
		struct slice rest = {name.p + i, name.n - i};

		if (name.p[i] == '\'')
			continue;
		if (name_begins(rest, "\xE2\x80\x99")) { /* ’ */
			i += 2;
			continue;
		}
		if (lowercase[k] == '\0' || lower_letter(name.p[i]) != lowercase[k])
			return false;
		k++;
	}
	return lowercase[k] == '\0';
}

const char *
holiday_key(struct slice name)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (slice_is(name, known[i].key))
			return known[i].key;
		for (size_t j = 0; j < ARRAY_LEN(known[i].chinese) && known[i].chinese[j] != NULL; j++)
			if (name_begins(name, known[i].chinese[j]))
				return known[i].key;
		for (size_t j = 0; j < ARRAY_LEN(known[i].english) && known[i].english[j] != NULL; j++)
			if (is_english(name, known[i].english[j]))
				return known[i].key;
	}
	return NULL;
}

/* Bytes of the joint that `text` begins with, or 0. */
static size_t
joint_len(struct slice text)
{
	for (size_t i = 0; i < ARRAY_LEN(joints); i++)
		if (name_begins(text, joints[i]))
			return strlen(joints[i]);
	return 0;
}

static struct slice
trim_name(struct slice text)
{
	while (text.n > 0 && text.p[0] == ' ') {
		text.p++;
		text.n--;
	}
	while (text.n > 0 && text.p[text.n - 1] == ' ')
		text.n--;
	return text;
}

bool
holiday_next_name(struct slice *rest, struct slice *ret_name)
{
	while (rest->n > 0) {
		size_t n = 0, cut = 0;

		while (n < rest->n && (cut = joint_len((struct slice){rest->p + n, rest->n - n})) == 0)
			n++;
		*ret_name = trim_name((struct slice){rest->p, n});
		rest->p += n + cut;
		rest->n -= n + cut;
		if (ret_name->n > 0)
			return true;
	}
	return false;
}

bool
holiday_is(const struct holiday *holiday, const char *name)
{
	for (size_t i = 0; i < holiday->n_names; i++) {
		const struct holiday_name *n = &holiday->names[i];

		if (slice_is(n->name, name) || (n->key != NULL && strcmp(n->key, name) == 0))
			return true;
	}
	return false;
}

void
holiday_title(const struct holiday *holiday, char ret_title[static HOLIDAY_TITLE])
{
	struct buf out;

	buf_init(&out, HOLIDAY_TITLE - 1);
	for (size_t i = 0; i < holiday->n_names && !out.failed; i++) {
		buf_text(&out, i == 0 ? "" : joints[0]);
		buf_slice(&out, holiday->names[i].name);
	}
	if (out.len > 0)
		memcpy(ret_title, out.data, out.len);
	ret_title[out.len] = '\0';
	buf_release(&out);
}
