#!/usr/bin/python3
"""Goal: an office without internet gets class B: what its three partners sign is carried by hand, on a stick, and one of them is
the beacon.  Then the same with one of them on the local network; and a ceremony, whose value is typed.
"""

import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import time

from outside import Clock, Office, SPOTCHECK, Witness, at_text, check, scene, wait_for

START = 1782090000  # 2026-06-22
DRAW = START + 7200


def carry(office, name):
    """The published directory on a stick."""
    stick = f"{office.folder}/{name}.stick"
    shutil.rmtree(stick, ignore_errors=True)
    shutil.copytree(office.public, stick)
    return stick


def cosign(office, witness, *more, status=0, says=""):
    stick = carry(office, witness.name)
    done = subprocess.run([SPOTCHECK, "cosign", stick, "--key", witness.key, "--state", f"{office.folder}/{witness.name}.state", *more],
                          capture_output=True, text=True, env=Clock.environment(), check=False)
    check(done.returncode == status and says in done.stderr, f"cosign: {done.returncode} {done.stdout}{done.stderr}")
    return done.stdout


def by_hand(folder, ended):
    os.makedirs(folder)
    Clock.set(START)
    witnesses = [Witness(folder, f"{name}.example.org") for name in ("court", "archive", "union")]
    sections = "".join(f"[witness {w.name.split('.')[0]}]\nkey = {w.vkey}\n" for w in witnesses)
    office = Office(folder, "witness court", sections)
    ended.append(office)
    office.begin()
    office.sc("commit", "hand", "--draw-at", at_text(START + 600), status=2, says="11 minutes ahead at least")
    office.sc("commit", "hand", "--draw-at", at_text(DRAW))
    for w in witnesses[:2]:
        line = cosign(office, w, says="new here")
        office.sc("cosignature", "add", "-", stdin=line, says="1 cosignature was taken in")
        office.sc("cosignature", "add", "-", stdin=line, says="was there already")
    check(len(office.cosigners("draws/0001/commit.checkpoint", witnesses)) == 2, "two of three have cosigned")

    # Before its time there is no beacon; nor from who is not the beacon, or for what is not there.
    cosign(office, witnesses[0], "--beacon", "1", status=2, says="not yet possible")
    cosign(office, witnesses[1], "--beacon", "1", status=1, says="is not this witness")
    cosign(office, witnesses[0], "--beacon", "2", status=2, says="there is no commitment to draw 2")
    office.sc("draw", "1", status=2, says="not yet possible")

    Clock.set(DRAW + 60)
    office.sc("draw", "1", status=2, says="waits for the value of its beacon")
    signature = cosign(office, witnesses[0], "--beacon", "1")
    check(re.fullmatch(r"[0-9a-f]{128}\n", signature), signature)
    check(cosign(office, witnesses[0], "--beacon", "1") == signature, "it is given once")
    wrong = ("0" if signature[0] != "0" else "1") + signature[1:]
    office.sc("cosignature", "add", "-", stdin=wrong, status=2, says="no draw waits for this signature")
    office.sc("cosignature", "add", "-", stdin="", status=2, says="is empty")
    office.sc("cosignature", "add", "-", stdin="hello\n", status=2, says="no cosignature in it")
    office.sc("cosignature", "add", "-", stdin="x" * 2_000_000, status=2, says="too large")
    office.sc("cosignature", "add", f"{folder}/none", status=2, says="No such file")
    office.sc("cosignature", "add", "-", stdin=signature, says="The beacon of draw 1 is there")
    check(office.query("SELECT outcome FROM draw")[0][0] == "draw", "the draw follows at once")
    for w in witnesses[:2]:
        office.sc("cosignature", "add", "-", stdin=cosign(office, w), says="taken in")
    classes = office.verify(*[w.vkey for w in witnesses])["classes"][0]
    check(classes["class"] == "B", f"{classes}")
    page = pathlib.Path(f"{office.public}/draws/0001/index.html").read_text(encoding="utf-8")
    check("class B" in page and "court.example.org" in page, "the page says the class and the beacon")

    # A key that is none of the log's, another log's cosignature, a damaged one.
    stranger = Witness(folder, "stranger.example.org")
    office.sc("cosignature", "add", "-", stdin=cosign(office, stranger), status=2, says="no cosignature by a witness in force")
    line = cosign(office, witnesses[2])
    at = len(line) // 2
    damaged = line[:at] + ("A" if line[at] != "A" else "B") + line[at + 1:]
    office.sc("cosignature", "add", "-", stdin=damaged, status=2)
    check(office.query("SELECT count(*) FROM cosignature WHERE vkey = ?", witnesses[2].vkey)[0][0] == 0, "nothing was taken")
    office.sc("cosignature", "add", "-", stdin=line, says="taken in")
    office.verify()


def on_the_network(folder, ended):
    os.makedirs(folder)
    Clock.set(START)
    witnesses = [Witness(folder, f"{name}.example.org") for name in ("court", "archive")]
    ended += witnesses
    sections = "".join(f"[witness {w.name.split('.')[0]}]\nkey = {w.vkey}\nurl = {w.url}\n" for w in witnesses)
    office = Office(folder, "witness court", sections)
    ended.append(office)
    office.begin()
    for w in witnesses:
        w.begin(office.vkey())
    office.start()
    office.sc("commit", "hand", "--draw-at", at_text(DRAW))
    wait_for(lambda: len(office.cosigners("draws/0001/commit.checkpoint", witnesses)) == 2, "the commitment is cosigned")
    office.stop()
    for w in witnesses:
        w.end()
    Clock.set(DRAW - 1)
    for w in witnesses:
        w.begin()
    office.start()
    wait_for(lambda: office.query("SELECT outcome FROM draw")[0][0] == "draw", "the witness gives the beacon, and it is drawn")
    wait_for(lambda: len(office.cosigners("draws/0001/outcome.checkpoint", witnesses)) == 2, "the outcome is cosigned")
    check(office.verify(*[w.vkey for w in witnesses])["classes"][0]["class"] == "B", "class B")

    # Voided before its time: the reveal comes with the value, and says what the void avoided.
    office.sc("commit", "hand", "--draw-at", at_text(DRAW + 7200))
    wait_for(lambda: len(office.cosigners("draws/0002/commit.checkpoint", witnesses)) == 2, "the second is cosigned")
    office.sc("void", "2", "--reason", "the rosters were wrong", says="2")
    check(office.query("SELECT outcome, reveal_entry FROM draw WHERE n = 2")[0] == ("void", None), "voided, and not opened")
    office.stop()
    for w in witnesses:
        w.end()
    Clock.set(DRAW + 7200)
    for w in witnesses:
        w.begin()
    office.start()
    wait_for(lambda: office.query("SELECT reveal_entry FROM draw WHERE n = 2")[0][0] is not None, "it is opened")
    wait_for(lambda: len(office.cosigners("draws/0002/outcome.checkpoint", witnesses)) == 2, "and that is cosigned")
    said = office.verify(*[w.vkey for w in witnesses])
    check(said["failed"] == 0, f"{said}")
    entries = [json.loads(row[0]) for row in office.query("SELECT bytes FROM log_entry")]
    void = [e for e in entries if e["type"] == "void"][0]
    reveal = [e for e in entries if e["type"] == "reveal" and e["n"] == 2][0]
    check("signature" not in void and void["reason"] == "the rosters were wrong", f"{void}")
    check(len(reveal["signature"]) == 128, f"{reveal}")


def typed(office, *lines):
    """Answers at a terminal, one line after another; what was shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(SPOTCHECK, [SPOTCHECK, "-c", office.ini, "draw", "1"], Clock.environment())
    shown = b""
    for line in lines:
        time.sleep(0.6)
        os.write(terminal, line.encode() + b"\n")
    while True:
        try:
            data = os.read(terminal, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), shown.decode("utf-8", "replace")


def ceremony(folder, ended):
    os.makedirs(folder)
    Clock.set(START)
    witnesses = [Witness(folder, "court.example.org")]
    office = Office(folder, "public", f"[witness court]\nkey = {witnesses[0].vkey}\n")
    ended.append(office)
    office.begin()
    office.sc("commit", "hand", "--draw-at", at_text(DRAW))
    office.sc("cosignature", "add", "-", stdin=cosign(office, witnesses[0]))
    Clock.set(DRAW + 5)
    value = "31415926535897932384"
    for wrong, says in ((value[:-1], "19 characters, and must have exactly 20"), (value[:-1] + " ", "is a space"), (value + "7", "exactly 20"),
                        ("３" + value[1:], "full-width ３: write it as 3"), ("x" + value[1:], "none of 0123456789")):
        office.sc("draw", "1", "--value", wrong, status=2, says=says)
    # Typed twice, and not the same; then rightly; and not agreed to.
    status, shown = typed(office, value, value[::-1])
    check(status == 2 and "not the same" in shown, shown)
    status, shown = typed(office, value, value, "the head of the office; two members of the public", "no")
    check(status == 2 and "３ １ ４ １ ５" in shown, shown)
    check(office.query("SELECT outcome FROM draw")[0][0] is None, "nothing is drawn")
    status, shown = typed(office, value, value, "the head of the office; two members of the public", "yes")
    check(status == 0, shown)
    office.sc("show", "1", says="two members of the public")
    office.sc("cosignature", "add", "-", stdin=cosign(office, witnesses[0]))
    check(office.verify(witnesses[0].vkey)["classes"][0]["class"] == "B", "class B")
    # From a file, without a terminal.
    office.sc("commit", "hand", "--draw-at", at_text(DRAW + 60))
    Clock.set(DRAW + 60)
    pathlib.Path(f"{folder}/value").write_text(value + "\n", encoding="utf-8")
    office.sc("draw", "2", "--value", f"@{folder}/value", "--present", "the head of the office")
    check(office.query("SELECT present FROM draw_ceremony WHERE n = 2")[0][0] == "the head of the office", "who was there")


def main():
    with scene() as (folder, ended):
        by_hand(f"{folder}/hand", ended)
        on_the_network(f"{folder}/network", ended)
        ceremony(f"{folder}/ceremony", ended)


main()
