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

# Only the BLS signature gives these away: this checker must say that it did not run it, and never class A or B.
NEED_BLS = {"drand-signature-of-another-round", "drand-signature-altered", "drand-signature-with-the-other-sign",
            "drand-signature-not-in-the-subgroup", "void-with-another-rounds-value",
            "void-whose-reveal-has-a-false-value"}
# The peers' class is that of a checker with BLS to whom all witnesses are independent.
CLASS_HERE = {"A": "unchecked"}


def run(*args):
    """The exit status, the JSON verdict (None where there is none) and what stood on standard error."""
    done = subprocess.run([SPOTCHECK, "--json", *args], capture_output=True, timeout=120)
    verdict = json.loads(done.stdout) if done.stdout.strip() else None
    return done.returncode, verdict, done.stderr.decode(errors="replace")


def failed_checks(verdict):
    return [(c["draw"], c["check"], c["detail"]) for c in verdict["checks"] if c["state"] == "failed"]


def wrong_classes(case, verdict):
    """The class of each draw; who is held to be independent is not part of it."""
    said = {str(c["draw"]): c["class"].removesuffix("-if-independent") for c in verdict["classes"]}
    right = {n: CLASS_HERE.get(c, c) for n, c in case.get("classes", {}).items()}
    return {n: (said.get(n), c) for n, c in right.items() if said.get(n) != c}


def wrong_words(case, verdict):
    """Whether the class holds as it is, or only if those named are independent."""
    said = {str(c["draw"]): c["class"].endswith("-if-independent") for c in verdict["classes"]}
    right = {n: "if these are independent" in words for n, words in case.get("says", {}).items()}
    return {n: (said.get(n), right[n]) for n in right if said.get(n) != right[n]}


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
        elif wrong_classes(case, verdict):
            faults += 1
            print(f"honest {case['dir']}: classes said and right: {wrong_classes(case, verdict)}")
        for folder in revealed_draws(directory):
            replayed += 1
            status, verdict, stderr = run("replay", folder)
            if status != 0:
                faults += 1
                print(f"honest {folder}: replay: status {status}: {failed_checks(verdict) if verdict else stderr}")
    print(f"{HONEST} honest directories (seed {SEED}), {replayed} draws replayed")
    return faults


def cheat_fault(case, status, verdict, stderr):
    """What is wrong with our answer to a cheat, or to a lawful case that lies close to one; None where it is right."""
    failed = failed_checks(verdict) if verdict else []
    if case["name"] in NEED_BLS:
        unrun = any(c["check"] == "beacon" and c["state"] == "not run" for c in verdict["checks"])
        good = status == 0 and unrun and not any(c["class"] in ("A", "B") for c in verdict["classes"])
    elif case["expect"]:
        good = status == 1 and failed and failed[0][1] in case["expect"]
    else:
        good = status == 0 and not wrong_classes(case, verdict) and not wrong_words(case, verdict)
    return None if good else f"status {status}, failed {failed[:2]}, expected {case['expect']} {stderr}"


def check_cheats(out):
    subprocess.run(["/usr/bin/python3", os.path.join(PEERS, "cheats.py"), out], check=True, stdout=subprocess.DEVNULL)
    cases = json.load(open(os.path.join(out, "index.json")))
    faults = 0
    for case in cases:
        trusted = [] if case["expect"] else [a for w in case["witnesses"] for a in ("--witness", w)]
        fault = cheat_fault(case, *run("verify", *trusted, *case.get("args", []), os.path.join(out, case["dir"])))
        if fault:
            faults += 1
            print(f"{case['name']}: {fault}")
    cheats = sum(1 for case in cases if case["expect"])
    print(f"{cheats} cheats and {len(cases) - cheats} lawful directories at the edge of a rule")
    return faults


def main():
    with tempfile.TemporaryDirectory() as scratch:
        faults = check_honest(os.path.join(scratch, "honest")) + check_cheats(os.path.join(scratch, "cheats"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
