import { BulkheadError, samplesFromMessage, systemClock } from '@bulkhead/core';
import { createStatus, onClose, onDrain, onInput } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import type { S7ConnectionNode } from './s7-connection.ts';
import { readS7Write } from './s7-write/config.ts';
import { askedBy, logLine } from './s7-write/log-line.ts';
import { renderWriter, type WriterView } from './s7-write/status.ts';
import type { WriteResult } from './s7-write/write-result.ts';
import { createWriter } from './s7-write/writer.ts';

/** Messages that may wait for those before them to be written. */
const mostWaiting = 500;
const refreshMs = 1_000;

export function register(RED: NodeAPI): void {
  function construct(this: Node, definition: NodeDef & { connection?: string }): void {
    RED.nodes.createNode(this, definition);
    const status = createStatus(this, (view: WriterView) =>
      renderWriter(view, (key, values) => RED._(key, values ?? {})),
    );
    const connection: S7ConnectionNode | null = RED.nodes.getNode(definition.connection ?? '');
    if (!connection?.s7) {
      status.set({ kind: 'not-connected' });
      return;
    }
    const { link, users, symbols, allowWrites } = connection.s7;
    const read = readS7Write(definition, symbols);
    if (!read.ok) {
      status.set({ kind: 'not-configured' });
      const message = RED._('s7-write.error.config', { problem: read.problem });
      this.error(new BulkheadError('invalid-config', message), {});
      return;
    }
    const [only] = read.config.tags.size === 1 ? read.config.tags.keys() : [];
    const writer = createWriter({ config: read.config, link, now: systemClock.now });
    const waiting = new Set<Promise<unknown>>();
    const counts = { written: 0, failed: 0, isLastFailed: false };
    const show = (): void =>
      status.set(allowWrites ? { kind: 'link', state: link.state, ...counts } : { kind: 'writes-off' });

    const record = (message: NodeMessageInFlow, results: readonly WriteResult[]): void => {
      const who = askedBy(this, message);
      for (const result of results) {
        const line = RED._(result.ok ? 's7-write.log.written' : 's7-write.log.failed', logLine(result, who));
        if (result.ok) this.log(line);
        else this.warn(line);
      }
      const failed = results.filter(({ ok }) => !ok);
      counts.written += results.length - failed.length;
      counts.failed += failed.length;
      counts.isLastFailed = failed.length > 0;
      show();
      const [first] = failed;
      if (first === undefined) return;
      const values = { failed: failed.length, all: results.length, topic: first.topic, reason: first.reason ?? '' };
      const retryable = first.code === 'disconnected' || first.code === 'queue-full' || first.code === 'expired';
      throw new BulkheadError('write-failed', RED._('s7-write.error.failed', values), { retryable });
    };

    onInput(this, async (message, send) => {
      if (!allowWrites) throw new BulkheadError('writes-off', RED._('s7-write.error.writesOff'));
      if (waiting.size >= mostWaiting) {
        throw new BulkheadError('queue-full', RED._('s7-write.error.queueFull', { most: mostWaiting }), {
          retryable: true,
        });
      }
      const arrivedAt = systemClock.now();
      const parsed = samplesFromMessage(message, {
        now: arrivedAt,
        ...(only === undefined ? {} : { defaultTopic: only }),
      });
      if (!parsed.ok)
        throw new BulkheadError(parsed.code, RED._('s7-write.error.noSample', { problem: parsed.message }));
      const writing = writer.write(parsed.samples, arrivedAt);
      waiting.add(writing);
      const results = await writing.finally(() => waiting.delete(writing));
      send({ ...message, payload: results });
      record(message, results);
    });
    const unwatch = link.watch(show);
    const refresh = setInterval(show, refreshMs);
    users.add(this);
    onDrain(RED, this, 'sink', async () => void (await Promise.allSettled(waiting)));
    onClose(this, async () => {
      clearInterval(refresh);
      unwatch();
      await users.remove(this);
    });
  }
  RED.nodes.registerType('s7-write', construct);
}
