// Bytes, text and digests (PROTOCOL 2). Text is UTF-8, refused where it is not.
import { sha256 } from '@noble/hashes/sha2.js';

const encoder = new TextEncoder();
const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** @param {string} text @returns {Uint8Array} its UTF-8 */
export const utf8 = (text) => encoder.encode(text);

/** @param {Uint8Array} bytes @returns {string|null} null where it is not UTF-8; a BOM is kept */
export function textOf(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** @param {Uint8Array} bytes @returns {string} lowercase */
export function hex(bytes) {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** @param {string} text lowercase hex, of even length */
export function unhex(text) {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.substr(2 * i, 2), 16);
  return bytes;
}

/** Whether `value` is a text of exactly `length` lowercase hex digits. */
export const isHex = (value, length) =>
  typeof value === 'string' && value.length === length && /^[0-9a-f]*$/.test(value);

/** H(x): hex SHA-256 of bytes, or of a text's UTF-8. */
export const H = (x) => hex(sha256(typeof x === 'string' ? utf8(x) : x));

/**
 * A hash that has already taken in `prefix`: returns a function from text to the hex SHA-256 of both.
 * With a seed, which is one block, each call costs one more block.
 */
export function hashAfter(prefix) {
  const begun = sha256.create().update(utf8(prefix));
  const work = begun.clone();
  return (text) => {
    begun._cloneInto(work);
    return hex(work.update(utf8(text)).digest());
  };
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64_VALUE = new Map([...BASE64].map((c, i) => [c, i]));

/** Standard base64 with padding and no stray bits; null for anything else. */
export function unbase64(text) {
  if (text.length % 4 !== 0) return null;
  const pad = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const out = new Uint8Array((text.length / 4) * 3 - pad);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length - pad; i++) {
    const value = BASE64_VALUE.get(text[i]);
    if (value === undefined) return null;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[at++] = (bits >> held) & 255;
    }
  }
  return (bits & ((1 << held) - 1)) === 0 ? out : null;
}

/** Whether two arrays of bytes are equal. */
export function same(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Order of two runs of bytes: negative, 0 or positive. */
export function compareBytes(a, b) {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** Order of two texts by their UTF-8 bytes; UTF-16 puts U+E000..FFFF above what is beyond U+FFFF. */
export function compareText(a, b) {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return turned(x) - turned(y);
  }
  return a.length - b.length;
}

const turned = (unit) => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

/** A big-endian number of up to 8 bytes; null where it is 2^53 or more. */
export function bigEndian(bytes) {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value < 2n ** 53n ? Number(value) : null;
}
