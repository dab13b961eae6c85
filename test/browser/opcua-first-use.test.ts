import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { type Asyncua, startAsyncua } from '../support/asyncua.ts';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';
import { type TestPki, testPki } from '../support/opcua-pki.ts';
import { type StatusWatch, watchStatuses } from '../support/status-watch.ts';

const tab = { id: 'a1b2c3d4e5f60001', type: 'tab', label: 'PLC' };
const uri = 'urn:acme:filler';
const names = ['Temperature', 'Speed', 'Level', 'Pressure', 'Counter'];

/** From an empty tab to values of an encrypted session: what somebody does who has never seen the nodes. */
describe('somebody who reads an OPC UA server for the first time', function () {
  this.timeout(120_000);
  let certificates: TestPki;
  let server: Asyncua;
  let bulkhead: Bulkhead;
  let browser: TestBrowser;
  let page: Page;
  let problems: readonly string[];
  let statuses: StatusWatch;

  const tray = () => page.locator('.red-ui-tray').last();
  const shot = async (name: string): Promise<void> => {
    const folder = process.env['BULKHEAD_SCREENSHOTS'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/opcua-${name}.png` });
  };
  /** Leaves the dialog that has this field. */
  const done = async (field: string): Promise<void> => {
    await tray().locator('.red-ui-tray-toolbar button.primary, .red-ui-tray-toolbar .ui-button.primary').click();
    await page.locator(field).waitFor({ state: 'detached' });
  };

  before(async () => {
    certificates = testPki();
    const { certificateFile, keyFile } = await certificates.issue('filler', {
      applicationUri: 'urn:bulkhead:asyncua',
    });
    server = await startAsyncua({
      certificate: certificateFile,
      key: keyFile,
      namespaces: [uri],
      variables: [
        ...names.map((name, at): [string, string, string, number] => [uri, 'Filler', name, at + 0.5]),
        ...Array.from({ length: 250 }, (_, at): [string, string, string, number] => [uri, 'Recipe', `Value${at}`, at]),
      ],
    });
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
    await server?.close();
    certificates?.remove();
  });

  it('discovers the endpoint, trusts the server, picks tags with their values, deploys, and sees values', () =>
    browser.withScreenshot(page, 'opcua-first-use', async () => {
      const began = Date.now();
      await page.evaluate(`{
        const node = { id: 'n', type: 'opcua-read', x: 200, y: 200, z: RED.workspaces.active(), wires: [[], []] };
        for (const [name, { value }] of Object.entries(RED.nodes.getType('opcua-read').defaults)) node[name] = value;
        RED.view.importNodes([node], { addFlow: false, touchImport: true, generateIds: true });
        RED.editor.edit(RED.nodes.filterNodes({ type: 'opcua-read' })[0]);
      }`);
      await tray().locator('#node-input-tags-table').waitFor();
      await tray().locator('#node-input-btn-connection-add, #node-input-lookup-connection').first().click();
      await page.locator('#node-config-input-endpoint').fill(server.endpoint);
      await page.getByRole('button', { name: 'discover' }).click();
      await page.locator('.opcua-offer', { hasText: 'SignAndEncrypt, Aes256_Sha256_RsaPss' }).waitFor();
      await shot('1-discovered');
      await page.locator('.opcua-offer', { hasText: 'SignAndEncrypt, Aes256_Sha256_RsaPss' }).click();
      assert.equal(await page.locator('#node-config-input-securityPolicy').inputValue(), 'Aes256_Sha256_RsaPss');
      await page.getByRole('button', { name: 'Test the connection' }).click();
      await page.getByText(/No session: the certificate of the server \(CN=filler.*is not trusted/).waitFor();
      await shot('2-untrusted');
      await page.getByRole('button', { name: 'trust this certificate' }).click();
      await page.getByText(/Connected to .* in \d+ ms/).waitFor();
      await shot('3-connected');
      await page.locator('#opcua-connection-tabs').getByText('Certificates').click();
      await page.getByText('CN=Bulkhead@').waitFor();
      await shot('4-certificates');
      await page.locator('#opcua-connection-tabs').getByText('Namespaces').click();
      await page.getByRole('button', { name: 'take from the server' }).click();
      await page.getByText(/\d added/).waitFor();
      await shot('5-namespaces');
      await page.locator('#opcua-connection-tabs').getByText('Advanced').click();
      await shot('6-advanced');
      await done('#node-config-input-endpoint');

      await tray().getByRole('button', { name: 'browse the server' }).click();
      const browse = page.locator('.opcua-browse');
      const line = (name: string) => browse.locator('.opcua-browse-line', { hasText: name });
      await line('Filler').click();
      await line('Temperature').getByText('0.5').waitFor();
      await line('Recipe').click();
      await line('Value0').first().waitFor();
      await browse.getByText('more…').waitFor();
      await shot('7-browse');
      await browse.locator('input[type=text]').fill('filler press');
      await browse.getByRole('button', { name: 'search' }).click();
      await line('Filler / Pressure').locator('input').check();
      await shot('8-search');
      await browse.locator('input[type=text]').fill('');
      await browse.getByRole('button', { name: 'search' }).click();
      await line('Filler').click();
      for (const name of names.filter((known) => known !== 'Pressure')) await line(name).locator('input').check();
      await browse.getByText('5 selected').waitFor();
      await browse.getByRole('button', { name: 'add selected' }).click();
      await tray().getByText('5 tags').waitFor();
      await shot('9-filled');
      const rows: unknown = await page.evaluate(`[...document.querySelectorAll('#node-input-tags-table [data-column]')]
        .filter(({ dataset }) => ['nodeId', 'topic'].includes(dataset.column)).slice(0, 2).map(({ value }) => value)`);
      assert.deepEqual(rows, ['nsu=filler;s=Filler.Pressure', 'umh.v1.enterprise.site._raw.Filler.Pressure']);
      await done('#node-input-tags-table');

      await page.locator('#red-ui-header-button-deploy').click();
      const nodeId: unknown = await page.evaluate(`RED.nodes.filterNodes({ type: 'opcua-read' })[0].id`);
      const status = await statuses.until(
        String(nodeId),
        ({ fill, text }) => fill === 'green' && text.startsWith('5 tags'),
      );
      assert.match(status.text, /^5 tags/);
      assert.ok(Date.now() - began < 120_000);
      const pairs = readdirSync(bulkhead.home, { recursive: true, encoding: 'utf8' }).filter((file) =>
        file.endsWith('application.pem'),
      );
      assert.equal(pairs.length, 1, 'the editor and the tab have one certificate');
      await shot('10-deployed');

      // The connection runs in a tab now; what the dialog asks still has a process of its own.
      await page.evaluate(`RED.editor.edit(RED.nodes.filterNodes({ type: 'opcua-read' })[0])`);
      await tray().getByRole('button', { name: 'browse the server' }).click();
      await line('Filler').waitFor();
      assert.deepEqual(problems, []);
    }));
});
