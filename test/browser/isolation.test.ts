import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';

/** As Node-RED 0.x made them; the editor has a dash for the dot. */
const crashTab = '9a1c7e42.65e3b8';
const elementOf = (tab: string): string => `red-ui-tab-${tab.replace('.', '-')}`;

const button = { type: 'inject', z: crashTab, props: [], repeat: '', once: false, topic: '', x: 140 };
const flows: readonly FlowEntry[] = [
  { id: 'ticker', type: 'tab', label: 'Ticker' },
  { id: crashTab, type: 'tab', label: 'Crash' },
  {
    id: 'tick',
    type: 'inject',
    z: 'ticker',
    props: [{ p: 'payload' }],
    repeat: '0.2',
    once: true,
    onceDelay: 0.1,
    payload: '',
    payloadType: 'date',
    x: 140,
    y: 80,
    wires: [['count']],
  },
  {
    id: 'count',
    type: 'function',
    z: 'ticker',
    func: "const n = (context.get('n') || 0) + 1; context.set('n', n); node.status({ fill: 'green', shape: 'dot', text: 'tick ' + n }); msg.payload = n; return msg;",
    outputs: 1,
    x: 340,
    y: 80,
    wires: [['show']],
  },
  {
    id: 'show',
    type: 'debug',
    z: 'ticker',
    name: 'ticks',
    active: true,
    tosidebar: true,
    complete: 'payload',
    x: 540,
    y: 80,
    wires: [],
  },
  { ...button, id: 'reject', name: 'reject', y: 80, wires: [['rejects']] },
  {
    id: 'rejects',
    type: 'function',
    z: crashTab,
    name: 'rejects',
    func: "Promise.reject(new Error('on purpose')); return null;",
    outputs: 1,
    x: 340,
    y: 80,
    wires: [[]],
  },
];

describe('two tabs in the editor, one of which crashes', function () {
  this.timeout(90_000);
  let bulkhead: Bulkhead;
  let browser: TestBrowser;
  let page: Page;

  const dot = (tab: string) => page.locator(`#${elementOf(tab)} .bulkhead-dot`);
  const status = (node: string) => page.locator(`[id="${node}"] .red-ui-flow-node-status-label`);
  const ticks = async (): Promise<number> => Number(/\d+/.exec((await status('count').textContent()) ?? '')?.[0]);

  async function showTab(tab: string): Promise<void> {
    await page.locator(`#${elementOf(tab)}`).click();
  }

  /** Waits until the ticker's status dot has gone on by three; a page function, so that no time passes in between. */
  async function ticksGoOn(): Promise<void> {
    await showTab('ticker');
    await status('count').waitFor();
    const now = await ticks();
    await page.waitForFunction(
      ([id, last]) => {
        const label = document.querySelector(`[id="${id}"] .red-ui-flow-node-status-label`);
        return Number(/\d+/.exec(label?.textContent ?? '')?.[0]) >= last + 3;
      },
      ['count', now] as const,
      { timeout: 10_000 },
    );
  }

  before(async () => {
    bulkhead = await startBulkhead({ flows, env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } });
    browser = await startBrowser();
    ({ page } = await browser.newPage());
    await page.goto(bulkhead.url);
    await page.waitForSelector('#red-ui-workspace-tabs .red-ui-tab-label');
  });

  after(async () => {
    await browser?.close();
    await bulkhead?.stop();
  });

  it('shows a green dot on both tabs, status dots and debug messages', () =>
    browser.withScreenshot(page, 'two-tabs', async () => {
      for (const tab of ['ticker', crashTab]) {
        await page.locator(`#${elementOf(tab)} .bulkhead-dot[data-state="running"]`).waitFor();
      }
      await ticksGoOn();
      await page.locator('.red-ui-debug-msg', { hasText: 'ticks' }).first().waitFor();
    }));

  it('shows the crash and its reason when a button of the other tab is pressed, and the tab green again', () =>
    browser.withScreenshot(page, 'crash', async () => {
      const before = await bulkhead.compartmentOfTab('Ticker');
      await showTab(crashTab);
      await page.locator('[id="reject"] .red-ui-flow-node-button-button').click();
      await page.locator(`#${elementOf(crashTab)} .bulkhead-dot[data-state="crashed"]`).waitFor({ timeout: 10_000 });
      const notice = page.locator('.red-ui-notification', { hasText: 'unhandled rejection' });
      await notice.waitFor({ timeout: 10_000 });
      assert.match(await notice.innerText(), /"Crash".*rejects.*on purpose/s);
      await page.locator(`#${elementOf(crashTab)} .bulkhead-dot[data-state="running"]`).waitFor({ timeout: 15_000 });
      assert.match((await dot(crashTab).getAttribute('title')) ?? '', /unhandled rejection/);

      await ticksGoOn();
      const after = await bulkhead.compartmentOfTab('Ticker');
      assert.equal(after.pid, before.pid, 'the ticker runs in the same process as before');
      assert.equal(after.restarts, 0);
      assert.equal((await bulkhead.compartmentOfTab('Crash')).restarts, 1);
    }));

  it('restarts only the tab that was edited on a deploy', () =>
    browser.withScreenshot(page, 'deploy', async () => {
      const ticker = await bulkhead.compartmentOfTab('Ticker');
      const edited = flows.map((entry) => (entry.id === 'rejects' ? { ...entry, name: 'edited' } : entry));
      await bulkhead.deploy(edited, 'flows');
      await ticksGoOn();
      assert.equal((await bulkhead.compartmentOfTab('Ticker')).pid, ticker.pid);
    }));

  it('says when two tabs write one key of the global context, as text whatever the key is', () =>
    browser.withScreenshot(page, 'contention', async () => {
      const writer = (z: string): FlowEntry[] => [
        { ...button, id: `at-${z}`, z, name: 'start', once: true, onceDelay: 0.1, y: 200, wires: [[`write-${z}`]] },
        {
          id: `write-${z}`,
          type: 'function',
          z,
          func: `global.set('shift<b/id=injected>', '${z}'); return null;`,
          outputs: 0,
          x: 340,
          y: 200,
          wires: [],
        },
      ];
      await bulkhead.deploy([...flows, ...writer('ticker'), ...writer(crashTab)], 'flows');
      const notice = page.locator('.red-ui-notification', { hasText: 'shift<b' });
      await notice.waitFor({ timeout: 15_000 });
      assert.match(await notice.innerText(), /"Ticker"/);
      assert.equal(await page.locator('#injected').count(), 0);
    }));
});
