#!/usr/bin/python3
"""Goal: the service in the foreground, by the real clock: it says when it is ready and what is next, commits and draws
what is due, acts at once on what a command changed, takes a new configuration and refuses a bad one, runs alone on its
state, survives kill -9, answers while it works, and ends within a second.

Nothing is mocked: a datagram socket stands for the service manager, and the minutes of the timetable are real ones.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
SPOTCHECK = os.path.abspath(os.environ.get("SPOTCHECK", os.path.join(TOP, "build/spotcheck")))
SPOTCHECKD = os.path.abspath(os.environ.get("SPOTCHECKD", os.path.join(TOP, "build/spotcheckd")))

INI = """[service]
origin = service.example.org
operator = test
timezone = UTC
language = en
admin = ops@example.org
state_dir = {folder}/state
public_dir = {folder}/public
metrics_dir = {folder}
[mail]
server = maildir:{folder}/mail
from = test <test@example.org>
{cycles}
"""
CYCLE = """[cycle {name}]
title = {name}
when = {when}
window = 5 days
embargo = 0
sample = 2
matters = duty
team = any
avoid =
{more}
"""


def check(true, words):
    if not true:
        raise AssertionError(words)


class Office:
    """A folder, a service manager's socket, and the service once it is started."""

    def __init__(self, folder):
        self.folder, self.process = folder, None
        self.ini = os.path.join(folder, "spotcheckd.ini")
        os.makedirs(os.path.join(folder, "state"), 0o700)
        shutil.copytree(os.path.join(TOP, "conf/letters"), os.path.join(folder, "letters"))
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(os.path.join(folder, "notify"))
        self.told = []

    def write_ini(self, *cycles):
        with open(self.ini, "w", encoding="utf-8") as file:
            file.write(INI.format(folder=self.folder, cycles="".join(cycles)))

    def command(self, *words, status=0):
        done = subprocess.run([SPOTCHECK, "-c", self.ini, *words], capture_output=True, text=True, timeout=60, check=False)
        check(done.returncode == status, f"{words}: status {done.returncode}: {done.stderr}")
        return done.stdout

    def import_sample(self):
        for kind in ("targets", "inspectors", "conflicts", "matters"):
            self.command("import", kind, os.path.join(TOP, "conf/sample", f"{kind}.csv"))

    def start(self, **environment):
        self.log = open(os.path.join(self.folder, "log"), "a", encoding="utf-8")
        self.process = subprocess.Popen([SPOTCHECKD, "-c", self.ini], stderr=self.log, stdout=self.log,
                                        env={**os.environ, "NOTIFY_SOCKET": os.path.join(self.folder, "notify"),
                                             **environment})

    def wait_told(self, pattern, seconds=20):
        """Until the manager is told something that matches; since the last such wait."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.manager.settimeout(max(end - time.monotonic(), 0.01))
            with contextlib.suppress(TimeoutError, socket.timeout):
                self.told.append(self.manager.recv(65536).decode())
                if re.search(pattern, self.told[-1]):
                    return self.told[-1]
        raise AssertionError(f"never told {pattern}: {self.told[-5:]}; {self.read_log()[-2000:]}")

    def wait_for(self, sql, seconds=20):
        """Until a query of the state yields something true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            db = sqlite3.connect(f"file:{self.folder}/state/spotcheckd.db?mode=ro", uri=True, timeout=10)
            with contextlib.closing(db):
                row = db.execute(sql).fetchone()
            if row and row[0]:
                return row[0]
            time.sleep(0.05)
        raise AssertionError(f"never true: {sql}; {self.read_log()[-2000:]}")

    def drain(self):
        """What was told up to now; a full queue drops what comes."""
        self.manager.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while self.manager.recv(65536):
                pass

    def read_log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8") as file:
            return file.read()

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        begun = time.monotonic()
        status = self.process.wait(10)
        self.process = None
        return status, time.monotonic() - begun

    def verify(self):
        for _ in range(5):
            done = subprocess.run([SPOTCHECK, "verify", f"{self.folder}/public"], capture_output=True, text=True, timeout=60,
                                  check=False)
            if done.returncode != 3:  # it was published anew while it was read
                break
        check(done.returncode == 0, f"verify: {done.stdout[-1500:]}")


def soon(seconds):
    """A fixed time of day (HH:MM) at least so many seconds ahead, and its instant."""
    at = (int(time.time()) + seconds + 59) // 60 * 60
    return time.strftime("%H:%M", time.gmtime(at)), at


def before_there_is_a_log(office):
    office.write_ini(CYCLE.format(name="hand", when="manual", more=""))
    office.start()
    office.wait_told("READY=1")
    check(office.process.poll() is None, "it ended without a log")
    office.command("init")  # which wakes it
    office.wait_told("STATUS=next: nothing is due")
    office.import_sample()


def alone(office):
    second = subprocess.run([SPOTCHECKD, "-c", office.ini], capture_output=True, text=True, timeout=20, check=False)
    check(second.returncode == 2 and "another service" in second.stderr, f"a second one: {second}")


def acts_on_commands(office):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
    office.command("commit", "hand", "--draw-at", at)
    office.wait_told("STATUS=next: a draw at")
    office.wait_for("SELECT outcome = 'draw' AND reveal_entry IS NOT NULL FROM draw WHERE n = 1")
    office.wait_told("STATUS=next: nothing is due")
    check(len(os.listdir(f"{office.folder}/mail/new")) >= 1, "no letter")
    with open(f"{office.folder}/spotcheckd.prom", encoding="ascii") as file:
        metrics = dict(line.split() for line in file if not line.startswith("#"))
    check(metrics["spotcheckd_draws"] == "1" and metrics["spotcheckd_draws_open"] == "0", f"metrics: {metrics}")
    check("draw 1 (hand) is drawn" in office.read_log(), "the draw is not logged")
    check(not re.search(r"\bT0\d\d\b", office.read_log()), "a target is named")
    office.verify()


def follows_a_timetable(office):
    """A cycle that draws today at a full minute, with the shortest lead."""
    hour, at = soon(75)
    if at // 86400 != int(time.time()) // 86400:  # over midnight: wait for the new day
        time.sleep(at - time.time())
        hour, at = soon(75)
    weekday = time.strftime("%a", time.gmtime(at)).lower()
    office.write_ini(CYCLE.format(name="hand", when="manual", more=""),
                     CYCLE.format(name="minute", when="weekly", more=f"day = {weekday}\non_holiday = keep\ntime = {hour}\n"
                                                                      "commit = 1min"))
    office.process.send_signal(signal.SIGHUP)
    office.wait_told("STATUS=next: a commitment at")
    check("the configuration is in force" in office.read_log(), "no word of the new configuration")
    office.wait_for("SELECT count(*) FROM draw WHERE cycle = 'minute'", seconds=90)
    drawn_for = office.wait_for("SELECT draw_time FROM draw WHERE cycle = 'minute'")
    check(drawn_for == at, f"committed for {drawn_for}, not for {at}")


def refuses_a_bad_reload(office):
    with open(office.ini, encoding="utf-8") as file:
        good = file.read()
    with open(office.ini, "w", encoding="utf-8") as file:
        file.write(good.replace("sample = 2", "sample = many"))
    office.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + 10
    while "stays in force" not in office.read_log() and time.monotonic() < end:
        time.sleep(0.05)
    check("stays in force" in office.read_log(), "no word of the bad configuration")
    check(re.search(r"spotcheckd.ini:\d+: sample = many", office.read_log()), "no line")
    with open(office.ini, "w", encoding="utf-8") as file:
        file.write(good)


def survives_kill(office):
    """Killed before the draw of the timetable: the next one makes it, once."""
    status, _ = office.stop(signal.SIGKILL)
    check(status == -signal.SIGKILL, "not killed")
    office.told.clear()
    office.start(WATCHDOG_USEC="400000")
    office.wait_told("READY=1")
    office.wait_told("WATCHDOG=1")
    office.wait_for("SELECT outcome = 'draw' AND reveal_entry IS NOT NULL FROM draw WHERE cycle = 'minute'", seconds=100)
    count = office.wait_for("SELECT count(*) FROM draw WHERE cycle = 'minute'")
    check(count == 1, f"{count} draws of one occurrence")
    office.verify()


def answers_while_it_works(office):
    """However long a turn takes: it is another process's, stopped here in the midst of its work."""
    at = int(time.time()) + 3
    office.command("commit", "hand", "--draw-at", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)))
    children = f"/proc/{office.process.pid}/task/{office.process.pid}/children"
    worker, end = "", time.monotonic() + 20
    while not worker and time.monotonic() < end:
        if time.time() > at - 0.2:
            with open(children, encoding="ascii") as file:
                worker = file.read().strip()
    check(worker.isdigit(), f"no worker: {worker!r}")
    os.kill(int(worker), signal.SIGSTOP)
    office.drain()
    before = office.read_log().count("the configuration is in force")
    office.process.send_signal(signal.SIGHUP)
    for _ in range(3):
        office.wait_told("WATCHDOG=1")
    end = time.monotonic() + 10
    while office.read_log().count("the configuration is in force") == before and time.monotonic() < end:
        time.sleep(0.05)
    check(office.read_log().count("the configuration is in force") == before + 1, "deaf while it works")
    os.kill(int(worker), signal.SIGCONT)
    office.wait_for("SELECT outcome = 'draw' AND reveal_entry IS NOT NULL FROM draw ORDER BY n DESC LIMIT 1")
    office.verify()


def ends_at_once(office):
    office.drain()
    status, took = office.stop()
    check(status == 0 and took < 1, f"status {status} after {took:.1f} s")
    check("the service has ended" in office.read_log(), "no last word")
    office.wait_told("STOPPING=1", seconds=1)


def refuses_to_begin(office):
    """What a person must see to ends the service at once, with words, and changes nothing."""
    key = f"{office.folder}/state/keys/log.key"
    database = f"{office.folder}/state/spotcheckd.db"

    def begins(words):
        done = subprocess.run([SPOTCHECKD, "-c", office.ini], capture_output=True, text=True, timeout=30, check=False)
        check(done.returncode == 2 and words in done.stderr, f"no \"{words}\": {done}")

    os.chmod(key, 0o644)
    begins("0600")
    os.chmod(key, 0o600)
    os.chmod(f"{office.folder}/state", 0o755)
    begins("chmod 0700")
    os.chmod(f"{office.folder}/state", 0o700)
    os.rename(database, f"{database}.kept")
    for name in ("spotcheckd.db-wal", "spotcheckd.db-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{office.folder}/state/{name}")
    with open(database, "w", encoding="ascii") as file:
        file.write("This is no database, and never was one." * 50)
    os.chmod(database, 0o600)
    begins("is no database")
    os.rename(f"{database}.kept", database)
    office.verify()


def main():
    with tempfile.TemporaryDirectory(prefix="spotcheck-service.") as folder:
        office = Office(folder)
        try:
            for part in (before_there_is_a_log, alone, acts_on_commands, follows_a_timetable, refuses_a_bad_reload,
                         survives_kill, answers_while_it_works, ends_at_once, refuses_to_begin):
                part(office)
                print(f"ok: {part.__name__}", flush=True)
        except AssertionError as fault:
            print(f"FAIL: {fault}", file=sys.stderr)
            return 1
        finally:
            if office.process:
                office.stop(signal.SIGKILL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
