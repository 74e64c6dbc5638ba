#!/usr/bin/python3
"""Goal: years of the service under a virtual clock: every occurrence on the day a slow model says, none twice, none
missing, each commitment with one outcome, and the published directory verifies.

SPOTCHECK_SEED=… repeats a run; SPOTCHECK_YEARS=… makes it longer or shorter.
"""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zoneinfo
from datetime import date, datetime, timedelta, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "peers"))

import almanac      # noqa: E402

TOP = os.path.abspath(os.path.join(HERE, "..", ".."))
SPOTCHECK = os.path.abspath(os.environ.get("SPOTCHECK", os.path.join(TOP, "build/spotcheck")))
SPOTCHECKD = os.path.abspath(os.environ.get("SPOTCHECKD", os.path.join(TOP, "build/spotcheckd")))
SEED = int(os.environ.get("SPOTCHECK_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
YEARS = int(os.environ.get("SPOTCHECK_YEARS", "10"))

# Of each kind one that draws in every year, whatever the random ones below do.
FIXED = {
    "after": {"when": "after holiday", "day": "1st workday", "window": "3 workdays", "embargo": "60"},
    "before": {"when": "before holiday", "day": "2nd workday", "window": "1 workday", "embargo": "60"},
    "during": {"when": "during holiday", "day": "1st day", "embargo": "60"},
    "quarter": {"when": "quarterly", "day": "3rd workday", "window": "5 workdays", "embargo": "60"},
    "new-year": {"when": "yearly", "day": "1", "on_holiday": "next", "window": "5 days", "embargo": "0"},
    "leap": {"when": "yearly", "day": "60", "on_holiday": "keep", "window": "5 days", "embargo": "60"},
    "surprise": {"when": "monthly", "day": "random", "times": "2", "time": "09:00-17:00", "window": "3 workdays",
                 "embargo": "60"},
    "festive": {"when": "during holiday", "day": "random", "times": "2", "embargo": "60"},
    "moment": {"when": "monthly", "day": "10", "time": "01:00-04:00", "window": "3 workdays", "embargo": "0"},
}


class Failed(Exception):
    """What came of the years is not what should have."""


def instant(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def midnight(zone, day):
    return datetime(day.year, day.month, day.day, tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(timezone.utc)


def run(*command):
    done = subprocess.run(command, capture_output=True, timeout=600, check=False)
    if done.returncode or done.stderr:
        raise Failed(f"status {done.returncode} of {' '.join(command)}: {done.stderr.decode()[-2000:]}")
    return done.stdout.decode()


class Years:
    """An office, its calendar and cycles, and what the program made of them."""

    def __init__(self, folder, workweek, rows, cycles, zone, frm, to):
        self.folder, self.cycles, self.zone, self.frm, self.to = folder, cycles, zone, frm, to
        self.calendar = almanac.Calendar(workweek, rows)
        self.ini = os.path.join(folder, "spotcheckd.ini")
        os.makedirs(os.path.join(folder, "state"), 0o700)
        for name in ("sample", "letters"):
            shutil.copytree(os.path.join(TOP, "conf", name), os.path.join(folder, name))
        with open(os.path.join(folder, "holidays.csv"), "w", encoding="utf-8") as file:
            file.write(almanac.format_csv(rows))
        with open(self.ini, "w", encoding="utf-8") as file:
            file.write(almanac.format_ini(folder, cycles, zone, workweek))

    def simulate(self):
        run(SPOTCHECKD, "-c", self.ini, "--simulate", str(self.frm), str(self.to), "--scratch",
            os.path.join(self.folder, "years"))
        self.db = sqlite3.connect(os.path.join(self.folder, "years/state/spotcheckd.db"))

    def drawn(self, cycle):
        """(title, draw's instant) of each commitment, in order; by hand there is none."""
        rows = self.db.execute("SELECT DISTINCT n, title, draw_time FROM draw JOIN plan_done USING (n)"
                               " WHERE draw.cycle = ? ORDER BY n", (cycle,)).fetchall()
        if len(rows) != self.db.execute("SELECT count(*) FROM draw WHERE cycle = ?", (cycle,)).fetchone()[0]:
            raise Failed(f"{cycle}: a draw that the timetable does not know")
        return [(title, datetime.fromtimestamp(time, timezone.utc)) for _, title, time in rows]

    def expected(self, cycle):
        """The model's, of which the commitment falls into the years."""
        rule, begin, end = almanac.parse_rule(self.cycles[cycle]), midnight(self.zone, self.frm), self.end()
        zone = zoneinfo.ZoneInfo(self.zone)
        found = almanac.occurrences(rule, self.calendar, zone, self.frm, self.to + timedelta(days=200))
        return [(o.place.label, o.draw) for o in found if begin <= o.commit < end]

    def end(self):
        return midnight(self.zone, self.to + timedelta(days=1))


def compare_fixed(years, cycle):
    want, got = years.expected(cycle), years.drawn(cycle)
    if want != got:
        missing = [each for each in want if each not in got]
        surplus = [each for each in got if each not in want]
        raise Failed(f"{cycle} {years.cycles[cycle]}: missing {missing[:3]}, surplus {surplus[:3]}, "
                     f"{len(want)} wanted, {len(got)} drawn")
    return len(got)


def whole_places(years, rule):
    """The periods and holidays that lie in the years with some days around them."""
    first, last = years.frm + timedelta(days=3), years.to - timedelta(days=3)
    return [place for place in almanac.places(rule, years.calendar, first, last) if first < place.first
            and place.last < last]


def compare_random(years, cycle):
    """Each whole period or holiday has its number of draws, on days that may be drawn, in the hours given."""
    rule, zone = almanac.parse_rule(years.cycles[cycle]), zoneinfo.ZoneInfo(years.zone)
    got = [(title, draw.astimezone(zone)) for title, draw in years.drawn(cycle)]
    for title, draw in got:
        minute = draw.hour * 60 + draw.minute
        if not rule.time[0] <= minute < max(rule.time[1], rule.time[0] + 1):
            raise Failed(f"{cycle} {title}: at {draw}")
    n = 0
    for place in whole_places(years, rule):
        fixed = None if rule.day[0] == "random" else almanac.fixed_day(rule, years.calendar, place)
        want = almanac.random_days(rule, years.calendar, place) if rule.day[0] == "random" else int(fixed is not None)
        days = [draw.date() for title, draw in got if title == place.label
                and (place.first <= draw.date() <= place.last or draw.date() == fixed)]
        if len(days) != want or len(set(days)) != want or (fixed and days != [fixed]):
            raise Failed(f"{cycle} {place.label} {place.first}: {days}, and {fixed or want} wanted")
        n += len(days)
    return n


def check_outcomes(years):
    """One outcome for each commitment whose time has come; none of the rest; each draw's letters are there."""
    end = int(years.end().timestamp())
    late, early, void = years.db.execute(
        "SELECT count(*) FILTER (WHERE outcome IS NULL AND draw_time < ?1),"
        " count(*) FILTER (WHERE outcome IS NOT NULL AND draw_time >= ?1),"
        " count(*) FILTER (WHERE outcome = 'void') FROM draw", (end,)).fetchone()
    if late or early or void:
        raise Failed(f"{late} draws late, {early} too early, {void} void")
    sealed = years.db.execute("SELECT count(*) FROM draw WHERE reveal_entry IS NULL AND reveal_time < ?",
                              (end,)).fetchone()[0]
    missed = years.db.execute("SELECT cycle, title, why FROM plan_done WHERE n IS NULL").fetchall()
    if sealed or missed:
        raise Failed(f"{sealed} openings late, missed: {missed[:3]}")
    waiting = years.db.execute("SELECT count(*) FROM outbox_letter WHERE state <> 'sent' AND not_before < ?",
                               (end,)).fetchone()[0]
    if waiting:
        raise Failed(f"{waiting} letters have not left")
    said = run(SPOTCHECK, "--json", "verify", "--at", datetime.fromtimestamp(end, timezone.utc)
               .strftime("%Y-%m-%dT%H:%M:%SZ"), os.path.join(years.folder, "years/public"))
    if json.loads(said)["failed"]:
        raise Failed("verify says no")


def random_cycles(rng, rows, n):
    names = sorted({part for _, name, off in rows if off for part in name.split("、") if part})
    found = {}
    for i in range(n):
        keys = almanac.random_rule(rng, names)
        while keys["when"] == "weekly":  # ten years of weeks are for a longer run
            keys = almanac.random_rule(rng, names)
        keys["embargo"] = "60"
        if keys["when"] != "during holiday":
            keys["window"] = f"{rng.randrange(1, 6)} {rng.choice(['workdays', 'days'])}"
        found[f"random-{i}"] = keys
    return found


def check_years(folder, zone, rng):
    frm = date(rng.choice([2015, 2016, 2017]), rng.randrange(1, 13), rng.randrange(1, 28))
    to = frm + timedelta(days=365 * YEARS + YEARS // 4)
    workweek, rows = almanac.random_calendar(rng, date(frm.year - 1, 1, 1), date(to.year + 1, 12, 31))
    years = Years(folder, workweek, rows, {**FIXED, **random_cycles(rng, rows, 4)}, zone, frm, to)
    years.simulate()
    n = 0
    for cycle, keys in years.cycles.items():
        compare = compare_random if almanac.parse_rule(keys).sealed else compare_fixed
        n += compare(years, cycle)
    check_outcomes(years)
    print(f"{zone}: {frm} to {to}: {n} draws as the model says")


def main():
    print(f"SPOTCHECK_SEED={SEED}")
    rng = random.Random(SEED)
    for zone in ("Asia/Shanghai", "Europe/Berlin"):
        with tempfile.TemporaryDirectory(prefix="spotcheck-years.") as folder:
            try:
                check_years(folder, zone, rng)
            except Failed as failed:
                print(f"FAIL: {zone}: {failed}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
