#!/usr/bin/python3
"""Goal: the three checkers, of which none was written with a look at another, say the same of the same directories: yes to
what is honest, with the same class of each draw, and of what is not the same first check that fails.

    agree.py [--honest N] [--offices N] [--corruptions N] [--seed N] [--verbose]      100, 8, 1000, by chance

The program (C), daemon/site (JavaScript) and scripts/check/replay.py (Python) are run on directories that tests/peers writes,
honest and cheating; on those that the program itself publishes, where the checker of tests/peers is asked as well, and where all
must say yes; and on corruptions of both: a byte changed, a file cut short, emptied, gone, taken from elsewhere, or a link to
itself, to nothing or in a circle.  The BLS signature, which the page alone checks, is left out.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import offices

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
SPOTCHECK = os.path.abspath(os.environ.get("SPOTCHECK", os.path.join(TOP, "build/spotcheck")))
REPLAY = os.environ.get("REPLAY", os.path.join(TOP, "scripts", "check", "replay.py"))
FILES_MAX = 400


def write(script, folder, *args):
    subprocess.run(["/usr/bin/python3", "-B", os.path.join(TOP, "tests/peers", script), folder, *args], check=True,
                   stdout=subprocess.DEVNULL)
    with open(os.path.join(folder, "index.json"), encoding="utf-8") as file:
        return json.load(file)


class Page:
    def __init__(self):
        self.process = subprocess.Popen(["node", os.path.join(HERE, "page_says.mjs")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def __call__(self, case):
        print(json.dumps({"dir": case["dir"], "args": case["args"]}), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())


def plain_class(said):
    """Of a class its letter, and whether it hangs on the witnesses' independence.  Only the page and tests/peers say A, and they
    say it where the others have not checked a signature."""
    letter = re.match(r"none|pending|unknown|unchecked|undetermined|[ABC]", said)[0]
    return "A" if letter in ("A", "unchecked", "undetermined") else letter + "?" * ("independent" in said)


def by_program(case):
    done = subprocess.run([SPOTCHECK, "--json", "verify", case["dir"], *case["args"]], capture_output=True, text=True,
                          timeout=300, check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        return {"ok": False, "first": {"draw": -1, "check": "crash", "detail": f"{done.returncode} {done.stderr}"}}
    report = json.loads(done.stdout)
    failed = [c for c in report["checks"] if c["state"] == "failed"]
    first = {key: failed[0][key] for key in ("draw", "check", "detail")} if failed else None
    return {"ok": done.returncode == 0, "first": first, "classes": [plain_class(each["class"]) for each in report["classes"]]}


def by_python(case):
    done = subprocess.run([sys.executable, "-B", REPLAY, "verify", "--json", case["dir"], *case["args"]], capture_output=True,
                          text=True, timeout=600, check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        return {"ok": False, "first": {"draw": -1, "check": "crash", "detail": f"{done.returncode} {done.stderr[-300:]}"}}
    said = json.loads(done.stdout)
    first = said["first_failed"]
    return {"ok": said["ok"], "first": first and {**first, "draw": first["draw"] or 0},
            "classes": [plain_class(each["class"] or "unknown") for each in said["draws"]]}


def by_peers(case):
    done = subprocess.run(["/usr/bin/python3", "-B", os.path.join(TOP, "tests/peers/checker.py"), "--verbose", case["dir"],
                           *case["args"]], capture_output=True, text=True, timeout=600, check=False)
    said, _, why = done.stdout.partition("\n")[0].partition(": ")
    if said == "NO" and done.returncode == 1:
        return {"ok": False, "first": {"check": why.partition(" ")[0].rstrip(":"), "detail": why}}
    classes = re.findall(r"^draw \d+: class: (.*)$", done.stdout, re.M)
    return {"ok": bool(said) and done.returncode != 1, "first": None, "classes": [plain_class(each) for each in classes]}


# ---- corruptions ----

def files_of(folder):
    return sorted(os.path.relpath(os.path.join(where, name), folder) for where, _, names in os.walk(folder) for name in names)


def corrupt(rng, folder, others):
    """Changes something; says what."""
    name = rng.choice(files_of(folder))
    path = os.path.join(folder, name)
    with open(path, "rb") as file:
        data = file.read()
    how = rng.choice(("bit", "bit", "bit", "digit", "digit", "cut", "empty", "gone", "longer", "foreign", "lines", "link"))
    if how == "bit" and data:
        at = rng.randrange(len(data))
        data = data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:]
    elif how == "digit" and any(48 <= b < 58 for b in data):
        at = rng.choice([i for i, b in enumerate(data) if 48 <= b < 58])
        data = data[:at] + bytes([48 + (data[at] - 48 + rng.randrange(1, 10)) % 10]) + data[at + 1:]
    elif how == "cut":
        data = data[:rng.randrange(len(data) + 1)]
    elif how == "empty":
        data = b""
    elif how == "longer":
        data += rng.choice((b"\n", b" ", b"\0", data[-64:]))
    elif how == "foreign":
        other = os.path.join(rng.choice(others)["dir"], name)
        if os.path.exists(other):
            with open(other, "rb") as file:
                data = file.read()
    elif how == "lines" and data.count(b"\n") > 2:
        lines = data.split(b"\n")
        at = rng.randrange(len(lines) - 2)
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
        data = b"\n".join(lines)
    if how == "link":
        return link(rng, path, folder)
    os.remove(path)
    if how != "gone":
        with open(path, "wb") as file:
            file.write(data)
    return f"{how} {name}"


def link(rng, path, folder):
    """A file, or a folder on the way to it, becomes a link: to itself as it was, to nothing, or in a circle."""
    while rng.randrange(2) and os.path.dirname(path) != folder:
        path = os.path.dirname(path)
    how = rng.choice(("moved", "moved", "nothing", "circle"))
    aside = folder + ".aside"
    os.rename(path, aside)
    os.symlink({"moved": aside, "nothing": folder + ".nothing", "circle": os.path.basename(path)}[how], path)
    return f"link {how} {os.path.relpath(path, folder)}"


def drop(folder):
    shutil.rmtree(folder)
    if os.path.isdir(folder + ".aside"):
        shutil.rmtree(folder + ".aside")
    elif os.path.exists(folder + ".aside"):
        os.remove(folder + ".aside")


def corruptions(rng, honest, n, folder):
    for i in range(n):
        case = rng.choice(honest)
        copy = os.path.join(folder, f"{i:04}")
        shutil.copytree(case["dir"], copy)
        what = corrupt(rng, copy, honest)
        yield {"name": f"corruption {i} of {case['name']}: {what}", "dir": copy, "args": case["args"], "expect": None}
        drop(copy)


# ---- agreement ----

def key(said):
    """What one says of a directory.  Of which draw a check of the log speaks is each checker's own way of telling."""
    return " ".join(["yes", *said["classes"]]) if said["ok"] else "no" if said["first"] is None else said["first"]["check"]


def only_bls(said):
    """The page alone has looked at drand's signature."""
    page = said["page"]["first"]
    return page and page["detail"] == "drand-signature" and all(one["ok"] for name, one in said.items() if name != "page")


class Count:
    def __init__(self, page, verbose):
        self.checkers = {"program": by_program, "page": page, "python": by_python}
        self.pool = concurrent.futures.ThreadPoolExecutor(2)
        self.verbose, self.cases, self.differ, self.pairs = verbose, 0, 0, collections.Counter()

    def look(self, case, **more):
        checkers = {**self.checkers, **more}
        said = dict(zip(checkers, self.pool.map(lambda check: check(case), checkers.values())))
        keys = {name: key(one) for name, one in said.items()}
        self.cases += 1
        wanted = all(one["ok"] for one in said.values()) or not (more or case["expect"] == [])
        if only_bls(said) or (len(set(keys.values())) == 1 and wanted):
            return said
        self.differ += 1
        self.pairs[" | ".join(f"{name}: {what}" for name, what in keys.items())] += 1
        if self.verbose or self.differ <= 40:
            print(case["name"], case["args"] if self.verbose else "", file=sys.stderr)
            for name, one in said.items():
                print(f"    {name:8} {keys[name]}: {(one['first'] or {}).get('detail', '')}", file=sys.stderr)
        return said


def load(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def occurs(folder, seen):
    """Counts what there is in the opened draws of a directory: much of it must occur, or they would prove too little."""
    for name in os.listdir(os.path.join(folder, "draws")) if os.path.isdir(os.path.join(folder, "draws")) else ():
        draw = os.path.join(folder, "draws", name)
        if os.path.exists(os.path.join(draw, "record.json")):
            commit, record = json.loads(load(draw, "commit.json")), json.loads(load(draw, "record.json"))
            seen.update({"opened": 1, f"beacon {commit['beacon']['source']}": 1, "unstaffed": len(record["unstaffed"]),
                         "visits": len(record["selected"]), "rotation": load(draw, "conflicts.csv").count(",rotation"),
                         "amendments": sum(file.startswith("amend-") for file in os.listdir(draw))})
            for kind in ("target", "inspector"):
                seen.update(f"{kind} {line.split(',')[-2]}" for line in load(draw, f"{kind}s.csv").splitlines()[1:])


def look_at_offices(count, seed, n, folder):
    """Returns the cases, and says what became of the offices."""
    ended, done, seen, cases = [], collections.Counter(), collections.Counter(), []
    try:
        for case in offices.lives(seed, range(n), folder, ended, done):
            said = count.look(case, peers=by_peers)
            cases.append(case)
            seen.update({"sealed moments": bool(case["sealed"]), "draws": case["draws"] if case["end"] else 0})
            if case["end"]:
                occurs(case["dir"], seen)
                seen.update(f"class {letter}" for letter in said["program"].get("classes", ()))
    finally:
        for thing in ended:
            thing.end()
    for what, of in (("commands", done), ("of these", seen)):
        print(f"{what}: " + ", ".join(f"{name} {of[name]}" for name in sorted(of) if "refused" not in name), flush=True)
    return cases


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--honest", type=int, default=100)
    options.add_argument("--offices", type=int, default=8)
    options.add_argument("--corruptions", type=int, default=1000)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1 << 32))
    options.add_argument("--verbose", action="store_true")
    options.add_argument("--without", default="")
    args = options.parse_args()
    print(f"--seed {args.seed}", flush=True)
    rng, count = random.Random(args.seed), Count(Page(), args.verbose)
    for name in args.without.split():
        del count.checkers[name]
    with tempfile.TemporaryDirectory() as folder:
        places = [os.path.join(folder, name) for name in ("honest", "large", "cheats", "offices", "corrupt")]
        for place in places:
            os.mkdir(place)
        own = look_at_offices(count, args.seed, args.offices, places[3])
        print(f"the program's own directories: {len(own)} with {sum(case['draws'] for case in own if case['end'])} draws, "
              f"of which {count.differ} are not agreed on", flush=True)
        honest = write("publisher.py", places[0], "--seed", str(args.seed % 10000), "--count", str(args.honest))
        large = write("publisher.py", places[1], "--seed", str(args.seed % 10000), "--count", "7", "--large")
        small = [case for case in honest + own if len(files_of(case["dir"])) < FILES_MAX]
        parts = (("honest directories", honest + large), ("cheats and lawful edges", write("cheats.py", places[2])),
                 ("corruptions", corruptions(rng, small, args.corruptions, places[4])))
        for name, cases in parts:
            before, draws = (count.cases, count.differ), 0
            for case in cases:
                count.look(case)
                draws += sum(name.isdigit() for name in os.listdir(os.path.join(case["dir"], "draws"))
                             ) if os.path.isdir(os.path.join(case["dir"], "draws")) else 0
            print(f"{name}: {count.cases - before[0]} with {draws} draws, of which {count.differ - before[1]} are not agreed on",
                  flush=True)
    for pair, n in count.pairs.most_common():
        print(f"{n:5}  {pair}")
    return 1 if count.differ else 0


if __name__ == "__main__":
    sys.exit(main())
