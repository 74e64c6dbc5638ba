// The small forms of PROTOCOL 2: integers, times, dates, slots, zones, ids, text.
import { utf8 } from './bytes.js';

export const DAY_S = 86400;
export const MOST_ROWS = 2 ** 24;
export const MOST_PLACES = 10 ** 6;     // chosen targets times seats
export const MOST_ENTRY = 65535;        // bytes

export const isText = (value) => typeof value === 'string';
export const isWhole = (value, least = 0, most = Number.MAX_SAFE_INTEGER) =>
  Number.isSafeInteger(value) && value >= least && value <= most;
export const isId = (value) => isText(value) && /^[A-Za-z0-9._-]{1,32}$/.test(value);
export const isTag = (value) => isId(value) && value !== 'any' && value !== 'own';

/** An unsigned integer's text, as it stands in a CSV; null if it is none. */
export function unsigned(text) {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

const MOST_DAYS = 4096;
const days = new Map();         // a roster of a million rows has a few dates

/** Days since 1970-01-01 of a real date `YYYY-MM-DD`; null for anything else. */
export function dayOf(date) {
  const known = days.get(date);
  if (known !== undefined) return known;
  const day = readDay(date);
  if (day !== null && days.size < MOST_DAYS) days.set(date, day);
  return day;
}

function readDay(date) {
  if (!isText(date) || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(date)) return null;
  const [year, month, day] = date.split('-').map(Number);
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  const real = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return real ? Math.round(at.getTime() / 1000 / DAY_S) : null;
}

/** Seconds since 1970 of a time `YYYY-MM-DDTHH:MM:SSZ`; null for anything else. */
export function secondsOf(time) {
  if (!isText(time)) return null;
  const found = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])Z$/.exec(time);
  const day = found && dayOf(found[1]);
  if (day === null) return null;
  return day * DAY_S + Number(found[2]) * 3600 + Number(found[3]) * 60 + Number(found[4]);
}

/** Minutes since 1970 of a slot `YYYY-MM-DDTHH:MM`, as its clock reads; null for anything else. */
export function minutesOf(slot) {
  if (!isText(slot)) return null;
  const found = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9])$/.exec(slot);
  const day = found && dayOf(found[1]);
  return day === null ? null : day * 1440 + Number(found[2]) * 60 + Number(found[3]);
}

export const dateOf = (slot) => slot.slice(0, 10);

/** The name of a time zone, its form alone: no path leads out of it. */
export const isZone = (value) => isText(value) && value.length <= 64 && /^[A-Za-z0-9+_-]+(\/[A-Za-z0-9+_-]+)*$/.test(value);

const clocks = new Map();

/** What a clock in a zone shows at a time in seconds, as a slot is written; null where this browser does not know the zone. */
export function clockIn(zone, seconds) {
  if (!clocks.has(zone)) clocks.set(zone, clockOf(zone));
  const clock = clocks.get(zone);
  if (clock === null || seconds > LAST_S) return null;
  const part = Object.fromEntries(clock.formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, value]));
  return `${part.year.padStart(4, '0')}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}

function clockOf(timeZone) {
  const digits = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  try {
    return new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', { timeZone, ...digits });
  } catch {
    return null;
  }
}

const LAST_S = 253402300799;     // 9999-12-31T23:59:59Z

/** The text of a time in seconds since 1970; a witness may have signed one that no calendar shows. */
export function timeText(seconds) {
  return seconds <= LAST_S ? new Date(seconds * 1000).toISOString().replace('.000Z', 'Z') : String(seconds);
}

// Characters that no text holds; each pair is a closed range.
const EXCLUDED = [
  [0x0000, 0x001f], [0x007f, 0x00a0], [0x00ad, 0x00ad], [0x034f, 0x034f], [0x061c, 0x061c], [0x115f, 0x1160],
  [0x1680, 0x1680], [0x17b4, 0x17b5], [0x180b, 0x180f], [0x2000, 0x200f], [0x2028, 0x202f], [0x205f, 0x206f],
  [0x2800, 0x2800], [0x3000, 0x3000], [0x3164, 0x3164], [0xd800, 0xf8ff], [0xfdd0, 0xfdef], [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff], [0xffa0, 0xffa0], [0xfff0, 0xfffb], [0xfffe, 0xffff], [0x13430, 0x1343f],
  [0x1bca0, 0x1bca3], [0x1d159, 0x1d159], [0x1d173, 0x1d17a], [0xe0000, 0x10ffff],
];
const point = (value) => `\\u{${value.toString(16)}}`;
const BARRED = new RegExp(`[${EXCLUDED.map(([from, to]) => `${point(from)}-${point(to)}`).join('')}]`, 'u');
const PLAIN = /^[\x21\x23-\x2b\x2d-\x7e]*$/;

/** Text in a roster. */
export function isRosterText(value) {
  if (!isText(value)) return false;
  if (PLAIN.test(value) && value.length <= 192) return true;
  return !/[,"]|^ | $| {2}/.test(value) && !BARRED.test(value) && utf8(value).length <= 192;
}

/** A `reason`: it may be empty. */
export const isReason = (value) => isText(value) && !BARRED.test(value) && utf8(value).length <= 1024;

/** A `label` or `operator`. */
export const isSentence = (value) => value !== '' && isReason(value);

/** A name in a verifier key. */
export const isKeyName = (value) => isRosterText(value) && value !== '' && !/[ +]/.test(value);

/** Whether an array strictly ascends by `compare`. */
export const ascends = (list, compare) => list.every((value, i) => i === 0 || compare(list[i - 1], value) < 0);
