#!/usr/bin/python3
"""Letters a second to postfix's smtp-sink, by the service, against postfix's smtp-source sending as many of the same size
over as many connections; and the longest that the mailer did not look at its connections.

    bench_mail.py [LETTERS]       10000

Debian's postfix and opensmtpd cannot be installed together, so postfix is unpacked into build/, not installed.
"""

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
POSTFIX = os.path.join(TOP, "build", "postfix")
CONNECTIONS = 8


def scenario():
    """The office of the scenario on mail."""
    spec = importlib.util.spec_from_file_location("mail", os.path.join(TOP, "tests", "system", "80-mail.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def unpack():
    if os.path.exists(os.path.join(POSTFIX, "usr/sbin/smtp-sink")):
        return True
    os.makedirs(POSTFIX, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["apt-get", "download", "-q", "postfix"], cwd=folder, check=False, capture_output=True)
        found = [name for name in os.listdir(folder) if name.endswith(".deb")]
        if done.returncode != 0 or not found:
            return False
        subprocess.run(["dpkg", "-x", os.path.join(folder, found[0]), POSTFIX], check=True)
    return True


def postfix(program, *words):
    environment = {**os.environ, "LD_LIBRARY_PATH": os.path.join(POSTFIX, "usr/lib/postfix")}
    return subprocess.Popen([os.path.join(POSTFIX, "usr/sbin", program), *words], env=environment,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    if not unpack():
        print("mail: postfix cannot be had here, so there is nothing to measure against")
        return 0
    mail = scenario()
    there = f"127.0.0.1:{mail.PORT}"
    sink = postfix("smtp-sink", *(["-u", "nobody"] if os.geteuid() == 0 else []), there, "200")
    try:
        with tempfile.TemporaryDirectory(prefix="spotcheck-bench.") as folder:
            office = mail.Office(folder, letters, f"smtp://{there}")
            office.command("run", "hand")
            size = int(office.rows("SELECT avg(length(message)) FROM outbox_message")[0][0])
            begun = time.monotonic()
            status = postfix("smtp-source", "-s", str(CONNECTIONS), "-m", str(letters), "-l", str(size), "-f",
                             "a@example.org", "-t", "b@example.org", there).wait()
            reference = time.monotonic() - begun
            begun = time.monotonic()
            office.start()
            while office.counts() != {"sent": letters}:
                time.sleep(0.2)
            ours = time.monotonic() - begun
            time.sleep(1)
            stall = int(re.search(r"longest pause: (\d+) us", office.log()).group(1)) / 1000
            office.stop()
    finally:
        sink.kill()
        sink.wait()
    if status != 0:
        print("smtp-source failed", file=sys.stderr)
        return 1
    print(f"{letters} letters of {size} bytes over {CONNECTIONS} connections: smtp-source {reference:.2f} s, the service "
          f"{ours:.2f} s with its start and the outbox on the disk: ratio {reference / ours:.2f}; longest stall {stall:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
