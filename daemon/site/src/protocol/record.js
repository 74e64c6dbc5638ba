// record.json (PROTOCOL 8): computed, read, compared.
import { H, hex, isHex, utf8 } from './bytes.js';
import { drawMatters, inspectorOrder, select, seedOf, Lots } from './draw.js';
import { isId, isRosterText, isText, minutesOf } from './forms.js';
import { isDigest, listOf, objectForm, whole } from './entries.js';
import { parseCanonical, writeCanonical } from './json.js';
import { Law } from './lawful.js';
import { Root } from './merkle.js';
import { brief, need } from './problem.js';
import { makeTeams } from './teams.js';
import { makeVisits } from './visits.js';

/**
 * What follows from a commitment, its files, a secret and a beacon value.
 * @typedef {object} Outcome
 * @property {Lots} lots
 * @property {Law} law
 * @property {{row, ticket}[]} chosen
 * @property {{row, ticket, stratum}[]} reserve
 * @property {{row, ticket}[]} order the inspectors that are in
 * @property {object} teams of makeTeams
 * @property {object} visits of makeVisits
 * @property {object} record as record.json has it
 */

/**
 * @param {object} commit the entry, with its hash
 * @param {{targets, inspectors, conflicts, away, sealed}} files
 * @returns {Promise<Outcome>}
 */
export async function compute(commit, files, secret, beacon, progress) {
  const seed = seedOf(secret, files.sealed.nonce, commit.hash, beacon);
  const lots = new Lots(seed);
  const law = new Law(commit.rules, files.conflicts.list);
  const { chosen, reserve } = await select(commit, files.sealed.strata, files.targets.list, lots,
    (share) => progress(0.5 * share));
  const order = inspectorOrder(files.inspectors.list, lots);
  const teams = await makeTeams(commit.rules, chosen.map(({ row }) => row), order.map(({ row }) => row), law, lots,
    (share) => progress(0.5 + 0.4 * share));
  const places = teams.admitted.map((t, i) => ({ target: chosen[t].row, team: teams.teams[i].map((p) => order[p].row.id) }));
  const visits = await makeVisits(places, { slots: files.sealed.slots, rules: commit.rules, away: files.away.dates, lots },
    (share) => progress(0.9 + 0.1 * share));
  const outcome = { lots, law, chosen, reserve, order, teams, visits };
  return { ...outcome, record: recordOf(commit, files, secret, beacon, seed, outcome) };
}

function recordOf(commit, { sealed }, secret, beacon, seed, { lots, chosen, reserve, order, teams, visits }) {
  const idOf = (p) => order[p].row.id;
  return {
    beacon, commit: commit.hash,
    inspectors: order.slice(0, teams.drawn).map(({ row, ticket }, p) => ({ id: row.id, load: teams.loads[p], ticket })),
    load: { least: teams.least, limit: teams.limit },
    matters: drawMatters(sealed.matters, lots), n: commit.n,
    reserve: reserve.map(({ row, ticket }) => ({ class: row.class, id: row.id, ticket })), secret, seed,
    selected: teams.admitted.map((t, i) => {
      const { row, ticket } = chosen[t];
      const visit = sealed.slots[visits.slots[i]];
      return { class: row.class, id: row.id, team: teams.teams[i].map(idOf), ticket, visit };
    }),
    unstaffed: teams.unstaffed.map((t) => chosen[t].row.id), v: 2,
  };
}

const isSlot = (value) => minutesOf(value) !== null;
const RECORD = objectForm({
  beacon: isText, commit: isDigest, inspectors: listOf(objectForm({ id: isId, load: whole(0), ticket: isDigest })),
  load: objectForm({ least: whole(0), limit: whole(0) }), matters: listOf(isId), n: whole(1),
  reserve: listOf(objectForm({ class: isRosterText, id: isId, ticket: isDigest })), secret: isDigest,
  seed: (value) => isHex(value, 64),
  selected: listOf(objectForm({ class: isRosterText, id: isId, team: listOf(isId), ticket: isDigest, visit: isSlot })),
  unstaffed: listOf(isId), v: (value) => value === 2,
});

/** record.json as it was published, of teams of `seats`. @throws {Problem} where it has not this form */
export function readRecord(bytes, seats) {
  const record = parseCanonical(bytes, 'record.json');
  let what = '';
  const holds = RECORD(record, (path) => { what ||= path; }) && record.selected.every(({ team }) => team.length === seats);
  need(holds, 'json-form', { where: 'record.json', what });
  return record;
}

/** The most bytes that record.json can have. */
export function recordLimit(commit, sealedBytes) {
  const targets = commit.files['targets.csv'].rows;
  const inspectors = commit.files['inspectors.csv'].rows;
  return (1 << 17) + targets * (2 * 192 + 8 * 40 + 400) + inspectors * 200 + sealedBytes;
}

/** The line of a place, as a letter carries it (PROTOCOL 8). */
export function placeLine({ n, secret, selected }, i) {
  const { id, team, visit } = selected[i];
  const nonce = H(`${secret}place/${i}`).slice(0, 32);
  return writeCanonical({ n, nonce, place: i, target: id, team, visit });
}

/** The tree hash over the lines of all places. */
export function placesRoot(record) {
  const root = new Root();
  record.selected.forEach((_, i) => root.add(utf8(placeLine(record, i))));
  return hex(root.value());
}

/** A value for people: what it holds, without its keys. */
function show(value) {
  if (value === undefined) return '–';
  const parts = typeof value === 'object' ? Object.values(value).map((each) => [each].flat().join(', ')) : [String(value)];
  return brief(parts.join(' · '), 160);
}

/** Two lists of values must be equal. */
function equalLists(code, given, wanted) {
  const n = Math.max(given.length, wanted.length);
  for (let i = 0; i < n; i++) {
    const equal = JSON.stringify(given[i] ?? null) === JSON.stringify(wanted[i] ?? null);
    need(equal, code, { i, given: show(given[i]), wanted: show(wanted[i]) });
  }
}

const plain = (value) => JSON.parse(JSON.stringify(value));
const pick = (keys) => (each) => plain(Object.fromEntries(keys.map((key) => [key, each[key]])));

/** Each part of a record by the check that looks at it; a function throws where `given` is not what follows. */
export const COMPARE = {
  seed(given, { record }) {
    need(given.seed === record.seed, 'seed', { given: given.seed, wanted: record.seed });
  },

  /** The chosen in ticket order, whether staffed or not, and the reserve. */
  selection(given, { record, chosen }) {
    const tickets = new Map(chosen.map(({ row, ticket }) => [row.id, ticket]));
    const selected = given.selected.map(pick(['class', 'id', 'ticket']));
    const unstaffed = given.unstaffed.map((id) => ({ id, ticket: tickets.get(id) ?? 'x' }));
    need(inOrder(selected) && inOrder(unstaffed), 'ticket-order');
    const all = [...selected, ...unstaffed].sort((a, b) => (a.ticket < b.ticket ? -1 : 1));
    const wanted = chosen.map(({ row, ticket }) => ({ id: row.id, ticket }));
    equalLists('chosen', all.map(({ id, ticket }) => ({ id, ticket })), wanted);
    const classes = new Map(chosen.map(({ row }) => [row.id, row.class]));
    for (const each of selected) need(each.class === classes.get(each.id), 'class-wrong', { id: each.id });
    equalLists('reserve-wrong', given.reserve.map(pick(['class', 'id', 'ticket'])), record.reserve);
  },

  inspectors(given, { record }) {
    const parts = pick(['id', 'ticket']);
    equalLists('inspectors', given.inspectors.map(parts), record.inspectors.map(parts));
  },

  teams(given, { record }) {
    const parts = pick(['id', 'team']);
    equalLists('unstaffed', [...given.unstaffed], record.unstaffed);
    equalLists('teams', given.selected.map(parts), record.selected.map(parts));
    equalLists('loads', given.inspectors.map(pick(['id', 'load'])), record.inspectors.map(pick(['id', 'load'])));
    equalLists('limit', [pick(['least', 'limit'])(given.load)], [record.load]);
  },

  visits(given, { record }) {
    const parts = pick(['id', 'visit']);
    equalLists('visits', given.selected.map(parts), record.selected.map(parts));
  },

  matters(given, { record }) {
    equalLists('matters', [...given.matters], record.matters);
  },
};

const inOrder = (list) => list.every((each, i) => i === 0 || list[i - 1].ticket < each.ticket);
