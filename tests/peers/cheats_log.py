"""Lies about the log: signatures, the tree, the order of entries, checkpoints, and what archive entries count."""

import protocol as P
from publisher import Amendment
from story import EVERYONE, WITNESSES, Story, changed, cheat, drop, fit_or, flip_line, put, resign, spoil_file, without

# --- signature -------------------------------------------------------------------------------------------

@cheat('signature')
def signature_false(s):
    """The checkpoint's signature is broken."""
    s.round()
    s.hook('checkpoint', flip_line(0))


@cheat('signature')
def signed_by_another_key(s):
    """The checkpoint is signed by another key of the same name."""
    s.round()
    other = P.Key(s.op.origin, P.LOG_KEY, 'another')
    s.hook('checkpoint', lambda note: note[3].__setitem__(0, other.sign_note(note[2])))


@cheat('signature')
def checkpoint_not_signed(s):
    """Only witnesses signed."""
    s.round()
    s.hook('checkpoint', lambda note: note[3].pop(0) and None)


@cheat('signature')
def genesis_names_another_key(s):
    s.begin_again()
    s.hook('genesis', put(key=P.Key(s.op.origin, P.LOG_KEY, 'another').vkey))
    s.op.genesis(WITNESSES)
    s.policy()


@cheat('signature')
def genesis_names_another_origin(s):
    s.begin_again()
    s.hook('genesis', put(origin='other.example.org'))
    s.op.genesis(WITNESSES)
    s.policy()


@cheat('signature')
def genesis_is_not_the_first(s):
    s.begin_again()
    s.policy()
    s.op.genesis(WITNESSES)


@cheat('signature')
def not_the_key_that_was_given(s):
    """The caller knows the log's key, and it is not this one."""
    s.round()
    s.arguments += ['--key', P.Key(s.op.origin, P.LOG_KEY, 'another').vkey]


def odd_file(name, change):
    """`vkey` or `checkpoint` is not as it must be."""
    def play(s):
        s.round()
        s.hook('files', change)
    play.__doc__ = odd_file.__doc__
    cheat('signature', 'tree', 'files', name=name)(play)


odd_file('vkey-without-a-newline', spoil_file('vkey', lambda data: data[:-1]))
odd_file('vkey-of-two-lines', spoil_file('vkey', lambda data: data * 2))
odd_file('vkey-missing', drop('vkey'))
odd_file('checkpoint-missing', drop('checkpoint'))
odd_file('checkpoint-without-its-empty-line', lambda files: files.update(
    checkpoint=files['checkpoint'].replace(b'\n\n', b'\n')))


@cheat('signature', 'tree')
def checkpoint_with_an_extension_line(s):
    """Rightly signed, but a checkpoint here has three lines."""
    def extend(note):
        note[2] += 'more\n'
        note[3] = [s.op.key.sign_note(note[2])]
    s.round()
    s.hook('checkpoint', extend)


@cheat('signature', 'tree')
def checkpoint_of_101_lines(s):
    s.round()
    s.hook('checkpoint', lambda note: note[3].extend([s.op.stranger.cosign(note[2], s.op.now)] * 97))


@cheat('signature', 'tree', 'sequence')
def second_genesis(s):
    s.round()
    s.op.genesis(WITNESSES)


# --- tree ------------------------------------------------------------------------------------------------

@cheat('tree')
def root_of_another_tree(s):
    s.round()
    s.hook('checkpoint', lambda note: resign(s, note, note[0], b'\7' * 32))


@cheat('tree', 'signature')
def checkpoint_larger_than_the_log(s):
    s.round()
    s.hook('checkpoint', lambda note: resign(s, note, note[0] + 1, note[1]))


def one_bit(data):
    return data[:-1] + bytes([data[-1] ^ 1])


@cheat('tree')
def hash_tile_altered(s):
    s.round()
    s.hook('files', spoil_file('tile/0/', one_bit))


@cheat('tree')
def entry_altered_after_signing(s):
    """The operator's name is rewritten in the entry bundle."""
    s.round()
    s.hook('files', spoil_file('tile/entries/', lambda data: data.replace('示例区'.encode(), '示例县'.encode())))


@cheat('tree')
def hash_tile_missing(s):
    s.round()
    s.hook('files', lambda files: files.pop(next(path for path in files if 'tile/0/' in path)) and None)


@cheat('tree')
def upper_tile_altered(s):
    """The only hash of level 1 in a log of 300 entries is wrong."""
    s.round()
    while len(s.op.entries) < 300:
        s.policy(wait=0)
    s.hook('files', spoil_file('tile/1/', one_bit))


@cheat('tree')
def second_bundle_altered(s):
    """In a log of 300 entries one of the second bundle is not what was hashed."""
    s.round()
    while len(s.op.entries) < 300:
        s.policy(wait=0)
    s.hook('files', spoil_file('tile/entries/001', lambda data: data.replace(b'as before', b'As before', 1)))


def odd_policy(name, change):
    """A last `policy` entry whose bytes are not canonical JSON of its form."""
    def play(s):
        s.round()
        s.hook('policy.bytes', change)
        s.policy()
    play.__doc__ = 'The bytes of a policy entry are not canonical.'
    cheat('tree', name='entry-' + name)(play)


for _name, _change in {
    'with-white-space': lambda b: b.replace(b'":', b'": ', 1),
    'unsorted': lambda b: b'{"v":2,' + b[1:].replace(b',"v":2', b''),
    'unicode-escape': lambda b: b.replace(b'as before', b'as befor\\u0065'),
    'escaped-slash': lambda b: b.replace(b'as before', b'as\\/before'),
    'raw-c1-control': lambda b: b.replace(b'as before', b'as\xc2\x85before'),
    'escaped-tab': lambda b: b.replace(b'as before', b'as\\tbefore'),
    'not-utf-8': lambda b: b.replace(b'as before', b'as\xffbefore'),
    'with-a-float': lambda b: b.replace(b'"v":2', b'"v":2.0'),
    'with-an-exponent': lambda b: b.replace(b'"v":2', b'"v":2e0'),
    'with-null': lambda b: b.replace(b'"as before"', b'null'),
    'key-twice': lambda b: b.replace(b'"v":2', b'"v":2,"v":2'),
    'newline-at-its-end': lambda b: b + b'\n',
    'byte-order-mark': lambda b: b'\xef\xbb\xbf' + b,
    'empty': lambda b: b'',
    'not-an-object': lambda b: b'[]',
    'two-values': lambda b: b + b,
}.items():
    odd_policy(_name, _change)


def odd_entry(name, kind, change, *checks):
    """An entry in canonical JSON that is not of its form; the last of the log where it can be."""
    def play(s):
        s.hook(kind, change)
        if kind == 'genesis':
            s.begin_again()
            s.op.genesis(WITNESSES)
            s.policy()
        elif kind == 'cycle':
            s.chain('other')
        elif kind == 'policy':
            s.policy()
        elif kind == 'commit':
            s.commit()
        elif kind == 'void':
            s.void(s.commit())
        elif kind == 'draw':
            s.draw(s.commit())
        elif kind == 'amend':
            n = s.commit()
            s.draw(n)
            s.amend(n, 0, 0)
            s.reveal(n)
        elif kind == 'archive':
            s.draw(s.commit())
            s.archive()
        else:
            s.round()
    play.__doc__ = f'A {kind} entry is not of its form.'
    cheat(*(checks or ['tree']), name='entry-' + name)(play)


def rule(**rules):
    return lambda entry: entry.update(rules=dict(entry['rules'], **rules))


for _name, _kind, _change, *_also in [
    ('extra-key', 'policy', put(note='x')),
    ('missing-key', 'policy', without('reason')),
    ('unknown-type', 'policy', put(type='erratum')),
    ('version-one', 'policy', put(v=1)),
    ('version-three', 'policy', put(v=3)),
    ('version-text', 'policy', put(v='2')),
    ('version-true', 'policy', put(v=True)),
    ('time-of-no-day', 'policy', put(time='2026-02-30T00:00:00Z')),
    ('time-with-offset', 'policy', put(time='2026-01-06T00:00:00+00:00')),
    ('time-with-fraction', 'policy', put(time='2026-01-06T00:00:00.0Z')),
    ('reason-too-long', 'policy', put(reason='x' * 1025)),
    ('reason-with-bidi-override', 'policy', put(reason='a\u202eb')),
    ('void-reason-with-zero-width-space', 'void', put(reason='a\u200bb')),
    ('witness-twice', 'policy', lambda e: e.update(witnesses=e['witnesses'][:1] * 2)),
    ('witness-key-of-a-log', 'policy', put(witnesses=[P.Key('w9', P.LOG_KEY, 0).vkey])),
    ('witness-key-id-false', 'policy',
     lambda e: e.update(witnesses=[e['witnesses'][0].replace('+', '+00', 1)])),
    ('embargo-401-days', 'cycle', put(embargo_days=401)),
    ('chain-too-long', 'cycle', put(length=10001), 'sequence'),
    ('chain-of-no-length', 'cycle', put(length=0), 'sequence'),
    ('unknown-source', 'cycle', put(source='lottery')),
    ('anchor-in-capitals', 'cycle', lambda e: e.update(anchor='A' + e['anchor'][1:])),
    ('cycle-is-no-id', 'cycle', put(cycle='a b')),
    ('commit-with-extra-rule', 'commit', rule(favour=1)),
    ('commit-without-a-rule', 'commit', lambda e: e['rules'].pop('slack') and None),
    ('commit-with-nine-seats', 'commit', rule(team=['any'] * 9), 'files'),
    ('commit-without-seats', 'commit', rule(team=[]), 'files'),
    ('commit-avoid-unsorted', 'commit', rule(avoid=['unit', 'area'])),
    ('commit-avoid-twice', 'commit', rule(avoid=['unit', 'unit'])),
    ('commit-avoid-level', 'commit', rule(avoid=['level'])),
    ('commit-negative-reserve', 'commit', rule(reserve=-1)),
    ('commit-cover-of-2-to-the-53', 'commit', rule(cover_days=2**53)),
    ('commit-requirement-is-no-tag', 'commit', rule(team=['a b'])),
    ('commit-date-of-no-day', 'commit', put(date='2026-02-30'), 'order'),
    ('commit-draw-time-of-no-hour', 'commit', put(draw_time='2026-01-06T24:00:00Z')),
    ('commit-beacon-unknown', 'commit', put(beacon={'source': 'lottery'})),
    ('commit-beacon-extra-key', 'commit', lambda e: e['beacon'].update(seed='x')),
    ('commit-stratum-count-and-share', 'commit', lambda e: e['strata'][0].update(per_10000=1)),
    ('commit-stratum-without-share', 'commit', lambda e: e['strata'][0].pop('count') and None),
    ('commit-of-version-1', 'commit', put(v=1)),
    ('commit-with-the-drum-in-its-strata', 'commit', lambda e: e['strata'][0].update(drum=8, slips=9, take=3)),
    ('commit-without-its-origin', 'commit', without('origin')),
    ('commit-spacing-10081', 'commit', rule(spacing=10081), 'files'),
    ('commit-quiet-for-3651-days', 'commit', rule(quiet_days=3651), 'files'),
    ('commit-same-unit-is-a-number', 'commit', rule(same_unit=1)),
    ('commit-time-zone-with-an-empty-part', 'commit', rule(timezone='Asia//Shanghai')),
    ('commit-time-zone-of-65-bytes', 'commit', rule(timezone='A' * 65)),
    ('commit-time-zone-of-a-path', 'commit', rule(timezone='../Asia/Shanghai')),
    ('commit-time-zone-of-a-file-elsewhere', 'commit', rule(timezone='../../etc/passwd')),
    ('commit-label-empty', 'commit', lambda e: e['beacon'].update(label='')),
    ('commit-label-with-a-tab', 'commit', lambda e: e['beacon'].update(label='a\u00a0b')),
    ('draw-without-places', 'draw', without('places')),
    ('draw-with-the-counts-of-version-1', 'draw', put(inspectors=6, selected=7)),
    ('draw-places-is-no-digest', 'draw', put(places='')),
    ('archive-root-is-no-digest', 'archive', put(root='')),
    ('archive-open-extra-key', 'archive', lambda e: e['open'].append({'amended': '0' * 64, 'n': 9, 'v': 2}) or None),
    ('archive-without-open', 'archive', without('open')),
    ('amend-archive-negative', 'amend', put(archive=-1)),
    ('operator-empty', 'genesis', put(operator='')),
    ('operator-with-a-line-separator', 'genesis', put(operator='a\u2028b')),
    ('commit-third-file', 'commit',
     lambda e: e['files'].update({'conflicts.csv': e['files']['targets.csv']})),
    ('draw-record-is-no-digest', 'draw', put(record='x')),
    ('reveal-secret-in-capitals', 'reveal', lambda e: e.update(secret='A' + e['secret'][1:])),
    ('amend-number-zero', 'amend', put(amendment=0)),
]:
    odd_entry(_name, _kind, _change, 'tree', *_also)

odd_entry('chain-1-with-a-reason', 'cycle', put(reason='why not'), 'tree', 'sequence')
odd_entry('rows-over-the-limit', 'commit', lambda e: e['files']['targets.csv'].update(rows=2**24 + 1), 'tree',
          'files')


# --- append-only -----------------------------------------------------------------------------------------

@cheat('append-only')
def log_truncated(s):
    """An earlier checkpoint holds the draw's reveal; the log that is shown ends before the draw."""
    s.commit()
    whole = Story()
    whole.round()
    s.since = whole.op.checkpoint()


@cheat('append-only')
def log_forked(s):
    """Another draw stood in the log when the earlier checkpoint was made."""
    other = Story()
    other.policy()
    s.round()
    s.since = other.op.checkpoint()


# --- sequence --------------------------------------------------------------------------------------------

@cheat('sequence')
def gap_in_n(s):
    s.round()
    for kind in ('commit', 'draw', 'reveal'):
        s.hook(kind, put(n=3), 2)
    s.round()
    s.drawn(2).n = 3


@cheat('sequence')
def number_used_twice(s):
    s.round()
    for kind in ('commit', 'draw', 'reveal'):
        s.hook(kind, put(n=1), 2)
    s.round()


@cheat('sequence')
def two_open_commits(s):
    """Two commitments stand at once; the better of the two could be drawn."""
    s.round()
    s.commit(), s.commit()
    s.draw(2), s.draw(3)
    s.reveal(2), s.reveal(3)


@cheat('sequence')
def link_used_twice(s):
    s.round()
    s.op.cycles['spot'].chain().used = 0
    s.round()


@cheat('sequence')
def link_skipped(s):
    s.round()
    s.op.cycles['spot'].chain().used = 2
    s.round()


@cheat('sequence')
def link_past_the_end(s):
    """A third commitment on a chain of two links, with a secret made up for it."""
    s.op.cycles['spot'].chain().length = 2
    s.begin_again()
    s.op.genesis(WITNESSES)
    s.chain(length=2)
    s.round(), s.round()
    s.op.cycles['spot'].chain().secrets.append(P.H('one more'))
    s.round()


@cheat('sequence')
def chain_not_the_newest(s):
    """After the second chain began, a commitment still uses the first."""
    s.round()
    s.chain(reason='a new one')
    s.op.cycles['spot'].chains.reverse()
    s.round()


@cheat('sequence')
def chain_number_skipped(s):
    s.round()
    s.hook('cycle', put(chain=3))
    s.chain(reason='a new one')


@cheat('sequence')
def chain_started_again(s):
    """The cycle's chain 1 is announced twice, with another anchor."""
    s.hook('cycle', put(chain=1, reason=''))
    s.chain()


@cheat('sequence')
def new_chain_before_all_is_revealed(s):
    s.draw(s.commit())
    s.chain(reason='a new one')
    s.reveal(1)
    s.round()


@cheat('sequence')
def new_chain_buries_an_open_commit(s):
    s.commit()
    s.chain(reason='a new one')


@cheat('sequence')
def cycle_unknown(s):
    s.hook('commit', put(cycle='nowhere'))
    s.commit()


@cheat('sequence')
def anchor_used_twice(s):
    """Two cycles have the same secrets: what the one reveals opens the other."""
    last = s.op.cycles['spot'].chain().secrets[-1]
    s.chain('other', last=last)
    s.round()


@cheat('sequence')
def anchor_equal_to_a_secret_revealed_later(s):
    secrets = s.op.cycles['spot'].chain().secrets
    s.chain('other', length=3, last=secrets[-1])     # its anchor is secret(1) of the first
    s.round()


@cheat('sequence')
def anchor_equal_to_a_secret_revealed_before(s):
    s.round()
    secrets = s.op.cycles['spot'].chain().secrets
    s.chain('other', length=3, last=secrets[-1])


@cheat('sequence')
def source_against_the_chain(s):
    """The chain promised a public beacon; the commitment has none."""
    s.round()
    s.round(beacon={'source': 'none'})


@cheat('sequence')
def draw_of_another_commit(s):
    s.round()
    s.hook('draw', lambda e: e.update(commit=changed(e['commit'])), 2)
    s.round()


@cheat('sequence')
def void_of_another_commit(s):
    s.round()
    s.hook('void', lambda e: e.update(commit=changed(e['commit'])), 2)
    s.void(s.commit())
    s.reveal(2)


@cheat('sequence')
def draw_of_no_commit(s):
    s.round()
    s.hook('draw', put(n=3), 2)
    s.draw(s.commit())


@cheat('sequence')
def drawn_twice(s):
    """The same commitment is drawn with two values."""
    s.draw(s.commit())
    s.draw(1, value='3' * 20)
    s.reveal(1)


@cheat('sequence')
def void_after_the_draw(s):
    """The result did not please, so the draw is voided."""
    s.draw(s.commit())
    s.void(1)
    s.reveal(1)


@cheat('sequence')
def draw_after_the_void(s):
    s.void(s.commit(), at=s.op.now + 600)
    s.draw(1)
    s.reveal(1)


@cheat('sequence')
def reveal_out_of_order(s):
    s.draw(s.commit())
    s.draw(s.commit())
    s.reveal(2)
    s.reveal(1)


@cheat('sequence')
def revealed_twice(s):
    s.round()
    s.reveal(1)


@cheat('sequence', 'order')
def revealed_before_the_outcome(s):
    """The secret is out, then the public value is thrown."""
    t = Story(embargo=0)
    s.op = t.op
    s.commit()
    draw = s.drawn(1)
    draw.outcome = 'draw'
    draw.record_bytes = b'{}'
    s.op.now = s.reveal_time(1)
    s.op.reveal(1)
    s.draw(1)


@cheat('sequence')
def outcome_overdue(s):
    """The draw did not please, so nothing is said of it; the log goes on."""
    s.round()
    s.commit()
    s.policy(wait=3 * P.DAY)


@cheat('sequence')
def outcome_overdue_by_cosignatures(s):
    """The log is silent, but most witnesses cosigned it two days after draw_time."""
    s.round()
    s.commit()
    s.cosigned = [(w, s.draw_time(2) + 2 * P.DAY) for w in ('w1', 'w2')]


@cheat('sequence')
def outcome_overdue_by_one_second(s):
    s.round()
    s.commit()
    s.cosigned = [(w, s.draw_time(2) + P.DAY + 1) for w in ('w1', 'w2')]


@cheat('sequence')
def outcome_overdue_by_the_witnesses_of_the_commit(s):
    """A policy replaced them since, and the new ones say nothing; most of the old ones saw the time pass."""
    s.round()
    s.commit()
    s.policy(witnesses=('w3', 'w4'))
    s.cosigned = [(w, s.draw_time(2) + 2 * P.DAY) for w in ('w0', 'w2')]


@cheat('sequence')
def outcome_overdue_as_of_a_time_given(s):
    s.round()
    s.commit()
    s.arguments += ['--at', P.utc(s.draw_time(2) + 2 * P.DAY)]


@cheat('sequence')
def reveal_overdue(s):
    s.round()
    s.draw(s.commit())
    s.policy(wait=7 * P.DAY)


@cheat('sequence')
def reveal_of_a_void_overdue(s):
    """A void opens too."""
    s.round()
    s.void(s.commit())
    s.policy(wait=7 * P.DAY)


@cheat('sequence', 'amendments')
def amendment_of_a_void(s):
    s.round()
    n = s.commit()
    s.void(n)
    s.drawn(n).places = s.drawn(1).places
    s.hook('amendment', put(n=n), n)
    s.amend(n, 0, 0)
    s.reveal(n)
    s.hook('files', lambda files: files.pop('draws/0002/amend-01.json') and None)


@cheat('sequence', 'amendments')
def amendment_number_skipped(s):
    s.draw(s.commit())
    s.hook('amendment', put(amendment=2))
    s.amend(1, 0, 0)
    s.reveal(1)


@cheat('sequence', 'amendments')
def amendment_of_an_unknown_draw(s):
    s.round()
    s.hook('amend', put(n=5))
    s.amend(1, 0, 0)


@cheat('sequence', 'tree', 'record')
def reveal_of_a_void_with_a_record(s):
    s.hook('reveal', put(record=P.H('x')))
    s.void(s.commit())
    s.reveal(1)


@cheat('sequence', 'tree', 'record')
def reveal_of_a_draw_without_its_record(s):
    s.hook('reveal', put(record=''))
    s.round()


# --- order -----------------------------------------------------------------------------------------------

@cheat('order')
def times_run_back(s):
    s.round()
    s.hook('policy', lambda e: e.update(time=P.utc(s.op.now - 3600)))
    s.policy()


@cheat('order')
def draw_time_before_the_commit(s):
    """The public value was thrown before the rosters were fixed."""
    s.round()
    n = s.commit(draw_time=s.op.now - 60)
    s.draw(n, at=s.op.now)
    s.reveal(n)


@cheat('order')
def drawn_before_draw_time(s):
    s.round()
    n = s.commit()
    s.draw(n, at=s.draw_time(n) - 1)
    s.reveal(n)


@cheat('order')
def revealed_early(s):
    s.round()
    n = s.commit()
    s.draw(n)
    s.reveal(n, at=s.reveal_time(n) - 1)


@cheat('order')
def reveal_time_not_after_the_embargo(s):
    s.round()
    s.hook('commit', lambda e: e.update(reveal_time=P.utc(P.seconds(e['draw_time']) + 4 * P.DAY)), 2)
    s.round()


@cheat('order')
def reveal_time_a_second_later(s):
    s.round()
    s.hook('commit', lambda e: e.update(reveal_time=P.utc(P.seconds(e['reveal_time']) + 1)), 2)
    s.round()


def two_cycles(s, quiet=60, embargo=30):
    """Another cycle's draw, sealed for long, and a commitment that looks at it."""
    s.chain('other', embargo=embargo)
    s.draw(s.commit(cycle='other'))
    return s.commit(rules={'quiet_days': quiet})


@cheat('order')
def reveal_time_before_that_of_a_draw_looked_at(s):
    """What is opened of this one would tell who was drawn by the other."""
    s.hook('commit', lambda e: e.update(reveal_time=P.utc(P.seconds(e['draw_time']) + 5 * P.DAY)), 2)
    two_cycles(s)
    s.draw(2)
    s.reveal(1)
    s.reveal(2)


@cheat('order')
def reveal_time_of_a_draw_not_looked_at(s):
    """It is put off as long as the other cycle's draw, though `quiet_days` is 0."""
    s.hook('commit', lambda e: e.update(reveal_time=P.utc(s.reveal_time(1))), 2)
    two_cycles(s, quiet=0)
    s.draw(2)
    s.reveal(1)
    s.reveal(2)


@cheat('order')
def reveal_time_waits_for_a_void(s):
    """A void of the cycle with a later reveal_time does not count."""
    s.commit(draw_time=s.op.now + 20 * P.DAY)
    s.void(1, at=s.op.now + 600)
    s.hook('commit', lambda e: e.update(reveal_time=P.utc(s.reveal_time(1))), 2)
    s.commit()
    s.draw(2)
    s.reveal(1)
    s.reveal(2)


@cheat('order')
def void_revealed_before_draw_time(s):
    """The secret is out while the throw is still to come, and could yet be called off."""
    s.commit()
    s.void(1, at=s.op.now + 600)
    s.reveal(1, at=s.draw_time(1) - 1)


@cheat('sequence', 'order')
def revealed_before_a_draw_that_it_looks_at(s):
    two_cycles(s)
    s.draw(2)
    s.reveal(2)
    s.reveal(1)


@cheat('sequence', 'order')
def void_revealed_before_a_draw_that_it_looks_at(s):
    """Its `elsewhere` would tell what the other cycle drew."""
    two_cycles(s)
    s.void(2)
    s.reveal(2, at=s.draw_time(2) + 60)
    s.reveal(1)


@cheat('order')
def date_two_days_off(s):
    s.round()
    s.hook('commit', lambda e: e.update(date=P.date_of(P.day(e['date']) + 2)), 2)
    s.round()


@cheat('order')
def date_two_days_early(s):
    s.round()
    s.hook('commit', lambda e: e.update(date=P.date_of(P.day(e['draw_time'][:10]) - 2)), 2)
    s.round()


# --- checkpoints -----------------------------------------------------------------------------------------

def on_note(name, which, lie, *checks):
    """A false commit.checkpoint or outcome.checkpoint of the second draw, or of the archive entry before it."""
    def play(s):
        s.round()
        n = len(s.op.entries) if which == 'archive' else 2
        s.hook(which + '.checkpoint', lambda note: lie(s, note), n)
        s.round()
    play.__doc__ = f'{which}.checkpoint is not what it must be.'
    cheat(*(checks or ['checkpoints']), name=f'{which}-checkpoint-{name}')(play)


def too_small(s, note):
    resign(s, note, note[0] - 1, s.op.tree.root(note[0] - 1))


def of_a_fork(s, note):
    resign(s, note, note[0], P.tree_root(s.op.tree.leaves[:note[0] - 1] + [P.leaf_hash(b'another commit')]))


def too_large(s, note):
    resign(s, note, 1000, b'\1' * 32)


def by_another_key(s, note):
    note[3][0] = P.Key(s.op.origin, P.LOG_KEY, 'another').sign_note(note[2])


def of_another_origin(s, note):
    text = note[2].replace(s.op.origin, 'other.example.org')
    note[2:] = [text, [s.op.key.sign_note(text)]]


def time_moved(s, note):
    """A witness's cosignature says another time than it signed."""
    key = s.op.known['w0']
    signed = key.raw(P.cosigned_message(note[2], s.op.now + 5))
    note[3][1] = key.line((s.op.now - 700).to_bytes(8, 'big') + signed)


def beyond_the_limit(s, note):
    """A cosignature, true in itself, at 2^53."""
    note[3][1] = s.op.known['w0'].cosign(note[2], 2**53)


def at_the_end_of_time(s, note):
    """A cosignature, true in itself, at the largest time that its eight bytes hold."""
    note[3][1] = s.op.known['w0'].cosign(note[2], 2**64 - 1)


def of_lines(count):
    def lie(s, note):
        stranger = s.op.stranger.cosign(note[2], s.op.now)
        note[3] += [stranger] * (count - len(note[3]))
    return lie


for _which in ('commit', 'outcome', 'archive'):
    on_note('does-not-hold-it', _which, too_small)
    on_note('of-a-fork', _which, of_a_fork)
    on_note('larger-than-the-log', _which, too_large)
    on_note('signed-by-another-key', _which, by_another_key)
    on_note('of-another-origin', _which, of_another_origin)
    on_note('with-a-false-cosignature', _which, lambda s, note: flip_line(1)(note))
    on_note('with-a-cosignature-whose-time-was-moved', _which, time_moved)
    on_note('with-a-cosignature-beyond-the-limit', _which, beyond_the_limit)
    on_note('with-a-cosignature-at-the-end-of-time', _which, at_the_end_of_time)
    on_note('of-101-lines', _which, of_lines(101))
    on_note('of-121-lines', _which, of_lines(121))
    on_note('of-1002-lines', _which, of_lines(1002))


@cheat('checkpoints')
def false_cosignature_on_the_checkpoint(s):
    s.round()
    s.hook('checkpoint', flip_line(2))


@cheat('checkpoints', 'files')
def commit_checkpoint_missing(s):
    s.round()
    s.hook('files', lambda files: files.pop('draws/0001/commit.checkpoint') and None)


@cheat('checkpoints', 'files')
def outcome_checkpoint_missing(s):
    s.round()
    s.hook('files', lambda files: files.pop('draws/0001/outcome.checkpoint') and None)


@cheat('checkpoints', 'files')
def outcome_checkpoint_before_its_time(s):
    """The draw is still open, but there is an outcome.checkpoint."""
    s.round()
    s.commit()
    s.hook('files', lambda files: files.update({'draws/0002/outcome.checkpoint': files['checkpoint']}))



@cheat('checkpoints')
def false_cosignature_of_a_former_witness_on_the_outcome(s):
    """Those in force at the commit count, whatever a policy says since."""
    n = s.commit()
    s.policy(witnesses=('w3', 'w4'))
    s.hook('outcome.checkpoint', lambda note: note[3].append(s.op.known['w1'].cosign('not this', s.op.now)))
    s.draw(n)
    s.reveal(n)


@cheat('checkpoints')
def true_and_false_cosignature_of_one_witness(s):
    """A true line does not make up for a false one."""
    s.hook('commit.checkpoint', lambda note: note[3].append(s.op.known['w1'].cosign('not this', s.op.now)))
    s.round()


@cheat('files', 'checkpoints')
def archive_checkpoint_of_no_archive_entry(s):
    """Entry 0 is the genesis."""
    s.round()
    s.hook('files', lambda files: files.update({'archive/0000.checkpoint': files['checkpoint']}))


@cheat('files', 'checkpoints')
def archive_checkpoint_beyond_the_log(s):
    s.round()
    s.hook('files', lambda files: files.update({'archive/0999.checkpoint': files['checkpoint']}))


# --- witnesses -------------------------------------------------------------------------------------------

def odd_witnesses(name, change, *checks):
    """A genesis and a policy whose list holds one who is not another."""
    def in_genesis(s):
        s.begin_again()
        s.hook('genesis', lambda e: e.update(witnesses=change(s, e['witnesses'])))
        s.op.genesis(WITNESSES)
        s.policy()

    def in_policy(s):
        s.round()
        s.hook('policy', lambda e: e.update(witnesses=change(s, e['witnesses'])))
        s.policy()

    for play, where in ((in_genesis, 'genesis'), (in_policy, 'policy')):
        play.__doc__ = odd_witnesses.__doc__
        cheat('tree', 'sequence', *checks, name=f'{where}-{name}')(play)


def public_of(vkey):
    return P.parse_vkey(vkey)[3]


odd_witnesses('one-witness-under-two-names', lambda s, keys: keys + [
    P.vkey_of('friend.example.net', P.WITNESS_KEY, public_of(keys[0]))])
odd_witnesses('two-witnesses-of-one-name', lambda s, keys: keys + [
    P.Key('w0.example.net/witness', P.WITNESS_KEY, 'another').vkey])
odd_witnesses('the-logs-own-key-as-a-witness', lambda s, keys: keys + [
    P.vkey_of('w9.example.net', P.WITNESS_KEY, public_of(s.op.key.vkey))])
odd_witnesses('a-witness-of-the-logs-name', lambda s, keys: keys + [
    P.Key(s.op.origin, P.WITNESS_KEY, 'another').vkey])
odd_witnesses('a-witness-name-with-a-no-break-space', lambda s, keys: keys + [
    P.vkey_of('w9\u00a0', P.WITNESS_KEY, public_of(keys[0])[::-1])])
odd_witnesses('a-witness-name-with-a-zero-width-space', lambda s, keys: keys + [
    P.vkey_of('w9\u200b', P.WITNESS_KEY, public_of(keys[0])[::-1])])
odd_witnesses('a-witness-without-a-name', lambda s, keys: keys + [
    P.vkey_of('', P.WITNESS_KEY, public_of(keys[0])[::-1])])


@cheat('signature', 'tree')
def genesis_key_of_another_name(s):
    """The key's name is not the origin, on the checkpoint neither."""
    s.begin_again()
    s.op.key = P.Key('friend.example.org', P.LOG_KEY, 0)
    s.op.genesis(WITNESSES)
    s.policy()


@cheat('signature', 'tree')
def genesis_key_of_a_witness(s):
    """The log's key has type 4."""
    s.begin_again()
    s.op.key = P.Key(s.op.origin, P.WITNESS_KEY, 0)
    s.op.genesis(WITNESSES)
    s.policy()


@cheat('tree', 'signature')
def log_of_version_1(s):
    """Every entry says v 1."""
    s.begin_again()
    for kind in ('genesis', 'cycle', 'commit', 'draw', 'reveal', 'archive'):
        s.hook(kind, put(v=1))
    s.op.genesis(WITNESSES)
    s.chain()
    s.round()


@cheat('append-only')
def fork_over_minority_witnesses(s):
    """Each of two logs has another minority of the witnesses; who holds a checkpoint of the one sees the other."""
    other = Story(witnesses=EVERYONE)
    other.round()
    s.op = Story(witnesses=EVERYONE).op
    s.policy(witnesses=EVERYONE)
    s.round()
    s.since = other.op.checkpoint(None, [(w, other.op.now + 5) for w in ('w0', 'w1')])
    s.cosigned = [(w, s.op.now + 5) for w in ('w3', 'w4')]


@cheat('append-only')
def fork_that_one_witness_signed_twice(s):
    """Only its last entry differs."""
    s.round()
    s.policy(witnesses=('w0', 'w1'))
    whole = Story()
    whole.round()
    whole.policy(witnesses=('w0', 'w2'))
    s.since = whole.op.checkpoint(None, [('w0', whole.op.now + 5)])


# --- origin, archive entries and amendments in the log ---------------------------------------------------

@cheat('sequence', 'tree', 'signature')
def commit_of_another_origin(s):
    s.round()
    s.hook('commit', put(origin='other.example.org'), 2)
    s.round()


def archived(name, change, *checks):
    """The last archive entry of a log in which draw 1 is revealed, 2 voided, 3 and 4 are open, and 5 is committed."""
    def play(s):
        s.round()
        s.void(s.commit())
        s.draw(s.commit())
        s.chain('other')
        s.draw(s.commit(cycle='other'))
        s.chain('third')
        s.commit(cycle='third')
        s.hook('open', change)
        s.archive()
        s.op.hooks['open'].clear()
    play.__doc__ = archived.__doc__
    cheat(*(checks or ['sequence', 'amendments']), name='archive-entry-' + name)(play)


def also(n):
    return lambda opened: sorted(opened + [{'amended': '0' * 64, 'n': n}], key=lambda each: each['n'])


archived('leaves-out-an-open-draw', lambda opened: opened[1:])
archived('leaves-out-all', lambda opened: [])
archived('with-a-draw-that-is-revealed', also(1))
archived('with-a-void', also(2))
archived('with-a-draw-not-yet-drawn', also(5))
archived('with-a-draw-not-committed', also(6))
archived('not-ascending', lambda opened: opened[::-1], 'tree', 'sequence')
archived('with-a-draw-twice', lambda opened: opened[:1] + opened, 'tree', 'sequence')


@cheat('sequence', 'order', 'amendments')
def amendment_told_before_the_reveal(s):
    """Who reads the log sees that somebody reported ill."""
    s.draw(s.commit())
    s.amend(1, 0, 0)
    s.op.tell(s.drawn(1), 1, s.drawn(1).amendments[0])
    s.drawn(1).amendments.clear()
    amendment = s.op.entries[-1]
    s.reveal(1)
    fit_or(b'"type":"amend"' in amendment)


def told_late(name, change, *checks):
    """An amendment made before the reveal, whose entry does not tell rightly where it stands."""
    def play(s):
        s.draw(s.commit())
        s.archive(60)
        s.amend(1, 0, 0)
        s.archive(60)
        s.archive(60)
        change(s)
        s.reveal(1)
        s.archive(60)
    play.__doc__ = told_late.__doc__
    cheat(*checks, name='amendment-' + name)(play)


def says_archive(which):
    """The entry names another archive entry: which(indices of all, the right one)."""
    return lambda s: s.hook('amend', lambda e: e.update(archive=which(sorted(s.op.archives), e['archive'])))


def part_by_a_policy(s):
    """Another entry comes between the reveal and its amendment."""
    tell = s.op.tell

    def later(*how):
        s.policy(wait=0)
        tell(*how)
    s.op.tell = later


told_late('counted-in-a-later-archive-entry', says_archive(lambda all_, right: all_[all_.index(right) + 1]),
          'amendments')
told_late('counted-in-an-earlier-archive-entry', says_archive(lambda all_, right: all_[all_.index(right) - 1]),
          'amendments')
told_late('counted-before-the-commit', says_archive(lambda all_, right: all_[0]), 'sequence', 'amendments', 'order')
told_late('counted-in-no-archive-entry', says_archive(lambda all_, right: right - 3), 'sequence', 'amendments')
told_late('counted-beyond-the-log', says_archive(lambda all_, right: 999), 'sequence', 'amendments')
told_late('said-to-be-made-after-the-reveal', lambda s: s.hook('amend', without('archive')), 'amendments')
told_late('not-directly-after-the-reveal', part_by_a_policy, 'sequence', 'amendments')


@cheat('sequence', 'amendments', 'order')
def amendment_made_after_the_reveal_said_to_be_before(s):
    """It names the last archive entry before the reveal."""
    s.round()
    s.policy()
    at = max(at for at in s.op.archives)
    s.hook('amend', put(archive=at))
    s.amend(1, 0, 0)


@cheat('sequence', 'amendments')
def amendments_that_stand_in_the_wrong_order(s):
    """The second is said to have been counted before the first."""
    s.draw(s.commit())
    s.amend(1, 0, 0)
    one = s.archive(60)
    s.amend(1, 1, 0)
    two = s.archive(60)
    s.hook('amend', lambda e: e.update(archive={1: two, 2: one}[e['amendment']]))
    s.reveal(1)


def hidden(name, change):
    """What archive entries counted before the reveal is not what is told at it."""
    def play(s):
        s.draw(s.commit())
        s.archive(60)
        s.amend(1, 0, 0)
        s.amend(1, 1, 0)
        s.archive(60)
        change(s, s.drawn(1))
        s.reveal(1)
    play.__doc__ = change.__doc__ or hidden.__doc__
    cheat('amendments', name='hidden-' + name)(play)


def leave_one_out(s, draw):
    """The second amendment is forgotten."""
    draw.amendments.pop()


def leave_all_out(s, draw):
    draw.amendments.clear()


def put_one_in(s, draw):
    """A third one is dated back to the last archive entry."""
    s.amend(1, 0, 1)
    draw.amendments[-1].stands, draw.amendments[-1].hidden = draw.amendments[0].stands, True


def choose_a_rival(s, draw):
    """Two were written; the one that pleases is told, and the other was counted."""
    first = draw.amendments[0]
    rival = dict(first.value, reason='recusal')
    fit_or(rival != first.value)
    draw.amendments[0] = Amendment(rival, P.canonical(rival))
    draw.amendments[0].stands, draw.amendments[0].hidden = first.stands, True


def choose_a_nonce(s, draw):
    """The same amendment, with another nonce."""
    first = draw.amendments[0]
    rival = dict(first.value, nonce='0' * 32)
    draw.amendments[0] = Amendment(rival, P.canonical(rival))
    draw.amendments[0].stands, draw.amendments[0].hidden = first.stands, True


def swap_them(s, draw):
    """They are told in the other order; each would follow alone."""
    draw.amendments.reverse()
    for number, each in enumerate(draw.amendments, 1):
        value = dict(each.value, amendment=number)
        swapped = Amendment(value, P.canonical(value))
        swapped.stands, swapped.hidden = each.stands, True
        draw.amendments[number - 1] = swapped


for _lie in (leave_one_out, leave_all_out, put_one_in, choose_a_rival, choose_a_nonce, swap_them):
    hidden(_lie.__name__.replace('_', '-'), _lie)


def miscounted(name, amended, where=1):
    """One archive entry between draw and reveal does not have the hash that follows."""
    def play(s):
        s.draw(s.commit())
        s.archive(60)
        s.amend(1, 0, 0)
        for number in range(3):
            if number == where:
                s.hook('open', lambda opened: opened[0].update(amended=amended(s, len(s.op.entries))))
            s.archive(60)
            s.op.hooks['open'].clear()
        s.reveal(1)
    play.__doc__ = miscounted.__doc__
    cheat('amendments', name='archive-entry-' + name)(play)


def hash_by(s, at, secret=None, digests=None):
    draw = s.drawn(1)
    return P.amended_hash(draw.secret if secret is None else secret, at,
                          draw.digests(at) if digests is None else digests)


miscounted('of-another-index', lambda s, at: hash_by(s, at - 1))
miscounted('of-another-secret', lambda s, at: hash_by(s, at, secret=s.drawn(1).chain.secrets[2]))
miscounted('that-counts-nothing', lambda s, at: hash_by(s, at, digests=[]))
miscounted('that-counts-it-twice', lambda s, at: hash_by(s, at, digests=s.drawn(1).digests(at) * 2))
miscounted('of-random-digits', lambda s, at: P.H('x'))
miscounted('of-random-digits-right-before-the-reveal', lambda s, at: P.H('x'), 2)


@cheat('amendments')
def archive_entry_without_amendments_of_random_digits(s):
    """Nothing was amended; that is a hash too."""
    s.draw(s.commit())
    s.hook('open', lambda opened: opened[0].update(amended='0' * 64))
    s.archive(60)
    s.op.hooks['open'].clear()
    s.reveal(1)


@cheat('amendments')
def amendment_first_counted_after_the_next_commit(s):
    """The next commitment already stands on who sat there."""
    s.draw(s.commit())
    s.archive(60)
    s.commit()
    s.amend(1, 0, 0)
    s.archive(60)
    s.draw(2)
    s.reveal(1)
    s.reveal(2)
