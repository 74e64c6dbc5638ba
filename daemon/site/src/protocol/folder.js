// What stands in a draw's folder, and what it says: the check `files` (PROTOCOL 3, 4).
import { H, same } from './bytes.js';
import { MOST_AMENDMENT, readAmendment } from './amendments.js';
import { MOST_ENTRY, MOST_PLACES } from './forms.js';
import { ROSTERS, amendmentName, isDrawFile } from './names.js';
import { TooLarge, brief, need } from './problem.js';
import { recordLimit } from './record.js';
import {
  AWAY, CONFLICTS, INSPECTORS, TARGETS, readAway, readConflicts, readInspectors, readSealed, readTargets, tableLimit,
} from './rosters.js';

const MOST_SEALED = 16 << 20;
const MOST_TABLE = 256 << 20;       // what a page can hold

/** A file that must be there, of at most so many bytes. */
async function readNeeded(source, path, most) {
  let bytes;
  try {
    bytes = await source.read(path, Math.min(most, MOST_TABLE));
  } catch (problem) {
    if (problem.code === 'file-too-long' && problem.params.size <= most) throw new TooLarge('file-too-large', { where: path });
    throw problem;
  }
  need(bytes !== null, 'missing', { where: path });
  return bytes;
}

/**
 * Names of the protocol that may stand in the folder now.
 * @param {{outcome: boolean, revealed: boolean, drawn: boolean, amendments: number}} stage
 */
function lawfulNames({ outcome, revealed, drawn, amendments }) {
  const names = ['commit.json', 'commit.checkpoint'];
  if (outcome) names.push('outcome.checkpoint');
  if (revealed) names.push(...ROSTERS);
  if (revealed && drawn) {
    names.push('record.json');
    for (let i = 1; i <= amendments; i++) names.push(amendmentName(i));
  }
  return new Set(names);
}

/** None of the protocol's names before its time; others are passed over. */
async function checkNames(source, folder, stage) {
  const lawful = lawfulNames(stage);
  const listed = await source.list(folder);
  const names = (listed ?? []).filter(isDrawFile);
  const probed = ['outcome.checkpoint', ...ROSTERS, 'record.json', amendmentName(stage.amendments + 1)];
  for (const name of listed === null ? probed.filter((each) => !lawful.has(each)) : []) {
    if (await source.exists(`${folder}/${name}`)) names.push(name);
  }
  const early = names.find((name) => !lawful.has(name));
  need(early === undefined, 'file-early', { where: `${folder}/${brief(early ?? '')}` });
}

/**
 * The check before the reveal: commit.json and names.
 * @param {{list, exists, read}} source
 * @param {string} folder its path
 * @param {Uint8Array} entry the commit entry's bytes
 */
export async function checkFolder(source, folder, entry, stage) {
  const given = await readNeeded(source, `${folder}/commit.json`, MOST_ENTRY);
  need(same(given, entry), 'commit-json', { where: `${folder}/commit.json` });
  await checkNames(source, folder, stage);
}

/** No more places than the limit of PROTOCOL 2. */
function checkPlaces({ strata }, { rules }) {
  const places = strata.reduce((sum, { take }) => sum + BigInt(take), 0n) * BigInt(rules.team.length);
  need(places <= BigInt(MOST_PLACES), 'too-many-places', { places: String(places) });
}

/**
 * The files that the reveal opens, against the commitment.
 * @returns {Promise<{targets, inspectors, conflicts, away, sealed}>}
 */
export async function readFiles(source, folder, commit, progress) {
  const sealedBytes = await readNeeded(source, `${folder}/sealed.json`, MOST_SEALED);
  need(H(sealedBytes) === commit.sealed, 'digest', { where: `${folder}/sealed.json` });
  const sealed = readSealed(sealedBytes);
  checkPlaces(sealed, commit);
  const read = async (name, header, { rows, sha256 }) => {
    const where = `${folder}/${name}`;
    const bytes = await readNeeded(source, where, tableLimit(header, rows));
    need(H(bytes) === sha256, 'digest', { where });
    return bytes;
  };
  const told = (from, to) => (share) => progress(from + share * (to - from));
  const { 'targets.csv': t, 'inspectors.csv': p } = commit.files;
  const targets = await readTargets(await read('targets.csv', TARGETS, t), commit.date, told(0, 0.7));
  agree('targets.csv', targets, t);
  const inspectors = await readInspectors(await read('inspectors.csv', INSPECTORS, p), told(0.7, 0.8));
  agree('inspectors.csv', inspectors, p);
  const conflicts = await readConflicts(await read('conflicts.csv', CONFLICTS, sealed.conflicts), targets, inspectors, told(0.8, 0.9));
  agreeRows('conflicts.csv', conflicts, sealed.conflicts);
  const away = await readAway(await read('away.csv', AWAY, sealed.away), inspectors, sealed.slots, told(0.9, 1));
  agreeRows('away.csv', away, sealed.away);
  return { targets, inspectors, conflicts, away, sealed, sealedLength: sealedBytes.length };
}

function agree(where, read, wanted) {
  agreeRows(where, read, wanted);
  need(read.root === wanted.root, 'file-root', { where });
}

function agreeRows(where, { rows }, wanted) {
  need(rows === wanted.rows, 'rows', { where, given: rows, wanted: wanted.rows });
}

/** record.json and the amendments, as bytes. */
export async function readResult(source, folder, commit, files, amendments) {
  const record = await readNeeded(source, `${folder}/record.json`, recordLimit(commit, files.sealedLength));
  const amends = [];
  for (let i = 1; i <= amendments; i++) amends.push(await readNeeded(source, `${folder}/${amendmentName(i)}`, MOST_AMENDMENT));
  return { record, amends };
}

/** Amendment i (from 1) of draw n, as its file has it. */
export function amendmentOf(bytes, n, i) {
  const amendment = readAmendment(bytes, amendmentName(i));
  need(amendment.n === n && amendment.amendment === i, 'amend-names', { where: amendmentName(i) });
  return amendment;
}
