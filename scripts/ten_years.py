#!/usr/bin/python3
"""Ten years of the shipped sample and of two made-up offices, and what should not come of them: the table in tests/README.md.

	scripts/ten_years.py [--years N] [--seed N] [--none] [WORLD …]		WORLD: sample, departments, tax
	CONF=FOLDER scripts/ten_years.py sample					another folder than conf/

The years end with 2026, the last whose holidays are built in.  Rosters are the same each time; the draws are not, but with
--seed.  What is counted of each world:

	one minute, in a draw, over all		an inspector, a minute, and places of different units: in one draw, or of any
	too close				an inspector's visits to different units nearer than `spacing`, over all draws
	not kept, apart, within quiet		visits not kept, units at several slots of a draw, targets that another cycle had
						drawn within `quiet`: as the simulation says them
	twice in a fortnight			visits of a target less than 14 days after one of another draw
	unstaffed				targets that were drawn and have no team

The checker must note each of them, or it ends with 1: of a draw those that are not kept and the units that are apart, in their
number; of two draws, that one of the visits is not kept, or that the one draw had no outcome yet when the other was committed.
What was drawn more than `quiet` ago, or by
the same cycle, is twice in a fortnight by the rules.  With --none it also ends with 1 where there is anything but this last.
"""

import argparse
import csv
import datetime
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
SPOTCHECKD = os.environ.get("SPOTCHECKD", str(TOP / "build/spotcheckd"))
SPOTCHECK = os.environ.get("SPOTCHECK", str(TOP / "build/spotcheck"))
LAST_YEAR = 2026
SPACING = 180          # minutes, in all of the worlds
FORTNIGHT = 14         # days
DAY = 24 * 60          # minutes
EPOCH = datetime.date(1970, 1, 1)

OFFICE = """[service]
origin = years.example.org
operator = Years
language = en
state_dir = {folder}/state
public_dir = {folder}/public
admin = ops@example.org

[mail]
server = maildir:{folder}/mail
from = Years <years@example.org>
"""

CYCLE = """
[cycle {name}]
title = {name}
embargo = 60
matters = books
"""

# Three departments go to the same firms: what one has drawn rests with the others for half a year.
DEPARTMENTS = {
    "market": {"when": "monthly", "day": "3rd workday", "window": "10 workdays", "sample": "40", "team": "market market",
               "quiet": "180d", "avoid": "unit"},
    "fire": {"when": "quarterly", "day": "5th workday", "window": "20 workdays", "sample": "A:60 *:60", "team": "fire fire",
             "quiet": "180d", "avoid": "unit"},
    "environment": {"when": "quarterly", "day": "10th workday", "window": "20 workdays", "sample": "90",
                    "team": "environment any", "quiet": "180d", "avoid": "unit"},
}

# One bureau, taxpayers in groups of companies, weights by risk; a surprise each month beside the yearly plan by quarters.
TAX = {
    "plan": {"when": "quarterly", "day": "3rd workday", "window": "15 workdays", "sample": "A:5% B:2% *:1%", "weight": "column",
             "team": "lead any", "rotate": "2", "rest": "365", "avoid": "area"},
    "surprise": {"when": "monthly", "day": "random", "window": "3 workdays", "sample": "6", "weight": "column",
                 "team": "lead any", "quiet": "90d", "avoid": "area"},
}


def write_csv(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def write_rosters(folder, targets, inspectors):
    write_csv(folder / "targets.csv", ["id", "name", "class", "unit", "area", "level", "weight"], targets)
    write_csv(folder / "inspectors.csv", ["id", "name", "email", "unit", "area", "level", "tags"], inspectors)
    write_csv(folder / "conflicts.csv", ["inspector", "scope", "value"], [])
    write_csv(folder / "matters.csv", ["id", "name"], [["books", "Books"]])
    write_csv(folder / "contacts.csv", ["target", "level", "name", "email"], [])


def inspectors_of(n, units, areas, tags):
    return [[f"I{i:03}", f"Inspector {i}", f"i{i}@example.org", units(i), areas(i), 1, tags(i)] for i in range(1, n + 1)]


def make_departments(folder, rng):
    """5,000 firms in 20 areas, a fifth of them in groups of two to five that are one unit; 60 inspectors."""
    targets, group, left = [], 0, 0
    for i in range(1, 5001):
        if left == 0:
            group, left = group + 1, rng.choice([1] * 16 + [2, 3, 4, 5])
        left -= 1
        targets.append([f"F{i:04}", f"Firm {i}", rng.choice("ABBBC"), f"group {group}", f"area {rng.randrange(20)}", 1, 1])
    names = ["market", "fire", "environment"]
    write_rosters(folder, targets, inspectors_of(60, lambda i: names[i % 3], lambda i: f"area {i % 20}", lambda i: names[i % 3]))


def make_tax(folder, rng):
    """2,000 taxpayers in 500 groups and 12 areas; 40 inspectors of one bureau, every third of whom may lead."""
    targets = [[f"T{i:04}", f"Taxpayer {i}", rng.choice("ABBCCC"), f"group {rng.randrange(500)}", f"area {rng.randrange(12)}", 1,
                rng.choice([1, 1, 1, 2, 3, 5])] for i in range(1, 2001)]
    write_rosters(folder, targets, inspectors_of(40, lambda i: "bureau", lambda i: f"area {i % 12}",
                                                 lambda i: "lead" if i % 3 == 0 else ""))


def make_world(name, folder):
    """Its INI."""
    ini = folder / "spotcheckd.ini"
    if name == "sample":
        shutil.copytree(os.environ.get("CONF", TOP / "conf"), folder, dirs_exist_ok=True)
        text = ini.read_text(encoding="utf-8")
        for key in ("state", "public"):
            text = re.sub(rf"^#{key}_dir = .*", f"{key}_dir = {folder}/{key}", text, flags=re.M)
        ini.write_text(text, encoding="utf-8")
        return ini
    (folder / "sample").mkdir()
    shutil.copytree(TOP / "conf/letters", folder / "letters")
    {"departments": make_departments, "tax": make_tax}[name](folder / "sample", random.Random(name))
    text = OFFICE.format(folder=folder)
    for cycle, keys in (DEPARTMENTS if name == "departments" else TAX).items():
        text += CYCLE.format(name=cycle) + "".join(f"{key} = {value}\n" for key, value in keys.items())
    ini.write_text(text, encoding="utf-8")
    return ini


def units_of(folder):
    with open(folder / "sample/targets.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row.get("id") or row["编号"]: row.get("unit") or row.get("单位") or "" for row in rows}


# ---- what came of it ----

class Years:
    """The draws of a world, as they stand in the simulation's state."""

    def __init__(self, folder, units):
        database = sqlite3.connect(folder / "state/spotcheckd.db")
        self.units, self.away = units, {}
        self.places = database.execute("SELECT n, target, visit FROM draw_place WHERE target IS NOT NULL").fetchall()
        self.seats = database.execute(
            "SELECT s.inspector, p.visit, p.n, p.place, p.target FROM draw_place p JOIN draw_seat s ON s.n = p.n AND"
            " s.place = p.place WHERE p.target IS NOT NULL AND s.inspector IS NOT NULL ORDER BY 1, 2, 3, 4").fetchall()
        self.unstaffed = database.execute("SELECT count(*) FROM draw_left WHERE unstaffed").fetchone()[0]
        self.again = database.execute(
            "SELECT DISTINCT d.n, o.n FROM draw d JOIN draw_place p ON p.n = d.n JOIN draw_place x ON x.target = p.target"
            " JOIN draw o ON o.n = x.n WHERE d.quiet_days > 0 AND o.cycle <> d.cycle AND o.outcome = 'draw'"
            " AND (o.draw_time, o.n) < (d.draw_time, d.n) AND d.date - o.date < d.quiet_days").fetchall()

    def close(self):
        """Pairs of an inspector's visits to different units, nearer than SPACING: (minutes, a draw and place, the other)."""
        for _, visits in itertools.groupby(self.seats, lambda seat: seat[0]):
            visits = list(visits)
            for i, (_, visit, n, place, target) in enumerate(visits):
                for _, later, m, another, other in itertools.takewhile(lambda v, at=visit: v[1] - at < SPACING, visits[i + 1:]):
                    if (self.units.get(target) or target) != (self.units.get(other) or other):
                        yield later - visit, (n, place), (m, another)

    def unkept(self, public):
        """Of each opened draw, the places that cannot be kept; of two in one draw that are too close it is the later place."""
        found = {}
        for _, one, other in self.close():
            if one[0] == other[0]:
                found.setdefault(one[0], set()).add(max(one[1], other[1]))
        for inspector, visit, n, place, _ in self.seats:
            away = public / f"draws/{n:04}/away.csv"
            if n not in self.away:
                self.away[n] = set(away.read_text(encoding="utf-8").splitlines()) if away.exists() else set()
            if f"{inspector},{EPOCH + datetime.timedelta(days=visit // DAY)}" in self.away[n]:
                found.setdefault(n, set()).add(place)
        return found

    def twice(self):
        """Visits less than a fortnight after one of another draw to the same target."""
        by_target = sorted((target, visit // DAY, n) for n, target, visit in self.places)
        return sum(1 for one, other in itertools.pairwise(by_target)
                   if one[0] == other[0] and one[2] != other[2] and other[1] - one[1] < FORTNIGHT)

    def apart(self):
        """Of each draw, how many units have several slots."""
        slots = {}
        for n, target, visit in self.places:
            slots.setdefault((n, self.units.get(target) or target), set()).add(visit)
        found = {}
        for (n, _), visits in slots.items():
            if len(visits) > 1:
                found[n] = found.get(n, 0) + 1
        return found


def notes_of(public):
    """The notes of the checker that are looked for, by draw: number of visits, of units, whether another draw was open."""
    done = subprocess.run([SPOTCHECK, "--json", "verify", str(public)], capture_output=True, text=True, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    report = json.loads(done.stdout)
    assert done.returncode == 0 and report["failed"] == 0, done.stdout[-2000:]
    unkept, apart, waiting = {}, {}, set()
    for note in report["notes"]:
        if found := re.match(r"(\d+) visits cannot be kept", note["note"]):
            unkept[note["draw"]] = int(found[1])
        if found := re.match(r"(\d+) units are visited at more than one slot", note["note"]):
            apart[note["draw"]] = int(found[1])
        if re.match(r"\d+ commitments of other cycles had no outcome yet", note["note"]):
            waiting.add(note["draw"])
    return unkept, apart, waiting


def without_note(years, public):
    """What the checker should have noted of opened draws and did not.  Of two draws the later commitment has the greater number."""
    unkept, apart, waiting = notes_of(public)
    found_unkept, found_apart = years.unkept(public), years.apart()
    opened = {n for n, _, _ in years.places if (public / f"draws/{n:04}/record.json").exists()}
    missing = []
    for n in sorted(opened):
        if len(found_unkept.get(n, ())) != unkept.get(n, 0):
            missing.append(f"draw {n}: {len(found_unkept.get(n, ()))} visits not kept, {unkept.get(n, 0)} noted")
        if found_apart.get(n, 0) != apart.get(n, 0):
            missing.append(f"draw {n}: {found_apart.get(n, 0)} units apart, {apart.get(n, 0)} noted")
    lost = {(n, place) for n, places in found_unkept.items() for place in places}
    pairs = {(one[0], other[0]) for _, one, other in years.close() if one[0] != other[0] and not {one, other} & lost}
    return missing + [f"draws {n} and {m}: neither knew of the other" for n, m in sorted(pairs | set(years.again))
                      if max(n, m) in opened - waiting]


# ---- a world ----

COLUMNS = ["world", "years", "draws", "visits", "one minute, in a draw", "over all draws", "too close, over all draws", "not kept",
           "units at several slots", "drawn within quiet", "twice in a fortnight", "unstaffed", "missed", "took"]


def preload(seed, folder):
    """An environment in which the program's random numbers follow from the seed."""
    if seed is None:
        return {}
    library = folder / "seeded.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", str(library), str(TOP / "tests/system/seeded.c")], check=True)
    asan = os.environ.get("ASAN_OPTIONS", "")
    return {"LD_PRELOAD": str(library), "SEEDED": str(seed),
            "ASAN_OPTIONS": f"{asan}:verify_asan_link_order=0" if asan else "verify_asan_link_order=0"}


def run_world(name, years, seed=None):
    """Prints its row.  Returns what is wrong: the row's troubles by column, and what the checker did not note."""
    with tempfile.TemporaryDirectory(prefix="spotcheck-ten-years.") as path:
        folder, begun = pathlib.Path(path), time.monotonic()
        ini = make_world(name, folder)
        (folder / "state").mkdir(mode=0o700)
        done = subprocess.run([SPOTCHECKD, "-c", str(ini), "--simulate", f"{LAST_YEAR - years + 1}-01-01", f"{LAST_YEAR}-12-31",
                               "--scratch", str(folder / "years")], capture_output=True, text=True, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8", **preload(seed, folder)})
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr[-2000:]}")
        draws, visits, missed = re.search(r"(\d+) draws, (\d+) visits, \d+ letters; (\d+) occurrences", done.stdout).groups()
        unkept, apart, again = map(int, re.search(r"(\d+) visits cannot be kept; (\d+) times .* draw; (\d+) targets",
                                                  done.stdout).groups())
        what = Years(folder / "years", units_of(folder))
        close = list(what.close())
        row = [name, years, draws, visits, sum(1 for by, one, other in close if by == 0 and one[0] == other[0]),
               sum(1 for by, _, _ in close if by == 0), len(close), unkept, apart, again, what.twice(),
               what.unstaffed, int(missed), f"{time.monotonic() - begun:.0f} s"]
        print("| " + " | ".join(map(str, row)) + " |", flush=True)
        troubles = {column: value for column, value in zip(COLUMNS[4:-1], row[4:-1]) if value and column != "twice in a fortnight"}
        return troubles, without_note(what, folder / "years/public")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--none", action="store_true")
    parser.add_argument("worlds", nargs="*", metavar="WORLD", default=["sample", "departments", "tax"])
    wanted = parser.parse_args()
    print("| " + " | ".join(COLUMNS) + " |")
    print("| --- |" + " ---: |" * (len(COLUMNS) - 1))
    failed = False
    for name in wanted.worlds:
        troubles, missing = run_world(name, wanted.years, wanted.seed)
        for line in missing:
            print(f"{name}: not noted by the checker: {line}", file=sys.stderr)
        if wanted.none and troubles:
            print(f"{name}: {troubles}", file=sys.stderr)
        failed = failed or bool(missing) or (wanted.none and bool(troubles))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
