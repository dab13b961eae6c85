import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestBrowser, startBrowser } from '../support/browser.ts';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { until } from '../support/until.ts';

/** As the palette manager leaves it behind: a module that ends every editor that loads it. */
async function install(userDir: string): Promise<void> {
  const directory = path.join(userDir, 'node_modules', 'bad-palette');
  await mkdir(directory, { recursive: true });
  const manifest = { name: 'bad-palette', version: '1.0.0', 'node-red': { nodes: { bad: 'bad.js' } } };
  await writeFile(path.join(directory, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(directory, 'bad.js'), 'setTimeout(() => { throw new Error("bad palette"); }, 1);');
  await writeFile(path.join(directory, 'bad.html'), '');
  await writeFile(path.join(userDir, 'package.json'), JSON.stringify({ dependencies: { 'bad-palette': '1.0.0' } }));
}

describe('an editor that a palette module crashes', function () {
  this.timeout(120_000);
  let bulkhead: Bulkhead;
  let browser: TestBrowser;

  before(async () => {
    bulkhead = await startBulkhead({
      flows: [{ id: 'filler', type: 'tab', label: 'Filler' }],
      settings: 'plant: {enabled: false}\n',
    });
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await bulkhead?.stop();
  });

  it('is there again without that module after three crashes, and its page says so, in both languages', async () => {
    const { pid } = await bulkhead.compartmentOfTab('Filler');
    await install(path.join(bulkhead.home, 'editor'));
    await bulkhead.kill('editor', 'SIGTERM');
    await bulkhead.output.line(/without the palette module bad-palette/, { deadlineMs: 60_000, what: 'a safe start' });
    await until(async () => (await fetch(`${bulkhead.url}/settings`)).ok, { deadlineMs: 30_000, what: 'the editor' });

    const { page } = await browser.newPage();
    const notice = page.locator('.red-ui-notification', { hasText: 'bad-palette is left out' });
    await browser.withScreenshot(page, 'safe-palette', async () => {
      await page.goto(bulkhead.url);
      await notice.waitFor();
      await notice.getByRole('button', { name: 'Close' }).click();
      await notice.waitFor({ state: 'detached' });
    });
    const { page: german } = await browser.newPage({ locale: 'de' });
    await browser.withScreenshot(german, 'safe-palette-de', async () => {
      await german.goto(bulkhead.url);
      await german.locator('.red-ui-notification', { hasText: 'bad-palette wird ausgelassen' }).waitFor();
    });
    assert.equal((await bulkhead.compartmentOfTab('Filler')).pid, pid, 'the tab never noticed');
  });
});
