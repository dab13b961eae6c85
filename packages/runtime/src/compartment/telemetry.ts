import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FromCompartment, LinkCounts } from '../protocol/messages.ts';

export interface Counters {
  /** Messages received by nodes since the start. */
  readonly messagesReceived: number;
  /** Debug messages not shown since the start. */
  readonly debugDropped: number;
  /** Lines not printed since the start. */
  readonly logDropped: number;
  readonly links: LinkCounts;
}

/** Reports the health of the process once a second; the p99 is that of the second that is over. Returns a stopper. */
export function startTelemetry(
  counters: () => Counters,
  send: (message: FromCompartment) => void,
  contained: boolean,
): () => void {
  // The histogram measures its own timer: with 10 ms of resolution an idle loop reads as 10 ms.
  const resolution = 10;
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const own = sampleOfItself();
  const timer = setInterval(() => {
    const p99Ms = delay.count === 0 ? 0 : Math.max(0, delay.percentile(99) / 1e6 - resolution);
    delay.reset();
    send({
      type: 'telemetry',
      eventLoopP99Ms: Math.round(p99Ms * 10) / 10,
      heapUsedBytes: process.memoryUsage().heapUsed,
      ...counters(),
      ...(contained ? { process: own() } : {}),
    });
  }, 1000);
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}

/** What `supervisor/process-sampler.ts` finds out about a process that it can see. */
function sampleOfItself(): () => { readonly rssBytes: number; readonly cpuPercent: number } {
  let cpu = process.cpuUsage();
  let at = performance.now();
  return () => {
    const used = process.cpuUsage(cpu);
    const now = performance.now();
    const cpuPercent = (used.user + used.system) / 10 / (now - at);
    cpu = process.cpuUsage();
    at = now;
    return { rssBytes: process.memoryUsage.rss(), cpuPercent: Math.round(cpuPercent * 10) / 10 };
  };
}
