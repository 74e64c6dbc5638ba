#ifndef SPOTCHECK_MAIL_SMTP_H
#define SPOTCHECK_MAIL_SMTP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/base/slice.h"

/*
 * One letter to one recipient over SMTP (RFC 5321), by libcurl: what to ask of a handle, and what its end means for the
 * letter.  Whoever drives the handles decides when: the mailer by a multi handle in its loop, test-mail by itself.
 */

#define SMTP_TIMEOUT_S 60      /* for connecting with TLS and login, and for each reply */
#define SMTP_LETTER_S 600      /* for one letter, all together */
#define SMTP_REPLIES_MAX 65536 /* bytes of replies to one letter */
#define SMTP_REPLY 256         /* bytes of what is kept of a reply, with its NUL */

/* How to reach the server: from the INI, and the password's file. */
struct smtp_server {
	char *url;        /* for libcurl: smtp:// or smtps:// */
	bool starttls;    /* must be had */
	const char *user; /* "" for no login; the configuration's */
	char *password;
	const char *ca_file; /* "" for the system's */
	long timeout_s;
};

/*
 * The password is that of password_file, or else of the systemd credential "smtp-password"; both are read anew, so a
 * changed one counts from the next letter on.  ERR_REFUSED where there is a user and no password, or others can read
 * the file; ERR_OUTSIDE.  Release with smtp_server_release, after a failure too.
 */
int smtp_server_read(const struct config *config, struct smtp_server *ret_server, struct err *err);
void smtp_server_release(struct smtp_server *server); /* wipes the password */

enum smtp_outcome {
	SMTP_SENT,
	SMTP_DOWN,    /* no session: the letter was not spoken of, and the next one would fare no better */
	SMTP_LATER,   /* the server puts this letter off, or the line was cut before it had all of it */
	SMTP_REFUSED, /* the server refuses this letter for good */
	SMTP_UNKNOWN  /* it has all of it, and did not say what becomes of it */
};

/* A letter under way.  It stays where it is until smtp_end; the slices it was begun with do too. */
struct smtp_letter {
	CURL *easy; /* the caller's */
	struct curl_slist *recipients;
	char *sender;
	curl_socket_t socket; /* for whoever sees which it is to tell; else CURL_SOCKET_BAD */
	struct slice message; /* CRLF throughout */
	size_t given;         /* of the message, to libcurl */
	bool all_given;
	bool spoken_of;   /* MAIL FROM has been said */
	bool data;        /* the server has said 354 */
	bool over;        /* QUIT has been said: what the server says to that is not about the letter */
	bool hidden;      /* what is said now is a secret: AUTH and what follows */
	bool cut;         /* by smtp_cut */
	unsigned stirred; /* grows with whatever libcurl says or hears for it */
	size_t answered;  /* bytes */
	int code;         /* of the last reply; 0: none */
	char reply[SMTP_REPLY];
	char fault[CURL_ERROR_SIZE];
	/* Each line of the dialogue, without secrets, for a person, as it came: clean it.  May be NULL. */
	void (*say)(void *ctx, bool is_ours, struct slice line);
	void *ctx;
};

/* Sets the handle up; it is reset first.  ERR_REFUSED: an address is none.  ERR_MEMORY. */
int smtp_begin(struct smtp_letter *letter, CURL *easy, const struct smtp_server *server, struct slice sender,
    struct slice recipient, struct slice message, struct err *err);

/*
 * Ends a letter for which nothing stirs any more: libcurl looks at CURLOPT_SERVER_RESPONSE_TIMEOUT only when it is run,
 * which in a loop it is not, and a handle that is taken from its multi handle completes half a letter.  So its socket is
 * shut down, and the letter ends as one whose line was cut.
 */
void smtp_cut(struct smtp_letter *letter);

/* What became of it, in the server's words or libcurl's, cleaned (text/printable.h), `ret_words` of SMTP_REPLY bytes and more. */
#define SMTP_WORDS (SMTP_REPLY + CURL_ERROR_SIZE)
enum smtp_outcome smtp_end(struct smtp_letter *letter, CURLcode code, char ret_words[static SMTP_WORDS]);

#endif
