// Files that a person chose or dropped: [path, File] pairs.
import { MOST_FILES } from '../protocol/source.js';
import { Problem } from '../protocol/problem.js';

const tooMany = () => new Problem('too-many-files', { most: MOST_FILES });

/** Of an <input webkitdirectory>. */
export function chosenFiles(list) {
  if (list.length > MOST_FILES) throw tooMany();
  return [...list].map((file) => [file.webkitRelativePath || file.name, file]);
}

/**
 * Of a drop. The entries must be taken before the event ends, so this is called at once. Chromium gives a page from the disk
 * entries that it cannot read, and handles that it can; other browsers have no handles.
 * @param {DataTransfer} transfer
 * @param {function(number): void} told how many files were found so far
 */
export async function droppedFiles(transfer, told) {
  const items = [...transfer.items];
  const entries = items.map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const handles = items.map((item) => item.getAsFileSystemHandle?.()).filter(Boolean);
  const loose = entries.length ? [] : [...transfer.files];
  const found = loose.map((file) => [file.name, file]);
  try {
    for (const entry of entries) await walk(entry, '', found, told);
  } catch (error) {
    if (error instanceof Problem || !handles.length) throw error;
    found.length = 0;
    for (const handle of await Promise.all(handles)) await walkHandle(handle, '', found, told);
  }
  return found;
}

async function walkHandle(handle, folder, found, told) {
  const path = folder + handle.name;
  if (handle.kind === 'file') {
    if (found.length >= MOST_FILES) throw tooMany();
    found.push([path, await handle.getFile()]);
    if (found.length % 100 === 0) told(found.length);
    return;
  }
  for await (const each of handle.values()) await walkHandle(each, `${path}/`, found, told);
}

async function walk(entry, folder, found, told) {
  const path = folder + entry.name;
  if (entry.isFile) {
    if (found.length >= MOST_FILES) throw tooMany();
    found.push([path, await new Promise((resolve, reject) => entry.file(resolve, reject))]);
    if (found.length % 100 === 0) told(found.length);
    return;
  }
  const reader = entry.createReader();
  for (;;) {      // a reader gives a hundred or so at a time
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const each of some) await walk(each, `${path}/`, found, told);
  }
}
