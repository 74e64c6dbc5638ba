#!/usr/bin/python3
"""Goal: `spotcheck cosign --listen` is a C2SP tlog-witness to a client that was written from that page alone: each status as the
page says, cosignatures that another implementation verifies, a state that never goes back, whatever comes at the same time,
is cut off, or kills the server.
"""

import concurrent.futures
import http.client
import os
import pathlib
import random
import signal
import socket
import subprocess
import time

from outside import Clock, Log, SPOTCHECK, Witness, check, post, protocol, scene


def statuses(w, log):
    status, body, kind = post(w.port, log.request(0, 5))
    check(status == 200, f"{status} {body}")
    found = protocol.cosignatures(protocol.parse_checkpoint(log.request(0, 5).partition(b"\n\n")[2] + body), [w.vkey])
    check(len(found) == 1 and found[0][2] and abs(found[0][1] - Clock.now()) < 30, f"a true cosignature of now: {found}")
    check(post(w.port, log.request(5, 5))[0] == 200, "the same again")
    status, body, kind = post(w.port, log.request(0, 9))
    check((status, body, kind) == (409, b"5\n", "text/x.tlog.size"), f"{status} {body} {kind}")
    fork = Log(salt=b"x")
    check(post(w.port, fork.request(5, 5))[0] == 409, "another root of the same size")
    check(post(w.port, fork.request(5, 9))[0] == 422, "a fork")
    check(post(w.port, log.request(5, 9, proof=[os.urandom(32)] * 3))[0] == 422, "no proof")
    check(post(w.port, log.request(5, 9, proof=[]))[0] == 422, "an empty proof")
    check(post(w.port, log.request(6, 5))[0] == 400, "old is above")
    check(post(w.port, Log(origin="unknown.example.org").request(0, 5))[0] == 404, "an unknown log")
    check(post(w.port, Log(seed="another key").request(5, 9))[0] == 403, "another key")
    for body in (b"", b"old\n", b"old 05\n\n", b"old 5\n", b"old -1\n\nx", b"old 5\nxx\n\n" + log.request(5, 9).partition(b"\n\n")[2],
                 log.request(5, 9, proof=[os.urandom(32)] * 64), log.request(5, 9)[:-20], b"\xff" * 1000, b"old 5\r\n\r\n", bytes(1000)):
        check(post(w.port, body)[0] == 400, f"{body[:60]}")
    check(post(w.port, b"old 5\n" * 100_000)[0] == 413, "too large")
    check(post(w.port, b"", method="GET")[0] == 405 and post(w.port, b"", path="/nothing")[0] == 404, "other requests")
    status, body, _ = post(w.port, None, path="/", method="GET")
    check(status == 200 and w.vkey.encode() in body and b" 5\n" in body, f"{body}")
    status, body, _ = post(w.port, log.request(5, 300))
    check(status == 200 and protocol.cosignatures(protocol.parse_checkpoint(log.request(0, 300).partition(b"\n\n")[2] + body), [w.vkey])[0][2],
          "and goes on")


def beacon_is_not_given(w, log):
    for body in (b"", b"commit 0\n\n{}\n\n" + log.request(0, 5).partition(b"\n\n")[2], b"commit 0\n\n"):
        check(post(w.port, body, path="/spotcheck-beacon")[0] in (400, 403, 422), f"{body[:40]}")


def at_once(w):
    """Many clients, each with what it believes: the state never goes back, and nobody gets two roots of one size cosigned."""
    log = Log("many.example.org")
    fork = Log("many.example.org", salt=b"y")
    w.end()
    w.begin(log.key.vkey)
    rng = random.Random(seed := int(os.environ.get("SPOTCHECK_SEED", time.time())))
    print(f"SPOTCHECK_SEED={seed}")
    given = {}

    def client(_):
        size = rng.randrange(1, 300)
        whose = rng.choice((log, fork))
        status, body, _ = post(w.port, whose.request(0, size))
        if status == 409:
            old = int(body)
            if old <= size:
                status, body, _ = post(w.port, whose.request(old, size))
        return status, size, whose

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for status, size, whose in pool.map(client, range(200)):
            check(status in (200, 409, 422), f"{status}")
            if status == 200:
                check(given.setdefault(size, whose) is whose, "two roots of one size")
    check(len({id(whose) for whose in given.values()}) == 1, "only one of the two logs was cosigned")
    known = int(post(w.port, None, path="/", method="GET")[1].decode().split("many.example.org+")[1].split()[1])
    check(known == max(given), f"{known} instead of {max(given)}")
    return log if given[known] is log else fork, known


def killed(w, log, size):
    """kill -9 at any moment: what was cosigned is remembered."""
    for _ in range(12):
        w.end()
        w.begin()
        victim = w.process
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            running = pool.submit(lambda: [post(w.port, log.request(s, min(s + 1, 300))) for s in range(size, min(size + 40, 299))])
            time.sleep(random.random() * 0.08)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            w.process = None
            try:
                size = max([size] + [size + 1 + i for i, answer in enumerate(running.result()) if answer[0] == 200])
            except (OSError, http.client.HTTPException):
                pass
        w.begin()
        known = int(post(w.port, None, path="/", method="GET")[1].decode().split("many.example.org+")[1].split()[1])
        check(known >= size, f"{known} is remembered, {size} was cosigned")
        size = known


def idle_ones(w, log):
    """Connections that say nothing hold nobody up."""
    idle = [socket.create_connection(("127.0.0.1", w.port)) for _ in range(20)]
    for s in idle:
        s.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nold")
    began = time.monotonic()
    check(post(w.port, log.request(0, 300))[0] == 409, "it answers")
    check(time.monotonic() - began < 5, "and at once")
    for s in idle:
        s.close()


def bad_state(w):
    state = pathlib.Path(f"{w.folder}/{w.name}.state")
    good = state.read_bytes()
    w.end()
    state.write_bytes(good[:-30])
    done = subprocess.run([SPOTCHECK, "cosign", "--listen", "127.0.0.1:1", "--key", w.key, "--state", str(state), "--log", Log().key.vkey],
                          capture_output=True, text=True, env=Clock.environment(), timeout=30, check=False)
    check(done.returncode == 2 and "damaged" in done.stderr, f"{done}")
    check(state.read_bytes() == good[:-30], "it is left alone")
    state.write_bytes(good)
    for address in ("127.0.0.1", "localhost:80", "127.0.0.1:99999", ":80", "[::1"):
        done = subprocess.run([SPOTCHECK, "cosign", "--listen", address, "--key", w.key, "--state", str(state)], capture_output=True,
                              text=True, env=Clock.environment(), timeout=30, check=False)
        check(done.returncode == 2 and "is no address" in done.stderr, f"{address}: {done}")


def main():
    with scene() as (folder, ended):
        Clock.set(time.time())
        w = Witness(folder, "court.example.org")
        ended.append(w)
        log = Log()
        w.begin(log.key.vkey)
        statuses(w, log)
        beacon_is_not_given(w, log)
        idle_ones(w, log)
        winner, size = at_once(w)
        killed(w, winner, size)
        bad_state(w)


main()
