/* Says in words why a chosen target stays unstaffed. */
#include "core/draw/explain.h"

#include "core/draw/lawful.h"

#define NAMES_MAX 6

struct explanation {
	const struct draw_input *input;
	const struct draw *draw;
	const char *(*tr)(const char *text);
	struct buf *out;
};

static const char *
translated_phrase(const struct explanation *w, const char *text)
{
	return w->tr != NULL ? w->tr(text) : text;
}

static struct slice
chosen_target_id(const struct explanation *w, uint32_t chosen)
{
	return target_id(&w->input->roster->targets[w->draw->chosen[chosen].target]);
}

static struct slice
ordered_inspector_id(const struct explanation *w, uint32_t place)
{
	return inspector_id(&w->input->roster->inspectors[w->draw->order[place]]);
}

/* "T5, T7, T9", or the first few and how many more there are. */
static void
put_names(const struct explanation *w, const uint32_t *v, size_t n,
    struct slice (*name)(const struct explanation *, uint32_t))
{
	for (size_t i = 0; i < n && i < NAMES_MAX; i++) {
		buf_text(w->out, i == 0 ? "" : ", ");
		buf_slice(w->out, name(w, v[i]));
	}
	if (n > NAMES_MAX) {
		buf_text(w->out, " ");
		buf_format(w->out, translated_phrase(w, N_("and %zu more")), n - NAMES_MAX);
	}
}

/* "; 3 are of the same unit", where there are any. */
static void
put_barred_count(const struct explanation *w, size_t n, const char *text)
{
	if (n == 0)
		return;
	buf_text(w->out, "; ");
	buf_format(w->out, translated_phrase(w, text), n);
}

/* For a seat that nobody may take: how many inspectors in the drum fail which rule. */
static void
put_unfillable_seat(const struct explanation *w, size_t chosen, size_t seat)
{
	const struct rules *rules = &w->input->commit->rules;
	const struct target *t = &w->input->roster->targets[w->draw->chosen[chosen].target];
	size_t unfit = 0, barred[UNLAWFUL_CONFLICT + 1] = {0};

	for (size_t i = 0; i < w->draw->n_in; i++) {
		const struct inspector *p = &w->input->roster->inspectors[w->draw->order[i]];

		if ((lawful_fits(rules, p) >> seat & 1) == 0)
			unfit++;
		else
			barred[lawful_pair(rules, w->input->roster, t, p)]++;
	}
	buf_slice(w->out, target_id(t));
	buf_text(w->out, ": ");
	buf_format(w->out, translated_phrase(w, N_("none of %zu inspectors may take the seat \"%.*s\"")), w->draw->n_in,
	    SLICE_ARGS(rules->team[seat]));
	put_barred_count(w, unfit, N_("%zu lack its tag"));
	put_barred_count(w, barred[UNLAWFUL_UNIT], N_("%zu are of the target's unit, or one of the two is unknown"));
	put_barred_count(w, barred[UNLAWFUL_AREA], N_("%zu are of the target's area, or one of the two is unknown"));
	put_barred_count(w, barred[UNLAWFUL_LEVEL], N_("%zu are not of the level"));
	put_barred_count(w, barred[UNLAWFUL_CONFLICT], N_("%zu have a conflict of interest"));
}

static void
put_too_few(const struct explanation *w, const struct assign_why *why)
{
	uint64_t max_load = w->input->commit->rules.max_load;

	put_names(w, why->targets, why->n_targets, chosen_target_id);
	buf_text(w->out, ": ");
	if (why->n_inspectors == 1)
		buf_text(w->out, translated_phrase(w, N_("only one inspector could visit here, ")));
	else
		buf_format(w->out, translated_phrase(w, N_("only %zu inspectors could visit here, ")),
		    why->n_inspectors);
	put_names(w, why->inspectors, why->n_inspectors, ordered_inspector_id);
	buf_text(w->out, ", ");
	if (max_load > 0 && why->n_full == why->n_inspectors)
		buf_format(w->out, translated_phrase(w, N_("who may take %llu seats each")),
		    (unsigned long long)max_load);
	else
		buf_text(w->out, translated_phrase(w, N_("too few for one team")));
}

int
explain_unstaffed(const struct draw_input *input, const struct draw *draw, size_t chosen,
    const char *(*tr)(const char *text), struct buf *out, struct err *err)
{
	struct explanation w = {input, draw, tr, out};
	struct assign_why why;
	int rc = draw_why(input, draw, chosen, &why, err);

	if (rc != 0)
		return rc;
	if (why.n_inspectors == 0)
		put_unfillable_seat(&w, chosen, why.seat);
	else
		put_too_few(&w, &why);
	assign_why_release(&why);
	return out->failed ? err_memory(err) : 0;
}
