// Readers of hostile bytes: they give a value or a Problem, never another error. PAGE_FUZZ says how often (default
// 20000), PAGE_SEED which.
import assert from 'node:assert/strict';
import test from 'node:test';
import { readAmendment } from '../../daemon/site/src/protocol/amendments.js';
import { utf8 } from '../../daemon/site/src/protocol/bytes.js';
import { parseEntry } from '../../daemon/site/src/protocol/entries.js';
import { parseCanonical, writeCanonical } from '../../daemon/site/src/protocol/json.js';
import { parseCheckpoint, parseVerifierKey } from '../../daemon/site/src/protocol/note.js';
import { checkPlaces } from '../../daemon/site/src/protocol/place.js';
import { Problem } from '../../daemon/site/src/protocol/problem.js';
import { readRecord } from '../../daemon/site/src/protocol/record.js';
import { readAway, readConflicts, readInspectors, readSealed, readTargets } from '../../daemon/site/src/protocol/rosters.js';
import { EXAMPLE, random, readTree } from './tools.mjs';

const COUNT = Number(process.env.PAGE_FUZZ ?? 20000);
const files = readTree(EXAMPLE);
const idle = async () => {};
const PROOF = `{"index":0,"line":"{\\"n\\":1,\\"nonce\\":\\"${'0'.repeat(32)}\\",\\"place\\":0,\\"target\\":\\"T\\",\\"team\\":[\\"I\\"],\\"visit\\":\\"2023-08-24T09:00\\"}","path":[],"size":1}`;
const none = { list: [], byId: new Map() };
const draw = (name) => files.get(`draws/0001/${name}`);

/** What was pasted never throws; here it must hold or not. */
function checkPasted(bytes) {
  const report = { kind: 'log', verdict: 'ok', draws: [{ n: 1, commit: {}, state: 'draw', places: '', opened: null }] };
  for (const { status, code, params } of checkPlaces(report, Buffer.from(bytes).toString())) if (status === 'failed') throw new Problem(code, params);
}

function entriesOf(bundle) {
  const entries = [];
  for (let at = 0; at < bundle.length;) {
    const length = bundle[at] * 256 + bundle[at + 1];
    entries.push(bundle.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

const READERS = [
  ...entriesOf(files.get('tile/entries/000.p/22')).map((seed) => [seed, (bytes) => parseEntry(bytes, 'x')]),
  [draw('sealed.json'), readSealed], [draw('record.json'), (bytes) => readRecord(bytes, 2)], [draw('amend-01.json'), (bytes) => readAmendment(bytes, 'x')],
  [draw('amend-02.json'), (bytes) => readAmendment(bytes, 'x')], [files.get('checkpoint'), (bytes) => parseCheckpoint(bytes, 'x')],
  [files.get('vkey'), (bytes) => parseVerifierKey(Buffer.from(bytes).toString().trimEnd())],
  [draw('targets.csv'), (bytes) => readTargets(bytes, '2023-08-23', idle)], [draw('inspectors.csv'), (bytes) => readInspectors(bytes, idle)],
  [draw('conflicts.csv'), (bytes) => readConflicts(bytes, none, none, idle)],
  [draw('away.csv'), (bytes) => readAway(bytes, { byId: new Map([['I001', {}], ['I006', {}], ['I009', {}]]) }, ['2023-08-24T09:00', '2023-08-25T09:00', '2023-08-28T09:00'], idle)],
  [utf8(PROOF), checkPasted],
];

const PIECES = ['{', '}', '[', ']', '"', ',', ':', '\\', '0', '-1', '9007199254740992', 'true', 'null', '""', '{}', '[]', '\n', '\n\n', '\u2014 ', '+', '=', '"v":1,'];

function mutate(seed, rng) {
  const bytes = [...seed];
  for (let i = 0; i <= rng(3); i++) {
    const at = rng(bytes.length + 1);
    const kind = rng(4);
    if (kind === 0) bytes[at] = rng(256);
    else if (kind === 1) bytes.splice(at, rng(8));
    else if (kind === 2) bytes.splice(at, rng(6), ...Buffer.from(PIECES[rng(PIECES.length)]));
    else bytes.splice(at, 0, ...bytes.slice(at, at + rng(40)));
  }
  return Uint8Array.from(bytes);
}

test(`${COUNT} spoilt inputs`, async () => {
  const rng = random(process.env.PAGE_SEED ?? 1);
  let read = 0;
  for (let i = 0; i < COUNT; i++) {
    const [seed, reader] = READERS[rng(READERS.length)];
    const bytes = mutate(seed, rng);
    try {
      await reader(bytes);
      read++;
    } catch (error) {
      assert.ok(error instanceof Problem, `${error.stack}\n${Buffer.from(bytes).toString('latin1').slice(0, 300)}`);
    }
  }
  assert.ok(read < COUNT / 2);
});

test('what is read as canonical JSON is written as the same bytes', () => {
  const rng = random(process.env.PAGE_SEED ?? 1);
  for (let i = 0; i < COUNT; i++) {
    const bytes = mutate(draw('sealed.json'), rng);
    let value;
    try {
      value = parseCanonical(bytes, 'x');
    } catch {
      continue;
    }
    assert.equal(writeCanonical(value), Buffer.from(bytes).toString());
  }
});
