// Teams (PROTOCOL 7). An assignment is a flow: seat -> (target, inspector), which carries one, so that the
// members of a team differ -> inspector, which carries the load limit. The seats' present holders are the flow;
// a path of displacements that ends at an inspector with room augments it.
import { compareText } from './bytes.js';
import { TooLarge } from './problem.js';

const MOST_PAIRS = 2 ** 28;     // bytes of the table of who is lawful where

/** Seats of targets and who holds them. Targets and inspectors are indices. */
class Assignment {
  /**
   * @param {number} inspectors how many
   * @param {number} seats per target
   * @param {function(number, number): boolean} lawful (inspector, target)
   * @param {function(number, number): number} fits (inspector, target): bit s where the inspector fits seat s there
   */
  constructor(inspectors, seats, lawful, fits) {
    this.count = inspectors;        // only the first `count` inspectors sit
    this.seats = seats;
    this.lawful = lawful;
    this.fits = fits;
    this.limit = Infinity;
    this.holder = [];               // of seat t * seats + s; -1: nobody
    this.fixed = [];                // seats that move no more
    this.held = Array.from({ length: inspectors }, () => new Set());
    this.opened = new Int32Array(inspectors);       // round in which a search saw the inspector
    this.round = 0;
  }

  load(p) {
    return this.held[p].size;
  }

  hasRoom(p) {
    return this.held[p].size < this.limit;
  }

  addTarget(t) {
    for (let s = 0; s < this.seats; s++) {
      this.holder[t * this.seats + s] = -1;
      this.fixed[t * this.seats + s] = false;
    }
  }

  clear(seat) {
    if (this.holder[seat] >= 0) this.held[this.holder[seat]].delete(seat);
    this.holder[seat] = -1;
  }

  put(seat, p) {
    this.clear(seat);
    this.holder[seat] = p;
    this.held[p].add(seat);
  }

  may(seat, p) {
    const t = Math.floor(seat / this.seats);
    return (this.fits(p, t) >> (seat % this.seats)) & 1 && this.lawful(p, t);
  }

  /** The seat of the same target that p holds; -1 if none. */
  seatInTeam(seat, p) {
    const first = seat - (seat % this.seats);
    for (let other = first; other < first + this.seats; other++) if (this.holder[other] === p) return other;
    return -1;
  }

  /** A search that shares what it has seen with others until `begin` is called again. */
  begin() {
    this.round++;
    this.seen = new Set();
  }

  /**
   * Find room for the first of `queue`: seats that want a holder, each with the inspector it gives up or is
   * given, linked by `from`. Returns the last step {seat, p, from}, p having room; null if there is none.
   */
  search(queue) {
    for (let i = 0; i < queue.length; i++) {
      const step = queue[i];
      for (let p = 0; p < this.count; p++) {
        if (this.opened[p] === this.round || !this.may(step.seat, p)) continue;
        const own = this.seatInTeam(step.seat, p);
        if (own >= 0) {
          if (own !== step.seat) this.enqueue(queue, own, step, p);     // p changes seats within the team
          continue;
        }
        this.opened[p] = this.round;
        if (this.hasRoom(p)) return { seat: step.seat, p, from: step };
        for (const seat of this.held[p]) this.enqueue(queue, seat, step, p);
      }
    }
    return null;
  }

  /** `seat` gives up its holder p to the seat of `step`. */
  enqueue(queue, seat, step, p) {
    if (this.seen.has(seat) || this.fixed[seat]) return;
    this.seen.add(seat);
    queue.push({ seat, from: step, gives: p });
  }

  /** Move everybody along a path that search found. */
  follow(last) {
    const { seat, p, from } = last;
    const moves = [[seat, p]];
    for (let step = from; step.from; step = step.from) moves.push([step.from.seat, step.gives]);
    for (const [each] of moves) this.clear(each);
    for (const [each, who] of moves) this.put(each, who);
  }

  /** Give an empty seat a holder, others moving as they must; false if nobody can. */
  fill(seat) {
    if (this.seen.has(seat)) return false;
    this.seen.add(seat);
    const last = this.search([{ seat, from: null }]);
    if (last) this.follow(last);
    return last !== null;
  }

  /** Fill all seats of these targets; false at the first that nobody can take. */
  fillAll(targets) {
    for (const t of targets) {
      this.addTarget(t);
      for (let s = 0; s < this.seats; s++) {
        this.begin();
        if (!this.fill(t * this.seats + s)) return false;
      }
    }
    return true;
  }

  /**
   * Fix `seat`: the first of `candidates` with which everything else can still be filled sits there for good.
   * All seats are filled, and stay so. What one candidate's search has seen without finding room leads to
   * none for the next either, since nobody moved; so each seat costs one walk at most.
   */
  settle(seat, candidates) {
    const holder = this.holder[seat];
    this.clear(seat);
    this.fixed[seat] = true;
    this.begin();
    for (const p of candidates) {
      if (p === holder || this.force(seat, p)) {
        if (p === holder) this.put(seat, p);
        return p;
      }
    }
    throw new Error('no candidate, though an assignment exists');
  }

  force(seat, p) {
    const own = this.seatInTeam(seat, p);
    if (own >= 0) return this.forceWithinTeam(seat, own, p);
    if (this.hasRoom(p)) return this.put(seat, p), true;
    if (this.opened[p] === this.round) return false;
    this.opened[p] = this.round;
    const queue = [...this.held[p]].filter((each) => !this.fixed[each] && !this.seen.has(each));
    for (const each of queue) this.seen.add(each);
    this.put(seat, p);
    const last = this.search(queue.map((each) => ({ seat: each, from: null })));
    if (!last) return this.clear(seat), false;
    this.follow(last);
    return true;
  }

  forceWithinTeam(seat, own, p) {
    if (this.fixed[own] || this.seen.has(own)) return false;
    this.put(seat, p);
    this.holder[own] = -1;
    this.held[p].delete(own);
    if (this.fill(own)) return true;
    this.clear(seat);
    this.put(own, p);
    return false;
  }
}

/**
 * Steps 1 to 4.
 * @param {object} rules of the commitment
 * @param {object[]} targets rows of the chosen ones, in ticket order
 * @param {object[]} inspectors rows of those that are in, by ascending inspector()
 * @param {Law} law
 * @param {Lots} lots
 * @param {function(number): Promise<void>} progress
 * @returns {Promise<{admitted: number[], unstaffed: number[], drawn: number, least: number, limit: number,
 *          teams: number[][], loads: number[]}>} indices into targets and inspectors; `drawn` is how many
 */
export async function makeTeams(rules, targets, inspectors, law, lots, progress) {
  const lawful = await lawfulTable(targets, inspectors, law, progress);
  const fits = fitsTable(targets, inspectors, law, rules.team.length);
  const seats = rules.team.length;
  const most = rules.max_load || Infinity;
  const begin = (count, limit) => {
    const made = new Assignment(inspectors.length, seats, lawful, fits);
    return Object.assign(made, { count, limit });
  };
  const { admitted, unstaffed } = await admit(begin(inspectors.length, most), targets.length, progress);
  const wanted = rules.inspectors === 0 ? inspectors.length : Math.min(rules.inspectors, inspectors.length);
  if (!admitted.length) {
    return { admitted, unstaffed, drawn: wanted, least: 0, limit: 0, teams: [], loads: Array(wanted).fill(0) };
  }

  const suffices = async (count, limit) => {
    await progress(0.45);
    return begin(count, limit).fillAll(admitted);
  };
  const drawn = await leastThat((count) => suffices(count, most), wanted, inspectors.length);
  const lowest = Math.ceil(admitted.length * seats / drawn);
  const least = await leastThat((limit) => suffices(drawn, limit), lowest, Math.min(most, admitted.length));
  const limit = Math.min(least + rules.slack, most);

  const last = begin(drawn, least);
  last.fillAll(admitted);
  last.limit = limit;
  const teams = await seatAll(last, admitted, targets, inspectors, lots, progress);
  return { admitted, unstaffed, drawn, least, limit, teams, loads: last.held.slice(0, drawn).map((held) => held.size) };
}

async function lawfulTable(targets, inspectors, law, progress) {
  const width = inspectors.length;
  if (targets.length * width > MOST_PAIRS) throw new TooLarge('teams-too-large', { targets: targets.length, inspectors: width });
  const table = new Uint8Array(targets.length * width);
  for (let t = 0; t < targets.length; t++) {
    if (t % 64 === 0) await progress(0.2 * t / targets.length);
    for (let p = 0; p < width; p++) table[t * width + p] = law.lawful(inspectors[p], targets[t]) ? 1 : 0;
  }
  return (p, t) => table[t * width + p];
}

/** Which seats an inspector fits: bit s; one table for each tag that a target needs. */
function fitsTable(targets, inspectors, law, seats) {
  const own = law.rules.team.includes('own');
  const tables = new Map();
  const of = targets.map((t) => {
    const needs = own ? t.needs : '';
    const bits = (p) => Array.from({ length: seats }, (_, s) => law.fits(p, s, t) << s).reduce((a, b) => a | b, 0);
    if (!tables.has(needs)) tables.set(needs, Uint8Array.from(inspectors, bits));
    return tables.get(needs);
  });
  return (p, t) => of[t][p];
}

async function admit(flow, count, progress) {
  const admitted = [];
  const unstaffed = [];
  for (let t = 0; t < count; t++) {
    if (t % 16 === 0) await progress(0.2 + 0.2 * t / count);
    flow.addTarget(t);
    if (fillTarget(flow, t)) admitted.push(t);
    else unstaffed.push(t);
  }
  return { admitted, unstaffed };
}

/** Fill all seats of a target, or none. */
function fillTarget(flow, t) {
  for (let s = 0; s < flow.seats; s++) {
    flow.begin();
    if (flow.fill(t * flow.seats + s)) continue;
    for (let each = 0; each < flow.seats; each++) flow.clear(t * flow.seats + each);
    return false;
  }
  return true;
}

/** The least number from `low` to `high` that will do, where more always does and `high` is known to. */
async function leastThat(holds, low, high) {
  if (low >= high || await holds(low)) return Math.min(low, high);
  let [below, enough] = [low, high];
  while (enough - below > 1) {
    const middle = Math.floor((below + enough) / 2);
    if (await holds(middle)) enough = middle;
    else below = middle;
  }
  return enough;
}

async function seatAll(flow, admitted, targets, inspectors, lots, progress) {
  const teams = [];
  for (let i = 0; i < admitted.length; i++) {
    if (i % 4 === 0) await progress(0.5 + 0.5 * i / admitted.length);
    const t = admitted[i];
    const order = [];
    for (let p = 0; p < flow.count; p++) {
      if (flow.lawful(p, t)) order.push({ p, pair: lots.pair(targets[t].id, inspectors[p].id) });
    }
    order.sort((a, b) => compareText(a.pair, b.pair));
    const team = [];
    for (let s = 0; s < flow.seats; s++) {
      const seat = t * flow.seats + s;
      team.push(flow.settle(seat, order.map(({ p }) => p).filter((p) => flow.may(seat, p))));
    }
    teams.push(team);
  }
  return teams;
}
