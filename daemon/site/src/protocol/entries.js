// The forms of log entries (PROTOCOL 4): exactly these keys, each of its form. What entries say of one
// another is the business of sequence.js.
import { QUICKNET } from './beacon.js';
import { H, compareText, isHex } from './bytes.js';
import { MOST_ROWS, ascends, dayOf, isId, isRosterText, isSentence, isTag, isText, isWhole, secondsOf } from './forms.js';
import { parseCanonical } from './json.js';
import { LOG_KEY, WITNESS_KEY, parseVerifierKey } from './note.js';
import { Problem, brief } from './problem.js';

const isDigest = (value) => isHex(value, 64);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value) => secondsOf(value) !== null;
const isKey = (type) => (value) => parseVerifierKey(value)?.type === type;
const whole = (least, most) => (value) => isWhole(value, least, most);
const oneOf = (...values) => (value) => values.includes(value);
const listOf = (form, least = 0, most = Infinity) => (value) =>
  Array.isArray(value) && value.length >= least && value.length <= most && value.every((each) => form(each));
const distinct = (list) => new Set(list).size === list.length;
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

const isOrigin = (value) => isText(value) && value.length > 0 && value.length <= 1024;
const isWitnesses = (value) => listOf(isKey(WITNESS_KEY))(value) && distinct(value);
const isZone = (value) => isText(value) && /^[A-Za-z0-9._+-]+(\/[A-Za-z0-9._+-]+)*$/.test(value) && value.length <= 64;
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
  max_load: whole(0), reserve: whole(0), rest_days: whole(0), rotate: whole(0), slack: whole(0),
  team: listOf((seat) => seat === 'any' || isTag(seat), 1, 8), timezone: isZone,
});

const STRATUM = { class: isRosterText, drum: whole(0), slips: whole(0), take: whole(0) };
const byCount = object({ ...STRATUM, count: whole(0) });
const byShare = object({ ...STRATUM, per_10000: whole(0, 10000) });

function isStrata(value) {
  if (!listOf((each) => byCount(each) || byShare(each))(value)) return false;
  const named = value.filter((each, i) => !(each.class === '*' && i === value.length - 1)).map((each) => each.class);
  return !named.includes('*') && ascends(named, compareText);
}

const HEAD = { time: isTime, type: isText, v: (value) => value === 1 };

const FORMS = {
  genesis: object({ ...HEAD, key: isKey(LOG_KEY), operator: isSentence, origin: isOrigin, witnesses: isWitnesses }),
  policy: object({ ...HEAD, reason: isSentence, witnesses: isWitnesses }),
  cycle: object({
    ...HEAD, anchor: isDigest, chain: whole(1), cycle: isId, embargo_days: whole(0, 400), length: whole(1, 10000),
    reason: isSentence, source: oneOf(...SOURCES),
  }),
  commit: object({
    ...HEAD, beacon: isBeacon, chain: whole(1), changes: object({
      conflicts: counts('added', 'removed'), inspectors: counts('added', 'changed', 'removed'), previous: whole(0),
      targets: counts('added', 'changed', 'removed'),
    }),
    cycle: isId, date: (value) => dayOf(value) !== null, draw_time: isTime, excused: counts('inspectors', 'targets'),
    files: object({ 'inspectors.csv': fileForm, 'targets.csv': fileForm }), link: whole(1), n: whole(1),
    reveal_time: isTime, rules: RULES, sealed: isDigest, strata: isStrata,
  }),
  draw: object({
    ...HEAD, beacon: isText, commit: isDigest, inspectors: whole(0), n: whole(1), record: isDigest, selected: whole(0),
    signature: optional(isSignature),
  }),
  void: object({
    ...HEAD, beacon: optional(isText), commit: isDigest, n: whole(1), reason: isSentence,
    signature: optional(isSignature),
  }),
  reveal: object({ ...HEAD, n: whole(1), record: (value) => value === '' || isDigest(value), secret: isDigest }),
  amend: object({ ...HEAD, amendment: whole(1), n: whole(1), sha256: isDigest }),
};

/**
 * An entry, its form checked.
 * @param {Uint8Array} bytes
 * @param {string} where named in the problem
 * @returns {object} the entry, with `hash` = H(bytes) and `at` = its time in seconds, neither enumerable
 */
export function parseEntry(bytes, where) {
  const entry = parseCanonical(bytes, where);
  if (!isObject(entry) || !Object.hasOwn(FORMS, entry.type)) {
    throw new Problem('entry-type', { where, type: brief(isObject(entry) ? entry.type : '') });
  }
  let wrong = '';
  const holds = FORMS[entry.type](entry, (path) => { wrong ||= path; })
    && (entry.type !== 'void' || ('beacon' in entry) === ('signature' in entry))
    && (entry.type !== 'cycle' || entry.chain > 1 || entry.reason === '');
  if (!holds) throw new Problem('entry-form', { where, type: entry.type, what: brief(wrong) });
  Object.defineProperty(entry, 'hash', { value: H(bytes) });
  Object.defineProperty(entry, 'at', { value: secondsOf(entry.time) });
  return entry;
}

/** Whether an object has exactly these keys, each of its form; used for sealed.json, record.json, amendments. */
export { object as objectForm, listOf, whole, isDigest, oneOf };
