import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { FlowNode } from '../../packages/runtime/src/protocol/messages.ts';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';
import { func, inject } from '../support/compartment.ts';
import { button, dashboard, uiText, widget } from '../support/dashboard-flow.ts';
import { startStockNodeRed } from '../support/stock-node-red.ts';
import { until } from '../support/until.ts';

/** What a function sees of a click: everything in it that does not differ from run to run. */
const describeMessage = `const n = (flow.get('n') ?? 0) + 1; flow.set('n', n);
  msg.payload = [env.get('LINE'), n, JSON.stringify(msg.payload), msg.topic, Object.keys(msg).sort().join(' '), msg._client?.socketId ? 'from a client' : ''].join(' / ');
  return [msg, { payload: n, topic: 'n' }];`;
const part = (id: string): FlowNode[] => [
  { id, type: 'tab', label: `Line ${id}`, env: [{ name: 'LINE', value: `line ${id}`, type: 'str' }] },
  button(`${id}-button`, id, [`${id}-work`], { payload: `clicked ${id}` }),
  func(`${id}-work`, id, describeMessage, [], { outputs: 2, wires: [[`${id}-text`], [`${id}-gauge`, `${id}-chart`]] }),
  uiText(`${id}-text`, id),
  widget('ui-gauge', `${id}-gauge`, id, [], {
    gtype: 'gauge-34',
    gstyle: 'rounded',
    title: `gauge ${id}`,
    units: 'clicks',
    min: 0,
    max: 10,
    segments: [{ from: '0', color: '#5cd65c' }],
    order: 3,
    width: '3',
    height: '3',
  }),
  widget('ui-chart', `${id}-chart`, id, [], {
    label: `chart ${id}`,
    chartType: 'line',
    category: 'topic',
    categoryType: 'msg',
    xAxisType: 'time',
    xAxisProperty: '',
    xAxisPropertyType: 'timestamp',
    yAxisProperty: 'payload',
    yAxisPropertyType: 'msg',
    removeOlder: '1',
    removeOlderUnit: '3600',
    action: 'append',
    order: 4,
    width: '3',
    height: '3',
    colors: ['#0095ff'],
    showLegend: true,
    interpolation: 'linear',
    stackSeries: false,
    pointShape: 'circle',
    pointRadius: 4,
  }),
  inject(`${id}-every`, id, [`${id}-count`], { repeat: '0.25', once: true }),
  func(
    `${id}-count`,
    id,
    `const k = (context.get('k') ?? 0) + 1; context.set('k', k); return { payload: 'tick ' + k };`,
    [`${id}-tick`],
  ),
  uiText(`${id}-tick`, id, [], { order: 5 }),
];
const at = (type: string, id: string, to: string[], more: Record<string, unknown>): FlowNode =>
  widget(type, id, 'c', to, more);
const describeForm = `msg.payload = JSON.stringify(msg.payload) + ' / ' + msg.topic; return msg;`;
const flows: FlowNode[] = [
  ...['a', 'b', 'c'].flatMap(part),
  at('ui-form', 'c-form', ['c-formed'], {
    name: 'form',
    label: 'Recipe',
    options: [{ label: 'Size', key: 'size', type: 'text', required: false, rows: null }],
    formValue: { size: '' },
    payload: '',
    submit: 'send it',
    cancel: '',
    resetOnSubmit: true,
    topic: 'recipe',
    topicType: 'str',
    splitLayout: '',
    order: 6,
    width: '3',
    height: '2',
  }),
  func('c-formed', 'c', describeForm, ['c-form-text']),
  uiText('c-form-text', 'c', [], { order: 7 }),
  at('ui-template', 'c-template', ['c-templated'], {
    format: '<template><v-btn id="own" @click="send({ payload: \'own\' })">own {{ msg?.payload }}</v-btn></template>',
    storeOutMessages: true,
    passthru: false,
    resendOnRefresh: true,
    templateScope: 'local',
    order: 8,
    width: '3',
    height: '1',
  }),
  func('c-templated', 'c', `msg.payload += ' back'; return msg;`, ['c-template']),
  at('ui-event', 'c-event', ['c-evented'], { ui: 'dash', group: '' }),
  func(
    'c-evented',
    'c',
    `if (msg.topic !== '$pageview') return null; msg.payload = msg.topic + ' ' + msg.payload.page.name; return msg;`,
    ['c-event-text'],
  ),
  uiText('c-event-text', 'c', [], { order: 9 }),
  button('c-notify', 'c', ['c-notified', 'c-control'], { label: 'notify', payload: 'Attention', order: 10 }),
  at('ui-notification', 'c-notified', [], {
    ui: 'dash',
    group: '',
    position: 'top right',
    colorDefault: true,
    color: '#000000',
    displayTime: '8',
    showCountdown: true,
    outputs: 0,
    allowDismiss: true,
    dismissText: 'Close',
    raw: false,
    className: '',
  }),
  func('c-control', 'c', `return { payload: { groups: { hide: ['Page:Side'] } } };`, ['c-ui-control']),
  at('ui-control', 'c-ui-control', [], { ui: 'dash', group: '', events: 'all' }),
  { ...dashboard()[3], id: 'side', type: 'ui-group', name: 'Side', order: 2 },
  uiText('c-side', 'c', [], { group: 'side', label: 'side text', order: 1 }),
  ...dashboard(),
];

const widgetText = async (page: Page, id: string): Promise<string> =>
  (await page.locator(`#nrdb-ui-widget-${id}`).innerText()).replaceAll(/\s+/g, ' ').trim();
const tickOf = async (page: Page, id: string): Promise<number> =>
  Number(/tick (\d+)/.exec(await widgetText(page, `${id}-tick`))?.[1] ?? 0);

/** Uses everything on the page once, and says what it shows then. */
async function useThePage(page: Page): Promise<Record<string, string>> {
  const shows = (id: string, text: RegExp) =>
    page.locator(`#nrdb-ui-widget-${id}`).filter({ hasText: text }).waitFor({ timeout: 15_000 });
  for (const id of ['a', 'b', 'c']) {
    await shows(`${id}-tick`, /tick \d/);
    for (const n of [1, 2]) {
      await page.locator(`#nrdb-ui-widget-${id}-button button`).click();
      await shows(`${id}-text`, new RegExp(`line ${id} / ${n} /`));
    }
  }
  await page.locator('#nrdb-ui-widget-c-form input').fill('large');
  await page.locator('#nrdb-ui-widget-c-form button', { hasText: 'send it' }).click();
  await shows('c-form-text', /large/);
  await page.locator('#own').click();
  await shows('c-template', /own back/i);
  await shows('c-event-text', /pageview/);
  await page.locator('#nrdb-ui-widget-c-side').waitFor();
  await page.locator('#nrdb-ui-widget-c-notify button').click();
  await page.getByText('Attention').first().waitFor({ timeout: 10_000 });
  await page.locator('#nrdb-ui-widget-c-side').waitFor({ state: 'hidden', timeout: 10_000 });
  const seen: Record<string, string> = {};
  for (const id of ['a-text', 'b-text', 'c-text', 'c-form-text', 'c-template', 'c-event-text', 'a-gauge', 'c-gauge'])
    seen[id] = await widgetText(page, id);
  const points = `((id) => document.querySelector('#app').__vue_app__.config.globalProperties.$store.state.data.messages[id]?.length ?? 0)`;
  for (const id of ['a', 'b', 'c']) seen[`${id}-chart`] = String(await page.evaluate(`${points}('${id}-chart')`));
  return seen;
}

describe('a dashboard with widgets on three tabs', function () {
  this.timeout(120_000);
  let bulkhead: Bulkhead;
  let browser: TestBrowser;
  let page: Page;
  let problems: readonly string[];
  let closed = 0;
  before(async () => {
    [bulkhead, browser] = await Promise.all([
      startBulkhead({ flows, settings: 'plant:\n  enabled: false\n', readyWithinMs: 90_000 }),
      startBrowser(),
    ]);
    ({ page, problems } = await browser.newPage());
    page.on('websocket', (socket) => socket.on('close', () => (closed += 1)));
  });
  after(async () => {
    await browser?.close();
    await bulkhead?.stop();
  });

  it('is a page of its own beside three compartments, and does what it does on a stock Node-RED', async () => {
    assert.deepEqual(
      (await bulkhead.compartments()).map(({ id, name }) => [id, name]),
      [...['a', 'b', 'c'].map((id) => [id, `Line ${id}`]), ['dash', 'My Dashboard']],
    );
    await page.goto(`${bulkhead.url}/dashboard/page`);
    let here: Record<string, string> = {};
    await browser.withScreenshot(page, 'dashboard-split', async () => {
      here = await useThePage(page);
    });
    assert.deepEqual(problems, []);

    const userDir = await mkdtemp(path.join(tmpdir(), 'bulkhead-stock-'));
    await writeFile(path.join(userDir, 'flows.json'), JSON.stringify(flows));
    const nodeRed = path.dirname(createRequire(import.meta.url).resolve('node-red/package.json'));
    const stock = await startStockNodeRed({ nodeRed, userDir });
    try {
      const { page: stockPage } = await browser.newPage();
      await stockPage.goto(`${stock.url}/dashboard/page`);
      const there = await useThePage(stockPage);
      await stockPage.close();
      assert.deepEqual(here, there);
    } finally {
      await stock.stop();
      await rm(userDir, { recursive: true, force: true });
    }
  });

  it('stays up with the values of a tab that is killed, the other tabs moving on, and that tab comes back', () =>
    browser.withScreenshot(page, 'dashboard-tab-killed', async () => {
      const before = await bulkhead.compartmentOfTab('Line b');
      const text = await widgetText(page, 'b-text');
      const ticks = await tickOf(page, 'a');
      const closedBefore = closed;
      process.kill(before.pid ?? 0, 'SIGKILL');
      await until(async () => (await bulkhead.compartmentOfTab('Line b')).restarts === before.restarts + 1, {
        deadlineMs: 20_000,
        what: 'the restart of the tab',
      });
      assert.equal(await widgetText(page, 'b-text'), text, 'its last value is still shown');
      await until(async () => (await tickOf(page, 'a')) > ticks + 2, {
        deadlineMs: 10_000,
        what: 'ticks of another tab',
      });
      await until(async () => (await tickOf(page, 'b')) > 0, { deadlineMs: 20_000, what: 'ticks of the new life' });
      await page.locator('#nrdb-ui-widget-b-button button').click();
      await page.locator('#nrdb-ui-widget-b-text').filter({ hasText: 'line b / 1 /' }).waitFor({ timeout: 15_000 });
      assert.equal(closed, closedBefore, 'the page never lost its connection');
    }));

  it('costs no tab anything when it is killed itself', () =>
    browser.withScreenshot(page, 'dashboard-killed', async () => {
      const before = await bulkhead.compartments();
      process.kill(before.find(({ id }) => id === 'dash')?.pid ?? 0, 'SIGKILL');
      await until(async () => (await bulkhead.compartments()).find(({ id }) => id === 'dash')?.restarts === 1, {
        deadlineMs: 20_000,
        what: 'the restart of the dashboard',
      });
      await page.locator('#nrdb-ui-widget-a-button button').click();
      await page.locator('#nrdb-ui-widget-a-text').filter({ hasText: 'line a / 3 /' }).waitFor({ timeout: 20_000 });
      const after = await bulkhead.compartments();
      for (const { id, pid } of before.filter((one) => one.id !== 'dash'))
        assert.equal(after.find((one) => one.id === id)?.pid, pid, id);
    }));

  it('is shown on the tabs of the editor beside their own state, and in the plan of the sidebar', async () => {
    const { page: editor, problems: editorProblems } = await browser.newPage();
    await browser.withScreenshot(editor, 'dashboard-editor', async () => {
      await editor.goto(bulkhead.url);
      for (const id of ['a', 'b', 'c']) {
        await editor.locator(`#red-ui-tab-${id} .bulkhead-dot[data-state="running"]`).waitFor({ timeout: 20_000 });
        await editor.locator(`#red-ui-tab-${id} .bulkhead-guest-dot[data-state="running"]`).waitFor();
      }
      await editor.evaluate(`RED.actions.invoke('bulkhead:show-compartments-tab')`);
      const row = editor.locator('.bulkhead-compartment[data-compartment="a"]');
      await row.locator('.bulkhead-head').click();
      const plan = row.locator('details.bulkhead-fold').first();
      await plan.locator('summary').click();
      await plan.getByText('5 nodes of Line a run in My Dashboard').waitFor();
      assert.deepEqual(editorProblems, []);
    });
  });

  it('names two nodes that want one path at the deploy that brings them, and in the sidebar', async () => {
    const { page: editor } = await browser.newPage();
    await browser.withScreenshot(editor, 'plan-conflict', async () => {
      await editor.goto(bulkhead.url);
      await editor.locator(`#red-ui-tab-a .bulkhead-dot[data-state="running"]`).waitFor({ timeout: 20_000 });
      const route = (id: string, z: string): FlowNode => ({
        id,
        type: 'http in',
        z,
        name: id,
        url: '/same',
        method: 'get',
        upload: false,
        x: 1,
        y: 300,
        wires: [[]],
      });
      await bulkhead.deploy([...flows, route('first', 'a'), route('second', 'b')], 'nodes');
      const notice = editor.locator('.red-ui-notification', { hasText: 'serve GET /same' });
      await notice
        .getByText('"first" (http in, Line a), the first in the flow file, answers')
        .waitFor({ timeout: 15_000 });
      await editor.evaluate(`RED.actions.invoke('bulkhead:show-compartments-tab')`);
      await editor.locator('.bulkhead-conflicts', { hasText: 'serve GET /same' }).waitFor({ timeout: 15_000 });
    });
  });

  it('moves to a process of its own when a second tab gets a widget, and back when it loses it', async () => {
    const { page: fresh, problems: freshProblems } = await browser.newPage();
    await browser.withScreenshot(fresh, 'dashboard-moves', async () => {
      const without = ({ z, id }: FlowNode): boolean => !['b', 'c'].includes(z ?? id) && id !== 'side';
      await bulkhead.deploy(flows.filter(without), 'nodes');
      await until(async () => (await bulkhead.compartments()).length === 1, {
        deadlineMs: 20_000,
        what: 'one compartment',
      });
      const setup = () => fetch(`${bulkhead.url}/dashboard/_setup`).catch(() => null);
      await until(async () => (await setup())?.ok === true, { deadlineMs: 20_000, what: 'the dashboard in the tab' });
      await fresh.goto(`${bulkhead.url}/dashboard/page`);
      await until(async () => (await tickOf(fresh, 'a')) > 0, {
        deadlineMs: 20_000,
        what: 'ticks on the page of one tab',
      });
      await bulkhead.deploy([...flows.filter(without), ...part('b')], 'nodes');
      await until(async () => (await bulkhead.compartments()).length === 3, { deadlineMs: 20_000, what: 'three' });
      await fresh
        .locator('#nrdb-ui-widget-b-tick')
        .filter({ hasText: /tick \d/ })
        .waitFor({ timeout: 30_000 });
      const ticks = await tickOf(fresh, 'a');
      await until(async () => (await tickOf(fresh, 'a')) > ticks, {
        deadlineMs: 15_000,
        what: 'ticks of the first tab',
      });
      const { lastExit } = await bulkhead.compartmentOfTab('Line a');
      assert.equal(lastExit, null, 'it did not crash');
      await bulkhead.deploy(flows.filter(without), 'nodes');
      await until(async () => (await bulkhead.compartments()).length === 1, { deadlineMs: 20_000, what: 'one again' });
      // Its process is started anew: a page that is asked for meanwhile is told so.
      const again = async () => {
        await fresh.reload();
        await fresh
          .locator('#nrdb-ui-widget-a-tick')
          .filter({ hasText: /tick \d/ })
          .waitFor({ timeout: 3_000 });
        return (await fresh.locator('#nrdb-ui-widget-b-tick').count()) === 0;
      };
      await until(() => again().catch(() => false), { deadlineMs: 30_000, what: 'ticks of the one tab again' });
      assert.deepEqual(freshProblems, []);
    });
  });
});
