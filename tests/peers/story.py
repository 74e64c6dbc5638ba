"""What the cheats are made of: an honest operator's story in which one thing can be made wrong.

A cheat is a function of a Story, registered under its name with the checks of section 10 of which one must say
`failed` first. What is lawful expects none, but may ask for notes and for what is said of a class.
"""

import protocol as P
from publisher import Operator, Roster

CHEATS = []     # (name, function, checks)
WANTED = {}     # name: {'notes': [kind], 'says': {draw: words}} of what is lawful
G = P.QUICKNET_GENESIS
ROUND_42, ROUND_1000 = G + 121, G + 2996
START = P.seconds('2026-01-05T00:00:00Z')


class Unfit(Exception):
    """With this seed there is nothing to lie about; another must be tried."""


def cheat(*checks, name=None):
    """Register a function of a Story under its own name."""
    def register(function):
        CHEATS.append((name or function.__name__.replace('_', '-'), function, checks))
        return function
    return register


def lawful(*notes, says=None):
    """Register a function whose directory must pass, and what must be noted of it."""
    def register(function):
        name = 'lawful-' + function.__name__.replace('_', '-')
        CHEATS.append((name, function, ()))
        WANTED[name] = {'notes': list(notes), 'says': says or {}}
        return function
    return register


# --- The story -------------------------------------------------------------------------------------------

def small_roster(year):
    """24 targets, the last excused; 10 inspectors, the ninth excused; one declared conflict."""
    roster = Roster()
    for i in range(1, 25):
        roster.add_target(f'T{i:02}', unit=['财政局', '民政局', 'U1', 'U2'][i % 4], area=['河东', '河西'][i % 2],
                          level=1 + i % 3, needs=['', 'fire', 'lead'][i % 3], weight=1 + i % 3,
                          since='2019-01-01' if i % 2 else f'{year}-01-01', excused=i == 24,
                          **{'class': 'ABC'[(i - 1) // 8]})
    for i in range(1, 11):
        roster.add_inspector(f'I{i:02}', unit=['财政局', 'V1', 'V2'][i % 3], area='静海', level=3 + i % 3,
                             tags=['lead'] if i < 6 else ['fire'], excused=i == 9)
    roster.declared.add(('I02', 'area', '河西'))
    return roster


RULES = {'avoid': ['unit'], 'cover_days': 400, 'inspectors': 6, 'level_gap': 0, 'max_load': 6, 'quiet_days': 0,
         'reserve': 3, 'rest_days': 60, 'rotate': 1, 'same_unit': True, 'slack': 1, 'spacing': 180,
         'team': ['lead', 'any'], 'timezone': 'Asia/Shanghai'}
# Nobody is kept from anything, so whatever is chosen finds a team.
EASY = {'avoid': [], 'cover_days': 0, 'inspectors': 0, 'level_gap': -99, 'max_load': 0, 'rest_days': 0, 'rotate': 0,
        'team': ['any']}
QUIET = {'quiet_days': 60}
PLAN = [{'class': 'A', 'count': 3}, {'class': 'B', 'per_10000': 2500}, {'class': '*', 'count': 2}]
ALL = [{'class': '*', 'per_10000': 10000}]
WITNESSES = ('w0', 'w1', 'w2')
EVERYONE = ('w0', 'w1', 'w2', 'w3', 'w4')


class Story:
    """An operator with one cycle, `spot`, and short words for what it does next."""

    seed = 'story'      # of all stories

    def __init__(self, source='public', embargo=5, length=4, witnesses=WITNESSES, now=START):
        self.op = Operator(Story.seed, now=now)
        self.roster = small_roster(P.utc(now)[:4])
        self.arguments = []
        self.since = None           # an earlier checkpoint
        self.cosigned = None        # of the checkpoint
        self.op.genesis(witnesses)
        self.chain(source=source, embargo=embargo, length=length)

    def begin_again(self):
        """The log is empty again; its keys stay."""
        self.op.entries.clear(), self.op.cycles.clear(), self.op.draws.clear()
        self.op.tree = P.Tree()

    def chain(self, name='spot', length=4, embargo=5, source='public', reason='', last=None):
        self.op.start_chain(name, length, embargo, source, reason, last)

    def hook(self, name, function, n=None):
        self.op.hook(name, function, n)

    def drawn(self, n):
        return self.op.draws[n - 1]

    def draw_time(self, n):
        return P.seconds(self.drawn(n).entry['draw_time'])

    def reveal_time(self, n):
        return P.seconds(self.drawn(n).entry['reveal_time'])

    def beacon(self, draw_time, cycle):
        source = self.op.cycles[cycle].chain().source
        return {'none': {'source': 'none'},
                'public': {'count': 20, 'label': 'twenty ten-sided dice', 'source': 'public',
                           'symbols': '0123456789'},
                'drand': {'chain': P.QUICKNET, 'round': P.drand_round(draw_time), 'source': 'drand'},
                'witness': {'key': self.op.known['w0'].vkey, 'source': 'witness'}}[source]

    def archive(self, wait=0, **how):
        """The index of a new archive entry."""
        self.op.now += wait
        self.op.archive(**how)
        return len(self.op.entries) - 1

    def commit(self, cycle='spot', draw_time=None, beacon=None, rules=None, plan=None, wait=60, **how):
        """A commitment a day before its draw; its number."""
        self.op.now += wait
        self.archive()
        draw_time = draw_time or self.op.now + P.DAY
        rules = dict(RULES, **(rules or {}))
        self.date = P.local_date(draw_time, rules['timezone'])
        self.days = [P.date_of(P.day(self.date) + i) for i in (1, 2, 3, 4)]
        slots = [f'{day}T{clock}' for day in self.days for clock in ('09:00', '14:00')]
        away = [('I01', self.days[0]), ('I04', self.days[1]), ('I04', self.days[2])]
        away += [('I08', day) for day in self.days]
        beacon = beacon or self.beacon(draw_time, cycle)
        draw = self.op.commit(cycle, self.roster, rules, plan or PLAN, draw_time, beacon, slots,
                              ['duty', 'leave', 'office'], 2, away=away, **how)
        return draw.n

    def draw(self, n, at=None, **how):
        self.op.now = at or max(self.op.now, self.draw_time(n) + 5)
        self.op.draw(n, **how)

    def void(self, n, reason='the rosters were out of date', at=None, **how):
        self.op.now = at or max(self.op.now, self.draw_time(n) + 5)
        self.op.void(n, reason, **how)

    def reveal(self, n, at=None, **how):
        self.op.now = at or max(self.op.now, self.reveal_time(n))
        self.archive()
        self.op.reveal(n, **how)

    def amend(self, n, place, seat=None, **how):
        self.op.now += 10
        self.op.amend(n, place, seat, **how)

    def policy(self, wait=10, witnesses=WITNESSES):
        self.op.now += wait
        self.op.policy(witnesses, 'as before')

    def round(self, **how):
        """A whole draw, commitment to reveal."""
        n = self.commit(**how)
        self.draw(n)
        self.reveal(n)
        return n

    def files(self):
        return self.op.files(self.cosigned)


# --- Small tools for lies --------------------------------------------------------------------------------

def changed(value):
    """Another hex text of the same form."""
    return ('1' if value[0] == '0' else '0') + value[1:]


def put(**fields):
    """A hook that sets fields of a dict."""
    return lambda value: value.update(fields)


def without(key):
    return lambda value: value.pop(key) and None


def row_of(rows, i):
    return next(row for row in rows if row['id'] == i)


def on_row(i, function):
    """A hook that lets `function` change one row of a table."""
    return lambda rows: function(row_of(rows, i))


def redrum(s, row, left_over=False, **fields):
    """Forge fields of a target's row and give it the drum value that then follows."""
    row.update(fields)
    row['drum'] = P.drum_value(s.date, row, row['drum'] == 'excused', left_over, RULES)


def flip_line(number):
    """A hook on a note that breaks one signature in it (line 0 is the log's, 1 the first cosignature)."""
    def spoil(note):
        start, blob = note[3][number].rsplit(' ', 1)
        note[3][number] = f'{start} {blob[:40]}{"B" if blob[40] == "A" else "A"}{blob[41:]}'
    return spoil


def resign(s, note, size, root):
    """Another checkpoint in place of a note, rightly signed by the log alone."""
    text = P.checkpoint_text(s.op.origin, size, root)
    note[:] = [size, root, text, [s.op.key.sign_note(text)]]


def second(s, name, change, rounds=1, **how):
    """Honest rounds, then one in which `change` forges what the hook `name` is given."""
    for _ in range(rounds):
        s.round(**how)
    s.hook(name, change, rounds + 1)
    s.round(**how)


def model_of(s, record):
    """The true model of the draw that is about to be recorded."""
    draw = s.drawn(record['n'])
    return P.Draw(draw.entry, draw.hash, draw.tables, draw.sealed, record['secret'], record['beacon'])


def from_signature(signature):
    """A hook that gives a value and a signature where the value is the signature's hash."""
    return put(signature=signature, beacon=P.H(bytes.fromhex(signature)))


def drand_story(witnesses=WITNESSES, commit_at=G - 2 * P.DAY, draw_time=ROUND_42, **how):
    s = Story('drand', 0, witnesses=witnesses, now=commit_at)
    s.commit(draw_time=draw_time, **how)
    return s


def witness_story(s, cosigned=None, key='w0', witnesses=WITNESSES):
    """A commitment whose beacon is a witness's signature; `cosigned`: [(witness, seconds before draw_time)]."""
    s.op = Operator(Story.seed, now=START)
    s.op.genesis(witnesses)
    s.chain(source='witness')
    beacon = {'key': s.op.known[key].vkey, 'source': 'witness'}
    draw_time = START + 60 + P.DAY
    if cosigned is not None:
        cosigned = [(w, draw_time - before) for w, before in cosigned]
    return s.commit(beacon=beacon, draw_time=draw_time, cosigned=cosigned)


def finish(s, n):
    s.draw(n)
    s.reveal(n)


def next_best(s, n, place, seat):
    """Who may lawfully sit there but is not the next."""
    places = s.drawn(n).places
    right = places.seat_successor(place, seat)
    return [p for p in places.drawn if places.may_sit(p, place, seat) and p != right]


def seat_with_choice(s, n):
    """A seat for which more than one could come, and the wrong ones."""
    places = s.drawn(n).places
    for place in range(len(places.target)):
        for seat in range(len(places.team[place])):
            if next_best(s, n, place, seat):
                return place, seat, next_best(s, n, place, seat)
    raise Unfit('no seat with a choice')


def pairs_of(s, n):
    """Who goes where in a draw, as amended: the rows that `rotate` 1 asks for after it."""
    return P.rotation([(s.date, s.drawn(n).places)], 1, s.roster.targets, s.roster.inspectors)


def and_conflict(*fields):
    return lambda rows: rows.append(dict(zip(P.CONFLICTS.split(','), fields)))


def spoil_file(ending, change):
    """A hook on the files that changes the first whose path has this in it."""
    def spoil(files):
        path = next(path for path in sorted(files) if ending in path)
        files[path] = change(files[path])
    return spoil


def drop(path):
    return lambda files: files.pop(path) and None


def fit_or(truth, why='nothing to lie about'):
    if not truth:
        raise Unfit(why)
