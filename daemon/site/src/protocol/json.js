// Canonical JSON (PROTOCOL 2): read by its exact grammar, so that what is read is what would be written.
import { compareText, textOf } from './bytes.js';
import { Problem } from './problem.js';

const DEEPEST = 16;

/**
 * @param {Uint8Array} bytes
 * @param {string} where named in the problem
 * @returns {*} objects (without a prototype), arrays, strings, integers and booleans
 * @throws {Problem} `json` where one byte is not canonical
 */
export function parseCanonical(bytes, where) {
  const text = textOf(bytes);
  if (text === null) throw new Problem('not-utf8', { where });
  return new Reader(text, where).whole();
}

class Reader {
  constructor(text, where) {
    this.text = text;
    this.where = where;
    this.at = 0;
  }

  whole() {
    const value = this.value(0);
    if (this.at !== this.text.length) this.fail();
    return value;
  }

  fail() {
    throw new Problem('json', { where: this.where, at: this.at });
  }

  take(literal) {
    if (!this.text.startsWith(literal, this.at)) this.fail();
    this.at += literal.length;
  }

  value(depth) {
    if (depth > DEEPEST) this.fail();
    switch (this.text[this.at]) {
      case '{': return this.object(depth);
      case '[': return this.array(depth);
      case '"': return this.string();
      case 't': this.take('true'); return true;
      case 'f': this.take('false'); return false;
      default: return this.integer();
    }
  }

  object(depth) {
    const value = Object.create(null);
    this.take('{');
    if (this.text[this.at] === '}') return this.at++, value;
    for (let last = null; ; this.take(',')) {
      const key = this.string();
      if (last !== null && compareText(last, key) >= 0) this.fail();
      last = key;
      this.take(':');
      value[key] = this.value(depth + 1);
      if (this.text[this.at] === '}') return this.at++, value;
    }
  }

  array(depth) {
    const value = [];
    this.take('[');
    if (this.text[this.at] === ']') return this.at++, value;
    for (;; this.take(',')) {
      value.push(this.value(depth + 1));
      if (this.text[this.at] === ']') return this.at++, value;
    }
  }

  string() {
    this.take('"');
    let value = '';
    for (let from = this.at; ; this.at++) {
      const c = this.text.charCodeAt(this.at);
      if (c === 0x22) {
        value += this.text.slice(from, this.at++);
        return value;
      }
      if (c === 0x5c) {
        value += this.text.slice(from, this.at);
        from = ++this.at;
        if (this.text[from] !== '"' && this.text[from] !== '\\') this.fail();
      } else if (!(c >= 0x20) || (c >= 0x7f && c <= 0x9f)) {   // !(NaN >= …): the text ended
        this.fail();
      }
    }
  }

  integer() {
    const pattern = /0|-?[1-9][0-9]{0,15}/y;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found || !Number.isSafeInteger(Number(found[0]))) this.fail();
    this.at += found[0].length;
    return Number(found[0]);
  }
}

/** The canonical text of a value made of objects, arrays, strings, integers and booleans. */
export function writeCanonical(value) {
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  if (Array.isArray(value)) return `[${value.map(writeCanonical).join(',')}]`;
  if (typeof value === 'object') {
    const keys = Object.keys(value).sort(compareText);
    return `{${keys.map((key) => `${writeCanonical(key)}:${writeCanonical(value[key])}`).join(',')}}`;
  }
  return String(value);
}
