// The files of a draw (PROTOCOL 3): tables and sealed.json, read strictly.
import { compareBytes, compareText, hex, isHex, textOf } from './bytes.js';
import { MOST_ROWS, ascends, dateOf, dayOf, isId, isRosterText, isTag, minutesOf, unsigned } from './forms.js';
import { isDigest, listOf, objectForm, whole } from './entries.js';
import { parseCanonical } from './json.js';
import { Root } from './merkle.js';
import { Problem, brief, need } from './problem.js';

const LF = 10;
const SLICE = 4096;     // rows between two reports of progress

export const TARGETS = 'id,class,unit,area,level,needs,weight,since,last_drawn,elsewhere,drum,private';
export const INSPECTORS = 'id,unit,area,level,tags,drum,private';
export const CONFLICTS = 'inspector,scope,value,why';
export const AWAY = 'inspector,date';
const MOST_SLOTS = 2000;

// The longest line of each table, in bytes; of inspectors, whose tags have no bound, a very long one.
const LONGEST = { [TARGETS]: 3 * 192 + 250, [INSPECTORS]: 2 * 192 + 8192, [CONFLICTS]: 256, [AWAY]: 44 };

const SLACK = 1 << 16;      // bytes, for the header and then some

/** The most bytes that a table of so many rows can have. */
export const tableLimit = (header, rows) => SLACK + rows * LONGEST[header];

/**
 * The lines of a public CSV.
 * @param {Uint8Array} bytes
 * @param {string} header
 * @param {string} where the file's name
 * @param {function(string[], string): void} row told each line's fields, and the line
 * @param {function(number): Promise<void>} progress told the share that is done
 * @returns {Promise<{rows: number, root: string}>}
 */
async function readTable(bytes, header, where, row, progress) {
  const text = textOf(bytes);
  need(text !== null, 'not-utf8', { where });
  need(bytes.length > 0 && bytes[bytes.length - 1] === LF, 'csv-end', { where });
  const lines = text.split('\n');
  need(lines[0] === header, 'csv-header', { where });
  const rows = lines.length - 2;
  need(rows <= MOST_ROWS, 'csv-rows', { where, rows });
  const columns = header.split(',').length;
  const root = new Root();
  let from = header.length + 1;
  let last = null;
  for (let i = 1; i <= rows; i++) {
    const to = bytes.indexOf(LF, from);
    const line = bytes.subarray(from, to);
    const fields = lines[i].split(',');
    need(fields.length === columns, 'csv-columns', { where, line: i + 1 });
    need(last === null || compareBytes(last, line) < 0, 'csv-order', { where, line: i + 1 });
    const wrong = row(fields);
    if (wrong) {
      const value = brief(fields[columnAt(header, wrong)]);
      throw new Problem('csv-field', { where, line: i + 1, column: wrong, value });
    }
    root.add(line);
    last = line;
    from = to + 1;
    if (i % SLICE === 0) await progress(i / rows);
  }
  return { rows, root: hex(root.value()) };
}

const columnAt = (header, column) => header.split(',').indexOf(column);

const DRUMS = new Set(['in', 'due', 'carried', 'rest', 'excused']);

/**
 * targets.csv.
 * @param {string} date of the draw; no `since` is after it
 * @returns {Promise<{rows: number, root: string, list: object[], byId: Map<string, object>}>} in the file's order
 */
export async function readTargets(bytes, date, progress) {
  const list = [];
  const byId = new Map();
  const read = await readTable(bytes, TARGETS, 'targets.csv', (fields) => {
    const row = targetRow(fields);
    const wrong = wrongInTarget(row, fields, date, byId);
    if (!wrong) {
      list.push(row);
      byId.set(row.id, row);
    }
    return wrong;
  }, progress);
  return { ...read, list, byId };
}

function targetRow([id, stratum, unit, area, level, needs, weight, since, lastDrawn, elsewhere, drum]) {
  return {
    id, class: stratum, unit, area, level: level === '' ? null : unsigned(level), needs, weight: unsigned(weight), since,
    last_drawn: lastDrawn, elsewhere, drum,
  };
}

function wrongInTarget(row, fields, date, byId) {
  if (!isId(row.id) || byId.has(row.id)) return 'id';
  if (!isRosterText(row.class)) return 'class';
  if (!isRosterText(row.unit)) return 'unit';
  if (!isRosterText(row.area)) return 'area';
  if (!isLevel(fields[4])) return 'level';
  if (row.needs !== '' && !isTag(row.needs)) return 'needs';
  if (row.weight === null || row.weight < 1 || row.weight > 100) return 'weight';
  if (dayOf(row.since) === null || !row.since.endsWith('-01-01') || row.since > date) return 'since';
  if (row.last_drawn !== '' && dayOf(row.last_drawn) === null) return 'last_drawn';
  if (row.elsewhere !== '' && dayOf(row.elsewhere) === null) return 'elsewhere';
  if (!DRUMS.has(row.drum)) return 'drum';
  return isHex(fields[11], 64) ? '' : 'private';
}

function isLevel(text) {
  const level = unsigned(text);
  return text === '' || (level !== null && level <= 999);
}

/** inspectors.csv; as readTargets. `tags` is a list. */
export async function readInspectors(bytes, progress) {
  const list = [];
  const byId = new Map();
  const read = await readTable(bytes, INSPECTORS, 'inspectors.csv', (fields) => {
    const [id, unit, area, level, tags, drum] = fields;
    const row = { id, unit, area, level: level === '' ? null : unsigned(level), tags: tags === '' ? [] : tags.split(';'), drum };
    const wrong = wrongInInspector(row, fields, byId);
    if (!wrong) {
      list.push(row);
      byId.set(id, row);
    }
    return wrong;
  }, progress);
  return { ...read, list, byId };
}

function wrongInInspector(row, fields, byId) {
  if (!isId(row.id) || byId.has(row.id)) return 'id';
  if (!isRosterText(row.unit)) return 'unit';
  if (!isRosterText(row.area)) return 'area';
  if (!isLevel(fields[3])) return 'level';
  if (!row.tags.every(isTag) || !ascends(row.tags, compareText)) return 'tags';
  if (!['in', 'away', 'excused'].includes(row.drum)) return 'drum';
  return isHex(fields[6], 64) ? '' : 'private';
}

/**
 * conflicts.csv, against the rosters that it names.
 * @returns {Promise<{rows: number, list: {inspector: string, scope: string, value: string, why: string}[]}>}
 */
export async function readConflicts(bytes, targets, inspectors, progress) {
  const values = {
    target: targets.byId, unit: new Set(targets.list.map((row) => row.unit)),
    area: new Set(targets.list.map((row) => row.area)),
  };
  const list = [];
  const read = await readTable(bytes, CONFLICTS, 'conflicts.csv', ([inspector, scope, value, why]) => {
    if (!inspectors.byId.has(inspector)) return 'inspector';
    if (!Object.hasOwn(values, scope)) return 'scope';
    if (value === '' || !values[scope].has(value)) return 'value';
    if (why !== 'declared' && !(why === 'rotation' && scope === 'target')) return 'why';
    list.push({ inspector, scope, value, why });
    return '';
  }, progress);
  return { ...read, list };
}

/**
 * away.csv, against the inspectors and slots that it names.
 * @returns {Promise<{rows: number, dates: Map<string, Set<string>>}>} by inspector
 */
export async function readAway(bytes, inspectors, slots, progress) {
  const known = new Set(slots.map(dateOf));
  const dates = new Map();
  const read = await readTable(bytes, AWAY, 'away.csv', ([inspector, date]) => {
    if (!inspectors.byId.has(inspector)) return 'inspector';
    if (!known.has(date)) return 'date';
    if (!dates.has(inspector)) dates.set(inspector, new Set());
    dates.get(inspector).add(date);
    return '';
  }, progress);
  return { ...read, dates };
}

const FILE = objectForm({ rows: whole(0, MOST_ROWS), sha256: isDigest });
const STRATUM = objectForm({ class: isRosterText, drum: whole(0), slips: whole(0), take: whole(0) });

const SEALED = objectForm({
  away: FILE, conflicts: FILE,
  matters: objectForm({ from: (value) => listOf(isId)(value) && ascends(value, compareText), take: whole(0) }),
  nonce: (value) => isHex(value, 32),
  slots: (value) => listOf((slot) => minutesOf(slot) !== null, 1, MOST_SLOTS)(value) && ascends(value, compareText),
  strata: listOf(STRATUM), v: (value) => value === 2,
});

/** sealed.json. @returns {object} */
export function readSealed(bytes) {
  const sealed = parseCanonical(bytes, 'sealed.json');
  let what = '';
  const holds = SEALED(sealed, (path) => { what ||= path; });
  need(holds, 'json-form', { where: 'sealed.json', what });
  need(sealed.matters.take <= sealed.matters.from.length, 'json-form', { where: 'sealed.json', what: 'matters.take' });
  return sealed;
}
