"""A slow and obvious checker, written from section 10 of the protocol page.

It proves that the honest directories are honest and that each cheat fails the check it is meant to fail. It
has no BLS: of drand's signatures it accepts those that the model knows. It stops at the first failure.

    /usr/bin/python3 checker.py DIR [--since CHECKPOINT] [--at TIME] [--key VKEY]
    /usr/bin/python3 checker.py --index INDEX.json       each directory of an index against its `expect`
"""

import argparse
import json
import os
import re
import sys
import time

import protocol as P
from protocol import Refused, refuse_unless

ENTRY_KEYS = {
    'genesis': {'key', 'operator', 'origin', 'witnesses'},
    'policy': {'reason', 'witnesses'},
    'cycle': {'anchor', 'chain', 'cycle', 'embargo_days', 'length', 'reason', 'source'},
    'commit': {'beacon', 'chain', 'changes', 'cycle', 'date', 'draw_time', 'excused', 'files', 'link', 'n',
               'reveal_time', 'rules', 'sealed', 'strata'},
    'draw': {'beacon', 'commit', 'inspectors', 'n', 'record', 'selected'},
    'void': {'commit', 'n', 'reason'},
    'reveal': {'n', 'record', 'secret'},
    'amend': {'amendment', 'n', 'sha256'},
}
BEACON_KEYS = {'none': set(), 'public': {'count', 'label', 'symbols'}, 'drand': {'chain', 'round'},
               'witness': {'key'}}
RULES = {'avoid', 'cover_days', 'inspectors', 'max_load', 'reserve', 'rest_days', 'rotate', 'slack', 'team',
         'timezone'}
FILES = ['targets.csv', 'inspectors.csv', 'conflicts.csv', 'sealed.json']


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


def form_of_witnesses(vkeys):
    refuse_unless(isinstance(vkeys, list) and len(set(vkeys)) == len(vkeys), 'witnesses are not distinct')
    refuse_unless(all(P.parse_vkey(vkey)[2] == P.WITNESS_KEY for vkey in vkeys), 'not a witness key')


def form_of_beacon(beacon):
    refuse_unless(isinstance(beacon, dict) and beacon.get('source') in BEACON_KEYS, 'no such beacon')
    keys(beacon, BEACON_KEYS[beacon['source']] | {'source'})
    if beacon['source'] == 'public':
        integers(beacon, ['count'])
        refuse_unless(isinstance(beacon['symbols'], str) and P.is_remark(beacon['label']), 'public beacon')
    if beacon['source'] == 'drand':
        integers(beacon, ['round'], 1)
    if beacon['source'] == 'witness':
        P.parse_vkey(beacon['key'])


def form_of_rules(rules):
    keys(rules, RULES, ['level_gap'])
    integers(rules, RULES - {'avoid', 'team', 'timezone'})
    integers(rules, {'level_gap'} & set(rules), 1 - P.MAX_INTEGER)
    refuse_unless(rules['avoid'] in ([], ['area'], ['unit'], ['area', 'unit']), 'avoid')
    refuse_unless(isinstance(rules['team'], list) and 1 <= len(rules['team']) <= 8
                  and all(P.is_id(each) for each in rules['team']), 'team')
    refuse_unless(isinstance(rules['timezone'], str), 'timezone')


def form_of_stratum(stratum):
    how = 'count' if 'count' in stratum else 'per_10000'
    keys(stratum, {'class', 'drum', 'slips', 'take', how})
    integers(stratum, ['drum', 'slips', 'take', how])
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
    integers(e, ['chain', 'link', 'n'], 1)
    refuse_unless(P.is_id(e['cycle']) and P.is_hex(e['sealed'], 64), 'cycle or sealed')
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


def form_of_signature(e):
    if 'signature' in e:
        refuse_unless(P.is_hex(e['signature'], 96) or P.is_hex(e['signature'], 128), 'signature')


def form_of_entry(e):
    """An entry is of a known type and has exactly its keys and forms."""
    refuse_unless(isinstance(e, dict) and e.get('type') in ENTRY_KEYS, 'no known type')
    kind = e['type']
    optional = {'draw': ['signature'], 'void': ['beacon', 'signature']}.get(kind, [])
    keys(e, ENTRY_KEYS[kind] | {'time', 'type', 'v'}, optional)
    refuse_unless(P.is_integer(e['v'], 1, 1), 'v is not 1')
    P.seconds(e['time'])
    if 'n' in e:
        integers(e, ['n'], 1)
    if kind == 'genesis':
        refuse_unless(P.is_remark(e['operator']) and isinstance(e['origin'], str), 'operator or origin')
        P.parse_vkey(e['key'])
    if kind in ('genesis', 'policy'):
        form_of_witnesses(e['witnesses'])
    if kind in ('policy', 'void', 'cycle'):
        refuse_unless(P.is_remark(e['reason']), 'reason')
    if kind == 'cycle':
        refuse_unless(P.is_id(e['cycle']) and P.is_hex(e['anchor'], 64), 'cycle or anchor')
        refuse_unless(e['source'] in BEACON_KEYS, 'source')
        integers(e, ['chain'], 1)
        integers(e, ['embargo_days'], 0, 400)
        integers(e, ['length'], 1, 10000)
        refuse_unless(e['chain'] != 1 or e['reason'] == '', 'chain 1 has a reason')
    if kind == 'commit':
        form_of_commit(e)
    if kind in ('draw', 'void'):
        refuse_unless(P.is_hex(e['commit'], 64) and isinstance(e.get('beacon', ''), str), 'commit or beacon')
        form_of_signature(e)
    if kind == 'draw':
        integers(e, ['inspectors', 'selected'])
        refuse_unless(P.is_hex(e['record'], 64), 'record')
    if kind == 'reveal':
        refuse_unless(P.is_hex(e['secret'], 64), 'secret')
        refuse_unless(e['record'] == '' or P.is_hex(e['record'], 64), 'record')
    if kind == 'amend':
        integers(e, ['amendment'], 1)
        refuse_unless(P.is_hex(e['sha256'], 64), 'sha256')


# --- The log ---------------------------------------------------------------------------------------------

class Commit:
    """One commitment as the log has it."""

    def __init__(self, entry, data, at, witnesses):
        self.entry, self.data, self.at, self.witnesses = entry, data, at, witnesses
        self.hash = P.H(data)
        self.n = entry['n']
        self.outcome = self.outcome_at = self.reveal = None
        self.amends = []            # (entry, place in the log)
        self.earlier = []           # the cycle's commits before it
        self.chain = None           # the cycle entry
        self.next_at = None         # where the cycle's next commit stands
        self.tables = self.places = None


class Checker:
    """`files` is {path: bytes}."""

    def __init__(self, files, since=None, at=None, key=None):
        self.files, self.since, self.at, self.given_key = files, since, at, key
        self.entries, self.objects, self.commits = [], [], []

    def need(self, path):
        refuse_unless(path in self.files, f'{path} is missing')
        return self.files[path]

    def run(self):
        for check in (self.signature, self.tree, self.append_only, self.sequence, self.order,
                      self.checkpoints):
            self.guard(check.__name__.replace('_', '-'), None, check)
        for commit in self.commits:
            for check in (self.files_check, self.drum, self.strata, self.history, self.chain, self.beacon):
                self.guard(check.__name__.replace('_check', ''), commit.n, check, commit)
            if commit.outcome and commit.outcome['type'] == 'draw' and commit.reveal:
                self.recompute(commit)
                for check in (self.seed, self.selection, self.inspectors, self.teams, self.dates,
                              self.matters, self.record, self.amendments):
                    self.guard(check.__name__, commit.n, check, commit)

    @staticmethod
    def guard(name, n, check, *arguments):
        try:
            check(*arguments)
        except Refused as error:
            raise Failed(name, n, error) from error

    def signature(self):
        vkey = self.need('vkey').decode('utf-8', 'replace')
        refuse_unless(re.fullmatch(r'[^\n]+\n?', vkey), 'vkey is not one line')
        self.vkey = vkey.rstrip('\n')
        refuse_unless(self.given_key in (None, self.vkey), 'not the key that was given')
        self.main = P.parse_checkpoint(self.need('checkpoint'))
        refuse_unless(P.signed_by(self.main, self.vkey), 'the checkpoint is not signed by the key')
        first = P.split_bundle(self.need(self.bundles()[0]))[0]
        try:
            genesis = json.loads(first)
        except ValueError as error:
            raise Refused('entry 0 is not JSON') from error
        refuse_unless(isinstance(genesis, dict) and genesis.get('type') == 'genesis', 'entry 0 is no genesis')
        refuse_unless(genesis.get('key') == self.vkey, 'genesis names another key')
        refuse_unless(genesis.get('origin') == self.main[1] == self.vkey.split('+')[0], 'origins differ')

    def bundles(self):
        size = self.main[2]
        return [P.tile_path('entries', i // 256, min(256, size - i)) for i in range(0, size, 256)] or ['none']

    def tree(self):
        for path in self.bundles():
            self.entries += P.split_bundle(self.need(path))
        refuse_unless(len(self.entries) == self.main[2], 'not as many entries as the checkpoint says')
        self.leaves = [P.leaf_hash(entry) for entry in self.entries]
        refuse_unless(P.tree_root(self.leaves) == self.main[3], 'the root is not that of the checkpoint')
        for path, data in P.tile_files(self.entries).items():
            refuse_unless(self.need(path) == data, f'{path} is wrong')
        for number, data in enumerate(self.entries):
            try:
                entry = P.parse_canonical(data)
                form_of_entry(entry)
            except (Refused, KeyError, TypeError, AttributeError) as error:
                raise Refused(f'entry {number}: {error}') from error
            self.objects.append(entry)

    def append_only(self):
        if self.since is not None:
            earlier = P.parse_checkpoint(self.since)
            refuse_unless(P.signed_by(earlier, self.vkey) and earlier[1] == self.main[1], 'of another log')
            self.prefix(earlier)

    def prefix(self, checkpoint):
        size, root = checkpoint[2:4]
        refuse_unless(size <= len(self.leaves), 'is larger than this tree')
        refuse_unless(P.tree_root(self.leaves[:size]) == root, 'is not a prefix of this tree')

    def sequence(self):
        self.cycles = {}            # name: {'chains': [cycle entry], 'commits': [Commit]}
        anchors, secrets, witnesses = [], [], []
        for at, e in enumerate(self.objects):
            kind = e['type']
            if kind in ('genesis', 'policy'):
                refuse_unless(kind == 'policy' or at == 0, 'a second genesis')
                witnesses = e['witnesses']
            elif kind == 'cycle':
                self.add_chain(e)
                refuse_unless(e['anchor'] not in anchors, 'an anchor stands twice')
                anchors.append(e['anchor'])
            elif kind == 'commit':
                self.add_commit(e, at, witnesses)
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
        if commit.earlier:
            commit.earlier[-1].next_at = at
        cycle['commits'].append(commit)
        self.commits.append(commit)

    def add_outcome(self, commit, e, at):
        refuse_unless(commit.outcome is None, 'a second outcome')
        refuse_unless(e['commit'] == commit.hash, 'not the hash of the commit')
        commit.outcome, commit.outcome_at = e, at

    def add_reveal(self, commit, e, at):
        refuse_unless(commit.reveal is None, 'a second reveal')
        refuse_unless(all(c.reveal for c in commit.earlier), 'an earlier commit is not revealed')
        void = bool(commit.outcome) and commit.outcome['type'] == 'void'
        refuse_unless(void == (e['record'] == ''), 'a record after a void, or none after a draw')
        commit.reveal = e
        commit.revealed_before_outcome = commit.outcome is None

    def add_amend(self, commit, e, at):
        refuse_unless(commit.outcome and commit.outcome['type'] == 'draw', 'an amendment of no draw')
        refuse_unless(e['amendment'] == len(commit.amends) + 1, 'not the next amendment')
        commit.amends.append((e, at))

    def newest(self):
        """The newest time in the log and its cosignatures."""
        times = [P.seconds(e['time']) for e in self.objects]
        notes = [data for path, data in self.files.items()
                 if re.fullmatch(r'checkpoint|draws/\d+/(commit|outcome)\.checkpoint', path)]
        vkeys = {vkey for e in self.objects if 'witnesses' in e for vkey in e['witnesses']}
        for note in notes:
            try:
                times += [t for _, t, good in P.cosignatures(P.parse_checkpoint(note), vkeys) if good]
            except Refused:
                pass        # the check `checkpoints` says so
        return max(times)

    def deadlines(self):
        now = self.newest() if self.at is None else self.at
        for c in self.commits:
            late = now - P.DAY
            refuse_unless(c.outcome or late <= P.seconds(c.entry['draw_time']), 'an outcome is overdue')
            refuse_unless(c.reveal or late <= P.seconds(c.entry['reveal_time']), 'a reveal is overdue')

    def order(self):
        times = [P.seconds(e['time']) for e in self.objects]
        refuse_unless(all(a <= b for a, b in zip(times, times[1:])), 'times run back')
        for c in self.commits:
            e = c.entry
            draw_time, reveal_time = P.seconds(e['draw_time']), P.seconds(e['reveal_time'])
            refuse_unless(P.seconds(e['time']) <= draw_time, 'draw_time is before the commit')
            if c.outcome and c.outcome['type'] == 'draw':
                refuse_unless(draw_time <= P.seconds(c.outcome['time']), 'drawn before draw_time')
            if c.reveal:
                refuse_unless(not c.revealed_before_outcome, 'revealed before the outcome')
                refuse_unless(reveal_time <= P.seconds(c.reveal['time']), 'revealed before reveal_time')
            refuse_unless(reveal_time == draw_time + c.chain['embargo_days'] * P.DAY, 'reveal_time')
            refuse_unless(all(P.seconds(o.entry['reveal_time']) <= reveal_time for o in c.earlier),
                          'reveal_time is before that of an earlier link')
            refuse_unless(abs(P.day(e['date']) - P.day(e['draw_time'][:10])) <= 1, 'date is not near')

    def checkpoints(self):
        self.check_note(self.files['checkpoint'], len(self.entries) - 1, self.witnesses)
        for c in self.commits:
            folder = 'draws/%04d/' % c.n
            self.check_note(self.need(folder + 'commit.checkpoint'), c.at, c.witnesses)
            if c.outcome:
                self.check_note(self.need(folder + 'outcome.checkpoint'), c.outcome_at, c.witnesses)

    def check_note(self, data, holds, witnesses):
        note = P.parse_checkpoint(data)
        refuse_unless(P.signed_by(note, self.vkey) and note[1] == self.main[1], 'is not signed by the log')
        refuse_unless(note[2] > holds, 'does not hold what it must')
        self.prefix(note)
        refuse_unless(all(good for _, _, good in P.cosignatures(note, witnesses)), 'a cosignature is false')

    # --- a draw ------------------------------------------------------------------------------------------

    def file(self, c, name):
        return self.need('draws/%04d/%s' % (c.n, name))

    def files_check(self, c):
        folder = 'draws/%04d/' % c.n
        names = {path[len(folder):] for path in self.files if path.startswith(folder)}
        allowed = {'commit.json', 'commit.checkpoint'} | ({'outcome.checkpoint'} if c.outcome else set())
        if c.reveal:
            allowed |= set(FILES)
            if c.outcome['type'] == 'draw':
                allowed |= {'record.json'} | {'amend-%02d.json' % i for i in range(1, len(c.amends) + 1)}
        pages = {name for name in names if re.fullmatch(r'[^/]+\.(html|svg|js)', name)}
        refuse_unless(not names - pages - allowed, f'{sorted(names - pages - allowed)} must not be there')
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
            c.sealed = P.parse_sealed(sealed)
        except (KeyError, TypeError) as error:
            raise Refused('form of sealed.json') from error
        conflicts = self.file(c, 'conflicts.csv')
        said = c.sealed['conflicts']
        refuse_unless(P.H(conflicts) == said['sha256'], 'conflicts.csv: digest')
        refuse_unless(conflicts.count(b'\n') - 1 == said['rows'], 'conflicts.csv: rows')
        targets = P.parse_targets(self.file(c, 'targets.csv'), c.entry['date'])
        inspectors = P.parse_inspectors(self.file(c, 'inspectors.csv'))
        c.tables = targets, inspectors, P.parse_conflicts(conflicts, targets, inspectors)

    def drum(self, c):
        if not c.tables:
            return
        for row in c.tables[0]:
            expected = P.drum_value(c.entry['date'], row, row['drum'] == 'excused', row['drum'] == 'carried',
                                    c.entry['rules'])
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
        plan = [P.wish_of(s) for s in strata]
        refuse_unless(P.strata_of(plan, c.tables[0]) == strata, 'strata do not follow')

    def history(self, c):
        if not c.tables:
            return
        targets, inspectors, conflicts = c.tables
        draws = [e for e in c.earlier if e.outcome['type'] == 'draw']
        past = [(e.entry['date'], e.places) for e in draws]
        left_over = P.carried(past)
        for row in targets:
            refuse_unless(row['last_drawn'] == P.last_drawn(past, row['id']), f'last_drawn of {row["id"]}')
            refuse_unless(row['drum'] == 'excused' or (row['drum'] == 'carried') == (row['id'] in left_over),
                          f'carried: {row["id"]}')
        previous = c.earlier[-1] if c.earlier else None
        before = {row['id']: row['since'] for row in previous.tables[0]} if previous else {}
        refuse_unless(all(before.get(row['id'], row['since']) == row['since'] for row in targets), 'since')
        people, places = ({row['id'] for row in rows} for rows in (inspectors, targets))
        pairs = {(row['inspector'], row['value']) for row in conflicts if row['why'] == 'rotation'}
        refuse_unless(pairs == P.rotation(past, c.entry['rules']['rotate'], places, people), 'rotation')
        changes = P.changes_of(previous and (previous.n, *previous.tables), *c.tables)
        refuse_unless(changes == c.entry['changes'], 'changes')
        counted = {name: sum(row['drum'] == 'excused' for row in rows)
                   for name, rows in (('targets', targets), ('inspectors', inspectors))}
        refuse_unless(counted == c.entry['excused'], 'excused')

    def chain(self, c):
        if c.reveal:
            refuse_unless(P.chain_of(c.reveal['secret'], c.entry['link'])[0] == c.chain['anchor'],
                          'the secret is not of the chain')

    def beacon(self, c):
        beacon, outcome = c.entry['beacon'], c.outcome
        source = beacon['source']
        if source == 'public':
            symbols = beacon['symbols']
            refuse_unless(all('!' <= s <= '~' for s in symbols) and ascends(symbols), 'symbols')
            refuse_unless(P.strong(beacon), 'the beacon is weak')
        if source == 'drand':
            refuse_unless(beacon['chain'] == P.QUICKNET, 'not quicknet')
            refuse_unless(beacon['round'] == P.drand_round(P.seconds(c.entry['draw_time'])), 'not the round')
        if source == 'witness':
            refuse_unless(beacon['key'] in c.witnesses, 'not a witness in force')
        if outcome is None:
            return
        signed = source in ('drand', 'witness')
        if outcome['type'] == 'void':
            refuse_unless(signed or not {'beacon', 'signature'} & set(outcome), 'a void with a beacon')
            if signed and 'beacon' not in outcome and 'signature' not in outcome:
                self.excuse_of_void(c)
                return
        if outcome['type'] == 'draw' or signed:
            refuse_unless('beacon' in outcome and ('signature' in outcome) == signed, 'value or signature')
            self.value(c, source, outcome['beacon'], bytes.fromhex(outcome.get('signature', '')))

    def excuse_of_void(self, c):
        if not c.outcome['reason'].startswith('beacon'):
            note = P.parse_checkpoint(self.file(c, 'outcome.checkpoint'))
            early = P.cosigners(note, c.witnesses, P.seconds(c.entry['draw_time']) - 1)
            refuse_unless(P.majority(early, c.witnesses), 'a void without a beacon value may be dated back')

    def value(self, c, source, value, signature):
        beacon = c.entry['beacon']
        if source == 'none':
            refuse_unless(value == '', 'none has no value')
        elif source == 'public':
            refuse_unless(len(value) == beacon['count'] and set(value) <= set(beacon['symbols']), 'the value')
        else:
            refuse_unless(value == P.H(signature), 'the value is not the hash of the signature')
        if source == 'drand':
            refuse_unless(signature.hex() == P.DRAND.get(beacon['round']), 'not the signature of the round')
        if source == 'witness':
            in_time = P.seconds(c.entry['draw_time']) - 600
            note = P.parse_checkpoint(self.file(c, 'commit.checkpoint'))
            refuse_unless(beacon['key'] in P.cosigners(note, c.witnesses, in_time), 'did not cosign in time')
            refuse_unless(P.verifies(P.parse_vkey(beacon['key'])[3], P.beacon_message(c.hash), signature),
                          "not the witness's signature")

    # recomputed

    def recompute(self, c):
        targets, inspectors, conflicts = c.tables
        model = P.Draw(c.entry, c.hash, targets, inspectors, conflicts, c.sealed, c.reveal['secret'],
                       c.outcome['beacon'])
        c.model, c.expected = model, model.record()
        c.places = P.Places(model, c.expected)
        data = self.file(c, 'record.json')
        try:
            c.read = json.loads(data)
            refuse_unless(isinstance(c.read, dict), 'record.json is no object')
            keys(c.read, c.expected)
        except (Refused, ValueError):
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
        if c.read is not None:
            chosen = sorted([s['id'] for s in c.expected['selected']] + c.expected['unstaffed'],
                            key=c.model.ticket)
            for s in c.read['selected']:
                refuse_unless(s['ticket'] == c.model.ticket(s['id'])
                              and s['class'] == c.model.targets[s['id']]['class'], s['id'])
            for some in ([s['id'] for s in c.read['selected']], c.read['unstaffed']):
                refuse_unless(some == [t for t in chosen if t in some], 'not in ticket order')

    def inspectors(self, c):
        self.compare(c, lambda r: [(p['id'], p['ticket']) for p in r['inspectors']])

    def teams(self, c):
        self.compare(c, lambda r: [(s['id'], s['team']) for s in r['selected']])
        self.compare(c, lambda r: [r['unstaffed'], r['load'], [p['load'] for p in r['inspectors']]])

    def dates(self, c):
        self.compare(c, lambda r: [s['date'] for s in r['selected']])

    def matters(self, c):
        self.compare(c, lambda r: r['matters'])

    def record(self, c):
        data = self.file(c, 'record.json')
        refuse_unless(data == P.canonical(c.expected), 'record.json is not what was recomputed')
        refuse_unless(P.H(data) == c.outcome['record'] == c.reveal['record'], 'the hash of record.json')
        refuse_unless(c.outcome['selected'] == len(c.expected['selected'])
                      and c.outcome['inspectors'] == len(c.expected['inspectors']), 'the counts of the draw')

    def amendments(self, c):
        for number, (entry, at) in enumerate(c.amends, 1):
            data = self.file(c, 'amend-%02d.json' % number)
            refuse_unless(P.H(data) == entry['sha256'], 'its hash does not stand in the log')
            refuse_unless(c.next_at is None or at < c.next_at, "after the cycle's next commit")
            amendment = P.parse_amendment(data)
            refuse_unless(amendment == c.places.expected(amendment), f'amendment {number} does not follow')
            c.places.apply(amendment)


# --- Directories -----------------------------------------------------------------------------------------

def read_files(directory):
    files = {}
    for folder, _, names in os.walk(directory):
        for name in names:
            full = os.path.join(folder, name)
            with open(full, 'rb') as f:
                files[os.path.relpath(full, directory)] = f.read()
    return files


def first_failure(files, since=None, at=None, key=None):
    """(check, draw or None, why) of the first failure, or None."""
    try:
        Checker(files, since, at, key).run()
    except Failed as failed:
        return failed.check, failed.n, str(failed)
    return None


def options_of(arguments):
    """The arguments of `verify` that matter here."""
    parser = argparse.ArgumentParser(description='Say which check of a published directory fails first.')
    parser.add_argument('dir', nargs='?')
    parser.add_argument('--index')
    parser.add_argument('--since')
    parser.add_argument('--at')
    parser.add_argument('--key')
    parser.add_argument('--witness', action='append')
    parser.add_argument('--verbose', action='store_true', help='say why each fails')
    return parser.parse_args(arguments)


def check(directory, options):
    since = None
    if options.since:
        with open(options.since, 'rb') as f:
            since = f.read()
    return first_failure(read_files(directory), since, options.at and P.seconds(options.at), options.key)


def check_index(path, verbose=False):
    with open(path, encoding='utf-8') as f:
        index = json.load(f)
    wrong, started = 0, time.time()
    for item in index:
        failure = check(item['dir'], options_of(item['args']))
        if verbose and failure:
            print(f'{item["name"]}: {failure[2]}')
        if (failure[0] not in item['expect']) if failure else bool(item['expect']):
            wrong += 1
            print(f'{item["name"]}: expected {item["expect"] or "ok"}, got {failure[2] if failure else "ok"}')
    print(f'{len(index)} directories, {wrong} not as expected, {time.time() - started:.1f} s')
    return 1 if wrong or not index else 0


def main():
    options = options_of(None)
    if options.index:
        return check_index(options.index, options.verbose)
    failure = check(options.dir, options)
    print(failure[2] if failure else 'ok')
    return 1 if failure else 0


if __name__ == '__main__':
    sys.exit(main())
