#!/usr/bin/env python3
"""Includes run one way: mains -> app, cli -> io -> core -> a few libraries; and core touches nothing of the world.

Silent and status 0 where all is well; else a line for each fault, and status 1.
"""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
DAEMON = TOP / "daemon"

# Which layers' headers a file may include, by where it stands; "io" are the rooms between core, and cli and app.
IO = {"system", "store", "text", "rosters", "config", "holidays", "ledger", "mail", "draws", "letters", "remote", "publish",
      "witness", "admin", "steps", "recovery"}
LAYERS = {
    "core": {"core"},
    **{room: IO | {"core"} for room in IO},
    "cli": IO | {"cli", "core"},
    "app": IO | {"app", "core"},
    "spotcheck.c": IO | {"cli", "core"},
    "spotcheckd.c": IO | {"app", "core"},
    "spotcheckd-mail.c": IO | {"app", "core"},
    "spotcheckd-ask.c": IO | {"app", "core"},
}

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


def check_include(name, layer, quoted, header):
    """What is wrong with one include, or None."""
    if not quoted:
        if layer == "core" and not core_libraries(name, header):
            return f"core may not include <{header}>"
        if header.startswith("openssl/sha") and name not in CRYPTO_FILES:
            return f"<{header}> belongs in core/base/hash.c alone"
        return None
    if "/" not in header or header.startswith("."):
        return f'write "{layer}/{header}": the path shows the layer'
    to = header.split("/")[0]
    if to not in LAYERS[layer]:
        return f"{layer} may not include {to}/"
    if not (DAEMON / header).exists():
        return f'there is no "{header}"'
    return None


def check_file(path):
    name = path.relative_to(DAEMON).as_posix()
    layer = name.split("/")[0]
    text = path.read_text(encoding="utf-8")
    faults = []
    if layer not in LAYERS:
        return [(name, 1, "a source that belongs to no layer")]
    for match in INCLUDE.finditer(text):
        what = match.group(1)
        fault = check_include(name, layer, what.startswith('"'), what.strip('<>"'))
        if fault:
            faults.append((name, line_of(text, match.start()), fault))
    if layer == "core":
        code = code_only(text)
        for match in CORE_WORDS.finditer(code):
            faults.append((name, line_of(code, match.start()), f"core may not use {match.group()}"))
    return faults


def main():
    faults = []
    for path in sorted(DAEMON.rglob("*.[ch]")):
        faults += check_file(path)
    for name, line, what in faults:
        print(f"daemon/{name}:{line}: {what}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
