// A place that a letter names, against the log, before the reveal as well (PROTOCOL 8). A letter carries one line a place, canonical
// JSON: {"index":0,"line":"<the place's line>","path":["<hex>",…],"size":13}.
import { isHex, unhex, utf8 } from './bytes.js';
import { MOST_PLACES, isId, isText, minutesOf } from './forms.js';
import { listOf, objectForm, whole } from './entries.js';
import { parseCanonical } from './json.js';
import { rootOfPath } from './merkle.js';
import { Problem, brief, need } from './problem.js';

export const MOST_PASTED = 1 << 20;     // characters
const MOST_LINES = 1000;

const PROOF = objectForm({
  index: whole(0, MOST_PLACES), line: isText, path: listOf((value) => isHex(value, 64), 0, 64), size: whole(1, MOST_PLACES),
});
const LINE = objectForm({
  n: whole(1), nonce: (value) => isHex(value, 32), place: whole(0, MOST_PLACES), target: isId, team: listOf(isId, 1, 8),
  visit: (value) => minutesOf(value) !== null,
});

/**
 * @param {Report} report
 * @param {string} text what was pasted: a proof a line
 * @returns {{status: 'ok'|'failed'|'notrun', code: string, params: object}[]} one for each line that is not empty
 */
export function checkPlaces(report, text) {
  if (text.length > MOST_PASTED) return [{ status: 'failed', code: 'place-long', params: { most: MOST_PASTED } }];
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  if (!lines.length) return [{ status: 'failed', code: 'place-nothing', params: {} }];
  if (lines.length > MOST_LINES) return [{ status: 'failed', code: 'place-lines', params: { most: MOST_LINES } }];
  if (report.kind !== 'log') return [{ status: 'notrun', code: 'receipt-folder', params: {} }];
  if (report.verdict !== 'ok') return [{ status: 'notrun', code: 'receipt-unsound', params: {} }];
  return lines.map((line) => checkPlace(report, line));
}

function checkPlace(report, text) {
  try {
    return { status: 'ok', ...holds(report, readProof(text)) };
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return { status: 'failed', code: problem.code, params: problem.params };
  }
}

function readProof(text) {
  const proof = read(text, PROOF);
  return { ...proof, place: read(proof.line, LINE) };
}

function read(text, form) {
  const value = parseCanonical(utf8(text), 'letter');
  let what = '';
  need(form(value, (path) => { what ||= path; }), 'json-form', { where: 'letter', what: brief(what) });
  return value;
}

function holds(report, { index, line, path, size, place }) {
  const { n, target, team, visit } = place;
  const draw = report.draws.find((each) => each.n === n && each.commit);
  need(draw, 'place-draw', { n });
  need(draw.state !== 'void', 'place-void', { n });
  need(draw.state === 'draw', 'place-open', { n });
  need(index === place.place, 'place-index', { index, place: place.place });
  need(rootOfPath(utf8(line), index, size, path.map(unhex)) === draw.places, 'place-path', { n, place: index });
  const params = { n, place: index, target, team: team.join(', '), visit };
  const now = draw.opened?.sound ? draw.opened.places?.[index] : undefined;
  const amended = now && (now.target !== target || now.team.some((id, seat) => id !== team[seat]));
  return { code: amended ? 'place-holds-amended' : 'place-holds', params };
}
