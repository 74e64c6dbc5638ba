// C2SP tlog-tiles: where the pieces of a log lie, and how they are read against its checkpoint.
import { same } from './bytes.js';
import { MOST_ENTRY } from './forms.js';
import { Tree, leafHash } from './merkle.js';
import { Problem, TooLarge, need } from './problem.js';

const WIDTH = 256;
const HASH = 32;
export const MOST_ENTRIES = 1 << 21;    // what a page can hold

/** The path of a tile or entry bundle; `level` is a number or "entries", `width` of a full one is 256. */
export function tilePath(level, index, width) {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const groups = digits.match(/.../g);
  const name = groups.map((group, i) => (i < groups.length - 1 ? 'x' + group : group)).join('/');
  return `tile/${level}/${name}${width < WIDTH ? `.p/${width}` : ''}`;
}

/** The tiles of one level of a log: [index, width] of each, in order. */
function* tilesOf(size, level) {
  const count = Math.floor(size / WIDTH ** level);
  for (let index = 0; index * WIDTH < count; index++) yield [index, Math.min(WIDTH, count - index * WIDTH)];
}

/** A tile's bytes, of the full one where a partial one is gone. */
async function readTile(source, level, index, width, most) {
  const partial = await source.read(tilePath(level, index, width), most(width));
  if (partial !== null) return { bytes: partial, whole: true };
  const full = width < WIDTH ? await source.read(tilePath(level, index, WIDTH), most(WIDTH)) : null;
  need(full !== null, 'missing', { where: tilePath(level, index, width) });
  return { bytes: full, whole: false };
}

/** The entries of a bundle: exactly `width` (or, of a full one, the first `width`). */
function splitBundle({ bytes, whole }, width, where) {
  const entries = [];
  let at = 0;
  while (entries.length < width) {
    need(at + 2 <= bytes.length, 'bundle', { where });
    const length = bytes[at] * 256 + bytes[at + 1];
    need(at + 2 + length <= bytes.length, 'bundle', { where });
    entries.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  need(!whole || at === bytes.length, 'bundle', { where });
  return entries;
}

/**
 * The entry that stands first, as far as it can be read.
 * @returns {Promise<Uint8Array|null>}
 */
export async function readFirstEntry(source, size) {
  if (size < 1) return null;
  const width = Math.min(size, WIDTH);
  return firstOf(await readTile(source, 'entries', 0, width, bundleLimit).then((tile) => tile.bytes, () => null));
}

function firstOf(bytes) {
  if (bytes === null || bytes.length < 2) return null;
  const length = bytes[0] * 256 + bytes[1];
  return bytes.length >= 2 + length ? bytes.subarray(2, 2 + length) : null;
}

const bundleLimit = (width) => width * (MOST_ENTRY + 2);
const hashLimit = (width) => width * HASH;

/**
 * Every entry of the log, and its tree, after the checkpoint's root was seen to be theirs.
 * @param {{read: function(string, number): Promise<Uint8Array|null>}} source
 * @param {{size: number, root: Uint8Array}} checkpoint
 * @param {function(number): Promise<void>} progress told the share that is done
 * @returns {Promise<{entries: Uint8Array[], tree: Tree}>}
 * @throws {Problem} where a tile is missing, of a wrong length or of other hashes
 */
export async function readLog(source, checkpoint, progress) {
  const { size } = checkpoint;
  if (size > MOST_ENTRIES) throw new TooLarge('log-too-large', { size, most: MOST_ENTRIES });
  const entries = [];
  const tree = new Tree();
  for (const [index, width] of tilesOf(size, 0)) {
    const where = tilePath('entries', index, width);
    for (const entry of splitBundle(await readTile(source, 'entries', index, width, bundleLimit), width, where)) {
      entries.push(entry);
      tree.add(leafHash(entry));
    }
    await progress(entries.length / size);
  }
  await compareTiles(source, size, tree);
  need(same(tree.root(), checkpoint.root), 'root', { size });
  await compareOthers(source, entries, tree);
  return { entries, tree };
}

const TILE = /^(entries|[0-7])\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** Whether a path below tile/ is one that a tile can have. */
export function isTileName(name) {
  const [, level, digits, width = '256'] = TILE.exec(name) ?? [];
  return level !== undefined && tilePath(level, Number(digits.replace(/[x/]/g, '')), Number(width)) === `tile/${name}`;
}

/**
 * Older partial tiles, where they can be listed, are of this tree. What goes beyond the checkpoint may be of a longer log that is
 * just being published; other names are nobody's.
 */
async function compareOthers(source, entries, tree) {
  for (const name of (await source.list('tile')) ?? []) {
    if (!isTileName(name)) continue;
    const [, level, digits, width = '256'] = TILE.exec(name);
    const where = `tile/${name}`;
    const index = Number(digits.replace(/[x/]/g, ''));
    const first = index * WIDTH;
    const rows = level === 'entries' ? entries : tree.levels[8 * Number(level)] ?? [];
    if (Number(width) === WIDTH || first + Number(width) > rows.length) continue;
    const right = rows.slice(first, first + Number(width)).map((row) => (level === 'entries' ? withLength(row) : row));
    const bytes = await source.read(where, bundleLimit(WIDTH));
    need(bytes === null || same(bytes, joined(right)), 'tile-other', { where });
  }
}

function withLength(entry) {
  return joined([new Uint8Array([entry.length >> 8, entry.length & 255]), entry]);
}

function joined(parts) {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function compareTiles(source, size, tree) {
  for (let level = 0; WIDTH ** level <= size; level++) {
    const hashes = tree.levels[8 * level];
    for (const [index, width] of tilesOf(size, level)) {
      const { bytes, whole } = await readTile(source, level, index, width, hashLimit);
      const where = tilePath(level, index, width);
      need(bytes.length === (whole ? width : WIDTH) * HASH, 'tile-length', { where });
      for (let i = 0; i < width; i++) {
        const hash = hashes[index * WIDTH + i];
        if (!same(bytes.subarray(i * HASH, (i + 1) * HASH), hash)) throw new Problem('tile-hash', { where, i });
      }
    }
  }
}
