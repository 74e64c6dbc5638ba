/* Reads time zone files, and converts between UTC and local time. */
#include "core/calendar/zone.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

/* ---- the file ---- */

#define HEADER_BYTES 44

struct counts {
	uint32_t isut, isstd, leap, time, type, character;
};

static uint32_t
be32(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int64_t
be64(const char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* Takes `len` bytes off the front of `rest`; NULL where there are fewer. */
static const char *
take_bytes(struct slice *rest, uint64_t len)
{
	const char *p = rest->p;

	if (len > rest->n)
		return NULL;
	rest->p += len;
	rest->n -= (size_t)len;
	return p;
}

static bool
read_tzif_header(struct slice *rest, char *ret_version, struct counts *ret)
{
	const char *p = take_bytes(rest, HEADER_BYTES);

	if (p == NULL || memcmp(p, "TZif", 4) != 0)
		return false;
	*ret_version = p[4];
	*ret = (struct counts){be32(p + 20), be32(p + 24), be32(p + 28), be32(p + 32), be32(p + 36), be32(p + 40)};
	return ret->time <= ZONE_FILE_MAX && ret->type <= 256;
}

/* The bytes of a data block whose times have `width` bytes. */
static uint64_t
block_bytes(const struct counts *c, unsigned width)
{
	return (uint64_t)c->time * width + c->time + (uint64_t)c->type * 6 + c->character +
	    (uint64_t)c->leap * (width + 4) + c->isstd + c->isut;
}

static bool
read_table(const char *block, const struct counts *c, struct zone *z)
{
	const char *indices = block + (size_t)c->time * 8, *types = indices + c->time;

	for (size_t i = 0; i < c->time; i++) {
		unsigned type = (unsigned char)indices[i];

		z->at[i] = be64(block + 8 * i);
		if (type >= c->type || (i > 0 && z->at[i] <= z->at[i - 1]))
			return false;
		z->offset[i] = (int32_t)be32(types + (size_t)6 * type);
		if (z->offset[i] <= -2 * DAY_S || z->offset[i] >= 2 * DAY_S)
			return false;
	}
	z->n = c->time;
	z->first = (int32_t)be32(types);
	return z->first > -2 * DAY_S && z->first < 2 * DAY_S;
}

/* ---- the rule at its end: a TZ string of POSIX, with the hours of RFC 8536 3.3.1 ---- */

struct cursor {
	struct slice rest;
	bool bad;
};

static char
posix_peek(const struct cursor *c)
{
	return c->rest.n > 0 ? c->rest.p[0] : '\0';
}

static bool
posix_accept(struct cursor *c, char wanted)
{
	if (posix_peek(c) != wanted || c->rest.n == 0)
		return false;
	c->rest.p++;
	c->rest.n--;
	return true;
}

static int
posix_number(struct cursor *c, int max)
{
	int value = 0;
	bool any = false;

	while (posix_peek(c) >= '0' && posix_peek(c) <= '9' && value <= max) {
		value = value * 10 + (posix_peek(c) - '0');
		any = true;
		c->rest.p++;
		c->rest.n--;
	}
	c->bad |= !any || value > max;
	return value;
}

/* [+-]h[:m[:s]], in seconds. */
static int32_t
posix_hours(struct cursor *c, int max)
{
	bool minus = posix_accept(c, '-');
	int32_t seconds;

	if (!minus)
		(void)posix_accept(c, '+');
	seconds = posix_number(c, max) * 3600;
	if (posix_accept(c, ':'))
		seconds += posix_number(c, 59) * 60;
	if (posix_accept(c, ':'))
		seconds += posix_number(c, 59);
	return minus ? -seconds : seconds;
}

/* A name of letters, or of anything between < and >. */
static void
posix_skip_name(struct cursor *c)
{
	bool quoted = posix_accept(c, '<'), any = false;

	while (c->rest.n > 0 &&
	    (quoted ? posix_peek(c) != '>' : (posix_peek(c) | 0x20) >= 'a' && (posix_peek(c) | 0x20) <= 'z')) {
		any = true;
		c->rest.p++;
		c->rest.n--;
	}
	c->bad |= !any || (quoted && !posix_accept(c, '>'));
}

static struct zone_change
posix_change(struct cursor *c)
{
	struct zone_change ch = {.form = '0', .second = 2 * 3600};

	if (posix_accept(c, 'M')) {
		ch.form = 'M';
		ch.month = posix_number(c, 12);
		c->bad |= !posix_accept(c, '.') || ch.month < 1;
		ch.week = posix_number(c, 5);
		c->bad |= !posix_accept(c, '.') || ch.week < 1;
		ch.day = posix_number(c, 6);
	} else {
		if (posix_accept(c, 'J'))
			ch.form = 'J';
		ch.day = posix_number(c, 365);
	}
	if (posix_accept(c, '/'))
		ch.second = posix_hours(c, 167);
	return ch;
}

static bool
read_posix_rule(struct slice text, struct zone_rule *r)
{
	struct cursor c = {text, false};

	if (text.n == 0)
		return true; /* no rule: the last offset of the table stays */
	r->given = true;
	posix_skip_name(&c);
	r->standard = -posix_hours(&c, 24);
	r->summer = r->standard + 3600;
	r->has_summer = c.rest.n > 0;
	if (r->has_summer) {
		posix_skip_name(&c);
		if (posix_peek(&c) != ',')
			r->summer = -posix_hours(&c, 24);
		c.bad |= !posix_accept(&c, ',');
		r->begins = posix_change(&c);
		c.bad |= !posix_accept(&c, ',');
		r->ends = posix_change(&c);
	}
	return !c.bad && c.rest.n == 0;
}

static bool
read_footer(struct slice rest, struct zone_rule *r)
{
	if (rest.n < 2 || rest.p[0] != '\n' || rest.p[rest.n - 1] != '\n')
		return false;
	return read_posix_rule((struct slice){rest.p + 1, rest.n - 2}, r);
}

int
zone_parse(struct slice bytes, struct zone *ret_zone, struct err *err)
{
	struct zone z = {0};
	struct counts c = {0};
	const char *block = NULL;
	char version = '\0';

	/* The first block has times of 32 bits, for old programs.  The second has all times. */
	if (read_tzif_header(&bytes, &version, &c) && version >= '2' &&
	    take_bytes(&bytes, block_bytes(&c, 4)) != NULL && read_tzif_header(&bytes, &version, &c) && c.type > 0 &&
	    c.leap == 0)
		block = take_bytes(&bytes, block_bytes(&c, 8));
	if (block == NULL)
		return err_set(err, ERR_REFUSED,
		    N_("the time zone file is damaged, or of a kind that is not understood"));
	z.at = calloc((size_t)c.time + 1, sizeof *z.at);
	z.offset = calloc((size_t)c.time + 1, sizeof *z.offset);
	if (z.at == NULL || z.offset == NULL) {
		zone_release(&z);
		return err_memory(err);
	}
	if (!read_table(block, &c, &z) || !read_footer(bytes, &z.rule)) {
		zone_release(&z);
		return err_set(err, ERR_REFUSED,
		    N_("the time zone file is damaged, or of a kind that is not understood"));
	}
	*ret_zone = z;
	return 0;
}

void
zone_release(struct zone *zone)
{
	if (zone == NULL)
		return;
	free(zone->at);
	free(zone->offset);
	*zone = (struct zone){0};
}

/* ---- look-ups ---- */

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* 0 is Sunday, as POSIX counts; 1970-01-01 was a Thursday. */
static int
weekday(int32_t day)
{
	int w = (int)((day + 4) % 7);

	return w < 0 ? w + 7 : w;
}

static int32_t
change_date(const struct zone_change *c, int year)
{
	int32_t first, next;
	int32_t day;

	if (c->form == '0')
		return text_date_of(year, 1, 1) + c->day;
	if (c->form == 'J') /* 29 February is never counted */
		return text_date_of(year, 1, 1) + c->day - 1 + (is_leap(year) && c->day > 59);
	first = text_date_of(year, c->month, 1);
	next = c->month == 12 ? text_date_of(year + 1, 1, 1) : text_date_of(year, c->month + 1, 1);
	day = first + (c->day - weekday(first) + 7) % 7 + 7 * (c->week - 1);
	return day < next ? day : day - 7; /* week 5 is the last one */
}

static int32_t
rule_offset(const struct zone_rule *r, int64_t time)
{
	int64_t local = time + r->standard, begins, ends;
	int year = text_year_of((int32_t)((local - (local % DAY_S + DAY_S) % DAY_S) / DAY_S));
	bool summer;

	if (!r->has_summer)
		return r->standard;
	begins = (int64_t)change_date(&r->begins, year) * DAY_S + r->begins.second - r->standard;
	ends = (int64_t)change_date(&r->ends, year) * DAY_S + r->ends.second - r->summer;
	summer = begins < ends ? time >= begins && time < ends : time >= begins || time < ends;
	return summer ? r->summer : r->standard;
}

int32_t
zone_offset(const struct zone *zone, int64_t time)
{
	size_t low = 0, high = zone->n;

	if (zone->rule.given && (zone->n == 0 || time >= zone->at[zone->n - 1]))
		return rule_offset(&zone->rule, time);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zone->at[middle] <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? zone->first : zone->offset[low - 1];
}

int32_t
zone_local(const struct zone *zone, int64_t time, int32_t *ret_second)
{
	int64_t local = time + zone_offset(zone, time);
	int64_t second = local % DAY_S;

	if (second < 0)
		second += DAY_S;
	if (ret_second != NULL)
		*ret_second = (int32_t)second;
	return (int32_t)((local - second) / DAY_S);
}

/* The first instant in (before, after] with the offset that `after` has; there is one change between them. */
static int64_t
change_between(const struct zone *zone, int64_t before, int64_t after)
{
	int32_t offset = zone_offset(zone, after);

	while (after - before > 1) {
		int64_t middle = before + (after - before) / 2;

		if (zone_offset(zone, middle) == offset)
			after = middle;
		else
			before = middle;
	}
	return after;
}

bool
zone_next_change(const struct zone *zone, int64_t after, int64_t until, int64_t *ret_at)
{
	for (int64_t from = after; from < until; from += DAY_S) {
		int64_t to = until - from < DAY_S ? until : from + DAY_S;

		if (zone_offset(zone, from) != zone_offset(zone, to)) {
			*ret_at = change_between(zone, from, to);
			return true;
		}
	}
	return false;
}

/*
 * The offsets a day before and a day after each give a candidate, since at most one change lies between them.  A
 * candidate is right where its own offset leads back to the local time.
 */
int64_t
zone_instant(const struct zone *zone, int32_t date, int32_t second, enum zone_how *ret_how)
{
	int64_t local = (int64_t)date * DAY_S + second;
	int64_t early = local - zone_offset(zone, local - DAY_S), late = local - zone_offset(zone, local + DAY_S);
	bool early_leads_back = early + zone_offset(zone, early) == local;
	bool late_leads_back = late + zone_offset(zone, late) == local;

	if (ret_how != NULL)
		*ret_how = !early_leads_back && !late_leads_back           ? ZONE_SKIPPED
		    : early_leads_back && late_leads_back && early != late ? ZONE_TWICE
		                                                           : ZONE_ONCE;
	if (early_leads_back && late_leads_back)
		return early < late ? early : late;
	if (early_leads_back || late_leads_back)
		return early_leads_back ? early : late;
	return change_between(zone, local - DAY_S, local + DAY_S);
}
