#!/usr/bin/env python3
"""What the pages for people say of the sources is so: the state's version in the change log; the folders and files that they name
are there, and no folder is left out where the folders are listed.

Silent and status 0 where all is well; else a line for each fault, and status 1.
"""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
ROOMS = "daemon/README.md"
PAGES = ("README.md", "CONTRIBUTING.md", ROOMS, "tests/README.md", "scripts/check/README.md")
# Folders of the top that README.md must name, and where paths begin that are looked up.
FOLDERS = ("conf", "daemon", "scripts", "systemd", "tests")

faults = []


def fault(page, what):
    faults.append(f"{page}: {what}")


def read(page):
    return (TOP / page).read_text(encoding="utf-8")


def check_state_version():
    """What is said last of the state's version, newest first, is what the sources have."""
    header = re.search(r"^#define STORE_VERSION (\d+)", read("daemon/store/store.h"), re.M)
    said = re.search(r"\bstate is of version (\d+)", read("CHANGELOG.md"))
    if header is None:
        fault("daemon/store/store.h", "no STORE_VERSION was found: has its form changed?")
    elif said is None:
        fault("CHANGELOG.md", f"it does not say that the state is of version {header.group(1)}")
    elif said.group(1) != header.group(1):
        fault("CHANGELOG.md", f"the state is said to be of version {said.group(1)}; store.h has {header.group(1)}")


def rooms():
    """Every folder of daemon/ in which a source stands, as daemon/README.md names it."""
    daemon = TOP / "daemon"
    return {path.parent.relative_to(daemon).as_posix() + "/" for path in daemon.glob("*/**/*.c")} - {"./"}


def check_rooms():
    if not (TOP / ROOMS).exists():
        fault(ROOMS, "there is no such file")
        return
    named = set(re.findall(r"^\| `([\w/]+/)` \|", read(ROOMS), re.M))
    for room in sorted(rooms() - named):
        fault(ROOMS, f"the room {room} has no row")
    for room in sorted(named - rooms()):
        fault(ROOMS, f"there is no room {room}")


def check_paths(page):
    """Paths that begin at the top of the tree, but for those with a pattern or a variable in them."""
    path = re.compile(rf"(?<![\w./<>$-])((?:{'|'.join(FOLDERS)})/[\w./-]*\w/?)(?![\w*/{{%]|\.\w)")
    for name in dict.fromkeys(path.findall(read(page))):
        if not (TOP / name).exists():
            fault(page, f"there is no {name}")


def check_folders():
    text = read("README.md")
    for folder in FOLDERS:
        if f"{folder}/" not in text:
            fault("README.md", f"the folder {folder}/ is not named")
    for path in sorted(TOP.iterdir()):
        if path.is_dir() and path.name not in (*FOLDERS, "build") and not path.name.startswith("."):
            fault("scripts/check_docs.py", f"the folder {path.name}/ is not known")


def main():
    check_state_version()
    check_rooms()
    check_folders()
    for page in PAGES:
        if (TOP / page).exists():
            check_paths(page)
        elif page != ROOMS:
            fault(page, "there is no such file")
    for line in faults:
        print(line, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
