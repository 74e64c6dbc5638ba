/* Finds the known word that a mistyped one was probably meant to be. */
#include "text/suggest.h"

#include <stdint.h>

#define WORD_MAX 40 /* longer words are not looked at */

static unsigned char
fold_case(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static unsigned
smaller_of(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, changes and swaps of neighbours. */
static unsigned
edit_distance(struct slice a, struct slice b)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];

	for (unsigned j = 0; j <= b.n; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned *turn = before;

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			bool same = fold_case(a.p[i - 1]) == fold_case(b.p[j - 1]);

			now[j] = smaller_of(last[j - 1] + !same, smaller_of(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && fold_case(a.p[i - 1]) == fold_case(b.p[j - 2]) &&
			    fold_case(a.p[i - 2]) == fold_case(b.p[j - 1]))
				now[j] = smaller_of(now[j], before[j - 2] + 1);
		}
		before = last;
		last = now;
		now = turn;
	}
	return last[b.n];
}

const char *
suggest(struct slice wrong, const char *const *words, size_t n)
{
	const char *best = NULL;
	unsigned best_distance = UINT32_MAX;

	if (wrong.n == 0 || wrong.n > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct slice word = slice_of(words[i]);
		unsigned d;

		if (word.n > WORD_MAX)
			continue;
		d = edit_distance(wrong, word);
		if (d < best_distance && d <= (word.n < 4 ? 1 : 1 + word.n / 4)) {
			best = words[i];
			best_distance = d;
		}
	}
	return best;
}
