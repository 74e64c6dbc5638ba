#!/usr/bin/python3
"""Goal: whatever goes wrong once while a command runs, nothing is lost, doubled, forked or destroyed.

A call of the C library that fails, is cut short, or never comes since the program was killed: fail.c makes the Nth call of a
class of functions go wrong, over all commands; "power" is a power cut, with what had not been synced.  Then the command is run again as a person would who was told that it has
failed, and everything is looked at: the log, the letters, the rosters, and what others keep in and beside the published
folder, which is theirs.

FAULTS=N is how many faults are tried, SEED=N says which.  One by itself, as it is printed where something is found:
    52-faults.py --only COMMAND:CLASS:HOW:N[:PLACE]
"""

import argparse
import collections
import concurrent.futures
import contextlib
import errno
import glob
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time

from faults_commands import COMMANDS, Before
from faults_world import (Failed, OTHERS, ROOT, SANITIZED, SPOTCHECKD, TIMEOUT, Seen, Templates, compare_others, look, others_of, protocol, read,
                          teams, verify, walk)

HERE = os.path.dirname(os.path.abspath(__file__))
FAULTS = int(os.environ.get("FAULTS", "60"))
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
JOBS = os.cpu_count() or 2

# fail.c has the same classes in the same order.  A + fails all later calls as well, as a full disk does.
KILLS = ["before", "after", "power"]
FULL = ["ENOSPC", "ENOSPC+", "EDQUOT+"]
CLASSES = {
    "open": ["EIO", "EACCES", "EMFILE", "EMFILE+", "ENOSPC", "EROFS+", "EINTR", *KILLS],
    "write": ["EIO", "EINTR", "short", "torn", *FULL, *KILLS],
    "pwrite": ["EIO", "EINTR", "short", "torn", *FULL, *KILLS],
    "read": ["EIO", "EIO+", "EINTR", "short", *KILLS],
    "sync": ["EIO", "EIO+", "ENOSPC", "EINTR", *KILLS],
    "rename": ["EIO", "ENOSPC", "EACCES", "EROFS+", *KILLS],
    "link": ["EIO", "EMLINK", "EPERM+", "ENOSPC+", *KILLS],
    "unlink": ["EIO", "EACCES", "EROFS+", *KILLS],
    "mkdir": ["EIO", "EACCES", *FULL, *KILLS],
    "truncate": ["EIO", "EINTR", *KILLS],
    "chmod": ["EPERM", "EIO", *KILLS],
    "stat": ["EIO", "EACCES", "ENOMEM", *KILLS],
    "mmap": ["ENOMEM", "EIO", *KILLS],
    "lock": ["EINTR", "ENOLCK", "EIO", *KILLS],
    "memory": ["ENOMEM", "ENOMEM+", *KILLS],
    "close": ["EIO", "EDQUOT", *KILLS],
    "folder": ["EIO", "EACCES", "EMFILE", "ENOMEM", *KILLS],
    "process": ["EAGAIN", "EMFILE", "ENOMEM", *KILLS],
    "socket": ["EMFILE", "EACCES", "ENOBUFS", *KILLS],
    # Not by fail.c: what the program gets from its caller.
    "stream": ["full", "no-stdin", "no-stdout", "no-stderr"],
}
NAMES = [name for name in CLASSES if name != "stream"]
VERIFIERS = ("recover", "cosign", "receipt", "verify")  # no: whatever stands in tile/ and is no tile
NOTES = ("status-2", "service", "between")  # no violations
VIOLATIONS = ("crash", "hang", "wrong-0", "blamed", "silent", "stuck", "lost", "doubled", "forked", "others", "unverified", "meanwhile", "leftover", "wrote", *NOTES)
MEANING = """crash       it ended by a signal of its own, or a sanitizer said something
hang        it did not end
wrong-0     status 0, and what it was to do is not done, or it printed something else than without a fault
blamed      status 1, a check said no, though a call of the system failed
silent      status 1, 2 or 3 without words
stuck       run again, it does not do what it is to do
lost        letters, keys, rosters, the recovery code
doubled     letters, amendments, draws, imports
forked      two checkpoints, or two keys, of which one does not continue the other
others      what is not ours was removed, moved or changed
unverified  at the end the published folder does not verify
meanwhile   before it was run again the published folder did not verify
leftover    files under names that nobody reads
wrote       a command that only reads has changed something
status-2    no violation: wrong usage or input, it says, though a call of the system failed
service     no violation: what was cut short was not finished by the command when it was run again, but by the service
between     no violation: it was stopped while files beside others' were exchanged one by one; the next publication mended it"""

# ---- mounts, in a name space of our own ----

def can_mount():
    return ROOT and os.environ.get("SPOTCHECK_OWN_MOUNTS") == "yes"


def with_own_mounts():
    """Goes on in a name space of mounts of its own, where that is possible."""
    if not ROOT or "SPOTCHECK_OWN_MOUNTS" in os.environ or shutil.which("unshare") is None:
        return
    way = ["unshare", "-m", "--propagation", "private"]
    possible = subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0
    env = dict(os.environ, SPOTCHECK_OWN_MOUNTS="yes" if possible else "no")
    words = [sys.executable, os.path.abspath(__file__), *sys.argv[1:]]
    os.execvpe((way + words)[0] if possible else words[0], way + words if possible else words, env)


# ---- a fault ----

class Fault:
    """COMMAND:CLASS:HOW:N:PLACE; class none is no fault."""

    def __init__(self, command, cls="none", how="-", n=0, place="inside"):
        self.command, self.cls, self.how, self.n, self.place = command, cls, how, int(n), place

    def __str__(self):
        return f"{self.command}:{self.cls}:{self.how}:{self.n}:{self.place}"

    def environment(self):
        if self.cls in ("none", "stream"):
            return {}
        how = self.how
        if how[0] == "E":
            how = str(getattr(errno, how.rstrip("+"))) + ("+" if how.endswith("+") else "")
        return {"FAIL_CLASS": str(NAMES.index(self.cls)), "FAIL_AT": str(self.n), "FAIL_HOW": how}

    def around(self, line):
        """The command line, behind a shell that closes or fills what is inherited."""
        if self.cls != "stream":
            return line
        redirection = {"full": ">/dev/full", "no-stdin": "<&-", "no-stdout": ">&-", "no-stderr": "2>&-"}[self.how]
        return ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", *line]


class Ended:
    def __init__(self, status, said, errors):
        self.status, self.said, self.errors = status, said, errors


class Try:
    def __init__(self, bench, fault, serial, damage=None):
        """`damage` is done to the world once the command has ended."""
        self.bench, self.fault, self.command, self.damage = bench, fault, COMMANDS[fault.command], damage
        self.violations = []
        self.first = self.second = None
        self.happened = False
        self.counts = {}
        self.world = bench.templates.with_others(self.command.template).copy(os.path.join(bench.scratch, f"try{serial}"), fault.place)

    def found(self, kind, words):
        self.violations.append((kind, str(words).replace(self.world.folder, "")))

    # running

    def run(self, faulty):
        counts, spool = self.world.folder + ".counts", self.world.folder + ".spool"
        env = dict(self.bench.env)
        line = self.command.line(self.world)
        if faulty:
            with open(counts, "wb") as file:
                file.truncate(4096)
            os.mkdir(spool)
            env.update(FAIL_WORLD=self.world.folder, FAIL_SPOOL=spool)
            env.update(LD_PRELOAD=self.bench.preload, FAIL_COUNTS=counts, **self.fault.environment())
            line = self.fault.around(line)
        stdin = read(self.world.path(self.command.stdin)) if self.command.stdin else b""
        if self.command.name == "spotcheckd":
            ended = self.serve(line, env, self.served)
        else:
            ended = self.call(line, env, stdin)
        if faulty:
            numbers = struct.unpack(f"{len(NAMES) + 1}Q", read(counts)[:8 * (len(NAMES) + 1)])
            self.counts, self.happened = dict(zip(NAMES, numbers)), bool(numbers[-1]) or self.fault.cls == "stream"
            os.remove(counts)
            shutil.rmtree(spool)
        self.check_end(ended, faulty)
        return ended

    def call(self, line, env, stdin):
        try:
            done = subprocess.run(line, capture_output=True, input=stdin, timeout=TIMEOUT, check=False, env=env, start_new_session=True)
        except subprocess.TimeoutExpired as late:
            return Ended("hang", late.stdout or b"", late.stderr or b"")
        return Ended(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    def serve(self, line, env, is_done):
        """The service, until it has done what is due, or says that it cannot."""
        told = self.world.folder + ".notify"
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(told)
        manager.settimeout(0.05)
        ready, done_since = False, None
        with open(self.world.folder + ".log", "w+", encoding="utf-8", errors="replace") as log, contextlib.closing(manager):
            process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                       env=dict(env, NOTIFY_SOCKET=told))
            end = time.monotonic() + 5
            while process.poll() is None and time.monotonic() < end:
                with contextlib.suppress(TimeoutError):
                    ready |= b"READY=1" in manager.recv(65536)
                if is_done():
                    done_since = done_since or time.monotonic()
                    if ready or time.monotonic() > done_since + 1:
                        break
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                status = process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                status = "hang"
            log.seek(0)
            ended = Ended(status, "", log.read())
        os.remove(told)
        os.remove(self.world.folder + ".log")
        return ended

    def served(self):
        with contextlib.suppress(sqlite3.Error), contextlib.closing(
                sqlite3.connect(f"file:{self.world.state}/spotcheckd.db?mode=ro", uri=True, timeout=10)) as database:
            return database.execute("SELECT (SELECT count(*) FROM draw WHERE n = 1 AND reveal_entry IS NOT NULL), "
                                    "(SELECT count(*) FROM outbox_letter WHERE state <> 'sent')").fetchone() == (1, 0) and \
                os.path.exists(os.path.join(self.world.public, "draws", "0001", "inspectors.csv"))
        return False

    def check_end(self, ended, faulty):
        if ended.status == "hang":
            self.found("hang", "")
            return
        killed = faulty and self.fault.how in ("before", "after", "power", "torn") and ended.status == -signal.SIGKILL
        crashed = ended.status < 0 and not killed or ended.status in (99, 134, 139) or "Sanitizer" in ended.errors or "runtime error" in ended.errors
        if crashed:
            self.found("crash", f"status {ended.status} {ended.errors[-300:]}")
        if ended.status in (2, 3) and self.fault.how != "no-stderr" and not re.search(r": \S", ended.errors) and self.command.name != "setup":
            self.found("silent", f"status {ended.status}: {ended.errors!r}")

    def judge(self, base):
        """What is so without the fault is not the fault's; and what the status says of a call that failed."""
        usual = {kind for kind, _ in base.violations}
        self.violations = [v for v in self.violations if v[0] not in usual]
        if base.first.status != 0 or self.fault.how in ("before", "after", "power", "torn", "short") or self.fault.cls == "stream":
            return self
        if self.first.status == 1:
            self.found("blamed", (self.first.errors or self.first.said)[-300:])
        elif self.first.status == 2 and self.fault.how.rstrip("+") != "EACCES":
            self.found("status-2", self.first.errors[-300:])
        return self

    # the whole

    def go(self):
        try:
            self.trial()
        except (OSError, sqlite3.Error, ValueError, IndexError, protocol.Refused) as odd:
            if self.first is None:
                raise
            self.found("lost", f"it cannot even be looked at: {odd!r}")
        if self.bench.keep and self.violations:
            print(f"{self.fault}: {self.world.folder}")
        else:
            self.world.remove()
        return self

    def trial(self):
        world = self.world
        before, seen, others = Before(world), Seen(), others_of(world)
        key = self.key()
        since = None
        if world.has_log():
            since = world.folder + ".since"
            shutil.copy(os.path.join(world.public, "checkpoint"), since)
        seen.take(world)
        self.verifies = not world.has_log() or verify(world) == ""
        if not self.verifies and self.fault.place != "tile":
            self.found("unverified", "before anything was done")
        everything = self.everything() if self.command.reads else None

        self.first = self.run(True)
        if self.command.reads:
            self.check_reader(everything, others)
            self.clean(since)
            return
        self.check_meanwhile(since, seen)
        said = self.first.said
        if self.first.status == 0 and self.command.name != "spotcheckd":
            missing = self.check_effect(before, said)
        else:
            # Whoever has read that it is done does not do it once more.
            if self.first.status != -signal.SIGKILL or not self.command.told or not re.search(self.command.told, said):
                self.second = self.run(False)
            said += self.second.said if self.second else ""
            said += self.second.errors if self.command.name == "init" else ""
            if self.second and self.command.name in ("receipt", "cosign"):
                said = self.second.said or self.second.errors
            missing = self.check_effect(before, said)
            if self.second and self.second.status not in (0, 2):
                self.found("stuck", f"status {self.second.status}: {self.second.errors.strip()[-300:]}")
        late = self.late_letters()
        if self.ended().status == 0:
            for words in missing + ([f"letters that were not delivered: {late}"] if late else []):
                self.found("wrong-0", words)
        elif missing or late:
            self.finish_by_service(before, said, missing, late)
        self.finish(before, seen, others, key, since)

    def finish(self, before, seen, others, key, since):
        """Whatever a crash left is removed by the next publication."""
        world = self.world
        if self.damage:
            self.damage(world)
        if world.has_state() and world.has_log() and self.command.name != "restore":
            subprocess.run(world.command("publish"), capture_output=True, timeout=TIMEOUT, check=False, env=self.bench.env)
        seen.take(world)
        self.check_all(before, seen, others, key, since)
        self.clean(since)

    def ended(self):
        return self.second or self.first

    def finish_by_service(self, before, said, missing, late):
        """What a command leaves to be done is done by the service's next turn."""
        if self.world.has_log() and self.world.has_state() and self.command.service:
            self.serve([SPOTCHECKD, "-c", self.world.ini], self.bench.env, lambda: not self.late_letters())
            still = self.check_effect(before, said, False) + ([f"letters that were not delivered: {late}"] if self.late_letters() else [])
            if not still:
                self.found("service", missing[0] if missing else f"letters: {late}")
            for words in still:
                self.found("stuck", words)
        else:
            for words in missing:
                self.found("stuck", words)

    def late_letters(self):
        """Those that are due and have not left, but for the service's that wait for their next try."""
        if not self.world.has_state() or not self.command.letters or self.world.value("SELECT count(*) FROM sqlite_master WHERE name = 'outbox_letter'") == 0:
            return []
        good = ("sent", "cancelled") + (("failed",) if self.command.name.startswith("outbox") else ())
        rows = self.world.rows("SELECT id, state, not_before, next_at FROM outbox_letter")
        waits = self.command.name in ("spotcheckd", "outbox-retry", "outbox-cancel") or self.ended().status != 0
        return [row[0] for row in rows if row[1] not in good and row[2] <= time.time() and not (waits and row[1] == "queued" and row[3] > time.time())]

    def clean(self, since):
        if since:
            os.remove(since)

    def key(self):
        with contextlib.suppress(OSError):
            return read(os.path.join(self.world.state, "keys", "log.key"))
        return None

    # what must hold

    def everything(self):
        """All that is there but for what a database may do with its side files, and the locks."""
        side = ("spotcheckd.db-wal", "spotcheckd.db-shm", "publish.lock", "run.lock")
        return {path: (look(path)["content"] if not os.path.isdir(path) or os.path.islink(path) else None)
                for path in walk(self.world.folder) if os.path.basename(path) not in side}

    def check_reader(self, everything, others):
        now = self.everything()
        changed = sorted(path for path in everything.keys() | now.keys() if everything.get(path, "no") != now.get(path, "no"))
        if changed:
            self.found("wrote", changed[:5])
        for words in compare_others(others):
            self.found("others", words)
        reference = self.bench.reference(self.command.name)
        if self.first.status == 0 and self.fault.how not in ("full", "no-stdout") and reference not in (None, self.plain_output()):
            self.found("wrong-0", f"it printed something else: {self.difference(reference)}")
        if self.first.status == 0 and self.fault.how == "full":
            self.found("wrong-0", "status 0, though nothing could be printed")

    def plain_output(self):
        """Without what differs from place to place: among others' files a link of theirs may lead somewhere or not."""
        said = re.sub(r"\d\d:\d\d(:\d\d)?", "", self.first.said.replace(self.world.folder, ""))
        return re.sub(r"\d+ (names in the directory)", r"\1", said)

    def difference(self, reference):
        mine = self.plain_output().splitlines()
        for a, b in zip(reference.splitlines() + [""], mine + [""]):
            if a != b:
                return f"{b!r} instead of {a!r}"
        return "fewer lines, or more"

    def check_meanwhile(self, since, seen):
        if since and not self.world.has_log():
            self.found("meanwhile", "nothing is published")
        if self.world.has_log():
            wrong = verify(self.world, since)
            if wrong and self.verifies:
                # Many names cannot change at one moment: each file is whole, and the next publication ends what was begun.
                # Between two folders descriptors are opened and duplicated, of which fail.c counts the latter as locks.
                stopped = self.fault.cls in ("rename", "unlink", "link", "sync", "open", "lock") and self.first.status != 0
                self.found("between" if stopped else "meanwhile", wrong)
            seen.take(self.world)

    def check_effect(self, before, said, all_of_it=True):
        """What has not been done."""
        missing = []
        for what, words in self.command.effect(self.world, before, said):
            if what == "missing":
                # What could not be printed was not asked for again.
                if self.second is not None or self.fault.how not in ("full", "no-stdout") or self.command.name not in ("receipt", "cosign"):
                    missing.append(words)
            elif all_of_it:
                self.found(what, words)
        return missing

    def check_all(self, before, seen, others, key, since):
        world = self.world
        for words in seen.faults:
            self.found("forked", words)
        if key is not None and self.key() != key:
            self.found("lost", "the log's key")
        for words in compare_others(others):
            self.found("others", words)
        if since or world.has_log():
            wrong = verify(world, since)
            if wrong and self.verifies:
                self.found("unverified", wrong)
        if world.has_state():
            if world.value("PRAGMA quick_check(1)") != "ok":
                self.found("lost", "the database is damaged")
            if self.command.letters:
                self.check_letters(before)
            self.check_log(seen)
        # What could not be removed, once, by a command that nobody calls twice, stays.
        if self.fault.cls != "unlink" or self.fault.how[0] != "E":
            self.check_leftovers()

    def check_log(self, seen):
        world = self.world
        if world.value("SELECT count(*) FROM sqlite_master WHERE name = 'log_entry'") == 0:
            return
        entries = [row[0] for row in world.rows("SELECT bytes FROM log_entry ORDER BY idx")]
        shorter = min(len(entries), len(seen.entries))
        if entries[:shorter] != seen.entries[:shorter]:
            self.found("forked", "the state has another log than what was published")
        elif len(entries) != len(seen.entries) and self.ended_well():
            self.found("wrong-0", f"the state has {len(entries)} entries, {len(seen.entries)} are published")

    def ended_well(self):
        return self.ended().status == 0

    def check_letters(self, before):
        world = self.world
        ids, unfinished = collections.Counter(), []
        for path in glob.glob(os.path.join(world.mail, "*", "*")) if os.path.isdir(world.mail) else []:
            if os.path.dirname(path).endswith("/tmp"):
                unfinished.append(path)
                continue
            match = re.search(rb"^Message-ID:\s*(<[^>]+>)", read(path), re.M | re.I)
            ids[match.group(1).decode() if match else path] += 1
        if unfinished:
            self.found("leftover", unfinished)
        for message_id, n in ids.items():
            if n > 1:
                self.found("doubled", f"{n} letters {message_id}")
        if world.value("SELECT count(*) FROM sqlite_master WHERE name = 'outbox_letter'") == 0:
            return
        rows = world.rows("SELECT id, draw, amendment, inspector, kind, state, message_id, day FROM outbox_letter")
        known = {row[6] for row in rows}
        lost = [row[0] for row in rows if row[5] == "sent" and row[6] not in ids]
        if lost:
            self.found("lost", f"letters that count as sent: {lost}")
        unknown = [i for i in ids if i not in known]
        if unknown:
            self.found("lost", f"letters that the state does not know: {unknown[:3]}")
        self.check_recipients(before, rows)

    def check_recipients(self, before, rows):
        """To each who has a seat, for each of his days, and of an amendment to each who had or has one at that place."""
        now = teams(self.world)
        days = dict(((n, place), day) for n, place, day in self.world.rows("SELECT n, place, visit / 1440 FROM draw_place"))
        for n, in self.world.rows("SELECT n FROM draw WHERE outcome = 'draw'"):
            amended = self.world.value("SELECT count(*) FROM draw_amendment WHERE n = ?", n)
            told = sorted((row[3], row[7]) for row in rows if row[1] == n and row[2] == 0 and row[4] != "keep-free")
            seats = before.seats if amended and n <= before.draws else now
            wanted = sorted({(who, days[place]) for place, team in seats.items() if place[0] == n for who in team})
            if told != wanted and self.ended_well():
                self.found("lost" if set(wanted) - set(told) else "doubled", f"draw {n}: letters to {told}, not to {wanted}")
        if self.command.seats and self.ended_well():
            place = self.command.seats
            told = {row[3] for row in rows if row[1] == place[0] and row[2] == before.amendments + 1}
            missing = (before.seats[place] | now.get(place, set())) - told
            if missing and self.world.value("SELECT count(*) FROM draw_amendment") == before.amendments + 1:
                self.found("lost", f"no letter on the amendment to {sorted(missing)}")

    def check_leftovers(self):
        world = self.world
        skipped = {world.path(name) for name in OTHERS} | {world.path("disk"), world.path("data")}
        for path in walk(world.folder, skipped):
            name = os.path.basename(path)
            if (name.startswith(".") and not name.endswith(".lock")) or name.endswith(".new") or name.startswith("etilqs_"):
                self.found("leftover", path)
        if os.path.isdir(world.state):
            known = {"spotcheckd.db", "spotcheckd.db-wal", "spotcheckd.db-shm", "keys", "publish.lock", "run.lock", "notes", "wake", "daemon.lock",
                     "public"}
            for name in sorted(set(os.listdir(world.state)) - known):
                self.found("leftover", os.path.join(world.state, name))
        keys = os.path.join(world.state, "keys")
        if os.path.isdir(keys) and set(os.listdir(keys)) - {"log.key"}:
            self.found("leftover", sorted(os.listdir(keys)))


# ---- whether it would be seen ----

def change_entry(world):
    """In what is published, where no later publication mends it."""
    for path in glob.glob(os.path.join(world.public, "tile", "entries", "000.p", "*")):
        data = bytearray(read(path))
        data[40] ^= 1
        with open(path, "wb") as file:
            file.write(data)
    os.rename(os.path.join(world.state, "spotcheckd.db"), os.path.join(world.state, "gone"))


def another_log(world, templates):
    shutil.rmtree(world.public)
    shutil.copytree(templates.get("sealed").public, world.public)
    os.rename(os.path.join(world.state, "spotcheckd.db"), os.path.join(world.state, "gone"))


def change_bytes(path):
    with open(path, "r+b") as file:
        file.seek(8192)
        file.write(b"x" * 4096)


def remove_row(world):
    with contextlib.closing(sqlite3.connect(os.path.join(world.state, "spotcheckd.db"))) as database:
        database.execute("DELETE FROM outbox_letter WHERE id = 1")
        database.commit()


def self_check(bench):
    """Damage done by hand after a command that went well: each kind must be found."""
    def letter(world):
        return sorted(glob.glob(os.path.join(world.mail, "new", "*")))[0]

    damages = [("run", "lost", lambda w: os.remove(letter(w))), ("run", "doubled", lambda w: shutil.copy(letter(w), letter(w) + "x")),
               ("run", "lost", lambda w: os.truncate(os.path.join(w.state, "keys", "log.key"), 20)),
               ("run", "others", lambda w: os.utime(os.path.join(w.public, "robots.txt"))), ("run", "lost", remove_row),
               ("run", "others", lambda w: os.rename(os.path.join(w.public, "private"), os.path.join(w.public, "elsewhere2"))),
               ("run", "lost", lambda w: change_bytes(os.path.join(w.state, "spotcheckd.db"))),
               ("run", "leftover", lambda w: shutil.copy(w.ini, os.path.join(w.state, "keys", "log.key.new"))),
               ("publish", "unverified", change_entry), ("publish", "forked", change_entry),
               ("publish", "forked", lambda w: another_log(w, bench.templates))]
    for command, kind, damage in damages:
        attempt = Try(bench, Fault(command), bench.next_serial(), damage).go()
        if kind not in {v[0] for v in attempt.violations}:
            raise Failed(f"damage after {command} was not found: {kind} in {attempt.violations}")


# ---- all of them ----

class Bench:
    def __init__(self, scratch, keep):
        self.scratch, self.keep = scratch, keep
        self.templates = Templates(scratch)
        self.places = ["inside", "inside", "among", "tile"] + (["mounted", "mountpoint"] if can_mount() else [])
        self.bases, self.lock = {}, threading.Lock()
        self.serial = 0
        self.classes = [name for name in CLASSES if not (SANITIZED and name == "memory")]
        self.env = dict(os.environ, LC_ALL="C.UTF-8")
        self.preload = os.path.join(scratch, "fail.so")
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-w", *(["-DNO_MEMORY"] if SANITIZED else []), "-o", self.preload,
                        os.path.join(HERE, "fail.c")], check=True)

    def next_serial(self):
        with self.lock:
            self.serial += 1
            return self.serial

    def attempt(self, fault):
        return Try(self, fault, self.next_serial()).go()

    def base(self, command, place):
        """Without a fault: what it prints, how often it calls what, and whether all is well then."""
        with self.lock:
            future = self.bases.get((command, place))
            mine = future is None
            if mine:
                future = self.bases[(command, place)] = concurrent.futures.Future()
        if mine:
            try:
                future.set_result(self.attempt(Fault(command, place=place)))
            except BaseException as fault:
                future.set_exception(fault)
        return future.result()

    def reference(self, command):
        with self.lock:
            future = self.bases.get((command, "inside"))
        return future.result().plain_output() if future is not None and future.done() else None

    def sample(self, i):
        rng = random.Random(f"{SEED}:{i}")
        names = list(COMMANDS)
        command, place = names[i % len(names)] if i < len(names) else rng.choice(names), rng.choice(self.places)
        if COMMANDS[command].template in ("nothing", "empty"):
            place = "inside"
        if place == "tile" and command in VERIFIERS:
            place = "among"
        counts = self.base(command, place).counts
        self.base(command, "inside")
        cls = rng.choice([c for c in self.classes if c == "stream" or counts.get(c, 0) > 0])
        n = rng.randint(1, counts[cls]) if cls != "stream" else 1
        # Across a mount nothing can be kept that a power cut would bring back.
        how = rng.choice([h for h in CLASSES[cls] if place != "mountpoint" or h != "power"])
        return self.attempt(Fault(command, cls, how, n, place)).judge(self.base(command, place))


def status_words(ended):
    if ended is None:
        return "-"
    return "killed" if ended.status == -signal.SIGKILL else str(ended.status)


def report(tries, bases):
    kinds = [k for k in VIOLATIONS if any(v[0] == k for t in tries for v in t.violations)]
    print(f"\n{'command':17} {'tries':>5} {'fired':>5}  {'status':28} " + " ".join(f"{k:>10}" for k in kinds))
    total = collections.Counter()
    for name in COMMANDS:
        mine = [t for t in tries if t.command.name == name]
        if not mine:
            continue
        statuses = collections.Counter(status_words(t.first) for t in mine)
        counted = collections.Counter(k for t in mine for k in {v[0] for v in t.violations})
        total.update(counted)
        print(f"{name:17} {len(mine):5} {sum(t.happened for t in mine):5}  "
              f"{' '.join(f'{s}:{n}' for s, n in sorted(statuses.items())):28} " + " ".join(f"{counted[k] or '':>10}" for k in kinds))
    print(f"{'all':17} {len(tries):5} {sum(t.happened for t in tries):5}  {'':28} " + " ".join(f"{total[k] or '':>10}" for k in kinds))
    return any(is_bad(t) for t in tries + bases)


def is_bad(attempt):
    return any(kind not in NOTES for kind, _ in attempt.violations)


def explain(tries, bases):
    print()
    print(MEANING)
    usual = collections.defaultdict(list)
    for base in bases:
        for kind in sorted({v[0] for v in base.violations}):
            usual[(kind, base.fault.place)].append(base)
    if usual:
        print("\nWithout a fault, and therefore not counted above:")
    for (kind, place), found in sorted(usual.items(), key=lambda g: (VIOLATIONS.index(g[0][0]), g[0][1])):
        print(f"  {kind}, {place}: {' '.join(each.command.name for each in found)}")
        print(f"    {next(v[1] for v in found[0].violations if v[0] == kind)[:300]!r}\n    --only {found[0].fault}")
    groups = collections.defaultdict(list)
    for each in tries:
        for kind in sorted({v[0] for v in each.violations}):
            groups[(kind, each.command.name)].append(each)
    if groups:
        print("\nWith a fault:")
    for (kind, name), found in sorted(groups.items(), key=lambda g: (VIOLATIONS.index(g[0][0]), g[0][1])):
        print(f"  {kind}, {name}, {len(found)} times")
        for each in found[:5]:
            words = [v[1] for v in each.violations if v[0] == kind]
            print(f"    {status_words(each.first)} then {status_words(each.second)}: {words[0][-300:]!r}"
                  f"{f' and {len(words) - 1} more' if len(words) > 1 else ''}\n      --only {each.fault}")


def show(attempt):
    print(f"{attempt.fault}: {'happened' if attempt.happened else 'did not happen'}; {status_words(attempt.first)} then {status_words(attempt.second)}")
    for ended in (attempt.first, attempt.second):
        if ended is not None:
            print(f"  {ended.said.strip()[-300:]!r} {ended.errors.strip()[-300:]!r}")
    for kind, words in attempt.violations:
        print(f"  {kind}: {words}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", action="append", default=[], metavar="COMMAND:CLASS:HOW:N[:PLACE]")
    parser.add_argument("--commands", default=None, help="a regular expression")
    parser.add_argument("--keep", action="store_true", help="the folders of what failed")
    args = parser.parse_args()
    if shutil.which("cc") is None:
        print("there is no C compiler for fail.c")
        return 77
    with_own_mounts()
    if args.commands:
        for name in [n for n in COMMANDS if not re.search(args.commands, n)]:
            del COMMANDS[name]
    # No fault here is a power cut: where memory can be had for a disk, syncing costs nothing.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) and "TMPDIR" not in os.environ else None
    scratch = tempfile.mkdtemp(prefix="spotcheck-faults.", dir=memory)
    os.umask(0o022)
    bench = Bench(scratch, args.keep)
    try:
        if args.only:
            tries = []
            for spec in args.only:
                fault = Fault(*spec.split(":"))
                if fault.cls != "none":
                    bench.base(fault.command, "inside")
                tries.append(bench.attempt(fault))
                if fault.cls != "none":
                    tries[-1].judge(bench.base(fault.command, fault.place))
                show(tries[-1])
            return 1 if any(is_bad(t) for t in tries) else 0
        print(f"FAULTS={FAULTS} SEED={SEED}", flush=True)
        begun = time.monotonic()
        if not args.commands:
            self_check(bench)
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            tries = list(pool.map(bench.sample, range(FAULTS)))
        bases = [future.result() for future in bench.bases.values()]
        bad = report(tries, bases)
        if bad:
            explain(tries, bases)
        print(f"\nFAULTS={FAULTS} SEED={SEED}: {sum(t.happened for t in tries)} faults, {sum(is_bad(t) for t in tries)} tries with something amiss, "
              f"{sum(is_bad(t) for t in bases)} of {len(bases)} without a fault; {time.monotonic() - begun:.0f} s")
        return 1 if bad else 0
    finally:
        if not args.keep:
            shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
