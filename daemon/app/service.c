/* The service's event loop: starts turns, the mailer and the asker in processes of their own, and handles signals. */

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
#define TURN_DOUBLINGS_MAX 9
#define MAIL_PAUSE_S 30
#define MAIL_DOUBLINGS_MAX 5
#define READY_S 30      /* READY=1 is sent then at the latest: a national roster's first turn may take longer */
#define JUMP_CHECK_S 60 /* how often a clock that jumped is looked at again */
#define REPORT_MAX (WORKER_REPORT + 96)

/* A process that works for the loop, and the part of its report that was read. */
struct job {
	struct service *service;
	pid_t pid; /* 0: none */
	ev_child ended;
	ev_io pipe;
	char report[REPORT_MAX];
	size_t report_len;
	void (*done)(struct service *s, int status);
};

struct service {
	struct ev_loop *loop;
	const char *config_path;
	struct settings *settings;
	int lock, wake_fd;

	ev_signal hup, term, intr;
	ev_io wake;
	ev_periodic due; /* the wall clock's time of the next turn */
	ev_timer retry;  /* after a turn that failed */
	ev_timer watchdog;
	ev_timer ready; /* READY=1 is sent when the first turn ends, or when this ends */

	struct job turn, mail, ask;
	ev_timer mail_pause;    /* active: no mailer is started, since the server was down */
	unsigned mail_failures; /* in a row */
	bool mail_again;        /* more letters may be due since the mailer was started */
	struct clock_jump jump;
	bool clock_held;        /* the clock has jumped ahead: no turn, no letter */
	bool turn_again;        /* another turn was called for while one was running */
	unsigned turn_failures; /* in a row */
	bool began;             /* a turn has ended, well or with a fault that may pass */
	bool refused;           /* the first turn was refused: the service ends */
};

static void take_turn(struct service *s);
static void send_mail(struct service *s);
static void pause_mail(struct service *s);
static void ask_witnesses_and_beacons(struct service *s);

/* ---- when ---- */

/* An ev_periodic follows the wall clock, also when that is set. */
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

/* After a command or a SIGHUP the mail server is tried at once: somebody may have mended it. */
static void
end_mail_pause(struct service *s)
{
	s->mail_failures = 0;
	ev_timer_stop(s->loop, &s->mail_pause);
}

static void
on_wake(struct ev_loop *loop, ev_io *w, int events)
{
	struct service *s = w->data;

	(void)loop;
	(void)events;
	wake_drain(s->wake_fd);
	end_mail_pause(s);
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

/* ---- a clock that jumps ---- */

/* True while the clock has jumped ahead: then nothing is done, and the clock is looked at again after JUMP_CHECK_S. */
static bool
hold_after_jump(struct service *s)
{
	int64_t ahead = clock_jump_ahead(&s->jump, clock_now(), clock_jump_boottime());
	bool was_held = s->clock_held;

	s->clock_held = ahead > 0;
	if (!s->clock_held)
		return false;
	if (!was_held) {
		journal_say(JOURNAL_ERR, NULL,
		    _("the clock has jumped ahead by %lld seconds: nothing is done for %d minutes, unless it is set "
		      "right before; if it is right, restart the service"),
		    (long long)ahead, CLOCK_JUMP_HOLD_S / 60);
		notify_status(_("the clock has jumped ahead; the journal says more"));
	}
	retry_in(s, JUMP_CHECK_S);
	return true;
}

/* ---- work in processes ---- */

/* The calendar covers a few years from the one in which it was read: each new year it is read again. */
static void
keep_calendar_current(struct service *s)
{
	if (text_year_of(clock_date(clock_now())) != s->settings->year)
		(void)raise(SIGHUP);
}

/* Reads what the pipe holds.  The end of the report may come before the child's end or after it. */
static void
read_report(struct job *job)
{
	ssize_t n;

	do {
		n = read(job->pipe.fd, job->report + job->report_len, sizeof job->report - job->report_len);
		job->report_len += n > 0 ? (size_t)n : 0;
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0 && errno == EAGAIN)
		return;
	ev_io_stop(job->service->loop, &job->pipe);
	(void)close(job->pipe.fd);
}

static void
on_report(struct ev_loop *loop, ev_io *w, int events)
{
	(void)loop;
	(void)events;
	read_report(w->data);
}

static void
on_job_ended(struct ev_loop *loop, ev_child *w, int events)
{
	struct job *job = w->data;

	(void)events;
	ev_child_stop(loop, w);
	if (ev_is_active(&job->pipe))
		read_report(job);
	job->pid = 0;
	job->done(job->service, w->rstatus);
}

static bool
begin_job(struct service *s, struct job *job, int (*work)(const void *task, int pipe), const void *task)
{
	int pipe = -1;

	job->report_len = 0;
	job->pid = child_begin(work, task, &pipe);
	if (job->pid < 0) {
		journal_say(JOURNAL_ERR, NULL, _("no process could be started for the work: %s"), strerror(errno));
		job->pid = 0;
		return false;
	}
	ev_io_set(&job->pipe, pipe, EV_READ);
	ev_io_start(s->loop, &job->pipe);
	ev_child_set(&job->ended, job->pid, 0);
	ev_child_start(s->loop, &job->ended);
	return true;
}

/* ---- turns ---- */

static void
take_turn(struct service *s)
{
	struct worker_task task = {&s->settings->config, &s->settings->calendar, s->settings->letters};

	if (s->turn.pid != 0) {
		s->turn_again = true;
		return;
	}
	ev_timer_stop(s->loop, &s->retry);
	if (hold_after_jump(s))
		return;
	keep_calendar_current(s);
	s->turn_again = false;
	if (!begin_job(s, &s->turn, worker_work, &task))
		retry_in(s, FIRST_PAUSE_S);
}

static void
retry_failed_turn(struct service *s)
{
	unsigned doubled = s->turn_failures < TURN_DOUBLINGS_MAX ? s->turn_failures : TURN_DOUBLINGS_MAX;

	if (s->turn_failures++ == 0)
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
	if (status == 0 && worker_report_parse(s->turn.report, s->turn.report_len, &report)) {
		s->turn_failures = 0;
		wait_until(s, report.next);
		notify_status(report.status);
		if (report.mail)
			send_mail(s);
		if (report.ask)
			ask_witnesses_and_beacons(s);
	} else if (!s->began && WIFEXITED(status) && WEXITSTATUS(status) == WORKER_REFUSED) {
		s->refused = true; /* whoever starts the service must see that at once */
		ev_break(s->loop, EVBREAK_ALL);
		return;
	} else {
		retry_failed_turn(s);
	}
	s->began = true;
	if (s->turn_again)
		take_turn(s);
}

/* ---- letters to a server ---- */

static void
send_mail(struct service *s)
{
	if (hold_after_jump(s))
		return; /* a jumped clock makes letters due too early */
	if (ev_is_active(&s->mail_pause))
		return; /* the server was down; the timer's end sends */
	if (s->mail.pid != 0) {
		s->mail_again = true;
		return;
	}
	s->mail_again = false;
	if (!begin_job(s, &s->mail, mail_task_exec, &s->settings->config))
		pause_mail(s);
}

/* MAIL_PAUSE_S the first time, then twice as long each time, 2^MAIL_DOUBLINGS_MAX times as long at most. */
static void
pause_mail(struct service *s)
{
	unsigned doubled = s->mail_failures < MAIL_DOUBLINGS_MAX ? s->mail_failures : MAIL_DOUBLINGS_MAX;

	s->mail_failures++;
	ev_timer_set(&s->mail_pause, MAIL_PAUSE_S << doubled, 0.);
	ev_timer_start(s->loop, &s->mail_pause);
}

static void
on_mail_pause_over(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)events;
	ev_timer_stop(loop, w);
	send_mail(w->data);
}

static void
mail_done(struct service *s, int status)
{
	struct mail_report r;

	if (status != 0 || !mail_report_parse(s->mail.report, s->mail.report_len, &r)) {
		pause_mail(s);
		return;
	}
	if (r.sent + r.put_off + r.failed + r.unknown > 0)
		journal_say(JOURNAL_INFO, NULL, _("letters: %llu sent, %llu put off, %llu failed, %llu perhaps sent"),
		    (unsigned long long)r.sent, (unsigned long long)r.put_off, (unsigned long long)r.failed,
		    (unsigned long long)r.unknown);
	journal_say(JOURNAL_DEBUG, NULL, "the mailer's longest pause: %lld us", (long long)r.stall_us);
	if (r.down) {
		pause_mail(s);
		return;
	}
	s->mail_failures = 0;
	if (s->mail_again)
		send_mail(s);
	else
		take_turn(s); /* the turn finds when the next letter is due, and raises alarms for those that failed */
}

/* ---- witnesses and beacons ---- */

/* The asker's failures are in the state; from there a later turn finds when to ask again. */
static void
ask_witnesses_and_beacons(struct service *s)
{
	const struct ask_task task = {&s->settings->config, false};

	if (!hold_after_jump(s) && s->ask.pid == 0)
		(void)begin_job(s, &s->ask, ask_task_exec, &task);
}

static void
ask_done(struct service *s, int status)
{
	struct ask_task_report r;

	if (status != 0 || !ask_task_report_parse(s->ask.report, s->ask.report_len, &r)) {
		retry_in(s, MAIL_PAUSE_S);
		return;
	}
	if (r.ahead)
		journal_say(JOURNAL_ERR, NULL, "%s", r.words);
	take_turn(s); /* the turn draws and publishes with what came, and finds when to ask again */
}

/* ---- signals ---- */

static void
log_fault(void *ctx, const char *file, unsigned long line, const char *message)
{
	(void)ctx;
	if (line == 0)
		journal_say(JOURNAL_ERR, NULL, "%s: %s", file, message);
	else
		journal_say(JOURNAL_ERR, NULL, "%s:%lu: %s", file, line, message);
}

/* The state directory and the log's origin cannot change while the service runs. */
static bool
same_state_and_origin(const struct config *a, const struct config *b)
{
	return strcmp(a->state_dir, b->state_dir) == 0 && strcmp(a->origin, b->origin) == 0;
}

static void
reload(struct service *s)
{
	struct err err = {.tr = language_text};
	struct diag diag = {.tr = language_text, .say = log_fault};
	struct settings fresh;
	int rc = settings_read(s->config_path, &fresh, &diag, &err);

	if (rc == 0 && !same_state_and_origin(&fresh.config, &s->settings->config)) {
		settings_release(&fresh);
		rc = err_set(&err, ERR_REFUSED, N_("state_dir and origin need a restart of the service"));
	}
	if (rc != 0) {
		if (err.message[0] != '\0')
			journal_say(JOURNAL_ERR, NULL, "%s", err.message);
		(void)clock_set_zone(s->settings->config.timezone, NULL);
		journal_say(JOURNAL_WARNING, NULL, "%s",
		    _("the configuration is refused: the one before stays in force"));
		s->settings->year =
		    text_year_of(clock_date(clock_now())); /* the same year is not read again until the next SIGHUP */
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
	end_mail_pause(s);
	take_turn(s);
}

static void
on_end_signal(struct ev_loop *loop, ev_signal *w, int events)
{
	(void)w;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

/* ---- the service ---- */

static void
prepare_job(struct service *s, struct job *job, void (*done)(struct service *s, int status))
{
	job->service = s;
	job->done = done;
	ev_io_init(&job->pipe, on_report, -1, EV_READ);
	ev_child_init(&job->ended, on_job_ended, 0, 0);
	job->pipe.data = job->ended.data = job;
}

static void
start_watchers(struct service *s)
{
	double watchdog_s = notify_watchdog_s();

	ev_signal_init(&s->hup, on_hup, SIGHUP);
	ev_signal_init(&s->term, on_end_signal, SIGTERM);
	ev_signal_init(&s->intr, on_end_signal, SIGINT);
	ev_io_init(&s->wake, on_wake, s->wake_fd, EV_READ);
	ev_periodic_init(&s->due, on_due, 0., 0., NULL);
	ev_timer_init(&s->retry, on_retry, FIRST_PAUSE_S, 0.);
	ev_timer_init(&s->watchdog, on_watchdog, watchdog_s, watchdog_s);
	ev_timer_init(&s->ready, on_ready, READY_S, 0.);
	ev_timer_init(&s->mail_pause, on_mail_pause_over, MAIL_PAUSE_S, 0.);
	s->hup.data = s->wake.data = s->due.data = s->retry.data = s->mail_pause.data = s;
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

/* A child works in transactions: what a killed one has not committed is due again at the next start. */
static void
kill_job(struct job *job)
{
	if (job->pid != 0) {
		(void)kill(job->pid, SIGKILL);
		(void)waitpid(job->pid, NULL, 0);
	}
	if (ev_is_active(&job->pipe))
		(void)close(job->pipe.fd);
}

static void
stop_service(struct service *s)
{
	notify_tell("STOPPING=1");
	kill_job(&s->turn);
	kill_job(&s->mail);
	kill_job(&s->ask);
	ev_loop_destroy(s->loop);
}

static int
lock_state(struct service *s, struct err *err)
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
	int rc = lock_state(&s, err);

	if (rc == 0 && (s.loop = ev_default_loop(EVFLAG_NOENV)) == NULL)
		rc = err_set(err, ERR_OUTSIDE, N_("the event loop cannot be made"));
	if (rc == 0) {
		start_watchers(&s);
		clock_jump_begin(&s.jump, clock_now(), clock_jump_boottime());
		take_turn(&s);
		(void)ev_run(s.loop, 0);
		stop_service(&s);
		if (s.refused)
			rc = err_set(err, ERR_REFUSED, N_("the service does not start: see above"));
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
