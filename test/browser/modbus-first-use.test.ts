import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { type ModbusServing, serveModbus } from '../support/modbus-serving.ts';
import { type StatusWatch, watchStatuses } from '../support/status-watch.ts';

const tab = { id: 'a1b2c3d4e5f60002', type: 'tab', label: 'Device' };
/** Nothing can be written at first use, but what is read has to be there. */
const registers = Array.from({ length: 10 }, (_, at) => ({
  topic: `umh.v1.device._raw.r${at}`,
  address: at * 2,
  type: 'float32',
  order: 'CDAB',
  initial: String(at + 0.5),
}));

/** From an empty tab to values: what somebody does who has never seen the nodes. */
describe('somebody who reads a Modbus device for the first time', function () {
  this.timeout(120_000);
  let port: number;
  let device: ModbusServing;
  let bulkhead: Bulkhead;
  let browser: TestBrowser;
  let page: Page;
  let problems: readonly string[];
  let statuses: StatusWatch;

  const tray = () => page.locator('.red-ui-tray').last();
  /** As a double click on a node that was just dragged from the palette. */
  const openNew = async (): Promise<void> => {
    await page.evaluate(`{
      const node = { id: 'n', type: 'modbus-read', x: 200, y: 200, z: RED.workspaces.active(), wires: [[], []] };
      for (const [name, { value }] of Object.entries(RED.nodes.getType('modbus-read').defaults)) node[name] = value;
      RED.view.importNodes([node], { addFlow: false, touchImport: true, generateIds: true });
      RED.editor.edit(RED.nodes.filterNodes({ type: 'modbus-read' }).at(-1));
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
    port = await freePort();
    device = await serveModbus({ tags: registers, port });
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
    await device?.server.stop();
  });

  it('names the device, tests the connection, picks tags with their values, deploys, and sees values', () =>
    browser.withScreenshot(page, 'modbus-first-use', async () => {
      const began = Date.now();
      await openNew();
      await tray().locator('#node-input-tags-table').waitFor();
      await shot('1-read-empty');
      await tray().locator('#node-input-btn-connection-add, #node-input-lookup-connection').first().click();
      await page.locator('#node-config-input-host').fill('127.0.0.1');
      await page.locator('#node-config-input-port').fill(String(port));
      await page.locator('#modbus-connection-test button').click();
      const connected = page.getByText(/connected in \d+ ms, unit 1 answers/);
      await connected.waitFor();
      await shot('2-connection');
      // It says nothing of another unit.
      await page.locator('#node-config-input-unitId').fill('2');
      await connected.waitFor({ state: 'detached' });
      await page.locator('#node-config-input-unitId').fill('1');
      await done('#node-config-input-host');

      await tray().getByRole('button', { name: 'browse the device' }).click();
      const browse = page.locator('.bulkhead-browse');
      const line = (address: number) => browse.locator('label', { hasText: new RegExp(`^${address}holding`) });
      await line(0).waitFor();
      // In which order a device keeps its words is found out by looking at what comes out.
      await browse.locator('select').nth(1).selectOption('float32 CDAB');
      await line(18).getByText('9.5').waitFor();
      for (const address of [0, 2, 4, 6, 8]) await line(address).locator('input').check();
      await shot('3-browse');
      await browse.getByRole('button', { name: 'add selected' }).click();
      await tray().getByText('5 tags').waitFor();
      await shot('4-read-filled');
      await done('#node-input-tags-table');

      await page.locator('#red-ui-header-button-deploy').click();
      const nodeId: unknown = await page.evaluate(`RED.nodes.filterNodes({ type: 'modbus-read' })[0].id`);
      const status = await statuses.until(
        String(nodeId),
        ({ fill, text }) => fill === 'green' && /^5 tags, \d/.test(text),
      );
      assert.match(status.text, /^5 tags, [0-9.]+\/s$/);
      assert.ok(Date.now() - began < 120_000);
      await shot('5-deployed');
      assert.deepEqual(problems, []);
    }));

  it('pastes a tag table from a spreadsheet, and takes it along as a file', () =>
    browser.withScreenshot(page, 'modbus-tag-table', async () => {
      await openNew();
      const table = tray().locator('#node-input-tags-table');
      const paste = async (text: string, how: string): Promise<void> => {
        await table.getByRole('button', { name: 'paste' }).click();
        await table.locator('textarea').fill(text);
        await table.getByRole('button', { name: how }).click();
      };
      /** The filled cells of each row. */
      const rows = (): Promise<unknown> =>
        table
          .locator('li')
          .evaluateAll((items) =>
            items.map((item) =>
              Array.from(item.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[data-column]'), (cell) => [
                cell.dataset['column'],
                cell.value,
              ]).filter(([, value]) => value !== ''),
            ),
          );
      const row = (more: Record<string, string>): string[][] => {
        const order = ['topic', 'area', 'address', 'type', 'order', 'scale', 'offset', 'unit'];
        const all: Record<string, string> = {
          area: 'holding',
          type: 'uint16',
          order: 'ABCD',
          scale: '1',
          offset: '0',
          ...more,
        };
        const names = [...order, 'unitId', 'deadband', 'range', 'heartbeatS', 'pollMs'];
        return names.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]]));
      };
      const header = 'Unit\tTOPIC\taddress\ttype\tscale\tdeadband\trange\theartbeatS\tpollMs';
      await paste(
        `${header}\n°C\tumh.v1.a._raw.t\t7\tint16\t0.1\t2%\t0..100\t60\t500\n\tumh.v1.a._raw.n\t9.3\tbool\t\t\t\t\t\n`,
        'add these rows',
      );
      await tray().getByText('2 tags').waitFor();
      const temperature = { topic: 'umh.v1.a._raw.t', address: '7', type: 'int16', scale: '0.1', unit: '°C' };
      const expected = [
        row({ ...temperature, deadband: '2%', range: '0..100', heartbeatS: '60', pollMs: '500' }),
        row({ topic: 'umh.v1.a._raw.n', address: '9.3', type: 'bool' }),
      ];
      assert.deepEqual(await rows(), expected);
      const downloading = page.waitForEvent('download');
      await table.getByRole('button', { name: 'export CSV' }).click();
      const file = await (await downloading).path();

      await paste('umh.v1.a._raw.x\tholding\t70000', 'replace all rows');
      await tray().getByText('1 tag', { exact: true }).waitFor();
      assert.equal(await table.locator('.input-error').count(), 1, 'there is no register 70000');
      await table.locator('.red-ui-editableList-item-remove').click();
      await table.locator('input[type=file]').setInputFiles(file);
      await tray().getByText('2 tags').waitFor();
      assert.deepEqual(await rows(), expected);
      await shot('6-tag-table');
      await done('#node-input-tags-table');
      const kept: unknown = await page.evaluate(
        `RED.nodes.filterNodes({ type: 'modbus-read' }).at(-1).tags.map(({ topic, deadband }) => [topic, deadband])`,
      );
      assert.deepEqual(kept, [
        ['umh.v1.a._raw.t', '2%'],
        ['umh.v1.a._raw.n', ''],
      ]);
      assert.deepEqual(problems, []);
    }));
});
