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
    assert.equal(facts['loaded'], true);
    assert.equal(facts['liveNode'], false);
  });

  it('the start tells runtime-state "stop" through red.events.emit, which can be replaced (flow-state.ts)', () => {
    assert.ok(Array.isArray(facts['atStart']));
    assert.ok(facts['atStart'].includes('runtime-state stop'));
  });

  it('httpAdminMiddleware sees every request before the routes (settings.ts)', () => {
    assert.ok(Number(facts['middleware']) > 8);
  });

  for (const way of ['posted', 'addedEvents', 'updatedEvents', 'deletedEvents', 'reloadedEvents']) {
    it(`runtime-deploy is told once when flows are ${way.replace('Events', '')} (deploys.ts)`, () => {
      const events = facts[way];
      assert.ok(Array.isArray(events), String(events));
      assert.deepEqual(
        events.filter((event) => event === 'runtime-deploy'),
        ['runtime-deploy'],
      );
    });
  }

  const cases: readonly [title: string, fact: string, expected: unknown][] = [
    ['a login waits for storage.saveSessions, which can be replaced (sessions.ts)', 'savedSessions', true],
    ['there are no flows before the start, and getFlows says so by null (flows-message.ts)', 'beforeStart', null],
    ['the admin API asks runtime.flows.getState as it is when asked (flow-state.ts)', 'state', { state: 'ours' }],
    [
      'the admin API asks runtime.flows.setState as it is when asked (flow-state.ts)',
      'setState',
      { state: 'ours as well' },
    ],
    [
      'missing types are told at a start by a runtime-state event with types and a text (flow-state.ts)',
      'missingTypes',
      ['string', ['no-such-type']],
    ],
    [
      'the admin API asks runtime.context.getValue as it is when asked (context-proxy.ts)',
      'context',
      { asked: ['flow', 't'] },
    ],
    [
      'the admin API asks runtime.context.delete as it is when asked (context-proxy.ts)',
      'contextDeleted',
      [['global', 'memory', 'key']],
    ],
    ['node files add routes with httpAdmin.post as it is after init (admin-routes.ts)', 'inject', 'ours'],
    ['the permission of a route is checked by a handler before its answer (admin-routes.ts)', 'injectHandlers', 2],
    [
      'deploys go through these methods of runtime.flows, the first with its kind (deploys.ts)',
      'calls',
      ['setFlows nodes', 'addFlow', 'updateFlow', 'deleteFlow', 'setFlows reload'],
    ],
    [
      'flows come from storage.getFlows, by nodes.loadFlows at the start and by flows.loadFlows at a restart (flow-loads.ts)',
      'loads',
      ['nodes', 'storage', 'flows', 'storage'],
    ],
    [
      'flows that cannot be loaded reject, are told by a runtime-state event with the code, and there are none (flow-loads.ts)',
      'unloadable',
      ['of-ours', 'of-ours', null],
    ],
    [
      'a change of the palette is told as a runtime-event that names the module (deploys.ts)',
      'disabled',
      [['node/disabled', 'node-red']],
    ],
    ['and so is one back (deploys.ts)', 'enabled', [['node/enabled', 'node-red']]],
    ['a module that was updated keeps what it will be in pending_version (palette-list.ts)', 'pending', '99.0.0'],
    [
      'credentials of a node are given in plain text, without its being constructed (flows-message.ts)',
      'secret',
      'plain',
    ],
    ['the flows before a deploy are in .flows.json.backup (flow-file.ts)', 'backup', 3],
    ['a node-status that is emitted is kept for the next browser (editor.ts)', 'dot', true],
    ['and cleared by an empty one (editor.ts)', 'dotAfterClear', false],
    ['a comms event that is emitted reaches browsers (editor.ts)', 'debug', true],
    ['and is kept for the next browser where it asks for that (editor.ts)', 'retained', true],
    [
      'checkFlowDependencies rejects with a list of modules and errors (flows-message.ts)',
      'missing',
      ['no-such-module-of-bulkhead', true],
    ],
    [
      'a set that has an error when its module is added is known and not run (left-out.ts)',
      'excluded',
      ['left out here', false],
    ],
    ['permissions compare as the front compares them (login.ts, door)', 'permissions', [true, true, false]],
    [
      'a session is in .sessions.json with user, scope and expiry before its token is handed out (sessions.ts)',
      'session',
      ['rita', ['flows.read'], true],
    ],
    ['and gone from there before a logout is answered (sessions.ts)', 'revoked', [true, false]],
    ['a session that may not is refused with 401 (admin-routes.ts)', 'refused', 401],
    ['a token that is no session is asked of adminAuth.tokens (login.ts)', 'service', [200, 401]],
    [
      'logins, logouts and refusals are told to an audit handler with user, path and permission (login.ts)',
      'audited',
      [
        ['auth.login', { user: 'rita' }],
        ['auth.login.fail.credentials', { user: 'rita' }],
        ['permission.fail', { user: 'rita', path: '/flows', permission: 'flows.write' }],
        ['auth.login.revoke', { user: 'rita', path: '/auth/revoke' }],
        ['permission.fail', { user: 'scraper', path: '/inject/in', permission: 'inject.write' }],
      ],
    ],
  ];
  for (const [title, fact, expected] of cases) it(title, () => assert.deepEqual(facts[fact], expected));
});
