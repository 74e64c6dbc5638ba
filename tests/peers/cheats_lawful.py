"""What goes to the very edge of a rule: nothing of this may fail, and what is worth knowing is noted."""

import protocol as P
from story import (ALL, EASY, EVERYONE, G, QUIET, WITNESSES, Story, Unfit, drand_story, finish, fit_or, lawful,
                   pairs_of, put, seat_with_choice, small_roster, witness_story)

@lawful()
def story(s):
    """Three draws with amendments and a change of the rosters."""
    for n in (1, 2, 3):
        s.draw(s.commit())
        s.amend(n, 0, 0, reason='recusal')
        s.amend(n, 1, reason='moved')
        s.reveal(n)
        s.roster.targets[f'T0{n}']['weight'] += 1


@lawful()
def sixty_four_coins(s):
    """symbols^count is exactly 2^64."""
    s.round(beacon={'count': 64, 'label': 'coins', 'source': 'public', 'symbols': '01'})


@lawful()
def all_at_once(s):
    """Commitment, draw_time, draw, reveal_time and reveal in one second."""
    s.op = Story('none', 0).op
    n = s.commit(draw_time=s.op.now + 60)
    s.draw(n, at=s.draw_time(n))
    s.reveal(n)


@lawful()
def witness_beacon_cosigned_600_seconds_before(s):
    finish(s, witness_story(s, [('w0', 600), ('w1', 600)]))


@lawful()
def void_cosigned_one_second_before(s):
    """Two of three witnesses saw the void while the value did not exist."""
    s.op = drand_story().op
    draw_time = s.draw_time(1)
    s.void(1, at=draw_time - 60, cosigned=[('w0', draw_time - 1), ('w1', draw_time - 1)])
    s.reveal(1)


@lawful('void unproven', 'voids')
def void_that_blames_the_beacon(s):
    """Under witness the beacon may fail; nobody can prove it."""
    n = witness_story(s)
    s.void(n, 'beacon', cosigned=[])
    s.reveal(n)


@lawful('void perhaps withheld')
def void_of_a_public_draw_without_its_value(s):
    s.void(s.commit())
    s.reveal(1)


@lawful('avoided')
def void_of_a_public_draw_with_its_value(s):
    """The draw that it avoided can be computed."""
    s.void(s.commit(), beacon=True)
    s.reveal(1)


@lawful('avoided')
def void_whose_reveal_has_the_value(s):
    s.op = drand_story().op
    s.void(1)
    s.reveal(1, beacon=True)


@lawful()
def void_whose_reveal_is_still_to_come(s):
    """Without its value so far; the reveal may bring it."""
    s.op = Story('drand', 5, now=G - 2 * P.DAY).op
    s.commit(draw_time=G + 121)
    s.void(1)


@lawful('avoided')
def witness_void_whose_reveal_has_the_value(s):
    n = witness_story(s)
    s.void(n)
    s.reveal(n, beacon=True)


@lawful()
def void_revealed_at_draw_time(s):
    """It need not wait for reveal_time."""
    s.commit()
    s.void(1, at=s.op.now + 600)
    s.reveal(1, at=s.draw_time(1))
    s.round()


@lawful()
def drawn_sooner_than_what_was_voided(s):
    """A void's reveal_time does not put off that of the next draw."""
    s.commit(draw_time=s.op.now + 3 * P.DAY)
    s.void(1, at=s.op.now + 600)
    s.commit()
    s.draw(2)
    s.reveal(1, at=s.draw_time(1))
    s.reveal(2)


@lawful()
def void_with_the_value(s):
    s.op = drand_story().op
    s.void(1, beacon=True)
    s.reveal(1)


@lawful()
def void_with_a_witness_value(s):
    n = witness_story(s)
    s.void(n, beacon=True)
    s.reveal(n)


@lawful('void perhaps withheld', 'voids')
def early_and_late_voids_of_a_public_draw(s):
    s.void(s.commit(), at=s.op.now + 600)
    s.void(s.commit())
    s.reveal(1), s.reveal(2)
    s.round()


@lawful()
def rounds_at_their_edges(s):
    """draw_time up to two seconds before a round's time is that round's."""
    s.op = Story('drand', 0, now=G - P.DAY).op
    s.roster = small_roster('2023')
    for draw_time in (G + 123, G + 2995):
        n = s.commit(draw_time=draw_time)
        s.draw(n, at=draw_time + 3)
        s.reveal(n)


@lawful()
def first_second_of_a_round(s):
    s.op = Story('drand', 0, now=G - P.DAY).op
    s.roster = small_roster('2023')
    for draw_time in (G + 121, G + 2997):
        n = s.commit(draw_time=draw_time)
        s.draw(n)
        s.reveal(n)


@lawful()
def outcome_due_this_second(s):
    s.round()
    s.commit()
    s.cosigned = [(w, s.draw_time(2) + P.DAY) for w in WITNESSES]


@lawful()
def outcome_overdue_to_one_witness_alone(s):
    """One of three cannot make a log overdue by a date far ahead."""
    s.round()
    s.commit()
    s.cosigned = [('w1', s.draw_time(2) + 400 * P.DAY)]


@lawful()
def reveal_due_this_second(s):
    s.draw(s.commit())
    s.cosigned = [(w, s.reveal_time(1) + P.DAY) for w in WITNESSES]


@lawful('late outcomes')
def outcome_and_reveal_late(s):
    """Three days late is noted; it is there now."""
    n = s.commit()
    s.draw(n, at=s.draw_time(n) + 3 * P.DAY)
    s.reveal(n, at=s.reveal_time(n) + 3 * P.DAY)


@lawful()
def dates_of_far_zones(s):
    s.round(rules={'timezone': 'Pacific/Kiritimati'})
    s.round(rules={'timezone': 'Pacific/Pago_Pago'})


@lawful()
def chain_given_up_unused(s):
    s.chain(reason='the key was lost')
    s.round()


@lawful()
def chain_used_up(s):
    s.op = Story(length=1).op
    s.round()
    s.chain(length=1, reason='the last is used up')
    s.round()


@lawful()
def no_witnesses(s):
    s.op = Story(witnesses=()).op
    s.round()


@lawful('witnesses changed')
def witnesses_change(s):
    s.commit()
    s.policy(witnesses=('w3',))
    s.draw(1)
    s.reveal(1)
    s.policy(witnesses=())
    s.round()


@lawful()
def false_signatures_of_strangers(s):
    """Keys that are not in force are ignored, true or false."""
    stranger = P.Key('w4.example.net/witness', P.WITNESS_KEY, 'story')
    for name in ('checkpoint', 'commit.checkpoint', 'outcome.checkpoint', 'archive.checkpoint'):
        s.hook(name, lambda note: note[3].append(stranger.cosign('not this', s.op.now)))
    s.round()


@lawful()
def false_cosignatures_of_later_and_former_witnesses(s):
    """On outcome.checkpoint those in force at the commit count, on the main one those in force at the end."""
    n = s.commit()
    s.policy(witnesses=('w3', 'w4'))
    s.hook('outcome.checkpoint', lambda note: note[3].append(s.op.known['w3'].cosign('not this', s.op.now)))
    s.hook('checkpoint', lambda note: note[3].append(s.op.known['w1'].cosign('not this', s.op.now)))
    s.draw(n)
    s.reveal(n)


@lawful(says={'1': 'B'})
def earliest_of_several_cosignatures(s):
    """Each witness signed each checkpoint twice, the second time too late."""
    s.op = Story(witnesses=EVERYONE).op
    late = 3 * P.DAY
    n = s.commit(cosigned=[(w, s.op.now + 120 + more) for more in (late, 0) for w in EVERYONE])
    s.draw(n, cosigned=[(w, s.draw_time(n) + 60 + more) for more in (0, late) for w in EVERYONE])
    s.reveal(n)
    s.cosigned = []


@lawful()
def no_targets(s):
    s.roster.targets.clear()
    s.round()


@lawful()
def no_inspectors(s):
    s.roster.inspectors.clear()
    s.round(), s.round()


@lawful()
def no_strata_and_no_targets(s):
    s.roster.targets.clear()
    s.hook('plan', lambda plan: plan.clear())
    s.round()


@lawful()
def nothing_chosen(s):
    s.round(plan=[{'class': '*', 'count': 0}])


@lawful()
def no_matters(s):
    s.hook('sealed', put(matters={'from': [], 'take': 0}))
    s.round()


@lawful('slots out of range')
def two_thousand_slots(s):
    day = P.day('2026-01-07')
    s.hook('sealed', put(slots=[f'{P.date_of(day + i // 10)}T{8 + i % 10:02}:00' for i in range(2000)]))
    s.hook('inspectors', lambda rows: [row.update(drum='in') for row in rows if row['drum'] == 'away'] and None)
    s.round()


@lawful()
def slots_at_both_ends_of_a_day(s):
    """23:59 and 00:00 of the next day are one minute apart, also where clocks change between them."""
    s.op = Story(now=P.seconds('2026-03-26T00:00:00Z')).op
    s.hook('sealed', put(slots=['2026-03-28T23:59', '2026-03-29T00:00', '2026-03-29T04:59', '2026-03-31T12:00']))
    s.hook('away', lambda rows: rows.clear())
    s.round(rules={'timezone': 'Europe/Berlin', 'spacing': 300})


@lawful()
def eight_seats(s):
    s.round(rules={'team': ['any'] * 8, 'inspectors': 0, 'max_load': 0, 'avoid': []})


@lawful()
def values_at_their_limits(s):
    s.roster.add_target('x' * 32, needs='y' * 32, level=999, weight=100, unit='局' * 64, area='\U0001f3e2 \ufffd',
                        **{'class': 'a\\b'})
    s.roster.add_target('.', level=0, weight=1, unit="'; \\", since='1900-01-01')
    s.roster.add_inspector('-', level=999, unit='=1+1', tags=['y' * 32, '.'])
    s.roster.declared.add(('-', 'unit', "'; \\"))
    s.round(plan=[{'class': '*', 'per_10000': 10000}])


@lawful()
def pair_declared_and_rotated(s):
    """The same pair may stand twice, for two reasons."""
    s.round()
    p, t = min(pairs_of(s, 1))
    s.roster.declared.add((p, 'target', t))
    s.round()


@lawful('empty places', 'a third amendment of one place')
def seat_changed_twice_then_empty(s):
    s.draw(s.commit())
    place, seat, _ = seat_with_choice(s, 1)
    for _ in range(3):
        s.amend(1, place, seat)
    s.reveal(1)
    s.round()


@lawful('empty places')
def reserve_used_up(s):
    s.draw(s.commit())
    while s.drawn(1).places.target[0]:
        s.amend(1, 0)
    s.reveal(1)
    s.round()


@lawful('amended', 'amended after the reveal')
def amended_after_the_reveal(s):
    s.round()
    s.amend(1, 0, 0)
    s.round()


@lawful()
def gap_below_zero_and_rules_off(s):
    s.round(rules={'level_gap': -9, 'cover_days': 0, 'rest_days': 0, 'rotate': 0, 'reserve': 0, 'avoid': []})


@lawful('foreign names')
def pages_beside(s):
    s.round()
    s.hook('files', lambda files: files.update({'index.html': b'x', 'draws/0001/index.html': b'x',
                                                'draws/0001/map.svg': b'x', 'draws/0001/data.js': b'x'}))


@lawful('foreign names')
def names_that_systems_leave(s):
    """Other names, wherever they are, are nobody's lie; nor is a number with more or fewer digits than it needs."""
    s.round()
    s.commit()
    names = ['.DS_Store', 'draws/Thumbs.db', 'draws/0001/.targets.csv.swp', 'draws/0001/old/targets.csv',
             'draws/0001/targets-private.csv', 'draws/0002/Record.json', 'draws/0002/record.json.bak',
             'draws/0002/amend-1.json', 'draws/0002/amend-001.json', 'draws/003/commit.json',
             'draws/00003/commit.json', 'draws/three/commit.json', 'archive/1.checkpoint', 'archive/00001.checkpoint',
             'archive/0001.checkpoint.tmp', 'archive/index.html', 'tile/0/.tmp', 'tile/entries/000.p/1/x']
    s.hook('files', lambda files: files.update(dict.fromkeys(names, b'x')))


@lawful('foreign names')
def names_that_nobody_types(s):
    """Of other folders beside a draw's, of control characters, of a length that no system has by itself."""
    s.round()
    names = ['draws/0001-old/targets.csv', 'draws/0001.old', 'draws/0001/\x1b[2J.html', 'a\tb.html', 'a\nb.html',
             'draws/0001/\u200b.html', 'tile/' + '/'.join(['x' * 200] * 12), 'tile/0/' + 'x001/' * 60 + '001',
             'tile/0/' + '9' * 200]
    s.hook('files', lambda files: files.update(dict.fromkeys(names, b'x')))


@lawful()
def cosignature_ahead_of_time(s):
    """One of five witnesses has a clock that is years ahead."""
    s.op = Story(witnesses=EVERYONE).op
    n = s.commit(cosigned=[('w0', s.op.now + 3650 * P.DAY)] + [(w, s.op.now + 120) for w in EVERYONE[1:]])
    s.draw(n, cosigned=[('w0', s.draw_time(n) + 3650 * P.DAY)] + [(w, s.draw_time(n) + 60) for w in EVERYONE[1:]])
    s.reveal(n)


@lawful()
def older_partial_tiles(s):
    s.round()
    s.hook('files', lambda files: files.update({'tile/0/000.p/3': b''.join(s.op.tree.leaves[:3]),
                                                'tile/entries/000.p/1': len(s.op.entries[0]).to_bytes(2, 'big') + s.op.entries[0]}))


# --- Other cycles ----------------------------------------------------------------------------------------

@lawful('rest because of other cycles', 'cycles share targets')
def looked_at(s):
    s.chain('other')
    s.round(cycle='other')
    s.round(rules=QUIET)


@lawful("other cycles' draws were open")
def reveal_waits_for_what_it_looks_at(s):
    """The other cycle's draw is sealed for 30 days, so this one is too."""
    s.chain('other', embargo=30)
    s.draw(s.commit(cycle='other'))
    s.draw(s.commit(rules=QUIET))
    fit_or(s.reveal_time(2) == s.reveal_time(1))
    s.reveal(1)
    s.reveal(2, at=s.op.now)


@lawful()
def quiet_days_end(s):
    """30 days are not less than 30; 29 are."""
    s.chain('other')
    s.round(cycle='other')
    for days in (29, 30):
        n = s.commit(rules={'quiet_days': 30}, draw_time=s.draw_time(1) + days * P.DAY)
        s.draw(n)
    s.reveal(2), s.reveal(3)


@lawful()
def amended_after_it_was_looked_at(s):
    """The other draw is amended before and after this commitment; only the first counts for it."""
    s.chain('other')
    s.draw(s.commit(cycle='other'))
    s.amend(1, 0)
    s.draw(s.commit(rules=QUIET))
    s.amend(1, 1)
    s.reveal(1)
    s.reveal(2)


@lawful()
def carried_over_an_excuse_and_a_rest(s):
    """A visit that is owed stays owed: excused once, and once at rest because of another cycle."""
    s.draw(s.commit(rules=EASY, plan=ALL))
    i = next(t for t in s.drawn(1).places.target if t != 'T24')
    s.amend(1, s.drawn(1).places.target.index(i))
    s.reveal(1)
    s.roster.targets[i]['excused'] = True
    s.round()
    s.roster.targets[i]['excused'] = False
    s.chain('other')
    s.round(cycle='other', rules=EASY, plan=ALL)
    s.round(rules=QUIET)
    s.round()
    drums = [next(row['drum'] for row in draw.targets if row['id'] == i) for draw in s.op.draws]
    fit_or(drums[1] == 'excused' and drums[3:] == ['rest', 'carried'], drums)


@lawful('rules changed')
def rules_inside_out(s):
    """Everything that may change between two draws does; it is noted, by name."""
    s.round()
    s.round(rules=dict(EASY, team=['own', 'any'], quiet_days=9, same_unit=False, slack=0, spacing=0, reserve=0,
                       avoid=['area', 'unit'], timezone='UTC', max_load=1, inspectors=2, rest_days=1, cover_days=1,
                       rotate=3), plan=ALL, beacon={'count': 64, 'label': 'coins', 'source': 'public',
                                                    'symbols': '01'})


@lawful('rules changed')
def strata_changed(s):
    s.round()
    s.round(plan=ALL)


@lawful('rules changed')
def level_gap_dropped(s):
    """A rule that is absent is none."""
    s.round()
    s.hook('commit', lambda e: e.update(rules={k: v for k, v in e['rules'].items() if k != 'level_gap'}), 2)
    s.round()


@lawful('rules changed')
def embargo_changed(s):
    s.round()
    s.chain(embargo=7, reason='a new embargo')
    s.round()


@lawful('roster changed')
def rosters_changed(s):
    s.round()
    s.roster.targets['T03']['needs'] = 'lead'
    s.round()


@lawful('excused again', 'excused')
def excused_twice(s):
    s.round(), s.round()


@lawful('taken out in two draws in a row')
def taken_out_twice(s):
    """The same target proves impossible in two draws in a row."""
    s.draw(s.commit(rules=EASY, plan=ALL))
    i = s.drawn(1).places.target[0]
    s.amend(1, 0)
    s.reveal(1)
    s.draw(s.commit(rules=EASY, plan=ALL))
    s.amend(2, s.drawn(2).places.target.index(i))
    s.reveal(2)


@lawful('committed more than 30 days before')
def committed_long_before(s):
    n = s.commit(draw_time=s.op.now + 31 * P.DAY)
    finish(s, n)


@lawful('date is not the local date')
def date_of_another_zone(s):
    """`date` is a day off; the time zone's rules may have changed since."""
    s.hook('commit', lambda e: e.update(date=P.date_of(P.day(e['date']) + 1)))
    s.round(rules={'cover_days': 0})


@lawful('visits that nobody can keep')
def visits_that_nobody_can_keep(s):
    """Everybody is away on half of the days, and `spacing` is a week."""
    s.round(rules=dict(EASY, inspectors=1, spacing=10080, same_unit=False), plan=ALL)


@lawful('units visited at more than one slot')
def unit_at_two_slots(s):
    s.round(rules={'same_unit': False})


@lawful('rules changed')
def reasons_of_any_text(s):
    """A reason may be empty, have commas and quotes, and spaces at its ends."""
    s.void(s.commit(), ' he said "again", twice ', at=s.op.now + 600)
    s.reveal(1)
    s.void(s.commit(rules={'slack': 0}), '', at=s.op.now + 600)
    s.reveal(2)


# --- Archive entries -------------------------------------------------------------------------------------

@lawful('days without an archive entry')
def archive_entries_only_before_commits_and_reveals(s):
    s.round(), s.round()


@lawful()
def archive_entries_every_day(s):
    s.commit()
    s.draw(1)
    for place in range(3):
        s.archive(P.DAY)
        s.amend(1, place, 0)
    s.archive(P.DAY)
    s.reveal(1)


@lawful()
def no_archive_entries(s):
    """Who keeps no archive has none; then nothing can be amended before the reveal."""
    s.archive = lambda wait=0, **how: None
    s.round(), s.round()
    s.amend(2, 0, 0)


@lawful('no archive entry directly before')
def archive_entry_not_before_the_reveal(s):
    s.draw(s.commit())
    s.amend(1, 0, 0)
    s.archive(60)
    s.policy()
    s.op.now = s.reveal_time(1)
    s.op.reveal(1)


@lawful('archive entries not cosigned in time')
def archive_entries_not_cosigned(s):
    s.draw(s.commit())
    s.archive(60, cosigned=[])
    s.archive(60, cosigned=[('w0', s.op.now + 60)])
    s.archive(60, published=False)
    s.archive(60, cosigned=[(w, s.op.now + 61 + P.DAY) for w in WITNESSES])
    s.reveal(1)


@lawful('archive entries not cosigned in time')
def archive_entries_cosigned_a_day_before(s):
    """Within 86400 s of its time is so on both sides: two entries are in time to the second, two are not."""
    s.draw(s.commit())
    for off in (-P.DAY - 1, -P.DAY, P.DAY, P.DAY + 1):
        s.archive(60, cosigned=[(w, s.op.now + 60 + off) for w in WITNESSES])
    s.reveal(1)


@lawful('archive entries not cosigned in time')
def archive_entries_cosigned_twice(s):
    """Of several cosignatures by one witness the earliest counts, and it is too early."""
    s.draw(s.commit())
    s.archive(60, cosigned=[(w, s.op.now + 60 + off) for off in (5, -2 * P.DAY) for w in WITNESSES])
    s.reveal(1)


@lawful('amended', 'amended after the reveal')
def amended_before_and_after_the_reveal(s):
    s.draw(s.commit())
    s.amend(1, 0, 0)
    s.archive(60)
    s.amend(1, 1, 0)
    s.amend(1, 1, 1)
    s.reveal(1)
    s.amend(1, 0)
    s.round()


@lawful('amended')
def amended_to_one_who_has_no_time(s):
    """Nobody else has time, so one who has none comes."""
    n = s.commit(rules=dict(EASY, team=['any', 'any'], spacing=10080, same_unit=False), plan=ALL)
    s.draw(n)
    places = s.drawn(n).places
    for place in range(len(places.target)):
        right = places.seat_successor(place, 0)
        if right and not places.suits(right, place):
            s.amend(n, place, 0)
            s.reveal(n)
            return
    raise Unfit('somebody has time')


# --- What is said of a class -----------------------------------------------------------------------------

def classed(s, commit, outcome, source='public', late=0):
    """A draw of all five witnesses, of which some cosign the one checkpoint and some the other."""
    s.op = Story(source, witnesses=EVERYONE).op
    n = s.commit(cosigned=[(w, s.op.now + 120) for w in commit])
    s.draw(n, cosigned=[(w, s.draw_time(n) + 60 + late) for w in outcome])
    s.reveal(n)
    s.cosigned = []


@lawful(says={'1': 'B'})
def class_of_all_witnesses(s):
    classed(s, EVERYONE, EVERYONE)


@lawful(says={'1': 'B'})
def class_of_three_who_signed_both(s):
    classed(s, EVERYONE[:3], EVERYONE[:3])


@lawful(says={'1': 'B, if these are independent: w2.example.net/witness'})
def class_of_two_majorities_with_one_in_common(s):
    """Each checkpoint has three of five, but only one witness saw both: two logs could differ behind the others."""
    classed(s, EVERYONE[:3], EVERYONE[2:])


@lawful(says={'1': 'C'})
def class_claimed_by_two_minorities(s):
    """Two of five, and two others."""
    classed(s, EVERYONE[:2], EVERYONE[3:])


@lawful(says={'1': 'C'})
def class_of_a_majority_and_a_minority(s):
    classed(s, EVERYONE, EVERYONE[:2])


@lawful(says={'1': 'C'})
def class_of_half_of_four(s):
    s.op = Story(witnesses=EVERYONE[:4]).op
    half = EVERYONE[:2]
    n = s.commit(cosigned=[(w, s.op.now + 120) for w in half])
    s.draw(n, cosigned=[(w, s.draw_time(n) + 60) for w in half])
    s.reveal(n)
    s.cosigned = []


@lawful(says={'1': 'C'})
def class_of_no_beacon(s):
    classed(s, EVERYONE, EVERYONE, 'none')


@lawful(says={'1': 'C'})
def class_cosigned_a_second_too_late(s):
    """86401 s after draw_time."""
    classed(s, EVERYONE, EVERYONE, late=P.DAY - 59)


@lawful(says={'1': 'B'})
def class_cosigned_at_the_last_second(s):
    classed(s, EVERYONE, EVERYONE, late=P.DAY - 60)


@lawful(says={'1': 'C'})
def class_cosigned_by_strangers(s):
    """Keys that are not in force do not count, true or not."""
    s.op = Story(witnesses=EVERYONE[:1]).op
    others = EVERYONE[1:]
    n = s.commit(cosigned=[(w, s.op.now + 120) for w in others])
    s.draw(n, cosigned=[(w, s.draw_time(n) + 60) for w in others])
    s.reveal(n)
    s.cosigned = []


@lawful(says={'1': 'A'})
def class_of_drand(s):
    s.op = drand_story(EVERYONE).op
    finish(s, 1)
    s.cosigned = []


@lawful('stands on', says={'1': 'C', '2': 'B'})
def class_that_stands_on_a_lower_one(s):
    s.op = Story(witnesses=EVERYONE).op
    s.draw(s.commit(cosigned=[]))
    s.reveal(1)
    s.round()
    s.cosigned = []


@lawful(says={'1': 'pending'})
def class_pending(s):
    s.commit()


@lawful(says={'1': 'none'})
def class_of_a_void_without_a_value(s):
    s.void(s.commit())
    s.reveal(1)
