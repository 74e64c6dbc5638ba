#!/usr/bin/python3
"""Goal: with real mail servers letters leave over STARTTLS and TLS with a login (aiosmtpd) and in the clear on this
machine (OpenSMTPD), and land in a maildir whole; what is wrong with a certificate, a login or a server without TLS is
said, and nothing is sent in the clear.

The part with OpenSMTPD is left out where it cannot be started: it wants root, and to be the only one.  Its TLS does not
work with the OpenSSL of Debian 12 ("missing private key").
"""

import asyncio
import contextlib
import email
import email.policy
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import ssl
import sys
import tempfile
import threading
import time
import warnings

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
SPOTCHECK = os.path.abspath(os.environ.get("SPOTCHECK", os.path.join(TOP, "build/spotcheck")))
SPOTCHECKD = os.path.abspath(os.environ.get("SPOTCHECKD", os.path.join(TOP, "build/spotcheckd")))
warnings.simplefilter("ignore")  # aiosmtpd's, of what is meant to be
BASE = 31000 + os.getpid() % 700 * 4
STARTTLS, TLS, EXPIRED, PLAIN = range(BASE, BASE + 4)

INI = """[service]
origin = smtp.example.org
operator = test
timezone = UTC
language = {language}
admin = ops@example.org
state_dir = {folder}/state
public_dir = {folder}/public
[mail]
server = {server}
from = 抽查办公室 <spotcheck@example.org>
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
SERVER = """listen on 127.0.0.1 port {plain}
table everybody {{ "@" = "nobody" }}
action "keep" maildir "{folder}/kept" virtual <everybody>
match from any for any action "keep"
"""


def check(true, words):
    if not true:
        raise AssertionError(words)


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, **more)


def openssl(folder, *words):
    done = run("openssl", *words, cwd=folder)
    check(done.returncode == 0, f"openssl {words[0]}: {done.stderr}")


def make_certificates(folder):
    """An authority, and a server's certificate by it; and one that was good until yesterday."""
    key = ("-newkey", "rsa:2048", "-nodes")
    openssl(folder, "req", "-x509", *key, "-days", "30", "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.pem")
    openssl(folder, "req", *key, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
            "server.key", "-out", "server.csr")
    for name, days in (("server.pem", "30"), ("expired.pem", "-1")):
        openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", days,
                "-copy_extensions", "copy", "-out", name)
    os.chmod(os.path.join(folder, "server.key"), 0o600)


def read_maildir(path):
    found = []
    for folder, _, files in os.walk(path):
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                found.append(file.read())
    return found


class Secure:
    """aiosmtpd with TLS and a login, in a thread."""

    def __init__(self, folder):
        self.maildir = os.path.join(folder, "secure")
        make_certificates(folder)
        context, expired = (ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) for _ in range(2))
        context.load_cert_chain(os.path.join(folder, "server.pem"), os.path.join(folder, "server.key"))
        expired.load_cert_chain(os.path.join(folder, "expired.pem"), os.path.join(folder, "server.key"))
        kept = Mailbox(self.maildir)
        self.loop = asyncio.new_event_loop()
        for port, tls, more in ((STARTTLS, None, {"tls_context": context, "require_starttls": True}),
                                (TLS, context, {"auth_require_tls": False}),
                                (EXPIRED, expired, {"auth_require_tls": False})):
            self.loop.run_until_complete(self.loop.create_server(
                lambda more=more: SMTP(kept, hostname="localhost", authenticator=self.login, auth_required=True,
                                       loop=self.loop, **more), "127.0.0.1", port, ssl=tls))
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    @staticmethod
    def login(server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (b"spot", b"geheim")
        return AuthResult(success=good, handled=good)

    def kept(self):
        return read_maildir(self.maildir)


class Smtpd:
    """OpenSMTPD, in the clear."""

    def __init__(self, folder):
        self.maildir = os.path.join(folder, "kept")
        config = os.path.join(folder, "smtpd.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write(SERVER.format(folder=folder, plain=PLAIN))
        os.mkdir(self.maildir)
        shutil.chown(self.maildir, "nobody")
        with open(os.path.join(folder, "smtpd.log"), "w", encoding="ascii") as log:
            self.process = subprocess.Popen(["smtpd", "-d", "-f", config], stdout=log, stderr=log)

    def answers(self):
        end = time.monotonic() + 15
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", PLAIN), 1):
                return True
            time.sleep(0.1)
        return False

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def kept(self):
        return read_maildir(self.maildir)


class Office:
    def __init__(self, folder):
        self.folder, self.ini = folder, os.path.join(folder, "spotcheckd.ini")
        os.mkdir(os.path.join(folder, "state"), 0o700)
        shutil.copytree(os.path.join(TOP, "conf/letters"), os.path.join(folder, "letters"))
        self.write(f"smtps://localhost:{TLS}")
        for name, text in (("password", "geheim\n"), ("wrong", "falsch\n")):
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(text)
            os.chmod(os.path.join(folder, name), 0o600)

    def write(self, server, password="password", ca="ca.pem", language="zh_CN"):
        more = f"user = spot\npassword_file = {self.folder}/{password}\n" if password else ""
        more += f"ca_file = {self.folder}/{ca}\n" if ca else ""
        with open(self.ini, "w", encoding="utf-8") as file:
            file.write(INI.format(folder=self.folder, server=server, more=more, language=language))

    def command(self, *words, status=0):
        done = run(SPOTCHECK, "-c", self.ini, *words)
        check(done.returncode == status, f"{words}: status {done.returncode}: {done.stdout[-800:]}{done.stderr}")
        return done.stdout, done.stderr

    def test_mail(self, words, status=0):
        out, fault = self.command("test-mail", "someone@example.org", status=status)
        check(words in out + fault, f"no {words!r}: {out} {fault}")
        check("geheim" not in out + fault and "falsch" not in out + fault, "the password is shown")
        check(status == 0 or "MAIL FROM" not in out, "spoken of, though the session is none")
        return out


def dialogues(office):
    """What test-mail shows, right and wrong."""
    out = office.test_mail("The server has taken it over")
    check("> ***" in out and "< 235" in out, f"no login: {out}")
    office.write(f"smtp+starttls://localhost:{STARTTLS}")
    out = office.test_mail("The server has taken it over")
    check("> STARTTLS" in out and "< 235" in out, f"no STARTTLS: {out}")
    office.write(f"smtp+starttls://localhost:{STARTTLS}", password="wrong")
    office.test_mail("535", status=3)
    office.write(f"smtps://localhost:{TLS}", ca="")
    office.test_mail("certificate", status=3)
    office.write(f"smtps://127.0.0.1:{TLS}")
    office.test_mail("subject name", status=3)
    office.write(f"smtps://localhost:{EXPIRED}")
    office.test_mail("certificate has expired", status=3)
    office.write(f"smtps://127.0.0.1:{TLS}")
    os.chmod(os.path.join(office.folder, "password"), 0o644)
    office.test_mail("others cannot read", status=2)
    os.chmod(os.path.join(office.folder, "password"), 0o600)


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return file.read().split()


def letters(office, server):
    """A draw's letters, by the service, as they lie in the maildir."""
    before = len(server.kept())
    office.command("run", "hand")
    database = os.path.join(office.folder, "state/spotcheckd.db")
    with open(os.path.join(office.folder, "log"), "w", encoding="utf-8") as log:
        daemon = subprocess.Popen([SPOTCHECKD, "-c", office.ini], stdout=log, stderr=log)
    try:
        end, states = time.monotonic() + 40, []
        while time.monotonic() < end and states != [("sent",)]:
            time.sleep(0.2)
            with contextlib.closing(sqlite3.connect(database, timeout=20)) as db:
                states = db.execute("SELECT DISTINCT state FROM outbox_letter").fetchall()
                wanted = dict(db.execute("SELECT message_id, message FROM outbox_letter JOIN outbox_message ON letter = id WHERE draw = (SELECT max(n) FROM draw)"))
        check(states == [("sent",)], f"{states}")
        end = time.monotonic() + 20
        while time.monotonic() < end and len(server.kept()) < before + len(wanted):
            time.sleep(0.2)
        # The mailer ends by itself, so that its leaks are seen.
        while time.monotonic() < end and children_of(daemon.pid):
            time.sleep(0.1)
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(10)
    arrived = [(email.message_from_bytes(raw, policy=email.policy.default), raw) for raw in server.kept()]
    arrived = {message["Message-ID"]: (message, raw) for message, raw in arrived if message["Message-ID"] in wanted}
    check(set(arrived) == set(wanted), f"{len(arrived)} of {len(wanted)} arrived")
    for identity, (message, raw) in arrived.items():
        check(not message.defects and not any(part.defects for part in message.walk()), f"defects: {message.defects}")
        _, _, sent_body = wanted[identity].partition(b"\r\n\r\n")
        _, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        check(body.rstrip() == sent_body.replace(b"\r\n", b"\n").rstrip(), "the body has changed on its way")
        check(message["From"].addresses[0].display_name == "抽查办公室", f"from {message['From']}")
        check(len(message["To"].addresses) == 1, f"to {message['To']}")
    return len(arrived)


def by_opensmtpd(office, folder):
    if os.geteuid() != 0 or not shutil.which("smtpd"):
        return "OpenSMTPD cannot be started here"
    server = Smtpd(folder)
    try:
        if not server.answers():
            return "OpenSMTPD does not start"
        office.write(f"smtp+starttls://localhost:{PLAIN}")
        office.test_mail("STARTTLS", status=3)
        office.write(f"smtp://localhost:{PLAIN}", password="")
        office.test_mail("The server has taken it over")
        return f"{letters(office, server)} letters arrived whole at OpenSMTPD"
    finally:
        server.stop()


def main():
    with tempfile.TemporaryDirectory(prefix="spotcheck-smtpd.") as folder:
        os.chmod(folder, 0o755)
        try:
            server, office = Secure(folder), Office(folder)
            dialogues(office)
            office.write(f"smtp+starttls://localhost:{STARTTLS}")
            office.command("init")
            for kind in ("targets", "inspectors", "conflicts", "matters"):
                office.command("import", kind, os.path.join(TOP, "conf/sample", f"{kind}.csv"))
            print(f"ok: dialogues right and wrong; {letters(office, server)} letters arrived whole over TLS")
            print(f"ok: {by_opensmtpd(office, folder)}")
        except AssertionError as fault:
            print(f"FAIL: {fault}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
