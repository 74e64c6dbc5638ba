// "Was I in the drum, what was my ticket, was I drawn?" for each opened draw.
import { H, textOf } from './bytes.js';
import { takesPart } from './drum.js';
import { Lots } from './draw.js';
import { INSPECTORS, TARGETS, tableLimit } from './rosters.js';

/**
 * @typedef {object} Answer
 * @property {number} n
 * @property {'sealed'|'void'|'absent'|'unsound'|'target'|'inspector'} kind
 * @property {string} [drum] @property {string} [ticket] @property {string} [class] @property {number} [weight]
 * @property {string} [result] of a target: 'selected', 'unstaffed', 'reserve', 'not-chosen', 'no-part'; of an
 *           inspector: 'drawn', 'not-drawn', 'no-part'
 * @property {{held, visit, team, replaced}} [place] where it was drawn, as amended
 */

/**
 * @param {{read}} source the same that the report is of
 * @param {Report} report
 * @param {string} id of a target or inspector
 * @returns {Promise<Answer[]>} one for each draw, two where the id is a target's and an inspector's
 */
export async function lookUp(source, report, id) {
  const answers = [];
  for (const draw of report.draws) {
    if (!draw.commit) continue;
    answers.push(...(await lookIn(source, draw, id)));
  }
  return answers;
}

async function lookIn(source, draw, id) {
  const { n, opened } = draw;
  if (!draw.revealed) return [{ n, kind: 'sealed' }];
  const target = await rowOf(source, draw, 'targets.csv', TARGETS, id);
  const inspector = await rowOf(source, draw, 'inspectors.csv', INSPECTORS, id);
  if (draw.state === 'void') return [{ n, kind: 'void', listed: Boolean(target || inspector) }];
  if (!opened?.sound) return [{ n, kind: 'unsound' }];
  const lots = new Lots(opened.record.seed);
  const answers = [];
  if (target) answers.push(aboutTarget(n, target, opened, lots));
  if (inspector) answers.push(aboutInspector(n, inspector, opened, lots));
  return answers.length ? answers : [{ n, kind: 'absent' }];
}

/** A line of a committed table by its id, as an object; null if there is none or the file is another. */
async function rowOf(source, { folder, commit }, name, header, id) {
  const { rows, sha256 } = commit.files[name];
  const bytes = await source.read(`${folder}/${name}`, tableLimit(header, rows)).catch(() => null);
  if (!bytes || H(bytes) !== sha256) return null;
  const text = textOf(bytes) ?? '';
  const at = text.indexOf(`\n${id},`);
  if (at < 0) return null;
  const fields = text.slice(at + 1, text.indexOf('\n', at + 1)).split(',');
  return Object.fromEntries(header.split(',').map((column, i) => [column, fields[i] ?? '']));
}

function aboutTarget(n, row, opened, lots) {
  const { id, drum } = row;
  const answer = { n, kind: 'target', class: row.class, drum, weight: Number(row.weight), ticket: '', result: 'no-part', place: null };
  if (!takesPart(row)) return answer;
  answer.ticket = lots.ticket(id, answer.weight);
  const { record, places } = opened;
  const i = places ? places.findIndex(({ target }) => target === id) : record.selected.findIndex((each) => each.id === id);
  const drawn = record.selected.find((each) => each.id === id);
  if (drawn) answer.result = 'selected';
  else if (record.unstaffed.includes(id)) answer.result = 'unstaffed';
  else if (record.reserve.some((each) => each.id === id)) answer.result = 'reserve';
  else answer.result = 'not-chosen';
  if (drawn || i >= 0) answer.place = placeOf(opened, id, i, drawn);
  return answer;
}

function placeOf({ record, places }, id, i, drawn) {
  if (i < 0) return { held: false, visit: drawn.visit, team: drawn.team, replaced: false };
  return { held: true, visit: record.selected[i].visit, team: places?.[i].team ?? drawn.team, replaced: !drawn };
}

function aboutInspector(n, row, opened, lots) {
  const { id, drum } = row;
  const answer = { n, kind: 'inspector', drum, ticket: '', result: 'no-part', targets: [] };
  if (drum !== 'in') return answer;
  answer.ticket = lots.inspector(id);
  const drawn = opened.record.inspectors.find((each) => each.id === id);
  answer.result = drawn ? 'drawn' : 'not-drawn';
  const held = opened.places ?? opened.record.selected.map((each) => ({ target: each.id, team: each.team }));
  answer.targets = held.filter(({ target, team }) => target && team.includes(id)).map(({ target }) => target);
  return answer;
}
