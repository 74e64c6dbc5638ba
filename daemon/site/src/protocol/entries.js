// The forms of log entries (PROTOCOL 4): exactly these keys, each of its form. What entries say of one
// another is the business of sequence.js.
import { QUICKNET } from './beacon.js';
import { H, compareText, hex, isHex } from './bytes.js';
import {
  MOST_ROWS, ascends, dayOf, isId, isKeyName, isReason, isRosterText, isSentence, isTag, isText, isWhole, isZone, secondsOf,
} from './forms.js';
import { parseCanonical } from './json.js';
import { LOG_KEY, WITNESS_KEY, parseVerifierKey } from './note.js';
import { Problem, brief, need } from './problem.js';

const isDigest = (value) => isHex(value, 64);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value) => secondsOf(value) !== null;
const isKey = (type) => (value) => parseVerifierKey(value)?.type === type;
const whole = (least, most) => (value) => isWhole(value, least, most);
const oneOf = (...values) => (value) => values.includes(value);
const listOf = (form, least = 0, most = Infinity) => (value) =>
  Array.isArray(value) && value.length >= least && value.length <= most && value.every((each) => form(each));
const optional = (form) => ({ optional: form });

/** A form of an object with exactly these keys. The path of the first that is wrong goes to `wrong`. */
const object = (keys) => (value, wrong = () => {}, path = '') => {
  if (!isObject(value)) return wrong(path), false;
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(keys, key)) return wrong(`${path}${key}`), false;
  }
  for (const [key, form] of Object.entries(keys)) {
    const test = form.optional ?? form;
    if (!(key in value)) {
      if (form.optional) continue;
      return wrong(`${path}${key}`), false;
    }
    let told = false;
    const tell = (inner) => { told = true; wrong(inner); };
    if (!test(value[key], tell, `${path}${key}.`)) {
      if (!told) wrong(`${path}${key}`);
      return false;
    }
  }
  return true;
};

const isWitnesses = (value) => listOf(isKey(WITNESS_KEY))(value) && apart(value.map(parseVerifierKey));

/** Whether no two of some verifier keys have one name or one public key. */
function apart(keys) {
  return new Set(keys.map(({ name }) => name)).size === keys.length && new Set(keys.map(({ key }) => hex(key))).size === keys.length;
}
const isSignature = (value) => isHex(value, 96) || isHex(value, 128);

/** Printable ASCII without the space, strictly ascending. */
function isSymbols(value) {
  return isText(value) && /^[!-~]+$/.test(value) && [...value].every((c, i) => i === 0 || value[i - 1] < c);
}

const BEACONS = {
  none: object({ source: isText }),
  public: object({ count: whole(1), label: isSentence, source: isText, symbols: isSymbols }),
  drand: object({ chain: (value) => value === QUICKNET.chain, round: whole(1), source: isText }),
  witness: object({ key: isKey(WITNESS_KEY), source: isText }),
};
export const SOURCES = Object.keys(BEACONS);

function isBeacon(value, wrong, path) {
  return isObject(value) && Object.hasOwn(BEACONS, value.source) && BEACONS[value.source](value, wrong, path);
}

const counts = (...keys) => object(Object.fromEntries(keys.map((key) => [key, whole(0)])));
const fileForm = object({ root: isDigest, rows: whole(0, MOST_ROWS), sha256: isDigest });
const isAvoid = (value) => listOf(oneOf('area', 'unit'))(value) && ascends(value, compareText);

const RULES = object({
  avoid: isAvoid, cover_days: whole(0), inspectors: whole(0), level_gap: optional(Number.isSafeInteger),
  max_load: whole(0), quiet_days: whole(0, 3650), reserve: whole(0), rest_days: whole(0), rotate: whole(0),
  same_unit: (value) => typeof value === 'boolean', slack: whole(0), spacing: whole(0, 10080),
  team: listOf((seat) => seat === 'any' || seat === 'own' || isTag(seat), 1, 8), timezone: isZone,
});

const byCount = object({ class: isRosterText, count: whole(0) });
const byShare = object({ class: isRosterText, per_10000: whole(0, 10000) });
const isStrata = (value) => listOf((each) => byCount(each) || byShare(each))(value) && classesAscend(value);

/** Whether the classes of strata strictly ascend, but for a `*` that stands last. */
function classesAscend(value) {
  const named = value.filter((each, i) => !(each.class === '*' && i === value.length - 1)).map((each) => each.class);
  return !named.includes('*') && ascends(named, compareText);
}

const isOpen = (value) => listOf(object({ amended: isDigest, n: whole(1) }))(value) && ascends(value, (a, b) => a.n - b.n);
const VALUE = { beacon: optional(isText), signature: optional(isSignature) };
const HEAD = { time: isTime, type: isText, v: (value) => value === 2 };

/** A form, and what its keys must be to one another: a signature is of a value. */
const also = (form, holds) => (entry, wrong) => {
  if (!form(entry, wrong)) return false;
  if (!holds(entry)) wrong('signature');
  return holds(entry);
};

const FORMS = {
  genesis: object({ ...HEAD, key: isKey(LOG_KEY), operator: isSentence, origin: isKeyName, witnesses: isWitnesses }),
  policy: object({ ...HEAD, reason: isReason, witnesses: isWitnesses }),
  cycle: object({
    ...HEAD, anchor: isDigest, chain: whole(1), cycle: isId, embargo_days: whole(0, 400), length: whole(1, 10000),
    reason: isReason, source: oneOf(...SOURCES),
  }),
  commit: object({
    ...HEAD, beacon: isBeacon, chain: whole(1), changes: object({
      conflicts: counts('added', 'removed'), inspectors: counts('added', 'changed', 'removed'), previous: whole(0),
      targets: counts('added', 'changed', 'removed'),
    }),
    cycle: isId, date: (value) => dayOf(value) !== null, draw_time: isTime, excused: counts('inspectors', 'targets'),
    files: object({ 'inspectors.csv': fileForm, 'targets.csv': fileForm }), link: whole(1), n: whole(1),
    origin: isKeyName, reveal_time: isTime, rules: RULES, sealed: isDigest, strata: isStrata,
  }),
  draw: object({
    ...HEAD, beacon: isText, commit: isDigest, n: whole(1), places: isDigest, record: isDigest, signature: optional(isSignature),
  }),
  void: also(
    object({ ...HEAD, ...VALUE, commit: isDigest, n: whole(1), reason: isReason }),
    (entry) => 'beacon' in entry || !('signature' in entry),
  ),
  reveal: also(
    object({ ...HEAD, ...VALUE, n: whole(1), record: (value) => value === '' || isDigest(value), secret: isDigest }),
    (entry) => ('beacon' in entry) === ('signature' in entry),
  ),
  amend: object({ ...HEAD, amendment: whole(1), archive: optional(whole(0)), n: whole(1), sha256: isDigest }),
  archive: object({ ...HEAD, open: isOpen, root: isDigest }),
};

/** An entry, key by key: what they say of one another is not looked at. */
export function readEntry(bytes, where) {
  const entry = parseCanonical(bytes, where);
  if (!isObject(entry) || !Object.hasOwn(FORMS, entry.type)) {
    throw new Problem('entry-type', { where, type: brief(isObject(entry) ? entry.type : '') });
  }
  let wrong = '';
  const holds = FORMS[entry.type](entry, (path) => { wrong ||= path; });
  if (!holds) throw new Problem('entry-form', { where, type: entry.type, what: brief(wrong) });
  return entry;
}

/**
 * An entry, its form checked.
 * @param {Uint8Array} bytes
 * @param {string} where named in the problem
 * @returns {object} the entry, with `hash` = H(bytes) and `at` = its time in seconds, neither enumerable
 */
export function parseEntry(bytes, where) {
  const entry = readEntry(bytes, where);
  const what = wrongBetween(entry);
  need(what === '', 'entry-form', { where, type: entry.type, what });
  Object.defineProperty(entry, 'hash', { value: H(bytes) });
  Object.defineProperty(entry, 'at', { value: secondsOf(entry.time) });
  return entry;
}

/** The key of an entry whose value does not go with its others; '' if there is none. */
function wrongBetween(entry) {
  if (entry.type === 'cycle' && entry.chain === 1 && entry.reason !== '') return 'reason';
  if ('signature' in entry && !('beacon' in entry)) return 'signature';
  if (entry.type !== 'genesis') return '';
  if (parseVerifierKey(entry.key).name !== entry.origin) return 'key';
  return apart([entry.key, ...entry.witnesses].map(parseVerifierKey)) ? '' : 'witnesses';
}

/** No later list of witnesses names the log itself. @param {object[]} entries in order */
export function checkPolicies(entries) {
  entries.forEach(({ type, witnesses }, index) => {
    const holds = type !== 'policy' || apart([entries[0].key, ...witnesses].map(parseVerifierKey));
    need(holds, 'entry-form', { where: String(index), type, what: 'witnesses' });
  });
}

/** Whether an object has exactly these keys, each of its form; used for sealed.json, record.json, amendments. */
export { object as objectForm, optional, listOf, whole, isDigest, oneOf };
