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
import base64
import collections
import concurrent.futures
import contextlib
import csv
import ctypes
import errno
import glob
import hashlib
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "..", ".."))
sys.path.insert(0, os.path.join(TOP, "tests", "peers"))

import nacl.bindings  # noqa: E402  pylint: disable=wrong-import-position
import protocol  # noqa: E402  pylint: disable=wrong-import-position

SPOTCHECK = os.path.abspath(os.environ.get("SPOTCHECK", os.path.join(TOP, "build/spotcheck")))
SPOTCHECKD = os.path.abspath(os.environ.get("SPOTCHECKD", os.path.join(TOP, "build/spotcheckd")))
FAULTS = int(os.environ.get("FAULTS", "60"))
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
JOBS = os.cpu_count() or 2
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), "")
NOBODY = 65534
ROOT = os.geteuid() == 0
TIMEOUT = 120
KINDS = ("targets", "inspectors", "conflicts", "matters", "contacts")
VALUE = "12345678901234567890"

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
    "lock": ["EINTR", "ENOLCK", "EIO", "EAGAIN", *KILLS],
    "memory": ["ENOMEM", "ENOMEM+", *KILLS],
    "close": ["EIO", "EDQUOT", *KILLS],
    "folder": ["EIO", "EACCES", "EMFILE", "ENOMEM", *KILLS],
    "process": ["EAGAIN", "EMFILE", "ENOMEM", *KILLS],
    "socket": ["EMFILE", "EACCES", "ENOBUFS", *KILLS],
    # Not by fail.c: what the program gets from its caller.
    "stream": ["full", "no-stdin", "no-stdout", "no-stderr"],
}
NAMES = [name for name in CLASSES if name != "stream"]
NOTE = "service"  # no violation
VIOLATIONS = ("crash", "hang", "wrong-0", "stuck", "lost", "doubled", "forked", "others", "unverified", "meanwhile", "leftover", "wrote", NOTE)
MEANING = """crash       it ended by a signal of its own, or a sanitizer said something
hang        it did not end
wrong-0     status 0, and what it was to do is not done, or it printed something else than without a fault
stuck       run again, it does not do what it is to do
lost        letters, keys, rosters, the recovery code
doubled     letters, amendments, draws, imports
forked      two checkpoints, or two keys, of which one does not continue the other
others      what is not ours was removed, moved or changed
unverified  at the end the published folder does not verify
meanwhile   before it was run again the published folder did not verify
leftover    files under names that nobody reads
wrote       a command that only reads has changed something
service     no violation: what was cut short was not finished by the command when it was run again, but by the service"""

libc = ctypes.CDLL(None, use_errno=True)


class Failed(Exception):
    """The scenario itself cannot go on."""


# ---- mounts, in a name space of our own ----

def mount(source, target):
    if libc.mount(source.encode(), target.encode(), None, 4096, None) != 0:  # MS_BIND
        raise Failed(f"mount {target}: {os.strerror(ctypes.get_errno())}")


def unmount(target):
    libc.umount2(target.encode(), 2)  # MNT_DETACH


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


# ---- a folder with everything in it ----

def write(path, text, mode=0o644, owner=0):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    if ROOT and owner:
        os.chown(path, owner, owner)


def read(path):
    with open(path, "rb") as file:
        return file.read()


class World:
    """All places are relative to the folder, so that it can be copied."""

    def __init__(self, folder):
        self.folder = folder
        self.conf = os.path.join(folder, "conf")
        self.ini = os.path.join(self.conf, "spotcheckd.ini")
        self.state = os.path.join(folder, "state")
        self.public = os.path.join(folder, "public")
        self.mail = os.path.join(folder, "mail")
        self.mounts = []
        self.clock = None  # an offset, as libfaketime has it
        self.letter = None  # the first of the latest draw, in a template with such

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def copy(self, folder, place="inside"):
        """`place`: where others have put something: beside what is ours, among it, on a disk mounted there, or all is on one."""
        subprocess.run(["cp", "-a", self.folder, folder], check=True)
        world = World(folder)
        world.letter = self.letter
        if place == "mounted":
            os.mkdir(world.path("disk"))
            write(world.path("disk", "photo"), "a photo")
            write(world.path("disk", "album", "photo"), "another")
            os.makedirs(os.path.join(world.public, "mounted"), exist_ok=True)
            world.mount("disk", "public/mounted")
        elif place == "among":
            put_among_ours(world)
        elif place == "mountpoint":
            os.makedirs(world.public, exist_ok=True)
            os.rename(world.public, world.path("disk"))
            os.mkdir(world.public)
            world.mount("disk", "public")
        return world

    def mount(self, source, target):
        mount(self.path(source), self.path(target))
        self.mounts.append(self.path(target))

    def remove(self):
        for target in self.mounts:
            unmount(target)
        shutil.rmtree(self.folder, ignore_errors=True)

    # commands

    def command(self, *words):
        return [SPOTCHECK, "-c", self.ini, *words]

    def must(self, *words, stdin=""):
        env = dict(os.environ, LD_PRELOAD=FAKETIME, FAKETIME=self.clock) if self.clock else None
        done = subprocess.run(self.command(*words), capture_output=True, text=True, input=stdin, timeout=TIMEOUT, check=False, env=env)
        if done.returncode != 0:
            raise Failed(f"{words}: status {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    # what there is

    def rows(self, sql, *values):
        database = sqlite3.connect(os.path.join(self.state, "spotcheckd.db"), timeout=10)
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()

    def value(self, sql, *values):
        return self.rows(sql, *values)[0][0]

    def has_state(self):
        return os.path.exists(os.path.join(self.state, "spotcheckd.db"))

    def has_log(self):
        return os.path.exists(os.path.join(self.public, "checkpoint"))


# ---- others' files ----

def put_others(world):
    """What a web server's administrator and other offices keep there."""
    public = world.public
    write(f"{public}/robots.txt", "User-agent: *\n")
    write(f"{public}/archive2025/list.txt", "last year's")
    write(f"{public}/archive2025/papers/one.txt", "a paper")
    write(f"{public}/.well-known/security.txt", "Contact: x")
    os.symlink("archive2025/list.txt", f"{public}/latest")
    os.symlink("../conf", f"{public}/elsewhere")
    write(f"{public}/notes", "of another user", 0o600, NOBODY)
    write(f"{public}/private/diary", "of another user", 0o600, NOBODY)
    os.chmod(f"{public}/private", 0o700)
    if ROOT:
        os.chown(f"{public}/private", NOBODY, NOBODY)
    write(os.path.join(world.state, "notes"), "the administrator's", 0o640)


def put_among_ours(world):
    if os.path.isdir(os.path.join(world.public, "tile")):
        write(os.path.join(world.public, "tile", "readme.txt"), "what these are")
        write(os.path.join(world.public, "draws", "readme.txt"), "what these are")
        write(os.path.join(world.public, "draws", "photos", "one.jpg"), "a photo")


OTHERS = ("public/robots.txt", "public/archive2025", "public/.well-known", "public/latest", "public/elsewhere", "public/notes", "public/private",
          "public/tile/readme.txt", "public/draws/readme.txt", "public/draws/photos", "public/mounted", "state/notes")


def look(path):
    st = os.lstat(path)
    kept = {"inode": (st.st_dev, st.st_ino), "owner": (st.st_uid, st.st_gid), "mode": oct(st.st_mode), "mtime": st.st_mtime_ns}
    if stat.S_ISLNK(st.st_mode):
        kept["content"] = os.readlink(path)
    elif stat.S_ISREG(st.st_mode):
        kept["content"] = read(path)
        kept["links"] = st.st_nlink
    elif stat.S_ISDIR(st.st_mode):
        kept["content"] = sorted(os.listdir(path))
    return kept


def walk(top, skipped=()):
    """All that is under a folder, without going into what is skipped."""
    yield top
    if os.path.isdir(top) and not os.path.islink(top):
        for name in sorted(os.listdir(top)):
            path = os.path.join(top, name)
            if path not in skipped:
                yield from walk(path, skipped)


def others_of(world):
    found = {}
    for name in OTHERS + (("disk",) if world.path("public/mounted") in world.mounts else ()):
        top = world.path(name)
        if os.path.lexists(top):
            found.update({path: look(path) for path in walk(top)})
    return found


def compare_others(before):
    for path, was in before.items():
        if not os.path.lexists(path):
            yield f"{path}: gone"
            continue
        now = look(path)
        for key, value in was.items():
            if now.get(key) != value:
                yield f"{path}: another {key}"


# ---- the log, as somebody sees it who keeps what was published ----

class Seen:
    """All that was ever published, and whether each continues what came before."""

    def __init__(self):
        self.entries, self.roots, self.vkey = [], {}, None
        self.faults = []

    def take(self, world):
        if not world.has_log():
            return
        with contextlib.suppress(OSError):
            vkey = read(os.path.join(world.public, "vkey"))
            if self.vkey not in (None, vkey):
                self.faults.append("two keys")
            self.vkey = vkey
        lines = read(os.path.join(world.public, "checkpoint")).decode().split("\n")
        size, root = int(lines[1]), base64.b64decode(lines[2])
        if self.roots.setdefault(size, root) != root:
            self.faults.append(f"two roots of size {size}")
        entries = published_entries(world.public, size)
        if entries is None or protocol.tree_root([protocol.leaf_hash(e) for e in entries]) != root:
            self.faults.append(f"the entries are not those of the checkpoint of size {size}")
            return
        shorter = min(len(entries), len(self.entries))
        if entries[:shorter] != self.entries[:shorter]:
            self.faults.append("what was published is not continued")
        if len(entries) < len(self.entries):
            self.faults.append(f"{len(entries)} entries where there were {len(self.entries)}")
        for old, its_root in self.roots.items():
            if old <= len(entries) and protocol.tree_root([protocol.leaf_hash(e) for e in entries[:old]]) != its_root:
                self.faults.append(f"the checkpoint of size {old} is not of this log")
        self.entries = max(self.entries, entries, key=len)


def published_entries(public, size):
    """Of a log that is shorter than a tile is wide."""
    try:
        data = read(os.path.join(public, "tile", "entries", "000.p", str(size)))
    except OSError:
        return None
    entries = []
    while data:
        length = struct.unpack(">H", data[:2])[0]
        entries.append(data[2:2 + length])
        data = data[2 + length:]
    return entries


def verify(world, since=None):
    words = [SPOTCHECK, "verify", world.public] + (["--since", since] if since else [])
    done = subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-400:]


# ---- templates: states in which a command makes sense ----

def setting(text, section, key, value):
    """A key of a section, switched on."""
    head, mark, rest = text.partition(f"\n[{section}]\n")
    body, more, tail = rest.partition("\n[")
    body, n = re.subn(rf"(?m)^#?{key} = .*", f"{key} = {value}", body, count=1)
    return head + mark + (body if n else f"{key} = {value}\n" + body) + more + tail


CYCLES = """
[cycle dice]
title = Dice
when = manual
window = 5 workdays
embargo = 0
sample = 4
team = lead any
avoid =
rotate = 1
matters = duty
beacon = public

[cycle later]
title = Later
when = manual
window = 20 days
notice = 1 day
embargo = 0
sample = 4
team = any
matters = duty
"""


class Templates:
    """Made when first asked for, each from another one."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.made, self.lock = {}, threading.RLock()

    def get(self, name):
        with self.lock:
            if name not in self.made:
                world = getattr(self, name)()
                self.made[name] = world
            return self.made[name]

    def with_others(self, name):
        """The same, with what others keep there."""
        full = f"{name}+"
        with self.lock:
            if full not in self.made:
                self.made[full] = self.get(name).copy(os.path.join(self.scratch, full))
                if name not in ("nothing", "empty"):
                    put_others(self.made[full])
            return self.made[full]

    def begin(self, base, name):
        return self.get(base).copy(os.path.join(self.scratch, name))

    def nothing(self):
        world = World(os.path.join(self.scratch, "nothing"))
        os.mkdir(world.folder)
        shutil.copytree(os.path.join(TOP, "conf"), world.path("data"))
        os.mkdir(world.conf)
        return world

    def empty(self):
        world = World(os.path.join(self.scratch, "empty"))
        shutil.copytree(os.path.join(TOP, "conf"), world.conf)
        os.mkdir(world.state, 0o700)
        text = read(world.ini).decode()
        text = re.sub(r"(?m)^#state_dir = .*", "state_dir = ../state", text)
        text = re.sub(r"(?m)^#public_dir = .*", "public_dir = ../public", text)
        text = re.sub(r"(?m)^server = maildir:.*", "server = maildir:../mail", text)
        write(world.ini, text + CYCLES)
        done = subprocess.run([SPOTCHECK, "keygen", "court.example.org", world.path("court.key")], capture_output=True, text=True, check=True)
        write(world.path("court.vkey"), done.stdout)
        return world

    def begun(self):
        world = self.begin("empty", "begun")
        write(world.path("code"), re.search(r"^    ([0-9A-Z-]{60,})$", world.must("init"), re.M).group(1))
        for kind in KINDS:
            path = os.path.join(world.conf, "sample", f"{kind}.csv")
            world.must("import", kind, path)
            text = read(path).decode("utf-8-sig").splitlines()
            if kind == "conflicts":
                text.pop()
            else:  # a name of the first row
                at = next(csv.reader([text[0]])).index("name" if "name" in text[0] else "姓名" if "姓名" in text[0] else "名称")
                fields = next(csv.reader([text[1]]))
                fields[at] += "二"
                text[1] = ",".join(f'"{f}"' if "," in f or '"' in f else f for f in fields)
            write(world.path("new", f"{kind}.csv"), "\n".join(text) + "\n")
        return world

    def imported(self):
        world = self.begin("begun", "imported")
        world.must("import", "targets", world.path("new", "targets.csv"))
        return world

    def excused(self):
        world = self.begin("begun", "excused")
        world.must("excuse", "target", "T001", "--until", "2099-01-01", "--reason", "moved")
        return world

    def open(self):
        world = self.begin("begun", "open")
        world.must("commit", "spot-check")
        return world

    def due(self):
        """Committed, and the time of the draw has come: one without and one with a value."""
        world = self.begin("begun", "due")
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
        world.must("commit", "spot-check", "--draw-at", soon)
        world.must("commit", "dice", "--draw-at", soon)
        time.sleep(2.5)
        return world

    def voided(self):
        """It can be opened now."""
        world = self.begin("begun", "voided")
        world.must("commit", "spot-check", "--draw-at", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2)))
        world.must("void", "1", "--reason", "no")
        time.sleep(2.5)
        return world

    def sealed(self):
        """Drawn five weeks ago, and it can be opened now."""
        world = self.begin("empty", "sealed")
        write(world.ini, setting(read(world.ini).decode(), "cycle spot-check", "embargo", "30"))
        world.clock = "-35d"
        world.must("init")
        for kind in KINDS:
            world.must("import", kind, os.path.join(world.conf, "sample", f"{kind}.csv"))
        world.must("run", "spot-check")
        return world

    def opened(self):
        world = self.begin("begun", "opened")
        world.must("run", "spot-check")
        return world

    def queued(self):
        """Letters that wait for their day."""
        world = self.begin("opened", "queued")
        world.must("run", "later")
        world.letter = str(world.value("SELECT min(id) FROM outbox_letter WHERE draw = 2"))
        return world

    def cancelled(self):
        """Letters that could not be delivered, one of which was taken back; the mail works again."""
        world = self.begin("begun", "cancelled")
        write(world.mail, "no folder")
        subprocess.run(world.command("run", "spot-check"), capture_output=True, timeout=TIMEOUT, check=False)
        world.must("outbox", "cancel", "1")
        os.remove(world.mail)
        return world

    def saved(self):
        world = self.begin("opened", "saved")
        world.must("backup", world.path("one.backup"))
        return world

    def lost(self):
        world = self.begin("saved", "lost")
        shutil.rmtree(world.state)
        os.mkdir(world.state, 0o700)
        return world

    def older(self):
        """Restored from before a draw and an amendment."""
        world = self.begin("saved", "older")
        world.must("run", "spot-check")
        world.must("amend", "2", "0", "0", "--reason", "other")
        shutil.rmtree(world.state)
        os.mkdir(world.state, 0o700)
        world.must("restore", world.path("one.backup"), stdin=read(world.path("code")).decode())
        return world

    def witnessed(self):
        world = self.begin("opened", "witnessed")
        text = read(world.ini).decode()
        write(world.ini, text + f"\n[witness court]\nkey = {read(world.path('court.vkey')).decode().strip()}\n")
        world.must("run", "spot-check")
        done = subprocess.run([SPOTCHECK, "cosign", world.public, "--key", world.path("court.key")], capture_output=True, text=True, check=True)
        write(world.path("cosignature"), done.stdout)
        return world


# ---- what commands are to do ----

class Before:
    """What a try began with, as far as effects are judged by it."""

    def __init__(self, world):
        self.entries = self.draws = self.amendments = 0
        self.seats = {}
        if world.has_state():
            self.entries = world.value("SELECT count(*) FROM log_entry")
            self.draws = world.value("SELECT count(*) FROM draw")
            self.amendments = world.value("SELECT count(*) FROM draw_amendment")
            self.seats = teams(world)


def teams(world):
    found = collections.defaultdict(set)
    for n, place, inspector in world.rows("SELECT n, place, inspector FROM draw_seat WHERE inspector IS NOT NULL"):
        found[(n, place)].add(inspector)
    return found


class Command:
    def __init__(self, name, template, words, effect=None, *, stdin=None, program=None, reads=False, letters=True, service=True, seats=None):
        self.name, self.template, self.words, self.effect = name, template, words, effect
        self.stdin, self.program, self.reads, self.letters, self.service, self.seats = stdin, program, reads, letters, service, seats

    def line(self, world):
        words = [w.replace("HERE", world.folder).replace("LETTER", world.letter or "") for w in self.words]
        return (self.program or (lambda w: [SPOTCHECK, "-c", w.ini]))(world) + words


def alone(_):
    """A command that needs no configuration."""
    return [SPOTCHECK]


# An effect yields ("lost" or "doubled" …, words) for what is amiss, and nothing where all is as it should be.

def is_missing(truth, words):
    if not truth:
        yield "missing", words


def more_than(count, wanted, words):
    if count > wanted:
        yield "doubled", f"{count} instead of {wanted} {words}"
    elif count < wanted:
        yield "missing", f"{count} instead of {wanted} {words}"


def code_opens(code, public_hex):
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    bits = "".join(f"{alphabet.index(c):05b}" for c in code if c != "-")
    secret = int(bits, 2).to_bytes(35, "big")[:32]
    return nacl.bindings.crypto_scalarmult_base(secret).hex() == public_hex


def effect_init(world, _, said):
    if not world.has_log() and re.search("a log already", said):  # which a person has read before
        subprocess.run(world.command("publish"), capture_output=True, timeout=TIMEOUT, check=False)
    if not world.has_state() or world.value("SELECT count(*) FROM sqlite_master WHERE name = 'log_entry'") == 0 \
            or world.value("SELECT count(*) FROM log_entry") == 0:
        yield "missing", "no log"
        return
    yield from is_missing(os.listdir(os.path.join(world.state, "keys")) == ["log.key"], "no key")
    yield from is_missing(world.has_log(), "nothing is published")
    key = world.value("SELECT value FROM meta WHERE name = 'recovery_key'")
    if not any(code_opens(code, key) for code in re.findall(r"^    ([0-9A-Z-]{60,})$", said, re.M)):
        yield "lost", "nobody has seen the recovery code that is in force"


def effect_setup(world, _, __):
    yield from is_missing(os.path.exists(world.ini), "no configuration")
    if not world.has_state():
        yield "missing", "no state"
        return
    for kind in KINDS:
        rows = world.value(f"SELECT count(*) FROM {kind[:-1]}")
        wanted = len(read(world.path("data", "sample", f"{kind}.csv")).splitlines()) - 1
        yield from more_than(rows, wanted, kind)


def effect_import(kind, path):
    def effect(world, _, __):
        done = subprocess.run(world.command("export", kind), capture_output=True, timeout=TIMEOUT, check=False).stdout.decode("utf-8-sig")
        wanted = read(path(world)).decode("utf-8-sig")
        as_rows = [sorted(list(csv.reader(text.splitlines()))) for text in (done, wanted)]
        yield from is_missing(as_rows[0] == as_rows[1], f"{kind} are not those of the file")
    return effect


def effect_undo(world, before, said):
    undone = world.value("SELECT count(*) FROM roster_import WHERE undoes IS NOT NULL")
    if undone > 1:
        yield "doubled", f"{undone} undone imports: the roster is what it was before"
    else:
        yield from effect_import("targets", lambda w: os.path.join(w.conf, "sample", "targets.csv"))(world, before, said)


def effect_attest(world, _, __):
    yield from is_missing(world.value("SELECT count(*) FROM roster_attestation WHERE kind = 'targets' AND by = 'tester'") > 0, "not attested")


def effect_excuse(world, _, __):
    yield from more_than(world.value("SELECT count(*) FROM excuse WHERE who = 'T001' AND lifted IS NULL"), 1, "excuses")


def effect_lift(world, _, __):
    yield from more_than(world.value("SELECT count(*) FROM excuse WHERE who = 'T001' AND lifted IS NULL"), 0, "excuses")


def effect_commit(world, before, _):
    yield from more_than(world.value("SELECT count(*) FROM draw"), before.draws + 1, "commitments")
    yield from is_missing(os.path.exists(os.path.join(world.public, "draws", f"{before.draws + 1:04}", "commit.json")), "not published")


def effect_step(n, *columns):
    def effect(world, _, __):
        for column, wanted in columns:
            yield from is_missing(world.value(f"SELECT {column} FROM draw WHERE n = ?", n) == wanted, f"draw {n}: {column}")
        yield from is_missing(os.path.exists(os.path.join(world.public, "draws", f"{n:04}", "outcome.checkpoint")), "not published")
        if ("reveal_entry IS NOT NULL", 1) in columns:
            yield from is_missing(os.path.exists(os.path.join(world.public, "draws", f"{n:04}", "inspectors.csv")), "not opened")
    return effect


def effect_run(world, before, _):
    n = before.draws + 1
    yield from more_than(world.value("SELECT count(*) FROM draw"), n, "draws")
    yield from is_missing(world.value("SELECT count(*) FROM draw WHERE outcome = 'draw' AND reveal_entry IS NOT NULL AND run = 0") == n, "not opened")
    yield from is_missing(os.path.exists(os.path.join(world.public, "draws", f"{n:04}", "record.json")), "not published")


def effect_amend(world, before, _):
    yield from more_than(world.value("SELECT count(*) FROM draw_amendment"), before.amendments + 1, "amendments")
    yield from is_missing(os.path.exists(os.path.join(world.public, "draws", "0001", "amend-01.json")), "not published")


def effect_backup(world, _, __):
    """It must open with the code, elsewhere."""
    path = world.path("two.backup")
    if not os.path.exists(path):
        yield "missing", "no backup"
        return
    elsewhere = world.path("elsewhere")
    os.mkdir(elsewhere, 0o700)
    ini = os.path.join(world.conf, "..", "elsewhere.ini")
    write(ini, read(world.ini).decode().replace("../state", elsewhere).replace("../public", world.public).replace("../mail", world.mail))
    done = subprocess.run([SPOTCHECK, "-c", ini, "restore", path], capture_output=True, text=True, input=read(world.path("code")).decode(),
                          timeout=TIMEOUT, check=False)
    shutil.rmtree(elsewhere)
    os.remove(ini)
    yield from is_missing(done.returncode == 0, f"it does not restore: {done.stderr.strip()}")


def effect_restore(world, _, __):
    key = os.path.join(world.state, "keys", "log.key")
    yield from is_missing(world.has_state() and os.path.exists(key) and os.stat(key).st_mode & 0o7777 == 0o600, "no state")
    if world.has_state():
        yield from is_missing(world.value("SELECT count(*) FROM draw") == 1, "no draws")


def effect_recover(world, _, __):
    yield from is_missing(world.value("SELECT count(*) FROM draw WHERE outcome = 'draw' AND reveal_entry IS NOT NULL") == 2, "no second draw")
    yield from is_missing(world.value("SELECT count(*) FROM draw_amendment") == 1, "no amendment")


def effect_cosignature(world, _, __):
    vkey = read(world.path("court.vkey")).decode().strip()
    yield from more_than(world.value("SELECT count(*) FROM cosignature"), 1, "cosignatures")
    found = protocol.cosignatures(protocol.parse_checkpoint(read(os.path.join(world.public, "checkpoint"))), [vkey])
    yield from is_missing(len(found) == 1 and found[0][2], "it is not published")


def effect_cosign(world, _, said):
    vkey = read(world.path("court.vkey")).decode().strip()
    note = protocol.parse_checkpoint(read(os.path.join(world.public, "checkpoint")) + said.encode())
    found = protocol.cosignatures(note, [vkey])
    yield from is_missing(len(found) >= 1 and all(good for _, _, good in found), "no cosignature")
    state = read(world.path("court.key.state")) if os.path.exists(world.path("court.key.state")) else b""
    head, _, tail = state.rpartition(b"sum ")
    yield from is_missing(hashlib.sha256(head).hexdigest().encode() == tail.strip(), "the witness's state is none")


def effect_keygen(world, _, said):
    path = world.path("other.key")
    if not os.path.exists(path):
        yield "missing", "no key"
        return
    match = re.fullmatch(r"PRIVATE\+KEY\+other\.example\.org\+[0-9a-f]{8}\+([A-Za-z0-9+/=]{44})\n", read(path).decode())
    yield from is_missing(match and os.stat(path).st_mode & 0o7777 == 0o600, "half a key")
    if match and said:
        seed = base64.b64decode(match.group(1))[1:]
        public = nacl.bindings.crypto_sign_seed_keypair(seed)[0]
        told = base64.b64decode(said.strip().rpartition("+")[0] and said.strip().split("+", 2)[2])
        yield from is_missing(told[-32:] == public, "another key was told")


def effect_letter(state):
    def effect(world, _, __):
        found = world.value("SELECT state FROM outbox_letter WHERE id = 1")
        yield from is_missing(found == state, f"the letter is {found}")
    return effect


def effect_cancel(world, _, __):
    found = world.rows("SELECT state FROM outbox_letter WHERE id = ?", world.letter)
    yield from is_missing(found == [("cancelled",)], f"the letter is {found}")


def effect_receipt(world, _, said):
    with contextlib.suppress(OSError):
        page = read(world.path("page.html"))
        yield from is_missing(page.rstrip().endswith(b"</html>") and os.stat(world.path("page.html")).st_mode & 0o77 == 0, "half a page")
    try:
        receipt = json.loads(said)
    except ValueError:
        yield "missing", "no receipt"
        return
    write(world.path("receipt.json"), protocol.canonical(receipt).decode())
    done = subprocess.run([SPOTCHECK, "verify", world.public, "--receipt", world.path("receipt.json")], capture_output=True, text=True,
                          timeout=TIMEOUT, check=False)
    os.remove(world.path("receipt.json"))
    yield from is_missing(done.returncode == 0, "the receipt does not verify")


def effect_testmail(world, _, __):
    yield from is_missing(len(os.listdir(os.path.join(world.mail, "new"))) > 0, "no letter")


def effect_none(_, __, ___):
    return iter(())


def reader(name, template, *words, program=None):
    return Command(name, template, words, effect_none, program=program, reads=True)


COMMANDS = {command.name: command for command in [
    Command("init", "empty", ["init"], effect_init, service=False),
    Command("setup", "nothing", ["setup", "--origin", "log.example.org", "--operator", "test", "--admin", "ops@example.org", "--language", "en",
                                 "--state-dir", "HERE/state", "--server", "maildir:HERE/mail", "--sample", "--data", "HERE/data"], effect_setup),
    *[Command(f"import-{kind}", "begun", ["import", kind, f"HERE/new/{kind}.csv"], effect_import(kind, lambda w, k=kind: w.path("new", f"{k}.csv")))
      for kind in KINDS],
    Command("import-undo", "imported", ["import", "targets", "--undo"], effect_undo),
    Command("attest", "begun", ["attest", "targets", "--by", "tester"], effect_attest),
    Command("excuse", "begun", ["excuse", "target", "T001", "--until", "2099-01-01", "--reason", "moved"], effect_excuse),
    Command("excuse-lift", "excused", ["excuse", "target", "T001", "--lift"], effect_lift),
    Command("commit", "begun", ["commit", "spot-check"], effect_commit),
    Command("draw", "due", ["draw", "1"], effect_step(1, ("outcome", "draw"))),
    Command("draw-dice", "due", ["draw", "2", "--value", VALUE, "--present", "two"], effect_step(2, ("outcome", "draw"), ("beacon", VALUE))),
    Command("run", "begun", ["run", "spot-check"], effect_run),
    Command("run-dice", "opened", ["run", "dice", "--value", VALUE], effect_run),
    Command("amend-seat", "opened", ["amend", "1", "0", "0", "--reason", "recusal"], effect_amend, seats=(1, 0)),
    Command("amend-target", "opened", ["amend", "1", "0", "target", "--reason", "closed"], effect_amend, seats=(1, 0)),
    Command("reveal", "sealed", ["reveal", "1"], effect_step(1, ("outcome", "draw"), ("reveal_entry IS NOT NULL", 1))),
    Command("reveal-void", "voided", ["reveal", "1"], effect_step(1, ("outcome", "void"), ("reveal_entry IS NOT NULL", 1))),
    Command("void", "open", ["void", "1", "--reason", "no"], effect_step(1, ("outcome", "void"))),
    Command("publish", "opened", ["publish"], effect_none),
    Command("backup", "opened", ["backup", "HERE/two.backup"], effect_backup, service=False),
    Command("restore", "lost", ["restore", "HERE/one.backup"], effect_restore, stdin="code", service=False),
    Command("recover", "older", ["recover"], effect_recover, letters=False, service=False),
    Command("cosignature", "witnessed", ["cosignature", "add", "HERE/cosignature"], effect_cosignature),
    Command("outbox-cancel", "queued", ["outbox", "cancel", "LETTER"], effect_cancel),
    Command("outbox-retry", "cancelled", ["outbox", "retry", "1"], effect_letter("sent")),
    Command("receipt", "opened", ["receipt", "1", "T001", "--page", "HERE/page.html"], effect_receipt, service=False),
    Command("keygen", "opened", ["keygen", "other.example.org", "HERE/other.key"], effect_keygen, program=alone, service=False),
    Command("cosign", "opened", ["cosign", "HERE/public", "--key", "HERE/court.key"], effect_cosign, program=alone, service=False),
    Command("test-mail", "begun", ["test-mail", "somebody@example.org"], effect_testmail, letters=False),
    Command("spotcheckd", "due", [], effect_step(1, ("outcome", "draw"), ("reveal_entry IS NOT NULL", 1)),
            program=lambda w: [SPOTCHECKD, "-c", w.ini]),
    reader("verify", "opened", "verify", "HERE/public", program=alone),
    reader("replay", "opened", "replay", "HERE/public/draws/0001", program=alone),
    reader("check", "opened", "check"),
    reader("status", "opened", "status"),
    reader("list", "opened", "list"),
    reader("show", "opened", "show", "1"),
    reader("export", "opened", "export", "targets"),
    reader("schedule", "opened", "schedule"),
    reader("calendar", "opened", "calendar", "2026"),
    reader("odds", "opened", "odds", "spot-check", "--trials", "100"),
    reader("rehearsal", "opened", "draw", "--dry-run", "dice"),
    reader("dry-import", "begun", "import", "targets", "HERE/new/targets.csv", "--dry-run"),
    reader("outbox-list", "queued", "outbox"),
    reader("outbox-show", "queued", "outbox", "show", "1"),
]}


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
    def __init__(self, bench, fault, serial):
        self.bench, self.fault, self.command = bench, fault, COMMANDS[fault.command]
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
            env.update(LD_PRELOAD=self.bench.library, FAIL_COUNTS=counts, **self.fault.environment())
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

    # the whole

    def go(self):
        try:
            self.trial()
        except (OSError, sqlite3.Error, ValueError, IndexError, protocol.Refused) as odd:
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
        if not self.verifies and self.fault.cls == "none":
            self.found("unverified", "with others' files among ours, before anything was done")
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
            self.second = self.run(False)
            said += self.second.errors if self.command.name == "init" else ""
            missing = self.check_effect(before, self.second.said if self.command.name in ("receipt", "cosign") else said + self.second.said)
            if self.second.status not in (0, 2):
                self.found("stuck", f"status {self.second.status}: {self.second.errors.strip()[-300:]}")
        late = self.late_letters()
        if self.ended().status == 0:
            for words in missing + ([f"letters that were not delivered: {late}"] if late else []):
                self.found("wrong-0", words)
        elif missing or late:
            self.finish_by_service(before, said, missing, late)
        if world.has_state() and world.has_log() and self.command.name not in ("restore", "recover"):
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
                self.found(NOTE, missing[0] if missing else f"letters: {late}")
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
        return re.sub(r"\d\d:\d\d(:\d\d)?", "", self.first.said.replace(self.world.folder, ""))

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
                self.found("meanwhile", wrong)
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
        rows = world.rows("SELECT id, draw, amendment, inspector, kind, state, message_id, not_before FROM outbox_letter")
        known = {row[6] for row in rows}
        lost = [row[0] for row in rows if row[5] == "sent" and row[6] not in ids]
        if lost:
            self.found("lost", f"letters that count as sent: {lost}")
        unknown = [i for i in ids if i not in known]
        if unknown:
            self.found("lost", f"letters that the state does not know: {unknown[:3]}")
        self.check_recipients(before, rows)

    def check_recipients(self, before, rows):
        """To each who has a seat, and of an amendment to each who had or has one at that place."""
        now = teams(self.world)
        for n, in self.world.rows("SELECT n FROM draw WHERE outcome = 'draw'"):
            amended = self.world.value("SELECT count(*) FROM draw_amendment WHERE n = ?", n)
            told = sorted(row[3] for row in rows if row[1] == n and row[2] == 0 and row[4] != "keep-free")
            seats = before.seats if amended and n <= before.draws else now
            wanted = sorted(set().union(*[team for place, team in seats.items() if place[0] == n] or [set()]))
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


# ---- all of them ----

class Bench:
    def __init__(self, scratch, keep):
        self.scratch, self.keep = scratch, keep
        self.templates = Templates(scratch)
        self.places = ["inside", "inside", "among"] + (["mounted", "mountpoint"] if can_mount() else [])
        self.bases, self.lock = {}, threading.Lock()
        self.serial = 0
        sanitized = b"__asan_init" in read(SPOTCHECK)
        self.classes = [name for name in CLASSES if not (sanitized and name == "memory")]
        self.env = dict(os.environ, LC_ALL="C.UTF-8")
        if sanitized:
            self.env["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0", "detect_leaks=0"]))
        self.library = os.path.join(scratch, "fail.so")
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-w", *(["-DNO_MEMORY"] if sanitized else []), "-o", self.library,
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
        counts = self.base(command, place).counts
        self.base(command, "inside")
        cls = rng.choice([c for c in self.classes if c == "stream" or counts.get(c, 0) > 0])
        n = rng.randint(1, counts[cls]) if cls != "stream" else 1
        # Across a mount nothing can be kept that a power cut would bring back.
        how = rng.choice([h for h in CLASSES[cls] if place != "mountpoint" or h != "power"])
        attempt = self.attempt(Fault(command, cls, how, n, place))
        usual = {kind for kind, _ in self.base(command, place).violations}
        attempt.violations = [v for v in attempt.violations if v[0] not in usual]
        return attempt


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
    return any(kind != NOTE for kind, _ in attempt.violations)


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
            print(f"  {str(ended.errors).strip()}")
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
                show(tries[-1])
            return 1 if any(is_bad(t) for t in tries) else 0
        print(f"FAULTS={FAULTS} SEED={SEED}", flush=True)
        begun = time.monotonic()
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
