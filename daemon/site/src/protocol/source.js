// Where files come from. A source is read by paths relative to the published directory:
//   kind      'log' (a published directory) or 'folder' (one draw's folder)
//   listable  whether its folders can be listed
//   list(folder)     names of all files in a folder, those of its folders with a slash; null if not listable
//   exists(path)
//   read(path, most) its bytes, null where there is none; never more than `most` are read
import { Problem } from './problem.js';

export const MOST_FILES = 200000;

/**
 * Find the published directory among paths: the shallowest `checkpoint` with a vkey or tiles beside it, or
 * else the shallowest commit.json.
 * @param {string[]} paths
 * @returns {{kind: 'log'|'folder', root: string}} root is '' or ends in a slash
 * @throws {Problem} `nothing-published`
 */
export function locate(paths) {
  const published = new Set(paths.flatMap(rootsOfParts));
  const log = shallowest(paths, 'checkpoint', published) ?? shallowest(paths, 'vkey', published);
  if (log !== null) return { kind: 'log', root: log };
  const folder = shallowest(paths, 'commit.json', null);
  if (folder === null) throw new Problem('nothing-published', { count: paths.length });
  return { kind: 'folder', root: folder };
}

/** The folders of which this path is a vkey, a tile or a draw's file. */
function rootsOfParts(path) {
  const parts = path.split('/').slice(0, 16);
  const roots = [];
  parts.forEach((part, i) => {
    const last = i === parts.length - 1;
    const tells = last ? part === 'vkey' : part === 'tile' || part === 'draws';
    if (tells) roots.push(parts.slice(0, i).map((each) => `${each}/`).join(''));
  });
  return roots;
}

/** The shallowest folder that holds a file of this name, among `allowed` ones; null if there is none. */
function shallowest(paths, name, allowed) {
  let best = null;
  for (const path of paths) {
    if (path !== name && !path.endsWith(`/${name}`)) continue;
    const root = path.slice(0, path.length - name.length);
    if ((allowed === null || allowed.has(root)) && (best === null || before(root, best))) best = root;
  }
  return best;
}

const depth = (path) => path.split('/').length;
const before = (a, b) => depth(a) < depth(b) || (depth(a) === depth(b) && a < b);

/** A source of files that are at hand: `files` maps paths to {size, bytes(): Promise<Uint8Array>}. */
export class FilesSource {
  constructor(files) {
    const { kind, root } = locate([...files.keys()]);
    this.kind = kind;
    this.listable = true;
    this.files = new Map();
    for (const [path, file] of files) if (path.startsWith(root)) this.files.set(path.slice(root.length), file);
    this.below = new Map();     // "draws/0001" -> its paths, so that a thousand folders are listed in no time
    for (const path of this.files.keys()) {
      const top = path.split('/', 2).join('/');
      if (!this.below.has(top)) this.below.set(top, []);
      this.below.get(top).push(path);
    }
  }

  async list(folder) {
    const start = folder ? `${folder}/` : '';
    const paths = folder.includes('/') ? this.below.get(folder) ?? [] : [...this.files.keys()];
    return paths.filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
  }

  find(path) {
    return this.files.get(path.replace(/^\//, '')) ?? null;
  }

  async exists(path) {
    return this.find(path) !== null;
  }

  async read(path, most) {
    const file = this.find(path);
    if (!file) return null;
    if (file.size > most) throw new Problem('file-too-long', { where: path, size: file.size, most });
    let bytes;
    try {
      bytes = await file.bytes();
    } catch (error) {
      throw new Problem('unreadable', { where: path, why: String(error?.name ?? error) });
    }
    if (bytes.length > most) throw new Problem('file-too-long', { where: path, size: bytes.length, most });
    return bytes;
  }
}

/** A source of bytes in memory: for tests. @param {Map<string, Uint8Array>} map */
export function memorySource(map) {
  return new FilesSource(new Map([...map].map(([path, bytes]) => [path, { size: bytes.length, bytes: async () => bytes }])));
}

/**
 * A source over http, by relative addresses below `base`; folders cannot be listed.
 * @param {function(string, object): Promise<Response>} fetcher
 */
export class HttpSource {
  constructor(base, fetcher) {
    Object.assign(this, { base, fetcher, kind: 'log', listable: false });
  }

  async list() {
    return null;
  }

  async exists(path) {
    return (await this.get(path, 'HEAD')) !== null;
  }

  async get(path, method = 'GET') {
    let response;
    try {
      const url = this.base + path.replace(/^\//, '');
      response = await this.fetcher(url, { method, redirect: 'follow', credentials: 'omit', cache: 'no-store' });
    } catch (error) {
      throw new Problem('unreadable', { where: path, why: String(error?.message ?? error) });
    }
    if (response.status === 404 || response.status === 410) return null;
    if (!response.ok) throw new Problem('unreadable', { where: path, why: `HTTP ${response.status}` });
    // Some servers answer with a page where there is nothing; no file of a log is one.
    return /^text\/html\b/.test(response.headers.get('content-type') ?? '') ? null : response;
  }

  async read(path, most) {
    const response = await this.get(path);
    if (response === null) return null;
    const refuse = (size) => { throw new Problem('file-too-long', { where: path, size, most }); };
    const told = Number(response.headers.get('content-length') ?? 0);
    if (told > most && !response.headers.get('content-encoding')) refuse(told);
    const reader = response.body.getReader();
    const parts = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > most) {
        reader.cancel().catch(() => {});
        refuse(size);
      }
      parts.push(value);
    }
    return join(parts, size);
  }
}

function join(parts, size) {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
