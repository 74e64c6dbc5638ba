// What a draw's files must have kept from its cycle's earlier draws: the check `history`.
import { need } from './problem.js';

const TARGET_COLUMNS = ['class', 'unit', 'area', 'level', 'weight', 'since'];
const INSPECTOR_COLUMNS = ['unit', 'area', 'level'];

/** What is remembered of one cycle's revealed draws. */
export class CycleHistory {
  constructor() {
    this.known = true;          // false once a draw could not be recomputed
    this.files = null;          // rosters of the commit before
    this.draws = [];            // not voids: {date, pairs: [target, inspector][], leftOver: Set}
    this.lastDrawn = new Map(); // target -> date of the latest draw that holds it in a place
  }

  /** After a draw or void: its rosters, and (a draw) its places as amended. */
  add(commit, files, places, unstaffed) {
    this.files = files;
    if (!places) return;
    const held = places.places.filter(({ target }) => target !== '');
    for (const { target } of held) this.lastDrawn.set(target, commit.date);
    const pairs = held.flatMap(({ target, team }) => team.filter((id) => id !== '').map((id) => [target, id]));
    this.draws.push({ date: commit.date, pairs, leftOver: new Set([...unstaffed, ...places.takenOut]) });
  }

  /** The pairs that `rotation` rows must name. */
  rotation(rotate, targets, inspectors) {
    const rows = new Set();
    for (const { pairs } of rotate > 0 ? this.draws.slice(-rotate) : []) {
      for (const [t, p] of pairs) if (targets.byId.has(t) && inspectors.byId.has(p)) rows.add(`${p},${t}`);
    }
    return rows;
  }
}

/** The part of `history` that needs no history: how many are excused. */
export function checkExcused(commit, { targets, inspectors }) {
  for (const [what, table] of [['targets', targets], ['inspectors', inspectors]]) {
    const wanted = table.list.filter((row) => row.drum === 'excused').length;
    need(commit.excused[what] === wanted, 'excused', { what, given: commit.excused[what], wanted });
  }
}

/** The check `history`. @param {CycleHistory} history of the draw's cycle, up to the draw before */
export function checkHistory(commit, files, history) {
  const { targets } = files;
  const leftOver = history.draws.at(-1)?.leftOver ?? new Set();
  for (const row of targets.list) {
    const wanted = history.lastDrawn.get(row.id) ?? '';
    need(row.last_drawn === wanted, 'last-drawn', { id: row.id, given: row.last_drawn, wanted });
    const agrees = row.drum === 'excused' || (row.drum === 'carried') === leftOver.has(row.id);
    need(agrees, 'carried', { id: row.id, drum: row.drum });
    const before = history.files?.targets.byId.get(row.id);
    need(!before || before.since === row.since, 'since', { id: row.id, given: row.since, wanted: before?.since ?? '' });
  }
  checkRotation(commit, files, history);
  checkChanges(commit, files, history.files);
  checkExcused(commit, files);
}

function checkRotation(commit, { targets, inspectors, conflicts }, history) {
  const wanted = history.rotation(commit.rules.rotate, targets, inspectors);
  for (const { inspector, value, why } of conflicts.list) {
    if (why !== 'rotation') continue;
    need(wanted.delete(`${inspector},${value}`), 'rotation-extra', { inspector, target: value });
  }
  const [missing] = wanted;
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
