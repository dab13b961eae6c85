/**
 * Everything that the process prints, in plain lines and bounded: a flow that logs in a loop must fill neither the
 * keeper's memory nor a disk, and must not drown what other compartments say.
 */
import type { LogMessage, NodeRedSettings } from './internals.ts';
import { isRecord } from './is-record.ts';
import { isCallback } from './is-callback.ts';
import { createPerSecondLimit, type PerSecondLimit } from './per-second-limit.ts';

type Write = typeof process.stdout.write;

/**
 * Bounds both streams together to `linesPerSecond`; afterwards a line says how many were dropped. `clean` takes out of a
 * text what nobody may read.
 */
export function boundOutput(linesPerSecond: number, clean: (text: string) => string = (text) => text): PerSecondLimit {
  const limit = createPerSecondLimit(linesPerSecond);
  const real = process.stdout.write.bind(process.stdout);
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    const bounded: Write = (chunk: unknown, encodingOrDone?: unknown, done?: unknown): boolean => {
      const text = typeof chunk === 'string' ? chunk : chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : '';
      const lines = Math.max(1, text.split('\n').length - 1);
      let wanted = true;
      for (let line = 0; line < lines; line += 1) wanted = limit.take(Date.now()) && wanted;
      const callback = typeof encodingOrDone === 'function' ? encodingOrDone : done;
      const finished = (): void => {
        if (isCallback(callback)) callback();
      };
      if (wanted) return write(clean(text), finished);
      process.nextTick(finished);
      return true;
    };
    stream.write = bounded;
  }
  setInterval(() => {
    const dropped = limit.takeDropped(Date.now());
    if (dropped > 0) real(`[warn] ${dropped} log lines dropped: more than ${limit.limit} a second\n`);
  }, 1000).unref();
  return limit;
}

/** The `logging` setting of Node-RED: one handler that prints what `wanted` lets through. */
export function nodeRedLogging(wanted: (message: LogMessage) => boolean): NodeRedSettings {
  return {
    bulkhead: {
      level: 'info',
      metrics: false,
      audit: false,
      handler: () => (message: LogMessage) => {
        if (wanted(message)) process.stdout.write(`${formatLogMessage(message)}\n`);
      },
    },
  };
}

const levels: Readonly<Record<number, string>> = { 10: 'fatal', 20: 'error', 30: 'warn', 40: 'info', 50: 'debug' };

export function formatLogMessage(message: LogMessage): string {
  const level = levels[message.level] ?? 'trace';
  const source = message.type === undefined ? '' : `[${message.type}:${message.name || message.id}] `;
  return `[${level}] ${source}${textOf(message.msg)}`.replaceAll(/\n+$/g, '');
}

function textOf(value: unknown): string {
  if (isRecord(value) && typeof value['message'] === 'string' && !(value instanceof Error)) return value['message'];
  try {
    return String(value);
  } catch {
    return 'a value that cannot be printed';
  }
}
