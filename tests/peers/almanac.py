"""Goal: when each cycle draws, worked out a second time, so slowly that each step can be checked by eye.

Every day is a datetime.date and every question a loop over days; nothing is summed up beforehand but the answer to "is
this day worked".  Written from what the manual says of [calendar] and [cycle], not from the program.  At the end random
calendars and random rules, as the text of a calendar file and of an INI section.
"""

import csv
import dataclasses
import datetime
import io
import re
import zoneinfo

DAY = datetime.timedelta(days=1)
WEEKDAYS = "mon tue wed thu fri sat sun".split()
SEALED = "sealed"
KEYS = {"new-year": "元旦", "spring-festival": "春节", "qingming": "清明节", "labour-day": "劳动节",
        "dragon-boat": "端午节", "mid-autumn": "中秋节", "national-day": "国庆节"}
AROUND = 800  # days before and behind what is asked for, so that whatever reaches into it is seen
AHEAD = 800   # days that are counted from a holiday at most

# The State Council's notices for 2025 and 2026, in the form of a calendar file.  Ordinary weekends are left out
# where the notice does not name them.
CHINA_OFF = """
元旦 2025-01-01 2025-01-01
春节 2025-01-28 2025-02-04
清明节 2025-04-04 2025-04-06
劳动节 2025-05-01 2025-05-05
端午节 2025-05-31 2025-06-02
国庆节、中秋节 2025-10-01 2025-10-08
元旦 2026-01-01 2026-01-03
春节 2026-02-15 2026-02-23
清明节 2026-04-04 2026-04-06
劳动节 2026-05-01 2026-05-05
端午节 2026-06-19 2026-06-21
中秋节 2026-09-25 2026-09-27
国庆节 2026-10-01 2026-10-07
"""
CHINA_WORK = """
春节 2025-01-26 2025-02-08
劳动节 2025-04-27
国庆节、中秋节 2025-09-28 2025-10-11
元旦 2026-01-04
春节 2026-02-14 2026-02-28
劳动节 2026-05-09
国庆节 2026-09-20 2026-10-10
"""


def date(text):
    return datetime.date.fromisoformat(text)


def days_of(first, last):
    """Every day from the first to the last."""
    found = []
    while first <= last:
        found.append(first)
        first += DAY
    return found


def china():
    """The notices as rows (date, name, off)."""
    rows = []
    for line in CHINA_OFF.split("\n")[1:-1]:
        name, first, last = line.split()
        rows += [(day, name, True) for day in days_of(date(first), date(last))]
    for line in CHINA_WORK.split("\n")[1:-1]:
        name, *days = line.split()
        rows += [(date(day), name, False) for day in days]
    return rows


# ---- the calendar ----

@dataclasses.dataclass
class Holiday:
    first: datetime.date
    last: datetime.date
    names: list

    def days(self):
        return days_of(self.first, self.last)


class Calendar:
    """A workweek, and rows (date, name, off) of one file: what they say of a day comes before the workweek."""

    def __init__(self, workweek, rows):
        self.workweek = workweek.split()
        self.special = {}
        for day, name, off in rows:
            self.special.setdefault(day, []).append((name, off))
        self.known = {}
        self.holidays = self.find_holidays()

    def works(self, day):
        if day not in self.known:
            self.known[day] = self.look_up(day)
        return self.known[day]

    def look_up(self, day):
        if day in self.special:
            return not self.special[day][0][1]
        return WEEKDAYS[day.weekday()] in self.workweek

    def names(self, day):
        """Those of a day off; none of a make-up workday."""
        found = []
        for name, off in self.special.get(day, []):
            if off:
                found += [word for word in name.split("、") if word]
        return found

    def find_holidays(self):
        found = []
        for day in sorted(self.special):
            if self.names(day) and not (found and day <= found[-1].last):
                found.append(self.holiday_around(day))
        return found

    def holiday_around(self, day):
        first = last = day
        while not self.works(first - DAY):
            first -= DAY
        while not self.works(last + DAY):
            last += DAY
        names = []
        for each in days_of(first, last):
            names += [name for name in self.names(each) if name not in names]
        return Holiday(first, last, names)

    def in_holiday(self, day):
        return any(holiday.first <= day <= holiday.last for holiday in self.holidays)

    def workday(self, day, n):
        """The n-th workday after a day, or before it where n is negative."""
        step = DAY if n > 0 else -DAY
        for _ in range(abs(n)):
            day += step
            while not self.works(day):
                day += step
        return day


# ---- local time ----

def local_to_utc(zone, day, minutes):
    """A doubled time is the first of the two; one that a gap leaves out is the first instant after the gap."""
    wall = datetime.datetime.combine(day, datetime.time()) + datetime.timedelta(minutes=minutes)
    while True:
        instant = wall.replace(tzinfo=zone, fold=0).astimezone(datetime.timezone.utc)
        if instant.astimezone(zone).replace(tzinfo=None) == wall:
            return instant
        wall += datetime.timedelta(minutes=1)


def before(calendar, zone, instant, duration):
    """So long before an instant; workdays keep the local time of day."""
    n, unit = duration
    if unit == "seconds":
        return instant - datetime.timedelta(seconds=n)
    local = instant.astimezone(zone)
    return local_to_utc(zone, calendar.workday(local.date(), -n), local.hour * 60 + local.minute)


# ---- the keys of a cycle ----

@dataclasses.dataclass
class Rule:
    when: str
    holidays: list  # names; empty: any
    min_days: int
    day: tuple      # ("workday", n), ("day", n), ("weekday", 0 for Monday) or ("random", None); n -1: the last one
    times: int
    time: tuple     # minutes from midnight: first and last; the same where it is fixed
    on_holiday: str
    commit: tuple   # (n, "seconds" or "workdays")
    window: tuple   # (n, "days" or "workdays")
    visit_time: int
    notice: tuple   # as commit; None: at the draw
    embargo: int

    @property
    def of_holiday(self):
        return self.when.endswith("holiday")

    @property
    def sealed(self):
        return self.day[0] == "random" or self.time[0] != self.time[1]


def parse_minutes(text):
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def parse_duration(text):
    match = re.fullmatch(r"(\d+) workdays?", text)
    if match:
        return int(match[1]), "workdays"
    n, unit = re.fullmatch(r"(\d+)(min|h|d)", text).groups()
    return int(n) * {"min": 60, "h": 3600, "d": 86400}[unit], "seconds"


def parse_window(text):
    n, unit = re.fullmatch(r"(\d+) ?(workdays?|d|days?)", text).groups()
    return int(n), "workdays" if unit.startswith("w") else "days"


def parse_day(text):
    if text == "random":
        return "random", None
    if text in WEEKDAYS:
        return "weekday", WEEKDAYS.index(text)
    if text.isdigit():
        return "day", int(text)
    which, unit = text.split()
    return unit, -1 if which == "last" else int(which[:-2])


def parse_rule(keys):
    """The scheduling keys of a [cycle], as a dict of texts; `when` must be among them."""
    holidays = keys.get("holidays", "any").split()
    times = [parse_minutes(text) for text in keys.get("time", "09:00").split("-")]
    notice = keys.get("notice", "at draw")
    return Rule(
        when=keys["when"],
        holidays=[] if holidays == ["any"] else [KEYS.get(name, name) for name in holidays],
        min_days=int(keys.get("min_days", "1")),
        day=parse_day(keys.get("day", "1st workday")),
        times=int(keys.get("times", "1")),
        time=(times[0], times[-1]),
        on_holiday=keys.get("on_holiday", "next"),
        commit=parse_duration(keys.get("commit", "24h")),
        window=parse_window(keys.get("window", "5 workdays")),
        visit_time=parse_minutes(re.split("[ -]", keys.get("visit_time", "09:00"))[0]),
        notice=None if notice == "at draw" else parse_duration(notice),
        embargo=int(keys.get("embargo", "30")))


# ---- periods and holidays ----

@dataclasses.dataclass
class Place:
    """A period or a holiday, and the days that are counted for it, in the order in which they are counted."""

    first: datetime.date
    last: datetime.date
    label: str
    counted: list


def week_begins_on(calendar):
    """The first of Saturday, Sunday, Monday … that is worked behind a day that is not; Monday where all are worked."""
    for yesterday, day in zip("fri sat sun mon tue wed thu".split(), "sat sun mon tue wed thu fri".split()):
        if day in calendar.workweek and yesterday not in calendar.workweek:
            return day
    return "mon"


def begins(when, calendar, day):
    if when == "weekly":
        return WEEKDAYS[day.weekday()] == week_begins_on(calendar)
    if when == "monthly":
        return day.day == 1
    if when == "quarterly":
        return day.day == 1 and day.month in (1, 4, 7, 10)
    return day.day == 1 and day.month == 1


def label_of(when, first):
    return {"weekly": first.isoformat(), "monthly": f"{first.year}-{first.month:02}",
            "quarterly": f"{first.year}-Q{(first.month + 2) // 3}", "yearly": f"{first.year}"}[when]


def periods(when, calendar, frm, to):
    found = []
    first = frm
    while not begins(when, calendar, first):
        first -= DAY
    while first <= to:
        last = first
        while not begins(when, calendar, last + DAY):
            last += DAY
        found.append(Place(first, last, label_of(when, first), days_of(first, last)))
        first = last + DAY
    return found


def until_holiday(calendar, day, step):
    """The days from one on, forwards or backwards, up to the next holiday."""
    found = []
    while len(found) < AHEAD and not calendar.in_holiday(day):
        found.append(day)
        day += step
    return found


def passes(rule, holiday):
    if len(holiday.days()) < rule.min_days:
        return False
    return not rule.holidays or any(name in rule.holidays for name in holiday.names)


def holiday_places(rule, calendar, frm, to):
    found = []
    for holiday in calendar.holidays:
        if not passes(rule, holiday) or holiday.last < frm or holiday.first > to:
            continue
        if rule.when == "after holiday":
            counted = until_holiday(calendar, holiday.last + DAY, DAY)
        elif rule.when == "before holiday":
            counted = until_holiday(calendar, holiday.first - DAY, -DAY)
        else:
            counted = holiday.days()
        found.append(Place(holiday.first, holiday.last, "、".join(holiday.names), counted))
    return found


def places(rule, calendar, frm, to):
    if rule.when == "manual":
        return []
    if rule.of_holiday:
        return holiday_places(rule, calendar, frm, to)
    return periods(rule.when, calendar, frm, to)


# ---- the day of a draw ----

def nth(days, n):
    """The n-th from 1, the last one where n is -1, None where there is none."""
    if n == -1:
        return days[-1] if days else None
    return days[n - 1] if n <= len(days) else None


def give_way(rule, calendar, day):
    """What `on_holiday` makes of a day that is no workday."""
    if rule.on_holiday == "keep":
        return day
    if rule.on_holiday == "skip":
        return None
    return calendar.workday(day, 1 if rule.on_holiday == "next" else -1)


def fixed_day(rule, calendar, place):
    kind, n = rule.day
    if kind == "workday":
        return nth([day for day in place.counted if calendar.works(day)], n)
    if kind == "weekday":
        day = nth([day for day in place.counted if day.weekday() == n], 1)
    else:
        day = nth(place.counted, n)
    if rule.when == "during holiday":
        return day if day and day < place.last else None
    if day and not calendar.works(day):
        return give_way(rule, calendar, day)
    return day


def random_days(rule, calendar, place):
    """How many draws on random days a place has."""
    if rule.when == "during holiday":
        eligible = [day for day in place.counted if day < place.last]
    else:
        eligible = [day for day in place.counted if calendar.works(day)]
    return min(rule.times, len(eligible))


# ---- occurrences ----

@dataclasses.dataclass
class Occurrence:
    place: Place
    day: datetime.date = None  # of the draw; None where it is random
    sealed: bool = False
    commit: datetime.datetime = None
    draw: datetime.datetime = None
    notice: datetime.datetime = None
    reveal: datetime.datetime = None
    visits: list = None

    def row(self, cycle):
        """As `schedule --json` prints it where nothing is committed."""
        if self.sealed:
            times = dict.fromkeys(("commit", "draw", "notice", "reveal", "visits_from", "visits_to"), SEALED)
        else:
            times = {key: getattr(self, key).strftime("%Y-%m-%dT%H:%M:%SZ")
                     for key in ("commit", "draw", "notice", "reveal")}
            times["visits_from"] = self.visits[0].isoformat()
            times["visits_to"] = self.visits[-1].isoformat()
        return {"cycle": cycle, "for": self.place.label, "n": 0, "resting": "",
                "state": SEALED if self.sealed else "planned", **times}


def visit_days(rule, calendar, place, day):
    if rule.when == "during holiday":
        return [each for each in place.counted if each > day]
    n, unit = rule.window
    found = []
    while len(found) < n:
        day += DAY
        if unit == "days" or calendar.works(day):
            found.append(day)
    return found


def all_days(rule, calendar, frm, to):
    """An occurrence for each place that has one, with its day alone; of two on one day the first."""
    found = []
    for place in places(rule, calendar, frm, to):
        day = fixed_day(rule, calendar, place)
        if day and day not in [other.day for other in found[-20:]]:
            found.append(Occurrence(place, day))
    return found


def fill_in(rule, calendar, zone, occurrence, earlier):
    """The instants; `earlier` is the cycle's draw before this one, or None."""
    o = occurrence
    o.draw = local_to_utc(zone, o.day, rule.time[0])
    o.commit = before(calendar, zone, o.draw, rule.commit)
    if earlier and o.commit < earlier.draw:
        o.commit = earlier.draw
    o.visits = visit_days(rule, calendar, o.place, o.day)
    o.notice = o.draw
    if rule.notice:
        first_visit = local_to_utc(zone, o.visits[0], rule.visit_time)
        o.notice = max(o.draw, before(calendar, zone, first_visit, rule.notice))
    o.reveal = o.draw + datetime.timedelta(seconds=rule.embargo * 86400)


def sealed_occurrences(rule, calendar, frm, to):
    """Those whose period or holiday has a day in [frm, to]: nothing is known of them but how many there are."""
    if rule.day[0] == "random":
        found = []
        for place in places(rule, calendar, frm, to):
            found += [Occurrence(place, sealed=True) for _ in range(random_days(rule, calendar, place))]
        return found
    found = all_days(rule, calendar, frm - AROUND * DAY, to + AROUND * DAY)
    return [Occurrence(o.place, sealed=True) for o in found if o.place.last >= frm and o.place.first <= to]


def occurrences(rule, calendar, zone, frm, to):
    """The rule's draws whose local date lies in [frm, to], by time; random ones by their period or holiday."""
    if rule.sealed:
        return sealed_occurrences(rule, calendar, frm, to)
    found = all_days(rule, calendar, frm - AROUND * DAY, to + AROUND * DAY)
    earlier = None
    for each in found:
        fill_in(rule, calendar, zone, each, earlier)
        earlier = each
    return [each for each in found if frm <= each.day <= to]


def schedule(cycles, calendar, zone, frm, to):
    """All cycles' rows (of a dict of dicts of texts) by draw and cycle; a sealed one stands where its period begins."""
    zone = zoneinfo.ZoneInfo(zone)
    found = []
    for name, keys in cycles.items():
        for each in occurrences(parse_rule(keys), calendar, zone, frm, to):
            place = local_to_utc(zone, each.place.first, 0) if each.sealed else each.draw
            found.append((place, name, each.row(name)))
    return [row for _, _, row in sorted(found, key=lambda each: each[:2])]


# ---- files ----

def parse_csv(text):
    """Rows of a calendar file with the columns 日期,名称,休/班."""
    return [(date(day), name, kind == "休") for day, name, kind in list(csv.reader(io.StringIO(text)))[1:]]


def format_csv(rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["日期", "名称", "休/班"])
    writer.writerows((day.isoformat(), name, "休" if off else "班") for day, name, off in rows)
    return out.getvalue()


INI = """[service]
origin = schedule.example.org
operator = test
timezone = {zone}
language = en
admin = ops@example.org
state_dir = {folder}/state
public_dir = {folder}/public
[calendar]
country = XX
files = holidays.csv
workweek = {workweek}
predict = no
[mail]
server = maildir:{folder}/mail
from = test <test@example.org>
"""
CYCLE = """[cycle {name}]
title = {name}
sample = 1
avoid =
matters = duty
{keys}
"""


def format_ini(folder, cycles, zone, workweek):
    """A configuration whose places and holidays.csv are in the folder; `cycles` is a dict of dicts of texts."""
    text = INI.format(folder=folder, zone=zone, workweek=workweek)
    for name, keys in cycles.items():
        text += CYCLE.format(name=name, keys="\n".join(f"{key} = {value}" for key, value in keys.items()))
    return text


# ---- at random ----

ZONES = "Asia/Shanghai Europe/Berlin America/New_York Australia/Lord_Howe UTC".split()
WORKWEEKS = ["mon tue wed thu fri"] * 6
WORKWEEKS += ["sun mon tue wed thu", "sat sun mon tue wed", "mon tue wed thu fri sat"] * 2
WORKWEEKS += ["mon tue wed thu fri sat sun", "mon tue thu fri", "tue thu", "mon tue wed thu sat", "fri sat"]
OTHER_NAMES = "校庆日 泼水节 开斋节 Founders-Day 国庆节、中秋节 元旦、校庆日".split()


def random_day(rng, first, last):
    return first + rng.randrange((last - first).days + 1) * DAY


def random_holiday(rng, first, workweek):
    """A few days off in a row under a name or two; some files leave the weekends out."""
    length = rng.choice([1, 1, 2, 3, 3, 3, 4, 5, 7, 8, 9, 12])
    names = [rng.choice(list(KEYS.values()) + OTHER_NAMES) for _ in range(1 + (rng.random() < 0.15))]
    weekends = rng.random() < 0.7
    found = {}
    for i in range(length):
        day = first + i * DAY
        if weekends or WEEKDAYS[day.weekday()] in workweek or length == 1:
            name = names[i * len(names) // length]
            found[day] = ("" if rng.random() < 0.03 else name, True)
    return found


def random_starts(rng, first, last):
    """Where holidays begin: anywhere, over New Year, and near one another."""
    found = []
    for year in range(first.year, last.year + 1):
        found += [random_day(rng, datetime.date(year, 1, 1), datetime.date(year, 12, 31))
                  for _ in range(rng.randrange(9))]
        if rng.random() < 0.5:
            found.append(datetime.date(year, 12, rng.randrange(26, 32)))
    for start in list(found):
        if rng.random() < 0.25:
            found.append(start + rng.randrange(1, 15) * DAY)
    return found


def random_calendar(rng, first, last):
    """A workweek, and rows (date, name, off) in any order."""
    workweek = rng.choice(WORKWEEKS)
    days = {}
    for start in random_starts(rng, first, last):
        days.update(random_holiday(rng, start, workweek))
        for _ in range(rng.randrange(4)):
            day = start + rng.randrange(-14, 22) * DAY
            if WEEKDAYS[day.weekday()] not in workweek and (day not in days or rng.random() < 0.3):
                days[day] = (rng.choice(["", "补班", "春节"]), False)
    for _ in range(rng.randrange(4)):
        days.setdefault(random_day(rng, first, last), ("", True))
    rows = [(day, name, off) for day, (name, off) in days.items()]
    rows += [(day, "双节", True) for day, name, off in rows if off and name and rng.random() < 0.02]
    rng.shuffle(rows)
    return workweek, rows


def ordinal(n):
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"


def random_n(rng, most):
    return rng.randrange(1, rng.choice([3, 8, most]) + 1) if most >= 8 else rng.randrange(1, most + 1)


def random_fixed_day(rng, when):
    most = {"weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366, "during holiday": 9}.get(when, 60)
    kinds = ["day", "weekday"]
    if when != "during holiday":
        kinds += ["workday"] * 2
    if not when.endswith("holiday"):
        kinds += ["number", "last day", "last workday"]
    kind = rng.choice(kinds)
    if kind == "weekday":
        return rng.choice(WEEKDAYS)
    if kind.startswith("last"):
        return kind
    n = random_n(rng, most)
    return str(n) if kind == "number" else f"{ordinal(n)} {kind}"


def random_minutes(rng):
    if rng.random() < 0.3:  # where clocks are turned
        return rng.randrange(60, 210)
    return rng.choice([0, 540, 1439, rng.randrange(1440)])


def format_minutes(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


def random_duration(rng):
    return rng.choice(["30min", "90min", "2h", "24h", "36h", "1d", "5d", "12d", "40d", "1 workday", "2 workdays",
                       "5 workdays", "12 workdays"])


def random_names(rng, names):
    """Up to three, as key or as name; none is said twice."""
    spoken = {KEYS.get(word, word): word for word in rng.sample(list(KEYS) + names, rng.randrange(1, 4))}
    return list(spoken.values())


def random_sealed(rng, keys):
    """Makes a rule's day, its time, or both random."""
    may_day = keys["when"] not in ("after holiday", "before holiday")
    if may_day and rng.random() < 0.7:
        keys["day"] = "random"
        keys.pop("on_holiday", None)
        if rng.random() < 0.7:
            keys["times"] = str(rng.randrange(1, 7 if keys["when"] == "weekly" else 15))
    if keys["day"] != "random" or rng.random() < 0.5:
        first = rng.randrange(0, 1439)
        keys["time"] = f"{format_minutes(first)}-{format_minutes(rng.randrange(first + 1, 1440))}"


def random_rule(rng, names, sealed=False):
    """The keys of a cycle that `check` has nothing against; `names` are those of the calendar's holidays."""
    when = rng.choice(["after holiday"] * 3 + ["before holiday"] * 2 + ["during holiday"] * 2
                      + ["weekly", "monthly", "quarterly", "yearly"] * 2)
    keys = {"when": when, "day": random_fixed_day(rng, when), "time": format_minutes(random_minutes(rng)),
            "commit": random_duration(rng), "visit_time": format_minutes(random_minutes(rng)),
            "notice": rng.choice(["at draw", random_duration(rng)]), "embargo": rng.choice(["0", "60"])}
    if when.endswith("holiday"):
        if rng.random() < 0.4:
            keys["holidays"] = " ".join(random_names(rng, names))
        if rng.random() < 0.4:
            keys["min_days"] = str(rng.randrange(1, 9))
    if when != "during holiday":
        keys["window"] = f"{rng.randrange(2, 13)} {rng.choice(['workdays', 'days'])}"
        if "work" not in keys["day"]:
            keys["on_holiday"] = rng.choice("next previous skip keep".split())
    if when == "weekly" and rng.random() < 0.4:  # each Sunday on which clocks are turned
        keys.update(day="sun", on_holiday="keep", time=format_minutes(rng.randrange(60, 180)))
    if sealed:
        random_sealed(rng, keys)
    if rng.random() < 0.2:  # the defaults
        keys = {key: keys[key] for key in keys if key in ("when", "day", "time", "times", "embargo", "window")}
    return keys
