import { BulkheadError, systemClock } from '@bulkhead/core';
import {
  control,
  createStatus,
  createTraffic,
  onClose,
  onDrain,
  onInput,
  renderSource,
  type SourceView,
} from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createServices } from './io/services.ts';
import type { OpcuaConnectionNode } from './opcua-connection.ts';
import { readOpcuaRead, readTags } from './opcua-read/config.ts';
import { diagnose } from './opcua-read/diagnostics.ts';
import { messagesOf } from './opcua-read/messages.ts';
import { createPoller } from './opcua-read/poller.ts';
import { createSubscriber } from './opcua-read/subscriber.ts';

/** The view has counts and ages that change without an event. */
const refreshMs = 1_000;

export function register(RED: NodeAPI): void {
  function construct(this: Node, definition: NodeDef & { connection?: string }): void {
    RED.nodes.createNode(this, definition);
    const status = createStatus(this, (view: SourceView) =>
      renderSource('opcua-read', view, (key, values) => RED._(key, values ?? {})),
    );
    const read = readOpcuaRead(definition);
    if (!read.ok) {
      status.set({ kind: 'not-configured' });
      const message = RED._('opcua-read.error.config', { problem: read.problem });
      this.error(new BulkheadError('invalid-config', message), {});
      return;
    }
    const connection: OpcuaConnectionNode | null = RED.nodes.getNode(definition.connection ?? '');
    if (!connection?.opcua) {
      status.set({ kind: 'not-connected' });
      return;
    }
    const { link, users } = connection.opcua;
    const { config } = read;
    const traffic = createTraffic(systemClock);
    const poller =
      config.mode === 'poll'
        ? createPoller({ link, readItems: createServices(link).readItems, clock: systemClock, traffic })
        : undefined;
    const subscriber = createSubscriber({
      config: poller === undefined ? config : { ...config, publishingMs: config.pollMs },
      link: poller ?? link,
      clock: systemClock,
      traffic,
      emit: (readings) => {
        for (const message of messagesOf(readings, config.output)) this.send([{ ...message }, null]);
      },
      onChange: () => show(),
      report: (problem) => this.error(new BulkheadError('subscription', problem, { retryable: true }), {}),
    });
    const show = (): void => {
      const view = subscriber.view();
      const where = connection.opcua?.where();
      status.set(view.kind === 'receiving' && where !== undefined ? { ...view, where } : view);
    };
    let connected = 0;
    const unwatch = link.watch(({ kind }) => {
      if (kind === 'connected') connected += 1;
    });
    const tell = (): void => {
      const about = { subscriber, state: link.state, reconnects: Math.max(0, connected - 1), traffic };
      this.send([null, { payload: diagnose({ ...about, ...(poller === undefined ? {} : { times: poller.times }) }) }]);
    };
    const refresh = setInterval(show, refreshMs);
    const diagnostics = config.diagnosticsMs > 0 ? setInterval(tell, config.diagnosticsMs) : undefined;
    onInput(this, async (message) => {
      const problem = await control(subscriber, message, readTags);
      if (problem !== undefined)
        throw new BulkheadError('invalid-command', RED._('opcua-read.error.command', { problem }));
    });
    subscriber.start();
    users.add(this);
    onDrain(RED, this, 'source', (deadlineMs) => subscriber.drain(deadlineMs));
    onClose(this, async () => {
      clearInterval(refresh);
      clearInterval(diagnostics);
      unwatch();
      await subscriber.stop();
      await users.remove(this);
    });
  }
  RED.nodes.registerType('opcua-read', construct);
}
