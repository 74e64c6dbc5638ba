#!/usr/bin/env python3
"""No circle of files: no source uses another one that, by whatever way, uses it again.  Seen from the symbols of objects:

    scripts/check_circles.py build/gcc/obj/daemon [--rooms]

Silent and status 0 where there is none; else a line for each circle, and status 1.  --rooms prints which folder uses which.
"""

import collections
import pathlib
import subprocess
import sys

DAEMON = pathlib.Path(__file__).resolve().parent.parent / "daemon"


def symbols(path):
    """What an object defines for others, and what it needs of others."""
    has, needs = set(), set()
    for line in subprocess.run(["nm", "-g", path], capture_output=True, text=True, check=True).stdout.splitlines():
        kind, name = line.split()[-2:]
        (needs if kind in "Uw" else has).add(name)
    return has, needs


def read(top):
    """Each object, by its path without suffix, and those that it uses; mains, and objects whose source is gone, aside."""
    names = {path: path.relative_to(top).with_suffix("").as_posix() for path in sorted(top.rglob("*.o")) if path.parent != top}
    found = {name: symbols(path) for path, name in names.items() if (DAEMON / (name + ".c")).exists()}
    home = {name: file for file, (has, _) in found.items() for name in has}
    return {file: sorted({home[name] for name in needs if name in home} - {file}) for file, (_, needs) in found.items()}


def circles(uses):
    """Tarjan's strongly connected components of more than one file, without recursion."""
    index, low, stack, found = {}, {}, [], []
    for root in uses:
        if root in index:
            continue
        work = [(root, iter(uses[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            file, rest = work[-1]
            following = next(rest, None)
            if following is not None and following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                work.append((following, iter(uses[following])))
            elif following is not None:
                if following in stack:
                    low[file] = min(low[file], index[following])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[file])
                if low[file] == index[file]:
                    at = stack.index(file)
                    found.append(sorted(stack[at:]))
                    del stack[at:]
    return [circle for circle in found if len(circle) > 1]


def print_rooms(uses):
    rooms = collections.defaultdict(set)
    for file, others in uses.items():
        room = file.rsplit("/", 1)[0]
        rooms[room] |= {other.rsplit("/", 1)[0] for other in others} - {room}
    for room in sorted(rooms):
        print(f"{room:14} -> {' '.join(sorted(rooms[room])) or '-'}")


def main():
    uses = read(pathlib.Path(sys.argv[1]))
    if not uses:
        print(f"{sys.argv[1]}: there are no objects of this source", file=sys.stderr)
        return 1
    found = circles(uses)
    for circle in found:
        print("a circle of files: " + ", ".join(circle), file=sys.stderr)
    if "--rooms" in sys.argv[2:]:
        print_rooms(uses)
        print(f"{len(uses)} files, {len(found)} circles")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
