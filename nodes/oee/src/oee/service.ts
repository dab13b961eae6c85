import { BulkheadError, type Clock, isRecord, type Sample, samplesFromMessage, type Timer } from '@bulkhead/core';
import { type Calculator, createCalculator } from './calculator.ts';
import type { OeeConfig } from './config.ts';
import { type Memory, memoryOf, type Note, noteOf } from './memory.ts';
import type { OeeWindow } from './result.ts';
import type { OeeState } from './status.ts';

/** What the calculation asks of the node around it. */
export interface OeePorts {
  clock: Clock;
  onWindow(window: OeeWindow): void;
  onCurrent(window: OeeWindow): void;
  onState(state: OeeState): void;
  onSkipped(windows: number): void;
}

export interface OeeService {
  /**
   * Takes in the samples of a message; one of another topic is ignored, so a whole subscription may be wired to it.
   * @throws BulkheadError `no-sample` for a message without one, `source-time-ahead` for samples too far in the future.
   */
  receive(message: unknown): void;
  /** What another service of the same settings needs to go on within the same window. */
  note(): Note | undefined;
  /** Stops the timers. */
  stop(): void;
}

/** A timer cannot wait longer than this (2^31 - 1 ms), nor need it: it is set again. */
const LONGEST_TIMER_MS = 3_600_000;
/** A timer may fire a little early; asking again at once would spin. */
const SHORTEST_TIMER_MS = 10;

/** Joins the calculation to the clock: windows close, and running values appear, without a sample to trigger them. */
export function createOeeService(config: OeeConfig, ports: OeePorts, note?: unknown): OeeService {
  const { clock } = ports;
  const memory: Memory | undefined = memoryOf(config, note, clock.now());
  const calculator: Calculator = createCalculator(config, memory);
  let closeTimer: Timer | undefined;
  let currentTimer: Timer | undefined;
  let lastClosed: OeeWindow | undefined;
  let lateSamples = 0;
  let isWaiting = true;

  function close(): void {
    const { windows, skipped } = calculator.close(clock.now());
    if (skipped > 0) ports.onSkipped(skipped);
    for (const window of windows) {
      lastClosed = window;
      ports.onWindow(window);
    }
    if (windows.length > 0) {
      lateSamples = 0;
      show();
    }
    clock.clearTimeout(closeTimer);
    const at = calculator.closesAt;
    if (at === undefined) return;
    const waitMs = Math.min(Math.max(at - clock.now(), SHORTEST_TIMER_MS), LONGEST_TIMER_MS);
    closeTimer = clock.setTimeout(close, waitMs);
  }

  function tick(): void {
    currentTimer = clock.setTimeout(tick, config.currentMs);
    const current = calculator.current(clock.now());
    if (current === undefined) return;
    ports.onCurrent(current);
    show(current);
  }

  function show(window = lastClosed): void {
    if (window === undefined) return;
    const last = window.timeline.at(-1);
    ports.onState({ kind: 'working', oee: window.oee, isStateKnown: last?.kind !== 'unknown', lateSamples });
  }

  function take(samples: readonly Sample[]): void {
    const now = clock.now();
    let ahead: Sample | undefined;
    for (const sample of samples) {
      const outcome = calculator.accept(sample, now);
      if (outcome === 'late') lateSamples += 1;
      if (outcome === 'ahead') ahead ??= sample;
      // One by one: within a batch a window may end, and what follows belongs to the next.
      if (outcome !== 'other') closeIfDue();
    }
    if (isWaiting) {
      isWaiting = calculator.current(now) === undefined;
      show(calculator.current(now));
    }
    if (ahead === undefined) return;
    const hours = ((ahead.sourceTime - now) / 3_600_000).toFixed(1);
    throw new BulkheadError(
      'source-time-ahead',
      `the source time of ${ahead.topic} is ${hours} h ahead of this computer's clock: set the clock of the device`,
    );
  }

  function closeIfDue(): void {
    if (closeTimer === undefined || calculator.isDue(clock.now())) close();
  }

  function isOfAnotherTopic(message: unknown): boolean {
    if (!isRecord(message) || Array.isArray(message.payload) || typeof message.topic !== 'string') return false;
    return ![config.stateTopic, config.totalTopic, config.second?.topic].includes(message.topic);
  }

  ports.onState({ kind: 'waiting' });
  if (config.currentMs > 0) currentTimer = clock.setTimeout(tick, config.currentMs);
  if (memory !== undefined) close();

  return {
    receive(message) {
      if (isOfAnotherTopic(message)) return;
      const read = samplesFromMessage(message, { now: clock.now() });
      if (!read.ok) throw new BulkheadError('no-sample', read.message);
      take(read.samples);
    },
    note() {
      const last = calculator.memory();
      return last === undefined ? undefined : noteOf(config, last);
    },
    stop() {
      clock.clearTimeout(closeTimer);
      clock.clearTimeout(currentTimer);
    },
  };
}
