// What a draw's files must have kept from earlier draws: the check `history`, and on which draws a draw stands.
import { dayOf } from './forms.js';
import { need } from './problem.js';

const TARGET_COLUMNS = ['class', 'unit', 'area', 'level', 'needs', 'weight', 'since'];
const INSPECTOR_COLUMNS = ['unit', 'area', 'level'];

/**
 * What later draws ask of a draw.
 * @typedef {object} Past
 * @property {number} n
 * @property {string} date
 * @property {Set<string>} held targets that are in a place, as amended
 * @property {{stands: number, out: string, comes: string}[]} moves how amendments changed that
 * @property {Set<string>} takenOut @property {string[]} unstaffed
 * @property {string[][]} pairs [target, inspector], as amended
 */

/** @returns {Past} */
export function pastOf({ n, date }, places, unstaffed) {
  const full = places.places.filter(({ target }) => target !== '');
  return {
    n, date, held: new Set(full.map(({ target }) => target)), moves: places.moves, takenOut: places.takenOut, unstaffed,
    pairs: full.flatMap(({ target, team }) => team.filter((id) => id !== '').map((id) => [target, id])),
  };
}

/** Targets that were in a place by what stood in the log before an index. */
export function heldAt({ held, moves }, index) {
  const then = new Set(held);
  for (const { stands, out, comes } of [...moves].reverse()) {
    if (stands < index) break;
    then.delete(comes);
    then.add(out);
  }
  return then;
}

/** What is remembered of one cycle's revealed draws. */
export class CycleHistory {
  constructor() {
    this.known = true;          // false once a draw could not be recomputed
    this.files = null;          // rosters of the commit before
    this.draws = [];            // not voids
    this.lastDrawn = new Map(); // target -> the latest draw that holds it in a place
    this.owed = new Map();      // target -> the draw that left it unstaffed or took it out, and none holds it since
  }

  /** After a draw or void: its rosters, and of a draw what it leaves. @param {Past|null} past */
  add(files, past) {
    this.files = files;
    if (!past) return;
    this.draws.push(past);
    for (const id of [...past.unstaffed, ...past.takenOut]) this.owed.set(id, past);
    for (const id of past.held) {
      this.lastDrawn.set(id, past);
      this.owed.delete(id);
    }
  }

  /** The pairs that `rotation` rows must name, each with the draws that it comes from. */
  rotation(rotate, targets, inspectors) {
    const rows = new Map();
    for (const past of rotate > 0 ? this.draws.slice(-rotate) : []) {
      for (const [t, p] of past.pairs) {
        if (!targets.byId.has(t) || !inspectors.byId.has(p)) continue;
        rows.set(`${p},${t}`, [...rows.get(`${p},${t}`) ?? [], past.n]);
      }
    }
    return rows;
  }
}

/** Of each target the latest `date` of the looked-at draws that held it when the commit was made: {date, draws}. */
export function elsewhereOf(looked, index) {
  const latest = new Map();
  for (const past of looked) {
    for (const id of heldAt(past, index)) {
      const known = latest.get(id);
      if (!known || known.date < past.date) latest.set(id, { date: past.date, draws: [past.n] });
      else if (known.date === past.date) known.draws.push(past.n);
    }
  }
  return latest;
}

/** The part of `history` that needs no history: how many are excused. */
export function checkExcused(commit, { targets, inspectors }) {
  for (const [what, table] of [['targets', targets], ['inspectors', inspectors]]) {
    const wanted = table.list.filter((row) => row.drum === 'excused').length;
    need(commit.excused[what] === wanted, 'excused', { what, given: commit.excused[what], wanted });
  }
}

/**
 * The check `history`.
 * @param {CycleHistory} history of the draw's cycle, up to the commit before
 * @param {Map} elsewhere of elsewhereOf
 */
export function checkHistory(commit, files, history, elsewhere) {
  for (const row of files.targets.list) checkRow(row, history, elsewhere);
  checkRotation(commit, files, history);
  checkChanges(commit, files, history.files);
  checkExcused(commit, files);
}

function checkRow(row, history, elsewhere) {
  const { id, drum } = row;
  const drawn = history.lastDrawn.get(id)?.date ?? '';
  need(row.last_drawn === drawn, 'last-drawn', { id, given: row.last_drawn, wanted: drawn });
  const other = elsewhere.get(id)?.date ?? '';
  need(row.elsewhere === other, 'elsewhere', { id, given: row.elsewhere, wanted: other });
  const carried = row.drum !== 'excused' && row.elsewhere === '' && history.owed.has(id);
  need((drum === 'carried') === carried, 'carried', { id, drum });
  const before = history.files?.targets.byId.get(id);
  need(!before || before.since === row.since, 'since', { id, given: row.since, wanted: before?.since ?? '' });
}

/**
 * The draws that a draw stands on, by what its rows come from (PROTOCOL 4).
 * @returns {Set<number>}
 */
export function standsOn(commit, { targets, inspectors }, history, elsewhere) {
  const on = new Set();
  const { rest_days: rest, cover_days: cover, rotate } = commit.rules;
  for (const row of targets.list) {
    const days = row.last_drawn === '' ? Infinity : dayOf(commit.date) - dayOf(row.last_drawn);
    if (days < rest || days < cover) on.add(history.lastDrawn.get(row.id).n);
    if (row.elsewhere !== '') for (const n of elsewhere.get(row.id).draws) on.add(n);
    if (row.drum === 'carried') on.add(history.owed.get(row.id).n);
  }
  for (const draws of history.rotation(rotate, targets, inspectors).values()) for (const n of draws) on.add(n);
  return on;
}

function checkRotation(commit, { targets, inspectors, conflicts }, history) {
  const wanted = history.rotation(commit.rules.rotate, targets, inspectors);
  for (const { inspector, value, why } of conflicts.list) {
    if (why !== 'rotation') continue;
    need(wanted.delete(`${inspector},${value}`), 'rotation-extra', { inspector, target: value });
  }
  const [missing] = wanted.keys();
  need(missing === undefined, 'rotation-missing', { pair: missing ?? '' });
}

function checkChanges({ changes }, files, before) {
  const counted = {
    targets: countChanges(files.targets, before?.targets, (a, b) => TARGET_COLUMNS.every((key) => a[key] === b[key])),
    inspectors: countChanges(files.inspectors, before?.inspectors, (a, b) =>
      INSPECTOR_COLUMNS.every((key) => a[key] === b[key]) && a.tags.join(';') === b.tags.join(';')),
    conflicts: countConflicts(files.conflicts, before?.conflicts),
  };
  for (const [what, wanted] of Object.entries(counted)) {
    for (const [kind, count] of Object.entries(wanted)) {
      need(changes[what][kind] === count, 'changes', { what, kind, given: changes[what][kind], wanted: count });
    }
  }
}

function countChanges(now, before, equal) {
  const old = before?.byId ?? new Map();
  const count = { added: 0, removed: 0, changed: 0 };
  for (const row of now.list) {
    const was = old.get(row.id);
    if (!was) count.added++;
    else if (!equal(was, row)) count.changed++;
  }
  for (const id of old.keys()) if (!now.byId.has(id)) count.removed++;
  return count;
}

function countConflicts(now, before) {
  const declared = (table) => new Set((table?.list ?? []).filter((row) => row.why === 'declared')
    .map(({ inspector, scope, value }) => `${inspector},${scope},${value}`));
  const [a, b] = [declared(now), declared(before)];
  return { added: [...a].filter((each) => !b.has(each)).length, removed: [...b].filter((each) => !a.has(each)).length };
}
