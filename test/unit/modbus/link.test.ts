import { deepEqual, equal } from 'node:assert/strict';
import { createManualClock } from '@bulkhead/core';
import { createLink, type Link } from '../../../nodes/modbus/src/modbus-connection/link.ts';
import { createOutageReport } from '../../../packages/node-kit/src/index.ts';
import type { TransportEvents } from '../../../nodes/modbus/src/modbus-connection/transport.ts';
import type { Reply, Request } from '../../../nodes/modbus/src/protocol/request.ts';

const span: Request = { kind: 'read', area: 'holding', address: 0, count: 1 };
const reply: Reply = { kind: 'values', values: [1] };

interface Opened {
  events: TransportEvents;
  sent: Array<(reply: Reply) => void>;
  isDestroyed: boolean;
}

interface Bench {
  clock: ReturnType<typeof createManualClock>;
  link: Link;
  opened: Opened[];
  log: string[];
  read(): void;
}

function bench(options: { maxInFlight?: number; maxQueued?: number } = {}): Bench {
  const clock = createManualClock(0);
  const opened: Opened[] = [];
  const log: string[] = [];
  const link = createLink({
    open(events) {
      const transport: Opened = { events, sent: [], isDestroyed: false };
      opened.push(transport);
      return {
        send: (_unit, _request, onReply) => void transport.sent.push(onReply),
        destroy() {
          transport.isDestroyed = true;
        },
      };
    },
    clock,
    random: () => 0,
    backOff: { firstMs: 100, factor: 2, maxMs: 1_000, jitter: 0 },
    timeoutMs: 50,
    maxInFlight: options.maxInFlight ?? 2,
    maxQueued: options.maxQueued ?? 2,
  });
  let reads = 0;
  return {
    clock,
    link,
    opened,
    log,
    read() {
      reads += 1;
      const name = `r${reads}`;
      link.request(1, span, {
        settled: (outcome) => log.push(`${name} ${outcome.kind}`),
        late: (answer) => log.push(`${name} late ${answer.kind}`),
      });
    },
  };
}

function connected(options: { maxInFlight?: number; maxQueued?: number } = {}): Bench & { transport: Opened } {
  const made = bench(options);
  made.link.start();
  const [transport] = made.opened;
  if (transport === undefined) throw new Error('nothing was opened');
  transport.events.onOpen();
  return { ...made, transport };
}

describe('Modbus link', () => {
  it('retries with growing pauses and starts over with the first one after a success', () => {
    const { clock, link, opened } = bench();
    link.start();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      opened.at(-1)?.events.onEnd(new Error('refused'));
      if (link.state.kind === 'waiting') waits.push(link.state.retryAt - clock.now());
      clock.advance(waits.at(-1) ?? 0);
    }
    deepEqual(waits, [100, 200, 400, 800, 1_000]);
    opened.at(-1)?.events.onOpen();
    opened.at(-1)?.events.onEnd(new Error('cut'));
    equal(link.state.kind === 'waiting' && link.state.retryAt - clock.now(), 100);
  });

  it('keeps no more requests in flight than allowed, and refuses what the queue cannot take', () => {
    const { transport, log, read } = connected();
    for (let count = 0; count < 5; count += 1) read();
    equal(transport.sent.length, 2);
    deepEqual(log, ['r5 queue-full']);
    transport.sent[0]?.(reply);
    equal(transport.sent.length, 3);
    deepEqual(log, ['r5 queue-full', 'r1 values']);
  });

  it('settles everything at once when the connection ends', () => {
    const { transport, log, read, clock } = connected({ maxInFlight: 1 });
    read();
    read();
    transport.events.onEnd(new Error('cut'));
    deepEqual(log, ['r1 disconnected', 'r2 disconnected']);
    clock.advance(60);
    equal(log.length, 2);
  });

  it('refuses a read at once while there is no connection', () => {
    const { link, log, read } = bench();
    read();
    link.start();
    read();
    deepEqual(log, ['r1 disconnected', 'r2 disconnected']);
  });

  it('passes on an answer that comes after its timeout, once', () => {
    const { transport, log, read, clock } = connected();
    read();
    clock.advance(50);
    transport.sent[0]?.(reply);
    transport.sent[0]?.(reply);
    deepEqual(log, ['r1 timeout', 'r1 late values']);
  });

  it('gives up a connection that is silent for three timeouts, not one that is slow', () => {
    const { transport, link, read, clock } = connected();
    for (let count = 0; count < 5; count += 1) {
      read();
      clock.advance(50);
      if (count % 2 === 0) {
        transport.events.onHeard();
        transport.sent.at(-1)?.(reply);
      }
    }
    equal(link.state.kind, 'connected');
    for (let count = 0; count < 3; count += 1) {
      read();
      clock.advance(50);
    }
    equal(link.state.kind, 'waiting');
    equal(transport.isDestroyed, true);
  });

  it('takes requests that time out together for one silence', () => {
    const { link, read, clock } = connected({ maxInFlight: 3 });
    for (const silences of [1, 2, 3]) {
      for (let count = 0; count < 3; count += 1) read();
      clock.advance(50);
      equal(link.state.kind, silences === 3 ? 'waiting' : 'connected');
    }
  });

  it('does not listen to a connection that it has given up', () => {
    const { transport, link, opened, clock } = connected();
    transport.events.onEnd(new Error('cut'));
    clock.advance(100);
    opened[1]?.events.onOpen();
    transport.events.onEnd(new Error('again'));
    transport.events.onOpen();
    equal(link.state.kind, 'connected');
  });

  it('is idle after a stop, whatever it was doing', () => {
    const { link, opened, clock } = bench();
    link.start();
    opened[0]?.events.onEnd(new Error('refused'));
    link.stop();
    link.stop();
    equal(link.state.kind, 'idle');
    equal(clock.pending(), 0);
    clock.advance(10_000);
    equal(opened.length, 1);
  });

  it('is reported once per outage', () => {
    const { link, opened, clock } = bench();
    const reports: string[] = [];
    link.watch(
      createOutageReport({
        lost: (reason) => reports.push(reason.message),
        restored: () => reports.push('back'),
      }),
    );
    link.start();
    for (let count = 0; count < 3; count += 1) {
      opened.at(-1)?.events.onEnd(new Error(`refused ${count}`));
      clock.advance(1_000);
    }
    opened.at(-1)?.events.onOpen();
    opened.at(-1)?.events.onEnd(new Error('cut'));
    deepEqual(reports, ['refused 0', 'back', 'cut']);
  });
});
