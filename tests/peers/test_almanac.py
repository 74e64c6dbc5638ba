"""Goal: the slow model of the schedule says what one reads off the State Council's notices with a finger on a calendar.

    /usr/bin/python3 test_almanac.py [-v]          SPOTCHECK_SEED=… repeats a random run
"""

import datetime
import os
import random
import sys
import unittest
import zoneinfo

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import almanac      # noqa: E402

SEED = int(os.environ.get("SPOTCHECK_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
CHINA = almanac.Calendar("mon tue wed thu fri", almanac.china())
SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
BEGIN, END = datetime.date(2025, 1, 1), datetime.date(2026, 12, 31)


def draws(calendar=CHINA, frm=BEGIN, to=END, zone=SHANGHAI, **keys):
    return almanac.occurrences(almanac.parse_rule(keys), calendar, zone, frm, to)


def days(*args, **keys):
    return " ".join(o.day.isoformat() for o in draws(*args, **keys))


def utc(instant):
    return instant.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Holidays(unittest.TestCase):

    def test_first_and_last_days(self):
        found = [f"{h.first} {h.last} {'、'.join(h.names)}" for h in CHINA.holidays]
        self.assertEqual(found, [
            "2025-01-01 2025-01-01 元旦",
            "2025-01-28 2025-02-04 春节",
            "2025-04-04 2025-04-06 清明节",
            "2025-05-01 2025-05-05 劳动节",
            "2025-05-31 2025-06-02 端午节",
            "2025-10-01 2025-10-08 国庆节、中秋节",
            "2026-01-01 2026-01-03 元旦",
            "2026-02-15 2026-02-23 春节",
            "2026-04-04 2026-04-06 清明节",
            "2026-05-01 2026-05-05 劳动节",
            "2026-06-19 2026-06-21 端午节",
            "2026-09-25 2026-09-27 中秋节",
            "2026-10-01 2026-10-07 国庆节"])

    def test_make_up_days_are_worked(self):
        for day in "2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11 2026-01-04 2026-02-14 2026-05-09".split():
            self.assertGreaterEqual(almanac.date(day).weekday(), 5)
            self.assertTrue(CHINA.works(almanac.date(day)), day)

    def test_an_adjoining_weekend_belongs_to_the_holiday(self):
        friday = almanac.Calendar("mon tue wed thu fri", [(almanac.date("2023-09-29"), "中秋节", True)])
        (holiday,) = friday.holidays
        self.assertEqual((str(holiday.first), str(holiday.last)), ("2023-09-29", "2023-10-01"))

    def test_a_day_off_without_a_name_is_none(self):
        self.assertEqual(almanac.Calendar("mon", [(almanac.date("2026-06-01"), "", True)]).holidays, [])

    def test_two_that_touch_are_one(self):
        rows = [(almanac.date("2026-12-31"), "校庆日", True), (almanac.date("2027-01-01"), "元旦", True)]
        (holiday,) = almanac.Calendar("mon tue wed thu fri", rows).holidays
        self.assertEqual((str(holiday.first), str(holiday.last)), ("2026-12-31", "2027-01-03"))
        self.assertEqual(holiday.names, ["校庆日", "元旦"])


class ByHoliday(unittest.TestCase):

    def test_first_workday_after_each(self):
        self.assertEqual(
            days(when="after holiday"),
            "2025-01-02 2025-02-05 2025-04-07 2025-05-06 2025-06-03 2025-10-09 "
            "2026-01-04 2026-02-24 2026-04-07 2026-05-06 2026-06-22 2026-09-28 2026-10-08")

    def test_first_workday_before_each(self):
        self.assertEqual(
            days(when="before holiday"),
            "2025-01-27 2025-04-03 2025-04-30 2025-05-30 2025-09-30 2025-12-31 "
            "2026-02-14 2026-04-03 2026-04-30 2026-06-18 2026-09-24 2026-09-30")

    def test_what_a_stretch_does_not_have(self):
        after = {"when": "after holiday", "holidays": "mid-autumn"}
        self.assertEqual(days(day="3rd workday", **after), "2025-10-11 2026-09-30")
        self.assertEqual(days(day="4th workday", **after), "2025-10-13")
        self.assertEqual(days(day="6th workday", **after), "2025-10-15")
        self.assertEqual(days(when="before holiday", holidays="national-day", day="4th workday"), "2025-09-26")

    def test_counting_back_over_a_make_up_sunday(self):
        self.assertEqual(days(when="before holiday", holidays="spring-festival", day="2nd workday"),
                         "2025-01-26 2026-02-13")
        self.assertEqual(days(when="before holiday", holidays="春节", day="sun"), "2025-01-26 2026-02-09")

    def test_the_long_ones(self):
        self.assertEqual(days(when="after holiday", min_days="8"), "2025-02-05 2025-10-09 2026-02-24")

    def test_during(self):
        during = {"when": "during holiday"}
        self.assertEqual(
            days(day="3rd day", **during),
            "2025-01-30 2025-05-03 2025-10-03 2026-02-17 2026-05-03 2026-10-03")
        (only,) = draws(day="8th day", **during)
        self.assertEqual([str(day) for day in only.visits], ["2026-02-23"])
        self.assertEqual(
            days(day="sun", **during),
            "2025-02-02 2025-05-04 2025-06-01 2025-10-05 2026-02-15 2026-04-05 2026-05-03 2026-10-04")

    def test_how_many_random_days(self):
        sealed = draws(when="during holiday", day="random", times="3")
        self.assertEqual([o.place.label for o in sealed if o.place.first.year == 2025],
                         ["春节"] * 3 + ["清明节"] * 2 + ["劳动节"] * 3 + ["端午节"] * 2 + ["国庆节、中秋节"] * 3)


class ByPeriod(unittest.TestCase):

    def test_weeks_without_a_workday(self):
        frm, to = almanac.date("2026-02-09"), almanac.date("2026-03-02")
        found = draws(frm=frm, to=to, when="weekly", day="mon")
        self.assertEqual([f"{o.day} {o.place.label}" for o in found],
                         ["2026-02-09 2026-02-09", "2026-02-24 2026-02-16", "2026-03-02 2026-03-02"])
        self.assertEqual(days(frm=frm, to=to, when="weekly", day="5th workday"), "2026-02-13 2026-02-28")
        self.assertEqual(days(frm=frm, to=to, when="weekly", day="last workday"), "2026-02-14 2026-02-28")
        self.assertEqual(days(frm=frm, to=to, when="weekly", day="mon", on_holiday="previous"),
                         "2026-02-09 2026-02-14 2026-03-02")

    def test_a_week_begins_on_sunday_where_sundays_are_worked(self):
        calendar = almanac.Calendar("sun mon tue wed thu", [])
        found = draws(calendar, almanac.date("2026-06-01"), almanac.date("2026-06-14"), when="weekly")
        self.assertEqual([f"{o.day} {o.place.last}" for o in found], ["2026-06-07 2026-06-13", "2026-06-14 2026-06-20"])

    def test_where_weeks_begin(self):
        for workweek, wanted in {"mon tue wed thu fri": "mon", "mon tue wed thu fri sat": "mon", "tue thu": "tue",
                                 "sun mon tue wed thu": "sun", "sat sun mon tue wed": "sat", "mon": "mon",
                                 "mon tue wed thu fri sat sun": "mon", "wed thu fri": "wed"}.items():
            self.assertEqual(almanac.week_begins_on(almanac.Calendar(workweek, [])), wanted, workweek)

    def test_first_days_of_months_that_are_workdays(self):
        self.assertEqual(days(when="monthly", day="1", on_holiday="skip"),
                         "2025-04-01 2025-07-01 2025-08-01 2025-09-01 2025-12-01 "
                         "2026-04-01 2026-06-01 2026-07-01 2026-09-01 2026-12-01")

    def test_quarters_and_years(self):
        self.assertEqual(days(when="quarterly", day="5th workday"),
                         "2025-01-08 2025-04-08 2025-07-07 2025-10-14 2026-01-08 2026-04-08 2026-07-07 2026-10-13")
        self.assertEqual(days(when="yearly", day="60", on_holiday="previous"), "2025-02-28 2026-02-28")
        self.assertEqual(days(when="yearly", day="366", frm=almanac.date("2020-01-01"), on_holiday="keep"),
                         "2020-12-31 2024-12-31")
        self.assertEqual(days(when="manual"), "")


class Instants(unittest.TestCase):

    def test_in_china(self):
        (o,) = draws(when="after holiday", holidays="dragon-boat", frm=almanac.date("2026-01-01"), notice="1 workday")
        self.assertEqual([utc(t)[:-7] for t in (o.commit, o.draw, o.notice, o.reveal)],
                         "2026-06-21T01 2026-06-22T01 2026-06-22T01 2026-07-22T01".split())
        self.assertEqual([str(day)[5:] for day in o.visits], "06-23 06-24 06-25 06-26 06-29".split())
        (o,) = draws(when="after holiday", holidays="dragon-boat", frm=almanac.date("2026-01-01"), notice="2h",
                     commit="2 workdays")
        self.assertEqual([utc(t) for t in (o.commit, o.notice)], ["2026-06-17T01:00:00Z", "2026-06-22T23:00:00Z"])

    def test_draws_nearer_than_the_commitment(self):
        found = draws(when="after holiday", frm=almanac.date("2026-10-01"), commit="20d")
        self.assertEqual([utc(o.commit) for o in found], ["2026-09-28T01:00:00Z"])

    def test_turned_clocks(self):
        plain = almanac.Calendar("mon tue wed thu fri", [])
        spring = almanac.local_to_utc(BERLIN, almanac.date("2026-03-29"), 150)
        autumn = almanac.local_to_utc(BERLIN, almanac.date("2026-10-25"), 150)
        self.assertEqual((utc(spring), utc(autumn)), ("2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z"))
        half = almanac.local_to_utc(zoneinfo.ZoneInfo("Australia/Lord_Howe"), almanac.date("2026-10-04"), 135)
        self.assertEqual(utc(half), "2026-10-03T15:30:00Z")
        earlier = almanac.before(plain, BERLIN, almanac.local_to_utc(BERLIN, almanac.date("2026-03-30"), 540),
                                 (1, "workdays"))
        self.assertEqual(utc(earlier), "2026-03-27T08:00:00Z")


class AtRandom(unittest.TestCase):

    def test_files_come_back(self):
        rng = random.Random(SEED)
        for _ in range(50):
            _, rows = almanac.random_calendar(rng, BEGIN, END)
            self.assertEqual(almanac.parse_csv(almanac.format_csv(rows)), rows, SEED)

    def test_what_always_holds(self):
        rng = random.Random(SEED)
        for i in range(60):
            workweek, rows = almanac.random_calendar(rng, BEGIN, END)
            calendar = almanac.Calendar(workweek, rows)
            keys = almanac.random_rule(rng, [name for h in calendar.holidays for name in h.names])
            with self.subTest(seed=SEED, i=i, keys=keys):
                self.check(calendar, almanac.parse_rule(keys))

    def check(self, calendar, rule):
        found = almanac.occurrences(rule, calendar, BERLIN, BEGIN, END)
        self.assertEqual(len({o.day for o in found}), len(found))
        for earlier, later in zip(found, found[1:]):
            self.assertLess(earlier.draw, later.draw)
            self.assertLessEqual(earlier.draw, later.commit)
        for o in found:
            self.assertTrue(o.day < o.visits[0] and o.commit <= o.draw <= o.notice and o.draw <= o.reveal)
            if rule.on_holiday != "keep" and rule.when != "during holiday":
                self.assertTrue(calendar.works(o.day))


if __name__ == "__main__":
    print(f"SPOTCHECK_SEED={SEED}")
    unittest.main()
