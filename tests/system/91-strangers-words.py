#!/usr/bin/python3
"""Goal: what strangers say cannot drive a terminal or forge a line of a journal.  A mail server, a witness, a published
folder, a roster and an INI are full of escape sequences, bells, carriage returns, C1 controls, marks of direction and bytes
that are no UTF-8; what `test-mail`, the service, `outbox`, `status`, `verify`, `import` and `check` print of them is clean,
one line where one is meant, and valid JSON with --json.  A password goes to no server without TLS that was not asked for.
"""

import contextlib
import json
import os
import shutil
import signal
import socketserver
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
SPOTCHECK = os.path.abspath(os.environ.get("SPOTCHECK", os.path.join(TOP, "build/spotcheck")))
SPOTCHECKD = os.path.abspath(os.environ.get("SPOTCHECKD", os.path.join(TOP, "build/spotcheckd")))

# A link, the clipboard, a bell, a bare CR, a tab, DEL, C1 in UTF-8 and raw, broken UTF-8, directions, what is not seen.
HOSTILE = (b"evil\x1b]8;;http://evil.example\x1b\\link\x1b]52;c;ZXZpbA==\x07\x07\rover\tit\x7f\xc2\x9b31m\xc2\x85\x9b2J\xff\xc3"
           + "\u202egnp.exe\u2066\u2069\u200b\u061c\ufeff财政局".encode())
FORBIDDEN = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2028, 0x202A), *range(0x2066, 0x206A), 0x200B,
             0x61C, 0xFEFF} - {0x09, 0x0A}

INI = """[service]
origin = words.example.org
operator = test
timezone = UTC
language = en
admin = ops@example.org
state_dir = {folder}/state
public_dir = {folder}/public
[mail]
server = {server}
from = Office <spotcheck@example.org>
retry_for = 1h
{more}
[cycle hand]
title = By hand
when = manual
window = 5 days
embargo = 0
sample = 12
matters = duty leave
team = any any
avoid =
"""


def check(true, words):
    if not true:
        raise AssertionError(words)


def clean(raw, where):
    """The text, if nothing in it could do harm."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as fault:
        raise AssertionError(f"{where}: no UTF-8: {fault}: {raw!r}") from fault
    found = sorted({f"U+{ord(c):04X}" for c in text if ord(c) in FORBIDDEN})
    check(not found, f"{where}: {' '.join(found)} in {raw!r}")
    return text


class Mail(socketserver.StreamRequestHandler):
    """A server whose every reply is hostile; what it hears is kept."""

    heard = []
    refuses = None  # the command that gets a 550

    def say(self, code, more=()):
        for line in more:
            self.wfile.write(b"%d-" % code + line + b"\r\n")
        self.wfile.write(b"%d " % code + HOSTILE + b"\r\n")

    def handle(self):
        if Mail.refuses == b"BANNER":
            self.say(554)
            return
        self.say(220, [HOSTILE])
        while line := self.rfile.readline():
            Mail.heard.append(line)
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.say(250, [HOSTILE, b"AUTH PLAIN LOGIN", b"8BITMIME"])
            elif verb == Mail.refuses:
                self.say(550, [HOSTILE])
            elif verb == b"DATA":
                self.say(354)
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    pass
                self.say(250, [HOSTILE])
            elif verb == b"AUTH":
                if len(line.split()) < 3:
                    self.wfile.write(b"334 \r\n")
                    Mail.heard.append(self.rfile.readline())
                self.say(235)
            elif verb == b"QUIT":
                self.say(221)
                return
            else:
                self.say(250)


class Witness(socketserver.StreamRequestHandler):
    """An HTTP server that says no in hostile words."""

    asked = 0

    def handle(self):
        length = 0
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        self.rfile.read(length)
        Witness.asked += 1
        body = HOSTILE + b"\n"
        self.wfile.write(b"HTTP/1.1 403 " + HOSTILE.replace(b"\r", b"") + b"\r\nContent-Type: text/plain" + HOSTILE.replace(b"\r", b"") +
                         b"\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def serve(handler):
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


class Office:
    def __init__(self, folder):
        self.folder, self.ini = folder, os.path.join(folder, "spotcheckd.ini")
        os.mkdir(os.path.join(folder, "state"), 0o700)
        shutil.copytree(os.path.join(TOP, "conf/letters"), os.path.join(folder, "letters"))

    def write(self, server, more=""):
        with open(self.ini, "w", encoding="utf-8") as file:
            file.write(INI.format(folder=self.folder, server=server, more=more))

    def command(self, *words, status=0, alone=False):
        """Runs it, and gives back what it says, which is clean; a refusal is one line."""
        prefix = () if alone else ("-c", self.ini)
        done = subprocess.run((SPOTCHECK, *prefix, *words), capture_output=True, timeout=60, check=False)
        out, fault = clean(done.stdout, f"stdout of {words}"), clean(done.stderr, f"stderr of {words}")
        check(done.returncode == status, f"{words}: status {done.returncode}, not {status}: {out[-800:]}{fault}")
        check(status in (0, 1) or fault.count("\n") == 1, f"{words}: not one line: {fault!r}")
        return out, fault


def mail(office, port):
    """The dialogue by hand, as far as each step."""
    office.write(f"smtp://127.0.0.1:{port}")
    out, _ = office.command("test-mail", "someone@example.org")
    check(out.count("evil") >= 7 and "财政局" in out and "taken it over" in out, f"the dialogue is not shown: {out}")
    lines = [line for line in out.split("\n") if line]
    check(all(line[:2] in ("< ", "> ") for line in lines[:-1]), f"a forged line: {lines}")
    for refused in (b"BANNER", b"MAIL", b"RCPT", b"DATA"):
        Mail.refuses = refused
        _, fault = office.command("test-mail", "someone@example.org", status=3)
        check(refused == b"BANNER" or "550" in fault, f"{refused}: {fault}")
    Mail.refuses = None
    out, _ = office.command("--json", "test-mail", "someone@example.org")
    json.loads(out)


def password(office, port):
    """Where TLS was asked for and is not to be had, no password leaves; in the clear, only within this machine."""
    path = os.path.join(office.folder, "password")
    with open(path, "w", encoding="ascii") as file:
        file.write("geheim\n")
    os.chmod(path, 0o600)
    more = f"user = spot\npassword_file = {path}\n"
    Mail.heard.clear()
    office.write(f"smtp+starttls://127.0.0.1:{port}", more)
    office.command("test-mail", "someone@example.org", status=3)
    check(not any(line.upper().startswith((b"AUTH", b"MAIL")) for line in Mail.heard), f"heard without TLS: {Mail.heard}")
    office.write(f"smtp://127.0.0.1:{port}", more)
    out, _ = office.command("test-mail", "someone@example.org")
    check(any(line.upper().startswith(b"AUTH") for line in Mail.heard) and "geheim" not in out, "no login within this machine")
    Mail.heard.clear()
    office.write(f"smtp://mail.example.org:{port}", more)
    for words in (("check",), ("test-mail", "someone@example.org")):
        _, fault = office.command(*words, status=2)
        check(f"{office.ini}:13: " in fault and "in the clear" in fault, f"not refused: {fault}")
    done = subprocess.run((SPOTCHECKD, "-c", office.ini), capture_output=True, timeout=20, check=False)
    check(done.returncode == 2 and b"in the clear" in done.stderr, f"the service: {done.returncode} {done.stderr}")


def draws(office):
    """A draw whose letters wait."""
    office.command("init")
    for kind in ("targets", "inspectors", "conflicts", "matters"):
        office.command("import", kind, os.path.join(TOP, "conf/sample", f"{kind}.csv"))
    office.command("run", "hand")


def service(office, port, witness_port):
    """The service delivers to a server that refuses, and asks a witness that does."""
    vkey, _ = office.command("keygen", "evil.example.org", os.path.join(office.folder, "witness.key"), alone=True)
    office.write(f"smtp://127.0.0.1:{port}", f"[witness evil]\nkey = {vkey.strip()}\nurl = http://127.0.0.1:{witness_port}/\n")
    Mail.refuses = b"RCPT"
    log, database = os.path.join(office.folder, "log"), os.path.join(office.folder, "state/spotcheckd.db")
    with open(log, "wb") as file:
        daemon = subprocess.Popen([SPOTCHECKD, "-c", office.ini], stdout=file, stderr=file)
    try:
        end, waiting, asked = time.monotonic() + 60, 1, False
        while time.monotonic() < end and (waiting or not asked):
            time.sleep(0.2)
            with contextlib.closing(sqlite3.connect(database, timeout=20)) as db:
                waiting = db.execute("SELECT count(*) FROM outbox_letter WHERE state NOT IN ('failed', 'sent')").fetchone()[0]
                asked = db.execute("SELECT count(*) FROM witness WHERE fault IS NOT NULL").fetchone()[0] > 0
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(20)
    with open(log, "rb") as file:
        said = clean(file.read(), "the service's journal")
    check(not waiting and "evil" in said, f"{waiting} letters wait: {said}")
    check(all(line.startswith("spotcheckd") for line in said.split("\n") if line), f"a forged line: {said}")
    check(asked, "the witness was not asked")
    out, _ = office.command("outbox", "list")
    check("evil" in out, out)
    listed = json.loads(office.command("--json", "outbox", "list")[0])
    office.command("outbox", "show", str(listed[0]["id"]))
    json.loads(office.command("--json", "outbox", "show", str(listed[0]["id"]))[0])
    office.command("status")
    json.loads(office.command("--json", "status")[0])
    Mail.refuses = None
    return len(listed)


def files(office):
    """Names in a published folder, cells of a roster, values of an INI, arguments."""
    public, name = os.path.join(office.folder, "public"), HOSTILE.replace(b"/", b"_")
    stray = os.path.join(public.encode(), b"draws/0001", name)
    with open(stray, "wb"):
        pass
    out, _ = office.command("verify", public, alone=True)
    check("evil" in out, out)
    json.loads(office.command("--json", "verify", public, alone=True)[0])
    os.unlink(stray)
    office.command("verify", os.path.join(office.folder.encode(), name), status=2, alone=True)
    office.command(name, status=2, alone=True)
    office.command("show", "--" + name.decode(errors="surrogateescape"), status=2)
    roster = os.path.join(office.folder, "targets.csv")
    for header, cell in ((b"id,name," + HOSTILE.replace(b"\r", b""), b"T1,one,x"), (b"id,name", b"T1," + HOSTILE.replace(b"\r", b""))):
        with open(roster, "wb") as file:
            file.write(header + b"\r\n" + cell + b"\r\n")
        done = subprocess.run((SPOTCHECK, "-c", office.ini, "import", "targets", roster, "--dry-run"), capture_output=True, timeout=60,
                              check=False)
        clean(done.stdout + done.stderr, "import")
    with open(office.ini, "ab") as file:
        file.write(b"\nweight = " + HOSTILE.replace(b"\r", b"") + b"\n" + HOSTILE.replace(b"\r", b"") + b" = 1\n")
    for program in (SPOTCHECK, SPOTCHECKD):
        done = subprocess.run((program, "-c", office.ini, "check" if program == SPOTCHECK else "--check"), capture_output=True, timeout=60,
                              check=False)
        check(done.returncode == 2 and done.stderr.count(b"\n") >= 2, f"{program}: {done.returncode} {done.stderr}")
        clean(done.stdout + done.stderr, f"{program} check")


def main():
    with tempfile.TemporaryDirectory(prefix="spotcheck-words.") as folder:
        try:
            port, witness_port, office = serve(Mail), serve(Witness), Office(folder)
            mail(office, port)
            password(office, port)
            office.write(f"smtp://127.0.0.1:{port}")
            draws(office)
            letters = service(office, port, witness_port)
            files(office)
            print(f"ok: nothing of {len(HOSTILE)} hostile bytes reached a terminal; {letters} letters refused in such words")
        except AssertionError as fault:
            print(f"FAIL: {fault}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
