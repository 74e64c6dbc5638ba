// How the entries of a log follow one another: the checks `sequence` and `order` (PROTOCOL 4, 5, 6, 9).
import { DAY_S, dayOf, secondsOf } from './forms.js';
import { brief, need } from './problem.js';

/**
 * What a log says of one draw. An index is one of the log, -1 for none.
 * @typedef {object} DrawState
 * @property {number} n
 * @property {object} commit the entry
 * @property {number} index of the commit
 * @property {object|null} outcome the draw or void entry
 * @property {number} outcomeIndex
 * @property {object|null} reveal
 * @property {number} revealIndex
 * @property {boolean} revealedEarly before the outcome
 * @property {{entry: object, index: number, stands: number}[]} amends `stands`: where each stands, see PROTOCOL 9
 * @property {number} next index of the cycle's next commit
 * @property {object} chain the cycle entry whose secrets it uses
 * @property {string[]} witnesses in force at the commit
 * @property {DrawState|null} previous the cycle's commit before, whatever came of it
 * @property {number} place among the cycle's commits
 * @property {number} lastReveal the latest `reveal_time` of the cycle's draws before, in seconds
 * @property {DrawState[]} looked the draws of other cycles that it looks at
 * @property {{count: number, first: number[]}} openElsewhere other cycles' commits that have no outcome yet
 * @property {{index: number, amended: string}[]} counts what archive entries say of its amendments
 */

/**
 * Replay the log.
 * @param {object[]} entries parsed, in order
 * @returns {{draws: DrawState[], witnesses: string[], policies: object[]}}
 * @throws {Problem} at the first entry that does not follow
 */
export function replay(entries) {
  const log = {
    origin: entries[0].origin, draws: [], cycles: new Map(), secrets: new Set(), anchors: new Set(), witnesses: [], policies: [],
    open: new Map(),        // draws that have their `draw` entry and no reveal yet, by n
    waiting: new Map(),     // commits that have no outcome yet, by n: one a cycle at most
  };
  entries.forEach((entry, index) => STEPS[entry.type](log, entry, index));
  return log;
}

const MOST_NAMED = 13;      // in a note

/** The first few of what an iterator gives. */
function first(iterator, most) {
  const some = [];
  for (const each of iterator) {
    if (some.length === most) break;
    some.push(each);
  }
  return some;
}

const isDraw = ({ outcome }) => outcome?.type === 'draw';

const STEPS = {
  genesis(log, entry, index) {
    need(index === 0, 'genesis-again', { index });
    log.witnesses = entry.witnesses;
  },

  policy(log, entry) {
    log.policies.push({ entry, before: log.witnesses });
    log.witnesses = entry.witnesses;
  },

  cycle(log, entry, index) {
    const cycle = log.cycles.get(entry.cycle);
    const before = cycle?.chain;
    need(entry.chain === (before ? before.chain + 1 : 1), 'chain-number', { index, cycle: entry.cycle, chain: entry.chain });
    need(!cycle || cycle.revealed === cycle.draws.length, 'chain-too-soon', { index, cycle: entry.cycle });
    need(!log.anchors.has(entry.anchor) && !log.secrets.has(entry.anchor), 'anchor-used', { index });
    log.anchors.add(entry.anchor);
    log.cycles.set(entry.cycle, { chain: entry, used: 0, draws: cycle?.draws ?? [], revealed: cycle?.revealed ?? 0, lastReveal: cycle?.lastReveal ?? 0 });
  },

  commit(log, entry, index) {
    const cycle = log.cycles.get(entry.cycle);
    const { n } = entry;
    need(n === log.draws.length + 1, 'draw-number', { index, n, wanted: log.draws.length + 1 });
    need(entry.origin === log.origin, 'commit-origin', { n, origin: entry.origin });
    need(cycle, 'cycle-unknown', { n, cycle: entry.cycle });
    const previous = cycle.draws.at(-1) ?? null;
    need(!previous || previous.outcome, 'two-open', { n, cycle: entry.cycle });
    need(entry.chain === cycle.chain.chain, 'chain-not-newest', { n, chain: entry.chain, wanted: cycle.chain.chain });
    need(entry.link === cycle.used + 1, 'link-number', { n, link: entry.link, wanted: cycle.used + 1 });
    need(entry.link <= cycle.chain.length, 'link-past-end', { n, link: entry.link, length: cycle.chain.length });
    need(entry.beacon.source === cycle.chain.source, 'source', { n, source: entry.beacon.source, wanted: cycle.chain.source });
    cycle.used = entry.link;
    if (previous) previous.next = index;
    const draw = {
      n, commit: entry, index, outcome: null, outcomeIndex: -1, reveal: null, revealIndex: -1, revealedEarly: false, amends: [],
      next: -1, chain: cycle.chain, witnesses: log.witnesses, previous, looked: lookedAt(entry, log.draws),
      openElsewhere: { count: log.waiting.size, first: first(log.waiting.keys(), MOST_NAMED) }, counts: [],
      place: cycle.draws.length, lastReveal: cycle.lastReveal,
    };
    log.waiting.set(n, draw);
    log.draws.push(draw);
    cycle.draws.push(draw);
  },

  draw: outcome,
  void: outcome,

  reveal(log, entry, index) {
    const draw = known(log, entry);
    const { n } = entry;
    need(!draw.reveal, 'revealed-twice', { n });
    const cycle = log.cycles.get(draw.commit.cycle);
    need(draw.place === cycle.revealed, 'reveal-order', { n });
    const sealed = draw.looked.find((each) => !each.reveal);
    need(!sealed, 'reveal-looked', { n, other: sealed?.n ?? 0 });
    need(entry.record === '' || draw.outcome?.type !== 'void', 'reveal-record', { n });
    need(!log.anchors.has(entry.secret), 'secret-is-anchor', { n });
    log.secrets.add(entry.secret);
    log.open.delete(n);
    cycle.revealed++;
    Object.assign(draw, { reveal: entry, revealIndex: index, revealedEarly: draw.outcome === null });
  },

  amend(log, entry, index) {
    const draw = known(log, entry);
    const { n, amendment } = entry;
    need(isDraw(draw), 'amend-no-draw', { n });
    need(draw.reveal, 'amend-sealed', { n });
    need(amendment === draw.amends.length + 1, 'amend-number', { n, amendment, wanted: draw.amends.length + 1 });
    const follows = index === draw.revealIndex + amendment;
    need(!('archive' in entry) || follows, 'amend-not-directly', { n, amendment });
    draw.amends.push({ entry, index, stands: entry.archive ?? index });
  },

  archive(log, entry, index) {
    const wanted = [...log.open.keys()].sort((a, b) => a - b);
    const given = entry.open.map(({ n }) => n);
    const equal = given.length === wanted.length && given.every((n, i) => n === wanted[i]);
    need(equal, 'archive-open', { index, given: brief(given.join(', ') || '–'), wanted: brief(wanted.join(', ') || '–') });
    for (const { n, amended } of entry.open) log.open.get(n).counts.push({ index, amended });
  },
};

/** The draws of other cycles that a commit looks at (PROTOCOL 5). */
function lookedAt({ rules: { quiet_days: quiet }, date, cycle }, draws) {
  if (quiet === 0) return [];
  return draws.filter((each) => isDraw(each) && each.commit.cycle !== cycle && dayOf(date) - dayOf(each.commit.date) < quiet);
}

function outcome(log, entry, index) {
  const draw = known(log, entry);
  const { n } = entry;
  need(!draw.outcome, 'outcome-twice', { n });
  need(entry.commit === draw.commit.hash, 'outcome-commit', { n });
  draw.outcome = entry;
  draw.outcomeIndex = index;
  log.waiting.delete(n);
  if (isDraw(draw)) noteReveal(log.cycles.get(draw.commit.cycle), draw);
  if (isDraw(draw) && !draw.reveal) log.open.set(n, draw);
}

/** The latest `reveal_time` of a cycle's draws. */
function noteReveal(cycle, { commit }) {
  cycle.lastReveal = Math.max(cycle.lastReveal, secondsOf(commit.reveal_time));
}

function known(log, entry) {
  const draw = log.draws[entry.n - 1];
  need(draw, 'draw-unknown', { n: entry.n, type: entry.type });
  return draw;
}

/** The witnesses in force after each entry, by its index: also of a log whose entries do not follow. */
export function witnessLists(entries) {
  let witnesses = [];
  return entries.map((entry) => { witnesses = entry.witnesses ?? witnesses; return witnesses; });
}

/**
 * The time that more than half of some witnesses reach by their cosignatures; null where they reach none.
 * @param {string[]} witnesses @param {Map<string, number>} times by verifier key
 */
export function reachedTime(witnesses, times) {
  const descending = witnesses.map((key) => times.get(key) ?? -1).sort((a, b) => b - a);
  const reached = descending[Math.floor(witnesses.length / 2)] ?? -1;
  return reached < 0 ? null : reached;
}

/**
 * Outcomes and reveals that did not come within a day of when they are due, as of `now` (seconds).
 * @returns {{n: number, what: 'outcome'|'reveal', due: number}[]}
 */
export function overdue(draws, now) {
  const late = [];
  for (const { n, commit, outcome: done, reveal } of draws) {
    for (const [what, time, entry] of [['outcome', commit.draw_time, done], ['reveal', commit.reveal_time, reveal]]) {
      const due = secondsOf(time) + DAY_S;
      if (!entry && now > due) late.push({ n, what, due });
    }
  }
  return late;
}

/** The check `order`. @throws {Problem} */
export function checkOrder(entries, draws) {
  entries.forEach((entry, index) => {
    need(index === 0 || entries[index - 1].at <= entry.at, 'times-run-back', { index });
  });
  draws.forEach(checkTimes);
}

function checkTimes(draw) {
  const { n, commit, outcome: done, reveal, revealedEarly } = draw;
  const drawAt = secondsOf(commit.draw_time);
  const revealAt = secondsOf(commit.reveal_time);
  need(commit.at <= drawAt, 'draw-time-past', { n });
  need(done?.type !== 'draw' || drawAt <= done.at, 'drawn-early', { n });
  need(!revealedEarly, 'revealed-before-outcome', { n });
  const due = done?.type === 'void' ? drawAt : revealAt;
  need(!reveal || due <= reveal.at, 'revealed-early', { n });
  need(revealAt === revealTime(draw, drawAt), 'reveal-time', { n });
  need(Math.abs(dayOf(commit.date) - Math.floor(drawAt / DAY_S)) <= 1, 'date-far', { n });
}

/** When a commit is to be revealed (PROTOCOL 4): not before what its own reveal would tell of. */
function revealTime({ chain, lastReveal, looked }, drawAt) {
  const own = Math.max(drawAt + chain.embargo_days * DAY_S, lastReveal);
  return looked.reduce((latest, { commit }) => Math.max(latest, secondsOf(commit.reveal_time)), own);
}
