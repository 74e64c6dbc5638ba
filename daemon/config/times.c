/* Values of the INI that are numbers, durations or times of day. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/values_private.h"
#include "core/base/array.h"
#include "core/base/text.h"

/* ---- numbers and times ---- */

bool
config_parse_int(struct config_value *v)
{
	int64_t *field = config_field(v), value = 0;

	if (!config_number(v->text, v->key->max, &value) || value < v->key->min)
		return config_refuse_range(v);
	*field = value;
	return true;
}

bool
config_parse_int_or_all(struct config_value *v)
{
	int64_t *field = config_field(v), value = 0;

	if (!slice_is(v->text, "all") && (!config_number(v->text, v->key->max, &value) || value < v->key->min))
		return config_refuse(v, N_("it must be a number from 1, or all"));
	*field = value;
	return true;
}

bool
config_parse_gap(struct config_value *v)
{
	struct config_cycle *cycle = v->object;
	int64_t value = 0;

	cycle->has_level_gap = false;
	if (v->text.n == 0)
		return true;
	if (!text_to_int(v->text, &value) || value < v->key->min || value > v->key->max)
		return config_refuse_range(v);
	cycle->has_level_gap = true;
	cycle->level_gap = value;
	return true;
}

/* A number, perhaps a space, a unit. */
static bool
split_unit(struct slice text, int64_t *ret_number, struct slice *ret_unit)
{
	size_t n = 0;

	while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9')
		n++;
	if (!config_number((struct slice){text.p, n}, INTEGER_LIMIT / DAY_S, ret_number))
		return false;
	while (n < text.n && text.p[n] == ' ')
		n++;
	*ret_unit = (struct slice){text.p + n, text.n - n};
	return true;
}

static bool
to_duration(struct slice text, bool workdays, struct duration *ret)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {{"min", 60}, {"h", 3600}, {"d", DAY_S}, {"day", DAY_S}, {"days", DAY_S}};
	struct slice unit;
	int64_t n;

	if (!split_unit(text, &n, &unit))
		return false;
	*ret = (struct duration){false, n};
	if (unit.n == 0)
		return n == 0;
	if (slice_is(unit, "workdays") || slice_is(unit, "workday")) {
		ret->workdays = true;
		return workdays && n > 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (slice_is(unit, units[i].name)) {
			ret->n = n * units[i].seconds;
			return true;
		}
	}
	return false;
}

/* Writes a duration for a message, in the largest unit that divides it. */
static void
put_duration(int64_t seconds, char ret_text[static 32])
{
	int64_t unit = seconds % DAY_S == 0 ? DAY_S : seconds % 3600 == 0 ? 3600 : 60;

	(void)snprintf(ret_text, 32, "%lld%s", (long long)(seconds / unit),
	    unit == DAY_S      ? "d"
	        : unit == 3600 ? "h"
	                       : "min");
}

static bool
duration_in_range(struct config_value *v, struct duration duration)
{
	int64_t seconds = duration.workdays ? duration.n * DAY_S : duration.n;
	char least[32], most[32];

	if (seconds >= v->key->min && seconds <= v->key->max)
		return true;
	put_duration(v->key->min, least);
	put_duration(v->key->max, most);
	diag_add(v->diag, v->file, v->line, N_("%s = %.*s: it must be from %s to %s"), v->key->name,
	    SLICE_ARGS(v->text), least, most);
	return false;
}

bool
config_parse_duration(struct config_value *v)
{
	bool workdays = v->key->type == CONFIG_DURATION_WORKDAYS;
	struct duration *field = config_field(v), duration;

	if (!to_duration(v->text, workdays, &duration))
		return config_refuse(v,
		    workdays ? N_("it must be a duration such as 30min, 24h, 5d or 5 workdays")
		             : N_("it must be a duration such as 30min, 24h or 5d"));
	if (v->key->type == CONFIG_DURATION_DAYS && duration.n % DAY_S != 0)
		return config_refuse(v, N_("it must be whole days, such as 14d"));
	if (!duration_in_range(v, duration))
		return false;
	*field = duration;
	return true;
}

bool
config_parse_notice(struct config_value *v)
{
	struct config_cycle *cycle = v->object;
	struct duration duration = {false, 0};
	bool at_draw = slice_is(v->text, "at draw");

	if (!at_draw && !to_duration(v->text, true, &duration))
		return config_refuse(v,
		    N_("it must be \"at draw\", or a duration before the visit such as 2h or 1 workday"));
	if (!at_draw && !duration_in_range(v, duration))
		return false;
	cycle->rule.notice_at_draw = at_draw;
	cycle->rule.notice = duration;
	return true;
}

bool
config_parse_window(struct config_value *v)
{
	struct config_cycle *cycle = v->object;
	struct slice unit = {"", 0};
	int64_t n = 0;
	bool workdays, days;

	if (!split_unit(v->text, &n, &unit) || n < v->key->min || n > v->key->max)
		n = 0;
	workdays = slice_is(unit, "workdays") || slice_is(unit, "workday");
	days = slice_is(unit, "days") || slice_is(unit, "day") || slice_is(unit, "d");
	if (n == 0 || (!workdays && !days))
		return config_refuse(v, N_("it must be from 1 to 400 workdays or days, such as 5 workdays"));
	cycle->rule.window = n;
	cycle->rule.window_workdays = workdays;
	return true;
}

/* H:MM or HH:MM, as minutes from midnight. */
static bool
to_minutes(struct slice text, int32_t *ret)
{
	struct slice minutes = text, hours = slice_cut(&minutes, ':');
	int hour = 0, minute = 0;

	if (hours.n < 1 || hours.n > 2 || minutes.n != 2)
		return false;
	for (size_t i = 0; i < hours.n; i++) {
		if (hours.p[i] < '0' || hours.p[i] > '9')
			return false;
		hour = hour * 10 + hours.p[i] - '0';
	}
	for (size_t i = 0; i < 2; i++) {
		if (minutes.p[i] < '0' || minutes.p[i] > '9')
			return false;
		minute = minute * 10 + minutes.p[i] - '0';
	}
	*ret = hour * 60 + minute;
	return hour < 24 && minute < 60;
}

static bool
add_visit_time(struct config_value *v, struct visit_times *times, int64_t minute)
{
	if (times->n > 0 && minute <= times->min[times->n - 1])
		return config_refuse(v, N_("each time must be later than the one before it, such as 09:00 14:00"));
	if (times->n == VISIT_TIMES_MAX)
		return config_refuse(v, N_("these are too many times in a day (at most 96, such as every 15min)"));
	times->min[times->n++] = (int32_t)minute;
	return true;
}

/* Adds "09:00-16:00", which must be followed by "every 60min": a time each step, from the first to the last. */
static bool
add_visit_span(struct config_value *v, struct visit_times *times, struct slice from, struct slice to,
    struct slice *rest)
{
	struct duration step = {false, 0};
	struct slice every, text;
	int32_t first, last;

	if (!to_minutes(from, &first) || !to_minutes(to, &last) || last <= first)
		return config_refuse(v, N_("a span goes from a time of day to a later one, such as 09:00-16:00"));
	if (!config_next_word(rest, &every) || !slice_is(every, "every") || !config_next_word(rest, &text) ||
	    !to_duration(text, false, &step) || step.n == 0 || step.n > DAY_S)
		return config_refuse(v, N_("a span needs its step, such as 09:00-16:00 every 60min"));
	for (int64_t minute = first; minute <= last; minute += step.n / 60)
		if (!add_visit_time(v, times, minute))
			return false;
	return true;
}

/* "09:00", "09:00 14:00", "09:00-16:00 every 60min", or several of these. */
bool
config_parse_visit_times(struct config_value *v)
{
	struct visit_times *field = config_field(v), times = {.n = 0};
	struct slice rest = v->text, word;

	while (config_next_word(&rest, &word)) {
		struct slice to = word, from = slice_cut(&to, '-');
		int32_t minute;

		if (to.p != NULL) {
			if (!add_visit_span(v, &times, from, to, &rest))
				return false;
		} else if (!to_minutes(word, &minute)) {
			return config_refuse(v,
			    N_("it must be times of day such as 09:00 14:00, or 09:00-16:00 every 60min"));
		} else if (!add_visit_time(v, &times, minute)) {
			return false;
		}
	}
	*field = times;
	return true;
}

bool
config_parse_times(struct config_value *v)
{
	struct config_cycle *cycle = v->object;
	struct slice to = v->text, from = slice_cut(&to, '-');
	int32_t first, last;

	if (!to_minutes(from, &first) || (to.p != NULL && !to_minutes(to, &last)))
		return config_refuse(v,
		    N_("it must be a time of day such as 09:00, or 09:00-17:00 for a random moment"));
	if (to.p == NULL)
		last = first;
	else if (last <= first)
		return config_refuse(v, N_("it must end later than it begins, such as 09:00-17:00"));
	cycle->rule.time_from_min = first;
	cycle->rule.time_to_min = last;
	return true;
}
