/*
 * Slots (PROTOCOL 2): one form, and minutes of a clock that nothing shifts.
 */
#include "scene.h"

#include <stdio.h>

#include "core/base/text.h"
#include "core/format/slot.h"

static bool
parse(const char *text, slot_t *ret_slot)
{
	struct slice copy = slice_copy(slice_of(text));
	bool is = slot_parse(copy, ret_slot);

	slice_free(copy);
	return is;
}

static void
test_known_slots(void **state)
{
	static const struct {
		const char *text;
		slot_t slot;
	} known[] = {
	    {"1970-01-01T00:00", 0},
	    {"1970-01-01T23:59", 1439},
	    {"1970-01-02T00:00", 1440},
	    {"1969-12-31T23:59", -1},
	    {"2026-06-22T09:30", (slot_t)20626 * 1440 + 570},
	    {"2028-02-29T12:00", (slot_t)21243 * 1440 + 720},
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		char text[SLOT_TEXT];
		slot_t slot;

		assert_true(parse(known[i].text, &slot));
		assert_true(slot == known[i].slot);
		slot_format(slot, text);
		assert_string_equal(text, known[i].text);
		assert_true(slot_of(slot_date(slot), slot_minute(slot)) == slot);
		assert_in_range(slot_minute(slot), 0, SLOT_DAY - 1);
	}
}

static void
test_no_slots(void **state)
{
	static const char *const wrong[] = {"", "2026-06-22", "2026-06-22T", "2026-06-22T09", "2026-06-22T09:3",
	    "2026-06-22T09:300", "2026-06-22T9:30", "2026-06-22T24:00", "2026-06-22T09:60", "2026-06-22T09:30Z",
	    "2026-06-22 09:30", "2026-06-22t09:30", "2026-06-31T09:30", "2026-02-29T09:30", "2026-6-22T09:30",
	    "2026-06-22T09.30", "2026-06-22T-1:30", "2026-06-22T+9:30", "2026-06-22T 9:30", "2026-06-22T09: 0",
	    "0000-01-01T00:00", "+2026-06-22T09:30", "2026-06-22T09:30:00", "2026-06-22T0a:30"};
	slot_t slot = 77;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		if (parse(wrong[i], &slot))
			fail_msg("a slot: %s", wrong[i]);
	}
	assert_true(slot == 77);
}

/* Each minute of a year is written as the calendar says, each text is read as it was written, and they ascend alike. */
static void
test_every_minute_of_a_year(void **state)
{
	int32_t first = text_date_of(2027, 12, 1), days = 400;
	char before[SLOT_TEXT] = "", text[SLOT_TEXT], date[DATE_TEXT], right[64];

	(void)state;
	for (int32_t day = first; day < first + days; day++) {
		text_from_date(day, date);
		for (int minute = 0; minute < SLOT_DAY; minute++) {
			slot_t slot = slot_of(day, minute), read;

			slot_format(slot, text);
			(void)snprintf(right, sizeof right, "%sT%02d:%02d", date, minute / 60, minute % 60);
			if (strcmp(text, right) != 0 || strcmp(before, text) >= 0 ||
			    !slot_parse(slice_of(text), &read) || read != slot)
				fail_msg("%s is %s after %s", right, text, before);
			memcpy(before, text, sizeof before);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_known_slots),
	    cmocka_unit_test(test_no_slots),
	    cmocka_unit_test(test_every_minute_of_a_year),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
