import { BulkheadError, systemClock } from '@bulkhead/core';
import {
  createStatus,
  createWriter,
  renderWriter,
  runWriteNode,
  samplesAsWishes,
  type WriterView,
} from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { ModbusConnectionNode } from './modbus-connection.ts';
import { readModbusWrite } from './modbus-write/config.ts';
import { modbusWritePort } from './modbus-write/write-port.ts';

export function register(RED: NodeAPI): void {
  function construct(this: Node, definition: NodeDef & { connection?: string }): void {
    RED.nodes.createNode(this, definition);
    const status = createStatus(this, (view: WriterView) =>
      renderWriter('modbus-write', view, (key, values) => RED._(key, values ?? {})),
    );
    const read = readModbusWrite(definition);
    if (!read.ok) {
      status.set({ kind: 'not-configured' });
      const message = RED._('modbus-write.error.config', { problem: read.problem });
      this.error(new BulkheadError('invalid-config', message), {});
      return;
    }
    const connection: ModbusConnectionNode | null = RED.nodes.getNode(definition.connection ?? '');
    if (!connection?.modbus) {
      status.set({ kind: 'not-connected' });
      return;
    }
    const { link, users, unitId, allowWrites } = connection.modbus;
    const { config } = read;
    const port = modbusWritePort({ link, config, unit: config.unitId ?? unitId, now: systemClock.now });
    const writer = createWriter({ ...config, readBack: config.readBack !== 'off', port });
    runWriteNode(RED, this, {
      wishesOf: samplesAsWishes,
      status,
      users,
      link,
      allowWrites,
      writer,
      topics: [...config.tags.keys()],
    });
  }
  RED.nodes.registerType('modbus-write', construct);
}
