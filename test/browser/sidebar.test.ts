import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';
import { usualLimits } from '../../packages/runtime/src/protocol/limits.ts';
import { until } from '../support/until.ts';

const rejecting = "Promise.reject(new Error('recipe <b>17</b> has no pressure')); return null;";
const flows: readonly FlowEntry[] = [
  { id: 'filler', type: 'tab', label: 'Filler' },
  { id: 'capper', type: 'tab', label: 'Capper' },
  { id: 'labeller', type: 'tab', label: 'Labeller' },
  { id: 'recipes', type: 'tab', label: 'Recipes' },
  { id: 'chaos', type: 'tab', label: 'Chaos' },
  { id: 'mixer', type: 'tab', label: 'Mixer' },
  // Each wants the other first: Node-RED starts neither, and nothing else of the tab.
  { id: 'hen', type: 'mqtt-broker', z: 'mixer', name: 'hen', broker: '127.0.0.1', port: '1', tls: 'egg' },
  { id: 'egg', type: 'mqtt-broker', z: 'mixer', name: 'egg', broker: '127.0.0.1', port: '1', tls: 'hen' },
  { id: 'mixer-in', type: 'mqtt in', z: 'mixer', topic: 'a', broker: 'hen', x: 140, y: 80, wires: [[]] },
  {
    id: 'tick',
    type: 'inject',
    z: 'filler',
    props: [],
    repeat: '1',
    once: true,
    onceDelay: 0.1,
    x: 140,
    y: 80,
    wires: [['say']],
  },
  {
    id: 'say',
    type: 'function',
    z: 'filler',
    func: "node.log('one <i>bottle</i>');",
    outputs: 0,
    x: 340,
    y: 80,
    wires: [],
  },
  ...['filler', 'recipes'].flatMap((tab) => [
    { id: `${tab}-writes`, type: 'inject', z: tab, props: [], x: 140, y: 200, wires: [[`${tab}-sets`]] },
    {
      id: `${tab}-sets`,
      type: 'function',
      z: tab,
      func: `global.set('recipe', '${tab}');`,
      outputs: 1,
      x: 340,
      y: 200,
      wires: [[]],
    },
  ]),
  { id: 'capper-tie', type: 'inject', z: 'capper', props: [], x: 140, y: 80, wires: [['works']] },
  {
    id: 'works',
    type: 'function',
    z: 'capper',
    name: 'works hard',
    func: 'for (const until = Date.now() + 6_000; Date.now() < until; );',
    outputs: 1,
    x: 340,
    y: 80,
    wires: [[]],
  },
  { id: 'labeller-tie', type: 'inject', z: 'labeller', props: [], x: 140, y: 80, wires: [[]] },
  { id: 'press', type: 'inject', z: 'recipes', props: [], x: 140, y: 80, wires: [['parse']] },
  {
    id: 'parse',
    type: 'function',
    z: 'recipes',
    name: 'parse <b>recipe</b>',
    func: rejecting,
    outputs: 1,
    x: 340,
    y: 80,
    wires: [[]],
  },
  {
    id: 'always',
    type: 'inject',
    z: 'chaos',
    props: [],
    once: true,
    onceDelay: 0.1,
    x: 140,
    y: 80,
    wires: [['falls']],
  },
  { id: 'falls', type: 'function', z: 'chaos', func: rejecting, outputs: 1, x: 340, y: 80, wires: [[]] },
].map((entry) =>
  entry.id === 'capper' || entry.id === 'labeller'
    ? { ...entry, env: [{ name: 'BULKHEAD_COMPARTMENT', value: 'Packing', type: 'str' }] }
    : entry,
);

const fileOfState = ({ home }: Bulkhead): Promise<string> =>
  readFile(path.join(home, 'supervisor', 'state.json'), 'utf8');

const setAside = (id: string, compartmentId: string) => ({
  id,
  method: 'POST',
  url: `/order?<b>=${id}`,
  compartmentId,
  flowsHash: null,
  kills: 3,
  lastAt: Date.now(),
  refused: 7,
});

describe('the sidebar "Compartments"', function () {
  this.timeout(120_000);
  let bulkhead: Bulkhead;
  let browser: TestBrowser;
  let page: Page;
  let problems: readonly string[];

  const row = (id: string): Locator => page.locator(`[data-compartment="${id}"]`);
  const inState = (id: string, state: string): Locator =>
    page.locator(`[data-compartment="${id}"][data-state="${state}"]`);
  const unfold = async (id: string): Promise<void> => {
    const head = row(id).locator('.bulkhead-head');
    if ((await head.getAttribute('aria-expanded')) === 'false') await head.click();
  };
  const section = (id: string, title: string): Locator =>
    row(id).locator('.bulkhead-fold', { has: page.locator('summary', { hasText: title }) });

  before(async () => {
    bulkhead = await startBulkhead({ flows, env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } });
    browser = await startBrowser();
    ({ page, problems } = await browser.newPage());
    await page.goto(bulkhead.url);
    await page.locator('#red-ui-workspace-tabs .red-ui-tab-label').first().waitFor();
    // Its neighbour below would leave it half of the height.
    await page.locator('button[data-tab-id="debug"]').click();
    await page.locator('button[data-tab-id="bulkhead-compartments"]').click();
  });

  after(async () => {
    await browser?.close();
    await bulkhead?.stop();
  });

  it('lists every compartment with its state and figures', () =>
    browser.withScreenshot(page, 'sidebar-list', async () => {
      await inState('filler', 'running').waitFor();
      const names = await page.locator('.bulkhead-compartment .bulkhead-name').allInnerTexts();
      assert.deepEqual(names, ['Filler', 'Packing', 'Recipes', 'Chaos', 'Mixer']);
      await unfold('filler');
      const { pid } = await bulkhead.compartmentOfTab('Filler');
      await row('filler').locator('.bulkhead-figures').getByText(String(pid), { exact: true }).waitFor();
      assert.match(await row('filler').locator('.bulkhead-figures').innerText(), /CPU\s+[\d.]+ %[^]*Memory\s+\d+ MB/);
    }));

  it('says of a process whose flows could not be started that not all runs, and why', () =>
    browser.withScreenshot(page, 'sidebar-problem', async () => {
      await inState('mixer', 'problem').waitFor();
      assert.equal(await row('mixer').locator('.bulkhead-state').innerText(), 'not all runs');
      assert.match(await page.locator('.bulkhead-overview').innerText(), /^[34] of 5 running$/);
      await unfold('mixer');
      const notice = row('mixer').getByText(
        'The tab "Mixer" does not run, Node-RED could not start it: Circular config node dependency detected: hen',
      );
      await notice.waitFor();
      const dot = page.locator('#red-ui-tab-mixer .bulkhead-dot');
      assert.equal(await dot.getAttribute('data-state'), 'problem');
      assert.match((await dot.getAttribute('title')) ?? '', /does not run, Node-RED could not start it/);
      assert.match(await row('mixer').locator('.bulkhead-figures').innerText(), /Process/);
      await row('mixer').locator('.bulkhead-head').click();
    }));

  it('shows the log as text, whatever a flow prints', () =>
    browser.withScreenshot(page, 'sidebar-log', async () => {
      await section('filler', 'Log').locator('summary').click();
      await section('filler', 'Log').getByText('one <i>bottle</i>').first().waitFor();
      assert.equal(await section('filler', 'Log').locator('i').count(), 0);
    }));

  it('restarts only the compartment whose button is pressed', () =>
    browser.withScreenshot(page, 'sidebar-restart', async () => {
      const before = await bulkhead.compartments();
      await unfold('filler');
      await row('filler').locator('[data-command="restart"]').click();
      const pidOf = async (id: string) => (await bulkhead.compartments()).find((entry) => entry.id === id)?.pid;
      const old = new Map(before.map(({ id, pid }) => [id, pid]));
      await until(
        async () => {
          const pid = await pidOf('filler');
          return typeof pid === 'number' && pid !== old.get('filler');
        },
        { deadlineMs: 15_000, what: 'another process' },
      );
      await inState('filler', 'running').waitFor();
      assert.equal(await pidOf('capper'), old.get('capper'));
      assert.equal((await bulkhead.compartmentOfTab('Filler')).restarts, 0, 'a restart that was asked for is no crash');
    }));

  it('stops a compartment and starts it again', () =>
    browser.withScreenshot(page, 'sidebar-stop', async () => {
      await row('filler').locator('[data-command="stop"]').click();
      await inState('filler', 'stopped').waitFor();
      await row('filler').locator('[data-command="start"]').click();
      await inState('filler', 'running').waitFor();
    }));

  it('says why tabs share a process', () =>
    browser.withScreenshot(page, 'sidebar-plan', async () => {
      await unfold('capper');
      await section('capper', 'What runs here').locator('summary').click();
      await section('capper', 'What runs here').getByText('pinned together by BULKHEAD_COMPARTMENT=Packing').waitFor();
      assert.equal(await section('filler', 'What runs here').isVisible(), false);
    }));

  it('shows a crash with reason, node and last lines, and reveals the node', () =>
    browser.withScreenshot(page, 'sidebar-crash', async () => {
      await inState('recipes', 'running').waitFor();
      await bulkhead.request('/inject/press', { method: 'POST' });
      await unfold('recipes');
      await row('recipes').locator('.bulkhead-last-exit').waitFor();
      await section('recipes', 'Crash reports').locator('summary').first().click();
      const report = row('recipes').locator('.bulkhead-crash').first();
      await report.locator('summary').click();
      const text = await report.innerText();
      assert.match(text, /unhandled rejection[^]*parse <b>recipe<\/b>[^]*Error: recipe <b>17<\/b> has no pressure/);
      assert.match(await report.locator('details .bulkhead-output').innerText(), /has no pressure/);
      assert.equal(await report.locator('b').count(), 1, 'only the reason is bold');
      const age = report.locator('time').first();
      const first = await age.innerText();
      await until(async () => (await age.innerText()) !== first, { deadlineMs: 15_000, what: 'its age goes on' });

      const shown = page.locator('#red-ui-tab-recipes.active');
      assert.equal(await shown.count(), 0);
      await report.locator('a.bulkhead-node').click();
      await shown.waitFor();
      await page.locator('[id="parse"]').waitFor();
    }));

  it('shows the message in hand, sends it again, and deletes a report at the second click', () =>
    browser.withScreenshot(page, 'sidebar-message', async () => {
      const reports = row('recipes').locator('.bulkhead-crash');
      const button = (what: string) => reports.first().locator(`button[data-do="${what}"]`);
      await inState('recipes', 'running').waitFor();
      await button('look').click();
      await reports.first().locator('.bulkhead-in-hand .bulkhead-output', { hasText: '"_msgid"' }).waitFor();
      const before = (await bulkhead.compartmentOfTab('Recipes')).restarts;
      await button('resend').click();
      await until(async () => (await bulkhead.compartmentOfTab('Recipes')).restarts > before, {
        deadlineMs: 20_000,
        what: 'the crash that the message makes again',
      });
      await until(async () => (await reports.count()) === 2, { deadlineMs: 20_000, what: 'a second report' });
      await button('delete').click();
      await button('delete').and(page.getByText('Really delete?')).click();
      await until(async () => (await reports.count()) === 1, { deadlineMs: 20_000, what: 'one report' });
      await section('recipes', 'After a crash').locator('summary').click();
      await section('recipes', 'After a crash').locator('select[name="onCrashLoop"]').selectOption('rollback');
      await section('recipes', 'After a crash').getByText('Saved.').waitFor();
      assert.match(JSON.stringify((await bulkhead.compartmentOfTab('Recipes'))['policy']), /"onCrashLoop":"rollback"/);
    }));

  it('tells of a crash and of a contended key in German', async () => {
    const { page: german } = await browser.newPage({ locale: 'de' });
    await german.goto(bulkhead.url);
    await german.locator('#red-ui-tab-recipes .bulkhead-dot').waitFor({ timeout: 30_000 });
    await bulkhead.request('/inject/press', { method: 'POST' });
    const notice = german.locator('.red-ui-notification', { hasText: '„Recipes“ ist abgestürzt: nicht behandelte' });
    await notice.waitFor({ timeout: 20_000 });
    assert.match(await notice.innerText(), /Im Node parse <b>recipe<\/b>/);
    await until(async () => (await bulkhead.compartmentOfTab('Recipes')).state === 'running', {
      deadlineMs: 15_000,
      what: 'the tab that crashed runs again',
    });
    for (const tab of ['filler', 'recipes']) await bulkhead.request(`/inject/${tab}-writes`, { method: 'POST' });
    await german
      .locator('.red-ui-notification', { hasText: 'global.recipe' })
      .getByText('Änderungen')
      .or(german.getByText('überschrieben'))
      .waitFor({ timeout: 20_000 });
    await german.close();
  });

  it('says that a compartment is in quarantine, on its tab as well', () =>
    browser.withScreenshot(page, 'sidebar-quarantine', async () => {
      await inState('chaos', 'quarantined').waitFor({ timeout: 60_000 });
      await unfold('chaos');
      await row('chaos').getByText('Stopped after 5 short lives in a row.').waitFor();
      await page.locator('#red-ui-tab-chaos .bulkhead-badge').waitFor();
      assert.equal(await page.locator('.bulkhead-badge').count(), 1);
    }));

  it('offers a rollback only where there is something to go back to, and marks a compartment that was rolled back', () =>
    browser.withScreenshot(page, 'sidebar-rollback', async () => {
      await unfold('chaos');
      await row('chaos').locator('[data-command="start"]').waitFor();
      assert.equal(await row('chaos').locator('[data-command="rollback"]').isVisible(), false);

      // Five seconds make a life that can be gone back to.
      await until(async () => Date.now() - Number((await bulkhead.compartmentOfTab('Capper'))['startedAt']) > 7_000, {
        deadlineMs: 10_000,
        what: 'a life that counts',
      });
      const edited = flows.map((entry) => (entry.id === 'capper-tie' ? { ...entry, name: 'edited' } : entry));
      const hash = async () => (await bulkhead.compartmentOfTab('Capper'))['sliceHash'];
      const before = await hash();
      await bulkhead.deploy(edited, 'flows');
      await until(async () => (await hash()) !== before, { deadlineMs: 10_000, what: 'the edit runs' });
      await unfold('capper');
      await row('capper').locator('[data-command="rollback"]').click();
      await row('capper').locator('.bulkhead-state', { hasText: 'rolled back' }).waitFor();
      await page.locator('#red-ui-tab-capper .bulkhead-badge.fa-history').waitFor();
      assert.equal(await row('capper').locator('[data-command="rollback"]').isVisible(), false);
    }));

  it('refuses a limit that the runtime would refuse', () =>
    browser.withScreenshot(page, 'sidebar-bad-limit', async () => {
      await unfold('filler');
      await section('filler', 'Limits').locator('summary').click();
      const heap = section('filler', 'Limits').locator('input[name="heapMb"]');
      await heap.fill('7');
      await section('filler', 'Limits').getByRole('button').click();
      assert.equal(await heap.evaluate((input: HTMLInputElement) => input.validity.rangeUnderflow), true);
    }));

  it('keeps limits over a restart of the supervisor, and finds its way back to it', () =>
    browser.withScreenshot(page, 'sidebar-limits', async () => {
      const limits = section('filler', 'Limits');
      await limits.locator('input[name="heapMb"]').fill('192');
      await limits.locator('input[name="hangMs"]').fill('7.5');
      await limits.getByRole('button').click();
      await limits.getByText('Saved.').waitFor();
      const kept = { ...usualLimits, heapMb: 192, hangMs: 7_500 };
      assert.deepEqual((await bulkhead.compartmentOfTab('Filler'))['limits'], kept);
      const { pid } = await bulkhead.compartmentOfTab('Filler');

      await until(async () => (await fileOfState(bulkhead)).includes('192'), { deadlineMs: 5_000, what: 'written' });
      const killed = await bulkhead.kill('supervisor');
      await until(
        async () => {
          const supervisor = (await bulkhead.processes()).find(({ role }) => role === 'supervisor');
          return supervisor?.pid !== killed && (await bulkhead.compartmentOfTab('Filler')).state === 'running';
        },
        { deadlineMs: 20_000, what: 'another supervisor, which adopted the compartment' },
      );
      assert.deepEqual((await bulkhead.compartmentOfTab('Filler'))['limits'], kept);
      assert.equal((await bulkhead.compartmentOfTab('Filler')).pid, pid, 'the compartment never noticed');
      await page.waitForResponse(/\/bulkhead\/compartments$/);
      await page.waitForResponse(/\/bulkhead\/compartments$/);
      assert.equal(await limits.locator('input[name="heapMb"]').inputValue(), '192');
    }));

  it('lists requests that were set aside with their crash reports, in both languages, and releases one', () =>
    browser.withScreenshot(page, 'sidebar-set-aside', async () => {
      const listed = async (): Promise<string> => (await bulkhead.request('/bulkhead/set-aside')).text();
      const kept = [setAside('one', 'recipes'), setAside('stray', 'gone')];
      await writeFile(path.join(bulkhead.home, 'crashes', 'set-aside.json'), JSON.stringify(kept));
      await bulkhead.kill('supervisor');
      await until(async () => (await listed()).includes('"one"'), { deadlineMs: 20_000, what: 'another supervisor' });
      const { page: german } = await browser.newPage({ locale: 'de' });
      await german.goto(bulkhead.url);
      await german.locator('.bulkhead-sidebar > .bulkhead-set-aside', { hasText: 'POST /order?<b>=stray' }).waitFor();
      await german.getByText('Zurückgehaltene Anfragen').first().waitFor();
      await german.close();

      const request = section('recipes', 'Crash reports').locator('.bulkhead-set-aside li');
      await unfold('recipes');
      await row('recipes').getByText('Refused requests: 1.').waitFor();
      if (!(await request.isVisible())) await section('recipes', 'Crash reports').locator('summary').first().click();
      assert.match(await request.innerText(), /POST \/order\?<b>=one[^]*3 crashes, refused 7 times/);
      await request.locator('button[data-do="release"]').click();
      await request.waitFor({ state: 'detached' });
      assert.doesNotMatch(await listed(), /"one"/);
      assert.match(await listed(), /"stray"/);
    }));

  it('says what the process may do, and keeps what is granted', () =>
    browser.withScreenshot(page, 'sidebar-privileges', async () => {
      await unfold('filler');
      const privileges = section('filler', 'Privileges');
      await privileges.locator('summary').click();
      await privileges.getByText(/it may read: nothing; write: nothing/).waitFor();
      await privileges.locator('select').selectOption('strict');
      await privileges.locator('textarea[name="write"]').fill('/data/one\n/data/two');
      await privileges.getByRole('button').click();
      await privileges.getByText('Saved; from its next start.').waitFor();
      const { privilege } = await bulkhead.compartmentOfTab('Filler');
      assert.deepEqual(privilege, { mode: 'strict', read: [], write: ['/data/one', '/data/two'], allow: [] });
      await privileges.getByText(/write: \/data\/one, \/data\/two/).waitFor();
    }));

  it('does not take back what was saved while an older answer was on its way', () =>
    browser.withScreenshot(page, 'sidebar-late-answer', async () => {
      const limits = section('filler', 'Limits');
      const heap = limits.locator('input[name="heapMb"]');
      const asked = Promise.withResolvers<void>();
      const saved = Promise.withResolvers<void>();
      await page.route(
        '**/bulkhead/compartments',
        async (route) => {
          const response = await route.fetch();
          asked.resolve();
          await saved.promise;
          await route.fulfill({ response });
        },
        { times: 1 },
      );
      await asked.promise;
      await heap.fill('224');
      await limits.getByRole('button').click();
      await limits.getByText('Saved.').waitFor();
      const late = page.waitForResponse(/\/bulkhead\/compartments$/);
      saved.resolve();
      await (await late).finished();
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      assert.equal(await heap.inputValue(), '224');
    }));

  it('does not call running what gives no sign of life', () =>
    browser.withScreenshot(page, 'sidebar-silent', async () => {
      const dot = page.locator('#red-ui-tab-capper .bulkhead-dot');
      await bulkhead.request('/inject/capper-tie', { method: 'POST' });
      await inState('capper', 'silent').getByText('does not answer').waitFor();
      await page.locator('#red-ui-tab-capper .bulkhead-dot[data-state="silent"]').waitFor();
      assert.match((await dot.getAttribute('title')) ?? '', /^Packing: does not answer\nNo sign of life/);
      const told = (await bulkhead.compartments()).find(({ name }) => name === 'Packing');
      // The delay of a loop that does not turn is not the one of its last turn.
      assert.match(JSON.stringify(told), /"eventLoop":\{"p99Ms":[3-9]\d{3}\},"silent":true/);
      await inState('capper', 'silent').waitFor({ state: 'detached' });
      await page.locator('#red-ui-tab-capper .bulkhead-dot[data-state="silent"]').waitFor({ state: 'detached' });
    }));

  it('says that what it shows is old while nobody answers', () =>
    browser.withScreenshot(page, 'sidebar-no-answer', async () => {
      const banner = page.locator('.bulkhead-sidebar > .bulkhead-problem');
      await page.route('**/bulkhead/**', (route) => route.abort());
      await banner.getByText('The supervisor does not answer just now.').waitFor();
      assert.equal(await inState('filler', 'running').count(), 1);
      await page.locator('.bulkhead-sidebar.bulkhead-old').waitFor();
      const dot = page.locator('#red-ui-tab-filler .bulkhead-dot');
      await page.locator('#red-ui-tab-filler .bulkhead-dot[data-state="unknown"]').waitFor();
      assert.match((await dot.getAttribute('title')) ?? '', /not known \(running\)/);
      await page.unroute('**/bulkhead/**');
      await banner.waitFor({ state: 'hidden' });
      await page.locator('#red-ui-tab-filler .bulkhead-dot[data-state="running"]').waitFor();
      assert.equal(await page.locator('.bulkhead-sidebar.bulkhead-old').count(), 0);
    }));

  it('is open again after a reload, and throws nothing into the page', () =>
    browser.withScreenshot(page, 'sidebar-reload', async () => {
      await page.reload();
      await inState('filler', 'running').waitFor();
      assert.deepEqual(problems, []);
    }));
});

describe('the sidebar of a house with a login', function () {
  this.timeout(90_000);
  // Of "plant", with few rounds.
  const password = '$2b$04$.n3sS6wAYeXoKys3gHY55env3J2ex7MRfJEQOJYkPbz0cuBSfucLi';
  const settings = `login:\n  users:\n    - {username: anna, password: "${password}"}\n    - {username: bert, password: "${password}", permissions: read}\n`;
  let bulkhead: Bulkhead;
  let browser: TestBrowser;

  before(async () => {
    bulkhead = await startBulkhead({
      flows: [{ id: 'filler', type: 'tab', label: 'Filler' }],
      settings,
      env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' },
    });
    browser = await startBrowser();
  });

  after(async () => {
    await browser?.close();
    await bulkhead?.stop();
  });

  async function logIn(username: string): Promise<Page> {
    const { page } = await browser.newPage();
    await page.goto(bulkhead.url);
    await page.locator('#node-dialog-login-username').fill(username);
    await page.locator('#node-dialog-login-password').fill('plant');
    await page.locator('#node-dialog-login-submit').click();
    await page.locator('#red-ui-workspace-tabs .red-ui-tab-label').first().waitFor();
    await page.locator('button[data-tab-id="bulkhead-compartments"]').click();
    await page.locator('[data-compartment="filler"] .bulkhead-head').click();
    return page;
  }

  it('asks with the login of the editor', async () => {
    const page = await logIn('anna');
    await browser.withScreenshot(page, 'sidebar-login', async () => {
      await page.locator('[data-compartment="filler"][data-state="running"]').waitFor();
      await page.locator('[data-compartment="filler"] [data-command="stop"]').click();
      await page.locator('[data-compartment="filler"][data-state="stopped"]').waitFor();
      await page.locator('[data-compartment="filler"] [data-command="start"]').click();
      await page.locator('[data-compartment="filler"][data-state="running"]').waitFor();
    });
  });

  it('says so when that login may only read', async () => {
    const page = await logIn('bert');
    await browser.withScreenshot(page, 'sidebar-read-only', async () => {
      const stop = page.locator('[data-compartment="filler"] [data-command="stop"]');
      await stop.waitFor();
      assert.equal(await stop.isDisabled(), true);
      assert.equal(
        await page.locator('[data-compartment="filler"] fieldset[title="Your login may not do this."]').count(),
        4,
      );
      await page.route('**/bulkhead/set-aside', (route) => route.fulfill({ json: [setAside('one', 'filler')] }));
      await page.locator('.bulkhead-fold', { hasText: 'Crash reports' }).locator('summary').first().click();
      await page.locator('.bulkhead-set-aside', { hasText: 'POST /order' }).first().waitFor();
      assert.equal(await page.locator('button[data-do="release"]').filter({ visible: true }).count(), 0);
      await page.locator('[data-compartment="filler"][data-state="running"]').waitFor();
    });
  });
});
