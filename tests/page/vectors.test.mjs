// The formats one by one: known vectors, and slow obvious models.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import test from 'node:test';
import { compareText, hashAfter, H, hex, unbase64, unhex, utf8 } from '../../daemon/site/src/protocol/bytes.js';
import { checkBeaconForm, roundAt, verifyDrand } from '../../daemon/site/src/protocol/beacon.js';
import { takeOf } from '../../daemon/site/src/protocol/drum.js';
import { Lots } from '../../daemon/site/src/protocol/draw.js';
import { clockIn, dayOf, isRosterText, isZone, minutesOf, secondsOf } from '../../daemon/site/src/protocol/forms.js';
import { parseCanonical, writeCanonical } from '../../daemon/site/src/protocol/json.js';
import { Root, Tree, leafHash, nodeHash } from '../../daemon/site/src/protocol/merkle.js';
import { amendmentNumber, survey } from '../../daemon/site/src/protocol/names.js';
import { parseCheckpoint, parseVerifierKey, signedBy, verifyEd25519 } from '../../daemon/site/src/protocol/note.js';
import { reachedTime } from '../../daemon/site/src/protocol/sequence.js';
import { tilePath } from '../../daemon/site/src/protocol/tiles.js';

const { ed25519 } = createRequire(new URL('../../daemon/site/package.json', import.meta.url))('@noble/curves/ed25519.js');

test('a signed note of C2SP', () => {
  const key = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
  const blob = unbase64('Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=');
  const note = { text: 'This is an example message.\n', signatures: [{ name: key.name, id: blob.slice(0, 4), data: blob.slice(4) }] };
  assert.equal(signedBy(note, key), true);
  assert.equal(signedBy({ ...note, text: 'This is an example massage.\n' }, key), false);
  assert.equal(signedBy({ ...note, signatures: [] }, key), false);
});

test('verifier keys with one thing wrong are none', () => {
  const good = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  assert.ok(parseVerifierKey(good));
  for (const bad of [good.replace('530d', '530e'), good.replace('530d', '530D'), good.slice(0, -1), `${good}=`, good.replace('/foo', '/ foo'),
    good.replace('+A', '+Q'), good.replace('/foo', '+foo'), good.replace('/foo', '/fo\u200bo'), good.replace('/foo', '/fo,o'), '', `${good}\n`]) assert.equal(parseVerifierKey(bad), null, bad);
});

test('a key of small order signs nothing', () => {
  const neutral = unhex(`01${'00'.repeat(31)}`);
  const signature = unhex(`01${'00'.repeat(63)}`);      // true for every message under that key by the cofactored rule
  assert.equal(verifyEd25519(signature, utf8('anything'), neutral), false);
});

test('Ed25519 without the cofactor: a point of small order in R makes a signature false', () => {
  const { Point } = ed25519;
  const little = (number) => unhex(number.toString(16).padStart(64, '0')).reverse();
  const number = (bytes) => BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);
  const [a, r] = [123456789123456789n, 987654321987654321n];
  const key = Point.BASE.multiply(a).toBytes();
  const message = utf8('message');
  const sign = (R) => {
    const start = R.toBytes();
    const k = number(createHash('sha512').update(start).update(key).update(message).digest()) % Point.Fn.ORDER;
    return Uint8Array.from([...start, ...little((r + k * a) % Point.Fn.ORDER)]);
  };
  const torsion = Point.fromBytes(unhex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'));     // of order 8
  const honest = sign(Point.BASE.multiply(r));
  const twisted = sign(Point.BASE.multiply(r).add(torsion));
  assert.equal(verifyEd25519(honest, message, key), true);
  assert.equal(ed25519.verify(twisted, message, key, { zip215: false }), true);     // by the equation with the cofactor
  assert.equal(verifyEd25519(twisted, message, key), false);
});

const ROUND_1000 = 'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39';
const ROUND_42 = '95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce430a91b811fbfaf763900bc998b5d686a';

test('quicknet: BLS signatures, randomness, rounds', () => {
  assert.equal(verifyDrand(1000, ROUND_1000), true);
  assert.equal(verifyDrand(42, ROUND_42), true);
  assert.equal(H(unhex(ROUND_1000)), 'fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd');
  assert.equal(roundAt(1692806364), 1000);
  assert.equal(roundAt(1692806362), 1000);
  assert.equal(roundAt(1692806365), 1001);
  const prime = BigInt('0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab');
  const infinity = `c0${'00'.repeat(47)}`;
  const x = BigInt(`0x${ROUND_42}`) & ((1n << 381n) - 1n);
  const larger = ((x + prime) | (4n << 381n)).toString(16);         // the same point, written with x + p
  for (const bad of [ROUND_42, infinity, `${ROUND_1000.slice(0, -1)}8`, `9${ROUND_1000.slice(1)}`, ROUND_1000.slice(2), `80${'00'.repeat(47)}`, '', larger]) {
    assert.equal(verifyDrand(1000, bad), false, bad);
  }
  assert.equal(verifyDrand(42, larger), false);
});

test('a public value has at least 64 bits', () => {
  const form = (count, symbols) => () => checkBeaconForm({ beacon: { count, symbols, source: 'public' } }, []);
  for (const [count, symbols] of [[20, '0123456789'], [64, '01'], [2 ** 52, '01'], [14, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'], [25, '123456']]) form(count, symbols)();
  for (const [count, symbols] of [[19, '0123456789'], [63, '01'], [2 ** 52, '0'], [13, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'], [24, '123456']]) {
    assert.throws(form(count, symbols), { name: 'Problem' });
  }
});

test('tiles lie where C2SP puts them', () => {
  assert.equal(tilePath('entries', 1234067, 256), 'tile/entries/x001/x234/067');
  assert.equal(tilePath(0, 273, 112), 'tile/0/273.p/112');
  assert.equal(tilePath(1, 1, 17), 'tile/1/001.p/17');
  assert.equal(tilePath(2, 0, 1), 'tile/2/000.p/1');
});

function slowRoot(leaves) {
  if (leaves.length === 0) return new Uint8Array(createHash('sha256').digest());
  if (leaves.length === 1) return leafHash(leaves[0]);
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return nodeHash(slowRoot(leaves.slice(0, half)), slowRoot(leaves.slice(half)));
}

test('tree roots, of every prefix, against the definition', () => {
  const leaves = Array.from({ length: 70 }, (_, i) => utf8(`leaf ${i}`));
  const tree = new Tree();
  const root = new Root();
  for (let size = 0; size <= leaves.length; size++) {
    assert.equal(hex(tree.root()), hex(slowRoot(leaves.slice(0, size))));
    assert.equal(hex(root.value()), hex(tree.root()));
    for (let prefix = 0; prefix < size; prefix++) assert.equal(hex(tree.root(prefix)), hex(slowRoot(leaves.slice(0, prefix))));
    if (size < leaves.length) tree.add(leafHash(leaves[size])), root.add(leaves[size]);
  }
});

test('canonical JSON is read by its grammar', () => {
  const read = (text) => parseCanonical(typeof text === 'string' ? utf8(text) : text, 'x');
  for (const good of ['{}', '[]', '0', '-1', '9007199254740991', 'true', '"a\\"\\\\/é𐀀"', '{"a":1,"b":[1,{"c":false}],"\uffff":0,"𐀀":1}']) {
    assert.equal(writeCanonical(read(good)), good);
  }
  const bad = ['', ' {}', '{} ', '{"a":1,}', '{"b":1,"a":1}', '{"a":1,"a":1}', '01', '-0', '1.0', '1e0', '9007199254740992', 'null', '"\\n"', '"\\/"',
    '"\\u0061"', '"\t"', '"\x7f"', '"\x85"', '"', '"\\', '[1,]', '[1 ,2]', '\ufeff{}', '{"a"}', '{a:1}', '{"𐀀":1,"\uffff":0}', '[', '-', '+1', 'tru',
    '['.repeat(50), '{"__proto__":1,"__proto__":1}', '{}{}'];
  for (const each of bad) assert.throws(() => read(each), { name: 'Problem' }, each);
  for (const each of [[0x22, 0xff, 0x22], [0x22, 0xc0, 0xb1, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22]]) assert.throws(() => read(Uint8Array.from(each)));
});

test('texts are ordered by their bytes', () => {
  const texts = ['', 'a', 'a-b', 'a,b', 'é', '\ud7ff', '\ue000', '\uffff', '𐀀', '𐀁', '局', '\u{e0001}'];
  for (const a of texts) for (const b of texts) assert.equal(Math.sign(compareText(a, b)), Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
});

test('dates and times are real ones', () => {
  assert.equal(dayOf('1970-01-01'), 0);
  assert.equal(dayOf('2024-02-29'), 19782);
  assert.equal(secondsOf('2023-08-23T15:09:27Z'), 1692803367);
  for (const bad of ['2023-02-29', '2023-13-01', '2023-00-10', '2023-1-1', '', '2023-04-31', ' 2023-01-01']) assert.equal(dayOf(bad), null, bad);
  for (const bad of ['2023-08-23T24:00:00Z', '2023-08-23T15:60:00Z', '2023-08-23T15:09:60Z', '2023-08-23 15:09:27Z', '2023-08-23T15:09:27', '2023-08-23T15:09:27Z\n']) {
    assert.equal(secondsOf(bad), null, bad);
  }
});

test('text of a roster', () => {
  for (const good of ['', 'a', 'Unit B', '财政局', "'; \\", '𠀀', '\ufffd', '局'.repeat(64)]) assert.equal(isRosterText(good), true, good);
  for (const bad of [' a', 'a ', 'a  b', 'a,b', 'a"b', '\u200b', 'a\u00a0b', '\u3000', '\ue000', '\u{e0041}', '\u{10ffff}', '局'.repeat(64) + 'x', 'x'.repeat(193), '\ufeff', '\t']) {
    assert.equal(isRosterText(bad), false, JSON.stringify(bad));
  }
});

test('hashes that begin with the seed, and starts of visits', () => {
  const seed = H('seed');
  const after = hashAfter(seed);
  for (const text of ['', 'target/T1/1', 'x'.repeat(100)]) assert.equal(after(text), H(seed + text));
  const lots = new Lots(seed);
  assert.equal(lots.ticket('T1', 3), [1, 2, 3].map((i) => H(`${seed}target/T1/${i}`)).sort()[0]);
  const start = (what, slots) => Number((BigInt(`0x${H(`${seed}visit/${what}`).slice(0, 16)}`) * BigInt(slots)) / 2n ** 64n);
  assert.equal(lots.start({ id: 'T1', unit: '局' }, true, 7), start('unit/局', 7));
  assert.equal(lots.start({ id: 'T1', unit: '局' }, false, 7), start('target/T1', 7));
  assert.equal(lots.start({ id: 'T1', unit: '' }, true, 2000), start('target/T1', 2000));
});

test('how many a stratum takes is rounded up, exactly', () => {
  assert.equal(takeOf({ per_10000: 500 }, 12), 1);
  assert.equal(takeOf({ per_10000: 500 }, 20), 1);
  assert.equal(takeOf({ per_10000: 500 }, 21), 2);
  assert.equal(takeOf({ per_10000: 9999 }, 2 ** 24), Math.ceil(2 ** 24 * 0.9999));
  assert.equal(takeOf({ count: 5 }, 3), 3);
});

test('names: four digits at least, and no more than they need', () => {
  const found = survey(['checkpoint', 'draws/0001/commit.json', 'draws/12345/x', 'draws/01234/x', 'draws/123/x', 'archive/0003.checkpoint', 'archive/00003.checkpoint', 'tile/0/000', 'tile/0/0']);
  assert.deepEqual([...found.draws.keys()], [1, 12345]);
  assert.deepEqual(found.archives, [3]);
  assert.equal(found.foreign, 5);
  assert.deepEqual(['amend-01.json', 'amend-99.json', 'amend-100.json', 'amend-1.json', 'amend-001.json', 'amend-0100.json'].map(amendmentNumber), [1, 99, 100, null, null, null]);
});

test('zones are names, and clocks go by them', () => {
  for (const good of ['Asia/Shanghai', 'UTC', 'Etc/GMT+8', 'America/Argentina/Buenos_Aires', 'x'.repeat(64)]) assert.equal(isZone(good), true, good);
  for (const bad of ['', '/', 'a/', '/a', 'a//b', '../../etc/passwd', 'a b', 'x'.repeat(65), 'Asia/Shanghai\n', 1]) assert.equal(isZone(bad), false, String(bad));
  assert.equal(clockIn('Asia/Shanghai', secondsOf('2023-08-23T15:59:22Z')), '2023-08-23T23:59');
  assert.equal(clockIn('Asia/Shanghai', secondsOf('2023-08-23T16:00:00Z')), '2023-08-24T00:00');
  assert.equal(clockIn('Mars/Olympus_Mons', 0), null);
});

test('slots are apart as their clocks read', () => {
  assert.equal(minutesOf('2023-08-24T09:00') - minutesOf('2023-08-23T23:59'), 541);
  for (const bad of ['2023-08-24T24:00', '2023-08-24T9:00', '2023-08-24 09:00', '2023-02-29T09:00', '2023-08-24T09:00Z', '']) assert.equal(minutesOf(bad), null, bad);
});

test('the time that more than half of some witnesses reach', () => {
  const times = new Map([['a', 10], ['b', 20], ['c', 2 ** 53 - 1]]);
  assert.equal(reachedTime(['a', 'b', 'c'], times), 20);
  assert.equal(reachedTime(['a', 'b', 'c', 'd'], times), 10);
  assert.equal(reachedTime(['a', 'b'], times), 10);
  assert.equal(reachedTime(['c'], times), 2 ** 53 - 1);
  assert.equal(reachedTime(['a', 'x', 'y'], times), null);
  assert.equal(reachedTime([], times), null);
});

test('checkpoints have three lines and nothing else', () => {
  const root = 'iKtnhkMph/Gx4MI4RaiSbIk8Fdp0ztyuqHPkamZMuBM=';
  const line = '— a AAAAAAA=\n';
  const read = (text) => parseCheckpoint(utf8(text), 'x');
  assert.equal(read(`o\n13\n${root}\n\n${line}`).size, 13);
  for (const bad of [`o\n013\n${root}\n\n${line}`, `o\n13\n${root}\nextra\n\n${line}`, `o\n13\n${root}\n${line}`, `o\n13\n${root}\n\n`, `o\n-1\n${root}\n\n${line}`,
    `o\n13\n${root}\n\n${line.trimEnd()}`, `o\n13\n${root.replace('M=', 'N=')}\n\n${line}`, `\n13\n${root}\n\n${line}`, `o\r\n13\n${root}\n\n${line}`,
    `o\n9007199254740992\n${root}\n\n${line}`, `o\n13\n${root}\n\n- a AAAAAAA=\n`, `o\n13\n${root}\n\n${line}\n${line}`, `o\n13\n${root}\n\n${line.repeat(101)}`]) {
    assert.throws(() => read(bad), { name: 'Problem' }, bad);
  }
});
