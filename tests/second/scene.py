"""What the second opinions are asked about: directories that the program publishes, each in a folder of its own."""

import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "..", ".."))
SPOTCHECK = os.path.abspath(os.environ.get("SPOTCHECK", os.path.join(TOP, "build/spotcheck")))
SPOTCHECKD = os.path.abspath(os.environ.get("SPOTCHECKD", os.path.join(TOP, "build/spotcheckd")))
EXAMPLE = os.path.join(TOP, "tests/vectors/example")

sys.path.insert(0, os.path.join(TOP, "scripts"))

import bench_draw      # noqa: E402


class Failed(Exception):
    """A second opinion differs, or what it takes to ask for one does not work."""


def run(*command, timeout=600, **options):
    done = subprocess.run(command, capture_output=True, timeout=timeout, check=False, **options)
    if done.returncode:
        raise Failed(f"status {done.returncode} of {' '.join(command[:6])}: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout.decode()


def shipped_conf(folder, keys):
    """The shipped configuration with its places in the folder, and these keys in each of its cycles."""
    conf = os.path.join(folder, "conf")
    shutil.copytree(os.path.join(TOP, "conf"), conf)
    path = os.path.join(conf, "spotcheckd.ini")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for pattern, place in (("#state_dir = ", "state"), ("#public_dir = ", "public"), ("server = maildir:", "mail")):
        text = re.sub(f"^{pattern}.*", lambda _: pattern.lstrip("#") + os.path.join(folder, place), text, flags=re.M)
    for key in keys:
        text = re.sub(rf"^{key} = .*\n", "", text, flags=re.M)
    given = "".join(f"{key} = {value}\n" for key, value in keys.items())
    text = re.sub(r"^(\[cycle .*\]\n)", lambda found: found[1] + given, text, flags=re.M)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.makedirs(os.path.join(folder, "state"), 0o700)
    return path


def simulated(folder, frm, to, keys):
    """The directory that the service publishes in that time, over the sample district."""
    ini = shipped_conf(folder, keys)
    run(SPOTCHECKD, "-c", ini, "--simulate", frm, to, "--scratch", os.path.join(folder, "years"))
    return os.path.join(folder, "years/public")


def district(folder, draws):
    """The sample district, drawn from at once so many times."""
    ini = shipped_conf(folder, {"reserve": "3", "max_load": "2", "cover": "365"})
    run(SPOTCHECK, "-c", ini, "init")
    for kind in ("targets", "inspectors", "conflicts", "matters"):
        run(SPOTCHECK, "-c", ini, "import", kind, os.path.join(folder, "conf/sample", kind + ".csv"))
    for _ in range(draws):
        run(SPOTCHECK, "-c", ini, "run", "spot-check")
    return os.path.join(folder, "public")


def large(folder, rows):
    """A roster of so many targets of weight 1 to 3 in four classes, two of which share a stratum."""
    os.makedirs(folder)
    ini = os.path.join(folder, "spotcheckd.ini")
    with open(ini, "w", encoding="utf-8") as file:
        file.write(bench_draw.INI.format(rate="A:300 B:0.1% *:200") + "weight = column\n")
    os.symlink(os.path.join(TOP, "conf/letters"), os.path.join(folder, "letters"))
    bench_draw.write_rosters(folder, rows)
    run(SPOTCHECK, "-c", ini, "init")
    for kind in ("targets", "inspectors", "matters"):
        run(SPOTCHECK, "-c", ini, "import", kind, os.path.join(folder, kind + ".csv"))
    run(SPOTCHECK, "-c", ini, "run", "bench")
    return os.path.join(folder, "public")


def peers(folder, seed, count, *options):
    """Random honest directories by an independent publisher, tests/peers."""
    run("/usr/bin/python3", os.path.join(TOP, "tests/peers/publisher.py"), folder, "--seed", str(seed), "--count",
        str(count), *options)
    return sorted(os.path.join(folder, name) for name in os.listdir(folder)
                  if os.path.isdir(os.path.join(folder, name)))


def opened_draws(public):
    """The folders that hold a record: not those still sealed, and no void's."""
    draws = os.path.join(public, "draws")
    names = sorted(os.listdir(draws)) if os.path.isdir(draws) else []
    return [os.path.join(draws, name) for name in names if os.path.exists(os.path.join(draws, name, "record.json"))]
