#!/usr/bin/python3
"""How long a draw and its replay take as the roster grows; prints the table of tests/README.md.

usage: bench_draw.py [ROWS…]      default 1000 10000 100000 1000000; env SPOTCHECK names the program

Every line is one whole run on made-up rosters: import, `run` (snapshot, commitment, draw, record, publication), `replay`
of its folder and `verify` of the directory, each a process of its own; and as a reference, in the same run, `sha256sum`
of the published targets.csv, so that another machine's figures can be held against these.
"""

import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SPOTCHECK = os.environ.get("SPOTCHECK", os.path.join(HERE, "../build/spotcheck"))
INSPECTORS = 200

INI = """[service]
origin = bench.example.org
operator = bench
admin = ops@example.org
language = en
state_dir = state
public_dir = public

[mail]
server = maildir:mail
from = bench <bench@example.org>

[cycle bench]
title = bench
when = manual
embargo = 0
sample = {rate}
team = any any
avoid = unit
matters = duty
reserve = 2
"""


def write_rosters(folder, rows):
    with open(os.path.join(folder, "targets.csv"), "w") as out:
        out.write("id,name,class,unit,area,level,weight,since\n")
        for i in range(rows):
            out.write(f"T{i:08d},Post {i},{'ABCD'[i % 4]},U{i % 97},Z{i % 13},{i % 9},{1 + i % 3},2020-01-01\n")
    with open(os.path.join(folder, "inspectors.csv"), "w") as out:
        out.write("id,name,email,unit,area,level,tags\n")
        for i in range(INSPECTORS):
            out.write(f"I{i:04d},Desk {i},i{i}@example.org,U{i % 31},Z{i % 13},9,lead\n")
    with open(os.path.join(folder, "matters.csv"), "w") as out:
        out.write("id,name,checklist\nduty,Duty,Is somebody there? [yes/no]\n")


def timed(command, folder):
    """Wall seconds and peak MiB of one process; its output is thrown away."""
    before = time.monotonic()
    pid = os.posix_spawnp(command[0], command, dict(os.environ, LANG="C.UTF-8"),
                          file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)}: status {status}")
    return time.monotonic() - before, usage.ru_maxrss / 1024


def bench(rows):
    with tempfile.TemporaryDirectory() as folder:
        ini = os.path.join(folder, "spotcheckd.ini")
        with open(ini, "w") as out:
            out.write(INI.format(rate=min(rows, 1000)))
        os.symlink(os.path.abspath(os.path.join(HERE, "../conf/letters")), os.path.join(folder, "letters"))
        write_rosters(folder, rows)

        def spotcheck(*args):
            return timed([SPOTCHECK, "-c", ini, *args], folder)

        spotcheck("init")
        importing = spotcheck("import", "targets", os.path.join(folder, "targets.csv"))
        spotcheck("import", "inspectors", os.path.join(folder, "inspectors.csv"))
        spotcheck("import", "matters", os.path.join(folder, "matters.csv"))
        running = spotcheck("run", "bench")
        draw = os.path.join(folder, "public/draws/0001")
        replaying = timed([SPOTCHECK, "replay", draw], folder)
        verifying = timed([SPOTCHECK, "verify", os.path.join(folder, "public")], folder)
        reference = timed(["sha256sum", os.path.join(draw, "targets.csv")], folder)
    cells = [f"{rows:>9,}"] + [f"{s:7.2f} s {m:6.0f} MiB" for s, m in (importing, running, replaying, verifying)]
    print("| " + " | ".join(cells + [f"{reference[0]:6.3f} s", f"{replaying[0] / reference[0]:5.1f}"]) + " |", flush=True)


def main():
    rows = [int(a) for a in sys.argv[1:]] or [1000, 10000, 100000, 1000000]
    print("| targets | import | run | replay | verify | sha256sum | replay / sha256sum |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for n in rows:
        bench(n)


if __name__ == "__main__":
    main()
