import { BulkheadError, messageFromBatch, messageFromSample, type Sample, systemClock } from '@bulkhead/core';
import { createStatus, createTraffic, onClose, onDrain, renderSource, type SourceView } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { ModbusConnectionNode } from './modbus-connection.ts';
import { readModbusRead } from './modbus-read/config.ts';
import { createPoller } from './modbus-read/poller.ts';

/** The view has counts and ages that change without an event. */
const refreshMs = 2_000;

export function register(RED: NodeAPI): void {
  function construct(this: Node, definition: NodeDef & { connection?: string }): void {
    RED.nodes.createNode(this, definition);
    const status = createStatus(this, (view: SourceView) =>
      renderSource('modbus-read', view, (key, values) => RED._(key, values ?? {})),
    );
    const read = readModbusRead(definition);
    if (!read.ok) {
      status.set({ kind: 'not-configured' });
      const message = RED._('modbus-read.error.config', { problem: read.problem });
      this.error(new BulkheadError('invalid-config', message), {});
      return;
    }
    const connection: ModbusConnectionNode | null = RED.nodes.getNode(definition.connection ?? '');
    if (!connection?.modbus) {
      status.set({ kind: 'not-connected' });
      return;
    }
    const { link, users, unitId } = connection.modbus;
    const emit = (samples: Sample[]): void => {
      if (read.config.output === 'batch') this.send({ ...messageFromBatch(samples) });
      else for (const sample of samples) this.send({ ...messageFromSample(sample) });
    };
    const poller = createPoller({
      config: read.config,
      unit: read.config.unitId ?? unitId,
      link,
      clock: systemClock,
      traffic: createTraffic(systemClock),
      emit,
      onChange: () => status.set(poller.view()),
      report: (problem) => this.error(new BulkheadError('read-failed', problem, { retryable: true }), {}),
    });
    const refresh = setInterval(() => status.set(poller.view()), refreshMs);
    poller.start();
    users.add(this);
    onDrain(RED, this, 'source', () => poller.drain());
    onClose(this, async () => {
      clearInterval(refresh);
      poller.stop();
      await users.remove(this);
    });
  }
  RED.nodes.registerType('modbus-read', construct);
}
