"""The world of 52-faults.py: a folder with an office in it, what others keep there, and the log as outsiders have seen it."""

import base64
import collections
import contextlib
import csv
import ctypes
import glob
import os
import re
import shutil
import sqlite3
import stat
import struct
import subprocess
import sys
import threading
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(TOP, "tests", "peers"))

import protocol  # noqa: E402  pylint: disable=wrong-import-position

SPOTCHECK = os.path.abspath(os.environ.get("SPOTCHECK", os.path.join(TOP, "build/spotcheck")))
SPOTCHECKD = os.path.abspath(os.environ.get("SPOTCHECKD", os.path.join(TOP, "build/spotcheckd")))
with open(SPOTCHECK, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()
if SANITIZED:  # it wants to come first, and looks for leaks by stopping threads
    os.environ["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0", "detect_leaks=0"]))
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), "")
NOBODY = 65534
ROOT = os.geteuid() == 0
TIMEOUT = 120
KINDS = ("targets", "inspectors", "conflicts", "matters", "contacts")

libc = ctypes.CDLL(None, use_errno=True)


class Failed(Exception):
    """The scenario itself cannot go on."""


# ---- mounts ----

def mount(source, target):
    if libc.mount(source.encode(), target.encode(), None, 4096, None) != 0:  # MS_BIND
        raise Failed(f"mount {target}: {os.strerror(ctypes.get_errno())}")


def unmount(target):
    libc.umount2(target.encode(), 2)  # MNT_DETACH


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
        """`place`: where others have put something: beside what is ours ("inside"), among it, in tile/, on a disk that is mounted
        there; or all of it is on such a disk."""
        subprocess.run(["cp", "-a", self.folder, folder], check=True)
        world = World(folder)
        world.letter = self.letter
        if place == "mounted":
            os.mkdir(world.path("disk"))
            write(world.path("disk", "photo"), "a photo")
            write(world.path("disk", "album", "photo"), "another")
            os.makedirs(os.path.join(world.public, "mounted"), exist_ok=True)
            world.mount("disk", "public/mounted")
        elif place in ("among", "tile"):
            put_among_ours(world, place)
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


def put_among_ours(world, place):
    """`verify` minds nothing in draws/, but in tile/ what is no tile."""
    if not os.path.isdir(os.path.join(world.public, "tile")):
        return
    if place == "tile":
        write(os.path.join(world.public, "tile", "readme.txt"), "what these are")
    else:
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


def teams(world):
    found = collections.defaultdict(set)
    for n, place, inspector in world.rows("SELECT n, place, inspector FROM draw_seat WHERE inspector IS NOT NULL"):
        found[(n, place)].add(inspector)
    return found
