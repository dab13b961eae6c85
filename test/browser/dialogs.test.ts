import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';
import { palettes } from '../support/palettes.ts';

const types = palettes().flatMap(({ sets }) => Object.keys(sets));

/** Text, not a function: it runs in the page, where `RED` is more than the published types of the editor say. */
const openScript = `
  const definition = RED.nodes.getType(type);
  if (!definition) throw new Error(type + ' is not in the palette');
  if (definition.category === 'config') {
    RED.editor.editConfig('', type, '_ADD_', '', null);
  } else {
    const entry = { id: 'new-' + type, type, x: 200, y: 200, z: RED.workspaces.active(), wires: [] };
    RED.view.importNodes([entry], { addFlow: false, touchImport: true, generateIds: true });
    RED.editor.edit(RED.nodes.filterNodes({ type })[0]);
  }
`;

/** Opens the edit dialog of a type as a double click on a new node does. */
async function openDialog(page: Page, type: string): Promise<void> {
  await page.evaluate(`{ const type = ${JSON.stringify(type)}; ${openScript} }`);
  await page.locator('.red-ui-tray-content form').first().waitFor();
}

async function closeDialog(page: Page): Promise<void> {
  await page.evaluate('RED.tray.close()');
  await page.locator('.red-ui-tray').waitFor({ state: 'detached' });
  await page.evaluate("RED.view.select('none')");
}

for (const locale of ['en-US', 'de']) {
  describe(`the edit dialogs in ${locale}`, function () {
    this.timeout(90_000);
    let bulkhead: Bulkhead;
    let browser: TestBrowser;
    let page: Page;
    let problems: readonly string[];

    before(async () => {
      const flows = [{ id: 'empty', type: 'tab', label: 'Empty' }];
      bulkhead = await startBulkhead({ flows, env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } });
      browser = await startBrowser();
      ({ page, problems } = await browser.newPage({ locale }));
      await page.goto(bulkhead.url);
      await page.waitForSelector('#red-ui-workspace-tabs .red-ui-tab-label');
    });

    after(async () => {
      await browser?.close();
      await bulkhead?.stop();
    });

    for (const type of types) {
      it(`of ${type} opens with every text translated`, () =>
        browser.withScreenshot(page, `dialog-${type}-${locale}`, async () => {
          const known = problems.length;
          await openDialog(page, type);
          const form = page.locator('.red-ui-tray-content form').first();
          const text = await form.innerText();
          assert.ok(text.trim().length > 0, 'the form has texts');
          assert.doesNotMatch(text, new RegExp(`${type}\\.[a-z]|@bulkhead/`), 'no key of a text is left');
          await closeDialog(page);
          assert.deepEqual(problems.slice(known), []);
        }));
    }
  });
}
