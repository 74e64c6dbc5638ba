// Amendments (PROTOCOL 9): what each place holds, change by change.
import { isHex } from './bytes.js';
import { stratumOf } from './drum.js';
import { isId, isText } from './forms.js';
import { objectForm, oneOf, whole } from './entries.js';
import { parseCanonical } from './json.js';
import { need } from './problem.js';

const CHANGES = 2;      // how often a seat may change hands before it stays empty
const isIdOrEmpty = (value) => value === '' || isId(value);
const COMMON = {
  amendment: whole(1), in: isIdOrEmpty, n: whole(1), nonce: (value) => isHex(value, 32), out: isId, place: whole(0),
  type: isText, v: (value) => value === 1,
};
const FORMS = {
  seat: objectForm({ ...COMMON, reason: oneOf('recusal', 'unavailable', 'other'), seat: whole(0, 7) }),
  target: objectForm({ ...COMMON, reason: oneOf('closed', 'moved', 'other') }),
};
export const MOST_AMENDMENT = 1024;     // bytes

/** An amendment's file. @throws {Problem} */
export function readAmendment(bytes, where) {
  const value = parseCanonical(bytes, where);
  const form = FORMS[value?.type] && Object.hasOwn(FORMS, value.type) ? FORMS[value.type] : () => false;
  let what = '';
  const holds = form(value, (path) => { what ||= path; });
  need(holds, 'json-form', { where, what });
  return value;
}

/** The places of a draw and what they hold now. */
export class Places {
  /**
   * @param {object} commit
   * @param {object} files targets and inspectors by id
   * @param {Outcome} outcome what was drawn
   */
  constructor(commit, files, outcome) {
    const { record, order, law, lots, reserve, teams } = outcome;
    Object.assign(this, { commit, files, law, lots, reserve });
    const stratum = stratumOf(commit.strata);
    this.places = record.selected.map(({ id, team }) => ({
      target: id, team: [...team], stratum: stratum(files.targets.byId.get(id).class), changes: team.map(() => 0),
      left: new Set(),
    }));
    this.drawn = order.slice(0, teams.drawn).map(({ row }) => row);
    this.others = order.slice(teams.drawn).map(({ row }) => row);
    this.placed = new Set(record.selected.map(({ id }) => id));
    this.takenOut = new Set();      // targets that an amendment took out of their place
    this.loads = new Map();         // inspector -> seats now, of places that are not empty
    for (const { team } of this.places) for (const id of team) this.addLoad(id, 1);
  }

  load(id) {
    return this.loads.get(id) ?? 0;
  }

  addLoad(id, seats) {
    if (id !== '') this.loads.set(id, this.load(id) + seats);
  }

  /** Apply one amendment. @throws {Problem} where it does not follow */
  apply(amendment) {
    const { place: i, amendment: number } = amendment;
    const place = this.places[i];
    need(place, 'amend-place', { amendment: number, place: i });
    need(place.target !== '', 'amend-empty', { amendment: number, place: i });
    if (amendment.type === 'seat') this.applySeat(amendment, place);
    else this.applyTarget(amendment, place);
  }

  applySeat({ amendment, seat, out, in: comes }, place) {
    need(seat < place.team.length && place.team[seat] === out, 'amend-out', { amendment, out });
    const wanted = place.changes[seat] >= CHANGES ? '' : this.seatSuccessor(place, seat);
    need(comes === wanted, 'amend-in', { amendment, given: comes, wanted });
    this.addLoad(out, -1);
    this.addLoad(comes, 1);
    place.team[seat] = comes;
    place.changes[seat]++;
    place.left.add(out);
  }

  seatSuccessor(place, seat) {
    return this.leastPair(place, seat, this.drawn) || this.leastPair(place, seat, this.others);
  }

  leastPair(place, seat, people) {
    const target = this.files.targets.byId.get(place.target);
    const { max_load: most } = this.commit.rules;
    let best = { id: '', pair: 'g' };
    for (const row of people) {
      const { id } = row;
      if (!this.law.fits(row, seat) || place.team.includes(id) || place.left.has(id)) continue;
      if (!this.law.lawful(row, target) || (most > 0 && this.load(id) >= most)) continue;
      const pair = this.lots.pair(place.target, id);
      if (pair < best.pair) best = { id, pair };
    }
    return best.id;
  }

  applyTarget({ amendment, out, in: comes }, place) {
    need(place.target === out, 'amend-out', { amendment, out });
    const wanted = this.targetSuccessor(place);
    need(comes === wanted, 'amend-in', { amendment, given: comes, wanted });
    this.takenOut.add(out);
    place.target = comes;
    if (comes) this.placed.add(comes);
    else for (const id of place.team) this.addLoad(id, -1);
  }

  targetSuccessor(place) {
    const team = place.team.filter((id) => id !== '').map((id) => this.files.inspectors.byId.get(id));
    const next = this.reserve.find(({ row, stratum }) => stratum === place.stratum && !this.placed.has(row.id)
      && team.every((p) => this.law.lawful(p, row)));
    return next ? next.row.id : '';
  }
}
