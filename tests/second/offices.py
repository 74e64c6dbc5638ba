"""Directories that the program itself publishes, for the other checkers: offices by chance, some months of each.

A life begins with or without months of the service's own turns (`--simulate`), and goes on with commands under a clock that
libfaketime sets.  Whatever is due is done in time, so that each directory is honest at each moment.  OFFICES_SAY=1 shows
what was refused.
"""

import csv
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))

import outside                                                                      # noqa: E402
from outside import Clock, Relay, ROUND_1000, SPOTCHECK, SPOTCHECKD, at_text, check  # noqa: E402

HOUR, DAY = 3600, 86400
PAGES = shutil.ignore_patterns("*.html", "*.css", "*.js", "*.svg", "*.png", "*.ics")
SYMBOLS = "0123456789"

INI = """[service]
origin = {origin}
operator = the district
timezone = {zone}
language = en
admin = ops@example.org
state_dir = {folder}/state
public_dir = {folder}/public
public_ids = {ids}
[mail]
server = maildir:{folder}/mail
from = test <test@example.org>
"""


def cycle_keys(rng, beacon, when, whole):
    return {
        **when, "title": "By chance", "commit": rng.choice(("2h", "24h")), "embargo": rng.choice((0, 30, 45)), "beacon": beacon,
        "window": f"{rng.randrange(1, 6)} {rng.choice(('workdays', 'days'))}",
        "visit_time": rng.choice(("09:00", "09:00 14:00", "09:00-16:00 every 60min", "08:30 10:15 23:45")),
        "spacing": rng.choice((0, "90min", "3h", "1d")), "same_unit": rng.choice(("yes", "no")),
        "sample": rng.choice(("5", "15%", "A:2 B:30% *:1", "A:100% *:3", "12")), "weight": rng.choice(("none", "column")),
        "rest": rng.choice((0, 0, 20, 60)), "quiet": rng.choice((0, 0, "10d", "40d")), "cover": rng.choice((0, 0, 30)),
        "reserve": rng.randrange(4), "inspectors": rng.choice(("all", "all", 4, 8)),
        "team": " ".join(rng.choice(("any", "any", "lead", "own")) for _ in range(rng.randrange(1, 4))),
        "avoid": rng.choice(("", "unit", "area", "unit area") if whole else ("", "area")),
        "level_gap": rng.choice(("", 0, -2)) if whole else "",
        "rotate": rng.randrange(4), "max_load": rng.randrange(4), "slack": rng.randrange(3),
        "matters": rng.choice(("leave duty", "1 of leave duty", "2 of leave duty")),
    }


def random_when(rng, timed):
    return {"when": "manual"} if not timed else rng.choice((
        {"when": "monthly", "day": "random", "times": 2, "time": "09:00-17:00"}, {"when": "weekly", "day": "tue"},
        {"when": "monthly", "day": "3rd workday", "time": "10:00"}, {"when": "after holiday", "day": "1st workday"}))


def targets_of(rng, n, whole):
    """`whole`: every unit and level is given, without which the program takes no rule on them."""
    return [[f"T{i:02}", f"Target {i}", rng.choice("AABC"), rng.choice(("u1", "u2", "u3", "u4", "u5", "u6" * whole)),
             f"a{rng.randrange(4)}", rng.choice((1, 2, 3, 2 if whole else "")), rng.choice(("", "", "books", "fire")),
             rng.choice((1, 1, 2, 5))] for i in range(1, n + 1)]


def inspectors_of(rng, n):
    return [[f"I{i:02}", f"Inspector {i}", f"i{i}@example.org", rng.choice(("u1", "u2", "x", "x")), f"a{rng.randrange(6)}",
             rng.choice((2, 3, 4)), ";".join(t for t in ("books", "fire", "lead") if rng.random() < 0.5)] for i in range(1, n + 1)]


class Life(outside.Office):
    """An office and what becomes of it.  `seen` counts commands by their status."""

    def __init__(self, rng, folder, ended, seen):
        self.rng, self.ended, self.seen = rng, ended, seen
        self.timed, self.relays, self.witnesses = rng.random() < 0.3, [], []
        self.zone, self.ids = rng.choice(("Asia/Shanghai", "UTC", "Europe/Berlin")), rng.choice(("plain", "plain", "coded"))
        self.drand = not self.timed and rng.random() < 0.15
        Clock.set(ROUND_1000 - 5 * HOUR if self.drand else 1700000000 + rng.randrange(600) * DAY + rng.randrange(DAY))
        if not self.timed:
            self.witnesses = [outside.Witness(os.path.dirname(folder), f"w{i}-{os.path.basename(folder)}.example.org")
                              for i in range(rng.choice((0, 1, 3)))]
        self.in_force = list(self.witnesses)
        beacons = ["none", "public"] + ["witness w0"] * 2 * bool(self.witnesses)
        self.whole = rng.random() < 0.6
        names = [f"c{i}" for i in range(rng.randrange(1, 4))]
        self.cycles = {name: cycle_keys(rng, rng.choice(beacons), random_when(rng, self.timed), self.whole) for name in names}
        if self.drand:
            self.cycles["c0"]["beacon"] = "drand"
            self.relays = [Relay(), Relay()]
            ended += self.relays
        self.targets, self.inspectors = targets_of(rng, rng.randrange(8, 40), self.whole), inspectors_of(rng, rng.randrange(5, 16))
        super().__init__(folder, origin=f"{os.path.basename(folder)}.example.org")

    def configure(self, beacon=None, sections=None):
        text = INI.format(origin=self.origin, zone=self.zone, folder=self.folder, ids=self.ids)
        for i, witness in enumerate(self.in_force):
            text += f"[witness w{i}]\nkey = {witness.vkey}\n"
        if self.relays:
            text += f"[beacon]\nurls = {' '.join(relay.url for relay in self.relays)}\n"
        for name, keys in self.cycles.items():
            text += f"[cycle {name}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())
        pathlib.Path(self.ini).write_text(text, encoding="utf-8")

    def roster(self, kind):
        rows = {"targets": [["id", "name", "class", "unit", "area", "level", "needs", "weight"], *self.targets],
                "inspectors": [["id", "name", "email", "unit", "area", "level", "tags"], *self.inspectors],
                "matters": [["id", "name"], ["leave", "Leave"], ["duty", "Duty"]],
                "conflicts": [["inspector", "scope", "value"], *self.conflicts()]}[kind]
        return self.write(kind, rows)

    def write(self, name, rows):
        path = f"{self.folder}/{name}.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    def conflicts(self):
        rng = self.rng
        rows = {(rng.choice(self.inspectors)[0], scope, rng.choice(self.targets)[column])
                for column, scope in ((0, "target"), (3, "unit"), (4, "area")) for _ in range(rng.randrange(3))}
        return sorted(row for row in rows if row[2])

    def try_(self, *words, stdin=None):
        """A command that may be refused, and nothing worse."""
        done = self.run(*words, stdin=stdin)
        check(done.returncode in (0, 2), f"{self.folder} {words}: {done.returncode}: {done.stdout}{done.stderr}")
        if done.returncode and os.environ.get("OFFICES_SAY"):
            print("   ", words, done.stderr.strip(), file=sys.stderr)
        self.seen[words[0] if done.returncode == 0 else f"{words[0]} refused"] += 1
        return done.returncode == 0

    def begin(self):
        super().begin()
        self.import_leave()
        if self.timed:
            self.simulate()
        if self.drand:
            self.commit("c0")

    def simulate(self):
        days = self.rng.randrange(40, 130)
        frm, to = at_text(Clock.now())[:10], at_text(Clock.now() + (days - 1) * DAY)[:10]
        done = subprocess.run([SPOTCHECKD, "-c", self.ini, "--simulate", frm, to, "--scratch", f"{self.folder}/years"],
                              capture_output=True, text=True, env=Clock.environment(), timeout=300, check=False)
        check(done.returncode == 0, f"{self.folder} simulate {frm} {to}: {done.stderr}")
        # The life goes on with what the simulation has left, by hand.
        Clock.set(Clock.now() + (days + 1) * DAY)
        for name in ("state", "public"):
            shutil.rmtree(f"{self.folder}/{name}", ignore_errors=True)
            os.rename(f"{self.folder}/years/{name}", f"{self.folder}/{name}")
        self.origin = f"simulation.{self.origin}"
        for keys in self.cycles.values():
            for key in ("day", "times", "time"):
                keys.pop(key, None)
            keys["when"] = "manual"
        self.configure()

    # ---- what happens ----

    def rows(self):
        return self.query("SELECT n, cycle, draw_time, reveal_time, outcome, reveal_entry FROM draw ORDER BY n")

    def due(self):
        sealed = set()  # cycles with a draw that is, which their later ones wait for
        for n, cycle, draw_time, reveal_time, outcome, revealed in self.rows():
            if outcome is None and draw_time <= Clock.now():
                self.draw(n, self.cycles[cycle]["beacon"])
            elif revealed is None and outcome is not None and cycle not in sealed and Clock.now() >= (
                    draw_time if outcome == "void" else reveal_time):
                if outcome == "void":
                    self.beacon(n, self.cycles[cycle]["beacon"], "reveal_entry")
                self.try_("reveal", str(n))
            if not self.query("SELECT reveal_entry FROM draw WHERE n = ?", n)[0][0]:
                sealed.add(cycle)

    def beacon(self, n, beacon, column):
        """The value of a witness or of drand, and what follows from it at once."""
        if beacon.startswith("witness"):
            self.take_in(self.cosign(self.witnesses[0], "--beacon", str(n)))
        elif beacon == "drand":
            self.start()
            outside.wait_for(lambda: self.query(f"SELECT {column} FROM draw WHERE n = ?", n)[0][0], "what follows from the value")
            self.stop()
            self.try_("publish")  # the service may have been stopped before it did

    def draw(self, n, beacon):
        if beacon == "public":
            self.try_("draw", str(n), "--value", "".join(self.rng.choice(SYMBOLS) for _ in range(20)))
        elif beacon == "none":
            self.try_("draw", str(n))
        elif self.rng.random() < 0.95:
            self.beacon(n, beacon, "outcome")
        if not self.query("SELECT outcome FROM draw WHERE n = ?", n)[0][0]:
            self.try_("void", str(n), "--reason", "beacon did not come")
        self.cosign_all()

    def cosign(self, witness, *more):
        done = subprocess.run([SPOTCHECK, "cosign", self.public, "--key", witness.key, "--state", f"{witness.key}.state", *more],
                              capture_output=True, text=True, env=Clock.environment(), timeout=60, check=False)
        return done.stdout if done.returncode == 0 else ""

    def take_in(self, line):
        return line and self.try_("cosignature", "add", "-", stdin=line)

    def cosign_all(self):
        """A beacon has cosigned: of what it has not, it gives no value, and a void that needs one stays sealed for ever."""
        beacon = self.witnesses[0] if any(keys["beacon"].startswith("witness") for keys in self.cycles.values()) else None
        for witness in self.in_force:
            if witness is beacon or self.rng.random() < 0.8:
                self.take_in(self.cosign(witness))

    def pass_time(self, until):
        """What falls due on the way is done, soon after."""
        while True:
            times = [draw_time if outcome is None or outcome == "void" else reveal_time
                     for _, _, draw_time, reveal_time, outcome, revealed in self.rows() if revealed is None]
            coming = min((t for t in times if t > Clock.now()), default=until)
            if coming >= until:
                break
            drand = self.drand and any(t == coming for t in times)
            Clock.set(coming + (1 if drand else self.rng.choice((1, 60, HOUR, 20 * HOUR))))
            self.due()
        Clock.set(max(until, Clock.now()))
        self.due()

    def commit(self, name=None):
        name = name or self.rng.choice(list(self.cycles))
        beacon = self.cycles[name]["beacon"]
        if beacon == "none" and self.rng.random() < 0.5:
            return self.try_("run", name)
        moment = Clock.now() + self.rng.choice((HOUR, 5 * HOUR, 40 * HOUR))
        if beacon == "drand":
            moment = ROUND_1000  # whose signature is known; later it is refused
        done = self.try_("commit", name, "--draw-at", at_text(moment))
        self.cosign_all()
        return done

    def amend(self):
        last = {cycle: (n, outcome) for n, cycle, _, _, outcome, _ in self.rows()}
        drawn = [n for n, outcome in last.values() if outcome == "draw"]
        places = self.query(f"SELECT n, place FROM draw_place WHERE n IN ({','.join(map(str, drawn))})")
        for _ in range(self.rng.randrange(1, 5) if places else 0):
            n, place = self.rng.choice(places)
            if self.rng.random() < 0.4:
                what, why = ["target", "--leave-empty"], ("closed", "moved", "other")
            else:
                what, why = [str(self.rng.randrange(2))], ("recusal", "unavailable", "other")
            self.try_("amend", str(n), str(place), *what, "--reason", self.rng.choice(why))

    def void(self):
        waiting = [n for n, _, _, _, outcome, _ in self.rows() if outcome is None]
        if waiting:
            self.try_("void", str(self.rng.choice(waiting)), "--reason", self.rng.choice(("rosters were wrong", '"a, b"')))

    def excuse(self):
        kind, of = self.rng.choice((("target", self.targets), ("inspector", self.inspectors)))
        self.try_("excuse", kind, self.rng.choice(of)[0], "--until", self.date(20), "--reason", "ill", "--by", "me")

    def date(self, days):
        return at_text(Clock.now() + self.rng.randrange(days + 1) * DAY)[:10]

    def import_leave(self):
        rows = [[row[0], self.date(3), at_text(Clock.now() + self.rng.randrange(4, 25) * DAY)[:10]]
                for row in self.rng.sample(self.inspectors, 3)]
        self.try_("import", "leave", self.write("leave", [["inspector", "from", "to"], *rows]))

    def import_again(self):
        rng = self.rng
        for row in rng.sample(self.targets, 2):
            row[rng.choice((6, 7) if self.whole else (3, 5, 6, 7))] = ""
        self.targets = [row[:7] + [row[7] or 1] for row in self.targets if rng.random() < 0.95] + [
            [f"N{rng.randrange(1000):03}", "new", "B", "u1", "a1", 1, "", 2]]
        for kind in ("targets", "conflicts"):
            self.try_("import", kind, self.roster(kind), "--replace-limit", "100")

    def change_rules(self):
        keys = self.rng.choice(list(self.cycles.values()))
        other = cycle_keys(self.rng, keys["beacon"], {}, self.whole)
        for key in self.rng.sample(sorted(set(keys) & set(other) - {"embargo"}), 3):
            keys[key] = other[key]
        if self.witnesses and self.rng.random() < 0.4:
            self.in_force = self.witnesses[:1] + self.rng.sample(self.witnesses[1:], self.rng.randrange(len(self.witnesses)))
        self.configure()

    def live(self, acts):
        for _ in range(acts):
            self.rng.choice((self.commit, self.commit, self.commit, self.amend, self.amend, self.void, self.excuse,
                             self.import_leave, self.import_again, self.change_rules))()
            self.pass_time(Clock.now() + self.rng.choice((60, HOUR, 9 * HOUR, 4 * DAY, 12 * DAY)))

    def end_all(self):
        """Until nothing is sealed: the time of the last one, and what had to wait for another."""
        for _ in range(8):
            if all(revealed is not None for *_, revealed in self.rows()):
                break
            self.pass_time(Clock.now() + 30 * DAY)


def lives(seed, numbers, folder, ended, seen):
    """Cases of agree.py: of each office two moments at which something may be sealed, and its end."""
    for i in numbers:
        rng = random.Random(f"{seed}/{i}")
        life = Life(rng, os.path.join(folder, f"office-{i}"), ended, seen)
        life.begin()
        since = []
        for moment in ("early", "late", "end"):
            life.end_all() if moment == "end" else life.live(rng.randrange(6, 14))
            copy = os.path.join(folder, f"office-{i}-{moment}")
            shutil.copytree(life.public, copy, ignore=PAGES if moment != "end" else None)
            args = list(since)
            if rng.random() < 0.5:
                args += ["--at", at_text(Clock.now())]
            for witness in life.witnesses if rng.random() < 0.5 else ():
                args += ["--witness", witness.vkey]
            since = ["--since", os.path.join(copy, "checkpoint")]
            yield {"name": f"office {i} of seed {seed}, {moment}", "dir": copy, "args": args, "expect": [],
                   "draws": len(life.rows()), "end": moment == "end",
                   "sealed": sum(revealed is None for *_, revealed in life.rows())}
        shutil.rmtree(life.folder)
