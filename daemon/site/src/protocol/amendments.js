// Amendments (PROTOCOL 9): what each place holds, change by change.
import { H, isHex } from './bytes.js';
import { stratumOf } from './drum.js';
import { dateOf, isId, isText, minutesOf } from './forms.js';
import { objectForm, oneOf, whole } from './entries.js';
import { parseCanonical } from './json.js';
import { need } from './problem.js';

const CHANGES = 2;      // how often a seat may change hands before it stays empty
const isIdOrEmpty = (value) => value === '' || isId(value);
const COMMON = {
  amendment: whole(1), in: isIdOrEmpty, n: whole(1), nonce: (value) => isHex(value, 32), out: isId, place: whole(0),
  type: isText, v: (value) => value === 2,
};
const FORMS = {
  seat: objectForm({ ...COMMON, reason: oneOf('recusal', 'unavailable', 'other'), seat: whole(0, 7) }),
  target: objectForm({ ...COMMON, reason: oneOf('closed', 'moved', 'other') }),
};
export const MOST_AMENDMENT = 1024;     // bytes

/** An amendment's file. @throws {Problem} */
export function readAmendment(bytes, where) {
  const value = parseCanonical(bytes, where);
  const form = Object.hasOwn(FORMS, value?.type ?? '') ? FORMS[value.type] : () => false;
  let what = '';
  const holds = form(value, (path) => { what ||= path; });
  need(holds, 'json-form', { where, what });
  return value;
}

/** The places of a draw and what they hold now. */
export class Places {
  /**
   * @param {object} commit
   * @param {object} files
   * @param {Outcome} outcome what was drawn
   */
  constructor(commit, files, outcome) {
    const { record, order, law, lots, reserve, teams } = outcome;
    Object.assign(this, { commit, files, law, lots, reserve });
    const stratum = stratumOf(commit.strata);
    this.places = record.selected.map(({ id, team, visit }) => ({
      target: id, team: [...team], visit, stratum: stratum(files.targets.byId.get(id).class), changes: team.map(() => 0),
      left: new Set(), amendments: 0,
    }));
    this.drawn = order.slice(0, teams.drawn).map(({ row }) => row);
    this.others = order.slice(teams.drawn).map(({ row }) => row);
    this.placed = new Set(record.selected.map(({ id }) => id));
    this.takenOut = new Set();      // targets that an amendment took out of their place
    this.moves = [];                // {stands, out, comes} of targets
    this.unsuited = 0;              // seats given to somebody who cannot keep the visit
    this.held = new Map();          // inspector -> places that hold him now
    this.places.forEach(({ team }, i) => team.forEach((id) => this.take(id, i)));
  }

  take(id, place) {
    if (id === '') return;
    if (!this.held.has(id)) this.held.set(id, new Set());
    this.held.get(id).add(place);
  }

  drop(id, place) {
    this.held.get(id)?.delete(place);
  }

  /** How many seats somebody holds now. */
  load(id) {
    return this.held.get(id)?.size ?? 0;
  }

  unit(place) {
    return this.files.targets.byId.get(place.target).unit;
  }

  /**
   * Apply one amendment.
   * @param {number} stands index in the log at which it stands
   * @throws {Problem} where it does not follow
   */
  apply(amendment, stands) {
    const { place: i, amendment: number } = amendment;
    const place = this.places[i];
    need(place, 'amend-place', { amendment: number, place: i });
    need(place.target !== '', 'amend-empty', { amendment: number, place: i });
    place.amendments++;
    if (amendment.type === 'seat') this.applySeat(amendment, i);
    else this.applyTarget(amendment, i, stands);
  }

  applySeat({ amendment, seat, out, in: comes }, i) {
    const place = this.places[i];
    need(seat < place.team.length && place.team[seat] === out, 'amend-out', { amendment, out });
    const wanted = place.changes[seat] >= CHANGES ? '' : this.seatSuccessor(i, seat);
    need(comes === wanted, 'amend-in', { amendment, given: comes, wanted });
    if (comes !== '' && !this.suits(comes, i)) this.unsuited++;
    this.drop(out, i);
    this.take(comes, i);
    place.team[seat] = comes;
    place.changes[seat]++;
    place.left.add(out);
  }

  /** Of the first group that has any candidate the one with the least pair; '' if none has. */
  seatSuccessor(i, seat) {
    const target = this.files.targets.byId.get(this.places[i].target);
    const [drawn, others] = [this.drawn, this.others].map((people) => people.filter((row) => this.isCandidate(row, i, seat, target)));
    const suited = ({ id }) => this.suits(id, i);
    for (const group of [drawn.filter(suited), others.filter(suited), drawn, others]) if (group.length) return this.leastPair(target, group);
    return '';
  }

  isCandidate(row, i, seat, target) {
    const { team, left } = this.places[i];
    const { max_load: most } = this.commit.rules;
    return this.law.fits(row, seat, target) && !team.includes(row.id) && !left.has(row.id) && this.law.lawful(row, target)
      && (most === 0 || this.load(row.id) < most);
  }

  leastPair(target, people) {
    let best = { id: '', pair: 'g' };
    for (const { id } of people) {
      const pair = this.lots.pair(target.id, id);
      if (pair < best.pair) best = { id, pair };
    }
    return best.id;
  }

  /** Whether the visit of place i suits somebody, with the places that he holds now. */
  suits(id, i) {
    const place = this.places[i];
    if (this.files.away.dates.get(id)?.has(dateOf(place.visit))) return false;
    const at = minutesOf(place.visit);
    const unit = this.unit(place);
    return [...this.held.get(id) ?? []].every((j) => {
      const other = this.places[j];
      const far = Math.abs(minutesOf(other.visit) - at) >= this.commit.rules.spacing;
      return j === i || far || (unit !== '' && this.unit(other) === unit);
    });
  }

  applyTarget({ amendment, out, in: comes }, i, stands) {
    const place = this.places[i];
    need(place.target === out, 'amend-out', { amendment, out });
    const wanted = this.targetSuccessor(place);
    need(comes === wanted, 'amend-in', { amendment, given: comes, wanted });
    this.takenOut.add(out);
    this.moves.push({ stands, out, comes });
    place.target = comes;
    if (comes) this.placed.add(comes);
    else for (const id of place.team) this.drop(id, i);
  }

  targetSuccessor(place) {
    const team = place.team.filter((id) => id !== '').map((id) => this.files.inspectors.byId.get(id));
    const next = this.reserve.find(({ row, stratum }) => stratum === place.stratum && !this.placed.has(row.id)
      && team.every((p) => this.law.lawful(p, row)));
    return next ? next.row.id : '';
  }
}

/**
 * Where the amendments of a draw stand in the log: one that was made before the reveal at an archive entry in which the draw was
 * open, none before the one before it, none after the cycle's next commit.
 */
export function checkStanding({ n, amends, counts, next }) {
  const indices = new Set(counts.map(({ index }) => index));
  let last = -1;
  amends.forEach(({ entry, stands }, i) => {
    const amendment = i + 1;
    need(!('archive' in entry) || indices.has(entry.archive), 'amend-archive', { n, amendment, archive: entry.archive ?? 0 });
    need(stands >= last, 'amend-before', { n, amendment });
    need(next < 0 || stands < next, 'amend-after-commit', { n, amendment });
    last = stands;
  });
}

/** Each archive entry counts, hidden, the amendments that there were (PROTOCOL 9). */
export function checkCounts({ n, amends, counts, reveal }) {
  for (const { index, amended } of counts) {
    const digests = amends.filter(({ stands }) => stands <= index).map(({ entry }) => entry.sha256);
    need(amended === H(`${reveal.secret}amended/${index}/${digests.join('/')}`), 'amended', { n, index });
  }
}
