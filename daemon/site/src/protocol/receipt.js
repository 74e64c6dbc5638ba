// A receipt that a target holds, against the directory that was checked. spotcheck(1) says its form.
import { H, isHex, unhex, utf8 } from './bytes.js';
import { Lots, select } from './draw.js';
import { stratumOf, takesPart } from './drum.js';
import { isDigest, listOf, objectForm, oneOf, optional, whole } from './entries.js';
import { MOST_ROWS, isText } from './forms.js';
import { parseCanonical } from './json.js';
import { rootOfPath } from './merkle.js';
import { PROOF } from './place.js';
import { Problem, brief, need } from './problem.js';
import { placeLine } from './record.js';
import { TARGETS, readTargets, tableLimit } from './rosters.js';

export const MOST_RECEIPT = 2 ** 20;     // bytes

const PRIVATE = TARGETS.split(',').indexOf('private');
const isTicket = (value) => value === '' || isDigest(value);
const pair = objectForm({ header: isText, row: isText });
const RECEIPT = objectForm({
  commit: isDigest, index: whole(0), key: isText,
  line: objectForm({ class: isText, drum: whole(0), due: isTicket, in: isTicket, take: whole(0) }),
  n: whole(1), origin: isText, outcome: oneOf('none', 'reserve', 'selected', 'unstaffed'), path: listOf((value) => isHex(value, 64), 0, 64),
  place: optional(PROOF), private: pair, public: pair, reserve: whole(0), rows: whole(0), seed: isDigest, ticket: isTicket,
  type: (value) => value === 'receipt', v: (value) => value === 2,
});

/**
 * @param {{read}} source the same that the report is of
 * @param {Report} report
 * @param {Uint8Array} bytes of the receipt; the caller has held their number against MOST_RECEIPT
 * @returns {Promise<{status: 'ok'|'failed'|'notrun', code: string, params: object}>} what it says, or what is wrong
 */
export async function checkReceipt(source, report, bytes) {
  try {
    const receipt = readReceipt(bytes);
    if (report.kind !== 'log') return { status: 'notrun', code: 'receipt-folder', params: {} };
    if (report.verdict !== 'ok') return { status: 'notrun', code: 'receipt-unsound', params: {} };
    return { status: 'ok', ...(await hold(source, report, receipt)) };
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return { status: 'failed', code: problem.code, params: problem.params };
  }
}

function readReceipt(bytes) {
  need(bytes.length <= MOST_RECEIPT, 'receipt-long', { most: MOST_RECEIPT });
  const receipt = parseCanonical(bytes, 'receipt');
  let what = '';
  need(RECEIPT(receipt, (path) => { what ||= path; }), 'json-form', { where: 'receipt', what: brief(what) });
  need(('place' in receipt) === (receipt.outcome === 'selected'), 'json-form', { where: 'receipt', what: 'place' });
  return receipt;
}

async function hold(source, report, receipt) {
  const { n } = receipt;
  need(receipt.key === report.key && receipt.origin === report.origin, 'receipt-log', { origin: brief(receipt.origin), key: brief(receipt.key) });
  const draw = report.draws.find((each) => each.n === n && each.commit);
  need(draw, 'receipt-draw', { n });
  need(draw.state !== 'void', 'receipt-void', { n });
  need(draw.revealed, 'receipt-sealed', { n, time: draw.commit.reveal_time });
  need(receipt.commit === draw.commit.hash, 'receipt-commit', { n });
  need(draw.opened?.sound, 'answer-unsound', { n });
  const { root, rows } = draw.commit.files['targets.csv'];
  const leads = receipt.rows === rows && rootOfPath(utf8(receipt.public.row), receipt.index, rows, receipt.path.map(unhex)) === root;
  need(receipt.public.header === TARGETS && leads, 'receipt-row', { n });
  return holdRow(source, draw, receipt);
}

/** The row is one of the committed roster: all else follows from it and the draw. */
async function holdRow(source, draw, receipt) {
  const fields = receipt.public.row.split(',');
  const [id] = fields;
  const { header, row } = receipt.private;
  need(H(`${header}\n${row}`) === fields[PRIVATE], 'receipt-private', { id });
  need(row.split(',')[0] === id, 'receipt-private-id', { id });
  const wanted = await follows(source, draw, id);
  const { n } = receipt;
  need(receipt.seed === draw.opened.record.seed, 'receipt-seed', { n });
  need(receipt.ticket === wanted.ticket, 'receipt-ticket', { n, id, ticket: wanted.ticket });
  const sameLine = Object.entries(wanted.line).every(([key, value]) => receipt.line[key] === value);
  need(sameLine, 'receipt-line', { n, class: wanted.line.class });
  need(receipt.outcome === wanted.outcome && receipt.reserve === wanted.reserve, 'receipt-outcome', { n, id });
  const params = { n, id, number: wanted.reserve, ticket: wanted.ticket };
  if (receipt.place) Object.assign(params, holdPlace(draw, receipt.place, id));
  return { code: `receipt-holds-${wanted.word}`, params };
}

/** The place that the draw's entry committed to is this target's. */
function holdPlace({ n, places, opened: { record } }, { index, line, path, size }, id) {
  const right = record.selected[index]?.id === id && size === record.selected.length && line === placeLine(record, index);
  need(right && rootOfPath(utf8(line), index, size, path.map(unhex)) === places, 'receipt-place', { n, id });
  return { place: index, visit: record.selected[index].visit.replace('T', ' ') };
}

/** What the draw says of a target, from the roster and the seed. */
async function follows(source, draw, id) {
  const { commit, folder, opened: { record, strata } } = draw;
  const { rows } = commit.files['targets.csv'];
  need(rows <= MOST_ROWS, 'csv-rows', { where: 'targets.csv', rows });
  const bytes = await source.read(`${folder}/targets.csv`, tableLimit(TARGETS, rows));
  need(bytes !== null && H(bytes) === commit.files['targets.csv'].sha256, 'digest', { where: 'targets.csv' });
  const table = await readTargets(bytes, commit.date, async () => {});
  const row = table.byId.get(id);
  const lots = new Lots(record.seed);
  const stratum = stratumOf(commit.strata)(row.class);
  const { chosen, reserve } = await select(commit, strata, table.list, lots, async () => {});
  const wanted = { ticket: takesPart(row) ? lots.ticket(id, row.weight) : '', line: lineOf(strata, stratum, chosen) };
  const waiting = reserve.filter((each) => each.stratum === stratum).findIndex((each) => each.row.id === id) + 1;
  return { ...wanted, reserve: waiting, ...outcomeOf(record, row, waiting) };
}

/** The last ticket drawn in each of a stratum's two groups. */
function lineOf(strata, stratum, chosen) {
  const { class: name, drum, take } = strata[stratum];
  const line = { class: name, drum, due: '', in: '', take };
  const find = stratumOf(strata);
  for (const { row, ticket } of chosen) {       // in ticket order
    if (find(row.class) === stratum) line[row.drum === 'in' ? 'in' : 'due'] = ticket;
  }
  return line;
}

function outcomeOf(record, row, waiting) {
  if (record.selected.some(({ id }) => id === row.id)) return { outcome: 'selected', word: 'selected' };
  if (record.unstaffed.includes(row.id)) return { outcome: 'unstaffed', word: 'unstaffed' };
  if (waiting) return { outcome: 'reserve', word: 'reserve' };
  return { outcome: 'none', word: takesPart(row) ? 'not-drawn' : row.drum };
}
