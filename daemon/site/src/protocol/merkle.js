// RFC 6962 Merkle trees over SHA-256.
import { sha256 } from '@noble/hashes/sha2.js';
import { hex } from './bytes.js';

const EMPTY = sha256(new Uint8Array(0));

/** @param {Uint8Array} data @returns {Uint8Array} SHA-256(0x00 || data) */
export function leafHash(data) {
  const bytes = new Uint8Array(data.length + 1);
  bytes.set(data, 1);
  return sha256(bytes);
}

/** SHA-256(0x01 || left || right) */
export function nodeHash(left, right) {
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return sha256(bytes);
}

/** A tree that grows leaf by leaf and keeps every complete subtree, so that it knows the root of each prefix. */
export class Tree {
  constructor() {
    this.levels = [[]];     // levels[k][i]: the hash over leaves i * 2^k … (i + 1) * 2^k - 1
  }

  get size() {
    return this.levels[0].length;
  }

  /** @param {Uint8Array} hash of a leaf */
  add(hash) {
    this.levels[0].push(hash);
    for (let k = 0; this.levels[k].length % 2 === 0; k++) {
      const row = this.levels[k];
      (this.levels[k + 1] ??= []).push(nodeHash(row[row.length - 2], row[row.length - 1]));
    }
  }

  /** @param {number} size at most this.size @returns {Uint8Array} the root over the first `size` leaves */
  root(size = this.size) {
    let root = null;
    let end = size;
    for (let k = 0; end > 0; k++, end = Math.floor(end / 2)) {
      if (end % 2 === 0) continue;
      const part = this.levels[k][end - 1];
      root = root === null ? part : nodeHash(part, root);
    }
    return root ?? EMPTY;
  }
}

/** The root over leaves that are forgotten as they come: for rosters. */
export class Root {
  constructor() {
    this.parts = [];        // complete subtrees from the left, each {hash, height}
  }

  add(data) {
    let hash = leafHash(data);
    let height = 0;
    while (this.parts.length && this.parts[this.parts.length - 1].height === height) {
      hash = nodeHash(this.parts.pop().hash, hash);
      height++;
    }
    this.parts.push({ hash, height });
  }

  value() {
    return this.parts.reduceRight((right, part) => (right ? nodeHash(part.hash, right) : part.hash), null) ?? EMPTY;
  }
}

/**
 * Where an audit path leads (RFC 9162 2.1.3.2).
 * @param {Uint8Array} data of the leaf
 * @param {number} index of the leaf
 * @param {number} size of the tree
 * @param {Uint8Array[]} path
 * @returns {string} the root in hex; '' where the path is of another length, or the leaf beyond the tree
 */
export function rootOfPath(data, index, size, path) {
  if (index >= size) return '';
  let at = index;
  let last = size - 1;
  let hash = leafHash(data);
  for (const each of path) {
    if (last === 0) return '';
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(each, hash);
      while (at % 2 === 0 && at !== 0) {
        at /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, each);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hex(hash) : '';
}
