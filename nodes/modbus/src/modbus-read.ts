import { BulkheadError } from '@bulkhead/core';
import { createStatus, renderSource, runReadNode, type SourceView } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { ModbusConnectionNode } from './modbus-connection.ts';
import { readModbusRead, readTags } from './modbus-read/config.ts';
import { createTagReader } from './modbus-read/tag-reader.ts';

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
    const { config } = read;
    const unit = config.unitId ?? unitId;
    runReadNode(RED, this, {
      ...config,
      status,
      users,
      link,
      readerOf: (tags, hooks) => createTagReader({ tags, unit, limits: config.limits, link, hooks }),
      readTags: (reader, rows) => readTags(reader, rows, config.notation),
      ownDiagnostics: () => ({ queued: link.queued }),
    });
  }
  RED.nodes.registerType('modbus-read', construct);
}
