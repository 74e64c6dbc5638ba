#!/usr/bin/python3
"""Goal: a command that was interrupted, or failed, may be called again: what it has done stands once.

Whatever a command changes is changed in one transaction; then come publication, letters and the report.  Between any two
system calls of that a command is killed, or the call fails (no space, no permission, an I/O error; once or from then on),
and the same command is called again.  Then there is one amendment, one commitment, one import; each letter is there once;
the published directory verifies.  A command that fails after its step stands says that it does.

SPOTCHECK_AGAIN=all goes through every call; else a sample that takes about a minute.  SPOTCHECK_SEED repeats one.
"""

import collections
import concurrent.futures
import glob
import importlib.util
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("kill", os.path.join(HERE, "50-kill.py"))
kill = importlib.util.module_from_spec(spec)
spec.loader.exec_module(kill)

ALL = os.environ.get("SPOTCHECK_AGAIN") == "all"
SECONDS = 2.5  # for each command, unless ALL
FAULTS = ("signal=KILL", "error=ENOSPC", "error=EACCES", "error=EIO", "error=ENOSPC+")

kill.INI = """[service]
origin = again.example.org
operator = test
timezone = UTC
language = en
admin = ops@example.org
state_dir = ../state
public_dir = ../public
[mail]
server = maildir:../mail
from = test <test@example.org>
{witness}[cycle now]
title = Now
when = manual
window = 5 workdays
embargo = 0
sample = 2
team = any any
avoid =
matters = duty
[cycle later]
title = Later
when = manual
window = 20 workdays
embargo = 30
sample = 1
team = any
avoid =
keep_free = yes
matters = duty
[cycle dice]
title = Dice
when = manual
window = 5 workdays
embargo = 30
sample = 1
team = any
avoid =
matters = duty
beacon = public
"""
PLAIN_INI = kill.INI.format(witness="")
VALUE = "12345678901234567890"


class Wrong(Exception):
    """What must hold and does not: a word for the table, and the rest."""

    def __init__(self, word, rest):
        super().__init__(f"{word}: {rest}")
        self.word = word


def one(office, sql, wanted, word="doubled"):
    got = office.rows(sql)[0][0]
    if got != wanted:
        raise Wrong(word, f"{got} instead of {wanted}: {sql}")


def soon(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def put(office, name, text):
    path = os.path.join(office.folder, "conf", name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def targets(n):
    return "id,name,unit\n" + "".join(f"T{i:02},target {i},unit {i % 3}\n" for i in range(n))


# ---- each command: what comes before it, its arguments, what must hold after it was called again ----

class Case:
    def __init__(self, name, args, prepare, check, stands, again=(), begun=True, report=None, kept="unreported"):
        self.report = report  # what the output holds once all is said; of commands whose words may be a new wish
        self.kept = kept  # where it is remembered until then
        self.name, self.args, self.prepare, self.check, self.stands, self.again = name, args, prepare, check, stands, again
        self.begun = begun  # there is a log before


def drawn_later(office):
    office.must("run", "later")


def amended(office):
    one(office, "SELECT count(*) FROM draw_amendment", 1)


def committed(office):
    one(office, "SELECT count(*) FROM draw", 1)
    one(office, "SELECT count(*) FROM outbox_letter WHERE kind = 'keep-free'", 6)


def commit_soon(cycle):
    def prepare(office):
        office.must("commit", cycle, "--draw-at", soon(1))
        time.sleep(1.5)
    return prepare


def drawn(office):
    one(office, "SELECT count(*) FROM draw", 1)
    one(office, "SELECT count(*) FROM log_entry WHERE instr(bytes, '\"type\":\"draw\"') > 0", 1)
    one(office, "SELECT count(*) FROM outbox_letter WHERE kind = 'assignment'", 1)


def voided_soon(office):
    office.must("commit", "now", "--draw-at", soon(1))
    office.must("void", "1", "--reason", "x")
    time.sleep(1.5)


def imported(office):
    one(office, "SELECT count(*) FROM roster_import WHERE kind = 'targets'", 2)
    one(office, "SELECT count(*) FROM target", 14)


def import_second(office):
    put(office, "second.csv", targets(14))
    office.must("import", "targets", os.path.join(office.folder, "conf", "second.csv"))


def undone(office):
    one(office, "SELECT count(*) FROM target", 12)
    one(office, "SELECT count(*) FROM roster_import WHERE kind = 'targets'", 3)


def blocked_mail(office):
    """The folder is none while the draw is made, and is there again for the command."""
    path = os.path.join(office.folder, "mail")
    with open(path, "w", encoding="ascii"):
        pass
    office.call("run", "now")
    os.remove(path)
    database = kill.sqlite3.connect(os.path.join(office.folder, "state", "spotcheckd.db"))
    database.execute("UPDATE draw SET run = 0")
    database.commit()
    database.close()


def with_witness(office):
    key = os.path.join(office.folder, "conf", "w.key")
    vkey = subprocess.run([kill.SPOTCHECK, "keygen", "w.example.org", key], capture_output=True, text=True,
                          check=True).stdout.split()[-1]
    put(office, "spotcheckd.ini", kill.INI.format(witness=f"[witness w]\nkey = {vkey}\n"))
    office.must("publish")
    office.must("run", "now")
    line = subprocess.run([kill.SPOTCHECK, "cosign", office.public, "--key", key], capture_output=True, text=True,
                          check=True).stdout
    put(office, "cosignature", line)


def older_state(office):
    state, kept = os.path.join(office.folder, "state"), os.path.join(office.folder, "kept")
    shutil.copytree(state, kept)
    office.must("run", "now")
    shutil.rmtree(state)
    os.rename(kept, state)
    shutil.rmtree(os.path.join(office.folder, "mail"), ignore_errors=True)


def count_is(sql, wanted):
    return lambda office: one(office, sql, wanted)


def nothing(_office):
    pass


SECOND = ("{folder}/conf/second.csv",)
CASES = (
    Case("init", ("init",), nothing, count_is("SELECT count(*) FROM log_entry", 4), "SELECT count(*) FROM log_entry", begun=False, report="It is published in"),
    Case("commit", ("commit", "later"), nothing, committed, "SELECT count(*) FROM draw", report="committed"),
    Case("draw", ("draw", "1"), commit_soon("later"), drawn, "SELECT count(*) FROM draw WHERE outcome = 'draw'"),
    Case("draw --value", ("draw", "1", "--value", VALUE, "--present", "all"), commit_soon("dice"), drawn,
         "SELECT count(*) FROM draw WHERE outcome = 'draw'"),
    Case("reveal", ("reveal", "1"), voided_soon, count_is("SELECT count(*) FROM draw WHERE reveal_entry > 0", 1),
         "SELECT count(reveal_entry) FROM draw"),
    Case("void", ("void", "1", "--reason", "a wrong roster"), lambda o: o.must("commit", "later"),
         count_is("SELECT count(*) FROM outbox_letter WHERE kind = 'released'", 6),
         "SELECT count(*) FROM draw WHERE outcome = 'void'"),
    Case("amend seat", ("amend", "1", "0", "0", "--reason", "recusal"), drawn_later, amended, "SELECT count(*) FROM draw_amendment",
         report="Amendment 1"),
    Case("amend target", ("amend", "1", "0", "target", "--reason", "closed", "--leave-empty"), drawn_later, amended,
         "SELECT count(*) FROM draw_amendment", report="Amendment 1"),
    Case("run", ("run", "now"), nothing, count_is("SELECT count(*) FROM draw", 1), "SELECT count(*) FROM draw",
         report="Everything is published", kept="draw WHERE run = 1"),
    Case("import", ("import", "targets", *SECOND), lambda o: put(o, "second.csv", targets(14)), imported,
         "SELECT count(*) - 1 FROM roster_import WHERE kind = 'targets'", report="targets    14"),
    Case("import --undo", ("import", "targets", "--undo"), import_second, undone,
         "SELECT count(*) - 2 FROM roster_import WHERE kind = 'targets'", report="targets    12"),
    Case("attest", ("attest", "targets", "--by", "me"), nothing, nothing, "SELECT count(*) - 3 FROM roster_attestation"),
    Case("excuse", ("excuse", "target", "T01", "--until", "2199-01-01", "--reason", "x"), nothing,
         count_is("SELECT count(*) FROM excuse WHERE lifted IS NULL", 1), "SELECT count(*) FROM excuse"),
    Case("excuse --lift", ("excuse", "target", "T01", "--lift"),
         lambda o: o.must("excuse", "target", "T01", "--until", "2199-01-01", "--reason", "x"),
         count_is("SELECT count(*) FROM excuse WHERE lifted IS NULL", 0), "SELECT count(lifted) FROM excuse", ("is not excused",)),
    Case("outbox retry", ("outbox", "retry", "1"), blocked_mail,
         count_is("SELECT count(*) FROM outbox_letter WHERE id = 1 AND state = 'sent'", 1),
         "SELECT count(*) FROM outbox_letter WHERE id = 1 AND state = 'sent'", ("is sent",)),
    Case("outbox cancel", ("outbox", "cancel", "1"), blocked_mail,
         count_is("SELECT count(*) FROM outbox_attempt WHERE letter = 1 AND result = 'cancelled'", 1),
         "SELECT count(*) FROM outbox_letter WHERE id = 1 AND state = 'cancelled'"),
    Case("cosignature add", ("cosignature", "add", "{folder}/conf/cosignature"), with_witness,
         count_is("SELECT count(*) FROM cosignature", 1), "SELECT count(*) FROM cosignature"),
    Case("recover", ("recover",), older_state, count_is("SELECT count(*) FROM draw", 1), "SELECT count(*) FROM draw",
         ("nothing to recover", "has all that was published")),
)


# ---- faults ----

def call_with_fault(office, fault, name, n, args):
    """The n-th call of that name is prevented: the program is killed before it, or it fails."""
    when = f"{n}+" if fault.endswith("+") else str(n)
    inject = f"inject={name}:{fault.rstrip('+')}:when={when}"
    return subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + name, "-e", inject,
                           *office.command(*args)], capture_output=True, text=True, errors="replace", timeout=120, check=False,
                          env=kill.NO_LEAKS)


def letters_once(office):
    ids = []
    for path in glob.glob(os.path.join(office.folder, "mail", "new", "*")):
        with open(path, "rb") as file:
            ids.append(re.search(rb"^Message-ID:\s*(<[^>]+>)", file.read(), re.M | re.I).group(1))
    if len(set(ids)) != len(ids):
        raise Wrong("letter twice", ids)
    return len(ids)


SAYS = ("stands", "is made", "is done", "is committed", "is drawn", "is opened", "is voided", "has begun", "is undone", "excused", "is cancelled", "are there")


def is_reported(office, case, output):
    """Killed when all was said: the same words again are a new wish."""
    if case.report is None or not office.rows(f"SELECT 1 FROM sqlite_schema WHERE name = '{case.kept.split()[0]}'"):
        return False
    if office.rows(f"SELECT count(*) FROM {case.kept}")[0][0] > 0:
        return False
    if case.report not in output:
        raise Wrong("never reported", output)
    return True


def trial(case, template, folder, fault, name, n):
    """True where the command had made its step stand, and could not end well."""
    office = template.copy(folder)
    args = [word.format(folder=office.folder) for word in case.args]
    first = call_with_fault(office, fault, name, n, args)
    try:
        stood = os.path.exists(os.path.join(office.folder, "state", "spotcheckd.db")) and office.rows(case.stands)[0][0] > 0
    except kill.sqlite3.Error:
        stood = False
    midway = stood and first.returncode != 0
    if first.returncode == 0 or (midway and is_reported(office, case, first.stdout)):
        shutil.rmtree(folder)
        return False
    speaks = first.returncode > 0 and first.stderr and "the database" not in first.stderr
    silent = midway and speaks and case.name not in ("outbox retry", "recover") and not any(word in first.stderr for word in SAYS)
    again = office.call(*args)
    if again.returncode != 0 and not any(word in again.stderr for word in case.again):
        raise Wrong("refused again" if stood else "fails again", (first.returncode, first.stderr, again.returncode, again.stderr))
    case.check(office)
    office.verified()
    delivered = letters_once(office)
    if case.name.partition(" ")[0] not in ("import", "attest", "excuse", "outbox", "recover"):
        if office.rows("SELECT count(*) FROM outbox_letter WHERE state <> 'sent'")[0][0] > 0:
            raise Wrong("undelivered", office.rows("SELECT id, state FROM outbox_letter"))
        if delivered != office.rows("SELECT count(*) FROM outbox_letter")[0][0]:
            raise Wrong("letter lost", delivered)
    if silent:
        raise Wrong("says nothing", first.stderr)
    shutil.rmtree(folder)
    return midway


def find_calls(office, args):
    """Those calls that change something, each as its name and which one of that name it is: not what is opened to be read."""
    with tempfile.NamedTemporaryFile() as file:
        done = subprocess.run(["strace", "-f", "-qq", "-o", file.name, "-e", "trace=" + kill.CALLS,
                               *office.command(*[word.format(folder=office.folder) for word in args])],
                              capture_output=True, text=True, timeout=120, check=False, env=kill.NO_LEAKS)
        assert done.returncode == 0, (args, done.stdout, done.stderr)
        lines = file.read().decode(errors="replace").splitlines()
    made, calls = collections.Counter(), set()
    for line in lines:
        which = re.match(r"(\d+) +(\w+)\(", line)
        if which is None:
            continue
        made[which.groups()] += 1  # so strace counts them: by thread, and by name
        if which[2] != "openat" or "O_RDONLY" not in line or "O_CREAT" in line:
            calls.add((which[2], made[which.groups()]))
    return sorted(calls)


class Tally:
    def __init__(self):
        self.done, self.midway, self.wrong, self.shown = 0, 0, collections.Counter(), None

    def words(self):
        wrong = "".join(f", {n} {word}" for word, n in self.wrong.items())
        return f"{self.done} faults, {self.midway} of them after the step stood{wrong}"


def run_case(case, template, scratch, rng):
    tally = Tally()
    calls = find_calls(template.copy(os.path.join(scratch, "counted")), case.args)
    moments = [(fault, *call) for call in calls for fault in FAULTS]
    if not ALL:
        rng.shuffle(moments)
    end = time.monotonic() + SECONDS

    def one_trial(serial, moment):
        if not ALL and time.monotonic() > end:
            return None
        folder = os.path.join(scratch, str(serial))
        try:
            return trial(case, template, folder, *moment), moment, None
        except (Wrong, AssertionError, subprocess.SubprocessError, OSError) as wrong:
            return False, moment, wrong

    with concurrent.futures.ThreadPoolExecutor(kill.JOBS) as pool:
        for result in pool.map(one_trial, range(len(moments)), moments):
            if result is None:
                continue
            midway, moment, wrong = result
            tally.done += 1
            tally.midway += midway
            if wrong is not None:
                tally.wrong[getattr(wrong, "word", "unsound")] += 1
                tally.shown = tally.shown or (moment, wrong)
    return tally


def waits(pid):
    """For the database, as SQLite does: it sleeps for some milliseconds, again and again."""
    with open(f"/proc/{pid}/wchan", encoding="ascii") as file:
        return "nanosleep" in file.read()


def race(template, scratch, serial):
    """Two at once who both want the person out who is there: how many amendments come of it."""
    office = template.copy(os.path.join(scratch, f"race{serial}"))
    command = office.command("amend", "1", "0", "0", "--reason", "recusal")
    # Both have looked at how things stand, and wait for each other.
    database = kill.sqlite3.connect(os.path.join(office.folder, "state", "spotcheckd.db"), isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    end = time.monotonic() + 5
    for process in both:
        while not waits(process.pid) and time.monotonic() < end:
            time.sleep(0.01)
    database.execute("ROLLBACK")
    database.close()
    said = [process.communicate(timeout=120) for process in both]
    if any(process.returncode != 0 for process in both):
        raise Wrong("race", said)
    office.verified()
    return office.rows("SELECT count(*) FROM draw_amendment")[0][0]


def unreported(office, *words):
    """What is done, and could not be told."""
    with open("/dev/full", "w", encoding="ascii") as full:
        assert subprocess.run([kill.SPOTCHECK, "-c", office.ini, *words], stdout=full, stderr=subprocess.DEVNULL,
                              check=False).returncode == 3


def wishes(template, scratch):
    """What is truly new is done; who is to leave can be named, and then the command may be called as often as one likes."""
    office = template.copy(os.path.join(scratch, "wishes"))
    first = office.rows("SELECT inspector FROM draw_seat WHERE n = 1")[0][0]
    named = ("amend", "1", "0", "0", "--reason", "recusal", "--out", first)
    office.must(*named)
    amended(office)
    assert "already gave seat 0 of place 0" in office.must(*named)
    assert '"repeated":true' in office.must("--json", *named)
    amended(office)
    office.must("amend", "1", "0", "0", "--reason", "recusal")  # the newcomer recuses himself too
    one(office, "SELECT count(*) FROM draw_amendment", 2, "a new wish is not done")
    third = office.rows("SELECT inspector FROM draw_seat WHERE n = 1")[0][0]
    refused = office.call("amend", "1", "0", "0", "--reason", "other", "--out", "I99")
    assert refused.returncode == 2 and f"held by {third}, not by I99" in refused.stderr, refused.stderr
    assert "already gave" in office.must(*named)
    one(office, "SELECT count(*) FROM draw_amendment", 2)
    office.verified()
    unreported(office, "commit", "now")  # a commitment that nobody was told of, and that is called off
    last = office.rows("SELECT max(n) FROM draw")[0][0]
    office.must("void", str(last), "--reason", "x")
    office.must("commit", "now")
    one(office, "SELECT max(n) FROM draw", last + 1, "a new commitment is not made")
    path = put(office, "third.csv", targets(12))
    unreported(office, "import", "targets", path)
    attested = office.rows("SELECT count(*) FROM roster_attestation WHERE kind = 'targets'")[0][0]
    office.must("import", "targets", path)
    one(office, "SELECT count(*) FROM roster_attestation WHERE kind = 'targets'", attested + 1, "called again, it does not attest")


def wish_again(template, scratch):
    """False where something does not hold."""
    try:
        wishes(template, scratch)
        raced = [race(template, scratch, i) for i in range(10)]
    except (Wrong, AssertionError) as wrong:
        print(f"  FAIL: {wrong!r}")
        return False
    print(f"  two at once, {len(raced)} times: {sum(n > 1 for n in raced)} doubled")
    return all(n == 1 for n in raced)


def main():
    if not kill.strace_works():
        print("strace cannot be used here")
        return 77
    seed = int(os.environ.get("SPOTCHECK_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
    rng = random.Random(seed)
    only = sys.argv[1:]
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) and "TMPDIR" not in os.environ else None
    scratch = tempfile.mkdtemp(prefix="spotcheck-again.", dir=memory)
    kill.INI, pattern = PLAIN_INI, kill.INI
    empty = kill.Office.new(os.path.join(scratch, "empty"))
    ready = kill.Office.new(os.path.join(scratch, "ready")).fill()
    kill.INI = pattern
    failed = False
    print(f"SPOTCHECK_SEED={seed}")
    for case in CASES:
        if only and case.name not in only:
            continue
        place = os.path.join(scratch, case.name.replace(" ", ""))
        os.mkdir(place)
        template = (ready if case.begun else empty).copy(os.path.join(place, "template"))
        case.prepare(template)
        tally = run_case(case, template, place, rng)
        print(f"{case.name}: {tally.words()}", flush=True)
        if tally.wrong:
            failed = True
            print(f"  FAIL: {tally.shown[0]}: {tally.shown[1]}", flush=True)
        if case.name == "amend seat":
            failed = not wish_again(template, place) or failed
        shutil.rmtree(place)
    shutil.rmtree(scratch)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
