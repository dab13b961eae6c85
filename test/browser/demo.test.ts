import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { type TestBrowser, startBrowser } from '../support/browser.ts';
import { palettes } from '../support/palettes.ts';
import { until } from '../support/until.ts';

const tabs = ['tab-filler', 'tab-modbus', 'tab-historian', 'tab-oee', 'tab-dashboard', 'tab-chaos'];

const nodeStatuses = v.array(
  v.object({ id: v.string(), type: v.string(), fill: v.optional(v.string()), text: v.optional(v.string()) }),
);

/** Text, not a function: it runs in the page, where `RED` is more than the published types of the editor say. */
const statusesScript = `(() => {
  const found = [];
  RED.nodes.eachNode(({ id, type, status }) => {
    if (/^(opcua|modbus|uns|historian|oee)/.test(type)) found.push({ id, type, fill: status?.fill, text: status?.text });
  });
  return found;
})()`;

const deployScript = `
  RED.workspaces.add();
  const tab = RED.workspaces.active();
  RED.view.importNodes([
    { id: 'round-in', type: 'inject', z: tab, x: 140, y: 80, name: 'say it', props: [{ p: 'payload' }], repeat: '', crontab: '',
      once: false, onceDelay: 0.1, topic: '', payload: 'there and back', payloadType: 'str', wires: [['round-out']] },
    { id: 'round-out', type: 'debug', z: tab, x: 340, y: 80, name: 'heard', active: true, tosidebar: true, console: false,
      tostatus: false, complete: 'payload', targetType: 'msg', statusVal: '', statusType: 'auto', wires: [] },
  ], { addFlow: false, touchImport: true, generateIds: false });
`;

/** How many points the dashboard holds for a chart: a canvas has no elements to count. */
const pointsScript = `((chart) => {
  const { $store } = document.querySelector('#app').__vue_app__.config.globalProperties;
  const points = $store.state.data.messages[chart] ?? [];
  return points.filter(({ _datapoint: point }) => Number.isFinite(point.x) && Number.isFinite(point.y)).length;
})`;

/** What the editor marks with a red triangle, and asks about before it deploys. */
const invalidScript = `(() => {
  const found = [];
  const add = ({ valid, type, id, validationErrors }) => {
    if (valid === false) found.push([type, id, ...(validationErrors ?? [])].join(' '));
  };
  RED.nodes.eachNode(add);
  RED.nodes.eachConfig(add);
  return found;
})()`;

function exampleFlows(): { file: string; flow: string }[] {
  return palettes().flatMap(({ folder }) =>
    readdirSync(path.join(folder, 'examples')).map((name) => {
      const file = path.join(folder, 'examples', name);
      return { file, flow: readFileSync(file, 'utf8') };
    }),
  );
}

/** A compartment whose process goes on may still have stopped its flows for a deploy. */
function stopsIn(home: string): string[] {
  const logs = path.join(home, 'logs');
  return readdirSync(logs)
    .filter((file) => file.startsWith('compartment'))
    .flatMap((file) =>
      readFileSync(path.join(logs, file), 'utf8')
        .split('\n')
        .filter((line) => /Stopp(ed|ing) /.test(line)),
    );
}

describe('the demo of a fresh home', function () {
  this.timeout(120_000);
  let bulkhead: Bulkhead;
  let browser: TestBrowser;
  let page: Page;
  let problems: readonly string[];

  before(async () => {
    bulkhead = await startBulkhead({ readyWithinMs: 90_000 });
    browser = await startBrowser();
    ({ page, problems } = await browser.newPage());
    await page.goto(bulkhead.url);
    await page.waitForSelector('#red-ui-workspace-tabs .red-ui-tab-label');
  });

  after(async () => {
    await browser?.close();
    await bulkhead?.stop();
  });

  it('has a green dot on each of its six tabs', () =>
    browser.withScreenshot(page, 'demo-dots', async () => {
      for (const tab of tabs) {
        await page.locator(`#red-ui-tab-${tab} .bulkhead-dot[data-state="running"]`).waitFor({ timeout: 20_000 });
      }
    }));

  it('has a green status with words on every node that is connected', () =>
    browser.withScreenshot(page, 'demo-statuses', async () => {
      // One after the other: now and then a sensor of the plant is bad, and the node that reads it yellow for a while.
      const seenGreen = new Set<string>();
      const isEachSeen = async () => {
        const statuses = v.parse(nodeStatuses, await page.evaluate(statusesScript));
        for (const { id, fill, text = '' } of statuses) {
          assert.match(text, /^[^_{}]*$/, id);
          if (fill === 'green') seenGreen.add(id);
        }
        return statuses.length === 14 && seenGreen.size === 14;
      };
      await until(isEachSeen, { deadlineMs: 60_000, what: '14 nodes with a green status', everyMs: 250 });
    }));

  it('shows four figures, the state timeline and trends with points on its dashboard', async () => {
    const { page: dashboard, problems: dashboardProblems } = await browser.newPage();
    await browser.withScreenshot(dashboard, 'demo-dashboard', async () => {
      await dashboard.goto(`${bulkhead.url}/dashboard`);
      for (const title of ['OEE', 'Availability', 'Performance', 'Quality']) {
        const gauge = dashboard.locator('.nrdb-ui-gauge', { hasText: title }).first();
        await gauge.filter({ hasText: /\d+(?:\.\d)?\s*%/ }).waitFor({ timeout: 30_000 });
      }
      await dashboard.locator('.timeline .bar span[title^="execute since"]').first().waitFor({ timeout: 20_000 });
      assert.equal(await dashboard.locator('.nrdb-ui-chart canvas').count(), 2);
      for (const chart of ['dash-temp', 'dash-level']) {
        await dashboard.waitForFunction(`${pointsScript}(${JSON.stringify(chart)}) >= 2`, undefined, {
          timeout: 20_000,
        });
      }
      assert.deepEqual(dashboardProblems, []);
    });
    await dashboard.close();
  });

  it('deploys a new tab, injects in it and shows the message in the debug sidebar, and touches nothing else', () =>
    browser.withScreenshot(page, 'demo-deploy', async () => {
      const before = await bulkhead.compartments();
      await page.evaluate(`{ ${deployScript} }`);
      await page.locator('#red-ui-header-button-deploy:not(.disabled)').click();
      await page.locator('#red-ui-header-button-deploy.disabled').waitFor({ timeout: 20_000 });
      const tab = await page.evaluate('RED.workspaces.active()');
      await page.locator(`[id="red-ui-tab-${String(tab)}"] .bulkhead-dot[data-state="running"]`).waitFor();
      await page.locator('[id="round-in"] .red-ui-flow-node-button-button').click();
      const message = page.locator('.red-ui-debug-msg', { hasText: 'heard' });
      await message.filter({ hasText: 'there and back' }).waitFor({ timeout: 10_000 });

      const after = await bulkhead.compartments();
      assert.equal(after.length, before.length + 1);
      for (const { id, name, pid, restarts } of before) {
        const same = after.find((compartment) => compartment.id === id);
        assert.deepEqual([same?.pid, same?.restarts], [pid, restarts], name);
      }
      assert.deepEqual(stopsIn(bulkhead.home), []);
    }));

  it('restarts no process when one tab is edited and only modified nodes are deployed', async () => {
    const before = await bulkhead.compartments();
    await page.evaluate(`{
      const node = RED.nodes.node('round-out');
      node.name = 'heard again'; node.changed = true; node.dirty = true;
      RED.nodes.dirty(true); RED.view.redraw();
    }`);
    await page.locator('#red-ui-header-button-deploy:not(.disabled)').click();
    await page.locator('#red-ui-header-button-deploy.disabled').waitFor({ timeout: 20_000 });
    // The process goes on with its old nodes until it has the new ones, so one press may come too early.
    const isHeard = async () => {
      await page.locator('[id="round-in"] .red-ui-flow-node-button-button').click();
      return (await page.locator('.red-ui-debug-msg', { hasText: 'heard again' }).count()) > 0;
    };
    await until(isHeard, { deadlineMs: 10_000, what: 'a message of the edited node', everyMs: 250 });
    const pids = async () => (await bulkhead.compartments()).map(({ name, pid }) => [name, pid]);
    assert.deepEqual(
      await pids(),
      before.map(({ name, pid }) => [name, pid]),
    );
  });

  it('has nothing that the editor finds wrong, nor has any example of a palette', async () => {
    assert.deepEqual(await page.evaluate(invalidScript), []);
    const how = '{ addFlow: false, touchImport: true, generateIds: true, generateDefaultNames: false }';
    for (const { file, flow } of exampleFlows()) {
      await page.evaluate(`RED.view.importNodes(${flow}, ${how})`);
      assert.deepEqual(await page.evaluate(invalidScript), [], file);
    }
  });

  it('throws no error in the page', () => {
    assert.deepEqual(problems, []);
  });
});
