import { BulkheadError, systemClock } from '@bulkhead/core';
import { createStatus, onClose, onInput, renderWriter, type WriterView } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createServices } from './io/services.ts';
import type { OpcuaConnectionNode } from './opcua-connection.ts';
import { readOpcuaHistory } from './opcua-history/config.ts';
import { createOutageWatch } from './opcua-history/outage-watch.ts';
import { readAll } from './opcua-history/read-all.ts';
import { requestOf } from './opcua-history/request.ts';
import { messagesOf } from './opcua-read/messages.ts';

const refreshMs = 1_000;

export function register(RED: NodeAPI): void {
  function construct(this: Node, definition: NodeDef & { connection?: string }): void {
    RED.nodes.createNode(this, definition);
    const text = (key: string, values: Record<string, string | number> = {}): string =>
      RED._(`opcua-history.${key}`, values);
    const status = createStatus(this, (view: WriterView) =>
      renderWriter('opcua-history', view, (key, values) => RED._(key, values ?? {})),
    );
    const connection: OpcuaConnectionNode | null = RED.nodes.getNode(definition.connection ?? '');
    if (!connection?.opcua) {
      status.set({ kind: 'not-connected' });
      return;
    }
    const read = readOpcuaHistory(definition);
    if (!read.ok) {
      status.set({ kind: 'not-configured' });
      this.error(new BulkheadError('invalid-config', text('error.config', { problem: read.problem })), {});
      return;
    }
    const { link, users } = connection.opcua;
    const { config } = read;
    const services = createServices(link);
    const outages = createOutageWatch(link, systemClock.now);
    const counts = { written: 0, failed: 0, isLastFailed: false };
    const show = (): void => status.set({ kind: 'link', state: link.state, ...counts });
    let last: Promise<unknown> = Promise.resolve();

    onInput(this, async (message, send) => {
      const asked = requestOf(message.payload, config, { now: systemClock.now(), outage: outages.last() });
      if (!asked.ok) throw new BulkheadError('invalid-request', text('error.request', { problem: asked.problem }));
      const { request } = asked;
      // One after the other: a server keeps few places for pages.
      const mine = last
        .catch(() => undefined)
        .then(() =>
          readAll(request, {
            services,
            mostValues: config.mostValues,
            now: systemClock.now,
            async emit(readings) {
              for (const each of messagesOf(readings, 'batch')) send([{ ...each }, null]);
              counts.written += readings.length;
              show();
              // Others have their turn between two pages.
              await new Promise<void>((resolve) => setImmediate(resolve));
            },
          }),
        );
      last = mine;
      try {
        const tags = await mine;
        const { from, to } = request.details;
        send([null, { ...message, payload: { from, to, tags } }]);
        const failed = tags.filter(({ reason }) => reason !== undefined);
        counts.isLastFailed = failed.length > 0;
        counts.failed += failed.length;
        const [first] = failed;
        if (first !== undefined) {
          const values = { failed: failed.length, all: tags.length, topic: first.topic, reason: first.reason ?? '' };
          throw new BulkheadError('history-failed', text('error.failed', values), { retryable: true });
        }
      } finally {
        show();
      }
    });
    const unwatch = link.watch(show);
    const refresh = setInterval(show, refreshMs);
    users.add(this);
    onClose(this, async () => {
      clearInterval(refresh);
      unwatch();
      outages.stop();
      await users.remove(this);
    });
  }
  RED.nodes.registerType('opcua-history', construct);
}
