/* `test-mail`: sends one letter like all others, and prints the whole SMTP dialogue. */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/draw_print.h"
#include "core/base/text.h"
#include "mail/maildir.h"
#include "mail/mime.h"
#include "mail/smtp.h"
#include "text/address.h"
#include "text/printable.h"

#define MESSAGE_MAX 65536

static int
make_id(const struct config *config, char *ret_id, size_t size)
{
	uint8_t random[16];
	char hex[2 * sizeof random + 1];

	if (sodium_init() < 0)
		return -1;
	randombytes_buf(random, sizeof random);
	text_to_hex(random, sizeof random, hex);
	(void)snprintf(ret_id, size, "<test-%s%s>", hex, strrchr(config->mail_from, '@'));
	return 0;
}

static int
make_message(struct cli *cli, const char *address, const char *id, struct buf *out)
{
	const struct config *c = &cli->config;
	struct buf text;
	struct mime_part body = {.type = "text/plain"};
	struct mime_message message = {.from = {slice_of(c->mail_from_name), slice_of(c->mail_from)},
	    .to = {.address = slice_of(address)},
	    .subject = slice_of(_("[spotcheckd] A test of the mail")),
	    .message_id = slice_of(id),
	    .date = cli->now,
	    .body = &body};
	int rc;

	buf_init(&text, MESSAGE_MAX);
	buf_format(&text,
	    _("This is a test of the mail of %s (%s). It was asked for by hand, and says nothing more.\n"), c->origin,
	    c->operator);
	body.content = buf_view(&text);
	rc = text.failed ? err_memory(&cli->err) : mime_write(&message, out, &cli->err);
	buf_release(&text);
	return rc;
}

static void
print_dialogue_line(void *ctx, bool is_ours, struct slice line)
{
	const struct cli *cli = ctx;

	if (!cli->json)
		plain_say(stdout, "%s %.*s", is_ours ? ">" : "<", (int)(line.n < SMTP_WORDS ? line.n : SMTP_WORDS),
		    line.p);
}

static int
report_test_mail(struct cli *cli, enum smtp_outcome outcome, const char *words)
{
	if (cli->json)
		printf("{\"sent\":%s}\n", outcome == SMTP_SENT ? "true" : "false");
	if (outcome == SMTP_SENT) {
		if (!cli->json)
			printf("%s", _("The server has taken it over.\n"));
		return print_end(cli);
	}
	(void)fflush(stdout);
	(void)err_set(&cli->err, ERR_OUTSIDE, "%s", words);
	return cli_fail(cli);
}

static int
send_by_smtp(struct cli *cli, const char *address, struct slice message)
{
	struct smtp_letter letter = {.say = print_dialogue_line, .ctx = cli};
	struct smtp_server server = {.user = ""};
	char words[SMTP_WORDS] = "";
	CURL *easy = NULL;
	int status = EXIT_DONE;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (easy = curl_easy_init()) == NULL)
		err_memory(&cli->err);
	else if (smtp_server_read(&cli->config, &server, &cli->err) == 0)
		(void)smtp_begin(&letter, easy, &server, slice_of(cli->config.mail_from), slice_of(address), message,
		    &cli->err);
	if (cli->err.code != 0) {
		status = cli_fail(cli);
	} else {
		enum smtp_outcome outcome = smtp_end(&letter, curl_easy_perform(easy), words);

		status = report_test_mail(cli, outcome, words);
	}
	curl_easy_cleanup(easy);
	curl_global_cleanup();
	smtp_server_release(&server);
	return status;
}

static int
put_into_maildir(struct cli *cli, const char *id, struct slice message)
{
	char name[MAILDIR_NAME_BYTES];
	struct maildir *maildir = NULL;
	int rc = maildir_open(cli->config.maildir, &maildir, &cli->err);

	if (rc == 0)
		rc = maildir_deliver(maildir, slice_of(id), message, NULL, &cli->err);
	maildir_close(maildir);
	if (rc != 0)
		return cli_fail(cli);
	maildir_name(slice_of(id), name);
	if (!cli->json)
		printf(_("It is in %s/new/%s; server = maildir: sends nothing to anybody.\n"), cli->config.maildir,
		    name);
	return print_end(cli);
}

static int
run_test_mail(struct cli *cli, int argc, char **argv)
{
	char id[ADDRESS_MAX + 64];
	struct buf message;
	int status;

	if (argc != 2)
		return cli_usage(cli);
	if (!address_ok(slice_of(argv[1])))
		return cli_usage_error(_("\"%s\" is no mail address"), argv[1]);
	/* Becomes the state's owner, who alone can read the password file. */
	status = cli_config(cli);
	if (status != EXIT_DONE)
		return status;
	buf_init(&message, MESSAGE_MAX);
	if (make_id(&cli->config, id, sizeof id) != 0)
		(void)err_set(&cli->err, ERR_OUTSIDE, N_("the system gives no random numbers"));
	else
		(void)make_message(cli, argv[1], id, &message);
	if (cli->err.code != 0)
		status = cli_fail(cli);
	else if (cli->config.mail_scheme == MAIL_MAILDIR)
		status = put_into_maildir(cli, id, buf_view(&message));
	else
		status = send_by_smtp(cli, argv[1], buf_view(&message));
	buf_release(&message);
	return status;
}

const struct command mail_commands[] = {
    {"test-mail", N_("ADDRESS"), N_("send one letter as all letters are sent, and show the whole dialogue"),
        run_test_mail},
    {.name = NULL},
};
