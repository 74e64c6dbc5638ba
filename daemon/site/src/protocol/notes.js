// What is lawful but worth knowing (PROTOCOL 10). A note that is loud is one that a reader should not pass over.
import { moreThanHalf } from './assurance.js';
import { compareText } from './bytes.js';
import { DAY_S, clockIn, dateOf, dayOf, secondsOf, timeText } from './forms.js';
import { writeCanonical } from './json.js';
import { parseVerifierKey } from './note.js';
import { brief } from './problem.js';
import { overdue } from './sequence.js';

const note = (code, params = {}) => ({ code: `note-${code}`, params });
const loud = (code, params = {}) => ({ ...note(code, params), loud: true });
const EARLIEST_S = 30 * DAY_S;      // a commit so long before its draw is noted
const MANY_AMENDMENTS = 3;          // of one place

/** A few ids in a sentence. */
export const some = (ids, most = 12) => ids.slice(0, most).join(', ') + (ids.length > most ? ' …' : '');

// --- A draw, by the log ----------------------------------------------------------------------------------

/** Of a draw as the log has it. */
export function notesOfLog(state, draw, vouched, assurance) {
  const { commit, outcome, reveal } = draw;
  const notes = [...notesOfWitnesses(draw, vouched), ...notesOfClass(assurance)];
  if (outcome?.type === 'void') notes.push(loud('void', { reason: outcome.reason || '–' }));
  if (outcome && isLate(draw)) notes.push(loud('late-outcome', { time: outcome.time }));
  if (reveal && reveal.at > secondsOf(commit.reveal_time) + DAY_S) notes.push(note('late-reveal', { time: reveal.time }));
  return [...notes, ...notesOfTimes(commit), ...notesOfCommit(commit), ...notesOfDifferences(draw), ...notesOfArchive(state, draw),
    ...notesOfOthers(draw)];
}

const isLate = ({ commit, outcome }) => outcome !== null && outcome.at > secondsOf(commit.draw_time) + DAY_S;

function notesOfWitnesses({ outcome }, vouched) {
  if (!vouched) return [];
  if (vouched.witnesses === 0) return [note('no-witnesses')];
  const { commit, witnesses } = vouched;
  return [note('cosigned', { commit, outcome: outcome ? vouched.outcome : '–', witnesses })];
}

function notesOfClass({ stands }) {
  return stands.map(({ n, class: letter }) => loud(letter === 'none' ? 'stands-on-none' : 'stands-on', { n, class: letter }));
}

function notesOfTimes({ at, date, draw_time: drawTime, rules: { timezone } }) {
  const notes = [];
  const drawAt = secondsOf(drawTime);
  const local = clockIn(timezone, drawAt);
  if (local === null) notes.push(note('zone-unknown', { zone: timezone }));
  else if (dateOf(local) !== date) notes.push(loud('date-other', { date, zone: timezone, local: dateOf(local) }));
  if (drawAt - at > EARLIEST_S) notes.push(note('commit-early', { days: Math.floor((drawAt - at) / DAY_S) }));
  return notes;
}

function notesOfCommit({ excused, changes }) {
  const notes = [];
  if (excused.targets || excused.inspectors) notes.push(note('excused', { ...excused }));
  const { targets, inspectors, conflicts, previous } = changes;
  const any = [targets, inspectors, conflicts].some((each) => Object.values(each).some((count) => count > 0));
  if (previous > 0 && any) {
    notes.push(note('roster-changes', {
      previous, ta: targets.added, tr: targets.removed, tc: targets.changed, ia: inspectors.added, ir: inspectors.removed,
      ic: inspectors.changed, ca: conflicts.added, cr: conflicts.removed,
    }));
  }
  return notes;
}

/** What differs from the cycle's previous commit: rules, strata, beacon and embargo. */
function notesOfDifferences({ commit, chain, previous }) {
  if (!previous) return [];
  const parts = (one, { embargo_days: days }) => ({
    ...Object.fromEntries(Object.entries(one.rules).map(([key, value]) => [`rules.${key}`, value])), strata: one.strata,
    ...Object.fromEntries(Object.entries(one.beacon).filter(([key]) => key !== 'round').map(([key, value]) => [`beacon.${key}`, value])),
    embargo_days: days,
  });
  const [before, now] = [parts(previous.commit, previous.chain), parts(commit, chain)];
  const show = (value) => (value === undefined ? '–' : writeCanonical(value));
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort(compareText).filter((key) => show(before[key]) !== show(now[key]));
  if (!keys.length) return [];
  const what = keys.map((key) => `${key} ${show(before[key])} → ${show(now[key])}`).join('; ');
  return [note('differs', { previous: previous.n, what: brief(what, 2000) })];
}

/** How the archive's entries stand around a draw, where the log has any. */
function notesOfArchive({ entries, archives, lists, newest, hasArchive }, draw) {
  if (!hasArchive) return [];
  const { index, revealIndex, reveal, counts, outcome } = draw;
  const notes = [];
  if (entries[index - 1].type !== 'archive') notes.push(note('commit-unpreceded'));
  if (reveal && entries[revealIndex - 1].type !== 'archive') notes.push(note('reveal-unpreceded'));
  if (outcome?.type !== 'draw') return notes;
  const inTime = counts.filter((each) => isInTime(entries[each.index], archives.get(each.index), lists[each.index])).length;
  notes.push(note('archive-cosigned', { count: inTime, total: counts.length }));
  const without = daysWithout(draw, counts.map((each) => entries[each.index].at), reveal ? reveal.at : newest);
  if (without > 0) notes.push(note('archive-days', { count: without }));
  return notes;
}

/** Whether more than half of the witnesses in force cosigned an archive entry within a day. */
function isInTime({ at }, times, witnesses) {
  const soon = witnesses.filter((key) => Math.abs((times?.get(key) ?? Infinity) - at) <= DAY_S);
  return moreThanHalf(soon.length, witnesses.length);
}

/** How many days between a draw and its reveal, by the clock of its rules, have no archive entry. */
function daysWithout({ commit, outcome }, times, end) {
  const day = (at) => {
    const local = clockIn(commit.rules.timezone, at);
    return local === null ? Math.floor(at / DAY_S) : dayOf(dateOf(local));
  };
  const [first, last] = [day(outcome.at), day(end)];
  const between = new Set(times.map(day).filter((each) => each > first && each < last));
  return Math.max(0, last - first - 1 - between.size);
}

function notesOfOthers({ openElsewhere }) {
  const { count, first } = openElsewhere;
  return count ? [note('open-elsewhere', { count, ns: some(first) })] : [];
}

// --- A draw, by its files --------------------------------------------------------------------------------

/** Of the files that the reveal opened. */
export function notesOfFiles(commit, { sealed, targets, inspectors }) {
  const notes = [];
  const last = clockIn(commit.rules.timezone, secondsOf(commit.reveal_time)) ?? commit.reveal_time.slice(0, 16);
  const before = sealed.slots.filter((slot) => dateOf(slot) < commit.date).length;
  const after = sealed.slots.filter((slot) => slot > last).length;
  if (before) notes.push(note('slots-before', { count: before }));
  if (after) notes.push(loud('slots-after', { count: after }));
  const composed = (text) => text.normalize('NFC') === text;
  const odd = [...targets.list, ...inspectors.list].filter((row) => ![row.class ?? '', row.unit, row.area].every(composed));
  if (odd.length) notes.push(note('not-nfc', { count: odd.length, id: odd[0].id }));
  const rest = targets.list.filter((row) => row.drum === 'rest' && row.elsewhere !== '').length;
  if (rest) notes.push(note('rest-elsewhere', { count: rest }));
  return notes;
}

/** Who was excused in the cycle's commit before, too. */
export function notesOfHistory(files, history) {
  if (!history.files) return [];
  const again = ['targets', 'inspectors'].flatMap((what) => files[what].list.filter((row) => row.drum === 'excused'
    && history.files[what].byId.get(row.id)?.drum === 'excused').map(({ id }) => id));
  return again.length ? [loud('excused-again', { count: again.length, ids: some(again) })] : [];
}

/** Of places as amended. @param {number} after amendments that were made after the reveal */
export function notesOfPlaces({ result, places, state, commit }, amendments, after) {
  const { record, visits } = result;
  const notes = [];
  const ids = (list) => ({ count: list.length, ids: some(list) });
  if (record.unstaffed.length) notes.push(note('unstaffed', ids(record.unstaffed)));
  const full = places.places.filter(({ target }) => target !== '');
  const empty = places.places.length - full.length;
  const seats = full.flatMap(({ team }) => team).filter((id) => id === '').length;
  if (empty) notes.push(note('empty-places', { count: empty }));
  if (seats) notes.push(note('empty-seats', { count: seats }));
  if (visits.unkept.length) notes.push(note('unkept', ids(visits.unkept.map((i) => record.selected[i].id))));
  const units = unitsTwice(full, places);
  if (units.length) notes.push(note('units-twice', { count: units.length, units: some(units) }));
  if (amendments) notes.push(note('amended', { count: amendments }));
  if (places.unsuited) notes.push(note('unsuited', { count: places.unsuited }));
  const often = places.places.map((place, i) => ({ ...place, i })).filter((place) => place.amendments >= MANY_AMENDMENTS).map(({ i }) => i);
  if (often.length) notes.push(loud('amended-often', ids(often)));
  if (after) notes.push(loud('amended-after', { count: after }));
  const past = state?.histories.get(commit.cycle)?.draws.at(-1);
  const again = [...places.takenOut].filter((id) => past?.takenOut.has(id));
  if (again.length) notes.push(loud('taken-out-again', ids(again)));
  return notes;
}

/** Units whose posts are visited at more than one slot. */
function unitsTwice(full, places) {
  const slots = new Map();
  for (const place of full) {
    const unit = places.unit(place);
    if (unit !== '') slots.set(unit, (slots.get(unit) ?? new Set()).add(place.visit));
  }
  return [...slots].filter(([, visits]) => visits.size > 1).map(([unit]) => unit);
}

// --- The whole -------------------------------------------------------------------------------------------

/** Of the whole log. */
export function notesOfWhole(state, checked) {
  const { draws, policies, entries, cosignedSize, found } = state;
  const notes = [...notesOfCopy(state, draws)];
  for (const policy of policies) notes.push(loud('witnesses-changed', namesOf(policy)));
  const after = entries.length - cosignedSize;
  if (after > 0 && cosignedSize > 0) notes.push(note('not-cosigned', { count: after, size: cosignedSize }));
  if (cosignedSize === 0) notes.push(note('never-cosigned'));
  const total = draws.length;
  const voids = draws.filter(({ outcome }) => outcome?.type === 'void').length;
  const late = draws.filter(isLate).length;
  if (voids) notes.push(note('voids', { count: voids, total }));
  if (late) notes.push(note('late-outcomes', { count: late, total }));
  const poor = checked.filter(({ assurance }) => assurance?.class === 'C').length;
  if (poor) notes.push(loud('class-c', { count: poor, total }));
  if (found?.foreign) notes.push(note('foreign', { count: found.foreign }));
  return notes;
}

/** As of when the copy is, and what is overdue by now. */
function notesOfCopy({ newest, settings: { clock } }, draws) {
  if (clock === null) return [];
  const days = Math.max(0, Math.floor((clock - newest) / DAY_S));
  const notes = [note('age', { newest: timeText(newest), days })];
  if (newest > clock) notes.push(loud('ahead', { newest: timeText(newest) }));
  for (const { what, n, due } of overdue(draws, clock)) notes.push(loud(`overdue-${what}`, { n, due: timeText(due) }));
  return notes;
}

/** Who left and who came with a new list of witnesses. */
function namesOf({ entry, before }) {
  const names = (keys, others) => some(keys.filter((key) => !others.includes(key)).map((key) => parseVerifierKey(key).name), 100) || '–';
  const { time, reason, witnesses } = entry;
  return { time, reason: reason || '–', count: witnesses.length, added: names(witnesses, before), removed: names(before, witnesses) };
}

/** Cycles whose revealed rosters hold some of the same targets, in one line. */
export function sharedTargets(rosters) {
  const cycles = [...rosters];
  const shared = [];
  cycles.forEach(([a, ids], i) => {
    for (const [b, others] of cycles.slice(i + 1)) {
      let count = 0;
      for (const id of ids) if (others.has(id)) count++;
      if (count) shared.push(`${a} + ${b}: ${count}`);
    }
  });
  return shared.length ? [note('shared-targets', { cycles: some(shared) })] : [];
}
