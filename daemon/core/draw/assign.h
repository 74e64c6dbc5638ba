#ifndef SPOTCHECK_CORE_DRAW_ASSIGN_H
#define SPOTCHECK_CORE_DRAW_ASSIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/draw/lawful.h"

/*
 * Teams (PROTOCOL 7): which targets are admitted, which inspectors are drawn, the load limit, and who sits where.
 *
 * Seats and inspectors form a flow network in which each inspector has a load limit and sits at most once in a team.
 * The protocol asks only whether an assignment exists; here an assignment is kept at all times and changed along
 * augmenting paths (a path of seats, each taking over the next one's holder), so that a question costs one search.
 */

#define ASSIGN_NOBODY UINT32_MAX

struct assign_problem {
	size_t n_targets;            /* the chosen ones, in ticket order over all strata */
	size_t n_inspectors;         /* the `in` ones, in inspector() order */
	size_t seats;                /* 1 .. TEAM_MAX */
	const uint8_t *fits;         /* [n_inspectors]: bit s: fits seat s */
	struct lawful_table *lawful; /* rows by target, bits by inspector, both in the orders above */
	uint64_t inspectors;         /* k: how many are drawn; 0 = all */
	uint64_t max_load;           /* 0 = no limit */
	uint64_t slack;
	/* ret[i] = pair(t, inspectors[i]), for i < n; pair() of PROTOCOL 6 */
	void (*pairs)(const void *ctx, size_t t, const uint32_t *inspectors, size_t n, struct hash *ret);
	const void *ctx;
	const struct progress *progress; /* may be NULL */
};

struct assign_result {
	bool *admitted; /* [n_targets] */
	uint32_t *team; /* [n_targets * seats]: inspector, or ASSIGN_NOBODY where not admitted */
	uint64_t *load; /* [n_inspectors]: seats held */
	size_t n_admitted;
	size_t n_drawn;        /* k': the first n_drawn inspectors are drawn */
	uint64_t least, limit; /* both 0 where nothing is admitted */
};

/*
 * Solves.  With nothing admitted, k' is k: the empty assignment exists for the first k inspectors.  ERR_MEMORY only.
 * Release with assign_release.
 */
int assign_solve(const struct assign_problem *problem, struct assign_result *ret_result, struct err *err);
void assign_release(struct assign_result *result);

/*
 * Why a target stays unstaffed: a set of seats, one more than the inspectors who may take them can fill.  The target
 * itself comes first.  The others were admitted before it and need the same inspectors.  `inspectors` are all who may
 * take any of these seats.  The first n_full of them are full, and hold only such seats.  Each of the others already
 * sits on such a seat in every team that could use him, and nobody sits twice in a team.  No inspectors: nobody may
 * take the seat.
 */
struct assign_why {
	uint32_t *targets;
	uint8_t *seats; /* [n_targets]: bit s: seat s of the target is among them */
	size_t n_targets;
	uint32_t *inspectors;
	size_t n_inspectors, n_full;
	size_t seat; /* the one of the target's seats that stays empty when the others of the set are filled */
};

/*
 * For an unadmitted target of a solved problem; of the result only `admitted` and `team` are read.  ERR_MEMORY only.
 * Release with assign_why_release.
 */
int assign_why(const struct assign_problem *problem, const struct assign_result *result, size_t target,
    struct assign_why *ret_why, struct err *err);
void assign_why_release(struct assign_why *why);

#endif
