// The example directory: what is said of it, and of what hostile hands make of it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { utf8 } from '../../daemon/site/src/protocol/bytes.js';
import { check } from '../../daemon/site/src/protocol/check.js';
import { lookUp } from '../../daemon/site/src/protocol/lookup.js';
import { FilesSource, HttpSource, locate, memorySource } from '../../daemon/site/src/protocol/source.js';
import { EXAMPLE, checkFiles, firstFailure, random, readTree } from './tools.mjs';

const files = readTree(EXAMPLE);
const genesis = JSON.parse(new TextDecoder().decode(files.get('tile/entries/000.p/13')).slice(2).split('{"anchor"')[0].replace(/[^}]*$/, ''));
const statusOf = ({ checks }) => Object.fromEntries(checks.map(({ name, status }) => [name, status]));
const without = (...paths) => new Map([...files].filter(([path]) => !paths.includes(path)));
const having = (...pairs) => new Map([...files, ...pairs.map(([path, bytes]) => [path, typeof bytes === 'string' ? utf8(bytes) : bytes])]);

test('the example says yes', async () => {
  const report = await checkFiles(files);
  assert.equal(firstFailure(report), '');
  assert.equal(report.verdict, 'ok');
  assert.deepEqual(report.log.map(({ status }) => status), ['ok', 'ok', 'notrun', 'ok', 'ok', 'ok']);
  assert.deepEqual(new Set(Object.values(statusOf(report.draws[0]))), new Set(['ok']));
  assert.deepEqual(report.draws.map(({ state, revealed }) => [state, revealed]), [['draw', true], ['void', false], ['draw', false]]);
  assert.deepEqual(report.draws.map(({ assurance }) => assurance.class), ['A', 'none', 'B']);
  assert.deepEqual(report.draws.map(({ assurance }) => assurance.independent), [false, false, false]);
});

test('A and B are said outright only with independent witnesses', async () => {
  const independent = async (keys) => (await checkFiles(files, { independent: keys })).draws[0].assurance.independent;
  assert.equal(await independent(genesis.witnesses.slice(0, 2)), true);
  assert.equal(await independent(genesis.witnesses.slice(0, 1)), false);
});

test('as of 2023-10-12 nothing is overdue, a month later something is', async () => {
  const at = (time) => checkFiles(files, { at: Date.parse(time) / 1000 });
  assert.equal((await at('2023-10-16T01:00:00Z')).verdict, 'ok');
  assert.match(firstFailure(await at('2023-10-16T01:00:01Z')), /^log sequence: overdue-reveal/);
  const noted = await checkFiles(files, { clock: Date.parse('2023-12-01T00:00:00Z') / 1000 });
  assert.equal(noted.verdict, 'ok');
  assert.ok(noted.notes.some(({ code }) => code === 'note-overdue-reveal'));
});

test('a key that was given must be the log\'s', async () => {
  const key = new TextDecoder().decode(files.get('vkey')).trim();
  assert.equal((await checkFiles(files, { key })).verdict, 'ok');
  assert.match(firstFailure(await checkFiles(files, { key: key.replace('spotcheck', 'other') })), /^log signature: vkey-other/);
});

test('an earlier checkpoint of this log is its beginning', async () => {
  for (const n of ['1', '2', '3']) {
    const report = await checkFiles(files, { since: files.get(`draws/000${n}/commit.checkpoint`) });
    assert.equal(report.log.find(({ name }) => name === 'append-only').status, 'ok');
  }
});

test('a single draw\'s folder is replayed without its log', async () => {
  const folder = new Map([...files].filter(([path]) => path.startsWith('draws/0001/')));
  const report = await checkFiles(folder);
  assert.equal(report.kind, 'folder');
  assert.equal(report.verdict, 'ok', firstFailure(report));
  const status = statusOf(report.draws[0]);
  for (const name of ['files', 'drum', 'strata', 'seed', 'selection', 'inspectors', 'teams', 'dates', 'matters', 'record']) assert.equal(status[name], 'ok', name);
  for (const name of ['checkpoints', 'history', 'chain', 'beacon', 'amendments']) assert.equal(status[name], 'notrun', name);
  assert.ok(report.log.every(({ code }) => code === 'no-log'));
  const open = await checkFiles(new Map([...files].filter(([path]) => path.startsWith('draws/0003/'))));
  assert.equal(open.verdict, 'ok', firstFailure(open));
  assert.equal(statusOf(open.draws[0]).files, 'sealed');
});

test('the folder may lie deeper, with pages around it', async () => {
  const deep = new Map([...files].map(([path, bytes]) => [`a/b/${path}`, bytes]));
  deep.set('a/index.html', utf8('x'));
  assert.equal((await checkFiles(deep)).verdict, 'ok');
  assert.throws(() => locate(['a/b.txt']), { code: 'nothing-published' });
});

test('an id is told what became of it', async () => {
  const source = memorySource(files);
  const report = await check(source);
  const first = async (id) => (await lookUp(source, report, id)).find(({ n }) => n === 1);
  assert.deepEqual([(await first('t.22')).result, (await first('t.22')).place.date], ['selected', '2023-08-25']);
  assert.equal((await first('t.22')).ticket, '004f51c5d4448320f2a05559b0f21989f2387e831878861a73fc0a042e0eee6a');
  assert.deepEqual((await first('t.22')).place.team, ['I002', 'I012']);       // as amended
  assert.equal((await first('911-28')).place.held, false);                    // amended away
  assert.equal((await first('t.33')).place.replaced, true);                   // came from the reserve
  assert.equal((await first('T0030')).result, 'unstaffed');
  assert.equal((await first('911-16')).result, 'reserve');
  assert.equal((await first('t.4')).result, 'not-chosen');
  assert.equal((await first('t.5')).result, 'no-part');
  assert.equal((await first('nobody')).kind, 'absent');
  assert.equal((await first('I012')).result, 'drawn');
  assert.equal((await first('I003')).result, 'no-part');
  assert.deepEqual((await lookUp(source, report, 't.22')).map(({ kind }) => kind), ['target', 'sealed', 'sealed']);
});

test('any file that is missing is named', async () => {
  for (const path of files.keys()) {
    const report = await checkFiles(without(path));
    assert.equal(report.verdict, 'failed', path);
    assert.match(firstFailure(report), /missing|file/, path);
  }
});

test('any file cut short anywhere fails', async () => {
  const rng = random(3);
  for (const [path, bytes] of files) {
    for (const length of [0, 1, rng(bytes.length), bytes.length - 1]) {
      assert.equal((await checkFiles(having([path, bytes.slice(0, length)]))).verdict, 'failed', `${path} ${length}`);
    }
  }
});

test('a huge file is refused by its size before it is read', async () => {
  for (const path of files.keys()) {
    const huge = new Map([...files].map(([each, bytes]) => [each, { size: bytes.length, bytes: async () => bytes }]));
    huge.set(path, { size: 2 ** 31, bytes: () => assert.fail(`${path} was read`) });
    const report = await check(new FilesSource(huge));
    assert.equal(report.verdict, 'failed', path);
    assert.match(firstFailure(report), /file-too-long/, path);
  }
});

test('a draw folder that the log does not hold, and stray names', async () => {
  for (const path of ['draws/0004/commit.json', 'draws/00001/commit.json', 'draws/1/commit.json', 'draws/0001/Record.json', 'draws/0001/amend-1.json',
    'draws/0001/.html', 'draws/0001/a/b.html', 'draws/0003/targets.csv', 'draws/0002/amend-01.json']) {
    assert.match(firstFailure(await checkFiles(having([path, 'x']))), /files: (folder-stray|file-stray|file-early)/, path);
  }
  const pages = having(['draws/0001/index.html', 'x'], ['draws/0001/map.svg', 'x'], ['index.html', 'x'], ['draws/index.html', 'x'], ['tile/0/001', 'x']);
  assert.equal((await checkFiles(pages)).verdict, 'ok');
});

test('the checkpoint of another log is named', async () => {
  const other = new TextDecoder().decode(files.get('checkpoint')).replace('spotcheck.example.org\n13', 'other.example.org\n13');
  const report = await checkFiles(having(['checkpoint', other]));
  assert.match(firstFailure(report), /^log signature: not-signed .*other\.example\.org/);
});

test('markup in a text stays text', async () => {
  const report = await checkFiles(having(['draws/0001/<img src=x onerror=alert(1)>', 'x']));
  assert.match(firstFailure(report), /<img src=x/);     // it is only ever shown by textContent: see page.test.mjs
});

test('over http: the same answer, folders not listed, early files found', async () => {
  const served = (map) => async (url, { method }) => {
    const bytes = map.get(url.slice('http://x/'.length));
    return bytes ? new Response(method === 'HEAD' ? null : bytes, { status: 200 }) : new Response('no', { status: 404 });
  };
  const over = (map) => check(new HttpSource('http://x/', served(map)));
  const report = await over(files);
  assert.equal(report.verdict, 'ok', firstFailure(report));
  assert.ok(report.notes.some(({ code }) => code === 'note-not-listed'));
  assert.match(firstFailure(await over(having(['draws/0003/sealed.json', 'x']))), /draw 3 files: file-early/);
  assert.match(firstFailure(await over(having(['draws/0001/record.json', new Uint8Array(300000)]))), /draw 1 files: file-too-long/);
  const broken = await check(new HttpSource('http://x/', async () => { throw new TypeError('offline'); }));
  assert.match(firstFailure(broken), /log signature: unreadable/);
});

test('what is overdue fails the log, and every draw is replayed all the same', async () => {
  const report = await checkFiles(files, { at: Date.parse('2024-01-01T00:00:00Z') / 1000 });
  assert.match(firstFailure(report), /^log sequence: overdue/);
  assert.equal(report.log.find(({ name }) => name === 'order').status, 'ok');
  assert.equal(statusOf(report.draws[0]).amendments, 'ok');
});
