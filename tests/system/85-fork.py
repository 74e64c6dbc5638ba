#!/usr/bin/python3
"""Goal: a witness is the guard against a restored backup.  An old copy of the state, public folder and all, asks before it
signs, learns that the log was longer, and signs nothing; where nobody can be asked and it does sign, the witness refuses the
fork, by the network and by hand, keeps the proof, and the service raises an alarm.
"""

import os
import pathlib
import shutil
import subprocess

from outside import Clock, Office, SPOTCHECK, Witness, at_text, check, protocol, scene, wait_for

START = 1782090000


def main():
    with scene() as (folder, ended):
        Clock.set(START)
        witnesses = [Witness(folder, f"{name}.example.org") for name in ("court", "archive")]
        ended += witnesses
        office = Office(folder, "none", "".join(f"[witness {w.name[:5]}]\nkey = {w.vkey}\nurl = {w.url}\n" for w in witnesses))
        ended.append(office)
        office.begin()
        for w in witnesses:
            w.begin(office.vkey())
        office.sc("run", "hand")
        # A snapshot of the machine; then the office goes on.
        for name in ("state", "public"):
            shutil.copytree(f"{folder}/{name}", f"{folder}/{name}.old")
        office.sc("run", "hand")
        office.start()
        wait_for(lambda: len(office.cosigners("checkpoint", witnesses)) == 2, "both witnesses have cosigned all of it")
        office.stop()
        longer = office.query("SELECT max(size) FROM log_checkpoint")[0][0]
        for name in ("state", "public"):
            shutil.rmtree(f"{folder}/{name}")
            shutil.copytree(f"{folder}/{name}.old", f"{folder}/{name}", symlinks=True)
        shorter = office.query("SELECT max(size) FROM log_checkpoint")[0][0]
        check(shorter < longer, "the snapshot is older")

        # The command and the service ask, and sign nothing.
        shutil.rmtree(f"{folder}/mail", ignore_errors=True)
        office.sc("run", "hand", status=2, says="has seen another state of this log")
        office.sc("commit", "hand", "--draw-at", at_text(START + 7200), status=2, says="nothing is signed")
        office.start()
        wait_for(lambda: [a for a in office.alarms() if "longer log of this key" in a], "the service raises an alarm")
        wait_for(lambda: os.listdir(f"{folder}/mail/new"), "and writes it to the administrator")
        office.stop()
        check(office.query("SELECT max(size) FROM log_checkpoint")[0][0] == shorter, "nothing was signed")
        office.sc("status", says="longer log")

        # Nobody can be asked: it signs, for a service must not stand still because its witnesses do; and is found out.
        for w in witnesses:
            w.end()
        office.sc("run", "hand")
        office.sc("run", "hand")
        office.sc("run", "hand")
        for w in witnesses:
            w.begin()
        before = pathlib.Path(f"{folder}/court.example.org.state").read_bytes()
        office.sc("run", "hand", status=2, says="nothing is signed")
        faults = [row[0] for row in office.query("SELECT fault FROM witness")]
        check(len(faults) == 2 and all("another log of this key" in f for f in faults), f"{faults}")
        check(not office.cosigners("checkpoint", witnesses), "the fork is cosigned by nobody")
        for w in witnesses:
            w.end()
        stick = f"{folder}/stick"
        shutil.copytree(office.public, stick)
        done = subprocess.run([SPOTCHECK, "cosign", stick, "--key", witnesses[0].key, "--state", f"{folder}/court.example.org.state"],
                              capture_output=True, text=True, env=Clock.environment(), check=False)
        check(done.returncode == 1 and "the log was changed" in done.stderr and done.stdout == "", f"{done}")
        check(pathlib.Path(f"{folder}/court.example.org.state").read_bytes() == before, "what it remembers is unchanged")
        forks = list(pathlib.Path(folder).glob("court.example.org.state.fork-*"))
        check(len(forks) >= 1, "the fork is kept")
        before = list(pathlib.Path(folder).glob("court.example.org.state.cosigned-*"))
        for path in forks + before:
            check(protocol.signed_by(protocol.parse_checkpoint(path.read_bytes()), office.vkey()), "both are signed by the log: that is the proof")
        check(len(before) == 1, "and what was cosigned")
        # An older copy of a good log is no fork, and says what it is.
        done = subprocess.run([SPOTCHECK, "cosign", f"{folder}/public.old", "--key", witnesses[0].key, "--state",
                               f"{folder}/court.example.org.state"], capture_output=True, text=True, env=Clock.environment(), check=False)
        check(done.returncode == 2 and "older than what was cosigned" in done.stderr, f"{done}")
        # Nor does a witness take on a second log of the same operator, or the same name under another key.
        other = Office(f"{folder}/other", origin="second.example.org")
        other.begin()
        for where, status, says in ((other.public, 0, "new here"), (f"{folder}/public.old", 1, "draw in both and choose")):
            done = subprocess.run([SPOTCHECK, "cosign", where, "--key", witnesses[0].key, "--state", f"{folder}/hand.state"],
                                  capture_output=True, text=True, env=Clock.environment(), check=False)
            check(done.returncode == status and says in done.stderr, f"{done}")


main()
