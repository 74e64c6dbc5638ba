/* Values of the INI with a grammar of their own: `sample` and `day`. */
#include <stdlib.h>
#include <string.h>

#include "config/values_private.h"
#include "core/base/array.h"
#include "core/base/text.h"

/* ---- sample ---- */

/* "5%", "5.5%", "0.25%": in 1/10000. */
static bool
to_rate(struct slice text, uint64_t *ret)
{
	struct slice decimals = text, whole = slice_cut(&decimals, '.');
	int64_t units = 0, hundredths = 0;

	if (!config_number(whole, 100, &units))
		return false;
	if (decimals.p != NULL) {
		if (decimals.n < 1 || decimals.n > 2)
			return false;
		for (size_t i = 0; i < 2; i++) {
			char c = i < decimals.n ? decimals.p[i] : '0';

			if (c < '0' || c > '9')
				return false;
			hundredths = hundredths * 10 + c - '0';
		}
	}
	*ret = (uint64_t)(units * 100 + hundredths);
	return *ret <= 10000;
}

static bool
to_amount(struct config_value *v, struct slice text, struct config_stratum *stratum)
{
	int64_t count;

	stratum->by_rate = text.n > 0 && text.p[text.n - 1] == '%';
	if (stratum->by_rate)
		return to_rate((struct slice){text.p, text.n - 1}, &stratum->amount) ||
		    config_refuse(v, N_("a rate is from 0% to 100%, with at most two decimals"));
	if (!config_number(text, v->key->max, &count))
		return config_refuse(v,
		    N_("an amount is a number such as 12 or a rate such as 10%, with a class as A:5% B:12 *:1%"));
	stratum->amount = (uint64_t)count;
	return true;
}

/* Splits `A:5%` or `"Class A":5%` at the last ':'.  False where there is none: the amount is for all classes. */
static bool
split_class(struct slice word, struct slice *ret_class, struct slice *ret_amount)
{
	const char *colon = memrchr(word.p, ':', word.n);

	*ret_class = slice_of("*");
	*ret_amount = word;
	if (colon == NULL)
		return false;
	*ret_class = (struct slice){word.p, (size_t)(colon - word.p)};
	*ret_amount = (struct slice){colon + 1, word.n - ret_class->n - 1};
	if (ret_class->n >= 2 && word.p[0] == '"' && colon[-1] == '"')
		*ret_class = (struct slice){word.p + 1, ret_class->n - 2};
	return true;
}

static bool
add_stratum(struct config_value *v, struct slice class, struct slice amount)
{
	struct config_cycle *cycle = v->object;
	struct config_stratum *grown, *stratum;

	for (size_t i = 0; i < cycle->n_sample; i++)
		if (slice_is(class, cycle->sample[i].class))
			return config_refuse(v, N_("a class stands in it twice"));
	if (class.n == 0 || text_check(class, NULL) != TEXT_OK || !text_is_nfc(class))
		return config_refuse(v,
		    N_("a class is a text as it stands in the roster, in double quotes where it has spaces"));
	grown = reallocarray(cycle->sample, cycle->n_sample + 1, sizeof *grown);
	if (grown == NULL) {
		v->no_memory = true;
		return false;
	}
	cycle->sample = grown;
	stratum = &grown[cycle->n_sample];
	*stratum = (struct config_stratum){0};
	if (!to_amount(v, amount, stratum) || !config_keep(v, &stratum->class, class))
		return false;
	cycle->n_sample++;
	return true;
}

/* Bytewise, "*" last. */
static int
compare_strata(const void *a, const void *b)
{
	const struct config_stratum *x = a, *y = b;
	int rest_x = strcmp(x->class, "*") == 0, rest_y = strcmp(y->class, "*") == 0;

	return rest_x != rest_y ? rest_x - rest_y : strcmp(x->class, y->class);
}

bool
config_parse_sample(struct config_value *v)
{
	struct config_cycle *cycle = v->object;
	struct slice rest = v->text, word, class, amount;
	bool all_classes = false, draws = false;

	while (config_next_word(&rest, &word)) {
		all_classes = !split_class(word, &class, &amount) || all_classes;
		if (!add_stratum(v, class, amount))
			return false;
	}
	if (all_classes && cycle->n_sample > 1)
		return config_refuse(v, N_("an amount for all other classes is written *:5%"));
	for (size_t i = 0; i < cycle->n_sample; i++)
		draws = draws || cycle->sample[i].amount > 0;
	if (!draws)
		return config_refuse(v, N_("it would draw nobody"));
	qsort(cycle->sample, cycle->n_sample, sizeof *cycle->sample, compare_strata);
	return true;
}

/* ---- day ---- */

/* "1st", "22nd": the number, or 0. */
static int64_t
parse_ordinal(struct slice word, int64_t max)
{
	static const char *const suffixes[] = {"st", "nd", "rd", "th"};
	int64_t n = 0;

	if (word.n < 3)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (memcmp(word.p + word.n - 2, suffixes[i], 2) == 0 &&
		    config_number((struct slice){word.p, word.n - 2}, max, &n))
			return n;
	return 0;
}

static bool
one_word_day(struct config_value *v, struct slice word, enum schedule_day *ret_day, int64_t *ret_n)
{
	int weekday = config_word_index(word, v->key->words);

	if (slice_is(word, "random")) {
		*ret_day = DAY_RANDOM;
		return true;
	}
	if (weekday >= 0) {
		*ret_day = DAY_WEEKDAY;
		*ret_n = weekday;
		return true;
	}
	*ret_day = DAY_NTH;
	return config_number(word, v->key->max, ret_n) && *ret_n >= v->key->min;
}

bool
config_parse_day(struct config_value *v)
{
	struct config_cycle *cycle = v->object;
	struct slice rest = v->text, first, second, more;
	enum schedule_day day = DAY_NTH;
	int64_t n = 0;
	bool ok, workday;

	(void)config_next_word(&rest, &first);
	if (!config_next_word(&rest, &second)) {
		ok = one_word_day(v, first, &day, &n);
	} else {
		workday = slice_is(second, "workday");
		ok = (workday || slice_is(second, "day")) && !config_next_word(&rest, &more);
		if (slice_is(first, "last")) {
			day = workday ? DAY_LAST_WORKDAY : DAY_LAST;
		} else {
			day = workday ? DAY_NTH_WORKDAY : DAY_NTH;
			n = parse_ordinal(first, v->key->max);
			ok = ok && n > 0;
		}
	}
	if (!ok)
		return config_refuse(v, N_("it must be like 1st workday, last workday, 1st day, mon, 15 or random"));
	cycle->rule.day = day;
	cycle->rule.day_n = n;
	return true;
}
