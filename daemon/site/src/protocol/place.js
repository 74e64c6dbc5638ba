// The places that a letter names, against the log, before the reveal as well (PROTOCOL 8). The letter's attachment is canonical JSON,
//   {"key":"…","n":7,"origin":"…","places":[PROOF,…],"type":"places","v":2}
// with a PROOF for each place, which may also be given by itself:
//   {"index":0,"line":"<the place's line>","path":["<hex>",…],"size":13}
import { isHex, textOf, unbase64, unhex, utf8 } from './bytes.js';
import { MOST_PLACES, isId, isText, minutesOf } from './forms.js';
import { listOf, objectForm, whole } from './entries.js';
import { parseCanonical } from './json.js';
import { rootOfPath } from './merkle.js';
import { Problem, brief, need } from './problem.js';

export const MOST_PASTED = 1 << 20;     // characters
const MOST_LINES = 1000;

export const PROOF = objectForm({
  index: whole(0, MOST_PLACES), line: isText, path: listOf((value) => isHex(value, 64), 0, 64), size: whole(1, MOST_PLACES),
});
const DOCUMENT = objectForm({
  key: isText, n: whole(1), origin: isText, places: listOf(PROOF, 1), type: (value) => value === 'places', v: (value) => value === 2,
});
const LINE = objectForm({
  n: whole(1), nonce: (value) => isHex(value, 32), place: whole(0, MOST_PLACES), target: isId, team: listOf(isId, 1, 8),
  visit: (value) => minutesOf(value) !== null,
});

/**
 * @param {Report} report
 * @param {string} text what was pasted or is in the file: an attachment or a proof a line, or a saved letter
 * @returns {{status: 'ok'|'failed'|'notrun', code: string, params: object}[]} one for each place, or for what cannot be read
 */
export function checkPlaces(report, text) {
  if (text.length > MOST_PASTED) return [failed('place-long', { most: MOST_PASTED })];
  if (!text.trim()) return [failed('place-nothing')];
  const proofs = /^\s*\{/.test(text) ? text : attachmentOf(text);
  if (proofs === null) return [failed('place-letter')];
  const lines = proofs.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  if (lines.length > MOST_LINES) return [failed('place-lines', { most: MOST_LINES })];
  if (report.kind !== 'log') return [{ status: 'notrun', code: 'receipt-folder', params: {} }];
  if (report.verdict !== 'ok') return [{ status: 'notrun', code: 'receipt-unsound', params: {} }];
  return lines.flatMap((line) => guard(() => readLine(line).map((proof) => guard(() => holds(report, proof))).flat()));
}

const failed = (code, params = {}) => ({ status: 'failed', code, params });

/** What a file's or a line's reading gives, or the one problem that it has. */
function guard(body) {
  try {
    return [body()].flat();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return [failed(problem.code, problem.params)];
  }
}

/** The attachment of a saved letter: a part with its headers in front and base64 behind, as the program writes them. */
function attachmentOf(letter) {
  const parts = letter.replace(/\r\n/g, '\n').split(/^--.*$/m).slice(1);
  const [, body] = parts.map((part) => part.replace(/^\n/, '').split(/\n\n([^]*)/)).find(([head, text]) => text !== undefined &&
    /places-.*\.json/.test(head) && /^content-transfer-encoding:.*base64/im.test(head)) ?? [];
  const bytes = body === undefined ? null : unbase64(body.replace(/\s/g, ''));
  return bytes && textOf(bytes);
}

/** The proofs of a line: those of an attachment, or one by itself. */
function readLine(line) {
  if (!line.startsWith('{"key":')) return [read(line, PROOF)];
  const { key, n, origin, places } = read(line, DOCUMENT);
  return places.map((proof) => ({ ...proof, log: { key, origin }, n }));
}

function read(text, form) {
  const value = parseCanonical(utf8(text), 'letter');
  let what = '';
  need(form(value, (path) => { what ||= path; }), 'json-form', { where: 'letter', what: brief(what) });
  return value;
}

function holds(report, { index, line, path, size, log, n: told }) {
  const { n, place, target, team, visit } = read(line, LINE);
  need(!log || (log.key === report.key && log.origin === report.origin), 'receipt-log', log && { origin: brief(log.origin), key: brief(log.key) });
  need(told === undefined || told === n, 'place-other', { told, n });
  const draw = report.draws.find((each) => each.n === n && each.commit);
  need(draw, 'place-draw', { n });
  need(draw.state !== 'void', 'place-void', { n });
  need(draw.state === 'draw', 'place-open', { n });
  need(index === place, 'place-index', { index, place });
  need(rootOfPath(utf8(line), index, size, path.map(unhex)) === draw.places, 'place-path', { n, place: index });
  const params = { n, place: index, target, team: team.join(', '), visit: visit.replace('T', ' '), time: draw.since };
  const now = draw.opened?.sound ? draw.opened.places?.[index] : undefined;
  const amended = now && (now.target !== target || now.team.some((id, seat) => id !== team[seat]));
  if (!amended) return { status: 'ok', code: 'place-holds', params };
  return { status: 'ok', code: 'place-holds-amended', params: { ...params, now: presentOf(now) } };
}

/** What a place holds by its amendments, in short: an empty place or seat is a hyphen. */
function presentOf({ target, team }) {
  return target ? `${target}: ${team.map((id) => id || '-').join(', ')}` : '-';
}
