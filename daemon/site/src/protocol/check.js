// A published directory, checked from first to last (PROTOCOL 10).
import { same, textOf } from './bytes.js';
import { bestOf, classOf, isIndependent, isLower } from './assurance.js';
import { checkPolicies, parseEntry, readEntry } from './entries.js';
import { checkDraw, checkOneFolder } from './draws.js';
import { LOG_KEY, MOST_NOTE, cosignatures, parseCheckpoint, parseVerifierKey, signedBy } from './note.js';
import { archiveName, folderOf, survey } from './names.js';
import { notesOfLog, notesOfWhole, sharedTargets } from './notes.js';
import { need } from './problem.js';
import { DRAW_CHECKS, LOG_CHECKS, Runner, Skip } from './runner.js';
import { checkOrder, overdue, reachedTime, replay, witnessLists } from './sequence.js';
import { readFirstEntry, readLog } from './tiles.js';

/**
 * @typedef {object} Options
 * @property {string} [key] the log's verifier key, as the caller knows it
 * @property {string[]} [independent] verifier keys of witnesses that the caller takes as independent
 * @property {Uint8Array} [since] an earlier checkpoint
 * @property {number} [at] seconds: what must have been published is judged as of then
 * @property {number} [clock] seconds: now, for notes of what is overdue
 * @property {function({code: string, params: object}, number): Promise<void>} [progress]
 */

/**
 * @typedef {object} Report
 * @property {'log'|'folder'} kind
 * @property {'ok'|'failed'|'incomplete'} verdict incomplete: something was too large for a page
 * @property {{n: number, check: Check}|null} first the first check that failed; n is 0 for the log
 * @property {Check[]} log
 * @property {object[]} draws each {n, folder, cycle, commit, state, checks, notes, assurance, opened}
 * @property {{code, params}[]} notes
 */

/**
 * Check whatever `source` holds: a published directory, or one draw's folder.
 * @param {{list, exists, read}} source of source.js
 * @param {Options} options
 * @returns {Promise<Report>}
 */
export async function check(source, options = {}) {
  const settings = { key: '', independent: [], since: null, at: null, clock: null, progress: async () => {}, ...options };
  const report = source.kind === 'folder' ? await checkOneFolder(source, settings) : await checkLog(source, settings);
  return { ...report, ...verdictOf(report) };
}

function verdictOf({ log, draws }) {
  const scopes = [{ n: 0, checks: log }, ...draws];
  for (const { n, checks } of scopes) {
    const failed = checks.find(({ status }) => status === 'failed');
    if (failed) return { verdict: 'failed', first: { n, check: failed } };
  }
  const cut = scopes.some(({ checks }) => checks.some(({ status, code }) => status === 'notrun' && code.endsWith('too-large')));
  return { verdict: cut ? 'incomplete' : 'ok', first: null };
}

async function checkLog(source, settings) {
  const log = new Runner(LOG_CHECKS);
  const state = {
    source, settings, log, entries: [], bytes: [], draws: [], lists: [], histories: new Map(), pasts: new Map(), rosters: new Map(),
    archives: new Map(), cosignedSize: 0, found: null, hasArchive: false,
  };
  await log.run('signature', [], () => checkSignature(state));
  await log.run('tree', ['signature'], () => checkTree(state));
  await log.run('append-only', ['tree'], () => checkAppendOnly(state));
  await log.run('sequence', ['tree'], () => checkSequence(state));
  await log.run('order', state.replayed ? [] : ['sequence'], () => checkOrder(state.entries, state.draws));
  await log.run('checkpoints', ['tree'], () => checkLogCheckpoints(state));
  await log.run('files', state.replayed ? [] : ['sequence'], () => checkNames(state));
  const draws = state.replayed ? await checkDraws(state) : state.entries.filter(({ type }) => type === 'commit').map(notReplayed);
  return {
    kind: 'log', log: log.checks, draws, notes: state.replayed ? wholeNotes(state, draws) : [], origin: state.checkpoint?.origin ?? '',
    operator: state.entries[0]?.operator ?? '', size: state.checkpoint?.size ?? 0, key: state.key?.text ?? '',
    newest: state.newest ?? null,
  };
}

async function checkSignature(state) {
  const { source, settings } = state;
  const line = await source.read('vkey', 2048);
  need(line !== null, 'missing', { where: 'vkey' });
  const text = textOf(line);
  state.key = text?.endsWith('\n') ? parseVerifierKey(text.slice(0, -1)) : null;
  need(state.key?.type === LOG_KEY, 'vkey-form');
  need(!settings.key || settings.key === state.key.text, 'vkey-other', { given: settings.key, found: state.key.text });
  const bytes = await source.read('checkpoint', MOST_NOTE);
  need(bytes !== null, 'missing', { where: 'checkpoint' });
  state.checkpoint = parseCheckpoint(bytes, 'checkpoint');
  need(signedBy(state.checkpoint, state.key), 'not-signed', { where: 'checkpoint', origin: state.checkpoint.origin });
  checkGenesis(await readFirstEntry(source, state.checkpoint.size), state);
}

/** The first entry names this log. One that cannot be read, or has not its form, is the business of `tree`. */
function checkGenesis(bytes, { checkpoint, key }) {
  if (bytes === null) return;
  let genesis;
  try {
    genesis = readEntry(bytes, '0');
  } catch {
    return;
  }
  need(genesis.type === 'genesis', 'genesis-first', { type: genesis.type });
  need(genesis.key === key.text, 'genesis-key', { given: genesis.key, wanted: key.text });
  need(genesis.origin === checkpoint.origin, 'genesis-origin', { given: genesis.origin, wanted: checkpoint.origin });
}

async function checkTree(state) {
  const { source, checkpoint, settings } = state;
  need(checkpoint.size > 0, 'log-empty');
  const progress = (share) => settings.progress({ code: 'stage-log', params: {} }, share);
  const { entries, tree } = await readLog(source, checkpoint, progress);
  state.tree = tree;
  state.bytes = entries;
  state.entries = entries.map((bytes, index) => parseEntry(bytes, String(index)));
  need(state.entries[0].type === 'genesis', 'genesis-first', { type: state.entries[0].type });
  checkPolicies(state.entries);
  state.lists = witnessLists(state.entries);
  state.hasArchive = state.entries.some(({ type }) => type === 'archive');
}

function checkAppendOnly(state) {
  const { settings, tree, key, checkpoint } = state;
  if (!settings.since) return new Skip('notrun', 'no-earlier');
  const earlier = parseCheckpoint(settings.since, 'earlier');
  need(earlier.origin === checkpoint.origin && signedBy(earlier, key), 'not-signed', { where: 'earlier', origin: earlier.origin });
  need(earlier.size <= tree.size, 'earlier-larger', { earlier: earlier.size, size: tree.size });
  return need(same(tree.root(earlier.size), earlier.root), 'not-prefix', { where: 'earlier', size: earlier.size });
}

function checkSequence(state) {
  const { draws, policies, witnesses } = replay(state.entries);
  Object.assign(state, { draws, policies, witnesses, replayed: true, newest: newestTime(state, draws, witnesses) });
  const [late] = overdue(draws, state.settings.at ?? state.newest);
  need(!late, `overdue-${late?.what}`, { n: late?.n ?? 0 });
}

const parsed = new WeakMap();     // a list of witnesses stays the same for thousands of entries

function keysOf(witnesses) {
  if (!parsed.has(witnesses)) parsed.set(witnesses, witnesses.map(parseVerifierKey));
  return parsed.get(witnesses);
}

/**
 * As of when the copy is: the newest time in the log, or a later one that more than half of the witnesses in force at its end, or
 * at a commit that is not yet revealed, reach. So no single witness whose clock is wrong makes anything overdue.
 */
function newestTime({ entries, checkpoint }, draws, witnesses) {
  const lists = [...new Set([witnesses, ...draws.filter(({ reveal }) => !reveal).map((draw) => draw.witnesses)])];
  const { times } = cosignatures(checkpoint, keysOf([...new Set(lists.flat())]));
  const newest = entries.reduce((a, { at }) => Math.max(a, at), 0);
  return lists.reduce((time, list) => {
    const reached = reachedTime(list, times);
    return reached !== null && reached > time ? reached : time;
  }, newest);
}

// --- Checkpoints -----------------------------------------------------------------------------------------

/** The main checkpoint's cosignatures, and the checkpoints of archive entries that are there. */
async function checkLogCheckpoints(state) {
  const { source, entries, lists, settings } = state;
  const { false: untrue, times } = cosignatures(state.checkpoint, keysOf(lists.at(-1)));
  need(!untrue.length, 'cosignature-false', { where: 'checkpoint', name: untrue[0] ?? '' });
  if (times.size) state.cosignedSize = state.checkpoint.size;
  const listed = await source.list('archive');
  const there = listed === null ? null : new Set(listed.map((name) => `archive/${name}`));
  for (const [index, { type }] of entries.entries()) {
    const where = archiveName(index);
    if (type !== 'archive' || (there !== null && !there.has(where))) continue;
    await settings.progress({ code: 'stage-archive', params: {} }, index / entries.length);
    const bytes = await source.read(where, MOST_NOTE);
    if (bytes !== null) state.archives.set(index, checkHolding(state, bytes, where, index, lists[index]));
  }
}

/**
 * A checkpoint of this log that holds the entry at `index`; its cosignatures by these witnesses are true.
 * @returns {Map<string, number>} their times, by verifier key
 */
function checkHolding(state, bytes, where, index, witnesses) {
  const { checkpoint, key, tree, draws } = state;
  const held = parseCheckpoint(bytes, where);
  need(held.origin === checkpoint.origin, 'checkpoint-origin', { where, origin: held.origin });
  need(signedBy(held, key), 'not-signed', { where, origin: held.origin });
  need(held.size > index, 'checkpoint-small', { where, size: held.size });
  need(held.size <= tree.size, 'checkpoint-large', { where, size: held.size });
  need(same(tree.root(held.size), held.root), 'not-prefix', { where, size: held.size });
  const split = draws.find((draw) => splits(held.size, draw));
  need(!split, 'checkpoint-splits', { where, n: split?.n ?? 0 });
  const { times, false: untrue } = cosignatures(held, keysOf(witnesses));
  need(!untrue.length, 'cosignature-false', { where, name: untrue[0] ?? '' });
  if (times.size) state.cosignedSize = Math.max(state.cosignedSize, held.size);
  return times;
}

/** A reveal and the amendments that were made before it come under the same checkpoint. */
function splits(size, { revealIndex, amends }) {
  const together = amends.filter(({ entry }) => 'archive' in entry).length;
  return together > 0 && size > revealIndex && size <= revealIndex + together;
}

// --- Names -----------------------------------------------------------------------------------------------

/** No folder of a draw that is not committed, no checkpoint of what is no archive entry. */
async function checkNames(state) {
  const { source, draws, entries } = state;
  const paths = await source.list('');
  if (paths === null) return checkNextFolder(state);
  state.found = survey(paths);
  const stray = [...state.found.draws.keys()].find((n) => n < 1 || n > draws.length);
  need(stray === undefined, 'folder-stray', { where: folderOf(stray ?? 0) });
  const odd = state.found.archives.find((index) => entries[index]?.type !== 'archive');
  return need(odd === undefined, 'archive-stray', { where: archiveName(odd ?? 0) });
}

/** Where folders cannot be listed only the next is asked for. */
async function checkNextFolder({ source, draws }) {
  const where = folderOf(draws.length + 1);
  need(!await source.exists(`${where}/commit.json`), 'folder-stray', { where });
}

// --- The draws -------------------------------------------------------------------------------------------

/** A draw of a log whose entries do not follow one another. */
function notReplayed(commit) {
  const runner = new Runner(DRAW_CHECKS);
  runner.setAll('notrun', 'needs', { check: 'sequence' });
  return {
    n: commit.n, folder: folderOf(commit.n), cycle: commit.cycle, commit, state: 'unknown', revealed: false, checks: runner.checks,
    notes: [], assurance: null, opened: null,
  };
}

async function checkDraws(state) {
  const checked = [];
  for (const draw of state.draws) checked.push(await checkDraw(state, draw, checkHolding));
  const letters = checked.map((it) => letterOf(state, it));
  return checked.map((it, i) => reportOf(state, it, letters, i));
}

function letterOf({ log }, { draw, runner, vouched }) {
  return classOf(draw, vouched, runner.holds('checkpoints', 'beacon') && !runner.failed && !log.failed);
}

function reportOf(state, it, letters, i) {
  const { draw, runner, folder, commit, vouched } = it;
  const assurance = {
    class: letters[i], best: bestOf(draw), independent: isIndependent(state.settings.independent, vouched), source: commit.beacon.source,
    witnesses: (vouched?.both ?? []).map((key) => parseVerifierKey(key).name), total: draw.witnesses.length,
    commit: vouched?.commit ?? 0, outcome: vouched?.outcome ?? 0, stands: lowerOnes(it, letters, letters[i]),
  };
  return {
    n: draw.n, folder, cycle: commit.cycle, commit, state: draw.outcome?.type ?? 'open', revealed: draw.reveal !== null,
    checks: runner.checks, notes: [...notesOfLog(state, draw, vouched, assurance), ...it.notes], assurance, opened: it.opened ?? null,
    places: draw.outcome?.places ?? '', since: draw.outcome?.time ?? '',
  };
}

/** On what of a lower class a draw stands. */
function lowerOnes({ stands }, letters, letter) {
  const own = letter === 'pending' ? 'A' : letter;
  return [...stands].sort((a, b) => a - b).map((n) => ({ n, class: letters[n - 1] })).filter((each) => isLower(each.class, own));
}

function wholeNotes(state, draws) {
  const notes = notesOfWhole(state, draws);
  if (state.source.listable === false) notes.push({ code: 'note-not-listed', params: {} });
  return [...notes, ...sharedTargets(state.rosters)];
}
