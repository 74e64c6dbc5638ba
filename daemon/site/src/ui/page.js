// The page: what a person chooses, and what is shown. Everything is checked elsewhere (session.js).
import { secondsOf } from '../protocol/forms.js';
import { LOG_KEY, WITNESS_KEY, parseVerifierKey } from '../protocol/note.js';
import { Problem } from '../protocol/problem.js';
import { chosenFiles, droppedFiles } from './collect.js';
import { languageOf, say } from './messages.js';
import { Session } from './session.js';
import { answersView, el, heldView, placedView, reportView, verdictView } from './view.js';

const find = (id) => document.getElementById(id);

export function startPage() {
  new Page().start();
}

class Page {
  constructor() {
    this.language = languageOf(navigator.language);
    this.t = (code, params) => say(this.language, code, params);
    this.engine = null;
    this.report = null;
    this.problem = null;
    this.answers = null;
    this.held = null;
    this.placed = null;
    this.options = {};
    this.stage = null;
  }

  start() {
    find('language').addEventListener('click', () => this.switchLanguage());
    find('folder').addEventListener('change', (event) => this.choose(event.target));
    find('stop').addEventListener('click', () => this.stop());
    find('who').addEventListener('submit', (event) => this.ask(event));
    find('receipt').addEventListener('change', (event) => this.chooseReceipt(event.target));
    find('letter').addEventListener('submit', (event) => this.pasteLetter(event));
    find('letter-file').addEventListener('change', (event) => this.chooseLetter(event.target));
    this.startDrop(find('drop'));
    const served = /^https?:$/.test(location.protocol);
    find('fetch').hidden = !served;
    find('fetch').addEventListener('click', () => this.run(null));
    addEventListener('beforeprint', () => document.querySelectorAll('#report details').forEach((each) => { each.open = true; }));
    this.show();
  }

  startDrop(zone) {
    addEventListener('dragover', (event) => {
      event.preventDefault();
      zone.classList.add('over');
    });
    addEventListener('dragleave', () => zone.classList.remove('over'));
    addEventListener('drop', (event) => {
      event.preventDefault();
      zone.classList.remove('over');
      const told = (count) => this.showStage('reading-folder', { count }, null);
      this.guard(async () => this.take(await droppedFiles(event.dataTransfer, told)));
    });
  }

  choose(input) {
    this.guard(async () => {
      const files = chosenFiles(input.files);
      input.value = '';       // so that the same folder can be chosen again
      if (files.length) this.run(files);
    });
  }

  /** What was dropped: beside a report a single file is a letter, its attachment, or a receipt. */
  take(files) {
    const [first] = files;
    if (!this.report || this.problem || files.length !== 1 || first[0].includes('/')) return this.run(files);
    const [name, file] = first;
    this.stage = null;
    this.showProgress();
    return /^places-.*\.json$|\.eml$/.test(name) ? this.place({ file }) : this.hold(file);
  }

  chooseReceipt(input) {
    const [file] = input.files;
    input.value = '';       // so that the same file can be chosen again
    if (file) this.hold(file);
  }

  hold(file) {
    this.held = null;
    this.stage = null;
    this.showProgress();
    find('held').textContent = this.t('working');
    this.engine?.tell({ type: 'hold', file });
  }

  async guard(body) {
    try {
      await body();
    } catch (error) {
      this.fail(error instanceof Problem ? error : { code: 'error', params: { why: String(error?.message ?? error) } });
    }
  }

  switchLanguage() {
    this.language = this.language === 'en' ? 'zh' : 'en';
    this.show();
  }

  // --- What the person knows

  readOptions() {
    const field = (id) => find(id).value.trim();
    const wrong = (id, code, params) => {
      find('known').open = true;
      find(`${id}-error`).textContent = this.t(code, params);
      find(id).focus();
      return null;
    };
    document.querySelectorAll('.field-error').forEach((each) => { each.textContent = ''; });
    const key = field('known-key');
    if (key && parseVerifierKey(key)?.type !== LOG_KEY) return wrong('known-key', 'bad-key');
    const independent = field('known-witnesses').split('\n').map((line) => line.trim()).filter(Boolean);
    const odd = independent.findIndex((line) => parseVerifierKey(line)?.type !== WITNESS_KEY);
    if (odd >= 0) return wrong('known-witnesses', 'bad-witness', { line: odd + 1 });
    const at = field('known-at');
    if (at && secondsOf(at) === null) return wrong('known-at', 'bad-time');
    // A text field has lost the last line feed that a checkpoint ends in, or gained some.
    const since = field('known-since');
    return {
      key, independent, since: since ? new TextEncoder().encode(`${since.replace(/\r\n/g, '\n')}\n`) : null,
      at: at ? secondsOf(at) : null, clock: Math.floor(Date.now() / 1000),
    };
  }

  // --- A run

  run(files) {
    const options = this.readOptions();
    if (!options) return;
    this.end();
    Object.assign(this, { options, report: null, problem: null, answers: null, held: null, placed: null });
    this.engine = startEngine((message) => this.hear(message));
    this.showStage('working', {}, null);
    this.show();
    this.engine.tell({ type: 'check', files, base: new URL('.', location.href).href, options });
  }

  end() {
    this.engine?.end();
    this.engine = null;
    this.stage = null;
  }

  stop() {
    this.end();
    this.fail({ code: 'stopped', params: {} });
  }

  fail({ code, params }) {
    this.stage = null;
    this.problem = { code, params };
    this.show();
  }

  hear(message) {
    if (message.type === 'progress') this.showStage(message.code, message.params, message.share);
    else if (message.type === 'report') this.stage = null, this.report = message.report, this.show();
    else if (message.type === 'answers') this.answers = message.answers, this.showAnswers();
    else if (message.type === 'held') this.held = message.answer, this.showHeld();
    else if (message.type === 'placed') this.placed = message.answers, this.showPlaced();
    else if (message.type === 'problem') this.fail(message);
    else this.fail({ code: 'error', params: { why: message.why } });
  }

  ask(event) {
    event.preventDefault();
    const id = find('who-id').value.trim();
    const good = /^[A-Za-z0-9._-]{1,32}$/.test(id);
    find('who-error').textContent = good ? '' : this.t('who-bad');
    this.answers = null;
    find('answers').textContent = good ? this.t('working') : '';
    if (!good) return;
    this.engine?.tell({ type: 'ask', id });
  }

  pasteLetter(event) {
    event.preventDefault();
    this.place({ text: find('letter-text').value });
  }

  chooseLetter(input) {
    const [file] = input.files;
    input.value = '';       // so that the same file can be chosen again
    if (file) this.place({ file });
  }

  /** @param {{text: string}|{file: File}} letter */
  place(letter) {
    this.placed = null;
    find('placed').textContent = this.t('working');
    this.engine?.tell({ type: 'place', ...letter });
  }

  // --- What is shown

  show() {
    document.documentElement.lang = this.language === 'zh' ? 'zh-CN' : 'en';
    document.title = this.t('title');
    for (const element of document.querySelectorAll('[data-say]')) element.textContent = this.t(element.dataset.say);
    this.showProgress();
    const place = find('report');
    const open = [...place.querySelectorAll('details')].map((each) => each.open);
    find('verdict').replaceChildren(...this.verdict());
    place.replaceChildren(...(this.report && !this.problem ? reportView(this.t, this.report) : []));
    if (this.shown === this.report) place.querySelectorAll('details').forEach((each, i) => { each.open = open[i] ?? each.open; });
    this.shown = this.report;
    find('who').hidden = !this.report || this.problem !== null;
    find('mine').hidden = find('who').hidden;
    find('letter').hidden = find('who').hidden || this.report.kind !== 'log';
    this.showAnswers();
    this.showHeld();
    this.showPlaced();
  }

  verdict() {
    if (this.problem) {
      const sentence = this.t(this.problem.code, this.problem.params);
      return [el('section.verdict.failed', { role: 'alert' }, el('p.big', {}, sentence))];
    }
    return this.report ? [verdictView(this.t, this.report, this.options)] : [];
  }

  showAnswers() {
    find('answers').replaceChildren(...(this.answers ? answersView(this.t, this.answers) : []));
  }

  showHeld() {
    find('held').replaceChildren(...(this.held ? [heldView(this.t, this.held)] : []));
  }

  showPlaced() {
    find('placed').replaceChildren(...(this.placed ?? []).map((each) => placedView(this.t, each)));
  }

  showStage(code, params, share) {
    this.stage = { code, params, share };
    this.showProgress();
  }

  showProgress() {
    find('progress').hidden = !this.stage;
    if (!this.stage) return;
    find('stage').textContent = this.t(this.stage.code, this.stage.params);
    const bar = find('bar');
    if (this.stage.share === null) bar.removeAttribute('value');
    else bar.value = this.stage.share;
  }
}

/** A worker that runs this very program; where a browser gives none, the page itself does the work. */
function startEngine(hear) {
  const here = () => {
    const session = new Session((message) => session.ended || hear(message), true);
    return { tell: (message) => session.hear(message), end: () => { session.ended = true; } };
  };
  let url;
  try {
    url = URL.createObjectURL(new Blob([find('program').textContent], { type: 'text/javascript' }));
    const worker = new Worker(url);
    const engine = { tell: (message) => worker.postMessage(message), end: () => worker.terminate() };
    let begun = false;
    let first = null;
    worker.onmessage = ({ data }) => {
      begun = true;
      hear(data);
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      if (begun) return hear({ type: 'error', why: event.message ?? 'worker' });
      begun = true;           // it did not even start
      Object.assign(engine, here());
      if (first) engine.tell(first);
      return undefined;
    };
    engine.tell = (message) => {
      first ??= message;
      worker.postMessage(message);
    };
    return engine;
  } catch {
    return here();
  }
}
