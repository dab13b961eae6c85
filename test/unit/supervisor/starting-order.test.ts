import { deepEqual } from 'node:assert/strict';
import { createManualClock } from '../../../packages/core/src/index.ts';
import { type FlowNode, protocolVersion } from '../../../packages/runtime/src/protocol/messages.ts';
import { defaultRules } from '../../../packages/runtime/src/protocol/plan-rules.ts';
import { plainGrants } from '../../../packages/runtime/src/supervisor/plan/grants.ts';
import { usualPrivilege } from '../../../packages/runtime/src/protocol/privilege.ts';
import { usualLimits, watchdogOnly } from '../../../packages/runtime/src/protocol/limits.ts';
import { defaultPolicy } from '../../../packages/runtime/src/supervisor/compartments/policy.ts';
import { keptCrashes } from '../../support/kept-crashes.ts';
import { House } from '../../../packages/runtime/src/supervisor/house.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const tab = (id: string, ...types: readonly string[]) => [
  { id, type: 'tab', label: id },
  ...types.map((type) => ({ id: `${id}-${type}`, type, z: id, wires: [] })),
];

/** A house of three tabs whose processes have all dialled in; `given` names those that were given their flows. */
async function open() {
  const given: string[] = [];
  const clock = createManualClock(1_000_000);
  const house = new House({
    ports: {
      defaultLauncher: 'process' as const,
      startProcess: () => Promise.resolve({ pid: 100, startedAt: clock.now(), limitsBy: watchdogOnly }),
      grantsOf: () => plainGrants,
      kill: () => {},
      applyLimits: () => {},
      show: () => {},
      changed: () => {},
      log: () => {},
      clock,
      random: () => 0,
      crashes: keptCrashes(),
      keepLived: () => {},
    },
    services: {},
    rules: defaultRules,
    limits: usualLimits,
    policy: defaultPolicy,
    privilege: usualPrivilege,
    kept: new Map(),
    keptOf: () => {
      throw new Error('nothing is kept here');
    },
    lived: { of: () => undefined, keepOnly: () => {} },
    contextFiles: { move: () => Promise.resolve() },
    linkEndpoint: () => ({ path: '', token: '' }),
    directoryOf: (id) => `/${id}`,
  });
  await house.apply({
    type: 'flows',
    flows: [
      ...tab('source', 'opcua-read', 'uns-publish'),
      ...tab('history', 'uns-subscribe', 'historian-write'),
      ...tab('apart', 'inject'),
    ],
    credentials: {},
    rev: '1',
    deployType: 'full',
    palette: [],
    userDir: '/u',
  });
  await settle();
  for (const [id, compartment] of house.compartments) {
    compartment.attach(
      { send: (message) => message.type === 'slice' && given.push(id) > 0, close: () => {} },
      { type: 'hello', protocol: protocolVersion, role: 'compartment', id, token: '', pid: 100 },
    );
  }
  return { house, given, clock };
}

describe('a house that starts', () => {
  it('gives their flows to tabs that publish only when those that subscribe are ready', async () => {
    const { house, given } = await open();
    deepEqual(given.toSorted(), ['apart', 'history']);
    const history = house.compartments.get('history');
    history?.receive({ type: 'ready', sliceHash: history.sliceHash ?? '', problems: [], missingTypes: [] });
    await settle();
    deepEqual(given.toSorted(), ['apart', 'history', 'source']);
  });

  it('waits for a tab that does not come up no longer than 5 s', async () => {
    const { given, clock } = await open();
    clock.advance(4_999);
    await settle();
    deepEqual(given.toSorted(), ['apart', 'history']);
    clock.advance(1);
    await settle();
    deepEqual(given.toSorted(), ['apart', 'history', 'source']);
  });
});

describe('a house that stops', () => {
  it('first waits until all who live have dialled in and run', async () => {
    const { house } = await open();
    let isKnown = false;
    const known = house.known(3_000).then(() => {
      isKnown = true;
    });
    await settle();
    deepEqual(isKnown, false);
    for (const compartment of house.compartments.values()) {
      compartment.receive({ type: 'ready', sliceHash: compartment.sliceHash ?? '', problems: [], missingTypes: [] });
    }
    await known;
  });
});

describe('a house that is told of a deploy', () => {
  it('knows at once what is gone, though it is still busy with the deploy before', async () => {
    const { house } = await open();
    deepEqual(house.owner('apart-inject')?.id, 'apart');
    const deploy = (flows: FlowNode[]) =>
      house.apply({ type: 'flows', flows, credentials: {}, rev: '2', deployType: 'full', palette: [], userDir: '/u' });
    void deploy([...tab('history', 'uns-subscribe'), ...tab('apart', 'inject', 'debug')]);
    void deploy([]);
    deepEqual(house.owner('apart-inject')?.id, undefined);
  });
});
