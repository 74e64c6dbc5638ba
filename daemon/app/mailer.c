/* What spotcheckd-mail does: sends the due letters over several SMTP connections, with libcurl in a libev loop. */

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

#define LETTERS_PER_CONNECTION 50 /* servers end long sessions */
#define STALL_CHECK_S 0.5         /* between two looks for letters that make no progress */
#define KEPT_MEMORY (16 << 20)    /* bytes that malloc does not give back */
#define BATCH_S 0.008             /* how long an ended letter waits for others to share its transaction */
#define FAILED_SESSIONS_MAX 3     /* failed sessions in a row after which the server counts as down */
#define LOGGED_MAX 20             /* letters whose failure is logged; the outbox has all */

struct mailer;

/* A curl handle, and the letter that it sends. */
struct slot {
	struct mailer *mailer;
	CURL *easy;
	struct outbox_claim claim;
	struct smtp_letter letter;
	bool busy;
	unsigned seen;     /* letter.stirred when on_stall_timer last saw it change */
	ev_tstamp seen_at; /* when that was */
	unsigned letters;  /* begun since a connection was last closed */
	bool ended;        /* `outcome` and `words` are set, and not recorded yet */
	enum smtp_outcome outcome;
	char words[SMTP_WORDS];
};

/* The loop's watcher of one of libcurl's sockets. */
struct socket_io {
	ev_io io;
	struct mailer *mailer;
};

struct mailer {
	const struct config *config;
	struct store *store;
	struct smtp_server server;
	struct ev_loop *loop;
	CURLM *multi;
	ev_timer curl_timer;  /* libcurl's own timeout */
	ev_timer batch_timer; /* until ended letters are recorded */
	ev_timer stall_timer; /* looks for letters that make no progress */
	ev_prepare prepare;   /* before the loop sleeps */
	ev_check check;       /* after it wakes */
	ev_tstamp woke_at;
	struct slot slots[MAILER_CONNECTIONS];
	struct mail_report report;
	struct clock_jump jump;
	unsigned logged, failed_sessions;
	int rc;
	struct err err;
};

/* ---- what became of letters ---- */

static void
log_letter(struct mailer *m, const struct slot *s, enum outbox_state state)
{
	long long id = (long long)s->claim.id;

	if (state == OUTBOX_SENT || m->logged++ >= LOGGED_MAX)
		return;
	if (state == OUTBOX_FAILED)
		journal_say(JOURNAL_ERR, NULL, _("letter %lld has failed: %s"), id, s->words);
	else if (state == OUTBOX_UNKNOWN)
		journal_say(JOURNAL_WARNING, NULL, _("letter %lld may have left, and is sent again: %s"), id, s->words);
	else
		journal_say(JOURNAL_WARNING, NULL, _("letter %lld has not left, and is tried again: %s"), id, s->words);
}

static int
record_outcome(struct mailer *m, struct slot *s, int64_t now)
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
	m->failed_sessions = s->outcome == SMTP_DOWN ? m->failed_sessions + 1 : 0;
	m->report.down = m->failed_sessions >= FAILED_SESSIONS_MAX;
	m->report.sent += state == OUTBOX_SENT;
	m->report.put_off += state == OUTBOX_QUEUED;
	m->report.failed += state == OUTBOX_FAILED;
	m->report.unknown += state == OUTBOX_UNKNOWN;
	log_letter(m, s, state);
	outbox_claim_release(&s->claim);
	s->ended = s->busy = false;
	return 0;
}

/* ---- letters under way ---- */

static void
stop_loop(struct mailer *m)
{
	ev_break(m->loop, EVBREAK_ALL);
}

static int
begin_sending(struct mailer *m, struct slot *s)
{
	struct err why = {.tr = language_text};
	int rc = smtp_begin(&s->letter, s->easy, &m->server, buf_view(&s->claim.sender), buf_view(&s->claim.recipient),
	    buf_view(&s->claim.message), &why);

	s->busy = true;
	s->seen = 0;
	s->seen_at = ev_now(m->loop);
	if (rc == ERR_MEMORY)
		return err_memory(&m->err);
	if (rc != 0) { /* an address that SMTP cannot carry: trying again is no use */
		s->ended = true;
		s->outcome = SMTP_REFUSED;
		(void)snprintf(s->words, sizeof s->words, "%.500s", why.message);
		plain_clean(s->words);
		return 0;
	}
	(void)curl_easy_setopt(s->easy, CURLOPT_PRIVATE, s);
	if (++s->letters >= LETTERS_PER_CONNECTION) {
		(void)curl_easy_setopt(s->easy, CURLOPT_FORBID_REUSE, 1L);
		s->letters = 0;
	}
	return curl_multi_add_handle(m->multi, s->easy) == CURLM_OK ? 0 : err_memory(&m->err);
}

static void
collect_ended(struct mailer *m)
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
 * Records the letters that ended and claims those that begin, in one transaction: so the disk limits the letters a
 * second as little as it can.  A slot's next letter begins only when the outcome of its last one is on the disk.
 */
static int
record_and_claim(struct mailer *m, struct slot *ret_begun[static MAILER_CONNECTIONS], size_t *ret_n)
{
	struct outbox_claim claims[MAILER_CONNECTIONS];
	struct slot *vacant[MAILER_CONNECTIONS];
	size_t n_vacant = 0, n = 0;
	int64_t now = clock_now();
	int rc = store_begin(m->store, &m->err);

	for (size_t i = 0; rc == 0 && i < MAILER_CONNECTIONS; i++) {
		if (m->slots[i].ended)
			rc = record_outcome(m, &m->slots[i], now);
		if (!m->slots[i].busy)
			vacant[n_vacant++] = &m->slots[i];
	}
	/* A clock that has jumped ahead makes letters due too early. */
	if (rc == 0 && !m->report.down && n_vacant > 0 && clock_jump_ahead(&m->jump, now, clock_jump_boottime()) == 0)
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
any_slot_busy(const struct mailer *m)
{
	for (size_t i = 0; i < MAILER_CONNECTIONS; i++)
		if (m->slots[i].busy)
			return true;
	return false;
}

/* Records what ended and begins what is due; stops the loop when nothing is left to do. */
static void
advance_letters(struct mailer *m)
{
	struct slot *begun[MAILER_CONNECTIONS];
	bool again = true;
	size_t n = 0;

	collect_ended(m);
	while (again && m->rc == 0) {
		again = false;
		m->rc = record_and_claim(m, begun, &n);
		for (size_t i = 0; m->rc == 0 && i < n; i++) {
			m->rc = begin_sending(m, begun[i]);
			again |= begun[i]->ended;
		}
	}
	if (m->rc != 0 || !any_slot_busy(m))
		stop_loop(m);
}

/* A commit takes as long as some letters: letters that end within BATCH_S share one. */
static void
advance_in_batches(struct mailer *m)
{
	size_t ended = 0, busy = 0;

	for (size_t i = 0; i < MAILER_CONNECTIONS; i++) {
		ended += m->slots[i].ended;
		busy += m->slots[i].busy;
	}
	if (ended == 0)
		return;
	if (ended == busy) {
		ev_timer_stop(m->loop, &m->batch_timer);
		advance_letters(m);
	} else if (!ev_is_active(&m->batch_timer)) {
		ev_timer_set(&m->batch_timer, BATCH_S, 0.);
		ev_timer_start(m->loop, &m->batch_timer);
	}
}

static void
on_batch_timer(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	advance_letters(w->data);
}

static void
run_curl(struct mailer *m, curl_socket_t socket, int what)
{
	int running = 0;

	(void)curl_multi_socket_action(m->multi, socket, what, &running);
	collect_ended(m);
}

/* ---- libcurl in the loop ---- */

static void
on_io(struct ev_loop *loop, ev_io *w, int events)
{
	struct socket_io *watcher = (struct socket_io *)(void *)w;

	(void)loop;
	run_curl(watcher->mailer, w->fd,
	    ((events & EV_READ) != 0 ? CURL_CSELECT_IN : 0) | ((events & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0));
}

static void
on_curl_timer(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	run_curl(w->data, CURL_SOCKET_TIMEOUT, 0);
}

/* Cuts letters that made no progress for timeout_s.  Its priority is the lowest: what has come in is handled before. */
static void
on_stall_timer(struct ev_loop *loop, ev_timer *w, int events)
{
	struct mailer *m = w->data;

	(void)events;
	for (size_t i = 0; i < MAILER_CONNECTIONS; i++) {
		struct slot *s = &m->slots[i];

		if (!s->busy || s->ended)
			continue;
		if (s->letter.stirred != s->seen) {
			s->seen = s->letter.stirred;
			s->seen_at = ev_now(loop);
		} else if (ev_now(loop) - s->seen_at > (ev_tstamp)m->server.timeout_s) {
			smtp_cut(&s->letter);
		}
	}
}

static int
on_curl_socket(CURL *easy, curl_socket_t socket, int what, void *ctx, void *present)
{
	struct socket_io *watcher = present;
	struct mailer *m = ctx;
	char *private = NULL;

	/* Only this callback learns which socket belongs to a letter. */
	if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private) == CURLE_OK && private != NULL &&
	    what != CURL_POLL_REMOVE)
		((struct slot *)(void *)private)->letter.socket = socket;
	if (watcher != NULL)
		ev_io_stop(m->loop, &watcher->io);
	if (what == CURL_POLL_REMOVE) {
		free(watcher);
		return 0;
	}
	if (watcher == NULL && (watcher = calloc(1, sizeof *watcher)) == NULL)
		return -1;
	watcher->mailer = m;
	ev_io_init(&watcher->io, on_io, socket,
	    ((what & CURL_POLL_IN) != 0 ? EV_READ : 0) | ((what & CURL_POLL_OUT) != 0 ? EV_WRITE : 0));
	ev_io_start(m->loop, &watcher->io);
	(void)curl_multi_assign(m->multi, socket, watcher);
	return 0;
}

static int
on_curl_timeout(CURLM *multi, long timeout_ms, void *ctx)
{
	struct mailer *m = ctx;

	(void)multi;
	ev_timer_stop(m->loop, &m->curl_timer);
	if (timeout_ms >= 0) {
		ev_timer_set(&m->curl_timer, (double)timeout_ms / 1000.0, 0.);
		ev_timer_start(m->loop, &m->curl_timer);
	}
	return 0;
}

static void
on_loop_wake(struct ev_loop *loop, ev_check *w, int events)
{
	struct mailer *m = w->data;

	(void)loop;
	(void)events;
	m->woke_at = ev_time();
}

/* Between the loop's waking and its next sleep the connections are not served: that time is measured. */
static void
on_loop_sleep(struct ev_loop *loop, ev_prepare *w, int events)
{
	struct mailer *m = w->data;
	int64_t us;

	(void)loop;
	(void)events;
	advance_in_batches(m);
	us = m->woke_at == 0 ? 0 : (int64_t)((ev_time() - m->woke_at) * 1e6);
	m->report.stall_us = us > m->report.stall_us ? us : m->report.stall_us;
}

/* ---- the mailer ---- */

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
	ev_timer_init(&m->curl_timer, on_curl_timer, 0., 0.);
	ev_prepare_init(&m->prepare, on_loop_sleep);
	ev_check_init(&m->check, on_loop_wake);
	ev_timer_init(&m->batch_timer, on_batch_timer, 0., 0.);
	ev_timer_init(&m->stall_timer, on_stall_timer, STALL_CHECK_S, STALL_CHECK_S);
	ev_set_priority(&m->stall_timer, EV_MINPRI);
	ev_timer_start(m->loop, &m->stall_timer);
	m->curl_timer.data = m->batch_timer.data = m->stall_timer.data = m->prepare.data = m->check.data = m;
	ev_prepare_start(m->loop, &m->prepare);
	ev_check_start(m->loop, &m->check);
	(void)curl_multi_setopt(m->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
	(void)curl_multi_setopt(m->multi, CURLMOPT_SOCKETDATA, m);
	(void)curl_multi_setopt(m->multi, CURLMOPT_TIMERFUNCTION, on_curl_timeout);
	(void)curl_multi_setopt(m->multi, CURLMOPT_TIMERDATA, m);
	(void)curl_multi_setopt(m->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)MAILER_CONNECTIONS);
	(void)curl_multi_setopt(m->multi, CURLMOPT_MAXCONNECTS, (long)MAILER_CONNECTIONS);
	return 0;
}

static int
send_due_letters(struct mailer *m)
{
	uint64_t interrupted = 0;
	int rc = outbox_interrupted(m->store, clock_now(), &interrupted, &m->err);

	if (rc == 0)
		rc = make_handles(m);
	if (rc != 0)
		return rc;
	advance_letters(m);
	if (m->rc == 0 && any_slot_busy(m))
		(void)ev_run(m->loop, 0);
	m->report.down = m->failed_sessions > 0;
	return m->rc;
}

static int
open_mailer(struct mailer *m)
{
	int rc = store_open(m->config->state_dir, 0, &m->store, &m->err);

	if (rc != 0)
		return rc;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(&m->err, ERR_OUTSIDE, N_("libcurl cannot be started"));
	return smtp_server_read(m->config, &m->server, &m->err);
}

static void
release_mailer(struct mailer *m)
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
	/* Every letter needs about the same memory: malloc keeps it. */
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
	(void)mallopt(M_TOP_PAD, KEPT_MEMORY / 4);
	clock_jump_begin(&m->jump, clock_now(), clock_jump_boottime());
	m->config = config;
	m->err.tr = language_text;
	rc = open_mailer(m);
	if (rc == 0)
		rc = send_due_letters(m);
	if (rc != 0)
		journal_say(JOURNAL_ERR, NULL, _("letters cannot be sent: %s"), m->err.message);
	else
		mail_report_write(pipe, &m->report);
	release_mailer(m);
	return rc == 0 ? 0 : 3;
}
