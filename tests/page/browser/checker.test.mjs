// The checker alone in headless Chromium, over directories that need no program: what the result box says, a letter's places, both
// languages, wide and narrow.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';
import { writeCanonical } from '../../../daemon/site/src/protocol/json.js';
import { auditPath, bare, standard, T } from '../scene.mjs';
import { EXAMPLE, ROOT } from '../tools.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CHECKER = join(ROOT, 'daemon/site/verify.html');
let scratch, browser, scene;

/** Write a directory. */
function write(name, files) {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(scratch, name, path)), { recursive: true });
    writeFileSync(join(scratch, name, path), bytes);
  }
  return join(scratch, name);
}

before(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'checker-'));
  scene = await standard();
  write('standard', scene.publish());
  browser = await chromium.launch({ executablePath: CHROMIUM, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
});

after(async () => {
  await browser?.close();
  if (scratch) rmSync(scratch, { recursive: true, force: true });
});

/** A page on which nothing may go wrong: no dialog, no error, nothing from elsewhere. */
async function checked(folder, options = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on('dialog', (dialog) => { page.faults.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on('console', (message) => message.type() === 'error' && page.faults.push(message.text()));
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('request', (request) => /^(file|data|blob):/.test(request.url()) || page.faults.push(`request ${request.url()}`));
  await page.goto(pathToFileURL(CHECKER).href);
  await page.setInputFiles('#folder', folder);
  await page.waitForSelector('.verdict');
  return page;
}

async function done(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

const shade = (page) => page.getAttribute('.verdict', 'class');

test('the result box says what class the draws have, and is green only where none is C', async () => {
  const good = await checked(EXAMPLE);
  assert.equal(await shade(good), 'verdict ok');
  assert.match(await good.textContent('.verdict'), /^Yes: every check that was run holds\.Class B, if the witnesses are independent.*no\. 3.*Class A, if.*no\. 1.*without a class: no\. 2/);
  await done(good);
  const poor = await checked(join(scratch, 'standard'));
  assert.equal(await shade(poor), 'verdict weak');
  assert.match(await poor.textContent('.verdict .big'), /^Yes: every check that was run holds\. But no\. 4 is of class C/);
  assert.match(await poor.locator('#report > details.scope').nth(4).textContent(), /No public random value was promised/);
  assert.doesNotMatch(await poor.textContent('#report'), /strong/);
  await done(poor);
  const alone = await checked(join(EXAMPLE, 'draws/0001'));
  assert.equal(await shade(alone), 'verdict weak');
  assert.match(await alone.textContent('.verdict .big'), /class cannot be seen here/);
  await done(alone);
  const record = Buffer.from(scene.files.get('draws/0004/record.json')).toString().replace('"load":1', '"load":2');
  const sealed = await bare(async (it) => {
    it.genesis();
    it.cycle('a', 'none', 30);
    await it.commit('a', T, '2023-08-23T01:00:00Z');
  });
  const early = await checked(write('early', sealed.publish()));
  assert.equal(await shade(early), 'verdict weak');
  assert.match(await early.textContent('.verdict .big'), /no\. 1 will be of class C at best/);
  await done(early);
  const bad = await checked(write('bad', new Map([...scene.files, ['draws/0004/record.json', record]])));
  assert.equal(await shade(bad), 'verdict failed');
  assert.match(await bad.textContent('.verdict .big'), /^NO: draw 4, check “teams”/);
  await done(bad);
});

test('a letter\'s places', async () => {
  const page = await checked(join(scratch, 'standard'));
  const { lines } = scene.two;
  const proof = (i, line = lines[i]) => writeCanonical({ index: i, line, path: auditPath(lines, i), size: lines.length });
  await page.fill('#letter-text', [proof(0), proof(1, lines[1].replace('"I', '"<img src=x>I'))].join('\n'));
  await page.click('#letter button');
  await page.waitForSelector('#placed .held');
  const said = await page.locator('#placed .held').allTextContents();
  const { target, team, visit } = JSON.parse(lines[0]);
  const words = `Place 0 of draw 2: target ${target} on ${visit.replace('T', ' ')} by ${team.join(', ')}: in the public log since 20`;
  assert.ok(said[0].startsWith(`The log holds it. ${words}`), said[0]);
  assert.match(said[1], /^NOT in the log\./);
  await page.click('#language');
  assert.match((await page.locator('#placed .held').allTextContents())[0], /^日志里有。 第 2 次抽签，位次 0/);
  assert.equal(await page.locator('#placed img').count(), 0);
  await page.click('#language');
  const attachment = writeCanonical({ key: scene.key.text, n: 2, origin: scene.origin, places: [JSON.parse(proof(0))], type: 'places', v: 2 });
  writeFileSync(join(scratch, 'places-0002-I1-20230824.json'), attachment);
  await page.setInputFiles('#letter-file', join(scratch, 'places-0002-I1-20230824.json'));
  await page.waitForFunction(() => document.querySelectorAll('#placed .held').length === 1);
  assert.ok((await page.textContent('#placed .held')).includes(words));
  await done(page);
});

test('axe and html-validate find nothing, in both languages, wide and narrow', async () => {
  const { results } = await new HtmlValidate({ extends: ['html-validate:recommended'] }).validateFile(CHECKER);
  assert.deepEqual(results.flatMap(({ messages }) => messages.map((m) => `${m.line} ${m.ruleId} ${m.message}`)), []);
  for (const locale of ['en-GB', 'zh-CN']) {
    for (const width of [390, 1280]) {
      const page = await checked(join(scratch, 'standard'), { locale, viewport: { width, height: 900 } });
      await page.evaluate(() => document.querySelectorAll('details').forEach((each) => { each.open = true; }));
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(violations.map((v) => `${locale} ${width} ${v.id}: ${v.nodes[0].html}`), []);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wider <= 0, `${wider} px wider than ${width}`);
      await done(page);
    }
  }
});
