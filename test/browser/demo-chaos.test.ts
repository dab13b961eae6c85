import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { english } from '../../packages/runtime/src/editor-client/sidebar/texts-en-us.ts';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { CompartmentInfo } from '../support/bulkhead-http.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';
import { until } from '../support/until.ts';

/** Each button of the Chaos tab, the node that does the harm, and what the exit is called. */
const buttons = [
  { press: 'chaos-rejection-press', harm: 'chaos-rejection', reason: 'unhandled-rejection', node: 'nobody catches it' },
  { press: 'chaos-loop-press', harm: 'chaos-loop', reason: 'hang', node: 'while (true) {}' },
  { press: 'chaos-leak-press', harm: 'chaos-leak', reason: 'out-of-memory', node: undefined },
  { press: 'chaos-exit-press', harm: 'chaos-exit', reason: 'exit', node: 'process.exit(7)' },
] as const;

const identity = ({ name, pid, restarts }: CompartmentInfo) => ({ name, pid, restarts });

/** As the editor says it. */
const words = (reason: string): string =>
  Object.entries(english).find(([key]) => key === `reason.${reason}`)?.[1] ?? reason;

describe('the Chaos tab of the demo', function () {
  this.timeout(120_000);
  let bulkhead: Bulkhead;
  let browser: TestBrowser;
  let page: Page;

  before(async () => {
    bulkhead = await startBulkhead({ readyWithinMs: 90_000 });
    const { id, pid } = await bulkhead.compartmentOfTab('Chaos');
    // The defaults, 10 s of silence and 256 MB, would only make this test slower.
    await bulkhead.request(`/bulkhead/compartments/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ limits: { hangMs: 2_000, heapMb: 96 } }),
    });
    await bulkhead.request(`/bulkhead/compartments/${id}/restart`, { method: 'POST' });
    const isBack = async () => {
      const chaos = await bulkhead.compartmentOfTab('Chaos');
      return chaos.pid !== pid && chaos.state === 'running';
    };
    await until(isBack, { deadlineMs: 15_000, what: 'the Chaos tab with its new limits' });
    browser = await startBrowser();
    ({ page } = await browser.newPage());
    await page.goto(bulkhead.url);
    await page.locator('#red-ui-tab-tab-chaos .bulkhead-dot[data-state="running"]').waitFor();
    await page.locator('#red-ui-tab-tab-chaos').click();
  });

  after(async () => {
    await browser?.close();
    await bulkhead?.stop();
  });

  for (const { press, harm, reason, node } of buttons) {
    it(`goes red with "${reason}" when its button is pressed, then green, and no other tab notices`, () =>
      browser.withScreenshot(page, press, async () => {
        const dot = page.locator('#red-ui-tab-tab-chaos .bulkhead-dot');
        const before = await bulkhead.compartments();
        const chaos = await bulkhead.compartmentOfTab('Chaos');
        await page.locator(`[id="${press}"] .red-ui-flow-node-button-button`).click();

        await page.locator('#red-ui-tab-tab-chaos .bulkhead-dot[data-state="crashed"]').waitFor({ timeout: 20_000 });
        const notice = page.locator('.red-ui-notification', { hasText: `"Chaos" crashed: ${words(reason)}` });
        await notice.waitFor({ timeout: 5_000 });
        if (node !== undefined) assert.ok((await notice.innerText()).includes(node), await notice.innerText());

        await page.locator('#red-ui-tab-tab-chaos .bulkhead-dot[data-state="running"]').waitFor({ timeout: 20_000 });
        assert.match((await dot.getAttribute('title')) ?? '', new RegExp(`last exit: ${words(reason)}`));
        await notice.waitFor({ state: 'detached', timeout: 15_000 });

        const after = await bulkhead.compartmentOfTab('Chaos');
        assert.equal(after.lastExit?.reason, reason, after.lastExit?.detail);
        if (node !== undefined) assert.equal(after.lastExit?.nodeId, harm);
        assert.equal(after.restarts, chaos.restarts + 1);
        assert.notEqual(after.pid, chaos.pid);
        const others = (all: readonly CompartmentInfo[]) => all.filter(({ id }) => id !== chaos.id).map(identity);
        assert.deepEqual(others(await bulkhead.compartments()), others(before));
      }));
  }
});
