#!/usr/bin/env python3
"""A second opinion on a published draw: recomputes it, and compares byte by byte.

    replay.py replay DIR          one draw's folder, e.g. public/draws/0007
    replay.py verify DIR [--at TIME] [--key VKEY] [--witness VKEY]... [--since CHECKPOINT]
                                  a whole published directory
    both take --json

It was written from PROTOCOL.md alone (section numbers below are that page's), in plain Python without any
library, so that an error in the program that made the draw is not repeated here. It reads; it never writes.

The order of the steps is the protocol's:

  1. the log (4): the checkpoint's signature, the Merkle tree of the entries, the grammar of each entry,
     whether numbers, chains, links and times are in order, and the witnesses' cosignatures;
  2. for each draw the files that were committed to (3): digests, forms, who was in the drum (5), the strata (6),
     and what follows from the cycle's earlier draws and from those of other cycles that it looks at;
  3. the randomness (6): the secret leads back to the anchor, the beacon value is the one that was announced, and
     secret, nonce, commitment and beacon value make the seed;
  4. the draw: each target's ticket, the chosen and the reserve of each stratum (6), the inspectors drawn, the
     seats of each team and its visit (7), the matters (6), and with these record.json and the places (8), byte by byte;
  5. the amendments (9), one after the other, and what the archive entries counted of them before the reveal.

What it does not do: it has no BLS12-381 arithmetic, so drand's own signature is "not run", and it never says
class A. Exit status: 0 all holds, 1 a check said no, 2 usage or not yet open, 3 something could not be read.
"""

import argparse
import base64
import bisect
import datetime
import errno
import functools
import hashlib
import json
import os
import re
import stat
import sys
import time as clock
import unicodedata
import zoneinfo

# ---------------------------------------------------------------------------------------------------------------
# What can go wrong


class No(Exception):
    """A check does not hold."""

    def __init__(self, detail, draw=None):
        super().__init__(detail)
        self.draw = draw


class NotRun(Exception):
    """A check that cannot be run, and why; goes_on: what builds upon it can be run all the same."""

    def __init__(self, detail, goes_on=False):
        super().__init__(detail)
        self.goes_on = goes_on


class Sealed(Exception):
    """A check on something that is not yet open."""


class Outside(Exception):
    """The disk, not the directory, is at fault."""


def show(value):
    """A value from an untrusted file as one short line: what does not print is escaped."""
    text = repr(value)
    return text if len(text) <= 160 else text[:150] + "… (%d characters)" % len(text)


def expect(holds, detail):
    if not holds:
        raise No(detail)


def same(what, expected, found):
    if expected != found or type(expected) is not type(found):
        raise No("%s: expected %s, found %s" % (what, show(expected), show(found)))


# ---------------------------------------------------------------------------------------------------------------
# Reading files: nothing but regular files, bounded before anything is read. A link stands for what it leads to, as it does
# for whoever reads over HTTP; one that leads nowhere, or in a circle, is nothing.

SMALL = 65535                # a log entry, commit.json (2)
NOTE_MAX = 1 << 20           # a checkpoint with its cosignatures
SEALED_MAX = 1 << 24         # sealed.json: 2 sets no limit to its matters; reading: 16 MiB are enough
FILE_MAX = 1 << 30           # reading: no file above 1 GiB is read into memory
ROWS_MAX = 1 << 24


def status_of(root, name):
    """The status of root/name; None where it does not exist."""
    path = os.path.join(root, name)
    try:
        return os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ELOOP:
            return None
        raise Outside("%s: %s" % (show(path), error))


def is_folder(root, name):
    status = status_of(root, name)
    return status is not None and stat.S_ISDIR(status.st_mode)


def open_file(root, name, limit):
    status = status_of(root, name)
    expect(status is not None, "%s is missing" % name)
    expect(stat.S_ISREG(status.st_mode), "%s is not a regular file" % name)
    expect(status.st_size <= limit, "%s has %d bytes, at most %d are allowed" % (name, status.st_size, limit))
    try:
        return os.fdopen(os.open(os.path.join(root, name), os.O_RDONLY | os.O_NONBLOCK), "rb")
    except OSError as error:
        raise Outside("%s: %s" % (name, error))


def read_file(root, name, limit):
    with open_file(root, name, limit) as file:
        try:
            data = file.read(limit + 1)
        except OSError as error:
            raise Outside("%s: %s" % (name, error))
    expect(len(data) <= limit, "%s grew beyond %d bytes" % (name, limit))
    return data


def read_committed(root, name, limit, digest):
    """A file that a digest stands for: hashed piece by piece first, read only if it is the right one."""
    found = hashlib.sha256()
    with open_file(root, name, limit) as file:
        try:
            for piece in iter(lambda: file.read(1 << 20), b""):
                found.update(piece)
        except OSError as error:
            raise Outside("%s: %s" % (name, error))
    same("sha256 of " + name, digest, found.hexdigest())
    data = read_file(root, name, limit)
    same("sha256 of " + name, digest, H(data))
    return data


def list_folder(root, name):
    """The names of what stands in a folder, sorted."""
    if name:
        status = status_of(root, name)
        expect(status is not None, "%s is missing" % name)
        expect(stat.S_ISDIR(status.st_mode), "%s is not a folder" % name)
    try:
        names = sorted(os.listdir(os.path.join(root, name)))
    except OSError as error:
        raise Outside("%s: %s" % (name, error))
    return [each for each in names if status_of(root, os.path.join(name, each)) is not None]


# ---------------------------------------------------------------------------------------------------------------
# 2. Notation

def H(data):
    """The hex SHA-256 of bytes, or of a text's UTF-8."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


HEX32 = re.compile(r"[0-9a-f]{32}")
HEX64 = re.compile(r"[0-9a-f]{64}")
ID = re.compile(r"[A-Za-z0-9._-]{1,32}")
INTEGER = re.compile(r"0|-?[1-9][0-9]*")
ZONE = re.compile(r"[A-Za-z0-9+_-]+(/[A-Za-z0-9+_-]+)*")
VISIBLE = re.compile(r"[!-~]*")
EXCLUDED = re.compile("[\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f"
                      "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ud800-\uf8ff\ufdd0-\ufdef"
                      "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe-\uffff\U00013430-\U0001343f"
                      "\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U0010ffff]")


def is_id(value):
    return isinstance(value, str) and ID.fullmatch(value) is not None


def is_tag(value):
    return is_id(value) and value not in ("any", "own")


def is_zone(value):
    return len(value) <= 64 and ZONE.fullmatch(value) is not None


@functools.lru_cache(maxsize=1 << 16)
def is_text(value):
    """Text in a roster."""
    return (EXCLUDED.search(value) is None and len(value.encode()) <= 192 and "," not in value and '"' not in value
            and "  " not in value and not value.startswith(" ") and not value.endswith(" "))


def is_reason(value):
    """A reason. Reading: spaces may stand at its ends, since only characters are excluded."""
    return isinstance(value, str) and EXCLUDED.search(value) is None and len(value.encode()) <= 1024


def is_label(value):
    """A label or operator."""
    return is_reason(value) and value != ""


@functools.lru_cache(maxsize=1 << 16)
def day_number(text):
    """A real date as a number of days, or None."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return datetime.date(int(text[:4]), int(text[5:7]), int(text[8:])).toordinal()
    except ValueError:
        return None


EPOCH = datetime.date(1970, 1, 1).toordinal()


@functools.lru_cache(maxsize=1 << 16)
def seconds(text):
    """A time as seconds since 1970, or None."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9-]{10}T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z", text):
        return None
    day, hour = day_number(text[:10]), int(text[11:13])
    if day is None or hour > 23:
        return None
    return (day - EPOCH) * 86400 + hour * 3600 + int(text[14:16]) * 60 + int(text[17:19])


@functools.lru_cache(maxsize=1 << 16)
def slot_minutes(text):
    """A slot as its clock's reading in minutes, or None."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9-]{10}T[0-2][0-9]:[0-5][0-9]", text):
        return None
    day, hour = day_number(text[:10]), int(text[11:13])
    return None if day is None or hour > 23 else (day * 24 + hour) * 60 + int(text[14:])


def time_text(value):
    """Seconds since 1970 as a time, or as a number where no calendar has it."""
    if not -62135596800 <= value < 253402300800:
        return "%d s" % value
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=value)
    return moment.isoformat() + "Z"


def canonical(value):
    """Canonical JSON of objects, arrays, strings without control characters, integers and booleans."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _pairs(pairs):
    found = dict(pairs)
    expect(len(found) == len(pairs), "a JSON key stands twice in an object")
    return found


def _integer(text):
    expect(len(text) <= 17 and -2**53 < int(text) < 2**53, "a JSON number is not an integer below 2^53")
    return int(text)


def _refuse(text):
    raise No("JSON holds %s: only integers are allowed" % show(text))


def parse_json(data, what):
    """Canonical JSON: parsed, and written again to the same bytes."""
    try:
        text = data.decode()
        value = json.loads(text, object_pairs_hook=_pairs, parse_int=_integer, parse_float=_refuse,
                           parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise No("%s is not UTF-8 (byte %d)" % (what, error.start))
    except RecursionError:
        raise No("%s is nested too deeply" % what)
    except ValueError as error:
        raise No("%s is not JSON: %s" % (what, str(error)[:120]))
    except No as error:
        raise No("%s: %s" % (what, error))
    expect(not re.search("[\u0000-\u001f\u007f-\u009f]", text), "%s holds a control character" % what)
    if "\\" in text:
        expect("\\" not in re.sub(r'\\["\\]', "", text), '%s escapes something else than " and \\' % what)
    try:
        again = canonical(value)
    except (RecursionError, UnicodeEncodeError):
        raise No("%s is not canonical JSON" % what)
    expect(again == data, "%s is not canonical JSON" % what)
    return value


# Forms: what an object or value of a log entry must look like

def keys(value, what, required, optional=""):
    expect(isinstance(value, dict), "%s is not an object" % what)
    required, optional = set(required.split()), set(optional.split())
    for key in sorted(required - set(value)):
        raise No("%s lacks the key %s" % (what, key))
    for key in sorted(set(value) - required - optional):
        raise No("%s has the key %s, which does not belong there" % (what, show(key)))


def whole(value, what, low=0, high=2**53 - 1):
    if type(value) is not int or not low <= value <= high:
        raise No("%s: expected an integer from %d to %d, found %s" % (what, low, high, show(value)))


def like(value, what, form):
    """form: a pattern for the whole text, or a function that says whether it is one."""
    good = isinstance(value, str) and (form.fullmatch(value) if isinstance(form, re.Pattern) else form(value))
    expect(good, "%s has not the right form: %s" % (what, show(value)))


def is_date(value):
    return day_number(value) is not None


def is_time(value):
    return seconds(value) is not None


def is_slot(value):
    return slot_minutes(value) is not None


def ascending(values):
    return all(a < b for a, b in zip(values, values[1:]))


# ---------------------------------------------------------------------------------------------------------------
# Ed25519, RFC 8032 section 5.1, the strict way: canonical keys, no key of small order, S < L

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point_add(a, b):
    """Extended coordinates (X, Y, Z, T), RFC 8032 section 5.1.4."""
    u = (a[1] - a[0]) * (b[1] - b[0]) % P
    v = (a[1] + a[0]) * (b[1] + b[0]) % P
    w = 2 * a[3] * b[3] * CURVE_D % P
    z = 2 * a[2] * b[2] % P
    e, f, g, h = v - u, z - w, z + w, v + u
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def point_decode(data):
    """The point that 32 bytes stand for, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    xx = (y * y - 1) * pow(CURVE_D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * ROOT % P
    if (x * x - xx) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def point_encode(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@functools.lru_cache(maxsize=4096)
def key_point(public):
    """The point of a public key, or None where it is not canonical or of small order."""
    point = point_decode(public)
    if point is None or point_encode(point_times(8, point)) == point_encode((0, 1, 1, 0)):
        return None
    return point


@functools.lru_cache(maxsize=1 << 16)
def ed25519_verify(public, message, signature):
    point = key_point(public)
    if point is None or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus = (P - point[0], point[1], point[2], P - point[3])
    return point_encode(point_add(point_times(s, BASE), point_times(k, minus))) == signature[:32]


# ---------------------------------------------------------------------------------------------------------------
# 4. Signed notes, verifier keys, checkpoints, cosignatures (C2SP)

LOG_KEY, WITNESS_KEY = 1, 4


def base64_bytes(text, what):
    """Base64 in its one canonical spelling."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, UnicodeEncodeError):
        raise No("%s is not base64" % what)
    expect(base64.b64encode(data).decode() == text, "%s is not canonical base64" % what)
    return data


NAME_SPACE = re.compile(r"[\s+]")
SIGNATURES_MAX = 100
COSIGNATURE_TIME_MAX = 2**53 - 1


def is_key_name(name):
    """The name in a key: text, not empty, without space or `+`."""
    return name != "" and NAME_SPACE.search(name) is None and is_text(name)


class Key:
    """A verifier key, name+keyID+base64(type || public key)."""

    def __init__(self, text, kind, what):
        expect(isinstance(text, str) and len(text) <= 4096, "%s is not a verifier key" % what)
        parts = text.split("+", 2)
        expect(len(parts) == 3 and is_key_name(parts[0]), "%s is not a verifier key: %s" % (what, show(text)))
        data = base64_bytes(parts[2], what)
        expect(len(data) == 33 and data[0] == kind, "%s is not an Ed25519 key of type %d" % (what, kind))
        self.text, self.name, self.kind, self.public = text, parts[0], kind, data[1:]
        self.id = hashlib.sha256(self.name.encode() + b"\n" + data).digest()[:4]
        same("key ID in " + what, self.id.hex(), parts[1])
        expect(key_point(self.public) is not None, "%s is a weak or malformed point" % what)


class Checkpoint:
    """A signed note: origin, size, root, an empty line, signature lines.
    Reading: of a signature line only what C2SP asks for must hold, since its key may be one that nobody here knows."""

    def __init__(self, data, what):
        try:
            text = data.decode()
        except UnicodeDecodeError:
            raise No("%s is not UTF-8" % what)
        expect(not re.search("[\0-\x09\x0b-\x1f]", text), "%s holds a control character" % what)
        lines = text.split("\n")
        expect(len(lines) >= 6 and lines[-1] == "" and lines[3] == "", "%s is not a checkpoint of three lines, an "
               "empty line and signatures" % what)
        expect(len(lines) - 5 <= SIGNATURES_MAX, "%s has %d signatures, at most %d are allowed"
               % (what, len(lines) - 5, SIGNATURES_MAX))
        expect(lines[0] != "", "%s has no origin" % what)
        expect(re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]) and int(lines[1]) < 2**53,
               "%s: bad size %s" % (what, show(lines[1])))
        root = base64_bytes(lines[2], what + ": the root")
        expect(len(root) == 32, "%s: the root has not 32 bytes" % what)
        self.what, self.origin, self.size, self.root = what, lines[0], int(lines[1]), root
        self.text = "\n".join(lines[:3]).encode() + b"\n"
        self.signatures = []
        for line in lines[4:-1]:
            parts = line.split(" ")
            expect(len(parts) == 3 and parts[0] == "\u2014" and parts[1] != "" and not NAME_SPACE.search(parts[1]),
                   "%s: bad signature line %s" % (what, show(line)))
            data = base64_bytes(parts[2], what + ": a signature")
            expect(len(data) > 4, "%s: a signature is too short" % what)
            self.signatures.append((parts[1], data[:4], data[4:]))

    def check_log(self, key):
        """Signed by the log; no false signature in its name."""
        own = [s for name, ident, s in self.signatures if name == key.name and ident == key.id]
        expect(own, "%s is not signed by %s" % (self.what, key.text))
        for signature in own:
            expect(ed25519_verify(key.public, self.text, signature), "%s: the log's signature is false" % self.what)

    def ignored(self, known):
        """A word on signatures by unknown keys. Reading: a witness's name with another key ID is an unknown key, as
        in C2SP signed notes, so the lines of such keys are the only bytes of a directory that nothing covers."""
        known = {(key.name, key.id) for key in known}
        others = sum((name, ident) not in known for name, ident, _ in self.signatures)
        return ", %d unknown keys ignored" % others if others else ""

    def cosignatures(self, witnesses):
        """{witness key: [times]} of the cosignatures by these witnesses; a false one is refused."""
        found = {}
        for witness in witnesses:
            for when in self.times_of(witness):
                expect(when is not None, "%s: the cosignature of %s is false" % (self.what, witness.name))
                found.setdefault(witness.text, []).append(when)
        return found

    def times_of(self, witness):
        """The time of each cosignature in this witness's name; None where it is false."""
        for name, ident, data in self.signatures:
            if name == witness.name and ident == witness.id:
                when = int.from_bytes(data[:8], "big")
                message = b"cosignature/v1\ntime %d\n" % when + self.text
                true = len(data) == 72 and when <= COSIGNATURE_TIME_MAX and ed25519_verify(
                    witness.public, message, data[8:])
                yield when if true else None


# ---------------------------------------------------------------------------------------------------------------
# 4. The Merkle tree, RFC 6962

def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(leaves):
    """The tree hash over a list of leaf hashes; a last one without a partner moves up as it is."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = leaves
    while len(level) > 1:
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def complete_levels(leaves):
    """levels[h][i]: the hash of the i-th complete subtree of 2^h leaves."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    return levels


def prefix_root(levels, size):
    """The root of the tree's first `size` leaves."""
    if size == 0:
        return hashlib.sha256(b"").digest()
    root, done = None, size
    for height in range(size.bit_length()):
        if size >> height & 1:
            done -= 1 << height
            part = levels[height][done >> height]
            root = part if root is None else node_hash(part, root)
    return root


def tile_name(level, number, width):
    """tile/<L>/x001/x234/067, with .p/<W> for a partial tile."""
    digits = "%03d" % (number % 1000)
    while number >= 1000:
        number //= 1000
        digits = "x%03d/%s" % (number % 1000, digits)
    return "tile/%s/%s%s" % (level, digits, "" if width == 256 else ".p/%d" % width)


def split_bundle(data, what):
    """The entries of a bundle: two bytes of length, then the entry."""
    entries, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at:at + 2], "big")
        expect(at + 2 + length <= len(data), "%s: an entry is cut off" % what)
        entries.append(data[at + 2:at + 2 + length])
        at += 2 + length
    return entries


def read_tile(root, level, number, width, limit):
    """(name, bytes) of a tile; a partial one that is gone may be replaced by its full one, as in tlog-tiles."""
    name, full = tile_name(level, number, width), tile_name(level, number, 256)
    if status_of(root, name) is None and status_of(root, full) is not None:
        name = full
    return name, read_file(root, name, limit)


def read_bundle(root, number, width):
    """The first `width` entries of a bundle."""
    name, data = read_tile(root, "entries", number, width, 256 * (SMALL + 2))
    entries = split_bundle(data, name)
    if name == tile_name("entries", number, width):
        same("entries in " + name, width, len(entries))
    expect(width <= len(entries) <= 256, "%s: %d entries, expected %d" % (name, len(entries), width))
    return entries[:width]


def read_entries(root, size):
    """All entries of the log."""
    entries = []
    while len(entries) < size:
        entries += read_bundle(root, len(entries) // 256, min(256, size - len(entries)))
    return entries


TILE_FOLDER = re.compile(r"tile/(entries|[0-7])(/x[0-9]{3}){0,5}(/[0-9]{3}\.p)?")
TILE = re.compile(r"tile/(entries|[0-7])/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def tile_of(path):
    """(level, number, width) of a tile's name, or None."""
    match = TILE.fullmatch(path)
    if match is None:
        return None
    level, number, width = match[1], int(match[2].replace("x", "").replace("/", "")), int(match[3] or 256)
    return (level, number, width) if tile_name(level, number, width) == path else None


def check_tiles(root, entries, levels):
    """Every hash tile that the size calls for is there, and whatever other tile stands in tile/ is part of this tree.
    Gives how many names were passed over.
    Reading: earlier partial tiles may stay, but they must be right. What goes beyond the checkpoint may be of a longer
    log that is just being published, and is passed over as foreign names are."""
    counts = {"entries": len(entries)}
    for level in range(8):
        if len(entries) >> (8 * level):
            counts[str(level)] = len(entries) >> (8 * level)
            check_level(root, str(level), levels[8 * level])
    foreign, folders = 0, ["tile"]
    while folders:
        folder = folders.pop()
        for name in list_folder(root, folder):
            path = folder + "/" + name
            tile = tile_of(path)
            real = stat.S_ISDIR(os.lstat(os.path.join(root, path)).st_mode)  # no link: it may lead in circles
            if tile and not is_folder(root, path) and tile[1] * 256 + tile[2] <= counts.get(tile[0], 0):
                check_tile(root, path, tile, entries, levels)
            elif TILE_FOLDER.fullmatch(path) and real:
                folders.append(path)
            else:
                foreign += 1
    return foreign


def check_level(root, level, hashes):
    """The tiles of a level that the size calls for."""
    for first in range(0, len(hashes), 256):
        right = b"".join(hashes[first:first + 256])
        name, data = read_tile(root, level, first // 256, len(right) // 32, 256 * 32)
        if name == tile_name(level, first // 256, 256):
            data = data[:len(right)]
        expect(data == right, "%s is not what the entries give" % name)


def check_tile(root, path, tile, entries, levels):
    """Any tile within the tree."""
    level, number, width = tile
    first = number * 256
    if level == "entries":
        right = b"".join(len(e).to_bytes(2, "big") + e for e in entries[first:first + width])
    else:
        right = b"".join(levels[8 * int(level)][first:first + width])
    expect(read_file(root, path, 256 * (SMALL + 2)) == right, "%s is not what the entries give" % path)


# ---------------------------------------------------------------------------------------------------------------
# 4. The grammar of the log's entries

QUICKNET = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
QUICKNET_GENESIS, QUICKNET_PERIOD = 1692803367, 3
BLS_P = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab
TARGETS_HEADER = "id,class,unit,area,level,needs,weight,since,last_drawn,elsewhere,drum,private"
INSPECTORS_HEADER = "id,unit,area,level,tags,drum,private"
CONFLICTS_HEADER = "inspector,scope,value,why"
AWAY_HEADER = "inspector,date"
CHOSEN_SEATS_MAX = 10**6


def witness_keys(values, what, log_key):
    """A list of witnesses: no two with one name or one public key, none with the log's."""
    expect(isinstance(values, list), "%s is not a list" % what)
    found = [Key(value, WITNESS_KEY, what) for value in values]
    every = found + ([log_key] if log_key else [])
    expect(len({key.name for key in every}) == len(every), "%s: a name stands twice" % what)
    expect(len({key.public for key in every}) == len(every), "%s: a public key stands twice" % what)
    return found


def check_genesis(entry, _):
    keys(entry, "genesis", "key operator origin time type v witnesses")
    like(entry["origin"], "origin", is_key_name)
    like(entry["operator"], "operator", is_label)
    key = Key(entry["key"], LOG_KEY, "genesis key")
    same("the name of the genesis key", entry["origin"], key.name)
    witness_keys(entry["witnesses"], "genesis witnesses", key)


def check_policy(entry, log_key):
    keys(entry, "policy", "reason time type v witnesses")
    like(entry["reason"], "reason", is_reason)
    witness_keys(entry["witnesses"], "policy witnesses", log_key)


def check_cycle(entry, _):
    keys(entry, "cycle", "anchor chain cycle embargo_days length reason source time type v")
    like(entry["cycle"], "cycle", is_id)
    like(entry["anchor"], "anchor", HEX64)
    whole(entry["chain"], "chain", 1)
    whole(entry["length"], "length", 1, 10000)
    whole(entry["embargo_days"], "embargo_days", 0, 400)
    like(entry["reason"], "reason", is_reason)
    expect(entry["chain"] != 1 or entry["reason"] == "", "the reason of a cycle's chain 1 is not empty")
    like(entry["source"], "source", re.compile("none|public|drand|witness"))


def is_text_value(value):
    """Whether it is a value of the beacon that was promised is for `beacon` to say."""
    return len(value) <= 2**20


def check_draw(entry, _):
    keys(entry, "draw", "beacon commit n places record time type v", "signature")
    for name in ("commit", "places", "record"):
        like(entry[name], name, HEX64)
    whole(entry["n"], "n", 1)
    check_value_form(entry)


def check_value_form(entry):
    """A beacon value and its signature, where they stand."""
    if "beacon" in entry:
        like(entry["beacon"], "beacon", is_text_value)
    if "signature" in entry:
        like(entry["signature"], "signature", re.compile("[0-9a-f]{96}|[0-9a-f]{128}"))


def check_void(entry, _):
    keys(entry, "void", "commit n reason time type v", "beacon signature")
    like(entry["commit"], "commit", HEX64)
    like(entry["reason"], "reason", is_reason)
    whole(entry["n"], "n", 1)
    expect("beacon" in entry or "signature" not in entry, "a void has a signature without a beacon value")
    check_value_form(entry)


def check_reveal(entry, _):
    keys(entry, "reveal", "n record secret time type v", "beacon signature")
    whole(entry["n"], "n", 1)
    like(entry["secret"], "secret", HEX64)
    like(entry["record"], "record", re.compile("|[0-9a-f]{64}"))
    expect(("beacon" in entry) == ("signature" in entry), "a reveal has beacon and signature, or neither")
    check_value_form(entry)


def check_amend(entry, _):
    keys(entry, "amend", "amendment n sha256 time type v", "archive")
    whole(entry["n"], "n", 1)
    whole(entry["amendment"], "amendment", 1)
    like(entry["sha256"], "sha256", HEX64)
    if "archive" in entry:
        whole(entry["archive"], "archive")


def check_archive(entry, _):
    keys(entry, "archive", "open root time type v")
    like(entry["root"], "root", HEX64)
    expect(isinstance(entry["open"], list), "open is not a list")
    for row in entry["open"]:
        keys(row, "open", "amended n")
        like(row["amended"], "amended", HEX64)
        whole(row["n"], "n", 1)
    expect(ascending([row["n"] for row in entry["open"]]), "open does not ascend")


def check_commit(entry, _):
    keys(entry, "commit", "beacon chain changes cycle date draw_time excused files link n origin reveal_time rules "
         "sealed strata time type v")
    like(entry["origin"], "origin", is_key_name)
    whole(entry["n"], "n", 1)
    whole(entry["chain"], "chain", 1)
    whole(entry["link"], "link", 1, 10000)
    like(entry["cycle"], "cycle", is_id)
    like(entry["date"], "date", is_date)
    like(entry["draw_time"], "draw_time", is_time)
    like(entry["reveal_time"], "reveal_time", is_time)
    like(entry["sealed"], "sealed", HEX64)
    keys(entry["excused"], "excused", "inspectors targets")
    keys(entry["files"], "files", "inspectors.csv targets.csv")
    for name in ("inspectors", "targets"):
        whole(entry["excused"][name], "excused." + name, 0, ROWS_MAX)
        file = entry["files"][name + ".csv"]
        keys(file, name + ".csv", "root rows sha256")
        whole(file["rows"], name + ".csv: rows", 0, ROWS_MAX)
        like(file["root"], name + ".csv: root", HEX64)
        like(file["sha256"], name + ".csv: sha256", HEX64)
    changes = entry["changes"]
    keys(changes, "changes", "conflicts inspectors previous targets")
    whole(changes["previous"], "changes.previous")
    keys(changes["conflicts"], "changes.conflicts", "added removed")
    keys(changes["inspectors"], "changes.inspectors", "added changed removed")
    keys(changes["targets"], "changes.targets", "added changed removed")
    for name in ("conflicts", "inspectors", "targets"):
        for key, value in changes[name].items():
            whole(value, "changes.%s.%s" % (name, key), 0, ROWS_MAX)
    check_rules(entry["rules"])
    check_strata_form(entry["strata"])
    check_beacon_form(entry["beacon"])


def check_rules(rules):
    keys(rules, "rules", "avoid cover_days inspectors max_load quiet_days reserve rest_days rotate same_unit slack "
         "spacing team timezone", "level_gap")
    expect(rules["avoid"] in ([], ["area"], ["unit"], ["area", "unit"]), "rules.avoid is not a sorted choice of area, "
           "unit: %s" % show(rules["avoid"]))
    for name in ("cover_days", "inspectors", "max_load", "reserve", "rest_days", "rotate", "slack"):
        whole(rules[name], "rules." + name)
    whole(rules["quiet_days"], "rules.quiet_days", 0, 3650)
    whole(rules["spacing"], "rules.spacing", 0, 10080)
    expect(type(rules["same_unit"]) is bool, "rules.same_unit is neither true nor false")
    if "level_gap" in rules:
        whole(rules["level_gap"], "rules.level_gap", 1 - 2**53)
    expect(isinstance(rules["team"], list) and 1 <= len(rules["team"]) <= 8, "rules.team has not 1 to 8 seats")
    for requirement in rules["team"]:
        like(requirement, "rules.team", is_id)
    like(rules["timezone"], "rules.timezone", is_zone)


def check_strata_form(strata):
    """6, strata. The class `*` may only stand last; the others ascend."""
    expect(isinstance(strata, list), "strata is not a list")
    for stratum in strata:
        keys(stratum, "a stratum", "class", "count per_10000")
        expect(("count" in stratum) != ("per_10000" in stratum), "a stratum has count or per_10000, one of them")
        like(stratum["class"], "a stratum's class", is_text)
        if "count" in stratum:
            whole(stratum["count"], "count")
        else:
            whole(stratum["per_10000"], "per_10000", 0, 10000)
    names = [stratum["class"] for stratum in strata]
    own = names[:-1] if names and names[-1] == "*" else names
    expect("*" not in own and ascending(own), "the classes of strata do not ascend, or * "
           "is not the last")


def check_beacon_form(beacon):
    expect(isinstance(beacon, dict) and isinstance(beacon.get("source"), str), "beacon has no source")
    source = beacon["source"]
    if source == "none":
        keys(beacon, "beacon", "source")
    elif source == "public":
        keys(beacon, "beacon", "count label source symbols")
        whole(beacon["count"], "beacon.count")
        like(beacon["label"], "beacon.label", is_label)
        like(beacon["symbols"], "beacon.symbols", VISIBLE)
        expect(ascending(beacon["symbols"]), "beacon.symbols do not ascend")
    elif source == "drand":
        keys(beacon, "beacon", "chain round source")
        same("beacon.chain", QUICKNET, beacon["chain"])
        whole(beacon["round"], "beacon.round", 1)
    elif source == "witness":
        keys(beacon, "beacon", "key source")
        Key(beacon["key"], WITNESS_KEY, "beacon.key")
    else:
        raise No("beacon.source is not known: %s" % show(source))


ENTRY_CHECKS = {"genesis": check_genesis, "policy": check_policy, "cycle": check_cycle, "commit": check_commit,
                "draw": check_draw, "void": check_void, "reveal": check_reveal, "amend": check_amend,
                "archive": check_archive}


def parse_entry(data, what, log_key=None):
    """A log entry: canonical JSON of a known type, with exactly its keys and forms."""
    entry = parse_json(data, what)
    expect(isinstance(entry, dict) and isinstance(entry.get("type"), str), "%s has no type" % what)
    expect(entry["type"] in ENTRY_CHECKS, "%s: unknown type %s" % (what, show(entry["type"])))
    try:
        same("v", 2, entry.get("v"))
        like(entry.get("time"), "time", is_time)
        ENTRY_CHECKS[entry["type"]](entry, log_key)
    except No as error:
        raise No("%s: %s" % (what, error))
    return entry


# ---------------------------------------------------------------------------------------------------------------
# 3. The rosters

class Target:
    __slots__ = ("id", "stratum", "unit", "area", "level", "needs", "weight", "since", "last_drawn", "elsewhere",
                 "drum")

    def public(self):
        """The columns that `changes` compares."""
        return (self.stratum, self.unit, self.area, self.level, self.needs, self.weight, self.since)


class Inspector:
    __slots__ = ("id", "unit", "area", "level", "tags", "drum", "ticket")

    def public(self):
        return (self.unit, self.area, self.level, self.tags)


def csv_lines(data, header, name):
    """The data lines of a public CSV (2): UTF-8, LF after each line, strictly ascending, no quoting."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise No("%s is not UTF-8 (byte %d)" % (name, error.start))
    expect(text.endswith("\n"), "%s does not end with a line feed" % name)
    lines = text.split("\n")
    lines.pop()
    same(name + ": header", header, lines[0])
    del lines[0]
    expect(len(lines) <= ROWS_MAX, "%s has more than 2^24 rows" % name)
    for number in range(1, len(lines)):
        expect(lines[number - 1] < lines[number], "%s:%d: not above the line before" % (name, number + 2))
    return lines


def fields_of(line, count, where):
    fields = line.split(",")
    expect(len(fields) == count, "%s: %d columns, expected %d" % (where, len(fields), count))
    for field in fields:
        expect(is_text(field) if len(field) < 193 else '"' not in field and not EXCLUDED.search(field),
               "%s: not text as in the protocol: %s" % (where, show(field)))
    return fields


def number_of(text, low, high, where):
    expect(len(text) <= 4 and INTEGER.fullmatch(text) and low <= int(text) <= high,
           "%s: expected an integer from %d to %d, found %s" % (where, low, high, show(text)))
    return int(text)


def read_targets(data, draw_date):
    """{id: Target} of targets.csv."""
    found = {}
    for number, line in enumerate(csv_lines(data, TARGETS_HEADER, "targets.csv"), 2):
        where = "targets.csv:%d" % number
        t = Target()
        (t.id, t.stratum, t.unit, t.area, level, t.needs, weight, t.since, t.last_drawn, t.elsewhere, t.drum,
         private) = fields_of(line, 12, where)
        expect(is_id(t.id), "%s: bad id %s" % (where, show(t.id)))
        expect(t.id not in found, "%s: id %s stands twice" % (where, t.id))
        for text in (t.stratum, t.unit, t.area):
            expect(len(text.encode()) <= 192, "%s: a text of more than 192 bytes" % where)
        t.level = None if level == "" else number_of(level, 0, 999, where + " level")
        expect(t.needs == "" or is_tag(t.needs), "%s: bad needs %s" % (where, show(t.needs)))
        t.weight = number_of(weight, 1, 100, where + " weight")
        expect(is_date(t.since) and t.since.endswith("-01-01") and t.since <= draw_date,
               "%s: since is not a 1 January up to the draw's date: %s" % (where, show(t.since)))
        expect(t.last_drawn == "" or is_date(t.last_drawn), "%s: bad last_drawn %s" % (where, show(t.last_drawn)))
        expect(t.elsewhere == "" or is_date(t.elsewhere), "%s: bad elsewhere %s" % (where, show(t.elsewhere)))
        expect(t.drum in ("in", "due", "carried", "rest", "excused"), "%s: bad drum %s" % (where, show(t.drum)))
        expect(HEX64.fullmatch(private), "%s: bad private %s" % (where, show(private)))
        found[t.id] = t
    return found


def read_inspectors(data):
    """{id: Inspector} of inspectors.csv. Reading: tags are bounded one by one, not together."""
    found = {}
    for number, line in enumerate(csv_lines(data, INSPECTORS_HEADER, "inspectors.csv"), 2):
        where = "inspectors.csv:%d" % number
        p = Inspector()
        p.id, p.unit, p.area, level, tags, p.drum, private = fields_of(line, 7, where)
        expect(is_id(p.id), "%s: bad id %s" % (where, show(p.id)))
        expect(p.id not in found, "%s: id %s stands twice" % (where, p.id))
        for text in (p.unit, p.area):
            expect(len(text.encode()) <= 192, "%s: a text of more than 192 bytes" % where)
        p.level = None if level == "" else number_of(level, 0, 999, where + " level")
        p.tags = tuple(tags.split(";")) if tags else ()
        expect(all(is_tag(tag) for tag in p.tags) and ascending(p.tags), "%s: bad tags %s" % (where, show(tags)))
        expect(p.drum in ("in", "away", "excused"), "%s: bad drum %s" % (where, show(p.drum)))
        expect(HEX64.fullmatch(private), "%s: bad private %s" % (where, show(private)))
        p.ticket = None
        found[p.id] = p
    return found


def read_conflicts(data, targets, inspectors):
    """The rows (inspector, scope, value, why) of conflicts.csv."""
    known = {"target": set(targets), "unit": {t.unit for t in targets.values()},
             "area": {t.area for t in targets.values()}}
    found = []
    for number, line in enumerate(csv_lines(data, CONFLICTS_HEADER, "conflicts.csv"), 2):
        where = "conflicts.csv:%d" % number
        row = tuple(fields_of(line, 4, where))
        inspector, scope, value, why = row
        expect(inspector in inspectors, "%s: inspector %s is not in inspectors.csv" % (where, show(inspector)))
        expect(scope in known, "%s: bad scope %s" % (where, show(scope)))
        expect(value != "" and value in known[scope], "%s: no target has %s %s" % (where, scope, show(value)))
        expect(why == "declared" or (why == "rotation" and scope == "target"), "%s: bad why %s" % (where, show(why)))
        found.append(row)
    return found


def read_away(data, inspectors, slots):
    """{inspector: dates} of away.csv."""
    dates, found = {slot[:10] for slot in slots}, {}
    for number, line in enumerate(csv_lines(data, AWAY_HEADER, "away.csv"), 2):
        where = "away.csv:%d" % number
        inspector, date = fields_of(line, 2, where)
        expect(inspector in inspectors, "%s: inspector %s is not in inspectors.csv" % (where, show(inspector)))
        expect(date in dates, "%s: no slot is on %s" % (where, show(date)))
        found.setdefault(inspector, set()).add(date)
    return found


def read_sealed(data, seats):
    """sealed.json. Reading: `from` may be empty; whether its strata are the commitment's is for `strata` to say."""
    sealed = parse_json(data, "sealed.json")
    keys(sealed, "sealed.json", "away conflicts matters nonce slots strata v")
    same("sealed.json: v", 2, sealed["v"])
    like(sealed["nonce"], "sealed.json: nonce", HEX32)
    for name in ("away", "conflicts"):
        keys(sealed[name], "sealed.json: " + name, "rows sha256")
        whole(sealed[name]["rows"], "sealed.json: %s.rows" % name, 0, ROWS_MAX)
        like(sealed[name]["sha256"], "sealed.json: %s.sha256" % name, HEX64)
    slots = sealed["slots"]
    expect(isinstance(slots, list) and 1 <= len(slots) <= 2000, "sealed.json: not 1 to 2000 slots")
    for slot in slots:
        like(slot, "sealed.json: slots", is_slot)
    keys(sealed["matters"], "sealed.json: matters", "from take")
    source = sealed["matters"]["from"]
    expect(isinstance(source, list), "sealed.json: matters.from is not a list")
    for matter in source:
        like(matter, "sealed.json: matters.from", is_id)
    expect(ascending(slots) and ascending(source), "sealed.json: slots or matters do not ascend")
    whole(sealed["matters"]["take"], "sealed.json: matters.take", 0, len(source))
    read_sealed_strata(sealed["strata"], seats)
    return sealed


def read_sealed_strata(strata, seats):
    expect(isinstance(strata, list), "sealed.json: strata is not a list")
    chosen = 0
    for stratum in strata:
        keys(stratum, "sealed.json: a stratum", "class drum slips take")
        like(stratum["class"], "sealed.json: a stratum's class", is_text)
        whole(stratum["drum"], "sealed.json: drum", 0, ROWS_MAX)
        whole(stratum["slips"], "sealed.json: slips", 0, ROWS_MAX * 100)
        whole(stratum["take"], "sealed.json: take", 0, CHOSEN_SEATS_MAX)
        chosen += stratum["take"]
    expect(chosen * seats <= CHOSEN_SEATS_MAX, "sealed.json: more than 10^6 chosen targets times seats")


# ---------------------------------------------------------------------------------------------------------------
# 5. The drum

def takes_part(target):
    return target.drum not in ("excused", "rest")


def drum_value(target, date, rules):
    """What `drum` must be for a target that is not excused; whether it is carried is taken as given (5)."""
    if target.elsewhere:
        return "rest"
    if target.drum == "carried":
        return "carried"
    days = day_number(date) - day_number(target.last_drawn or target.since)
    if target.last_drawn and rules["rest_days"] > 0 and days < rules["rest_days"]:
        return "rest"
    if rules["cover_days"] > 0 and days >= rules["cover_days"]:
        return "due"
    return "in"


def check_drum(draw):
    for target in draw.targets.values():
        if target.drum != "excused":
            right = drum_value(target, draw.commit["date"], draw.commit["rules"])
            expect(target.drum == right, "drum of target %s: expected %s, found %s" % (target.id, right, target.drum))
    dates = {slot[:10] for slot in draw.sealed["slots"]}
    for p in draw.inspectors.values():
        if p.drum != "excused":
            right = "away" if draw.away.get(p.id) == dates else "in"
            expect(p.drum == right, "drum of inspector %s: expected %s, found %s" % (p.id, right, p.drum))


def stratum_of(target, strata_names):
    """The name of the stratum that covers a target: its own class, else `*`, else None."""
    if target.stratum in strata_names:
        return target.stratum
    return "*" if "*" in strata_names else None


def check_strata(draw):
    """drum, slips and take of each stratum; every target is covered (6)."""
    strata, sealed = draw.commit["strata"], draw.sealed["strata"]
    same("classes of the strata in sealed.json", [stratum["class"] for stratum in strata],
         [stratum["class"] for stratum in sealed])
    names = {stratum["class"] for stratum in strata}
    drum, slips = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for target in draw.targets.values():
        expect(target.stratum != "*", "target %s has the class *" % target.id)
        name = stratum_of(target, names)
        expect(name is not None, "no stratum covers target %s of class %s" % (target.id, show(target.stratum)))
        if takes_part(target):
            drum[name] += 1
            slips[name] += target.weight
    for stratum, found in zip(strata, sealed):
        name = stratum["class"]
        same("drum of stratum %s" % show(name), drum[name], found["drum"])
        same("slips of stratum %s" % show(name), slips[name], found["slips"])
        if "count" in stratum:
            take = min(drum[name], stratum["count"])
        else:
            take = (drum[name] * stratum["per_10000"] + 9999) // 10000
        same("take of stratum %s" % show(name), take, found["take"])


# ---------------------------------------------------------------------------------------------------------------
# 6. Seed, tickets, selection

def anchor_of(secret, link):
    """secret(0) from secret(link)."""
    for _ in range(link):
        secret = H(secret)
    return secret


def seed_of(secret, nonce, commit_hash, beacon_value):
    return H(secret + nonce + commit_hash + beacon_value)


def ticket_of(seed, target_id, weight):
    """The least of a target's slips."""
    start, sha256 = (seed + "target/" + target_id + "/").encode(), hashlib.sha256
    return min(sha256(start + b"%d" % i).hexdigest() for i in range(1, weight + 1))


def start_of(seed, target, same_unit, slots):
    """The number of the slot at which the search for the target's visit begins."""
    if same_unit and target.unit:
        drawn = H(seed + "visit/unit/" + target.unit)
    else:
        drawn = H(seed + "visit/target/" + target.id)
    return int(drawn[:16], 16) * slots >> 64


def draw_matters(seed, matters):
    return sorted(matters["from"], key=lambda m: H(seed + "matter/" + m))[:matters["take"]]


def select_targets(draw):
    """(chosen ids in ticket order, {stratum: reserve ids in order}, {id: ticket})"""
    strata = draw.sealed["strata"]
    names = {stratum["class"] for stratum in strata}
    first, then, tickets = {name: [] for name in names}, {name: [] for name in names}, {}
    for target in draw.targets.values():
        if takes_part(target):
            ticket = tickets[target.id] = ticket_of(draw.seed, target.id, target.weight)
            group = then if target.drum == "in" else first
            group[stratum_of(target, names)].append((ticket, target.id))
    chosen, reserve = [], {}
    for stratum in strata:
        name, take = stratum["class"], stratum["take"]
        order = sorted(first[name]) + sorted(then[name])
        chosen += order[:take]
        reserve[name] = [ident for _, ident in order[take:take + draw.commit["rules"]["reserve"]]]
    return [ident for _, ident in sorted(chosen)], reserve, tickets


# ---------------------------------------------------------------------------------------------------------------
# 7. Teams

class Lawful:
    """Who is lawful for which target, and who fits a seat."""

    def __init__(self, draw):
        self.rules, self.rows = draw.commit["rules"], {}
        self.named = {"target": set(), "unit": set(), "area": set()}
        for inspector, scope, value, _ in draw.conflicts:
            self.rows.setdefault((scope, value), set()).add(inspector)
            self.named[scope].add(value)

    def recused(self, target):
        """The inspectors that a row of conflicts.csv names with the target, its unit or its area."""
        found = set()
        for row in (("target", target.id), ("unit", target.unit), ("area", target.area)):
            found |= self.rows.get(row, set())
        return found

    def allows(self, inspector, target, recused):
        for column in self.rules["avoid"]:
            ours, theirs = getattr(inspector, column), getattr(target, column)
            if not ours or not theirs or ours == theirs:
                return False
        if "level_gap" in self.rules:
            if inspector.level is None or target.level is None:
                return False
            if inspector.level - target.level < self.rules["level_gap"]:
                return False
        return inspector.id not in recused

    def likeness(self, target):
        """Targets with the same likeness have the same lawful inspectors."""
        avoid = self.rules["avoid"]
        return (target.unit if "unit" in avoid or target.unit in self.named["unit"] else "",
                target.area if "area" in avoid or target.area in self.named["area"] else "",
                target.level if "level_gap" in self.rules else None,
                target.id if target.id in self.named["target"] else None)


def fits(inspector, requirement, target):
    """Whether the inspector may take a seat with this requirement at the target."""
    if requirement == "own":
        return target.needs == "" or target.needs in inspector.tags
    return requirement == "any" or requirement in inspector.tags


class Slots:
    """When a visit may begin, and whom a slot suits. A set of slots is an integer: bit i is slot i."""

    def __init__(self, draw):
        self.texts, self.rules, self.seed = draw.sealed["slots"], draw.commit["rules"], draw.seed
        self.minutes = [slot_minutes(slot) for slot in self.texts]
        self.all = (1 << len(self.texts)) - 1
        self.away, self.close = {}, {}
        of_date = {}
        for number, slot in enumerate(self.texts):
            of_date[slot[:10]] = of_date.get(slot[:10], 0) | 1 << number
        for inspector, dates in draw.away.items():
            self.away[inspector] = sum(of_date[date] for date in dates)

    def too_close(self, slot):
        """The slots less than `spacing` minutes from this one."""
        if slot not in self.close:
            spacing, at = self.rules["spacing"], self.minutes[slot]
            low, high = bisect.bisect_right(self.minutes, at - spacing), bisect.bisect_left(self.minutes, at + spacing)
            self.close[slot] = (1 << high) - (1 << low) if low < high else 0
        return self.close[slot]

    def unsuitable(self, inspector, unit, places):
        """The slots that do not suit the inspector in this unit; places: (slot, unit) of those that he holds."""
        found = self.away.get(inspector, 0)
        for slot, other in places if self.rules["spacing"] else ():
            if found == self.all:
                break
            if unit == "" or other != unit:
                found |= self.too_close(slot)
        return found

    def find(self, target, team, held):
        """(slot, whether it suits the whole team); held: inspector -> set of (slot, unit)."""
        start = start_of(self.seed, target, self.rules["same_unit"], len(self.texts))
        free = self.all
        for inspector in team:
            free &= ~self.unsuitable(inspector, target.unit, held.get(inspector, ()))
        if not free:
            return start, False
        later = free >> start
        slot = start + lowest_bit(later) if later else lowest_bit(free)
        return slot, True


def lowest_bit(number):
    return (number & -number).bit_length() - 1


class Seating:
    """An assignment of inspectors to seats that can grow, seat by seat, by exchanges along chains
    (augmenting paths). It only ever answers whether an assignment exists; which one it holds is of no account.

    offers[t][s] is the list of the inspectors (as numbers) who may take seat s of target t; targets alike share lists.
    """

    def __init__(self, offers, inspectors, limit):
        self.offers, self.limit = offers, limit
        self.team = [[None] * len(seats) for seats in offers]
        self.holds = [{} for _ in range(inspectors)]     # inspector -> {target: seat}
        self.fixed = [0] * len(offers)                   # so many first seats of a target are settled

    def fill(self, target, seat):
        """Fills one empty seat, moving others from seats that are not settled; False if that is impossible."""
        holds, limit = self.holds, self.limit
        for p in self.offers[target][seat]:
            if len(holds[p]) < limit and target not in holds[p]:
                self.team[target][seat] = p
                holds[p][target] = seat
                return True
        came, queue, at = {(target, seat): None}, [(target, seat)], 0
        seen, rest = set(), {}
        while at < len(queue):
            here = queue[at]
            at += 1
            t, s = here
            offer = self.offers[t][s]
            keep = []
            for p in rest.get(id(offer), offer):
                if p in seen:
                    continue
                other = holds[p].get(t)
                if other is not None:                    # p sits in this team: only a change of seats
                    keep.append(p)
                    if other >= self.fixed[t] and (t, other) not in came:
                        came[(t, other)] = (here, p)
                        queue.append((t, other))
                    continue
                seen.add(p)
                if len(holds[p]) < limit:
                    self.shift(came, here, p)
                    return True
                for t2, s2 in holds[p].items():
                    if s2 >= self.fixed[t2] and (t2, s2) not in came:
                        came[(t2, s2)] = (here, p)
                        queue.append((t2, s2))
            rest[id(offer)] = keep
        return False

    def shift(self, came, last, p):
        """Carries out the exchange that ends with inspector p on the seat `last`."""
        moves = [(last, p)]
        while came[last] is not None:
            last, p = came[last]
            moves.append((last, p))
        for (t, s), _ in moves:
            if self.team[t][s] is not None:
                del self.holds[self.team[t][s]][t]
        for (t, s), p in moves:
            self.team[t][s] = p
            self.holds[p][t] = s

    def fill_target(self, target):
        for seat in range(len(self.team[target])):
            if not self.fill(target, seat):
                self.empty_target(target)
                return False
        return True

    def empty_target(self, target):
        for seat, p in enumerate(self.team[target]):
            if p is not None:
                del self.holds[p][target]
                self.team[target][seat] = None

    def settle(self, target, seat, p):
        """Gives p this seat for good if an assignment with all that is settled still exists."""
        holds, team, sitting = self.holds, self.team[target], self.team[target][seat]
        if sitting == p:
            self.fixed[target] = seat + 1
            return True
        moved = None                                     # the seat that p gives up for this one
        if target in holds[p]:
            moved = (target, holds[p][target])
            if moved[1] < seat:
                return False
        elif len(holds[p]) >= self.limit:
            moved = next((held for held in holds[p].items() if held[1] >= self.fixed[held[0]]), None)
            if moved is None:
                return False
        del holds[sitting][target]
        if moved:
            self.team[moved[0]][moved[1]] = None
            del holds[p][moved[0]]
        team[seat], holds[p][target], self.fixed[target] = p, seat, seat + 1
        if moved is None or self.fill(*moved):
            return True
        del holds[p][target]
        team[seat], holds[sitting][target], self.fixed[target] = sitting, seat, seat
        self.team[moved[0]][moved[1]] = p
        holds[p][moved[0]] = moved[1]
        return False


def least_that(holds, low, high):
    """The least number from low to high for which it holds; it holds for high, and above any for which it holds."""
    if low < high and holds(low):
        return low
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


class Teams:
    """7 in its five steps. Inspectors are numbered by their place in inspector() order."""

    def __init__(self, draw, chosen):
        rules, seed = draw.commit["rules"], draw.seed
        self.rules, self.draw, self.lawful, self.lists = rules, draw, Lawful(draw), {}
        self.order = [p for p in draw.inspectors.values() if p.drum == "in"]
        for p in self.order:
            p.ticket = H(seed + "inspector/" + p.id)
        self.order.sort(key=lambda p: p.ticket)
        self.admit(chosen)
        self.draw_inspectors()
        self.find_limit()
        self.seat()
        self.find_visits()

    def offers_for(self, ids, count):
        """For each target and seat who of the first `count` inspectors is lawful and fits; alike ones share a list."""
        found, cut = [], {}
        for ident in ids:
            target = self.draw.targets[ident]
            likeness, seats = self.lawful.likeness(target), []
            for requirement in self.rules["team"]:
                alike = (likeness, requirement, target.needs if requirement == "own" else None)
                if alike not in self.lists:
                    recused = self.lawful.recused(target)
                    self.lists[alike] = [number for number, p in enumerate(self.order) if fits(
                        p, requirement, target) and self.lawful.allows(p, target, recused)]
                if alike not in cut:
                    cut[alike] = [p for p in self.lists[alike] if p < count]
                seats.append(cut[alike])
            found.append(seats)
        return found

    def admit(self, chosen):
        self.most = self.rules["max_load"] or len(chosen)
        seating = Seating(self.offers_for(chosen, len(self.order)), len(self.order), self.most)
        self.admitted, self.unstaffed = [], []
        for number, ident in enumerate(chosen):
            (self.admitted if seating.fill_target(number) else self.unstaffed).append(ident)

    def assignment(self, count, limit):
        """An assignment of the first `count` inspectors to the admitted targets, or None."""
        seating = Seating(self.offers_for(self.admitted, count), count, limit)
        if all(seating.fill_target(number) for number in range(len(self.admitted))):
            return seating
        return None

    def draw_inspectors(self):
        wanted = min(self.rules["inspectors"] or len(self.order), len(self.order))
        self.count = least_that(lambda count: self.assignment(count, self.most) is not None, wanted, len(self.order))

    def find_limit(self):
        self.least = self.limit = 0
        if self.admitted:
            seats = len(self.admitted) * len(self.rules["team"])
            high = min(self.most, len(self.admitted))
            self.least = least_that(lambda limit: self.assignment(self.count, limit) is not None,
                                    -(-seats // self.count), high)
            self.limit = self.least + self.rules["slack"]
            if self.rules["max_load"]:
                self.limit = min(self.limit, self.rules["max_load"])

    def seat(self):
        seating = self.assignment(self.count, self.limit)
        for number, ident in enumerate(self.admitted):
            pair = {}
            for seat, offer in enumerate(seating.offers[number]):
                for p in offer:
                    if p not in pair:
                        pair[p] = pair_ticket(self.draw.seed, ident, self.order[p].id)
                expect(any(seating.settle(number, seat, p) for p in sorted(offer, key=pair.get)), "no assignment")
        self.teams = [[self.order[p].id for p in team] for team in seating.team]
        self.loads = [len(held) for held in seating.holds]

    def find_visits(self):
        """The slot of each place, and the places whose slot does not suit the whole team."""
        self.slots, self.visits, self.unkept, held = Slots(self.draw), [], [], {}
        for number, (ident, team) in enumerate(zip(self.admitted, self.teams)):
            target = self.draw.targets[ident]
            slot, suits = self.slots.find(target, team, held)
            self.visits.append(slot)
            if not suits:
                self.unkept.append(number)
            for inspector in team:
                held.setdefault(inspector, set()).add((slot, target.unit))


def pair_ticket(seed, target_id, inspector_id):
    return H(seed + "pair/" + target_id + "/" + inspector_id)


# ---------------------------------------------------------------------------------------------------------------
# 8. record.json

def build_record(draw):
    """What record.json must hold."""
    t, targets, slots = draw.teams, draw.targets, draw.sealed["slots"]
    return {
        "beacon": draw.beacon, "commit": draw.commit_hash, "n": draw.n, "secret": draw.secret, "seed": draw.seed,
        "v": 2,
        "inspectors": [{"id": p.id, "load": load, "ticket": p.ticket}
                       for p, load in zip(t.order[:t.count], t.loads)],
        "load": {"least": t.least, "limit": t.limit},
        "matters": draw_matters(draw.seed, draw.sealed["matters"]),
        "reserve": [{"class": targets[ident].stratum, "id": ident, "ticket": draw.tickets[ident]}
                    for stratum in draw.commit["strata"] for ident in draw.reserve[stratum["class"]]],
        "selected": [{"class": targets[ident].stratum, "id": ident, "team": team, "ticket": draw.tickets[ident],
                      "visit": slots[visit]} for ident, team, visit in zip(t.admitted, t.teams, t.visits)],
        "unstaffed": t.unstaffed,
    }


def places_root(draw):
    """The tree hash over the lines of all places."""
    lines = [canonical({"n": draw.n, "nonce": H("%splace/%d" % (draw.secret, number))[:32], "place": number,
                        "target": row["id"], "team": row["team"], "visit": row["visit"]})
             for number, row in enumerate(draw.right["selected"])]
    return tree_root([leaf_hash(line) for line in lines]).hex()


def record_limit(draw):
    """More bytes than this no record.json of these rosters can have."""
    seats = len(draw.commit["rules"]["team"])
    return (4096 + len(draw.targets) * (700 + 40 * seats) + len(draw.inspectors) * 200
            + 40 * len(draw.sealed["matters"]["from"]))


def part(record, name, *fields):
    """Of a list in the record, only these fields; what has another form is kept as it is, and will differ."""
    rows = record.get(name) if isinstance(record, dict) else None
    if not isinstance(rows, list):
        return rows
    return [[row.get(field) for field in fields] if isinstance(row, dict) else row for row in rows]


def same_list(what, expected, found):
    """Names the first row that differs."""
    if expected == found:
        return
    if isinstance(found, list):
        for number, (a, b) in enumerate(zip(expected, found)):
            same("%s, row %d" % (what, number), a, b)
        same(what + ": rows", len(expected), len(found))
    same(what, expected, found)


def list_of(value, what, form):
    """form: a function that raises where an element is none."""
    expect(isinstance(value, list), "%s is not a list" % what)
    for number, element in enumerate(value):
        form(element, "%s, row %d" % (what, number))


def row_of(required, **forms):
    def form(value, what):
        keys(value, what, required)
        for name, one in forms.items():
            like(value[name], what + ": " + name, one)
    return form


def check_record_form(record, seats):
    """8. Reading: how many seats a team has belongs to the form."""
    keys(record, "record.json", "beacon commit inspectors load matters n reserve secret seed selected unstaffed v")
    expect(isinstance(record["beacon"], str), "beacon is not a text")
    for name in ("commit", "secret", "seed"):
        like(record[name], name, HEX64)
    whole(record["n"], "n", 1)
    whole(record["v"], "v", 2, 2)
    keys(record["load"], "load", "least limit")
    for name in ("least", "limit"):
        whole(record["load"][name], "load: " + name)
    ident = lambda value, what: like(value, what, is_id)    # noqa: E731
    list_of(record["matters"], "matters", ident)
    list_of(record["unstaffed"], "unstaffed", ident)
    list_of(record["inspectors"], "inspectors", row_of("id load ticket", id=is_id, ticket=HEX64))
    for row in record["inspectors"]:
        whole(row["load"], "inspectors: load")
    list_of(record["reserve"], "reserve", row_of("class id ticket", id=is_id, ticket=HEX64, **{"class": is_text}))
    list_of(record["selected"], "selected", row_of("class id team ticket visit", id=is_id, ticket=HEX64,
                                                   visit=is_slot, **{"class": is_text}))
    for row in record["selected"]:
        list_of(row["team"], "selected: team", ident)
        same("seats of a team", seats, len(row["team"]))


def check_record(draw, where):
    """Byte by byte, and its hash and the places where the log stands by."""
    if draw.record is None:
        check_record_form(parse_json(draw.record_bytes, "record.json"), len(draw.commit["rules"]["team"]))
    if draw.right is None:
        raise NotRun("nothing was recomputed")
    right = canonical(draw.right)
    if draw.record_bytes != right:
        found = draw.record
        for key in sorted(draw.right):
            same("record.json: " + key, draw.right[key], found[key])
        raise No("record.json is not the canonical form of what was recomputed")
    if draw.outcome:
        same(where + ": record in draw", draw.outcome["record"], H(right))
        same(where + ": record in reveal", draw.reveal["record"], H(right))
        same("places in draw", places_root(draw), draw.outcome["places"])
    return "sha256 %s" % H(right)


# ---------------------------------------------------------------------------------------------------------------
# 9. Amendments

class Places:
    """What each place holds now."""

    def __init__(self, draw):
        teams, self.draw = draw.teams, draw
        self.target = list(teams.admitted)                    # "" where a place is empty for good
        self.team = [list(team) for team in teams.teams]      # "" where a seat is empty for good
        self.visit = teams.visits                             # the slot, which stays
        names = {stratum["class"] for stratum in draw.commit["strata"]}
        self.stratum = [stratum_of(draw.targets[ident], names) for ident in self.target]
        self.placed = set(self.target)
        self.removed_targets = []
        self.target_changes = []                              # for each amendment (out, in) of its target, or ("", "")
        self.taken_out = [set() for _ in self.target]         # inspectors once taken out of this place
        self.changes = {}                                     # (place, seat) -> how often it has changed hands
        self.amended = {}                                     # place -> how many amendments
        self.of = {p.id: set() for p in teams.order}          # inspector -> the places that he holds
        for place, team in enumerate(self.team):
            for p in team:
                self.of[p].add(place)

    def next_inspector(self, place, seat):
        """Who takes the seat; "" for nobody."""
        if self.changes.get((place, seat), 0) >= 2:
            return ""
        teams, rules = self.draw.teams, self.draw.commit["rules"]
        target = self.draw.targets[self.target[place]]
        recused = teams.lawful.recused(target)
        able = {p.id for p in teams.order
                if fits(p, rules["team"][seat], target) and teams.lawful.allows(p, target, recused)
                and p.id not in self.team[place] and p.id not in self.taken_out[place]
                and (rules["max_load"] == 0 or len(self.of[p.id]) < rules["max_load"])}
        drawn = able & {p.id for p in teams.order[:teams.count]}
        suited = {p for p in able if self.suits(p, place)}
        group = drawn & suited or suited or drawn or able
        return min(group, key=lambda p: pair_ticket(self.draw.seed, target.id, p), default="")

    def suits(self, inspector, place):
        """Whether the place's visit suits an inspector who is not in its team."""
        held = {(self.visit[other], self.draw.targets[self.target[other]].unit) for other in self.of[inspector]}
        unit = self.draw.targets[self.target[place]].unit
        return not self.draw.teams.slots.unsuitable(inspector, unit, held) >> self.visit[place] & 1

    def next_target(self, place):
        """The reserve target that takes the place; "" for none."""
        lawful = self.draw.teams.lawful
        team = [self.draw.inspectors[p] for p in self.team[place] if p]
        for ident in self.draw.reserve[self.stratum[place]]:
            target = self.draw.targets[ident]
            recused = lawful.recused(target)
            if ident not in self.placed and all(lawful.allows(p, target, recused) for p in team):
                return ident
        return ""

    def amend(self, amendment, number):
        """Applies amendment `number` after checking that it is the one that 9 gives."""
        what = "amendment %d" % number
        expect(isinstance(amendment, dict), what + " is not an object")
        seat_change = amendment.get("type") == "seat"
        keys(amendment, what, "amendment in n nonce out place reason type v" + (" seat" if seat_change else ""))
        same(what + ": type", "seat" if seat_change else "target", amendment["type"])
        same(what + ": v", 2, amendment["v"])
        same(what + ": amendment", number, amendment["amendment"])
        same(what + ": n", self.draw.n, amendment["n"])
        like(amendment["nonce"], what + ": nonce", HEX32)
        reasons = "recusal|unavailable|other" if seat_change else "closed|moved|other"
        like(amendment["reason"], what + ": reason", re.compile(reasons))
        whole(amendment["place"], what + ": place", 0, len(self.target) - 1)
        place = amendment["place"]
        expect(self.target[place] != "", what + ": the place is empty")        # 9: none concerns an empty place
        self.amended[place] = self.amended.get(place, 0) + 1
        if seat_change:
            whole(amendment["seat"], what + ": seat", 0, len(self.team[place]) - 1)
            seat = amendment["seat"]
            out = self.team[place][seat]
            expect(out != "", what + ": the seat is empty")
            same(what + ": out", out, amendment["out"])
            new = self.next_inspector(place, seat)
            same(what + ": in", new, amendment["in"])
            self.target_changes.append(("", ""))
            self.team[place][seat] = new
            self.taken_out[place].add(out)
            self.changes[place, seat] = self.changes.get((place, seat), 0) + 1
            self.of[out].discard(place)
            if new:
                self.of[new].add(place)
        else:
            out = self.target[place]
            same(what + ": out", out, amendment["out"])
            new = self.next_target(place)
            same(what + ": in", new, amendment["in"])
            self.target[place] = new
            self.removed_targets.append(out)
            self.target_changes.append((out, new))
            if new:
                self.placed.add(new)
            else:
                for p in self.team[place]:
                    if p:
                        self.of[p].discard(place)

    def held(self):
        """(target, [inspectors]) of each place that is not empty."""
        return [(target, [p for p in team if p]) for target, team in zip(self.target, self.team) if target]


def amendment_name(number):
    return "amend-%02d.json" % number


# ---------------------------------------------------------------------------------------------------------------
# One draw and what is known of it

class Draw:
    """A commitment, what the log says of it, and what was read and recomputed."""

    def __init__(self, commit, data, witnesses=None, index=None):
        self.commit, self.data, self.commit_hash, self.n = commit, data, H(data), commit["n"]
        self.witnesses, self.index, self.anchor = witnesses, index, None
        self.outcome = self.outcome_index = self.reveal = self.reveal_index = None   # draw or void entry; reveal entry
        self.previous, self.voids_before = None, []         # the cycle's commitment before; its voids since a draw
        self.looks_at, self.open_elsewhere = [], []         # draws of other cycles, drawn or open at the commit
        self.due = self.embargo = None                      # reveal_time as in 4, in seconds; embargo_days
        self.amends, self.next_commit = [], None            # [(index, entry)]; index of the cycle's next commit
        self.archives = []                                  # (index, amended) of the archive entries before the reveal
        self.commit_note = self.outcome_note = None         # {witness: times}
        self.targets = self.inspectors = self.conflicts = self.away = self.sealed = None
        self.held, self.basis, self.grade = None, set(), None
        self.secret = self.beacon = self.seed = self.chosen = self.reserve = self.tickets = None
        self.teams = self.right = self.record = self.record_bytes = self.places = None

    def is_void(self):
        return self.outcome is not None and self.outcome["type"] == "void"

    def state(self):
        if self.outcome is None:
            return "committed"
        kind = "void" if self.is_void() else "drawn"
        return (kind + ", revealed") if self.reveal else kind + ", sealed"


def folder_of(n):
    return "draws/%04d" % n


COMMITTED = ("commit.json", "commit.checkpoint")
OPENED = ("targets.csv", "inspectors.csv", "conflicts.csv", "away.csv", "sealed.json")
NUMBER = re.compile(r"[0-9]{4}|[1-9][0-9]{4,15}")
AMENDMENT = re.compile(r"amend-([0-9]{2}|[1-9][0-9]{2,15})\.json")


def check_folder(root, folder, allowed):
    """In a draw's folder stand these files, and of the names in 4 no others. Gives how many names were passed over."""
    foreign = 0
    for name in list_folder(root, folder):
        if name in allowed:
            continue
        known = name in COMMITTED + OPENED + ("outcome.checkpoint", "record.json") or AMENDMENT.fullmatch(name)
        expect(not known, "%s does not belong there, or not yet" % (folder + "/" + name if folder else name))
        foreign += 1
    return foreign


def read_rosters(root, folder, draw):
    """Digests, roots, rows and forms of the five files (3)."""
    at = folder + "/" if folder else ""
    commit = draw.commit
    data = {}
    for name in ("targets.csv", "inspectors.csv"):
        given = commit["files"][name]
        data[name] = read_committed(root, at + name, FILE_MAX, given["sha256"])
        rows = data[name].split(b"\n")[1:-1]
        same(name + ": rows", given["rows"], len(rows))
        same(name + ": root", given["root"], tree_root([leaf_hash(row) for row in rows]).hex())
        del rows
    sealed = read_sealed(read_committed(root, at + "sealed.json", SEALED_MAX, commit["sealed"]),
                         len(commit["rules"]["team"]))
    for name in ("conflicts", "away"):
        file = name + ".csv"
        data[file] = read_committed(root, at + file, FILE_MAX, sealed[name]["sha256"])
        same(file + ": rows", sealed[name]["rows"], data[file].count(b"\n") - 1)
    targets = read_targets(data["targets.csv"], commit["date"])
    inspectors = read_inspectors(data["inspectors.csv"])
    conflicts = read_conflicts(data["conflicts.csv"], targets, inspectors)
    away = read_away(data["away.csv"], inspectors, sealed["slots"])
    # Only now, so that nobody works on the half of what was read.
    draw.targets, draw.inspectors, draw.conflicts, draw.away, draw.sealed = targets, inspectors, conflicts, away, sealed


def check_excused(draw):
    excused = {"inspectors": sum(p.drum == "excused" for p in draw.inspectors.values()),
               "targets": sum(t.drum == "excused" for t in draw.targets.values())}
    same("excused", excused, draw.commit["excused"])


def check_beacon_promise(draw):
    """What can be said of the beacon before its value is there: strength, round, a witness in force (4)."""
    beacon = draw.commit["beacon"]
    if beacon["source"] == "public":
        many, count = len(beacon["symbols"]), beacon["count"]
        expect(many >= 2 and many ** min(count, 64) >= 2**64, "%d of %d symbols: fewer than 2^64 values"
               % (count, many))
    elif beacon["source"] == "drand":
        late = seconds(draw.commit["draw_time"]) - QUICKNET_GENESIS
        same("beacon.round", max(1, -(-late // QUICKNET_PERIOD) + 1), beacon["round"])
    elif beacon["source"] == "witness" and draw.witnesses is not None:
        expect(beacon["key"] in [key.text for key in draw.witnesses], "beacon.key is no witness in force: %s"
               % show(beacon["key"]))


def check_beacon_value(draw):
    """The form of the value itself."""
    beacon, value = draw.commit["beacon"], draw.beacon
    expect(isinstance(value, str), "the beacon value is not a text: %s" % show(value))
    if beacon["source"] == "none":
        same("beacon value", "", value)
    elif beacon["source"] == "public":
        same("symbols in the beacon value", beacon["count"], len(value))
        expect(set(value) <= set(beacon["symbols"]), "the beacon value has other symbols than announced: %s"
               % show(value))
    else:
        like(value, "beacon value", HEX64)


def check_beacon_signature(draw, entry):
    """The value comes from the signature (4); entry: the one that holds both. drand's own signature is not verified."""
    beacon = draw.commit["beacon"]
    if beacon["source"] in ("none", "public"):
        expect("signature" not in entry, "a signature under source %s" % beacon["source"])
        return None
    expect("signature" in entry, "no signature under source %s" % beacon["source"])
    signature = bytes.fromhex(entry["signature"])
    same("bytes of the signature", 48 if beacon["source"] == "drand" else 64, len(signature))
    same("beacon value", H(signature), entry["beacon"])
    if beacon["source"] == "drand":
        x = int.from_bytes(signature, "big")
        expect(x >> 382 == 2, "drand's signature is not a compressed point")
        x &= 2**381 - 1
        square = (x**3 + 4) % BLS_P
        expect(x < BLS_P and (square == 0 or pow(square, (BLS_P - 1) // 2, BLS_P) == 1),
               "drand's signature is not a canonical point of the curve")
        return "drand's BLS signature: not run"
    key = Key(beacon["key"], WITNESS_KEY, "beacon.key")
    message = ("spotcheck-beacon/v1\n%s\n" % draw.commit_hash).encode()
    expect(ed25519_verify(key.public, message, signature), "the witness's beacon signature is false")
    in_time = seconds(draw.commit["draw_time"]) - 600
    expect(any(when <= in_time for when in draw.commit_note.get(key.text, ())),
           "the beacon's witness did not cosign commit.checkpoint 600 s before draw_time")
    return None


def compute_seed(draw):
    draw.seed = seed_of(draw.secret, draw.sealed["nonce"], draw.commit_hash, draw.beacon)


# The comparisons of record.json with what was recomputed, by the checks' names

def record_field(draw, name):
    return draw.record.get(name) if isinstance(draw.record, dict) else None


def needs_record(draw):
    if draw.record is None:
        raise NotRun("record.json has not its form", goes_on=True)


def check_seed(draw):
    """Of the record its seed; what else stands in it, `record` compares."""
    compute_seed(draw)
    needs_record(draw)
    same("record.json: seed", draw.seed, draw.record["seed"])


def check_selection(draw):
    """Chosen and reserve: who is in the record, staffed or not, with class and ticket, by ascending ticket."""
    draw.chosen, draw.reserve, draw.tickets = select_targets(draw)
    draw.teams = Teams(draw, draw.chosen)
    draw.right = right = build_record(draw)
    needs_record(draw)
    chosen = {row["id"] for row in right["selected"]} | set(right["unstaffed"])
    found = {row["id"] for row in draw.record["selected"]} | set(draw.record["unstaffed"])
    expect(chosen == found, "chosen targets: %s are missing in record.json, %s are too many"
           % (show(sorted(chosen - found)[:5]), show(sorted(found - chosen)[:5])))
    for row in draw.record["selected"]:
        same("class of target " + row["id"], draw.targets[row["id"]].stratum, row["class"])
        same("ticket of target " + row["id"], draw.tickets[row["id"]], row["ticket"])
    for name, idents in (("selected", [row["id"] for row in draw.record["selected"]]),
                         ("unstaffed", draw.record["unstaffed"])):
        tickets = [draw.tickets[ident] for ident in idents]
        expect(all(a < b for a, b in zip(tickets, tickets[1:])), "%s is not in ticket order" % name)
    same_list("reserve", part(right, "reserve", "class", "id", "ticket"),
              part(draw.record, "reserve", "class", "id", "ticket"))


def check_inspectors(draw):
    needs_record(draw)
    same_list("inspectors", part(draw.right, "inspectors", "id", "ticket"),
              part(draw.record, "inspectors", "id", "ticket"))


def check_teams(draw):
    needs_record(draw)
    same("unstaffed", draw.right["unstaffed"], record_field(draw, "unstaffed"))
    same("load", draw.right["load"], record_field(draw, "load"))
    same_list("teams", part(draw.right, "selected", "id", "team"), part(draw.record, "selected", "id", "team"))
    same_list("loads", part(draw.right, "inspectors", "id", "load"), part(draw.record, "inspectors", "id", "load"))


def check_visits(draw):
    needs_record(draw)
    same_list("visits", part(draw.right, "selected", "id", "visit"), part(draw.record, "selected", "id", "visit"))


def check_matters(draw):
    needs_record(draw)
    same("matters", draw.right["matters"], record_field(draw, "matters"))


def read_record(root, folder, draw):
    """record.json as it is; None for its content where it has not the form of 8 (`record` will say so)."""
    draw.record_bytes = read_file(root, folder + "/record.json" if folder else "record.json",
                                  min(FILE_MAX, record_limit(draw)))
    try:
        draw.record = parse_json(draw.record_bytes, "record.json")
        check_record_form(draw.record, len(draw.commit["rules"]["team"]))
    except No:
        draw.record = None


def check_amendments(root, folder, draw, count):
    """Each follows from 9; where there is a log its hash stands there, and the archive entries counted it."""
    draw.places = Places(draw)
    digests = []
    for number in range(1, count + 1):
        name = amendment_name(number)
        data = read_file(root, folder + "/" + name if folder else name, 4096)
        if draw.outcome:
            same("sha256 of " + name, draw.amends[number - 1][1]["sha256"], H(data))
        draw.places.amend(parse_json(data, name), number)
        digests.append(H(data))
    if draw.outcome:
        check_standing(draw)
        check_amended(draw, digests)
    return "%d" % count if count else None


def standing(amend):
    """The index at which an amendment stands in the log; amend: its (index, entry)."""
    return amend[1].get("archive", amend[0])


def check_standing(draw):
    """None names what is no archive entry between draw and reveal, or stands before the one before it, or after the cycle's next
    commit."""
    before = 0
    for number, amend in enumerate(draw.amends, 1):
        at = standing(amend)
        expect("archive" not in amend[1] or at in [index for index, _ in draw.archives],
               "amendment %d: no archive entry between draw and reveal has the index %d" % (number, at))
        expect(at >= before, "amendment %d stands before the one before it" % number)
        expect(draw.next_commit is None or at < draw.next_commit, "amendment %d stands after the cycle's next "
               "commitment" % number)
        before = at


def check_amended(draw, digests):
    """What each archive entry between draw and reveal counted of the amendments made so far."""
    for index, amended in draw.archives:
        so_far = [digest for digest, (_, entry) in zip(digests, draw.amends)
                  if "archive" in entry and entry["archive"] <= index]
        same("amended in the archive entry %d" % index,
             H("%samended/%d/%s" % (draw.secret, index, "/".join(so_far))), amended)


# ---------------------------------------------------------------------------------------------------------------
# Running checks and reporting

class Section:
    """The checks of the log, or of one draw, in their order."""

    def __init__(self, report, number, state=None):
        self.report, self.number, self.state, self.grade, self.checks = report, number, state, None, []
        self.words, self.results = "", {}

    def failed(self):
        return any(check["result"] == "failed" for check in self.checks)

    def run(self, name, needs, function, *arguments):
        """One check. What it needs must have held; whatever goes wrong inside is a NO of this check."""
        result, detail, goes_on = "ok", None, False
        for need in needs:
            if self.results.get(need) not in (None, "ok"):
                result = "sealed" if self.results[need] == "sealed" else "not run"
                detail = None if result == "sealed" else "%s: %s" % (need, self.results[need])
        if result == "ok":
            try:
                detail = function(*arguments)
            except No as error:
                result, detail = "failed", str(error)
                self.report.failed(error.draw if error.draw is not None else self.number, name, detail)
            except NotRun as error:
                result, detail, goes_on = "not run", str(error), error.goes_on
            except Sealed as error:
                result, detail = "sealed", str(error) or None
            except Outside:
                raise
            except Exception as error:                      # whatever was not foreseen is a NO, by name
                result, detail = "failed", "unforeseen %s: %s" % (type(error).__name__, str(error)[:200])
                self.report.failed(self.number, name, detail)
        self.results[name] = "ok" if goes_on else result
        self.checks.append({"name": name, "result": result, **({"detail": detail} if detail else {})})


PLAIN_WORDS = {  # what a class means, by its first letter (4)
    "B": "once the lists were fixed, nobody could choose the result",
    "C": "nothing here binds the operator, who can try until one pleases",
    "p": "there is no outcome yet",
    "n": "a void without a value has none",
    "u": "neither A nor C can be told from here",
}


class Report:
    def __init__(self):
        self.first, self.sections, self.notes = None, [], []

    def section(self, number, state=None):
        self.sections.append(Section(self, number, state))
        return self.sections[-1]

    def failed(self, draw, check, detail):
        if self.first is None:
            self.first = {"draw": draw, "check": check, "detail": detail}

    def note(self, text):
        self.notes.append(text)

    def print(self, as_json, decided=True):
        """decided: whether it is a yes or a no; what is not yet open is neither."""
        if as_json:
            draws = [{"draw": s.number, "state": s.state, "class": s.grade, "checks": s.checks}
                     for s in self.sections if s.number is not None]
            log = [check for s in self.sections if s.number is None for check in s.checks]
            whole_report = {"ok": self.first is None if decided else None, "first_failed": self.first, "log": log,
                            "draws": draws, "notes": self.notes}
            print(json.dumps(whole_report, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
            return
        for section in self.sections:
            words = ": class %s, %s" % (section.grade, section.words) if section.grade else ""
            print("log" if section.number is None else "draw %d (%s)%s" % (section.number, section.state, words))
            for check in section.checks:
                print("  %-12s %-8s %s" % (check["name"], check["result"], check.get("detail", "")))
        for note in self.notes:
            print("note: " + note)
        if self.first is None:
            print("YES")
        else:
            where = "" if self.first["draw"] is None else "draw %d: " % self.first["draw"]
            print("NO: %s%s: %s" % (where, self.first["check"], self.first["detail"]))


DRAWN_CHECKS = (("seed", ("files", "chain", "beacon"), check_seed), ("selection", ("seed", "strata"), check_selection),
                ("inspectors", ("selection",), check_inspectors), ("teams", ("selection",), check_teams),
                ("visits", ("selection",), check_visits), ("matters", ("selection",), check_matters))


# ---------------------------------------------------------------------------------------------------------------
# replay: one draw's folder, without a log

NO_RECORD = "no record.json: a void has none, and only the log says whether this is one"


def replay(root, report):
    """Gives why there is nothing to replay, or None."""
    section = report.section(None, "replayed")
    draw = None

    def check_files():
        nonlocal draw
        data = read_file(root, "commit.json", SMALL)
        draw = Draw(parse_entry(data, "commit.json"), data)
        same("commit.json: type", "commit", draw.commit["type"])
        section.number = draw.n
        present = set(list_folder(root, ""))
        opened = present & {*OPENED, "record.json"}
        count = 0
        while amendment_name(count + 1) in present:
            count += 1
        draw.amends = [None] * count
        note_foreign(report, check_folder(root, "", {*COMMITTED, "outcome.checkpoint", *OPENED, "record.json",
                                                     *map(amendment_name, range(1, count + 1))}))
        if not opened and not count:
            raise Sealed("sealed until %s" % draw.commit["reveal_time"])
        read_rosters(root, "", draw)
        if "record.json" in present:
            read_record(root, "", draw)
            draw.secret, draw.beacon = record_field(draw, "secret"), record_field(draw, "beacon")

    def not_at_hand():
        raise NotRun("a single folder has no log", goes_on=True)

    def expect_record():
        if draw.record_bytes is None:
            raise NotRun(NO_RECORD)
        if draw.record is None:
            raise NotRun("record.json has not its form")

    def check_history():
        check_excused(draw)
        not_at_hand()

    def check_chain():
        expect_record()
        like(draw.secret, "record.json: secret", HEX64)
        not_at_hand()

    def check_beacon():
        check_beacon_promise(draw)
        expect_record()
        check_beacon_value(draw)
        if draw.commit["beacon"]["source"] in ("drand", "witness"):
            return "the value's form only: its signature stands in the log"
        return None

    section.run("checkpoints", (), not_at_hand)
    section.run("files", (), check_files)
    section.run("drum", ("files",), lambda: check_drum(draw))
    section.run("strata", ("files",), lambda: check_strata(draw))
    section.run("history", ("files",), check_history)
    section.run("chain", ("files",), check_chain)
    section.run("beacon", ("files",), check_beacon)
    for name, needs, function in DRAWN_CHECKS:
        section.run(name, needs, function, draw)
    section.run("record", ("files",) if draw and draw.record_bytes else ("files", "chain"),
                lambda: check_record(draw, "draw"))
    section.run("amendments", ("selection",), lambda: check_amendments(root, "", draw, len(draw.amends)))
    if report.first is not None:
        return None
    if section.results["files"] == "sealed":
        return "sealed until %s" % draw.commit["reveal_time"]
    return NO_RECORD if draw.record_bytes is None else None


# ---------------------------------------------------------------------------------------------------------------
# verify: a whole published directory

DAY = 86400


class Log:
    """What the directory's log says; filled by the log's checks, one after the other."""

    def __init__(self, root):
        self.root, self.key, self.checkpoint, self.entries, self.data, self.levels = root, None, None, [], [], None
        self.draws, self.policies, self.cosigned = [], [], 0   # policies: [(index, witnesses)]
        self.archives, self.archive_in_time = {}, {}           # index -> witnesses in force; index -> (cosigned, of)
        self.together = []                                     # (reveal, last amend that came with it), as indexes
        self.newest, self.foreign = 0, 0

    def witnesses_at(self, size):
        """The witnesses in force once the log has `size` entries."""
        found = []
        for index, witnesses in self.policies:
            if index < size:
                found = witnesses
        return found


def check_signature(log, given):
    """The checkpoint is signed by the key; entry 0 is the genesis and names the same key and origin."""
    text = read_file(log.root, "vkey", 8192)
    try:
        line = text.decode()
    except UnicodeDecodeError:
        raise No("vkey is not UTF-8")
    expect(line.endswith("\n") and "\n" not in line[:-1], "vkey is not one line")
    log.key = Key(line[:-1], LOG_KEY, "vkey")
    if given is not None:
        same("vkey", given.text, log.key.text)
    log.checkpoint = Checkpoint(read_file(log.root, "checkpoint", NOTE_MAX), "checkpoint")
    log.checkpoint.check_log(log.key)
    expect(log.checkpoint.size > 0, "checkpoint: the log is empty")
    try:
        first = json.loads(read_bundle(log.root, 0, min(256, log.checkpoint.size))[0])
        kind, key, origin = first.get("type"), first.get("key"), first.get("origin")
    except (No, ValueError, AttributeError, RecursionError):
        return "entry 0 cannot be read, see tree"
    same("type of entry 0", "genesis", kind)
    if is_verifier_key(key):                                # whatever has not its form is for `tree` to tell
        same("key in genesis", log.key.text, key)
    if isinstance(origin, str) and is_key_name(origin):
        same("origin in genesis", log.checkpoint.origin, origin)
    return log.key.text


def is_verifier_key(text):
    try:
        Key(text, LOG_KEY, "a key")
        return True
    except No:
        return False


def check_tree(log):
    """Tiles and entries give the checkpoint's size and root; every entry has its form."""
    size = log.checkpoint.size
    log.data = read_entries(log.root, size)
    leaves = [leaf_hash(data) for data in log.data]
    log.levels = complete_levels(leaves)
    same("root of the tree", log.checkpoint.root.hex(), prefix_root(log.levels, size).hex())
    log.foreign += check_tiles(log.root, log.data, log.levels)
    log.entries = [parse_entry(data, "entry %d" % index, log.key) for index, data in enumerate(log.data)]
    return "%d entries" % size


def check_append_only(log, since):
    if since is None:
        raise NotRun("no earlier checkpoint given")
    check_prefix(log, since)
    return "size %d" % since.size


def check_prefix(log, note):
    """A checkpoint of this log that is a prefix of this tree.
    Reading: one that parts a reveal from the amendments under the same checkpoint (4, `amend`) is refused here."""
    note.check_log(log.key)
    same(note.what + ": origin", log.checkpoint.origin, note.origin)
    expect(note.size <= log.checkpoint.size, "%s has size %d, the log only %d"
           % (note.what, note.size, log.checkpoint.size))
    same(note.what + ": root", prefix_root(log.levels, note.size).hex(), note.root.hex())
    for reveal, last in log.together:
        expect(not reveal < note.size <= last, "%s parts the reveal at %d from its amendments" % (note.what, reveal))


class CycleState:
    """Where a cycle's chain of secrets stands, while the log is read."""

    def __init__(self):
        self.chain, self.draws, self.unrevealed, self.open = None, [], 0, None
        self.used = 0                                      # links of the newest chain


class Sequence:
    """Numbers, chains, anchors, links, open commitments, hashes, the order of reveals (10, `sequence`).
    Readings: that a void's reveal names no record belongs here, and to whom `open` and `archive` refer, and that a
    commitment has the log's origin; that a reveal follows an outcome belongs to `order`."""

    def __init__(self, log):
        self.log, self.cycles, self.anchors, self.secrets = log, {}, set(), set()
        self.witnesses, self.sealed_draws = [], {}         # in force; n -> draw that is drawn and not revealed

    def read(self):
        for index, entry in enumerate(self.log.entries):
            kind, where = entry["type"], "entry %d: " % index
            expect((kind == "genesis") == (index == 0), where + "genesis is entry 0, once")
            if kind in ("genesis", "policy"):
                self.witnesses = witness_keys(entry["witnesses"], where + kind, self.log.key)
                self.log.policies.append((index, self.witnesses))
            elif kind == "cycle":
                self.read_cycle(entry, where)
            elif kind == "archive":
                self.read_archive(index, entry, where)
            elif kind == "commit":
                self.read_commit(index, entry, where)
            else:
                expect(entry["n"] <= len(self.log.draws), where + "no commitment has the number %d" % entry["n"])
                draw = self.log.draws[entry["n"] - 1]
                try:
                    self.read_event(self.cycles[draw.commit["cycle"]], draw, index, entry, where)
                except No as error:
                    raise No(str(error), draw.n)
        for anchor in self.anchors & self.secrets:
            raise No("the anchor %s is a revealed secret" % anchor)

    def read_cycle(self, entry, where):
        cycle = self.cycles.setdefault(entry["cycle"], CycleState())
        same(where + "chain", cycle.chain["chain"] + 1 if cycle.chain else 1, entry["chain"])
        # Reading: a used link whose commitment has neither draw nor void yet is not revealed either.
        expect(cycle.unrevealed == 0, where + "a new chain of %s while a used link is not revealed" % entry["cycle"])
        expect(entry["anchor"] not in self.anchors, where + "this anchor stands twice")
        self.anchors.add(entry["anchor"])
        cycle.chain, cycle.used = entry, 0

    def read_archive(self, index, entry, where):
        same(where + "open", sorted(self.sealed_draws), [row["n"] for row in entry["open"]])
        self.log.archives[index] = self.witnesses
        for row in entry["open"]:
            self.sealed_draws[row["n"]].archives.append((index, row["amended"]))

    def read_commit(self, index, entry, where):
        n = len(self.log.draws) + 1
        same(where + "n", n, entry["n"])
        cycle = self.cycles.get(entry["cycle"])
        draw = Draw(entry, self.log.data[index], self.witnesses, index)
        self.log.draws.append(draw)
        try:
            same(where + "origin", self.log.checkpoint.origin, entry["origin"])
            expect(cycle is not None, where + "no cycle %s" % entry["cycle"])
            expect(cycle.open is None, where + "the cycle's commitment %s is still open" % cycle.open)
            same(where + "chain", cycle.chain["chain"], entry["chain"])
            same(where + "link", cycle.used + 1, entry["link"])
            length = cycle.chain["length"]
            expect(entry["link"] <= length, where + "the chain has only %d links" % length)
            same(where + "source", cycle.chain["source"], entry["beacon"]["source"])
        except No as error:
            raise No(str(error), n)
        self.place_in_cycle(draw, cycle, index)

    def place_in_cycle(self, draw, cycle, index):
        """What the log says of the draws before this one."""
        if cycle.draws:
            draw.previous = cycle.draws[-1]
            draw.previous.next_commit = index
            if draw.previous.is_void():
                draw.voids_before = draw.previous.voids_before + [draw.previous]
        draw.anchor, draw.embargo = cycle.chain["anchor"], cycle.chain["embargo_days"]
        draw.looks_at, draw.open_elsewhere = looked_at(draw, self.log.draws[:-1])
        before = [other for other in cycle.draws if not other.is_void()] + draw.looks_at
        draw.due = max([seconds(draw.commit["draw_time"]) + draw.embargo * DAY]
                       + [seconds(other.commit["reveal_time"]) for other in before])
        cycle.open = draw.n
        cycle.used += 1
        cycle.unrevealed += 1
        cycle.draws.append(draw)

    def read_event(self, cycle, draw, index, entry, where):
        kind = entry["type"]
        if kind in ("draw", "void"):
            expect(draw.outcome is None, where + "commitment %d has two outcomes" % draw.n)
            same(where + "commit", draw.commit_hash, entry["commit"])
            draw.outcome, draw.outcome_index, cycle.open = entry, index, None
            if kind == "draw" and draw.reveal is None:
                self.sealed_draws[draw.n] = draw
        elif kind == "reveal":
            expect(draw.reveal is None, where + "commitment %d is revealed twice" % draw.n)
            for earlier in cycle.draws[len(cycle.draws) - cycle.unrevealed:]:
                expect(earlier is draw or earlier.n > draw.n, where + "the cycle's earlier commitment %d is not "
                       "revealed" % earlier.n)
            for other in draw.looks_at:
                expect(other.reveal is not None, where + "draw %d, which it looks at, is not revealed" % other.n)
            expect(entry["record"] == "" or not draw.is_void(), where + "the reveal of a void names a record")
            draw.reveal, draw.reveal_index = entry, index
            cycle.unrevealed -= 1
            self.secrets.add(entry["secret"])
            self.sealed_draws.pop(draw.n, None)
        else:
            self.read_amend(draw, index, entry, where)

    def read_amend(self, draw, index, entry, where):
        expect(draw.outcome is not None and not draw.is_void(), where + "an amendment without a draw")
        expect(draw.reveal is not None, where + "an amendment before the reveal")
        same(where + "amendment", len(draw.amends) + 1, entry["amendment"])
        if "archive" in entry:
            expect(draw.reveal_index + len(draw.amends) + 1 == index,
                   where + "an amendment made before the reveal does not follow it directly")
            self.log.together = [pair for pair in self.log.together if pair[0] != draw.reveal_index]
            self.log.together.append((draw.reveal_index, index))
        draw.amends.append((index, entry))


def looked_at(draw, earlier):
    """Of the commitments before: the draws that it looks at (5), and those of other cycles that have no outcome yet."""
    quiet, date, found, still_open = draw.commit["rules"]["quiet_days"], day_number(draw.commit["date"]), [], []
    if not quiet:
        return found, still_open
    for other in earlier:
        if other.commit["cycle"] == draw.commit["cycle"] or other.is_void():
            continue
        if other.outcome is None:
            still_open.append(other)
        elif date - day_number(other.commit["date"]) < quiet:
            found.append(other)
    return found, still_open


def check_sequence(log, at):
    Sequence(log).read()
    check_overdue(log, at)
    return "%d commitments, %d cycles" % (len(log.draws), len({draw.commit["cycle"] for draw in log.draws}))


def reached(note, witnesses):
    """The time that more than half of these witnesses reach by true cosignatures on a checkpoint; 0 where they do not.
    Of several by one witness the earliest counts."""
    times = sorted((min((when for when in note.times_of(witness) if when is not None), default=0)
                    for witness in witnesses), reverse=True)
    return times[len(times) // 2] if times else 0


def check_overdue(log, at):
    """As of a time given, else of the newest time in the log or, if later, that of the main checkpoint's witnesses."""
    groups = [log.policies[-1][1]] + [draw.witnesses for draw in log.draws if draw.reveal is None]
    log.newest = max([seconds(entry["time"]) for entry in log.entries]
                     + [reached(log.checkpoint, witnesses) for witnesses in groups])
    now = log.newest if at is None else at
    for draw in log.draws:
        for done, due, what in ((draw.outcome, draw.commit["draw_time"], "draw or void"),
                                (draw.reveal, draw.commit["reveal_time"], "reveal")):
            if done is None and now - seconds(due) > DAY:
                raise No("the %s of %d was due at %s, more than a day before %s"
                         % (what, draw.n, due, time_text(now)), draw.n)


def check_order(log):
    """The times (10, `order`)."""
    before = None
    for index, entry in enumerate(log.entries):
        expect(before is None or seconds(entry["time"]) >= before, "entry %d: times run back" % index)
        before = seconds(entry["time"])
    for draw in log.draws:
        try:
            order_of(draw)
        except No as error:
            raise No("draw %d: %s" % (draw.n, error), draw.n)


def order_of(draw):
    commit, outcome, reveal = draw.commit, draw.outcome, draw.reveal
    draw_time = seconds(commit["draw_time"])
    expect(seconds(commit["time"]) <= draw_time, "the commitment's time is after draw_time")
    same("reveal_time", time_text(draw.due), commit["reveal_time"])
    expect(abs(day_number(commit["date"]) - EPOCH - draw_time // DAY) <= 1, "date is not within a day of draw_time's")
    if outcome and outcome["type"] == "draw":
        expect(draw_time <= seconds(outcome["time"]), "drawn at %s, before draw_time" % outcome["time"])
    if reveal:
        expect(outcome is not None and draw.outcome_index < draw.reveal_index, "revealed before draw or void")
        due = "draw_time" if draw.is_void() else "reveal_time"
        expect(seconds(commit[due]) <= seconds(reveal["time"]), "revealed at %s, before %s" % (reveal["time"], due))


def read_note(log, draw, name):
    what = "%s/%s.checkpoint" % (folder_of(draw.n), name)
    return Checkpoint(read_file(log.root, what, NOTE_MAX), what)


def read_archive_names(log):
    """({index: name}, how many others) of what stands in archive/."""
    names = list_folder(log.root, "archive") if is_folder(log.root, "archive") else []
    found = {}
    for name in names:
        stem, dot, suffix = name.partition(".")
        if NUMBER.fullmatch(stem) and dot + suffix == ".checkpoint":
            found[int(stem)] = "archive/" + name
    return found, len(names) - len(found)


def check_log_checkpoints(log):
    """No cosignature by a witness in force on the main checkpoint is false; the checkpoints of archive entries."""
    witnesses = log.policies[-1][1]
    found = log.checkpoint.cosignatures(witnesses)
    if found:
        log.cosigned = log.checkpoint.size
    names, _ = read_archive_names(log)
    for index, in_force in log.archives.items():
        if index in names:
            check_archive_checkpoint(log, index, names[index], in_force)
    return "%d of %d witnesses cosigned it%s" % (len(found), len(witnesses),
                                                 log.checkpoint.ignored(witnesses + [log.key]))


def check_archive_checkpoint(log, index, name, witnesses):
    note = Checkpoint(read_file(log.root, name, NOTE_MAX), name)
    found = check_holds(log, note, index, witnesses)
    made = seconds(log.entries[index]["time"])
    log.archive_in_time[index] = (count_in_time(found, lambda when: abs(when - made) <= DAY), len(witnesses))


def check_holds(log, note, index, witnesses):
    """A checkpoint of this log that holds an entry; gives its cosignatures by the witnesses in force there."""
    check_prefix(log, note)
    expect(note.size > index, "%s has size %d and does not hold entry %d" % (note.what, note.size, index))
    found = note.cosignatures(witnesses)
    if found:
        log.cosigned = max(log.cosigned, note.size)
    return found


def check_checkpoints(log, draw):
    """commit.checkpoint and outcome.checkpoint: signed, prefixes, hold what they must; no false cosignature."""
    details = []
    for name, index in (("commit", draw.index), ("outcome", draw.outcome_index)):
        if index is None:
            continue
        note = read_note(log, draw, name)
        found = check_holds(log, note, index, draw.witnesses)
        if name == "commit":
            draw.commit_note = found
        else:
            draw.outcome_note = found
        details.append("%s: %d of %d witnesses in time%s" % (name, len(in_time(draw, name)), len(draw.witnesses),
                                                             note.ignored(draw.witnesses + [log.key])))
    return "; ".join(details)


def in_time(draw, name):
    """The keys of the witnesses who cosigned commit.checkpoint or outcome.checkpoint in time (4)."""
    draw_time = seconds(draw.commit["draw_time"])
    latest, note = (draw_time - 600, draw.commit_note) if name == "commit" else (draw_time + DAY, draw.outcome_note)
    return {text for text, times in (note or {}).items() if min(times) <= latest}


def count_in_time(note, good):
    """How many witnesses' time is good: of several by one witness the earliest (4)."""
    return sum(good(min(times)) for times in (note or {}).values())


def majority(count, draw):
    return 2 * count > len(draw.witnesses)


def cosigned_early(draw):
    """How many witnesses cosigned outcome.checkpoint before draw_time: a void that knew nothing of the value."""
    return count_in_time(draw.outcome_note, lambda when: when < seconds(draw.commit["draw_time"]))


def value_of(draw):
    """The entry that holds the beacon value: the outcome, or the reveal of a void; None where there is none."""
    return next((entry for entry in (draw.outcome, draw.reveal) if entry and "beacon" in entry), None)


def class_of(draw, independent):
    """(class, plain words): the class (4) in the protocol's words. Without BLS it is never A: a drand draw stays
    undetermined here."""
    source = draw.commit["beacon"]["source"]
    grade, words = "C", ""
    if draw.outcome is None:
        grade = "pending" if draw.witnesses and source != "none" else "pending, C at best"
    elif draw.is_void() and value_of(draw) is None:
        grade = "none"
    elif source != "none":
        both = in_time(draw, "commit") & in_time(draw, "outcome")
        if majority(len(in_time(draw, "commit")), draw) and majority(len(in_time(draw, "outcome")), draw):
            if source == "drand":
                grade = "undetermined (drand's signature: not run)"
            elif 2 * len(both & independent) > len(independent):
                grade = "B"
            else:
                grade = "B, if these are independent: " + ", ".join(
                    key.name for key in draw.witnesses if key.text in both)
            words = "; but a witness who colludes can choose among many signatures" if source == "witness" else ""
    return grade, PLAIN_WORDS[grade[0]] + words


def check_files(log, draw):
    """commit.json is the entry; the folder holds what is due and nothing before its time; the rosters' forms."""
    folder = folder_of(draw.n)
    allowed = set(COMMITTED)
    if draw.outcome:
        allowed.add("outcome.checkpoint")
    if draw.reveal:
        allowed |= set(OPENED)
        if not draw.is_void():
            allowed |= {"record.json"} | {amendment_name(number) for number in range(1, len(draw.amends) + 1)}
    data = read_file(log.root, folder + "/commit.json", SMALL)
    expect(data == draw.data, "%s/commit.json is not the log's entry %d" % (folder, draw.index))
    log.foreign += check_folder(log.root, folder, allowed)
    for name in sorted(allowed):
        expect(status_of(log.root, folder + "/" + name) is not None, "%s/%s is missing" % (folder, name))
    if draw.reveal is None:
        raise Sealed("commit.json is the log's; the rest until %s" % draw.commit["reveal_time"])
    read_rosters(log.root, folder, draw)
    if not draw.is_void():
        read_record(log.root, folder, draw)
    return "%d targets, %d inspectors" % (len(draw.targets), len(draw.inspectors))


def check_folders(log):
    """draws/ holds a folder for each commitment and no other; archive/ checkpoints of archive entries alone.
    Other names are counted and passed over, wherever they stand."""
    known = {"checkpoint", "vkey", "tile", "draws", "archive"}
    log.foreign += sum(name not in known for name in list_folder(log.root, ""))
    names, foreign = read_archive_names(log)
    log.foreign += foreign
    for index, name in names.items():
        expect(index in log.archives, "%s belongs to no archive entry" % name)
    draws = {"%04d" % draw.n for draw in log.draws}
    for name in list_folder(log.root, "draws") if is_folder(log.root, "draws") else ():
        if name not in draws:
            expect(not NUMBER.fullmatch(name), "draws/%s belongs to no commitment" % name)
            log.foreign += 1


# history: what follows from earlier draws

class Held:
    """Which targets the places of a draw hold, as amended up to any entry of the log."""

    def __init__(self, draw):
        self.first, self.changes = draw.teams.admitted, []
        for (out, new), amend in zip(draw.places.target_changes, draw.amends):
            if out:
                self.changes.append((standing(amend), out, new))

    def before(self, index):
        """The targets that are held by what stands before the entry of this index."""
        held = set(self.first)
        for at, out, new in self.changes:
            if at < index:
                held.discard(out)
                held.add(new)
        held.discard("")
        return held


class Past:
    """What a cycle's revealed draws leave behind for the next commitment."""

    def __init__(self):
        self.previous = None          # (n, targets, inspectors, declared conflicts) of the last commitment
        self.last_drawn = {}          # target -> (date, n) of the latest draw that holds it in a place
        self.owed = {}                # target that is owed a visit -> n of the draw that left it
        self.pairs = []               # for each draw (n, the set of (inspector, target)), as amended
        self.taken_out = set()        # targets that amendments took out in the last draw
        self.excused = set()          # who was excused in the last commitment
        self.broken = None            # why nothing can be said

    def add(self, draw):
        """After a revealed draw, or void, has been checked."""
        self.previous = (draw.n, draw.targets, draw.inspectors, declared(draw))
        self.excused = excused_in(draw)
        if draw.is_void():
            return
        held = draw.places.held()
        for target in draw.teams.unstaffed + draw.places.removed_targets:
            self.owed[target] = draw.n
        for target, _ in held:
            self.last_drawn[target] = (draw.commit["date"], draw.n)
            self.owed.pop(target, None)
        self.pairs.append((draw.n, {(p, target) for target, team in held for p in team}))
        self.taken_out = set(draw.places.removed_targets)
        draw.held = Held(draw)


def declared(draw):
    return {row for row in draw.conflicts if row[3] == "declared"}


def excused_in(draw):
    return {row.id for rows in (draw.targets, draw.inspectors) for row in rows.values() if row.drum == "excused"}


def check_history(draw, past):
    """last_drawn, elsewhere, carried, since, rotation rows, changes, excused (10, `history`).
    Reading: the pairs of a draw are those of its final places and teams, as amended; whoever was taken out, or sat at
    a place that is empty now, makes no pair."""
    check_excused(draw)
    for other in draw.looks_at:
        if other.held is None:
            raise NotRun("draw %d, which it looks at, failed" % other.n)
    if past.broken:
        raise NotRun(past.broken)
    check_earlier_visits(draw, past)
    check_rotation(draw, past)
    check_changes(draw, past)


def check_earlier_visits(draw, past):
    """last_drawn, elsewhere and carried; the draws that they come from go to draw.basis (4, `stands on`)."""
    date, rules = day_number(draw.commit["date"]), draw.commit["rules"]
    elsewhere = {}                                           # target -> (date, numbers of the draws)
    for other in draw.looks_at:
        when = other.commit["date"]
        for target in other.held.before(draw.index):
            latest, numbers = elsewhere.get(target, ("", set()))
            if when >= latest:
                elsewhere[target] = (when, {other.n} | (numbers if when == latest else set()))
    for target in draw.targets.values():
        last, by = past.last_drawn.get(target.id, ("", 0))
        same("last_drawn of target " + target.id, last, target.last_drawn)
        latest, numbers = elsewhere.get(target.id, ("", set()))
        same("elsewhere of target " + target.id, latest, target.elsewhere)
        if last and date - day_number(last) < max(rules["rest_days"], rules["cover_days"]):
            draw.basis.add(by)
        draw.basis |= numbers
        if target.drum != "excused" and not target.elsewhere:
            owed = past.owed.get(target.id)
            expect((target.drum == "carried") == (owed is not None), "drum of target %s: %s, but the cycle's earlier "
                   "draws say %s" % (target.id, target.drum, "carried" if owed else "not carried"))
            draw.basis |= {owed} if owed else set()


def check_rotation(draw, past):
    """The pairs of the cycle's last `rotate` draws."""
    rotate = draw.commit["rules"]["rotate"]
    right = set()
    for n, pairs in past.pairs[-rotate:] if rotate else ():
        rows = {pair for pair in pairs if pair[0] in draw.inspectors and pair[1] in draw.targets}
        draw.basis |= {n} if rows else set()
        right |= rows
    found = {(row[0], row[2]) for row in draw.conflicts if row[3] == "rotation"}
    expect(right == found, "rotation rows: %s are missing, %s are too many"
           % (show(sorted(right - found)[:5]), show(sorted(found - right)[:5])))


def check_changes(draw, past):
    """since and changes, against the cycle's previous commitment."""
    _, old_targets, old_inspectors, old_declared = past.previous or (0, {}, {}, set())
    for target in draw.targets.values():
        if target.id in old_targets:
            same("since of target " + target.id, old_targets[target.id].since, target.since)
    new_declared = declared(draw)
    changes = draw.commit["changes"]
    for name, old, new in (("targets", old_targets, draw.targets), ("inspectors", old_inspectors, draw.inspectors)):
        same("changes." + name, {
            "added": sum(ident not in old for ident in new), "removed": sum(ident not in new for ident in old),
            "changed": sum(ident in old and old[ident].public() != new[ident].public() for ident in new)},
            changes[name])
    same("changes.conflicts", {"added": len(new_declared - old_declared), "removed": len(old_declared - new_declared)},
         changes["conflicts"])


def check_chain(draw):
    same("anchor after %d times H" % draw.commit["link"], draw.anchor, anchor_of(draw.secret, draw.commit["link"]))


def check_beacon(draw):
    """Promise, value and signature; for a void, whether it must have them (4, `void`). Reading: a void under none has
    no value, and under public none comes with the reveal."""
    check_beacon_promise(draw)
    if draw.outcome is None:
        return "no value yet"
    if draw.is_void():
        return check_void_beacon(draw)
    expect(not draw.reveal or "beacon" not in draw.reveal, "the reveal of a draw has a beacon value")
    return check_value(draw, draw.outcome)


def check_value(draw, entry):
    draw.beacon = entry["beacon"]
    check_beacon_value(draw)
    return check_beacon_signature(draw, entry)


def check_void_beacon(draw):
    source, entry = draw.commit["beacon"]["source"], value_of(draw)
    if draw.reveal and "beacon" in draw.reveal:
        expect(source in ("drand", "witness"), "the reveal of a void under source %s has a beacon value" % source)
        expect("beacon" not in draw.outcome, "both the void and its reveal have a beacon value")
    expect(entry is None or source != "none", "a void under source none has a beacon value")
    if entry is not None:
        return check_value(draw, entry)
    early = cosigned_early(draw)
    if majority(early, draw):
        return "void before draw_time: %d of %d witnesses" % (early, len(draw.witnesses))
    if source == "witness" and draw.outcome["reason"].startswith("beacon"):
        return "the reason of the void (beacon) is unproven"
    if source in ("drand", "witness"):
        expect(draw.reveal is None, "neither the void nor its reveal has a beacon value, and only %d of %d witnesses "
               "cosigned it before draw_time" % (early, len(draw.witnesses)))
        return "no value yet: the reveal must have it"
    return None


def verify_draw(log, draw, section, past):
    """All checks of one draw, in the protocol's order."""
    folder = folder_of(draw.n)
    draw.secret = draw.reveal["secret"] if draw.reveal else None
    section.run("checkpoints", (), check_checkpoints, log, draw)
    section.run("files", (), check_files, log, draw)
    section.run("drum", ("files",), check_drum, draw)
    section.run("strata", ("files",), check_strata, draw)

    def history():                                          # reading: what the log alone says holds before the reveal
        same("changes.previous", draw.previous.n if draw.previous else 0, draw.commit["changes"]["previous"])
        if draw.reveal is None:
            raise Sealed
        check_history(draw, past)
    section.run("history", ("files",) if draw.reveal else (), history)
    if draw.reveal:
        section.run("chain", (), check_chain, draw)
    else:
        section.run("chain", ("files",), check_chain, draw)
    section.run("beacon", ("checkpoints",), check_beacon, draw)
    if draw.is_void():
        def void():
            raise NotRun("void")
        for name, _, _ in DRAWN_CHECKS:
            section.run(name, (), void)
        section.run("record", (), void)
        section.run("amendments", (), void)
    else:
        for name, needs, function in DRAWN_CHECKS:
            section.run(name, needs, function, draw)
        section.run("record", ("files",), check_record, draw, "log")

        def amendments():
            if draw.reveal is None:
                raise Sealed
            if draw.teams is None or section.results["selection"] != "ok":
                raise NotRun("nothing was recomputed")
            return check_amendments(log.root, folder, draw, len(draw.amends))
        section.run("amendments", (), amendments)
    if draw.reveal and not section.failed() and (draw.is_void() or draw.places):
        past.add(draw)
    elif draw.reveal and past.broken is None:
        past.broken = "draw %d of this cycle failed" % draw.n


def verify(root, report, given_key, independent, since, at):
    log = Log(root)
    section = report.section(None)
    section.run("signature", (), check_signature, log, given_key)
    section.run("tree", ("signature",), check_tree, log)
    section.run("append-only", ("tree",), check_append_only, log, since)
    section.run("sequence", ("tree",), check_sequence, log, at)
    section.run("order", ("sequence",), check_order, log)
    section.run("checkpoints", ("sequence",), check_log_checkpoints, log)
    section.run("files", ("sequence",), check_folders, log)
    if section.results["sequence"] != "ok":
        return
    notes = Notes(log, report, independent)
    pasts = {}
    for draw in log.draws:
        part_of = report.section(draw.n, draw.state())
        past = pasts.setdefault(draw.commit["cycle"], Past())
        before = (past.excused, past.taken_out)
        verify_draw(log, draw, part_of, past)
        if not part_of.failed() and not section.failed():
            draw.grade, part_of.words = class_of(draw, independent)
            part_of.grade = draw.grade
        notes.of_draw(draw, *before)
        release(draw)
    notes.of_log(at)


def release(draw):
    """The memory of what only this draw's own checks needed; the past keeps the rosters of the last commitment."""
    draw.teams = draw.right = draw.record = draw.record_bytes = draw.places = draw.tickets = draw.reserve = None
    draw.targets = draw.inspectors = draw.conflicts = draw.away = draw.sealed = None


# What is lawful but worth knowing (10)

def local_time(zone_name, when):
    """Seconds since 1970 as that zone's clock shows them, `2026-06-23T09:00`; None where the zone is not known here."""
    try:
        zone = zoneinfo.ZoneInfo(zone_name)
        return datetime.datetime.fromtimestamp(when, zone).isoformat()[:16]
    except Exception:                                       # no such zone, or no such time in it
        return None


def some(names):
    """Names for a note: not more than 50."""
    names = [str(name) for name in names]
    return ", ".join(names[:50]) + (" …" if len(names) > 50 else "")


def is_late(draw):
    return seconds(draw.outcome["time"]) > seconds(draw.commit["draw_time"]) + DAY


def note_foreign(report, count):
    if count:
        report.note("%d names that do not belong to the protocol were passed over unread" % count)


class Notes:
    """What is said of each draw, and then of the log."""

    def __init__(self, log, report, independent):
        self.log, self.report, self.independent = log, report, independent
        self.rosters, self.draws = {}, log.draws              # cycle -> ids of its latest revealed roster
        self.archive_days = sorted({seconds(log.entries[index]["time"]) // DAY for index in log.archives})

    def say(self, draw, text):
        self.report.note("draw %d: %s" % (draw.n, text))

    def of_draw(self, draw, excused_before, taken_out_before):
        self.of_commit(draw)
        if draw.previous:
            self.of_rules(draw, draw.previous)
        if draw.outcome:
            self.of_outcome(draw)
        if draw.targets is not None:
            self.of_rosters(draw, excused_before)
        if draw.teams:
            self.of_teams(draw)
        if draw.places:
            self.of_amendments(draw, taken_out_before)
        if self.log.archives:
            self.of_archives(draw)
        self.of_basis(draw)

    def of_commit(self, draw):
        commit, changes = draw.commit, draw.commit["changes"]
        excused = commit["excused"]
        if excused["targets"] or excused["inspectors"]:
            self.say(draw, "%d targets and %d inspectors excused" % (excused["targets"], excused["inspectors"]))
        counts = [name + " " + ", ".join("%d %s" % (changes[name][key], key) for key in sorted(changes[name]))
                  for name in ("targets", "inspectors", "conflicts") if any(changes[name].values())]
        if changes["previous"] and counts:
            self.say(draw, "since draw %d %s" % (changes["previous"], "; ".join(counts)))
        draw_time = seconds(commit["draw_time"])
        if draw_time - seconds(commit["time"]) > 30 * DAY:
            self.say(draw, "committed more than 30 days before its draw_time")
        local = local_time(commit["rules"]["timezone"], draw_time)
        if local is None:
            self.say(draw, "the zone %s is not known here: whether the date is the local one was not looked at"
                     % commit["rules"]["timezone"])
        elif local[:10] != commit["date"]:
            self.say(draw, "its date is %s, but in %s it was %s" % (commit["date"], commit["rules"]["timezone"], local))
        if draw.open_elsewhere:
            self.say(draw, "open in other cycles at its commitment, so not looked at: %s"
                     % some(other.n for other in draw.open_elsewhere))

    def of_rules(self, draw, previous):
        """What differs from the cycle's previous commitment."""
        new, old = dict(draw.commit["rules"]), dict(previous.commit["rules"])
        for commit, values, embargo in ((draw.commit, new, draw.embargo), (previous.commit, old, previous.embargo)):
            values.update(strata=commit["strata"], embargo_days=embargo,
                          beacon={key: value for key, value in commit["beacon"].items() if key != "round"})
        for name in sorted(set(new) | set(old)):
            if new.get(name) != old.get(name):
                self.say(draw, "%s was %s in draw %d and is %s" % (name, show(old.get(name)), previous.n,
                                                                   show(new.get(name))))

    def of_outcome(self, draw):
        outcome = draw.outcome
        if is_late(draw):
            self.say(draw, "a late outcome, %s" % outcome["time"])
        for name in ("commit", "outcome"):
            self.say(draw, "%d of %d witnesses cosigned %s.checkpoint in time" % (len(in_time(draw, name)),
                                                                               len(draw.witnesses), name))
        if draw.is_void():
            self.say(draw, "void: %s" % show(outcome["reason"]))
            self.of_missing_value(draw)
            if value_of(draw) and draw.sealed and draw.grade is not None:
                self.of_avoided(draw)

    def of_missing_value(self, draw):
        source = draw.commit["beacon"]["source"]
        if value_of(draw) or majority(cosigned_early(draw), draw):
            return
        if source == "witness" and draw.outcome["reason"].startswith("beacon"):
            self.say(draw, "that the beacon failed is unproven")
        elif source == "public":
            self.say(draw, "a void without a value, which is perhaps withheld")

    def of_avoided(self, draw):
        """The draw that a late void avoided, computed."""
        try:
            compute_seed(draw)
            teams = Teams(draw, select_targets(draw)[0])
            self.say(draw, "the void avoided these targets: %s; unstaffed: %s" % (some(teams.admitted) or "none",
                                                                                some(teams.unstaffed) or "none"))
        except Exception as error:
            self.say(draw, "the draw that the void avoided cannot be computed (%s)" % type(error).__name__)

    def of_rosters(self, draw, excused_before):
        commit, targets, inspectors = draw.commit, draw.targets, draw.inspectors
        again = excused_in(draw) & excused_before
        if again:
            self.say(draw, "excused in the draw before it too: %s" % some(sorted(again)))
        resting = sum(t.elsewhere != "" and t.drum == "rest" for t in targets.values())
        if resting:
            self.say(draw, "%d targets rest because of other cycles" % resting)
        end = local_time(commit["rules"]["timezone"], seconds(commit["reveal_time"])) or commit["reveal_time"][:16]
        odd = [slot for slot in draw.sealed["slots"] if slot[:10] < commit["date"] or slot > end]
        if odd:
            self.say(draw, "slots before its date or after reveal_time: %s" % some(odd))
        texts = {text for t in targets.values() for text in (t.stratum, t.unit, t.area)}
        texts |= {text for p in inspectors.values() for text in (p.unit, p.area)}
        if not all(unicodedata.is_normalized("NFC", text) for text in texts):
            self.say(draw, "text that is not in NFC")
        if draw.reveal:
            self.rosters[commit["cycle"]] = set(targets)

    def of_teams(self, draw):
        teams = draw.teams
        if teams.unstaffed:
            self.say(draw, "unstaffed: %s" % some(teams.unstaffed))
        if teams.unkept:
            self.say(draw, "visits that nobody can keep, at the places %s" % some(teams.unkept))
        slots_of = {}
        for ident, slot in zip(teams.admitted, teams.visits):
            slots_of.setdefault(draw.targets[ident].unit, set()).add(slot)
        split = sorted(unit for unit, slots in slots_of.items() if unit and len(slots) > 1)
        if split:
            self.say(draw, "visited at more than one slot: %s" % some(split))

    def of_amendments(self, draw, taken_out_before):
        places = draw.places
        empty = [number for number, target in enumerate(places.target) if target == ""]
        if empty:
            self.say(draw, "empty places: %s" % some(empty))
        if not draw.amends:
            return
        late = [number for number, (_, entry) in enumerate(draw.amends, 1) if "archive" not in entry]
        self.say(draw, "%d amendments" % len(draw.amends))
        if late:
            self.say(draw, "conspicuous: amended after the reveal: %s" % some(late))
        often = [place for place, count in sorted(places.amended.items()) if count > 2]
        if often:
            self.say(draw, "conspicuous: amended three times or more, the places %s" % some(often))
        again = sorted(taken_out_before.intersection(places.removed_targets))
        if again:
            self.say(draw, "conspicuous: taken out in the draw before it too: %s" % some(again))

    def of_archives(self, draw):
        log = self.log
        for index, what in ((draw.index, "commitment"), (draw.reveal_index, "reveal")):
            if index is not None and log.entries[index - 1]["type"] != "archive":
                self.say(draw, "no archive entry directly before its %s" % what)
        if draw.outcome is None or draw.is_void():
            return
        first = seconds(draw.outcome["time"]) // DAY + 1
        last = seconds((draw.reveal or log.entries[-1])["time"]) // DAY
        missing = last - first - sum(first <= day < last for day in self.archive_days)
        if missing > 0:
            self.say(draw, "%d days between draw and %s without an archive entry"
                     % (missing, "reveal" if draw.reveal else "the end of the log"))
        if draw.archives:
            self.say(draw, "%d of the %d archive entries between draw and reveal were cosigned in time"
                     % (sum(self.cosigned(index) for index, _ in draw.archives), len(draw.archives)))

    def cosigned(self, index):
        """Whether more than half of the witnesses in force cosigned an archive entry in time (9)."""
        count, witnesses = self.log.archive_in_time.get(index, (0, 0))
        return 2 * count > witnesses

    def of_basis(self, draw):
        """On what of a lower class it stands, or without a value (4)."""
        own = rank(draw.grade)
        for other in [self.draws[n - 1] for n in sorted(draw.basis)]:
            if other.grade is None or rank(other.grade) < own:
                self.say(draw, "stands on draw %d (%s)" % (other.n, "which failed" if other.grade is None
                                                           else "class " + other.grade))
        for void in draw.voids_before:
            if value_of(void) is None and not majority(cosigned_early(void), void):
                self.say(draw, "stands on the void %d, which has no value" % void.n)

    def of_log(self, at):
        log, report = self.log, self.report
        done = [draw for draw in log.draws if draw.outcome]
        voids = sum(draw.is_void() for draw in done)
        for what, count in (("voids", voids), ("late outcomes", sum(map(is_late, done)))):
            if count:
                report.note("%s: %d of %d" % (what, count, len(done)))
        for (_, old), (index, new) in zip(log.policies, log.policies[1:]):
            old_names, new_names = {key.text: key.name for key in old}, {key.text: key.name for key in new}
            report.note("entry %d changed the witnesses: new %s; gone %s; reason %s" % (
                index, some(name for text, name in new_names.items() if text not in old_names) or "none",
                some(name for text, name in old_names.items() if text not in new_names) or "none",
                show(log.entries[index]["reason"])))
        if log.cosigned < log.checkpoint.size:
            report.note("%d entries after the last cosigned checkpoint" % (log.checkpoint.size - log.cosigned))
        late = sum(not self.cosigned(index) for index in log.archives)
        if late:
            report.note("%d of %d archive entries were not cosigned in time" % (late, len(log.archives)))
        cycles = sorted(self.rosters)
        shared = ["%s and %s (%d)" % (a, b, len(self.rosters[a] & self.rosters[b])) for number, a in enumerate(cycles)
                  for b in cycles[number + 1:] if self.rosters[a] & self.rosters[b]]
        if shared:
            report.note("cycles whose rosters share targets: %s" % some(shared))
        note_foreign(report, log.foreign)
        self.of_age(at)

    def of_age(self, at):
        """As of when the copy is, and what is overdue by now."""
        log, now = self.log, int(clock.time())
        judged = "; judged as of " + time_text(at) if at is not None else ""
        self.report.note("this copy's newest time is %s, %d days ago%s"
                         % (time_text(log.newest), (now - log.newest) // DAY, judged))
        for draw in log.draws:
            for done, due, what in ((draw.outcome, "draw_time", "outcome"), (draw.reveal, "reveal_time", "reveal")):
                if done is None and now - seconds(draw.commit[due]) > DAY:
                    self.say(draw, "by now its %s is overdue since %s" % (what, draw.commit[due]))


def rank(grade):
    """The order of classes, by the first letter."""
    return "nCBuA".find((grade or "?")[0])


# ---------------------------------------------------------------------------------------------------------------
# The command line

def usage(message):
    print("replay.py: " + message, file=sys.stderr)
    return 2


def main(arguments):
    parser = argparse.ArgumentParser(prog="replay.py", allow_abbrev=False, description="Recomputes published draws.")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("replay", help="one draw's folder", allow_abbrev=False)
    whole_directory = commands.add_parser("verify", help="a whole published directory", allow_abbrev=False)
    for command in (one, whole_directory):
        command.add_argument("dir", metavar="DIR")
        command.add_argument("--json", action="store_true")
    whole_directory.add_argument("--at", metavar="TIME")
    whole_directory.add_argument("--key", metavar="VKEY")
    whole_directory.add_argument("--witness", metavar="VKEY", action="append", default=[])
    whole_directory.add_argument("--since", metavar="CHECKPOINT")
    options = parser.parse_args(arguments)
    report, sealed = Report(), None
    try:
        if not os.path.isdir(options.dir):
            raise Outside("%s is not a folder" % options.dir)
        if options.command == "replay":
            sealed = replay(options.dir, report)
        else:
            try:
                expect(options.at is None or is_time(options.at), "--at: not a time like 2026-06-22T01:00:00Z")
                key = Key(options.key, LOG_KEY, "--key") if options.key is not None else None
                independent = {Key(text, WITNESS_KEY, "--witness").text for text in options.witness}
            except No as error:
                return usage(str(error))
            since = None
            if options.since is not None:
                try:
                    path = os.path.realpath(options.since)
                    since = Checkpoint(read_file(os.path.dirname(path), os.path.basename(path), NOTE_MAX), "--since")
                except No as error:
                    return usage(str(error)) if os.path.isfile(options.since) else outside(str(error))
            verify(options.dir, report, key, independent, since, seconds(options.at) if options.at else None)
    except (Outside, OSError) as error:
        return outside(str(error))
    except KeyboardInterrupt:
        return outside("interrupted")
    except Exception as error:                              # whatever was not foreseen is a NO
        report.failed(None, "notes", "unforeseen %s: %s" % (type(error).__name__, str(error)[:200]))
    if sealed:
        if options.json:
            report.print(True, decided=False)
        return usage(sealed)
    report.print(options.json)
    return 0 if report.first is None else 1


def outside(message):
    print("replay.py: " + message, file=sys.stderr)
    return 3


if __name__ == "__main__":
    sys.setrecursionlimit(1000)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 3
    sys.exit(status)
