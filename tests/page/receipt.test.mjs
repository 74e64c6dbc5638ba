// Receipts against the directory that they are of: they hold; changed in any byte, of another
// log, or of a draw that is not open they do not, and the fault is named.
import assert from 'node:assert/strict';
import test from 'node:test';
import { hex, unhex, utf8 } from '../../daemon/site/src/protocol/bytes.js';
import { check } from '../../daemon/site/src/protocol/check.js';
import { Tree, leafHash, rootOfPath } from '../../daemon/site/src/protocol/merkle.js';
import { MOST_RECEIPT, checkReceipt } from '../../daemon/site/src/protocol/receipt.js';
import { memorySource } from '../../daemon/site/src/protocol/source.js';
import { MESSAGES } from '../../daemon/site/src/ui/messages.js';
import { Session } from '../../daemon/site/src/ui/session.js';
import { writeCanonical } from '../../daemon/site/src/protocol/json.js';
import { auditPath, privateLine, standard } from './scene.mjs';
import { EXAMPLE, readTree } from './tools.mjs';

const s = await standard();
const files = s.publish();
const source = memorySource(files);
const report = await check(source);
const hold = (bytes) => checkReceipt(source, report, typeof bytes === 'string' ? utf8(bytes) : bytes);

/** A target's receipt, from what was drawn. */
function receiptOf(draw, id) {
  const lines = draw.texts['targets.csv'].split('\n').slice(1, -1);
  const index = lines.findIndex((line) => line.startsWith(`${id},`));
  const row = draw.tables.targets.find((each) => each.id === id);
  const { result, plan, sealed } = draw;
  const { record } = result;
  const classes = plan.strata.map((each) => each.class);
  const stratumOf = (name) => (classes.includes(name) ? name : '*');
  const stratum = stratumOf(row.class);
  const mine = result.chosen.filter((each) => stratumOf(each.row.class) === stratum);
  const { drum, take } = JSON.parse(sealed).strata.find((each) => each.class === stratum);
  const last = (of) => mine.filter((each) => of(each.row.drum)).at(-1)?.ticket ?? '';
  const reserve = record.reserve.filter((each) => stratumOf(each.class) === stratum).findIndex((each) => each.id === id) + 1;
  const selected = record.selected.some((each) => each.id === id);
  const outcome = selected ? 'selected' : record.unstaffed.includes(id) ? 'unstaffed' : reserve ? 'reserve' : 'none';
  const [header, privateRow] = privateLine(draw.n, id).split('\n');
  const at = record.selected.findIndex((each) => each.id === id);
  const place = selected ? { place: { index: at, line: draw.lines[at], path: auditPath(draw.lines, at), size: draw.lines.length } } : {};
  return writeCanonical({
    ...place,
    commit: record.commit, index, key: s.key.text, line: { class: stratum, drum, due: last((each) => each !== 'in'), in: last((each) => each === 'in'), take },
    n: draw.n, origin: s.origin, outcome, path: auditPath(lines, index), private: { header, row: privateRow },
    public: { header: draw.texts['targets.csv'].split('\n')[0], row: lines[index] }, reserve, rows: lines.length, seed: record.seed,
    ticket: ['rest', 'excused'].includes(row.drum) ? '' : result.lots.ticket(id, Number(row.weight)), type: 'receipt', v: 2,
  });
}

const receipts = new Map([s.one, s.two, s.four].flatMap((draw) => draw.tables.targets.map(({ id }) => [`${draw.n}-${id}`, receiptOf(draw, id)])));
const textOf = (name) => receipts.get(name);
const bytesOf = (name) => utf8(textOf(name));
const SELECTED = `1-${s.one.result.record.selected[0].id}`;
const REST = `2-${s.two.tables.targets.find(({ drum }) => drum === 'rest').id}`;
const OTHER = [...receipts.keys()].find((name) => name.startsWith('1-') && name !== SELECTED);

/** A receipt with `from`, which stands there once, replaced. */
function changed(name, from, to) {
  const text = textOf(name);
  assert.equal(text.split(from).length, 2, `${name}: ${from}`);
  return text.replace(from, () => to);
}

test('every target\'s receipt holds, and says what became of it', async () => {
  const seen = new Set();
  assert.equal(report.verdict, 'ok');
  assert.equal(receipts.size, 72);
  for (const name of receipts.keys()) {
    const { status, code, params } = await hold(bytesOf(name));
    assert.equal(status, 'ok', `${name}: ${code} ${JSON.stringify(params)}`);
    assert.equal(`${params.n}-${params.id}`, name);
    seen.add(code);
  }
  assert.deepEqual([...seen].sort(), ['excused', 'not-drawn', 'reserve', 'rest', 'selected', 'unstaffed'].map((word) => `receipt-holds-${word}`));
  for (const code of seen) assert.ok(MESSAGES.en[code], code);
});

test('no byte of one may be another', async () => {
  const bytes = bytesOf(OTHER);
  for (let at = 0; at < bytes.length; at++) {
    const other = Uint8Array.from(bytes);
    other[at] ^= 1 << (at % 7);
    const { status } = await hold(other);
    assert.equal(status, 'failed', `byte ${at}`);
  }
  for (let length = 0; length < bytes.length; length += 7) assert.equal((await hold(bytes.slice(0, length))).status, 'failed', String(length));
  assert.equal((await hold(`${textOf(OTHER)}\n`)).code, 'json');
});

test('what is wrong is named', async () => {
  const { rows, index, reserve, outcome } = JSON.parse(textOf(SELECTED));
  const { take } = JSON.parse(textOf(SELECTED)).line;
  const cases = [
    ['"origin":"log.example.org"', '"origin":"<img src=x>"', 'receipt-log'],
    ['"n":1,', '"n":9,', 'receipt-draw'], ['"n":1,', '"n":5,', 'receipt-void'], ['"n":1,', '"n":8,', 'receipt-sealed'],
    ['"n":1,', '"n":2,', 'receipt-commit'], [`"index":${index},`, `"index":${index + 1},`, 'receipt-row'], [`"index":${index},`, '"index":9007199254740991,', 'receipt-row'],
    [`"rows":${rows},`, '"rows":0,', 'receipt-row'], ['id,class,unit,', 'id,unit,class,', 'receipt-row'], ['ed","path":[', `ed","path":["${'0'.repeat(64)}",`, 'receipt-row'],
    [',Post T', ',Post U', 'receipt-private'], [`"take":${take}}`, `"take":${take + 1}}`, 'receipt-line'],
    [`"outcome":"${outcome}"`, '"outcome":"none"', 'json-form'], [`"reserve":${reserve},`, `"reserve":${reserve + 1},`, 'receipt-outcome'],
    ['"v":2}', '"v":1}', 'json-form'], [/"place":\{.*?\},"private/, '"private', 'json-form'], ['"place":{"index":', '"place":{"index":1', 'receipt-place'],
    ['\\"visit\\":\\"2', '\\"visit\\":\\"3', 'receipt-place'], [/"size":\d+\}/, '"size":1}', 'receipt-place'], [`"reserve":${reserve},`, '', 'json-form'], [`"rows":${rows},`, `"rows":${rows},"rowz":9,`, 'json-form'], [`"rows":${rows},`, `"rows":${rows}, `, 'json'],
  ];
  for (const [from, to, code] of cases) {
    const answer = await hold(changed(SELECTED, from, to));
    assert.deepEqual([answer.status, answer.code], ['failed', code], to);
    assert.ok(MESSAGES.en[answer.code], answer.code);
  }
  assert.equal((await hold(changed(REST, '"ticket":""', `"ticket":"${'0'.repeat(64)}"`))).code, 'receipt-ticket');
  assert.equal((await hold(changed(SELECTED, /"place":\{.*?\},"private/, '"private').replace('"outcome":"selected"', '"outcome":"none"'))).code, 'receipt-outcome');
  const seed = /"seed":"[0-9a-f]*"/;
  assert.equal((await hold(textOf(SELECTED).replace(seed, `"seed":"${'0'.repeat(64)}"`))).code, 'receipt-seed');
  const mine = textOf(SELECTED);
  const other = textOf(OTHER);
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
  const record = Uint8Array.from(files.get('draws/0004/record.json'));
  record[100] ^= 1;
  bad.set('draws/0004/record.json', record);
  const against = async (map) => {
    const it = memorySource(map);
    return checkReceipt(it, await check(it), bytesOf(SELECTED));
  };
  assert.deepEqual(await against(bad), { status: 'notrun', code: 'receipt-unsound', params: {} });
  assert.equal((await against(new Map([...files].filter(([path]) => path.startsWith('draws/0001/'))))).code, 'receipt-folder');
  assert.equal((await against(readTree(EXAMPLE))).code, 'receipt-log');
});

test('the page hands a file over, of a bounded size', async () => {
  const told = [];
  const session = new Session((message) => told.push(structuredClone(message)), false);
  const file = (bytes, size = bytes.length) => ({ size, arrayBuffer: async () => (size > MOST_RECEIPT ? assert.fail('it was read') : bytes.buffer) });
  await session.hear({ type: 'hold', file: file(bytesOf(SELECTED)) });
  assert.equal(told.length, 0);
  Object.assign(session, { source, report });
  await session.hear({ type: 'hold', file: file(bytesOf(SELECTED)) });
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
      const path = auditPath(leaves.map((leaf) => Buffer.from(leaf).toString()), index).map(unhex);
      assert.equal(rootOfPath(leaves[index], index, size, path), root);
      if (size > 1) assert.notEqual(rootOfPath(leaves[index], (index + 1) % size, size, path), root);
      assert.notEqual(rootOfPath(leaves[index], index, size, [...path, path[0] ?? leafHash(leaves[0])]), root);
      assert.notEqual(rootOfPath(utf8('other'), index, size, path), root);
    }
  }
});
