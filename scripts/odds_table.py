#!/usr/bin/env python3
"""How well an inspector of the sample district could guess, plain and with each rule: the table in tests/README.md.

	scripts/odds_table.py [TRIALS]

What follows from earlier draws is the mean over some histories, whose draws are by secrets of their own: those lines come
out a little differently each time.
"""

import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
SPOTCHECK = os.environ.get("SPOTCHECK", str(TOP / "build/spotcheck"))
TRIALS = sys.argv[1] if len(sys.argv) > 1 else "100000"
HISTORIES = 5

PLAIN = {"team": "any any", "avoid": "", "level_gap": "", "rotate": "0", "max_load": "0", "weight": "none", "slack": "1"}
SHIPPED = {}  # as conf/spotcheckd.ini has them

# What it is called, the rules that change, whether there are declared conflicts, how many draws there were before.
ROWS = [
    ("plain: no rule, 13 of 83 targets in four classes, 24 inspectors, teams of two", PLAIN, False, 0),
    ("`weight = column` (1 to 3 slips)", PLAIN | {"weight": "column"}, False, 0),
    ("12 declared conflicts", PLAIN, True, 0),
    ("`avoid = unit`", PLAIN | {"avoid": "unit"}, False, 0),
    ("`avoid = unit area`", PLAIN | {"avoid": "unit area"}, False, 0),
    ("`level_gap = 0`", PLAIN | {"level_gap": "0"}, False, 0),
    ("`level_gap = 1`", PLAIN | {"level_gap": "1"}, False, 0),
    ("`team = lead any` (11 of 24 may lead)", PLAIN | {"team": "lead any"}, False, 0),
    ("`inspectors = 12`", PLAIN | {"inspectors": "12"}, False, 0),
    ("`rotate = 2`, after two draws", PLAIN | {"rotate": "2"}, False, 2),
    ("`rest = 365`, after a draw", PLAIN | {"rest": "365"}, False, 1),
    ("`cover = 365`, after a draw", PLAIN | {"cover": "365"}, False, 1),
    ("all as shipped (`slack = 1`)", SHIPPED, True, 0),
    ("all as shipped, `slack = 0`", SHIPPED | {"slack": "0"}, True, 0),
    ("all as shipped, `slack = 0`, `avoid = unit area`", SHIPPED | {"slack": "0", "avoid": "unit area"}, True, 0),
    ("all as shipped, `slack = 1`, `avoid = unit area`", SHIPPED | {"avoid": "unit area"}, True, 0),
    ("all as shipped, `inspectors = 12`", SHIPPED | {"inspectors": "12"}, True, 0),
    ("all as shipped, after two draws", SHIPPED, True, 2),
]


def run(ini, *words):
    return subprocess.run([SPOTCHECK, "-c", str(ini), *words], check=True, capture_output=True, text=True).stdout


def configure(ini, folder, rules):
    """The shipped INI with its places in the folder; the rules are those of its first cycle, the one on request."""
    text = (TOP / "conf/spotcheckd.ini").read_text(encoding="utf-8")
    for key, value in (("state_dir", folder / "state"), ("public_dir", folder / "public")):
        text = re.sub(rf"^#{key} = .*", f"{key} = {value}", text, flags=re.M)
    text = re.sub(r"^server = maildir:.*", f"server = maildir:{folder}/mail", text, flags=re.M)
    head, cycle = text.split("[cycle spot-check]", 1)
    for key, value in rules.items():
        cycle, n = re.subn(rf"^#?{key} = .*", f"{key} = {value}", cycle, count=1, flags=re.M)
        assert n == 1, key
    ini.write_text(head + "[cycle spot-check]" + cycle, encoding="utf-8")


def odds(folder, rules, conflicts, draws):
    ini = folder / "conf/spotcheckd.ini"
    shutil.copytree(TOP / "conf", folder / "conf")
    (folder / "state").mkdir(mode=0o700)
    configure(ini, folder, rules)
    run(ini, "init")
    for kind in ("targets", "inspectors", "matters") + (("conflicts",) if conflicts else ()):
        run(ini, "import", kind, str(TOP / f"conf/sample/{kind}.csv"))
    for _ in range(draws):
        run(ini, "run", "spot-check")
    return json.loads(run(ini, "odds", "spot-check", "--json", "--trials", TRIALS))


def figures(found):
    """In per cent: the mean best guess and the best one, how hard it is, the target's guess; and the widest interval."""
    guesses = [i["guess_ppm"] for i in found["inspectors"]]
    widths = [(i["guess_high_ppm"] - i["guess_low_ppm"]) / 2 for i in found["inspectors"]]
    return (found["guess_mean_ppm"] / 1e4, max(guesses) / 1e4, found["spread_mean_ppm"] / 1e6,
            found["visitor_mean_ppm"] / 1e4, max(widths) / 1e4)


def main():
    widest = 0.0
    print("| rules | an inspector's best guess where he goes | the best of all | as hard as of so many targets |"
          " who comes to a drawn target |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, rules, conflicts, draws in ROWS:
        rows = []
        for _ in range(HISTORIES if draws else 1):
            with tempfile.TemporaryDirectory(prefix="spotcheck-odds.") as folder:
                rows.append(figures(odds(pathlib.Path(folder), rules, conflicts, draws)))
        mean, best, hard, visitor, width = (statistics.mean(column) for column in zip(*rows))
        widest = max(widest, width)
        print(f"| {name} | {mean:.1f} % | {best:.1f} % | {hard:.1f} | {visitor:.1f} % |", flush=True)
    print(f"\n{TRIALS} simulated draws a line, where it is not exact; half the 99 % interval of an inspector's guess is"
          f" at most {widest:.2f} %.")


if __name__ == "__main__":
    main()
