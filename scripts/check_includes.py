#!/usr/bin/env python3
"""Includes run one way, as the table of rooms in daemon/README.md allows; and core touches nothing of the world.

    scripts/check_includes.py [--rooms | --headers]

Silent and status 0 where all is well; else a line for each fault, and status 1.  --rooms prints which room includes
which, --headers those headers that nobody outside of their room includes and that could be *_private.h.
"""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
DAEMON = TOP / "daemon"

TABLE = DAEMON / "README.md"
ROW = re.compile(r"^\| `([^`]+?)/?` \| [^|]+ \| ([^|]+) \|$", re.M)

# All that core may know of the C library; <stdio.h> for snprintf and vsnprintf.
CORE_LIBC = {
    "assert.h", "errno.h", "inttypes.h", "limits.h", "math.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h",
    "stdint.h", "stdio.h", "stdlib.h", "stdnoreturn.h", "string.h",
}
CORE_LIBRARIES = {"sodium.h", "utf8proc.h"}
CRYPTO_FILES = {"core/base/hash.c"}
# Threads that begin and end within one call.
THREAD_FILES = {"core/base/parallel.c"}
THREAD_HEADERS = {"pthread.h", "stdatomic.h"}

# What reaches for files, clocks, entropy, the environment or the locale though its header is allowed: functions where
# they are called (a member of that name is nobody's business), objects wherever they stand.
CORE_FUNCTIONS = """
    printf fprintf vprintf vfprintf dprintf puts fputs putc putchar fputc fopen fdopen freopen fclose fflush
    fread fwrite fgets getc getchar getline scanf fscanf tmpfile remove rename perror time clock clock_gettime
    gettimeofday localtime localtime_r gmtime gmtime_r mktime timegm strftime rand srand rand_r random srandom
    arc4random getrandom getentropy randombytes_buf randombytes_random randombytes_uniform crypto_sign_keypair
    crypto_secretbox_keygen getenv secure_getenv setenv setlocale strcoll strxfrm strtod strtof mbtowc gettext
    ngettext system exit abort atexit signal
""".split()
CORE_OBJECTS = ["FILE", "stdin", "stdout", "stderr"]
CORE_WORDS = re.compile(
    rf"(?<![\w.>])({'|'.join(CORE_FUNCTIONS)})(?=[ \t]*\()|\b({'|'.join(CORE_OBJECTS)})\b")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(<[^>]*>|"[^"]*"|\S+)', re.M)
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_only(text):
    """The text with comments and literals blanked, lines kept."""
    return NOT_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def core_libraries(name, header):
    if header.startswith("openssl/"):
        return name in CRYPTO_FILES
    if header in THREAD_HEADERS:
        return name in THREAD_FILES
    return header in CORE_LIBC or header in CORE_LIBRARIES


def room_of(name):
    """The room of a file or header by its path in daemon/: its folder; a main is its own."""
    return name.rpartition("/")[0] or name


def headers_in(text):
    """Each include: where it stands, whether in quotes, and its header."""
    return [(m.start(), m.group(1)[0] == '"', m.group(1).strip('<>"')) for m in INCLUDE.finditer(text)]


# ---- the table ----

def read_table():
    """{room: the rooms that it may use}, "core" written out and core/base with each; and what is wrong with the table."""
    rows = ROW.findall(TABLE.read_text(encoding="utf-8"))
    names = [name for name, _ in rows]
    core = {name for name in names if name.startswith("core/")}
    table, faults = {}, []
    for name, words in rows:
        uses = {word for word in re.split(r",\s*", words.strip()) if word != "-"}
        faults += [(name, f'"{word}" is no room of the table') for word in sorted(uses - set(names) - {"core"})]
        table[name] = (uses - {"core"}) | (core if "core" in uses else set()) | {name, "core/base"}
    faults += [(name, "stands in the table and is not there") for name in names if not (DAEMON / name).exists()]
    faults += [(name, "stands in the table twice") for name in sorted({name for name in names if names.count(name) > 1})]
    return table, faults + circles(table)


def circles(table):
    """Rooms that may use each other, by whatever way: left once all that use nothing left, or that nobody left uses, are gone."""
    left = {name: uses - {name} for name, uses in table.items()}
    while True:
        used = set().union(*left.values())
        free = {name for name, uses in left.items() if name not in used or not uses & left.keys()}
        if not free:
            return [(name, "the table lets it use what may use it") for name in left]
        left = {name: uses for name, uses in left.items() if name not in free}


# ---- the sources ----

def check_include(name, room, table, quoted, header):
    """What is wrong with one include, or None."""
    if not quoted:
        if room.startswith("core/") and not core_libraries(name, header):
            return f"core may not include <{header}>"
        if header.startswith("openssl/sha") and name not in CRYPTO_FILES:
            return f"<{header}> belongs in core/base/hash.c alone"
        return None
    if "/" not in header or header.startswith("."):
        return f'write "{room}/{header}": the path shows the room'
    if not (DAEMON / header).exists():
        return f'there is no "{header}"'
    if room_of(header) not in table[room]:
        return f"{room} may not use {room_of(header)} (daemon/README.md)"
    return private_include(room, header)


def private_include(room, header):
    if header.endswith("_private.h") and room_of(header) != room:
        return f'"{header}" is private to its room'
    return None


def check_file(path, table):
    name = path.relative_to(DAEMON).as_posix()
    room = room_of(name)
    text = path.read_text(encoding="utf-8")
    faults = []
    if room not in table:
        return [(name, 1, "its room is not in the table of daemon/README.md")]
    for offset, quoted, header in headers_in(text):
        fault = check_include(name, room, table, quoted, header)
        if fault:
            faults.append((name, line_of(text, offset), fault))
    if room.startswith("core/"):
        code = code_only(text)
        for match in CORE_WORDS.finditer(code):
            faults.append((name, line_of(code, match.start()), f"core may not use {match.group()}"))
    return faults


def check_test(path):
    """A test holds a room to its headers; what is private to the room is not for it."""
    text = path.read_text(encoding="utf-8")
    found = [(offset, private_include("", header)) for offset, quoted, header in headers_in(text) if quoted]
    return [(f"../{path.relative_to(TOP)}", line_of(text, offset), fault) for offset, fault in found if fault]


# ---- what there is ----

def sources(top):
    return sorted(top.rglob("*.[ch]"))


def print_rooms(table):
    uses = {room: set() for room in table}
    for path in sources(DAEMON):
        room = room_of(path.relative_to(DAEMON).as_posix())
        uses[room] |= {room_of(header) for _, quoted, header in headers_in(path.read_text(encoding="utf-8")) if quoted}
    for room, others in uses.items():
        print(f"{room:18} -> {' '.join(sorted(others - {room})) or '-'}")


def print_headers():
    outside = set()
    for path in sources(DAEMON) + sources(TOP / "tests") + sources(TOP / "scripts"):
        room = room_of(path.relative_to(DAEMON).as_posix()) if path.is_relative_to(DAEMON) else ""
        outside |= {header for _, quoted, header in headers_in(path.read_text(encoding="utf-8")) if quoted and
                    room_of(header) != room}
    for path in sorted(DAEMON.rglob("*.h")):
        name = path.relative_to(DAEMON).as_posix()
        if name not in outside and not name.endswith("_private.h"):
            print(name)


def main():
    table, wrong = read_table()
    faults = [("README.md", 1, f"{room}: {what}") for room, what in wrong]
    for path in sources(DAEMON):
        faults += check_file(path, table)
    for path in sources(TOP / "tests"):
        faults += check_test(path)
    for name, line, what in faults:
        print(f"daemon/{name}:{line}: {what}".replace("daemon/../", ""), file=sys.stderr)
    if "--rooms" in sys.argv[1:] and not faults:
        print_rooms(table)
    if "--headers" in sys.argv[1:]:
        print_headers()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
