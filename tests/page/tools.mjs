// What the tests of the checker's library share: directories from disk, and what a report says.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from '../../daemon/site/src/protocol/check.js';
import { memorySource } from '../../daemon/site/src/protocol/source.js';

export const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, '..', '..');
export const EXAMPLE = join(HERE, '..', 'vectors', 'example');

/** Every file below a directory: a map from path to bytes. */
function statusOf(path) {
  try {
    return statSync(path);
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ELOOP') return null;
    throw error;
  }
}

// What a link leads to, as over HTTP; nothing where it leads nowhere or in a circle.
export function readTree(directory) {
  const files = new Map();
  const walk = (folder) => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const status = statusOf(path);
      if (!status) continue;
      if (status.isDirectory()) walk(path);
      else files.set(relative(directory, path), new Uint8Array(readFileSync(path)));
    }
  };
  walk(directory);
  return files;
}

export const checkFiles = (files, options) => check(memorySource(files), options);

/** The arguments of `verify`, as the index of a generator has them, as options of `check`. */
export function optionsOf(args, read = (path) => new Uint8Array(readFileSync(path))) {
  const options = { independent: [] };
  for (let i = 0; i < args.length; i += 2) {
    const value = args[i + 1];
    if (args[i] === '--key') options.key = value;
    else if (args[i] === '--witness') options.independent.push(value);
    else if (args[i] === '--since') options.since = read(value);
    else if (args[i] === '--at') options.at = Date.parse(value) / 1000;
    else throw new Error(`argument ${args[i]}`);
  }
  return options;
}

/** "draw 3 seed (code …)" of the first check that failed. */
export function firstFailure({ first }) {
  if (!first) return '';
  return `${first.n ? `draw ${first.n}` : 'log'} ${first.check.name}: ${first.check.code} ${JSON.stringify(first.check.params)}`;
}

/** A generator of integers below a bound, the same for the same seed. */
export function random(seed) {
  let state = BigInt(seed);
  return (bound) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & (2n ** 64n - 1n);
    return Number((state >> 33n) % BigInt(bound));
  };
}
