#!/usr/bin/python3
"""Goal: nothing is signed that the witness does not remember, and nobody waits for somebody else with the state in hand.
Beside a `cosign DIR` whose reader has fallen asleep, the service answers; where another process keeps the state to itself,
it says so in its own time; on a full disk it signs nothing, forgets nothing, leaves no litter, and keeps no half of a proof
against a log; a state that is reached by another name is refused, since it would be two.
"""

import contextlib
import fcntl
import os
import pathlib
import subprocess
import sys

from outside import SPOTCHECK, TOP, Log, Witness, check, post, scene, wait_for

EXAMPLE = f"{TOP}/tests/vectors/example"
PAGE = 4096


def fill(fd):
    """A pipe that nobody reads."""
    os.set_blocking(fd, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(fd, bytes(PAGE))
    os.set_blocking(fd, True)


def says(witness, size):
    status, body, _ = post(witness.port, None, path="/", method="GET")
    check(status == 200 and f" {size}\n".encode() in body, f"{status} {body}")


def words(witness, *more):
    return [SPOTCHECK, "cosign", EXAMPLE, "--key", witness.key, "--state", f"{witness.folder}/{witness.name}.state", *more]


def by_hand(witness, *more):
    return subprocess.run(words(witness, *more), capture_output=True, text=True, timeout=60, check=False)


def is_stuck(pid):
    return "pipe" in pathlib.Path(f"/proc/{pid}/wchan").read_text(encoding="ascii")


def beside_one_that_prints(witness, log):
    """The cosignature, that the log is new, or that it is refused, goes into a pipe that is full."""
    for stream, more in (("stderr", []), ("stdout", []), ("stderr", ["--log", Log("spotcheck.example.org").key.vkey])):
        ours, theirs = os.pipe()
        fill(theirs)
        printing = subprocess.Popen(words(witness, *more),  # pylint: disable=consider-using-with
                                    **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: theirs})
        try:
            wait_for(lambda: is_stuck(printing.pid), "it is stuck")
            says(witness, 5)
            check(post(witness.port, log.request(5, 5))[0] == 200, "the service signs")
        finally:
            printing.kill()
            printing.wait()
            os.close(ours)
            os.close(theirs)


def beside_one_that_keeps_it(witness, log):
    with open(f"{witness.folder}/.{witness.name}.state.lock", "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        status, body, _ = post(witness.port, log.request(5, 5))
        check(status == 503 and b"another process" in body, f"{status} {body}")
        done = by_hand(witness)
        check(done.returncode not in (0, 1) and done.stdout == "" and "another process" in done.stderr, f"{done}")
    check(post(witness.port, log.request(5, 5))[0] == 200, "and goes on when it is given back")


def ident(log):
    return log.key.vkey.split("+")[1]


def names(folder):
    return sorted(name for name in os.listdir(folder) if name != "ballast")


def on_a_full_disk(witness, log):
    folder, state = witness.folder, pathlib.Path(f"{witness.folder}/{witness.name}.state")
    before, there = state.read_bytes(), names(folder)
    fork = Log(salt=b"x")
    with contextlib.suppress(OSError), open(f"{folder}/ballast", "wb", buffering=0) as file:
        while True:
            file.write(bytes(PAGE))
    for _ in range(3):
        status, body, _ = post(witness.port, log.request(5, 9))
        check(status == 500 and b"cannot be written" in body, f"{status} {body}")
        check(post(witness.port, fork.request(5, 5))[0] == 409, "a fork is refused")
    done = by_hand(witness)
    check(done.returncode not in (0, 1) and done.stdout == "" and "cannot be written" in done.stderr, f"{done}")
    check(state.read_bytes() == before, "the state is what it was")
    check(names(folder) == there, f"and nothing is beside it: {names(folder)}")
    says(witness, 5)
    os.remove(f"{folder}/ballast")
    check(post(witness.port, fork.request(5, 5))[0] == 409, "the fork again")
    proof = pathlib.Path(f"{state}.fork-{ident(log)}-5").read_bytes()
    check(proof == fork.request(5, 5).partition(b"\n\n")[2], f"now its proof is kept: {proof}")
    check(pathlib.Path(f"{state}.cosigned-{ident(log)}-5").read_bytes().startswith(log.text(5).encode()), "and what it contradicts")
    check(post(witness.port, log.request(5, 9))[0] == 200, "and what is true is signed")


def proofs_are_enough(witness, log):
    """Whoever keeps a log can fork it at each size, and every fork is signed: one log's proofs fill no disk."""
    for size in range(10, 60):
        check(post(witness.port, log.request(size - 1, size))[0] == 200, f"{size}")
        check(post(witness.port, Log(salt=b"%d" % size).request(size, size))[0] == 409, f"a fork of {size}")
    kept = [name for name in names(witness.folder) if ".fork-" in name]
    check(1 < len(kept) < 40, f"{len(kept)} proofs")


def by_another_name(witness, _log):
    os.symlink(f"{witness.name}.state", f"{witness.folder}/link")
    done = by_hand(witness, "--state", f"{witness.folder}/link")
    check(done.returncode not in (0, 1) and done.stdout == "", f"{done}")
    check(os.path.islink(f"{witness.folder}/link"), "it is left alone")


def in_a_small_place():
    with scene() as (folder, ended):
        place = f"{folder}/small"
        os.mkdir(place)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", place], check=True)
        log, witness = Log(), Witness(place, "court.example.org")
        ended.append(witness)
        witness.begin(log.key.vkey)
        check(post(witness.port, log.request(0, 5))[0] == 200, "it signs")
        for part in (beside_one_that_prints, beside_one_that_keeps_it, on_a_full_disk, proofs_are_enough, by_another_name):
            print(part.__name__, flush=True)
            part(witness, log)
        witness.end()
        subprocess.run(["umount", "-l", place], check=True)


def main():
    own = ["unshare", "-rm", "--propagation", "private"]
    if subprocess.run([*own, "true"], capture_output=True, check=False).returncode != 0:
        print("no file system of one's own can be mounted here")
        sys.exit(77)
    sys.exit(subprocess.run([*own, "/usr/bin/python3", os.path.abspath(__file__), "here"], check=False).returncode)


if len(sys.argv) > 1:
    in_a_small_place()
else:
    main()
