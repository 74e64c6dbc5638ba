#!/usr/bin/python3
"""Goal: letters to inspectors who have a certificate can be read with its key and without it by nobody; one whose
certificate does not serve gets none, in the clear neither, until it is put right.

The certificates are made by openssl, which also reads the letters.
"""

import email
import email.policy
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# Of each inspector in turn: its certificate's key, and what is wrong with it, in the program's words.
KINDS = [("rsa", None), ("ec", None), (None, None), ("rsa", "expired on"), ("rsa", "is not for the address"), ("small", "has 1024 bits"),
         ("rsa", "not for encrypting"), ("garbage", "holds no certificate"), ("two", "more than one"), ("served", "not for encrypting"),
         ("curve", "has 192 bits"), ("edwards", "neither RSA nor EC"), ("empty", "holds no certificate"),
         ("folder", "is no regular file"), ("pipe", "is no regular file"), ("large", "is larger than"), ("keyed", "more than one")]


def letters_scenario():
    spec = importlib.util.spec_from_file_location("letters", os.path.join(HERE, "35-letters.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def openssl(*words, given=None):
    done = subprocess.run(["openssl", *words], input=given, capture_output=True, timeout=60, check=False)
    if done.returncode != 0:
        sys.exit(f"openssl {' '.join(words)}: {done.stderr.decode()}")
    return done.stdout


class Certificates:
    def __init__(self, folder):
        self.folder = folder
        os.mkdir(folder)
        for name, words in {"rsa": ("RSA", "-pkeyopt", "rsa_keygen_bits:2048"), "small": ("RSA", "-pkeyopt", "rsa_keygen_bits:1024"),
                            "ec": ("EC", "-pkeyopt", "ec_paramgen_curve:P-256"), "edwards": ("ED25519",),
                            "curve": ("EC", "-pkeyopt", "ec_paramgen_curve:prime192v1")}.items():
            openssl("genpkey", "-algorithm", *words, "-out", self.key(name))

    def key(self, name):
        return os.path.join(self.folder, name + ".key")

    def path(self, who):
        return os.path.join(self.folder, who + ".pem")

    def make(self, who, key, address, days="30", use=None):
        more = ["-addext", use] if use else []
        request = openssl("req", "-new", "-key", self.key(key), "-subj", f"/CN={who}", "-addext",
                          f"subjectAltName=email:{address}", *more)
        openssl("x509", "-req", "-key", self.key(key), "-days", days, "-copy_extensions", "copy", "-out", self.path(who),
                given=request)

    def make_kind(self, who, address, kind):
        key, wrong = KINDS[kind]
        if key == "garbage":
            with open(self.path(who), "w", encoding="ascii") as file:
                file.write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        elif key in ("two", "keyed"):
            self.make(who, "rsa", address)
            with open(self.path(who) if key == "two" else self.key("ec"), encoding="ascii") as file:
                text = file.read()
            with open(self.path(who), "a", encoding="ascii") as file:
                file.write(text)
        elif key == "folder":
            os.mkdir(self.path(who))
        elif key == "pipe":
            os.mkfifo(self.path(who))
        elif key in ("empty", "large"):
            with open(self.path(who), "w", encoding="ascii") as file:
                file.write("x" * (70000 if key == "large" else 0))
        elif key == "served":
            self.make(who, "rsa", address, use="extendedKeyUsage=serverAuth")
        elif key:
            self.make(who, key, "somebody." + address if wrong == "is not for the address" else address,
                      days="-1" if wrong == "expired on" else "30",
                      use="keyUsage=digitalSignature" if wrong == "not for encrypting" else None)

    def read(self, raw, who, key):
        return openssl("cms", "-decrypt", "-inform", "SMIME", "-inkey", self.key(key), "-recip", self.path(who), given=raw)


def check(true, words):
    if not true:
        sys.exit(words)


def set_mail(scratch, encrypt):
    with open(scratch.ini, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"^#?encrypt *=.*$", f"encrypt = {encrypt}", text, count=1, flags=re.M)
    text = re.sub(r"^sample *=.*$", "sample = 60%", text, count=1, flags=re.M)  # so that everybody has a seat
    with open(scratch.ini, "w", encoding="utf-8") as file:
        file.write(text)


def by_recipient(scratch):
    ids = {row["email"]: me for me, row in scratch.inspectors.items()}
    found = {}
    folder = os.path.join(scratch.mail, "new")
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            raw = file.read()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        found.setdefault(ids[message["To"].addresses[0].addr_spec], []).append((message, raw))
    return found


def no_defects(message):
    for part in message.walk():
        check(not part.defects, f"defects: {part.defects}")
        for name, value in part.items():
            check(not getattr(value, "defects", ()), f"{name}: {value}")


def check_sealed(scratch, certificates, me, key, message, raw):
    """Nothing of the letter outside, all of it within."""
    no_defects(message)
    check(max(map(len, raw.split(b"\r\n"))) <= 78, "a line longer than 78")
    check(message.get_content_type() == "application/pkcs7-mime", message.get_content_type())
    check(message["Content-Type"].params["smime-type"] == "enveloped-data", message["Content-Type"])
    check(message["Auto-Submitted"] == "auto-generated" and message["Content-Language"] is None, "headers")
    for row in scratch.targets.values():
        check(not re.search(rf"\b{row['id']}\b", str(message)) and row["name"] not in str(message["Subject"]),
              f"{row['id']} stands outside")
    inside = certificates.read(raw, me, key)
    check(re.fullmatch(rb"(?:[^\r\n]*\r\n)*", inside) is not None, "line ends within")
    letter = email.message_from_bytes(inside, policy=email.policy.default)
    no_defects(letter)
    kinds = [part.get_content_type() for part in letter.walk()]
    check(kinds[:4] == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html"] and "text/csv" in kinds and
          "text/calendar" in kinds, f"parts within: {kinds}")
    text = next(part for part in letter.walk() if part.get_content_type() == "text/plain").get_content()
    check(scratch.inspectors[me]["name"] in text and re.search(r"\bT\d{3}\b", text), "the letter within says nothing")


def check_letters(scratch, certificates):
    letters, kinds = by_recipient(scratch), {me: i % len(KINDS) for i, me in enumerate(sorted(scratch.inspectors))}
    listed = json.loads(scratch.run("--json", "outbox"))
    rows = {row["inspector"]: row for row in listed}
    for row in listed:
        _, wrong = KINDS[kinds[row["inspector"]]]
        if wrong:
            check(row["state"] == "failed" and wrong in row["reply"], f"{row['inspector']}, {wrong}: {row}")
    for me in rows:
        key, wrong = KINDS[kinds[me]]
        wanted = 0 if wrong else sum(row["inspector"] == me for row in listed)
        check(len(letters.get(me, [])) == wanted, f"{me}, {wrong}: {len(letters.get(me, []))} letters, not {wanted}")
        for message, raw in letters.get(me, []):
            if key:
                check_sealed(scratch, certificates, me, key, message, raw)
            else:
                check(message.get_content_type() == "multipart/mixed", f"{me} has no certificate: {message.get_content_type()}")
    seen = {kinds[me] for me in rows}
    check({0, 1, 2} <= seen and len(seen) >= len(KINDS) - 4, f"kinds of certificate: only {seen}")  # `check` is asked of all
    return rows, kinds


def check_says(scratch, kinds):
    """`check` names each that does not serve, and how many have none; one that expires soon too."""
    said = json.loads(scratch.run("--json", "check", status=1))
    said = [row["what"] for row in said if row["where"] == "certificates"]
    for me, kind in kinds.items():
        key, wrong = KINDS[kind]
        about = [what for what in said if f"/{me}.pem" in what or f" of {me} " in what]
        check(len(about) == (1 if key else 0) and (wrong or "expires on") in "".join(about) + ("" if key else "expires on"),
              f"check of {me}: {about}")
    none = sum(KINDS[kind][0] is None for kind in kinds.values())
    check(any(f"{none} of {len(kinds)}" in what for what in said), f"nobody says how many have none: {said}")


def check_again(scratch, certificates, rows, kinds):
    """With the certificate put right the letter is made, and leaves sealed."""
    me = next(me for me, row in rows.items() if row["state"] == "failed" and KINDS[kinds[me]][0] == "rsa")
    scratch.run("outbox", "retry", str(rows[me]["id"]), status=2)
    certificates.make(me, "ec", scratch.inspectors[me]["email"])
    scratch.run("outbox", "retry", str(rows[me]["id"]))
    ((message, raw),) = by_recipient(scratch)[me]
    check_sealed(scratch, certificates, me, "ec", message, raw)
    set_mail(scratch, "required")
    scratch.run("run", "spot-check")
    last = [row for row in json.loads(scratch.run("--json", "outbox")) if row["draw"] == 2]
    check(last, "no letters")
    for row in last:
        good = KINDS[kinds[row["inspector"]]] in KINDS[:2] or row["inspector"] == me
        check(row["state"] == ("sent" if good else "failed"), f"required: {row}")
        check(KINDS[kinds[row["inspector"]]][0] or "encrypt = required" in row["reply"], f"required: {row}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        scratch = letters_scenario().Scratch(folder)
        certificates = Certificates(os.path.join(scratch.conf, "certificates"))
        for i, (me, row) in enumerate(sorted(scratch.inspectors.items())):
            certificates.make_kind(me, row["email"], i % len(KINDS))
        set_mail(scratch, "if-known")
        scratch.run("init")
        for kind in ("targets", "inspectors", "conflicts", "matters"):
            scratch.run("import", kind, os.path.join(scratch.conf, "sample", kind + ".csv"), "--by", "tester")
        scratch.run("run", "spot-check")
        rows, kinds = check_letters(scratch, certificates)
        check_says(scratch, kinds)
        check_again(scratch, certificates, rows, kinds)
        print(f"{len(rows)} letters, {sum(row['state'] == 'failed' for row in rows.values())} of them kept back")
    return 0


if __name__ == "__main__":
    sys.exit(main())
