#!/usr/bin/python3
"""Goal: clients that are slow keep nobody from a witness.  Beside hundreds that say nothing, say half, say it a byte at a
time, do not read, stay after their answer, or come and go, each request of an honest client is answered, with at most one
attempt more, as spotcheckd makes it; from the honest one's own address, as behind a proxy, and from others.  Nobody takes
longer than the witness allows, however busily, and at the end the witness holds no connection of theirs.
"""

import contextlib
import http.client
import multiprocessing
import os
import resource
import select
import socket
import struct
import subprocess
import time

from outside import SPOTCHECK, Log, Witness, can_connect, check, post, scene, wait_for

SLOW = 300  # more than a witness has places for
HERE, OTHERS = ["127.0.0.1"], [f"127.0.0.{i}" for i in range(2, 8)]
REQUESTS = 25  # of the honest client, beside each crowd
TRY_S = 10  # daemon/remote/witnesses_ask.c
LONGEST_S = 60
HEAD = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 4000\r\n"
GET = b"GET / HTTP/1.1\r\nHost: w\r\n\r\n"

# What is sent at once, and what then, a byte a second.
KINDS = {
    "silent": (b"", b""),
    "half a line": (HEAD[:14], b""),
    "dripping header": (HEAD, b"X-Filler: " + b"x" * 3000),
    "dripping body": (HEAD + b"\r\n", b"old 5\n" + b"x" * 3000),
    "unread": (GET * 2000, b""),
    "idle": (GET, b""),
    "reset": (HEAD, b""),
}


# ---- those that are slow ----


class Slow:
    """One of them; whoever is shut out comes again at once."""

    def __init__(self, epoll, port, kind, source):
        self.epoll, self.port, self.kind, self.source = epoll, port, kind, source
        self.first, self.rest = KINDS[kind]
        self.begin()

    def begin(self):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if self.kind == "unread":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.socket.setsockopt(socket.SOL_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        self.socket.bind((self.source, 0))
        self.sent = 0
        self.socket.connect_ex(("127.0.0.1", self.port))
        self.epoll.register(self.socket, select.EPOLLOUT)

    def end(self):
        self.socket.close()  # the kernel forgets it at once, and the other side is told: a reset

    def is_over(self, events):
        """What is to be done now that the socket has these events; true where it is shut out, or means to go."""
        if events & (select.EPOLLERR | select.EPOLLHUP | select.EPOLLRDHUP):
            return True
        if events & select.EPOLLOUT:
            if self.first:
                self.socket.send(self.first)
            reads = 0 if self.kind == "unread" else select.EPOLLIN
            self.epoll.modify(self.socket, reads | select.EPOLLRDHUP)
            return self.kind == "reset"
        return not self.socket.recv(65536)

    def on_event(self, events):
        try:
            over = self.is_over(events)
        except OSError:
            over = True
        if over:
            self.end()
            self.begin()
        return over

    def drip(self):
        with contextlib.suppress(OSError):
            self.socket.send(self.rest[self.sent:self.sent + 1])
        self.sent += 1


def crowd(port, kinds, sources, ready):
    """Lives until it is killed."""
    epoll = select.epoll()
    clients = [Slow(epoll, port, kinds[i % len(kinds)], sources[i % len(sources)]) for i in range(SLOW)]
    begun = dripped = time.monotonic()
    while True:
        of = {client.socket.fileno(): client for client in clients}
        for fd, events in epoll.poll(0.1):
            of[fd].on_event(events)
        now = time.monotonic()
        if now - begun > 0.5:
            ready.set()
        if now - dripped > 1:
            dripped = now
            for client in clients:
                client.drip()
        time.sleep(0.01)


@contextlib.contextmanager
def beside(port, kinds, sources):
    ready = multiprocessing.Event()
    process = multiprocessing.Process(target=crowd, args=(port, kinds, sources, ready), daemon=True)
    process.start()
    try:
        check(ready.wait(20), "the crowd is there")
        yield
    finally:
        process.kill()
        process.join()


# ---- the witness, and those that are honest ----


class Server(Witness):
    """Under the real clock, for the sanitizer's sake, and where many connections can be had."""

    def begin(self, log_vkey=None):
        log = open(f"{self.folder}/{self.name}.log", "a", encoding="utf-8")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen([SPOTCHECK, "cosign", "--listen", f"127.0.0.1:{self.port}", "--key", self.key, "--state",
                                         f"{self.folder}/{self.name}.state", "--log", log_vkey],
                                        stderr=log, stdout=log, env=dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC"))
        wait_for(lambda: can_connect(self.port), "the witness listens")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def end(self):
        if self.process is not None:
            self.process.terminate()
            status = self.process.wait(timeout=20)
            self.process = None
            check(status == 0, f"it ends with {status}")


class Honest:
    """Asks as spotcheckd does: a whole request in one go, ten seconds, and once more."""

    def __init__(self, port, log):
        self.port, self.log, self.size = port, log, 0

    def ask(self):
        """How many attempts that took, 0 where both failed, and how long."""
        size = min(self.size + 1, len(self.log.leaves))
        begun = time.monotonic()
        for attempt in (1, 2):
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, answer, _ = post(self.port, self.log.request(self.size, size), timeout=TRY_S)
                if status == 409:  # an answer was lost
                    self.size = int(answer)
                    status, answer, _ = post(self.port, self.log.request(self.size, size), timeout=TRY_S)
                check(status == 200, f"{status} {answer}")
                self.size = size
                return attempt, time.monotonic() - begun
        return 0, time.monotonic() - begun

    def asks(self, words):
        answered = again = 0
        worst = 0.0
        for n in range(1, REQUESTS + 1):
            attempt, took = self.ask()
            answered += attempt > 0
            again += attempt == 2
            worst = max(worst, took)
            if attempt == 0:
                break
            time.sleep(0.01)
        print(f"{words:<40} {answered} of {n} answered, {again} at the second attempt, the slowest in {worst * 1000:.0f} ms", flush=True)
        return answered == n


def takes_its_time(port, log):
    """A second between the halves of its request."""
    body = log.request(0, 1)
    head = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Length: %d\r\n" % len(body)
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=TRY_S) as s:
        s.sendall(head)
        time.sleep(1)
        s.sendall(b"\r\n" + body)
        return s.recv(65536).startswith(b"HTTP/1.1 ")
    return False


# ---- what is to hold ----


def stay(port, ready):
    """Clients of each kind, who come once and leave never."""
    epoll = select.epoll()
    slow = [Slow(epoll, port, kind, HERE[0]) for kind in KINDS if kind != "reset"]
    while True:
        for fd, events in epoll.poll(1):
            for client in slow:
                if client.socket.fileno() == fd and client.is_over(events):
                    epoll.unregister(fd)
        ready.set()
        for client in slow:
            client.drip()


def limits(port):
    """Of a header, and of a body."""
    def said(bytes_):
        with socket.create_connection(("127.0.0.1", port), timeout=TRY_S) as s:
            with contextlib.suppress(OSError):
                s.sendall(bytes_)
            answer = b""
            with contextlib.suppress(OSError):
                while more := s.recv(65536):
                    answer += more
            return answer
    answer = said(HEAD + b"X-Filler: " + b"x" * 300_000)
    check(answer == b"" or answer.split()[1] in (b"413", b"431"), f"a header of 300 KB: {answer[:80]}")
    body = b"x" * 300_000
    answer = said(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Length: 300000\r\n\r\n" + body)
    check(answer.split()[1] == b"413", f"a body of 300 KB: {answer[:80]}")
    chunks = b"".join(b"%x\r\n%s\r\n" % (1000, body[:1000]) for _ in range(300)) + b"0\r\n\r\n"
    answer = said(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    check(answer.split()[1] == b"413", f"and in chunks: {answer[:80]}")


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2048, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    with scene() as (folder, ended):
        log = Log()
        quiet, busy = Server(folder, "quiet.example.org"), Server(folder, "busy.example.org")
        for w in (quiet, busy):
            ended.append(w)
            w.begin(log.key.vkey)
        limits(busy.port)
        alone, here = quiet.descriptors(), multiprocessing.Event()
        stayers = multiprocessing.Process(target=stay, args=(quiet.port, here), daemon=True)
        stayers.start()
        honest = Honest(busy.port, log)
        check(honest.asks("alone"), "it is answered")
        before = busy.descriptors()
        crowds = [([kind], where) for kind in KINDS for where in (HERE, OTHERS)] + [(list(KINDS), where) for where in (HERE, OTHERS)]
        failed = []
        for kinds, where in crowds:
            words = f"{kinds[0] if len(kinds) == 1 else 'mixed'} from {len(where)} address{'es'[:2 * (len(where) > 1)]}"
            with beside(busy.port, kinds, where):
                if not honest.asks(words):
                    failed.append(words)
                elif where is OTHERS and not takes_its_time(busy.port, log):
                    failed.append(f"{words}, one that takes its time")
        wait_for(lambda: busy.descriptors() <= before, "what those that went had open is closed")
        check(here.is_set() and stayers.is_alive(), "some stay with the other")
        wait_for(lambda: quiet.descriptors() <= alone, "nobody takes longer than is allowed, though there is room", LONGEST_S)
        check(not failed, f"not answered beside: {failed}")


main()
