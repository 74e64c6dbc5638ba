// How the entries of a log follow one another: the checks `sequence` and `order` (PROTOCOL 4, 6, 9).
import { DAY_S, dayOf, secondsOf } from './forms.js';
import { need } from './problem.js';

/**
 * What a log says of one draw.
 * @typedef {object} DrawState
 * @property {number} n
 * @property {object} commit the entry, and `at`, its index in the log
 * @property {object|null} outcome the draw or void entry
 * @property {object|null} reveal
 * @property {boolean} revealedEarly before the outcome
 * @property {object[]} amends
 * @property {number} lateAmend the first that comes after the cycle's next commitment, 0 for none
 * @property {object} chain the cycle entry whose secrets it uses
 * @property {string[]} witnesses in force at the commit
 * @property {string[]} witnessesAtOutcome in force at the outcome
 */

/**
 * Replay the log.
 * @param {object[]} entries parsed, in order
 * @returns {{draws: DrawState[], witnesses: string[], policies: {index: number}[]}}
 * @throws {Problem} at the first entry that does not follow
 */
export function replay(entries) {
  const log = { draws: [], cycles: new Map(), secrets: new Set(), anchors: new Set(), witnesses: [], policies: [] };
  entries.forEach((entry, index) => STEPS[entry.type](log, entry, index));
  return log;
}

const STEPS = {
  genesis(log, entry, index) {
    need(index === 0, 'genesis-again', { index });
    log.witnesses = entry.witnesses;
  },

  policy(log, entry, index) {
    log.witnesses = entry.witnesses;
    log.policies.push({ index, entry });
  },

  cycle(log, entry, index) {
    const cycle = log.cycles.get(entry.cycle);
    const before = cycle?.chain;
    need(entry.chain === (before ? before.chain + 1 : 1), 'chain-number', { index, cycle: entry.cycle, chain: entry.chain });
    need(!cycle || cycle.draws.every((draw) => draw.reveal), 'chain-too-soon', { index, cycle: entry.cycle });
    need(!log.anchors.has(entry.anchor) && !log.secrets.has(entry.anchor), 'anchor-used', { index });
    log.anchors.add(entry.anchor);
    log.cycles.set(entry.cycle, { chain: entry, used: 0, draws: cycle?.draws ?? [] });
  },

  commit(log, entry, index) {
    const cycle = log.cycles.get(entry.cycle);
    const { n } = entry;
    need(n === log.draws.length + 1, 'draw-number', { index, n, wanted: log.draws.length + 1 });
    need(cycle, 'cycle-unknown', { n, cycle: entry.cycle });
    need(cycle.draws.every((draw) => draw.outcome), 'two-open', { n, cycle: entry.cycle });
    need(entry.chain === cycle.chain.chain, 'chain-not-newest', { n, chain: entry.chain, wanted: cycle.chain.chain });
    need(entry.link === cycle.used + 1, 'link-number', { n, link: entry.link, wanted: cycle.used + 1 });
    need(entry.link <= cycle.chain.length, 'link-past-end', { n, link: entry.link, length: cycle.chain.length });
    need(entry.beacon.source === cycle.chain.source, 'source', { n, source: entry.beacon.source, wanted: cycle.chain.source });
    const later = cycle.draws.find(({ chain, commit }) => chain === cycle.chain && secondsOf(commit.reveal_time) > secondsOf(entry.reveal_time));
    need(!later, 'reveal-time-order', { n, other: later?.n ?? 0 });
    cycle.used = entry.link;
    const draw = {
      n, commit: entry, index, outcome: null, outcomeIndex: -1, reveal: null, revealedEarly: false, amends: [], lateAmend: 0,
      chain: cycle.chain,
      witnesses: log.witnesses, witnessesAtOutcome: log.witnesses, previous: cycle.draws.at(-1) ?? null,
    };
    log.draws.push(draw);
    cycle.draws.push(draw);
  },

  draw: outcome,
  void: outcome,

  reveal(log, entry) {
    const draw = known(log, entry);
    const { n } = entry;
    need(!draw.reveal, 'revealed-twice', { n });
    const earlier = log.cycles.get(draw.commit.cycle).draws.filter((each) => each.n < n);
    need(earlier.every((each) => each.reveal), 'reveal-order', { n });
    need(entry.record === '' || draw.outcome?.type !== 'void', 'reveal-record', { n });
    need(!log.anchors.has(entry.secret), 'secret-is-anchor', { n });
    log.secrets.add(entry.secret);
    draw.reveal = entry;
    draw.revealedEarly = draw.outcome === null;
  },

  amend(log, entry) {
    const draw = known(log, entry);
    const { n, amendment } = entry;
    need(draw.outcome?.type === 'draw', 'amend-no-draw', { n });
    need(amendment === draw.amends.length + 1, 'amend-number', { n, amendment, wanted: draw.amends.length + 1 });
    if (log.cycles.get(draw.commit.cycle).draws.at(-1) !== draw) draw.lateAmend ||= amendment;
    draw.amends.push(entry);
  },
};

function outcome(log, entry, index) {
  const draw = known(log, entry);
  const { n } = entry;
  need(!draw.outcome, 'outcome-twice', { n });
  need(entry.commit === draw.commit.hash, 'outcome-commit', { n });
  draw.outcome = entry;
  draw.outcomeIndex = index;
  draw.witnessesAtOutcome = log.witnesses;
}

function known(log, entry) {
  const draw = log.draws[entry.n - 1];
  need(draw, 'draw-unknown', { n: entry.n, type: entry.type });
  return draw;
}

/**
 * An outcome and a reveal each within a day of when they are due, as of `now` (seconds).
 * @returns {{n: number, what: 'outcome'|'reveal', due: number}|null} the first that is overdue
 */
export function overdue(draws, now) {
  for (const { n, commit, outcome: done, reveal } of draws) {
    for (const [what, time, entry] of [['outcome', commit.draw_time, done], ['reveal', commit.reveal_time, reveal]]) {
      const due = secondsOf(time) + DAY_S;
      if (!entry && now > due) return { n, what, due };
    }
  }
  return null;
}

/** The check `order`. @throws {Problem} */
export function checkOrder(entries, draws) {
  entries.forEach((entry, index) => {
    need(index === 0 || entries[index - 1].at <= entry.at, 'times-run-back', { index });
  });
  draws.forEach(checkTimes);
}

function checkTimes({ n, commit, outcome: done, reveal, revealedEarly, chain }) {
  const drawAt = secondsOf(commit.draw_time);
  const revealAt = secondsOf(commit.reveal_time);
  need(commit.at <= drawAt, 'draw-time-past', { n });
  need(done?.type !== 'draw' || drawAt <= done.at, 'drawn-early', { n });
  need(!reveal || revealAt <= reveal.at, 'revealed-early', { n });
  need(revealAt === drawAt + chain.embargo_days * DAY_S, 'reveal-time', { n });
  need(!revealedEarly, 'revealed-before-outcome', { n });
  need(Math.abs(dayOf(commit.date) - Math.floor(drawAt / DAY_S)) <= 1, 'date-far', { n });
}
