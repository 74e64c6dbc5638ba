// A letter's places against the log, sealed or open; what is not exactly in the log is refused, and the fault is named.
import assert from 'node:assert/strict';
import test from 'node:test';
import { check } from '../../daemon/site/src/protocol/check.js';
import { writeCanonical } from '../../daemon/site/src/protocol/json.js';
import { MOST_PASTED, checkPlaces } from '../../daemon/site/src/protocol/place.js';
import { memorySource } from '../../daemon/site/src/protocol/source.js';
import { MESSAGES } from '../../daemon/site/src/ui/messages.js';
import { Session } from '../../daemon/site/src/ui/session.js';
import { auditPath, bare, standard, T } from './scene.mjs';
import { EXAMPLE, readTree } from './tools.mjs';

const s = await standard();
const report = await check(memorySource(s.publish()));
const proofOf = (draw, i) => ({ index: i, line: draw.lines[i], path: auditPath(draw.lines, i), size: draw.lines.length });
const said = (text, of = report) => checkPlaces(of, text).map(({ status, code }) => `${status} ${code}`);

test('every place of every draw is in the log', () => {
  let count = 0;
  for (const draw of [s.one, s.two, s.three, s.four, s.seven]) {
    const text = draw.lines.map((_, i) => writeCanonical(proofOf(draw, i))).join('\n');
    for (const { status, code, params } of checkPlaces(report, text)) {
      assert.equal(status, 'ok', code);
      assert.equal(params.n, draw.n);
      count++;
    }
  }
  assert.ok(count > 15, String(count));
  assert.deepEqual(said(`\r\n ${writeCanonical(proofOf(s.four, 0))} \r\n\r\n`), ['ok place-holds']);
  assert.deepEqual(said(writeCanonical(proofOf(s.one, 0))), ['ok place-holds-amended']);
  const [{ params }] = checkPlaces(report, writeCanonical(proofOf(s.four, 0)));
  assert.match(params.time, /^20\d\d-.*Z$/);
  assert.match(params.visit, /^20\d\d-\d\d-\d\d \d\d:\d\d$/);
});

/** The attachment of a letter. */
const attachmentOf = (draw, ...places) => writeCanonical({
  key: s.key.text, n: draw.n, origin: s.origin, places: places.map((i) => proofOf(draw, i)), type: 'places', v: 2,
});
const letterWith = (attachment, name = 'places-0002-I1-20230824.json') => ['From: a', 'Content-Type: multipart/mixed; boundary="=_1"', '', '--=_1',
  'Content-Type: text/plain', '', 'Title', '-----', '', 'See places-0002.json.', '--=_1', 'Content-Type: application/json',
  `Content-Disposition: attachment; filename="${name}"`, 'Content-Transfer-Encoding: base64', '',
  Buffer.from(attachment).toString('base64').replace(/.{76}/g, '$&\r\n'), '', '--=_1--', ''].join('\r\n');

test('the attachment, and the letter that has it', () => {
  const file = attachmentOf(s.two, 0, 1);
  assert.deepEqual(said(file), ['ok place-holds', 'ok place-holds']);
  assert.deepEqual(said(`${file}\n${writeCanonical(proofOf(s.four, 0))}\n`), ['ok place-holds', 'ok place-holds', 'ok place-holds']);
  assert.deepEqual(said(letterWith(file)), ['ok place-holds', 'ok place-holds']);
  assert.deepEqual(said(letterWith(file).replaceAll('\r\n', '\n')), ['ok place-holds', 'ok place-holds']);
  for (const text of [letterWith(file, 'result.csv'), letterWith(file).replace('base64', '7bit'), 'Dear all', '*', '\u{fffd}',
    letterWith(file).replace('eyJrZXki', '*')]) assert.deepEqual(said(text), ['failed place-letter'], text.slice(0, 200));
  assert.deepEqual(said(file.replace('"origin":"', '"origin":"x')), ['failed receipt-log', 'failed receipt-log']);
  assert.deepEqual(said(file.replace('"key":"', '"key":"x')), ['failed receipt-log', 'failed receipt-log']);
  assert.deepEqual(said(file.replace('"n":2', '"n":4')), ['failed place-other', 'failed place-other']);
  assert.deepEqual(said(file.replace('"index":1', '"index":0')), ['ok place-holds', 'failed place-index']);
  for (const [from, to] of [['"v":2', '"v":1'], ['"type":"places"', '"type":"place"'], [',"type"', ',"typ":1,"type"'], ['"n":2', '"n":0']]) {
    assert.deepEqual(said(file.replace(from, to)), ['failed json-form'], to);
  }
  assert.deepEqual(said(file.replace(/"places":\[.*\],"type"/, '"places":[],"type"')), ['failed json-form']);
  assert.match(said(file.slice(0, -1))[0], /^failed json/);
});

test('before the reveal as well', async () => {
  const sealed = await bare(async (it) => {
    it.genesis();
    it.cycle('a', 'none', 30);
    it.one = await it.commit('a', T, '2023-08-23T01:00:00Z');
    await it.draw(it.one, '2023-08-23T01:00:00Z');
  });
  const of = await check(memorySource(sealed.publish()));
  assert.equal(of.draws[0].revealed, false);
  const text = sealed.one.lines.map((_, i) => writeCanonical(proofOf(sealed.one, i))).join('\n');
  assert.deepEqual(new Set(said(text, of)), new Set(['ok place-holds']));
  const first = proofOf(sealed.one, 0);
  assert.deepEqual(said(writeCanonical({ ...first, line: first.line.replace('T09:00', 'T14:00').replace('T14:00', 'T14:01') }), of), ['failed place-path']);
});

test('the example\'s places, from its record', async () => {
  const files = readTree(EXAMPLE);
  const of = await check(memorySource(files));
  const record = JSON.parse(Buffer.from(files.get('draws/0001/record.json')));
  const { placeLine } = await import('../../daemon/site/src/protocol/record.js');
  const lines = record.selected.map((_, i) => placeLine(record, i));
  assert.equal(lines[0].slice(0, 16), '{"n":1,"nonce":"');
  for (let i = 0; i < lines.length; i++) {
    const [{ status }] = checkPlaces(of, writeCanonical({ index: i, line: lines[i], path: auditPath(lines, i), size: lines.length }));
    assert.equal(status, 'ok');
  }
});

test('what is wrong is named', () => {
  const good = proofOf(s.one, 1);
  const line = (change) => ({ ...good, line: writeCanonical({ ...JSON.parse(good.line), ...change }) });
  const cases = [
    [{ ...good, index: 0 }, 'place-index'], [{ ...good, size: 1 }, 'place-path'], [{ ...good, path: good.path.slice(1) }, 'place-path'],
    [{ ...good, path: [...good.path].reverse() }, 'place-path'], [{ ...good, path: [...good.path, good.path[0]] }, 'place-path'],
    [line({ target: 'T99' }), 'place-path'], [line({ team: ['I00', 'I01'] }), 'place-path'], [line({ visit: '2023-08-24T10:00' }), 'place-path'],
    [line({ n: 2 }), 'place-path'], [line({ n: 99 }), 'place-draw'], [line({ n: 5 }), 'place-void'], [line({ n: 8 }), 'place-open'],
    [line({ nonce: '0'.repeat(32) }), 'place-path'], [line({ place: 0 }), 'place-index'], [line({ nonce: '' }), 'json-form'], [line({ more: 1 }), 'json-form'],
    [{ ...good, v: 2 }, 'json-form'], [{ ...good, path: ['00'] }, 'json-form'], [{ ...good, size: 0 }, 'json-form'], [{ ...good, index: 10 ** 6 + 1 }, 'json-form'],
  ];
  for (const [proof, code] of cases) {
    assert.deepEqual(said(writeCanonical(proof)), [`failed ${code}`]);
    assert.ok(MESSAGES.en[code], code);
  }
  for (const text of ['null', '"x"', '['.repeat(100000)]) assert.deepEqual(said(text), ['failed place-letter']);
  for (const text of ['{', '{}', '{"key":'.repeat(10000), '{"__proto__":1}', ` ${writeCanonical(good).replace(',', ', ')}`]) assert.match(said(text)[0], /^failed json/);
  const text = writeCanonical(good);
  for (let at = 0; at < text.length; at += 3) {
    const other = `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) ^ 1)}${text.slice(at + 1)}`;
    assert.match(said(other)[0], /^failed/, other);
  }
});

test('what is pasted is bounded, and nothing is said against a directory that does not hold', async () => {
  assert.deepEqual(said(''), ['failed place-nothing']);
  assert.deepEqual(said('x'.repeat(MOST_PASTED + 1)), ['failed place-long']);
  assert.deepEqual(said('{\n'.repeat(1001)), ['failed place-lines']);
  const text = writeCanonical(proofOf(s.one, 0));
  assert.deepEqual(said(text, { ...report, verdict: 'failed' }), ['notrun receipt-unsound']);
  assert.deepEqual(said(text, { ...report, kind: 'folder' }), ['notrun receipt-folder']);
  const told = [];
  const session = new Session((message) => told.push(structuredClone(message)), false);
  await session.hear({ type: 'place', text });
  assert.equal(told.length, 0);
  Object.assign(session, { report });
  await session.hear({ type: 'place', text });
  assert.deepEqual(told.at(-1).answers.map(({ code }) => code), ['place-holds-amended']);
  const file = (bytes, size = bytes.length) => ({ size, arrayBuffer: async () => (size > MOST_PASTED ? assert.fail('it was read') : bytes.buffer) });
  const tell = async (...of) => {
    await session.hear({ type: 'place', file: file(...of) });
    return told.at(-1).answers.map(({ code }) => code);
  };
  assert.deepEqual(await tell(Uint8Array.from(Buffer.from(text))), ['place-holds-amended']);
  assert.deepEqual(await tell(Uint8Array.of(0xff)), ['place-letter']);
  assert.deepEqual(await tell(new Uint8Array(1), 2 ** 31), ['place-long']);
});
