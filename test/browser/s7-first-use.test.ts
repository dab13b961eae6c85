import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';
import { type S7Plc, startS7Plc } from '../support/s7-plc.ts';
import { type StatusWatch, watchStatuses } from '../support/status-watch.ts';

const tab = { id: 'a1b2c3d4e5f60001', type: 'tab', label: 'PLC' };
const symbols = 'Name;Path;Data Type;Logical Address\nMotor speed;Tags;Real;%MD0\nRunning;Tags;Bool;%M4.0\n';

function db(): Buffer {
  const bytes = Buffer.alloc(40);
  for (let at = 0; at < 10; at += 1) bytes.writeFloatBE(at + 0.5, at * 4);
  return bytes;
}

/** From an empty tab to values: what somebody does who has never seen the nodes. */
describe('somebody who reads a PLC for the first time', function () {
  this.timeout(120_000);
  let plc: S7Plc;
  let bulkhead: Bulkhead;
  let browser: TestBrowser;
  let page: Page;
  let problems: readonly string[];
  let statuses: StatusWatch;

  const tray = () => page.locator('.red-ui-tray').last();
  /** As a double click on a node that was just dragged from the palette. */
  const openNew = async (): Promise<void> => {
    await page.evaluate(`{
      const node = { id: 'n', type: 's7-read', x: 200, y: 200, z: RED.workspaces.active(), wires: [[], []] };
      for (const [name, { value }] of Object.entries(RED.nodes.getType('s7-read').defaults)) node[name] = value;
      RED.view.importNodes([node], { addFlow: false, touchImport: true, generateIds: true });
      RED.editor.edit(RED.nodes.filterNodes({ type: 's7-read' }).at(-1));
    }`);
  };
  const shot = async (name: string): Promise<void> => {
    const folder = process.env['BULKHEAD_SCREENSHOTS'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  };
  /** Leaves the dialog that has this field. */
  const done = async (field: string): Promise<void> => {
    await tray().locator('.red-ui-tray-toolbar button.primary, .red-ui-tray-toolbar .ui-button.primary').click();
    await page.locator(field).waitFor({ state: 'detached' });
  };

  before(async () => {
    plc = await startS7Plc([
      { area: { area: 'DB', db: 1 }, bytes: db() },
      { area: { area: 'M' }, bytes: Buffer.from('42280000 01'.replace(' ', ''), 'hex') },
    ]);
    bulkhead = await startBulkhead({ flows: [tab], env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } });
    browser = await startBrowser();
    ({ page, problems } = await browser.newPage());
    statuses = watchStatuses(bulkhead.url);
    await page.goto(bulkhead.url);
    await page.waitForSelector('#red-ui-workspace-tabs .red-ui-tab-label');
  });

  after(async () => {
    statuses?.close();
    await browser?.close();
    await bulkhead?.stop();
    await plc?.close();
  });

  it('names the PLC, tests the connection, picks tags with their values, deploys, and sees values', () =>
    browser.withScreenshot(page, 's7-first-use', async () => {
      const began = Date.now();
      await openNew();
      await tray().locator('#node-input-tags-table').waitFor();
      await shot('1-read-empty');
      await tray().locator('#node-input-btn-connection-add, #node-input-lookup-connection').first().click();
      await page.locator('#node-config-input-host').fill('127.0.0.1');
      await page.locator('#node-config-input-port').fill(String(plc.port));
      await page.locator('#node-config-input-plc').selectOption('s7-300');
      assert.equal(await page.locator('#node-config-input-slot').inputValue(), '2', 'the slot of an S7-300');
      await page.locator('#s7-connection-test button').click();
      await page.getByText(/Connected to 6ES7 315-2EH14-0AB0: messages of 960 bytes/).waitFor();
      await page.locator('#s7-connection-symbols input[type=file]').setInputFiles({
        name: 'PLCTags.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(symbols),
      });
      await page.getByText('2 symbols').waitFor();
      await shot('2-connection');
      await done('#node-config-input-host');

      await tray().getByRole('button', { name: 'browse the PLC' }).click();
      const browse = page.locator('.bulkhead-browse');
      await browse.getByText('Motor speed').waitFor();
      await browse.locator('label', { hasText: 'Motor speed' }).getByText('42').waitFor();
      for (const name of ['Motor speed', 'Running'])
        await browse.locator('label', { hasText: name }).locator('input').check();
      await browse.locator('select').first().selectOption('DB1');
      for (const address of ['DB1.DBD0', 'DB1.DBD4', 'DB1.DBD8']) {
        await browse
          .locator('label', { hasText: new RegExp(`^${address}`) })
          .locator('input')
          .check();
      }
      await browse
        .locator('label', { hasText: /^DB1.DBD8/ })
        .getByText('2.5')
        .waitFor();
      await shot('3-browse');
      await browse.getByRole('button', { name: 'add selected' }).click();
      await tray().getByText('5 tags').waitFor();
      await shot('4-read-filled');
      await done('#node-input-tags-table');

      await page.locator('#red-ui-header-button-deploy').click();
      const nodeId: unknown = await page.evaluate(`RED.nodes.filterNodes({ type: 's7-read' })[0].id`);
      const status = await statuses.until(
        String(nodeId),
        ({ fill, text }) => fill === 'green' && /^5 tags, \d/.test(text),
      );
      assert.match(status.text, /^5 tags, [0-9.]+\/s$/);
      assert.ok(Date.now() - began < 120_000);
      await shot('5-deployed');
      assert.deepEqual(problems, []);
    }));

  it('takes the symbols of STEP 7 and a table of its own from files', () =>
    browser.withScreenshot(page, 's7-tag-table', async () => {
      await openNew();
      const table = tray().locator('#node-input-tags-table');
      const take = (name: string, text: string): Promise<void> =>
        table
          .locator('input[type=file]')
          .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text, 'latin1') });
      await take(
        'symbols.sdf',
        '"Pumpe läuft","E       0.1 ","BOOL      ","x; y"\r\n"Main","OB      1 ","OB      1 ",""\r\n',
      );
      await tray().getByText('1 tag', { exact: true }).waitFor();
      await take('tags.csv', 'topic;address;type;deadband\numh.v1.a._raw.t;DB1.DBD0;REAL;0.5\n');
      await tray().getByText('2 tags').waitFor();
      const cells = (column: string): Promise<string[]> =>
        table
          .locator(`[data-column=${column}]`)
          .evaluateAll((all) => all.flatMap((cell) => (cell instanceof HTMLInputElement ? [cell.value] : [])));
      assert.deepEqual(await cells('address'), ['E0.1', 'DB1.DBD0']);
      assert.deepEqual(await cells('type'), ['BOOL', 'REAL']);
      assert.deepEqual(await cells('deadband'), ['', '0.5']);
      assert.equal((await cells('topic'))[1], 'umh.v1.a._raw.t');
      assert.match((await cells('topic'))[0] ?? '', /\.Pumpe_laeuft$/);
      assert.equal(await table.locator('.input-error').count(), 0);
      await done('#node-input-tags-table');
      assert.deepEqual(problems, []);
    }));
});
