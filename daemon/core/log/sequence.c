/* Goes through a log's entries and keeps the state of each draw and cycle: the checks `sequence` and `order`. */
#include "core/log/sequence.h"

#include <assert.h>
#include <stdlib.h>

#define OVERDUE_S 86400

/* One walk over the entries.  The first fault of each check is kept; after one of `sequence` the walk ends. */
struct walk {
	const struct log *log;
	struct sequence *s;
	struct err *sequence_err, *order_err;
	size_t at; /* the entry */
	struct witnesses in_force;
};

static const struct entry *
logged_entry(const struct log *log, size_t index)
{
	return &log->entries[index].entry;
}

/* Sets the fault of `sequence` and returns its code, which ends the walk. */
static int
out_of_sequence(struct walk *w, const char *wrong)
{
	const char *words = w->sequence_err->tr != NULL ? w->sequence_err->tr(wrong) : wrong;

	return err_set(w->sequence_err, ERR_REFUSED, N_("entry %zu: %s"), w->at, words);
}

static void
require_order(struct walk *w, bool holds, const char *wrong)
{
	const char *words = w->order_err->tr != NULL ? w->order_err->tr(wrong) : wrong;

	if (!holds && w->order_err->code == 0)
		err_set(w->order_err, ERR_REFUSED, N_("entry %zu: %s"), w->at, words);
}

static int
find_or_add_cycle(struct walk *w, const struct entry *e, size_t *ret_index)
{
	struct sequence *s = w->s;
	size_t index = slice_map_get(&s->by_name, e->cycle.cycle);

	if (index == SLICE_MAP_NONE) {
		if (s->n_cycles == s->cap_cycles) {
			size_t cap = s->cap_cycles * 2 + 8;
			struct cycle_state *more = realloc(s->cycles, cap * sizeof *more);

			if (more == NULL)
				return ERR_MEMORY;
			s->cycles = more;
			s->cap_cycles = cap;
		}
		index = s->n_cycles++;
		s->cycles[index] = (struct cycle_state){.name = e->cycle.cycle,
		    .open = SEQUENCE_NONE,
		    .last = SEQUENCE_NONE,
		    .unrevealed = SEQUENCE_NONE,
		    .last_reveal_time = INT64_MIN};
		if (slice_map_put(&s->by_name, e->cycle.cycle, index) != 0)
			return ERR_MEMORY;
	}
	*ret_index = index;
	return 0;
}

static int
apply_cycle(struct walk *w, const struct entry *e)
{
	struct sequence *s = w->s;
	struct cycle_state *c;
	size_t index;

	if (find_or_add_cycle(w, e, &index) != 0)
		return ERR_MEMORY;
	assert(s->cycles != NULL);
	c = &s->cycles[index];
	if (e->cycle.chain != c->chain + 1)
		return out_of_sequence(w, N_("the chain's number does not follow the cycle's last"));
	if (c->unrevealed != SEQUENCE_NONE)
		return out_of_sequence(w, N_("a new chain begins before every used link of the last is revealed"));
	if (slice_map_get(&s->anchors, e->cycle.anchor) != SLICE_MAP_NONE)
		return out_of_sequence(w, N_("the anchor is that of another chain"));
	if (slice_map_get(&s->secrets, e->cycle.anchor) != SLICE_MAP_NONE)
		return out_of_sequence(w, N_("the anchor is a secret that was revealed before"));
	c->chain = e->cycle.chain;
	c->length = e->cycle.length;
	c->embargo_days = e->cycle.embargo_days;
	c->source = e->cycle.source;
	c->anchor = e->cycle.anchor;
	c->link = 0;
	return slice_map_put(&s->anchors, e->cycle.anchor, w->at);
}

static int
add_draw_state(struct walk *w, size_t cycle)
{
	struct sequence *s = w->s;
	struct cycle_state *c = &s->cycles[cycle];

	if (s->n_draws == s->cap_draws) {
		size_t cap = s->cap_draws * 2 + 16;
		struct draw_state *more = realloc(s->draws, cap * sizeof *more);

		if (more == NULL)
			return ERR_MEMORY;
		s->draws = more;
		s->cap_draws = cap;
	}
	s->draws[s->n_draws] = (struct draw_state){.commit = w->at,
	    .outcome = SEQUENCE_NONE,
	    .reveal = SEQUENCE_NONE,
	    .cycle = cycle,
	    .previous = c->last,
	    .next = SEQUENCE_NONE,
	    .anchor = c->anchor,
	    .embargo_days = c->embargo_days,
	    .witnesses = w->in_force};
	if (c->last != SEQUENCE_NONE)
		s->draws[c->last].next = s->n_draws;
	if (c->unrevealed == SEQUENCE_NONE)
		c->unrevealed = s->n_draws;
	c->last = c->open = s->n_draws++;
	return 0;
}

bool
sequence_looks_at(const struct log *log, const struct sequence *s, size_t index, size_t other)
{
	const struct draw_state *d = &s->draws[index], *o = &s->draws[other];
	const struct commit *c = &logged_entry(log, d->commit)->commit;
	int64_t days = (int64_t)c->date - logged_entry(log, o->commit)->commit.date;

	return o->cycle != d->cycle && o->outcome != SEQUENCE_NONE && !o->is_void && o->outcome < d->commit &&
	    c->rules.quiet_days > 0 && days < (int64_t)c->rules.quiet_days;
}

/* Of the newest commitment (PROTOCOL 4). */
static int64_t
due_reveal_time(const struct walk *w, const struct commit *commit, const struct cycle_state *cycle)
{
	int64_t due = commit->draw_time + (int64_t)cycle->embargo_days * DAY_S;

	if (cycle->last_reveal_time > due)
		due = cycle->last_reveal_time;
	for (size_t i = 0; commit->rules.quiet_days > 0 && i + 1 < w->s->n_draws; i++) {
		int64_t other = logged_entry(w->log, w->s->draws[i].commit)->commit.reveal_time;

		if (other > due && sequence_looks_at(w->log, w->s, w->s->n_draws - 1, i))
			due = other;
	}
	return due;
}

static int
apply_commit(struct walk *w, const struct entry *e)
{
	const struct commit *commit = &e->commit;
	size_t index = slice_map_get(&w->s->by_name, commit->cycle);
	int64_t utc_date = commit->draw_time / DAY_S - (commit->draw_time % DAY_S < 0);
	struct cycle_state *c;
	int rc;

	if (index == SLICE_MAP_NONE)
		return out_of_sequence(w, N_("a commitment of a cycle that has no chain"));
	assert(w->s->cycles != NULL);
	c = &w->s->cycles[index];
	if (commit->n != w->s->n_draws + 1)
		return out_of_sequence(w, N_("the commitment's number does not follow the last"));
	if (c->open != SEQUENCE_NONE)
		return out_of_sequence(w, N_("the cycle's commitment before this one has no outcome yet"));
	if (commit->chain != c->chain)
		return out_of_sequence(w, N_("the commitment does not use the cycle's newest chain"));
	if (commit->link != c->link + 1 || commit->link > c->length)
		return out_of_sequence(w, N_("the commitment does not use the chain's next link"));
	if (commit->beacon.source != c->source)
		return out_of_sequence(w, N_("the beacon's source is not that of the chain"));
	if (!slice_eq(commit->origin, w->log->entries[0].entry.genesis.origin))
		return out_of_sequence(w, N_("the commitment names the origin of another log"));
	require_order(w, e->time <= commit->draw_time, N_("the commitment is later than its draw_time"));
	require_order(w, utc_date - commit->date <= 1 && commit->date - utc_date <= 1,
	    N_("the date is more than a day from that of draw_time"));
	c->link = commit->link;
	rc = add_draw_state(w, index);
	if (rc == 0)
		require_order(w, commit->reveal_time == due_reveal_time(w, commit, &w->s->cycles[index]),
		    N_("reveal_time is not the latest of draw_time and the embargo's days, the cycle's draws, and "
		       "those "
		       "that it looks at"));
	return rc;
}

static struct draw_state *
committed_draw(struct walk *w, uint64_t n)
{
	return n >= 1 && n <= w->s->n_draws ? &w->s->draws[n - 1] : NULL;
}

static int
apply_outcome(struct walk *w, uint64_t n, struct slice commit, bool is_void)
{
	struct cycle_state *c;
	struct draw_state *d = committed_draw(w, n);

	if (d == NULL)
		return out_of_sequence(w, N_("there is no commitment of this number"));
	if (d->outcome != SEQUENCE_NONE)
		return out_of_sequence(w, N_("the commitment has an outcome already"));
	if (!slice_is(commit, w->log->entries[d->commit].hash))
		return out_of_sequence(w, N_("the hash is not that of the commitment"));
	d->outcome = w->at;
	d->is_void = is_void;
	c = &w->s->cycles[d->cycle];
	c->open = SEQUENCE_NONE;
	if (!is_void && logged_entry(w->log, d->commit)->commit.reveal_time > c->last_reveal_time)
		c->last_reveal_time = logged_entry(w->log, d->commit)->commit.reveal_time;
	return 0;
}

static int
apply_draw(struct walk *w, const struct entry *e)
{
	int rc = apply_outcome(w, e->draw.n, e->draw.commit, false);

	if (rc == 0)
		require_order(w,
		    e->time >= logged_entry(w->log, committed_draw(w, e->draw.n)->commit)->commit.draw_time,
		    N_("the draw is earlier than its draw_time"));
	return rc;
}

static bool
looks_at_sealed(const struct walk *w, size_t index)
{
	const struct commit *commit = &logged_entry(w->log, w->s->draws[index].commit)->commit;

	for (size_t i = 0; commit->rules.quiet_days > 0 && i < w->s->n_draws; i++)
		if (w->s->draws[i].reveal == SEQUENCE_NONE && sequence_looks_at(w->log, w->s, index, i))
			return true;
	return false;
}

static int
apply_reveal(struct walk *w, const struct entry *e)
{
	struct draw_state *d = committed_draw(w, e->reveal.n);
	const struct commit *commit;
	struct cycle_state *c;

	if (d == NULL)
		return out_of_sequence(w, N_("there is no commitment of this number"));
	if (d->reveal != SEQUENCE_NONE)
		return out_of_sequence(w, N_("the commitment is revealed already"));
	c = &w->s->cycles[d->cycle];
	require_order(w, d->outcome != SEQUENCE_NONE, N_("it is revealed before its draw or void"));
	commit = &logged_entry(w->log, d->commit)->commit;
	require_order(w, e->time >= (d->is_void ? commit->draw_time : commit->reveal_time),
	    d->is_void ? N_("a void is revealed before its draw_time") : N_("it is revealed before reveal_time"));
	if (c->unrevealed != (size_t)(d - w->s->draws))
		return out_of_sequence(w, N_("an earlier commitment of the cycle is not revealed yet"));
	if (slice_map_get(&w->s->anchors, e->reveal.secret) != SLICE_MAP_NONE)
		return out_of_sequence(w, N_("the secret is the anchor of a chain"));
	if (d->outcome == SEQUENCE_NONE)
		return ERR_REFUSED; /* what comes after it cannot be judged */
	if (looks_at_sealed(w, (size_t)(d - w->s->draws)))
		return out_of_sequence(w, N_("a draw that it looks at is not revealed yet"));
	if (d->is_void && e->reveal.record.n > 0)
		return out_of_sequence(w, N_("the reveal of a void names a record"));
	d->reveal = w->at;
	c->unrevealed = d->next;
	return slice_map_put(&w->s->secrets, e->reveal.secret, w->at);
}

size_t
sequence_amendment_stands(const struct log *log, size_t entry)
{
	const struct entry *e = logged_entry(log, entry);

	return e->amend.before_reveal ? (size_t)e->amend.archive : entry;
}

static int
apply_amend(struct walk *w, const struct entry *e)
{
	struct draw_state *d = committed_draw(w, e->amend.n);
	size_t *more, stands;

	if (d == NULL)
		return out_of_sequence(w, N_("there is no commitment of this number"));
	if (d->outcome == SEQUENCE_NONE || d->is_void)
		return out_of_sequence(w, N_("an amendment of what is not drawn"));
	if (d->reveal == SEQUENCE_NONE)
		return out_of_sequence(w, N_("an amendment is told before the reveal"));
	if (e->amend.amendment != d->n_amends + 1)
		return out_of_sequence(w, N_("the amendment's number does not follow the draw's last"));
	if (e->amend.before_reveal && w->at != d->reveal + 1 + d->n_amends)
		return out_of_sequence(w, N_("an amendment made before the reveal does not follow it directly"));
	stands = sequence_amendment_stands(w->log, w->at);
	d->amended_late |= d->next != SEQUENCE_NONE && stands > w->s->draws[d->next].commit;
	if ((d->n_amends & (d->n_amends - 1)) == 0) { /* room doubles at each power of two */
		more = realloc(d->amends, (d->n_amends == 0 ? 1 : d->n_amends * 2) * sizeof *more);
		if (more == NULL)
			return ERR_MEMORY;
		d->amends = more;
	}
	d->amends[d->n_amends++] = w->at;
	return 0;
}

static int
apply_witnesses(struct walk *w, const struct slice *keys, size_t n)
{
	struct sequence *s = w->s;

	if (s->n_policies == s->cap_policies) {
		size_t cap = s->cap_policies * 2 + 4;
		void *more = realloc(s->policies, cap * sizeof *s->policies);

		if (more == NULL)
			return ERR_MEMORY;
		s->policies = more;
		s->cap_policies = cap;
	}
	w->in_force = (struct witnesses){keys, n};
	s->policies[s->n_policies].entry = w->at;
	s->policies[s->n_policies++].witnesses = w->in_force;
	return 0;
}

/* It names each draw that is drawn and not revealed, and no other. */
static int
apply_archive(struct walk *w, const struct entry *e)
{
	struct sequence *s = w->s;
	size_t named = 0;

	while (s->first_open < s->n_draws &&
	    (s->draws[s->first_open].is_void || s->draws[s->first_open].reveal != SEQUENCE_NONE))
		s->first_open++;
	for (size_t i = s->first_open; i < s->n_draws; i++) {
		const struct draw_state *d = &s->draws[i];
		bool open = d->outcome != SEQUENCE_NONE && !d->is_void && d->reveal == SEQUENCE_NONE;
		bool said = named < e->archive.n_open && e->archive.open[named].n == i + 1;

		if (open != said)
			return out_of_sequence(w,
			    open ? N_("the archive entry leaves out a draw that is open")
			         : N_("the archive entry names a draw that is not open"));
		named += said;
	}
	if (named < e->archive.n_open)
		return out_of_sequence(w, N_("the archive entry names a draw that is not open"));
	if (s->n_archives == s->cap_archives) {
		size_t cap = s->cap_archives * 2 + 64;
		size_t *more = realloc(s->archives, cap * sizeof *more);

		if (more == NULL)
			return ERR_MEMORY;
		s->archives = more;
		s->cap_archives = cap;
	}
	s->archives[s->n_archives++] = w->at;
	return 0;
}

static int
apply_entry(struct walk *w, const struct entry *e)
{
	if (w->at > 0)
		require_order(w, e->time >= logged_entry(w->log, w->at - 1)->time,
		    N_("its time is before that of the entry before"));
	if ((e->type == ENTRY_GENESIS) != (w->at == 0))
		return out_of_sequence(w, N_("genesis stands once, as entry 0"));
	switch (e->type) {
	case ENTRY_GENESIS:
		return apply_witnesses(w, e->genesis.witnesses, e->genesis.n_witnesses);
	case ENTRY_POLICY:
		return apply_witnesses(w, e->policy.witnesses, e->policy.n_witnesses);
	case ENTRY_CYCLE:
		return apply_cycle(w, e);
	case ENTRY_COMMIT:
		return apply_commit(w, e);
	case ENTRY_DRAW:
		return apply_draw(w, e);
	case ENTRY_VOID:
		return apply_outcome(w, e->void_.n, e->void_.commit, true);
	case ENTRY_REVEAL:
		return apply_reveal(w, e);
	case ENTRY_AMEND:
		return apply_amend(w, e);
	case ENTRY_ARCHIVE:
		return apply_archive(w, e);
	}
	return 0;
}

int
sequence_read(const struct log *log, struct sequence *ret_sequence, struct err *sequence_err, struct err *order_err)
{
	struct sequence s = {0};
	struct walk w = {.log = log, .s = &s, .sequence_err = sequence_err, .order_err = order_err};
	int rc = 0;

	for (; w.at < log->n_entries && rc == 0; w.at++)
		rc = apply_entry(&w, logged_entry(log, w.at));
	s.whole = rc == 0;
	*ret_sequence = s;
	return rc == ERR_MEMORY ? rc : 0;
}

void
sequence_release(struct sequence *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_draws; i++)
		free(s->draws[i].amends);
	free(s->draws);
	free(s->cycles);
	free(s->policies);
	free(s->archives);
	slice_map_release(&s->by_name);
	slice_map_release(&s->anchors);
	slice_map_release(&s->secrets);
	*s = (struct sequence){0};
}

struct witnesses
sequence_witnesses(const struct sequence *s, uint64_t size)
{
	size_t low = 0, high = s->n_policies; /* the last policy whose entry is below size */

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (s->policies[middle].entry < size)
			low = middle;
		else
			high = middle;
	}
	return s->n_policies == 0 ? (struct witnesses){NULL, 0} : s->policies[low].witnesses;
}

int
sequence_overdue(const struct log *log, const struct sequence *s, int64_t at, struct err *err)
{
	for (size_t i = 0; i < s->n_draws; i++) {
		const struct commit *c = &logged_entry(log, s->draws[i].commit)->commit;

		if (s->draws[i].outcome == SEQUENCE_NONE && at - c->draw_time > OVERDUE_S)
			return err_set(err, ERR_REFUSED,
			    N_("commitment %zu has no outcome, more than a day after its draw_time"), i + 1);
		if (s->draws[i].reveal == SEQUENCE_NONE && at - c->reveal_time > OVERDUE_S)
			return err_set(err, ERR_REFUSED,
			    N_("commitment %zu is not revealed, more than a day after its reveal_time"), i + 1);
	}
	return 0;
}

int64_t
sequence_newest(const struct log *log)
{
	int64_t newest = INT64_MIN;

	for (size_t i = 0; i < log->n_parsed; i++)
		if (logged_entry(log, i)->time > newest)
			newest = logged_entry(log, i)->time;
	return newest;
}
