// One draw, by the log that holds it or from its folder alone: the checks of PROTOCOL 10 from `checkpoints` to `amendments`.
import { H, same, utf8 } from './bytes.js';
import { Places, checkCounts, checkStanding } from './amendments.js';
import { vouching } from './assurance.js';
import { checkBeaconForm, checkPublicValue, checkValue, checkVoid, valueEntry } from './beacon.js';
import { checkDrum, checkStrata } from './drum.js';
import { parseEntry } from './entries.js';
import { amendmentOf, checkFolder, readFiles, readResult } from './folder.js';
import { MOST_ENTRY } from './forms.js';
import { CycleHistory, checkExcused, checkHistory, elsewhereOf, pastOf, standsOn } from './history.js';
import { writeCanonical } from './json.js';
import { MOST_NOTE } from './note.js';
import { amendmentNumber, folderOf, foreignIn } from './names.js';
import { notesOfFiles, notesOfHistory, notesOfPlaces, some } from './notes.js';
import { Problem, need } from './problem.js';
import { COMPARE, compute, placesRoot, readRecord } from './record.js';
import { DRAW_CHECKS, LOG_CHECKS, Runner, Skip } from './runner.js';

const sealed = () => new Skip('sealed', 'sealed');

/**
 * A draw of the log.
 * @param {object} state of the whole check
 * @param {DrawState} draw
 * @param {function} checkHolding of check.js: a checkpoint that holds an entry
 * @returns {Promise<object>} {draw, runner, folder, commit, vouched, notes, opened, stands}
 */
export async function checkDraw(state, draw, checkHolding) {
  const { source, settings } = state;
  const runner = new Runner(DRAW_CHECKS);
  const { n, commit, reveal } = draw;
  const folder = folderOf(n);
  const progress = (share) => settings.progress({ code: 'stage-draw', params: { n, total: state.draws.length } }, share);
  await progress(0);
  const it = { state, source, draw, runner, folder, commit, progress, notes: [], vouched: null, stands: new Set() };
  it.inTime = (key) => it.vouched?.inTime(key) ?? false;

  await runner.run('checkpoints', [], () => checkDrawCheckpoints(it, checkHolding));
  await runner.run('files', [], () => checkDrawFiles(it));
  if (reveal) await checkOpened(it);
  await runner.run('chain', [], () => (reveal ? checkChain(draw) : sealed()));
  await runner.run('beacon', ['checkpoints'], () => checkDrawBeacon(it));
  await checkDrawn(it);
  standsOnVoids(it);
  remember(it);
  return it;
}

async function checkDrawCheckpoints(it, checkHolding) {
  const { state, draw, folder, source } = it;
  const read = async (name, index) => {
    const where = `${folder}/${name}`;
    const bytes = await source.read(where, MOST_NOTE);
    need(bytes !== null, 'missing', { where });
    return checkHolding(state, bytes, where, index, draw.witnesses);       // of both by those in force at the commit
  };
  const commitTimes = await read('commit.checkpoint', draw.index);
  const outcomeTimes = draw.outcome ? await read('outcome.checkpoint', draw.outcomeIndex) : new Map();
  it.vouched = vouching(draw, commitTimes, outcomeTimes);
  draw.vouched = it.vouched;
}

async function checkDrawFiles(it) {
  const { source, folder, draw, commit, state } = it;
  const drawn = draw.outcome?.type === 'draw';
  const stage = { outcome: draw.outcome !== null, revealed: draw.reveal !== null, drawn, amendments: draw.amends.length };
  await checkFolder(source, folder, state.bytes[draw.index], stage);
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
  await runner.run('drum', ['files'], () => checkDrum(commit, files));
  await runner.run('strata', ['files'], () => checkStrata(commit, files));
  const history = historyOf(state, commit.cycle);
  await runner.run('history', ['files'], () => {
    checkPrevious(draw);
    const looked = draw.looked.map(({ n }) => state.pasts.get(n));
    if (!history.known || looked.includes(undefined)) return new Skip('notrun', 'history-unknown');
    const elsewhere = elsewhereOf(looked, draw.index);
    checkHistory(commit, files, history, elsewhere);
    if (draw.outcome?.type === 'draw') it.stands = standsOn(commit, files, history, elsewhere);
    it.notes.push(...notesOfHistory(files, history));
    return undefined;
  });
}

/** Against which commitment the roster changes are counted: the log says so, also while the rest is sealed. */
function checkPrevious({ n, commit, previous }) {
  const wanted = previous?.n ?? 0;
  need(commit.changes.previous === wanted, 'previous', { n, previous: commit.changes.previous, wanted });
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

const VOID_NOTES = { blames: 'note-void-blames-beacon', withheld: 'note-void-withheld' };

function checkDrawBeacon(it) {
  const { commit, draw, notes } = it;
  const { outcome, reveal } = draw;
  checkBeaconForm(commit, draw.witnesses);
  if (!outcome) return sealed();
  if (outcome.type === 'draw') {
    need(!reveal || !('beacon' in reveal), 'reveal-value');
    return checkValue(commit, outcome, it.inTime);
  }
  const what = checkVoid(commit, outcome, reveal, it.inTime, it.vouched.seenBefore);
  if (VOID_NOTES[what]) notes.push({ code: VOID_NOTES[what], params: {}, loud: true });
  return what === 'open' ? new Skip('sealed', 'void-open') : undefined;
}

const AFTER_SEED = [...Object.keys(COMPARE).filter((name) => name !== 'seed'), 'record', 'amendments'];

/** Everything that follows from the seed. */
async function checkDrawn(it) {
  const { runner, draw } = it;
  const isVoid = draw.outcome?.type === 'void';
  if (!draw.reveal) {
    for (const name of ['drum', 'strata']) runner.set(name, 'sealed', 'sealed');
    for (const name of ['seed', ...AFTER_SEED]) runner.set(name, ...(isVoid ? ['notrun', 'is-void'] : ['sealed', 'sealed']));
    await runner.run('history', [], () => (checkPrevious(draw), sealed()));
    return;
  }
  if (draw.outcome?.type !== 'draw') {
    for (const name of ['seed', ...AFTER_SEED]) runner.set(name, 'notrun', 'is-void');
    await noteAvoided(it);
    return;
  }
  await checkAgainst(it, draw.reveal.secret, draw.outcome.beacon);
  await runner.run('record', ['files', 'strata', 'seed'].filter(() => !it.badRecord), () => checkRecord(it));
  await runner.run('amendments', [], () => checkStanding(draw));
  if (runner.holds('amendments')) await runner.run('amendments', [], () => checkCounts(draw));
  if (runner.holds('amendments')) await runner.run('amendments', ['files', 'strata', 'teams', 'visits'], () => checkDrawAmendments(it));
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
  need(placesRoot(result.record) === outcome.places, 'places-root');
}

function checkRecordBytes(published, { record }) {
  need(same(published.record, utf8(writeCanonical(record))), 'record-bytes');
}

function checkDrawAmendments(it) {
  const { draw, published } = it;
  applyAll(it, (i) => draw.amends[i].stands, (i, bytes) => {
    need(H(bytes) === draw.amends[i].entry.sha256, 'amend-hash', { amendment: i + 1, commit: draw.n });
  });
  const after = draw.amends.filter(({ entry }) => !('archive' in entry)).length;
  it.notes.push(...notesOfPlaces(it, published.amends.length, after));
}

/** Apply the amendments one by one. */
function applyAll(it, standsAt, told) {
  const { commit, files, result, published } = it;
  const places = new Places(commit, files, result);
  published.amends.forEach((bytes, i) => {
    told(i, bytes);
    places.apply(amendmentOf(bytes, commit.n, i + 1), standsAt(i));
  });
  it.places = places;
}

/** The draw that a late void avoided. */
async function noteAvoided(it) {
  const { draw, runner, commit, files } = it;
  const value = valueEntry(draw);
  if (!value || !runner.holds('files', 'strata', 'chain', 'beacon')) return;
  try {
    const progress = (share) => it.progress(0.3 + 0.7 * share);
    const { record } = await compute(commit, files, draw.reveal.secret, value.beacon, progress);
    const teams = record.selected.map(({ id, team, visit }) => `${id} (${[...team, visit].join(', ')})`);
    it.notes.push({ code: 'note-void-avoided', params: { count: record.selected.length, ids: some(teams, 1000) }, loud: true });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    it.notes.push({ code: 'note-void-not-computed', params: {} });
  }
}

/** A draw stands on the voids without a value since its cycle's draw before, too. */
function standsOnVoids({ draw, stands }) {
  if (draw.outcome?.type === 'void') return;
  for (let past = draw.previous; past && past.outcome?.type === 'void'; past = past.previous) {
    if (!valueEntry(past) && !past.vouched?.seenBefore) stands.add(past.n);
  }
}

/** Keep what later draws are checked against. */
function remember(it) {
  const { state, draw, runner, commit, files, places, result } = it;
  if (!draw.reveal) return;
  const history = historyOf(state, commit.cycle);
  if (files) state.rosters.set(commit.cycle, new Set(files.targets.byId.keys()));
  const isDraw = draw.outcome?.type === 'draw';
  if (!files || (isDraw && !(places && runner.holds('chain', 'beacon', 'amendments')))) {
    history.known = false;
    return;
  }
  const past = isDraw ? pastOf(commit, places, result.record.unstaffed) : null;
  if (past) state.pasts.set(draw.n, past);
  history.add(files, past);
}

/** What was drawn, for people, and what an id is looked up in. */
function open(it) {
  const { result, places, runner } = it;
  if (!result) return;
  it.opened = {
    record: result.record, strata: it.files.sealed.strata,
    sound: runner.holds('files', 'drum', 'strata', 'seed', 'selection', 'inspectors', 'teams', 'visits'),
    places: places ? places.places.map(({ target, team }) => ({ target, team })) : null,
  };
}

// --- One draw's folder, without a log --------------------------------------------------------------------

/** @returns {Promise<object>} a report, but for its verdict */
export async function checkOneFolder(source, settings) {
  const log = new Runner(LOG_CHECKS);
  log.setAll('notrun', 'no-log');
  const runner = new Runner(DRAW_CHECKS);
  runner.setAll('notrun', 'no-log');
  const progress = (share) => settings.progress({ code: 'stage-folder', params: {} }, share);
  const it = { source, runner, folder: '', notes: [], progress };
  await runner.run('files', [], () => checkLoneFiles(it));
  const { files, commit, published } = it;
  const needsFiles = async (name, body) => runner.run(name, ['files'], body);
  await needsFiles('drum', () => checkDrum(commit, files));
  await needsFiles('strata', () => checkStrata(commit, files));
  await needsFiles('history', () => (checkExcused(commit, files), new Skip('notrun', 'no-log')));
  await runner.run('beacon', [], () => checkLoneBeacon(it));
  if (published) await checkLoneDrawn(it);
  else if (commit) setUndrawn(runner, files ? ['notrun', 'no-record'] : ['sealed', 'sealed']);
  let state = 'open';
  if (files) state = published ? 'draw' : 'void';
  const draw = {
    n: commit?.n ?? 0, folder: '', cycle: commit?.cycle ?? '', commit: commit ?? null, state, revealed: Boolean(files),
    checks: runner.checks, notes: it.notes, assurance: null, opened: it.opened ?? null,
  };
  return {
    kind: 'folder', log: log.checks, draws: [draw], notes: [{ code: 'note-folder-only', params: {} }], origin: '',
    operator: '', size: 0, key: '', newest: null,
  };
}

function setUndrawn(runner, [status, code]) {
  for (const name of ['seed', ...AFTER_SEED]) runner.set(name, status, code);
}

async function checkLoneFiles(it) {
  const { source } = it;
  const bytes = await source.read('commit.json', MOST_ENTRY);
  need(bytes !== null, 'missing', { where: 'commit.json' });
  const commit = parseEntry(bytes, 'commit.json');
  need(commit.type === 'commit', 'entry-type', { where: 'commit.json', type: commit.type });
  it.commit = commit;
  const names = await source.list('');
  const drawn = names.includes('record.json');
  const revealed = drawn || names.includes('targets.csv');
  const amendments = names.filter((name) => amendmentNumber(name) !== null).length;
  const foreign = foreignIn(names);
  if (foreign) it.notes.push({ code: 'note-foreign', params: { count: foreign } });
  await checkFolder(source, '', bytes, { outcome: true, revealed, drawn, amendments });
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
    const record = recordOrNull(it);
    if (record !== null) return checkPublicValue(it.commit, record.beacon);
  }
  return new Skip('notrun', 'no-log');
}

function recordOrNull({ published, commit }) {
  try {
    return readRecord(published.record, commit.rules.team.length);
  } catch {
    return null;
  }
}

async function checkLoneDrawn(it) {
  const { runner, published, commit } = it;
  const record = recordOrNull(it);
  if (record === null) return runner.run('record', [], () => readRecord(published.record, commit.rules.team.length));
  await checkAgainst(it, record.secret, record.beacon);
  await runner.run('record', ['files', 'strata'], () => (checkRecordBytes(published, it.result), new Skip('notrun', 'no-log-record')));
  await runner.run('amendments', ['files', 'strata', 'teams', 'visits'], () => {
    applyAll(it, () => 0, () => {});
    it.notes.push(...notesOfPlaces(it, published.amends.length, 0));
    return published.amends.length ? new Skip('notrun', 'no-log-amend') : undefined;
  });
  return open(it);
}
