#!/usr/bin/python3
"""Goal: `backup` and `restore` survive being cut short, a full disk, and a writer beside them.

Killed just before each system call that changes something on the disk, `backup` leaves no file under its name or a whole one,
and the next attempt succeeds and leaves nothing beside it; `restore` is finished by the same command, and what is back is the
state that was backed up.  A disk that is full to the last byte can be backed up to another one.  While a writer commits in a
loop, the backup is one of the states that he has committed, and he need not wait.  What `init` and `restore` acknowledge is
synced, down to the names in the folders.  Root's folder gets the backup of another user's state.

SPOTCHECK_KILL=all goes through every call; else a sample that takes some seconds.
"""

import concurrent.futures
import hashlib
import os
import pwd
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
SAMPLE = 50  # of the calls of each command, evenly spread, unless ALL
JOBS = os.cpu_count() or 2
CALLS = ("write,pwrite64,writev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,"
         "mkdir,mkdirat,rmdir,openat,fchmod,fchmodat,flock,sendto")
NO_LEAKS = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")
STATE = {"spotcheckd.db", "spotcheckd.db-wal", "spotcheckd.db-shm", "keys"}

INI = """[service]
origin = cut.example.org
operator = test
timezone = UTC
language = en
admin = ops@example.org
state_dir = {folder}/state
public_dir = {folder}/public
[mail]
server = maildir:{folder}/mail
from = test <test@example.org>
[cycle now]
title = Now
when = manual
embargo = 30
sample = 1
team = any
matters = duty
"""


def check(true, words):
    if not true:
        raise AssertionError(words)


class Office:
    def __init__(self, folder):
        self.folder = folder
        self.ini = os.path.join(folder, "conf", "spotcheckd.ini")
        self.state = os.path.join(folder, "state")
        self.db = os.path.join(self.state, "spotcheckd.db")

    def configure(self):
        os.makedirs(os.path.join(self.folder, "conf"), exist_ok=True)
        if not os.path.exists(os.path.join(self.folder, "conf", "letters")):
            shutil.copytree(os.path.join(CONF, "letters"), os.path.join(self.folder, "conf", "letters"))
        with open(self.ini, "w", encoding="utf-8") as file:
            file.write(INI.format(folder=self.folder))
        return self

    def command(self, *args):
        return [SPOTCHECK, "-c", self.ini, *args]

    def call(self, *args, text="", prefix=()):
        return subprocess.run([*prefix, *self.command(*args)], capture_output=True, text=True, timeout=120, check=False,
                              input=text, env=NO_LEAKS if prefix else None)

    def must(self, *args, **more):
        done = self.call(*args, **more)
        check(done.returncode == 0, (args, done.returncode, done.stdout, done.stderr))
        return done.stdout

    def begin(self):
        out = self.must("init")
        return re.search(r"^    ([0-9A-Z-]{40,})$", out, re.M).group(1)

    def copy(self, folder):
        shutil.copytree(self.folder, folder)
        return Office(folder).configure()


def dump(path):
    database = sqlite3.connect(path)
    try:
        check(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the database is damaged")
        text = "\n".join(line for line in database.iterdump() if "INTO \"meta\"" not in line)
        return hashlib.sha256(text.encode()).hexdigest()
    finally:
        database.close()


def shapes(folder):
    return sorted(name for name in os.listdir(folder))


# ---- killed ----

def injection(n):
    return ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + CALLS, "-e",
            f"inject={CALLS}:signal=KILL:when={n}")


def strace_works():
    try:
        done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=write", "-e",
                               "inject=write:signal=KILL:when=1", "/bin/echo"], capture_output=True, timeout=20,
                              check=False)
    except OSError:
        return False
    return done.returncode == -signal.SIGKILL


def count_calls(office, *args, text=""):
    """Of the busiest process: strace counts for each."""
    with tempfile.NamedTemporaryFile(mode="r") as file:
        done = office.call(*args, text=text, prefix=("strace", "-f", "-qq", "-o", file.name, "-e", "trace=" + CALLS))
        check(done.returncode == 0, done.stderr)
        counts = {}
        for line in file:
            if "(" in line:
                pid = line.split()[0]
                counts[pid] = counts.get(pid, 0) + 1
        return max(counts.values())


def quiet(folder):
    """What a killed writer's keeper still does is soon done."""
    for _ in range(200):
        names = shapes(folder)
        time.sleep(0.01)
        if names == shapes(folder):
            return names
    return shapes(folder)


def backup_killed(template, folder, code, n):
    office = template.copy(folder)
    out = os.path.join(folder, "out")
    os.mkdir(out)
    path = os.path.join(out, "b.backup")
    killed = office.call("backup", path, prefix=injection(n))
    before = dump(office.db)
    quiet(out)
    if not os.path.exists(path):
        check(killed.returncode != 0, "it said that there is a backup, and there is none")
        office.must("backup", path)
    check(shapes(out) == ["b.backup"], shapes(out))
    check(set(shapes(office.state)) - STATE <= {"publish.lock"}, shapes(office.state))
    shutil.move(office.state, office.state + ".old")
    office.must("restore", path, text=code)
    check(dump(office.db) == before, "another state")
    shutil.rmtree(folder)


def restore_killed(template, folder, code, n, backup, wanted):
    office = template.copy(folder)
    killed = office.call("restore", backup, text=code, prefix=injection(n))
    again = office.call("restore", backup, text=code)
    if again.returncode == 2 and "holds a state already" in again.stderr:
        check("It has all that was published" in killed.stdout, "it was not told that the state is there")
    else:
        check(again.returncode == 0, again.stderr)
        check("It has all that was published" in again.stdout, again.stdout)
    check(dump(office.db) == wanted, "another state")
    check(set(shapes(office.state)) <= STATE, shapes(office.state))
    check(shapes(os.path.join(office.state, "keys")) == ["log.key"], "keys")
    office.must("void", "1", "--reason", "it signs")
    shutil.rmtree(folder)


def each_call(total, rng):
    step = 1 if ALL else max(1, total // SAMPLE)
    return list(range(1 + rng.randrange(step), total + 1, step))


def side_by_side(work, numbers):
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        futures = {pool.submit(work, n): n for n in numbers}
        for future in concurrent.futures.as_completed(futures):
            try:
                future.result()
            except Exception as fault:
                raise AssertionError(f"killed before call {futures[future]} (SPOTCHECK_SEED={SEED}): {fault}") from fault


def killed_at_each_call(scratch, rng):
    if not strace_works():
        print("strace cannot be used here: killed nowhere")
        return
    office = Office(os.path.join(scratch, "killed")).configure()
    os.mkdir(office.state, 0o700)
    code = office.begin()
    for kind, text in {"targets": "id,name,unit\nT1,one,u\nT2,two,u\n",
                       "inspectors": "id,name,email\nI1,one,i1@example.org\n", "matters": "id,name\nduty,Duty\n"}.items():
        path = os.path.join(scratch, kind)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        office.must("import", kind, path)
    office.must("commit", "now")
    counted = office.copy(os.path.join(scratch, "counted"))
    total = count_calls(counted, "backup", os.path.join(scratch, "counted.backup"))
    numbers = each_call(total, rng)
    side_by_side(lambda n: backup_killed(office, os.path.join(scratch, f"b{n}"), code, n), numbers)
    print(f"backup: killed before {len(numbers)} of {total} calls", flush=True)

    backup = os.path.join(scratch, "whole.backup")
    office.must("backup", backup)
    wanted = dump(office.db)
    shutil.rmtree(office.state)
    empty = office.copy(os.path.join(scratch, "empty"))
    counted = empty.copy(os.path.join(scratch, "counted-restore"))
    total = count_calls(counted, "restore", backup, text=code)
    numbers = each_call(total, rng)
    side_by_side(lambda n: restore_killed(empty, os.path.join(scratch, f"r{n}"), code, n, backup, wanted), numbers)
    print(f"restore: killed before {len(numbers)} of {total} calls", flush=True)


def taken_up(scratch):
    """The two leavings that a kill can have, made by hand: a key without its database, and a state that was not told of."""
    office = Office(os.path.join(scratch, "taken")).configure()
    os.mkdir(office.state, 0o700)
    code = office.begin()
    backup = os.path.join(scratch, "taken.backup")
    office.must("backup", backup)
    shutil.copytree(os.path.join(office.state, "keys"), os.path.join(scratch, "keys"))
    shutil.rmtree(office.state)
    os.mkdir(office.state, 0o700)
    shutil.copytree(os.path.join(scratch, "keys"), os.path.join(office.state, "keys"))
    for name in (".restore.db", ".restore.key"):
        with open(os.path.join(office.state, name), "w", encoding="utf-8") as file:
            file.write("left by an earlier version")
    office.must("restore", backup, text=code)
    check(set(shapes(office.state)) <= STATE, shapes(office.state))
    # A write-ahead log without its database is not taken for the new one's.
    os.rename(office.db, office.db + ".away")
    with open(office.db + "-wal", "w", encoding="utf-8") as file:
        file.write("of another state")
    done = office.call("restore", backup, text=code)
    check(done.returncode == 2 and "remains of a state" in done.stderr, done.stderr)
    # An empty file of the name that a crash leaves is replaced, a file of somebody's is not.
    os.remove(office.db + "-wal")
    os.rename(office.db + ".away", office.db)
    beside = os.path.join(scratch, ".again.backup.new")
    with open(beside, "w", encoding="utf-8") as file:
        file.write("half a backup")
    with open(os.path.join(office.state, ".backup.db"), "w", encoding="utf-8") as file:
        file.write("a copy in plain, left by an earlier version")
    office.must("backup", os.path.join(scratch, "again.backup"))
    check(not os.path.exists(beside), "what was left is still there")
    check(not os.path.exists(os.path.join(office.state, ".backup.db")), "a copy in plain is still there")
    # A key that was killed between its link and the removal of its second name.
    key = os.path.join(office.state, "keys", "log.key")
    with open(key, "rb") as file:
        bytes_before = file.read()
    shutil.rmtree(office.state)
    os.makedirs(os.path.dirname(key), 0o700)
    os.chmod(office.state, 0o700)
    with open(key, "wb") as file:
        file.write(bytes_before)
    os.chmod(key, 0o600)
    os.link(key, key + ".new")
    shutil.rmtree(os.path.join(office.folder, "public"))
    office.must("init")
    check(shapes(os.path.dirname(key)) == ["log.key"], "the key's second name is still there")
    with open(key, "rb") as file:
        check(file.read() == bytes_before, "the key was replaced")
    witness = os.path.join(scratch, "witness.key")
    office.must("keygen", "witness.example.org", witness)
    with open(witness, "rb") as file:
        bytes_before = file.read()
    os.link(witness, witness + ".new")
    done = office.call("keygen", "witness.example.org", witness)
    check(done.returncode == 2 and "already" in done.stderr, done.stderr)
    with open(witness, "rb") as file:
        check(file.read() == bytes_before, "a key was overwritten through its second name")
    check(not os.path.exists(witness + ".new"), "the second name is still there")
    print("taken up where it stopped", flush=True)


# ---- a full disk ----

def full_disk(scratch):
    done = subprocess.run(["unshare", "-m", "--propagation", "private", sys.executable, os.path.abspath(__file__),
                           "--full-disk", scratch], capture_output=True, text=True, timeout=120, check=False)
    check(done.returncode == 0, done.stdout + done.stderr)
    print(done.stdout, end="", flush=True)


def fill(folder):
    """To the last byte."""
    with open(os.path.join(folder, "filler"), "wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass
    left = os.statvfs(folder)
    check(left.f_bavail == 0, f"{left.f_bavail} blocks are left")


def on_full_disk(scratch):
    disk = os.path.join(scratch, "disk")
    os.makedirs(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m,mode=0755", "tmpfs", disk], check=True)
    office = Office(os.path.join(scratch, "full")).configure()
    office.state = os.path.join(disk, "state")
    office.db = os.path.join(office.state, "spotcheckd.db")
    os.mkdir(office.state, 0o700)
    with open(office.ini, encoding="utf-8") as file:
        text = file.read().replace(office.folder + "/state", office.state)
    with open(office.ini, "w", encoding="utf-8") as file:
        file.write(text)
    code = office.begin()
    database = sqlite3.connect(office.db, isolation_level=None)
    database.execute("CREATE TABLE bulk (n INTEGER PRIMARY KEY, bytes BLOB)")
    database.execute("PRAGMA wal_autocheckpoint = 0")
    for n in range(30):
        database.execute("INSERT INTO bulk VALUES (?, ?)", (n, os.urandom(30000)))
    fill(disk)
    wanted = dump(office.db)
    log = os.stat(office.db + "-wal").st_size
    check(log > 800000, "nothing is in the write-ahead log")
    try:
        database.execute("INSERT INTO bulk VALUES (1000, ?)", (os.urandom(30000),))
        check(False, "the disk is not full")
    except sqlite3.OperationalError:
        pass
    backup = os.path.join(scratch, "full-in-use.backup")
    office.must("backup", backup)
    check(os.statvfs(disk).f_bavail == 0, "room was made")
    # In use by nobody: not even SQLite's shared index has a place.
    os.remove(os.path.join(disk, "filler"))
    database.close()
    check(not os.path.exists(office.db + "-shm"), "the database is still in use")
    fill(disk)
    office.must("backup", os.path.join(scratch, "full-alone.backup"))
    os.remove(os.path.join(disk, "filler"))
    shutil.rmtree(office.state)
    for name in ("full-in-use.backup", "full-alone.backup"):
        os.mkdir(office.state, 0o700)
        office.must("restore", os.path.join(scratch, name), text=code)
        check(dump(office.db) == wanted, f"{name}: another state")
        shutil.rmtree(office.state)
    # And a restore that the disk has no room for changes nothing.
    os.mkdir(office.state, 0o700)
    fill(disk)
    done = office.call("restore", backup, text=code)
    check(done.returncode == 3 and shapes(office.state) == [], (done.returncode, done.stderr, shapes(office.state)))
    print(f"a full disk: backed up with {log} bytes in the write-ahead log, and with nobody at work", flush=True)


# ---- a writer beside ----

class Writer:
    """A process that commits in a loop until told to stop; says how long the longest commit took."""

    SCRIPT = """
import os, sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
print("ready", flush=True)
longest, n = 0.0, database.execute("SELECT a FROM pair").fetchone()[0]
while not os.path.exists(sys.argv[2]):
    begin = time.monotonic()
    database.execute("BEGIN IMMEDIATE")
    n += 1
    database.execute("UPDATE pair SET a = ?", (n,))
    database.execute("UPDATE bulk SET bytes = ? WHERE n = ?", (os.urandom(9000), n % 800))
    database.execute("UPDATE pair SET b = ?", (n,))
    database.execute("COMMIT")
    longest = max(longest, time.monotonic() - begin)
print(n, longest, flush=True)
"""

    def __init__(self, db, stop):
        self.stop = stop
        self.process = subprocess.Popen([sys.executable, "-c", self.SCRIPT, db, stop], stdout=subprocess.PIPE, text=True)
        check(self.process.stdout.readline() == "ready\n", "the writer does not begin")

    def end(self):
        with open(self.stop, "w", encoding="utf-8"):
            pass
        out, _ = self.process.communicate(timeout=90)
        n, longest = out.split()
        return int(n), float(longest)


def writer_beside(scratch):
    office = Office(os.path.join(scratch, "writer")).configure()
    os.mkdir(office.state, 0o700)
    code = office.begin()
    database = sqlite3.connect(office.db, isolation_level=None)
    database.execute("CREATE TABLE pair (a INTEGER, b INTEGER)")
    database.execute("INSERT INTO pair VALUES (0, 0)")
    database.execute("CREATE TABLE bulk (n INTEGER PRIMARY KEY, bytes BLOB)")
    database.execute("BEGIN")
    for n in range(8000):
        database.execute("INSERT INTO bulk VALUES (?, ?)", (n, os.urandom(9000)))
    database.execute("COMMIT")
    database.close()
    writer = Writer(office.db, os.path.join(scratch, "stop"))
    states, begins, ends = [], [], []
    for i in range(3):
        begins.append(counter(office.db))
        office.must("backup", os.path.join(scratch, f"writer{i}.backup"))
        ends.append(counter(office.db))
    n, longest = writer.end()
    # Somebody who reads an old state all the while: the write-ahead log cannot be merged, and belongs to the backup.
    writer = Writer(office.db, os.path.join(scratch, "stop-again"))
    reader = sqlite3.connect(office.db, isolation_level=None)
    reader.execute("BEGIN")
    old = reader.execute("SELECT a FROM pair").fetchone()[0]
    while counter(office.db) < old + 50:
        time.sleep(0.01)
    begins.append(counter(office.db))
    office.must("backup", os.path.join(scratch, "writer3.backup"))
    ends.append(counter(office.db))
    check(reader.execute("SELECT a FROM pair").fetchone()[0] == old, "the reader was disturbed")
    reader.close()
    writer.end()
    peak = memory_of(office.command("backup", os.path.join(scratch, "memory.backup")))
    size = os.stat(office.db).st_size
    for i in range(4):
        shutil.rmtree(office.state)
        os.mkdir(office.state, 0o700)
        office.must("restore", os.path.join(scratch, f"writer{i}.backup"), text=code)
        dump_ok(office.db)
        database = sqlite3.connect(office.db)
        a, b = database.execute("SELECT a, b FROM pair").fetchone()
        database.close()
        check(a == b, f"half a transaction: {a} and {b}")
        states.append(a)
    check(all(a <= state <= b for a, state, b in zip(begins, states, ends)), f"{begins}, {states}, {ends}")
    check(begins[3] >= old + 50, "the writer was kept from writing by a reader")
    check(all(end > state + 20 for state, end in zip(states, ends)), f"the writer was not let through: {states}, {ends}")
    check(peak < 64 << 10, f"{peak} KiB of memory for a database of {size >> 10} KiB")
    print(f"a writer beside: {n} commits, the longest {longest * 1000:.0f} ms; backups of {size >> 20} MiB, {peak >> 10} MiB of "
          f"memory, as of commits {states}, ended at {ends}", flush=True)


def counter(path):
    database = sqlite3.connect(path, timeout=60)
    try:
        return database.execute("SELECT a FROM pair").fetchone()[0]
    finally:
        database.close()


def dump_ok(path):
    database = sqlite3.connect(path)
    try:
        check(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the database is damaged")
    finally:
        database.close()


def memory_of(command):
    """KiB at the most."""
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    check(status == 0, "the backup failed")
    return usage.ru_maxrss


# ---- synced ----

CHANGES = "mkdir,mkdirat,rename,renameat,renameat2,link,linkat,openat,fsync,fdatasync,syncfs,write,close"


def unsynced(office, *args, text="", told):
    """The folders below the office's that got a name and were not synced before the words were told."""
    with tempfile.NamedTemporaryFile(mode="r") as file:
        done = office.call(*args, text=text,
                           prefix=("strace", "-f", "-y", "-qq", "-s", "400", "-o", file.name, "-e", "trace=" + CHANGES))
        check(done.returncode == 0, done.stderr)
        lines = file.read().splitlines()
    waiting, seen, was_told = {}, set(), False
    for line in lines:
        call = re.match(r"\d+\s+(\w+)\((.*)\)\s+= (-?\d+)", line)
        if call is None or call.group(3).startswith("-"):
            continue
        name, rest = call.group(1), call.group(2)
        paths = re.findall(r'"([^"]*)"', rest)
        if name == "write" and told in line:
            was_told = True
            break
        if name in ("mkdir", "mkdirat", "rename", "renameat", "renameat2", "link", "linkat") or (
                name == "openat" and "O_CREAT" in rest and paths and paths[-1].endswith(("spotcheckd.db", "log.key.new"))):
            made = os.path.normpath(paths[-1] if paths[-1].startswith("/") else os.path.join(at(rest), paths[-1]))
            if made.startswith(office.folder) and "public" not in made and "/mail" not in made and ".restore" not in made \
                    and not made.endswith(".new"):
                waiting[os.path.dirname(made)] = made
                seen.add(os.path.dirname(made))
        elif name in ("fsync", "fdatasync"):
            path = re.search(r"<([^>]*)>", rest).group(1)
            waiting.pop(path, None)
    check(was_told, f"{args}: {told} was not told")
    return waiting, seen


def at(rest):
    return re.findall(r"<([^>]*)>", rest)[-1]


def synced(scratch):
    if not strace_works():
        print("strace cannot be used here: nothing is known of what is synced")
        return
    office = Office(os.path.join(scratch, "synced")).configure()
    for told, args, folders in (("Recovery code", ("init",), {"", "state", "state/keys"}),
                                ("is saved in", ("backup", os.path.join(office.folder, "b.backup")), {""}),
                                ("is back in", ("restore", os.path.join(office.folder, "b.backup")),
                                 {"", "state", "state/keys"})):
        text = ""
        if args[0] == "restore":
            shutil.rmtree(office.state)
            text = synced.code
        waiting, seen = unsynced(office, *args, text=text, told=told)
        check(not waiting, f"{args[0]}: not synced when it was told: {waiting}")
        wanted = {os.path.join(office.folder, name).rstrip("/") for name in folders}
        check(wanted <= seen, f"{args[0]}: {seen} of {wanted}")
        if args[0] == "init":
            # Once more, for the code.
            shutil.rmtree(office.state)
            shutil.rmtree(os.path.join(office.folder, "public"))
            synced.code = office.begin()
    print("init, backup, restore: each folder was synced before it was told", flush=True)


# ---- root's folder, another's state ----

def another_owner(scratch):
    if os.geteuid() != 0:
        print("not root: no state of another user")
        return
    nobody = pwd.getpwnam("nobody")
    office = Office(os.path.join(scratch, "nobody")).configure()
    os.chmod(scratch, 0o711)
    for folder, _, files in os.walk(office.folder):
        for name in [folder, *(os.path.join(folder, name) for name in files)]:
            os.chmod(name, 0o755 if os.path.isdir(name) else 0o644)
    os.mkdir(office.state, 0o700)
    for name in (office.state, office.folder):
        os.chown(name, nobody.pw_uid, nobody.pw_gid)
    code = office.begin()
    check(os.stat(office.db).st_uid == nobody.pw_uid, "the state is not nobody's")
    private = os.path.join(scratch, "private")
    os.mkdir(private, 0o700)
    path = os.path.join(private, "b.backup")
    office.must("backup", path)
    info = os.stat(path)
    check((info.st_uid, info.st_mode & 0o777) == (0, 0o600), info)
    check(shapes(private) == ["b.backup"], shapes(private))
    done = office.call("backup", path)
    check(done.returncode == 2 and "there already" in done.stderr, done.stderr)
    # Where it fails, nothing stays either.
    os.rename(office.db, office.db + ".away")
    done = office.call("backup", os.path.join(private, "none.backup"))
    check(done.returncode == 2 and shapes(private) == ["b.backup"], (done.stderr, shapes(private)))
    shutil.rmtree(office.state)
    os.mkdir(office.state, 0o700)
    os.chown(office.state, nobody.pw_uid, nobody.pw_gid)
    office.must("restore", path, text=code)
    check(os.stat(office.db).st_uid == nobody.pw_uid, "the restored state is not nobody's")
    print("a state of nobody's, backed up into root's own folder", flush=True)


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--full-disk":
        on_full_disk(sys.argv[2])
        return 0
    rng = random.Random(SEED)
    print(f"SPOTCHECK_SEED={SEED}", flush=True)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) and "TMPDIR" not in os.environ else None
    scratch = tempfile.mkdtemp(prefix="spotcheck-backup.", dir=memory)
    taken_up(scratch)
    another_owner(scratch)
    synced(scratch)
    writer_beside(scratch)
    if os.geteuid() == 0 and shutil.which("unshare"):
        full_disk(scratch)
    else:
        print("not root: no full disk")
    killed_at_each_call(scratch, rng)
    shutil.rmtree(scratch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
