#ifndef SPOTCHECK_MAIL_SMTP_H
#define SPOTCHECK_MAIL_SMTP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/base/slice.h"

/*
 * One letter to one recipient over SMTP (RFC 5321) with libcurl: sets up a handle, and tells from its end what became
 * of the letter.  The caller runs the handle: app/mailer.c in a multi handle, the command test-mail alone.
 */

#define SMTP_TIMEOUT_S 60      /* to connect, with TLS and login, and for each reply */
#define SMTP_LETTER_S 600      /* for one letter altogether */
#define SMTP_REPLIES_MAX 65536 /* bytes of replies to one letter */
#define SMTP_REPLY 256         /* bytes kept of a reply, with the NUL */

/* How to reach the server, by the INI and the password's file. */
struct smtp_server {
	char *url;        /* for libcurl: smtp:// or smtps:// */
	bool starttls;    /* required: without it nothing is sent */
	const char *user; /* "": no login; owned by the configuration */
	char *password;
	const char *ca_file; /* "": the system's */
	long timeout_s;
};

/*
 * The password is in password_file, or else in the systemd credential "smtp-password".  It is read at each call, so a
 * new one counts from then on.  ERR_REFUSED: there is a user and no password, or others can read the file; ERR_MEMORY.
 * Release with smtp_server_release, after a failure too.
 */
int smtp_server_read(const struct config *config, struct smtp_server *ret_server, struct err *err);
void smtp_server_release(struct smtp_server *server); /* wipes the password */

enum smtp_outcome {
	SMTP_SENT,
	SMTP_DOWN,    /* no session: MAIL FROM was not reached, and no other letter would get further */
	SMTP_LATER,   /* the server put this letter off, or the connection ended before it had all of it */
	SMTP_REFUSED, /* the server refused this letter for good */
	SMTP_UNKNOWN  /* the server has all of it, and did not say whether it accepts it */
};

/* A letter under way.  Until smtp_end it must not move, and neither may the bytes of its message. */
struct smtp_letter {
	CURL *easy; /* the caller's */
	struct curl_slist *recipients;
	char *sender;
	curl_socket_t socket; /* the caller sets it once it is known; CURL_SOCKET_BAD until then */
	struct slice message; /* CRLF throughout */
	size_t given;         /* bytes of the message that libcurl has taken */
	bool all_given;
	bool mail_from_sent;
	bool data_accepted; /* the server has replied 354 */
	bool quit_sent;     /* the reply to QUIT is not about the letter */
	bool secret;        /* the client's lines are secret now: AUTH and what follows */
	bool cut;           /* by smtp_cut */
	unsigned stirred;   /* grows with everything that libcurl sends or receives for it */
	size_t reply_bytes; /* of all replies */
	int code;           /* of the last reply; 0: none */
	char reply[SMTP_REPLY];
	char fault[CURL_ERROR_SIZE];
	/*
	 * Called for each line of the dialogue, without secrets.  The bytes are as received: clean them.  May be NULL.
	 */
	void (*say)(void *ctx, bool is_ours, struct slice line);
	void *ctx;
};

/* Resets the handle and sets it up.  ERR_REFUSED: no mail address; ERR_MEMORY.  `say` and `ctx` are kept. */
int smtp_begin(struct smtp_letter *letter, CURL *easy, const struct smtp_server *server, struct slice sender,
    struct slice recipient, struct slice message, struct err *err);

/*
 * Ends a letter on which nothing happens any more.  libcurl checks CURLOPT_SERVER_RESPONSE_TIMEOUT only when it runs,
 * which it does not in a loop without events; and removing the handle from its multi handle would complete half a
 * letter.  So the socket is shut down, and the letter ends as if the connection was lost.
 */
void smtp_cut(struct smtp_letter *letter);

/* What became of the letter; `ret_words` gets the server's reply or libcurl's error, cleaned (text/printable.h). */
#define SMTP_WORDS (SMTP_REPLY + CURL_ERROR_SIZE)
enum smtp_outcome smtp_end(struct smtp_letter *letter, CURLcode code, char ret_words[static SMTP_WORDS]);

#endif
