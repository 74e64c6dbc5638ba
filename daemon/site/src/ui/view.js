// A report as elements. Text comes in by textContent alone: nothing that was read is ever markup.

import { timeText } from '../protocol/forms.js';
import { some } from '../protocol/notes.js';

const MOST_ROWS = 300;      // of a table on the page

/**
 * An element.
 * @param {string} tag with classes: 'p.note'
 * @param {object} attributes
 * @param {...(Node|string|null)} children
 */
export function el(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** What comes after the verdict. @param {function(string, object=): string} t */
export function reportView(t, report) {
  const title = report.draws.length ? el('h2', {}, t('draws')) : null;
  return [factsView(t, report), notesView(t, report.notes), logView(t, report), title,
    ...report.draws.map((draw) => drawView(t, draw, report))].filter(Boolean);
}

/** The sentence of a check's reason or of a note. */
function reason(t, { code, params }) {
  if (!code) return '';
  return t(code, params?.where === 'earlier' ? { ...params, where: t('known-since') } : params);
}

/** The verdict first. It is green only where some draw is of class A or B, and none of class C, now or at best. */
export function verdictView(t, report, options) {
  const { verdict, kind, draws, notes, key } = report;
  const groups = byClass(draws);
  const { code, params } = verdictSentence(t, report, groups);
  const box = el(`section.verdict.${/^verdict-(weak|pending|alone)/.test(code) ? 'weak' : verdict}`, { role: 'status' });
  box.append(el('p.big', {}, t(code, params)));
  if (verdict === 'ok' && groups.size) box.append(classesView(t, groups));
  if (kind === 'folder') box.append(el('p', {}, t('verdict-folder')));
  else if (draws.length) box.append(el('p', {}, countText(t, draws)));
  if (kind === 'log' && key) box.append(el('p', {}, options.key ? t('verdict-pinned') : t('verdict-unpinned', { key })));
  if (notes.some(({ code }) => code.startsWith('note-overdue'))) box.append(el('p', {}, t('verdict-now')));
  return box;
}

/** The numbers of draws by class. */
function byClass(draws) {
  const groups = new Map();
  for (const { n, assurance } of draws) {
    if (!assurance) continue;
    const key = classKey(assurance);
    groups.set(key, [...groups.get(key) ?? [], n]);
  }
  return groups;
}

const CLASS_ORDER = ['C', 'B-if', 'A-if', 'B', 'A', 'pending-C', 'pending', 'none', 'unknown'];

function classesView(t, groups) {
  const items = CLASS_ORDER.filter((key) => groups.has(key)).map((key) => el(`li.class.${toneOf(key)}`, {}, t(`box-${key}`, { ns: some(groups.get(key), 20) })));
  return el('div.classes', {}, el('ul', {}, ...items), el('p', {}, t('box-lists')));
}

function verdictSentence(t, { verdict, first, kind, draws }, groups) {
  const ns = (key) => ({ ns: some(groups.get(key)) });
  if (verdict === 'failed') {
    const where = first.n ? t('draw-n', { n: first.n }) : t('the-log');
    return { code: 'verdict-failed', params: { where, check: first.check.name, reason: reason(t, first.check) } };
  }
  if (verdict !== 'ok') return { code: `verdict-${verdict}` };
  if (kind === 'folder') return { code: draws[0]?.commit?.beacon.source === 'none' ? 'verdict-alone-C' : 'verdict-alone' };
  if (groups.has('C')) return { code: 'verdict-weak', params: ns('C') };
  if (groups.has('pending-C')) return { code: 'verdict-pending-C', params: ns('pending-C') };
  return { code: groups.size && ![...groups.keys()].some(isGood) ? 'verdict-pending' : 'verdict-ok' };
}

const isGood = (key) => /^[AB]/.test(key);

/** How a class is coloured. */
const toneOf = (key) => (isGood(key) ? 'good' : key === 'none' || key === 'unknown' ? 'none' : 'poor');

function countText(t, draws) {
  const opened = draws.filter(({ revealed }) => revealed).length;
  return t('verdict-sealed', { opened, total: draws.length, sealed: draws.length - opened });
}

function factsView(t, { origin, operator, size, newest, kind }) {
  if (kind === 'folder') return null;
  const facts = { origin, operator, size, newest: newest ? timeText(newest) : '' };
  const list = el('dl.facts');
  for (const [name, value] of Object.entries(facts)) if (value) list.append(el('dt', {}, t(name)), el('dd', {}, String(value)));
  return list;
}

function notesView(t, notes) {
  if (!notes.length) return null;
  return el('section.notes', {}, el('h3', {}, t('notes')), el('ul', {}, ...notes.map((note) => el(note.loud ? 'li.loud' : 'li', {}, reason(t, note)))));
}

function logView(t, { log, kind }) {
  if (kind === 'folder') return null;
  const failed = log.some(({ status }) => status === 'failed');
  const summary = el('summary', {}, el('b', {}, t('log')), ' ', stateView(t, log));
  return el('details.scope', failed ? { open: '' } : {}, summary, checksView(t, log, ''));
}

/** In short, how the checks went. */
function stateView(t, checks) {
  if (checks.some(({ status }) => status === 'failed')) return el('span.state.failed', {}, `✗ ${t('some-failed')}`);
  const cut = ({ status, code }) => status === 'notrun' && /^(not-reached|needs|no-record|history-unknown|no-log.*|.*too-large)$/.test(code);
  if (checks.some(cut)) return el('span.state.notrun', {}, `– ${t('not-all-run')}`);
  const sealed = checks.some(({ status }) => status === 'sealed');
  return el(`span.state.${sealed ? 'sealed' : 'ok'}`, {}, sealed ? `◌ ${t('sealed')}` : `✓ ${t('all-hold')}`);
}

const MARKS = { ok: '✓', failed: '✗', sealed: '◌', notrun: '–' };

/** @param {string} source of the draw's beacon; '' where there is none */
function checksView(t, checks, source) {
  const codeOf = (name) => (name === 'beacon' && source ? `check-beacon-${source}` : `check-${name}`);
  const rows = checks.map((check) => el(`tr.${check.status}`, {},
    el('th', { scope: 'row' }, el('code', {}, check.name)),
    el('td.mark', {}, `${MARKS[check.status]} ${t(check.status)}`),
    el('td', {}, t(codeOf(check.name)), check.code && check.code !== 'sealed' ? el('div.reason', {}, reason(t, check)) : null)));
  return el('table.checks', {}, el('caption', {}, t('checks')), el('tbody', {}, ...rows));
}

function drawView(t, draw, report) {
  const { n, checks, commit, notes, assurance, state } = draw;
  const failed = checks.some(({ status }) => status === 'failed');
  const parts = [draw.cycle ? t('cycle', { cycle: draw.cycle }) : '', commit?.date ?? '', t(`state-${state}`),
    assurance ? t('grade', { class: t(`class-short-${classKey(assurance)}`) }) : ''].filter(Boolean);
  const open = failed || report.draws.length === 1;
  const details = el('details.scope', open ? { open: '' } : {}, el('summary', {}, el('b', {}, t('draw-title', { n })), ' ',
    stateView(t, checks), el('span.parts', {}, parts.join(' · '))));
  if (assurance) details.append(...classView(t, assurance));
  if (commit) {
    details.append(el('p.times', {}, t('drawn-at', { time: commit.draw_time }),
      draw.revealed || state === 'unknown' ? '' : ` · ${t('state-sealed', { time: commit.reveal_time })}`));
  }
  if (notes.length) details.append(notesView(t, notes));
  details.append(checksView(t, checks, commit?.beacon?.source ?? ''));
  if (draw.opened?.sound) details.append(placesView(t, draw.opened));
  return details;
}

/** "A" and "B" are said outright only where the witnesses were given as independent. */
function classKey({ class: letter, best, independent }) {
  if (letter === 'pending' && best === 'C') return 'pending-C';
  return /^[AB]$/.test(letter) && !independent ? `${letter}-if` : letter;
}

function classView(t, assurance) {
  const { witnesses, source } = assurance;
  const key = classKey(assurance);
  const parts = [el(`p.class.${toneOf(key)}`, {}, t(`class-${key}`, { witnesses: witnesses.join(', ') }))];
  if (source === 'witness' && key.startsWith('B')) parts.push(el('p', {}, t('class-witness')));
  return parts;
}

function placesView(t, { record, places }) {
  const heads = ['place', 'target', 'class', 'visit', 'team'].map((name) => el('th', { scope: 'col' }, t(name)));
  const rows = record.selected.slice(0, MOST_ROWS).map((drawn, i) => placeRow(t, i, drawn, places?.[i]));
  const box = el('details', {}, el('summary', {}, t('places')), el('div.wide', {}, el('table.places', {},
    el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...rows))));
  if (record.selected.length > MOST_ROWS) box.append(el('p', {}, t('list-cut', { count: record.selected.length - MOST_ROWS })));
  const idOf = ({ id }) => id;
  const lists = { 'drawn-inspectors': record.inspectors.map(idOf), reserve: record.reserve.map(idOf), 'drawn-matters': record.matters };
  for (const [name, ids] of Object.entries(lists)) box.append(el('p', {}, t(name, { ids: some(ids, MOST_ROWS) || t('nowhere') })));
  box.append(el('p.hash', {}, t('seed-is', { seed: record.seed })));
  return box;
}

function placeRow(t, i, drawn, now) {
  const target = now ? now.target : drawn.id;
  const team = (now?.team ?? drawn.team).map((id) => id || t('empty')).join(', ');
  const changed = target !== drawn.id || (now && now.team.some((id, seat) => id !== drawn.team[seat]));
  const was = el('div.reason', {}, t('was', { id: `${drawn.id} (${drawn.team.join(', ')})` }));
  return el('tr', {}, el('td', {}, String(i)), el('td', {}, target || t('empty'), changed ? was : null), el('td', {}, drawn.class),
    el('td', {}, target ? drawn.visit.replace('T', ' ') : ''), el('td', {}, target ? team : ''));
}

/** Answers about an id. */
export function answersView(t, answers) {
  if (!answers.length) return [el('p', {}, t('who-none'))];
  return [el('ul', {}, ...answers.map((answer) => el('li', {}, answerText(t, answer))))];
}

function answerText(t, answer) {
  const { n, kind } = answer;
  if (kind === 'target') return targetText(t, answer);
  if (kind === 'inspector') {
    if (answer.result === 'no-part') return t('answer-inspector-excused', { n, drum: t(`drum-${answer.drum}`) });
    return t(`answer-inspector-${answer.result}`, { n, ticket: answer.ticket, targets: answer.targets.join(', ') || t('nowhere') });
  }
  return t(`answer-${kind}`, { n, listed: answer.listed ? t('yes') : t('no') });
}

function targetText(t, { n, drum, weight, ticket, result, place }) {
  if (result === 'no-part') return t(`answer-${drum}`, { n });
  const params = place ? { visit: place.visit.replace('T', ' '), team: place.team.map((id) => id || t('empty')).join(', ') } : {};
  let outcome = result;
  if (place && !place.held) outcome = 'left';
  else if (place?.replaced) outcome = 'replaced';
  return `${t('answer-in', { n, drum: t(`drum-${drum}`), weight, ticket })} ${t(`answer-${outcome}`, params)}`;
}

/** What a receipt says, or what is wrong with it. */
export function heldView(t, { status, code, params }) {
  const sentence = t(code, params?.where === 'receipt' ? { ...params, where: t('receipt') } : params);
  return el(`p.held.${status}`, {}, el('b', {}, t(`held-${status}`)), ' ', sentence);
}

/** What the log says of a place that a letter names. */
export function placedView(t, { status, code, params }) {
  const sentence = t(code, params?.where === 'letter' ? { ...params, where: t('letter') } : params);
  return el(`p.held.${status}`, {}, el('b', {}, t(`place-${status}`)), ' ', sentence);
}
