/* One letter over SMTP with libcurl: how to reach the server, the dialogue, and what its end means. */
#include "mail/smtp.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/file.h"
#include "text/address.h"
#include "text/printable.h"

#define PASSWORD_MAX 1024
#define CREDENTIAL "smtp-password"

/* ---- the server ---- */

static int
read_password(const char *path, char **ret_password, struct err *err)
{
	char bytes[PASSWORD_MAX];
	struct stat st;
	ssize_t n = -1;
	int fd, rc = file_open(AT_FDCWD, path, FILE_FOLLOW_LINKS, &fd, &st, NULL);

	if (rc != 0 && errno != 0)
		return err_set(err, ERR_REFUSED, N_("the password of [mail] user cannot be read: %s: %s"), path,
		    strerror(errno));
	if (rc == 0 && file_is_private(path, &st))
		n = file_read_up_to(fd, bytes, sizeof bytes);
	if (rc == 0)
		(void)close(fd);
	if (n < 0)
		return err_set(err, ERR_REFUSED,
		    N_("the password of [mail] user: %s must be a regular file that others cannot read: chmod 0600 it"),
		    path);
	while (n > 0 && (bytes[n - 1] == '\n' || bytes[n - 1] == '\r'))
		n--;
	if (n == 0 || n == (ssize_t)sizeof bytes || memchr(bytes, '\n', (size_t)n) != NULL ||
	    memchr(bytes, '\0', (size_t)n) != NULL) {
		sodium_memzero(bytes, sizeof bytes);
		return err_set(err, ERR_REFUSED, N_("the password of [mail] user: %s must hold one line"), path);
	}
	*ret_password = strndup(bytes, (size_t)n);
	sodium_memzero(bytes, sizeof bytes);
	return *ret_password == NULL ? err_memory(err) : 0;
}

/* password_file, or else the systemd credential, which only the service's user can read. */
static int
find_password(const struct config *config, char **ret_password, struct err *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char *path = NULL;
	int rc;

	if (config->mail_password_file[0] != '\0')
		return read_password(config->mail_password_file, ret_password, err);
	if (folder == NULL)
		return err_set(err, ERR_REFUSED,
		    N_("[mail] user has no password: neither password_file nor the systemd credential \"%s\" is there"),
		    CREDENTIAL);
	if (asprintf(&path, "%s/%s", folder, CREDENTIAL) < 0)
		return err_memory(err);
	rc = read_password(path, ret_password, err);
	free(path);
	return rc;
}

int
smtp_server_read(const struct config *config, struct smtp_server *ret_server, struct err *err)
{
	const char *seconds = getenv("SPOTCHECK_MAIL_TIMEOUT");
	struct smtp_server *s = ret_server;
	bool brackets = config->mail_host[0] != '[' && strchr(config->mail_host, ':') != NULL;

	*s = (struct smtp_server){.starttls = config->mail_scheme == MAIL_STARTTLS,
	    .user = config->mail_user,
	    .ca_file = config->mail_ca_file,
	    .timeout_s = seconds == NULL ? 0 : strtol(seconds, NULL, 10)};
	if (s->timeout_s < 1 || s->timeout_s > SMTP_TIMEOUT_S)
		s->timeout_s = SMTP_TIMEOUT_S;
	if (asprintf(&s->url, "%s://%s%s%s:%lld", config->mail_scheme == MAIL_SMTPS ? "smtps" : "smtp",
	        brackets ? "[" : "", config->mail_host, brackets ? "]" : "", (long long)config->mail_port) < 0) {
		s->url = NULL;
		return err_memory(err);
	}
	return s->user[0] == '\0' ? 0 : find_password(config, &s->password, err);
}

void
smtp_server_release(struct smtp_server *server)
{
	if (server == NULL)
		return;
	if (server->password != NULL)
		sodium_memzero(server->password, strlen(server->password));
	free(server->password);
	free(server->url);
	*server = (struct smtp_server){.user = ""};
}

/* ---- the dialogue ---- */

static bool
begins_with_command(struct slice line, const char *words)
{
	return line.n >= strlen(words) && strncasecmp(line.p, words, strlen(words)) == 0;
}

static void
show_line(struct smtp_letter *letter, bool is_ours, struct slice line)
{
	if (letter->say != NULL)
		letter->say(letter->ctx, is_ours, line);
}

/*
 * libcurl blocks until its QUIT is answered, which a hanging server never does.  So the socket is shut down for
 * reading; where it is not known, the wait is one second.
 */
static void
stop_reading_replies(struct smtp_letter *letter)
{
	letter->quit_sent = true;
	(void)curl_easy_setopt(letter->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, 1L);
	if (letter->socket != CURL_SOCKET_BAD)
		(void)shutdown(letter->socket, SHUT_RD);
}

static void
on_client_line(struct smtp_letter *letter, struct slice line)
{
	static const char hidden[] = "***";

	if (begins_with_command(line, "MAIL FROM"))
		letter->mail_from_sent = true;
	if (begins_with_command(line, "AUTH "))
		letter->secret = true;
	if (begins_with_command(line, "QUIT"))
		stop_reading_replies(letter);
	show_line(letter, true, letter->secret ? slice_of(hidden) : line);
}

/* Keeps the code and the text of a reply's last line: "250-…" is followed by more lines, "250 …" is the last. */
static void
on_server_line(struct smtp_letter *letter, struct slice line)
{
	if (!letter->quit_sent && line.n >= 3 && line.p[0] >= '2' && line.p[0] <= '5' && line.p[1] >= '0' &&
	    line.p[1] <= '9' && line.p[2] >= '0' && line.p[2] <= '9') {
		letter->code = (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 + (line.p[2] - '0');
		(void)snprintf(letter->reply, sizeof letter->reply, "%.*s",
		    (int)(line.n < SMTP_REPLY ? line.n : SMTP_REPLY - 1), line.p);
		if (letter->code == 354)
			letter->data_accepted = true;
		if (letter->code != 334)
			letter->secret = false;
	}
	show_line(letter, false, line);
}

static int
/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl says the types */
on_debug(CURL *easy, curl_infotype type, char *bytes, size_t len, void *ctx)
{
	struct smtp_letter *letter = ctx;
	struct slice rest = {bytes, len};

	(void)easy;
	letter->stirred++;
	if (type != CURLINFO_HEADER_IN && type != CURLINFO_HEADER_OUT)
		return 0;
	while (rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');

		while (line.n > 0 && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == '\n'))
			line.n--;
		if (type == CURLINFO_HEADER_OUT)
			on_client_line(ctx, line);
		else
			on_server_line(ctx, line);
	}
	return 0;
}

/* Ends the transfer once the replies exceed SMTP_REPLIES_MAX bytes. */
static size_t
on_reply(char *bytes, size_t size, size_t n, void *ctx) /* NOLINT(readability-non-const-parameter) */
{
	struct smtp_letter *letter = ctx;

	(void)bytes;
	letter->reply_bytes += size * n;
	return letter->reply_bytes > SMTP_REPLIES_MAX ? 0 : size * n;
}

static size_t
on_read(char *to, size_t size, size_t n, void *ctx)
{
	struct smtp_letter *letter = ctx;
	size_t room = size * n, left = letter->message.n - letter->given;
	size_t some = left < room ? left : room;

	if (some > 0)
		memcpy(to, letter->message.p + letter->given, some);
	letter->given += some;
	letter->all_given = letter->given == letter->message.n;
	return some;
}

void
smtp_cut(struct smtp_letter *letter)
{
	letter->cut = true;
	if (letter->socket != CURL_SOCKET_BAD)
		(void)shutdown(letter->socket, SHUT_RDWR);
}

/* ---- a letter ---- */

static char *
bracketed_address(struct slice address)
{
	char *text = NULL;

	return asprintf(&text, "<%.*s>", SLICE_ARGS(address)) < 0 ? NULL : text;
}

static void
set_server_options(CURL *easy, const struct smtp_server *server)
{
	(void)curl_easy_setopt(easy, CURLOPT_URL, server->url);
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_USE_SSL, server->starttls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (server->ca_file[0] != '\0')
		(void)curl_easy_setopt(easy, CURLOPT_CAINFO, server->ca_file);
	if (server->user[0] != '\0') {
		(void)curl_easy_setopt(easy, CURLOPT_USERNAME, server->user);
		(void)curl_easy_setopt(easy, CURLOPT_PASSWORD, server->password);
	}
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, server->timeout_s);
	(void)curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, server->timeout_s);
	(void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, server->timeout_s);
	(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)SMTP_LETTER_S);
}

int
smtp_begin(struct smtp_letter *letter, CURL *easy, const struct smtp_server *server, struct slice sender,
    struct slice recipient, struct slice message, struct err *err)
{
	char *to = NULL;

	*letter = (struct smtp_letter){.easy = easy,
	    .socket = CURL_SOCKET_BAD,
	    .message = message,
	    .say = letter->say,
	    .ctx = letter->ctx};
	if (!address_ok(sender) || !address_ok(recipient))
		return err_set(err, ERR_REFUSED, N_("\"%.*s\" is no mail address"),
		    SLICE_ARGS(address_ok(sender) ? recipient : sender));
	letter->sender = bracketed_address(sender);
	to = bracketed_address(recipient);
	if (to != NULL)
		letter->recipients = curl_slist_append(NULL, to);
	free(to);
	if (letter->sender == NULL || letter->recipients == NULL) {
		free(letter->sender);
		curl_slist_free_all(letter->recipients);
		*letter = (struct smtp_letter){0};
		return err_memory(err);
	}
	curl_easy_reset(easy);
	set_server_options(easy, server);
	(void)curl_easy_setopt(easy, CURLOPT_MAIL_FROM, letter->sender);
	(void)curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, letter->recipients);
	(void)curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message.n);
	(void)curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	(void)curl_easy_setopt(easy, CURLOPT_READDATA, letter);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_reply);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, letter);
	(void)curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
	(void)curl_easy_setopt(easy, CURLOPT_DEBUGDATA, letter);
	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, letter->fault);
	return 0;
}

static enum smtp_outcome
outcome_of(const struct smtp_letter *letter, CURLcode code)
{
	bool refused_by_reply = letter->code >= 400;

	if (code == CURLE_OK)
		return SMTP_SENT;
	if (!letter->mail_from_sent)
		return SMTP_DOWN;
	if (refused_by_reply)
		return letter->code >= 500 ? SMTP_REFUSED : SMTP_LATER;
	return letter->data_accepted && letter->all_given ? SMTP_UNKNOWN : SMTP_LATER;
}

enum smtp_outcome
smtp_end(struct smtp_letter *letter, CURLcode code, char ret_words[static SMTP_WORDS])
{
	enum smtp_outcome outcome = outcome_of(letter, code);
	const char *fault = letter->cut ? "timeout: the server says nothing more"
	    : letter->fault[0] != '\0'  ? letter->fault
	                                : curl_easy_strerror(code);

	if (code == CURLE_OK || (letter->code >= 400 && outcome != SMTP_UNKNOWN))
		(void)snprintf(ret_words, SMTP_WORDS, "%s", letter->reply);
	else if (letter->reply[0] != '\0')
		(void)snprintf(ret_words, SMTP_WORDS, "%.200s (%.255s)", fault, letter->reply);
	else
		(void)snprintf(ret_words, SMTP_WORDS, "%s", fault);
	plain_clean(ret_words);
	free(letter->sender);
	curl_slist_free_all(letter->recipients);
	letter->sender = NULL;
	letter->recipients = NULL;
	return outcome;
}
