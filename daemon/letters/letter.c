/* What all parts of a letter share: its language, its identifiers, its appointments. */
#include "letters/letter_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/text.h"

#define HOST_MAX 40 /* bytes: with them a Message-ID fits into a header line */

static const char *const kind_names[LETTER_KINDS] = {N_("assignment"), N_("updated"), N_("cancelled"), N_("keep-free"),
    N_("released")};

const char *
letter_kind_name(enum letter_kind kind)
{
	return kind_names[kind];
}

bool
letter_in_chinese(const struct letter_input *input)
{
	struct slice language = input->language;

	if (!slice_is(language, "zh_CN") && !slice_is(language, "en"))
		language = input->default_language;
	return !slice_is(language, "en");
}

/* ---- identifiers and file names ---- */

static void
hash_line(struct hash_stream *stream, struct slice text)
{
	hash_add(stream, text.p, text.n);
	hash_add(stream, "\n", 1);
}

/* The host in the log's name, or its last labels that fit.  A Message-ID is unique by what is left of the @. */
static struct slice
host_of(struct slice origin)
{
	struct slice rest = origin, host = slice_cut(&rest, '/');

	while (host.n > HOST_MAX && host.p != NULL)
		(void)slice_cut(&host, '.');
	if (host.n == 0 || host.p == NULL)
		return slice_of("spotcheck.invalid");
	for (size_t i = 0; i < host.n; i++)
		if (host.p[i] == '_' || (host.p[i] != '.' && !text_is_id((struct slice){host.p + i, 1})))
			return slice_of("spotcheck.invalid");
	if (host.p[0] == '.' || host.p[host.n - 1] == '.' || memmem(host.p, host.n, "..", 2) != NULL)
		return slice_of("spotcheck.invalid");
	return host;
}

void
letter_name(const struct letter_input *input, struct slice what, struct slice numbers,
    char ret_name[static LETTER_ID_BYTES])
{
	struct slice host = host_of(input->origin);
	struct hash_stream stream;
	struct hash hash;
	char digits[HASH_HEX + 1];

	hash_begin(&stream);
	hash_line(&stream, what);
	hash_line(&stream, input->origin);
	hash_line(&stream, input->log_key);
	hash_line(&stream, numbers);
	hash_line(&stream, input->inspector_id);
	hash = hash_end(&stream);
	text_to_hex(hash.b, HASH_BYTES, digits);
	(void)snprintf(ret_name, LETTER_ID_BYTES, "%.32s@%.*s", digits, (int)host.n, host.p);
}

void
letter_id(const struct letter_input *input, char ret_id[static LETTER_ID_BYTES])
{
	char name[LETTER_ID_BYTES], numbers[192];

	(void)snprintf(numbers, sizeof numbers, "%llu/%llu/%s/%ld/%.*s", (unsigned long long)input->draw,
	    (unsigned long long)input->amendment, kind_names[input->kind], (long)input->day,
	    (int)(input->record_hash.n > HASH_HEX ? HASH_HEX : input->record_hash.n),
	    input->record_hash.n == 0 ? "" : input->record_hash.p);
	letter_name(input, slice_of("spotcheck letter"), slice_of(numbers), name);
	(void)snprintf(ret_id, LETTER_ID_BYTES, "<%.*s>", LETTER_ID_BYTES - 3, name);
}

static void
attachment_name(const char *what, const char *suffix, uint64_t draw, struct slice inspector_id, int32_t day,
    char ret_name[static LETTER_SHEET_NAME_BYTES])
{
	char date[DATE_TEXT];

	text_from_date(day, date);
	(void)snprintf(ret_name, LETTER_SHEET_NAME_BYTES, "%s-%04llu-%.*s-%.4s%.2s%.2s.%s", what,
	    (unsigned long long)draw, (int)(inspector_id.n > ID_MAX ? ID_MAX : inspector_id.n),
	    inspector_id.n == 0 ? "" : inspector_id.p, date, date + 5, date + 8, suffix);
}

void
letter_sheet_name(uint64_t draw, struct slice inspector_id, int32_t day, char ret_name[static LETTER_SHEET_NAME_BYTES])
{
	attachment_name("result", "csv", draw, inspector_id, day, ret_name);
}

void
letter_places_name(uint64_t draw, struct slice inspector_id, int32_t day, char ret_name[static LETTER_SHEET_NAME_BYTES])
{
	attachment_name("places", "json", draw, inspector_id, day, ret_name);
}

/* ---- visits ---- */

static int
compare_visits(const void *left, const void *right)
{
	const struct letter_visit *a = left, *b = right;
	int unit = slice_cmp(a->unit, b->unit);

	if (a->visit != b->visit)
		return a->visit < b->visit ? -1 : 1;
	return unit != 0 ? unit : slice_cmp(a->target_id, b->target_id);
}

void
letter_visits_sort(struct letter_visit *visits, size_t n)
{
	qsort(visits, n, sizeof *visits, compare_visits);
}

size_t
letter_appointment(const struct letter_visit *visits, size_t n)
{
	size_t k = 1;

	while (visits[0].unit.n > 0 && k < n && visits[k].visit == visits[0].visit &&
	    slice_eq(visits[k].unit, visits[0].unit))
		k++;
	return k;
}
