// Receipts, as the program gave them, against the directory that they are of: they hold; changed in any byte, of another
// log, or of a draw that is not open they do not, and the fault is named.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { hex, utf8 } from '../../daemon/site/src/protocol/bytes.js';
import { check } from '../../daemon/site/src/protocol/check.js';
import { Tree, leafHash, rootOfPath } from '../../daemon/site/src/protocol/merkle.js';
import { MOST_RECEIPT, checkReceipt } from '../../daemon/site/src/protocol/receipt.js';
import { memorySource } from '../../daemon/site/src/protocol/source.js';
import { MESSAGES } from '../../daemon/site/src/ui/messages.js';
import { Session } from '../../daemon/site/src/ui/session.js';
import { EXAMPLE, ROOT, readTree } from './tools.mjs';

const FOLDER = join(ROOT, 'tests', 'vectors', 'receipts');
const files = readTree(join(FOLDER, 'public'));
const source = memorySource(files);
const report = await check(source);
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const bytesOf = (name) => new Uint8Array(readFileSync(join(FOLDER, name)));
const textOf = (name) => readFileSync(join(FOLDER, name), 'utf8');
const hold = (bytes) => checkReceipt(source, report, typeof bytes === 'string' ? utf8(bytes) : bytes);

/** A receipt with `from`, which stands there once, replaced. */
function changed(name, from, to) {
  const text = textOf(name);
  assert.equal(text.split(from).length, 2, `${name}: ${from}`);
  return text.replace(from, () => to);
}

test('every target\'s receipt holds, and says what became of it', async () => {
  const seen = new Set();
  assert.equal(report.verdict, 'ok');
  assert.equal(names.length, 18);
  for (const name of names) {
    const { status, code, params } = await hold(bytesOf(name));
    assert.equal(status, 'ok', `${name}: ${code} ${JSON.stringify(params)}`);
    assert.equal(`${params.n}-${params.id}.json`, name);
    seen.add(code);
  }
  assert.deepEqual([...seen].sort(), ['excused', 'not-drawn', 'reserve', 'rest', 'selected', 'unstaffed'].map((word) => `receipt-holds-${word}`));
  for (const code of seen) assert.ok(MESSAGES.en[code], code);
});

test('no byte of one may be another', async () => {
  const bytes = bytesOf('1-P02.json');
  for (let at = 0; at < bytes.length; at++) {
    const other = Uint8Array.from(bytes);
    other[at] ^= 1 << (at % 7);
    const { status } = await hold(other);
    assert.equal(status, 'failed', `byte ${at}`);
  }
  for (let length = 0; length < bytes.length; length += 7) assert.equal((await hold(bytes.slice(0, length))).status, 'failed', String(length));
  assert.equal((await hold(`${textOf('1-P02.json')}\n`)).code, 'json');
});

test('what is wrong is named', async () => {
  const cases = [
    ['"origin":"spotcheck.example.org"', '"origin":"<img src=x>"', 'receipt-log'],
    ['"n":1,', '"n":9,', 'receipt-draw'], ['"n":1,', '"n":3,', 'receipt-void'], ['"n":1,', '"n":4,', 'receipt-sealed'],
    ['"n":1,', '"n":2,', 'receipt-commit'], ['"index":0,', '"index":1,', 'receipt-row'], ['"index":0,', '"index":9007199254740991,', 'receipt-row'],
    ['"rows":9,', '"rows":0,', 'receipt-row'], ['id,class,unit,', 'id,unit,class,', 'receipt-row'], ['"path":[', `"path":["${'0'.repeat(64)}",`, 'receipt-row'],
    [',Post 1,', ',Post 2,', 'receipt-private'], ['"take":2}', '"take":3}', 'receipt-line'],
    ['"outcome":"selected"', '"outcome":"none"', 'receipt-outcome'], ['"reserve":0,', '"reserve":1,', 'receipt-outcome'],
    ['"v":1}', '"v":2}', 'json-form'], ['"reserve":0,', '', 'json-form'], ['"rows":9,', '"rows":9,"rowz":9,', 'json-form'], ['"rows":9,', '"rows":9, ', 'json'],
  ];
  for (const [from, to, code] of cases) {
    const answer = await hold(changed('1-P01.json', from, to));
    assert.deepEqual([answer.status, answer.code], ['failed', code], to);
    assert.ok(MESSAGES.en[answer.code], answer.code);
  }
  assert.equal((await hold(changed('2-P09.json', '"ticket":""', `"ticket":"${'0'.repeat(64)}"`))).code, 'receipt-ticket');
  const seed = /"seed":"[0-9a-f]*"/;
  assert.equal((await hold(textOf('1-P01.json').replace(seed, `"seed":"${'0'.repeat(64)}"`))).code, 'receipt-seed');
  const mine = textOf('1-P01.json');
  const other = textOf('1-P02.json');
  for (const [part, code] of [[/"path":\[[^\]]*\]/, 'receipt-row'], [/"private":\{.*?\},"public/, 'receipt-private'], [/"ticket":"[0-9a-f]*"/, 'receipt-ticket'],
    [/"public":\{.*?\},"reserve/, 'receipt-row']]) {
    assert.equal((await hold(mine.replace(part, () => part.exec(other)[0]))).code, code);
  }
});

test('hostile files are refused', async () => {
  for (const bytes of ['', '{}', '[]', 'null', '"receipt"', '{"v":1}', '['.repeat(100000), new Uint8Array([0xff, 0xfe]), new Uint8Array(MOST_RECEIPT + 1)]) {
    assert.equal((await hold(bytes)).status, 'failed');
  }
  assert.equal((await hold('{"__proto__":1}')).status, 'failed');
});

test('nothing is said against a directory that does not hold, or is not whole', async () => {
  const bad = new Map(files);
  const record = Uint8Array.from(files.get('draws/0002/record.json'));
  record[100] ^= 1;
  bad.set('draws/0002/record.json', record);
  const against = async (map) => {
    const it = memorySource(map);
    return checkReceipt(it, await check(it), bytesOf('1-P01.json'));
  };
  assert.deepEqual(await against(bad), { status: 'notrun', code: 'receipt-unsound', params: {} });
  assert.equal((await against(new Map([...files].filter(([path]) => path.startsWith('draws/0001/'))))).code, 'receipt-folder');
  assert.equal((await against(readTree(EXAMPLE))).code, 'receipt-log');
});

test('the page hands a file over, of a bounded size', async () => {
  const told = [];
  const session = new Session((message) => told.push(structuredClone(message)), false);
  const file = (bytes, size = bytes.length) => ({ size, arrayBuffer: async () => (size > MOST_RECEIPT ? assert.fail('it was read') : bytes.buffer) });
  await session.hear({ type: 'hold', file: file(bytesOf('1-P01.json')) });
  assert.equal(told.length, 0);
  Object.assign(session, { source, report });
  await session.hear({ type: 'hold', file: file(bytesOf('1-P01.json')) });
  assert.equal(told.at(-1).answer.code, 'receipt-holds-selected');
  await session.hear({ type: 'hold', file: file(new Uint8Array(1), 2 ** 31) });
  assert.equal(told.at(-1).answer.code, 'receipt-long');
});

test('an audit path leads to the root from its own leaf alone', () => {
  for (let size = 1; size <= 20; size++) {
    const tree = new Tree();
    const leaves = Array.from({ length: size }, (_, i) => utf8(`leaf ${i}`));
    leaves.forEach((leaf) => tree.add(leafHash(leaf)));
    const root = hex(tree.root());
    for (let index = 0; index < size; index++) {
      const path = auditPath(leaves, index);
      assert.equal(rootOfPath(leaves[index], index, size, path), root);
      if (size > 1) assert.notEqual(rootOfPath(leaves[index], (index + 1) % size, size, path), root);
      assert.notEqual(rootOfPath(leaves[index], index, size, [...path, path[0] ?? leafHash(leaves[0])]), root);
      assert.notEqual(rootOfPath(utf8('other'), index, size, path), root);
    }
  }
});

/** RFC 6962 2.1.1, as it stands there. */
function auditPath(leaves, index) {
  if (leaves.length === 1) return [];
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  const rootOf = (some) => {
    const tree = new Tree();
    some.forEach((leaf) => tree.add(leafHash(leaf)));
    return tree.root();
  };
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half ? [...auditPath(left, index), rootOf(right)] : [...auditPath(right, index - half), rootOf(left)];
}
