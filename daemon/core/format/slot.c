/* Slots: a local date and a time of its clock, to and from text. */

#include "core/format/slot.h"

#include <string.h>

#include "core/base/text.h"

static bool
parse_two_digits(const char *p, int most, int *ret)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*ret = (p[0] - '0') * 10 + p[1] - '0';
	return *ret <= most;
}

bool
slot_parse(struct slice text, slot_t *ret_slot)
{
	int32_t date;
	int hour, minute;

	if (text.n != SLOT_TEXT - 1 || text.p[10] != 'T' || text.p[13] != ':' ||
	    !text_to_date((struct slice){text.p, 10}, &date) || !parse_two_digits(text.p + 11, 23, &hour) ||
	    !parse_two_digits(text.p + 14, 59, &minute))
		return false;
	*ret_slot = slot_of(date, hour * 60 + minute);
	return true;
}

static void
put_two_digits(char *ret, int value)
{
	ret[0] = (char)('0' + value / 10);
	ret[1] = (char)('0' + value % 10);
}

void
slot_format(slot_t slot, char ret_text[static SLOT_TEXT])
{
	char date[DATE_TEXT];
	int minute = slot_minute(slot);

	text_from_date(slot_date(slot), date);
	memcpy(ret_text, date, 10);
	ret_text[10] = 'T';
	put_two_digits(ret_text + 11, minute / 60);
	ret_text[13] = ':';
	put_two_digits(ret_text + 14, minute % 60);
	ret_text[16] = '\0';
}

slot_t
slot_of(int32_t date, int minute)
{
	return (slot_t)date * SLOT_DAY + minute;
}

int32_t
slot_date(slot_t slot)
{
	slot_t date = slot / SLOT_DAY;

	return (int32_t)(slot % SLOT_DAY < 0 ? date - 1 : date);
}

int
slot_minute(slot_t slot)
{
	return (int)(slot - (slot_t)slot_date(slot) * SLOT_DAY);
}
