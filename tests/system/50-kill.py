#!/usr/bin/python3
"""Goal: kill -9 at any point of `run` (and of `init`) loses nothing and doubles nothing.

Whatever moment it was, the published directory verifies as it stands; the next `run` finishes the draw that was begun;
each inspector has each letter exactly once; nothing is left lying about.

Two ways to the moment: a random time, and, where strace may be used, just before the N-th system call that changes
something on the disk, N by N.  SPOTCHECK_KILL=all goes through every N; else a sample that takes about a minute.
"""

import collections
import concurrent.futures
import glob
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CONF = os.path.join(HERE, "..", "..", "conf")
SPOTCHECK = os.path.abspath(os.environ.get("SPOTCHECK", os.path.join(HERE, "../../build/spotcheck")))
ALL = os.environ.get("SPOTCHECK_KILL") == "all"
SEED = int(os.environ.get("SPOTCHECK_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
SECONDS = 12  # for each kind of moment, unless ALL
CALLS = ("write,pwrite64,writev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,"
         "mkdir,mkdirat,rmdir,openat,fchmod,fchmodat,flock,sendto")
JOBS = os.cpu_count() or 2
# The leak sanitizer traces its own process at the end: it can be beside no other tracer, and reports it when that process
# is killed under it.
NO_LEAKS = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")

INI = """[service]
origin = kill.example.org
operator = test
timezone = Asia/Shanghai
language = en
admin = ops@example.org
state_dir = ../state
public_dir = ../public
[mail]
server = maildir:../mail
from = test <test@example.org>
[cycle now]
title = Now
when = manual
window = 5 workdays
embargo = 0
sample = 3
team = any any
avoid =
rotate = 1
matters = duty
[cycle later]
title = Later
when = manual
embargo = 30
sample = 1
team = any
matters = duty
"""


class Office:
    """A folder with everything in it, which can be copied: all places are relative."""

    def __init__(self, folder):
        self.folder = folder
        self.ini = os.path.join(folder, "conf", "spotcheckd.ini")
        self.public = os.path.join(folder, "public")

    @classmethod
    def new(cls, folder):
        office = cls(folder)
        os.makedirs(os.path.join(folder, "conf"))
        shutil.copytree(os.path.join(CONF, "letters"), os.path.join(folder, "conf", "letters"))
        os.mkdir(os.path.join(folder, "state"), 0o700)
        with open(office.ini, "w", encoding="utf-8") as file:
            file.write(INI)
        return office

    def fill(self):
        """The log, and rosters so small that a run is short."""
        self.must("init")
        for kind, text in {
                "targets": "id,name,unit\n" + "".join(f"T{i:02},target {i},unit {i % 3}\n" for i in range(12)),
                "inspectors": "id,name,email\n" + "".join(f"I{i},inspector {i},i{i}@example.org\n" for i in range(6)),
                "matters": "id,name\nduty,Duty\n"}.items():
            path = os.path.join(self.folder, kind)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.must("import", kind, path)
            os.remove(path)
        return self

    def copy(self, folder):
        shutil.copytree(self.folder, folder)
        return Office(folder)

    def command(self, *args):
        return [SPOTCHECK, "-c", self.ini, *args]

    def call(self, *args):
        return subprocess.run(self.command(*args), capture_output=True, text=True, timeout=120, check=False)

    def must(self, *args):
        done = self.call(*args)
        assert done.returncode == 0, (args, done.returncode, done.stdout, done.stderr)
        return done.stdout

    # what there is

    def rows(self, sql):
        database = sqlite3.connect(os.path.join(self.folder, "state", "spotcheckd.db"))
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def verified(self):
        done = subprocess.run([SPOTCHECK, "verify", self.public], capture_output=True, text=True, timeout=120,
                              check=False)
        assert done.returncode == 0 and "yes: every check" in done.stdout, done.stdout + done.stderr

    def letters_are_right(self):
        """Of each draw one letter to each inspector for each day with a seat, and no Message-ID twice."""
        found, ids = [], []
        for path in glob.glob(os.path.join(self.folder, "mail", "*", "*")):
            assert "/tmp/" not in path[len(self.folder):], path
            with open(path, "rb") as file:
                text = file.read()
            ids.append(re.search(rb"^Message-ID:\s*(<[^>]+>)", text, re.M | re.I).group(1))
            found.append(tuple(x.decode() for x in re.search(rb"result-(\d+)-(\w+)-(\d+)\.csv", text).groups()))
        wanted = []
        for path in glob.glob(os.path.join(self.public, "draws", "*", "record.json")):
            with open(path, encoding="utf-8") as file:
                record = json.load(file)
            wanted += sorted({(f"{record['n']:04}", p, place["visit"][:10].replace("-", ""))
                              for place in record["selected"] for p in place["team"]})
        assert sorted(found) == sorted(wanted), (sorted(found), sorted(wanted))
        assert len(set(ids)) == len(ids), "a Message-ID twice"
        states = self.rows("SELECT DISTINCT state FROM outbox_letter")
        assert states == [("sent",)], states

    def nothing_is_left(self):
        known = {"conf", "state", "public", "mail"}
        assert set(os.listdir(self.folder)) == known, os.listdir(self.folder)
        state = set(os.listdir(os.path.join(self.folder, "state")))
        state -= {"spotcheckd.db", "spotcheckd.db-wal", "spotcheckd.db-shm", "keys", "publish.lock", "run.lock"}
        assert not state, state
        assert os.listdir(os.path.join(self.folder, "state", "keys")) == ["log.key"]
        for folder, _, files in os.walk(self.public):
            assert not [name for name in files if name.startswith(".")], (folder, files)


# ---- moments ----

def kill_at_call(office, name, n, *args):
    """Kills just before the n-th call of that name; True where the program came to its end before that."""
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + name, "-e", f"inject={name}:signal=KILL:when={n}",
         *office.command(*args)], capture_output=True, text=True, timeout=120, check=False, env=NO_LEAKS)
    return done.returncode == 0, done.stdout


def kill_at_time(office, seconds, *args):
    with subprocess.Popen(office.command(*args), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          env=NO_LEAKS) as process:
        time.sleep(seconds)
        ended = process.poll() is not None
        process.send_signal(signal.SIGKILL)
        return ended, process.stdout.read()


def find_calls(office, *args):
    """All calls, each as its name and which one of that name it is: so strace counts them, each thread's by themselves."""
    with tempfile.NamedTemporaryFile() as file:
        done = subprocess.run(["strace", "-f", "-qq", "-o", file.name, "-e", "trace=" + CALLS, *office.command(*args)],
                              capture_output=True, timeout=120, check=False, env=NO_LEAKS)
        assert done.returncode == 0, done.stderr
        lines = file.read().decode(errors="replace").splitlines()
    made, calls = collections.Counter(), {}
    for line in lines:
        which = re.match(r"(\d+) +(\w+)\(", line)
        if which is not None:
            made[which.groups()] += 1
            calls[which[2], made[which.groups()]] = True
    return list(calls)


def strace_works():
    try:
        done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=write", "-e",
                               "inject=write:signal=KILL:when=1", "/bin/echo"], capture_output=True, timeout=20,
                              check=False)
    except OSError:
        return False
    return done.returncode == -signal.SIGKILL


# ---- what must hold ----

def check_run(template, folder, kill):
    """One run that is killed, and the next one."""
    office = template.copy(folder)
    kill(office, "run", "now")
    office.verified()
    finished = office.rows("SELECT count(*) FROM draw WHERE run = 0")[0][0]
    begun = office.rows("SELECT count(*) FROM draw")[0][0]
    output = office.must("run", "now")
    assert ("interrupted" in output) == (begun > finished), output
    drawn = office.rows("SELECT count(*) FROM draw")[0][0]
    assert drawn == finished + 1, f"{drawn} draws, {finished} of them finished before"
    assert not office.rows("SELECT n FROM draw WHERE run <> 0 OR outcome <> 'draw' OR reveal_entry IS NULL")
    office.verified()
    office.letters_are_right()
    office.nothing_is_left()
    shutil.rmtree(folder)
    return begun > finished


def check_init(template, folder, kill):
    office = template.copy(folder)
    _, output = kill(office, "init")
    there = os.path.exists(office.public) and os.path.exists(os.path.join(office.public, "checkpoint"))
    if there:
        office.verified()
    again = office.call("init")
    if again.returncode == 2:  # the log was there: then its code has been seen
        assert "a log already" in again.stderr, again.stderr
        assert "Recovery code" in output, "a code is in force that nobody saw"
        office.must("publish")
    else:
        assert again.returncode == 0, again.stderr
        if "was begun before" in again.stdout:
            assert "Recovery code" in output, "a code is in force that nobody saw"
    office.verified()
    assert office.rows("SELECT count(*) FROM log_entry")[0][0] == 3
    assert os.listdir(os.path.join(office.folder, "state", "keys")) == ["log.key"]
    shutil.rmtree(folder)
    return again.returncode == 2 or "was begun before" in again.stdout


class Trials:
    """Runs trials side by side until there are no more, or time is up; stops at the first that fails."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.serial = 0
        self.failed = 0

    def one(self, check, template, serial, kill, name):
        folder = os.path.join(self.scratch, str(serial))
        try:
            return check(template, folder, kill)
        except Exception as fault:  # whatever it is, the moment belongs to it
            self.failed += 1
            print(f"FAIL: {check.__name__}, killed {name} (SPOTCHECK_SEED={SEED}): {fault!r}\n  look at {folder}",
                  flush=True)
            return False

    def run(self, check, template, moments, seconds):
        end = time.monotonic() + seconds
        midway = done = 0
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            waiting = set()
            for name, kill in moments:
                if self.failed or (not ALL and time.monotonic() > end):
                    break
                self.serial += 1
                waiting.add(pool.submit(self.one, check, template, self.serial, kill, name))
                if len(waiting) >= 2 * JOBS:
                    ready, waiting = concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED)
                    midway += sum(each.result() for each in ready)
                    done += len(ready)
            midway += sum(each.result() for each in waiting)
            done += len(waiting)
        return done, midway


def by_call(calls, rng):
    """Every moment once; the sample takes them in an order that spreads over the whole."""
    calls = list(calls)
    if not ALL:
        rng.shuffle(calls)
    return ((f"before {name} {n}", lambda office, *args, name=name, n=n: kill_at_call(office, name, n, *args))
            for name, n in calls)


def by_time(longest, rng, count):
    moments = [rng.uniform(0, longest) for _ in range(count)]
    return ((f"after {s * 1000:.1f} ms", lambda office, *args, s=s: kill_at_time(office, s, *args)) for s in moments)


def how_long(template, folder):
    office = template.copy(folder)
    begin = time.monotonic()
    office.must("run", "now")
    took = time.monotonic() - begin
    shutil.rmtree(folder)
    return took


def main():
    rng = random.Random(SEED)
    # A kill is no power cut: where memory can be had for a disk, syncing costs nothing and there is time for more.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) and "TMPDIR" not in os.environ else None
    scratch = tempfile.mkdtemp(prefix="spotcheck-kill.", dir=memory)
    empty = Office.new(os.path.join(scratch, "empty"))
    ready = Office.new(os.path.join(scratch, "ready")).fill()
    trials = Trials(scratch)
    print(f"SPOTCHECK_SEED={SEED}")

    took = how_long(ready, os.path.join(scratch, "timed"))
    done, midway = trials.run(check_run, ready, by_time(took * 1.2, rng, 1000 if ALL else 400), SECONDS)
    print(f"run: {done} times killed at random within {took * 1200:.0f} ms, {midway} of them with a draw begun",
          flush=True)
    if strace_works():
        calls = find_calls(ready.copy(os.path.join(scratch, "counted")), "run", "now")
        done, midway = trials.run(check_run, ready, by_call(calls, rng), 3 * SECONDS)
        print(f"run: killed before {done} of {len(calls)} calls, {midway} of them with a draw begun", flush=True)
        calls = find_calls(empty.copy(os.path.join(scratch, "counted-init")), "init")
        done, midway = trials.run(check_init, empty, by_call(calls, rng), SECONDS)
        print(f"init: killed before {done} of {len(calls)} calls, {midway} of them with the log begun", flush=True)
    else:
        print("strace cannot be used here: killed at random times only")
    if trials.failed == 0:
        shutil.rmtree(scratch)
    return 1 if trials.failed else 0


if __name__ == "__main__":
    sys.exit(main())
