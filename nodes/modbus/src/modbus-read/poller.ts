import type { Clock, Sample, Timer } from '@bulkhead/core';
import { createSampleClock, type SourceView, type Traffic } from '@bulkhead/node-kit';
import type { Link, LinkState } from '../modbus-connection/link.ts';
import type { Outcome } from '../modbus-connection/request-queue.ts';
import type { Reply } from '../protocol/request.ts';
import { type Block, planReads, type Span } from '../protocol/read-plan.ts';
import { createBlockReport } from './block-report.ts';
import type { ModbusReadConfig } from './config.ts';
import { type BlockOutcome, blockSamples, staleSamples } from './samples.ts';

export interface PollerOptions {
  config: ModbusReadConfig;
  unit: number;
  link: Pick<Link, 'request' | 'watch' | 'state'>;
  clock: Clock;
  traffic: Traffic;
  /** Takes the samples of one cycle, or of one late answer. */
  emit(samples: Sample[]): void;
  onChange(): void;
  /** Takes what is wrong with a block, when it begins to be. */
  report(problem: string): void;
}

export interface Poller {
  start(): void;
  /** Starts no further cycle; resolves when the one under way has been emitted. Idempotent. */
  drain(): Promise<void>;
  stop(): void;
  view(): SourceView;
}

interface Cycle {
  unsettled: number;
  outcomes: Map<Block, BlockOutcome>;
  /** When the first answer came; all samples of the cycle carry it. */
  sourceTime?: number;
}

/**
 * Reads all blocks once per poll interval. A cycle that is not over when the next is due makes that one an overrun:
 * counted, and never queued up.
 */
export function createPoller(options: PollerOptions): Poller {
  const { config, link, clock, traffic } = options;
  const blocks = planReads(
    config.tags.map((tag) => tag.span),
    config,
  );
  const sampleTime = createSampleClock(clock.now);
  const reportBlock = createBlockReport(config.tags, options.report);
  const lastValues = new Map<string, Sample['value']>();
  const badTags = new Set<string>();
  let phase: 'idle' | 'running' | 'draining' | 'stopped' = 'idle';
  let cycle: Cycle | undefined;
  let timer: Timer | undefined;
  let dueAt = 0;
  let isLinkUp = false;
  let unwatch: (() => void) | undefined;
  let drained: (() => void)[] = [];

  const emit = (samples: Sample[]): void => {
    for (const sample of samples) {
      if (sample.quality === 'good') {
        lastValues.set(sample.topic, sample.value);
        badTags.delete(sample.topic);
      } else if (sample.quality === 'bad') badTags.add(sample.topic);
    }
    const arrived = samples.filter((sample) => sample.quality === 'good').length;
    traffic.received(arrived);
    if (samples.length > 0) options.emit(samples);
    options.onChange();
  };

  const finish = (done: Cycle): void => {
    cycle = undefined;
    const sourceTime = done.sourceTime ?? sampleTime();
    const samples: Sample[] = [];
    for (const [block, outcome] of done.outcomes) {
      samples.push(...blockSamples(config.tags, block, outcome, sourceTime));
      reportBlock(block, outcome);
    }
    emit(samples);
    if (phase !== 'draining') return;
    for (const resolve of drained) resolve();
    drained = [];
  };

  const settled = (current: Cycle, block: Block, outcome: Outcome): void => {
    current.unsettled -= 1;
    // Nothing to say about the tags: the loss of the connection says it.
    if (outcome.kind !== 'disconnected') current.outcomes.set(block, outcome);
    if (outcome.kind === 'values' || outcome.kind === 'exception') current.sourceTime ??= sampleTime();
    if (current.unsettled === 0) finish(current);
  };

  const late = (block: Block, reply: Reply): void => {
    if (phase === 'stopped') return;
    traffic.trouble('late');
    if (reply.kind === 'values') emit(blockSamples(config.tags, block, reply, sampleTime()));
  };

  const startCycle = (): void => {
    const current: Cycle = { unsettled: blocks.length, outcomes: new Map() };
    cycle = current;
    for (const block of blocks) {
      link.request(
        options.unit,
        { kind: 'read', ...spanOf(block) },
        {
          settled: (outcome) => settled(current, block, outcome),
          late: (reply) => late(block, reply),
        },
      );
    }
  };

  const tick = (): void => {
    timer = undefined;
    if (phase !== 'running' || !isLinkUp) return;
    if (cycle !== undefined) traffic.trouble('overrun');
    else startCycle();
    // Kept on the grid of the first cycle; after a pause of the process the missed ones are not caught up.
    const missed = Math.max(0, Math.floor((clock.now() - dueAt) / config.pollMs));
    if (missed > 0) traffic.trouble('overrun', missed);
    dueAt += (missed + 1) * config.pollMs;
    timer = clock.setTimeout(tick, Math.max(0, dueAt - clock.now()));
  };

  const onLink = (state: LinkState): void => {
    if (phase !== 'running') return;
    const wasUp = isLinkUp;
    isLinkUp = state.kind === 'connected';
    if (wasUp && !isLinkUp) {
      clock.clearTimeout(timer);
      timer = undefined;
      badTags.clear();
      // Idle is a stop that somebody wanted, a deploy for example: nothing is known to be stale for it.
      if (state.kind !== 'idle') emit(staleSamples(config.tags, lastValues, sampleTime()));
    } else if (!wasUp && isLinkUp) {
      dueAt = clock.now();
      tick();
    }
    options.onChange();
  };

  return {
    start() {
      if (phase !== 'idle') return;
      phase = 'running';
      unwatch = link.watch(onLink);
    },
    drain() {
      if (phase !== 'running') return Promise.resolve();
      phase = 'draining';
      clock.clearTimeout(timer);
      options.onChange();
      if (cycle === undefined) return Promise.resolve();
      return new Promise((resolve) => drained.push(resolve));
    },
    stop() {
      phase = 'stopped';
      clock.clearTimeout(timer);
      unwatch?.();
      for (const resolve of drained) resolve();
      drained = [];
    },
    view() {
      if (phase === 'draining' || phase === 'stopped') return { kind: 'stopped' };
      const { state } = link;
      if (state.kind === 'waiting') return { kind: 'retrying', retryInMs: state.retryAt - clock.now() };
      if (state.kind !== 'connected') return { kind: 'connecting' };
      const ageMs = traffic.ageMs();
      const troubles = traffic.recentTroubles();
      if (badTags.size > 0) troubles.unshift({ key: 'bad', count: badTags.size });
      return {
        kind: 'receiving',
        tags: config.tags.length,
        perSecond: traffic.perSecond(),
        ...(ageMs === undefined ? {} : { ageMs }),
        isAlive: false,
        troubles,
      };
    },
  };
}

const spanOf = ({ area, address, count }: Block): Span => ({ area, address, count });
