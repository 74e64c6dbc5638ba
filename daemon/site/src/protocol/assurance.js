// What class a draw has, how many witnesses vouch for it, and on which draws it stands (PROTOCOL 4).
import { IN_TIME_S, valueEntry } from './beacon.js';
import { DAY_S, secondsOf } from './forms.js';

/**
 * What cosignatures say of one draw.
 * @typedef {object} Vouching
 * @property {number} witnesses how many are in force at the commit
 * @property {number} commit how many of them cosigned commit.checkpoint in time
 * @property {number} outcome how many of them cosigned outcome.checkpoint in time
 * @property {string[]} both verifier keys of those who cosigned both in time
 * @property {boolean} seenBefore more than half cosigned the outcome before draw_time
 * @property {function(string): boolean} inTime whether a witness cosigned the commitment in time
 */

/**
 * @param {DrawState} draw
 * @param {Map<string, number>} commitTimes the earliest time by verifier key, of commit.checkpoint
 * @param {Map<string, number>} outcomeTimes of outcome.checkpoint
 * @returns {Vouching}
 */
export function vouching(draw, commitTimes, outcomeTimes) {
  const { witnesses, commit } = draw;
  const drawAt = secondsOf(commit.draw_time);
  const early = (key) => (commitTimes.get(key) ?? Infinity) <= drawAt - IN_TIME_S;
  const soon = (key) => (outcomeTimes.get(key) ?? Infinity) <= drawAt + DAY_S;
  const before = witnesses.filter((key) => (outcomeTimes.get(key) ?? Infinity) < drawAt);
  return {
    witnesses: witnesses.length, commit: witnesses.filter(early).length, outcome: witnesses.filter(soon).length,
    both: witnesses.filter((key) => early(key) && soon(key)), seenBefore: moreThanHalf(before.length, witnesses.length),
    inTime: (key) => witnesses.includes(key) && early(key),
  };
}

export const moreThanHalf = (k, n) => 2 * k > n;

/**
 * The class of a draw: 'A', 'B', 'C', 'pending' (no outcome yet), 'none' (a void without a value), or
 * 'unknown' where checks failed or were not run.
 * @param {boolean} holds its checkpoints and beacon hold, and nothing of it or of the log failed
 */
export function classOf(draw, vouched, holds) {
  const { source } = draw.commit.beacon;
  if (!draw.outcome) return 'pending';
  if (!valueEntry(draw)) return 'none';
  if (!holds || !vouched) return 'unknown';
  const seen = moreThanHalf(vouched.commit, vouched.witnesses) && moreThanHalf(vouched.outcome, vouched.witnesses);
  if (source === 'none' || !seen) return 'C';
  return source === 'drand' ? 'A' : 'B';
}

/** The best class that a draw can come to, by its commitment alone. */
export function bestOf({ commit: { beacon: { source } }, witnesses }) {
  if (source === 'none' || !witnesses.length) return 'C';
  return source === 'drand' ? 'A' : 'B';
}

/** Whether more than half of the witnesses that a caller holds to be independent cosigned both checkpoints in time. */
export function isIndependent(given, vouched) {
  const named = new Set(given);
  return moreThanHalf((vouched?.both ?? []).filter((key) => named.has(key)).length, named.size);
}

const RANK = { A: 3, B: 2, C: 1 };

/** Whether a class is lower than another: one of a draw that has no value is lower than any. */
export const isLower = (letter, than) => (RANK[letter] ?? 0) < (RANK[than] ?? 0);
