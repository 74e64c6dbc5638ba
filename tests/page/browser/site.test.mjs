// The published site as people meet it, in headless Chromium: pages without JavaScript, the checker over file:// and http, on
// what is whole, touched up, sealed or hostile. The program publishes; SPOTCHECK and SPOTCHECKD say which.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
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
const YES = /^Yes: every check that was run holds\./;
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
  page.on('console', (message) => {
    // The browser itself asks a site for its icon; there is none.
    if (message.type() === 'error' && message.location().url !== `${base}favicon.ico`) page.faults.push(`console ${message.text()}`);
  });
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
  await page.waitForSelector('#answers ul');
  return (await page.locator('#answers li').allTextContents()).find((said) => said.startsWith('Draw 2:'));
}

// ---- the checker ----

test('from the disk: a year holds, and says of an id what became of it', async () => {
  const page = await choose(year);
  assert.match(await verdictOf(page), YES);
  const record = JSON.parse(readFileSync(join(year, 'draws/0002/record.json'), 'utf8'));
  const drawn = record.selected[0];
  const said = await ask(page, drawn.id);
  assert.ok(said.includes(drawn.ticket) && said.includes(`It was drawn: visit ${drawn.visit.replace('T', ' ')} by ${drawn.team.join(', ')}.`), said);
  const kept = [...record.selected, ...record.reserve].map(({ id }) => id);
  const [idle] = readFileSync(join(year, 'draws/0002/targets.csv'), 'utf8').split('\n').slice(1, -1).map((line) => line.split(','))
    .find(([id, , , , , , , , , , drum]) => drum === 'in' && !kept.includes(id));
  assert.match(await ask(page, idle), /^Draw 2: target in the drum .* It was not drawn\.$/);
  assert.equal(await ask(page, 'nobody-at-all'), 'Draw 2: the id is not in the rosters.');
  await page.fill('#who-id', '<script>alert(1)</script>');
  await page.press('#who-id', 'Enter');
  assert.match(await page.textContent('#who-error'), /^An id has/);
  assert.equal(await page.textContent('#answers'), '', 'an answer about another id is left standing');
  await done(page);
});

test('over http: the directory that the page stands in', async () => {
  const page = await open(`${base}verify.html`);
  await page.click('#fetch');
  assert.match(await verdictOf(page), YES);
  await done(page);
});

test('dropped: the folder is read from what is dropped', async () => {
  const page = await open(pathToFileURL(join(ROOT, 'daemon/site/verify.html')).href);
  const { x, y } = await page.locator('#drop').boundingBox();
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [year], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) await client.send('Input.dispatchDragEvent', { type, x: x + 20, y: y + 20, data });
  assert.match(await verdictOf(page), YES);
  await done(page);
});

test('what is touched up is refused, by the check that sees it first', async () => {
  const other = drawOver('other', 'id,name,class,unit,area,level\nT1,one,A,U,R,1\nT2,two,A,V,R,1\n', '1');
  const size = Number(readFileSync(join(year, 'checkpoint'), 'utf8').split('\n')[1]);
  const [number, width] = [String(Math.floor((size - 1) / 256)).padStart(3, '0'), size % 256];
  const last = (folder, level) => join(folder, 'tile', level, width ? `${number}.p/${width}` : number);       // older ones are not needed
  const cases = [
    ['record', (folder) => flip(join(folder, 'draws/0002/record.json'), 200), /^NO: draw 2, check “record”/],
    ['roster', (folder) => flip(join(folder, 'draws/0003/targets.csv'), -20), /^NO: draw 3, check “files”: draws\/0003\/targets.csv/],
    ['entries', (folder) => flip(last(folder, 'entries'), 300), /^NO: the log, check “tree”/],
    ['gone', (folder) => rmSync(last(folder, 'entries')), /^NO: the log, check “tree”: tile\/entries\/\S+ is missing/],
    ['no-hashes', (folder) => rmSync(last(folder, '0')), /^NO: the log, check “tree”: tile\/0\/\S+ is missing/],
    ['cut', (folder) => truncateSync(last(folder, 'entries'), statSync(last(folder, 'entries')).size - 7), /^NO: the log, check “tree”/],
    ['other-log', (folder) => cpSync(join(other, 'checkpoint'), join(folder, 'checkpoint')), /^NO: the log, check “signature”/],
    ['other-key', (folder) => ['checkpoint', 'vkey'].forEach((name) => cpSync(join(other, name), join(folder, name))),
      /^NO: the log, check “signature”: The first entry names the key/],
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
  const ids = ['targets', 'inspectors'].flatMap((name) => readFileSync(join(year, `draws/0002/${name}.csv`), 'utf8').split('\n').slice(1, -1)
    .map((line) => line.split(',')[0]));
  const names = (text) => ids.filter((id) => new RegExp(`\\b${id}\\b`).test(text));
  assert.ok(names(readFileSync(join(year, 'draws/0002/en.html'), 'utf8')).length > 10, 'ids are not found where they stand');
  const sealed = readdirSync(join(year, 'draws')).filter((name) => !existsSync(join(year, 'draws', name, 'record.json')));
  assert.ok(sealed.length, 'no draw is sealed at the end');
  for (const n of sealed) {
    for (const [file, words] of [['en.html', /drawn, sealed/], ['index.html', /结果封存/]]) {
      const text = readFileSync(join(year, 'draws', n, file), 'utf8');
      assert.match(text, words);
      assert.deepEqual(names(text), [], `${n}/${file}`);
    }
  }
  const page = await choose(year);
  assert.match(await verdictOf(page), new RegExp(`still sealed: ${sealed.length}\\.`));
  const parts = await page.locator('#report > details.scope').allTextContents();
  for (const part of parts.slice(-sealed.length)) {
    assert.match(part, /sealed until/);
    assert.deepEqual(names(part), []);
  }
  await done(page);
});

test('names that are markup are shown, not run', async () => {
  const bad = '<img src=x onerror=alert(1)><script>alert(2)</script>';
  const rows = Array.from({ length: 40 }, (_, i) => `T${i},name ${i},A,${bad},area,1`);
  const folder = drawOver('hostile', `id,name,class,unit,area,level\n${rows.join('\n')}\n`, '20%');
  const checked = await choose(folder);
  assert.match(await verdictOf(checked), YES);
  await done(checked);
  const page = await open(pathToFileURL(join(folder, 'draws/0001/en.html')).href);
  await page.locator('summary').last().click();
  assert.ok((await page.textContent('main')).includes('<img src=x onerror='));
  // none but the page's own picture, which is drawn
  assert.equal(await page.locator('main img').count(), 1);
  assert.ok(await page.locator('img.odds').evaluate((img) => img.naturalWidth) > 0);
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
  assert.match(await verdictOf(page), YES);
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
  while (todo.length) {
    const url = todo.shift();
    if (seen.has(url)) continue;
    seen.add(url);
    const response = await page.request.get(url);
    assert.equal(response.status(), 200, url);
    if (!/html/.test(response.headers()['content-type']) || url.endsWith('verify.html')) continue;
    for (const [, href] of (await response.text()).matchAll(/ href="([^"]+)"/g)) todo.push(new URL(href, url).href);
  }
  assert.ok(seen.size > 5 * readdirSync(join(year, 'draws')).length, `only ${seen.size} links`);
  await page.click('table a >> nth=2');
  assert.match(await page.textContent('h1'), /第 \d+ 号抽取/);
  await page.click('text=English');
  assert.match(await page.textContent('h1'), /^Draw \d+/);
  await page.click('text=All draws');
  assert.match(await page.textContent('h1'), /public record/);
  await done(page);
});

test('the keyboard goes through a page as it is read', async () => {
  const order = async (url, count) => {
    const page = await open(url);
    const names = [];
    for (let i = 0; i < count; i++) {
      await page.keyboard.press('Tab');
      names.push(await page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim()));
    }
    await done(page);
    return names;
  };
  assert.deepEqual(await order(`${base}draws/0002/en.html`, 6),
    ['All draws', '中文', 'Check it yourself', 'Reserve', 'All 83 targets', 'commit.json']);
  assert.deepEqual(await order(`${base}verify.html`, 4), ['language', 'folder', 'fetch', 'What you know yourself (optional)']);
});

test('what is folded on the screen is on paper', async () => {
  const page = await open(`${base}draws/0002/en.html`);
  const row = page.locator('details tbody tr').last();
  assert.equal(await row.evaluate((it) => it.checkVisibility()), false);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await row.evaluate((it) => it.checkVisibility()), true);
  await done(page);
});

const lastDraw = () => readdirSync(join(year, 'draws')).at(-1);
const shown = () => ['index.html', 'en.html', 'draws/0002/index.html', 'draws/0002/en.html',
  `draws/${lastDraw()}/index.html`, `draws/${lastDraw()}/en.html`, 'verify.html'];

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

// ---- receipts ----

const RECEIPTS = join(ROOT, 'tests/vectors/receipts');

async function holds(page, path) {
  await page.setInputFiles('#receipt', path);
  await page.waitForSelector('#held .held');
  return page.textContent('#held');
}

test('a receipt: chosen, dropped, of another draw, hostile, too large', async () => {
  const page = await open(pathToFileURL(join(ROOT, 'daemon/site/verify.html')).href);
  assert.equal(await page.isVisible('#mine'), false);
  await page.setInputFiles('#folder', join(RECEIPTS, 'public'));
  assert.match(await verdictOf(page), YES);
  const mine = readFileSync(join(RECEIPTS, '1-P01.json'), 'utf8');
  const { ticket, place } = JSON.parse(mine);
  const visit = JSON.parse(place.line).visit.replace('T', ' ');
  const words = `The receipt holds. Draw 1: P01 was in the drum with ticket ${ticket}, and was drawn; place ${place.index}, ${visit}, has been in the log since the draw.`;
  assert.equal(await holds(page, join(RECEIPTS, '1-P01.json')), words);
  const changed = (name, from, to) => {
    const path = join(scratch, `${name}.json`);
    writeFileSync(path, mine.replace(from, to));
    return path;
  };
  assert.match(await holds(page, changed('drawn', '"selected"', '"none"')), /^The receipt does NOT hold\. The receipt: place is not of its form/);
  assert.match(await holds(page, changed('sealed', '"n":1,', '"n":4,')), /does NOT hold\. It is of draw 4, which is still sealed/);
  const bad = '<img src=x onerror=alert(1)>';
  assert.ok((await holds(page, changed('markup', '"origin":"spotcheck.example.org"', `"origin":"${bad}"`))).includes(bad));
  assert.equal(await page.locator('#held img').count(), 0);
  assert.match(await holds(page, changed('huge', '{', `${' '.repeat(2 << 20)}{`)), /larger than 1048576 bytes/);
  const { x, y } = await page.locator('#drop').boundingBox();
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [join(RECEIPTS, '1-P01.json')], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) await client.send('Input.dispatchDragEvent', { type, x: x + 20, y: y + 20, data });
  await page.waitForSelector('#held .held.ok');
  assert.equal(await page.textContent('#held'), words);
  await page.click('#language');
  assert.match(await page.textContent('#held'), /^凭证属实。 第 1 次抽签：P01 在签筒里/);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
  await done(page);
});

test('a receipt to print: of one target alone, no markup of its own, nothing for html-validate and axe', async () => {
  const bad = '<b onclick=alert(1)>&';
  const rows = Array.from({ length: 20 }, (_, i) => `T${i},name ${i} ${bad},A,${bad},area,1`);
  const folder = join(drawOver('receipts', `id,name,class,unit,area,level\n${rows.join('\n')}\n`, '20%'), '..');
  const validate = new HtmlValidate({ extends: ['html-validate:recommended'] });
  const { selected } = JSON.parse(readFileSync(join(folder, 'public/draws/0001/record.json'), 'utf8'));
  const idle = rows.map((_, i) => `T${i}`).find((id) => !selected.some((each) => each.id === id));
  for (const language of ['en', 'zh_CN']) {
    const ini = join(folder, 'conf', 'spotcheckd.ini');
    writeFileSync(ini, readFileSync(ini, 'utf8').replace(/^#?language *=.*$/m, `language = ${language}`));
    for (const id of [selected[0].id, idle]) {
      const path = join(folder, `${language}-${id}.html`);
      run(SPOTCHECK, '-c', ini, 'receipt', '1', id, '--page', path);
      const { results } = await validate.validateFile(path);
      assert.deepEqual(results.flatMap(({ messages }) => messages.map((m) => `${m.line} ${m.ruleId} ${m.message}`)), []);
      for (const width of [390, 1280]) {
        const page = await open(pathToFileURL(path).href, { viewport: { width, height: 900 } });
        const text = await page.textContent('main');
        assert.deepEqual([...new Set(text.match(/\bT[0-9]+\b/g))], [id]);
        assert.ok(text.includes(bad) && await page.locator('[onclick]').count() === 0);
        await page.evaluate(AXE);
        const { violations } = await page.evaluate(() => globalThis.axe.run());
        assert.deepEqual(violations.map((v) => `${language} ${width} ${v.id}: ${v.nodes[0].html}`), []);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wider <= 0, `${wider} px wider than ${width}`);
        await done(page);
      }
    }
  }
});
