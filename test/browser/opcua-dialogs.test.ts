import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import type { Page } from 'playwright-core';
import { type Asyncua, startAsyncua } from '../support/asyncua.ts';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';
import { historyStart } from '../support/opcua-services.ts';
import { type TestPki, testPki } from '../support/opcua-pki.ts';

const uri = 'urn:acme:tank';
const locales = path.resolve(import.meta.dirname, '../../locales');

/** A text as it lies in the catalogue, up to its first variable. */
function textIn(locale: string, key: string): string {
  const [type = '', ...names] = key.split('.');
  let at: unknown = JSON.parse(readFileSync(path.join(locales, locale, 'opcua', `${type}.json`), 'utf8'));
  for (const name of [type, ...names]) at = isRecord(at) ? at[name] : undefined;
  const [text] = String(at).split('__');
  return text ?? '';
}

for (const locale of ['en-US', 'de']) {
  describe(`the OPC UA dialogs over a server (${locale})`, function () {
    this.timeout(90_000);
    let certificates: TestPki;
    let server: Asyncua;
    let bulkhead: Bulkhead;
    let browser: TestBrowser;
    let page: Page;
    let problems: readonly string[];

    const text = (key: string): string => textIn(locale, key);
    const tray = () => page.locator('.red-ui-tray').last();
    const shot = async (name: string): Promise<void> => {
      const folder = process.env['BULKHEAD_SCREENSHOTS'];
      if (folder !== undefined) await page.screenshot({ path: `${folder}/opcua-${name}-${locale}.png` });
    };
    /** Adds a node to the open tab, and opens its dialog. */
    const add = (type: string, fields: object): Promise<unknown> =>
      page.evaluate(`{
        const node = { id: 'n', type: '${type}', x: 200, y: 200, z: RED.workspaces.active(), wires: [] };
        for (const [name, { value }] of Object.entries(RED.nodes.getType('${type}').defaults)) node[name] = value;
        RED.view.importNodes([{ ...node, ...${JSON.stringify(fields)} }], { addFlow: false, touchImport: true, generateIds: true });
        RED.editor.edit(RED.nodes.filterNodes({ type: '${type}' }).at(-1));
      }`);
    const reopen = (type: string): Promise<unknown> =>
      page.evaluate(`RED.editor.edit(RED.nodes.filterNodes({ type: '${type}' }).at(-1))`);
    /** Leaves the dialog that has this field. */
    const leave = async (field: string, kind: 'primary' | 'cancel' = 'primary'): Promise<void> => {
      const button =
        kind === 'primary' ? '.ui-button.primary, button.primary' : '#node-dialog-cancel, #node-config-dialog-cancel';
      await tray().locator('.red-ui-tray-toolbar').locator(button).first().click();
      await page.locator(field).waitFor({ state: 'detached' });
    };

    /** Before the name of a button stands its icon. */
    const buttonOf = (name: string) => page.getByRole('button', { name: new RegExp(`${name}$`) });
    /** What a click on the button of this name downloads. */
    const saved = async (name: string): Promise<Buffer> => {
      const download = page.waitForEvent('download');
      await buttonOf(name).click();
      return readFileSync(await (await download).path());
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
        services: uri,
        historyStart,
      });
      const connection = { type: 'opcua-connection', endpoint: server.endpoint, allowWrites: true };
      const aliases = [{ alias: 'tank', uri }];
      const flows = [
        { id: 'a1b2c3d4e5f60001', type: 'tab', label: 'PLC' },
        { ...connection, id: 'a1b2c3d4e5f60002', name: 'plain', securityMode: 'None', aliases },
        {
          ...connection,
          id: 'a1b2c3d4e5f60003',
          name: 'secured',
          securityMode: 'Sign',
          securityPolicy: 'Basic256Sha256',
        },
      ];
      bulkhead = await startBulkhead({ flows, env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } });
      browser = await startBrowser();
      ({ page, problems } = await browser.newPage({ locale }));
      page.setDefaultTimeout(15_000);
      await page.goto(bulkhead.url);
      await page.waitForSelector('#red-ui-workspace-tabs .red-ui-tab-label');
    });
    after(async () => {
      await browser?.close();
      await bulkhead?.stop();
      await server?.close();
      certificates?.remove();
      assert.deepEqual(problems, []);
    });

    it('say that a server is not trusted in the language of the editor', () =>
      browser.withScreenshot(page, `opcua-untrusted-${locale}`, async () => {
        await add('opcua-events', { connection: 'a1b2c3d4e5f60003' });
        await tray().getByText(text('opcua-events.label.choose')).first().click();
        const why = text('opcua-connection.failure.untrusted-server');
        await page.locator('.opcua-browse').getByText(why).waitFor();
        await shot('untrusted-browse');
        await page.locator('#node-input-lookup-connection, #node-input-btn-connection-edit').first().click();
        await page.locator('#node-config-input-endpoint').waitFor();
        await buttonOf(text('opcua-connection.test.button')).click();
        await page.getByText(text('opcua-connection.test.bad') + why).waitFor();
        await buttonOf(text('opcua-connection.test.trust')).waitFor();
        await shot('untrusted-test');
        await leave('#node-config-input-endpoint', 'cancel');
        await leave('#node-input-nodeId', 'cancel');
      }));

    it('of events list types and fields to choose from, beside those that were typed', () =>
      browser.withScreenshot(page, `opcua-events-${locale}`, async () => {
        await add('opcua-events', { connection: 'a1b2c3d4e5f60002', fields: 'ClientUserId, 0:Typed' });
        const panel = page.locator('.opcua-event-types');
        const type = (name: string) =>
          panel.locator('.opcua-event-type').filter({ has: page.getByText(name, { exact: true }) });
        const field = (name: string) => panel.locator('.opcua-event-field', { hasText: name });
        await tray().getByText(text('opcua-events.types.button')).click();
        await field('Severity').getByText(text('opcua-events.types.always')).waitFor();
        await shot('event-types');
        await panel.locator('input[type=text]').fill('spoilt');
        await type('TransitionEventType').waitFor({ state: 'hidden' });
        await type('BaseEventType').waitFor();
        await type('SpoiltBatchEventType').locator('input').check();
        await field('tank:Cause').locator('input').check();
        await field('tank:BatchNumber').locator('input').check();
        await shot('event-fields');
        await type('BatchEventType').locator('input').check();
        await field('tank:Cause').waitFor({ state: 'detached' });
        assert.equal(await field('tank:BatchNumber').locator('input').isChecked(), true);
        await panel.getByText(text('opcua-events.types.choose')).click();
        const chosen = await page.locator('#node-input-ofType').inputValue();
        assert.match(chosen, /^nsu=tank;i=\d+$/);
        assert.equal(await page.locator('#node-input-fields').inputValue(), 'ClientUserId, 0:Typed, tank:BatchNumber');
        await shot('event-chosen');
        await tray().getByText(text('opcua-events.types.button')).click();
        await field('tank:BatchNumber').waitFor();
        assert.equal(await panel.locator('.opcua-event-type input:checked').count(), 1);
        await leave('#node-input-ofType', 'cancel');
      }));

    it('of a call keep what the method takes, until another one is typed', () =>
      browser.withScreenshot(page, `opcua-call-${locale}`, async () => {
        await add('opcua-call', { connection: 'a1b2c3d4e5f60002' });
        const takes = page.locator('#opcua-call-takes');
        assert.equal(await takes.innerText(), '');
        await tray().getByText(text('opcua-call.label.choose')).nth(1).click();
        const line = (name: string) => page.locator('.opcua-browse-line', { hasText: name });
        await line('Tank').click();
        await line('Double').locator('input').check();
        await buttonOf(text('opcua-connection.browse.choose')).click();
        const told = `${text('opcua-call.label.takes')}Number: Double`;
        await takes.getByText(told).waitFor();
        assert.equal(await page.locator('#node-input-objectId').inputValue(), 'nsu=tank;s=Tank');
        await leave('#node-input-methodId');
        await reopen('opcua-call');
        await takes.getByText(told).waitFor();
        await shot('call-reopened');
        await page.locator('#node-input-methodId').fill('nsu=tank;s=Tank.Other');
        assert.equal(await takes.innerText(), '');
        await leave('#node-input-methodId');
        await reopen('opcua-call');
        await page.locator('#node-input-methodId').waitFor();
        assert.equal(await takes.innerText(), '');
        await leave('#node-input-methodId', 'cancel');
      }));

    // What follows is the same in every language.
    if (locale !== 'en-US') return;

    it('give the own certificate as DER and as PEM, and trust and reject that of a server', () =>
      browser.withScreenshot(page, `opcua-certificates-${locale}`, async () => {
        await add('opcua-read', { connection: 'a1b2c3d4e5f60003' });
        await page.locator('#node-input-lookup-connection, #node-input-btn-connection-edit').first().click();
        await page.locator('#opcua-connection-tabs').getByText(text('opcua-connection.tab.certificates')).click();
        const panel = page.locator('#opcua-connection-tab-certificates');
        const [der, pem] = [await saved('DER'), await saved('PEM')];
        const own = new X509Certificate(der);
        assert.match(own.subject, /^CN=Bulkhead@/m);
        assert.deepEqual(new X509Certificate(pem).raw, own.raw);
        assert.match(pem.toString('latin1'), /^-----BEGIN CERTIFICATE-----/);
        const trust = buttonOf(text('opcua-connection.certificate.trust'));
        await panel.getByText('CN=filler').waitFor();
        await trust.click();
        await trust.waitFor({ state: 'detached' });
        await shot('certificates');
        await buttonOf(text('opcua-connection.certificate.reject')).click();
        await trust.waitFor();
        await leave('#node-config-input-endpoint', 'cancel');
        await leave('#node-input-tags-table', 'cancel');
      }));

    it('of a read take rows from a spreadsheet and from a file, and give them as one', () =>
      browser.withScreenshot(page, `opcua-table-${locale}`, async () => {
        await add('opcua-read', { connection: 'a1b2c3d4e5f60002' });
        const table = page.locator('#node-input-tags-table');
        const shown = (): Promise<unknown> =>
          page.evaluate(`[...document.querySelectorAll('#node-input-tags-table li')].map((row) =>
            ['nodeId', 'topic', 'unit', 'deadband'].map((name) => row.querySelector('[data-column=' + name + ']').value))`);
        const row = (name: string): string[] => [`nsu=tank;s=Tank.${name}`, `umh.v1.acme._raw.${name}`, 'bar', '2%'];
        await table.getByText(text('opcua-read.table.paste')).click();
        const lines = [['nodeId', 'topic', 'unit', 'deadband'], row('Temperature'), row('Label')];
        await table.locator('textarea').fill(lines.map((line) => line.join('\t')).join('\n'));
        await table.getByText(text('opcua-read.table.append')).click();
        assert.deepEqual(await shown(), [row('Temperature'), row('Label')]);
        const csv = await saved(text('opcua-read.table.exportFile'));
        assert.match(csv.toString('utf8'), /^nodeId,topic,unit,.*\r?\n"nsu=tank;s=Tank\.Temperature",/);
        const file = csv.toString('utf8').replaceAll('Tank.', 'Tank.Other');
        await table
          .locator('input[type=file]')
          .setInputFiles({ name: 'tags.csv', mimeType: 'text/csv', buffer: Buffer.from(file) });
        await page.locator('#node-input-tags-table li').nth(3).waitFor();
        const others = [row('Temperature'), row('Label')].map(([nodeId = '', ...rest]) => [
          nodeId.replace('Tank.', 'Tank.Other'),
          ...rest,
        ]);
        assert.deepEqual(await shown(), [row('Temperature'), row('Label'), ...others]);
        await leave('#node-input-tags-table', 'cancel');
      }));
  });
}
