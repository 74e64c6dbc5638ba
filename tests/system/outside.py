"""What the scenarios on witnesses and beacons share: an office whose clock can be set, witnesses that are processes of
their own, relays of drand, and another witness, written from tlog-witness and PROTOCOL.md alone, that can be told to
misbehave.

libfaketime sets the clock of our programs, by an offset from the real one; relays and the other witness, in this process,
are told what time it is.
"""

import base64
import contextlib
import csv
import glob
import hashlib
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(TOP, "tests", "peers"))
import protocol  # noqa: E402  pylint: disable=wrong-import-position

SPOTCHECK = os.path.abspath(os.environ.get("SPOTCHECK", os.path.join(TOP, "build/spotcheck")))
SPOTCHECKD = os.path.abspath(os.environ.get("SPOTCHECKD", os.path.join(TOP, "build/spotcheckd")))
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), "")
CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
GENESIS = 1692803367
# Two rounds that quicknet has really given.
ROUNDS = {
    42: "95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce430a91b811fbfaf763900bc998b5d686a",
    1000: "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
}
ROUND_1000 = 1692806364  # its time

INI = """[service]
origin = {origin}
operator = the district
timezone = UTC
language = en
admin = ops@example.org
state_dir = {folder}/state
public_dir = {folder}/public
[mail]
server = maildir:{folder}/mail
from = test <test@example.org>
{sections}
[cycle hand]
title = By hand
when = manual
window = {window}
commit = 1h
embargo = 0
sample = 12
matters = duty leave
team = any any
avoid =
beacon = {beacon}
"""


def check(true, words):
    if not true:
        raise AssertionError(words)


def wait_for(what, words, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = what()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {words}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def signature_of(round_number):
    """The real one, or bytes that have the form of a compressed point."""
    if round_number in ROUNDS:
        return ROUNDS[round_number]
    digest = bytearray(hashlib.sha384(b"round %d" % round_number).digest())
    digest[0] = 0x81
    return digest.hex()


class Clock:
    offset = 0.0  # of our programs, from the real clock

    @classmethod
    def set(cls, moment):
        cls.offset = moment - time.time()

    @classmethod
    def now(cls):
        return time.time() + cls.offset

    @classmethod
    def environment(cls):
        """libfaketime reads offsets in seconds; monotonic clocks stay as they are, as under a clock that is set."""
        env = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC", LD_PRELOAD=FAKETIME, FAKETIME=f"{cls.offset:+.3f}",
                   FAKETIME_DONT_FAKE_MONOTONIC="1", FAKETIME_NO_CACHE="1")
        # The sanitizer wants to come first, and looks for leaks by stopping threads.
        env["ASAN_OPTIONS"] = ":".join(filter(None, [env.get("ASAN_OPTIONS"), "verify_asan_link_order=0", "detect_leaks=0"]))
        return env


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, handler):
        super().__init__(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def end(self):
        self.shutdown()
        self.server_close()


class Relay(Server):
    """A relay of drand.  `mode`: honest, or what it does wrong; `mangle` changes the bytes of its answers."""

    def __init__(self, mode="honest"):
        self.mode = mode
        self.asked = []
        self.mangle = lambda data: data
        self.hold = threading.Event()
        relay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, format, *args):  # pylint: disable=redefined-builtin
                pass

            def do_GET(self):
                relay.answer(self)

        super().__init__(Handler)

    def answer(self, request):
        self.asked.append(request.path)
        match = re.fullmatch(rf"/{CHAIN}/public/(\d+)", request.path)
        number = int(match.group(1)) if match else 0
        if self.mode == "hang":
            self.hold.wait(60)
            return None
        if self.mode == "drip":
            return drip(request, self.hold)
        if not match or (self.mode == "honest" and Clock.now() < GENESIS + (number - 1) * 3):
            return send(request, 404, b"{}")
        if self.mode == "down":
            return send(request, 502, b"bad gateway")
        if self.mode == "nothing":
            return send(request, 200, b"")
        if self.mode == "10 MB":
            return send(request, 200, b"x" * 10_000_000)
        said = number + 1 if self.mode == "another round" else number
        signature = signature_of(said if self.mode == "another round" else number + 7 if self.mode == "another signature" else number)
        randomness = hashlib.sha256(bytes.fromhex(signature)).hexdigest()
        if self.mode == "wrong randomness":
            randomness = "0" * 64
        if self.mode == "another chain":
            signature = signature + signature  # 96 bytes, of another scheme
        data = json.dumps({"round": said, "randomness": randomness, "signature": signature}).encode()
        return send(request, 200, self.mangle(data))


def send(request, status, data, kind="text/plain"):
    with contextlib.suppress(OSError):
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)


def drip(request, hold):
    """An answer of a byte a second."""
    with contextlib.suppress(OSError):
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        while not hold.wait(1):
            request.wfile.write(b" ")


class OtherWitness(Server):
    """tlog-witness, written from its page; `skew` is how wrong its clock is, `mode` what it does wrong."""

    def __init__(self, name, mode="honest"):
        self.key = protocol.Key(name, 4, "test")
        self.mode = mode
        self.skew = 0
        self.logs = {}  # origin: (size, root)
        self.mangle = lambda data: data
        self.hold = threading.Event()
        witness = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, format, *args):  # pylint: disable=redefined-builtin
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                witness.answer(self, body)

        super().__init__(Handler)

    @property
    def vkey(self):
        return self.key.vkey

    def answer(self, request, body):
        if request.path != "/add-checkpoint":
            return send(request, 404, b"")
        if self.mode == "hang":
            self.hold.wait(60)
            return None
        if self.mode == "drip":
            return drip(request, self.hold)
        if self.mode == "down":
            return send(request, 503, b"")
        if self.mode == "10 MB":
            return send(request, 200, b"\xe2\x80\x94 " + b"x" * 10_000_000)
        if self.mode == "nothing":
            return send(request, 200, b"")
        head, _, note = body.partition(b"\n\n")
        lines = head.decode().split("\n")
        old = int(lines[0].removeprefix("old "))
        text = note.partition(b"\n\n")[0] + b"\n"
        origin, size, root = text.decode().splitlines()[:3]
        size, root = int(size), base64.b64decode(root)
        known, known_root = self.logs.get(origin, (0, None))
        if self.mode == "longer":
            return send(request, 409, b"%d\n" % (size + 5), "text/x.tlog.size")
        if self.mode == "no proof":
            return send(request, 422, b"")
        if self.mode == "unknown log":
            return send(request, 404, b"")
        if old != known or (size == known and root != known_root):
            return send(request, 409, b"%d\n" % known, "text/x.tlog.size")
        proof = [base64.b64decode(line) for line in lines[1:]]
        if 0 < known < size and not consistent(known, known_root, size, root, proof):
            return send(request, 422, b"")
        self.logs[origin] = (size, root)
        moment = int(Clock.now()) + self.skew
        key = protocol.Key(self.key.name, 4, "another") if self.mode == "unknown key" else self.key
        return send(request, 200, self.mangle(key.cosign(text.decode(), moment).encode()))


def consistent(old, old_root, size, root, proof):
    """RFC 9162 2.1.4.2."""
    if old & (old - 1) == 0:
        proof = [old_root] + proof
    if not proof:
        return False
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = protocol.node_hash(c, fr), protocol.node_hash(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = protocol.node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr == old_root and sr == root and sn == 0


class Witness:
    """`spotcheck cosign --listen`, in a process."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.key = f"{folder}/{name}.key"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        done = subprocess.run([SPOTCHECK, "keygen", name, self.key], capture_output=True, text=True, check=True)
        self.vkey = done.stdout.strip()
        self.process = None

    def begin(self, log_vkey=None):
        more = ["--log", log_vkey] if log_vkey else []
        log = open(f"{self.folder}/{self.name}.log", "a", encoding="utf-8")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen([SPOTCHECK, "cosign", "--listen", f"127.0.0.1:{self.port}", "--key", self.key,
                                         "--state", f"{self.folder}/{self.name}.state", *more],
                                        stderr=log, stdout=log, env=Clock.environment())
        wait_for(lambda: can_connect(self.port), f"the witness {self.name} listens")

    def end(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=20)
            self.process = None


def consistency(old, leaves):
    """RFC 6962 2.1.2, word for word."""
    def sub(m, d, complete):
        if m == len(d):
            return [] if complete else [protocol.tree_root(d)]
        k = 1
        while k * 2 < len(d):
            k *= 2
        if m <= k:
            return sub(m, d[:k], complete) + [protocol.tree_root(d[k:])]
        return sub(m - k, d[k:], False) + [protocol.tree_root(d[:k])]
    return sub(old, leaves, True)


class Log:
    """A log, as its operator asks a witness; `salt` makes another one of the same name."""

    def __init__(self, origin="log.example.org", seed="log", salt=b""):
        self.key = protocol.Key(origin, 1, seed)
        self.origin = origin
        self.leaves = [protocol.leaf_hash(salt + b"entry %d" % i) for i in range(300)]

    def text(self, size):
        return protocol.checkpoint_text(self.origin, size, protocol.tree_root(self.leaves[:size]))

    def request(self, old, size, proof=None, note=None):
        if proof is None:
            proof = consistency(old, self.leaves[:size]) if 0 < old < size else []
        lines = [f"old {old}"] + [base64.b64encode(h).decode() for h in proof]
        return ("\n".join(lines) + "\n\n" + (note or self.text(size) + "\n" + self.key.sign_note(self.text(size)))).encode()


def post(port, body, path="/add-checkpoint", method="POST", timeout=20):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheader("Content-Type")
    finally:
        connection.close()


def can_connect(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


class Office:
    def __init__(self, folder, beacon="none", sections="", origin="outside.example.org", window="5 days"):
        self.folder, self.origin, self.window = folder, origin, window
        self.ini = f"{folder}/spotcheckd.ini"
        self.public = f"{folder}/public"
        self.service = None
        os.makedirs(f"{folder}/state", 0o700)
        shutil.copytree(f"{TOP}/conf/letters", f"{folder}/letters", dirs_exist_ok=True)
        self.configure(beacon, sections)

    def configure(self, beacon, sections):
        pathlib.Path(self.ini).write_text(INI.format(folder=self.folder, beacon=beacon, sections=sections, origin=self.origin, window=self.window),
                                          encoding="utf-8")

    def begin(self):
        for kind in ("targets", "inspectors", "matters", "conflicts"):
            self.sc("import", kind, self.roster(kind))
        self.sc("init")

    def roster(self, kind):
        """The sample's, without the dates since when its targets are there: this clock may be before them."""
        with open(f"{TOP}/conf/sample/{kind}.csv", encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        since = rows[0].index("since") if "since" in rows[0] else None
        path = f"{self.folder}/{kind}.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([c for i, c in enumerate(row) if i != since] for row in rows)
        return path

    def run(self, *words, stdin=None):
        return subprocess.run([SPOTCHECK, "-c", self.ini, *words], capture_output=True, text=True, input=stdin,
                              env=Clock.environment(), timeout=120, check=False)

    def sc(self, *words, status=0, says="", stdin=None):
        done = self.run(*words, stdin=stdin)
        check(done.returncode == status, f"{words}: {done.returncode} instead of {status}: {done.stdout}{done.stderr}")
        check(says in done.stdout + done.stderr, f"{words}: no {says!r} in {done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        self.log = open(f"{self.folder}/service.log", "a", encoding="utf-8")  # pylint: disable=consider-using-with
        self.service = subprocess.Popen([SPOTCHECKD, "-c", self.ini], stderr=self.log, stdout=self.log, env=Clock.environment())

    def stop(self):
        if self.service is not None:
            self.service.send_signal(signal.SIGTERM)
            self.service.wait(timeout=20)
            self.service = None
            self.log.close()

    def journal(self):
        return pathlib.Path(f"{self.folder}/service.log").read_text(encoding="utf-8")

    def query(self, sql, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/state/spotcheckd.db?mode=ro", uri=True)) as db:
            return db.execute(sql, values).fetchall()

    def alarms(self):
        return [row[0] for row in self.query("SELECT text FROM alarm")]

    def vkey(self):
        return pathlib.Path(f"{self.public}/vkey").read_text(encoding="utf-8").strip()

    def note(self, name):
        return pathlib.Path(f"{self.public}/{name}").read_bytes()

    def cosigners(self, name, witnesses):
        """Who has cosigned a published checkpoint, by the other implementation; nobody one that is not there yet."""
        if not os.path.exists(f"{self.public}/{name}"):
            return set()
        found = protocol.cosignatures(protocol.parse_checkpoint(self.note(name)), [w.vkey for w in witnesses])
        check(all(good for _, _, good in found), f"{name}: a cosignature is false")
        return {vkey for vkey, _, _ in found}

    def verify(self, *witnesses, status=0, at=None):
        words = ["verify", self.public, "--json"]
        for vkey in witnesses:
            words += ["--witness", vkey]
        done = self.run(*words, *(["--at", at] if at else []))
        check(done.returncode == status, f"verify: {done.returncode}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)


def at_text(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


@contextlib.contextmanager
def scene(*things):
    """A folder that goes, with everything that was put into `things`, at the end; on a failure what was said is shown."""
    folder = tempfile.mkdtemp(prefix="spotcheck-outside.")
    ended = []
    try:
        yield folder, ended
    except BaseException:
        for log in sorted(pathlib.Path(folder).glob("**/*.log")):
            sys.stderr.write(f"--- {log.name}\n{log.read_text(encoding='utf-8', errors='replace')[-6000:]}\n")
        raise
    finally:
        for thing in reversed(ended):
            with contextlib.suppress(Exception):
                (thing.stop if isinstance(thing, Office) else thing.end)()
        shutil.rmtree(folder, ignore_errors=True)
