#!/usr/bin/python3
"""Goal: `verify` and `replay` say yes to every honest directory and no to every cheat, by the check that is named.

The directories are made by tests/peers, which were written from the protocol's page alone.  A cheat is signed by the
cheating operator's own key, so that only the rule it breaks can give it away.
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "..", "peers")
SPOTCHECK = os.environ.get("SPOTCHECK", os.path.join(HERE, "../../build/spotcheck"))
HONEST = int(os.environ.get("SPOTCHECK_HONEST", "40"))
SEED = os.environ.get("SPOTCHECK_SEED", "20260101")


def run(*args):
    """The exit status, the JSON verdict (None where there is none) and what stood on standard error."""
    done = subprocess.run([SPOTCHECK, "--json", *args], capture_output=True, timeout=120)
    verdict = json.loads(done.stdout) if done.stdout.strip() else None
    return done.returncode, verdict, done.stderr.decode(errors="replace")


def failed_checks(verdict):
    return [(c["draw"], c["check"], c["detail"]) for c in verdict["checks"] if c["state"] == "failed"]


def revealed_draws(directory):
    """The folders that hold a record; a void's has none."""
    draws = os.path.join(directory, "draws")
    names = sorted(os.listdir(draws)) if os.path.isdir(draws) else []
    return [os.path.join(draws, n) for n in names if os.path.exists(os.path.join(draws, n, "record.json"))]


def check_honest(out):
    subprocess.run(["/usr/bin/python3", os.path.join(PEERS, "publisher.py"), out, "--seed", SEED, "--count", str(HONEST)],
                   check=True, stdout=subprocess.DEVNULL)
    faults = 0
    replayed = 0
    for case in json.load(open(os.path.join(out, "index.json"))):
        directory = os.path.join(out, case["dir"])
        status, verdict, stderr = run("verify", *case.get("args", []), directory)
        if status != 0:
            faults += 1
            print(f"honest {case['dir']}: status {status}: {failed_checks(verdict) if verdict else stderr}")
        for folder in revealed_draws(directory):
            replayed += 1
            status, verdict, stderr = run("replay", folder)
            if status != 0:
                faults += 1
                print(f"honest {folder}: replay: status {status}: {failed_checks(verdict) if verdict else stderr}")
    print(f"{HONEST} honest directories (seed {SEED}), {replayed} draws replayed")
    return faults


def check_cheats(out):
    subprocess.run(["/usr/bin/python3", os.path.join(PEERS, "cheats.py"), out], check=True, stdout=subprocess.DEVNULL)
    faults = 0
    cases = json.load(open(os.path.join(out, "index.json")))
    for case in cases:
        status, verdict, stderr = run("verify", *case.get("args", []), os.path.join(out, case["dir"]))
        failed = failed_checks(verdict) if verdict else []
        first = failed[0][1] if failed else None
        if status != 1 or first not in case["expect"]:
            faults += 1
            print(f"cheat {case['name']}: status {status}, first failed {failed[:1]}, expected {case['expect']} {stderr}")
    print(f"{len(cases)} cheats")
    return faults


def main():
    with tempfile.TemporaryDirectory() as scratch:
        faults = check_honest(os.path.join(scratch, "honest")) + check_cheats(os.path.join(scratch, "cheats"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
