// What is lawful but worth knowing (PROTOCOL 10).
import { dayOf, DAY_S, secondsOf, timeText } from './forms.js';

const note = (code, params = {}) => ({ code: `note-${code}`, params });

/** Of a draw as the log has it. */
export function notesOfLog(draw, vouched) {
  const { commit, outcome } = draw;
  const notes = [];
  const drawAt = secondsOf(commit.draw_time);
  if (vouched && vouched.witnesses > 0) {
    const { commit: k, witnesses } = vouched;
    notes.push(note('cosigned', { commit: k, outcome: outcome ? vouched.outcome : '–', witnesses }));
  } else if (vouched) {
    notes.push(note('no-witnesses'));
  }
  if (outcome?.type === 'void') notes.push(note('void', { reason: outcome.reason }));
  if (outcome && outcome.at > drawAt + DAY_S) notes.push(note('late-outcome', { time: outcome.time }));
  const late = draw.reveal && draw.reveal.at > secondsOf(commit.reveal_time) + DAY_S;
  if (late) notes.push(note('late-reveal', { time: draw.reveal.time }));
  notes.push(...notesOfCommit(commit));
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

/** Of the files that the reveal opened. */
export function notesOfFiles(commit, { sealed, targets, inspectors }) {
  const notes = [];
  const lastDay = Math.floor(secondsOf(commit.reveal_time) / DAY_S);
  const before = sealed.dates.filter((date) => date < commit.date).length;
  const after = sealed.dates.filter((date) => dayOf(date) > lastDay).length;
  if (before) notes.push(note('dates-before', { count: before }));
  if (after) notes.push(note('dates-after', { count: after }));
  const composed = (text) => text.normalize('NFC') === text;
  const odd = [...targets.list, ...inspectors.list].filter((row) => ![row.class ?? '', row.unit, row.area].every(composed));
  if (odd.length) notes.push(note('not-nfc', { count: odd.length, id: odd[0].id }));
  return notes;
}

/** Of places as amended. */
export function notesOfPlaces(record, places, amendments) {
  const notes = [];
  if (record.unstaffed.length) notes.push(note('unstaffed', { count: record.unstaffed.length, ids: some(record.unstaffed) }));
  const empty = places.places.filter(({ target }) => target === '').length;
  const seats = places.places.filter(({ target }) => target !== '').flatMap(({ team }) => team).filter((id) => id === '').length;
  if (empty) notes.push(note('empty-places', { count: empty }));
  if (seats) notes.push(note('empty-seats', { count: seats }));
  if (amendments) notes.push(note('amended', { count: amendments }));
  return notes;
}

/** A few ids in a sentence. */
export const some = (ids, most = 12) => ids.slice(0, most).join(', ') + (ids.length > most ? ' …' : '');

/** Of the whole log. */
export function notesOfWhole({ entries, policies, draws }, newest, clock, overdueNow, cosignedSize) {
  const notes = [];
  for (const { entry: { time, reason, witnesses } } of policies) {
    notes.push(note('witnesses-changed', { time, reason, count: witnesses.length }));
  }
  const after = entries.length - cosignedSize;
  if (after > 0 && cosignedSize > 0) notes.push(note('not-cosigned', { count: after, size: cosignedSize }));
  if (cosignedSize === 0) notes.push(note('never-cosigned'));
  const days = Math.max(0, Math.floor((clock - newest) / DAY_S));
  if (clock !== null) notes.push(note('age', { newest: timeText(newest), days }));
  if (overdueNow) notes.push(note(`overdue-${overdueNow.what}`, { n: overdueNow.n, due: timeText(overdueNow.due) }));
  const voids = draws.filter(({ outcome }) => outcome?.type === 'void').length;
  if (voids) notes.push(note('voids', { count: voids, total: draws.length }));
  return notes;
}

/** Rosters of other cycles that hold some of the same targets. */
export function sharedTargets(rosters) {
  const notes = [];
  const cycles = [...rosters];
  cycles.forEach(([a, ids], i) => {
    for (const [b, others] of cycles.slice(i + 1)) {
      let count = 0;
      for (const id of ids) if (others.has(id)) count++;
      if (count) notes.push(note('shared-targets', { a, b, count }));
    }
  });
  return notes;
}
