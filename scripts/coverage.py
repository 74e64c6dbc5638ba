#!/usr/bin/env python3
"""What share of each room's lines the tests have reached, from a build with gcov (`make coverage`):

    scripts/coverage.py build/coverage/obj [--lines]

Prints a table by room, then each source of which no line was reached.  --lines also prints, for each source, the lines
that were not.  No threshold: status 0, or 3 where there is nothing to read.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent


def read_object(notes):
    """{line: times} of an object's own source.  What was never run has notes (.gcno) and no figures (.gcda)."""
    figures = notes.with_suffix(".gcda")
    said = subprocess.run(["gcov", "--json-format", "--stdout", figures if figures.exists() else notes],
                          capture_output=True, check=True, cwd=TOP)
    lines = collections.Counter()
    for file in json.loads(said.stdout)["files"]:
        if file["file"].endswith(".c"):
            for line in file["lines"]:
                lines[line["line_number"]] += line["count"]
    return lines


def read(top):
    """{source, below daemon/: {line: times}}"""
    daemon = top / "daemon"
    notes = sorted(daemon.rglob("*.gcno"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return {path.relative_to(daemon).with_suffix(".c").as_posix(): lines
                for path, lines in zip(notes, pool.map(read_object, notes))}


def reached(lines):
    return sum(times > 0 for times in lines.values())


def print_rooms(found):
    rooms = collections.defaultdict(list)
    for source, lines in found.items():
        rooms[source.rpartition("/")[0] or "the mains"].append(lines)
    rooms["all"] = list(found.values())
    print("| room | sources | lines | reached |")
    print("| --- | ---: | ---: | ---: |")
    for room, sources in rooms.items():
        total, run = sum(map(len, sources)), sum(map(reached, sources))
        print(f"| {room} | {len(sources)} | {total:,} | {100 * run / max(total, 1):.0f} % |")


def spans(numbers):
    """1-3 7 9-10"""
    out, begin, last = [], None, None
    for number in [*sorted(numbers), None]:
        if begin is not None and number != last + 1:
            out.append(str(begin) if begin == last else f"{begin}-{last}")
            begin = None
        if begin is None:
            begin = number
        last = number
    return " ".join(out)


def main():
    found = read(pathlib.Path(sys.argv[1]))
    if not found:
        print(f"coverage.py: {sys.argv[1]} holds no build with gcov; run: make coverage", file=sys.stderr)
        return 3
    print_rooms(found)
    for source, lines in found.items():
        if lines and not reached(lines):
            print(f"never reached: daemon/{source}")
    if "--lines" in sys.argv[2:]:
        for source, lines in found.items():
            missing = [number for number, times in lines.items() if not times]
            if missing:
                print(f"daemon/{source}: {spans(missing)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
