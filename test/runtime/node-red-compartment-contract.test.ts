/**
 * What a compartment takes for granted of Node-RED's inside once its nodes work, one test per assumption:
 * `node-red-contract.test.ts` for what the core nodes and a palette see. In a process of its own, because Node-RED is one
 * per process.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { nodeRedVersion } from '../../packages/runtime/src/node-red/internals.ts';
import { isRecord } from '../../packages/runtime/src/node-red/is-record.ts';

describe(`the nodes of Node-RED ${nodeRedVersion()} in a compartment are inside as Bulkhead needs it`, function () {
  this.timeout(40_000);
  const home = mkdtempSync(path.join(tmpdir(), 'bh-compartment-contract-'));
  let facts: Record<string, unknown> = {};

  before(async () => {
    const program = path.join(import.meta.dirname, 'fixtures', 'compartment-contract.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [program, home], { timeout: 30_000 });
    const told: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    if (isRecord(told)) facts = told;
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  const cases: readonly [title: string, fact: string, expected: unknown][] = [
    [
      'plugins are loaded from the plugins of a module, and what a node does later is in the context of its createNode (palette.ts, node-trace.ts)',
      'made',
      ['contract', 'seen'],
    ],
    [
      'a node set that could not be loaded keeps why as err (palette.ts, palette-list.ts)',
      'problems',
      ['nodes "contract-palette/broken" could not be loaded: broken on purpose'],
    ],
    [
      'a handler runs in the async context of its _emitInput, with the message that it got (node-trace.ts)',
      'received',
      { during: 'seen', same: true, word: 'watched' },
    ],
    ['nodes read settings as they are when they ask (flow-runner.ts, node-kit)', 'services', { mqtt: 'another' }],
    ['the texts of a set are found by its namespace, also of one added by hand (palette.ts)', 'later', 'later on'],
    [
      'the loader asks for the API of each node set before it calls what the set exports (palette.ts)',
      'nodeApi',
      ['contract-palette/watch', 'contract-palette/later'],
    ],
    [
      'each node is closed by the close of its prototype, of whatever kind it is (flow-runner.ts)',
      'closed',
      ['seen', 'connection', 'fn'],
    ],
    ['the texts of the core nodes are in messages.json of their locales (palette.ts)', 'coreText', 'Name'],
    ['the setup code of a function node names it in stack traces (node-trace.ts)', 'setup', 'fn'],
    ['the cleanup code of a function node names it in stack traces (node-trace.ts)', 'cleanup', 'fn'],
    [
      'a handler that is added to the log hears each entry as the event "log" (sidebar-errors.ts)',
      'logged',
      [30, 'seen', 'contract-watch'],
    ],
    [
      'missing modules are told by a runtime-state event that names them (flow-runner.ts)',
      'modules',
      ['missing-modules', 'no-such-module-of-bulkhead'],
    ],
    [
      'tabs and instances of subflows are made by `create`, found anew each time, and their `start` rejects (failed-starts.ts)',
      'starts',
      ['bad-instance', 'bad-tab'],
    ],
    ['without a palette manager no npm is looked for at the start (node-red-settings.ts)', 'installer', false],
    ['a context value is deleted where it is (compartment.ts)', 'deleted', ['1', '(undefined)']],
    [
      'the scopes of context are the flow, and the node with its flow behind it (context-moves.ts)',
      'scopes',
      ['inst', 'inner:inst', 'inst'],
    ],
    [
      'context files are in context/<flow>/flow.json and <node>.json, global ones in global/global.json (context-files.ts, stock-globals.ts)',
      'files',
      { names: ['global/global.json', 't/flow.json', 't/n.json'], global: { key: 'global' } },
    ],
    ['env of a global-config node is that of all tabs (flow-index.ts)', 'globalEnv', 'of the global config'],
    ['a catch node passes on what it is given (wire-stubs.ts)', 'catch', 'given to catch'],
    ['a status node passes on what it is given (wire-stubs.ts)', 'status', 'given to status'],
    ['a complete node passes on what it is given (wire-stubs.ts)', 'complete', 'given to complete'],
    [
      'errors of a global config node reach the catch nodes of its users, with own code and cause (node-kit)',
      'caught',
      ['Error: lost', 'own code', 'own cause'],
    ],
    ['POST /inject/ID presses the button, asked without a socket (app-dispatch.ts)', 'inject', [200, 'pressed']],
    [
      'POST /debug/ID/disable and /debug/enable with nodes switch `active` (debug-switches.ts)',
      'debug',
      [201, false, 200, true],
    ],
    [
      'an http in puts express itself into msg.res._res and its request into msg.req (kept-responses.ts)',
      'http',
      { answer: '{"q":"1"}', real: true, query: { q: '1' } },
    ],
    [
      'an http response does nothing to msg.res._res but what can be recorded (response-proxy.ts)',
      'response',
      [
        ['set', { 'x-own': '1' }],
        ['cookie', 'a'],
        ['set', 'content-length'],
        ['status', 201],
        ['send', 'hello'],
      ],
    ],
    ['what the runtime tells of its own start and deploys is known by its ids (event-relay.ts)', 'relayed', []],
  ];
  for (const [title, fact, expected] of cases) it(title, () => assert.deepEqual(facts[fact], expected));
});
