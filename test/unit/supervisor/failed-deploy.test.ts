import { deepEqual, match } from 'node:assert/strict';
import { createManualClock } from '../../../packages/core/src/index.ts';
import { usualLimits, watchdogOnly } from '../../../packages/runtime/src/protocol/limits.ts';
import type { RelayedEvent } from '../../../packages/runtime/src/protocol/messages.ts';
import { defaultRules } from '../../../packages/runtime/src/protocol/plan-rules.ts';
import { usualPrivilege } from '../../../packages/runtime/src/protocol/privilege.ts';
import { defaultPolicy } from '../../../packages/runtime/src/supervisor/compartments/policy.ts';
import { House } from '../../../packages/runtime/src/supervisor/house.ts';
import { plainGrants } from '../../../packages/runtime/src/supervisor/plan/grants.ts';
import { keptCrashes } from '../../support/kept-crashes.ts';

describe('a deploy that cannot be followed', () => {
  it('is said, touches nothing that runs, and the next one is followed', async () => {
    const log: string[] = [];
    const shown: RelayedEvent[] = [];
    const clock = createManualClock(1_000_000);
    const house = new House({
      ports: {
        defaultLauncher: 'process',
        startProcess: () => Promise.resolve({ pid: 100, startedAt: clock.now(), limitsBy: watchdogOnly }),
        grantsOf: () => plainGrants,
        kill: () => {},
        applyLimits: () => {},
        show: (events) => shown.push(...events),
        changed: () => {},
        log: (line) => log.push(line),
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
      directoryOf: (id) => {
        if (id === 'bad') throw new Error('no folder has such a name');
        return `/${id}`;
      },
    });
    const deploy = (...tabs: string[]): Promise<void> =>
      house.apply({
        type: 'flows',
        flows: tabs.map((id) => ({ id, type: 'tab', label: id })),
        credentials: {},
        rev: '1',
        deployType: 'full',
        palette: [],
        userDir: '/u',
      });
    const notices = (): unknown[] =>
      shown.flatMap((event) =>
        event.name === 'runtime-event' && event.payload.id === 'bulkhead-deploy' ? [event.payload.payload] : [],
      );
    await deploy('a');
    await deploy('a', 'bad');
    match(log.join('\n'), /could not be followed: no folder has such a name/);
    match(JSON.stringify(notices().at(-1)), /saved but does not run: no folder has such a name/);
    deepEqual(
      [...house.compartments.values()].map(({ id, state }) => [id, state.kind]),
      [['a', 'starting']],
    );
    await deploy('a', 'b');
    deepEqual([...house.compartments.keys()], ['a', 'b']);
    deepEqual(notices().at(-1), {});
  });
});
