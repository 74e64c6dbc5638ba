// Which names a published directory has (PROTOCOL 4), and how many others stand among them, which nobody reads.
import { isTileName } from './tiles.js';

export const ROSTERS = ['targets.csv', 'inspectors.csv', 'conflicts.csv', 'away.csv', 'sealed.json'];
const FIXED = new Set(['commit.json', 'commit.checkpoint', 'outcome.checkpoint', 'record.json', ...ROSTERS]);

const NUMBER = '([0-9]{4}|[1-9][0-9]{4,15})';      // at least four digits, and no more than it needs
const DRAW = new RegExp(`^draws/${NUMBER}/(.+)$`, 's');
const ARCHIVE = new RegExp(`^archive/${NUMBER}\\.checkpoint$`);
const AMENDMENT = /^amend-([0-9]{2}|[1-9][0-9]{2,15})\.json$/;
const PAGE = /^[^.\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*\.(html|svg|png|css|js)$/;

const padded = (n, digits) => String(n).padStart(digits, '0');
export const folderOf = (n) => `draws/${padded(n, 4)}`;
export const archiveName = (index) => `archive/${padded(index, 4)}.checkpoint`;
export const amendmentName = (i) => `amend-${padded(i, 2)}.json`;

/** The number of an amendment's file; null where the name is another's. */
export const amendmentNumber = (name) => (AMENDMENT.test(name) ? Number(AMENDMENT.exec(name)[1]) : null);

/** Whether a name in a draw's folder is one of the protocol's. */
export const isDrawFile = (name) => FIXED.has(name) || AMENDMENT.test(name);

/** Pages and pictures for people may stand anywhere. */
const isPage = (path) => PAGE.test(path.slice(path.lastIndexOf('/') + 1));

/**
 * What stands in a published directory.
 * @param {string[]} paths
 * @returns {{draws: Map<number, string[]>, archives: number[], foreign: number}} the protocol's names in each draw's folder, a
 *          folder with none of them too; entries that have a checkpoint; how many names are nobody's
 */
export function survey(paths) {
  const found = { draws: new Map(), archives: [], foreign: 0 };
  for (const path of paths) {
    const [, number, name] = DRAW.exec(path) ?? [];
    if (number !== undefined && !found.draws.has(Number(number))) found.draws.set(Number(number), []);
    const archive = ARCHIVE.exec(path);
    if (number !== undefined && isDrawFile(name)) found.draws.get(Number(number)).push(name);
    else if (archive) found.archives.push(Number(archive[1]));
    else if (!isOther(path)) found.foreign++;
  }
  return found;
}

const isOther = (path) => path === 'checkpoint' || path === 'vkey' || (path.startsWith('tile/') && isTileName(path.slice(5))) || isPage(path);

/** How many names in one draw's folder are nobody's. */
export const foreignIn = (names) => names.filter((name) => !isDrawFile(name) && !isPage(name)).length;
