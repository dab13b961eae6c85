import assert from 'node:assert/strict';
import path from 'node:path';
import type { Page } from 'playwright-core';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';
import { debug, inject, tab } from '../support/compartment.ts';
import { until } from '../support/until.ts';

// Of "plant", with few rounds.
const hash = '$2b$04$.n3sS6wAYeXoKys3gHY55env3J2ex7MRfJEQOJYkPbz0cuBSfucLi';
const settings = `
login:
  users:
    - {username: anna, password: "${hash}"}
    - {username: bert, password: "${hash}"}
`;
const flows = [
  tab('one', 'Filler'),
  inject('press', 'one', ['say'], { name: 'press me' }),
  debug('say', 'one', { name: 'say it', y: 180 }),
];

describe('several people in the editor', function () {
  this.timeout(120_000);
  let bulkhead: Bulkhead;
  let browser: TestBrowser;
  let anna: Page;
  let bert: Page;
  const problems: (readonly string[])[] = [];

  before(async () => {
    bulkhead = await startBulkhead({ flows, settings, env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } });
    browser = await startBrowser();
    [anna, bert] = [await enter('anna'), await enter('bert')];
  });
  after(async () => {
    await browser?.close();
    await bulkhead?.stop();
  });

  async function enter(username: string): Promise<Page> {
    const { page, problems: own } = await browser.newPage();
    problems.push(own);
    await page.goto(bulkhead.url);
    await page.fill('#node-dialog-login-username', username);
    await page.fill('#node-dialog-login-password', 'plant');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#red-ui-workspace-tabs .red-ui-tab-label');
    return page;
  }
  /** For those who want to look: BULKHEAD_PICTURES names a folder. */
  const picture = async (page: Page, name: string): Promise<void> => {
    const folder = process.env['BULKHEAD_PICTURES'];
    if (folder !== undefined) await page.screenshot({ path: path.join(folder, `${name}.png`) });
  };
  /** An action of the editor, as its key or menu entry calls it. */
  const invoke = (page: Page, action: string, argument = 'undefined'): Promise<unknown> =>
    page.evaluate(`RED.actions.invoke(${JSON.stringify(action)}, ${argument})`);
  const entries = async (page: Page): Promise<string[]> =>
    v.parse(
      v.array(v.string()),
      await page.evaluate('RED.nodes.createCompleteNodeSet().map((n) => n.type + " " + (n.name || n.label)).sort()'),
    );

  it('see each other', () =>
    browser.withScreenshot(anna, 'several-people', async () => {
      for (const page of [anna, bert])
        await until(async () => (await page.locator('.red-ui-multiplayer-user').count()) === 1, {
          deadlineMs: 10_000,
          what: 'the other one in the header',
        });
      await anna.locator('.red-ui-multiplayer-users-tray .red-ui-user-profile').first().waitFor();
    }));

  it('hear of a deploy of the other', () =>
    browser.withScreenshot(bert, 'deploy-of-the-other', async () => {
      await anna.evaluate(
        'RED.view.importNodes([{id:"new",type:"debug",z:"one",name:"by anna",active:true,x:340,y:160,wires:[]}],' +
          '{generateIds:false, touchImport:true}); RED.nodes.dirty(true)',
      );
      await invoke(anna, 'core:deploy-flows');
      await anna.locator('#red-ui-header-button-deploy.disabled').waitFor();
      await bert.locator('.red-ui-notification', { hasText: 'flows on the server have been updated' }).waitFor();
      await picture(bert, 'told-of-a-deploy');
      await bert.reload();
      await bert.waitForSelector('#red-ui-workspace-tabs .red-ui-tab-label');
      assert.ok((await entries(bert)).includes('debug by anna'));
    }));

  it('find nodes by their names', () =>
    browser.withScreenshot(bert, 'search', async () => {
      await invoke(bert, 'core:search');
      await bert.keyboard.type('press me');
      const found = bert.locator('.red-ui-search-result-node-label', { hasText: 'press me' });
      await found.first().waitFor();
      await bert.keyboard.press('Escape');
      await found.first().waitFor({ state: 'detached' });
    }));

  it('export a tab, keep it in the library, import it from there and run it', () =>
    browser.withScreenshot(anna, 'import', async () => {
      const exported = v.parse(
        v.string(),
        await anna.evaluate(
          'JSON.stringify(RED.nodes.createExportableNodeSet([RED.nodes.workspace("one"), ...RED.nodes.filterNodes({z:"one"})]))',
        ),
      );
      const entry = '/library/local/flows/lines/filler.json';
      await anna.evaluate(
        `$.ajax({url: ${JSON.stringify(entry.slice(1))}, type: 'POST', data: ${JSON.stringify(exported)}, contentType: 'application/json'})`,
      );
      const listed = await bert.evaluate('$.getJSON("library/local/flows/lines/")');
      assert.match(JSON.stringify(listed), /filler\.json/);
      const kept = await bert.evaluate(`$.getJSON(${JSON.stringify(entry.slice(1))})`);
      assert.deepEqual(kept, JSON.parse(exported));
      await bert.evaluate(
        `RED.view.importNodes(${JSON.stringify(kept)}, {generateIds: true, addFlow: false}); RED.nodes.dirty(true)`,
      );
      await invoke(bert, 'core:deploy-flows');
      await bert.locator('#red-ui-header-button-deploy.disabled').waitFor();
      const twice = (await entries(bert)).filter((entryName) => entryName.startsWith('inject press me'));
      assert.equal(twice.length, 2);
      await bert.locator('.red-ui-tab-label', { hasText: 'Filler' }).nth(1).waitFor();
    }));

  it('keep the sidebar with their login while the editor process does not answer', () =>
    browser.withScreenshot(anna, 'sidebar-without-editor', async () => {
      await anna.evaluate('RED.sidebar.show("bulkhead-compartments")');
      await anna.locator('.bulkhead-compartment').nth(1).waitFor();
      const token = v.parse(v.string(), await anna.evaluate('RED.settings.get("auth-tokens").access_token'));
      const headers = { authorization: `Bearer ${token}` };
      const answer = await bulkhead.request('/bulkhead/processes', { headers });
      const all = v.parse(
        v.array(v.looseObject({ role: v.string(), pid: v.nullish(v.number()) })),
        await answer.json(),
      );
      const pid = all.find(({ role }) => role === 'editor')?.pid;
      assert.ok(typeof pid === 'number');
      process.kill(pid, 'SIGSTOP');
      try {
        for (const which of ['first', 'second']) {
          const poll = await anna.waitForResponse((response) => response.url().endsWith('/bulkhead/compartments'));
          assert.equal(poll.status(), 200, which);
        }
        assert.equal((await anna.locator('.bulkhead-problem').first().innerText()).trim(), '');
        await picture(anna, 'sidebar-without-editor');
        assert.equal(await anna.locator('.bulkhead-compartment').count(), 2);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    }));

  it('without an error in their pages', () => assert.deepEqual(problems.flat(), []));
});
