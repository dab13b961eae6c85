import assert from 'node:assert/strict';
import { createManualClock, type ManualClock } from '../../../packages/core/src/index.ts';
import {
  type ChildExit,
  type Hello,
  protocolVersion,
  type RelayedEvent,
  type Slice,
  type ToCompartment,
} from '../../../packages/runtime/src/protocol/messages.ts';
import { keptCrashes } from '../../support/kept-crashes.ts';
import { Compartment } from '../../../packages/runtime/src/supervisor/compartments/compartment.ts';
import { grantsOf } from '../../../packages/runtime/src/supervisor/plan/grants.ts';
import { usualPrivilege } from '../../../packages/runtime/src/protocol/privilege.ts';
import { usualLimits, watchdogOnly } from '../../../packages/runtime/src/protocol/limits.ts';
import { defaultPolicy } from '../../../packages/runtime/src/supervisor/compartments/policy.ts';

interface Bench {
  readonly clock: ManualClock;
  readonly compartment: Compartment;
  readonly started: number[];
  readonly exact: boolean[];
  readonly kills: string[];
  readonly shown: RelayedEvent[];
  /** But its limits, which it is told at every dial-in. */
  readonly sent: ToCompartment[];
  dialIn(running?: Hello['running']): void;
  exit(more?: Partial<ChildExit>): void;
  settle(): Promise<void>;
}

const planned = { id: 't', name: 'Chaos', tabs: [{ id: 't', label: 'Chaos' }], dashboards: [], unions: [], splits: [] };
const slice = (hash: string): Slice => ({
  compartmentId: 't',
  hash,
  flows: [{ id: 'n', type: 'function', z: 't', name: 'boom', func: hash }],
  credentials: {},
  palette: [],
  userDir: '/u',
  directory: '/d',
  services: {},
});

function bench(): Bench {
  const clock = createManualClock(1_000_000);
  const started: number[] = [];
  const exact: boolean[] = [];
  const kills: string[] = [];
  const shown: RelayedEvent[] = [];
  const sent: ToCompartment[] = [];
  let pid = 100;
  const compartment = new Compartment(planned, usualLimits, defaultPolicy, usualPrivilege, {
    grantsOf: (slice, privilege) => grantsOf(slice, privilege, '/home'),
    defaultLauncher: 'process',
    startProcess: (_id, { traceExactly }) => {
      exact.push(traceExactly);
      started.push(clock.now());
      pid += 1;
      return Promise.resolve({ pid, startedAt: clock.now(), limitsBy: watchdogOnly });
    },
    kill: (_id, signal, because) => void kills.push(because ? `${signal} ${because.reason}` : signal),
    applyLimits: () => {},
    show: (events) => void shown.push(...events),
    changed: () => {},
    log: () => {},
    clock,
    random: () => 0.999999,
    crashes: keptCrashes(),
    keepLived: () => {},
  });
  return {
    clock,
    compartment,
    exact,
    started,
    kills,
    shown,
    sent,
    dialIn: (running) => {
      const hello: Hello = {
        type: 'hello',
        protocol: protocolVersion,
        role: 'compartment',
        id: 't',
        token: '',
        pid,
        ...(running ? { running } : {}),
      };
      const send = (message: ToCompartment): boolean => message.type === 'limits' || sent.push(message) > 0;
      compartment.attach({ send, close: () => {} }, hello);
    },
    exit: (more = {}) =>
      compartment.exited({
        name: 'compartment:t',
        role: 'compartment',
        pid,
        startedAt: 0,
        endedAt: clock.now(),
        code: 1,
        signal: null,
        reason: 'unhandled-rejection',
        detail: 'boom',
        nodeIsExact: false,
        stderrTail: [],
        logTail: [],
        ...more,
      }),
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

const ready = (hash: string) => ({ type: 'ready', sliceHash: hash, problems: [], missingTypes: [] }) as const;

describe('a compartment', () => {
  it('starts at its first deploy and runs once its flows are ready', async () => {
    const { compartment, dialIn, sent, settle } = bench();
    compartment.deploy(planned, slice('one'), 'full');
    assert.equal(compartment.state.kind, 'starting');
    await settle();
    dialIn();
    assert.deepEqual(
      sent.map((message) => message.type === 'slice' && [message.slice.hash, message.deployType]),
      [['one', 'load']],
    );
    compartment.receive(ready('one'));
    assert.deepEqual(
      { kind: compartment.state.kind, pid: 'pid' in compartment.state && compartment.state.pid },
      { kind: 'running', pid: 101 },
    );
  });

  it('is not touched by a deploy that changes nothing for it', async () => {
    const { compartment, dialIn, sent, settle, started } = bench();
    compartment.deploy(planned, slice('one'), 'full');
    await settle();
    dialIn();
    compartment.receive(ready('one'));
    compartment.deploy(planned, slice('one'), 'full');
    assert.deepEqual([sent.length, started.length], [1, 1]);
    compartment.deploy(planned, slice('two'), 'nodes');
    assert.deepEqual([sent.length, started.length], [2, 1]);
  });

  it('comes back at once after a crash, says which node did it and turns its dot green again', async () => {
    const { compartment, dialIn, exit, settle, shown, started } = bench();
    compartment.deploy(planned, slice('one'), 'full');
    await settle();
    dialIn();
    compartment.receive(ready('one'));
    compartment.receive({
      type: 'events',
      events: [{ name: 'node-status', payload: { id: 'plc', status: { fill: 'green', text: 'connected' } } }],
    });
    shown.length = 0;
    exit({ nodeId: 'n' });
    assert.equal(started.length, 2);
    assert.equal(compartment.lastExit?.nodeName, 'boom');
    const statuses = () =>
      shown.filter((event) => event.name === 'node-status').map(({ payload }) => JSON.stringify(payload));
    assert.ok(statuses().includes('{"id":"plc","status":{}}'), 'a dead tab must not claim "connected"');
    assert.match(statuses().join(), /"id":"n","status":\{"fill":"red".*unhandled rejection: boom/);
    assert.equal(shown.filter((event) => event.name === 'comms' && event.payload.topic === 'bulkhead/crash').length, 1);
    await settle();
    dialIn();
    compartment.receive(ready('one'));
    assert.match(statuses().at(-1) ?? '', /"id":"n","status":\{"fill":"green"/);
    assert.deepEqual([compartment.state.kind, compartment.restarts], ['running', 1]);
  });

  it('follows the last word: a stop or a deploy while a restart is ending it', async () => {
    for (const word of ['stop', 'deploy', 'none'] as const) {
      const { compartment, dialIn, exit, settle, started } = bench();
      compartment.deploy(planned, slice('one'), 'full');
      await settle();
      dialIn();
      compartment.receive(ready('one'));
      const restarted = compartment.restart(1_000);
      const stopped = word === 'stop' ? compartment.putDown(1_000) : undefined;
      if (word === 'deploy') compartment.deploy(planned, slice('two'), 'full');
      exit({ reason: 'exit', code: 0 });
      await Promise.all([restarted, stopped]);
      await settle();
      const is = word === 'stop' ? ['stopped', 1] : ['starting', 2];
      assert.deepEqual([compartment.state.kind, started.length], is, word);
      assert.equal(compartment.lastExit, null, word);
    }
  });

  it('starts with the flows that came while a stop was ending it', async () => {
    const { compartment, dialIn, exit, settle, started } = bench();
    compartment.deploy(planned, slice('one'), 'full');
    await settle();
    dialIn();
    compartment.receive(ready('one'));
    const stopped = compartment.putDown(1_000);
    compartment.deploy(planned, slice('two'), 'full');
    exit({ reason: 'exit', code: 0 });
    await stopped;
    assert.deepEqual([compartment.state.kind, started.length, compartment.down], ['starting', 2, null]);
  });

  it('takes an end that an earlier supervisor had asked for as no crash', async () => {
    const { compartment, dialIn, exit, settle, started } = bench();
    compartment.deploy(planned, slice('one'), 'full');
    await settle();
    dialIn();
    compartment.receive(ready('one'));
    exit({ reason: 'exit', code: 0, detail: 'ended as it was asked to' });
    await settle();
    assert.deepEqual([compartment.lastExit, compartment.restarts, started.length], [null, 0, 2]);
  });

  it('takes back what it said of flows that did not start, once nobody runs them', async () => {
    const { compartment, dialIn, exit, settle, shown } = bench();
    compartment.deploy(planned, slice('one'), 'full');
    await settle();
    dialIn();
    compartment.receive(ready('one'));
    const ended = compartment.stop(1_000);
    exit({});
    await ended;
    const id = `runtime-state-${planned.id}`;
    assert.deepEqual(shown.find(({ name, payload }) => name === 'runtime-event' && payload.id === id)?.payload, {
      id,
      payload: {},
    });
  });

  it('counts the life of its flows from when they were ready first, however often they are told of', async () => {
    const { clock, compartment, dialIn, settle } = bench();
    compartment.deploy(planned, slice('good'), 'full');
    await settle();
    dialIn();
    compartment.receive(ready('good'));
    clock.advance(4_000);
    compartment.receive(ready('good'));
    clock.advance(1_000);
    compartment.deploy(planned, slice('bad'), 'nodes');
    compartment.receive(ready('bad'));
    assert.equal(compartment.canRollBack, true);
  });

  it('goes back to the flows that lived instead, if its policy says so, and is quarantined when those fall too', async () => {
    const { clock, compartment, dialIn, exit, settle, shown, sent } = bench();
    compartment.setPolicy({ ...defaultPolicy, onCrashLoop: 'rollback' });
    compartment.deploy(planned, slice('good'), 'full');
    await settle();
    dialIn();
    compartment.receive(ready('good'));
    clock.advance(6_000);
    compartment.deploy(planned, slice('bad'), 'full');
    const fall = async (times: number): Promise<void> => {
      for (let life = 0; life < times; life++) {
        await settle();
        exit();
        clock.advance(10_000);
      }
    };
    const nextWords = () =>
      shown.flatMap((event) =>
        event.name === 'comms' && event.payload.topic === 'bulkhead/crash' ? [JSON.stringify(event.payload.data)] : [],
      );
    compartment.receive(ready('bad'));
    // The process had lived with the good flows, so its first end is not counted.
    await fall(6);
    assert.deepEqual([compartment.state.kind, compartment.slice?.hash], ['starting', 'good']);
    assert.match(nextWords().at(-1) ?? '', /"next":"rolled-back"/);
    await settle();
    dialIn();
    const last = sent.findLast((message) => message.type === 'slice');
    assert.equal(last?.type === 'slice' && last.slice.hash, 'good');
    await fall(5);
    assert.equal(compartment.state.kind, 'quarantined');
  });

  it('traces exactly after a hang or an exhausted heap, and not after an end that no node is to blame for', async () => {
    const { clock, compartment, exact, exit, settle } = bench();
    compartment.deploy(planned, slice('one'), 'full');
    for (const reason of ['exit', 'out-of-memory', 'exit'] as const) {
      await settle();
      exit({ reason });
      clock.advance(10_000);
    }
    assert.deepEqual(exact.slice(0, 3), [false, false, true]);
  });

  it('traces exactly after a node fell over a message that nobody knows', async () => {
    const { clock, compartment, exact, exit, settle } = bench();
    compartment.deploy(planned, slice('one'), 'full');
    for (const life of [1, 2]) {
      await settle();
      exit({ reason: 'uncaught-exception', nodeId: 'n', nodeIsExact: true });
      clock.advance(10_000 * life);
    }
    assert.deepEqual(exact.slice(0, 2), [false, true]);
  });

  it('is quarantined after five short lives, and a changed deploy starts it again', async () => {
    const { clock, compartment, exit, settle, started } = bench();
    compartment.deploy(planned, slice('one'), 'full');
    for (let life = 0; life < 5; life++) {
      await settle();
      exit();
      clock.advance(2_000);
    }
    assert.deepEqual([compartment.state.kind, started.length], ['quarantined', 5]);
    clock.advance(3_600_000);
    compartment.deploy(planned, slice('one'), 'full');
    assert.equal(started.length, 5, 'a deploy of another tab is no reason');
    compartment.deploy(planned, slice('two'), 'full');
    assert.deepEqual([compartment.state.kind, started.length], ['starting', 6]);
  });

  it('adopts a process that outlived the supervisor without touching it', async () => {
    const { compartment, dialIn, sent, settle, started } = bench();
    compartment.expect({ pid: 77, startedAt: 5, limitsBy: watchdogOnly });
    dialIn({ sliceHash: 'one', readyAt: 6 });
    assert.equal(compartment.state.kind, 'running');
    compartment.deploy(planned, slice('one'), 'load');
    await settle();
    assert.deepEqual([sent.length, started.length], [0, 0]);
  });

  it('counts the life of adopted flows from when they were ready, under whatever supervisor', async () => {
    const { clock, compartment, dialIn, settle } = bench();
    clock.advance(60_000);
    const readyAt = clock.now() - 3_000;
    compartment.expect({ pid: 77, startedAt: readyAt, limitsBy: watchdogOnly });
    dialIn({ sliceHash: 'good', readyAt });
    compartment.deploy(planned, slice('good'), 'load');
    await settle();
    clock.advance(2_000);
    compartment.deploy(planned, slice('bad'), 'nodes');
    compartment.receive(ready('bad'));
    assert.equal(compartment.canRollBack, true);
  });

  it('gives an adopted process its new flows when they changed meanwhile', () => {
    const { compartment, dialIn, sent } = bench();
    compartment.expect({ pid: 77, startedAt: 5, limitsBy: watchdogOnly });
    dialIn({ sliceHash: 'one', readyAt: 6 });
    compartment.deploy(planned, slice('two'), 'load');
    assert.equal(sent.length, 1);
  });

  it('is ended when its flows are not ready in time', async () => {
    const { clock, compartment, kills, settle } = bench();
    compartment.deploy(planned, slice('one'), 'full');
    await settle();
    clock.advance(29_999);
    assert.deepEqual(kills, []);
    clock.advance(1);
    assert.deepEqual(kills, ['SIGKILL startup-failed']);
  });

  it('stops when asked, is killed at the deadline, and stays down', async () => {
    const { clock, compartment, dialIn, exit, kills, sent, settle, started } = bench();
    compartment.deploy(planned, slice('one'), 'full');
    await settle();
    dialIn();
    compartment.receive(ready('one'));
    const stopped = compartment.stop(5_000);
    assert.equal(sent.at(-1)?.type, 'stop');
    clock.advance(5_000);
    assert.deepEqual(kills, ['SIGKILL']);
    exit({ reason: 'signal', signal: 'SIGKILL' });
    await stopped;
    assert.deepEqual([compartment.state.kind, compartment.lastExit, started.length], ['stopped', null, 1]);
    compartment.deploy(planned, slice('one'), 'full');
    assert.equal(started.length, 1, 'a deploy of another tab is no reason');
    compartment.deploy(planned, slice('one'), 'reload');
    assert.equal(started.length, 2);
  });

  it('answers a drain as incomplete when it dies in the middle', async () => {
    const { compartment, dialIn, exit, settle } = bench();
    compartment.deploy(planned, slice('one'), 'full');
    await settle();
    dialIn();
    compartment.receive(ready('one'));
    const drained = compartment.drain('sink', 1_000);
    exit();
    assert.equal(await drained, false);
  });
});
