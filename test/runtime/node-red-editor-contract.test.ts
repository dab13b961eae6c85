/**
 * What the editor process takes for granted of Node-RED's inside, one test per assumption: `node-red-contract.test.ts` for
 * the full Node-RED. It runs in a process of its own, because Node-RED is one per process.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { nodeRedVersion } from '../../packages/runtime/src/node-red/internals.ts';
import { isRecord } from '../../packages/runtime/src/node-red/is-record.ts';

describe(`Node-RED ${nodeRedVersion()} as an editor is inside as Bulkhead needs it`, function () {
  this.timeout(60_000);
  const userDir = mkdtempSync(path.join(tmpdir(), 'bh-editor-contract-'));
  let facts: Record<string, unknown> = {};

  before(async () => {
    const program = path.join(import.meta.dirname, 'fixtures', 'editor-contract.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [program, userDir], { timeout: 50_000 });
    const told: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    if (isRecord(told)) facts = told;
  });
  after(() => rmSync(userDir, { recursive: true, force: true }));

  it('runtimeFlowState "stop" loads flows and constructs none of their nodes, also after a deploy (settings.ts)', () => {
    assert.equal(facts['liveNode'], false);
  });

  it('the start tells runtime-state "stop" through red.events.emit, which can be replaced (flow-state.ts)', () => {
    assert.ok(Array.isArray(facts['atStart']));
    assert.ok(facts['atStart'].includes('runtime-state stop'));
  });

  it('the admin API asks runtime.flows.getState as it is when asked (flow-state.ts)', () => {
    assert.deepEqual(facts['state'], { state: 'ours' });
  });

  it('the admin API asks runtime.context.getValue as it is when asked (context-proxy.ts)', () => {
    assert.deepEqual(facts['context'], { asked: ['flow', 't'] });
  });

  it('node files add routes with httpAdmin.post as it is after init, the permission first (admin-routes.ts)', () => {
    assert.equal(facts['injectHandlers'], 2);
    assert.equal(facts['inject'], 'ours');
  });

  it('httpAdminMiddleware sees every request before the routes (settings.ts)', () => {
    assert.ok(Number(facts['middleware']) > 8);
  });

  for (const way of ['posted', 'addedEvents', 'updatedEvents', 'deletedEvents']) {
    it(`runtime-deploy is told once when flows are ${way.replace('Events', '')} (deploys.ts)`, () => {
      const events = facts[way];
      assert.ok(Array.isArray(events));
      assert.deepEqual(
        events.filter((event) => event === 'runtime-deploy'),
        ['runtime-deploy'],
      );
    });
  }

  it('deploys go through these methods of runtime.flows, the first with its kind (deploys.ts)', () => {
    assert.deepEqual(facts['calls'], ['setFlows nodes', 'addFlow', 'updateFlow', 'deleteFlow']);
  });

  it('a change of the palette is told as a runtime-event (deploys.ts)', () => {
    assert.ok(Array.isArray(facts['disabled']));
    assert.ok(facts['disabled'].includes('node/disabled'));
  });

  it('credentials of a node are given in plain text, without its being constructed (flows-message.ts)', () => {
    assert.equal(facts['secret'], 'plain');
  });

  it('a node-status that is emitted is kept for the next browser, and cleared by an empty one (editor.ts)', () => {
    assert.equal(facts['dot'], true);
    assert.equal(facts['dotAfterClear'], false);
  });

  it('a comms event that is emitted reaches browsers (editor.ts)', () => {
    assert.equal(facts['debug'], true);
  });

  it('checkFlowDependencies rejects with a list that names the modules (flows-message.ts)', () => {
    assert.match(JSON.stringify(facts['missing']), /no-such-module-of-bulkhead/);
  });

  it('nodesExcludes leaves out node files by their name (safe-palette.ts)', () => {
    assert.equal(facts['excluded'], true);
  });

  it('permissions compare as the front compares them (login.ts, door)', () => {
    assert.deepEqual(facts['permissions'], [true, true, false]);
  });
});
