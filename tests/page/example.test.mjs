// The example directory: what is said of it, and of what hostile hands make of it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { utf8 } from '../../daemon/site/src/protocol/bytes.js';
import { check } from '../../daemon/site/src/protocol/check.js';
import { lookUp } from '../../daemon/site/src/protocol/lookup.js';
import { FilesSource, HttpSource, locate, memorySource } from '../../daemon/site/src/protocol/source.js';
import { small } from './scene.mjs';
import { EXAMPLE, checkFiles, firstFailure, random, readTree } from './tools.mjs';

const files = readTree(EXAMPLE);
const genesis = JSON.parse(/\{"key.*?\}/.exec(new TextDecoder().decode(files.get('tile/entries/000.p/22')))[0]);
const secondsOf = (time) => Date.parse(time) / 1000;
const statusOf = ({ checks }) => Object.fromEntries(checks.map(({ name, status }) => [name, status]));
const without = (...paths) => new Map([...files].filter(([path]) => !paths.includes(path)));
const having = (...pairs) => new Map([...files, ...pairs.map(([path, bytes]) => [path, typeof bytes === 'string' ? utf8(bytes) : bytes])]);

test('the example says yes', async () => {
  const report = await checkFiles(files);
  assert.equal(firstFailure(report), '');
  assert.equal(report.verdict, 'ok');
  assert.deepEqual(report.log.map(({ name, status }) => `${name} ${status}`), ['signature ok', 'tree ok', 'append-only notrun', 'sequence ok', 'order ok', 'checkpoints ok', 'files ok']);
  assert.deepEqual(new Set(Object.values(statusOf(report.draws[0]))), new Set(['ok']));
  assert.deepEqual(report.draws.map(({ state, revealed }) => [state, revealed]), [['draw', true], ['void', false], ['draw', false]]);
  assert.deepEqual(report.draws.map(({ assurance }) => assurance.class), ['A', 'none', 'B']);
  assert.deepEqual(report.draws.map(({ assurance }) => assurance.independent), [false, false, false]);
  assert.deepEqual(report.draws[0].assurance.witnesses, ['witness1.example.org', 'witness2.example.org']);
});

test('A and B are said outright only with independent witnesses', async () => {
  const independent = async (keys) => (await checkFiles(files, { independent: keys })).draws[0].assurance.independent;
  assert.equal(await independent(genesis.witnesses.slice(0, 2)), true);
  assert.equal(await independent(genesis.witnesses.slice(0, 1)), true);
  assert.equal(await independent(genesis.witnesses.slice(2)), false);       // it cosigned the outcome alone
  assert.equal(await independent(genesis.witnesses.slice(1)), false);
});

test('as of 2023-10-12 nothing is overdue, days later something is', async () => {
  const at = (time) => checkFiles(files, { at: secondsOf(time) });
  for (const time of ['2023-10-12T00:00:00Z', '2023-10-16T01:00:00Z']) assert.equal((await at(time)).verdict, 'ok', time);
  assert.match(firstFailure(await at('2023-10-16T01:00:01Z')), /^log sequence: overdue-reveal .*"n":3/);
  const noted = await checkFiles(files, { clock: secondsOf('2026-12-01T00:00:00Z') });
  assert.equal(noted.verdict, 'ok');
  const overdue = noted.notes.filter(({ code }) => code === 'note-overdue-reveal');
  assert.deepEqual(overdue.map(({ params }) => [params.n, params.due]), [[2, '2023-11-08T01:00:00Z'], [3, '2023-10-16T01:00:00Z']]);
  assert.deepEqual(noted.notes.find(({ code }) => code === 'note-age').params, { newest: '2023-10-12T00:00:10Z', days: 1145 });
});

test('its notes', async () => {
  const { draws } = await checkFiles(files);
  const codes = (n) => draws[n - 1].notes.map(({ code }) => code.slice(5)).sort().join(' ');
  assert.equal(codes(1), 'amended archive-cosigned archive-days cosigned excused units-twice unstaffed');
  assert.equal(codes(2), 'cosigned excused roster-changes void');
  assert.equal(codes(3), 'archive-cosigned archive-days cosigned excused');
  const [note] = draws[0].notes.filter(({ code }) => code === 'note-archive-cosigned');
  assert.deepEqual(note.params, { count: 5, total: 5 });
});

test('a key that was given must be the log\'s', async () => {
  const key = new TextDecoder().decode(files.get('vkey')).trim();
  assert.equal((await checkFiles(files, { key })).verdict, 'ok');
  assert.match(firstFailure(await checkFiles(files, { key: key.replace('spotcheck', 'other') })), /^log signature: vkey-other/);
});

test('an earlier checkpoint of this log is its beginning', async () => {
  for (const path of ['draws/0001/commit.checkpoint', 'draws/0003/outcome.checkpoint', 'archive/0010.checkpoint', 'checkpoint']) {
    const report = await checkFiles(files, { since: files.get(path) });
    assert.equal(report.log.find(({ name }) => name === 'append-only').status, 'ok');
  }
  const other = (await small()).publish().get('checkpoint');
  assert.match(firstFailure(await checkFiles(files, { since: other })), /^log append-only: not-signed/);
});

test('a single draw\'s folder is replayed without its log', async () => {
  const folder = new Map([...files].filter(([path]) => path.startsWith('draws/0001/')));
  const report = await checkFiles(folder);
  assert.equal(report.kind, 'folder');
  assert.equal(report.verdict, 'ok', firstFailure(report));
  const status = statusOf(report.draws[0]);
  for (const name of ['files', 'drum', 'strata', 'seed', 'selection', 'inspectors', 'teams', 'visits', 'matters']) assert.equal(status[name], 'ok', name);
  for (const name of ['checkpoints', 'history', 'chain', 'beacon', 'record', 'amendments']) assert.equal(status[name], 'notrun', name);
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
  const teams = async (id) => (await first(id)).place;
  assert.deepEqual([(await first('T0026')).result, (await teams('T0026')).visit], ['selected', '2023-08-24T09:00']);
  assert.equal((await first('T0026')).ticket, '002ee48b797260887a57be8cac9518f19c2a86fdc0ff13ac59162a1b14e9c80e');
  assert.deepEqual((await teams('T0026')).team, ['I006', 'I010']);            // as amended twice
  assert.equal((await teams('t.1')).held, false);                             // amended away
  assert.equal((await teams('911-4')).replaced, true);                        // came from the reserve
  assert.equal((await teams('911-4')).visit, '2023-08-25T09:00');
  assert.equal((await first('t.12')).result, 'unstaffed');
  assert.equal((await first('T0003')).result, 'reserve');
  assert.equal((await first('T0000')).result, 'not-chosen');
  assert.equal((await first('911-5')).result, 'no-part');
  assert.equal((await first('nobody')).kind, 'absent');
  assert.equal((await first('I012')).result, 'drawn');
  assert.equal((await first('I003')).drum, 'excused');
  assert.equal((await first('I009')).drum, 'away');
  assert.deepEqual((await lookUp(source, report, 'T0026')).map(({ kind }) => kind), ['target', 'sealed', 'sealed']);
});

test('any file that is missing is named', async () => {
  for (const path of files.keys()) {
    if (path.startsWith('archive/')) continue;       // these may be missing
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

test('names of the protocol out of their place, and names that are nobody\'s', async () => {
  for (const path of ['draws/0004/commit.json', 'draws/0000/x', 'draws/12345/x', 'archive/0002.checkpoint', 'archive/0022.checkpoint']) {
    assert.match(firstFailure(await checkFiles(having([path, 'x']))), /^log files: (folder|archive)-stray/, path);
  }
  for (const path of ['draws/0001/amend-04.json', 'draws/0003/targets.csv', 'draws/0003/away.csv', 'draws/0002/amend-01.json', 'draws/0002/record.json']) {
    assert.match(firstFailure(await checkFiles(having([path, 'x']))), /^draw [123] files: file-early/, path);
  }
  const others = ['draws/00001/commit.json', 'draws/0001-old/commit.json', 'draws/1/commit.json', 'draws/0001/Record.json', 'draws/0001/amend-1.json', 'draws/0001/.html', 'x'];
  const report = await checkFiles(having(...others.map((path) => [path, 'x'])));
  assert.equal(report.verdict, 'ok', firstFailure(report));
  assert.equal(report.notes.find(({ code }) => code === 'note-foreign').params.count, others.length);
  const pages = having(['draws/0001/index.html', 'x'], ['draws/0001/map.svg', 'x'], ['index.html', 'x'], ['draws/index.html', 'x'], ['tile/0/001', 'x']);
  assert.ok(!(await checkFiles(pages)).notes.some(({ code }) => code === 'note-foreign'));
});

test('the checkpoint of another log is named', async () => {
  const other = new TextDecoder().decode(files.get('checkpoint')).replace('spotcheck.example.org\n22', 'other.example.org\n22');
  const report = await checkFiles(having(['checkpoint', other]));
  assert.match(firstFailure(report), /^log signature: not-signed .*other\.example\.org/);
});

test('markup in a text stays text', async () => {
  const report = await checkFiles(having(['draws/0001/targets.csv', new TextDecoder().decode(files.get('draws/0001/targets.csv')).replace('T0026', '<img src=x>')]));
  assert.match(firstFailure(report), /digest/);     // and nothing of it is shown but by textContent: see page.test.mjs
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
  assert.match(firstFailure(await over(having(['draws/0004/commit.json', 'x']))), /log files: folder-stray/);
  assert.match(firstFailure(await over(having(['draws/0001/amend-04.json', 'x']))), /draw 1 files: file-early/);
  assert.match(firstFailure(await over(having(['draws/0001/record.json', new Uint8Array(900000)]))), /draw 1 files: file-too-long/);
  const page = async (url, init) => (await served(files)(url, init)).status === 200 ? served(files)(url, init)
    : new Response('<html>', { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
  assert.equal((await check(new HttpSource('http://x/', page))).verdict, 'ok');       // a server that always has a page
  const broken = await check(new HttpSource('http://x/', async () => { throw new TypeError('offline'); }));
  assert.match(firstFailure(broken), /log signature: unreadable/);
});

test('what is overdue fails the log, and every draw is replayed all the same', async () => {
  const report = await checkFiles(files, { at: Date.parse('2024-01-01T00:00:00Z') / 1000 });
  assert.match(firstFailure(report), /^log sequence: overdue/);
  assert.equal(report.log.find(({ name }) => name === 'order').status, 'ok');
  assert.equal(statusOf(report.draws[0]).amendments, 'ok');
});
