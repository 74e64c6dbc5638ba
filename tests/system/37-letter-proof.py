#!/usr/bin/python3
"""Goal: what a letter carries proves its reader's places before the reveal, and nothing else does.

Of a sealed draw each letter has one attachment, of its reader's places of the day as they were drawn; `verify --letter` holds it
against the log, as does the page; a changed target, day or colleague, and another log, are refused.  Who comes in by an
amendment has the line that was drawn.  After the reveal what the amendment made of the place is said too.
"""

import csv
import email
import email.policy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CONF = os.path.join(HERE, "..", "..", "conf")
SPOTCHECK = os.environ.get("SPOTCHECK", os.path.join(HERE, "../../build/spotcheck"))
PAGE = os.path.join(HERE, "../page/letter_says.mjs")
LIBRARIES = os.path.join(HERE, "../../daemon/site/node_modules/@noble")


class Office:
    """A folder with the shipped configuration and sample."""

    def __init__(self, folder, embargo):
        self.mail = os.path.join(folder, "mail")
        self.public = os.path.join(folder, "public")
        self.seen = set()
        self.ini = os.path.join(folder, "conf", "spotcheckd.ini")
        shutil.copytree(CONF, os.path.join(folder, "conf"))
        with open(self.ini, encoding="utf-8") as file:
            text = file.read()
        for key, value in {"state_dir": os.path.join(folder, "state"), "public_dir": self.public,
                           "server": "maildir:" + self.mail}.items():
            text = re.sub(rf"^#?{key} *=.*$", f"{key} = {value}", text, count=1, flags=re.M)
        head, cycle = text.split("[cycle spot-check]")
        cycle = re.sub(r"^#?embargo *=.*$", f"embargo = {embargo}", cycle, count=1, flags=re.M)
        with open(self.ini, "w", encoding="utf-8") as file:
            file.write(head + "[cycle spot-check]" + cycle)
        self.every_second_in_english(os.path.join(folder, "conf", "sample", "inspectors.csv"))
        self.sc("init")
        for kind in ("targets", "inspectors", "conflicts", "matters"):
            self.sc("import", kind, os.path.join(folder, "conf", "sample", kind + ".csv"))
        self.sc("run", "spot-check")

    @staticmethod
    def every_second_in_english(path):
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]) + ([] if "language" in rows[0] else ["language"]))
            writer.writeheader()
            for i, row in enumerate(rows):
                writer.writerow({**row, "language": ("en", "zh_CN")[i % 2]})

    def sc(self, *words):
        subprocess.run([SPOTCHECK, "-c", self.ini, *words], check=True, stdout=subprocess.DEVNULL)

    def letters(self):
        """The new ones: (path, parsed)."""
        folder = os.path.join(self.mail, "new")
        for name in sorted(set(os.listdir(folder)) - self.seen):
            self.seen.add(name)
            with open(os.path.join(folder, name), "rb") as file:
                yield file.name, email.message_from_binary_file(file, policy=email.policy.default)


def verify(public, path):
    """Status and what is said of the letter."""
    done = subprocess.run([SPOTCHECK, "verify", public, "--letter", path], capture_output=True, text=True)
    said = re.findall(r"^  (?:ok|FAILED|not run) +letter: (.*)$", done.stdout, flags=re.M)
    return done.returncode, said if done.returncode < 2 else [done.stderr]


def attachments(letter):
    return [part for part in letter.iter_attachments() if part.get_filename().startswith("places-")]


def text_of(letter):
    return " ".join(letter.get_body(("plain",)).get_content().split())


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return path


def canonical(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def words_of(line, since):
    return (f"place {line['place']} of draw {line['n']}: target {line['target']} on {line['visit'].replace('T', ' ')} "
            f"by {', '.join(line['team'])}: in the public log since {since}")


def entries(public):
    import_path = os.path.join(public, "tile", "entries", "000.p")
    width = max(os.listdir(import_path), key=int)
    with open(os.path.join(import_path, width), "rb") as file:
        bundle = file.read()
    while bundle:
        n = int.from_bytes(bundle[:2], "big")
        yield json.loads(bundle[2:2 + n])
        bundle = bundle[2 + n:]


def sealed_letters(office, folder):
    """Each letter's attachment; returns the files."""
    since, = [each["time"] for each in entries(office.public) if each["type"] == "draw"]
    files, places, size = [], {}, None
    for path, letter in office.letters():
        part, = attachments(letter)
        name, data = part.get_filename(), part.get_content()
        _, n, reader, day = name[:-5].split("-", 3)
        document = json.loads(data)
        assert data.decode() == canonical(document) and document["n"] == 1 and document["type"] == "places", name
        assert name in text_of(letter) and "verify.html" in text_of(letter), "the text names the attachment"
        lines = [json.loads(proof["line"]) for proof in document["places"]]
        for proof, line in zip(document["places"], lines):
            size = proof["size"]
            assert reader in line["team"] and line["visit"].replace("-", "").startswith(day), "another's place"
            assert line["target"] in text_of(letter)
            places[line["place"]] = places.get(line["place"], 0) + 1
        file = write(folder, name, data)
        files.append(file)
        wanted = 0, [words_of(line, since) for line in lines]
        assert verify(office.public, file) == wanted, verify(office.public, file)
        if len(files) == 1:
            assert verify(office.public, path) == wanted, "the saved letter"
            alone = write(folder, "alone.json", "\n".join(canonical(each) for each in document["places"]) + "\n")
            assert verify(office.public, alone) == wanted, "by itself"
    assert set(places) == set(range(size)) and set(places.values()) == {2}, "each place is proved to its team alone"
    return files


def altered(office, folder, file):
    """Each a changed copy, with what is said of it."""
    with open(file, encoding="utf-8") as opened:
        document = json.load(opened)
    cases = []
    for key, change in (("target", lambda line: line["target"][:-1] + "x"), ("visit", lambda line: line["visit"][:-2] + "01"),
                        ("team", lambda line: line["team"][::-1]), ("team", lambda line: [line["team"][0], "I999"]),
                        ("nonce", lambda line: "0" * 32)):
        copy = json.loads(canonical(document))
        line = json.loads(copy["places"][0]["line"])
        line[key] = change(line)
        copy["places"][0]["line"] = canonical(line)
        cases.append((copy, "the path does not lead to what the log holds of this draw"))
    copy = json.loads(canonical(document))
    copy["places"][0]["path"][0] = "0" * 64
    cases.append((copy, "the path does not lead"))
    copy = json.loads(canonical(document))
    copy["places"][0]["line"] += " "
    cases.append((copy, "not the canonical line of a place"))
    copy = json.loads(canonical(document))
    copy["n"] = 2
    cases.append((copy, "the letter is of draw 2, the line of draw 1"))
    for i, (value, words) in enumerate(cases):
        path = write(folder, f"altered-{i}.json", canonical(value))
        status, said = verify(office.public, path)
        assert status == 1 and words in said[0], (i, status, said)
        yield path
    for i, data in enumerate((b"", b"{}", canonical(document).encode()[:-1], b"\x00" * 100, b"Dear all", b"{" * 2000000)):
        path = write(folder, f"malformed-{i}", data)
        status, said = verify(office.public, path)
        assert status == 2 and said[0].count("\n") == 1, (i, status, said)
    assert verify(office.public, os.path.join(folder, "absent"))[0] == 2


def amended(office, folder):
    """A seat changes hands before the reveal: the log can show what was drawn, and the letters say so."""
    office.sc("amend", "1", "0", "0", "--reason", "recusal")
    kinds = []
    for _, letter in office.letters():
        found = attachments(letter)
        kinds.append(len(found))
        if not found:
            continue
        file = write(folder, "amended-" + found[0].get_filename(), found[0].get_content())
        first = [json.loads(each["line"]) for each in json.loads(found[0].get_content())["places"]]
        line, = [each for each in first if each["place"] == 0]
        english = f"Place 0 was drawn for {line['target']} with {', '.join(line['team'])}. It has been amended since, which the log cannot"
        chinese = f"位次0抽取时为{line['target']}，由{'，'.join(line['team'])}检查；此后有变更，记录启封之前日志不能显示该变更。"
        text = text_of(letter)
        assert english in text or chinese in text.replace(" ", ""), text
        status, said = verify(office.public, file)
        assert status == 0 and any(each.startswith("place 0 of draw 1: ") for each in said)
    assert sorted(kinds) == [0, 1, 1], "one who leaves, one who comes, one who stays"


def opened_letters(office, folder):
    """A draw that is open: the same, and what an amendment makes of a place."""
    files = [write(folder, f"open-{i}.json", part.get_content())
             for i, (_, letter) in enumerate(office.letters()) for part in attachments(letter)]
    for file in files:
        status, said = verify(office.public, file)
        assert status == 0 and "amended" not in " ".join(said), said
    office.sc("amend", "1", "0", "0", "--reason", "recusal")
    said = [each for file in files for each in verify(office.public, file)[1]]
    changed = [each for each in said if "; amended since: " in each]
    assert len(changed) == 2 and all(each.startswith("place 0 of draw 1: ") for each in changed), changed
    return files


def page_agrees(public, files):
    """The page's library says the same, but for a capital and a full stop."""
    if not shutil.which("node") or not os.path.isdir(LIBRARIES):
        return "the page's library is not here"
    done = subprocess.run(["node", PAGE, public], input="\n".join(files), capture_output=True, text=True, check=True)
    for file, line in zip(files, done.stdout.splitlines(), strict=True):
        status, program = verify(public, file)
        page = json.loads(line)
        assert {each[0] for each in page} == {"failed" if status else "ok"}, (file, page)
        if status == 0:
            assert [each[1][0].lower() + each[1][1:-1] for each in page] == program, (page, program)
    return f"the page says the same of {len(files)} files"


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "files"))
        files = os.path.join(folder, "files")
        sealed = Office(os.path.join(folder, "sealed"), 30)
        opened = Office(os.path.join(folder, "opened"), 0)
        letters = sealed_letters(sealed, files)
        wrong = list(altered(sealed, files, letters[0]))
        amended(sealed, files)
        open_files = opened_letters(opened, files)
        status, said = verify(opened.public, letters[0])
        assert status == 1 and said[0].startswith("it is of another log: "), said
        status, said = verify(opened.public, os.path.join(files, "alone.json"))
        assert status == 1 and "the path does not lead" in said[0], said
        print(f"{len(letters)} letters of a sealed draw, {len(open_files)} of an open one;",
              page_agrees(sealed.public, letters + wrong) + ",", page_agrees(opened.public, open_files + letters[:1]))


if __name__ == "__main__":
    sys.exit(main())
