// A published directory, checked from first to last (PROTOCOL 10).
import { H, same, textOf, utf8 } from './bytes.js';
import { Places } from './amendments.js';
import { classOf, moreThanHalf, vouching } from './assurance.js';
import { checkBeaconForm, checkPublicValue, checkValue, checkVoid } from './beacon.js';
import { checkDrum, checkStrata } from './drum.js';
import { parseEntry } from './entries.js';
import { amendmentOf, checkFolder, folderOf, readFiles, readResult } from './folder.js';
import { MOST_ENTRY } from './forms.js';
import { CycleHistory, checkExcused, checkHistory } from './history.js';
import { writeCanonical } from './json.js';
import { LOG_KEY, MOST_NOTE, WITNESS_KEY, cosignatures, parseCheckpoint, parseVerifierKey, signedBy } from './note.js';
import { notesOfFiles, notesOfLog, notesOfPlaces, notesOfWhole, sharedTargets, some } from './notes.js';
import { Problem, need } from './problem.js';
import { COMPARE, compute, readRecord } from './record.js';
import { DRAW_CHECKS, LOG_CHECKS, Runner, Skip } from './runner.js';
import { checkOrder, overdue, replay } from './sequence.js';
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

// --- The log ---------------------------------------------------------------------------------------------

async function checkLog(source, settings) {
  const log = new Runner(LOG_CHECKS);
  const state = { source, settings, log, notes: [], entries: [], bytes: [], draws: [], histories: new Map(), rosters: new Map() };
  await log.run('signature', [], () => checkSignature(state));
  await log.run('tree', ['signature'], () => checkTree(state));
  await log.run('append-only', ['tree'], () => checkAppendOnly(state));
  await log.run('sequence', ['tree'], () => checkSequence(state));
  await log.run('order', state.replayed ? [] : ['sequence'], () => checkOrder(state.entries, state.draws));
  await log.run('checkpoints', ['tree'], () => checkMainCosignatures(state));
  const draws = [];
  if (state.replayed) {       // also where only something is overdue
    for (const draw of state.draws) draws.push(await checkDraw(state, draw));
    draws.push(...await strayFolders(state));
  } else {
    draws.push(...state.entries.filter(({ type }) => type === 'commit').map(notReplayed));
  }
  return {
    kind: 'log', log: log.checks, draws, notes: state.replayed ? wholeNotes(state) : [], origin: state.checkpoint?.origin ?? '',
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

/** The first entry names this log. One that cannot be read at all is the business of `tree`. */
function checkGenesis(bytes, { checkpoint, key }) {
  if (bytes === null) return;
  let genesis;
  try {
    genesis = parseEntry(bytes, '0');
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
  const { draws, witnesses, policies } = replay(state.entries);
  Object.assign(state, { draws, witnesses, policies, replayed: true });
  state.mainCosignatures = cosignatures(state.checkpoint, keysOf(witnesses));
  const times = [...state.mainCosignatures.times.values()].flat();
  state.newest = [...state.entries.map(({ at }) => at), ...times].reduce((a, b) => Math.max(a, b), 0);
  const late = overdue(draws, state.settings.at ?? state.newest);
  need(!late, `overdue-${late?.what}`, { n: late?.n ?? 0 });
}

const keysOf = (witnesses) => witnesses.map(parseVerifierKey);

function checkMainCosignatures(state) {
  const witnesses = state.entries.reduce((list, entry) => entry.witnesses ?? list, []);
  const { false: untrue, times } = cosignatures(state.checkpoint, keysOf(witnesses));
  need(!untrue.length, 'cosignature-false', { where: 'checkpoint', name: untrue[0] ?? '' });
  state.cosignedSize = times.size ? state.checkpoint.size : 0;
}

function wholeNotes(state) {
  const { settings, draws, newest } = state;
  const lateNow = settings.clock !== null ? overdue(draws, settings.clock) : null;
  const notes = notesOfWhole(state, newest, settings.clock, lateNow, state.cosignedSize ?? 0);
  if (state.source.listable === false) notes.push({ code: 'note-not-listed', params: {} });
  return [...notes, ...sharedTargets(state.rosters)];
}

/** A draw of which nothing was replayed. */
const blank = (n, folder, state, checks) => ({
  n, folder, cycle: '', commit: null, state, revealed: false, checks, notes: [], assurance: null, opened: null,
});

/** A draw of a log whose entries do not follow one another. */
function notReplayed(commit) {
  const runner = new Runner(DRAW_CHECKS);
  runner.setAll('notrun', 'needs', { check: 'sequence' });
  return { ...blank(commit.n, folderOf(commit.n), 'unknown', runner.checks), cycle: commit.cycle, commit };
}

/** Folders of draws that the log does not hold. */
async function strayFolders({ source, draws }) {
  const names = (await source.folders('draws')) ?? [];
  const known = new Set(draws.map(({ n }) => folderOf(n).slice('draws/'.length)));
  return names.filter((name) => /^[0-9]+$/.test(name) && !known.has(name)).map((name) => {
    const runner = new Runner(DRAW_CHECKS);
    runner.setAll('notrun', 'needs', { check: 'files' });
    runner.set('files', 'failed', 'folder-stray', { where: `draws/${name}` });
    return blank(Number(name), `draws/${name}`, 'stray', runner.checks);
  });
}

// --- A draw of the log -----------------------------------------------------------------------------------

async function checkDraw(state, draw) {
  const { source, settings } = state;
  const runner = new Runner(DRAW_CHECKS);
  const { n, commit, outcome, reveal } = draw;
  const folder = folderOf(n);
  const progress = (share) => settings.progress({ code: 'stage-draw', params: { n, total: state.draws.length } }, share);
  await progress(0);
  const it = { state, source, draw, runner, folder, commit, progress, notes: [], vouched: null };
  it.inTime = (key) => it.vouched?.inTime(key) ?? false;

  await runner.run('checkpoints', [], () => checkDrawCheckpoints(it));
  await runner.run('files', [], () => checkDrawFiles(it));
  if (reveal) await checkOpened(it);
  await runner.run('chain', [], () => (reveal ? checkChain(draw) : sealed()));
  await runner.run('beacon', ['checkpoints'], () => checkDrawBeacon(it));
  await checkDrawn(it);
  remember(it);

  it.notes.unshift(...notesOfLog(draw, it.vouched));
  return {
    n, folder, cycle: commit.cycle, commit, state: outcome?.type ?? 'open', revealed: reveal !== null, checks: runner.checks,
    notes: it.notes, assurance: assuranceOf(it), opened: it.opened ?? null, witnesses: draw.witnesses,
  };
}

const sealed = () => new Skip('sealed', 'sealed');

async function checkDrawCheckpoints(it) {
  const { state, draw, folder } = it;
  const commitTimes = await checkHolding(it, `${folder}/commit.checkpoint`, draw.index, draw.witnesses);
  let outcomeTimes = new Map();
  if (draw.outcome) {
    const witnesses = [...new Set([...draw.witnesses, ...draw.witnessesAtOutcome])];
    outcomeTimes = await checkHolding(it, `${folder}/outcome.checkpoint`, draw.outcomeIndex, witnesses);
  }
  it.vouched = vouching(draw, commitTimes, outcomeTimes);
  state.cosignedSize = Math.max(state.cosignedSize ?? 0, it.cosignedSize ?? 0);
}

/** A checkpoint of this log that holds the entry at `index`. @returns {Promise<Map>} times of its cosignatures */
async function checkHolding(it, where, index, witnesses) {
  const { source, state } = it;
  const { checkpoint, key, tree } = state;
  const bytes = await source.read(where, MOST_NOTE);
  need(bytes !== null, 'missing', { where });
  const held = parseCheckpoint(bytes, where);
  need(held.origin === checkpoint.origin, 'checkpoint-origin', { where, origin: held.origin });
  need(signedBy(held, key), 'not-signed', { where, origin: held.origin });
  need(held.size > index, 'checkpoint-small', { where, size: held.size });
  need(held.size <= tree.size, 'checkpoint-large', { where, size: held.size });
  need(same(tree.root(held.size), held.root), 'not-prefix', { where, size: held.size });
  const { times, false: untrue } = cosignatures(held, keysOf(witnesses));
  need(!untrue.length, 'cosignature-false', { where, name: untrue[0] ?? '' });
  if (times.size) it.cosignedSize = Math.max(it.cosignedSize ?? 0, held.size);
  return times;
}

async function checkDrawFiles(it) {
  const { source, folder, draw, commit, state } = it;
  const drawn = draw.outcome?.type === 'draw';
  const stage = { outcome: draw.outcome !== null, revealed: draw.reveal !== null, drawn, amendments: draw.amends.length };
  await checkFolder(source, folder, state.bytes[draw.index], commit, stage);
  if (!draw.reveal) return sealed();
  const files = await readFiles(source, folder, commit, (share) => it.progress(0.3 * share));
  it.files = files;
  if (drawn) it.published = await readResult(source, folder, commit, files, draw.amends.length);
  it.notes.push(...notesOfFiles(commit, files));
  return undefined;
}

/** Checks of what the reveal opens that need no secret. */
async function checkOpened(it) {
  const { runner, commit, draw, files, state } = it;
  await runner.run('drum', ['files'], () => checkDrum(commit, files.targets));
  await runner.run('strata', ['files'], () => checkStrata(commit, files.targets));
  const history = historyOf(state, commit.cycle);
  await runner.run('history', ['files'], () => {
    checkPrevious(draw);
    return history.known ? checkHistory(commit, files, history)
      : new Skip('notrun', 'history-unknown', { previous: draw.previous?.n ?? 0 });
  });
}

/** Against which commitment the roster changes are counted: the log says so, also while the rest is sealed. */
function checkPrevious({ n, commit, previous }) {
  const wanted = previous?.n ?? 0;
  need(commit.changes.previous === wanted, 'previous', { n, previous: commit.changes.previous, wanted });
}

/** None comes after the cycle's next commitment; that too shows while the rest is sealed. */
function checkLateAmendment({ n, lateAmend }) {
  need(!lateAmend, 'amend-after-commit', { n, amendment: lateAmend });
}

function historyOf(state, cycle) {
  if (!state.histories.has(cycle)) state.histories.set(cycle, new CycleHistory());
  return state.histories.get(cycle);
}

function checkChain({ commit, reveal, chain }) {
  let secret = reveal.secret;
  for (let i = 0; i < commit.link; i++) secret = H(secret);
  need(secret === chain.anchor, 'chain', { link: commit.link });
}

function checkDrawBeacon(it) {
  const { commit, draw } = it;
  checkBeaconForm(commit, draw.witnesses);
  if (!draw.outcome) return sealed();
  if (draw.outcome.type === 'draw') return checkValue(commit, draw.outcome, it.inTime);
  const blames = checkVoid(commit, draw.outcome, it.inTime, it.vouched.seenBefore);
  if (blames) it.notes.push({ code: 'note-void-blames-beacon', params: {} });
  return undefined;
}

/** Everything that follows from the seed. */
async function checkDrawn(it) {
  const { runner, draw, commit } = it;
  const names = ['seed', ...Object.keys(COMPARE).filter((name) => name !== 'seed'), 'record', 'amendments'];
  if (!draw.reveal) {
    const open = draw.outcome?.type === 'void' ? ['notrun', 'is-void'] : ['sealed', 'sealed'];
    for (const name of ['drum', 'strata']) runner.set(name, 'sealed', 'sealed');
    for (const name of names) runner.set(name, ...open);
    await runner.run('history', [], () => (checkPrevious(draw), sealed()));
    if (draw.amends.length) await runner.run('amendments', [], () => (checkLateAmendment(draw), sealed()));
    return;
  }
  if (draw.outcome.type === 'void') {
    for (const name of names) runner.set(name, 'notrun', 'is-void');
    await noteAvoided(it);
    return;
  }
  const { secret } = draw.reveal;
  await checkAgainst(it, secret, draw.outcome.beacon);
  await runner.run('record', ['files', 'strata', 'seed'].filter(() => !it.badRecord), () => checkRecord(it));
  await runner.run('amendments', ['files', 'strata', 'teams'], () => checkAmendments(it, (i, bytes) => {
    need(H(bytes) === draw.amends[i].sha256, 'amend-hash', { amendment: i + 1, commit: commit.n });
  }));
  open(it);
}

/** Recompute the draw and compare each part with record.json. */
async function checkAgainst(it, secret, beacon) {
  const { runner, commit, files } = it;
  await runner.run('seed', ['files', 'strata'], async () => {
    it.result = await compute(commit, files, secret, beacon, (share) => it.progress(0.3 + 0.7 * share));
    try {
      it.given = readRecord(it.published.record, commit.rules.team.length);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      it.badRecord = problem;
      return new Skip('notrun', 'record-unreadable');
    }
    return COMPARE.seed(it.given, it.result);
  });
  for (const name of Object.keys(COMPARE)) {
    if (name === 'seed') continue;
    if (!it.given) runner.set(name, 'notrun', it.badRecord ? 'record-unreadable' : 'needs', { check: 'seed' });
    else await runner.run(name, ['files', 'strata'], () => COMPARE[name](it.given, it.result));
  }
}

function checkRecord({ draw, published, result, badRecord }) {
  if (badRecord) throw badRecord;
  const { outcome, reveal } = draw;
  checkRecordBytes(published, result);
  const hash = H(published.record);
  need(hash === outcome.record, 'record-hash', { type: 'draw' });
  need(hash === reveal.record, 'record-hash', { type: 'reveal' });
  for (const what of ['selected', 'inspectors']) {
    const wanted = result.record[what].length;
    need(outcome[what] === wanted, 'record-count', { what, given: outcome[what], wanted });
  }
}

function checkRecordBytes(published, { record }) {
  need(same(published.record, utf8(writeCanonical(record))), 'record-bytes');
}

function checkAmendments(it, hashStands) {
  const { commit, files, result, published, draw } = it;
  checkLateAmendment(draw);
  const places = new Places(commit, files, result);
  published.amends.forEach((bytes, i) => {
    places.apply(amendmentOf(bytes, draw.n, i + 1));
    hashStands(i, bytes);
  });
  it.places = places;
}

/** The draw that a void with a value avoided. */
async function noteAvoided(it) {
  const { draw, runner, commit, files } = it;
  if (!('beacon' in draw.outcome) || !runner.holds('files', 'strata', 'chain', 'beacon')) return;
  try {
    const progress = (share) => it.progress(0.3 + 0.7 * share);
    const { record } = await compute(commit, files, draw.reveal.secret, draw.outcome.beacon, progress);
    const teams = record.selected.map(({ id, team }) => `${id} (${team.join(', ')})`);
    it.notes.push({ code: 'note-void-avoided', params: { count: record.selected.length, ids: some(teams, 1000) } });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    it.notes.push({ code: 'note-void-not-computed', params: {} });
  }
}

/** Keep what the cycle's next draw is checked against. */
function remember(it) {
  const { state, draw, runner, commit, files, places, result } = it;
  if (!draw.reveal) return;
  const history = historyOf(state, commit.cycle);
  if (files) state.rosters.set(commit.cycle, new Set(files.targets.byId.keys()));
  const isVoid = draw.outcome.type === 'void';
  if (!files || (!isVoid && !(places && runner.holds('chain', 'beacon', 'amendments')))) {
    history.known = false;
    return;
  }
  history.add(commit, files, isVoid ? null : places, isVoid ? [] : result.record.unstaffed);
}

/** What was drawn, for people, and what an id is looked up in. */
function open(it) {
  const { result, places, runner, published } = it;
  if (!result) return;
  const { record, lots } = result;
  const dateOf = ({ target }) => (target ? lots.visitDate(target, it.files.sealed.dates) : '');
  if (places) it.notes.push(...notesOfPlaces(record, places, published.amends.length));
  it.opened = {
    record, sound: runner.holds('files', 'drum', 'strata', 'seed', 'selection', 'inspectors', 'teams'),
    places: places ? places.places.map(({ target, team }) => ({ target, team })) : null,
    dates: places ? places.places.map(dateOf) : null,
    date: it.commit.date,
  };
}

function assuranceOf(it) {
  const { draw, runner, vouched, state } = it;
  const independent = draw.witnesses.filter((key) => state.settings.independent.includes(key)).length;
  const holds = runner.holds('checkpoints', 'beacon') && !runner.failed && !state.log.failed;
  const letter = classOf(draw, vouched, holds);
  return {
    class: letter, independent: moreThanHalf(independent, draw.witnesses.length), given: independent,
    witnesses: draw.witnesses.map((key) => parseVerifierKey(key).name), commit: vouched?.commit ?? 0,
    outcome: vouched?.outcome ?? 0, source: draw.commit.beacon.source,
  };
}

// --- One draw's folder, without a log --------------------------------------------------------------------

async function checkOneFolder(source, settings) {
  const log = new Runner(LOG_CHECKS);
  log.setAll('notrun', 'no-log');
  const runner = new Runner(DRAW_CHECKS);
  runner.setAll('notrun', 'no-log');
  const progress = (share) => settings.progress({ code: 'stage-folder', params: {} }, share);
  const it = { source, runner, folder: '', notes: [], progress };
  await runner.run('files', [], () => checkLoneFiles(it));
  const { files, commit, published } = it;
  const needsFiles = async (name, body) => runner.run(name, ['files'], body);
  await needsFiles('drum', () => checkDrum(commit, files.targets));
  await needsFiles('strata', () => checkStrata(commit, files.targets));
  await needsFiles('history', () => (checkExcused(commit, files), new Skip('notrun', 'no-log')));
  await runner.run('beacon', [], () => checkLoneBeacon(it));
  if (published) await checkLoneDrawn(it);
  else if (commit) setUndrawn(runner, files ? ['notrun', 'is-void'] : ['sealed', 'sealed']);
  let state = 'open';
  if (files) state = published ? 'draw' : 'void';
  const draw = {
    ...blank(commit?.n ?? 0, '', state, runner.checks), cycle: commit?.cycle ?? '', commit: commit ?? null,
    revealed: Boolean(files), notes: it.notes, opened: it.opened ?? null,
  };
  return {
    kind: 'folder', log: log.checks, draws: [draw], notes: [{ code: 'note-folder-only', params: {} }], origin: '',
    operator: '', size: 0, key: '', newest: null,
  };
}

function setUndrawn(runner, [status, code]) {
  for (const name of DRAW_CHECKS.slice(DRAW_CHECKS.indexOf('seed'))) runner.set(name, status, code);
}

async function checkLoneFiles(it) {
  const { source } = it;
  const bytes = await source.read('commit.json', MOST_ENTRY);
  need(bytes !== null, 'missing', { where: 'commit.json' });
  const commit = parseEntry(bytes, 'commit.json');
  need(commit.type === 'commit', 'entry-type', { where: 'commit.json', type: commit.type });
  it.commit = commit;
  const names = (await source.list('')) ?? [];
  const revealed = names.includes('targets.csv') || names.includes('record.json');
  const drawn = names.includes('record.json');
  const amendments = names.filter((name) => /^amend-[0-9]{2,}\.json$/.test(name)).length;
  const stage = { outcome: names.includes('outcome.checkpoint'), revealed, drawn, amendments };
  await checkFolder(source, '', bytes, commit, stage);
  it.draw = { n: commit.n };
  if (!revealed) return sealed();
  it.files = await readFiles(source, '', commit, (share) => it.progress(0.3 * share));
  if (drawn) it.published = await readResult(source, '', commit, it.files, amendments);
  it.notes.push(...notesOfFiles(commit, it.files));
  return undefined;
}

function checkLoneBeacon(it) {
  if (!it.commit) return new Skip('notrun', 'needs', { check: 'files' });
  checkBeaconForm(it.commit, null);
  const { source } = it.commit.beacon;
  if (it.published && (source === 'public' || source === 'none')) {
    const record = valueOfRecord(it.published.record, it.commit.rules.team.length);
    if (record !== null) return checkPublicValue(it.commit, record.beacon);
  }
  return new Skip('notrun', 'no-log');
}

function valueOfRecord(bytes, seats) {
  try {
    return readRecord(bytes, seats);
  } catch {
    return null;
  }
}

async function checkLoneDrawn(it) {
  const { runner, published } = it;
  const seats = it.commit.rules.team.length;
  const record = valueOfRecord(published.record, seats);
  if (record === null) return runner.run('record', [], () => readRecord(published.record, seats));
  await checkAgainst(it, record.secret, record.beacon);
  await runner.run('record', ['files', 'strata'], () => checkRecordBytes(published, it.result));
  await runner.run('amendments', ['files', 'strata', 'teams'], () => {
    checkAmendments(it, () => {});
    return published.amends.length ? new Skip('notrun', 'no-log-amend') : undefined;
  });
  return open(it);
}
