#!/usr/bin/python3
"""Goal: Go's own client library for transparency logs (tlog_client.go) accepts every log that the program publishes, with
each earlier checkpoint as a prefix, and refuses one changed byte in the checkpoint, a tile or a bundle of entries.

Logs over 256 and over 65,536 entries have tiles of higher levels.  SPOTCHECK_SEED=… repeats what is random.
"""

import os
import random
import subprocess
import sys
import tempfile

import scene
from scene import Failed, run

sys.path.insert(0, os.path.join(scene.TOP, "tests/peers"))

import protocol     # noqa: E402

SEED = int(os.environ.get("SPOTCHECK_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)


class Client:
    """The Go program, built with Debian's packages alone."""

    def __init__(self, scratch):
        self.program = os.path.join(scratch, "tlog_client")
        environment = dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOFLAGS="", GOPROXY="off",
                           GOCACHE=os.path.join(scratch, "go-cache"))
        run("go", "build", "-o", self.program, os.path.join(scene.HERE, "tlog_client.go"), env=environment)

    def ask(self, public, *earlier):
        return subprocess.run([self.program, public, *earlier], capture_output=True, text=True, timeout=120, check=False)

    def accepts(self, public, earlier=None):
        """The number of entries."""
        done = self.ask(public, *([earlier] if earlier else []))
        said = done.stdout.splitlines()
        size = load(public, "checkpoint").split(b"\n")[1].decode()
        if done.returncode or done.stderr or said[-1] != f"the log holds: {size} entries" or len(said) != 1 + bool(earlier):
            raise Failed(f"{public} {earlier or ''}: {done.stdout} {done.stderr}")
        return int(size)

    def refuses(self, what, public, *earlier):
        done = self.ask(public, *earlier)
        if done.returncode != 1 or not done.stderr.startswith("NO: ") or "log holds" in done.stdout:
            raise Failed(f"{what}: status {done.returncode}: {done.stdout} {done.stderr}")


def load(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def store(data, *path):
    os.makedirs(os.path.dirname(os.path.join(*path)), exist_ok=True)
    with open(os.path.join(*path), "wb") as file:
        file.write(data)


def check_prefixes(client, public):
    """Every checkpoint that stands beside a draw; the example's and the peers' bear cosignatures too."""
    client.accepts(public, os.path.join(public, "checkpoint"))
    n = 1
    for folder, _, names in os.walk(os.path.join(public, "draws")):
        for name in names:
            if name.endswith(".checkpoint"):
                client.accepts(public, os.path.join(folder, name))
                n += 1
    return n


def files_of(size):
    """What a client reads of a log of this size."""
    files, level = [], 0
    for number in range(0, size, 256):
        files.append(protocol.tile_path("entries", number // 256, min(256, size - number)))
    while size:
        for number in range(0, size, 256):
            files.append(protocol.tile_path(level, number // 256, min(256, size - number)))
        size, level = size // 256, level + 1
    return files


def log_part(checkpoint):
    """The bytes of a checkpoint up to the end of the log's own signature; what witnesses add is not for this client."""
    lines = checkpoint.split(b"\n")
    return len(b"\n".join(lines[:5])) + 1


def check_changes(client, public, rng, most, files=None):
    """One byte changed, everywhere or at so many random places of each file; and a byte less, a byte more, no file."""
    n = 0
    size = client.accepts(public)
    for path in ["checkpoint"] + (files or files_of(size)):
        good = load(public, path)
        length = log_part(good) if path == "checkpoint" else len(good)
        for at in range(length) if length <= most else rng.sample(range(length), most):
            store(good[:at] + bytes([good[at] ^ 1 << rng.randrange(8)]) + good[at + 1:], public, path)
            client.refuses(f"{public}: {path}, byte {at}", public)
            n += 1
        for other in (good[:length - 1], good + b"\0", b""):
            store(other, public, path)
            client.refuses(f"{public}: {path}, {len(other)} bytes for {len(good)}", public)
            n += 1
        os.unlink(os.path.join(public, path))
        client.refuses(f"{public}: without {path}", public)
        store(good, public, path)
    client.accepts(public)
    return n


def write_log(public, key, entries):
    for path, data in protocol.tile_files(entries).items():
        store(data, public, path)
    root = protocol.tree_root([protocol.leaf_hash(entry) for entry in entries])
    store(signed(key, len(entries), root), public, "checkpoint")
    store(key.vkey.encode() + b"\n", public, "vkey")


def signed(key, size, root, origin=None):
    text = protocol.checkpoint_text(origin or key.name, size, root)
    return (text + "\n" + key.sign_note(text)).encode()


def check_forks(client, public, key, entries):
    """Checkpoints by the log's own key that are no prefix of what it shows."""
    def root(of):
        return protocol.tree_root([protocol.leaf_hash(entry) for entry in of])

    n = len(entries)
    earlier = os.path.join(os.path.dirname(public), "earlier")
    for size in (1, 2, 255, 256, 257, 65535, 65536, n - 1, n):
        store(signed(key, size, root(entries[:size])), earlier)
        client.accepts(public, earlier)
        forked = entries[:size - 1] + [b"another"]
        store(signed(key, size, root(forked)), earlier)
        client.refuses(f"a fork at {size}", public, earlier)
    other = protocol.Key(key.name, protocol.LOG_KEY, "another")
    for what, data in (("a later one", signed(key, n + 1, root(entries + [b"one more"]))),
                       ("of another log", signed(key, 2, root(entries[:2]), "other.example.org")),
                       ("by another key", signed(other, 2, root(entries[:2])))):
        store(data, earlier)
        client.refuses(what, public, earlier)


def check_forgery(client, public, rng):
    """An entry exchanged after it was signed, and more and more of the tiles with it; the last is a whole other tree below
    the old checkpoint.  A client on tlog.TileHashReader of x/mod 0.7 accepts the bundle and its level-0 tile."""
    size = client.accepts(public)
    entries = [entry for path in files_of(size) if path.startswith("tile/entries/")
               for entry in protocol.split_bundle(load(public, path))]
    changed = rng.randrange(min(size, 256))
    forged = protocol.tile_files(entries[:changed] + [entries[changed] + b"x"] + entries[changed + 1:])
    honest = protocol.tile_files(entries)
    differing = [path for path in honest if honest[path] != forged[path]]
    if not {honest[path] == load(public, path) for path in honest} == {True} or len(differing) < 2:
        raise Failed(f"{public}: its tiles are not what another program makes of its entries")
    for i, path in enumerate(differing):
        store(forged[path], public, path)
        client.refuses(f"{public}: a forged entry {changed}, {i + 1} files", public)
    for path in differing:
        store(honest[path], public, path)
    client.accepts(public)


def main():
    print(f"SPOTCHECK_SEED={SEED}")
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory(prefix="spotcheck-tlog.") as scratch:
        client = Client(scratch)

        def folder(name):
            path = os.path.join(scratch, name)
            os.makedirs(path)
            return path

        small = scene.district(folder("district"), 2)
        years = scene.simulated(folder("years"), "2024-01-01", "2026-12-31", {})
        if client.accepts(years) <= 256:
            raise Failed("three years make no log over 256 entries")
        logs = [scene.EXAMPLE, small, years]
        logs += scene.peers(os.path.join(scratch, "peers"), SEED, 60)
        logs += scene.peers(os.path.join(scratch, "large"), SEED, 2, "--large")
        prefixes = sum(check_prefixes(client, public) for public in logs)
        print(f"{len(logs)} logs, the longest of {max(client.accepts(p) for p in logs)} entries, {prefixes} prefixes: accepted",
              flush=True)

        key = protocol.Key("long.example.org", protocol.LOG_KEY, SEED)
        entries = [b"%d" % i * (i % 7) for i in range(70000)]
        long = folder("long/public")
        write_log(long, key, entries)
        client.accepts(long)
        check_forks(client, long, key, entries)
        print("a log of 70,000 entries: prefixes accepted, forks refused", flush=True)

        for public in (small, years, long):
            check_forgery(client, public, rng)
        print("an entry exchanged together with its tiles: refused", flush=True)

        changed = check_changes(client, small, rng, 1 << 20)
        print(f"a log of {client.accepts(small)} entries, every byte: {changed} changes refused", flush=True)
        files = files_of(len(entries))
        files = rng.sample(files, 20) + [path for path in files if path.startswith(("tile/1/", "tile/2/"))]
        changed = check_changes(client, years, rng, 150) + check_changes(client, long, rng, 10, files)
        print(f"logs of {client.accepts(years)} and 70,000 entries: {changed} changes refused")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        print(f"FAIL: {failed}", file=sys.stderr)
        sys.exit(1)
