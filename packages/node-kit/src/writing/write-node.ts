import { BulkheadError, samplesFromMessage, type SampleValue, systemClock } from '@bulkhead/core';
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import type { ConnectionUsers } from '../connection-users.ts';
import { onDrain } from '../drain.ts';
import type { WatchedLink } from '../link-state.ts';
import { onClose, onInput } from '../listeners.ts';
import type { StatusWriter } from '../status.ts';
import { askedBy, logLine } from './log-line.ts';
import { isRetryable, type WriteResult, type WriteWish } from './write-result.ts';
import type { Writer } from './writer.ts';
import type { WriterView } from './writer-status.ts';

export type WishesResult<Value> =
  | { ok: true; wishes: ReadonlyArray<WriteWish & { value: Value | null }> }
  | { ok: false; code: string; message: string };

export interface WriteNodeOptions<Value> {
  status: StatusWriter<WriterView>;
  users: ConnectionUsers;
  link: WatchedLink;
  /** Of the connection: without it nothing is sent. */
  allowWrites: boolean;
  writer: Writer<Value>;
  topics: readonly string[];
  /** What a message asks for; of a topic of its own it may say nothing where the table has only one. */
  wishesOf(message: unknown, options: { now: number; defaultTopic?: string }): WishesResult<Value>;
}

/** The samples of a message, to be written. */
export function samplesAsWishes(
  message: unknown,
  options: { now: number; defaultTopic?: string },
): WishesResult<Exclude<SampleValue, null>> {
  const read = samplesFromMessage(message, options);
  return read.ok ? { ok: true, wishes: read.samples } : read;
}

/** Messages that may wait for those before them to be written. */
const mostWaiting = 500;
const refreshMs = 1_000;

/** Runs a node that writes: a sample or a batch at its input, one result per value at its output, and each write logged. */
export function runWriteNode<Value>(RED: NodeAPI, node: Node, options: WriteNodeOptions<Value>): void {
  const { status, users, link, allowWrites, writer, topics } = options;
  const [only] = topics.length === 1 ? topics : [];
  const text = (key: string, values?: Record<string, string | number>): string =>
    RED._(`${node.type}.${key}`, values ?? {});
  const waiting = new Set<Promise<unknown>>();
  const counts = { written: 0, failed: 0, isLastFailed: false };
  const show = (): void =>
    status.set(allowWrites ? { kind: 'link', state: link.state, ...counts } : { kind: 'writes-off' });

  const record = (message: NodeMessageInFlow, results: readonly WriteResult[]): void => {
    const who = askedBy(node, message);
    for (const result of results) {
      const line = text(result.ok ? 'log.written' : 'log.failed', logLine(result, who));
      if (result.ok) node.log(line);
      else node.warn(line);
    }
    const failed = results.filter(({ ok }) => !ok);
    counts.written += results.length - failed.length;
    counts.failed += failed.length;
    counts.isLastFailed = failed.length > 0;
    show();
    const [first] = failed;
    if (first === undefined) return;
    const values = { failed: failed.length, all: results.length, topic: first.topic, reason: first.reason ?? '' };
    throw new BulkheadError('write-failed', text('error.failed', values), { retryable: isRetryable(first.code) });
  };

  onInput(node, async (message, send) => {
    if (!allowWrites) throw new BulkheadError('writes-off', text('error.writesOff'));
    if (waiting.size >= mostWaiting)
      throw new BulkheadError('queue-full', text('error.queueFull', { most: mostWaiting }), { retryable: true });
    const arrivedAt = systemClock.now();
    const parsed = options.wishesOf(message, {
      now: arrivedAt,
      ...(only === undefined ? {} : { defaultTopic: only }),
    });
    if (!parsed.ok) throw new BulkheadError(parsed.code, text('error.noSample', { problem: parsed.message }));
    const writing = writer.write(parsed.wishes, arrivedAt);
    waiting.add(writing);
    const results = await writing.finally(() => waiting.delete(writing));
    send({ ...message, payload: results });
    record(message, results);
  });
  const unwatch = link.watch(show);
  const refresh = setInterval(show, refreshMs);
  users.add(node);
  onDrain(RED, node, 'sink', async () => void (await Promise.allSettled(waiting)));
  onClose(node, async () => {
    clearInterval(refresh);
    unwatch();
    await users.remove(node);
  });
}
