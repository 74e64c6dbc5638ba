// Seed, tickets, selection (PROTOCOL 6).
import { H, compareText, hashAfter } from './bytes.js';
import { stratumOf, takesPart } from './drum.js';

const SLICE = 2048;

/** seed = H(secret || nonce || H(commit entry) || beacon value) */
export const seedOf = (secret, nonce, commitHash, beacon) => H(secret + nonce + commitHash + beacon);

/** The hashes that a seed gives to ids; all hex. */
export class Lots {
  constructor(seed) {
    this.seed = seed;
    this.hash = hashAfter(seed);
  }

  slip(target, i) {
    return this.hash(`target/${target}/${i}`);
  }

  /** The least of a target's slips. */
  ticket(target, weight) {
    let least = this.slip(target, 1);
    for (let i = 2; i <= weight; i++) {
      const slip = this.slip(target, i);
      if (slip < least) least = slip;
    }
    return least;
  }

  inspector(id) {
    return this.hash(`inspector/${id}`);
  }

  matter(id) {
    return this.hash(`matter/${id}`);
  }

  pair(target, inspector) {
    return this.hash(`pair/${target}/${inspector}`);
  }

  /** Index of the slot from which a target's visit is sought: floor(x * S / 2^64). */
  start({ id, unit }, sameUnit, slots) {
    const what = sameUnit && unit !== '' ? `unit/${unit}` : `target/${id}`;
    const x = BigInt(`0x${this.hash(`visit/${what}`).slice(0, 16)}`);
    return Number((x * BigInt(slots)) >> 64n);
  }
}

/** Tickets are hex of one length, which any comparison orders alike. */
function byTicket(a, b) {
  if (a.ticket !== b.ticket) return a.ticket < b.ticket ? -1 : 1;
  return compareText(a.row.id, b.row.id);
}

const comesFirst = ({ row }) => row.drum === 'carried' || row.drum === 'due';

/**
 * The chosen targets and the reserve.
 * @param {object} commit
 * @param {object[]} strata of sealed.json: how many each takes
 * @param {object[]} rows of targets.csv
 * @param {Lots} lots
 * @param {function(number): Promise<void>} progress
 * @returns {Promise<{chosen: {row, ticket}[], reserve: {row, ticket, stratum}[]}>} chosen in ticket order,
 *          the reserve stratum by stratum
 */
export async function select(commit, strata, rows, lots, progress) {
  const find = stratumOf(commit.strata);
  const drums = commit.strata.map(() => []);
  for (let i = 0; i < rows.length; i++) {
    if (i % SLICE === 0) await progress(i / rows.length);
    const row = rows[i];
    if (takesPart(row)) drums[find(row.class)].push({ row, ticket: lots.ticket(row.id, row.weight) });
  }
  const chosen = [];
  const reserve = [];
  drums.forEach((drum, stratum) => {
    const order = [...drum.filter(comesFirst).sort(byTicket), ...drum.filter((each) => !comesFirst(each)).sort(byTicket)];
    const { take } = strata[stratum];
    chosen.push(...order.slice(0, take));
    reserve.push(...order.slice(take, take + commit.rules.reserve).map((each) => ({ ...each, stratum })));
  });
  return { chosen: chosen.sort(byTicket), reserve };
}

/** The matters drawn, in order. */
export function drawMatters(matters, lots) {
  return matters.from.map((id) => ({ id, ticket: lots.matter(id) }))
    .sort((a, b) => compareText(a.ticket, b.ticket)).slice(0, matters.take).map(({ id }) => id);
}

/** The inspectors that are in, by ascending inspector(). */
export function inspectorOrder(rows, lots) {
  return rows.filter((row) => row.drum === 'in').map((row) => ({ row, ticket: lots.inspector(row.id) })).sort(byTicket);
}
