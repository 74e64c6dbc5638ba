/* Words about visits that cannot be kept: which, why, and what would help. */
#include "cli/unkept_print.h"

#include <stdio.h>

#include "rosters/codes.h"
#include "text/language.h"

#define EXPLAINED_MAX 5 /* visits that are explained; the rest is counted */
#define WORDS_MAX ((size_t)1 << 20)

int
print_unkept(struct cli *cli, const struct unkept *u)
{
	size_t n_explained = 0;
	struct buf text, plain;
	int rc;

	if (u->n == 0)
		return EXIT_DONE;
	buf_init(&text, WORDS_MAX);
	buf_init(&plain, WORDS_MAX);
	for (size_t i = 0; i < u->input.n_places && n_explained < EXPLAINED_MAX; i++) {
		if (u->kept[i])
			continue;
		kept_explain(&u->input, i, language_text, &text);
		buf_byte(&text, '\n');
		n_explained++;
	}
	rc = codes_put_plain(cli->store, buf_view(&text), &plain, &cli->err);
	buf_release(&text);
	if (rc != 0) {
		buf_release(&plain);
		return cli_fail(cli);
	}
	printf(_("%zu of %zu visits cannot be kept:\n"), u->n, u->visits);
	(void)fwrite(plain.data, 1, plain.len, stdout);
	if (u->n > n_explained)
		printf(ngettext("and %zu more\n", "and %zu more\n", u->n - n_explained), u->n - n_explained);
	buf_release(&plain);
	return fflush(stdout) == 0 ? EXIT_DONE : cli_output_failed(cli);
}

void
put_unkept_targets(const struct unkept *u, const char *separator, struct buf *out)
{
	for (size_t i = 0, n = 0; i < u->input.n_places; i++) {
		if (u->kept[i])
			continue;
		buf_text(out, n++ == 0 ? "" : separator);
		buf_slice(out, u->places[i].target);
	}
}

int
remedies_find(const struct rehearsal *r, const struct operator *operator, const struct config_cycle *cycle,
    struct remedies *ret, struct err *err)
{
	int rc = 0;

	*ret = (struct remedies){.unkept = rehearsal_unkept(&r->draw)};
	for (int change = 0; rc == 0 && ret->unkept > 0 && change < REHEARSAL_CHANGES; change++)
		rc = rehearsal_remedy(r, operator, cycle, (enum rehearsal_change)change, &ret->v[change], err);
	return rc;
}

static bool
helps(const struct remedies *remedies, int change)
{
	return remedies->v[change].tried && remedies->v[change].unkept < remedies->unkept;
}

static void
put_remedy(const struct remedies *remedies, int change, struct buf *out)
{
	const struct rehearsal_remedy *v = &remedies->v[change];

	if (change == REHEARSAL_SLOT)
		buf_format(out, _("visits at %02d:%02d as well (%zu left)"), v->minute / 60, v->minute % 60, v->unkept);
	else if (change == REHEARSAL_DAY)
		buf_format(out, _("a window of one day more (%zu left)"), v->unkept);
	else
		buf_format(out, _("one more inspector (%zu left)"), v->unkept);
}

void
put_remedies(const struct remedies *remedies, struct buf *out)
{
	bool any = false, tried = false;

	for (int change = 0; change < REHEARSAL_CHANGES; change++) {
		tried = tried || remedies->v[change].tried;
		if (!helps(remedies, change))
			continue;
		buf_text(out, any ? _(", or ") : _("What would help: "));
		put_remedy(remedies, change, out);
		any = true;
	}
	if (!any)
		buf_text(out,
		    tried ? _("Neither another slot a day, nor a longer window, nor one more inspector would help.")
		          : _("What would help was not tried: these rosters are too large for that."));
}

void
put_remedy_names(const struct remedies *remedies, struct buf *out)
{
	static const char *const names[REHEARSAL_CHANGES] = {"slot", "day", "inspector"};

	for (int change = 0, n = 0; change < REHEARSAL_CHANGES; change++)
		if (helps(remedies, change))
			buf_format(out, "%s%s", n++ == 0 ? "" : " ", names[change]);
}
