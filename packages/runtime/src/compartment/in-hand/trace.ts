/**
 * Keeps the message that was received last in a file, because a process that hangs, is killed or runs out of memory
 * cannot tell any more. The page cache outlives the process; nothing is flushed to disk for it.
 *
 * A write takes some 10 µs, of a large message more: writes draw on a budget of time. In ordinary flows every message is
 * written. In a flood some are, and between them the file says that it is out of date.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../../node-red/is-record.ts';
import { getHeapStatistics } from 'node:v8';
import { type Flag, headerBytes, type InHand, inHandFileName, staleFlag } from '../../protocol/in-hand.ts';
import { requestNumberOf } from '../../protocol/passport.ts';
import { followStages, realTimers, type StageTimers } from './stage.ts';
import { secretsPattern, toTagged } from './tagged.ts';

export interface InHandTrace {
  received(nodeId: string, msg: object): void;
  /** One came that there is no time to note. */
  missed(): void;
  /** The process is about to die of what this node does with this message. */
  died(nodeId: string, msg: object | undefined): void;
  /** Texts that must not be written: the credentials of the flows. */
  hide(secrets: readonly string[]): void;
  close(): void;
}

export interface InHandOptions {
  readonly directory: string;
  /** Write every message, whatever it costs. */
  readonly exact: boolean;
  /** Part of the time that writing may take. */
  readonly share?: number;
  readonly now?: () => number;
  readonly timers?: StageTimers;
}

const mostAlways = 8_192;
const mostExactly = 65_536;
const mostAtDeath = 262_144;
const burstMs = 20;

export function openInHandTrace(options: InHandOptions): InHandTrace {
  const { directory, exact, share = 0.004, now = () => performance.now(), timers = realTimers } = options;
  let file = openFile(directory);
  let secrets: RegExp | null = null;
  let fresh = false;
  let budgetMs = burstMs;
  let refilledAt = now();
  /** Weak, so that nothing is kept alive for it. */
  let written: WeakRef<object> | undefined;
  let whole = false;

  const write = (nodeId: string, msg: object, most: number, flag: Flag = 'F'): void => {
    if (file === null) return;
    const { req, res: _res, ...rest } = asRecord(msg);
    const tagged = toTagged(rest, most, secrets);
    const request = isRecord(req) ? requestNumberOf(req) : undefined;
    const record: InHand = {
      pid: process.pid,
      at: Date.now(),
      nodeId,
      exact,
      message: tagged.value,
      complete: tagged.complete,
      redacted: tagged.redacted,
      ...(request === undefined ? {} : { request, heapShare: heapShare() }),
    };
    const text = Buffer.from(JSON.stringify(record));
    const header = `${flag}${text.length.toString(16).padStart(8, '0')}\n`;
    writeSync(file, Buffer.concat([Buffer.from(header), text]), 0, headerBytes + text.length, 0);
    fresh = true;
    written = new WeakRef(msg);
    whole = tagged.complete;
    if (flag === 'F') staged(exact || request !== undefined);
  };
  const outdate = (): void => {
    if (!fresh || file === null) return;
    fresh = false;
    writeSync(file, staleFlag, 0);
  };
  /** No disk, or none with room: flows run on all the same. */
  const quietly = (work: () => void): void => {
    try {
      work();
    } catch {
      fresh = false;
    }
  };
  const mark = (flag: Flag): void => {
    if (!fresh) return;
    quietly(() => {
      if (file !== null) writeSync(file, flag, 0);
    });
  };
  const staged = followStages(mark, timers);

  return {
    received(nodeId, msg) {
      if (file === null) return;
      if (exact) return quietly(() => write(nodeId, msg, mostExactly));
      const from = now();
      budgetMs = Math.min(burstMs, budgetMs + (from - refilledAt) * share);
      refilledAt = from;
      if (budgetMs <= 0 && !fresh) return;
      quietly(() => (budgetMs > 0 ? write(nodeId, msg, mostAlways) : outdate()));
      budgetMs -= now() - from;
    },
    missed() {
      if (fresh) quietly(outdate);
    },
    died(nodeId, msg) {
      // What was written when it came is what it was before the node changed it.
      if (fresh && whole && msg !== undefined && written?.deref() === msg) return mark('X');
      quietly(() => (msg === undefined ? outdate() : write(nodeId, msg, mostAtDeath, 'X')));
    },
    hide(texts) {
      secrets = secretsPattern(texts);
    },
    close() {
      if (file !== null) closeSync(file);
      // Its number may be another file's next.
      file = null;
    },
  };
}

function openFile(directory: string): number | null {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const file = openSync(path.join(directory, inHandFileName), 'w', 0o600);
    ftruncateSync(file, 0);
    return file;
  } catch (error) {
    console.error(`messages in hand are not kept: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

function heapShare(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used / limit;
}

const asRecord = (msg: object): Record<string, unknown> => (isRecord(msg) ? msg : {});
