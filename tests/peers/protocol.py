"""The draw protocol, version 2: a pure model, slow and obvious, written from the protocol page alone.

No file, clock or network is touched here. Tables are lists of dicts as read from the public CSV, with
`level` an int or None, `weight` an int, `tags` a list; away.csv is a set of (inspector, date). Sections named
in comments are the page's.

    /usr/bin/python3 protocol.py --selftest [--seed S] [--cases N]

runs the team solver against brute force on random tiny cases.
"""

import argparse
import base64
import datetime
import hashlib
import itertools
import json
import random
import re
import sys
import time
import zoneinfo
from collections import Counter, defaultdict

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

# The limits of section 2.
MAX_INTEGER = 2**53
MAX_ROWS = 2**24
MAX_ENTRY = 65535
MAX_LINES = 100         # signature lines of a note
MAX_SEATS = 10**6       # chosen targets times seats
DAY = 86400
VERSION = 2

QUICKNET = '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971'
QUICKNET_GENESIS = 1692803367
QUICKNET_PERIOD = 3

# The signatures of quicknet that are known here. Whoever has no BLS can use these rounds only.
DRAND = {
    1000: 'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125'
          'e342b73a8dd2bacbe47e4b6b63ed5e39',
    42: '95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce4'
        '30a91b811fbfaf763900bc998b5d686a',
}

TARGETS = 'id,class,unit,area,level,needs,weight,since,last_drawn,elsewhere,drum,private'
INSPECTORS = 'id,unit,area,level,tags,drum,private'
CONFLICTS = 'inspector,scope,value,why'
AWAY = 'inspector,date'


class Refused(Exception):
    """What was read is not of the form that the protocol gives it."""


def refuse_unless(truth, why):
    if not truth:
        raise Refused(why)


# --- 2. Notation -----------------------------------------------------------------------------------------

def H(x):
    """The hex SHA-256 of bytes, or of a text's UTF-8."""
    return hashlib.sha256(x.encode() if isinstance(x, str) else x).hexdigest()


def check_value(value):
    """Only objects, arrays, strings, integers and booleans, and no control characters."""
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        refuse_unless(abs(value) < MAX_INTEGER, f'{value} is 2^53 or more')
    elif isinstance(value, str):
        control = re.search('[\x00-\x1f\x7f-\x9f\ud800-\udfff]', value)
        refuse_unless(not control, f'control character: {value!r}')
    elif isinstance(value, list):
        for each in value:
            check_value(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            refuse_unless(isinstance(key, str), 'a key is a string')
            check_value(key)
            check_value(each)
    else:
        raise Refused(f'{type(value).__name__} is not in canonical JSON')


def loose(value):
    """The bytes of canonical JSON, whatever the value holds (a cheat's may hold anything)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(',', ':')).encode()


def canonical(value):
    check_value(value)
    return loose(value)


def parse_canonical(data):
    """The value of canonical JSON; anything that would be written otherwise is refused."""
    try:
        value = json.loads(data.decode('utf-8'))
    except (ValueError, RecursionError) as error:
        raise Refused(f'not JSON: {error}') from error
    try:
        same = canonical(value) == data
    except RecursionError as error:
        raise Refused('JSON is nested too deep') from error
    refuse_unless(same, 'JSON is not canonical')
    return value


def utc(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')


def seconds(text):
    """The Unix time of `2026-06-22T01:00:00Z`."""
    refuse_unless(isinstance(text, str) and re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', text, re.ASCII),
                  f'{text!r} is not a time')
    try:
        moment = datetime.datetime.strptime(text, '%Y-%m-%dT%H:%M:%SZ')
    except ValueError as error:
        raise Refused(str(error)) from error
    return int(moment.replace(tzinfo=datetime.timezone.utc).timestamp())


def day(text):
    """The day number of `2026-06-22`; only real dates have one."""
    refuse_unless(isinstance(text, str) and re.fullmatch(r'\d{4}-\d\d-\d\d', text, re.ASCII),
                  f'{text!r} is not a date')
    try:
        return datetime.date.fromisoformat(text).toordinal()
    except ValueError as error:
        raise Refused(str(error)) from error


def date_of(number):
    return datetime.date.fromordinal(number).isoformat()


def minutes(slot):
    """The clock reading of a slot, `2026-06-23T09:00`, as a number of minutes."""
    refuse_unless(isinstance(slot, str) and re.fullmatch(r'\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d', slot, re.ASCII),
                  f'{slot!r} is not a slot')
    return day(slot[:10]) * 1440 + int(slot[11:13]) * 60 + int(slot[14:])


def local_date(moment, zone):
    """The date of a Unix time in an IANA zone."""
    return datetime.datetime.fromtimestamp(moment, zoneinfo.ZoneInfo(zone)).date().isoformat()


RANGES = '''
    0000-001F 007F-00A0 00AD 034F 061C 115F-1160 1680 17B4-17B5 180B-180F 2000-200F 2028-202F 205F-206F 2800
    3000 3164 D800-F8FF FDD0-FDEF FE00-FE0F FEFF FFA0 FFF0-FFFB FFFE-FFFF 13430-1343F 1BCA0-1BCA3 1D159
    1D173-1D17A E0000-10FFFF'''.split()
RANGES = [(part.split('-')[0], part.split('-')[-1]) for part in RANGES]
EXCLUDED = re.compile('[' + ''.join(f'\\U{first:0>8}-\\U{last:0>8}' for first, last in RANGES) + ']')


def is_text(value):
    """Text in a roster."""
    return (isinstance(value, str) and not EXCLUDED.search(value) and len(value.encode()) <= 192
            and ',' not in value and '"' not in value and '  ' not in value and value == value.strip(' '))


def is_reason(value):
    return isinstance(value, str) and not EXCLUDED.search(value) and len(value.encode()) <= 1024


def is_remark(value):
    """A label or an operator."""
    return is_reason(value) and value != ''


def is_zone(value):
    return (isinstance(value, str) and len(value) <= 64
            and bool(re.fullmatch(r'[A-Za-z0-9+_-]+(/[A-Za-z0-9+_-]+)*', value)))


def is_id(value):
    return isinstance(value, str) and bool(re.fullmatch(r'[A-Za-z0-9._-]{1,32}', value))


def is_tag(value):
    return is_id(value) and value not in ('any', 'own')


def is_hex(value, length):
    return isinstance(value, str) and bool(re.fullmatch('[0-9a-f]{%d}' % length, value))


def is_integer(value, low=0, high=MAX_INTEGER - 1):
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def parse_integer(text, low=0, high=MAX_INTEGER - 1):
    refuse_unless(re.fullmatch(r'0|-?[1-9][0-9]*', text) and len(text) <= 17, f'{text!r}: no integer')
    refuse_unless(low <= int(text) <= high, f'{text} is out of range')
    return int(text)


# --- 2, 3. Public CSV ------------------------------------------------------------------------------------

def csv_bytes(header, lines):
    return ''.join(line + '\n' for line in [header, *lines]).encode()


def parse_csv(data, header):
    """The fields of each data line; a reader refuses anything but the one form."""
    try:
        text = data.decode('utf-8')
    except UnicodeDecodeError as error:
        raise Refused('not UTF-8') from error
    refuse_unless(text.endswith('\n'), 'no LF after the last line')
    first, *lines = text[:-1].split('\n')
    refuse_unless(first == header, 'not the header line')
    refuse_unless(len(lines) <= MAX_ROWS, 'too many rows')
    raw = [line.encode() for line in lines]
    refuse_unless(all(a < b for a, b in zip(raw, raw[1:])), 'lines do not strictly ascend')
    rows = [line.split(',') for line in lines]
    width = header.count(',') + 1
    refuse_unless(all(len(row) == width for row in rows), 'not the columns of the header')
    refuse_unless(all(is_text(field) for row in rows for field in row), 'a field is not text')
    return [dict(zip(header.split(','), row)) for row in rows]


def level_text(level):
    return '' if level is None else str(level)


def target_line(row):
    return ','.join([row['id'], row['class'], row['unit'], row['area'], level_text(row['level']),
                     row['needs'], str(row['weight']), row['since'], row['last_drawn'], row['elsewhere'], row['drum'],
                     row['private']])


def inspector_line(row):
    return ','.join([row['id'], row['unit'], row['area'], level_text(row['level']), ';'.join(row['tags']),
                     row['drum'], row['private']])


def conflict_line(row):
    return ','.join(row[name] for name in CONFLICTS.split(','))


def table_bytes(header, rows):
    line = {TARGETS: target_line, INSPECTORS: inspector_line, CONFLICTS: conflict_line, AWAY: ','.join}[header]
    return csv_bytes(header, sorted((line(row) for row in rows), key=str.encode))


def common_columns(row, drums):
    refuse_unless(is_id(row['id']), f'{row["id"]!r} is not an id')
    row['level'] = parse_integer(row['level'], 0, 999) if row['level'] else None
    refuse_unless(row['drum'] in drums, f'{row["drum"]!r} is no drum value')
    refuse_unless(is_hex(row['private'], 64), 'private is not a digest')


def unique_ids(rows):
    refuse_unless(len({row['id'] for row in rows}) == len(rows), 'an id stands twice')


def parse_targets(data, date):
    rows = parse_csv(data, TARGETS)
    for row in rows:
        common_columns(row, ['in', 'due', 'carried', 'rest', 'excused'])
        row['weight'] = parse_integer(row['weight'], 1, 100)
        refuse_unless(day(row['since']) <= day(date), 'since is after the date')
        refuse_unless(row['since'].endswith('-01-01'), 'since is not 1 January')
        refuse_unless(row['needs'] == '' or is_tag(row['needs']), 'needs is not a tag')
        for name in ('last_drawn', 'elsewhere'):
            if row[name]:
                day(row[name])
    unique_ids(rows)
    return rows


def parse_inspectors(data):
    rows = parse_csv(data, INSPECTORS)
    for row in rows:
        common_columns(row, ['in', 'away', 'excused'])
        row['tags'] = row['tags'].split(';') if row['tags'] else []
        refuse_unless(all(is_tag(tag) for tag in row['tags']), 'a tag is not a tag')
        refuse_unless(all(a < b for a, b in zip(row['tags'], row['tags'][1:])), 'tags do not ascend')
    unique_ids(rows)
    return rows


def parse_conflicts(data, targets, inspectors):
    rows = parse_csv(data, CONFLICTS)
    stands = {'target': {t['id'] for t in targets}, 'unit': {t['unit'] for t in targets},
              'area': {t['area'] for t in targets}}
    people = {p['id'] for p in inspectors}
    for row in rows:
        refuse_unless(row['inspector'] in people, 'a conflict of an unknown inspector')
        refuse_unless(row['scope'] in stands, 'no such scope')
        refuse_unless(row['value'] and row['value'] in stands[row['scope']], 'a conflict with no known value')
        refuse_unless(row['why'] in ('declared', 'rotation'), 'no such why')
        refuse_unless(row['why'] != 'rotation' or row['scope'] == 'target', 'a rotation row not of a target')
    return rows


def parse_away(data, inspectors, slots):
    """The (inspector, date) pairs of away.csv."""
    rows = parse_csv(data, AWAY)
    people, dates = {p['id'] for p in inspectors}, {slot[:10] for slot in slots}
    for row in rows:
        refuse_unless(row['inspector'] in people, 'an unknown inspector is away')
        refuse_unless(row['date'] in dates, 'somebody is away on a date of no slot')
    return {(row['inspector'], row['date']) for row in rows}


def exact_keys(value, wanted, what):
    refuse_unless(isinstance(value, dict) and set(value) == set(wanted), f'not the keys of {what}')


def parse_sealed(data, strata):
    """sealed.json; `strata` are the commit's."""
    sealed = parse_canonical(data)
    exact_keys(sealed, ['away', 'conflicts', 'matters', 'nonce', 'slots', 'strata', 'v'], 'sealed.json')
    for name in ('away', 'conflicts'):
        exact_keys(sealed[name], ['rows', 'sha256'], name)
        refuse_unless(is_integer(sealed[name]['rows'], 0, MAX_ROWS) and is_hex(sealed[name]['sha256'], 64),
                      f'form of {name}')
    matters = sealed['matters']
    exact_keys(matters, ['from', 'take'], 'matters')
    for name, values in (('slots', sealed['slots']), ('from', matters['from'])):
        refuse_unless(isinstance(values, list) and all(isinstance(v, str) for v in values), f'form of {name}')
        refuse_unless(all(a < b for a, b in zip(values, values[1:])), f'{name} do not ascend')
    for slot in sealed['slots']:
        minutes(slot)
    refuse_unless(1 <= len(sealed['slots']) <= 2000, 'number of slots')
    refuse_unless(all(is_id(m) for m in matters['from']), 'a matter is not an id')
    refuse_unless(is_integer(matters['take'], 0, len(matters['from'])), 'take is more than there are matters')
    refuse_unless(is_hex(sealed['nonce'], 32) and is_integer(sealed['v'], VERSION, VERSION), 'nonce or v')
    refuse_unless(isinstance(sealed['strata'], list), 'form of strata')
    for stratum in sealed['strata']:
        exact_keys(stratum, ['class', 'drum', 'slips', 'take'], 'a stratum')
        refuse_unless(all(is_integer(stratum[k]) for k in ('drum', 'slips', 'take')), 'form of a stratum')
    refuse_unless([s['class'] for s in sealed['strata']] == [s['class'] for s in strata],
                  'not the classes of the commit')
    return sealed


# --- 4. The tree: RFC 6962 and tlog-tiles ----------------------------------------------------------------

def leaf_hash(data):
    return hashlib.sha256(b'\0' + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b'\1' + left + right).digest()


def tree_root(leaves):
    """RFC 6962 2.1 over leaf hashes: split at the largest power of two below the size."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(tree_root(leaves[:split]), tree_root(leaves[split:]))


def lines_root(data):
    """The hex tree hash over a CSV's data lines (no header, no LF)."""
    return tree_root([leaf_hash(line) for line in data.split(b'\n')[1:-1]]).hex()


class Tree:
    """Roots of a growing tree's prefixes; whole subtrees are hashed once."""

    def __init__(self):
        self.leaves = []
        self.whole = {}         # (start, size): the hash

    def append(self, entry):
        self.leaves.append(leaf_hash(entry))

    def subtree(self, start, size):
        if size == 1:
            return self.leaves[start]
        if (start, size) in self.whole:
            return self.whole[start, size]
        split = 1 << ((size - 1).bit_length() - 1)
        value = node_hash(self.subtree(start, split), self.subtree(start + split, size - split))
        if split * 2 == size:
            self.whole[start, size] = value
        return value

    def root(self, size):
        return self.subtree(0, size) if size else tree_root([])


def tile_path(level, number, width=256):
    """1234067 is x001/x234/067; a tile that is not full says how wide it is."""
    groups = [number % 1000]
    while number >= 1000:
        number //= 1000
        groups.insert(0, number % 1000)
    name = '/'.join(['x%03d' % group for group in groups[:-1]] + ['%03d' % groups[-1]])
    return f'tile/{level}/{name}' + ('' if width == 256 else f'.p/{width}')


def tile_files(entries):
    """Every tile of a tree of these entries: {path: bytes}."""
    files = {}
    for number in range(0, len(entries), 256):
        part = entries[number:number + 256]
        bundle = b''.join(len(entry).to_bytes(2, 'big') + entry for entry in part)
        files[tile_path('entries', number // 256, len(part))] = bundle
    hashes, level = [leaf_hash(entry) for entry in entries], 0
    while hashes:
        for number in range(0, len(hashes), 256):
            part = hashes[number:number + 256]
            files[tile_path(level, number // 256, len(part))] = b''.join(part)
        full = len(hashes) // 256
        hashes = [tree_root(hashes[i * 256:i * 256 + 256]) for i in range(full)]
        level += 1
    return files


def split_bundle(data):
    entries, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at:at + 2], 'big')
        refuse_unless(at + 2 + size <= len(data), 'an entry bundle is cut off')
        entries.append(data[at + 2:at + 2 + size])
        at += 2 + size
    return entries


# --- 4. Signed notes, checkpoints, cosignatures ----------------------------------------------------------

LOG_KEY, WITNESS_KEY = 1, 4


def vkey_of(name, kind, public):
    key = bytes([kind]) + public
    identity = hashlib.sha256(name.encode() + b'\n' + key).digest()[:4]
    return f'{name}+{identity.hex()}+{base64.b64encode(key).decode()}'


def parse_vkey(text):
    """(name, key id, kind, public key) of a verifier key."""
    refuse_unless(isinstance(text, str) and text.count('+') >= 2, 'not a verifier key')
    name, identity, coded = text.split('+', 2)
    try:
        key = base64.b64decode(coded, validate=True)
    except ValueError as error:
        raise Refused('not a verifier key') from error
    refuse_unless(len(key) == 33 and key[0] in (LOG_KEY, WITNESS_KEY), 'not an Ed25519 verifier key')
    refuse_unless(name and is_text(name) and ' ' not in name, 'not a key name')
    refuse_unless(vkey_of(name, key[0], key[1:]) == text, 'the key id is not that of the key')
    return name, bytes.fromhex(identity), key[0], key[1:]


class Key:
    """A signing key of a log or of a witness, made from a known seed."""

    def __init__(self, name, kind, seed):
        self.name = name
        self.kind = kind
        self.secret = SigningKey(hashlib.sha256(f'{name}/{seed}'.encode()).digest())
        self.vkey = vkey_of(name, kind, bytes(self.secret.verify_key))
        self.id = parse_vkey(self.vkey)[1]

    def raw(self, message):
        return self.secret.sign(message).signature

    def line(self, blob):
        return f'\u2014 {self.name} {base64.b64encode(self.id + blob).decode()}\n'

    def sign_note(self, text):
        return self.line(self.raw(text.encode()))

    def cosign(self, text, moment):
        """C2SP tlog-cosignature, cosignature/v1."""
        return self.line(moment.to_bytes(8, 'big') + self.raw(cosigned_message(text, moment)))


def cosigned_message(text, moment):
    return f'cosignature/v1\ntime {moment}\n{text}'.encode()


def beacon_message(commit_hash):
    """What a witness signs where it serves as the beacon."""
    return f'spotcheck-beacon/v1\n{commit_hash}\n'.encode()


def checkpoint_text(origin, size, root):
    return f'{origin}\n{size}\n{base64.b64encode(root).decode()}\n'


def verifies(public, message, signature):
    try:
        VerifyKey(public).verify(message, signature)
        return True
    except (BadSignatureError, ValueError):
        return False


def decoded(text):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused(f'not base64: {text!r}') from error


def parse_checkpoint(data):
    """(text, origin, size, root, [(name, key id, blob)]) of a signed checkpoint."""
    try:
        text, _, signatures = data.decode('utf-8').partition('\n\n')
    except UnicodeDecodeError as error:
        raise Refused('not UTF-8') from error
    text += '\n'
    lines = text.split('\n')
    refuse_unless(len(lines) == 4 and lines[0], 'a checkpoint has three lines')
    root = decoded(lines[2])
    refuse_unless(len(root) == 32 and base64.b64encode(root).decode() == lines[2], 'not a root')
    refuse_unless(signatures.endswith('\n'), 'no signature')
    found = []
    refuse_unless(signatures.count('\n') <= MAX_LINES, 'too many signature lines')
    for line in signatures[:-1].split('\n'):
        part = re.fullmatch('\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)', line)
        refuse_unless(part, f'not a signature line: {line!r}')
        blob = decoded(part[2])
        refuse_unless(len(blob) > 4, 'a signature is too short')
        found.append((part[1], blob[:4], blob[4:]))
    return text, lines[0], parse_integer(lines[1]), root, found


def signed_by(checkpoint, vkey):
    """Whether the log's key signed this parsed checkpoint."""
    text, _, _, _, signatures = checkpoint
    name, identity, kind, public = parse_vkey(vkey)
    mine = [blob for who, i, blob in signatures if (who, i) == (name, identity)]
    return kind == LOG_KEY and bool(mine) and all(verifies(public, text.encode(), blob) for blob in mine)


def cosignatures(checkpoint, vkeys):
    """[(vkey, time, true or false)] for each line by one of these witnesses; unknown keys are ignored."""
    text, _, _, _, signatures = checkpoint
    known = {parse_vkey(vkey)[:2]: vkey for vkey in vkeys}
    found = []
    for name, identity, blob in signatures:
        vkey = known.get((name, identity))
        if vkey:
            moment = int.from_bytes(blob[:8], 'big')
            public = parse_vkey(vkey)[3]
            good = (len(blob) == 72 and moment < MAX_INTEGER
                    and verifies(public, cosigned_message(text, moment), blob[8:]))
            found.append((vkey, moment, good))
    return found


def cosigned_at(checkpoint, vkeys):
    """{vkey: time} of the true cosignatures; of several by one witness the earliest counts."""
    times = {}
    for vkey, moment, good in cosignatures(checkpoint, vkeys):
        if good:
            times[vkey] = min(moment, times.get(vkey, moment))
    return times


def cosigners(checkpoint, vkeys, latest):
    """Which of these witnesses cosigned at or before `latest`."""
    return {vkey for vkey, moment in cosigned_at(checkpoint, vkeys).items() if moment <= latest}


def reached(checkpoint, vkeys):
    """The time that more than half of these witnesses reach by true cosignatures, or None."""
    times = sorted(cosigned_at(checkpoint, vkeys).values(), reverse=True)
    wanted = len(vkeys) // 2 + 1
    return times[wanted - 1] if len(times) >= wanted else None


def majority(some, of):
    return 2 * len(some) > len(of)


# --- 4. Beacons ------------------------------------------------------------------------------------------

def drand_round(draw_time):
    """ceil((draw_time - genesis) / period) + 1."""
    return -((QUICKNET_GENESIS - draw_time) // QUICKNET_PERIOD) + 1


def strong(beacon):
    """A public value has at least 64 bits."""
    return len(beacon['symbols'])**min(beacon['count'], 64) >= 2**64


# --- 5. Who is in the drum -------------------------------------------------------------------------------

def drum_value(date, row, excused, carried, rules):
    d = day(date) - day(row['last_drawn'] or row['since'])
    if excused:
        return 'excused'
    if row['elsewhere']:
        return 'rest'
    if carried:
        return 'carried'
    if row['last_drawn'] and rules['rest_days'] > 0 and d < rules['rest_days']:
        return 'rest'
    if rules['cover_days'] > 0 and d >= rules['cover_days']:
        return 'due'
    return 'in'


def inspector_drum(p, excused, away, slots):
    """`away` holds (inspector, date)."""
    if excused:
        return 'excused'
    return 'away' if all((p, slot[:10]) in away for slot in slots) else 'in'


def takes_part(row):
    return row['drum'] not in ('excused', 'rest')


# --- 6. Seed, tickets, selection -------------------------------------------------------------------------

def chain_of(last, length):
    """secret(0) … secret(length); secret(0) is the anchor."""
    secrets = [last]
    for _ in range(length):
        secrets.insert(0, H(secrets[0]))
    return secrets


def seed_of(secret, nonce, commit_hash, beacon):
    return H(secret + nonce + commit_hash + beacon)


def stratum_of(name, strata):
    """The index of a class's stratum: its own, else `*`, else None."""
    for wanted in (name, '*'):
        for index, stratum in enumerate(strata):
            if stratum['class'] == wanted:
                return index
    return None


def take_of(stratum, drum):
    if 'count' in stratum:
        return min(drum, stratum['count'])
    return -(-drum * stratum['per_10000'] // 10000)


def strata_of(plan, targets):
    """The strata of sealed.json: of each class what follows from the drum."""
    strata = []
    for index, wish in enumerate(plan):
        drum = [t for t in targets if takes_part(t) and stratum_of(t['class'], plan) == index]
        strata.append({'class': wish['class'], 'drum': len(drum), 'slips': sum(t['weight'] for t in drum),
                       'take': take_of(wish, len(drum))})
    return strata


class Draw:
    """All that decides a draw, and what follows from it, step by step. Nothing here is random."""

    def __init__(self, commit, commit_hash, tables, sealed, secret, beacon):
        targets, inspectors, conflicts, away = tables
        self.n = commit['n']
        self.rules = commit['rules']
        self.strata = sealed['strata']
        self.commit_hash = commit_hash
        self.targets = {row['id']: row for row in targets}
        self.inspectors = {row['id']: row for row in inspectors}
        self.barred = {(row['inspector'], row['scope'], row['value']) for row in conflicts}
        self.away = set(away)
        self.slots = sealed['slots']
        self.sealed = sealed
        self.secret = secret
        self.beacon = beacon
        self.seed = seed_of(secret, sealed['nonce'], commit_hash, beacon)

    # the hashes

    def ticket(self, t):
        return min(H(f'{self.seed}target/{t}/{i}') for i in range(1, self.targets[t]['weight'] + 1))

    def inspector_ticket(self, p):
        return H(f'{self.seed}inspector/{p}')

    def pair(self, t, p):
        return H(f'{self.seed}pair/{t}/{p}')

    def start(self, t):
        """Where the search for t's slot starts."""
        unit = self.targets[t]['unit']
        what = f'visit/unit/{unit}' if self.rules['same_unit'] and unit else f'visit/target/{t}'
        x = int(H(f'{self.seed}{what}')[:16], 16)
        return x * len(self.slots) // 2**64

    def place_line(self, place, t, team, visit):
        """What the letter carries of a place; `places` is the tree hash over these."""
        nonce = H(f'{self.secret}place/{place}')[:32]
        return canonical({'n': self.n, 'nonce': nonce, 'place': place, 'target': t, 'team': team,
                          'visit': visit})

    def matters(self):
        order = sorted(self.sealed['matters']['from'], key=lambda m: H(f'{self.seed}matter/{m}'))
        return order[:self.sealed['matters']['take']]

    # selection

    def drum_order(self, index):
        """A stratum's drum: carried and due first, together by ticket, then the others by ticket."""
        drum = [t for t, row in self.targets.items()
                if takes_part(row) and stratum_of(row['class'], self.strata) == index]
        return sorted(drum, key=lambda t: (self.targets[t]['drum'] == 'in', self.ticket(t)))

    def selection(self):
        """(the chosen in ticket order over all strata, the reserve of each stratum in its order)."""
        chosen, reserves = [], []
        for index, stratum in enumerate(self.strata):
            order = self.drum_order(index)
            take = stratum['take']
            chosen += order[:take]
            reserves.append(order[take:take + self.rules['reserve']])
        return sorted(chosen, key=self.ticket), reserves

    # teams

    def lawful(self, p, t):
        person, target = self.inspectors[p], self.targets[t]
        for column in self.rules['avoid']:
            if not person[column] or not target[column] or person[column] == target[column]:
                return False
        if 'level_gap' in self.rules:
            if person['level'] is None or target['level'] is None:
                return False
            if person['level'] - target['level'] < self.rules['level_gap']:
                return False
        named = [('target', t), ('unit', target['unit']), ('area', target['area'])]
        return not any((p, scope, value) in self.barred for scope, value in named)

    def fits(self, p, seat, t):
        need = self.rules['team'][seat]
        if need == 'own':
            need = self.targets[t]['needs'] or 'any'
        return need == 'any' or need in self.inspectors[p]['tags']

    def inspector_order(self):
        present = [p for p, row in self.inspectors.items() if row['drum'] == 'in']
        return sorted(present, key=self.inspector_ticket)

    def able(self, people, chosen):
        """{(target, seat): those of the people who may sit there}."""
        return {(t, s): [p for p in people if self.fits(p, s, t) and self.lawful(p, t)]
                for t in chosen for s in range(len(self.rules['team']))}

    def teams(self, chosen):
        people = self.inspector_order()
        return solve_teams(chosen, people, self.able(people, chosen), self.pair, len(self.rules['team']),
                           self.rules['inspectors'], self.rules['max_load'], self.rules['slack'])

    # visits

    def suits(self, slot, p, t, places):
        """`places` are those that have a visit: (target, team, visit)."""
        if (p, slot[:10]) in self.away:
            return False
        unit = self.targets[t]['unit']
        for other, team, visit in places:
            together = unit != '' and self.targets[other]['unit'] == unit
            if p in team and not together and abs(minutes(visit) - minutes(slot)) < self.rules['spacing']:
                return False
        return True

    def visits(self, teams):
        """({target: slot}, the targets whose visit nobody can keep)."""
        places, unkept = [], []
        for t in teams.admitted:
            team, start = teams.seated[t], self.start(t)
            visit = None
            for slot in self.slots[start:] + self.slots[:start]:
                if all(self.suits(slot, p, t, places) for p in team):
                    visit = slot
                    break
            if visit is None:
                visit = self.slots[start]
                unkept.append(t)
            places.append((t, team, visit))
        return {t: visit for t, _, visit in places}, unkept

    # 8. the record

    def record(self):
        chosen, reserves = self.selection()
        teams = self.teams(chosen)
        visits, self.unkept = self.visits(teams)
        load = Counter(p for team in teams.seated.values() for p in team)
        return {
            'beacon': self.beacon, 'commit': self.commit_hash,
            'inspectors': [{'id': p, 'load': load[p], 'ticket': self.inspector_ticket(p)}
                           for p in teams.drawn],
            'load': {'least': teams.least, 'limit': teams.limit},
            'matters': self.matters(), 'n': self.n,
            'reserve': [{'class': self.targets[t]['class'], 'id': t, 'ticket': self.ticket(t)}
                        for reserve in reserves for t in reserve],
            'secret': self.secret, 'seed': self.seed,
            'selected': [{'class': self.targets[t]['class'], 'id': t, 'team': teams.seated[t],
                          'ticket': self.ticket(t), 'visit': visits[t]} for t in teams.admitted],
            'unstaffed': teams.unstaffed, 'v': VERSION,
        }

    def places_root(self, record):
        """`places` of the draw entry."""
        return tree_root([leaf_hash(self.place_line(i, row['id'], row['team'], row['visit']))
                          for i, row in enumerate(record['selected'])]).hex()


# --- 7. Teams --------------------------------------------------------------------------------------------

class Teams:
    """What section 7 gives: admitted, unstaffed, drawn, least, limit, seated {target: [inspector]}."""

    def __init__(self, admitted, unstaffed, drawn, least, limit, seated):
        self.admitted, self.unstaffed, self.drawn = admitted, unstaffed, drawn
        self.least, self.limit, self.seated = least, limit, seated

    def __eq__(self, other):
        return vars(self) == vars(other)

    def __repr__(self):
        return repr(vars(self))


class Seating:
    """Seats that are filled one after another, moving others where need be.

    This is the flow of Ford and Fulkerson: one unit from each seat over (target, inspector), which holds one, to
    the inspector, who holds as many as the limit (None: there is none). So `fill` fails only where no assignment
    of all the seats given so far exists.
    """

    def __init__(self, able, limit):
        self.able = able
        self.limit = limit
        self.holder = {}
        self.held = defaultdict(list)

    def put(self, seat, p):
        if seat in self.holder:
            self.held[self.holder[seat]].remove(seat)
        self.holder[seat] = p
        self.held[p].append(seat)

    def in_the_way(self, p, target):
        """The seats of which one must be given up so that p can sit at this target; none: p is free."""
        own = [seat for seat in self.held[p] if seat[0] == target]
        if own:
            return own
        return self.held[p] if self.limit is not None and len(self.held[p]) >= self.limit else []

    def fill(self, seat):
        came = {seat: None}     # a seat: (which seat takes its inspector, that inspector)
        queue = [seat]
        for x in queue:
            for p in self.able[x]:
                blocking = self.in_the_way(p, x[0])
                if not blocking and self.limit != 0:
                    while True:
                        self.put(x, p)
                        if came[x] is None:
                            return True
                        x, p = came[x]
                for y in blocking:
                    if y not in came:
                        came[y] = (x, p)
                        queue.append(y)
        return False


def exists(targets, seats, able, people, limit, fixed=None):
    """Whether an assignment of these targets to these people exists that agrees with the fixed seats.

    A fixed seat has one inspector who may sit there, and nobody else of its target may. Everything is asked anew.
    """
    fixed = fixed or {}
    people = set(people)
    taken = {(seat[0], p) for seat, p in fixed.items()}
    may = {}
    for seat in ((t, s) for t in targets for s in range(seats)):
        if seat in fixed:
            may[seat] = [fixed[seat]]
        else:
            may[seat] = [p for p in able[seat] if p in people and (seat[0], p) not in taken]
    seating = Seating(may, limit)
    return all(seating.fill(seat) for seat in may)


def solve_teams(chosen, people, able, pair, seats, k, max_load, slack):
    """Section 7. `chosen` in ticket order, `people` the `in` inspectors in inspector() order."""
    top = max_load or None

    # 1. Admit.
    admitted, unstaffed = [], []
    for t in chosen:
        (admitted if exists(admitted + [t], seats, able, people, top) else unstaffed).append(t)

    # 2. Draw inspectors.
    wanted = len(people) if k == 0 else min(k, len(people))
    while not exists(admitted, seats, able, people[:wanted], top):
        wanted += 1
    drawn = people[:wanted]
    if not admitted:
        return Teams([], unstaffed, drawn, 0, 0, {})

    # 3. Limit.
    least = 1
    while not exists(admitted, seats, able, drawn, least):
        least += 1
    limit = min(least + slack, max_load) if max_load else least + slack

    # 4. Seat.
    fixed = {}
    for seat in ((t, s) for t in admitted for s in range(seats)):
        here = {p for (t, _), p in fixed.items() if t == seat[0]}
        for p in sorted(drawn, key=lambda p: pair(seat[0], p)):
            if p in able[seat] and p not in here and exists(admitted, seats, able, drawn, limit,
                                                            {**fixed, seat: p}):
                fixed[seat] = p
                break
    return Teams(admitted, unstaffed, drawn, least, limit,
                 {t: [fixed[t, s] for s in range(seats)] for t in admitted})


def brute_teams(chosen, people, able, pair, seats, k, max_load, slack):
    """Section 7 by trying every assignment. For tiny cases only."""

    def assignments(targets, allowed, limit):
        every = [(t, s) for t in targets for s in range(seats)]
        for filled in itertools.product(*([p for p in able[seat] if p in allowed] for seat in every)):
            load = Counter(filled)
            teams = [filled[i:i + seats] for i in range(0, len(filled), seats)]
            if all(len(set(team)) == seats for team in teams) and max(load.values(), default=0) <= limit:
                yield dict(zip(every, filled))

    def found(targets, allowed, limit, fixed=()):
        return any(all(a[seat] == p for seat, p in fixed) for a in assignments(targets, allowed, limit))

    top = max_load or seats * len(chosen)
    admitted = []
    for t in chosen:
        if found(admitted + [t], people, top):
            admitted.append(t)
    wanted = len(people) if k == 0 else min(k, len(people))
    while not found(admitted, people[:wanted], top):
        wanted += 1
    drawn = people[:wanted]
    least = 0
    while not found(admitted, drawn, least):
        least += 1
    limit = (min(least + slack, max_load) if max_load else least + slack) if admitted else 0
    fixed = []
    for t in admitted:
        for s in range(seats):
            fixed.append(((t, s), next(p for p in sorted(drawn, key=lambda p: pair(t, p))
                                       if found(admitted, drawn, limit, fixed + [((t, s), p)]))))
    fixed = dict(fixed)
    return Teams(admitted, [t for t in chosen if t not in admitted], drawn, least, limit,
                 {t: [fixed[t, s] for s in range(seats)] for t in admitted})


# --- 9. Amendments ---------------------------------------------------------------------------------------

class Places:
    """What the places of a draw hold now; amendments change it, in their order."""

    def __init__(self, draw, record):
        self.draw = draw
        self.drawn = [row['id'] for row in record['inspectors']]
        self.reserve = [row['id'] for row in record['reserve']]
        self.unstaffed = list(record['unstaffed'])
        self.target = [row['id'] for row in record['selected']]
        self.team = [list(row['team']) for row in record['selected']]
        self.visit = [row['visit'] for row in record['selected']]
        self.first = list(self.target)
        self.placed = set(self.target)
        self.left = [set() for _ in self.target]    # who was ever taken out of this place
        self.changes = Counter()                    # (place, seat): how often it changed hands
        self.removed = []                           # targets that an amendment took out of their place
        self.count = 0

    def people(self, place):
        """The place's team now: whoever holds a seat."""
        return [p for p in self.team[place] if p]

    def load(self, p):
        """Seats held; those of an empty place count for no load."""
        return sum(team.count(p) for t, team in zip(self.target, self.team) if t)

    def may_sit(self, p, place, seat):
        most, t = self.draw.rules['max_load'], self.target[place]
        return (self.draw.fits(p, seat, t) and self.draw.lawful(p, t)
                and p not in self.team[place] and p not in self.left[place]
                and (most == 0 or self.load(p) < most))

    def suits(self, p, place):
        """Whether the place's visit suits p, with the places that hold a target now."""
        others = [(t, self.team[i], self.visit[i]) for i, t in enumerate(self.target) if t and i != place]
        return self.draw.suits(self.visit[place], p, self.target[place], others)

    def groups(self, place):
        """Who comes first: drawn and suited, suited, drawn, the others."""
        people = self.draw.inspector_order()
        suited = {p for p in people if self.suits(p, place)}
        drawn = set(self.drawn)
        return [[p for p in people if p in drawn and p in suited],
                [p for p in people if p not in drawn and p in suited],
                [p for p in people if p in drawn and p not in suited],
                [p for p in people if p not in drawn and p not in suited]]

    def seat_successor(self, place, seat):
        if self.changes[place, seat] >= 2:
            return ''
        for group in self.groups(place):
            able = [p for p in group if self.may_sit(p, place, seat)]
            if able:
                return min(able, key=lambda p: self.draw.pair(self.target[place], p))
        return ''

    def stratum(self, t):
        return stratum_of(self.draw.targets[t]['class'], self.draw.strata)

    def target_successor(self, place):
        for t in self.reserve:
            if (self.stratum(t) == self.stratum(self.first[place]) and t not in self.placed
                    and all(self.draw.lawful(p, t) for p in self.people(place))):
                return t
        return ''

    def seat_amendment(self, place, seat, reason, nonce):
        return {'amendment': self.count + 1, 'in': self.seat_successor(place, seat), 'n': self.draw.n,
                'nonce': nonce, 'out': self.team[place][seat], 'place': place, 'reason': reason,
                'seat': seat, 'type': 'seat', 'v': VERSION}

    def target_amendment(self, place, reason, nonce):
        return {'amendment': self.count + 1, 'in': self.target_successor(place), 'n': self.draw.n,
                'nonce': nonce, 'out': self.target[place], 'place': place, 'reason': reason,
                'type': 'target', 'v': VERSION}

    def expected(self, amendment):
        """The one right amendment of this kind for this place now, or why there is none."""
        place = amendment['place']
        refuse_unless(place < len(self.target), 'no such place')
        refuse_unless(self.target[place], 'the place is empty')
        if amendment['type'] == 'target':
            return self.target_amendment(place, amendment['reason'], amendment['nonce'])
        refuse_unless(amendment['seat'] < len(self.team[place]), 'no such seat')
        refuse_unless(self.team[place][amendment['seat']], 'the seat is empty')
        return self.seat_amendment(place, amendment['seat'], amendment['reason'], amendment['nonce'])

    def apply(self, amendment):
        """Take an amendment as it is given, right or wrong."""
        self.count += 1
        place = amendment['place']
        if amendment['type'] == 'target':
            self.removed.append(amendment['out'])
            self.target[place] = amendment['in']
            self.placed.add(amendment['in'])
        else:
            seat = amendment['seat']
            self.left[place].add(amendment['out'])
            self.changes[place, seat] += 1
            self.team[place][seat] = amendment['in']


def parse_amendment(data):
    value = parse_canonical(data)
    refuse_unless(isinstance(value, dict), 'not an object')
    kinds = {'seat': {'seat'}, 'target': set()}
    reasons = {'seat': ('recusal', 'unavailable', 'other'), 'target': ('closed', 'moved', 'other')}
    kind = value.get('type')
    refuse_unless(kind in kinds, 'no such amendment')
    refuse_unless(set(value) == {'amendment', 'in', 'n', 'nonce', 'out', 'place', 'reason', 'type', 'v'}
                  | kinds[kind], 'not the keys of an amendment')
    refuse_unless(value['reason'] in reasons[kind] and is_hex(value['nonce'], 32)
                  and is_integer(value['v'], VERSION, VERSION)
                  and is_id(value['out']) and (value['in'] == '' or is_id(value['in']))
                  and all(is_integer(value[k]) for k in ('amendment', 'n', 'place')), 'form of an amendment')
    refuse_unless(kind == 'target' or is_integer(value['seat']), 'form of a seat')
    return value


def amended_hash(secret, index, digests):
    """`amended` of a draw in the archive entry of this index; `digests` of its amendments so far."""
    return H(f'{secret}amended/{index}/{"/".join(digests)}')


# --- 4, 5, 10. History: what earlier draws say about a commit ----------------------------------------------
# `past` is the cycle's earlier draws (no voids) in order, each a pair (date, Places); `looked` likewise those of
# other cycles that are looked at. All as amended as of the commit.

def looks_at(rules, date, other_date):
    """Whether a commit looks at another cycle's draw, which stands before it in the log."""
    return rules['quiet_days'] > 0 and day(date) - day(other_date) < rules['quiet_days']


def last_drawn(past, t):
    return next((date for date, places in reversed(past) if t in places.target), '')


def elsewhere(looked, t):
    return max((date for date, places in looked if t in places.target), default='')


def owed(past):
    """Who was left unstaffed, or taken out of a place, and stands in no place of that or a later draw."""
    waiting = set()
    for _, places in past:
        waiting = (waiting | set(places.unstaffed) | set(places.removed)) - set(places.target)
    return waiting


def rotation(past, draws_back, targets, inspectors):
    """The (inspector, target) pairs of the last draws whose two ids are in the rosters."""
    recent = past[-draws_back:] if draws_back else []
    return {(p, t) for _, places in recent for place, t in enumerate(places.target) if t
            for p in places.people(place) if p in inspectors and t in targets}


def count_changes(old, new, columns):
    old, new = ({row['id']: [row[c] for c in columns] for row in rows} for rows in (old, new))
    return {'added': len(new.keys() - old.keys()), 'removed': len(old.keys() - new.keys()),
            'changed': sum(old[i] != new[i] for i in old.keys() & new.keys())}


def declared(rows):
    return {conflict_line(row) for row in rows if row['why'] == 'declared'}


def changes_of(previous, targets, inspectors, conflicts):
    """`previous` is (n, targets, inspectors, conflicts) of the cycle's previous commit, or None."""
    n, old_targets, old_inspectors, old_conflicts = previous or (0, [], [], [])
    before, after = declared(old_conflicts), declared(conflicts)
    return {
        'conflicts': {'added': len(after - before), 'removed': len(before - after)},
        'inspectors': count_changes(old_inspectors, inspectors, ['unit', 'area', 'level', 'tags']),
        'previous': n,
        'targets': count_changes(old_targets, targets, ['class', 'unit', 'area', 'level', 'needs', 'weight',
                                                           'since']),
    }


# --- The team solver against brute force -----------------------------------------------------------------

def tiny_case(rng):
    targets = [f'T{i}' for i in range(rng.randint(0, 4))]
    people = [f'I{i}' for i in range(rng.randint(0, 5 if len(targets) < 4 else 3))]
    seats = rng.randint(1, 3 if len(targets) < 3 else 2)
    density = rng.choice([0.3, 0.5, 0.7, 1.0])
    lawful = {(t, p) for t in targets for p in people if rng.random() < density}
    fit = {(t, s, p) for t in targets for s in range(seats) for p in people if rng.random() < max(density, 0.6)}
    able = {(t, s): [p for p in people if (t, p) in lawful and (t, s, p) in fit]
            for t in targets for s in range(seats)}
    salt = rng.random()
    return (targets, people, able, lambda t, p: H(f'{salt}{t}/{p}'), seats, rng.randint(0, 5),
            rng.choice([0, 0, 1, 2, 3]), rng.randint(0, 2))


def selftest(seed, cases):
    print(f'teams against brute force: seed {seed}, {cases} cases')
    rng = random.Random(seed)
    unstaffed = wider = 0
    started = time.time()
    for number in range(cases):
        case = tiny_case(rng)
        fast, slow = solve_teams(*case), brute_teams(*case)
        if fast != slow:
            print(f'case {number}: {case}\n solver {fast}\n brute  {slow}')
            return 1
        unstaffed += bool(fast.unstaffed)
        wider += bool(case[5]) and len(fast.drawn) > case[5]
    print(f'equal; {unstaffed} cases with unstaffed targets, {wider} that drew more inspectors than asked, '
          f'{time.time() - started:.1f} s')
    people = [f'I{i}' for i in range(20)]
    targets = [f'T{i}' for i in range(30)]
    able = {(t, s): [p for p in people if int(H(f'{seed}{t}{p}')[:4], 16) % 4]
            for t in targets for s in range(3)}
    started = time.time()
    teams = solve_teams(targets, people, able, lambda t, p: H(f'{t}/{p}'), 3, 0, 0, 0)
    print(f'30 targets x 3 seats x 20 inspectors: limit {teams.limit}, {time.time() - started:.1f} s')
    return 0


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--selftest', action='store_true', required=True)
    parser.add_argument('--seed', type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument('--cases', type=int, default=4000)
    options = parser.parse_args()
    sys.exit(selftest(options.seed, options.cases))
