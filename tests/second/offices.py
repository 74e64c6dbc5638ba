"""Directories that the program itself publishes, by random configurations: some months of the service under a virtual clock
that end yesterday, then a day of an administrator, who amends, voids, excuses and draws by hand.

offices(rng, n, folder) gives {name, dir, args, expect} of each, after the months and after the day.
"""

import datetime
import json
import os
import re
import shutil
import subprocess

from scene import SPOTCHECK, simulated

TIMES = ("09:00", "09:00 14:00", "08:30-16:30 every 60min", "10:00-11:00 every 30min 15:00")


def random_keys(rng):
    """What all cycles of an office have."""
    return {
        "visit_time": rng.choice(TIMES), "spacing": rng.choice(("0", "90min", "3h", "1d")),
        "same_unit": rng.choice(("yes", "no")), "quiet": rng.choice(("0", "14d", "60d")),
        "embargo": rng.choice(("0", "60", "60", "90")), "reserve": str(rng.randrange(4)),
        "rotate": str(rng.randrange(3)), "rest": rng.choice(("0", "20")), "cover": rng.choice(("0", "365")),
        "team": rng.choice(("any any", "lead any", "own any", "lead own any", "any")),
        "avoid": rng.choice(("unit", "unit area", "")), "level_gap": rng.choice(("", "0", "1")),
        "max_load": str(rng.randrange(1, 4)), "slack": str(rng.randrange(2)),
        "sample": rng.choice(("3", "8", "10%", "A:5% B:10% C:20% D:50% *:10%")),
        "weight": rng.choice(("none", "column", "risk")),
    }


def spotcheck(ini, *words):
    """What it prints; None where it refuses, as it may: the words are drawn by lot."""
    done = subprocess.run([SPOTCHECK, "-c", ini, *words], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode not in (0, 1, 2):
        raise AssertionError(f"{words}: status {done.returncode} {done.stderr}")
    return done.stdout if done.returncode == 0 else None


def administer(rng, ini):
    """A day of commands, most of which are lawful."""
    draws = json.loads(spotcheck(ini, "--json", "list") or "[]")
    numbers = [draw["n"] for draw in (draws if isinstance(draws, list) else draws["draws"])]
    for _ in range(rng.randrange(4, 12)):
        n, place, seat = str(rng.choice(numbers or [1])), str(rng.randrange(8)), str(rng.randrange(2))
        today = datetime.date.today()
        spotcheck(ini, *rng.choice((
            ("amend", n, place, seat, "--reason", rng.choice(("recusal", "unavailable", "other"))),
            ("amend", n, place, seat, "--reason", "unavailable"),
            ("amend", n, place, "target", "--reason", rng.choice(("closed", "moved", "other")), "--leave-empty"),
            ("void", n, "--reason", "a mistake"),
            ("reveal", n),
            ("excuse", "inspector", f"I{rng.randrange(1, 25):03}", "--from", str(today), "--until",
             str(today + datetime.timedelta(days=rng.randrange(1, 9))), "--reason", "leave", "--by", "office"),
            ("excuse", "target", f"T{rng.randrange(1, 84):03}", "--until", str(today + datetime.timedelta(days=30)),
             "--reason", "closed", "--by", "office"),
            ("commit", "spot-check"), ("run", "spot-check"),
        )))
    spotcheck(ini, "publish")


def office(rng, folder):
    """Its published directory as it was after the months, and after the day."""
    until = datetime.date.today() - datetime.timedelta(days=1)
    keys = random_keys(rng)
    public = simulated(folder, str(until - datetime.timedelta(days=rng.randrange(20, 130))), str(until), keys,
                       rng.choice(("plain", "coded")))
    before = os.path.join(folder, "before")
    shutil.copytree(public, before)
    with open(os.path.join(folder, "conf/spotcheckd.ini"), encoding="utf-8") as file:
        text = file.read()
    for key in ("state", "public"):
        text = re.sub(rf"^{key}_dir = .*", lambda _, key=key: f"{key}_dir = {folder}/years/{key}", text, flags=re.M)
    ini = os.path.join(folder, "conf/after.ini")
    with open(ini, "w", encoding="utf-8") as file:
        file.write(text)
    administer(rng, ini)
    return before, public


def offices(rng, n, folder):
    for i in range(n):
        place = os.path.join(folder, f"office-{i:04}")
        os.mkdir(place)
        for name, where in zip(("months", "day"), office(rng, place)):
            yield {"name": f"office {i}, after its {name}", "dir": where, "args": [], "expect": []}
        shutil.rmtree(place)
