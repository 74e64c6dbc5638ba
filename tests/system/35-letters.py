#!/usr/bin/python3
"""Goal: after a whole run each inspector has one letter for each of his visit days, well-formed, true, about his own visits
of that day only.

The letters are read by Python's mail parser, and written a second time here, from the templates, the rosters and the
published record; the two must say the same.
"""

import csv
import datetime
import email
import email.policy
import email.utils
import hashlib
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zoneinfo

HERE = os.path.dirname(os.path.abspath(__file__))
CONF = os.path.join(HERE, "..", "..", "conf")
SPOTCHECK = os.environ.get("SPOTCHECK", os.path.join(HERE, "../../build/spotcheck"))
URL = "https://spotcheck.example.org/"
FORMULA = "=1+1 [是/否]"
HEADERS = {"zh_CN": "抽取编号 日期 对象编号 对象名称 事项 问题 答案 备注".split(),
           "en": "draw date target_id target_name matter question answer remarks".split()}
WEEKDAYS = {"zh_CN": ["星期" + c for c in "一二三四五六日"],
            "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()}
MONTHS = ("January February March April May June July August September October November December").split()


class Scratch:
    """A folder with the shipped configuration and sample, changed where the letters become more of a test."""

    def __init__(self, folder):
        self.folder = folder
        self.conf = os.path.join(folder, "conf")
        self.mail = os.path.join(folder, "mail")
        self.public = os.path.join(folder, "public")
        self.ini = os.path.join(self.conf, "spotcheckd.ini")
        shutil.copytree(CONF, self.conf)
        self.edit_ini()
        self.inspectors = self.edit("inspectors", self.every_third_english)
        self.matters = self.edit("matters", self.a_formula)
        self.targets = self.edit("targets", lambda rows: None)

    def edit_ini(self):
        settings = {"state_dir": os.path.join(self.folder, "state"), "public_dir": self.public, "public_url": URL,
                    "server": "maildir:" + self.mail}
        with open(self.ini, encoding="utf-8") as file:
            text = file.read()
        for key, value in settings.items():
            text, n = re.subn(rf"^#?{key} *=.*$", f"{key} = {value}", text, count=1, flags=re.M)
            assert n == 1, key
        with open(self.ini, "w", encoding="utf-8") as file:
            file.write(text)
        sections = dict(re.findall(r"^\[(.+?)\]\n(.*?)(?=^\[|\Z)", text, re.M | re.S))
        chosen = "".join(sections[name] for name in ("service", "mail", "cycle spot-check"))
        self.settings = dict(re.findall(r"^([a-z_]+) *= *(.*)$", chosen, re.M))

    def edit(self, kind, change):
        path = os.path.join(self.conf, "sample", kind + ".csv")
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        change(rows)
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        return {row["id"]: row for row in rows}

    @staticmethod
    def every_third_english(rows):
        for row in rows[::3]:
            row["language"] = "en"

    @staticmethod
    def a_formula(rows):
        rows[0]["checklist"] += " | " + FORMULA

    def run(self, *args, status=0):
        done = subprocess.run([SPOTCHECK, "-c", self.ini, *args], capture_output=True, timeout=300, check=False)
        out = done.stdout.decode() + done.stderr.decode()
        if done.returncode != status:
            sys.exit(f"spotcheck {' '.join(args)}: status {done.returncode}, not {status}: {out}")
        return done.stdout.decode()


# ---- a letter, written a second time ----

def spoken_date(date, language):
    day = datetime.date.fromisoformat(date)
    if language == "en":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def colleagues(visit, me, scratch, language):
    left, right, comma, nobody = (" (", ")", ", ", "nobody else") if language == "en" else ("（", "）", "，", "无")
    words = []
    for other in visit["team"]:
        if other and other != me:
            row = scratch.inspectors[other]
            words.append(f"{other} {row['name']}" + (left + row["phone"] + right if row["phone"] else ""))
    return comma.join(words) or nobody


def slot_values(visit, language):
    day = datetime.date.fromisoformat(visit["date"])
    return {"date": spoken_date(visit["date"], language), "weekday": WEEKDAYS[language][day.weekday()], "time": visit["time"]}


def visit_values(number, visit, me, scratch, language):
    target = scratch.targets[visit["id"]]
    seat = visit["seats"][visit["team"].index(me)]
    return {"number": number, **slot_values(visit, language), "target_id": visit["id"], "target_name": target["name"],
            "unit": target["unit"], "area": target["area"], "post": target["post"], "address": target["address"],
            "target_phone": target["phone"], "seat": seat if seat != "own" else target["needs"] or "any",
            "colleagues": colleagues(visit, me, scratch, language)}


def appointments_of(visits, scratch):
    """The visits in one unit at one slot, in the order of slot, unit, id."""
    found = {}
    for visit in visits:
        unit = scratch.targets[visit["id"]]["unit"]
        found.setdefault((visit["visit"], unit, "" if unit else visit["id"]), []).append(visit)
    return list(found.values())


def appointment_words(visits, scratch, language, dated=False):
    colon, then, comma = (": ", ", then ", ", ") if language == "en" else ("：", "，然后 ", " ")
    unit = scratch.targets[visits[0]["id"]]["unit"]
    date = spoken_date(visits[0]["date"], language) + comma if dated else ""
    return date + visits[0]["time"] + (" " + unit if unit else "") + colon + then.join(v["id"] for v in visits)


def appointment_values(visits, me, scratch, language):
    rows, number = [], 0
    for visits_there in appointments_of(visits, scratch):
        own = [visit_values(number + i, v, me, scratch, language) for i, v in enumerate(visits_there, 1)]
        number += len(visits_there)
        rows.append({"number": len(rows) + 1, "appointment": appointment_words(visits_there, scratch, language),
                     **slot_values(visits_there[0], language), "unit": scratch.targets[visits_there[0]["id"]]["unit"],
                     "visits": own})
    return rows


def minutes(visit):
    return int(datetime.datetime.fromisoformat(visit["visit"]).timestamp()) // 60


def clashes_of(draw, me, date, scratch):
    """Pairs of appointments that are closer than the rules ask; here all is told at the draw, so other days are named."""
    own = appointments_of(visits_of(draw, me), scratch)
    pairs = []
    for i, first in enumerate(own):
        for second in own[i + 1:]:
            units = {scratch.targets[v[0]["id"]]["unit"] for v in (first, second)}
            close = minutes(second[0]) - minutes(first[0]) < draw["spacing"]
            if close and (len(units) == 2 or units == {""}) and date in (first[0]["date"], second[0]["date"]):
                pairs.append((first, second))
    return pairs


def clash_values(pair, scratch, language):
    return dict(zip(("first", "second"), (appointment_words(v, scratch, language, dated=True) for v in pair)))


def spoken_day(date, language):
    weekday = WEEKDAYS[language][datetime.date.fromisoformat(date).weekday()]
    words = spoken_date(date, language)
    return f"{weekday}, {words}" if language == "en" else f"{words}（{weekday}）"


def questions(matter):
    return [q.strip() for q in matter["checklist"].split("|") if q.strip()]


def matter_values(number, matter):
    rows = [{"question_number": i, "question": q} for i, q in enumerate(questions(matter), 1)]
    return {"number": number, "matter_id": matter["id"], "matter_name": matter["name"],
            "legal_basis": matter["legal_basis"], "checklist": rows}


def places_name(draw, me, date):
    return f"places-{draw['n']:04}-{me}-{date.replace('-', '')}.json"


def amended_values(visits, language):
    comma = ", " if language == "en" else "，"
    return [{"place": v["place"], "drawn_target": v["drawn"]["target"], "drawn_team": comma.join(v["drawn"]["team"])}
            for v in visits if (v["id"], v["team"]) != (v["drawn"]["target"], v["drawn"]["team"])]


def check_places(message, draw, me, date, visits):
    """The attachment holds the lines of the letter's own places as they were drawn, and no other."""
    part = sole_part(message, "application/json")
    document = json.loads(part.get_content())
    if part.get_filename() != places_name(draw, me, date) or not part.is_attachment() or document["n"] != draw["n"]:
        fail(message, part.get_filename())
    lines = [json.loads(proof["line"]) for proof in document["places"]]
    if [{**line, "nonce": ""} for line in lines] != [{**v["drawn"], "nonce": ""} for v in visits]:
        fail(message, f"the places {lines}")


def sheet_name(draw, me, date):
    return f"result-{draw['n']:04}-{me}-{date.replace('-', '')}.csv"


def all_values(draw, me, date, visits, clashes, scratch, language):
    return {"operator": scratch.settings["operator"], "origin": scratch.settings["origin"], "cycle": "spot-check",
            "cycle_title": scratch.settings["title"], "draw": draw["n"], "record_hash": draw["hash"],
            "log_key": draw["key"], "inspector_id": me, "inspector_name": scratch.inspectors[me]["name"],
            "date": spoken_date(draw["date"], language), "visit_day": spoken_day(date, language),
            "visit_count": len(visits),
            "recuse_to": email.utils.parseaddr(scratch.settings["from"])[1], "public_url": URL,
            "sheet": sheet_name(draw, me, date), "places": places_name(draw, me, date),
            "coded": [], "amended": amended_values(visits, language),
            "clashes": [clash_values(pair, scratch, language) for pair in clashes],
            "appointments": appointment_values(visits, me, scratch, language),
            "matters": [matter_values(i, scratch.matters[m]) for i, m in enumerate(draw["matters"], 1)]}


def render(text, values):
    """The same subset of mustache, without its care for lines, which the comparison leaves out."""
    def section(match):
        return "".join(render(match[2], {**values, **row}) for row in values[match[1]])

    text = re.sub(r"{{#(\w+)}}(.*?){{/\1}}", section, text, flags=re.S)
    return re.sub(r"{{(\w+)}}", lambda match: str(values[match[1]]), text)


def without_space(text):
    return re.sub(r"\s", "", text)


# ---- what is held against it ----

def fail(message, what):
    sys.exit(f"{message['Message-ID']} to {message['To']}: {what}")


def check_bytes(path):
    with open(path, "rb") as file:
        data = file.read()
    if re.search(rb"[^\r]\n|\r[^\n]", data) or re.search(rb"[^\t\r\n -~]", data):
        sys.exit(f"{path}: line ends other than CRLF, or bytes that are not ASCII")
    head, body = data.split(b"\r\n\r\n", 1)
    for limit, part in ((78, head), (78, body)):
        for line in part.split(b"\r\n"):
            if len(line) > limit or (b"=?UTF-8?" in line and len(line) > 76):
                sys.exit(f"{path}: a line of {len(line)}: {line!r}")
    return data


def parse(path):
    message = email.message_from_bytes(check_bytes(path), policy=email.policy.default)
    for part in message.walk():
        if part.defects:
            fail(message, part.defects)
        for name, value in part.items():
            if getattr(value, "defects", ()):
                fail(message, (name, value.defects))
    for name in ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Auto-Submitted"):
        if len(message.get_all(name, [])) != 1:
            fail(message, f"{name} is there {len(message.get_all(name, []))} times")
    if message["Auto-Submitted"] != "auto-generated":
        fail(message, message["Auto-Submitted"])
    return message


def sole_part(message, kind):
    parts = [part for part in message.walk() if part.get_content_type() == kind]
    if len(parts) != 1:
        fail(message, f"{len(parts)} parts of {kind}")
    return parts[0]


def check_sheet(message, draw, me, date, visits, scratch, language):
    part = sole_part(message, "text/csv")
    data = part.get_payload(decode=True)
    if part.get_filename() != sheet_name(draw, me, date) or not part.is_attachment():
        fail(message, part.get_filename())
    if not data.startswith(b"\xef\xbb\xbf") or re.search(rb"[^\r]\n", data):
        fail(message, "the sheet has no BOM, or other line ends than CRLF")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    wanted = [HEADERS[language]]
    for visit in visits:
        for matter in (scratch.matters[m] for m in draw["matters"]):
            for question in questions(matter):
                wanted.append([str(draw["n"]), visit["date"], visit["id"], scratch.targets[visit["id"]]["name"],
                               f"{matter['id']} {matter['name']}", re.sub(r"^([=+@-])", r"'\1", question), "", ""])
    if rows != wanted:
        fail(message, f"the sheet: {rows}\nnot {wanted}")


def check_nobody_else(message, visits, scratch):
    """No target that is not the inspector's stands in text, sheet or headers."""
    own = [scratch.targets[v["id"]] for v in visits]
    text = "\n".join(str(v) for v in message.values())
    text += "".join(p.get_content() for p in message.walk() if p.get_content_maintype() == "text")
    for row in scratch.targets.values():
        if row in own:
            continue
        named = re.search(rf"\b{row['id']}\b", text) or row["phone"] in text
        if named or (row["name"] in text and not any(row["name"] in o["name"] for o in own)):
            fail(message, f"names {row['id']}")


class Page(html.parser.HTMLParser):
    """What a page of HTML shows, and what it would fetch."""

    def __init__(self, text):
        super().__init__()
        self.shown, self.hidden, self.open = "", "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag in ("img", "script", "link", "iframe", "form") or any(name in ("src", "href") for name, _ in attrs):
            sys.exit(f"HTML has <{tag} {attrs}>")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            sys.exit(f"HTML: </{tag}> closes another")

    def handle_data(self, data):
        if "title" not in self.open and "style" not in self.open:
            self.shown += data


def check_html(message, text):
    """The same words as the text, without the marks of its headings and lists."""
    page = Page(sole_part(message, "text/html").get_content())
    text = re.sub(r"^ *(?:-+|\d+\.)(?=$| )", "", text.replace("\r\n", "\n"), flags=re.M)
    if page.open or without_space(page.shown) != without_space(text):
        fail(message, f"{page.shown}\nis not\n{text}")


def calendar_lines(message, part):
    data = part.get_payload(decode=True)
    if re.search(rb"[^\r]\n", data) or max(map(len, data.split(b"\r\n"))) > 75:
        fail(message, "an invitation with other line ends than CRLF, or longer lines than 75")
    return [line for line in data.decode().replace("\r\n ", "").split("\r\n") if line]


def check_zone(message, lines, zone):
    """The zone has no change of the clock in the year: one observance, whose offset is Python's."""
    begin, end = lines.index("BEGIN:VTIMEZONE"), lines.index("END:VTIMEZONE")
    offset = datetime.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo(zone)).strftime("%z")
    wanted = [f"TZID:{zone}", "BEGIN:STANDARD", f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", "END:STANDARD"]
    if sorted(line for line in lines[begin + 1:end] if not line.startswith("DTSTART:")) != sorted(wanted):
        fail(message, lines[begin:end])
    return lines[:begin] + lines[end + 1:]


def end_of(slot, others):
    """An hour later, or when the next appointment of the letter begins."""
    end = datetime.datetime.fromisoformat(slot) + datetime.timedelta(hours=1)
    return min([end.isoformat("T", "minutes"), *(other for other in others if other > slot)])


def check_invitation(message, part, draw, others, zone, scratch):
    lines = check_zone(message, calendar_lines(message, part), zone)
    values = dict(re.match(r"([A-Z]+)((?:;[^:]*)?:.*)", line).groups() for line in lines)
    if values["METHOD"] != ":" + part["Content-Type"].params["method"]:
        fail(message, values["METHOD"])
    row = scratch.inspectors[draw["me"]]
    if not values["ATTENDEE"].endswith(":mailto:" + row["email"]) or not values["ORGANIZER"].endswith(
            ":mailto:" + email.utils.parseaddr(scratch.settings["from"])[1]):
        fail(message, (values["ATTENDEE"], values["ORGANIZER"]))
    if (values["STATUS"], values["METHOD"]) not in ((":CONFIRMED", ":REQUEST"), (":CANCELLED", ":CANCEL")):
        fail(message, values["STATUS"])
    slot, end = (datetime.datetime.strptime(values[name], f";TZID={zone}:%Y%m%dT%H%M%S").isoformat("T", "minutes")
                 for name in ("DTSTART", "DTEND"))
    if end != end_of(slot, others):
        fail(message, f"{slot} to {end}; others: {others}")
    for target in scratch.targets.values():
        if re.search(rf"\b{target['id']}\b", "".join(lines)) or target["name"] in "".join(lines):
            fail(message, f"an invitation names {target['id']}")
    return slot, values["METHOD"], values["UID"], int(values["SEQUENCE"][1:])


def check_slots(message, held, free, draw, scratch):
    """The invitations ask for these slots and give those back, and name nobody."""
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    said = [check_invitation(message, part, draw, held, scratch.settings.get("timezone", "Asia/Shanghai"), scratch) for part in parts]
    wanted = sorted([(slot, ":REQUEST") for slot in held] + [(slot, ":CANCEL") for slot in free])
    if sorted((slot, method) for slot, method, _, _ in said) != wanted:
        fail(message, f"invitations {said}, not {wanted}")
    for slot, _, uid, sequence in said:
        before = draw["invited"].setdefault((draw["me"], slot), (uid, -1))
        if before[0] != uid or before[1] >= sequence:
            fail(message, f"{slot}: {uid} {sequence} after {before}")
        draw["invited"][draw["me"], slot] = uid, sequence


def check_letter(message, kind, draw, me, date, visits, scratch):
    row = scratch.inspectors[me]
    language = row["language"] or "zh_CN"
    with open(os.path.join(scratch.conf, "letters", language, kind + ".txt"), encoding="utf-8") as file:
        subject, _, template = file.read().partition("\n\n")
    clashes = clashes_of(draw, me, date, scratch) if kind != "cancelled" else []
    values = all_values(draw, me, date, visits, clashes, scratch, language)
    office = email.utils.parseaddr(scratch.settings["from"])
    for header, wanted in (("To", (row["name"], row["email"])), ("From", office)):
        (address,) = message[header].addresses
        if (address.display_name, address.addr_spec) != wanted:
            fail(message, f"{header}: {address}")
    if message["Subject"] != render(subject, values).removeprefix("Subject: "):
        fail(message, message["Subject"])
    if message["Content-Language"] != language.replace("_", "-"):
        fail(message, message["Content-Language"])
    text = sole_part(message, "text/plain").get_content()
    if without_space(text) != without_space(render(template, values)):
        fail(message, f"{text}\nis not\n{render(template, values)}")
    check_html(message, render(template, values))
    draw["me"] = me
    others = {v["visit"] for v in visits_of(draw, me)}
    slots = {v["visit"] for v in visits}
    check_slots(message, slots if kind != "cancelled" else [], slots - others if kind == "cancelled" else [], draw, scratch)
    if re.search(r"[ \t]$|{{|}}", text, re.M):
        fail(message, "spaces at a line's end, or braces")
    if kind == "cancelled":
        if any(True for _ in message.iter_attachments()):
            fail(message, "an attachment")
    else:
        check_sheet(message, draw, me, date, visits, scratch, language)
        check_places(message, draw, me, date, visits)
    check_nobody_else(message, visits + [v for pair in clashes for there in pair for v in there], scratch)


# ---- the run ----

def published(scratch, n):
    folder = os.path.join(scratch.public, "draws", f"{n:04}")
    with open(os.path.join(folder, "record.json"), "rb") as file:
        record_bytes = file.read()
    with open(os.path.join(folder, "commit.json"), encoding="utf-8") as file:
        commit = json.load(file)
    with open(os.path.join(scratch.public, "vkey"), encoding="utf-8") as file:
        key = file.read().split("+")[1]
    record = json.loads(record_bytes)
    for place, visit in enumerate(record["selected"]):
        visit["place"], visit["drawn"] = place, {"n": n, "place": place, "target": visit["id"], "team": list(visit["team"]), "visit": visit["visit"]}
        visit["seats"] = commit["rules"]["team"]
        visit["date"], visit["time"] = visit["visit"].split("T")
    return {"n": n, "date": commit["date"], "hash": hashlib.sha256(record_bytes).hexdigest(), "key": key,
            "spacing": commit["rules"]["spacing"], "invited": {}, "matters": record["matters"], "selected": record["selected"],
            "units": {me: row["unit"] for me, row in scratch.targets.items()}}


def visits_of(draw, me, date=None):
    """In the order of slot, unit, id."""
    own = [v for v in draw["selected"] if me in v["team"] and date in (None, v["date"])]
    return sorted(own, key=lambda v: (v["visit"], draw["units"][v["id"]].encode(), v["id"].encode()))


def by_recipient(messages, scratch):
    ids = {row["email"]: me for me, row in scratch.inspectors.items()}
    found = {}
    for message in messages:
        found.setdefault(ids[message["To"].addresses[0].addr_spec], []).append(message)
    return found


def new_letters(scratch, known):
    """What has come since; the maildir holds nothing but letters, each under a name of its own."""
    folder = os.path.join(scratch.mail, "new")
    names = sorted(set(os.listdir(folder)) - known)
    known.update(names)
    if os.listdir(os.path.join(scratch.mail, "tmp")):
        sys.exit("tmp/ is not empty")
    return [parse(os.path.join(folder, name)) for name in names]


def check_assignments(scratch, n, known):
    draw = published(scratch, n)
    letters = by_recipient(new_letters(scratch, known), scratch)
    wanted = {me for visit in draw["selected"] for me in visit["team"]}
    if set(letters) != wanted:
        sys.exit(f"draw {n}: letters to {sorted(letters)}, not to {sorted(wanted)}")
    for me, messages in letters.items():
        days = sorted({v["date"] for v in visits_of(draw, me)})
        if len(messages) != len(days):
            sys.exit(f"draw {n}: {len(messages)} letters to {me}, for {days}")
        messages.sort(key=lambda message: sole_part(message, "text/csv").get_filename())
        for date, message in zip(days, messages):
            check_letter(message, "assignment", draw, me, date, visits_of(draw, me, date), scratch)
        check_conversation(messages[0], messages[1:])
    return draw, letters


def check_conversation(first, others):
    for message in others:
        if str(first["Message-ID"]) != str(message["References"]) or str(first["Message-ID"]) != str(message["In-Reply-To"]):
            fail(message, "does not answer the first letter")
    if first["References"] or first["In-Reply-To"]:
        fail(first, "answers another letter")


def check_amendment(scratch, draw, first, known):
    """A seat changes hands: who leaves hears of that, who joins and who stays get what is theirs now."""
    place = next(i for i, v in enumerate(draw["selected"]) if len(visits_of(draw, v["team"][0])) > 0)
    visit = draw["selected"][place]
    leaver = visit["team"][0]
    scratch.run("amend", str(draw["n"]), str(place), "0", "--reason", "unavailable")
    with open(os.path.join(scratch.public, "draws", f"{draw['n']:04}", "amend-01.json"), encoding="utf-8") as file:
        joiner = json.load(file)["in"]
    gone, date = dict(visit), visit["date"]
    told = {me for me in visit["team"] if me} | ({joiner} if visits_of(draw, joiner, date) else set())
    visit["team"] = [joiner] + visit["team"][1:]
    letters = by_recipient(new_letters(scratch, known), scratch)
    wanted = {leaver, *(me for me in visit["team"] if me)}
    if set(letters) != wanted or any(len(m) != 1 for m in letters.values()):
        sys.exit(f"amendment: letters to {sorted(letters)}, not to {sorted(wanted)}")
    check_letter(letters[leaver][0], "cancelled", draw, leaver, date, [gone], scratch)
    for me in wanted - {leaver}:
        kind = "updated" if me in told else "assignment"
        check_letter(letters[me][0], kind, draw, me, date, visits_of(draw, me, date), scratch)
    for me in wanted:  # one conversation for a draw
        if me in first:
            check_conversation(first[me][0], letters[me])


def check_outbox(scratch, draws):
    rows = json.loads(scratch.run("--json", "outbox", "list"))
    if any(row["state"] != "sent" for row in rows):
        sys.exit(f"not all is sent: {rows}")
    shown = scratch.run("outbox") + scratch.run("outbox", "show", "1") + scratch.run("--json", "outbox", "show", "1")
    shown += json.dumps(rows, ensure_ascii=False)
    for visit in (v for draw in draws for v in draw["selected"]):
        if re.search(rf"\b{visit['id']}\b", shown) or scratch.targets[visit["id"]]["name"] in shown:
            sys.exit(f"the outbox names {visit['id']}")
    scratch.run("outbox", "retry", "1", status=2)
    scratch.run("outbox", "cancel", "1", status=2)
    scratch.run("outbox", "show", "99999", status=2)
    scratch.run("outbox", "show", "x", status=2)
    scratch.run("outbox", "nonsense", status=2)


def check_broken_maildir(scratch, known):
    """A file in the way: the draw stands, the letters wait; afterwards each leaves once, but not a cancelled one."""
    aside = scratch.mail + ".aside"
    os.rename(scratch.mail, aside)
    with open(scratch.mail, "w", encoding="utf-8") as file:
        file.write("in the way")
    scratch.run("run", "spot-check", status=3)
    rows = [row for row in json.loads(scratch.run("--json", "outbox")) if row["state"] != "sent"]
    if not rows or any(row["state"] != "queued" or "Not a directory" not in row["reply"] for row in rows):
        sys.exit(f"letters that cannot leave: {rows}")
    first, second = str(rows[0]["id"]), str(rows[1]["id"])
    scratch.run("outbox", "retry", first, status=3)
    os.remove(scratch.mail)
    os.rename(aside, scratch.mail)
    scratch.run("outbox", "cancel", second)
    for row in rows:
        if str(row["id"]) != second:
            scratch.run("outbox", "retry", str(row["id"]), status=0)
    if len(new_letters(scratch, known)) != len(rows) - 1:
        sys.exit("not each letter that waited has left once")
    scratch.run("outbox", "cancel", second)  # so it is already
    scratch.run("outbox", "retry", second)
    if len(new_letters(scratch, known)) != 1:
        sys.exit("the cancelled letter cannot be had back")


def check_days_kept_free(scratch, known):
    """Everybody is asked at the commitment, told at its voiding, and hears no target's name by either."""
    with open(scratch.ini, encoding="utf-8") as file:
        text = file.read()
    with open(scratch.ini, "w", encoding="utf-8") as file:
        file.write(re.sub(r"^(\[cycle spot-check\])$", r"\1\nkeep_free = yes", text, count=1, flags=re.M))
    n = re.search(r'"n":(\d+)', scratch.run("--json", "commit", "spot-check"))[1]
    asked = by_recipient(new_letters(scratch, known), scratch)
    scratch.run("void", n, "--reason", "a rehearsal")
    told = by_recipient(new_letters(scratch, known), scratch)
    if set(asked) != set(scratch.inspectors) or set(told) != set(asked):
        sys.exit(f"asked: {sorted(asked)}; told of the void: {sorted(told)}")
    for me in asked:
        (question,), (answer,) = asked[me], told[me]
        if str(question["Message-ID"]) != str(answer["In-Reply-To"]):
            sys.exit(f"the second letter to {me} does not answer the first")
        for message in (question, answer):
            check_nobody_else(message, [], scratch)
            check_html(message, sole_part(message, "text/plain").get_content())
            check_slots(message, [], [], {}, scratch)


def main():
    with tempfile.TemporaryDirectory() as folder:
        scratch = Scratch(folder)
        known = set()
        scratch.run("init")
        for kind in ("targets", "inspectors", "conflicts", "matters"):
            scratch.run("import", kind, os.path.join(scratch.conf, "sample", kind + ".csv"), "--by", "tester")
        scratch.run("run", "spot-check")
        draw, first = check_assignments(scratch, 1, known)
        check_amendment(scratch, draw, first, known)
        scratch.run("run", "spot-check")
        second, _ = check_assignments(scratch, 2, known)
        check_outbox(scratch, [draw, second])
        scratch.run("outbox", "list")
        if new_letters(scratch, known):
            sys.exit("letters that nobody asked for")
        check_broken_maildir(scratch, known)
        check_days_kept_free(scratch, known)
        print(f"{len(known)} letters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
