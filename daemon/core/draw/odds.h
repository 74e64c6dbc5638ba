#ifndef SPOTCHECK_CORE_DRAW_ODDS_H
#define SPOTCHECK_CORE_DRAW_ODDS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/draw/draw.h"
#include "core/draw/odds_visits.h"

/*
 * The odds of a draw before it is made: each target's chance to be chosen and to be visited, each pair's to meet, what
 * each inspector has to expect, and how well each could guess.
 *
 * The chance to be chosen is always exact (core/draw/inclusion.h).  The rest is exact where the draw is plain: every
 * inspector in the drum is lawful for every target in it, all seats are for `any`, and max_load leaves room for all.
 * Then every chosen target is staffed, and the inspectors differ by their hashes alone.  So each has the same chance at
 * each seat, however many of them are drawn and whatever `slack` is: a pair's chance is the target's times
 * seats / inspectors.  Otherwise draws are simulated with draw_compute and counted.  Trial i of 0, 1 … draws with the
 * seed H(H(seed text || "/" || i)): the same text and rosters give the same figures.
 *
 * What is counted is what happens to a target in the draws that choose it.  The share is multiplied by the exact chance
 * to be chosen, and is given with its 99 % confidence interval (Wilson's).  Of a target that no trial chose nothing is
 * known (odds_came): it is not taken for one that is never visited.
 *
 * When a visit is (core/draw/odds_visits.h) is counted in every case; where the draw is plain, in fewer trials.
 *
 * The greatest of many counted chances is too high on average, because luck helped to make it the greatest.  So a best
 * guess is made twice, from the even trials and from the odd ones, and each is tried on the other half.  The figure
 * given is how often it was right there.  It is somewhat too low on average, because each guess knows only half of the
 * trials.
 */

#define ODDS_TRIALS 10000
#define ODDS_TRIALS_LEAST 160  /* half the 99 % interval of what n draws show, z / (2 sqrt(n + z z)), is 10 points */
#define ODDS_TRIALS_PLAIN 1000 /* at most, where the draw is plain and only the visits are counted */
#define ODDS_TRIALS_MAX 1000000
#define ODDS_CELLS ((size_t)1 << 23) /* pairs that are counted, in eight bytes each */
#define ODDS_NONE UINT32_MAX

struct odds_input {
	const struct commit *commit; /* strata, drums and limits checked, as for draw_compute */
	const struct roster *roster;
	const struct sealed *sealed; /* its nonce is left out */
	struct slice seed;           /* any text */
	uint64_t trials; /* 0: ODDS_TRIALS, or fewer where each takes long, but ODDS_TRIALS_LEAST if not plain */
	size_t cells;    /* 0: ODDS_CELLS */
	const struct progress *progress; /* may be NULL */
};

/* A probability, 0 to 1; exact where low and high are the same. */
struct chance {
	double p, low, high;
};

struct odds_target {
	double chosen;     /* the exact chance */
	bool visitable;    /* takes part, and there is a lawful team for it */
	uint32_t came[2];  /* simulated: in how many even and odd trials it is chosen … */
	uint32_t staffed;  /* … and in how many of both together it is staffed */
	uint32_t row;      /* its pairs, ODDS_NONE where they are not counted */
	uint32_t best;     /* who visits it most often, a place in odds->inspectors; ODDS_NONE: nobody */
	uint32_t guess[2]; /* the same in the even and in the odd trials */
};

struct odds_inspector {
	uint32_t inspector;      /* index into the roster */
	bool useful;             /* may be in a lawful team of some target */
	uint64_t seats, squares; /* simulated: the sum of his loads, and of their squares */
	uint32_t best;           /* the target that he visits most often, an index into the roster; ODDS_NONE: none */
	uint32_t guess[2];       /* the same in the even and in the odd trials */
	double squared;          /* the sum over targets of the squares of his pairs' chances, without bias */
};

struct odds {
	bool plain;
	uint64_t trials; /* 0 where plain; but visits.draws were made */
	size_t seats;
	struct odds_target *targets; /* [n_targets], as the roster */
	size_t n_targets;
	struct odds_inspector *inspectors; /* [n_in], those in the drum, in the roster's order */
	size_t n_in;
	uint32_t *pairs; /* [rows * n_in * 2], even and odd; NULL where plain */
	size_t rows;
	size_t left_out; /* targets that could be visited, but whose pairs are not counted for want of memory … */
	double left_out_most; /* … and the greatest chance among them: no pair of theirs has more */
	double to_choose;     /* how many targets are chosen in a draw */
	struct odds_visits visits;
};

/* ERR_REFUSED as draw_compute, ERR_MEMORY.  Release with odds_release. */
int odds_compute(const struct odds_input *input, struct odds *ret_odds, struct err *err);
void odds_release(struct odds *odds); /* NULL is allowed */

/* `count` of `trials` as a chance with its interval; without trials 0, with the interval 0 to 1. */
struct chance odds_counted(uint64_t count, uint64_t trials);

/* In how many trials target t was chosen; where the draw is plain, 1: nothing needs to be counted. */
uint64_t odds_came(const struct odds *odds, size_t t);

/*
 * The chance that target t, an index into the roster, is visited; that p, a place in odds->inspectors, visits it; and
 * the latter given that t is chosen.
 */
struct chance odds_staffed(const struct odds *odds, size_t t);
struct chance odds_pair(const struct odds *odds, size_t t, size_t p);
struct chance odds_given(const struct odds *odds, size_t t, size_t p);

/* The mean number of his visits in a draw.  `ret_error` gets half the 99 % interval of that. */
double odds_load(const struct odds *odds, size_t p, double *ret_error);

/*
 * How often the best guess is right: that of inspector p where he will go, and that of who visits t, once t is chosen.
 */
struct chance odds_guess(const struct odds *odds, size_t p);
struct chance odds_guess_visitor(const struct odds *odds, size_t t);

/*
 * Over how many targets his visits are spread: as many targets with equal shares of his visits would be as hard to
 * guess for him.  1 / the sum of the squared shares (Simpson's index); 0: no visits.  Somewhat too high where pairs are
 * left out.
 */
double odds_spread(const struct odds *odds, size_t p);

/* A few figures over all inspectors and all targets. */
struct odds_summary {
	uint32_t target, inspector; /* of the likeliest pair; ODDS_NONE where there is none */
	double guess_mean;          /* the inspectors' best guesses, on the average */
	double spread_mean;         /* over those that visit anything */
	double visitor_mean;        /* the best guess who visits a chosen target */
	double staffed;             /* how many targets are visited in a draw */
	size_t unseen;              /* targets that may be chosen, but no trial chose */
};
struct odds_summary odds_summary(const struct odds *odds);

#endif
