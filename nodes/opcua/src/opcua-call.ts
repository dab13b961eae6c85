import { BulkheadError } from '@bulkhead/core';
import { askedBy, createStatus, onClose, onInput, renderWriter, type WriterView } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createServices } from './io/services.ts';
import type { OpcuaConnectionNode } from './opcua-connection.ts';
import { createCaller } from './opcua-call/caller.ts';
import { readOpcuaCall } from './opcua-call/config.ts';
import { callLine } from './opcua-call/log-line.ts';

const refreshMs = 1_000;
/** Calls that may wait for their answers. */
const mostWaiting = 100;

export function register(RED: NodeAPI): void {
  function construct(this: Node, definition: NodeDef & { connection?: string }): void {
    RED.nodes.createNode(this, definition);
    const text = (key: string, values: Record<string, string | number> = {}): string =>
      RED._(`opcua-call.${key}`, values);
    const status = createStatus(this, (view: WriterView) =>
      renderWriter('opcua-call', view, (key, values) => RED._(key, values ?? {})),
    );
    const connection: OpcuaConnectionNode | null = RED.nodes.getNode(definition.connection ?? '');
    if (!connection?.opcua) {
      status.set({ kind: 'not-connected' });
      return;
    }
    const read = readOpcuaCall(definition);
    if (!read.ok) {
      status.set({ kind: 'not-configured' });
      this.error(new BulkheadError('invalid-config', text('error.config', { problem: read.problem })), {});
      return;
    }
    const { link, users, allowWrites } = connection.opcua;
    const call = createCaller({ ...read.config, services: createServices(link) });
    const counts = { written: 0, failed: 0, isLastFailed: false };
    let waiting = 0;
    const show = (): void =>
      status.set(allowWrites ? { kind: 'link', state: link.state, ...counts } : { kind: 'writes-off' });

    onInput(this, async (message, send) => {
      if (!allowWrites) throw new BulkheadError('writes-off', text('error.writesOff'));
      if (waiting >= mostWaiting)
        throw new BulkheadError('queue-full', text('error.queueFull', { most: mostWaiting }), { retryable: true });
      waiting += 1;
      const result = await call(message.payload).finally(() => {
        waiting -= 1;
      });
      counts.written += result.ok ? 1 : 0;
      counts.failed += result.ok ? 0 : 1;
      counts.isLastFailed = !result.ok;
      const line = callLine({ ref: read.config.ref, result, given: message.payload, who: askedBy(this, message) });
      if (result.ok) this.log(text('log.called', line));
      else this.warn(text('log.failed', line));
      const { outputs, ...told } = result;
      send({ ...message, payload: outputs, call: told });
      show();
      if (!result.ok) {
        const retryable = result.code === 'disconnected';
        throw new BulkheadError('call-failed', text('error.failed', { reason: result.reason ?? '' }), { retryable });
      }
    });
    const unwatch = link.watch(show);
    const refresh = setInterval(show, refreshMs);
    users.add(this);
    onClose(this, async () => {
      clearInterval(refresh);
      unwatch();
      await users.remove(this);
    });
  }
  RED.nodes.registerType('opcua-call', construct);
}
