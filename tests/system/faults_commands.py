"""The commands of 52-faults.py: the state in which each makes sense, and what it is to do."""

import base64
import contextlib
import csv
import hashlib
import json
import os
import re
import shutil
import subprocess

import nacl.bindings

from faults_world import KINDS, SPOTCHECK, SPOTCHECKD, TIMEOUT, protocol, read, teams, write

VALUE = "12345678901234567890"


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


class Command:
    def __init__(self, name, template, words, effect=None, *, stdin=None, program=None, reads=False, letters=True, service=True, seats=None, told=None):
        self.name, self.template, self.words, self.effect = name, template, words, effect
        self.stdin, self.program, self.reads, self.letters, self.service, self.seats = stdin, program, reads, letters, service, seats
        self.told = told  # what says that it is done: then the same again would be one more

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
        if "page.html is there already" in said:
            return  # the page of the first try stands, whole, and is not overwritten
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
    Command("import-undo", "imported", ["import", "targets", "--undo"], effect_undo,
            told=r"targets +\d"),
    Command("attest", "begun", ["attest", "targets", "--by", "tester"], effect_attest),
    Command("excuse", "begun", ["excuse", "target", "T001", "--until", "2099-01-01", "--reason", "moved"], effect_excuse),
    Command("excuse-lift", "excused", ["excuse", "target", "T001", "--lift"], effect_lift),
    Command("commit", "begun", ["commit", "spot-check"], effect_commit),
    Command("draw", "due", ["draw", "1"], effect_step(1, ("outcome", "draw"))),
    Command("draw-dice", "due", ["draw", "2", "--value", VALUE, "--present", "two"], effect_step(2, ("outcome", "draw"), ("beacon", VALUE))),
    Command("run", "begun", ["run", "spot-check"], effect_run, told="published in"),
    Command("run-dice", "opened", ["run", "dice", "--value", VALUE], effect_run, told="published in"),
    Command("amend-seat", "opened", ["amend", "1", "0", "0", "--reason", "recusal"], effect_amend, seats=(1, 0), told="Amendment 1:"),
    Command("amend-target", "opened", ["amend", "1", "0", "target", "--reason", "closed", "--leave-empty"], effect_amend, seats=(1, 0), told="Amendment 1:"),
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
