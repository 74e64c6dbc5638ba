#include "app/service.h"

#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/ask_task.h"
#include "app/child.h"
#include "app/clock_jump.h"
#include "app/journal.h"
#include "app/mail_task.h"
#include "app/notify.h"
#include "app/worker.h"
#include "core/base/text.h"
#include "system/clock.h"
#include "system/file.h"
#include "system/wake.h"
#include "text/language.h"

#define _(text) language_text(text)

#define LOCK_FILE "daemon.lock"
#define FIRST_PAUSE_S 10 /* after a turn that failed; then 20, 40 … */
#define DOUBLED_MAX 9
#define MAIL_PAUSE_S 30
#define MAIL_DOUBLED_MAX 5
#define READY_S 30     /* a national roster's first turn takes longer than a service manager waits */
#define LEAP_LOOK_S 60 /* so often it is looked whether a clock that leapt has been set right */
#define REPORT_MAX (WORKER_REPORT + 96)

/* Work in a process of its own, and what it has said so far. */
struct job {
	struct service *service;
	pid_t pid; /* 0: none */
	ev_child ended;
	ev_io pipe;
	char said[REPORT_MAX];
	size_t n_said;
	void (*done)(struct service *s, int status);
};

struct service {
	struct ev_loop *loop;
	const char *config_path;
	struct settings *settings;
	int lock, wake_fd;

	ev_signal hup, term, intr;
	ev_io wake;
	ev_periodic due; /* the wall clock's next moment */
	ev_timer retry;  /* after a turn that failed */
	ev_timer watchdog;
	ev_timer ready; /* it is told at the first turn's end, and not later than this */

	struct job turn, mail, ask;
	ev_timer post;   /* when the mailer may go again, after it found no server */
	unsigned downs;  /* in a row */
	bool post_again; /* there may be more letters since the mailer began */
	struct clock_jump jump;
	bool held;         /* the clock has leapt ahead */
	bool again;        /* something came while a worker was under way */
	unsigned failures; /* in a row */
	bool began;        /* a turn went well, or failed for what may pass */
	bool refused;      /* the first one cannot be taken at all */
};

static void take_turn(struct service *s);
static void send_mail(struct service *s);
static void mail_paused(struct service *s);
static void ask_outside(struct service *s);

/* ---- when ---- */

/* libev waits for a time of the wall clock, whatever becomes of the clock meanwhile. */
static void
wait_until(struct service *s, int64_t time)
{
	ev_periodic_stop(s->loop, &s->due);
	if (time == INT64_MAX)
		return;
	ev_periodic_set(&s->due, (ev_tstamp)time, 0., NULL);
	ev_periodic_start(s->loop, &s->due);
}

static void
on_due(struct ev_loop *loop, ev_periodic *w, int events)
{
	(void)loop;
	(void)events;
	take_turn(w->data);
}

static void
on_retry(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	take_turn(w->data);
}

static void
on_ready(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)events;
	ev_timer_stop(loop, w);
	notify_tell("READY=1");
}

/* Somebody is at work, perhaps on the mail server. */
static void
try_mail_now(struct service *s)
{
	s->downs = 0;
	ev_timer_stop(s->loop, &s->post);
}

static void
on_wake(struct ev_loop *loop, ev_io *w, int events)
{
	struct service *s = w->data;

	(void)loop;
	(void)events;
	wake_drain(s->wake_fd);
	try_mail_now(s);
	take_turn(s);
}

static void
on_watchdog(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)w;
	(void)events;
	notify_tell("WATCHDOG=1");
}

static void
retry_in(struct service *s, double seconds)
{
	ev_timer_stop(s->loop, &s->retry);
	ev_timer_set(&s->retry, seconds, 0.);
	ev_timer_start(s->loop, &s->retry);
}

/* ---- is it the time ---- */

/* Nothing is due for a clock that has just leapt ahead: it is looked at again soon. */
static bool
is_held(struct service *s)
{
	int64_t ahead = clock_jump_ahead(&s->jump, clock_now(), clock_jump_clock());
	bool was_held = s->held;

	s->held = ahead > 0;
	if (!s->held)
		return false;
	if (!was_held) {
		journal_say(JOURNAL_ERR, NULL,
		    _("the clock has leapt ahead by %lld seconds: nothing is done for %d minutes, unless it is set "
		      "right before; a "
		      "restart of the service says that it is right"),
		    (long long)ahead, CLOCK_JUMP_HOLD_S / 60);
		notify_status(_("the clock has leapt ahead; the journal says more"));
	}
	retry_in(s, LEAP_LOOK_S);
	return true;
}

/* ---- work in processes ---- */

/* A calendar covers some years from the one in which it was read. */
static void
keep_calendar_current(struct service *s)
{
	if (text_year_of(clock_date(clock_now())) != s->settings->year)
		(void)raise(SIGHUP);
}

/* Its report comes before its end or after. */
static void
read_report(struct job *l)
{
	ssize_t n;

	do {
		n = read(l->pipe.fd, l->said + l->n_said, sizeof l->said - l->n_said);
		l->n_said += n > 0 ? (size_t)n : 0;
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0 && errno == EAGAIN)
		return;
	ev_io_stop(l->service->loop, &l->pipe);
	(void)close(l->pipe.fd);
}

static void
on_report(struct ev_loop *loop, ev_io *w, int events)
{
	(void)loop;
	(void)events;
	read_report(w->data);
}

static void
on_ended(struct ev_loop *loop, ev_child *w, int events)
{
	struct job *l = w->data;

	(void)events;
	ev_child_stop(loop, w);
	if (ev_is_active(&l->pipe))
		read_report(l);
	l->pid = 0;
	l->done(l->service, w->rstatus);
}

static bool
begin_job(struct service *s, struct job *l, int (*work)(const void *task, int pipe), const void *task)
{
	int pipe = -1;

	l->n_said = 0;
	l->pid = child_begin(work, task, &pipe);
	if (l->pid < 0) {
		journal_say(JOURNAL_ERR, NULL, _("no process can be had for the work: %s"), strerror(errno));
		l->pid = 0;
		return false;
	}
	ev_io_set(&l->pipe, pipe, EV_READ);
	ev_io_start(s->loop, &l->pipe);
	ev_child_set(&l->ended, l->pid, 0);
	ev_child_start(s->loop, &l->ended);
	return true;
}

/* ---- turns ---- */

static void
take_turn(struct service *s)
{
	struct worker_task task = {&s->settings->config, &s->settings->calendar, s->settings->letters};

	if (s->turn.pid != 0) {
		s->again = true;
		return;
	}
	ev_timer_stop(s->loop, &s->retry);
	if (is_held(s))
		return;
	keep_calendar_current(s);
	s->again = false;
	if (!begin_job(s, &s->turn, worker_work, &task))
		retry_in(s, FIRST_PAUSE_S);
}

static void
turn_failed(struct service *s)
{
	unsigned doubled = s->failures < DOUBLED_MAX ? s->failures : DOUBLED_MAX;

	if (s->failures++ == 0)
		journal_say(JOURNAL_ERR, NULL, "%s", _("the turn has failed, and is tried again"));
	notify_status(_("the last turn has failed; the journal says why"));
	retry_in(s, FIRST_PAUSE_S << doubled);
}

static void
turn_done(struct service *s, int status)
{
	struct worker_report report;

	if (ev_is_active(&s->ready) && WIFEXITED(status) && WEXITSTATUS(status) != WORKER_REFUSED)
		on_ready(s->loop, &s->ready, 0);
	if (status == 0 && worker_report_parse(s->turn.said, s->turn.n_said, &report)) {
		s->failures = 0;
		wait_until(s, report.next);
		notify_status(report.status);
		if (report.mail)
			send_mail(s);
		if (report.ask)
			ask_outside(s);
	} else if (!s->began && WIFEXITED(status) && WEXITSTATUS(status) == WORKER_REFUSED) {
		s->refused = true; /* whoever starts it should see that at once */
		ev_break(s->loop, EVBREAK_ALL);
		return;
	} else {
		turn_failed(s);
	}
	s->began = true;
	if (s->again)
		take_turn(s);
}

/* ---- letters to a server ---- */

static void
send_mail(struct service *s)
{
	if (is_held(s))
		return; /* no letter before its notice */
	if (ev_is_active(&s->post))
		return; /* the server is not there; it is tried when that ends */
	if (s->mail.pid != 0) {
		s->post_again = true;
		return;
	}
	s->post_again = false;
	if (!begin_job(s, &s->mail, mail_task_exec, &s->settings->config))
		mail_paused(s);
}

/* Half a minute, then twice as long, up to a quarter of an hour. */
static void
mail_paused(struct service *s)
{
	unsigned doubled = s->downs < MAIL_DOUBLED_MAX ? s->downs : MAIL_DOUBLED_MAX;

	s->downs++;
	ev_timer_set(&s->post, MAIL_PAUSE_S << doubled, 0.);
	ev_timer_start(s->loop, &s->post);
}

static void
on_post(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)events;
	ev_timer_stop(loop, w);
	send_mail(w->data);
}

static void
mail_done(struct service *s, int status)
{
	struct mail_report r;

	if (status != 0 || !mail_report_parse(s->mail.said, s->mail.n_said, &r)) {
		mail_paused(s);
		return;
	}
	if (r.sent + r.put_off + r.failed + r.unknown > 0)
		journal_say(JOURNAL_INFO, NULL, _("letters: %llu sent, %llu put off, %llu failed, %llu perhaps sent"),
		    (unsigned long long)r.sent, (unsigned long long)r.put_off, (unsigned long long)r.failed,
		    (unsigned long long)r.unknown);
	journal_say(JOURNAL_DEBUG, NULL, "the mailer's longest pause: %lld us", (long long)r.stall_us);
	if (r.down) {
		mail_paused(s);
		return;
	}
	s->downs = 0;
	if (s->post_again)
		send_mail(s);
	else
		take_turn(s); /* which says when the next letter is due, and raises alarms for those that failed */
}

/* ---- witnesses and beacons ---- */

/* What did not come is tried again when a turn says so: the state knows what is due when. */
static void
ask_outside(struct service *s)
{
	const struct ask_task task = {&s->settings->config, false};

	if (!is_held(s) && s->ask.pid == 0)
		(void)begin_job(s, &s->ask, ask_task_exec, &task);
}

static void
ask_done(struct service *s, int status)
{
	struct ask_task_report r;

	if (status != 0 || !ask_task_report_parse(s->ask.said, s->ask.n_said, &r)) {
		retry_in(s, MAIL_PAUSE_S);
		return;
	}
	if (r.ahead)
		journal_say(JOURNAL_ERR, NULL, "%s", r.words);
	take_turn(s); /* which draws, publishes, and says when to ask again */
}

/* ---- signals ---- */

static void
say_fault(void *ctx, const char *file, unsigned long line, const char *message)
{
	(void)ctx;
	if (line == 0)
		journal_say(JOURNAL_ERR, NULL, "%s: %s", file, message);
	else
		journal_say(JOURNAL_ERR, NULL, "%s:%lu: %s", file, line, message);
}

/* The state directory and who the log is cannot change under a running service. */
static bool
same_place(const struct config *a, const struct config *b)
{
	return strcmp(a->state_dir, b->state_dir) == 0 && strcmp(a->origin, b->origin) == 0;
}

static void
reload(struct service *s)
{
	struct err err = {.tr = language_text};
	struct diag diag = {.tr = language_text, .say = say_fault};
	struct settings fresh;
	int rc = settings_read(s->config_path, &fresh, &diag, &err);

	if (rc == 0 && !same_place(&fresh.config, &s->settings->config)) {
		settings_release(&fresh);
		rc = err_set(&err, ERR_REFUSED, N_("state_dir and origin need a restart of the service"));
	}
	if (rc != 0) {
		if (err.message[0] != '\0')
			journal_say(JOURNAL_ERR, NULL, "%s", err.message);
		(void)clock_set_zone(s->settings->config.timezone, NULL);
		journal_say(JOURNAL_WARNING, NULL, "%s",
		    _("the configuration is refused: the one before stays in force"));
		s->settings->year = text_year_of(clock_date(clock_now())); /* told once */
		return;
	}
	settings_release(s->settings);
	*s->settings = fresh;
	journal_say(JOURNAL_NOTICE, NULL, "%s", _("the configuration is in force"));
}

static void
on_hup(struct ev_loop *loop, ev_signal *w, int events)
{
	struct service *s = w->data;

	(void)loop;
	(void)events;
	reload(s);
	try_mail_now(s);
	take_turn(s);
}

static void
on_end(struct ev_loop *loop, ev_signal *w, int events)
{
	(void)w;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

/* ---- the whole ---- */

static void
prepare_job(struct service *s, struct job *l, void (*done)(struct service *s, int status))
{
	l->service = s;
	l->done = done;
	ev_io_init(&l->pipe, on_report, -1, EV_READ);
	ev_child_init(&l->ended, on_ended, 0, 0);
	l->pipe.data = l->ended.data = l;
}

static void
start(struct service *s)
{
	double watchdog_s = notify_watchdog_s();

	ev_signal_init(&s->hup, on_hup, SIGHUP);
	ev_signal_init(&s->term, on_end, SIGTERM);
	ev_signal_init(&s->intr, on_end, SIGINT);
	ev_io_init(&s->wake, on_wake, s->wake_fd, EV_READ);
	ev_periodic_init(&s->due, on_due, 0., 0., NULL);
	ev_timer_init(&s->retry, on_retry, FIRST_PAUSE_S, 0.);
	ev_timer_init(&s->watchdog, on_watchdog, watchdog_s, watchdog_s);
	ev_timer_init(&s->ready, on_ready, READY_S, 0.);
	ev_timer_init(&s->post, on_post, MAIL_PAUSE_S, 0.);
	s->hup.data = s->wake.data = s->due.data = s->retry.data = s->post.data = s;
	prepare_job(s, &s->turn, turn_done);
	prepare_job(s, &s->mail, mail_done);
	prepare_job(s, &s->ask, ask_done);
	ev_signal_start(s->loop, &s->hup);
	ev_signal_start(s->loop, &s->term);
	ev_signal_start(s->loop, &s->intr);
	ev_io_start(s->loop, &s->wake);
	ev_timer_start(s->loop, &s->ready);
	if (watchdog_s > 0)
		ev_timer_start(s->loop, &s->watchdog);
}

/* What is under way has lost nothing when it is killed: what it had not done is due at the next start. */
static void
end_job(struct job *l)
{
	if (l->pid != 0) {
		(void)kill(l->pid, SIGKILL);
		(void)waitpid(l->pid, NULL, 0);
	}
	if (ev_is_active(&l->pipe))
		(void)close(l->pipe.fd);
}

static void
stop(struct service *s)
{
	notify_tell("STOPPING=1");
	end_job(&s->turn);
	end_job(&s->mail);
	end_job(&s->ask);
	ev_loop_destroy(s->loop);
}

static int
hold_state(struct service *s, struct err *err)
{
	const char *state_dir = s->settings->config.state_dir;
	int rc;

	if (access(state_dir, F_OK) != 0)
		return err_set(err, ERR_REFUSED, N_("there is no state directory %s yet: \"spotcheck setup\" makes it"),
		    state_dir);
	rc = file_try_lock(state_dir, LOCK_FILE, &s->lock, err);
	if (rc == ERR_NOT_YET)
		return err_set(err, ERR_REFUSED, N_("another service runs on the state directory %s"), state_dir);
	return rc != 0 ? rc : wake_listen(state_dir, &s->wake_fd, err);
}

int
service_run(const char *config_path, struct settings *settings, struct err *err)
{
	struct service s = {.config_path = config_path, .settings = settings, .lock = -1, .wake_fd = -1};
	int rc = hold_state(&s, err);

	if (rc == 0 && (s.loop = ev_default_loop(EVFLAG_NOENV)) == NULL)
		rc = err_set(err, ERR_OUTSIDE, N_("the event loop cannot be made"));
	if (rc == 0) {
		start(&s);
		clock_jump_begin(&s.jump, clock_now(), clock_jump_clock());
		take_turn(&s);
		(void)ev_run(s.loop, 0);
		stop(&s);
		if (s.refused)
			rc = err_set(err, ERR_REFUSED, N_("the service does not begin: see above"));
		else
			journal_say(JOURNAL_INFO, NULL, "%s", _("the service has ended"));
	}
	if (s.wake_fd >= 0)
		(void)close(s.wake_fd);
	if (s.lock >= 0)
		(void)close(s.lock);
	settings_release(settings);
	return rc;
}
