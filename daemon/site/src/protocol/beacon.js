// The public random value (PROTOCOL 4): its form, its strength, its signature.
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { H, unhex, utf8 } from './bytes.js';
import { secondsOf } from './forms.js';
import { parseVerifierKey, verifyEd25519 } from './note.js';
import { Problem, need } from './problem.js';

export const QUICKNET = {
  chain: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  genesis_s: 1692803367,
  period_s: 3,
  key: '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc2'
    + '2b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  dst: 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_',
};
const LEAST_VALUES = 2n ** 64n;
export const IN_TIME_S = 600;       // a cosignature of the commitment is in time so long before draw_time

/** The round whose value comes at or first after a time in seconds; before drand began it is the first. */
export const roundAt = (seconds) => Math.max(1, Math.ceil((seconds - QUICKNET.genesis_s) / QUICKNET.period_s) + 1);

/**
 * Whether quicknet signed this round: a canonical compressed point of the subgroup, not the zero point.
 * @param {number} round @param {string} signature hex, 48 bytes
 */
export function verifyDrand(round, signature) {
  if (signature.length !== 96) return false;
  const message = new Uint8Array(8);
  new DataView(message.buffer).setBigUint64(0, BigInt(round));
  const scheme = bls12_381.shortSignatures;
  try {
    const point = scheme.Signature.fromHex(signature);
    point.assertValidity();
    if (point.is0() || scheme.Signature.toHex(point) !== signature) return false;
    return scheme.verify(point, scheme.hash(sha256(message), QUICKNET.dst), unhex(QUICKNET.key));
  } catch {
    return false;
  }
}

/** Whether values of a source are signed. */
export const isSigned = (source) => source === 'drand' || source === 'witness';

/** The commitment's beacon is strong enough, of the right round, of a witness in force. @throws {Problem} */
export function checkBeaconForm({ beacon, draw_time: drawTime }, witnesses) {
  switch (beacon.source) {
    case 'public': return checkStrength(beacon);
    case 'drand': return checkRound(beacon.round, roundAt(secondsOf(drawTime)));
    case 'witness': return need(witnesses === null || witnesses.includes(beacon.key), 'witness-key');
    default: return undefined;
  }
}

function checkRound(round, wanted) {
  need(round === wanted, 'drand-round', { round, wanted });
}

function checkStrength({ count, symbols }) {
  const values = symbols.length === 1 ? 1n : BigInt(symbols.length) ** BigInt(Math.min(count, 64));
  need(values >= LEAST_VALUES, 'beacon-weak', { count, symbols: symbols.length });
}

/** Of a value without a signature: what the commitment says of its form. */
export function checkPublicValue({ beacon }, value) {
  if (beacon.source === 'none') return need(value === '', 'value-none');
  const known = new Set(beacon.symbols);
  return need(value.length === beacon.count && [...value].every((c) => known.has(c)), 'value-form', { count: beacon.count });
}

/**
 * A draw's or void's value and signature.
 * @param {object} commit with its hash
 * @param {object} outcome the entry
 * @param {function(string): boolean} inTime whether a witness cosigned the commitment in time
 */
export function checkValue(commit, outcome, inTime) {
  const { source } = commit.beacon;
  const signed = isSigned(source);
  need(('signature' in outcome) === signed, signed ? 'signature-missing' : 'signature-extra', { source });
  if (!signed) return checkPublicValue(commit, outcome.beacon);
  const { signature, beacon: value } = outcome;
  need(signature.length === (source === 'drand' ? 96 : 128), 'signature-length', { source });
  need(value === H(unhex(signature)), 'value-hash');
  return source === 'drand' ? checkDrand(commit, signature) : checkWitness(commit, signature, inTime);
}

function checkDrand({ beacon }, signature) {
  need(verifyDrand(beacon.round, signature), 'drand-signature', { round: beacon.round });
}

function checkWitness({ beacon, hash }, signature, inTime) {
  const key = parseVerifierKey(beacon.key);
  const message = utf8(`spotcheck-beacon/v1\n${hash}\n`);
  need(verifyEd25519(unhex(signature), message, key.key), 'witness-signature', { name: key.name });
  need(inTime(beacon.key), 'witness-late', { name: key.name });
}

/**
 * A void's value, so that a void cannot be a draw that did not please. Under drand and witness it comes with the void or with its
 * reveal, unless the void was seen before the value could exist, or blames a witness; under public with the void.
 * @param {object} commit with its hash
 * @param {object} outcome the void entry
 * @param {object|null} reveal
 * @param {function(string): boolean} inTime whether a witness cosigned the commitment in time
 * @param {boolean} seenBefore more than half of the witnesses cosigned it before draw_time
 * @returns {''|'open'|'blames'|'withheld'} open: the reveal may bring it yet
 */
export function checkVoid(commit, outcome, reveal, inTime, seenBefore) {
  const { source } = commit.beacon;
  const told = 'beacon' in outcome;
  const toldLater = reveal !== null && 'beacon' in reveal;
  need(!told || source !== 'none', 'void-value', { source });
  need(!toldLater || isSigned(source), 'reveal-value');
  need(!(told && toldLater), 'void-twice');
  if (told || toldLater) return checkValue(commit, told ? outcome : reveal, inTime), '';
  if (source === 'none' || seenBefore) return '';
  if (source === 'public') return 'withheld';
  if (source === 'witness' && outcome.reason.startsWith('beacon')) return 'blames';
  if (reveal === null) return 'open';
  throw new Problem('void-late');
}

/** The entry that has a draw's or void's value; null if none has. */
export function valueEntry({ outcome, reveal }) {
  return [outcome, reveal].find((entry) => entry && 'beacon' in entry) ?? null;
}
