import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createManualClock } from '../../../packages/core/src/index.ts';
import { copiedSize } from '../../../packages/runtime/src/compartment/global-context/copied-size.ts';
import {
  GlobalReplica,
  maxValueBytes,
  type Values,
} from '../../../packages/runtime/src/compartment/global-context/replica.ts';
import type { GlobalEntry } from '../../../packages/runtime/src/protocol/messages.ts';
import { GlobalHub } from '../../../packages/runtime/src/supervisor/global-context/hub.ts';

/** Two compartments and a supervisor, joined by queues that deliver when told to. */
function house() {
  const clock = createManualClock(0);
  const contentions: string[] = [];
  const toReplica = new Map<string, GlobalEntry[]>();
  const toHub: (() => void)[] = [];
  let online = true;
  let supervisors = 0;
  let hub = newHub();
  function newHub(): GlobalHub {
    return new GlobalHub({
      maxKeys: 100,
      firstVersion: supervisors++ * 1_000_000,
      broadcast: (entry, echoTo) => {
        const { value: _value, ...echo } = entry;
        for (const [id, queue] of toReplica) queue.push(id === echoTo ? echo : entry);
      },
      onContention: (key, writers, lost) => void contentions.push(`${key} ${writers.join('+')} ${lost}`),
      onChanged: () => {},
    });
  }
  const warnings: string[] = [];
  const member = (id: string) => {
    toReplica.set(id, []);
    const values: Values = {};
    let sent = 0;
    const replica = new GlobalReplica({
      clock,
      sizeOf: copiedSize,
      send: (write) => {
        if (!online) return false;
        sent += 1;
        toHub.push(() => hub.write(id, write));
        return true;
      },
      warn: (line) => void warnings.push(line),
    });
    replica.addStore('memory', values);
    return {
      values,
      replica,
      sent: () => sent,
      set: (key: string, value: unknown) => {
        if (value === undefined) delete values[key];
        else values[key] = value;
        replica.wrote('memory', key);
      },
      deliver: (most = Number.POSITIVE_INFINITY) => replica.apply(toReplica.get(id)?.splice(0, most) ?? []),
    };
  };
  const a = member('a');
  const b = member('b');
  const reachHub = (most = Number.POSITIVE_INFINITY): void => {
    for (const write of toHub.splice(0, most)) write();
  };
  return {
    a,
    b,
    clock,
    reachHub,
    contentions,
    warnings,
    hub: () => hub,
    settle() {
      for (let round = 0; round < 5; round++) {
        clock.advance(1_000);
        reachHub();
        a.deliver();
        b.deliver();
      }
    },
    /** kill -9 of the supervisor: what is on the way is lost; the new one knows nothing. */
    restartSupervisor() {
      toHub.length = 0;
      for (const queue of toReplica.values()) queue.length = 0;
      hub = newHub();
      for (const [id, { replica }] of [['a', a] as const, ['b', b] as const]) {
        toReplica.get(id)?.push(...hub.snapshot());
        hub.learn(replica.known().map((entry) => ({ ...entry, writer: id })));
        replica.connected();
      }
    },
    setOnline(value: boolean) {
      online = value;
    },
  };
}

describe('the global context', () => {
  it('is read where it was written at once, and elsewhere soon', () => {
    const { a, b, settle } = house();
    a.set('speed', 5);
    assert.equal(a.values['speed'], 5);
    settle();
    assert.equal(b.values['speed'], 5);
  });

  it('lets the last writer win, the same everywhere, and says who overwrote what he had not seen', () => {
    const { a, b, settle, contentions } = house();
    a.set('count', 1);
    b.set('count', 2);
    settle();
    assert.deepEqual([a.values['count'], b.values['count']], [2, 2]);
    assert.deepEqual(contentions, ['count a+b true']);
  });

  it('does not take an older value of another between two writes of its own', () => {
    const { a, b, clock, reachHub } = house();
    a.set('x', 'a1');
    clock.advance(10);
    reachHub();
    b.set('x', 'b1');
    clock.advance(10);
    reachHub();
    a.set('x', 'a2');
    clock.advance(10);
    a.deliver();
    assert.equal(a.values['x'], 'a2');
    reachHub();
    a.deliver();
    b.deliver();
    assert.deepEqual([a.values['x'], b.values['x']], ['a2', 'a2']);
  });

  it('deletes everywhere', () => {
    const { a, b, settle } = house();
    a.set('gone', 1);
    settle();
    b.set('gone', undefined);
    settle();
    assert.deepEqual([a.values, b.values], [{}, {}]);
  });

  it('gathers a loop of writes into few messages', () => {
    const { a, b, clock, settle } = house();
    for (let i = 0; i < 100_000; i++) a.set('i', i);
    clock.advance(10);
    assert.equal(a.sent(), 1);
    settle();
    assert.equal(b.values['i'], 99_999);
  });

  it('sends large values no faster than the quota', () => {
    const { a, clock } = house();
    for (let ms = 0; ms < 2_000; ms += 10) {
      a.set('large', Buffer.alloc(maxValueBytes - 100, ms % 256));
      clock.advance(10);
    }
    assert.ok(a.sent() <= 18, `${a.sent()} MB in 2 s`);
  });

  it('keeps at home what cannot be copied or is too large, and says so once', () => {
    const { a, b, settle, warnings } = house();
    a.set('client', { send: () => {} });
    a.set('huge', Buffer.alloc(maxValueBytes + 1));
    settle();
    a.set('client', { send: () => {} });
    settle();
    assert.deepEqual([Object.keys(b.values), warnings.length], [[], 2]);
    assert.match(warnings[0] ?? '', /global\.client .*cannot be copied.*other tabs do not see it/);
  });

  it('survives the supervisor: its successor learns from the replicas and misses no write', () => {
    const { a, b, clock, reachHub, restartSupervisor, settle } = house();
    a.set('kept', 1);
    b.set('other', 2);
    settle();
    a.set('kept', 3);
    clock.advance(10);
    reachHub();
    restartSupervisor();
    settle();
    assert.deepEqual(
      [a.values, b.values],
      [
        { kept: 3, other: 2 },
        { kept: 3, other: 2 },
      ],
    );
  });

  it('sends what was written while there was no supervisor', () => {
    const { a, b, setOnline, restartSupervisor, settle } = house();
    setOnline(false);
    a.set('alone', 1);
    settle();
    setOnline(true);
    restartSupervisor();
    settle();
    assert.equal(b.values['alone'], 1);
  });

  it('converges, whatever is written, delayed and restarted', () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          do: fc.constant('set' as const),
          who: fc.boolean(),
          key: fc.constantFrom('x', 'y'),
          value: fc.option(fc.nat(9), { nil: undefined }),
        }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('deliver' as const), who: fc.boolean(), most: fc.nat(3) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('reach' as const), most: fc.nat(3) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('time' as const), ms: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const h = house();
        for (const s of steps) {
          if (s.do === 'set') (s.who ? h.a : h.b).set(s.key, s.value);
          else if (s.do === 'deliver') (s.who ? h.a : h.b).deliver(s.most);
          else if (s.do === 'reach') h.reachHub(s.most);
          else if (s.do === 'time') h.clock.advance(s.ms);
          else h.restartSupervisor();
        }
        h.settle();
        assert.deepEqual(h.a.values, h.b.values);
      }),
      { numRuns: 3_000 },
    );
  });

  it('refuses new keys beyond its bound, and counts them', () => {
    const { a, hub, settle } = house();
    for (let i = 0; i < 150; i++) a.set(`k${i}`, i);
    settle();
    assert.deepEqual([hub().size, hub().refused], [100, 50]);
  });
});
