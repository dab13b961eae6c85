import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
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

const titlesIn = (form: Locator): Promise<string[]> =>
  form.locator('[title]').evaluateAll((all) => all.map((element) => element.getAttribute('title') ?? ''));

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
          const titles = await titlesIn(form);
          const key = new RegExp(`${type}\\.[a-z]|@bulkhead/`);
          assert.doesNotMatch([text, ...titles].join('\n'), key, 'no key of a text is left');
          await closeDialog(page);
          assert.deepEqual(problems.slice(known), []);
        }));
    }

    for (const type of ['opcua-read', 'opcua-write', 'modbus-read', 'modbus-server', 's7-read'] as const) {
      it(`of ${type} explains the columns of its table, and shows the whole of what a cell cuts`, () =>
        browser.withScreenshot(page, `tag-table-${type}-${locale}`, async () => {
          await openDialog(page, type);
          const table = page.locator('.bulkhead-tags');
          await table.locator('.red-ui-editableList-addButton').click();
          const heads = table.locator('.bulkhead-tag-heads > div');
          for (const head of await heads.all()) {
            const title = (await head.getAttribute('title')) ?? '';
            assert.match(title.slice((await head.innerText()).length), /^: .{20}/, title);
          }
          const topic = table.locator('[data-column=topic]');
          const hint = (await topic.getAttribute('title')) ?? '';
          assert.notEqual(hint, '');
          assert.equal(
            await heads
              .filter({ hasText: /^UNS.topic$/i })
              .getAttribute('title')
              .then((title) => title?.endsWith(hint)),
            true,
          );
          const long = 'umh.v1.acme.plant1.area51.line1.filler._raw.motor.winding.temperature';
          await topic.fill(long);
          assert.equal(await topic.getAttribute('title'), long);
          await closeDialog(page);
        }));
    }
  });
}
