#!/usr/bin/python3
"""Goal: `schedule` names the right days: those that people read off the calendar, and those of a slow second model.

China's notices of 2025 and 2026 and the awkward corners of calendars are held against days written by hand; then
random calendars, rules and zones against tests/peers/almanac.py, row by row.  SPOTCHECK_SEED=… repeats a random run.
"""

import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import zoneinfo
from datetime import date, datetime

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "peers"))

import almanac      # noqa: E402

SPOTCHECK = os.path.abspath(os.environ.get("SPOTCHECK", os.path.join(HERE, "../../build/spotcheck")))
SEED = int(os.environ.get("SPOTCHECK_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
PLANNED_TRIALS = 150
SEALED_TRIALS = 50


LONG_AGO = (date(1901, 1, 2), "", True)  # a file without any day is refused


class Office:
    """A folder with a configuration and nothing else."""

    def __init__(self, folder):
        self.folder = folder
        self.ini = os.path.join(folder, "spotcheckd.ini")
        os.makedirs(os.path.join(folder, "state"), 0o700, exist_ok=True)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def schedule(self, plan):
        """The rows that the program has for a plan."""
        self.write("holidays.csv", almanac.format_csv(plan.rows or [LONG_AGO]))
        self.write("spotcheckd.ini", plan.ini(self.folder))
        done = subprocess.run([SPOTCHECK, "-c", self.ini, "--json", "schedule", "--from", str(plan.frm), "--to",
                               str(plan.to)], capture_output=True, timeout=120, check=False)
        if done.returncode or done.stderr:
            raise Differs(f"status {done.returncode}: {done.stderr.decode()}")
        rows = json.loads(done.stdout)
        canonical = json.dumps(rows, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        if done.stdout.decode().rstrip("\n") != canonical:
            raise Differs("not canonical JSON")
        return rows


class Differs(Exception):
    """What the program says is not what was expected."""


class Plan:
    """A calendar, cycles (a dict of dicts of texts), and the days that are asked for."""

    def __init__(self, rows, cycles, frm, to, zone="Asia/Shanghai", workweek="mon tue wed thu fri"):
        self.rows, self.cycles, self.zone, self.workweek = rows, cycles, zone, workweek
        self.frm, self.to = date.fromisoformat(str(frm)), date.fromisoformat(str(to))

    def less(self, rows=None, cycles=None):
        return Plan(self.rows if rows is None else rows, cycles or self.cycles, self.frm, self.to, self.zone,
                    self.workweek)

    def ini(self, folder):
        return almanac.format_ini(folder, self.cycles, self.zone, self.workweek)

    def model(self):
        """The rows that the model has for it."""
        calendar = almanac.Calendar(self.workweek, self.rows)
        return almanac.schedule(self.cycles, calendar, self.zone, self.frm, self.to)


# ---- by hand ----

def local_days(rows, zone="Asia/Shanghai"):
    """The draws' local dates."""
    found = []
    for row in rows:
        instant = datetime.fromisoformat(row["draw"].replace("Z", "+00:00"))
        found.append(instant.astimezone(zoneinfo.ZoneInfo(zone)).date().isoformat())
    return found


def check_days(office, plan, name, wanted):
    got = " ".join(local_days(office.schedule(plan), plan.zone))
    if got != " ".join(wanted.split()):
        raise Differs(f"{name} {plan.cycles}:\n  {got}\nnot\n  {wanted}")


# Every kind of rule in 2025 and 2026.
BY_HAND = [
    ("when = after holiday",
     "2025-01-02 2025-02-05 2025-04-07 2025-05-06 2025-06-03 2025-10-09"
     " 2026-01-04 2026-02-24 2026-04-07 2026-05-06 2026-06-22 2026-09-28 2026-10-08"),
    ("when = before holiday",
     "2025-01-27 2025-04-03 2025-04-30 2025-05-30 2025-09-30 2025-12-31"
     " 2026-02-14 2026-04-03 2026-04-30 2026-06-18 2026-09-24 2026-09-30"),
    ("when = before holiday; holidays = spring-festival; day = 2nd workday", "2025-01-26 2026-02-13"),
    ("when = before holiday; holidays = 春节; day = sun", "2025-01-26 2026-02-09"),
    ("when = before holiday; holidays = 春节; day = sun; on_holiday = previous", "2025-01-26 2026-02-06"),
    ("when = before holiday; holidays = 春节; day = sun; on_holiday = skip", "2025-01-26"),
    ("when = before holiday; holidays = 春节; day = sun; on_holiday = keep", "2025-01-26 2026-02-08"),
    ("when = after holiday; holidays = mid-autumn; day = 3rd workday", "2025-10-11 2026-09-30"),
    ("when = after holiday; holidays = mid-autumn; day = 4th workday", "2025-10-13"),
    ("when = after holiday; holidays = mid-autumn; day = 6th workday", "2025-10-15"),
    ("when = after holiday; holidays = new-year dragon-boat", "2025-01-02 2025-06-03 2026-01-04 2026-06-22"),
    ("when = after holiday; min_days = 8", "2025-02-05 2025-10-09 2026-02-24"),
    ("when = after holiday; min_days = 7; day = 3rd day", "2025-02-07 2025-10-11 2026-02-26 2026-10-10"),
    ("when = after holiday; min_days = 7; day = sat; on_holiday = skip", "2025-02-08 2025-10-11 2026-02-28 2026-10-10"),
    ("when = during holiday; day = 2nd day",
     "2025-01-29 2025-04-05 2025-05-02 2025-06-01 2025-10-02"
     " 2026-01-02 2026-02-16 2026-04-05 2026-05-02 2026-06-20 2026-09-26 2026-10-02"),
    ("when = during holiday; day = 3rd day",
     "2025-01-30 2025-05-03 2025-10-03 2026-02-17 2026-05-03 2026-10-03"),
    ("when = during holiday; day = sun",
     "2025-02-02 2025-05-04 2025-06-01 2025-10-05 2026-02-15 2026-04-05 2026-05-03 2026-10-04"),
    ("when = monthly; day = 1; on_holiday = skip",
     "2025-04-01 2025-07-01 2025-08-01 2025-09-01 2025-12-01"
     " 2026-04-01 2026-06-01 2026-07-01 2026-09-01 2026-12-01"),
    ("when = monthly; day = 15",
     "2025-01-15 2025-02-17 2025-03-17 2025-04-15 2025-05-15 2025-06-16 2025-07-15 2025-08-15 2025-09-15 2025-10-15"
     " 2025-11-17 2025-12-15 2026-01-15 2026-02-24 2026-03-16 2026-04-15 2026-05-15 2026-06-15 2026-07-15 2026-08-17"
     " 2026-09-15 2026-10-15 2026-11-16 2026-12-15"),
    ("when = monthly; day = last day; on_holiday = previous",
     "2025-01-27 2025-02-28 2025-03-31 2025-04-30 2025-05-30 2025-06-30 2025-07-31 2025-08-29 2025-09-30 2025-10-31"
     " 2025-11-28 2025-12-31 2026-01-30 2026-02-28 2026-03-31 2026-04-30 2026-05-29 2026-06-30 2026-07-31 2026-08-31"
     " 2026-09-30 2026-10-30 2026-11-30 2026-12-31"),
    ("when = quarterly; day = 5th workday",
     "2025-01-08 2025-04-08 2025-07-07 2025-10-14 2026-01-08 2026-04-08 2026-07-07 2026-10-13"),
    ("when = quarterly; day = last workday",
     "2025-03-31 2025-06-30 2025-09-30 2025-12-31 2026-03-31 2026-06-30 2026-09-30 2026-12-31"),
    ("when = yearly; day = 60; on_holiday = previous", "2025-02-28 2026-02-28"),
    ("when = yearly; day = 60th day; on_holiday = keep", "2025-03-01 2026-03-01"),
    ("when = yearly; day = 1", "2025-01-02 2026-01-04"),
    ("when = yearly; day = 366", ""),
    ("when = manual", ""),
]


def keys_of(text):
    return {"embargo": "60", **dict(part.split(" = ") for part in text.split("; "))}


def check_china(office):
    for text, wanted in BY_HAND:
        plan = Plan(almanac.china(), {"one": keys_of(text)}, "2025-01-01", "2026-12-31")
        check_days(office, plan, "China", wanted)
    weekly = Plan(almanac.china(), {"one": keys_of("when = weekly; day = mon")}, "2026-02-09", "2026-03-02")
    check_days(office, weekly, "a holiday of more than a week", "2026-02-09 2026-02-24 2026-03-02")
    check_whole_rows(office)
    return len(BY_HAND) + 2


def check_whole_rows(office):
    """Two cycles, every value."""
    keys = "when = after holiday; min_days = 3; commit = 24h; window = 5 workdays; notice = 1 workday; embargo = 30"
    cycles = {"after": keys_of(keys), "rest": keys_of("when = during holiday; day = 1st day; commit = 2 workdays"
                                                      "; time = 07:30; visit_time = 10:00; notice = 2h; embargo = 0")}
    plan = Plan(almanac.china(), cycles, "2026-06-01", "2026-09-28")
    common = {"n": 0, "resting": "", "state": "planned"}
    wanted = [
        {"cycle": "rest", "for": "端午节", "commit": "2026-06-16T23:30:00Z", "draw": "2026-06-18T23:30:00Z",
         "notice": "2026-06-20T00:00:00Z", "reveal": "2026-06-18T23:30:00Z", "visits_from": "2026-06-20",
         "visits_to": "2026-06-21", **common},
        {"cycle": "after", "for": "端午节", "commit": "2026-06-21T01:00:00Z", "draw": "2026-06-22T01:00:00Z",
         "notice": "2026-06-22T01:00:00Z", "reveal": "2026-07-22T01:00:00Z", "visits_from": "2026-06-23",
         "visits_to": "2026-06-29", **common},
        {"cycle": "rest", "for": "中秋节", "commit": "2026-09-22T23:30:00Z", "draw": "2026-09-24T23:30:00Z",
         "notice": "2026-09-26T00:00:00Z", "reveal": "2026-09-24T23:30:00Z", "visits_from": "2026-09-26",
         "visits_to": "2026-09-27", **common},
        {"cycle": "after", "for": "中秋节", "commit": "2026-09-27T01:00:00Z", "draw": "2026-09-28T01:00:00Z",
         "notice": "2026-09-28T01:00:00Z", "reveal": "2026-10-28T01:00:00Z", "visits_from": "2026-09-29",
         "visits_to": "2026-10-10", **common}]
    got = office.schedule(plan)
    if got != wanted:
        raise Differs(f"whole rows:\n  {got}\nnot\n  {wanted}")


# ---- corners ----

def off(name, first, last=None):
    return [(day, name, True) for day in almanac.days_of(date.fromisoformat(first), date.fromisoformat(last or first))]


def work(*days):
    return [(date.fromisoformat(day), "", False) for day in days]


def values(office, rules, rows, frm, to, *columns, **more):
    """One cycle's rows, of each the columns, in one line."""
    plan = Plan(rows, {"one": keys_of(rules)}, frm, to, **more)
    return " ".join(row[column] for row in office.schedule(plan) for column in columns)


def turned_clocks(office):
    """02:30 does not exist on the last Sunday of March, and is there twice on that of October."""
    rules = "when = weekly; day = sun; on_holiday = keep; time = 02:30; commit = 24h"
    berlin = {"zone": "Europe/Berlin"}
    yield (values(office, rules, [], "2026-03-29", "2026-03-29", "commit", "draw", **berlin),
           "2026-03-28T01:00:00Z 2026-03-29T01:00:00Z")
    yield (values(office, rules, [], "2026-10-25", "2026-10-25", "commit", "draw", **berlin),
           "2026-10-24T00:30:00Z 2026-10-25T00:30:00Z")
    rules = "when = monthly; day = last workday; time = 09:00; commit = 1 workday"
    yield (values(office, rules, work("2026-03-28", "2026-03-30"), "2026-03-30", "2026-03-31", "commit", "draw",
                  workweek="sat", **berlin), "2026-03-28T08:00:00Z 2026-03-30T07:00:00Z")


def leap_years(office):
    rules = "when = yearly; day = 60; on_holiday = keep"
    yield (values(office, rules, [], "2024-01-01", "2025-12-31", "draw"), "2024-02-29T01:00:00Z 2025-03-01T01:00:00Z")
    rules = "when = monthly; day = 29; on_holiday = keep"
    yield (values(office, rules, [], "2023-02-01", "2024-03-01", "for"),
           "2023-03 2023-04 2023-05 2023-06 2023-07 2023-08 2023-09 2023-10 2023-11 2023-12 2024-01 2024-02")
    yield (values(office, "when = yearly; day = 366", [], "2023-01-01", "2026-12-31", "for", "draw"),
           "2024 2024-12-31T01:00:00Z")


def over_new_year(office):
    rows = off("元旦", "2026-12-30", "2027-01-02")  # Wednesday to Saturday; the Sunday belongs to it
    frm, to = "2026-12-01", "2027-01-31"
    yield (values(office, "when = after holiday", rows, frm, to, "for", "draw"), "元旦 2027-01-04T01:00:00Z")
    yield (values(office, "when = before holiday", rows, frm, to, "for", "draw"), "元旦 2026-12-29T01:00:00Z")
    yield (values(office, "when = during holiday; day = 4th day; min_days = 5", rows, frm, to, "draw", "visits_to"),
           "2027-01-02T01:00:00Z 2027-01-03")
    yield (values(office, "when = yearly; day = last day; on_holiday = next", rows, frm, to, "for", "draw"),
           "2026 2027-01-04T01:00:00Z")
    yield (values(office, "when = yearly; day = last workday", rows, frm, to, "for", "draw"),
           "2026 2026-12-29T01:00:00Z")
    # Only a part of it is asked for.
    yield values(office, "when = during holiday; day = 4th day", rows, "2027-01-01", "2027-01-02", "for"), "元旦"


def touching(office):
    rows = off("中秋节", "2026-09-28", "2026-09-30") + off("国庆节", "2026-10-01", "2026-10-04")
    frm, to = "2026-09-01", "2026-10-31"
    yield values(office, "when = after holiday", rows, frm, to, "for", "draw"), "中秋节、国庆节 2026-10-05T01:00:00Z"
    yield (values(office, "when = before holiday; holidays = national-day; min_days = 9", rows, frm, to, "draw"),
           "2026-09-25T01:00:00Z")
    yield values(office, "when = after holiday; min_days = 10", rows, frm, to, "draw"), ""
    # One workday between them parts them.
    rows += work("2026-09-27")
    yield values(office, "when = before holiday", rows, frm, to, "for", "draw"), "中秋节、国庆节 2026-09-27T01:00:00Z"


def windows(office):
    rows = off("端午节", "2026-06-19", "2026-06-21") + work("2026-06-28")
    rules = "when = after holiday; window = 5 workdays"
    yield values(office, rules, rows, "2026-06-01", "2026-06-30", "visits_from", "visits_to"), "2026-06-23 2026-06-28"
    rules = "when = after holiday; window = 6 days"
    yield values(office, rules, rows, "2026-06-01", "2026-06-30", "visits_from", "visits_to"), "2026-06-23 2026-06-28"
    rules = "when = before holiday; window = 1 workday; visit_time = 08:00; notice = 1 workday"
    yield (values(office, rules, rows, "2026-06-01", "2026-06-30", "draw", "notice", "visits_to"),
           "2026-06-18T01:00:00Z 2026-06-18T01:00:00Z 2026-06-22")


def what_a_run_lacks(office):
    rows = off("甲", "2026-06-01") + off("乙", "2026-06-09")  # a Monday; the Tuesday of the week after
    last = "甲 2026-06-08T01:00:00Z"
    for day, wanted in (("5th workday", last), ("6th workday", ""), ("7th day", last), ("8th day", "")):
        rules = f"when = after holiday; holidays = 甲; day = {day}"
        yield values(office, rules, rows, "2026-05-01", "2026-07-31", "for", "draw"), wanted
    rules = "when = before holiday; holidays = 乙; day = 6th workday"
    yield values(office, rules, rows, "2026-05-01", "2026-07-31", "for", "draw"), ""
    yield (values(office, "when = during holiday; day = 1st day", rows, "2026-05-01", "2026-07-31", "draw"),
           "2026-05-30T01:00:00Z")


def close_draws(office):
    """The second commitment begins when the first one ends."""
    rows = off("甲", "2026-06-03") + off("乙", "2026-06-05")
    got = values(office, "when = after holiday; commit = 10d", rows, "2026-06-08", "2026-06-08", "commit", "draw")
    yield got, "2026-06-04T01:00:00Z 2026-06-08T01:00:00Z"
    got = values(office, "when = after holiday; commit = 1 workday", rows, "2026-06-01", "2026-06-30", "commit")
    yield got, "2026-06-02T01:00:00Z 2026-06-04T01:00:00Z"


def long_holidays(office):
    rows = off("长假", "2026-06-08", "2026-06-21")  # two whole weeks
    rules = "when = weekly; day = wed; on_holiday = "
    frm, to = "2026-06-01", "2026-06-28"
    yield values(office, rules + "skip", rows, frm, to, "for"), "2026-06-01 2026-06-22"
    yield (values(office, rules + "next", rows, frm, to, "for", "draw"),
           "2026-06-01 2026-06-03T01:00:00Z 2026-06-08 2026-06-22T01:00:00Z 2026-06-22 2026-06-24T01:00:00Z")
    yield (values(office, rules + "previous", rows, frm, to, "for", "draw"),
           "2026-06-01 2026-06-03T01:00:00Z 2026-06-08 2026-06-05T01:00:00Z 2026-06-22 2026-06-24T01:00:00Z")
    yield values(office, "when = weekly", rows, frm, to, "for"), "2026-06-01 2026-06-22"
    yield (values(office, "when = weekly; day = random; times = 6", rows, frm, to, "for"),
           " ".join(["2026-06-01"] * 5 + ["2026-06-22"] * 5))


def other_weeks(office):
    frm, to = "2026-06-01", "2026-06-14"
    rules = "when = weekly; day = 1st workday"
    yield values(office, rules, [], frm, to, "for", workweek="sun mon tue wed thu"), "2026-06-07 2026-06-14"
    yield values(office, rules, [], frm, to, "for", workweek="mon tue wed thu fri sat"), "2026-06-01 2026-06-08"
    yield values(office, rules, [], frm, to, "for", workweek="sat sun mon tue wed"), "2026-06-06 2026-06-13"


def sealed_days(office):
    """A sealed row only where there will be a draw."""
    rows = off("长假", "2026-06-08", "2026-06-21")  # 16 days: the weekend before belongs to it
    frm, to = "2026-06-01", "2026-06-28"
    moment = "; time = 09:00-17:00"
    yield (values(office, "when = weekly; day = wed" + moment, rows, frm, to, "for", "draw", "state"),
           " ".join(f"{week} sealed sealed" for week in ("2026-06-01", "2026-06-08", "2026-06-22")))
    yield values(office, "when = during holiday; day = 15th day" + moment, rows, frm, to, "for"), "长假"
    yield values(office, "when = during holiday; day = 16th day" + moment, rows, frm, to, "for"), ""
    yield values(office, "when = during holiday; day = random; times = 20", rows, frm, to, "for"), " ".join(["长假"] * 15)
    yield values(office, "when = monthly; day = random; times = 20", rows, frm, to, "for"), " ".join(["2026-06"] * 12)


CORNERS = [turned_clocks, leap_years, over_new_year, touching, windows, what_a_run_lacks, close_draws, long_holidays,
           other_weeks, sealed_days]


def check_corners(office):
    done = 0
    for corner in CORNERS:
        for i, (got, wanted) in enumerate(corner(office), 1):
            done += 1
            if got != wanted:
                raise Differs(f"{corner.__name__}, {i}:\n  {got}\nnot\n  {wanted}")
    return done


# ---- at random ----

def random_plan(rng, sealed):
    first = rng.randrange(1990, 2060)
    last = first + rng.choice([1, 1, 2, 2, 3, 4, 9])
    begin, end = date(first, 1, 1), date(last, 12, 31)
    workweek, rows = almanac.random_calendar(rng, begin, end)
    names = [name for holiday in almanac.Calendar(workweek, rows).holidays for name in holiday.names]
    cycles = {f"c{i}": almanac.random_rule(rng, names, sealed or rng.random() < 0.1)
              for i in range(rng.randrange(1, 7))}
    frm, to = begin, end
    if rng.random() < 0.5:
        frm = almanac.random_day(rng, begin, end)
        to = almanac.random_day(rng, frm, end)
    return Plan(rows, cycles, frm, to, rng.choice(almanac.ZONES), workweek)


def difference(office, plan):
    """None, or how the program's rows differ from the model's."""
    wanted = plan.model()
    try:
        got = office.schedule(plan)
    except Differs as fault:
        return str(fault)
    for mine, its in itertools.zip_longest(wanted, got):
        if mine != its:
            return f"{len(wanted)} and {len(got)} rows; the first that differ:\nmodel   {mine}\nprogram {its}"
    return None


def smaller(plan):
    """Plans with a cycle, a piece of the calendar, or a key less."""
    for name in plan.cycles if len(plan.cycles) > 1 else []:
        yield plan.less(cycles={name: plan.cycles[name]})
    rows = sorted(plan.rows)
    piece = (len(rows) + 1) // 2
    while piece:
        for i in range(0, len(rows), piece):
            yield plan.less(rows=rows[:i] + rows[i + piece:])
        piece //= 2
    for name, keys in plan.cycles.items():
        for key in sorted(set(keys) - {"when", "embargo"}):
            yield plan.less(cycles={**plan.cycles, name: {k: v for k, v in keys.items() if k != key}})


def smallest(office, plan):
    """The smallest plan that can be found and that differs without being refused, and how it does."""
    found = None
    while True:
        for each in smaller(plan):
            words = difference(office, each)
            if words and "status" not in words:
                plan, found = each, words
                break
        else:
            return plan, found or difference(office, plan)


def describe(office, plan):
    plan, words = smallest(office, plan)
    special = ", ".join(f"{day} {name} {'off' if off else 'worked'}" for day, name, off in sorted(plan.rows))
    return f"{plan.zone}, {plan.workweek}, {plan.frm} to {plan.to}\n{plan.cycles}\n{special}\n{words}"


def check_random(office, sealed, trials):
    rows = 0
    for i in range(trials):
        rng = random.Random(f"{SEED} {sealed} {i}")
        plan = random_plan(rng, sealed)
        if difference(office, plan):
            raise Differs(f"trial {i} (sealed {sealed}), made small: {describe(office, plan)}")
        rows += len(plan.model())
    return rows


def main():
    print(f"SPOTCHECK_SEED={SEED}", flush=True)
    with tempfile.TemporaryDirectory(prefix="spotcheck-schedule.") as folder:
        office = Office(folder)
        try:
            print(f"{check_china(office)} tables by hand", flush=True)
            print(f"{check_corners(office)} corners", flush=True)
            print(f"{check_random(office, False, PLANNED_TRIALS)} rows of {PLANNED_TRIALS} random configurations",
                  flush=True)
            print(f"{check_random(office, True, SEALED_TRIALS)} rows of {SEALED_TRIALS} with sealed cycles", flush=True)
        except Differs as fault:
            print(f"FAIL: {fault}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
