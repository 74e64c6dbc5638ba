/* Holds the places that a letter carries against the log, and after the reveal against the draw. */
#include "core/check/letter.h"

#include <stdlib.h>

#include "core/base/array.h"
#include "core/base/text.h"
#include "core/draw/place_line.h"

#define WORDS_MAX 1024 /* of a team of eight */

static const char *
in_words(const char *(*tr)(const char *text), const char *text)
{
	return tr != NULL ? tr(text) : text;
}

/* ---- begin ---- */

int
letter_check_begin(const struct place_proofs *proofs, const char *(*tr)(const char *text),
    struct letter_check *ret_check, struct err *err)
{
	*ret_check =
	    (struct letter_check){.proofs = proofs, .places = array_new(proofs->n, sizeof(struct letter_place))};
	if (ret_check->places == NULL)
		return err_memory(err);
	for (size_t i = 0; i < proofs->n; i++) {
		struct letter_place *p = &ret_check->places[i];

		p->why.tr = tr;
		buf_init(&p->now, WORDS_MAX);
		(void)place_line_parse(proofs->v[i].line, &p->line, &p->why);
	}
	return 0;
}

void
letter_check_release(struct letter_check *check)
{
	if (check == NULL)
		return;
	for (size_t i = 0; check->places != NULL && i < check->proofs->n; i++)
		buf_release(&check->places[i].now);
	free(check->places);
	*check = (struct letter_check){.places = NULL};
}

/* ---- against the draw ---- */

static bool
is_amended(const struct draw_case *c, const struct place_line *line)
{
	const struct place *now = &c->places.v[line->place];
	const uint32_t *team = c->places.team + line->place * c->draw.seats;
	const struct roster *roster = &c->roster;

	if (now->target == AMEND_EMPTY || !slice_eq(target_id(&roster->targets[now->target]), line->target))
		return true;
	for (size_t s = 0; s < c->draw.seats; s++)
		if (team[s] == AMEND_EMPTY ||
		    !slice_eq(inspector_id(&roster->inspectors[c->draw.order[team[s]]]), line->team[s]))
			return true;
	return false;
}

/* "T030 by I007, I009"; an empty seat is "-". */
static void
put_present(const struct draw_case *c, size_t place, struct buf *out)
{
	const struct place *now = &c->places.v[place];
	const uint32_t *team = c->places.team + place * c->draw.seats;
	const struct roster *roster = &c->roster;

	if (now->target == AMEND_EMPTY) {
		buf_byte(out, '-');
		return;
	}
	buf_slice(out, target_id(&roster->targets[now->target]));
	for (size_t s = 0; s < c->draw.seats; s++) {
		buf_text(out, s == 0 ? ": " : ", ");
		if (team[s] == AMEND_EMPTY)
			buf_byte(out, '-');
		else
			buf_slice(out, inspector_id(&roster->inspectors[c->draw.order[team[s]]]));
	}
}

/* The chosen target that has the place. */
static size_t
chosen_of(const struct draw *draw, uint64_t place)
{
	size_t i = 0;

	for (; i < draw->n_chosen; i++)
		if (draw->chosen[i].admitted && place-- == 0)
			break;
	return i;
}

static int
compare_place(struct letter_place *p, struct slice line, const struct draw_case *c, struct err *err)
{
	size_t chosen = chosen_of(&c->draw, p->line.place);
	struct buf right;
	int rc = 0;

	buf_init(&right, PLACE_LINE_MAX);
	if (chosen < c->draw.n_chosen)
		place_line_write(&c->input, &c->draw, (size_t)p->line.place, chosen, &right);
	if (right.failed)
		rc = err_memory(err);
	else if (!slice_eq(buf_view(&right), line))
		p->differs = true;
	else if (c->has_places && is_amended(c, &p->line))
		put_present(c, (size_t)p->line.place, &p->now);
	buf_release(&right);
	return rc == 0 && p->now.failed ? err_memory(err) : rc;
}

int
letter_check_compare(struct letter_check *check, const struct draw_context *x, const struct draw_case *c,
    struct err *err)
{
	int rc = 0;

	if (!c->has_draw || x->reveal == NULL)
		return 0;
	for (size_t i = 0; rc == 0 && i < check->proofs->n; i++)
		if (check->places[i].line.n == x->n)
			rc = compare_place(&check->places[i], check->proofs->v[i].line, c, err);
	return rc;
}

/* ---- against the log ---- */

int
letter_place_check(const struct place_proofs *proofs, const struct place_proof *proof, const struct place_line *line,
    const struct entry *entry, struct err *err)
{
	unsigned long long n = line->n;

	if (proof->n != 0 && proof->n != n)
		return err_set(err, ERR_REFUSED, N_("the letter is of draw %llu, the line of draw %llu"),
		    (unsigned long long)proof->n, n);
	if (proof->index != line->place)
		return err_set(err, ERR_REFUSED, N_("the proof is for place %llu, the line for place %llu"),
		    (unsigned long long)proof->index, (unsigned long long)line->place);
	if (entry == NULL)
		return err_set(err, ERR_REFUSED, N_("it is of draw %llu, which is not drawn yet"), n);
	if (entry->type == ENTRY_VOID)
		return err_set(err, ERR_REFUSED, N_("it is of draw %llu, which was voided: nobody was drawn"), n);
	if (!place_proof_leads_to(proofs, proof, entry->draw.places))
		return err_set(err, ERR_REFUSED,
		    N_("place %llu of draw %llu: the path does not lead to what the log holds of this draw"),
		    (unsigned long long)line->place, n);
	return 0;
}

static int
check_place(const struct letter_check *check, size_t i, const struct log *log, const struct sequence *s,
    struct err *err)
{
	const struct place_proof *proof = &check->proofs->v[i];
	const struct place_line *line = &check->places[i].line;
	size_t outcome;

	if (proof->origin.p != NULL &&
	    (!slice_eq(proof->key, log->vkey_text) || !slice_eq(proof->origin, log->checkpoint.origin)))
		return err_set(err, ERR_REFUSED, N_("it is of another log: %.*s, %.*s"), SLICE_ARGS(proof->origin),
		    SLICE_ARGS(proof->key));
	if (line->n > s->n_draws)
		return err_set(err, ERR_REFUSED, N_("it is of draw %llu, which is not in this directory"),
		    (unsigned long long)line->n);
	outcome = s->draws[line->n - 1].outcome;
	return letter_place_check(check->proofs, proof, line,
	    outcome == SEQUENCE_NONE ? NULL : &log->entries[outcome].entry, err);
}

/* As in err.c: msgfmt --check compares the catalogue's formats with ours. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void
put_place_words(const struct letter_place *p, int64_t since, const char *(*tr)(const char *text), struct buf *out)
{
	char visit[SLOT_TEXT], time[TIME_TEXT];
	struct buf team;

	buf_init(&team, WORDS_MAX);
	for (size_t s = 0; s < p->line.seats; s++) {
		buf_text(&team, s == 0 ? "" : ", ");
		buf_slice(&team, p->line.team[s]);
	}
	slot_format(p->line.visit, visit);
	visit[SLOT_DATE_TEXT] = ' ';
	text_from_time(since, time);
	buf_format(out,
	    in_words(tr, N_("place %llu of draw %llu: target %.*s on %s by %.*s: in the public log since %s")),
	    (unsigned long long)p->line.place, (unsigned long long)p->line.n, SLICE_ARGS(p->line.target), visit,
	    (int)team.len, team.data, time);
	if (p->now.len > 0)
		buf_format(out, in_words(tr, N_("; amended since: %.*s")), (int)p->now.len, p->now.data);
	buf_byte(out, '\0');
	out->failed |= team.failed;
	buf_release(&team);
}

#pragma GCC diagnostic pop

static int
report_place(struct letter_check *check, size_t i, const struct log *log, const struct sequence *s,
    struct report *report, struct err *err)
{
	struct letter_place *p = &check->places[i];
	struct buf words;
	int rc = 0;

	if (p->why.code == 0)
		(void)check_place(check, i, log, s, &p->why);
	if (p->why.code == 0 && p->differs)
		(void)err_set(&p->why, ERR_REFUSED, N_("place %llu of draw %llu is another in record.json"),
		    (unsigned long long)p->line.place, (unsigned long long)p->line.n);
	if (p->why.code != 0) {
		report_check(report, p->line.n, CHECK_LETTER, CHECK_FAILED, p->why.message);
		return 0;
	}
	buf_init(&words, 2 * WORDS_MAX);
	put_place_words(p, log->entries[s->draws[p->line.n - 1].outcome].entry.time, report->tr, &words);
	if (words.failed)
		rc = err_memory(err);
	else
		report_check(report, p->line.n, CHECK_LETTER, CHECK_OK, words.data);
	buf_release(&words);
	return rc;
}

int
letter_check_report(struct letter_check *check, const struct log *log, const struct sequence *sequence,
    struct report *report, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < check->proofs->n; i++)
		rc = report_place(check, i, log, sequence, report, err);
	return rc;
}

void
letter_check_skip(const struct letter_check *check, struct report *report)
{
	for (size_t i = 0; i < check->proofs->n; i++)
		report_check(report, check->places[i].line.n, CHECK_LETTER, CHECK_NOT_RUN,
		    in_words(report->tr, N_("the directory itself does not hold")));
}
