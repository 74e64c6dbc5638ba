#!/usr/bin/env python3
"""The manual names all there is to name, in both languages; and the shipped INI every key.

Commands and options as the tables and --help texts of the sources have them, keys and their defaults as
config/keys.c has them, placeholders as letters/values.c has them.  The sources are read as text.

Silent and status 0 where all is well; else a line for each fault, and status 1.
"""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
DAEMON = TOP / "daemon"
LANGUAGES = ("man/", "man/zh_CN/")
PAGES = ("spotcheck.1", "spotcheckd.8", "spotcheckd.ini.5", "spotcheck-protocol.7", "spotcheck-witness.7")

LITERAL = r'"(?:\\.|[^"\\\n])*"'
LITERALS = rf"{LITERAL}(?:\s*{LITERAL})*"
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")

faults = []


def fault(file, what):
    faults.append(f"{file}: {what}")


def read(path):
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        fault(path.relative_to(TOP), "there is no such file")
        return ""


def unquote(literals):
    return "".join(re.sub(r"\\(.)", r"\1", text[1:-1]) for text in re.findall(LITERAL, literals))


def some(found, path):
    """What was looked for in a source cannot be nothing: then its form has changed, and this script is blind."""
    if not found:
        fault(path.relative_to(TOP), "nothing of what the manual must name was found: has its form changed?")
    return found


# ---- what the sources have ----

def commands():
    """{name: its options}, of the tables of all families."""
    tables = re.compile(r"const struct command \w+\[\] = \{(.*?)\n\};", re.S)
    entry = re.compile(rf'\{{("\w+(?:-\w+)*"),\s*(?:N_\(\s*)?({LITERALS})')
    found = {}
    for path in sorted((DAEMON / "cli").rglob("*.c")):
        for table in tables.findall(read(path)):
            for name, usage in some(entry.findall(table), path):
                found[unquote(name)] = set(OPTION.findall(unquote(usage)))
    return some(found, DAEMON / "cli")


def help_options(path):
    """What the program's own --help says, and its usage."""
    printed = re.compile(rf"\b(?:puts|printf|fprintf)\(\s*(?:stderr,\s*)?(?:_|gettext)?\(?({LITERALS})")
    options = set()
    for literals in printed.findall(read(path)):
        text = unquote(literals)
        if re.match(r"\s+-|.*spotcheckd? \[-c FILE\]", text):
            options |= set(OPTION.findall(text))
    return some(options, path)


def long_options(path):
    return {"--" + name for name in re.findall(r'\{"([a-z-]+)", (?:no|required)_argument', read(path))}


def keys():
    """[(section, key, default or None)], in their order."""
    path = DAEMON / "config/keys.c"
    entry = re.compile(rf'\{{("\w+"), ("\w+"), CONFIG_\w+,\s*(NULL|{LITERALS}),')
    found = some(entry.findall(read(path)), path)
    return [(unquote(s), unquote(k), None if default == "NULL" else unquote(default)) for s, k, default in found]


def placeholders():
    path = DAEMON / "letters/values.c"
    lists = re.findall(r"const struct template_name \w+\[\] = \{(.*?)\};", read(path), re.S)
    return some({name for text in lists for name in re.findall(r'\{"(\w+)", \w+\}', text)}, path)


# ---- what a page has ----

def plain(page):
    """Its text without the escapes of roff; requests stay."""
    text = re.sub(r"\\f(?:\[\w*\]|\(..|.)", "", page)
    for escape, meaning in (("\\-", "-"), ("\\&", ""), ("\\:", ""), ("\\c", ""), ("\\(dq", '"'), ("\\e", "\\")):
        text = text.replace(escape, meaning)
    return text


def parts(text):
    """{heading of an .SS: what stands below it}, up to the next heading of any rank."""
    found, heading = {}, None
    for line in text.splitlines():
        words = re.match(r"\.(SH|SS)\s+(.*)", line)
        if words:
            heading = words.group(2).strip('" ') if words.group(1) == "SS" else None
        elif heading is not None:
            found.setdefault(heading, []).append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


def entries(text):
    """{tag: what stands below it} of a list of .TP and .B."""
    pieces = re.split(r"^\.TP\n\.B +(\S+).*\n", text, flags=re.M)
    return dict(zip(pieces[1::2], pieces[2::2]))


def names_option(text, option):
    return re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text) is not None


# ---- the checks ----

def check_options(name, text, known, own):
    below = parts(text)
    for command, options in known.items():
        if command not in below:
            fault(name, f"the command {command} has no part of its own (.SS {command})")
            continue
        for option in sorted(options):
            if not names_option(below[command], option):
                fault(name, f"the command {command} lacks its option {option}")
    for option in sorted(own):
        if not names_option(text, option):
            fault(name, f"the option {option} is missing")


def check_keys(name, text, known):
    below = {re.sub(r"[\[\]]", "", heading).split()[0]: entries(part)
             for heading, part in parts(text).items() if heading.startswith("[")}
    for section, key, default in known:
        entry = below.get(section, {}).get(key)
        if entry is None:
            fault(name, f"the key {key} of [{section}] is missing")
        elif default and default not in entry:
            fault(name, f"the key {key} of [{section}] lacks its default, {default}")


def check_placeholders(name, text, known):
    for word in sorted(known):
        if not re.search(rf"\{{\{{#?{word}\}}\}}", text):
            fault(name, f"the placeholder {{{{{word}}}}} is missing")


def check_ini(known):
    path = TOP / "conf/spotcheckd.ini"
    have, section = set(), None
    for line in read(path).splitlines():
        heading = re.match(r"#?\[(\w+)[^\]]*\]$", line)
        key = re.match(r"#?(\w+) =", line)
        if heading:
            section = heading.group(1)
        elif key:
            have.add((section, key.group(1)))
    for section, key, _ in known:
        if (section, key) not in have:
            fault(path.relative_to(TOP), f"the key {key} of [{section}] is missing")


def main():
    known_commands, known_keys, known_placeholders = commands(), keys(), placeholders()
    own = help_options(DAEMON / "cli/command.c")
    service = help_options(DAEMON / "spotcheckd.c") | long_options(DAEMON / "spotcheckd.c")
    for language in LANGUAGES:
        names = {page: f"daemon/{language}{page}" for page in PAGES}
        texts = {page: plain(read(TOP / name)) for page, name in names.items()}
        check_options(names["spotcheck.1"], texts["spotcheck.1"], known_commands, own)
        check_options(names["spotcheckd.8"], texts["spotcheckd.8"], {}, service)
        check_keys(names["spotcheckd.ini.5"], texts["spotcheckd.ini.5"], known_keys)
        check_placeholders(names["spotcheckd.ini.5"], texts["spotcheckd.ini.5"], known_placeholders)
    check_ini(known_keys)
    for line in dict.fromkeys(faults):
        print(line, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
