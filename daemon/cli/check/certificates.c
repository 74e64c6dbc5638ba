/* `check`: the certificates that letters are encrypted to. */

#include <stdlib.h>

#include "cli/check/check.h"
#include "core/base/text.h"
#include "letters/make.h"
#include "rosters/rosters.h"

#define SOON_S (30 * DAY_S)

struct certificates {
	struct check *check;
	uint64_t inspectors, without;
};

static void
say_expires_soon(struct check *check, struct slice id, int64_t until)
{
	char text[TIME_TEXT];

	if (until - check->cli->now > SOON_S)
		return;
	text_from_time(until, text);
	check_say(check, CHECK_HINT, "certificates", _("the certificate of %.*s expires on %.10s"), SLICE_ARGS(id),
	    text);
}

static int
check_inspector_certificate(void *ctx, const struct rosters_inspector *p)
{
	struct certificates *c = ctx;
	struct cli *cli = c->check->cli;
	struct smime_certificate *certificate = NULL;
	int rc = letter_certificate(&cli->config, p->id, p->email, cli->now, &certificate, &cli->err);

	c->inspectors++;
	if (rc == ERR_REFUSED || rc == ERR_OUTSIDE) {
		check_say(c->check, CHECK_FAULT, "certificates", "%s", cli->err.message);
		rc = 0;
	} else if (rc == 0 && certificate == NULL) {
		c->without++;
	} else if (rc == 0) {
		say_expires_soon(c->check, p->id, smime_certificate_until(certificate));
	}
	smime_certificate_free(certificate);
	return rc;
}

int
check_certificates(struct check *check)
{
	struct certificates c = {.check = check};
	struct cli *cli = check->cli;

	if (cli->store == NULL || cli->config.mail_encrypt == ENCRYPT_NO)
		return EXIT_DONE;
	if (rosters_each_inspector(cli->store, cli->today, check_inspector_certificate, &c, &cli->err) != 0)
		return cli_fail(cli);
	if (c.without > 0)
		check_say(check, CHECK_HINT, "certificates",
		    _("%llu of %llu inspectors have no certificate: their letters go in the clear"),
		    (unsigned long long)c.without, (unsigned long long)c.inspectors);
	return EXIT_DONE;
}
