#!/usr/bin/env python3
"""What a reader greps for stands once: a static function's name is that of no other source's, and each source opens by
saying what it is for."""

import collections
import pathlib
import re
import sys

DEFINITION = re.compile(r"^static [^\n;=]*\n(\w+)\(", re.M)
daemon = pathlib.Path(__file__).resolve().parent.parent / "daemon"
found = collections.defaultdict(set)
faults = []
for path in sorted(daemon.rglob("*.c")):
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(daemon.parent).as_posix()
    if not text.startswith("/*"):
        faults.append(f"{name}: it does not open with a comment that says what it is for")
    for each in DEFINITION.findall(text):
        found[each].add(name)
faults += [f"{each}() is static in {', '.join(sorted(names))}" for each, names in sorted(found.items()) if len(names) > 1]
sys.exit("\n".join(faults) if faults else 0)
