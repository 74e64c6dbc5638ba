#!/usr/bin/python3
"""Ten years of the shipped sample and of two made-up offices, and what should not come of them: the table in tests/README.md.

	scripts/ten_years.py [--years N] [WORLD …]		WORLD: sample, departments, tax

The years end with 2026, the last whose holidays are built in.  Rosters are the same each time; the draws are not.  Of each
world: visits; how often an inspector has two places of different units at one minute, in one draw and over all draws; visits
that cannot be kept, units at several slots of one draw, and targets drawn again within `quiet`, as the simulation says them.
"""

import argparse
import csv
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
LAST_YEAR = 2026

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
        shutil.copytree(TOP / "conf", folder, dirs_exist_ok=True)
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


def count_clashes(db, units):
    """(Inspector, minute) with places of different units: in one draw, and over all draws."""
    at = {}
    for n, inspector, visit, target in db.execute(
            "SELECT p.n, s.inspector, p.visit, p.target FROM draw_place p JOIN draw_seat s ON s.n = p.n AND s.place = p.place"
            " WHERE p.target IS NOT NULL AND s.inspector IS NOT NULL"):
        at.setdefault((inspector, visit), []).append((n, units.get(target) or target))
    one = sum(1 for held in at.values() if any(len({u for m, u in held if m == n}) > 1 for n, _ in held))
    return one, sum(1 for held in at.values() if len({u for _, u in held}) > 1)


def run_world(name, years):
    with tempfile.TemporaryDirectory(prefix="spotcheck-ten-years.") as path:
        folder, begun = pathlib.Path(path), time.monotonic()
        ini = make_world(name, folder)
        (folder / "state").mkdir(mode=0o700)
        done = subprocess.run([SPOTCHECKD, "-c", str(ini), "--simulate", f"{LAST_YEAR - years + 1}-01-01", f"{LAST_YEAR}-12-31",
                               "--scratch", str(folder / "years")], capture_output=True, text=True, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr[-2000:]}")
        draws, visits, missed = re.search(r"(\d+) draws, (\d+) visits, \d+ letters; (\d+) occurrences", done.stdout).groups()
        unkept, apart, again = re.search(r"(\d+) visits cannot be kept; (\d+) times .* draw; (\d+) targets", done.stdout).groups()
        one, all_draws = count_clashes(sqlite3.connect(folder / "years/state/spotcheckd.db"), units_of(folder))
        print(f"| {name} | {years} | {draws} | {visits} | {one} | {all_draws} | {unkept} | {apart} | {again} |"
              f" {missed} | {time.monotonic() - begun:.0f} s |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("worlds", nargs="*", metavar="WORLD", default=["sample", "departments", "tax"])
    wanted = parser.parse_args()
    print("| world | years | draws | visits | two places at one minute, in a draw | over all draws | visits not kept |"
          " units at several slots | drawn within quiet | missed | took |")
    print("| --- |" + " ---: |" * 10)
    for name in wanted.worlds:
        run_world(name, wanted.years)
    return 0


if __name__ == "__main__":
    sys.exit(main())
