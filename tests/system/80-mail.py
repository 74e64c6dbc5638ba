#!/usr/bin/python3
"""Goal: letters arrive whatever the mail server does: none is lost, and none comes twice but where nobody could know
whether it had arrived, and then as the same letter.

A real server (aiosmtpd) refuses, greylists, hangs and hangs up at every point of the dialogue; it and the service are
killed meanwhile.  So that this takes no days, the scenario says that pauses are over as soon as they begin.

SPOTCHECK_LETTERS (80) says how many letters; SPOTCHECK_SEED repeats a run.
"""

import collections
import contextlib
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "..", ".."))
SPOTCHECK = os.path.abspath(os.environ.get("SPOTCHECK", os.path.join(TOP, "build/spotcheck")))
SPOTCHECKD = os.path.abspath(os.environ.get("SPOTCHECKD", os.path.join(TOP, "build/spotcheckd")))
LETTERS = int(os.environ.get("SPOTCHECK_LETTERS", "80"))
SEED = int(os.environ.get("SPOTCHECK_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
# The leak sanitizer traces its own process at the end, and reports it when that process is killed under it.
NO_LEAKS = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
PORT = 20000 + os.getpid() % 10000

INI = """[service]
origin = mail.example.org
operator = test
timezone = UTC
language = en
admin = ops@example.org
state_dir = {folder}/state
public_dir = {folder}/public
[mail]
server = {server}
from = test <test@example.org>
{more}
[cycle hand]
title = By hand
when = manual
window = 5 days
embargo = 0
sample = {targets}
matters = duty
team = any any
max_load = 1
avoid =
"""

WAITS = ["greylist", "full", "greylist-data", "full-data"]
CUTS = ["hang-mail", "cut-mail", "hang-rcpt", "cut-rcpt", "hang-data", "cut-data"]
DOUBTS = ["hang-done", "cut-done"]
MAYBE = ["hang-body", "cut-body"]
REFUSALS = ["refuse", "refuse-data"]
TARPITS = ["drip-mail", "drip-rcpt", "drip-data", "drip-done"]
SESSIONS = ["hang-greeting", "cut-greeting", "hang-ehlo", "cut-ehlo", "busy", "big", "drip-greeting"]


def check(true, words):
    if not true:
        raise AssertionError(words)


class Office:
    def __init__(self, folder, letters, server, more=""):
        self.folder, self.process = folder, None
        self.ini = os.path.join(folder, "spotcheckd.ini")
        os.makedirs(os.path.join(folder, "state"), 0o700, exist_ok=True)
        shutil.copytree(os.path.join(TOP, "conf/letters"), os.path.join(folder, "letters"))
        self.targets = letters // 2
        self.write_ini(server, more)
        self.command("init")
        for kind, text in {
                "targets": "id,name,unit\n" + "".join(f"T{i:04},target {i},u{i}\n" for i in range(self.targets)),
                "inspectors": "id,name,email\n" + "".join(f"I{i:04},inspector {i},i{i:04}@example.org\n"
                                                          for i in range(letters)),
                "matters": "id,name\nduty,Duty\n"}.items():
            path = os.path.join(folder, kind)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.command("import", kind, path)

    def write_ini(self, server, more=""):
        with open(self.ini, "w", encoding="utf-8") as file:
            file.write(INI.format(folder=self.folder, server=server, more=more, targets=self.targets))

    def call(self, *words, **more):
        return subprocess.run([SPOTCHECK, "-c", self.ini, *words], capture_output=True, text=True, timeout=120,
                              check=False, **more)

    def command(self, *words, status=0):
        done = self.call(*words)
        check(done.returncode == status, f"{words}: status {done.returncode}: {done.stderr}")
        return done.stdout + done.stderr

    def start(self, **environment):
        with open(os.path.join(self.folder, "log"), "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([SPOTCHECKD, "-c", self.ini], stderr=log, stdout=log,
                                            env={**os.environ, **NO_LEAKS, "SPOTCHECK_MAIL_TIMEOUT": "1", **environment})

    def stop(self, how=signal.SIGTERM):
        if self.process:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None

    def rows(self, sql):
        database = sqlite3.connect(os.path.join(self.folder, "state/spotcheckd.db"), timeout=30)
        with contextlib.closing(database):
            return database.execute(sql).fetchall()

    def pauses_are_over(self):
        """What is to be tried later is tried now."""
        database = sqlite3.connect(os.path.join(self.folder, "state/spotcheckd.db"), timeout=30)
        with contextlib.closing(database), database:
            database.execute("UPDATE outbox_letter SET next_at = 1 WHERE state IN ('queued', 'unknown') AND draw > 0")
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.sendto(b"x", os.path.join(self.folder, "state/wake"))

    def counts(self):
        return dict(self.rows("SELECT state, count(*) FROM outbox_letter WHERE draw > 0 GROUP BY state"))

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8") as file:
            return file.read()

    def until_all_are_settled(self, meanwhile=None, seconds=240):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            counts = self.counts()
            if set(counts) <= {"sent", "failed"}:
                return counts
            self.pauses_are_over()
            if meanwhile:
                meanwhile()
            time.sleep(0.3)
        raise AssertionError(f"not settled: {self.counts()}; {self.log()[-2000:]}")


class Server:
    def __init__(self, folder):
        self.folder, self.process = folder, None
        os.makedirs(folder, exist_ok=True)

    def plan(self, faults, sessions=()):
        with open(os.path.join(self.folder, "faults"), "w", encoding="ascii") as file:
            file.writelines(f"{who} {' '.join(of)}\n" for who, of in faults.items() if of)
        with open(os.path.join(self.folder, "sessions"), "w", encoding="ascii") as file:
            file.write("\n".join(sessions))

    def start(self):
        self.process = subprocess.Popen(["/usr/bin/python3", os.path.join(HERE, "smtp_faults.py"), str(PORT), self.folder],
                                        stdout=subprocess.PIPE, text=True)
        check(self.process.stdout.readline() == "ready\n", "the mail server does not begin")

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def taken(self):
        with contextlib.suppress(FileNotFoundError), open(os.path.join(self.folder, "taken"), encoding="utf-8") as file:
            return [json.loads(line) for line in file]
        return []


def doubtful(office):
    """Letters of which it was once unknown whether they had left."""
    return {who for who, in office.rows("SELECT DISTINCT recipient FROM outbox_letter JOIN outbox_attempt ON letter = id"
                                        " WHERE result = 'unknown'")}


def nothing_lost_nothing_doubled(office, server, refused):
    taken = [one for one in server.taken() if one["to"] != ["ops@example.org"]]
    times = collections.Counter(one["to"][0] for one in taken)
    ids = collections.defaultdict(set)
    for one in taken:
        check(len(one["to"]) == 1 and one["from"] == "test@example.org", f"envelope: {one}")
        ids[one["to"][0]].add(one["id"])
    sent = {who for who, in office.rows("SELECT recipient FROM outbox_letter WHERE state = 'sent' AND draw > 0")}
    failed = {who for who, in office.rows("SELECT recipient FROM outbox_letter WHERE state = 'failed' AND draw > 0")}
    for who in sorted(failed ^ refused)[:5]:
        print(who, office.rows("SELECT state, result, reply FROM outbox_letter JOIN outbox_attempt ON letter = id WHERE"
                               f" recipient = '{who}'"), file=sys.stderr)
    check(failed == refused, f"failed: {sorted(failed ^ refused)[:5]}")
    check(sent <= set(times), f"lost: {sorted(sent - set(times))[:5]}")
    check(len(sent) + len(failed) == LETTERS, f"{len(sent)} sent, {len(failed)} failed")
    twice = {who for who, n in times.items() if n > 1}
    check(twice <= doubtful(office), f"twice without need: {sorted(twice - doubtful(office))[:5]}")
    check(all(len(of) == 1 for of in ids.values()), "two Message-IDs for one letter")
    check(len({next(iter(of)) for of in ids.values()}) == len(ids), "one Message-ID for two letters")
    return len(twice)


# ---- parts ----

def every_fault(rng):
    """Faults of each kind to every other recipient, and to some connections; then all is well."""
    kinds = WAITS + CUTS + DOUBTS + MAYBE + REFUSALS
    with tempfile.TemporaryDirectory(prefix="spotcheck-mail.") as folder:
        office, server = Office(folder, LETTERS, f"smtp://127.0.0.1:{PORT}"), Server(os.path.join(folder, "server"))
        faults, refused = {}, set()
        for i in range(LETTERS):
            who = f"i{i:04}@example.org"
            faults[who] = [rng.choice(kinds) for _ in range(rng.choice((0, 0, 1, 1, 2)))]
            if i < len(kinds + TARPITS):
                faults[who] = [(kinds + TARPITS)[i]]
            first = next((n for n, of in enumerate(faults[who]) if of in REFUSALS), None)
            if first is not None:
                faults[who] = faults[who][:first + 1]
                refused.add(who)
        server.plan(faults, SESSIONS)
        try:
            server.start()
            office.command("run", "hand")
            check(office.counts() == {"queued": LETTERS}, f"letters: {office.counts()}")
            office.start()
            office.until_all_are_settled()
            twice = nothing_lost_nothing_doubled(office, server, refused)
            replies = dict(office.rows("SELECT reply, count(*) FROM outbox_attempt GROUP BY reply"))
            for words in ("550 5.1.1 no such person", "451 4.7.1 greylisted, come back", "250 2.0.0 taken over"):
                check(words in replies, f"no attempt says {words}: {list(replies)[:9]}")
            check(any("(250-wait)" in words for words in replies), f"no attempt was ended in a tarpit: {list(replies)}")
            log = office.log()
            check("letters could not be delivered" in log, "no alarm for what was refused")
            check(log.count("alarm: letters could not") == 1, "more than one alarm")
            check(not re.search(r"\bT\d{4}\b|i\d{4}@", log), "a target or an address is logged")
            office.stop()
        finally:
            office.stop(signal.SIGKILL)
            server.stop()
    return f"{len(refused)} refused, {twice} came twice, all of them for good reason"


def killed(rng):
    """The service and the server are killed again and again."""
    with tempfile.TemporaryDirectory(prefix="spotcheck-mail.") as folder:
        office, server = Office(folder, LETTERS, f"smtp://127.0.0.1:{PORT}"), Server(os.path.join(folder, "server"))
        kills = collections.Counter()

        def meanwhile():
            if kills["service"] + kills["server"] >= 12:
                return
            if rng.random() < 0.5:
                kills["service"] += 1
                office.stop(signal.SIGKILL)
                office.start()
            else:
                kills["server"] += 1
                server.stop()
                server.start()
            time.sleep(rng.random() * 0.4)

        # Slow enough to be caught in the midst of it.
        server.plan({f"i{i:04}@example.org": ["hang-done"] for i in range(0, LETTERS, 9)})
        try:
            server.start()
            office.command("run", "hand")
            office.start()
            office.until_all_are_settled(meanwhile)
            twice = nothing_lost_nothing_doubled(office, server, set())
            office.stop()
        finally:
            office.stop(signal.SIGKILL)
            server.stop()
    return f"{kills['service']} kills of the service, {kills['server']} of the server, {twice} letters came twice"


def disk_full(rng):
    """The disk under the state fills up while letters leave; when there is room again, the others do.  In a file system of
    our own, hence in a process that may mount one."""
    own = ["unshare", "-rm", "--propagation", "private"]
    if subprocess.run([*own, "true"], capture_output=True, check=False).returncode != 0:
        return "not tried: no mount namespace here"
    done = subprocess.run([*own, "/usr/bin/python3", os.path.abspath(__file__), "on_a_small_disk"], capture_output=True,
                          text=True, timeout=200, check=False,
                          env={**os.environ, "SPOTCHECK_SEED": str(rng.randrange(1, 1 << 32))})
    check(done.returncode == 0, done.stdout + done.stderr)
    return done.stdout.strip()


def on_a_small_disk(_rng):
    with tempfile.TemporaryDirectory(prefix="spotcheck-mail.") as folder:
        os.makedirs(os.path.join(folder, "state"), 0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={16 + LETTERS // 8}m,mode=0700", "tmpfs", os.path.join(folder, "state")], check=True)
        office, server = Office(folder, LETTERS, f"smtp://127.0.0.1:{PORT}"), Server(os.path.join(folder, "server"))
        ballast = os.path.join(folder, "state/ballast")
        try:
            server.start()
            server.plan({f"i{i:04}@example.org": ["hang-done"] for i in range(0, LETTERS, 5)})
            office.command("run", "hand")
            office.start()
            end = time.monotonic() + 20
            while len(server.taken()) < LETTERS // 8 and time.monotonic() < end:
                time.sleep(0.02)
            with contextlib.suppress(OSError), open(ballast, "wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
            while "full" not in office.log() and time.monotonic() < end:
                time.sleep(0.1)
            check("full" in office.log(), f"nobody says that the disk is full: {office.log()[-2000:]}")
            os.remove(ballast)
            office.stop()
            office.start()
            office.until_all_are_settled()
            return f"{nothing_lost_nothing_doubled(office, server, set())} letters came twice"
        finally:
            office.stop(signal.SIGKILL)
            server.stop()
            subprocess.run(["umount", os.path.join(folder, "state")], check=False)


def no_server_at_all(_rng):
    """What waits is not tried letter by letter; and when the server is there, all leave."""
    with tempfile.TemporaryDirectory(prefix="spotcheck-mail.") as folder:
        office, server = Office(folder, 40, f"smtp://127.0.0.1:{PORT}"), Server(os.path.join(folder, "server"))
        try:
            office.command("run", "hand")
            office.start()
            end = time.monotonic() + 20
            while "has not left" not in office.log() and time.monotonic() < end:
                time.sleep(0.1)
            time.sleep(1)
            attempts = office.rows("SELECT count(*) FROM outbox_attempt")[0][0]
            check(1 <= attempts <= 16, f"{attempts} attempts though nobody answers")
            server.start()
            counts = office.until_all_are_settled()
            check(counts == {"sent": 40}, f"{counts}")
            check("Connection refused" in str(office.rows("SELECT reply FROM outbox_attempt")) or
                  "connect" in str(office.rows("SELECT reply FROM outbox_attempt")), "no word of why")
        finally:
            office.stop(signal.SIGKILL)
            server.stop()
    return f"{attempts} attempts while there was none"


def main():
    if sys.argv[1:] == ["on_a_small_disk"]:
        print(on_a_small_disk(random.Random(SEED)))
        return 0
    print(f"SPOTCHECK_SEED={SEED} {LETTERS} letters", flush=True)
    rng = random.Random(SEED)
    try:
        for part in (every_fault, killed, disk_full, no_server_at_all):
            begun = time.monotonic()
            print(f"ok: {part.__name__}: {part(rng)}; {time.monotonic() - begun:.0f} s", flush=True)
    except AssertionError as fault:
        print(f"FAIL: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
