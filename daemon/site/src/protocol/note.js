// C2SP signed notes, checkpoints and cosignatures; Ed25519 verified strictly.
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bigEndian, hex, same, textOf, unbase64, utf8 } from './bytes.js';
import { isKeyName } from './forms.js';
import { Problem, brief, need } from './problem.js';

export const LOG_KEY = 0x01;
export const WITNESS_KEY = 0x04;
export const MOST_NOTE = 1 << 20;       // bytes of a checkpoint with its signatures
export const MOST_LINES = 100;          // signature lines

/**
 * A verifier key `name+<8 hex>+<base64>`.
 * @returns {{text: string, name: string, id: Uint8Array, type: number, key: Uint8Array}|null}
 */
export function parseVerifierKey(text) {
  if (typeof text !== 'string' || text.length > 1024) return null;
  const found = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(text);
  const data = found && isKeyName(found[1]) && unbase64(found[3]);
  if (!data || data.length !== 33 || (data[0] !== LOG_KEY && data[0] !== WITNESS_KEY)) return null;
  const name = found[1];
  const id = keyId(name, data);
  return hex(id) === found[2] ? { text, name, id, type: data[0], key: data.slice(1) } : null;
}

function keyId(name, data) {
  const start = utf8(name + '\n');
  const all = new Uint8Array(start.length + data.length);
  all.set(start);
  all.set(data, start.length);
  return sha256(all).slice(0, 4);
}

/**
 * Ed25519 after RFC 8032, as strictly as it is done anywhere, so that no two programs disagree: canonical
 * encodings, S < L, no key of small order, and the equation without the cofactor.
 */
export function verifyEd25519(signature, message, key) {
  if (signature.length !== 64) return false;
  const { Point } = ed25519;
  const start = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (s >= Point.Fn.ORDER) return false;
  try {
    const a = pointOf(key);
    const r = Point.fromBytes(start, false);        // false: canonical, not as ZIP 215 has it
    if (a.isSmallOrder() || r.isSmallOrder()) return false;
    const k = littleEndian(sha512.create().update(start).update(key).update(message).digest()) % Point.Fn.ORDER;
    return Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k)).equals(r);
  } catch {
    return false;       // not a point
  }
}

const OFTEN = 16;       // uses after which a key's multiples are kept, which makes each further use four times as fast
const MOST_POINTS = 256;
const points = new Map();

/** The point of a public key. A log's few keys verify thousands of signatures. @throws where it is not one */
function pointOf(key) {
  const name = hex(key);
  const known = points.get(name) ?? { point: ed25519.Point.fromBytes(key, false), uses: 0 };
  if (points.size < MOST_POINTS) points.set(name, known);
  known.uses++;
  if (known.uses === OFTEN) known.point.precompute(8, false);
  return known.point;
}

const littleEndian = (bytes) => BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);

/**
 * A checkpoint, its form alone: nothing is verified yet.
 * @param {Uint8Array} bytes
 * @param {string} where its path, for the problem
 * @returns {{text: string, origin: string, size: number, root: Uint8Array,
 *            signatures: {name: string, id: Uint8Array, data: Uint8Array}[]}}
 */
export function parseCheckpoint(bytes, where) {
  const whole = textOf(bytes);
  need(whole !== null, 'not-utf8', { where });
  const split = whole.lastIndexOf('\n\n');
  const text = whole.slice(0, split + 1);
  const found = split < 0 ? null : /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(text);
  const root = found && unbase64(found[3]);
  const odd = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(text);
  need(root && !odd && Number.isSafeInteger(Number(found[2])), 'checkpoint-form', { where });
  const signatures = parseSignatures(whole.slice(split + 2), where);
  return { text, origin: found[1], size: Number(found[2]), root, signatures };
}

function parseSignatures(text, where) {
  need(text.endsWith('\n'), 'signature-lines', { where });
  const lines = text.slice(0, -1).split('\n');
  need(lines.length <= MOST_LINES, 'signature-count', { where, count: lines.length, most: MOST_LINES });
  return lines.map((line) => {
    const found = /^\u2014 ([^+\p{White_Space}\p{Cc}]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
    const data = found && unbase64(found[2]);
    if (!data || data.length < 5) throw new Problem('signature-lines', { where, line: brief(line) });
    return { name: found[1], id: data.slice(0, 4), data: data.slice(4) };
  });
}

const isOf = (line, key) => line.name === key.name && same(line.id, key.id);

/** Whether the log signed the note; each line that claims its key must be true. */
export function signedBy(note, key) {
  const lines = note.signatures.filter((line) => isOf(line, key));
  return lines.length > 0 && lines.every((line) => verifyEd25519(line.data, utf8(note.text), key.key));
}

/**
 * The cosignatures of known witnesses on a note; unknown keys are ignored.
 * @param {object[]} keys verifier keys of type 0x04, at most one a name
 * @returns {{times: Map<string, number>, false: string[]}} by verifier key the time (seconds) of the earliest true
 *          cosignature, and the names of witnesses with a false one
 */
export function cosignatures(note, keys) {
  const times = new Map();
  const untrue = [];
  for (const line of note.signatures) {
    for (const key of keys.filter((each) => isOf(line, each))) {
      const time = cosignatureTime(note, line, key);
      if (time === null) untrue.push(key.name);
      else times.set(key.text, Math.min(time, times.get(key.text) ?? time));
    }
  }
  return { times, false: untrue };
}

/** The time of a cosignature; null where it is false. One of 2^53 or more is no integer of the protocol, so it is false. */
function cosignatureTime(note, line, key) {
  if (line.data.length !== 72) return null;
  const time = bigEndian(line.data.subarray(0, 8));
  if (time === null) return null;
  const message = utf8(`cosignature/v1\ntime ${time}\n${note.text}`);
  return verifyEd25519(line.data.subarray(8), message, key.key) ? time : null;
}
