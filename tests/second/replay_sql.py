#!/usr/bin/python3
"""Goal: scripts/check/replay.sql in PostgreSQL 15 and scripts/check/replay.duckdb.sql in DuckDB draw whom the program drew, to the
last reserve and ticket: in the sample district, in simulated years, in random draws by tests/peers, and in one of 10^6.

PostgreSQL is started here, in a scratch folder on a Unix socket, with an order of text that is not bytewise; no other
server is touched.  DuckDB comes by `npm ci` in this folder.  SPOTCHECK_SEED=… repeats the random draws; SPOTCHECK_ROWS=…
makes the large one smaller.
"""

import collections
import csv
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

import scene
from scene import Failed, run

SEED = int(os.environ.get("SPOTCHECK_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
ROWS = int(os.environ.get("SPOTCHECK_ROWS", "1000000"))
POSTGRES = "/usr/lib/postgresql/15/bin"

# What must occur among the program's own small draws, or they would prove too little; the peers excuse as well.
WANTED = ("carried", "due", "in", "rest", "weight", "count", "per_10000", "class *", "unstaffed", "reserve")


class Postgres:
    """A server of our own; it refuses to run as root, so then it is nobody's."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="spotcheck-pg.", dir="/tmp")  # a socket's path is short
        user = []
        if os.geteuid() == 0:
            user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
            shutil.chown(self.folder, "nobody", "nogroup")
        data = os.path.join(self.folder, "data")
        run(*user, f"{POSTGRES}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--no-locale",
            "--locale-provider=icu", "--icu-locale=zh", cwd="/")
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.server = subprocess.Popen(
            [*user, f"{POSTGRES}/postgres", "-D", data, "-c", "listen_addresses=", "-c", "fsync=off",
             "-c", f"unix_socket_directories={self.folder}"], stdout=self.log, stderr=self.log, cwd="/")
        for _ in range(300):
            if subprocess.run([f"{POSTGRES}/pg_isready", "-q", "-h", self.folder], check=False).returncode == 0:
                return self
            time.sleep(0.1)
        self.__exit__()
        raise Failed("PostgreSQL does not start")

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait(60)
        self.log.close()
        shutil.rmtree(self.folder)

    def psql(self, *args, **options):
        return run(f"{POSTGRES}/psql", "-X", "-q", "-h", self.folder, "-U", "postgres", *args, **options)

    def replay(self, folders):
        """The rows for each draw, all in one session."""
        query, out = os.path.join(scene.TOP, "scripts/check/replay.sql"), os.path.join(self.folder, "rows")
        script = "".join(f"\\o '{out}.{i}'\n\\set draw '{folder}'\n\\i '{query}'\n" for i, folder in enumerate(folders))
        self.psql("--csv", "-v", "ON_ERROR_STOP=1", "-f", "-", input=script.encode())
        for i, _ in enumerate(folders):
            with open(f"{out}.{i}", newline="", encoding="utf-8") as file:
                yield list(csv.reader(file))[1:]

    def replay_as_told(self, folder):
        """By the line in the head of the script, and the seconds that it took."""
        before = time.monotonic()
        said = self.psql("--csv", "-v", f"draw={folder}", "-f", "scripts/check/replay.sql", cwd=scene.TOP)
        return list(csv.reader(said.splitlines()))[1:], time.monotonic() - before


def duckdb(folders):
    """The rows for each draw and the seconds that it took."""
    said = run("node", os.path.join(scene.HERE, "duckdb.mjs"), os.path.join(scene.TOP, "scripts/check/replay.duckdb.sql"), *folders)
    for line in said.splitlines():
        answer = json.loads(line)
        yield answer["rows"], answer["seconds"]


def load(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def starts(folder, commit, sealed, record):
    """PROTOCOL 6: the slot at which the search for each target's visit begins."""
    with open(os.path.join(folder, "targets.csv"), newline="", encoding="utf-8") as file:
        units = {row["id"]: row["unit"] for row in csv.DictReader(file)}

    def start(target):
        unit = commit["rules"]["same_unit"] and units[target]
        text = record["seed"] + (f"visit/unit/{unit}" if unit else f"visit/target/{target}")
        return sealed["slots"][int(hashlib.sha256(text.encode()).hexdigest()[:16], 16) * len(sealed["slots"]) >> 64]
    return start


def compare(folder, rows, record=None):
    """The query's rows against what was published, or what is said to be its record; says what differs, None where nothing does."""
    commit, sealed = load(folder, "commit.json"), load(folder, "sealed.json")
    record = record or load(folder, "record.json")
    strata = {entry["class"]: entry for entry in sealed["strata"]}
    order = [name for name in strata if name in {row[0] for row in rows}]
    if [(row[0], int(row[1])) for row in rows] != [
            (name, rank + 1) for name in order for rank in range(sum(row[0] == name for row in rows))]:
        return "the order of strata and ranks"
    for name, entry in strata.items():
        if sum(row[0] == name and row[4] == "chosen" for row in rows) != entry["take"]:
            return f"how many stratum {name} gives"
    chosen = sorted(((row[2], row[3]) for row in rows if row[4] == "chosen"), key=lambda pair: pair[1])
    unstaffed = set(record["unstaffed"])
    if [pair for pair in chosen if pair[0] not in unstaffed] != [(s["id"], s["ticket"]) for s in record["selected"]]:
        return "selected"
    if [pair[0] for pair in chosen if pair[0] in unstaffed] != record["unstaffed"]:
        return "unstaffed"
    if [(row[2], row[3]) for row in rows if row[4] == "reserve"] != [(r["id"], r["ticket"]) for r in record["reserve"]]:
        return "reserve"
    start = starts(folder, commit, sealed, record)
    if [row[5] for row in rows] != [start(row[2]) for row in rows]:
        return "where the search for a visit begins"
    return None


def notice(folder, seen):
    """Counts what occurs in a draw."""
    commit, record = load(folder, "commit.json"), load(folder, "record.json")
    with open(os.path.join(folder, "targets.csv"), newline="", encoding="utf-8") as file:
        targets = list(csv.DictReader(file))
    seen.update(row["drum"] for row in targets)
    seen["weight"] += sum(row["weight"] != "1" for row in targets)
    seen["count"] += sum("count" in entry for entry in commit["strata"])
    seen["per_10000"] += sum("per_10000" in entry for entry in commit["strata"])
    seen["class *"] += any(entry["class"] == "*" for entry in commit["strata"]) and len(commit["strata"]) > 1
    seen["unstaffed"] += len(record["unstaffed"])
    seen["reserve"] += len(record["reserve"])


def check(server, what, folders, seen):
    """Both queries over the draws."""
    if not folders:
        raise Failed(f"{what}: no draw")
    for folder, postgres, (duck, _) in zip(folders, server.replay(folders), duckdb(folders), strict=True):
        for name, rows in (("PostgreSQL", postgres), ("DuckDB", duck)):
            difference = compare(folder, rows)
            if difference:
                raise Failed(f"{folder}: {name} differs: {difference}")
        if postgres != duck:
            raise Failed(f"{folder}: PostgreSQL and DuckDB differ")
        notice(folder, seen)
    print(f"{what}: {len(folders)} draws, both agree", flush=True)


def check_seen(seen):
    print("among them: " + ", ".join(f"{what} {seen[what]}" for what in WANTED))
    if not all(seen[what] for what in WANTED):
        raise Failed("not all that should occur did")


def check_comparison(folder, rows):
    """The comparison itself sees a change of one place, one digit, one more, one slot."""
    record = load(folder, "record.json")
    forged = [json.loads(json.dumps(record)) for _ in range(4)]
    forged[0]["reserve"][0:2] = reversed(forged[0]["reserve"][0:2])
    forged[1]["selected"][-1]["ticket"] = forged[1]["selected"][-1]["ticket"][:-1] + "x"
    forged[2]["unstaffed"].append(forged[2]["selected"][0]["id"])
    forged[3]["reserve"].pop()
    slot = [[*rows[0][:5], "another"], *rows[1:]]
    if compare(folder, rows) or not compare(folder, slot) or not all(compare(folder, rows, other) for other in forged):
        raise Failed("the comparison does not see a forged record")


def check_large(server, public):
    folder = scene.opened_draws(public)[0]
    before = time.monotonic()
    run(scene.SPOTCHECK, "replay", folder)
    own = time.monotonic() - before
    postgres, postgres_s = server.replay_as_told(folder)
    duck, duck_s = next(duckdb([folder]))
    for name, rows in (("PostgreSQL", postgres), ("DuckDB", duck)):
        difference = compare(folder, rows)
        if difference:
            raise Failed(f"{ROWS} targets: {name} differs: {difference}")
    print(f"{ROWS:,} targets, {sum(row[4] == 'chosen' for row in duck)} chosen: both agree; PostgreSQL {postgres_s:.1f} s "
          f"(loading included), DuckDB {duck_s:.1f} s, spotcheck replay, teams and all, {own:.1f} s")


def main():
    print(f"SPOTCHECK_SEED={SEED}")
    seen = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="spotcheck-second.") as scratch, Postgres() as server:
        def folder(name):
            path = os.path.join(scratch, name)
            os.makedirs(path)
            return path

        example = scene.opened_draws(scene.EXAMPLE)
        check(server, "the example", example, seen)
        rows, _ = server.replay_as_told(example[0])
        check_comparison(example[0], rows)
        check(server, "the sample district", scene.opened_draws(scene.district(folder("district"), 5)), seen)
        public = scene.simulated(folder("shipped"), "2024-01-01", "2026-12-31", {})
        check(server, "three years as shipped", scene.opened_draws(public), seen)
        public = scene.simulated(folder("tight"), "2026-01-01", "2026-12-31", {
            "rest": "20", "quiet": "0", "cover": "200", "sample": "15%", "max_load": "1", "reserve": "5",
            "weight": "column"})
        check(server, "a year in which teams are short", scene.opened_draws(public), seen)
        check_seen(seen)
        draws = [d for p in scene.peers(os.path.join(scratch, "peers"), SEED, 200) for d in scene.opened_draws(p)]
        check(server, "random draws by another publisher", draws, seen)
        check_large(server, scene.large(os.path.join(scratch, "large"), ROWS))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        print(f"FAIL: {failed}", file=sys.stderr)
        sys.exit(1)
