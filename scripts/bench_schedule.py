#!/usr/bin/env python3
"""How long `schedule --from 2026-01-01 --to 2035-12-31` takes with 1 to 1,000 cycles, and a simulated year.

Reference: the same program's start (`spotcheck --version`).  Medians of several runs.
"""

import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
SPOTCHECK = os.environ.get("SPOTCHECK", str(TOP / "build/spotcheck"))
SPOTCHECKD = os.environ.get("SPOTCHECKD", str(TOP / "build/spotcheckd"))
RUNS = 9

CYCLES = [
    "when = after holiday\nday = 1st workday", "when = before holiday\nday = 3rd workday",
    "when = during holiday\nday = 1st day", "when = quarterly\nday = 3rd workday",
    "when = monthly\nday = random\ntime = 09:00-16:00", "when = weekly\nday = wed",
]


def seconds(*command):
    found = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


def write_ini(folder, n):
    text = ("[service]\norigin = bench.example.org\noperator = bench\nadmin = ops@example.org\n"
            f"state_dir = {folder}/state\npublic_dir = {folder}/public\n"
            f"[mail]\nserver = maildir:{folder}/mail\nfrom = bench <bench@example.org>\n")
    for i in range(n):
        text += f"[cycle c{i}]\ntitle = {i}\n{CYCLES[i % len(CYCLES)]}\nembargo = 60\nsample = 3\nmatters = duty\n"
    path = os.path.join(folder, "bench.ini")
    pathlib.Path(path).write_text(text, encoding="utf-8")
    return path


def main():
    start = seconds(SPOTCHECK, "--version")
    print("| cycles | draws in ten years | schedule | / start of the program |\n| ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory(prefix="spotcheck-bench.") as folder:
        for n in (1, 10, 100, 1000):
            command = [SPOTCHECK, "-c", write_ini(folder, n), "--json", "schedule", "--from", "2026-01-01", "--to",
                       "2035-12-31"]
            rows = len(re.findall(rb'"cycle":', subprocess.run(command, capture_output=True, check=True).stdout))
            took = seconds(*command)
            print(f"| {n:,} | {rows:,} | {took * 1000:.0f} ms | {took / start:.1f} |", flush=True)
        year = []
        for i in range(3):
            begun = time.perf_counter()
            subprocess.run([SPOTCHECKD, "-c", str(TOP / "conf/spotcheckd.ini"), "--simulate", "2026-01-01",
                            "2026-12-31", "--scratch", f"{folder}/year"], stdout=subprocess.DEVNULL, check=True)
            year.append(time.perf_counter() - begun)
            shutil.rmtree(f"{folder}/year")
    print(f"\nThe shipped configuration through 2026: {statistics.median(year):.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
