#include "app/mailer.h"

#include <ev.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/clock_jump.h"
#include "app/journal.h"
#include "app/mail_task.h"
#include "mail/outbox.h"
#include "mail/outbox_delivery.h"
#include "mail/smtp.h"
#include "system/clock.h"
#include "text/language.h"
#include "text/printable.h"

#define _(text) language_text(text)

#define LETTERS_A_CONNECTION 50 /* servers end sessions that go on for too long */
#define LOOK_S 0.5
#define KEPT_MEMORY (16 << 20)
#define SETTLE_S 0.008
#define DOWNS_MAX 3 /* sessions in a row that could not be had: then there is no server */
#define TOLD_MAX 20 /* letters that went wrong, in the journal; the outbox has all */

struct mailer;

/* A handle, and the letter that it has in hand. */
struct slot {
	struct mailer *mailer;
	CURL *easy;
	struct outbox_claim claim;
	struct smtp_letter letter;
	bool busy;
	unsigned stirred; /* of the letter, when the loop last looked */
	ev_tstamp since;  /* then */
	unsigned letters; /* since a connection was closed */
	/* Once it has ended: */
	bool ended;
	enum smtp_outcome outcome;
	char words[SMTP_WORDS];
};

/* libcurl's interest in a socket. */
struct watched {
	ev_io io;
	struct mailer *mailer;
};

struct mailer {
	const struct config *config;
	struct store *store;
	struct smtp_server server;
	struct ev_loop *loop;
	CURLM *multi;
	ev_timer timer;    /* libcurl's */
	ev_timer soon;     /* until what has ended is settled */
	ev_timer look;     /* after letters for which nothing stirs */
	ev_prepare before; /* the loop sleeps */
	ev_check after;
	ev_tstamp woke;
	struct slot slots[MAILER_CONNECTIONS];
	struct mail_report report;
	struct clock_jump jump;
	unsigned told, downs;
	int rc;
	struct err err;
};

/* ---- what became of letters ---- */

static void
tell(struct mailer *m, const struct slot *s, enum outbox_state state)
{
	long long id = (long long)s->claim.id;

	if (state == OUTBOX_SENT || m->told++ >= TOLD_MAX)
		return;
	if (state == OUTBOX_FAILED)
		journal_say(JOURNAL_ERR, NULL, _("letter %lld has failed: %s"), id, s->words);
	else if (state == OUTBOX_UNKNOWN)
		journal_say(JOURNAL_WARNING, NULL, _("letter %lld may have left, and is sent again: %s"), id, s->words);
	else
		journal_say(JOURNAL_WARNING, NULL, _("letter %lld has not left, and is tried again: %s"), id, s->words);
}

static int
settle(struct mailer *m, struct slot *s, int64_t now)
{
	static const enum outbox_state states[] = {[SMTP_SENT] = OUTBOX_SENT,
	    [SMTP_DOWN] = OUTBOX_QUEUED,
	    [SMTP_LATER] = OUTBOX_QUEUED,
	    [SMTP_REFUSED] = OUTBOX_FAILED,
	    [SMTP_UNKNOWN] = OUTBOX_UNKNOWN};
	enum outbox_state state = OUTBOX_SENT;
	int rc = outbox_settle(m->store, &s->claim, states[s->outcome], s->outcome == SMTP_DOWN, slice_of(s->words),
	    now, &state, &m->err);

	if (rc != 0)
		return rc;
	m->downs = s->outcome == SMTP_DOWN ? m->downs + 1 : 0;
	m->report.down = m->downs >= DOWNS_MAX;
	m->report.sent += state == OUTBOX_SENT;
	m->report.put_off += state == OUTBOX_QUEUED;
	m->report.failed += state == OUTBOX_FAILED;
	m->report.unknown += state == OUTBOX_UNKNOWN;
	tell(m, s, state);
	outbox_claim_release(&s->claim);
	s->ended = s->busy = false;
	return 0;
}

/* ---- letters under way ---- */

static void
end_all(struct mailer *m)
{
	ev_break(m->loop, EVBREAK_ALL);
}

static int
start(struct mailer *m, struct slot *s)
{
	struct err why = {.tr = language_text};
	int rc = smtp_begin(&s->letter, s->easy, &m->server, buf_view(&s->claim.sender), buf_view(&s->claim.recipient),
	    buf_view(&s->claim.message), &why);

	s->busy = true;
	s->stirred = 0;
	s->since = ev_now(m->loop);
	if (rc == ERR_MEMORY)
		return err_memory(&m->err);
	if (rc != 0) { /* such an address never comes so far; it is not to be tried again */
		s->ended = true;
		s->outcome = SMTP_REFUSED;
		(void)snprintf(s->words, sizeof s->words, "%.500s", why.message);
		plain_clean(s->words);
		return 0;
	}
	(void)curl_easy_setopt(s->easy, CURLOPT_PRIVATE, s);
	if (++s->letters >= LETTERS_A_CONNECTION) {
		(void)curl_easy_setopt(s->easy, CURLOPT_FORBID_REUSE, 1L);
		s->letters = 0;
	}
	return curl_multi_add_handle(m->multi, s->easy) == CURLM_OK ? 0 : err_memory(&m->err);
}

static void
take_ended(struct mailer *m)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(m->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		CURL *easy = message->easy_handle;
		char *private = NULL;
		struct slot *s;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
		s = (struct slot *)(void *)private;
		(void)curl_multi_remove_handle(m->multi, easy);
		s->outcome = smtp_end(&s->letter, code, s->words);
		s->ended = true;
	}
}

/*
 * One transaction for all that ended since and all that begins now: as many letters a second as the disk and the server
 * together allow, and nothing begins before what went before it is on the disk.
 */
static int
settle_and_claim(struct mailer *m, struct slot *ret_begun[static MAILER_CONNECTIONS], size_t *ret_n)
{
	struct outbox_claim claims[MAILER_CONNECTIONS];
	struct slot *vacant[MAILER_CONNECTIONS];
	size_t n_vacant = 0, n = 0;
	int64_t now = clock_now();
	int rc = store_begin(m->store, &m->err);

	for (size_t i = 0; rc == 0 && i < MAILER_CONNECTIONS; i++) {
		if (m->slots[i].ended)
			rc = settle(m, &m->slots[i], now);
		if (!m->slots[i].busy)
			vacant[n_vacant++] = &m->slots[i];
	}
	/* A clock that leaps ahead makes letters due before their notice. */
	if (rc == 0 && !m->report.down && n_vacant > 0 && clock_jump_ahead(&m->jump, now, clock_jump_clock()) == 0)
		rc = outbox_claim_due(m->store, now, claims, n_vacant, &n, &m->err);
	if (rc == 0)
		rc = store_commit(m->store, &m->err);
	store_rollback(m->store);
	for (size_t i = 0; i < n; i++) {
		vacant[i]->claim = claims[i];
		ret_begun[i] = vacant[i];
	}
	*ret_n = n;
	return rc;
}

static bool
any_busy(const struct mailer *m)
{
	for (size_t i = 0; i < MAILER_CONNECTIONS; i++)
		if (m->slots[i].busy)
			return true;
	return false;
}

/* After whatever happened: what ended is settled, and what is due begins. */
static void
go_on(struct mailer *m)
{
	struct slot *begun[MAILER_CONNECTIONS];
	bool again = true;
	size_t n = 0;

	take_ended(m);
	while (again && m->rc == 0) {
		again = false;
		m->rc = settle_and_claim(m, begun, &n);
		for (size_t i = 0; m->rc == 0 && i < n; i++) {
			m->rc = start(m, begun[i]);
			again |= begun[i]->ended;
		}
	}
	if (m->rc != 0 || !any_busy(m))
		end_all(m);
}

/* A commit takes as long as some letters; those that end together share one. */
static void
settle_soon(struct mailer *m)
{
	size_t ended = 0, busy = 0;

	for (size_t i = 0; i < MAILER_CONNECTIONS; i++) {
		ended += m->slots[i].ended;
		busy += m->slots[i].busy;
	}
	if (ended == 0)
		return;
	if (ended == busy) {
		ev_timer_stop(m->loop, &m->soon);
		go_on(m);
	} else if (!ev_is_active(&m->soon)) {
		ev_timer_set(&m->soon, SETTLE_S, 0.);
		ev_timer_start(m->loop, &m->soon);
	}
}

static void
on_soon(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	go_on(w->data);
}

static void
act(struct mailer *m, curl_socket_t socket, int what)
{
	int running = 0;

	(void)curl_multi_socket_action(m->multi, socket, what, &running);
	take_ended(m);
}

/* ---- libcurl in the loop ---- */

static void
on_io(struct ev_loop *loop, ev_io *w, int events)
{
	struct watched *watched = (struct watched *)(void *)w;

	(void)loop;
	act(watched->mailer, w->fd,
	    ((events & EV_READ) != 0 ? CURL_CSELECT_IN : 0) | ((events & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0));
}

static void
on_timer(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	act(w->data, CURL_SOCKET_TIMEOUT, 0);
}

/* Behind all that has come in meanwhile. */
static void
on_look(struct ev_loop *loop, ev_timer *w, int events)
{
	struct mailer *m = w->data;

	(void)events;
	for (size_t i = 0; i < MAILER_CONNECTIONS; i++) {
		struct slot *s = &m->slots[i];

		if (!s->busy || s->ended)
			continue;
		if (s->letter.stirred != s->stirred) {
			s->stirred = s->letter.stirred;
			s->since = ev_now(loop);
		} else if (ev_now(loop) - s->since > (ev_tstamp)m->server.timeout_s) {
			smtp_cut(&s->letter);
		}
	}
}

static int
watch_socket(CURL *easy, curl_socket_t socket, int what, void *ctx, void *present)
{
	struct watched *watched = present;
	struct mailer *m = ctx;
	char *private = NULL;

	/* libcurl tells nobody else which socket is a letter's. */
	if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private) == CURLE_OK && private != NULL &&
	    what != CURL_POLL_REMOVE)
		((struct slot *)(void *)private)->letter.socket = socket;
	if (watched != NULL)
		ev_io_stop(m->loop, &watched->io);
	if (what == CURL_POLL_REMOVE) {
		free(watched);
		return 0;
	}
	if (watched == NULL && (watched = calloc(1, sizeof *watched)) == NULL)
		return -1;
	watched->mailer = m;
	ev_io_init(&watched->io, on_io, socket,
	    ((what & CURL_POLL_IN) != 0 ? EV_READ : 0) | ((what & CURL_POLL_OUT) != 0 ? EV_WRITE : 0));
	ev_io_start(m->loop, &watched->io);
	(void)curl_multi_assign(m->multi, socket, watched);
	return 0;
}

static int
watch_time(CURLM *multi, long timeout_ms, void *ctx)
{
	struct mailer *m = ctx;

	(void)multi;
	ev_timer_stop(m->loop, &m->timer);
	if (timeout_ms >= 0) {
		ev_timer_set(&m->timer, (double)timeout_ms / 1000.0, 0.);
		ev_timer_start(m->loop, &m->timer);
	}
	return 0;
}

static void
on_wake_up(struct ev_loop *loop, ev_check *w, int events)
{
	struct mailer *m = w->data;

	(void)loop;
	(void)events;
	m->woke = ev_time();
}

/*
 * All that ended since the loop woke is settled at once.  From then to now nobody has looked at the connections.
 */
static void
on_sleep(struct ev_loop *loop, ev_prepare *w, int events)
{
	struct mailer *m = w->data;
	int64_t us;

	(void)loop;
	(void)events;
	settle_soon(m);
	us = m->woke == 0 ? 0 : (int64_t)((ev_time() - m->woke) * 1e6);
	m->report.stall_us = us > m->report.stall_us ? us : m->report.stall_us;
}

/* ---- the whole ---- */

static int
make_handles(struct mailer *m)
{
	m->loop = ev_loop_new(EVFLAG_NOENV);
	m->multi = curl_multi_init();
	if (m->loop == NULL || m->multi == NULL)
		return err_memory(&m->err);
	for (size_t i = 0; i < MAILER_CONNECTIONS; i++) {
		m->slots[i].mailer = m;
		if ((m->slots[i].easy = curl_easy_init()) == NULL)
			return err_memory(&m->err);
	}
	ev_timer_init(&m->timer, on_timer, 0., 0.);
	ev_prepare_init(&m->before, on_sleep);
	ev_check_init(&m->after, on_wake_up);
	ev_timer_init(&m->soon, on_soon, 0., 0.);
	ev_timer_init(&m->look, on_look, LOOK_S, LOOK_S);
	ev_set_priority(&m->look, EV_MINPRI);
	ev_timer_start(m->loop, &m->look);
	m->timer.data = m->soon.data = m->look.data = m->before.data = m->after.data = m;
	ev_prepare_start(m->loop, &m->before);
	ev_check_start(m->loop, &m->after);
	(void)curl_multi_setopt(m->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	(void)curl_multi_setopt(m->multi, CURLMOPT_SOCKETDATA, m);
	(void)curl_multi_setopt(m->multi, CURLMOPT_TIMERFUNCTION, watch_time);
	(void)curl_multi_setopt(m->multi, CURLMOPT_TIMERDATA, m);
	(void)curl_multi_setopt(m->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)MAILER_CONNECTIONS);
	(void)curl_multi_setopt(m->multi, CURLMOPT_MAXCONNECTS, (long)MAILER_CONNECTIONS);
	return 0;
}

static int
send_all(struct mailer *m)
{
	uint64_t interrupted = 0;
	int rc = outbox_interrupted(m->store, clock_now(), &interrupted, &m->err);

	if (rc != 0 || (rc = make_handles(m)) != 0)
		return rc;
	go_on(m);
	if (m->rc == 0 && any_busy(m))
		(void)ev_run(m->loop, 0);
	m->report.down = m->downs > 0;
	return m->rc;
}

static int
open_all(struct mailer *m)
{
	int rc = store_open(m->config->state_dir, 0, &m->store, &m->err);

	if (rc != 0)
		return rc;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(&m->err, ERR_OUTSIDE, N_("libcurl cannot be started"));
	return smtp_server_read(m->config, &m->server, &m->err);
}

static void
release_all(struct mailer *m)
{
	for (size_t i = 0; i < MAILER_CONNECTIONS; i++) {
		outbox_claim_release(&m->slots[i].claim);
		if (m->slots[i].easy != NULL)
			curl_easy_cleanup(m->slots[i].easy);
	}
	if (m->multi != NULL)
		(void)curl_multi_cleanup(m->multi);
	if (m->loop != NULL)
		ev_loop_destroy(m->loop);
	store_close(m->store);
	smtp_server_release(&m->server);
	curl_global_cleanup();
	free(m);
}

int
mailer_work(const struct config *config, int pipe)
{
	struct mailer *m = calloc(1, sizeof *m);
	int rc;

	if (m == NULL)
		return 3;
	/* Letters come and go: memory that was needed once is needed again. */
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
	(void)mallopt(M_TOP_PAD, KEPT_MEMORY / 4);
	clock_jump_begin(&m->jump, clock_now(), clock_jump_clock());
	m->config = config;
	m->err.tr = language_text;
	rc = open_all(m);
	if (rc == 0)
		rc = send_all(m);
	if (rc != 0)
		journal_say(JOURNAL_ERR, NULL, _("letters cannot be sent: %s"), m->err.message);
	else
		mail_report_write(pipe, &m->report);
	release_all(m);
	return rc == 0 ? 0 : 3;
}
