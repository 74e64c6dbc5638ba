// When each place is visited (PROTOCOL 7, step 5): who can be where at which slot.
import { dateOf, minutesOf } from './forms.js';

const SEVERAL = Symbol('visits in more than one unit, or in none');

/**
 * Who is at which slot. For each inspector and slot it is kept in which unit the visits are that stand less than
 * `spacing` away, so that whether a slot suits is seen at once.
 */
export class Diary {
  /**
   * @param {string[]} slots ascending
   * @param {number} spacing minutes
   * @param {Map<string, Set<string>>} away dates, by inspector
   */
  constructor(slots, spacing, away) {
    Object.assign(this, { slots, away });
    this.dates = slots.map(dateOf);
    this.near = windows(slots.map(minutesOf), spacing);
    this.busy = new Map();      // inspector -> by slot: undefined, a unit, or SEVERAL
  }

  /** Whether a slot, by its index, suits an inspector at a target of `unit`. */
  suits(id, slot, unit) {
    if (this.away.get(id)?.has(this.dates[slot])) return false;
    const there = this.busy.get(id)?.[slot];
    return there === undefined || (unit !== '' && there === unit);
  }

  /** An inspector has a visit in `unit` at a slot. */
  add(id, slot, unit) {
    if (!this.busy.has(id)) this.busy.set(id, new Array(this.slots.length));
    const busy = this.busy.get(id);
    const [from, to] = this.near[slot];
    for (let i = from; i < to; i++) {
      const alone = unit !== '' && (busy[i] === undefined || busy[i] === unit);
      busy[i] = alone ? unit : SEVERAL;
    }
  }
}

/** Of each slot the first and the one after the last that are less than `spacing` away; none with 0. */
function windows(minutes, spacing) {
  if (spacing === 0) return minutes.map(() => [0, 0]);
  let from = 0;
  let to = 0;
  return minutes.map((at) => {
    while (at - minutes[from] >= spacing) from++;
    while (to < minutes.length && minutes[to] - at < spacing) to++;
    return [from, to];
  });
}

/**
 * The visits of places in ticket order.
 * @param {{target: object, team: string[]}[]} places `target` a row of targets.csv
 * @param {{slots: string[], rules: object, away: Map, lots: Lots}} draw
 * @returns {Promise<{slots: number[], unkept: number[]}>} the slot of each place; places of which no slot suits the team
 */
export async function makeVisits(places, { slots, rules, away, lots }, progress) {
  const diary = new Diary(slots, rules.spacing, away);
  const made = { slots: [], unkept: [] };
  for (let i = 0; i < places.length; i++) {
    if (i % 64 === 0) await progress(i / places.length);
    const { target, team } = places[i];
    const start = lots.start(target, rules.same_unit, slots.length);
    const found = firstSuiting(diary, start, team, target.unit);
    if (found < 0) made.unkept.push(i);
    const slot = found < 0 ? start : found;
    made.slots.push(slot);
    for (const id of team) diary.add(id, slot, target.unit);
  }
  return made;
}

/** The first slot from `start` on, and round, that suits a whole team; -1 if there is none. */
function firstSuiting(diary, start, team, unit) {
  const count = diary.slots.length;
  for (let i = 0; i < count; i++) {
    const slot = (start + i) % count;
    if (team.every((id) => diary.suits(id, slot, unit))) return slot;
  }
  return -1;
}
