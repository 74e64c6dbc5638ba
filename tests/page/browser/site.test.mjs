// The published site as people meet it, in headless Chromium: pages without JavaScript, the checker over file:// and http, on
// what is whole, touched up, sealed or hostile. The program publishes; SPOTCHECK and SPOTCHECKD say which.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join, relative } from 'node:path';
import test, { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';
import { ROOT } from '../tools.mjs';

const SPOTCHECK = process.env.SPOTCHECK ?? join(ROOT, 'build/spotcheck');
const SPOTCHECKD = process.env.SPOTCHECKD ?? join(ROOT, 'build/spotcheckd');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const LARGE = Number(process.env.PAGE_LARGE ?? 100000);
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TYPES = { '.html': 'text/html; charset=utf-8', '.json': 'application/json', '.csv': 'text/csv' };

let scratch, year, browser, server, base;

// ---- what is published ----

/** A copy of the shipped configuration with its places in a folder of its own. */
function office(name, more = '') {
  const folder = join(scratch, name);
  cpSync(join(ROOT, 'conf'), join(folder, 'conf'), { recursive: true });
  const ini = join(folder, 'conf', 'spotcheckd.ini');
  const places = { state_dir: 'state', public_dir: 'public', server: 'maildir:mail' };
  let text = readFileSync(ini, 'utf8');
  for (const [key, place] of Object.entries(places)) {
    text = text.replace(new RegExp(`^#?${key} *=.*$`, 'm'), `${key} = ${place.replace(/\w+$/, (last) => join(folder, last))}`);
  }
  writeFileSync(ini, text + more);
  return { folder, ini, public: join(folder, 'public') };
}

const run = (program, ...args) => execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 }).toString();

function simulate() {
  const { folder, ini } = office('year');
  run(SPOTCHECKD, '-c', ini, '--simulate', '2026-01-01', '2026-10-12', '--scratch', join(folder, 'lived'));
  return join(folder, 'lived', 'public');
}

/** One draw over rosters of our own, opened at once. */
function drawOver(name, targets, sample) {
  const place = office(name);
  const csv = join(place.folder, 'targets.csv');
  writeFileSync(csv, targets);
  writeFileSync(place.ini, readFileSync(place.ini, 'utf8').replace(/^sample *=.*$/m, `sample = ${sample}`));
  run(SPOTCHECK, '-c', place.ini, 'init');
  for (const kind of ['matters', 'inspectors']) run(SPOTCHECK, '-c', place.ini, 'import', kind, join(ROOT, 'conf/sample', `${kind}.csv`));
  run(SPOTCHECK, '-c', place.ini, 'import', 'targets', csv);
  run(SPOTCHECK, '-c', place.ini, 'run', 'spot-check');
  return place.public;
}

/** A copy of the year with something done to it. */
function touched(name, change) {
  const folder = join(scratch, name);
  cpSync(year, folder, { recursive: true });
  change(folder);
  return folder;
}

function flip(path, at) {
  const bytes = readFileSync(path);
  const i = at < 0 ? bytes.length + at : at;
  bytes[i] ^= 1;
  writeFileSync(path, bytes);
}

const walk = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((each) => {
  const path = join(folder, each.name);
  return each.isDirectory() ? walk(path) : [path];
});

function serve(folder) {
  const answer = (request, response) => {
    const name = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    const path = join(folder, name.endsWith('/') ? `${name}index.html` : name);
    if (relative(folder, path).startsWith('..') || !existsSync(path) || !statSync(path).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(readFileSync(path));
  };
  return new Promise((resolve) => {
    const it = createServer(answer).listen(0, '127.0.0.1', () => resolve(it));
  });
}

// ---- what a person does ----

before(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'site-'));
  year = simulate();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
  server = await serve(year);
  base = `http://127.0.0.1:${server.address().port}/`;
});

after(async () => {
  await browser?.close();
  server?.close();
  if (scratch) rmSync(scratch, { recursive: true, force: true });
});

/** A page on which nothing may go wrong: no dialog, no error, nothing from elsewhere. */
async function open(url, options = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on('dialog', (dialog) => { page.faults.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on('pageerror', (error) => page.faults.push(`error ${error}`));
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url()) && !request.url().startsWith(base)) page.faults.push(`request ${request.url()}`);
  });
  await page.goto(url);
  return page;
}

const done = async (page) => {
  assert.deepEqual(page.faults, []);
  await page.context().close();
};

const verdictOf = async (page) => {
  await page.waitForSelector('#verdict .verdict', { timeout: 240000 });
  return (await page.textContent('#verdict')).replace(/\s+/g, ' ');
};

/** Chooses a folder in the page as it lies on the disk. */
async function choose(folder) {
  const page = await open(pathToFileURL(join(ROOT, 'daemon/site/verify.html')).href);
  await page.setInputFiles('#folder', folder);
  return page;
}

async function ask(page, id) {
  await page.fill('#who-id', id);
  await page.press('#who-id', 'Enter');
  await page.waitForSelector('#answers ul, #answers p');
  return page.textContent('#answers');
}

// ---- the checker ----

test('from the disk: a year holds, and says of an id what became of it', async () => {
  const page = await choose(year);
  assert.match(await verdictOf(page), /holds|yes/i);
  const record = JSON.parse(readFileSync(join(year, 'draws/0002/record.json'), 'utf8'));
  const drawn = record.selected[0];
  const said = await ask(page, drawn.id);
  assert.ok(said.includes(drawn.ticket.slice(0, 8)), said.slice(0, 400));
  const idle = readFileSync(join(year, 'draws/0002/targets.csv'), 'utf8').split('\n').slice(1, -1).map((line) => line.split(','))
    .find(([id, , , , , , , , drum]) => drum === 'in' && !record.selected.some((each) => each.id === id));
  assert.match(await ask(page, idle[0]), /in the drum|took part/i);
  assert.match(await ask(page, 'nobody-at-all'), /no draw|not|never/i);
  await done(page);
});

test('over http: the directory that the page stands in', async () => {
  const page = await open(`${base}verify.html`);
  await page.click('#fetch');
  assert.match(await verdictOf(page), /holds|yes/i);
  await done(page);
});

test('dropped: the folder is read from what is dropped', async () => {
  const page = await open(pathToFileURL(join(ROOT, 'daemon/site/verify.html')).href);
  const { x, y } = await page.locator('#drop').boundingBox();
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [year], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) await client.send('Input.dispatchDragEvent', { type, x: x + 20, y: y + 20, data });
  assert.match(await verdictOf(page), /holds|yes/i);
  await done(page);
});

test('what is touched up is refused, by the check that sees it first', async () => {
  const cases = [
    ['record', (folder) => flip(join(folder, 'draws/0002/record.json'), 200), /draw 2/i],
    ['entries', (folder) => flip(walk(join(folder, 'tile/entries')).at(-1), 300), /tile|entr|root/i],
    ['roster', (folder) => flip(join(folder, 'draws/0003/targets.csv'), -20), /draw 3/i],
    ['gone', (folder) => rmSync(join(folder, 'tile/entries'), { recursive: true }), /tile\/entries/i],
    ['cut', (folder) => { const path = walk(join(folder, 'tile/entries')).at(-1); truncateSync(path, statSync(path).size - 7); }, /tile|entr/i],
  ];
  for (const [name, change, words] of cases) {
    const page = await choose(touched(name, change));
    const said = await verdictOf(page);
    assert.equal(await page.locator('#verdict .failed').count(), 1, `${name}: ${said}`);
    assert.match(said, words, name);
    await done(page);
  }
});

test('what is sealed stays so', async () => {
  const n = readdirSync(join(year, 'draws')).filter((name) => !existsSync(join(year, 'draws', name, 'record.json'))).at(-1);
  assert.ok(n, 'no draw is sealed at the end of the year');
  const text = readFileSync(join(year, 'draws', n, 'en.html'), 'utf8');
  assert.doesNotMatch(text, /\b[TI]0\d\d\b/);
  assert.match(text, /sealed|not drawn yet/);
  const page = await choose(year);
  await verdictOf(page);
  assert.match(await page.textContent('#report'), /sealed/i);
  await done(page);
});

test('names that are markup are shown, not run', async () => {
  const bad = '<img src=x onerror=alert(1)><script>alert(2)</script>';
  const rows = Array.from({ length: 40 }, (_, i) => `T${i},name ${i},A,${bad},area,1`);
  const folder = drawOver('hostile', `id,name,class,unit,area,level\n${rows.join('\n')}\n`, '20%');
  const checked = await choose(folder);
  assert.match(await verdictOf(checked), /holds|yes/i);
  await done(checked);
  const page = await open(pathToFileURL(join(folder, 'draws/0001/en.html')).href);
  await page.locator('summary').last().click();
  assert.ok((await page.textContent('main')).includes('<img src=x onerror='));
  assert.equal(await page.locator('main img').count(), 0);
  await done(page);
});

test('a large roster shows progress, and the page stays awake', async (t) => {
  const rows = Array.from({ length: LARGE }, (_, i) => `T${i},name ${i},${'ABCD'[i % 4]},U${i % 500},R${i % 9},1`);
  const folder = drawOver('large', `id,name,class,unit,area,level\n${rows.join('\n')}\n`, '200');
  const page = await open(pathToFileURL(join(ROOT, 'daemon/site/verify.html')).href);
  await page.evaluate(() => {
    window.stall = 0;
    let last = performance.now();
    const tick = () => { const now = performance.now(); window.stall = Math.max(window.stall, now - last); last = now; requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
    window.steps = 0;
    new MutationObserver(() => { window.steps++; }).observe(document.getElementById('progress'), { subtree: true, attributes: true, childList: true });
  });
  const begun = performance.now();
  await page.setInputFiles('#folder', folder);
  assert.match(await verdictOf(page), /holds|yes/i);
  const { stall, steps } = await page.evaluate(() => ({ stall: window.stall, steps: window.steps }));
  t.diagnostic(`${LARGE} targets: ${((performance.now() - begun) / 1000).toFixed(1)} s, longest pause of the page ${stall.toFixed(0)} ms, progress moved ${steps} times`);
  assert.ok(steps > 5);
  await done(page);
});

// ---- the pages ----

test('pages need no JavaScript, and every link leads somewhere', async () => {
  const seen = new Set();
  const page = await open(base, { javaScriptEnabled: false });
  const todo = [base];
  while (todo.length && seen.size < 150) {
    const url = todo.shift();
    if (seen.has(url)) continue;
    seen.add(url);
    const response = await page.request.get(url);
    assert.equal(response.status(), 200, url);
    if (!/html/.test(response.headers()['content-type']) || url.endsWith('verify.html')) continue;
    for (const [, href] of (await response.text()).matchAll(/ href="([^"]+)"/g)) todo.push(new URL(href, url).href);
  }
  await page.click('table a >> nth=2');
  assert.match(await page.textContent('h1'), /第 \d+ 号抽取/);
  await page.click('text=English');
  assert.match(await page.textContent('h1'), /^Draw \d+/);
  await page.click('text=All draws');
  assert.match(await page.textContent('h1'), /public record/);
  await done(page);
});

const lastDraw = () => readdirSync(join(year, 'draws')).at(-1);
const shown = () => ['index.html', 'en.html', 'draws/0002/index.html', 'draws/0002/en.html', `draws/${lastDraw()}/en.html`, 'verify.html'];

test('html-validate finds nothing', async () => {
  const validate = new HtmlValidate({ extends: ['html-validate:recommended'] });
  for (const name of shown()) {
    const { results } = await validate.validateFile(join(year, name));
    assert.deepEqual(results.flatMap(({ messages }) => messages.map((m) => `${name}:${m.line} ${m.ruleId} ${m.message}`)), []);
  }
});

test('axe finds nothing, wide and narrow, light and dark', async () => {
  for (const width of [390, 1280]) {
    for (const colorScheme of ['light', 'dark']) {
      for (const name of shown()) {
        const page = await open(base + name, { viewport: { width, height: 900 }, colorScheme });
        if (name === 'verify.html') {
          await page.click('#fetch');
          await verdictOf(page);
        }
        await page.evaluate(AXE);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        assert.deepEqual(violations.map((v) => `${name} ${width} ${colorScheme} ${v.id}: ${v.nodes[0].html}`), []);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wider <= 0, `${name} is ${wider} px wider than ${width}`);
        await done(page);
      }
    }
  }
});
