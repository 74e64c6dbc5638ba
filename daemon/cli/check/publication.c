/* `check`: what the published rosters will tell of whom. */

#include "cli/check/check.h"
#include "draws/draws.h"
#include "rosters/unique.h"

static int
say_unique(struct check *check)
{
	struct cli *cli = check->cli;
	bool coded = cli->config.public_ids == IDS_CODED;
	struct unique_rows u;
	int rc = rosters_unique(cli->store, coded, &u, &cli->err);

	if (rc != 0 || u.unique == 0)
		return rc;
	if (u.column == NULL)
		check_say(check, CHECK_HINT, "targets",
		    _("%llu of %llu rows stand alone in what becomes public: whoever knows a target knows its row"),
		    (unsigned long long)u.unique, (unsigned long long)u.rows);
	else
		check_say(check, CHECK_HINT, "targets",
		    _("%llu of %llu rows stand alone in what becomes public: whoever knows a target knows its row; "
		      "without the column %s it would be %llu"),
		    (unsigned long long)u.unique, (unsigned long long)u.rows, u.column, (unsigned long long)u.without);
	return 0;
}

/* Whether the newest draw was published by the other kind of ids. */
static int
say_changed_ids(struct check *check)
{
	struct cli *cli = check->cli;
	bool coded = cli->config.public_ids == IDS_CODED;
	int64_t before = 0;
	int rc = store_int(cli->store,
	    "SELECT CASE WHEN EXISTS (SELECT 1 FROM draw_place p JOIN public_id c ON c.kind = 'target' AND c.code = "
	    "p.target WHERE p.n = d.n) THEN 2 ELSE 1 END FROM draw d WHERE d.outcome = 'draw' ORDER BY d.n DESC LIMIT "
	    "1",
	    &before, &cli->err);

	if (rc == 0 && before != 0 && (before == 2) != coded)
		check_say(check, CHECK_HINT, "public_ids",
		    _("the draws so far were published %s: from the next commitment on every target and inspector is "
		      "another to the public, and rest, cover, rotate, quiet and what is owed begin anew"),
		    coded ? _("with plain ids") : _("with codes"));
	return rc;
}

int
check_publication(struct check *check)
{
	int rc = 0;

	if (check->cli->store == NULL)
		return EXIT_DONE;
	rc = say_unique(check);
	if (rc == 0)
		rc = say_changed_ids(check);
	return rc == 0 ? EXIT_DONE : cli_fail(check->cli);
}
