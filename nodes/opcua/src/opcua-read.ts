import { BulkheadError, messageFromBatch, messageFromSample, type Sample, systemClock } from '@bulkhead/core';
import { createStatus, createTraffic, onClose, onDrain, renderSource, type SourceView } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { OpcuaConnectionNode } from './opcua-connection.ts';
import { readOpcuaRead } from './opcua-read/config.ts';
import { createSubscriber } from './opcua-read/subscriber.ts';

/** The view has counts and ages that change without an event. */
const refreshMs = 2_000;

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
    const emit = (samples: Sample[]): void => {
      if (read.config.output === 'batch') this.send({ ...messageFromBatch(samples) });
      else for (const sample of samples) this.send({ ...messageFromSample(sample) });
    };
    const subscriber = createSubscriber({
      config: read.config,
      link,
      clock: systemClock,
      traffic: createTraffic(systemClock),
      emit,
      onChange: () => status.set(subscriber.view()),
      report: (problem) => this.error(new BulkheadError('subscription', problem, { retryable: true }), {}),
    });
    const refresh = setInterval(() => status.set(subscriber.view()), refreshMs);
    subscriber.start();
    users.add(this);
    onDrain(RED, this, 'source', (deadlineMs) => subscriber.drain(deadlineMs));
    onClose(this, async () => {
      clearInterval(refresh);
      await subscriber.stop();
      await users.remove(this);
    });
  }
  RED.nodes.registerType('opcua-read', construct);
}
