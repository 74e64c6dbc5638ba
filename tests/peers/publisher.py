"""A test peer: an operator who publishes draws after the protocol page, honestly or (by hooks) not.

    /usr/bin/python3 publisher.py OUT SEED                                        one honest directory
    /usr/bin/python3 publisher.py OUTDIR [--seed S] [--count N] [--entries N] [--list]

writes N random honest directories and OUTDIR/index.json: a list of
    {name, dir, seed, expect: [], args: [more arguments for verify], witnesses: [...], classes: {n: class}, …}
where `classes` is what section 4 gives each draw (the bare letter, as if all witnesses were independent). OUT SEED
writes that of one index's `seed`, such as 7/0.
The same seed gives the same bytes. Nothing here has a clock: time is virtual.
"""

import argparse
import heapq
import json
import os
import random
import sys
from collections import defaultdict

import protocol as P

INDEPENDENT = 5     # how many witnesses there are to choose from


# --- Rosters ---------------------------------------------------------------------------------------------

class Roster:
    """What an administrator holds: {id: row} of targets and inspectors, and declared conflicts."""

    def __init__(self):
        self.targets = {}
        self.inspectors = {}
        self.declared = set()

    def add_target(self, i, **row):
        self.targets[i] = {'class': '', 'unit': '', 'area': '', 'level': None, 'needs': '', 'weight': 1,
                           'since': '2020-01-01', 'excused': False, **row}

    def add_inspector(self, i, **row):
        self.inspectors[i] = {'unit': '', 'area': '', 'level': None, 'tags': [], 'excused': False, **row}

    def standing(self):
        """The declared conflicts whose inspector and value stand in the rosters."""
        values = {('target', i) for i in self.targets}
        values |= {(scope, row[scope]) for row in self.targets.values() for scope in ('unit', 'area')
                   if row[scope]}
        return {(p, scope, value) for p, scope, value in self.declared
                if p in self.inspectors and (scope, value) in values}


# --- The operator ----------------------------------------------------------------------------------------

class Chain:
    def __init__(self, number, secrets, embargo_days, source):
        self.number = number
        self.secrets = secrets      # secrets[0] is the anchor
        self.length = len(secrets) - 1
        self.embargo_days = embargo_days
        self.source = source
        self.used = 0


class Cycle:
    def __init__(self, name):
        self.name = name
        self.chains = []
        self.numbers = []           # its commits

    def chain(self):
        return self.chains[-1]


class Published:
    """One commit and what became of it."""

    def __init__(self, n, cycle, chain, link):
        self.n = n
        self.cycle = cycle
        self.chain = chain
        self.link = link
        self.outcome = None         # 'draw' or 'void'
        self.revealed = False
        self.record = None
        self.record_bytes = None
        self.places = None          # as all amendments so far have left them
        self.amendments = []        # each an Amendment
        self.looked = []            # the draws that its commit looks at
        self.checkpoints = {}       # 'commit', 'outcome': bytes
        self.value = self.signature = None
        self.value_later = False    # of a void: the reveal has the value
        self.secret = chain.secrets[link]

    def digests(self, at):
        """The hashes of the amendments that stand before the log has more than `at` entries."""
        return [P.H(each.data) for each in self.amendments if each.stands is not None and each.stands <= at]

    def pending(self):
        """Amendments that nothing in the log counts yet."""
        return [each for each in self.amendments if each.stands is None]

    def places_as_of(self, at):
        """What its places hold for a commit of index `at`."""
        places = P.Places(self.model, self.record)
        for each in self.amendments:
            if each.stands is not None and each.stands < at:
                places.apply(each.value)
        return places


class Amendment:
    def __init__(self, value, data):
        self.value, self.data = value, data
        self.stands = None          # the index of the entry at which it stands
        self.hidden = False         # counted by an archive entry, not told of before the reveal


class Operator:
    """Keeps a log in memory and publishes it.

    A hook is `hook(name, function, n)`: the function gets what is about to be written for draw n (None: for
    every draw or entry) before it is hashed and signed, changes it in place or returns another. Names:
      tables   looked (list of draws), away (list of pairs), targets inspectors conflicts (lists of rows),
               targets.csv inspectors.csv conflicts.csv away.csv (bytes)
      commit   plan (strata of the commit), strata (of sealed.json), changes sealed (dict) sealed.json (bytes)
      draw     secret record (dict) record.json (bytes) beacon (the draw entry before its record)
      amend    amendment (dict) amend.json (bytes)
      archive  open (list; n is the index of the entry)
      entries  TYPE such as `commit` (the dict), TYPE.bytes
      notes    checkpoint, commit.checkpoint, outcome.checkpoint, archive.checkpoint: [size, root, text, lines]
      at last  files ({path: bytes} of the directory)
    """

    def __init__(self, seed=0, origin='log.example.org', operator='示例区监督检查室', now=1700000000):
        self.rng = random.Random(f'operator {seed}')
        self.seed = seed
        self.origin = origin
        self.operator = operator
        self.now = now
        self.key = P.Key(origin, P.LOG_KEY, seed)
        self.stranger = P.Key('stranger.example.org', P.WITNESS_KEY, seed)
        self.known = {f'w{i}': P.Key(f'w{i}.example.net/witness', P.WITNESS_KEY, seed)
                      for i in range(INDEPENDENT)}
        self.hooks = defaultdict(list)
        self.entries = []
        self.tree = P.Tree()
        self.archived = P.Tree()    # the lines of the archive
        self.archives = {}          # index of an archive entry: its checkpoint or None
        self.witnesses = []         # names of those in force
        self.cycles = {}
        self.draws = []
        self.newest = now           # of the log and the cosignatures on its checkpoint

    # hooks

    def hook(self, name, function, n=None):
        self.hooks[name].append((n, function))

    def hooked(self, name, value, n=None):
        for wanted, function in self.hooks[name]:
            if wanted in (None, n):
                changed = function(value)
                value = value if changed is None else changed
        return value

    # the log

    def random_hex(self, digits):
        return '%0*x' % (digits, self.rng.getrandbits(4 * digits))

    def append(self, kind, entry, n=None):
        entry = self.hooked(kind, dict(entry, type=kind, v=P.VERSION, time=P.utc(self.now)), n)
        data = self.hooked(kind + '.bytes', P.loose(entry), n)
        self.entries.append(data)
        self.tree.append(data)
        self.newest = max(self.newest, self.now)
        return entry, data

    def vkeys(self, names):
        return [self.known[name].vkey for name in names]

    def genesis(self, witnesses=()):
        self.witnesses = list(witnesses)
        self.append('genesis', {'key': self.key.vkey, 'operator': self.operator, 'origin': self.origin,
                                'witnesses': self.vkeys(witnesses)})

    def policy(self, witnesses, reason):
        self.witnesses = list(witnesses)
        self.append('policy', {'reason': reason, 'witnesses': self.vkeys(witnesses)})

    def start_chain(self, name, length, embargo_days, source, reason='', last=None):
        """A `cycle` entry: the cycle's next chain."""
        cycle = self.cycles.setdefault(name, Cycle(name))
        secrets = P.chain_of(last or self.random_hex(64), length)
        chain = Chain(len(cycle.chains) + 1, secrets, embargo_days, source)
        cycle.chains.append(chain)
        self.append('cycle', {'anchor': secrets[0], 'chain': chain.number, 'cycle': name,
                              'embargo_days': embargo_days, 'length': length, 'reason': reason,
                              'source': source})

    # notes

    def checkpoint(self, size=None, cosigned=(), name='checkpoint', n=None, strangers=False):
        """A checkpoint of the first entries, with [(witness, time)] cosignatures, as bytes."""
        size = len(self.entries) if size is None else size
        root = self.tree.root(size)
        text = P.checkpoint_text(self.origin, size, root)
        lines = [self.key.sign_note(text)]
        if strangers:   # by a key that nobody knows, and one that claims a witness's name: both are ignored
            lines.append(self.stranger.cosign(text, self.now))
            lines.append(P.Key('w0.example.net/witness', P.WITNESS_KEY, 'other').cosign('no', self.now))
        for witness, moment in cosigned:
            lines.append(self.known[witness].cosign(text, moment))
            if name == 'checkpoint':
                self.newest = max(self.newest, moment)
        note = self.hooked(name, [size, root, text, lines], n)
        return (note[2] + '\n' + ''.join(note[3])).encode()

    # the archive

    def archive(self, cosigned=None, published=True, strangers=False):
        """An archive entry: it counts what was amended since the last, hidden."""
        at = len(self.entries)
        kinds = ['day'] if self.rng.random() < 0.7 else ['result', 'lead']
        for kind in kinds:
            self.archived.append(P.canonical({'nonce': self.random_hex(32), 'time': P.utc(self.now), 'type': kind}))
        opened = []
        for draw in self.draws:
            if draw.outcome == 'draw' and not draw.revealed:
                for each in draw.pending():
                    each.stands, each.hidden = at, True
                opened.append({'amended': P.amended_hash(draw.secret, at, draw.digests(at)), 'n': draw.n})
        opened = self.hooked('open', opened, at)
        self.append('archive', {'open': opened, 'root': self.archived.root(len(self.archived.leaves)).hex()}, at)
        if cosigned is None:
            cosigned = [(w, self.now + 5) for w in self.witnesses]
        self.archives[at] = self.checkpoint(None, cosigned, 'archive.checkpoint', at, strangers) if published else None

    def pending(self):
        return any(draw.pending() for draw in self.draws)

    # commit

    def past(self, cycle):
        """The cycle's draws (no voids) as amended so far: [(date, Places)]."""
        return self.as_amended(self.draws[n - 1] for n in cycle.numbers)

    def as_amended(self, draws):
        at = len(self.entries)
        return [(draw.entry['date'], draw.places_as_of(at)) for draw in draws if draw.outcome == 'draw']

    def looks_at(self, cycle, rules, date):
        return [draw for draw in self.draws if draw.cycle is not cycle and draw.outcome == 'draw'
                and P.looks_at(rules, date, draw.entry['date'])]

    def private(self, i, name):
        """The digest of a row's line in the private file, with a fresh nonce."""
        return P.H(f'id,nonce,name\n{i},{self.random_hex(32)},{name}')

    def target_rows(self, draw, roster, rules, date):
        past, looked = self.past(draw.cycle), self.as_amended(draw.looked)
        owed = P.owed(past)
        rows = []
        for i, held in sorted(roster.targets.items()):
            row = {key: held[key] for key in ('class', 'unit', 'area', 'level', 'needs', 'weight', 'since')}
            row.update(id=i, last_drawn=P.last_drawn(past, i), elsewhere=P.elsewhere(looked, i),
                       private=self.private(i, '"岗位, 一"'))
            row['drum'] = P.drum_value(date, row, held['excused'], i in owed, rules)
            rows.append(row)
        return rows

    def inspector_rows(self, roster, away, slots):
        return [{'id': i, 'unit': held['unit'], 'area': held['area'], 'level': held['level'],
                 'tags': sorted(held['tags']), 'drum': P.inspector_drum(i, held['excused'], set(away), slots),
                 'private': self.private(i, i)} for i, held in sorted(roster.inspectors.items())]

    def conflict_rows(self, cycle, roster, rules):
        rows = [(p, scope, value, 'declared') for p, scope, value in roster.standing()]
        rows += [(p, 'target', t, 'rotation')
                 for p, t in P.rotation(self.past(cycle), rules['rotate'], roster.targets, roster.inspectors)]
        return [dict(zip(P.CONFLICTS.split(','), row)) for row in sorted(rows)]

    def reveal_time(self, draw, draw_time):
        """Not before that of the cycle's draws, nor before that of those it looks at."""
        waits = [self.draws[n - 1] for n in draw.cycle.numbers]
        waits = [each for each in waits if each.outcome == 'draw'] + draw.looked
        return max([draw_time + draw.chain.embargo_days * P.DAY]
                   + [P.seconds(each.entry['reveal_time']) for each in waits])

    def tables(self, draw, roster, rules, date, slots, away):
        """Fill a draw's tables and their files."""
        n = draw.n
        draw.looked = self.hooked('looked', self.looks_at(draw.cycle, rules, date), n)
        standing = [(p, date) for p, date in sorted(away) if p in roster.inspectors]
        draw.away = self.hooked('away', standing, n)
        draw.targets = self.hooked('targets', self.target_rows(draw, roster, rules, date), n)
        draw.inspectors = self.hooked('inspectors', self.inspector_rows(roster, draw.away, slots), n)
        draw.conflicts = self.hooked('conflicts', self.conflict_rows(draw.cycle, roster, rules), n)
        draw.tables = draw.targets, draw.inspectors, draw.conflicts, draw.away
        headers = {'targets.csv': P.TARGETS, 'inspectors.csv': P.INSPECTORS, 'conflicts.csv': P.CONFLICTS,
                   'away.csv': P.AWAY}
        draw.files = {file: self.hooked(file, P.table_bytes(headers[file], rows), n)
                      for file, rows in zip(headers, draw.tables)}

    def commit(self, name, roster, rules, plan, draw_time, beacon, slots, matters=('duty', 'leave'), take=1,
               cosigned=None, strangers=False, away=()):
        """`plan`: the strata as an administrator wants them. `cosigned`: [(witness, time)], else all soon."""
        cycle = self.cycles[name]
        chain = cycle.chain()
        chain.used += 1
        draw = Published(len(self.draws) + 1, cycle, chain, chain.used)
        draw.witnesses = list(self.witnesses)
        n = draw.n
        date = P.local_date(draw_time, rules['timezone'])
        self.tables(draw, roster, rules, date, slots, away)
        plan = self.hooked('plan', [dict(each) for each in plan], n)
        draw.sealed = self.hooked('sealed', {
            'away': counted(draw.files['away.csv']), 'conflicts': counted(draw.files['conflicts.csv']),
            'matters': {'from': sorted(matters), 'take': take}, 'nonce': self.random_hex(32),
            'slots': list(slots), 'strata': self.hooked('strata', P.strata_of(plan, draw.targets), n),
            'v': P.VERSION}, n)
        draw.files['sealed.json'] = self.hooked('sealed.json', P.loose(draw.sealed), n)
        previous = self.draws[cycle.numbers[-1] - 1] if cycle.numbers else None
        changes = P.changes_of(previous and (previous.n, *previous.tables[:3]), *draw.tables[:3])
        entry = {
            'beacon': beacon, 'chain': chain.number, 'changes': self.hooked('changes', changes, n),
            'cycle': name, 'date': date, 'draw_time': P.utc(draw_time),
            'excused': {'inspectors': excused(draw.inspectors), 'targets': excused(draw.targets)},
            'files': {file: described(draw.files[file]) for file in ('inspectors.csv', 'targets.csv')},
            'link': draw.link, 'n': n, 'origin': self.origin,
            'reveal_time': P.utc(self.reveal_time(draw, draw_time)), 'rules': rules,
            'sealed': P.H(draw.files['sealed.json']), 'strata': plan,
        }
        draw.entry, draw.commit = self.append('commit', entry, n)
        draw.hash = P.H(draw.commit)
        draw.at = len(self.entries) - 1
        cycle.numbers.append(n)
        self.draws.append(draw)
        if cosigned is None:
            cosigned = [(w, self.now + 5) for w in self.witnesses]
        draw.checkpoints['commit'] = self.checkpoint(None, cosigned, 'commit.checkpoint', n, strangers)
        return draw

    # beacons

    def beacon_of(self, draw, value=None):
        """(value, signature or None) as section 4 has it."""
        beacon = draw.entry['beacon']
        source = beacon['source']
        if source == 'none':
            return '', None
        if source == 'public':
            return value or ''.join(self.rng.choice(beacon['symbols']) for _ in range(beacon['count'])), None
        if source == 'drand':
            signature = bytes.fromhex(P.DRAND[beacon['round']])
        else:
            key = next(key for key in self.known.values() if key.vkey == beacon['key'])
            signature = key.raw(P.beacon_message(draw.hash))
        return P.H(signature), signature.hex()

    def set_beacon(self, draw, value=None):
        draw.value, draw.signature = self.beacon_of(draw, value)
        signed = {} if draw.signature is None else {'signature': draw.signature}
        return dict(signed, beacon=draw.value)

    # outcomes

    def outcome(self, draw, kind, cosigned, strangers):
        draw.outcome = kind
        draw.outcome_at = len(self.entries) - 1
        draw.outcome_time = self.now
        if cosigned is None:
            cosigned = [(w, self.now + 5) for w in self.witnesses]
        draw.checkpoints['outcome'] = self.checkpoint(None, cosigned, 'outcome.checkpoint', draw.n, strangers)

    def draw(self, n, value=None, cosigned=None, strangers=False):
        draw = self.draws[n - 1]
        draw.secret = self.hooked('secret', draw.secret, n)
        entry = dict(self.set_beacon(draw, value), commit=draw.hash, n=n)
        entry = self.hooked('beacon', entry, n)
        draw.value = entry['beacon']
        model = P.Draw(draw.entry, draw.hash, draw.tables, draw.sealed, draw.secret, draw.value)
        draw.model = model
        draw.record = self.hooked('record', model.record(), n)
        draw.places = P.Places(model, draw.record)
        draw.record_bytes = self.hooked('record.json', P.loose(draw.record), n)
        entry.update(places=model.places_root(draw.record), record=P.H(draw.record_bytes))
        self.append('draw', entry, n)
        self.outcome(draw, 'draw', cosigned, strangers)

    def void(self, n, reason, beacon=False, value=None, cosigned=None, strangers=False):
        draw = self.draws[n - 1]
        entry = {'commit': draw.hash, 'n': n, 'reason': reason}
        if beacon:
            entry.update(self.set_beacon(draw, value))
        self.append('void', entry, n)
        self.outcome(draw, 'void', cosigned, strangers)

    def reveal(self, n, beacon=False, value=None):
        """With the amendments that archive entries counted. `beacon`: the value of a void comes here."""
        draw = self.draws[n - 1]
        entry = {'n': n, 'record': P.H(draw.record_bytes) if draw.outcome == 'draw' else '', 'secret': draw.secret}
        if beacon:
            entry.update(self.set_beacon(draw, value))
        self.append('reveal', entry, n)
        draw.revealed = True
        for number, each in enumerate(draw.amendments, 1):
            self.tell(draw, number, each)

    def tell(self, draw, number, each):
        """The `amend` entry of an amendment."""
        entry = {'amendment': number, 'n': draw.n, 'sha256': P.H(each.data)}
        if each.hidden:
            entry['archive'] = each.stands
        else:
            each.stands = len(self.entries)
        self.append('amend', entry, draw.n)

    def amend(self, n, place, seat=None, reason='other'):
        """A seat's amendment, or where no seat is given the target's."""
        draw = self.draws[n - 1]
        nonce = self.random_hex(32)
        if seat is None:
            amendment = draw.places.target_amendment(place, reason, nonce)
        else:
            amendment = draw.places.seat_amendment(place, seat, reason, nonce)
        amendment = self.hooked('amendment', amendment, n)
        each = Amendment(amendment, self.hooked('amend.json', P.loose(amendment), n))
        draw.amendments.append(each)
        draw.places.apply(amendment)
        if draw.revealed:
            self.tell(draw, len(draw.amendments), each)

    # the directory

    def draw_files(self, draw):
        """What section 4 lists for a draw's folder: some of it only from the reveal on."""
        files = {'commit.json': draw.commit}
        for name, note in draw.checkpoints.items():
            files[name + '.checkpoint'] = note
        if draw.revealed:
            files.update(draw.files)
            if draw.outcome == 'draw':
                files['record.json'] = draw.record_bytes
            for number, each in enumerate(draw.amendments, 1):
                files['amend-%02d.json' % number] = each.data
        return {'draws/%04d/%s' % (draw.n, name): data for name, data in files.items()}

    def files(self, cosigned=None, strangers=False):
        if cosigned is None:
            cosigned = [(w, self.now + 5) for w in self.witnesses]
        files = {'vkey': (self.key.vkey + '\n').encode(),
                 'checkpoint': self.checkpoint(None, cosigned, 'checkpoint', None, strangers)}
        files.update(P.tile_files(self.entries))
        for draw in self.draws:
            files.update(self.draw_files(draw))
        files.update(('archive/%04d.checkpoint' % at, note) for at, note in self.archives.items() if note)
        return self.hooked('files', files)

    def write(self, directory, **how):
        write_files(directory, self.files(**how))

    # what a checker should find

    def assurance(self, draw):
        """The class that section 4 gives a draw if all its witnesses are independent."""
        if draw.outcome is None:
            return 'pending'
        if draw.outcome == 'void' and draw.value is None:
            return 'none'
        source = draw.entry['beacon']['source']
        draw_time = P.seconds(draw.entry['draw_time'])
        vkeys = self.vkeys(draw.witnesses)
        in_time = [majority_by(draw.checkpoints[name], vkeys, latest)
                   for name, latest in (('commit', draw_time - 600), ('outcome', draw_time + P.DAY))]
        if not all(in_time):
            return 'C'
        return {'drand': 'A', 'public': 'B', 'witness': 'B', 'none': 'C'}[source]

    def overdue(self, margin=0):
        """Whether a commit wants an outcome or a reveal for more than a day."""
        limit = max(self.newest, self.now) + margin - P.DAY
        return any(draw.outcome is None and limit > P.seconds(draw.entry['draw_time'])
                   or not draw.revealed and limit > P.seconds(draw.entry['reveal_time'])
                   for draw in self.draws)


def described(data):
    return {'root': P.lines_root(data), 'rows': data.count(b'\n') - 1, 'sha256': P.H(data)}


def counted(data):
    return {'rows': data.count(b'\n') - 1, 'sha256': P.H(data)}


def excused(rows):
    return sum(row['drum'] == 'excused' for row in rows)


def majority_by(note, vkeys, latest):
    return P.majority(P.cosigners(P.parse_checkpoint(note), vkeys, latest), vkeys)


def write_files(directory, files):
    for path, data in files.items():
        full = os.path.join(directory, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'wb') as out:
            out.write(data)


# --- Random honest histories -----------------------------------------------------------------------------

CLASSES = ['', 'A', 'B', 'C', 'D', '甲类', '高风险', 'Z\\9', '!', 'e\u0301']
UNITS = ['', '财政局', '民政局', '街道办事处1', '街道办事处2', '街道办事处3', 'Unit B', "O'Unit; (2)", '=1+1',
         'unit \\ 7', '第一科/二组', '\U0001f3e2', '局' * 64]
AREAS = ['', '河东', '河西', '静海', '宝坻', 'North-East', '\ufffd']
TAGS = ['lead', 'leader', 'fire', 'finance', '-', 'x' * 32, 'Any', 'Own']
MATTERS = ['duty', 'leave', 'office', 'car', '.', 'A-1', '7']
REASONS = ['the rosters were out of date', '名册有误，重新承诺', 'he said "again", twice', 'a \\ and a /', '']
ZONES = ['Asia/Shanghai', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Pacific/Kiritimati',
         'Pacific/Pago_Pago', 'Asia/Kathmandu', 'UTC']
SYMBOLS = [('0123456789', 20), ('123456', 25), ('HT', 64), ('0123456789', 40),
           (''.join(chr(c) for c in range(0x21, 0x7f)), 10), ('!"\\~', 32), ('01', 200)]
DRAND_MOMENTS = [P.QUICKNET_GENESIS + 121, P.QUICKNET_GENESIS + 2995]      # rounds 42 and 1000


def an_id(rng, prefix):
    return rng.choice([f'{prefix}{rng.randrange(1000):04d}', f'{prefix.lower()}.{rng.randrange(99)}',
                       f'9-{rng.randrange(999)}',
                       ''.join(rng.choices('aZ09._-', k=rng.choice([1, 2, 5, 32])))])


def random_target(rng, year):
    return {'class': rng.choice(CLASSES[:rng.choice([2, 5, len(CLASSES)])]), 'unit': rng.choice(UNITS),
            'area': rng.choice(AREAS), 'level': rng.choice([None, 1, 1, 2, 2, 3, 3, 4, 0, 999]),
            'needs': rng.choice(['', '', *TAGS]),
            'weight': rng.choice([1, 1, 1, 2, 3, 5, 20, 100]),
            'since': f'{rng.choice([year, year - 1, year - 3, 1970]):04d}-01-01',
            'excused': rng.random() < 0.05}


def random_inspector(rng):
    return {'unit': rng.choice(UNITS), 'area': rng.choice(AREAS),
            'level': rng.choice([None, 1, 2, 3, 4, 5, 999]),
            'tags': [tag for tag in TAGS if rng.random() < 0.5], 'excused': rng.random() < 0.08}


def random_conflict(rng, roster):
    if not roster.inspectors or not roster.targets:
        return
    scope = rng.choice(['target', 'unit', 'area'])
    t = rng.choice(sorted(roster.targets))
    value = t if scope == 'target' else roster.targets[t][scope]
    if value:
        roster.declared.add((rng.choice(sorted(roster.inspectors)), scope, value))


def random_roster(rng, year):
    roster = Roster()
    for _ in range(rng.choice([rng.randint(5, 60), rng.randint(5, 20)])):
        roster.add_target(an_id(rng, 'T'), **random_target(rng, year))
    for _ in range(rng.choice([rng.randint(2, 24), rng.randint(2, 8), rng.choice([0, 1])])):
        roster.add_inspector(an_id(rng, 'I'), **random_inspector(rng))
    for _ in range(rng.choice([0, 1, 6])):
        random_conflict(rng, roster)
    return roster


def change_roster(rng, roster, year):
    """Some join, some leave, some change between two commits. `since` stays, also of who leaves and comes back."""
    left = {}
    for _ in range(rng.choice([0, 0, 1, 3, 8])):
        deed = rng.randrange(8)
        t = rng.choice(sorted(roster.targets)) if roster.targets else None
        p = rng.choice(sorted(roster.inspectors)) if roster.inspectors else None
        if deed == 0:
            i = an_id(rng, 'T')
            if i not in roster.targets:
                row = random_target(rng, year)
                roster.add_target(i, **{**row, 'since': left.get(i, row['since'])})
        elif deed == 1 and t and len(roster.targets) > 3:
            left[t] = roster.targets.pop(t)['since']
        elif deed == 2 and t:
            roster.targets[t].update(random_target(rng, year), since=roster.targets[t]['since'])
        elif deed == 3:
            roster.inspectors.setdefault(an_id(rng, 'I'), dict(random_inspector(rng)))
        elif deed == 4 and p:
            del roster.inspectors[p]
        elif deed == 5 and p:
            roster.inspectors[p].update(random_inspector(rng))
        elif deed == 6:
            random_conflict(rng, roster)
        elif roster.declared:
            roster.declared.discard(rng.choice(sorted(roster.declared)))


def random_rules(rng):
    rules = {
        'avoid': [column for column in ('area', 'unit') if rng.random() < 0.2],
        'cover_days': rng.choice([0, 0, 30, 365, 3650]), 'inspectors': rng.choice([0, 0, 1, 3, 6, 1000]),
        'max_load': rng.choice([0, 0, 1, 2, 4, 10]), 'reserve': rng.choice([0, 1, 2, 3, 5]),
        'rest_days': rng.choice([0, 0, 1, 20, 90, 400]), 'rotate': rng.choice([0, 1, 2, 3, 10]),
        'quiet_days': rng.choice([0, 1, 10, 60, 400, 3650]), 'same_unit': rng.random() < 0.6,
        'slack': rng.choice([0, 1, 1, 2]), 'spacing': rng.choice([0, 1, 60, 180, 180, 1440, 10080]),
        'team': rng.choice([
            ['any'], ['any', 'any'], ['lead', 'any'], ['any', 'lead'], ['lead', 'fire'], ['any'] * 3, ['own'],
            ['own', 'any'], ['own', 'own'], ['lead', 'own'], ['leader', 'any', 'finance'], ['-'], ['Any', 'any'],
            ['any'] * 8]),
        'timezone': rng.choice(ZONES),
    }
    if rng.random() < 0.3:
        rules['level_gap'] = rng.choice([-5, -1, 0, 0, 1, 2])
    if rng.random() < 0.3:      # nobody is kept from anything, so that many places are filled
        rules.update(avoid=[], max_load=0, team=rng.choice([['any'], ['any', 'any'], ['own']]))
        rules.pop('level_gap', None)
    return rules


def random_plan(rng, roster):
    """Strata that cover the roster's classes, some of them of classes that nobody has."""
    present = {row['class'] for row in roster.targets.values()}
    own = {c for c in sorted(present) if rng.random() < 0.6} | {c for c in CLASSES if rng.random() < 0.1}
    plan = []
    for name in sorted(own, key=str.encode):
        plan.append({'class': name, **random_share(rng)})
    if present - own or rng.random() < 0.3:
        plan.append({'class': '*', **random_share(rng)})
    return plan


def random_share(rng):
    if rng.random() < 0.5:
        return {'count': rng.choice([0, 1, 2, 3, 5, 12, 1000])}
    return {'per_10000': rng.choice([0, 1, 500, 550, 1000, 3333, 5000, 10000])}


def random_slots(rng, date):
    """Mostly days from the one after the draw; some before the draw or long after (that is noted only)."""
    first = P.day(date) + rng.choice([1, 1, 1, 2, -3])
    days = rng.sample(range(first, first + 20), rng.choice([1, 1, 2, 5, 10]))
    clocks = rng.choice([['09:00'], ['09:00', '14:00'], ['00:00', '23:59'], [f'{h:02}:30' for h in range(8, 18)]])
    if rng.random() < 0.01:
        days = range(first, first + 200)
        clocks = [f'{h:02}:00' for h in range(8, 18)]
    return sorted(f'{P.date_of(each)}T{clock}' for each in days for clock in clocks)


def random_away(rng, roster, slots):
    """Who is away on which of the slots' dates; some on all."""
    dates = sorted({slot[:10] for slot in slots})
    away = []
    for p in sorted(roster.inspectors):
        share = rng.choice([0, 0, 0, 0, 0, 0, 0.2, 0.5, 1])
        away += [(p, each) for each in dates if rng.random() < share]
    return away


class Plan:
    """How one cycle will go in a history."""

    def __init__(self, name, source, commits):
        self.name = name
        self.source = source
        self.left = commits
        self.rules = self.plan = self.roster = None
        self.moments = []           # drand only: draw times whose signature is known


class History:
    """A random honest history: events in the order of a virtual time, until it is stopped somewhere."""

    def __init__(self, seed, entries=None):
        self.rng = rng = random.Random(f'history {seed}')
        self.seed = seed
        sources = rng.choices(['none', 'public', 'drand', 'witness'], k=rng.choice([1, 2, 2, 3]))
        self.discipline = rng.choice(['none', 'before', 'before', 'sloppy', 'daily'])     # of archive entries
        if 'drand' in sources:
            start = P.QUICKNET_GENESIS - rng.randint(3600, 60 * P.DAY)
        else:
            start = rng.randint(1577836800, 1830000000)
        self.op = Operator(seed, rng.choice(['log.example.org', 'spotcheck.example.cn/log', 'a']), now=start)
        self.op.genesis(self.some_witnesses(bool({'witness', 'drand'} & set(sources))))
        self.events, self.serial, self.plans = [], 0, []
        self.earlier = None
        self.entries = entries
        budget = rng.randint(3, 12)
        for number, source in enumerate(sources):
            self.begin_cycle(f'{rng.choice(["weekly", "after-holiday", "ceremony", "."])}-{number}', source,
                             max(1, budget // len(sources)))
        for _ in range(rng.choice([0, 0, 1, 3])):
            self.at(start + rng.randint(0, 120 * P.DAY), self.change_policy)
        if self.discipline in ('daily', 'sloppy'):
            self.at(start + rng.randrange(P.DAY), self.daily)

    def at(self, moment, event, *arguments):
        self.serial += 1
        heapq.heappush(self.events, (moment, self.serial, event, arguments))

    def some_witnesses(self, wanted):
        names = sorted(self.op.known)
        return sorted(self.rng.sample(names, self.rng.choice([1, 3, 3, 4, 5] if wanted else [0, 1, 2, 3, 5])))

    def cosigned(self, names=None, soonest=0, latest=120):
        """Cosignatures by most of the witnesses in force, mostly soon."""
        rng, op = self.rng, self.op
        names = [w for w in op.witnesses if rng.random() < 0.85] if names is None else names
        times = [(w, op.now + rng.randint(soonest, latest)) for w in names]
        if rng.random() < 0.1:      # of several by one witness the earliest counts
            times += [(w, moment + rng.randint(1, 3 * P.DAY)) for w, moment in times if rng.random() < 0.5]
        return times

    def strangers(self):
        return self.rng.random() < 0.1

    # events

    def daily(self):
        """An archive entry a day, as long as anything is to come; the sloppy forget some."""
        if not self.events or len(self.op.entries) > 400:
            return
        forgotten = 0.6 if self.discipline == 'sloppy' else 0
        if self.rng.random() >= forgotten and (self.waiting() or self.rng.random() < 0.2):
            self.archive()
        self.at(self.op.now + P.DAY, self.daily)

    def waiting(self):
        return any(draw.outcome == 'draw' and not draw.revealed for draw in self.op.draws)

    def archive(self):
        self.op.archive(self.cosigned(), self.rng.random() < 0.9, self.strangers())

    def archive_before(self, draw_waits):
        """The entry before a commit or reveal. Where an amendment waits for it, it must not be forgotten."""
        orderly = {'none': 0, 'before': 1, 'daily': 1, 'sloppy': 0.5}[self.discipline]
        if draw_waits or self.rng.random() < orderly:
            self.archive()

    def change_policy(self):
        wanted = any(cycle.source in ('drand', 'witness') for cycle in self.plans)
        self.op.policy(self.some_witnesses(wanted), self.rng.choice(REASONS))

    def begin_cycle(self, name, source, commits):
        plan = Plan(name, source, commits)
        self.plans.append(plan)
        rng = self.rng
        year = int(P.utc(self.op.now - P.DAY)[:4])
        plan.roster = random_roster(rng, year)
        if len(self.plans) > 1 and rng.random() < 0.7:
            plan.roster = self.plans[0].roster      # cycles may share their rosters
        plan.rules = random_rules(rng)
        plan.embargo = rng.choice([0, 0, 1, 5, 30])
        if source == 'drand':
            plan.moments = [moment + rng.randrange(3) for moment in DRAND_MOMENTS if rng.random() < 0.8]
        self.op.start_chain(name, rng.randint(2, 5), plan.embargo, source)
        self.at(self.op.now + rng.randint(1, 10 * P.DAY), self.try_commit, plan)

    def cycle(self, plan):
        return self.op.cycles[plan.name]

    def unrevealed(self, plan):
        return [n for n in self.cycle(plan).numbers if not self.op.draws[n - 1].revealed]

    def try_commit(self, plan):
        rng, op = self.rng, self.op
        if plan.left == 0:
            return
        chain = self.cycle(plan).chain()
        early = rng.random() < 0.1      # a new chain before the old one is used up, where that is lawful
        if chain.used == chain.length or early and not self.unrevealed(plan):
            if self.unrevealed(plan):
                self.at(op.now + rng.randint(3600, 3 * P.DAY), self.try_commit, plan)
                return
            plan.embargo = rng.choice([plan.embargo, 0, 7])
            op.start_chain(plan.name, rng.randint(2, 5), plan.embargo, plan.source,
                           rng.choice(['the last is used up', '链已用尽, 另起 "新链"']))
        draw_time = self.next_draw_time(plan)
        if draw_time is None:
            return
        self.commit(plan, draw_time)

    def next_draw_time(self, plan):
        """At least that of the chain's commits before, since the reveals keep that order."""
        rng, op = self.rng, self.op
        lead = rng.choice([0, 30, 600, 660, 3600, P.DAY, 3 * P.DAY, 31 * P.DAY])
        if plan.source in ('drand', 'witness'):
            lead = max(lead, 900)
        soonest = max([op.now] + [P.seconds(op.draws[n - 1].entry['draw_time'])
                                  for n in self.cycle(plan).numbers[-1:]])
        if plan.source != 'drand':
            return soonest + lead
        while plan.moments and plan.moments[0] < max(soonest, op.now + 60):
            plan.moments.pop(0)
        if op.now < P.QUICKNET_GENESIS - P.DAY and soonest <= P.QUICKNET_GENESIS + 100 and rng.random() < 0.4:
            # one that will be voided before; quicknet has no round before its genesis
            return P.QUICKNET_GENESIS + rng.randint(max(0, soonest - P.QUICKNET_GENESIS), 100)
        if plan.moments:
            moment = plan.moments[0]
            start = moment - rng.choice([700, 1500])
            if op.now < start:
                self.at(start, self.try_commit, plan)
                return None
            return plan.moments.pop(0)
        return max(soonest + lead, P.QUICKNET_GENESIS + 1)

    def beacon(self, plan, draw_time):
        rng, op = self.rng, self.op
        if plan.source == 'public':
            symbols, count = rng.choice(SYMBOLS)
            return {'count': count, 'label': rng.choice(['dice', '二十枚十面骰子, "公开"', ' ']), 'source': 'public',
                    'symbols': symbols}
        if plan.source == 'drand':
            return {'chain': P.QUICKNET, 'round': P.drand_round(draw_time), 'source': 'drand'}
        if plan.source == 'witness':
            return {'key': op.known[rng.choice(op.witnesses)].vkey, 'source': 'witness'}
        return {'source': 'none'}

    def commit(self, plan, draw_time):
        rng, op = self.rng, self.op
        plan.left -= 1
        year = int(P.utc(op.now - P.DAY)[:4])      # who shares the roster may draw sooner
        change_roster(rng, plan.roster, year)
        if rng.random() < 0.2:
            timezone = plan.rules['timezone']
            plan.rules = dict(random_rules(rng), timezone=timezone)
        date = P.local_date(draw_time, plan.rules['timezone'])
        beacon = self.beacon(plan, draw_time)
        cosigned = self.cosigned(latest=min(120, max(0, draw_time - op.now)))
        if plan.source == 'witness':    # its key must have cosigned in time
            its = next(w for w in op.witnesses if op.known[w].vkey == beacon['key'])
            cosigned = [(w, t) for w, t in cosigned if w != its] + [(its, op.now + rng.randint(0, 120))]
        matters = rng.sample(MATTERS, rng.randint(0, len(MATTERS)))
        numbers = self.cycle(plan).numbers
        self.archive_before(bool(numbers) and bool(op.draws[numbers[-1] - 1].pending()))
        slots = random_slots(rng, date)
        draw = op.commit(plan.name, plan.roster, plan.rules, random_plan(rng, plan.roster), draw_time, beacon,
                         slots, matters, rng.randint(0, len(matters)), cosigned, self.strangers(),
                         random_away(rng, plan.roster, slots))
        self.choose_outcome(plan, draw, draw_time)

    def has_value(self, draw):
        """Whether the beacon's value can be known here."""
        beacon = draw.entry['beacon']
        return beacon['source'] != 'drand' or beacon['round'] in P.DRAND

    def choose_outcome(self, plan, draw, draw_time):
        rng = self.rng
        fate = rng.choices(['draw', 'early', 'late'], [8, 1, 1])[0]
        if plan.moments and not self.has_value(draw):
            fate = 'early'      # there is a round to come that this cycle wants
        if not self.has_value(draw):
            fate = 'early'
        elif fate == 'early' and (draw_time < self.op.now + 700 or not self.may_void_early(draw)):
            fate = 'draw'
        delay = rng.choice([0, 5, 600, 600, P.DAY - 200, 2 * P.DAY])
        if plan.moments:
            delay = min(delay, 300)     # the next of the two rounds is near
        if fate == 'early':
            self.at(rng.randint(self.op.now + 130, draw_time - 200), self.early_void, plan, draw)
        else:
            self.at(draw_time + delay, {'draw': self.draw, 'late': self.late_void}[fate], plan, draw)
        if not self.has_value(draw) and fate != 'early':
            raise AssertionError('a draw whose value cannot be known')
        reveal_time = P.seconds(draw.entry['reveal_time'])
        self.at(reveal_time + rng.choice([0, 1, 3600, P.DAY, 3 * P.DAY]), self.reveal, plan, draw.n)

    def may_void_early(self, draw):
        """Under a signed source most witnesses must say that it came before draw_time."""
        return draw.entry['beacon']['source'] in ('none', 'public', 'witness') or bool(draw.witnesses)

    def draw(self, plan, draw):
        self.op.draw(draw.n, cosigned=self.cosigned(), strangers=self.strangers())
        self.after_outcome(plan)
        self.plan_amendments(draw)

    def early_void(self, plan, draw):
        """Before draw_time. Where the source is signed, most witnesses say so, or the beacon is blamed."""
        op, rng = self.op, self.rng
        signed = plan.source in ('drand', 'witness')
        everyone = sorted(set(op.witnesses) | set(draw.witnesses))
        op.void(draw.n, rng.choice(REASONS[:-1]), cosigned=self.cosigned(everyone if signed else None, latest=100))
        self.after_void(plan, draw)

    def late_void(self, plan, draw):
        """With the value; at the reveal; or without, where that is lawful."""
        op, rng = self.op, self.rng
        if plan.source == 'witness' and rng.random() < 0.3:
            op.void(draw.n, 'beacon: no relay answered, 信标未到', cosigned=self.cosigned())
        elif plan.source in ('drand', 'witness') and rng.random() < 0.5:
            op.void(draw.n, rng.choice(REASONS), cosigned=self.cosigned())
            draw.value_later = True
        else:
            told = plan.source != 'none' and (plan.source != 'public' or rng.random() < 0.6)
            op.void(draw.n, rng.choice(REASONS), beacon=told, cosigned=self.cosigned())
        self.after_void(plan, draw)

    def after_void(self, plan, draw):
        self.after_outcome(plan)
        if self.rng.random() < 0.6:     # it need not wait for reveal_time
            self.at(max(self.op.now, P.seconds(draw.entry['draw_time'])) + self.rng.choice([0, 1, 600, P.DAY]),
                    self.reveal, plan, draw.n)

    def after_outcome(self, plan):
        gap = 20 if plan.moments else self.rng.choice([0, 60, P.DAY, 20 * P.DAY, 100 * P.DAY])
        self.at(self.op.now + gap + (60 if plan.moments else 0), self.try_commit, plan)

    def plan_amendments(self, draw):
        for _ in range(self.rng.choice([0, 0, 1, 2, 4, 12])):
            self.at(self.op.now + self.rng.choice([0, 10, 3600, P.DAY, 10 * P.DAY]), self.amend, draw)

    def amend(self, draw):
        """Any lawful one, if the cycle has not committed again."""
        rng, places = self.rng, draw.places
        if draw.cycle.numbers[-1] != draw.n or self.discipline == 'none' and not draw.revealed:
            return
        seats = [(p, s) for p, t in enumerate(places.target) if t
                 for s, holder in enumerate(places.team[p]) if holder]
        standing = [p for p, t in enumerate(places.target) if t]
        if rng.random() < 0.6 and seats:
            if rng.random() < 0.6:      # let some seats change hands often
                seats = seats[:1]
            self.op.amend(draw.n, *rng.choice(seats), rng.choice(['recusal', 'unavailable', 'other']))
        elif standing:
            self.op.amend(draw.n, rng.choice(standing), None, rng.choice(['closed', 'moved', 'other']))

    def waits_for(self, draw):
        """What must be revealed with it, in the order of the numbers."""
        waits = {draw.n: draw}
        before = [self.op.draws[n - 1] for n in draw.cycle.numbers if n < draw.n] + draw.looked
        for each in before:
            if not each.revealed:
                waits.update(self.waits_for(each))
        return waits

    def soonest(self, draw):
        return P.seconds(draw.entry['reveal_time' if draw.outcome == 'draw' else 'draw_time'])

    def reveal(self, plan, n):
        """With those that it waits for, as soon as all may be revealed."""
        draw = self.op.draws[n - 1]
        if draw.revealed:
            return
        waits = self.waits_for(draw)
        if any(each.outcome is None for each in waits.values()):
            self.at(self.op.now + 1800, self.reveal, plan, n)
            return
        soonest = max(self.soonest(each) for each in waits.values())
        if soonest > self.op.now:
            self.at(soonest, self.reveal, plan, n)
            return
        for number, each in sorted(waits.items()):
            self.archive_before(bool(each.pending()))
            self.op.reveal(number, beacon=each.value_later)

    # the run

    def step(self):
        moment, _, event, arguments = heapq.heappop(self.events)
        self.op.now = max(self.op.now, moment)
        event(*arguments)
        if self.entries and self.rng.random() < 0.5:
            for _ in range(self.rng.randrange(40)):
                if len(self.op.entries) < self.entries - 20:
                    self.change_policy()
        if self.earlier is None and self.rng.random() < 0.2:
            self.earlier = self.op.checkpoint()

    def run(self):
        stop = self.rng.choice([10**9, self.rng.randint(4, 40)])
        while self.events and len(self.op.draws) < 40 and stop > 0:
            self.step()
            stop -= 1
        for plan in self.plans:
            plan.left = 0
        while self.events and self.op.overdue(margin=300):
            self.step()
        while self.entries and len(self.op.entries) < self.entries:
            self.change_policy()
        for draw in self.op.draws:
            if self.rng.random() < 0.15:
                self.capture_later(draw)
        for at, note in self.op.archives.items():
            if note and self.rng.random() < 0.05:
                self.op.archives[at] = self.later_checkpoint(at, self.op.witnesses)
        return self.op

    def capture_later(self, draw):
        """A checkpoint of a draw may be of a larger tree, and its cosignatures be late."""
        rng, op = self.rng, self.op
        places = {'commit': draw.at, 'outcome': draw.outcome_at if draw.outcome else None}
        if draw.entry['beacon']['source'] in ('drand', 'witness') or draw.outcome == 'void':    # there time decides
            return
        for name, at in places.items():
            if at is not None:
                draw.checkpoints[name] = self.later_checkpoint(at, draw.witnesses)

    def later_checkpoint(self, at, witnesses):
        """Of a tree that holds entry `at`, and does not part a reveal from its amendments."""
        rng, op = self.rng, self.op
        size = rng.randint(at + 1, min(len(op.entries), at + 4))
        while size < len(op.entries) and b'"type":"amend"' in op.entries[size]:
            size += 1
        moment = P.seconds(json.loads(op.entries[size - 1])['time'])
        cosigned = [(w, moment + rng.randint(0, 60)) for w in witnesses if rng.random() < 0.8]
        return op.checkpoint(size, cosigned, strangers=self.strangers())


def honest(seed, entries=None):
    """The history, played to its end, of a random honest operator."""
    history = History(seed, entries)
    history.run()
    return history


def add_pages(files):
    """Pages and pictures for people may stand beside the record."""
    files['index.html'] = b'<!doctype html><title>draws</title>'
    files['archive/index.html'] = files['draws/.DS_Store'] = b''
    for path in [path for path in files if path.endswith('commit.json')]:
        for name in ('index.html', 'map.svg', 'data.js'):
            files[path.replace('commit.json', name)] = b' '


def keep_older_tiles(op, rng):
    """A hook on the files: partial tiles of a smaller tree may stay."""
    def keep(files):
        size = rng.randint(1, len(op.entries))
        files.update({**P.tile_files(op.entries[:size]), **files})
    return keep


def write_honest(directory, name, seed, entries=None):
    """Write one honest directory and return what index.json says of it."""
    history = honest(seed, entries)
    op, earlier = history.op, history.earlier
    where = os.path.join(directory, name)
    final = random.Random(f'final {seed}')
    cosigned = [(w, op.now + final.randint(0, 60)) for w in op.witnesses if final.random() < 0.9]
    if final.random() < 0.2:
        op.hook('files', add_pages)
    if final.random() < 0.3:
        op.hook('files', keep_older_tiles(op, final))
    op.write(where, cosigned=cosigned, strangers=final.random() < 0.1)
    arguments = []
    for w in sorted(op.known):
        arguments += ['--witness', op.known[w].vkey]
    if earlier and final.random() < 0.5:
        since = os.path.join(directory, name + '.since')
        with open(since, 'wb') as out:
            out.write(earlier)
        arguments += ['--since', since]
    if op.overdue():
        raise AssertionError(f'seed {seed}: overdue')
    return {'name': name, 'dir': where, 'seed': seed, 'entries': len(op.entries), 'expect': [],
            'args': arguments, 'witnesses': [op.known[w].vkey for w in sorted(op.known)],
            'classes': {str(draw.n): op.assurance(draw) for draw in op.draws},
            'outcomes': {str(draw.n): draw.outcome or 'open' for draw in op.draws},
            'revealed': [draw.n for draw in op.draws if draw.revealed]}


def write_index(directory, index):
    with open(os.path.join(directory, 'index.json'), 'w', encoding='utf-8') as out:
        json.dump(index, out, ensure_ascii=False, indent=1, sort_keys=True)
        out.write('\n')


def large_size(number):
    """Sizes around which tiles fill."""
    return [256, 257, 300, 511, 512, 513, 700][number % 7]


def main():
    parser = argparse.ArgumentParser(description='Write random honest published directories.')
    parser.add_argument('outdir', nargs='?')
    parser.add_argument('one', nargs='?', metavar='SEED', help='write one directory, OUTDIR, of this seed')
    parser.add_argument('--seed', type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument('--count', type=int, default=10)
    parser.add_argument('--entries', type=int, help='grow every log to about so many entries')
    parser.add_argument('--large', action='store_true', help='grow the logs to 256 and more entries')
    parser.add_argument('--list', action='store_true', help='only say what would be written')
    options = parser.parse_args()
    if not options.outdir and not options.list:
        parser.error('OUTDIR is wanted')
    if options.one is not None:
        print(f'honest directory: seed {options.one}', file=sys.stderr)
        where, name = os.path.split(os.path.abspath(options.outdir))
        print(json.dumps(write_honest(where, name, options.one, options.entries), ensure_ascii=False, sort_keys=True))
        return 0
    print(f'honest directories: seed {options.seed}, count {options.count}', file=sys.stderr)
    index = []
    for number in range(options.count):
        name = f'honest-{options.seed}-{number:04d}'
        if options.list:
            print(name)
            continue
        entries = large_size(number) if options.large else options.entries
        os.makedirs(options.outdir, exist_ok=True)
        index.append(write_honest(os.path.abspath(options.outdir), name, f'{options.seed}/{number}', entries))
    if not options.list:
        write_index(options.outdir, index)
    return 0


if __name__ == '__main__':
    sys.exit(main())
