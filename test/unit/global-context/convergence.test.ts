import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createManualClock } from '../../../packages/core/src/index.ts';
import { copyOf } from '../../../packages/runtime/src/compartment/global-context/copy-of.ts';
import { GlobalReplica } from '../../../packages/runtime/src/compartment/global-context/replica.ts';
import { type GlobalBounds, globalBounds } from '../../../packages/runtime/src/protocol/global-bounds.ts';
import { GlobalHub, type Member } from '../../../packages/runtime/src/supervisor/global-context/hub.ts';

const mega = 1024 * 1024;

/** Enough of a large value to know it; one that differs would be shown byte by byte. */
const sample = (value: unknown): unknown => (Buffer.isBuffer(value) ? [value[0], value.length] : value);

/** Two compartments and a supervisor, joined by queues that deliver when told to. */
function house(bounds: Partial<GlobalBounds> = {}) {
  const allBounds: GlobalBounds = { ...globalBounds, keys: 100, ...bounds };
  const clock = createManualClock(0);
  const contentions: string[] = [];
  const toHub: (() => void)[] = [];
  let supervisors = 0;
  let hub = newHub();
  function newHub(): GlobalHub {
    return new GlobalHub({
      bounds: allBounds,
      now: () => clock.now(),
      firstVersion: supervisors++ * 1_000_000,
      onContention: (key, writers, lost) => void contentions.push(`${key} ${writers.join('+')} ${lost}`),
      onChanged: () => {},
    });
  }
  const warnings: string[] = [];
  const member = (id: string) => {
    let values: Record<string, unknown> = {};
    let sent = 0;
    let pid = 1;
    let online = true;
    let queue: (() => void)[] = [];
    let joined: Member | undefined;
    let replica = newReplica();
    function newReplica(): GlobalReplica {
      values = {};
      const made = new GlobalReplica({
        clock,
        bounds: allBounds,
        copy: copyOf,
        send(write) {
          const to = replica === made ? joined : undefined;
          if (to === undefined) return false;
          sent += 1;
          toHub.push(() => to.write(write));
          return true;
        },
        tell(known) {
          const to = replica === made ? joined : undefined;
          if (to === undefined) return false;
          toHub.push(() => to.knows(known));
          return true;
        },
        toldAll() {
          const to = replica === made ? joined : undefined;
          toHub.push(() => to?.knowsNoMore());
        },
        nodeAtWork: () => undefined,
        warn: (line) => void warnings.push(line),
      });
      made.addStore('memory', values);
      return made;
    }
    const dial = (): void => {
      if (!online) return;
      const mine: (() => void)[] = [];
      queue = mine;
      const current = replica;
      current.connected();
      joined = hub.join(id, pid, {
        send(news, written) {
          const copies = structuredClone(news);
          mine.push(() => {
            current.apply(copies);
            written();
          });
          return copies.reduce((sum, { bytes }) => sum + 100 + (bytes?.byteLength ?? 0), 0);
        },
        told: (complete) => void mine.push(() => current.told(complete)),
      });
    };
    /** What is on the way is lost. */
    const hangUp = (): void => {
      joined?.leave();
      joined = undefined;
      queue = [];
    };
    const deliver = (most = Number.POSITIVE_INFINITY): void => {
      for (let left = most; left > 0 && queue.length > 0; left -= 1) queue.shift()?.();
    };
    dial();
    deliver();
    return {
      get values() {
        return { ...values };
      },
      get replica() {
        return replica;
      },
      sent: () => sent,
      set(key: string, value: unknown) {
        if (value === undefined) delete values[key];
        else values[key] = value;
        replica.wrote('memory', key);
      },
      deliver,
      dial,
      hangUp,
      crash() {
        hangUp();
        pid += 1;
        replica = newReplica();
        dial();
      },
      setOnline(value: boolean) {
        online = value;
        if (online && joined === undefined) dial();
        if (!online) hangUp();
      },
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
      a.hangUp();
      b.hangUp();
      hub = newHub();
      a.dial();
      b.dial();
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
      a.set('large', Buffer.alloc(mega - 100, ms % 256));
      clock.advance(10);
    }
    assert.ok(a.sent() <= 18, `${a.sent()} MB in 2 s`);
  });

  it('keeps at home what cannot be copied or is too large, and says so once', () => {
    const { a, b, settle, warnings } = house();
    a.set('client', { send: () => {} });
    a.set('huge', Buffer.alloc(globalBounds.valueBytes + 1));
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
    const { a, b, restartSupervisor, settle } = house();
    a.setOnline(false);
    a.set('alone', 1);
    settle();
    restartSupervisor();
    a.setOnline(true);
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
      { weight: 1, arbitrary: fc.record({ do: fc.constant('reconnect' as const), who: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), who: fc.boolean() }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const h = house();
        for (const s of steps) {
          if (s.do === 'set') (s.who ? h.a : h.b).set(s.key, s.value);
          else if (s.do === 'deliver') (s.who ? h.a : h.b).deliver(s.most);
          else if (s.do === 'reach') h.reachHub(s.most);
          else if (s.do === 'time') h.clock.advance(s.ms);
          else if (s.do === 'restart') h.restartSupervisor();
          else if (s.do === 'crash') (s.who ? h.a : h.b).crash();
          else {
            (s.who ? h.a : h.b).hangUp();
            (s.who ? h.a : h.b).dial();
          }
        }
        h.settle();
        assert.deepEqual(h.a.values, h.b.values);
      }),
      { numRuns: 3_000 },
    );
  });

  it('refuses new keys beyond its bound, counts them and says it once', () => {
    const { a, b, hub, settle, warnings } = house();
    for (let i = 0; i < 150; i++) a.set(`k${i}`, i);
    settle();
    assert.deepEqual([hub().keys, hub().refused], [100, 50]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /global\.k100 is not shared, the house holds 100 keys/);
    assert.equal(a.values['k120'], 120);
    a.set('k3', undefined);
    settle();
    b.set('k120', 'of b');
    settle();
    assert.equal(a.values['k120'], 'of b', 'a refused write holds up no later one');
  });

  it('refuses what exceeds all values together, and lets nobody read the one before it', () => {
    const { a, b, hub, settle, warnings } = house({ bytes: 1_000 });
    a.set('log', 'x'.repeat(400));
    b.set('other', 'y'.repeat(400));
    settle();
    a.set('log', 'x'.repeat(900));
    settle();
    assert.deepEqual([a.values['log'], b.values['log']], ['x'.repeat(900), undefined]);
    assert.match(warnings.join(), /global\.log is not shared, all values together/);
    a.set('log', 'short');
    settle();
    assert.deepEqual([b.values['log'], hub().keys], ['short', 2]);
  });

  it('lets nobody read an older value where the last one cannot be shared', () => {
    const { a, b, settle, restartSupervisor } = house();
    for (const value of [Buffer.alloc(globalBounds.valueBytes + 1), { call() {} }]) {
      a.set('state', 'old');
      settle();
      assert.equal(b.values['state'], 'old');
      a.set('state', value);
      settle();
      assert.deepEqual([a.values['state'] === value, sample(b.values['state'])], [true, undefined]);
      restartSupervisor();
      settle();
      assert.deepEqual([a.values['state'] === value, sample(b.values['state'])], [true, undefined]);
      a.set('state', undefined);
      settle();
    }
  });

  it('shares large values, and sends small ones between them', () => {
    const { a, b, clock, reachHub, settle } = house();
    a.set('large', Buffer.alloc(4 * mega, 1));
    settle();
    assert.deepEqual(sample(b.values['large']), [1, 4 * mega]);
    for (let ms = 0; ms < 1_500; ms += 10) {
      for (let i = 0; i < 5; i++) a.set(`large${i}`, Buffer.alloc(mega, ms % 256));
      if (ms === 500) a.set('quick', 7);
      clock.advance(10);
    }
    reachHub();
    b.deliver();
    a.deliver();
    assert.equal(b.values['quick'], 7);
  });

  it('holds nothing of deleted keys in the long run', () => {
    const { a, b, clock, hub, settle } = house({ deleted: 20 });
    for (let i = 0; i < 1_000; i++) {
      a.set(`job_${i}`, i);
      settle();
      b.set(`job_${i}`, undefined);
      settle();
    }
    assert.deepEqual([hub().keys, hub().refused], [0, 0]);
    assert.ok(hub().deletions <= 20 && a.replica.size <= 20 && b.replica.size <= 20);
    clock.advance(globalBounds.deletedMs);
    a.set('fresh', 1);
    settle();
    assert.equal(b.values['fresh'], 1);
    assert.deepEqual([hub().deletions, a.replica.size], [0, 1]);
  });

  it('brings no deleted value back from a compartment that missed the deletion', () => {
    const { a, b, clock, hub, settle, restartSupervisor } = house();
    a.set('gone', 1);
    settle();
    b.hangUp();
    a.set('gone', undefined);
    settle();
    assert.equal(b.values['gone'], 1);
    // b dials in first, and tells the new supervisor of it.
    restartSupervisor();
    settle();
    assert.deepEqual([a.values, b.values, hub().keys], [{}, {}, 0]);

    a.set('gone', 2);
    settle();
    b.hangUp();
    a.set('gone', undefined);
    settle();
    // Long after the deletion was forgotten, to the supervisor that ordered it.
    clock.advance(2 * globalBounds.deletedMs);
    a.set('other', 1);
    settle();
    b.dial();
    settle();
    assert.deepEqual([a.values, b.values], [{ other: 1 }, { other: 1 }]);
  });

  it('tells a slow compartment the last value alone', () => {
    const { a, b, clock, reachHub, settle } = house();
    for (let i = 0; i < 20; i++) {
      a.set('large', Buffer.alloc(2 * mega, i));
      clock.advance(1_000);
      reachHub();
      a.deliver();
    }
    const read = b.replica.size;
    b.deliver(1);
    assert.deepEqual([read, sample(b.values['large'])], [0, [0, 2 * mega]]);
    b.deliver(1);
    assert.deepEqual(sample(b.values['large']), [19, 2 * mega]);
    settle();
  });
});
