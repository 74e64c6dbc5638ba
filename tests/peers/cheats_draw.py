"""Lies about a draw: its files, the drum, history, the beacon, the record, amendments."""

import protocol as P
from publisher import Operator
from story import (ALL, EASY, G, QUIET, ROUND_42, START, WITNESSES, Story, Unfit, and_conflict, changed, cheat,
                   drand_story, finish, fit_or, from_signature, model_of, on_row, pairs_of, put, redrum,
                   row_of, second, seat_with_choice, small_roster, witness_story)

ORDER = 2**252 + 27742317777372353535851937790883648493     # of Ed25519's group


# --- files: what stands where ----------------------------------------------------------------------------

def early_file(name):
    """A draw that is sealed, of whose folder one file is published too soon."""
    def play(s):
        s.round()
        n = s.commit()
        s.draw(n)
        s.amend(n, 0, 0)
        draw = s.drawn(n)
        content = dict(draw.files, **{'record.json': draw.record_bytes, 'amend-01.json': draw.amendments[0].data})
        s.hook('files', lambda files: files.update({f'draws/0002/{name}': content[name]}))
    play.__doc__ = f'{name} is published before the reveal.'
    cheat('files', name='before-its-time-' + name.replace('.', '-'))(play)


for _name in ('targets.csv', 'inspectors.csv', 'conflicts.csv', 'away.csv', 'sealed.json', 'record.json',
              'amend-01.json'):
    early_file(_name)


def on_files(name, change, *checks):
    def play(s):
        n = s.commit()
        s.draw(n)
        s.amend(n, 0, 0)
        s.reveal(n)
        s.hook('files', change)
    play.__doc__ = 'The draw\'s folder is not what was committed.'
    cheat(*(checks or ['files']), name=name)(play)


def spoil(name, change):
    return lambda files: files.update({f'draws/0001/{name}': change(files[f'draws/0001/{name}'])})


def drop(name):
    return lambda files: files.pop(f'draws/0001/{name}') and None


def beside(path, data=b'x'):
    """A hook on the files that lays one more of them there."""
    return lambda files: files.update({path: data})


on_files('folder-of-a-draw-not-committed', beside('draws/0002/commit.json'))
on_files('folder-of-a-draw-not-committed-with-a-page-alone', beside('draws/0002/index.html'))
on_files('folder-of-draw-zero', beside('draws/0000/commit.json'))
on_files('folder-of-a-far-number', beside('draws/10000/commit.json'))
on_files('amendment-zero', beside('draws/0001/amend-00.json'))
on_files('amendment-of-three-digits', beside('draws/0001/amend-100.json'))
on_files('amendment-not-in-the-log', lambda files: files.update(
    {'draws/0001/amend-02.json': files['draws/0001/amend-01.json']}), 'files', 'amendments')
on_files('amendment-file-missing', drop('amend-01.json'), 'files', 'amendments')
on_files('record-missing', drop('record.json'), 'files', 'record')
on_files('targets-missing', drop('targets.csv'))
on_files('inspectors-missing', drop('inspectors.csv'))
on_files('conflicts-missing', drop('conflicts.csv'))
on_files('away-missing', drop('away.csv'))
on_files('sealed-missing', drop('sealed.json'))
on_files('commit-json-missing', drop('commit.json'))
on_files('commit-json-altered', spoil('commit.json', lambda b: b.replace(b'"slack":1', b'"slack":2')))
on_files('commit-json-with-a-newline', spoil('commit.json', lambda b: b + b'\n'))
on_files('targets-altered', spoil('targets.csv', lambda b: b.replace(b'U1', b'U2', 1)))
on_files('inspectors-altered', spoil('inspectors.csv', lambda b: b.replace(b'V1', b'V2', 1)))
on_files('conflicts-altered', spoil('conflicts.csv', lambda b: b.replace(b'I02', b'I03')))
on_files('away-altered', spoil('away.csv', lambda b: b.replace(b'I01', b'I02')))
on_files('away-row-too-many', spoil('away.csv', lambda b: b + b[b.rindex(b'I08'):].replace(b'I08', b'I10')))
on_files('away-row-too-few', spoil('away.csv', lambda b: b[:b.rindex(b'I08')]))
on_files('sealed-altered', spoil('sealed.json', lambda b: b.replace(b'"take":2', b'"take":3')))


@cheat('files')
def record_of_a_void(s):
    s.void(s.commit())
    s.reveal(1)
    s.hook('files', lambda files: files.update({'draws/0001/record.json': b'{}'}))


@cheat('files')
def amendment_of_a_void_beside_it(s):
    s.void(s.commit())
    s.reveal(1)
    s.hook('files', beside('draws/0001/amend-01.json', b'{}'))


@cheat('files')
def files_of_a_void_before_its_reveal(s):
    s.void(s.commit())
    s.hook('files', beside('draws/0001/sealed.json', b'{}'))


@cheat('files')
def away_of_a_void_missing(s):
    s.void(s.commit())
    s.reveal(1)
    s.hook('files', drop('away.csv'))


@cheat('files')
def files_of_a_void_missing(s):
    s.void(s.commit())
    s.reveal(1)
    s.hook('files', drop('targets.csv'))


def on_digest(name, change):
    def play(s):
        s.round()
        s.hook('commit', change, 2)
        s.round()
    play.__doc__ = 'The commitment names another digest, root or number of rows.'
    cheat('files', name='committed-' + name)(play)


def file_field(file, field, change):
    return lambda e: e['files'][file].update({field: change(e['files'][file][field])})


on_digest('targets-root', file_field('targets.csv', 'root', changed))
on_digest('targets-rows', file_field('targets.csv', 'rows', lambda n: n + 1))
on_digest('targets-digest', file_field('targets.csv', 'sha256', changed))
on_digest('inspectors-root', file_field('inspectors.csv', 'root', changed))
on_digest('inspectors-rows', file_field('inspectors.csv', 'rows', lambda n: n - 1))
on_digest('sealed', lambda e: e.update(sealed=changed(e['sealed'])))


# --- files: forms of the tables (T24 and I09 are excused, so nothing hangs on them) ----------------------

def odd_table(name, hook, change, *checks):
    def play(s):
        s.hook(hook, change, 1)
        s.round()
    play.__doc__ = f'{hook}: the form is not that of sections 2 and 3.'
    cheat(*(checks or ['files']), name=name)(play)


def swap_lines(data):
    lines = data.split(b'\n')
    lines[2], lines[3] = lines[3], lines[2]
    return b'\n'.join(lines)


for _name, _change in {
    'csv-not-in-order': swap_lines,
    'csv-crlf': lambda b: b.replace(b'\n', b'\r\n'),
    'csv-byte-order-mark': lambda b: b'\xef\xbb\xbf' + b,
    'csv-no-newline-at-the-end': lambda b: b[:-1],
    'csv-empty-line-at-the-end': lambda b: b + b'\n',
    'csv-quoted-field': lambda b: b.replace(b',U1,', b',"U1",', 1),
    'csv-quoted-field-with-comma': lambda b: b.replace(b',U1,', b',"U1, new",', 1),
    'csv-column-too-many': lambda b: b.replace(b'\n', b',\n'),
    'csv-columns-swapped': lambda b: b.replace(b'unit,area', b'area,unit', 1),
    'csv-without-header': lambda b: b[b.index(b'\n') + 1:],
    'csv-not-utf-8': lambda b: b.replace(b',U1,', b',U\xff,'),
    'csv-overlong-utf-8': lambda b: b.replace(b',U1,', b',U\xc0\xb1,'),
    'csv-utf-8-surrogate': lambda b: b.replace(b',U1,', b',U\xed\xa0\x80,'),
    'csv-line-too-short': lambda b: b.replace(b',U1,', b',', 1),
    'csv-nul': lambda b: b.replace(b',U1,', b',U\0,', 1),
    'csv-line-twice': lambda b: b + b.split(b'\n')[-2] + b'\n',
}.items():
    odd_table(_name, 'targets.csv', _change)


def t24(**fields):
    return on_row('T24', put(**fields))


def i09(**fields):
    return on_row('I09', put(**fields))


for _name, _fields in {
    'text-zero-width-space': {'unit': '财政\u200b局'}, 'text-soft-hyphen': {'unit': 'U\u00ad1'},
    'text-ideographic-space': {'unit': '财政\u3000局'}, 'text-no-break-space': {'unit': 'U\u00a01'},
    'text-bidi-mark': {'area': 'A\u202e'}, 'text-variation-selector': {'area': '河\ufe0f'},
    'text-hangul-filler': {'area': '\u3164'}, 'text-private-use': {'area': '\ue000'},
    'text-noncharacter': {'area': '\uffff'}, 'text-plane-14': {'area': '\U000e0041'},
    'text-shorthand-control': {'area': '\U0001bca0'}, 'text-egyptian-joiner': {'area': '\U00013430'},
    'text-music-control': {'area': '\U0001d173'}, 'text-tab': {'area': 'a\tb'},
    'text-c1-control': {'area': 'a\x85b'},
    'text-two-spaces': {'unit': 'U  1'}, 'text-space-at-the-end': {'unit': 'U '},
    'text-space-first': {'unit': ' U'},
    'text-193-bytes': {'unit': '局' * 64 + 'x'}, 'class-with-a-quote': {'class': 'A"'},
    'weight-zero': {'weight': 0}, 'weight-101': {'weight': 101}, 'weight-with-leading-zero': {'weight': '07'},
    'weight-signed': {'weight': '+7'}, 'weight-empty': {'weight': ''}, 'weight-fraction': {'weight': '1.5'},
    'level-1000': {'level': 1000}, 'level-negative': {'level': -1}, 'level-with-space': {'level': '1 '},
    'since-not-1-january': {'since': '2019-01-02'}, 'since-empty': {'since': ''},
    'since-of-no-day': {'since': '2019-13-01'}, 'last-drawn-of-no-day': {'last_drawn': '2025-02-29'},
    'last-drawn-short': {'last_drawn': '2025-2-1'}, 'drum-unknown': {'drum': 'out'}, 'drum-away': {'drum': 'away'},
    'needs-any': {'needs': 'any'}, 'needs-own': {'needs': 'own'}, 'needs-two-tags': {'needs': 'fire;lead'},
    'needs-with-a-space': {'needs': 'fire lead'}, 'elsewhere-of-no-day': {'elsewhere': '2026-02-29'},
    'elsewhere-is-a-slot': {'elsewhere': '2026-01-05T09:00'},
    'drum-empty': {'drum': ''},
    'private-short': {'private': 'abc'}, 'private-in-capitals': {'private': 'A' * 64},
}.items():
    odd_table('targets-' + _name, 'targets', t24(**_fields))

odd_table('targets-since-after-the-date', 'targets', t24(since='2027-01-01'), 'files', 'drum', 'history')


def without_the_new_columns(data):
    """Neither `needs` nor `elsewhere`."""
    rows = [line.split(b',') for line in data.split(b'\n')[:-1]]
    return b''.join(b','.join(row[:5] + row[6:9] + row[10:]) + b'\n' for row in rows)


odd_table('targets-of-version-1', 'targets.csv', without_the_new_columns)
odd_table('targets-class-star', 'targets', t24(**{'class': '*'}), 'files', 'strata')
odd_table('targets-id-twice', 'targets',
          lambda rows: rows.append(dict(row_of(rows, 'T24'), private='0' * 64)))

for _name, _id in {'too-long': 'T' * 33, 'empty': '', 'with-a-space': 'T 24', 'with-a-slash': 'T/24',
                   'not-ascii': '编号'}.items():
    odd_table(f'targets-id-{_name}', 'targets', t24(id=_id))
    odd_table(f'inspectors-id-{_name}', 'inspectors', i09(id=_id))

for _name, _fields in {
    'tags-unsorted': {'tags': ['lead', 'fire']}, 'tags-twice': {'tags': ['fire', 'fire']},
    'tag-any': {'tags': ['any']}, 'tag-own': {'tags': ['own']}, 'tag-empty': {'tags': ['', 'fire']},
    'tag-with-a-space': {'tags': ['a b']},
    'tag-too-long': {'tags': ['x' * 33]},
    'drum-due': {'drum': 'due'}, 'level-1000': {'level': 1000}, 'private-short': {'private': 'abc'},
    'unit-zero-width-joiner': {'unit': 'V\u200d'},
}.items():
    odd_table('inspectors-' + _name, 'inspectors', i09(**_fields))

odd_table('inspectors-id-twice', 'inspectors',
          lambda rows: rows.append(dict(row_of(rows, 'I09'), private='0' * 64)))


for _name, _fields in {
    'of-an-unknown-target': ('I01', 'target', 'T99', 'declared'),
    'of-an-unknown-unit': ('I01', 'unit', 'U9', 'declared'),
    'of-an-unknown-area': ('I01', 'area', '静海', 'declared'),
    'of-an-unknown-inspector': ('I99', 'target', 'T01', 'declared'),
    'with-no-value': ('I01', 'unit', '', 'declared'),
    'of-another-scope': ('I01', 'class', 'A', 'declared'),
    'for-another-reason': ('I01', 'target', 'T01', 'friend'),
    'rotation-of-a-unit': ('I01', 'unit', 'U1', 'rotation'),
}.items():
    odd_table('conflict-' + _name, 'conflicts', and_conflict(*_fields))

for _name, _change in {
    'conflicts-not-in-order': lambda b: b + b'I01,area,\xe6\xb2\xb3\xe4\xb8\x9c,declared\n',
    'conflicts-crlf': lambda b: b.replace(b'\n', b'\r\n'),
    'conflicts-without-header': lambda b: b[b.index(b'\n') + 1:],
}.items():
    odd_table(_name, 'conflicts.csv', _change)


def and_away(p, date=None):
    """A row of away.csv too many: (inspector, date; None: the first of a slot)."""
    def change(s, rows):
        rows.append((p, date or s.days[0]))
    return change


def odd_away(name, change):
    def play(s):
        s.hook('away', lambda rows: change(s, rows), 1)
        s.round()
    play.__doc__ = 'away.csv: the form is not that of section 3.'
    cheat('files', name=f'away-{name}')(play)


odd_away('on-a-date-of-no-slot', lambda s, rows: rows.append(('I02', P.date_of(P.day(s.days[-1]) + 1))))
odd_away('on-the-date-of-the-draw', lambda s, rows: rows.append(('I02', s.date)))
odd_away('of-an-unknown-inspector', and_away('I99'))
odd_away('of-nobody', and_away(''))
odd_away('of-no-day', and_away('I02', '2026-02-30'))
odd_away('at-a-slot', lambda s, rows: rows.append(('I02', s.days[0] + 'T09:00')))
odd_away('on-no-date', lambda s, rows: rows.append(('I02', '')))

for _name, _change in {
    'not-in-order': swap_lines, 'crlf': lambda b: b.replace(b'\n', b'\r\n'),
    'without-header': lambda b: b[b.index(b'\n') + 1:], 'line-twice': lambda b: b + b.split(b'\n')[-2] + b'\n',
    'with-a-reason': lambda b: b.replace(b'\n', b',leave\n'), 'empty': lambda b: b'',
}.items():
    odd_table('away-' + _name, 'away.csv', _change)

def voided_table(name, change):
    """With such a sealed.json there is nothing to draw, so this one is voided."""
    def play(s):
        s.hook('sealed', change)
        s.void(s.commit())
        s.reveal(1)
    play.__doc__ = 'sealed.json: the form is not that of section 3.'
    cheat('files', name='sealed-' + name)(play)


def slots_of(number):
    day = P.day('2026-01-07')
    return [f'{P.date_of(day + i // 10)}T{8 + i % 10:02}:00' for i in range(number)]


for _name, _change in {
    'slots-not-in-order': lambda v: v['slots'].reverse(),
    'slot-twice': lambda v: v['slots'].insert(0, v['slots'][0]),
    'slot-of-no-day': lambda v: v['slots'].append('2026-02-30T09:00'),
    'slot-of-no-hour': lambda v: v['slots'].append('2026-02-20T24:00'),
    'slot-of-no-minute': lambda v: v['slots'].append('2026-02-20T09:60'),
    'slot-without-a-clock': lambda v: v['slots'].append('2026-02-20'),
    'slot-with-seconds': lambda v: v['slots'].append('2026-02-20T09:00:00'),
    'slot-with-a-space': lambda v: v['slots'].append('2026-02-20 09:00'),
    'no-slots': lambda v: v['slots'].clear(), '2001-slots': lambda v: v.update(slots=slots_of(2001)),
    'slots-are-no-list': lambda v: v.update(slots={}),
    'dates-of-version-1': lambda v: v.update(dates=['2026-01-07']),
    'without-its-strata': lambda v: v.pop('strata') and None,
    'without-away': lambda v: v.pop('away') and None,
}.items():
    voided_table(_name, _change)

for _name, _change in {
    'matters-not-in-order': lambda v: v['matters']['from'].reverse(),
    'matter-is-no-id': lambda v: v['matters']['from'].append('值班'),
    'takes-more-than-there-are': lambda v: v['matters'].update(take=4),
    'nonce-in-capitals': put(nonce='A' * 32), 'nonce-short': put(nonce='0' * 31),
    'extra-key': put(note='x'), 'version-one': put(v=1),
    'conflict-rows-false': lambda v: v['conflicts'].update(rows=v['conflicts']['rows'] + 1),
    'conflict-digest-false': lambda v: v['conflicts'].update(sha256=changed(v['conflicts']['sha256'])),
    'away-rows-false': lambda v: v['away'].update(rows=v['away']['rows'] + 1),
    'away-digest-false': lambda v: v['away'].update(sha256=changed(v['away']['sha256'])),
}.items():
    odd_table('sealed-' + _name, 'sealed', _change)

odd_table('sealed-not-canonical', 'sealed.json', lambda b: b.replace(b':', b': ', 1))
odd_table('sealed-newline-at-the-end', 'sealed.json', lambda b: b + b'\n')


# --- drum ------------------------------------------------------------------------------------------------

def wrong_drum(name, was, becomes):
    def play(s):
        s.round()
        s.hook('targets', lambda rows: next(r for r in rows if r['drum'] == was).update(drum=becomes), 2)
        s.round()
    play.__doc__ = f'A target that is `{was}` is put down as `{becomes}`; strata and draw follow.'
    cheat('drum', name=name)(play)


wrong_drum('drum-rest-put-in', 'rest', 'in')
wrong_drum('drum-rest-put-due', 'rest', 'due')
wrong_drum('drum-in-put-due', 'in', 'due')
wrong_drum('drum-due-put-in', 'due', 'in')
wrong_drum('drum-in-put-to-rest', 'in', 'rest')
wrong_drum('drum-due-put-to-rest', 'due', 'rest')


def wrong_presence(name, i, becomes):
    def play(s):
        s.round()
        s.hook('inspectors', on_row(i, put(drum=becomes)), 2)
        s.round()
    play.__doc__ = f'Inspector {i} is put down as `{becomes}`; teams follow.'
    cheat('drum', name=name)(play)


wrong_presence('drum-inspector-who-is-away-put-in', 'I08', 'in')
wrong_presence('drum-inspector-put-away-who-is-there', 'I05', 'away')
wrong_presence('drum-inspector-put-away-who-is-there-half-the-time', 'I04', 'away')


@cheat('drum')
def drum_inspector_away_but_for_one_day(s):
    """He could come on the last day, and is put down as away."""
    s.hook('away', lambda rows: rows.remove(('I08', s.days[-1])))
    s.hook('inspectors', on_row('I08', put(drum='away')))
    s.round()


def seen_elsewhere(s, n=1):
    """A target that the other cycle's draw holds in a place, and that nobody excused."""
    return next(t for t in s.drawn(n).places.target if t and t != 'T24')


def elsewhere_forged(name, check, change):
    """The other cycle has drawn; change(s, row) forges a row of a target that it drew."""
    def play(s):
        s.chain('other')
        s.round(cycle='other')
        i = seen_elsewhere(s)
        s.hook('targets', on_row(i, lambda row: change(s, row)), 2)
        s.round(rules=QUIET)
    play.__doc__ = change.__doc__ or elsewhere_forged.__doc__
    cheat(check, name='elsewhere-' + name)(play)


def left_out(s, row):
    """A target that another cycle has just drawn is put down as if it had not."""
    redrum(s, row, elsewhere='')


def of_another_date(s, row):
    redrum(s, row, elsewhere=P.date_of(P.day(row['elsewhere']) - 1))


elsewhere_forged('left-out', 'history', left_out)
elsewhere_forged('of-another-date', 'history', of_another_date)
elsewhere_forged('but-in', 'drum', lambda s, row: row.update(drum='in'))
elsewhere_forged('but-due', 'drum', lambda s, row: row.update(drum='due'))
elsewhere_forged('but-carried', 'drum', lambda s, row: row.update(drum='carried'))


@cheat('history')
def elsewhere_added(s):
    """A target rests because of a draw that never held it."""
    s.chain('other')
    s.round(cycle='other')
    date = s.date
    held = s.drawn(1).places.target
    i = next(f'T{i:02}' for i in range(1, 24) if f'T{i:02}' not in held)
    s.hook('targets', on_row(i, lambda row: redrum(s, row, elsewhere=date)), 2)
    s.round(rules=QUIET)


@cheat('history')
def elsewhere_of_an_excused_target(s):
    """It changes nothing but the record."""
    s.chain('other')
    s.round(cycle='other')
    date = s.date
    s.hook('targets', on_row('T24', put(elsewhere=date)), 2)
    s.round(rules=QUIET)


@cheat('history')
def elsewhere_where_the_rule_is_off(s):
    """`quiet_days` is 0, but what the other cycle drew rests."""
    s.chain('other')
    s.round(cycle='other')
    s.hook('looked', lambda looked: [s.drawn(1)], 2)
    s.round()


@cheat('history')
def elsewhere_ignored(s):
    """`quiet_days` is 60, but nothing rests."""
    s.chain('other')
    s.round(cycle='other')
    s.hook('looked', lambda looked: [], 2)
    s.round(rules=QUIET)


@cheat('history')
def elsewhere_of_a_draw_exactly_quiet_days_ago(s):
    """30 days are not less than 30."""
    s.chain('other')
    s.round(cycle='other')
    s.hook('looked', lambda looked: [s.drawn(1)], 2)
    n = s.commit(rules={'quiet_days': 30}, draw_time=s.draw_time(1) + 30 * P.DAY)
    finish(s, n)


@cheat('history')
def elsewhere_not_of_a_draw_one_day_less_ago(s):
    """29 days are less than 30."""
    s.chain('other')
    s.round(cycle='other')
    s.hook('looked', lambda looked: [], 2)
    n = s.commit(rules={'quiet_days': 30}, draw_time=s.draw_time(1) + 29 * P.DAY)
    finish(s, n)


@cheat('history')
def elsewhere_not_the_latest(s):
    """Of two draws that hold it the earlier date is given."""
    s.chain('other')
    s.round(cycle='other', rules=EASY, plan=ALL)
    date = s.date
    s.round(cycle='other', rules=EASY, plan=ALL)
    i = next(t for t in s.drawn(1).places.target if t in s.drawn(2).places.target)
    s.hook('targets', on_row(i, put(elsewhere=date)), 3)
    s.round(rules=QUIET)


@cheat('history')
def elsewhere_forgets_an_amendment(s):
    """A target that came by an amendment, counted before the commitment, is put down as not drawn."""
    s.chain('other')
    s.draw(s.commit(cycle='other'))
    s.amend(1, 0)
    i = s.drawn(1).places.target[0]
    fit_or(i)
    s.hook('targets', on_row(i, lambda row: redrum(s, row, elsewhere='')), 2)
    s.draw(s.commit(rules=QUIET))
    s.reveal(1)
    s.reveal(2)


@cheat('history')
def elsewhere_foresees_an_amendment(s):
    """A target that is taken out only after the commitment rests no more at it."""
    s.chain('other')
    s.draw(s.commit(cycle='other'))
    i = s.drawn(1).places.target[0]
    s.hook('targets', on_row(i, lambda row: redrum(s, row, elsewhere='')), 2)
    s.draw(s.commit(rules=QUIET))
    s.amend(1, 0)
    s.reveal(1)
    s.reveal(2)


@cheat('history')
def elsewhere_of_its_own_cycle(s):
    """Only other cycles' draws are looked at."""
    s.round()
    s.hook('looked', lambda looked: [s.drawn(1)], 2)
    s.round(rules=QUIET)


# --- strata ----------------------------------------------------------------------------------------------

def wrong_strata(name, change, *checks, hook='strata'):
    def play(s):
        s.round()
        s.hook(hook, change, 2)
        s.round()
    play.__doc__ = 'The strata are not what follows from the drum; the draw follows them.'
    cheat(*(checks or ['strata']), name='strata-' + name)(play)


def add_to(index, field, number):
    return lambda strata: strata[index].update({field: strata[index][field] + number})


wrong_strata('take-too-many', add_to(0, 'take', 1))
wrong_strata('take-too-few', add_to(0, 'take', -1))
wrong_strata('take-of-a-share-rounded-down', add_to(1, 'take', -1))
wrong_strata('slips-wrong', add_to(0, 'slips', 1))
wrong_strata('drum-one-too-many', add_to(0, 'drum', 1))
wrong_strata('drum-one-too-few', add_to(1, 'drum', -1))
wrong_strata('take-beyond-the-limit', lambda strata: strata[0].update(take=10**6), 'files', 'strata')
wrong_strata('drum-negative', lambda strata: strata[0].update(drum=-1), 'files', 'strata')
wrong_strata('sealed-in-another-order', lambda strata: strata.insert(0, strata.pop(1)), 'strata', 'files')
wrong_strata('sealed-with-a-class-more', lambda strata: strata.append(
    {'class': 'Z', 'drum': 0, 'slips': 0, 'take': 0}), 'strata', 'files')
wrong_strata('sealed-with-the-share', lambda strata: strata[1].update(per_10000=2500), 'strata', 'files')
wrong_strata('class-uncovered', lambda strata: strata.pop() and None, hook='plan')
wrong_strata('not-in-order', lambda strata: strata.insert(0, strata.pop(1)), 'strata', 'tree', hook='plan')
wrong_strata('star-not-last', lambda strata: strata.insert(0, strata.pop()), 'strata', 'tree', hook='plan')
wrong_strata('class-twice', lambda strata: strata.insert(0, dict(strata[0])), 'strata', 'tree', hook='plan')
wrong_strata('share-over-10000', lambda strata: strata[1].update(per_10000=10001), 'strata', 'tree', hook='plan')


# --- history ---------------------------------------------------------------------------------------------

@cheat('history')
def last_drawn_forged(s):
    """A target that was just drawn is put down as never drawn, so it need not rest."""
    s.round()
    i = s.drawn(1).places.target[0]
    s.hook('targets', on_row(i, lambda row: redrum(s, row, last_drawn='')), 2)
    s.round()


@cheat('history')
def last_drawn_invented(s):
    """A target that was never drawn is put down as drawn, so it rests."""
    s.round()
    i = next(t for t in s.drawn(1).model.targets if t not in s.drawn(1).places.target and t != 'T24')
    s.hook('targets', on_row(i, lambda row: redrum(s, row, last_drawn='2026-01-06')), 2)
    s.round()


@cheat('history')
def last_drawn_of_an_excused_target_forged(s):
    """It changes nothing but the record."""
    second(s, 'targets', t24(last_drawn='2026-01-06'))


@cheat('history')
def last_drawn_forgets_an_amendment(s):
    """A reserve came into a place by an amendment, and is put down as never drawn."""
    s.draw(s.commit())
    s.amend(1, 0)
    s.reveal(1)
    i = s.drawn(1).places.target[0]
    s.hook('targets', on_row(i, lambda row: redrum(s, row, last_drawn='')), 2)
    s.round()


@cheat('history')
def last_drawn_of_one_taken_out(s):
    """A target that an amendment took out of its place is put down as drawn."""
    s.draw(s.commit())
    date = s.date
    i = s.drawn(1).places.target[0]
    s.amend(1, 0)
    s.reveal(1)
    s.hook('targets', on_row(i, put(last_drawn=date)), 2)
    s.round()


@cheat('history')
def since_forged(s):
    """A target that came this year is put down as there for long, so it is due."""
    second(s, 'targets', on_row('T02', lambda row: redrum(s, row, since='2019-01-01')))


@cheat('history')
def since_forged_after_a_void(s):
    """The commit before was voided; it counts all the same."""
    s.void(s.commit(), at=s.op.now + 600)
    s.reveal(1)
    s.hook('targets', on_row('T02', lambda row: redrum(s, row, since='2019-01-01')), 2)
    s.round()


def in_a_void(name, check, hook, change):
    """A void opens too, and what it was committed on is checked as a draw's is."""
    def play(s):
        s.round()
        s.hook(hook, lambda value: change(s, value), 2)
        s.void(s.commit())
        s.reveal(2)
    play.__doc__ = in_a_void.__doc__
    cheat(check, name='void-with-' + name)(play)


in_a_void('last-drawn-forged', 'history', 'targets', lambda s, rows: redrum(
    s, row_of(rows, s.drawn(1).places.target[0]), last_drawn=''))
in_a_void('a-rotation-row-missing', 'history', 'conflicts', lambda s, rows: rows.remove(
    next(row for row in rows if row['why'] == 'rotation')))
in_a_void('excused-miscounted', 'history', 'commit', lambda s, e: e['excused'].update(targets=0))
in_a_void('a-drum-value-wrong', 'drum', 'targets', lambda s, rows: next(
    row for row in rows if row['drum'] == 'in').update(drum='due'))
in_a_void('an-inspector-away-put-in', 'drum', 'inspectors', lambda s, rows: row_of(rows, 'I08').update(drum='in'))
in_a_void('slips-wrong', 'strata', 'strata', lambda s, strata: strata[0].update(slips=1))


@cheat('history')
def rotation_row_missing(s):
    second(s, 'conflicts', lambda rows: rows.remove(next(r for r in rows if r['why'] == 'rotation')))


@cheat('history')
def rotation_row_extra(s):
    """A pair that never was keeps an inspector away from a target."""
    def extra(rows):
        pairs = {(r['inspector'], r['value']) for r in rows}
        and_conflict(*next((f'I{i:02}', 'target', 'T05', 'rotation') for i in range(1, 9)
                           if (f'I{i:02}', 'T05') not in pairs))(rows)
    second(s, 'conflicts', extra)


@cheat('history')
def rotation_row_of_an_older_draw(s):
    """With `rotate` 1 the draw before the last counts no more."""
    s.round()
    s.round()
    old = pairs_of(s, 1)
    new = pairs_of(s, 2)
    p, t = min(old - new)
    s.hook('conflicts', and_conflict(p, 'target', t, 'rotation'), 3)
    s.round()


@cheat('history')
def rotation_rows_of_the_draw_before_instead(s):
    """The rows are those of draw 1 where draw 2 is the last."""
    s.round()
    s.round()

    def replace(rows):
        rows[:] = [r for r in rows if r['why'] == 'declared']
        for p, t in sorted(pairs_of(s, 1)):
            and_conflict(p, 'target', t, 'rotation')(rows)
    s.hook('conflicts', replace, 3)
    s.round()


@cheat('history')
def rotation_rows_where_the_rule_is_off(s):
    """`rotate` is 0, but the last draw's pairs are barred."""
    s.round(rules={'rotate': 0})
    p, t = min(pairs_of(s, 1))
    s.hook('conflicts', and_conflict(p, 'target', t, 'rotation'), 2)
    s.round(rules={'rotate': 0})


@cheat('history')
def rotation_forgets_an_amendment(s):
    """The rows name who was drawn, not who went."""
    s.draw(s.commit())
    before = pairs_of(s, 1)
    place, seat, _ = seat_with_choice(s, 1)
    s.amend(1, place, seat, reason='recusal')
    s.reveal(1)

    def replace(rows):
        rows[:] = [r for r in rows if r['why'] == 'declared']
        for p, t in sorted(before):
            and_conflict(p, 'target', t, 'rotation')(rows)
    s.hook('conflicts', replace, 2)
    s.round()


@cheat('history')
def last_drawn_by_another_cycle(s):
    """Each cycle has its own last_drawn."""
    s.chain('other')
    s.round(cycle='other')
    i = s.drawn(1).places.target[0]
    s.hook('targets', on_row(i, lambda row: redrum(s, row, last_drawn='2026-01-06')), 2)
    s.round()


@cheat('history')
def rotation_rows_of_another_cycle(s):
    s.chain('other')
    s.round(cycle='other')
    p, t = min(pairs_of(s, 1))
    s.hook('conflicts', and_conflict(p, 'target', t, 'rotation'), 2)
    s.round()


def hidden_change(name, change, path):
    """The rosters change, and `changes` says nothing of it."""
    def play(s):
        s.round()
        change(s.roster)
        s.hook('changes', lambda value: value[path[0]].update({path[1]: 0}), 2)
        s.round()
    play.__doc__ = hidden_change.__doc__
    cheat('history', name='hidden-' + name)(play)


hidden_change('target-changed', lambda r: r.targets['T03'].update(weight=20), ('targets', 'changed'))
hidden_change('target-needs-changed', lambda r: r.targets['T03'].update(needs='fire'), ('targets', 'changed'))
hidden_change('target-added', lambda r: r.add_target('T00', **{'class': 'A'}), ('targets', 'added'))
hidden_change('target-removed', lambda r: r.targets.pop('T03'), ('targets', 'removed'))
hidden_change('inspector-changed', lambda r: r.inspectors['I08'].update(tags=['lead']),
              ('inspectors', 'changed'))
hidden_change('inspector-added', lambda r: r.add_inspector('I00', level=9, unit='W'), ('inspectors', 'added'))
hidden_change('inspector-removed', lambda r: r.inspectors.pop('I08'), ('inspectors', 'removed'))
hidden_change('conflict-added', lambda r: r.declared.add(('I01', 'unit', 'U1')), ('conflicts', 'added'))
hidden_change('conflict-removed', lambda r: r.declared.clear(), ('conflicts', 'removed'))


@cheat('history')
def changes_of_the_first_commit_hidden(s):
    """In a cycle's first commit every row counts as added."""
    s.hook('changes', lambda value: value['targets'].update(added=0))
    s.round()


@cheat('history', 'sequence')
def changes_against_another_commit(s):
    s.round(), s.round()
    s.hook('changes', put(previous=1), 3)
    s.round()


@cheat('history', 'sequence')
def changes_against_another_cycle(s):
    s.chain('other')
    s.round(cycle='other')
    s.hook('changes', put(previous=1), 2)
    s.round()


@cheat('history', 'sequence')
def changes_against_nothing_in_a_sealed_commit(s):
    """The draw is still sealed, but the number of the previous commit can be checked."""
    s.round()
    s.hook('changes', put(previous=0), 2)
    s.commit()


@cheat('history')
def changes_count_what_the_drum_changed(s):
    """`drum`, `last_drawn` and `private` are no roster changes."""
    second(s, 'changes', lambda value: value['targets'].update(changed=23))


@cheat('history')
def changes_count_rotation_rows(s):
    second(s, 'changes', lambda value: value['conflicts'].update(added=value['conflicts']['added'] + 3))


@cheat('history')
def excused_targets_miscounted(s):
    second(s, 'commit', lambda e: e['excused'].update(targets=0))


@cheat('history')
def excused_inspectors_miscounted(s):
    second(s, 'commit', lambda e: e['excused'].update(inspectors=2))


@cheat('history')
def carried_target_not_carried(s):
    s.draw(s.commit())
    i = s.drawn(1).places.target[0]
    s.amend(1, 0)
    s.reveal(1)
    s.hook('targets', on_row(i, lambda row: redrum(s, row)), 2)
    s.round()


@cheat('history')
def unstaffed_target_not_carried(s):
    """Nobody could go there last time; now it is put down as any other."""
    s.roster.declared |= {(f'I{i:02}', 'unit', 'U1') for i in range(1, 9)}
    plan = [{'class': '*', 'per_10000': 10000}]
    s.round(plan=plan)
    i = s.drawn(1).record['unstaffed'][0]
    s.hook('targets', on_row(i, lambda row: redrum(s, row)), 2)
    s.round(plan=plan)


@cheat('history')
def carried_lost_by_an_excuse(s):
    """It is owed, is excused from one draw, and is then put down as any other."""
    s.draw(s.commit())
    i = s.drawn(1).places.target[0]
    s.amend(1, 0)
    s.reveal(1)
    s.roster.targets[i]['excused'] = True
    s.round()
    s.roster.targets[i]['excused'] = False
    s.hook('targets', on_row(i, lambda row: redrum(s, row)), 3)
    s.round()


@cheat('history')
def carried_lost_by_leaving_the_roster(s):
    """It is owed, leaves for one draw, comes back, and is put down as any other."""
    s.draw(s.commit())
    i = s.drawn(1).places.target[0]
    s.amend(1, 0)
    s.reveal(1)
    held = s.roster.targets.pop(i)
    s.round()
    s.roster.targets[i] = held
    s.hook('targets', on_row(i, lambda row: redrum(s, row)), 3)
    s.round()


@cheat('history')
def carried_lost_by_a_void(s):
    s.draw(s.commit())
    i = s.drawn(1).places.target[0]
    s.amend(1, 0)
    s.reveal(1)
    s.void(s.commit(), at=s.op.now + 600)
    s.reveal(2)
    s.hook('targets', on_row(i, lambda row: redrum(s, row)), 3)
    s.round()


@cheat('history')
def carried_after_it_was_visited(s):
    """The draw before placed it; it is put down as still owed."""
    s.draw(s.commit())
    i = s.drawn(1).places.target[0]
    s.amend(1, 0)
    s.reveal(1)
    s.round(rules=EASY, plan=ALL)
    fit_or(i in s.drawn(2).places.target)
    s.hook('targets', on_row(i, put(drum='carried')), 3)
    s.round()


@cheat('history')
def carried_of_another_cycle(s):
    """What another cycle left unstaffed is not owed here."""
    s.chain('other')
    s.draw(s.commit(cycle='other'))
    i = s.drawn(1).places.target[0]
    s.amend(1, 0)
    s.reveal(1)
    s.hook('targets', on_row(i, put(drum='carried')), 2)
    s.round()


@cheat('history')
def carried_falsely(s):
    """A target comes first because it is said to be left over."""
    second(s, 'targets', lambda rows: next(r for r in rows if r['drum'] == 'in').update(drum='carried'))


@cheat('history')
def carried_in_the_first_commit(s):
    s.hook('targets', on_row('T02', put(drum='carried')), 1)
    s.round()


# --- chain -----------------------------------------------------------------------------------------------

@cheat('chain')
def secret_not_of_the_chain(s):
    """The operator tried secrets until one pleased."""
    second(s, 'secret', lambda secret: P.H('another'))


@cheat('chain')
def secret_of_another_link(s):
    second(s, 'secret', lambda secret: s.op.cycles['spot'].chain().secrets[3])


@cheat('chain')
def secret_of_a_void_not_of_the_chain(s):
    s.hook('reveal', put(secret=P.H('another')))
    s.void(s.commit())
    s.reveal(1)


# --- beacon ----------------------------------------------------------------------------------------------

def odd_public(name, checks, **fields):
    def play(s):
        beacon = dict(s.beacon(0, 'spot'), **fields)
        s.round(beacon=beacon)
    play.__doc__ = 'The public beacon is not of the form or strength of section 4.'
    cheat(*checks, name='beacon-' + name)(play)


odd_public('weak', ['beacon'], count=19)
odd_public('weak-63-coins', ['beacon'], count=63, symbols='01')
odd_public('weak-one-symbol', ['beacon'], count=1000, symbols='0')
odd_public('symbols-not-ascending', ['beacon', 'tree'], symbols='1023456789')
odd_public('symbol-twice', ['beacon', 'tree'], symbols='00123456789')
odd_public('symbol-space', ['beacon', 'tree'], symbols=' 0123456789')
odd_public('symbol-not-ascii', ['beacon', 'tree'], symbols='0123456789一')


def odd_value(name, value, *checks):
    def play(s):
        s.round()
        s.hook('beacon', value, 2)
        s.round()
    play.__doc__ = 'The value is not one that the commitment allows.'
    cheat(*(checks or ['beacon']), name='beacon-' + name)(play)


odd_value('foreign-symbol', put(beacon='0123456789012345678x'))
odd_value('value-too-short', put(beacon='0123456789012345678'))
odd_value('value-too-long', put(beacon='0' * 21))
odd_value('value-with-spaces', put(beacon='01234 56789 01234 567'))
odd_value('value-empty', put(beacon=''))
odd_value('public-with-a-signature', put(signature='00' * 64), 'beacon', 'tree', 'sequence')


@cheat('beacon')
def beacon_none_with_a_value(s):
    s.op = Story('none').op
    s.hook('beacon', put(beacon='7'))
    s.round()


def odd_void(name, source='public', on='void', checks=('beacon', 'tree', 'sequence'), **fields):
    """A void or its reveal has what its source does not give."""
    def play(s):
        s.op = Story(source).op
        s.hook(on, put(**fields))
        s.void(s.commit())
        s.reveal(1)
    play.__doc__ = odd_void.__doc__
    cheat(*checks, name=name)(play)


odd_void('public-void-with-a-value-too-short', checks=['beacon'], beacon='0' * 19)
odd_void('public-void-with-a-foreign-symbol', checks=['beacon'], beacon='0' * 19 + 'x')
odd_void('public-void-with-an-empty-value', checks=['beacon'], beacon='')
odd_void('public-void-with-a-signature', beacon='0' * 20, signature='00' * 64)
odd_void('public-void-with-a-signature-alone', signature='00' * 64)
odd_void('void-of-no-beacon-with-a-value', source='none', beacon='')
odd_void('void-of-no-beacon-with-a-value-at-its-reveal', source='none', on='reveal', beacon='7')


@cheat('beacon', 'tree', 'sequence')
def value_of_a_draw_at_its_reveal_too(s):
    s.hook('reveal', put(beacon='0' * 20))
    s.round()


def on_drand(name, *checks, hook='beacon', draw_time=ROUND_42):
    """Register a lie about the value of quicknet's round 42."""
    def register(change):
        def play(s):
            s.op = drand_story().op if hook != 'commit' else Story('drand', 0, now=G - 2 * P.DAY).op
            s.roster = small_roster('2023')
            s.hook(hook, change)
            if hook == 'commit':
                s.commit(draw_time=draw_time)
            s.draw(1)
            s.reveal(1)
        play.__doc__ = change.__doc__ or 'The value of quicknet is not what section 4 asks.'
        cheat(*(checks or ['beacon']), name='drand-' + name)(play)
    return register


on_drand('value-not-the-hash')(put(beacon=P.H('x')))
on_drand('signature-of-another-round')(from_signature(P.DRAND[1000]))
on_drand('signature-altered')(from_signature(P.DRAND[42][:-2] + '6b'))
on_drand('signature-with-the-other-sign')(from_signature('b' + P.DRAND[42][1:]))
on_drand('signature-of-infinity')(from_signature('c0' + '00' * 47))
on_drand('signature-not-compressed-flag')(from_signature('15' + P.DRAND[42][2:]))
on_drand('round-wrong', hook='commit')(lambda e: e['beacon'].update(round=1000))
on_drand('round-one-early', hook='commit', draw_time=ROUND_42 + 3)(lambda e: e['beacon'].update(round=42))
on_drand('round-one-late', hook='commit', draw_time=ROUND_42 - 1)(lambda e: e['beacon'].update(round=42))
on_drand('chain-is-another', 'beacon', 'tree', hook='commit')(lambda e: e['beacon'].update(chain='0' * 64))
on_drand('signature-missing', 'beacon', 'tree', 'sequence')(lambda e: e.pop('signature') and None)
on_drand('signature-short', 'beacon', 'tree')(from_signature(P.DRAND[42][:-2]))
on_drand('signature-of-64-bytes', 'beacon', 'tree')(from_signature(P.DRAND[42] + '00' * 16))


FIELD = int('1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf'
            '6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab', 16)      # p of BLS12-381
# (0, 2) is a point of the curve of order 3; x = p is another way to write x = 0.
on_drand('signature-not-in-the-subgroup')(from_signature('80' + '00' * 47))
on_drand('signature-with-x-not-reduced')(from_signature('%096x' % (1 << 383 | FIELD)))
on_drand('signature-with-the-largest-x')(from_signature('9f' + 'ff' * 47))


@cheat('beacon')
def witness_beacon_signed_by_another_key(s):
    n = witness_story(s)
    forged = s.op.known['w1'].raw(P.beacon_message(s.drawn(n).hash)).hex()
    s.hook('beacon', from_signature(forged))
    finish(s, n)


@cheat('beacon')
def witness_beacon_for_another_commit(s):
    n = witness_story(s)
    s.hook('beacon', from_signature(s.op.known['w0'].raw(P.beacon_message(P.H('x'))).hex()))
    finish(s, n)


@cheat('beacon')
def witness_beacon_without_the_last_newline(s):
    n = witness_story(s)
    message = P.beacon_message(s.drawn(n).hash)[:-1]
    s.hook('beacon', from_signature(s.op.known['w0'].raw(message).hex()))
    finish(s, n)


@cheat('beacon')
def witness_beacon_with_s_not_reduced(s):
    """S + L verifies with a careless library, and would be another value."""
    n = witness_story(s)
    signature = s.op.known['w0'].raw(P.beacon_message(s.drawn(n).hash))
    larger = int.from_bytes(signature[32:], 'little') + ORDER
    s.hook('beacon', from_signature((signature[:32] + larger.to_bytes(32, 'little')).hex()))
    finish(s, n)


@cheat('beacon')
def witness_beacon_value_not_the_hash(s):
    n = witness_story(s)
    s.hook('beacon', put(beacon=P.H('x')))
    finish(s, n)


@cheat('beacon', 'tree', 'sequence')
def witness_beacon_signature_missing(s):
    n = witness_story(s)
    s.hook('beacon', lambda e: e.pop('signature') and None)
    finish(s, n)


@cheat('beacon', 'sequence')
def witness_key_not_in_force(s):
    """The operator's own key, which the log never named; it cosigned in time."""
    finish(s, witness_story(s, [('w0', 7200), ('w1', 7200), ('w2', 7200), ('w4', 7200)], key='w4'))


@cheat('beacon', 'sequence')
def witness_key_no_longer_in_force(s):
    """A policy took the witness out before the commitment."""
    s.op = Operator('story', now=START)
    s.op.genesis(WITNESSES)
    s.chain(source='witness')
    s.policy(witnesses=('w1', 'w2'))
    n = s.commit(beacon={'key': s.op.known['w0'].vkey, 'source': 'witness'},
                 cosigned=[(w, s.op.now + 70) for w in WITNESSES])
    finish(s, n)


@cheat('beacon')
def witness_beacon_without_its_cosignature(s):
    finish(s, witness_story(s, [('w1', 7200), ('w2', 7200)]))


@cheat('beacon')
def witness_beacon_cosigned_too_late(s):
    """599 s before draw_time is not in time."""
    finish(s, witness_story(s, [('w0', 599), ('w1', 7200), ('w2', 7200)]))


@cheat('beacon')
def witness_void_with_a_value_of_a_key_that_cosigned_late(s):
    """The value of a void too must be of a key that cosigned the commitment in time."""
    n = witness_story(s, [('w0', 599), ('w1', 7200), ('w2', 7200)])
    s.void(n, beacon=True)
    s.reveal(n)


def dated_back(name, reason='the rosters were out of date', witnesses=WITNESSES, cosigned=(), source='drand',
               at=-60):
    """A void without the beacon's value that most witnesses did not cosign before draw_time."""
    def play(s):
        if source == 'drand':
            s.op = drand_story(witnesses).op
        else:
            witness_story(s, witnesses=witnesses)
        draw_time = s.draw_time(1)
        s.void(1, reason, at=draw_time + at, cosigned=[(w, draw_time + after) for w, after in cosigned])
        s.reveal(1)
    play.__doc__ = dated_back.__doc__
    cheat('beacon', name='void-' + name)(play)


@cheat('beacon')
def void_cosigned_by_new_witnesses(s):
    """A policy brings in the operator's friends, who say what it likes of the time."""
    s.op = drand_story().op
    draw_time = s.draw_time(1)
    s.op.now = draw_time - 90
    s.policy(witnesses=('w3', 'w4'))
    s.void(1, at=draw_time - 60, cosigned=[('w3', draw_time - 30), ('w4', draw_time - 30)])
    s.reveal(1)


_late = [(w, 300) for w in WITNESSES]
dated_back('dated-back-under-drand', cosigned=_late)
dated_back('dated-back-under-witness', cosigned=_late, source='witness')
dated_back('cosigned-at-draw-time-itself', cosigned=[(w, 0) for w in WITNESSES])
dated_back('cosigned-early-by-one-of-three', cosigned=[('w0', -30), ('w1', 30), ('w2', 30)])
dated_back('cosigned-early-by-half', witnesses=('w0', 'w1', 'w2', 'w3'), cosigned=[('w0', -30), ('w1', -30)])
dated_back('cosigned-early-by-strangers', cosigned=[('w0', -30), ('w3', -30), ('w4', -30)])
dated_back('without-witnesses', witnesses=())
dated_back('late-without-a-value', cosigned=_late, at=60)
dated_back('late-without-a-value-under-witness', cosigned=_late, source='witness', at=60)
dated_back('blaming-the-beacon-under-drand', reason='beacon did not come', cosigned=_late, at=60)
dated_back('blaming-the-beacon-in-capitals', reason='Beacon did not come', cosigned=_late, source='witness', at=60)
dated_back('blaming-the-beacon-later-on', reason='no beacon came', cosigned=_late, source='witness', at=60)


@cheat('beacon', 'sequence', 'tree')
def void_and_its_reveal_with_the_value(s):
    """Never both."""
    s.op = drand_story().op
    s.void(1, beacon=True)
    s.reveal(1, beacon=True)


@cheat('beacon', 'sequence', 'tree')
def witness_void_and_its_reveal_with_the_value(s):
    n = witness_story(s)
    s.void(n, beacon=True)
    s.reveal(n, beacon=True)


@cheat('beacon')
def void_whose_reveal_has_a_false_value(s):
    s.op = drand_story().op
    s.hook('reveal', from_signature(P.DRAND[1000]))
    s.void(1)
    s.reveal(1, beacon=True)


@cheat('beacon', 'tree', 'sequence')
def void_whose_reveal_has_a_value_but_no_signature(s):
    s.op = drand_story().op
    s.hook('reveal', lambda e: e.pop('signature') and None)
    s.void(1)
    s.reveal(1, beacon=True)


@cheat('beacon')
def void_by_taste(s):
    """After the value was known it is called off, and nobody saw it in time."""
    s.op = drand_story().op
    s.void(1, 'some of the teams were not to our liking', at=s.draw_time(1) + 600)
    s.reveal(1)


@cheat('beacon')
def void_with_a_false_value(s):
    s.op = drand_story().op
    s.hook('void', put(beacon=P.H('x')))
    s.void(1, beacon=True)
    s.reveal(1)


@cheat('beacon')
def void_with_another_rounds_value(s):
    s.op = drand_story().op
    s.hook('void', from_signature(P.DRAND[1000]))
    s.void(1, beacon=True)
    s.reveal(1)


@cheat('beacon', 'tree', 'sequence')
def void_with_a_value_but_no_signature(s):
    s.op = drand_story().op
    s.hook('void', lambda e: e.pop('signature') and None)
    s.void(1, beacon=True)
    s.reveal(1)


# --- seed to matters: lies in the record -----------------------------------------------------------------

def on_record(name, change, *checks):
    """The second draw's record is not what follows; the log holds its hash all the same."""
    def play(s):
        s.round()
        s.hook('record', lambda record: change(s, record), 2)
        s.round()
    play.__doc__ = change.__doc__ or on_record.__doc__
    cheat(*checks, name=name)(play)


def friend_spared(s, record):
    """A chosen target is replaced by another of its stratum, which has its own ticket."""
    chosen = {t['id'] for t in record['selected']} | set(record['unstaffed'])
    reserve = {t['id'] for t in record['reserve']}
    model = model_of(s, record)
    for place in record['selected']:
        for t, row in model.targets.items():
            if t not in chosen | reserve and P.takes_part(row) and row['class'] == place['class']:
                place.update({'class': row['class'], 'id': t, 'ticket': model.ticket(t)})
                record['selected'].sort(key=lambda each: each['ticket'])
                return
    raise Unfit('no friend')


def wrong_ticket(s, record):
    record['selected'][0]['ticket'] = '0' * 64


def wrong_class(s, record):
    record['selected'][0]['class'] += 'x'


def reserve_swapped(s, record):
    record['reserve'][0], record['reserve'][1] = record['reserve'][1], record['reserve'][0]


def reserve_shortened(s, record):
    record['reserve'].pop()


def reserve_ticket(s, record):
    record['reserve'][0]['ticket'] = changed(record['reserve'][0]['ticket'])


def target_left_out(s, record):
    record['selected'].pop()


def selected_swapped(s, record):
    record['selected'][0], record['selected'][1] = record['selected'][1], record['selected'][0]


def said_to_be_unstaffed(s, record):
    """A chosen target for which there is a team is said to have none."""
    record['unstaffed'].append(record['selected'].pop()['id'])


def inspectors_swapped(s, record):
    record['inspectors'][0], record['inspectors'][1] = record['inspectors'][1], record['inspectors'][0]


def inspector_ticket(s, record):
    record['inspectors'][0]['ticket'] = changed(record['inspectors'][0]['ticket'])


def inspector_added(s, record):
    """One inspector more than the rules draw."""
    model = model_of(s, record)
    p = model.inspector_order()[len(record['inspectors'])]
    record['inspectors'].append({'id': p, 'load': 0, 'ticket': model.inspector_ticket(p)})


def inspector_left_out(s, record):
    record['inspectors'].pop()


def teams_swapped(s, record):
    """Two places change teams; the loads stay."""
    one = record['selected'][0]
    other = next(p for p in record['selected'] if p['team'] != one['team'])
    one['team'], other['team'] = other['team'], one['team']


def team_reversed(s, record):
    record['selected'][0]['team'].reverse()


def friend_in_the_team(s, record):
    """A drawn inspector who is lawful but not the next takes a seat; the loads follow."""
    model = model_of(s, record)
    for place in record['selected']:
        for row in record['inspectors']:
            if row['id'] not in place['team'] and model.lawful(row['id'], place['id']):
                old = next(r for r in record['inspectors'] if r['id'] == place['team'][1])
                old['load'] -= 1
                row['load'] += 1
                place['team'][1] = row['id']
                return
    raise Unfit('no friend')


def load_false(s, record):
    record['inspectors'][0]['load'] += 1


def limit_false(s, record):
    record['load']['limit'] += 1


def least_false(s, record):
    record['load']['least'] += 1


def visit_moved(s, record):
    """The visit is put into another slot that suits the team."""
    slots = s.drawn(record['n']).sealed['slots']
    place = record['selected'][0]
    place['visit'] = next(each for each in slots if each != place['visit'])


def visit_at_no_slot(s, record):
    record['selected'][-1]['visit'] = record['selected'][-1]['visit'][:10] + 'T17:00'


def visits_of_two_places_swapped(s, record):
    one = record['selected'][0]
    other = next(each for each in record['selected'] if each['visit'] != one['visit'])
    one['visit'], other['visit'] = other['visit'], one['visit']


def matters_false(s, record):
    record['matters'][0] = next(m for m in ('duty', 'leave', 'office') if m not in record['matters'])


def matters_reversed(s, record):
    record['matters'].reverse()


def matters_cut(s, record):
    record['matters'].pop()


def seed_false(s, record):
    record['seed'] = changed(record['seed'])


for _checks, _changes in {
    ('seed',): [seed_false],
    ('selection',): [friend_spared, wrong_ticket, wrong_class, reserve_swapped, reserve_shortened,
                     reserve_ticket, target_left_out, selected_swapped],
    ('inspectors',): [inspectors_swapped, inspector_ticket, inspector_added, inspector_left_out],
    ('teams',): [teams_swapped, team_reversed, friend_in_the_team, limit_false, least_false],
    ('teams', 'inspectors'): [load_false],
    ('teams', 'selection'): [said_to_be_unstaffed],
    ('visits',): [visit_moved, visit_at_no_slot, visits_of_two_places_swapped],
    ('matters',): [matters_false, matters_reversed, matters_cut],
}.items():
    for _change in _changes:
        on_record('record-' + _change.__name__.replace('_', '-'), _change, *_checks)


def visits_by(name, change, rules=None, **wrong):
    """The visits are found by other rules than the commitment's; `change` makes the model blind as well."""
    def lie(s, record):
        model = model_of(s, record)
        model.rules = dict(model.rules, **wrong)
        change(s, model)
        teams = P.Teams([each['id'] for each in record['selected']], [], [], 0, 0,
                        {each['id']: each['team'] for each in record['selected']})
        visits = model.visits(teams)[0]
        fit_or([each['visit'] for each in record['selected']] != list(visits.values()))
        for each in record['selected']:
            each['visit'] = visits[each['id']]

    def play(s):
        s.round(rules=rules)
        s.hook('record', lambda record: lie(s, record), 2)
        s.round(rules=rules)
    play.__doc__ = visits_by.__doc__
    cheat('visits', name='visits-' + name)(play)


def never_round(s, model):
    """Behind `start` no slot is tried before it."""
    start = model.start
    model.start = lambda t: start(t)
    model.slots = list(model.slots)
    first = model.slots[0]
    suits = model.suits
    model.suits = lambda slot, p, t, places: slot >= model.slots[start(t)] and suits(slot, p, t, places)
    fit_or(first)


visits_by('with-spacing-ignored', lambda s, model: None, {'spacing': 1440, 'same_unit': False}, spacing=0)
visits_by('with-another-spacing', lambda s, model: None, {'spacing': 1440, 'same_unit': False}, spacing=1441)
visits_by('with-same-unit-ignored', lambda s, model: None, same_unit=False)
visits_by('with-same-unit-where-it-is-off', lambda s, model: None, {'same_unit': False}, same_unit=True)
visits_by('with-away-ignored', lambda s, model: model.away.clear())
visits_by('that-never-go-round', never_round, {'spacing': 1440, 'same_unit': False})
visits_by('that-start-at-the-first-slot', lambda s, model: setattr(model, 'start', lambda t: 0))


@cheat('visits')
def visits_spaced_within_a_unit(s):
    """Visits of one unit are put apart as if `spacing` held between them too."""
    rules = dict(EASY, spacing=1440, same_unit=True, max_load=0)

    def lie(record):
        model = model_of(s, record)
        suits = model.suits
        units = {t: row['unit'] for t, row in model.targets.items()}

        def apart(slot, p, t, places):
            for i, row in enumerate(model.targets.values()):
                row['unit'] = f'u{i}'
            right = suits(slot, p, t, places)
            for each, unit in units.items():
                model.targets[each]['unit'] = unit
            return right
        model.suits = apart
        teams = P.Teams([each['id'] for each in record['selected']], [], [], 0, 0,
                        {each['id']: each['team'] for each in record['selected']})
        visits = model.visits(teams)[0]
        fit_or([each['visit'] for each in record['selected']] != list(visits.values()))
        for each in record['selected']:
            each['visit'] = visits[each['id']]
    s.hook('record', lie)
    s.round(rules=rules, plan=[{'class': '*', 'count': 8}])


def recomputed(name, rules, change, *checks, plan=None, **wrong):
    """The whole record is computed by other rules than the commitment's."""
    def lie(s, record):
        model = model_of(s, record)
        model.rules = dict(model.rules, **wrong)
        change(model)
        other = model.record()
        fit_or([each['team'] for each in other['selected']] != [each['team'] for each in record['selected']])
        record.clear()
        record.update(other)

    def play(s):
        s.hook('record', lambda record: lie(s, record))
        s.round(rules=rules, plan=plan)
    play.__doc__ = recomputed.__doc__
    cheat(*checks, name='record-' + name)(play)


_own = {'team': ['own', 'any'], 'inspectors': 0}
recomputed('with-own-ignored', _own, lambda model: None, 'teams', team=['any', 'any'])
recomputed('with-own-of-nobody', _own, lambda model: [row.update(needs='lead') for row in model.targets.values()
                                                      if not row['needs']], 'teams')
recomputed('with-slack-ignored', {'inspectors': 0, 'slack': 3}, lambda model: None, 'teams', slack=0)
recomputed('with-avoid-ignored', {'inspectors': 0}, lambda model: None, 'teams', plan=ALL, avoid=[])
recomputed('with-conflicts-ignored', {'inspectors': 0}, lambda model: model.barred.clear(), 'teams')
recomputed('with-the-level-gap-ignored', {'inspectors': 0, 'level_gap': 3}, lambda model: None, 'teams', level_gap=-9)
recomputed('with-the-load-ignored', {'inspectors': 0, 'max_load': 2}, lambda model: None, 'teams', max_load=0)


@cheat('teams')
def record_own_seat_to_one_who_does_not_fit(s):
    """A drawn, lawful inspector without the tag that the target needs takes its own seat."""
    def lie(record):
        model = model_of(s, record)
        loads = {row['id']: row for row in record['inspectors']}
        for place in record['selected']:
            for p in loads:
                if p not in place['team'] and model.lawful(p, place['id']) and not model.fits(p, 0, place['id']):
                    loads[place['team'][0]]['load'] -= 1
                    loads[p]['load'] += 1
                    place['team'][0] = p
                    return
        raise Unfit('all fit')
    s.hook('record', lie)
    s.round(rules=_own)


@cheat('selection', 'teams')
def record_unstaffed_forgotten(s):
    """The target for which there was no team is not named."""
    s.roster.declared |= {(f'I{i:02}', 'unit', 'U1') for i in range(1, 11)}
    s.hook('record', lambda record: fit_or(record['unstaffed']) or record['unstaffed'].clear())
    s.round(plan=ALL)


# --- record ----------------------------------------------------------------------------------------------

def field_of_record(name, *checks, **fields):
    on_record('record-' + name, lambda s, record: record.update(fields), *checks)


field_of_record('of-another-number', 'record', n=1)
field_of_record('of-another-commit', 'record', commit='0' * 64)
field_of_record('of-another-value', 'record', 'beacon', 'seed', beacon='0' * 20)
field_of_record('of-another-secret', 'record', 'chain', 'seed', secret='0' * 64)
field_of_record('version-one', 'record', 'files', v=1)
field_of_record('extra-key', 'record', 'files', note='x')


def record_bytes(name, change, *checks):
    def play(s):
        s.round()
        s.hook('record.json', change, 2)
        s.round()
    play.__doc__ = 'record.json is not in canonical form, as its hash in the log says.'
    cheat(*checks, name='record-' + name)(play)


record_bytes('not-canonical', lambda b: b.replace(b',"', b', "', 1), 'record', 'files')
record_bytes('newline-at-the-end', lambda b: b + b'\n', 'record', 'files')
record_bytes('unsorted', lambda b: b'{"v":2,' + b[1:].replace(b',"v":2}', b'}'), 'record', 'files')


@cheat('record')
def record_not_the_one_drawn(s):
    """The hash in the draw entry is of another record."""
    second(s, 'draw', put(record=P.H('another')))


@cheat('record', 'sequence')
def record_not_the_one_revealed(s):
    second(s, 'reveal', put(record=P.H('another')))


def wrong_places(name, change):
    """`places` of the draw entry is not the tree over the places: a letter's proof would be worth nothing."""
    def play(s):
        s.round()
        s.hook('draw', lambda e: e.update(places=change(s.drawn(2))), 2)
        s.round()
    play.__doc__ = wrong_places.__doc__
    cheat('record', name='places-' + name)(play)


def root_of(lines):
    return P.tree_root([P.leaf_hash(line) for line in lines]).hex()


def lines_of(draw, change=lambda row: row):
    rows = [change(dict(row)) for row in draw.record['selected']]
    return [draw.model.place_line(i, row['id'], row['team'], row['visit']) for i, row in enumerate(rows)]


def from_one(draw):
    rows = draw.record['selected']
    return [draw.model.place_line(i, row['id'], row['team'], row['visit']) for i, row in enumerate(rows, 1)]


wrong_places('of-nothing', lambda draw: P.H('x'))
wrong_places('of-the-empty-tree', lambda draw: root_of([]))
wrong_places('without-the-last', lambda draw: root_of(lines_of(draw)[:-1]))
wrong_places('in-another-order', lambda draw: root_of(lines_of(draw)[::-1]))
wrong_places('with-a-newline', lambda draw: root_of([line + b'\n' for line in lines_of(draw)]))
wrong_places('counted-from-one', lambda draw: root_of(from_one(draw)))
wrong_places('with-another-team', lambda draw: root_of(lines_of(draw, lambda row: dict(row, team=row['team'][::-1]))))
wrong_places('with-another-visit', lambda draw: root_of(
    lines_of(draw, lambda row: dict(row, visit=row['visit'][:11] + '23:00'))))


# --- amendments ------------------------------------------------------------------------------------------

def amended(name, lie, *checks):
    """A draw, then `lie(s)` amends it wrongly, then the reveal."""
    def play(s):
        s.draw(s.commit())
        lie(s)
        s.reveal(1)
    play.__doc__ = lie.__doc__ or 'The amendment is not the one that follows.'
    cheat(*(checks or ['amendments']), name='amendment-' + name)(play)


def friend_by_a_seat(s):
    """Somebody who may sit there, but is not the next."""
    place, seat, wrong = seat_with_choice(s, 1)
    s.hook('amendment', lambda a: a.update({'in': wrong[0]}))
    s.amend(1, place, seat, reason='recusal')


def friend_not_drawn(s):
    """One of the inspectors who were not drawn, though a drawn one could come."""
    places = s.drawn(1).places
    place, seat, _ = seat_with_choice(s, 1)
    right = places.seat_successor(place, seat)
    other = next(p for p in places.draw.inspector_order() if p not in places.drawn and p != right)
    s.hook('amendment', lambda a: a.update({'in': other}))
    s.amend(1, place, seat)


def seat_left_empty(s):
    """The seat is left empty though somebody could come."""
    place, seat, _ = seat_with_choice(s, 1)
    s.hook('amendment', lambda a: a.update({'in': ''}))
    s.amend(1, place, seat)


def excused_inspector(s):
    place, seat, _ = seat_with_choice(s, 1)
    s.hook('amendment', lambda a: a.update({'in': 'I09'}))
    s.amend(1, place, seat)


def unknown_inspector(s):
    place, seat, _ = seat_with_choice(s, 1)
    s.hook('amendment', lambda a: a.update({'in': 'I77'}))
    s.amend(1, place, seat)


def already_in_the_team(s):
    places = s.drawn(1).places
    s.hook('amendment', lambda a: a.update({'in': places.team[0][0]}))
    s.amend(1, 0, 1)


def out_does_not_hold_it(s):
    places = s.drawn(1).places
    s.hook('amendment', lambda a: a.update(out=next(p for p in places.drawn if p not in places.team[0])))
    s.amend(1, 0, 1)


def who_was_taken_out_returns(s):
    """A recusal took this inspector out of the place; he comes back to it."""
    place, seat, _ = seat_with_choice(s, 1)
    first = s.drawn(1).places.team[place][seat]
    s.amend(1, place, seat)
    s.hook('amendment', lambda a: a.update({'in': first}))
    s.amend(1, place, seat)


def third_change_of_a_seat(s):
    """The seat changed hands twice; a third inspector comes all the same."""
    s.hook('amendment', lambda a: a.update({'in': next_to_come(s, 1, a)}) if a['amendment'] == 3 else None)
    place, seat, wrong = seat_with_choice(s, 1)
    for _ in range(3):
        s.amend(1, place, seat)


def next_to_come(s, n, amendment):
    """Who would come if the seat had not changed hands before."""
    places = s.drawn(n).places
    able = [p for p in places.draw.inspectors if places.draw.inspectors[p]['drum'] == 'in'
            and places.may_sit(p, amendment['place'], amendment['seat'])]
    return min(able, key=lambda p: places.draw.pair(places.target[amendment['place']], p))


def who_is_away_comes(s):
    """One who has no time for the visit comes though another drawn one has."""
    places = s.drawn(1).places
    for place in range(len(places.target)):
        for seat in (0, 1):
            right = places.seat_successor(place, seat)
            late = [p for p in places.drawn if places.may_sit(p, place, seat) and not places.suits(p, place)]
            if right and places.suits(right, place) and late:
                s.hook('amendment', lambda a, wrong=late[0]: a.update({'in': wrong}))
                s.amend(1, place, seat)
                return
    raise Unfit('nobody is away')


def who_has_time_is_passed_over(s):
    """The next one goes by `pair` alone, whether the visit suits him or not."""
    places = s.drawn(1).places
    for place in range(len(places.target)):
        for seat in (0, 1):
            able = [p for p in places.drawn if places.may_sit(p, place, seat)]
            wrong = min(able, key=lambda p, t=places.target[place]: places.draw.pair(t, p), default='')
            if wrong != places.seat_successor(place, seat):
                s.hook('amendment', lambda a, wrong=wrong: a.update({'in': wrong}))
                s.amend(1, place, seat)
                return
    raise Unfit('the next one has time')


def who_is_away_all_the_time(s):
    """Inspector I08 is away on every date and so not in the drum."""
    place, seat, _ = seat_with_choice(s, 1)
    s.hook('amendment', lambda a: a.update({'in': 'I08'}))
    s.amend(1, place, seat)


def reserve_not_the_next(s):
    """The second of the reserve comes, not the first."""
    places = s.drawn(1).places
    right = places.target_successor(0)
    wrong = next(t for t in places.reserve if t != right and places.stratum(t) == places.stratum(right)
                 and all(places.draw.lawful(p, t) for p in places.people(0)))
    s.hook('amendment', lambda a: a.update({'in': wrong}))
    s.amend(1, 0, reason='closed')


def reserve_of_another_stratum(s):
    places = s.drawn(1).places
    wrong = next(t for t in places.reserve if places.stratum(t) != places.stratum(places.first[0]))
    s.hook('amendment', lambda a: a.update({'in': wrong}))
    s.amend(1, 0)


def not_of_the_reserve(s):
    places = s.drawn(1).places
    wrong = next(t for t in sorted(places.draw.targets) if t not in places.reserve and t not in places.target
                 and places.stratum(t) == places.stratum(places.first[0]))
    s.hook('amendment', lambda a: a.update({'in': wrong}))
    s.amend(1, 0)


def place_left_empty(s):
    """The place is left empty though the reserve has a target for it."""
    s.hook('amendment', lambda a: a.update({'in': ''}))
    s.amend(1, 0)


def target_placed_before(s):
    """A target that was taken out comes back."""
    first = s.drawn(1).places.target[0]
    s.amend(1, 0)
    s.hook('amendment', lambda a: a.update({'in': first}))
    s.amend(1, 0)


def of_an_empty_place(s):
    """The reserve is used up, the place is empty, and a seat of it changes hands."""
    while s.drawn(1).places.target[0]:
        s.amend(1, 0)
    places = s.drawn(1).places
    lie = {'amendment': places.count + 1, 'in': '', 'n': 1, 'nonce': '0' * 32, 'out': places.team[0][0],
           'place': 0, 'reason': 'other', 'seat': 0, 'type': 'seat', 'v': 2}
    s.hook('amendment', lambda a: lie)
    s.amend(1, 0)


def of_no_place(s):
    places = s.drawn(1).places
    s.hook('amendment', put(place=99))
    places.target.extend([''] * 99), places.team.extend([[]] * 99), places.visit.extend([''] * 99)
    s.amend(1, 0)


def of_the_wrong_place(s):
    """`out` sits in place 0, the amendment says place 1."""
    s.hook('amendment', put(place=1))
    s.amend(1, 0)


def form(**fields):
    def lie(s):
        s.hook('amendment', put(**fields))
        s.amend(1, 0, 0)
    return lie


def reason_of_the_other_kind(s):
    s.amend(1, 0, 0, reason='closed')


for _lie in (friend_by_a_seat, friend_not_drawn, seat_left_empty, excused_inspector, unknown_inspector,
             already_in_the_team, out_does_not_hold_it, who_is_away_comes, who_has_time_is_passed_over,
             who_is_away_all_the_time, who_was_taken_out_returns, third_change_of_a_seat,
             reserve_not_the_next, reserve_of_another_stratum, not_of_the_reserve, place_left_empty,
             target_placed_before, of_an_empty_place, of_no_place, of_the_wrong_place):
    amended(_lie.__name__.replace('_', '-'), _lie)

amended('reason-of-the-other-kind', reason_of_the_other_kind, 'amendments', 'files')
amended('nonce-short', form(nonce='0' * 31), 'amendments', 'files')
amended('extra-key', form(note='x'), 'amendments', 'files')
amended('of-another-draw', lambda s: (s.hook('amendment', put(n=2)), s.amend(1, 0, 0)))


amended('version-one', form(v=1), 'amendments', 'files')
amended('seat-is-true', form(seat=True), 'amendments', 'files')


@cheat('amendments')
def amendment_own_seat_to_one_who_does_not_fit(s):
    """A seat `own` changes hands, and who comes does not have what the target needs."""
    n = s.commit(rules={'team': ['own', 'any'], 'inspectors': 0})
    s.draw(n)
    places = s.drawn(n).places
    for place, t in enumerate(places.target):
        for p in places.drawn:
            if places.draw.lawful(p, t) and p not in places.team[place] and not places.draw.fits(p, 0, t):
                s.hook('amendment', lambda a, wrong=p: a.update({'in': wrong}))
                s.amend(n, place, 0)
                s.reveal(n)
                return
    raise Unfit('all fit')


@cheat('amendments')
def amendment_skips_a_reserve_for_its_own_seat(s):
    """Whether the team fits the new target's `own` seat does not matter; the first reserve is passed over for it."""
    n = s.commit(rules=dict(EASY, team=['own']))
    s.draw(n)
    places = s.drawn(n).places
    for place in range(len(places.target)):
        right = places.target_successor(place)
        rest = [t for t in places.reserve if right and t != right and t not in places.placed
                and places.stratum(t) == places.stratum(right)]
        fits = [t for t in rest if all(places.draw.fits(p, 0, t) for p in places.people(place))]
        if right and fits and not all(places.draw.fits(p, 0, right) for p in places.people(place)):
            s.hook('amendment', lambda a, wrong=fits[0]: a.update({'in': wrong}))
            s.amend(n, place)
            s.reveal(n)
            return
    raise Unfit('the first reserve fits')


@cheat('amendments', 'files')
def amendment_not_canonical(s):
    s.hook('amend.json', lambda b: b + b'\n')
    s.draw(s.commit())
    s.amend(1, 0, 0)
    s.reveal(1)


@cheat('amendments')
def amendment_not_the_one_in_the_log(s):
    s.draw(s.commit())
    s.amend(1, 0, 0)
    s.reveal(1)
    s.hook('files', spoil('amend-01.json', lambda b: b.replace(b'"other"', b'"recusal"')))


@cheat('amendments', 'sequence', 'order')
def amendment_after_the_next_commit(s):
    """The seat changes hands when the next commitment already stands on who sat there."""
    s.draw(s.commit())
    s.commit()
    s.amend(1, 0, 0)
    s.draw(2)
    s.reveal(1)
    s.reveal(2)


@cheat('amendments')
def amendment_over_the_load(s):
    """Nobody has room any more, but the seat goes to one who is full."""
    rules = {'max_load': 3, 'inspectors': 0, 'spacing': 0, 'avoid': [], 'team': ['any', 'any'], 'level_gap': -5}
    s.roster.declared.clear()
    n = s.commit(rules=rules, plan=[{'class': '*', 'count': 12}])      # 24 seats, 8 inspectors, 3 each
    s.draw(n)
    places = s.drawn(n).places
    full = next(p for p in places.drawn if p not in places.team[0] and places.load(p) == 3)
    s.hook('amendment', lambda a: a.update({'in': full}))
    s.amend(n, 0, 0)
    s.reveal(n)
