import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';

const demoTabs = ['Filler (OPC UA)', 'Capper and labeller (Modbus)', 'Historian', 'OEE', 'Dashboard', 'Chaos'];

describe('the editor of a fresh home', function () {
  this.timeout(120_000);
  let bulkhead: Bulkhead;
  let browser: TestBrowser;
  let page: Page;
  let problems: readonly string[];

  before(async () => {
    bulkhead = await startBulkhead({ readyWithinMs: 90_000 });
    browser = await startBrowser();
    ({ page, problems } = await browser.newPage());
    await page.goto(bulkhead.url);
    await page.waitForSelector('#red-ui-workspace-tabs .red-ui-tab-label');
  });

  after(async () => {
    await browser?.close();
    await bulkhead?.stop();
  });

  it('opens with one tab per demo flow', () =>
    browser.withScreenshot(page, 'demo-tabs', async () => {
      const labels = await page.locator('#red-ui-workspace-tabs .red-ui-tab-label').allInnerTexts();
      for (const tab of demoTabs)
        assert.ok(labels.map((label) => label.trim()).includes(tab), `${tab} among ${labels.join(', ')}`);
    }));

  it('offers the nodes of every palette, with their texts translated', () =>
    browser.withScreenshot(page, 'palette', async () => {
      for (const type of ['opcua-read', 'modbus-read', 'uns-publish', 'uns-subscribe', 'historian-write', 'oee']) {
        const node = page.locator(`#red-ui-palette .red-ui-palette-node[data-palette-type="${type}"]`);
        await node.waitFor({ state: 'attached' });
        assert.doesNotMatch(
          await node.innerText(),
          /label\.|\.label|@bulkhead/,
          `${type} has a name that people can read`,
        );
      }
    }));

  it('shows the tabs running: no node waits for a deploy and the deploy button is idle', () =>
    browser.withScreenshot(page, 'deployed', async () => {
      await page.locator('#red-ui-header-button-deploy.disabled').waitFor();
      const compartments = await bulkhead.compartments();
      for (const { name, state, lastExit } of compartments) {
        assert.equal(state, 'running', `${name}: ${JSON.stringify(lastExit)}`);
      }
    }));

  it('runs without an error in the page', () => {
    assert.deepEqual(problems, []);
  });
});
