/**
 * What the scripts in the page (`packages/runtime/src/editor-client`, `packages/node-kit/src/editor`) take for granted of the
 * inside of Node-RED's editor, one test per assumption: asked of the page of an unmodified Node-RED.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { nodeRedVersion } from '../../packages/runtime/src/node-red/internals.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';
import { type StockNodeRed, startStockNodeRed } from '../support/stock-node-red.ts';

const nodeRed = path.dirname(createRequire(import.meta.url).resolve('node-red/package.json'));
const root = path.resolve(import.meta.dirname, '../..');
const flows = [
  { id: 't1', type: 'tab', label: 'First' },
  { id: 'a1b2.c3d4', type: 'tab', label: 'Of an old version' },
  { id: 'n2', type: 'comment', z: 'a1b2.c3d4', name: 'second', x: 100, y: 100, wires: [] },
  { id: 'broker', type: 'mqtt-broker', name: 'a broker', broker: '127.0.0.1', port: '1' },
];
/** Of "correct horse", with as few rounds as there can be. */
const password = '$2b$04$mHxNACmEzxVClZWleIeR2eL43SQZjsl6Wx6xcBloXvQpO8kt5oaM.';
const settings = {
  flowFile: 'flows.json',
  adminAuth: { type: 'credentials', users: [{ username: 'rita', password, permissions: '*' }] },
  editorTheme: { tours: false },
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
};
/** Adds a sidebar tab of this id and opens it by its action. */
const openTab = (id: string): string => `
  const content = document.createElement('div');
  content.textContent = 'of the contract';
  RED.actions.add('${id}:show', () => RED.sidebar.show('${id}'), { label: '${id}' });
  RED.sidebar.addTab({ id: '${id}', label: '${id}', name: '${id}', iconClass: 'fa fa-cubes', content, action: '${id}:show', enableOnEdit: true });
  RED.actions.invoke('${id}:show');`;

const cases: readonly [title: string, expression: string, expected: unknown][] = [
  [
    'the tabs are in #red-ui-workspace-tabs once there are any (editor-api.ts)',
    `document.querySelectorAll('#red-ui-workspace-tabs .red-ui-tab').length`,
    2,
  ],
  [
    'a tab is #red-ui-tab-ID with a .red-ui-tab-label (compartment-tabs.ts)',
    `document.querySelector('#red-ui-tab-t1 .red-ui-tab-label').textContent.trim()`,
    'First',
  ],
  [
    'in the id of its element the first dot of an old id is a dash (compartment-tabs.ts)',
    `document.getElementById('red-ui-tab-a1b2-c3d4').textContent.trim()`,
    'Of an old version',
  ],
  [
    'a subscriber to a topic is told topic and data, and at once what is retained (compartment-tabs.ts)',
    `new Promise((resolve) => RED.comms.subscribe('notification/runtime-deploy', (topic, data) => resolve([topic, typeof data.revision])))`,
    ['notification/runtime-deploy', 'string'],
  ],
  [
    'a notification shows an element, and is replaced by one of the same id (crash-notice.ts)',
    `for (const word of ['old', 'new']) {
      const element = document.createElement('p');
      element.textContent = word + ' words';
      RED.notify(element, { type: 'warning', timeout: 60000, id: 'contract' });
    }
    return [...document.querySelectorAll('.red-ui-notification p')].map((shown) => shown.textContent);`,
    ['new words'],
  ],
  [
    'a fixed notification has buttons, and can be closed by what notify gives (safe-palette-notice.ts)',
    `return new Promise((resolve) => {
      const shown = RED.notify('x', { type: 'error', fixed: true, id: 'contract-2', buttons: [{ text: 'Close it', click: () => resolve(typeof shown.close) }] });
      [...document.querySelectorAll('.red-ui-notification button')].find((one) => one.textContent === 'Close it').click();
    });`,
    'function',
  ],
  [
    'a sidebar that was added is shown by its id and by its action (compartments-sidebar.ts)',
    `${openTab('contract')} return content.offsetParent !== null;`,
    true,
  ],
  [
    'which sidebars are open is kept in the setting editor.sidebar.state as active, by side and place (compartments-sidebar.ts)',
    `${openTab('contract-2')}
    const { primary, secondary } = RED.settings.get('editor.sidebar.state');
    return [primary, secondary].flatMap(({ top, bottom }) => [top, bottom]).some(({ active, hidden }) => active === 'contract-2' && hidden !== true);`,
    true,
  ],
  ['the language is that of i18n.lang() (texts.ts)', `RED.i18n.lang()`, 'en-US'],
  [
    'what a person may is asked of user.hasPermission (command-buttons.ts)',
    `RED.user.hasPermission('flows.write')`,
    true,
  ],
  [
    'the token of a login is in the setting auth-tokens (house-api.ts)',
    `typeof RED.settings.get('auth-tokens').access_token`,
    'string',
  ],
  [
    'view.reveal opens the tab of a node (node-link.ts)',
    `RED.view.reveal('n2'); return RED.workspaces.active();`,
    'a1b2.c3d4',
  ],
  [
    'a config node is found with its fields by nodes.node (writing-columns.ts)',
    `RED.nodes.node('broker').broker`,
    '127.0.0.1',
  ],
  [
    'a definition translates by its own texts (dialogs of the palettes)',
    `RED.nodes.getType('inject')._('inject.injectNow')`,
    'inject now',
  ],
  [
    'lists and trees of the editor are widgets of jQuery (tag-table.ts, browse-list.ts)',
    `['editableList', 'treeList', 'typedInput'].map((widget) => typeof $.fn[widget])`,
    ['function', 'function', 'function'],
  ],
  [
    'small buttons have a style (command-buttons.ts, tag-cells.ts)',
    `const make = (classes) => {
      const button = document.createElement('button');
      button.className = classes;
      document.body.append(button);
      const { minWidth, height } = getComputedStyle(button);
      button.remove();
      return minWidth + ' ' + height;
    };
    const [plain, usual, small] = ['', 'red-ui-button', 'red-ui-button red-ui-button-small'].map(make);
    return [plain !== usual, usual !== small];`,
    [true, true],
  ],
];

/** Names of the theme's variables in the sources of the page. */
function variables(): string[] {
  const names = new Set<string>();
  for (const folder of ['packages/runtime/src/editor-client', 'packages/node-kit/src/editor', 'nodes']) {
    const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => /\bsrc\b|^[^/]+$|sidebar/.test(name) && /\.(?:ts|html)$/.test(name)))
      for (const [name] of readFileSync(path.join(root, folder, file), 'utf8').matchAll(/--red-ui-[a-z-]+/g))
        names.add(name);
  }
  return [...names].toSorted();
}

describe(`the editor of Node-RED ${nodeRedVersion()} is inside as the scripts in its page need it`, function () {
  this.timeout(60_000);
  const userDir = mkdtempSync(path.join(tmpdir(), 'bh-client-contract-'));
  let stock: StockNodeRed | undefined;
  let browser: TestBrowser | undefined;
  let page: Page;

  before(async () => {
    writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(flows));
    writeFileSync(path.join(userDir, 'settings.js'), `module.exports = ${JSON.stringify(settings)};`);
    [stock, browser] = await Promise.all([startStockNodeRed({ nodeRed, userDir }), startBrowser()]);
    ({ page } = await browser.newPage());
    await page.goto(stock.url);
    await page.locator('input[type="text"]').fill('rita');
    await page.locator('input[type="password"]').fill('correct horse');
    await page.getByRole('button', { name: 'Login' }).click();
    // Not one of the ids and classes that the tests ask for.
    await page.getByText('Of an old version').first().waitFor();
  });
  after(async () => {
    await browser?.close();
    await stock?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  const look = (expression: string): Promise<unknown> => {
    const body = /\breturn\b/.test(expression) ? expression : `return ${expression};`;
    return page.evaluate(`(() => { ${body} })()`);
  };
  for (const [title, expression, expected] of cases)
    it(title, async () => assert.deepEqual(await look(expression), expected));

  it('the theme has every variable that our styles name (style.ts, dialogs)', async () => {
    const names = variables();
    assert.ok(names.length > 10);
    const lacking = `${JSON.stringify(names)}.filter((name) => getComputedStyle(document.body).getPropertyValue(name) === '')`;
    assert.deepEqual(await look(lacking), []);
  });
});
