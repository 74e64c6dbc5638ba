#!/usr/bin/python3
"""Goal: whatever relays of drand and witnesses answer, nothing false is ever kept, nothing crashes, and what was wrong is said in
words that fit.

Single random bit errors in the answers of two relays (in one of them, or in each its own), in those of a witness to
add-checkpoint, and in its beacon's: SPOTCHECK_BIT_ERRORS of each (150; 1,000 of each have passed), by the seed
SPOTCHECK_SEED, which is printed.  Then one kind of bad answer after another.  spotcheckd-ask is called directly, each job on
a copy of a state of its own; instead of waiting until something is tried again, the state is told that this was long ago.
"""

import concurrent.futures
import contextlib
import hashlib
import os
import random
import re
import shutil
import sqlite3
import subprocess
import time

from outside import Clock, Office, OtherWitness, Relay, ROUND_1000, ROUNDS, SPOTCHECKD, at_text, check, protocol, scene, send

ASK = os.path.join(os.path.dirname(SPOTCHECKD), "spotcheckd-ask")
ERRORS = int(os.environ.get("SPOTCHECK_BIT_ERRORS", "150"))
SEED = int(os.environ.get("SPOTCHECK_SEED", str(int(time.time()))))
NAME = "court.example.org"
VKEY = protocol.Key(NAME, 4, "test").vkey  # of every witness in here


class BeaconWitness(OtherWitness):
    """One that is a beacon too, by PROTOCOL 4; `beacon_mode` is what that does wrong, or its status;
    `spoil` changes the bytes of its answers."""

    def __init__(self, name):
        super().__init__(name)
        self.beacon_mode = "honest"
        self.spoil = lambda data: data

    def signature(self, commit):
        return self.key.raw(protocol.beacon_message(protocol.H(commit))).hex()

    def answer(self, request, body):
        if request.path != "/spotcheck-beacon":
            return super().answer(request, body)
        commit = body.split(b"\n\n")[1]
        if self.beacon_mode == "hang":
            self.hold.wait(60)
            return None
        if isinstance(self.beacon_mode, int):
            return send(request, self.beacon_mode, b"no\n")
        said = {"honest": self.signature(commit), "nothing": "", "10 MB": "0" * 10_000_000, "upper case": self.signature(commit).upper(),
                "another commitment": self.signature(commit + b" "), "half": self.signature(commit)[:64],
                "twice": self.signature(commit) * 2, "no digits": "the signature"}[self.beacon_mode]
        return send(request, 200, self.spoil(said.encode() + b"\n"))


class State:
    """A copy of an office's state, and what is asked on its behalf."""

    def __init__(self, office, name):
        self.folder = f"{office.folder}/{name}"
        shutil.copytree(f"{office.folder}/state", self.folder)

    def sql(self, text, *values):
        with contextlib.closing(sqlite3.connect(f"{self.folder}/spotcheckd.db", timeout=20)) as db, db:
            db.execute("PRAGMA synchronous = OFF")
            return db.execute(text, values).fetchall()

    def ask(self, witnesses=(), relays=()):
        texts = [self.folder, f"0 {len(witnesses)} {len(relays)}"]
        for w in witnesses:
            texts += [w.key.name.split(".")[0], w.vkey, w.url + "/"]
        texts += [relay.url for relay in relays]
        done = subprocess.run([ASK], input=b"".join(text.encode() + b"\0" for text in texts), capture_output=True, env=Clock.environment(),
                              timeout=60, check=False)
        check(done.returncode == 0 and re.fullmatch(rb"[01] .*\n", done.stdout), f"spotcheckd-ask: {done}")
        return done.stdout

    def forget(self):
        """Every witness and beacon is due, and has failed so often that nobody waits for the next time."""
        self.sql("DELETE FROM cosignature")
        self.sql("INSERT OR REPLACE INTO witness (vkey, size, tried, tried_size, failures, since, fault) VALUES (?, 0, 0, 0, 20, 0, 'nothing yet')",
                 VKEY)
        self.sql("INSERT OR REPLACE INTO draw_value (n, tried, failures, fault) VALUES (1, 0, 20, 'nothing yet')")

    def value(self):
        return self.sql("SELECT value, signature FROM draw_value WHERE value IS NOT NULL")

    def cosignatures(self):
        return self.sql("SELECT size, vkey, line FROM cosignature")

    def fault(self, table):
        return self.sql(f"SELECT fault FROM {table}")[0][0]

    def commit(self):
        return self.sql("SELECT bytes FROM log_entry JOIN draw ON commit_entry = idx")[0][0]


def flip(data, dice):
    """Its bytes with one bit flipped."""
    at = dice.randrange(8 * len(data))
    return data[:at // 8] + bytes([data[at // 8] ^ 1 << at % 8]) + data[at // 8 + 1:]


def value_of(signature):
    return [(hashlib.sha256(bytes.fromhex(signature)).hexdigest(), signature)]


# ---- bit errors ----

def relays_with_errors(office):
    state, dice, relays = State(office, "relay-errors"), random.Random(f"{SEED} relays"), [Relay(), Relay()]
    truth = value_of(ROUNDS[1000])
    for _ in range(ERRORS):
        spoilt = [relay for relay in relays if dice.random() < 0.5] or [dice.choice(relays)]
        for relay in relays:
            relay.asked.clear()
            relay.mangle = (lambda data: flip(data, dice)) if relay in spoilt else (lambda data: data)
        state.forget()
        state.ask(relays=relays)
        check(all(len(relay.asked) == 1 for relay in relays), "each relay is asked once")
        check(state.value() in ([], truth), f"{state.value()}")
        check(state.value() or state.fault("draw_value") != "nothing yet", "what is not there has a reason")
    for relay in relays:
        relay.mangle = lambda data: data
    state.forget()
    state.ask(relays=relays)
    check(state.value() == truth, "without errors the value is taken")


def witness_with_errors(office):
    """Each answer is lost for us, though the witness has cosigned: it is asked again, and it is no sign of another log."""
    state, dice, witness = State(office, "witness-errors"), random.Random(f"{SEED} witness"), OtherWitness(NAME)
    given = []

    def mangle(data):
        given.append(flip(data, dice))
        return given[-1]

    witness.mangle = mangle
    for _ in range(ERRORS):
        given.clear()
        state.forget()
        state.ask([witness])
        check(len(given) == 1, "it is given once")
        check(check_cosignatures(state) == 0, f"every bit of it counts: {given}")
        fault = state.fault("witness")
        check("cosignature" in fault or "clock" in fault, fault)
    witness.mangle = lambda data: data
    state.forget()
    state.ask([witness])
    check(check_cosignatures(state) == 1, "without errors the cosignature is taken")


def check_cosignatures(state):
    """How many are kept; by the other implementation, each is true."""
    kept = state.cosignatures()
    for size, vkey, line in kept:
        note = state.sql("SELECT note FROM log_checkpoint WHERE size = ?", size)[0][0]
        found = protocol.cosignatures(protocol.parse_checkpoint(note + line), [VKEY])
        check(vkey == VKEY and [good for _, _, good in found] == [True], f"{line}")
    return len(kept)


def beacon_with_errors(office):
    state, dice, witness = State(office, "beacon-errors"), random.Random(f"{SEED} beacon"), BeaconWitness(NAME)
    truth = value_of(witness.signature(state.commit()))
    for _ in range(ERRORS):
        witness.spoil = lambda data: flip(data, dice)
        state.forget()
        state.ask([witness])
        check(state.value() in ([], truth), f"{state.value()}")
        check(state.value() or state.fault("draw_value") != "nothing yet", "what is not there has a reason")
    witness.spoil = lambda data: data
    state.forget()
    state.ask([witness])
    check(state.value() == truth, "without errors the value is taken")


# ---- bad answers ----

RELAY_FAULTS = [
    ("another round", "it answers with round 1001 instead of 1000"),
    ("another chain", "there is no drand signature of 48 bytes"),
    ("10 MB", "no answer: Maximum file size exceeded"),
    ("nothing", "its answer is no round of drand"),
    ("wrong randomness", "the beacon value is not the hash of the signature"),
    ("down", "it answers with the HTTP status 502"),
    ("hang", "no answer: Operation timed out"),
]


def bad_relays(office):
    state = State(office, "bad-relays")
    for mode, words in RELAY_FAULTS:
        for modes in [(mode, mode), (mode, "honest")] if mode != "hang" else [(mode, mode)]:
            relays = [Relay(m) for m in modes]
            state.forget()
            state.ask(relays=relays)
            check(state.value() == [], f"{modes}: {state.value()}")
            check(state.fault("draw_value").startswith(f"{relays[0].url}: {words}"), f"{modes}: {state.fault('draw_value')}")
            check((relays[1].url in state.fault("draw_value")) == (modes[1] != "honest"), f"{modes}: {state.fault('draw_value')}")
    relays = [Relay(), Relay("another signature")]
    state.forget()
    state.ask(relays=relays)
    check(state.value() == [] and state.fault("draw_value") == "the relays of drand contradict each other", state.fault("draw_value"))
    # Of three the two that agree are enough, whatever the third says.
    for mode, _ in RELAY_FAULTS[:-1] + [("another signature", "")]:
        state.forget()
        state.ask(relays=[Relay(), Relay(mode), Relay()])
        check(state.value() == value_of(ROUNDS[1000]), f"two honest ones and {mode}: {state.fault('draw_value')}")


WITNESS_FAULTS = [
    ("10 MB", 0, "no answer: Maximum file size exceeded"),
    ("nothing", 0, "its answer holds no cosignature"),
    ("unknown key", 0, "it is no cosignature by the key"),
    ("honest", 86400, "the clock of the witness"),
    ("honest", -86400, "the clock of the witness"),
    ("longer", 0, "it has seen a longer log of this key"),
    ("unknown log", 0, "it does not know this log"),
    ("down", 0, "it answers with the HTTP status 503"),
    ("hang", 0, "no answer: Operation timed out"),
    ("drip", 0, "no answer: Operation timed out"),
]


def bad_witnesses(office):
    state = State(office, "bad-witnesses")
    for mode, skew, words in WITNESS_FAULTS:
        witness = OtherWitness(NAME, mode)
        witness.skew = skew
        state.forget()
        said = state.ask([witness])
        check(state.cosignatures() == [], f"{mode} {skew}: {state.cosignatures()}")
        check(state.fault("witness").startswith(words), f"{mode} {skew}: {state.fault('witness')}")
        ahead = state.sql("SELECT ahead FROM witness")[0][0]
        check((ahead is not None) == (mode == "longer") and said.split(b" ")[0] == (b"1" if ahead else b"0"), f"{mode}: {ahead} {said}")
    # One that has never cosigned can have seen no other log; one that has, can.
    witness = OtherWitness(NAME, "no proof")
    state.forget()
    state.ask([witness])
    check(state.fault("witness") == "it contradicts itself about what it cosigned last", state.fault("witness"))
    size = state.sql("SELECT max(size) FROM log_checkpoint")[0][0]
    state.sql("UPDATE witness SET tried = 0, size = ?", size - 1)
    state.ask([witness])
    words = f"it has seen another log of this key: its first {size - 1} entries are not these"
    check(state.fault("witness") == words and state.cosignatures() == [], state.fault("witness"))


BEACON_FAULTS = [
    ("nothing", "the signature is not written in lowercase hex digits"),
    ("upper case", "the signature is not written in lowercase hex digits"),
    ("no digits", "the signature is not written in lowercase hex digits"),
    ("half", "there is no witness's signature of 64 bytes"),
    ("twice", "there is no witness's signature of 64 bytes"),
    ("another commitment", "the witness's signature over the commitment is false"),
    (403, "it gives no beacon for this draw"),
    (404, "it does not know this log"),
    (425, "by its clock it is too early for the beacon"),
    (503, "it answers with the HTTP status 503"),
    ("10 MB", "no answer: Maximum file size exceeded"),
    ("hang", "no answer: Operation timed out"),
]


def bad_beacons(office):
    state, witness = State(office, "bad-beacons"), BeaconWitness(NAME)
    for mode, words in BEACON_FAULTS:
        witness.beacon_mode = mode
        state.forget()
        state.ask([witness])
        check(state.value() == [], f"{mode}: {state.value()}")
        check(state.fault("draw_value").startswith(f"{witness.url}/spotcheck-beacon: {words}"), f"{mode}: {state.fault('draw_value')}")


def main():
    print(f"SPOTCHECK_SEED={SEED}", flush=True)
    with scene() as (folder, ended):
        Clock.set(ROUND_1000 - 7200)
        section = f"[witness court]\nkey = {VKEY}\n"
        offices = []
        for name, beacon in (("drand", "drand"), ("witness", "witness court")):
            os.makedirs(f"{folder}/{name}")
            office = Office(f"{folder}/{name}", beacon, section)
            ended.append(office)
            office.begin()
            office.sc("commit", "hand", "--draw-at", at_text(ROUND_1000))
            offices.append(office)
        Clock.set(ROUND_1000 + 60)
        by_drand, by_witness = offices
        jobs = [(bad_witnesses, by_drand), (bad_relays, by_drand), (bad_beacons, by_witness), (relays_with_errors, by_drand),
                (witness_with_errors, by_drand), (beacon_with_errors, by_witness)]
        with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
            for job in [pool.submit(what, office) for what, office in jobs]:
                job.result()


main()
