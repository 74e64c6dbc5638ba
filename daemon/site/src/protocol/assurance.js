// What class a draw has, and how many witnesses vouch for it (PROTOCOL 4).
import { IN_TIME_S } from './beacon.js';
import { DAY_S, secondsOf } from './forms.js';

/**
 * What cosignatures say of one draw.
 * @typedef {object} Vouching
 * @property {number} witnesses how many are in force at the commit
 * @property {number} commit how many of them cosigned commit.checkpoint in time
 * @property {number} outcome how many of them cosigned outcome.checkpoint in time
 * @property {boolean} seenBefore more than half cosigned the outcome before draw_time
 * @property {function(string): boolean} inTime whether a witness cosigned the commitment in time
 */

/**
 * @param {DrawState} draw
 * @param {Map<string, number[]>} commitTimes by verifier key, of commit.checkpoint
 * @param {Map<string, number[]>} outcomeTimes of outcome.checkpoint
 * @returns {Vouching}
 */
export function vouching(draw, commitTimes, outcomeTimes) {
  const drawAt = secondsOf(draw.commit.draw_time);
  const count = (times, holds) => draw.witnesses.filter((key) => (times.get(key) ?? []).some(holds)).length;
  const early = (time) => time <= drawAt - IN_TIME_S;
  return {
    witnesses: draw.witnesses.length,
    commit: count(commitTimes, early),
    outcome: count(outcomeTimes, (time) => time <= drawAt + DAY_S),
    seenBefore: moreThanHalf(count(outcomeTimes, (time) => time < drawAt), draw.witnesses.length),
    inTime: (key) => (commitTimes.get(key) ?? []).some(early),
  };
}

export const moreThanHalf = (k, n) => 2 * k > n;

/**
 * The class of a draw: 'A', 'B', 'C', 'pending' (no outcome yet), 'none' (a void without a value), or
 * 'unknown' where checks failed or were not run.
 * @param {boolean} holds its checkpoints and beacon hold, and nothing of it or of the log failed
 */
export function classOf(draw, vouched, holds) {
  if (!draw.outcome) return 'pending';
  if (draw.outcome.type === 'void' && !('beacon' in draw.outcome)) return 'none';
  if (!holds || !vouched) return 'unknown';
  const { source } = draw.commit.beacon;
  const seen = moreThanHalf(vouched.commit, vouched.witnesses) && moreThanHalf(vouched.outcome, vouched.witnesses);
  if (source === 'none' || !seen) return 'C';
  return source === 'drand' ? 'A' : 'B';
}
