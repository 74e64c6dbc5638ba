"""A slow and obvious checker, written from section 10 of the protocol page.

It proves that the honest directories are honest and that each cheat fails the check it is meant to fail. It
has no BLS: of drand's signatures it knows those that the model knows, and of a value by another round it says that
the check did not run. It stops at the first failure; what is lawful but worth knowing it notes.

    /usr/bin/python3 checker.py DIR [--since CHECKPOINT] [--at TIME] [--key VKEY] [--witness VKEY]… [--verbose]
    /usr/bin/python3 checker.py --index INDEX.json       each directory of an index against its `expect`
"""

import argparse
import json
import os
import re
import stat
import sys
import time
import unicodedata
from collections import Counter

import protocol as P
from protocol import Refused, refuse_unless

ENTRY_KEYS = {
    'genesis': {'key', 'operator', 'origin', 'witnesses'},
    'policy': {'reason', 'witnesses'},
    'cycle': {'anchor', 'chain', 'cycle', 'embargo_days', 'length', 'reason', 'source'},
    'commit': {'beacon', 'chain', 'changes', 'cycle', 'date', 'draw_time', 'excused', 'files', 'link', 'n',
               'origin', 'reveal_time', 'rules', 'sealed', 'strata'},
    'draw': {'beacon', 'commit', 'n', 'places', 'record'},
    'void': {'commit', 'n', 'reason'},
    'reveal': {'n', 'record', 'secret'},
    'amend': {'amendment', 'n', 'sha256'},
    'archive': {'open', 'root'},
}
OPTIONAL = {'draw': ['signature'], 'void': ['beacon', 'signature'], 'reveal': ['beacon', 'signature'],
            'amend': ['archive']}
BEACON_KEYS = {'none': set(), 'public': {'count', 'label', 'symbols'}, 'drand': {'chain', 'round'},
               'witness': {'key'}}
RULES = {'avoid', 'cover_days', 'inspectors', 'max_load', 'quiet_days', 'reserve', 'rest_days', 'rotate',
         'same_unit', 'slack', 'spacing', 'team', 'timezone'}
TABLES = {'targets.csv', 'inspectors.csv', 'conflicts.csv', 'away.csv', 'sealed.json'}
MOST_BYTES = 2**28      # of a file
PLAIN = TABLES | {'commit.json', 'commit.checkpoint', 'outcome.checkpoint', 'record.json'}


class Failed(Exception):
    def __init__(self, check, n, why):
        super().__init__(f'{check}{"" if n is None else f" of draw {n}"}: {why}')
        self.check, self.n = check, n


# --- The forms of entries --------------------------------------------------------------------------------

def keys(value, wanted, optional=()):
    refuse_unless(isinstance(value, dict) and set(wanted) <= set(value) <= set(wanted) | set(optional),
                  f'not exactly the keys {sorted(wanted)}')


def integers(value, names, low=0, high=P.MAX_INTEGER - 1):
    for name in names:
        refuse_unless(P.is_integer(value[name], low, high), f'{name} is {value[name]!r}')


def ascends(values):
    return all(a < b for a, b in zip(values, values[1:]))


def form_of_witnesses(vkeys, log):
    """No two of one name or one key, and none with those of the log."""
    refuse_unless(isinstance(vkeys, list), 'witnesses')
    parsed = [P.parse_vkey(vkey) for vkey in vkeys] + [P.parse_vkey(log)]
    refuse_unless(all(kind == P.WITNESS_KEY for _, _, kind, _ in parsed[:-1]), 'not a witness key')
    refuse_unless(len({name for name, _, _, _ in parsed}) == len(parsed), 'two keys have one name')
    refuse_unless(len({public for _, _, _, public in parsed}) == len(parsed), 'two names have one key')


def form_of_beacon(beacon):
    refuse_unless(isinstance(beacon, dict) and beacon.get('source') in BEACON_KEYS, 'no such beacon')
    keys(beacon, BEACON_KEYS[beacon['source']] | {'source'})
    if beacon['source'] == 'public':
        integers(beacon, ['count'])
        refuse_unless(isinstance(beacon['symbols'], str) and P.is_remark(beacon['label']), 'public beacon')
    if beacon['source'] == 'drand':
        integers(beacon, ['round'], 1)
    if beacon['source'] == 'witness':
        refuse_unless(P.parse_vkey(beacon['key'])[2] == P.WITNESS_KEY, 'not a witness key')


def form_of_rules(rules):
    keys(rules, RULES, ['level_gap'])
    integers(rules, RULES - {'avoid', 'same_unit', 'team', 'timezone'})
    integers(rules, ['spacing'], 0, 10080)
    integers(rules, ['quiet_days'], 0, 3650)
    integers(rules, {'level_gap'} & set(rules), 1 - P.MAX_INTEGER)
    refuse_unless(rules['avoid'] in ([], ['area'], ['unit'], ['area', 'unit']), 'avoid')
    refuse_unless(isinstance(rules['same_unit'], bool), 'same_unit')
    refuse_unless(isinstance(rules['team'], list) and 1 <= len(rules['team']) <= 8
                  and all(P.is_id(each) for each in rules['team']), 'team')
    refuse_unless(P.is_zone(rules['timezone']), 'timezone')


def form_of_stratum(stratum):
    refuse_unless(isinstance(stratum, dict), 'a stratum')
    how = 'count' if 'count' in stratum else 'per_10000'
    keys(stratum, {'class', how})
    integers(stratum, [how])
    refuse_unless(P.is_text(stratum['class']), 'class')


def form_of_changes(changes):
    keys(changes, {'conflicts', 'inspectors', 'previous', 'targets'})
    integers(changes, ['previous'])
    keys(changes['conflicts'], {'added', 'removed'})
    for name in ('targets', 'inspectors'):
        keys(changes[name], {'added', 'changed', 'removed'})
    for name in ('conflicts', 'targets', 'inspectors'):
        integers(changes[name], changes[name])


def form_of_commit(e):
    integers(e, ['chain', 'link'], 1)
    refuse_unless(P.is_id(e['cycle']) and P.is_hex(e['sealed'], 64), 'cycle or sealed')
    refuse_unless(isinstance(e['origin'], str), 'origin')
    P.day(e['date']), P.seconds(e['draw_time']), P.seconds(e['reveal_time'])
    keys(e['excused'], {'inspectors', 'targets'})
    integers(e['excused'], e['excused'])
    keys(e['files'], {'inspectors.csv', 'targets.csv'})
    for file in e['files'].values():
        keys(file, {'root', 'rows', 'sha256'})
        integers(file, ['rows'], 0, P.MAX_ROWS)
        refuse_unless(P.is_hex(file['root'], 64) and P.is_hex(file['sha256'], 64), 'files')
    form_of_beacon(e['beacon'])
    form_of_rules(e['rules'])
    form_of_changes(e['changes'])
    refuse_unless(isinstance(e['strata'], list), 'strata')
    for stratum in e['strata']:
        form_of_stratum(stratum)


def form_of_cycle(e):
    refuse_unless(P.is_id(e['cycle']) and P.is_hex(e['anchor'], 64), 'cycle or anchor')
    refuse_unless(e['source'] in list(BEACON_KEYS), 'source')
    integers(e, ['chain'], 1)
    integers(e, ['embargo_days'], 0, 400)
    integers(e, ['length'], 1, 10000)
    refuse_unless(e['chain'] != 1 or e['reason'] == '', 'chain 1 has a reason')


def form_of_value(e):
    """`beacon` and `signature` of a draw, a void or a void's reveal."""
    refuse_unless(isinstance(e.get('beacon', ''), str), 'beacon')
    if 'signature' in e:
        refuse_unless(P.is_hex(e['signature'], 96) or P.is_hex(e['signature'], 128), 'signature')


def form_of_open(opened):
    refuse_unless(isinstance(opened, list), 'open')
    for each in opened:
        keys(each, {'amended', 'n'})
        integers(each, ['n'], 1)
        refuse_unless(P.is_hex(each['amended'], 64), 'amended')
    refuse_unless(ascends([each['n'] for each in opened]), 'open does not ascend')


def form_of_entry(e, vkey):
    """An entry is of a known type and has exactly its keys and forms."""
    refuse_unless(isinstance(e, dict) and e.get('type') in list(ENTRY_KEYS), 'no known type')
    kind = e['type']
    keys(e, ENTRY_KEYS[kind] | {'time', 'type', 'v'}, OPTIONAL.get(kind, []))
    refuse_unless(P.is_integer(e['v'], P.VERSION, P.VERSION), f'v is not {P.VERSION}')
    P.seconds(e['time'])
    if 'n' in e:
        integers(e, ['n'], 1)
    for name in ('root', 'sha256', 'record', 'places', 'secret', 'commit'):
        if name in e and not (kind == 'reveal' and e[name] == ''):
            refuse_unless(P.is_hex(e[name], 64), name)
    if kind == 'genesis':
        name, _, its_kind, _ = P.parse_vkey(e['key'])
        refuse_unless(P.is_remark(e['operator']) and its_kind == P.LOG_KEY and name == e['origin'],
                      'operator, key or origin')
    if kind in ('genesis', 'policy'):
        form_of_witnesses(e['witnesses'], vkey)
    if 'reason' in e:
        refuse_unless(P.is_reason(e['reason']), 'reason')
    if kind == 'cycle':
        form_of_cycle(e)
    if kind == 'commit':
        form_of_commit(e)
    if kind in ('draw', 'void', 'reveal'):
        form_of_value(e)
    if kind == 'reveal':
        refuse_unless(e['secret'] != '', 'secret')
    if kind == 'amend':
        integers(e, ['amendment'], 1)
        integers(e, {'archive'} & set(e))
    if kind == 'archive':
        form_of_open(e['open'])


# --- The log ---------------------------------------------------------------------------------------------

class Commit:
    """One commitment as the log has it."""

    def __init__(self, entry, data, at, witnesses):
        self.entry, self.data, self.at, self.witnesses = entry, data, at, witnesses
        self.hash = P.H(data)
        self.n = entry['n']
        self.outcome = self.outcome_at = self.reveal = self.reveal_at = None
        self.amends = []            # (entry, its place in the log, where it stands)
        self.applied = []           # (amendment, where it stands)
        self.earlier = []           # the cycle's commits before it
        self.looked = []            # other cycles' draws that it looks at
        self.open_elsewhere = []    # other cycles' draws that were open then
        self.chain = None           # the cycle entry
        self.next_at = None         # where the cycle's next commit stands
        self.tables = self.places = self.model = self.expected = None
        self.value = self.value_late = None

    def is_draw(self):
        return self.outcome is not None and self.outcome['type'] == 'draw'

    def is_void(self):
        return self.outcome is not None and self.outcome['type'] == 'void'

    def opened_draw(self):
        return self.is_draw() and self.reveal is not None

    def time(self, name):
        return P.seconds(self.entry[name])

    def places_as_of(self, at):
        """What the places held when the log had `at` entries."""
        places = P.Places(self.model, self.expected)
        for amendment, stands in self.applied:
            if stands < at:
                places.apply(amendment)
        return places


class Checker:
    """`files` is {path: bytes}."""

    def __init__(self, files, since=None, at=None, key=None, independent=()):
        self.files, self.since, self.at, self.given_key = files, since, at, key
        self.independent = list(independent)
        self.entries, self.objects, self.commits = [], [], []
        self.archives = {}          # index: (entry, witnesses in force)
        self.cycles = {}            # name: {'chains': [cycle entry], 'commits': [Commit]}
        self.notes = []             # (kind, draw or None, text)
        self.not_run = []
        self.tree_of = P.Tree()

    def note(self, kind, n, text=''):
        self.notes.append((kind, n, text))

    def need(self, path):
        refuse_unless(path in self.files, f'{path} is missing')
        return self.files[path]

    def run(self):
        for check in (self.signature, self.tree, self.append_only, self.sequence, self.order,
                      self.checkpoints, self.names):
            self.guard({'append_only': 'append-only', 'names': 'files'}.get(check.__name__, check.__name__), None,
                       check)
        for commit in self.commits:
            for check in (self.files_check, self.drum, self.strata, self.history, self.chain, self.beacon):
                self.guard(check.__name__.replace('_check', ''), commit.n, check, commit)
            if commit.opened_draw():
                self.recompute(commit)
                for check in (self.seed, self.selection, self.inspectors, self.teams, self.visits,
                              self.matters, self.record, self.amendments):
                    self.guard(check.__name__, commit.n, check, commit)
        Notes(self).all()

    @staticmethod
    def guard(name, n, check, *arguments):
        try:
            check(*arguments)
        except Refused as error:
            raise Failed(name, n, error) from error

    def signature(self):
        vkey = self.need('vkey').decode('utf-8', 'replace')
        refuse_unless(re.fullmatch(r'[^\n]+\n', vkey), 'vkey is not one line')
        self.vkey = vkey.rstrip('\n')
        refuse_unless(self.given_key in (None, self.vkey), 'not the key that was given')
        self.main = P.parse_checkpoint(self.need('checkpoint'))
        refuse_unless(P.signed_by(self.main, self.vkey), 'the checkpoint is not signed by the key')
        first = (P.split_bundle(self.need(self.bundles()[0])) or [b''])[0]
        try:
            genesis = json.loads(first)
        except (ValueError, RecursionError) as error:
            raise Refused('entry 0 is not JSON') from error
        refuse_unless(isinstance(genesis, dict) and genesis.get('type') == 'genesis', 'entry 0 is no genesis')
        refuse_unless(genesis.get('key') == self.vkey, 'genesis names another key')
        refuse_unless(genesis.get('origin') == self.main[1] == self.vkey.split('+')[0], 'origins differ')

    def bundles(self):
        size = self.main[2]
        refuse_unless(size <= 256 * len(self.files), 'the tree is larger than its tiles')
        return [P.tile_path('entries', i // 256, min(256, size - i)) for i in range(0, size, 256)] or ['none']

    def tree(self):
        for path in self.bundles():
            self.entries += P.split_bundle(self.need(path))
        refuse_unless(len(self.entries) == self.main[2], 'not as many entries as the checkpoint says')
        for entry in self.entries:
            self.tree_of.append(entry)
        refuse_unless(self.root(len(self.entries)) == self.main[3], 'the root is not that of the checkpoint')
        for path, data in P.tile_files(self.entries).items():
            refuse_unless(self.need(path) == data, f'{path} is wrong')
        for number, data in enumerate(self.entries):
            try:
                entry = P.parse_canonical(data)
                form_of_entry(entry, self.vkey)
            except (Refused, KeyError, TypeError, AttributeError) as error:
                raise Refused(f'entry {number}: {error}') from error
            self.objects.append(entry)

    def root(self, size):
        return self.tree_of.root(size)

    def append_only(self):
        if self.since is not None:
            earlier = P.parse_checkpoint(self.since)
            refuse_unless(P.signed_by(earlier, self.vkey) and earlier[1] == self.main[1], 'of another log')
            self.prefix(earlier)

    def prefix(self, checkpoint):
        size, root = checkpoint[2:4]
        refuse_unless(size <= len(self.entries), 'is larger than this tree')
        refuse_unless(self.root(size) == root, 'is not a prefix of this tree')

    def sequence(self):
        anchors, secrets, witnesses = [], [], []
        for at, e in enumerate(self.objects):
            kind = e['type']
            if kind in ('genesis', 'policy'):
                refuse_unless(kind == 'policy' or at == 0, 'a second genesis')
                if kind == 'policy':
                    self.note('witnesses changed', None, names_of(set(witnesses) ^ set(e['witnesses'])))
                witnesses = e['witnesses']
            elif kind == 'cycle':
                self.add_chain(e)
                refuse_unless(e['anchor'] not in anchors, 'an anchor stands twice')
                anchors.append(e['anchor'])
            elif kind == 'commit':
                self.add_commit(e, at, witnesses)
            elif kind == 'archive':
                self.add_archive(e, at, witnesses)
            else:
                refuse_unless(e['n'] <= len(self.commits), f'no draw {e["n"]}')
                commit = self.commits[e['n'] - 1]
                {'draw': self.add_outcome, 'void': self.add_outcome, 'reveal': self.add_reveal,
                 'amend': self.add_amend}[kind](commit, e, at)
                if kind == 'reveal':
                    secrets.append(e['secret'])
        refuse_unless(not set(anchors) & set(secrets), 'an anchor equals a revealed secret')
        self.witnesses = witnesses
        self.deadlines()

    def add_chain(self, e):
        cycle = self.cycles.setdefault(e['cycle'], {'chains': [], 'commits': []})
        refuse_unless(e['chain'] == len(cycle['chains']) + 1, 'not the next chain')
        refuse_unless(all(c.reveal for c in cycle['commits']), 'a used link is not revealed')
        cycle['chains'].append(e)

    def add_commit(self, e, at, witnesses):
        refuse_unless(e['n'] == len(self.commits) + 1, 'n has a gap')
        refuse_unless(e['origin'] == self.main[1], 'not the origin of the log')
        refuse_unless(e['cycle'] in self.cycles, 'no such cycle')
        cycle = self.cycles[e['cycle']]
        commit = Commit(e, self.entries[at], at, witnesses)
        commit.chain = cycle['chains'][-1]
        commit.earlier = list(cycle['commits'])
        used = sum(c.chain is commit.chain for c in commit.earlier)
        refuse_unless(e['chain'] == commit.chain['chain'], 'not the newest chain')
        refuse_unless(e['link'] == used + 1 and e['link'] <= commit.chain['length'], 'not the next link')
        refuse_unless(e['beacon']['source'] == commit.chain['source'], 'not the source of the chain')
        refuse_unless(all(c.outcome for c in commit.earlier), 'the cycle has an open commit')
        others = [c for c in self.commits if c.entry['cycle'] != e['cycle']]
        commit.looked = [c for c in others if c.is_draw() and P.looks_at(e['rules'], e['date'], c.entry['date'])]
        commit.open_elsewhere = [c.n for c in others if not c.reveal]
        if commit.earlier:
            commit.earlier[-1].next_at = at
        cycle['commits'].append(commit)
        self.commits.append(commit)

    def add_archive(self, e, at, witnesses):
        opened = [c.n for c in self.commits if c.is_draw() and not c.reveal]
        refuse_unless([each['n'] for each in e['open']] == opened, f'entry {at}: not the draws that are open')
        self.archives[at] = e, witnesses

    def add_outcome(self, commit, e, at):
        refuse_unless(commit.outcome is None, 'a second outcome')
        refuse_unless(e['commit'] == commit.hash, 'not the hash of the commit')
        commit.outcome, commit.outcome_at = e, at

    def add_reveal(self, commit, e, at):
        refuse_unless(commit.reveal is None, 'a second reveal')
        refuse_unless(all(c.reveal for c in commit.earlier), 'an earlier commit is not revealed')
        refuse_unless(all(c.reveal for c in commit.looked), 'a draw that it looks at is not revealed')
        refuse_unless(commit.is_void() == (e['record'] == ''), 'a record after a void, or none after a draw')
        commit.reveal, commit.reveal_at = e, at
        commit.revealed_before_outcome = commit.outcome is None

    def add_amend(self, commit, e, at):
        refuse_unless(commit.is_draw() and commit.reveal, 'an amendment before the reveal, or of no draw')
        refuse_unless(e['amendment'] == len(commit.amends) + 1, 'not the next amendment')
        stands = at
        if 'archive' in e:
            stands = e['archive']
            refuse_unless(at == commit.reveal_at + e['amendment'], 'does not follow the reveal directly')
            refuse_unless(stands in self.archives and commit.outcome_at < stands < commit.reveal_at,
                          'no archive entry between draw and reveal')
        refuse_unless(not commit.amends or commit.amends[-1][2] <= stands, 'stands before the one before it')
        commit.amends.append((e, at, stands))

    def as_of(self):
        """The time given, else the newest of the log or that most of some witnesses reach."""
        if self.at is not None:
            return self.at
        times = [P.seconds(e['time']) for e in self.objects]
        for witnesses in [self.witnesses] + [c.witnesses for c in self.commits if not c.reveal]:
            times.append(P.reached(self.main, witnesses) or 0)
        return max(times)

    def deadlines(self):
        late = self.as_of() - P.DAY
        for c in self.commits:
            refuse_unless(c.outcome or late <= c.time('draw_time'), 'an outcome is overdue')
            refuse_unless(c.reveal or late <= c.time('reveal_time'), 'a reveal is overdue')

    def order(self):
        times = [P.seconds(e['time']) for e in self.objects]
        refuse_unless(all(a <= b for a, b in zip(times, times[1:])), 'times run back')
        for c in self.commits:
            draw_time, reveal_time = c.time('draw_time'), c.time('reveal_time')
            refuse_unless(c.time('time') <= draw_time, 'draw_time is before the commit')
            if c.is_draw():
                refuse_unless(draw_time <= P.seconds(c.outcome['time']), 'drawn before draw_time')
            if c.reveal:
                refuse_unless(not c.revealed_before_outcome, 'revealed before the outcome')
                soonest = reveal_time if c.is_draw() else draw_time
                refuse_unless(soonest <= P.seconds(c.reveal['time']), 'revealed too early')
            waits = [e for e in c.earlier if e.is_draw()] + c.looked
            latest = max([draw_time + c.chain['embargo_days'] * P.DAY] + [e.time('reveal_time') for e in waits])
            refuse_unless(reveal_time == latest, 'reveal_time is not what follows')
            refuse_unless(abs(P.day(c.entry['date']) - P.day(c.entry['draw_time'][:10])) <= 1, 'date is not near')

    def checkpoints(self):
        self.check_note(self.files['checkpoint'], len(self.entries) - 1, self.witnesses)
        for c in self.commits:
            folder = 'draws/%04d/' % c.n
            self.check_note(self.need(folder + 'commit.checkpoint'), c.at, c.witnesses)
            if c.outcome:
                self.check_note(self.need(folder + 'outcome.checkpoint'), c.outcome_at, c.witnesses)
        for at, (_, witnesses) in self.archives.items():
            data = self.files.get('archive/%04d.checkpoint' % at)
            if data is not None:
                self.check_note(data, at, witnesses)

    def check_note(self, data, holds, witnesses):
        note = P.parse_checkpoint(data)
        refuse_unless(P.signed_by(note, self.vkey) and note[1] == self.main[1], 'is not signed by the log')
        refuse_unless(note[2] > holds, 'does not hold what it must')
        self.prefix(note)
        refuse_unless(all(good for _, _, good in P.cosignatures(note, witnesses)), 'a cosignature is false')

    def names(self):
        """No folder and no archive checkpoint of what is not in the log; other names are only counted."""
        for path in self.files:
            folder = re.match(r'draws/(\d{4,})/', path, re.ASCII)
            if folder and right_digits(folder[1], 4):
                refuse_unless(1 <= int(folder[1]) <= len(self.commits), f'{path}: no such draw')
            if path.startswith('archive/') and of_the_protocol(path):
                refuse_unless(int(path[8:-11]) in self.archives, f'{path}: no such archive entry')
        foreign = sum(not of_the_protocol(path) for path in self.files)
        if foreign:
            self.note('foreign names', None, f'{foreign}')

    # --- a draw ------------------------------------------------------------------------------------------

    def file(self, c, name):
        return self.need('draws/%04d/%s' % (c.n, name))

    def files_check(self, c):
        folder = 'draws/%04d/' % c.n
        names = {path[len(folder):] for path in self.files if path.startswith(folder)}
        names = {name for name in names if known_name(name)}
        allowed = {'commit.json', 'commit.checkpoint'} | ({'outcome.checkpoint'} if c.outcome else set())
        if c.reveal:
            allowed |= TABLES
            if c.is_draw():
                allowed |= {'record.json'} | {'amend-%02d.json' % i for i in range(1, len(c.amends) + 1)}
        refuse_unless(not names - allowed, f'{sorted(names - allowed)} must not be there')
        refuse_unless(not allowed - names, f'{sorted(allowed - names)} are missing')
        refuse_unless(self.file(c, 'commit.json') == c.data, 'commit.json is not the entry')
        if c.reveal:
            self.read_tables(c)

    def read_tables(self, c):
        for name in ('targets.csv', 'inspectors.csv'):
            data, said = self.file(c, name), c.entry['files'][name]
            refuse_unless(P.H(data) == said['sha256'], f'{name}: digest')
            refuse_unless(P.lines_root(data) == said['root'], f'{name}: root')
            refuse_unless(data.count(b'\n') - 1 == said['rows'], f'{name}: rows')
        sealed = self.file(c, 'sealed.json')
        refuse_unless(P.H(sealed) == c.entry['sealed'], 'sealed.json: digest')
        try:
            c.sealed = P.parse_sealed(sealed, c.entry['strata'])
        except (KeyError, TypeError) as error:
            raise Refused('form of sealed.json') from error
        seats = sum(s['take'] for s in c.sealed['strata']) * len(c.entry['rules']['team'])
        refuse_unless(seats <= P.MAX_SEATS, 'too many seats')
        for name in ('conflicts', 'away'):
            data, said = self.file(c, name + '.csv'), c.sealed[name]
            refuse_unless(P.H(data) == said['sha256'], f'{name}.csv: digest')
            refuse_unless(data.count(b'\n') - 1 == said['rows'], f'{name}.csv: rows')
        targets = P.parse_targets(self.file(c, 'targets.csv'), c.entry['date'])
        inspectors = P.parse_inspectors(self.file(c, 'inspectors.csv'))
        conflicts = P.parse_conflicts(self.file(c, 'conflicts.csv'), targets, inspectors)
        away = P.parse_away(self.file(c, 'away.csv'), inspectors, c.sealed['slots'])
        c.tables = targets, inspectors, conflicts, away

    def drum(self, c):
        if not c.tables:
            return
        for row in c.tables[0]:
            expected = P.drum_value(c.entry['date'], row, row['drum'] == 'excused', row['drum'] == 'carried',
                                    c.entry['rules'])
            refuse_unless(row['drum'] == expected, f'{row["id"]} is {row["drum"]}, not {expected}')
        for row in c.tables[1]:
            expected = P.inspector_drum(row['id'], row['drum'] == 'excused', c.tables[3], c.sealed['slots'])
            refuse_unless(row['drum'] == expected, f'{row["id"]} is {row["drum"]}, not {expected}')

    def strata(self, c):
        strata = c.entry['strata']
        names = [s['class'].encode() for s in strata]
        plain = names[:-1] if names[-1:] == [b'*'] else names
        refuse_unless(ascends(plain) and b'*' not in plain, 'classes do not ascend')
        refuse_unless(all(s.get('per_10000', 0) <= 10000 for s in strata), 'per_10000')
        if not c.tables:
            return
        refuse_unless(all(t['class'] != '*' for t in c.tables[0]), 'a target has class *')
        refuse_unless(all(P.stratum_of(t['class'], strata) is not None for t in c.tables[0]), 'not covered')
        refuse_unless(P.strata_of(strata, c.tables[0]) == c.sealed['strata'], 'drum, slips or take do not follow')

    def history(self, c):
        previous = c.earlier[-1] if c.earlier else None
        refuse_unless(c.entry['changes']['previous'] == (previous.n if previous else 0), 'previous')
        if not c.tables:
            return
        targets, inspectors, conflicts, _ = c.tables
        past, looked = ([(e.entry['date'], e.places_as_of(c.at)) for e in draws if e.is_draw()]
                        for draws in (c.earlier, c.looked))
        owed = P.owed(past)
        for row in targets:
            t = row['id']
            refuse_unless(row['last_drawn'] == P.last_drawn(past, t), f'last_drawn of {t}')
            refuse_unless(row['elsewhere'] == P.elsewhere(looked, t), f'elsewhere of {t}')
            if row['drum'] != 'excused' and not row['elsewhere']:
                refuse_unless((row['drum'] == 'carried') == (t in owed), f'carried: {t}')
        before = {row['id']: row['since'] for row in previous.tables[0]} if previous else {}
        refuse_unless(all(before.get(row['id'], row['since']) == row['since'] for row in targets), 'since')
        people, places = ({row['id'] for row in rows} for rows in (inspectors, targets))
        pairs = {(row['inspector'], row['value']) for row in conflicts if row['why'] == 'rotation'}
        refuse_unless(pairs == P.rotation(past, c.entry['rules']['rotate'], places, people), 'rotation')
        changes = P.changes_of(previous and (previous.n, *previous.tables[:3]), targets, inspectors, conflicts)
        refuse_unless(changes == c.entry['changes'], 'changes')
        counted = {name: sum(row['drum'] == 'excused' for row in rows)
                   for name, rows in (('targets', targets), ('inspectors', inspectors))}
        refuse_unless(counted == c.entry['excused'], 'excused')

    def chain(self, c):
        if c.reveal:
            refuse_unless(P.chain_of(c.reveal['secret'], c.entry['link'])[0] == c.chain['anchor'],
                          'the secret is not of the chain')

    # the beacon

    def beacon(self, c):
        beacon = c.entry['beacon']
        source = beacon['source']
        if source == 'public':
            symbols = beacon['symbols']
            refuse_unless(all('!' <= s <= '~' for s in symbols) and ascends(symbols), 'symbols')
            refuse_unless(P.strong(beacon), 'the beacon is weak')
        if source == 'drand':
            refuse_unless(beacon['chain'] == P.QUICKNET, 'not quicknet')
            refuse_unless(beacon['round'] == P.drand_round(c.time('draw_time')), 'not the round')
        if source == 'witness':
            refuse_unless(beacon['key'] in c.witnesses, 'not a witness in force')
        if c.is_draw():
            late = {'beacon', 'signature'} & set(c.reveal or {})
            refuse_unless(not late, 'the value of a draw comes twice')
            self.value(c, c.outcome)
        elif c.is_void():
            self.value_of_void(c, source)

    def value_of_void(self, c, source):
        given = [e for e in (c.outcome, c.reveal) if e and {'beacon', 'signature'} & set(e)]
        refuse_unless(len(given) < 2, 'the value comes twice')
        if given:
            refuse_unless(source != 'none', 'none has no value')
            refuse_unless(source != 'public' or given[0] is c.outcome, 'a public value comes with the void')
            self.value(c, given[0])
            return
        early = self.cosigners(c, 'outcome', c.time('draw_time') - 1)
        if source == 'none' or P.majority(early, c.witnesses):
            return
        if source == 'public':
            self.note('void perhaps withheld', c.n)
        elif source == 'witness' and c.outcome['reason'].startswith('beacon'):
            self.note('void unproven', c.n)
        else:
            refuse_unless(not c.reveal, 'a void without a value, and not cosigned before draw_time')

    def cosigners(self, c, name, latest):
        note = P.parse_checkpoint(self.file(c, name + '.checkpoint'))
        return P.cosigners(note, c.witnesses, latest)

    def value(self, c, entry):
        """The value that a draw, a void or its reveal gives is what the commit names."""
        beacon = c.entry['beacon']
        source = beacon['source']
        signed = source in ('drand', 'witness')
        refuse_unless('beacon' in entry and ('signature' in entry) == signed, 'value or signature')
        value, signature = entry['beacon'], bytes.fromhex(entry.get('signature', ''))
        if source == 'none':
            refuse_unless(value == '', 'none has no value')
        elif source == 'public':
            refuse_unless(len(value) == beacon['count'] and set(value) <= set(beacon['symbols']), 'the value')
        else:
            refuse_unless(value == P.H(signature), 'the value is not the hash of the signature')
        if source == 'drand':
            refuse_unless(len(signature) == 48, 'not a signature of drand')
            if beacon['round'] in P.DRAND:
                refuse_unless(signature.hex() == P.DRAND[beacon['round']], 'not the signature of the round')
            else:
                self.not_run.append(f'BLS of draw {c.n}')
        if source == 'witness':
            in_time = self.cosigners(c, 'commit', c.time('draw_time') - 600)
            refuse_unless(beacon['key'] in in_time, 'did not cosign in time')
            refuse_unless(P.verifies(P.parse_vkey(beacon['key'])[3], P.beacon_message(c.hash), signature),
                          "not the witness's signature")
        c.value = value

    # recomputed

    def recompute(self, c):
        c.model = P.Draw(c.entry, c.hash, c.tables, c.sealed, c.reveal['secret'], c.outcome['beacon'])
        c.expected = c.model.record()
        c.places = P.Places(c.model, c.expected)
        data = self.file(c, 'record.json')
        try:
            c.read = json.loads(data)
            refuse_unless(isinstance(c.read, dict), 'record.json is no object')
            keys(c.read, c.expected)
        except (Refused, ValueError, RecursionError):
            c.read = None           # then `record` fails, and what needs it has not run

    def compare(self, c, view):
        if c.read is not None:
            try:
                read = view(c.read)
            except (KeyError, TypeError):
                return              # likewise
            refuse_unless(read == view(c.expected), 'not what was recomputed')

    def seed(self, c):
        self.compare(c, lambda r: r['seed'])

    def selection(self, c):
        self.compare(c, lambda r: sorted([s['id'] for s in r['selected']] + r['unstaffed']))
        self.compare(c, lambda r: r['reserve'])
        ticket, targets = c.model.ticket, c.model.targets
        self.compare(c, lambda r: [(ticket(s['id']), targets[s['id']]['class']) == (s['ticket'], s['class'])
                                   for s in r['selected']].count(False))
        for part in (lambda r: [s['id'] for s in r['selected']], lambda r: r['unstaffed']):
            self.compare(c, lambda r, part=part: part(r) == sorted(part(r), key=ticket))

    def inspectors(self, c):
        self.compare(c, lambda r: [(p['id'], p['ticket']) for p in r['inspectors']])

    def teams(self, c):
        self.compare(c, lambda r: [(s['id'], s['team']) for s in r['selected']])
        self.compare(c, lambda r: [r['unstaffed'], r['load'], [p['load'] for p in r['inspectors']]])

    def visits(self, c):
        self.compare(c, lambda r: [s['visit'] for s in r['selected']])

    def matters(self, c):
        self.compare(c, lambda r: r['matters'])

    def record(self, c):
        data = self.file(c, 'record.json')
        refuse_unless(data == P.canonical(c.expected), 'record.json is not what was recomputed')
        refuse_unless(P.H(data) == c.outcome['record'] == c.reveal['record'], 'the hash of record.json')
        refuse_unless(c.model.places_root(c.expected) == c.outcome['places'], 'places')

    def amendments(self, c):
        for number, (entry, _, stands) in enumerate(c.amends, 1):
            data = self.file(c, 'amend-%02d.json' % number)
            refuse_unless(P.H(data) == entry['sha256'], 'its hash does not stand in the log')
            refuse_unless(c.next_at is None or stands < c.next_at, "after the cycle's next commit")
            amendment = P.parse_amendment(data)
            refuse_unless(amendment == c.places.expected(amendment), f'amendment {number} does not follow')
            c.places.apply(amendment)
            c.applied.append((amendment, stands))
        for at, (entry, _) in self.archives.items():
            if c.outcome_at < at < c.reveal_at:
                digests = [e['sha256'] for e, _, stands in c.amends if stands <= at]
                said = next(each['amended'] for each in entry['open'] if each['n'] == c.n)
                refuse_unless(said == P.amended_hash(c.reveal['secret'], at, digests),
                              f'the archive entry {at} counts other amendments')

    # --- 4. Assurance ------------------------------------------------------------------------------------

    def letter(self, c):
        """The class by the log's own witnesses, and those of them who cosigned both in time."""
        if c.outcome is None:
            return 'pending', set()
        if c.is_void() and c.value is None:
            return 'none', set()
        draw_time = c.time('draw_time')
        early = self.cosigners(c, 'commit', draw_time - 600)
        soon = self.cosigners(c, 'outcome', draw_time + P.DAY)
        source = c.entry['beacon']['source']
        both = early & soon
        if not (P.majority(early, c.witnesses) and P.majority(soon, c.witnesses)):
            return 'C', both
        return {'drand': 'A', 'public': 'B', 'witness': 'B', 'none': 'C'}[source], both

    def says(self, c):
        """What is said of the class to a caller who holds some witnesses to be independent."""
        letter, both = self.letter(c)
        trusted = [w for w in self.independent if w in both]
        if letter in 'AB' and not P.majority(trusted, self.independent):
            return f'{letter}, if these are independent: {names_of(both)}'
        return letter


def names_of(vkeys):
    return ' '.join(sorted(vkey.split('+')[0] for vkey in vkeys))


def right_digits(text, least):
    return text == '%0*d' % (least, int(text))


def of_the_protocol(path):
    """Whether section 4 has this path, be it in place here or not."""
    if re.fullmatch(r'checkpoint|vkey|tile/(\d+|entries)/(x\d{3}/)*\d{3}(\.p/\d+)?', path, re.ASCII):
        return True
    archive = re.fullmatch(r'archive/(\d{4,})\.checkpoint', path, re.ASCII)
    if archive:
        return right_digits(archive[1], 4)
    folder = re.match(r'draws/(\d{4,})/', path, re.ASCII)
    return bool(folder) and right_digits(folder[1], 4) and known_name(path[folder.end():])


def known_name(name):
    """Whether section 4 has this name in a draw's folder."""
    amendment = re.fullmatch(r'amend-(\d{2,})\.json', name, re.ASCII)
    return name in PLAIN or bool(amendment and right_digits(amendment[1], 2))


# --- 10. What is noted -----------------------------------------------------------------------------------

class Notes:
    """What is lawful but worth knowing, after all checks are ok."""

    def __init__(self, checker):
        self.k = checker
        self.note = checker.note

    def all(self):
        self.log()
        for name, cycle in sorted(self.k.cycles.items()):
            self.cycle(name, cycle['commits'])
        for c in self.k.commits:
            self.commitment(c)
            self.outcome(c)
            if c.tables:
                self.rosters(c)
            if c.opened_draw():
                self.record(c)
                self.amendments(c)
            self.note('class', c.n, self.k.says(c))
            lower = [f'{d.n}: {self.k.letter(d)[0]}' for d in self.stands_on(c)
                     if self.rank(d) > self.rank(c)]
            if lower:
                self.note('stands on', c.n, '; '.join(lower))
        self.note('as of', None, P.utc(self.k.as_of()))

    def rank(self, c):
        return ['A', 'B', 'C', 'none', 'pending'].index(self.k.letter(c)[0])

    def log(self):
        note = self.k.main
        if not P.cosigned_at(note, self.k.witnesses):
            self.note('no cosigned checkpoint', None)
        times = [P.seconds(e['time']) for e in self.k.objects]
        kinds = [e['type'] for e in self.k.objects]
        if self.k.archives:
            bare = [i for i, kind in enumerate(kinds) if kind in ('commit', 'reveal') and kinds[i - 1] != 'archive']
            if bare:
                self.note('no archive entry directly before', None, f'{len(bare)}')
        for c in self.k.commits:
            if c.is_draw() and self.k.archives:
                self.archive_entries(c, times)
        opened = [c for c in self.k.commits if c.tables]
        shared = {(a.entry['cycle'], b.entry['cycle']) for a in opened for b in opened
                  if a.entry['cycle'] < b.entry['cycle'] and {t['id'] for t in a.tables[0]}
                  & {t['id'] for t in b.tables[0]}}
        if shared:
            self.note('cycles share targets', None, '; '.join(' '.join(pair) for pair in sorted(shared)))

    def archive_entries(self, c, times):
        """How many between draw and reveal most witnesses cosigned in time, and on which days there is none."""
        end = c.reveal_at if c.reveal else len(times)
        between = [at for at in self.k.archives if c.outcome_at < at < end]
        good = 0
        for at in between:
            data = self.k.files.get('archive/%04d.checkpoint' % at)
            witnesses = self.k.archives[at][1]
            cosigned = {} if data is None else P.cosigned_at(P.parse_checkpoint(data), witnesses)
            soon = [moment for moment in cosigned.values() if abs(moment - times[at]) <= P.DAY]
            good += data is not None and P.majority(soon, witnesses)
        if good < len(between):
            self.note('archive entries not cosigned in time', c.n, f'{len(between) - good} of {len(between)}')
        first, last = times[c.outcome_at] // P.DAY, times[end - 1] // P.DAY
        missing = set(range(first + 1, last)) - {times[at] // P.DAY for at in between}
        if missing:
            self.note('days without an archive entry', c.n, f'{len(missing)}')

    def cycle(self, name, commits):
        closed = [c for c in commits if c.outcome]
        voids = [c for c in closed if c.is_void()]
        late = [c for c in closed if P.seconds(c.outcome['time']) > c.time('draw_time') + P.DAY]
        for kind, some in (('voids', voids), ('late outcomes', late)):
            if some:
                self.note(kind, None, f'{name}: {len(some)} of {len(closed)}')
        self.in_a_row([c for c in commits if c.opened_draw()], lambda c: set(c.places.removed),
                      'taken out in two draws in a row')
        self.in_a_row([c for c in commits if c.tables], lambda c: {
            row['id'] for rows in c.tables[:2] for row in rows if row['drum'] == 'excused'}, 'excused again')

    def in_a_row(self, commits, who, kind):
        for before, after in zip(commits, commits[1:]):
            both = who(before) & who(after)
            if both:
                self.note(kind, after.n, ' '.join(sorted(both)))

    def commitment(self, c):
        e = c.entry
        if c.time('time') < c.time('draw_time') - 30 * P.DAY:
            self.note('committed more than 30 days before', c.n)
        try:
            if P.local_date(c.time('draw_time'), e['rules']['timezone']) != e['date']:
                self.note('date is not the local date', c.n)
        except (OSError, ValueError):
            self.note('time zone is not known', c.n)
        if any(e['changes'][part][how] for part in ('targets', 'inspectors', 'conflicts')
               for how in e['changes'][part]) and c.earlier:
            self.note('roster changed', c.n)
        if c.open_elsewhere:
            self.note("other cycles' draws were open", c.n, f'{len(c.open_elsewhere)}')
        if c.earlier:
            before = c.earlier[-1]
            changed = [f'rules.{key}' for key in sorted(set(e['rules']) | set(before.entry['rules']))
                       if e['rules'].get(key) != before.entry['rules'].get(key)]
            changed += ['strata'] * (e['strata'] != before.entry['strata'])
            changed += ['beacon'] * (self.lasting(e['beacon']) != self.lasting(before.entry['beacon']))
            changed += ['embargo_days'] * (c.chain['embargo_days'] != before.chain['embargo_days'])
            if changed:
                self.note('rules changed', c.n, ' '.join(changed))

    @staticmethod
    def lasting(beacon):
        return {key: value for key, value in beacon.items() if key != 'round'}

    def outcome(self, c):
        if c.is_void() and c.value is not None and c.reveal and (
                P.seconds(c.outcome['time']) >= c.time('draw_time')):
            record = P.Draw(c.entry, c.hash, c.tables, c.sealed, c.reveal['secret'], c.value).record()
            self.note('avoided', c.n, ' '.join(row['id'] for row in record['selected']))

    def rosters(self, c):
        excused = sum(c.entry['excused'].values())
        if excused:
            self.note('excused', c.n, f'{excused}')
        resting = sum(row['drum'] == 'rest' and row['elsewhere'] != '' for row in c.tables[0])
        if resting:
            self.note('rest because of other cycles', c.n, f'{resting}')
        last = P.local_date(c.time('reveal_time'), 'UTC')
        outside = [s for s in c.sealed['slots'] if s[:10] < c.entry['date'] or s[:10] > last]
        if outside:
            self.note('slots out of range', c.n, f'{len(outside)}')
        texts = [row[k] for row in c.tables[0] for k in ('class', 'unit', 'area')]
        texts += [row[k] for row in c.tables[1] for k in ('unit', 'area')]
        if any(not unicodedata.is_normalized('NFC', text) for text in texts):
            self.note('not in NFC', c.n)

    def record(self, c):
        if c.expected['unstaffed']:
            self.note('unstaffed', c.n, f'{len(c.expected["unstaffed"])}')
        if c.model.unkept:
            self.note('visits that nobody can keep', c.n, ' '.join(c.model.unkept))
        slots = {(c.model.targets[s['id']]['unit'], s['visit']) for s in c.expected['selected']}
        units = Counter(unit for unit, _ in slots if unit)
        if any(count > 1 for count in units.values()):
            self.note('units visited at more than one slot', c.n)
        if '' in c.places.target or any('' in team for team in c.places.team):
            self.note('empty places', c.n)

    def amendments(self, c):
        if c.applied:
            self.note('amended', c.n, f'{len(c.applied)}')
        if any(count > 2 for count in Counter(a['place'] for a, _ in c.applied).values()):
            self.note('a third amendment of one place', c.n)
        if any(stands > c.reveal_at for _, stands in c.applied):
            self.note('amended after the reveal', c.n)

    def stands_on(self, c):
        """The draws that its rows come from, and the voids without a value since its cycle's last draw."""
        found = []
        since = [e for e in c.earlier if not any(d.is_draw() for d in c.earlier[c.earlier.index(e):])]
        for e in since:
            early = self.k.cosigners(e, 'outcome', e.time('draw_time') - 1)
            if e.value is None and not P.majority(early, e.witnesses):
                found.append(e)
        if not c.tables:
            return found
        rules, date = c.entry['rules'], P.day(c.entry['date'])
        dates = {row['last_drawn'] for row in c.tables[0] if row['last_drawn']
                 and date - P.day(row['last_drawn']) < max(rules['rest_days'], rules['cover_days'])}
        draws = [e for e in c.earlier if e.is_draw()]
        rotated = draws[-rules['rotate']:] if rules['rotate'] else []
        carried = {row['id'] for row in c.tables[0] if row['drum'] == 'carried'}
        elsewhere = {row['elsewhere'] for row in c.tables[0]}
        for e in draws:
            left = set(e.places.removed) | set(e.places.unstaffed)
            if e.entry['date'] in dates or carried & left or e in rotated and any(
                    row['why'] == 'rotation' for row in c.tables[2]):
                found.append(e)
        return found + [e for e in c.looked if e.entry['date'] in elsewhere]


# --- Directories -----------------------------------------------------------------------------------------

def read_files(directory):
    """{path: bytes}; what has another name than section 4 gives, and what is no file, is not read."""
    files = {}
    for folder, _, names in os.walk(directory):
        for name in names:
            full = os.path.join(folder, name)
            path = os.path.relpath(full, directory)
            files[path] = b''
            if of_the_protocol(path) and stat.S_ISREG(os.lstat(full).st_mode):
                with open(full, 'rb') as f:
                    files[path] = f.read(MOST_BYTES + 1)
                if len(files[path]) > MOST_BYTES:
                    raise SystemExit(f'{path} is larger than {MOST_BYTES} bytes: not decided')
    return files


class Verdict:
    """`failure` is (check, draw or None, why) of the first failure, or None."""

    def __init__(self, files, since=None, at=None, key=None, independent=()):
        checker = Checker(files, since, at, key, independent)
        self.failure = None
        try:
            checker.run()
        except Failed as failed:
            self.failure = failed.check, failed.n, str(failed)
        self.notes = checker.notes
        self.not_run = checker.not_run

    def kinds(self):
        return {kind for kind, _, _ in self.notes}

    def says(self):
        """{draw: what is said of its class}."""
        return {str(n): text for kind, n, text in self.notes if kind == 'class'}

    def word(self):
        if self.failure:
            return 'NO'
        return 'NOT DECIDED' if self.not_run else 'YES'


def first_failure(files, since=None, at=None, key=None):
    return Verdict(files, since, at, key).failure


def options_of(arguments):
    """The arguments of `verify` that matter here."""
    parser = argparse.ArgumentParser(description='Say which check of a published directory fails first.')
    parser.add_argument('dir', nargs='?')
    parser.add_argument('--index')
    parser.add_argument('--since')
    parser.add_argument('--at')
    parser.add_argument('--key')
    parser.add_argument('--witness', action='append')
    parser.add_argument('--verbose', action='store_true', help='say why each fails, and what is noted')
    return parser.parse_args(arguments)


def verdict_of(item, files=None, since=None):
    """Of a directory of an index, or its files; the item's witnesses are those that are held to be independent."""
    options = options_of(item['args'])
    if options.since:
        with open(options.since, 'rb') as f:
            since = f.read()
    files = read_files(item['dir']) if files is None else files
    independent = options.witness or item.get('witnesses', ())
    return Verdict(files, since, options.at and P.seconds(options.at), options.key, independent)


def verdict(arguments):
    return verdict_of({'dir': options_of(arguments).dir, 'args': arguments})


def complaint(item, found):
    """What of a verdict is not as an index says, or None."""
    failure = found.failure
    if (failure[0] not in item['expect']) if failure else bool(item['expect']):
        return f'expected {item["expect"] or "ok"}, got {failure[2] if failure else "ok"}'
    if failure:
        return None
    if found.not_run:
        return f'not run: {found.not_run}'
    missing = set(item.get('notes', [])) - found.kinds()
    if missing:
        return f'not noted: {sorted(missing)}'
    letters = {n: text.split(',')[0] for n, text in found.says().items()}
    if item.get('classes', letters) != letters:
        return f'classes {letters}, expected {item["classes"]}'
    wrong = {n: found.says().get(n) for n, text in item.get('says', {}).items() if found.says().get(n) != text}
    return f'says {wrong}, expected {item["says"]}' if wrong else None


def check_index(path, verbose=False):
    with open(path, encoding='utf-8') as f:
        index = json.load(f)
    wrong, started = 0, time.time()
    for item in index:
        found = verdict_of(item)
        if verbose and found.failure:
            print(f'{item["name"]}: {found.failure[2]}')
        fault = complaint(item, found)
        if fault:
            wrong += 1
            print(f'{item["name"]}: {fault}')
    print(f'{len(index)} directories, {wrong} not as expected, {time.time() - started:.1f} s')
    return 1 if wrong or not index else 0


def main():
    options = options_of(None)
    if options.index:
        return check_index(options.index, options.verbose)
    found = verdict(sys.argv[1:])
    print(found.word() + (f': {found.failure[2]}' if found.failure else ''))
    if options.verbose and not found.failure:
        for kind, n, text in found.notes:
            print(f'{"log" if n is None else f"draw {n}"}: {kind}{": " if text else ""}{text}')
    return {'YES': 0, 'NO': 1}.get(found.word(), 2)


if __name__ == '__main__':
    sys.exit(main())
