import { BulkheadError, systemClock } from '@bulkhead/core';
import { createStatus, createWriter, renderWriter, runWriteNode, type WriterView } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createServices } from './io/services.ts';
import type { OpcuaConnectionNode } from './opcua-connection.ts';
import { readOpcuaWrite } from './opcua-write/config.ts';
import { opcuaWritePort } from './opcua-write/port.ts';
import { wishesOf } from './opcua-write/wishes.ts';

export function register(RED: NodeAPI): void {
  function construct(this: Node, definition: NodeDef & { connection?: string }): void {
    RED.nodes.createNode(this, definition);
    const status = createStatus(this, (view: WriterView) =>
      renderWriter('opcua-write', view, (key, values) => RED._(key, values ?? {})),
    );
    const connection: OpcuaConnectionNode | null = RED.nodes.getNode(definition.connection ?? '');
    if (!connection?.opcua) {
      status.set({ kind: 'not-connected' });
      return;
    }
    const { link, users, allowWrites } = connection.opcua;
    const read = readOpcuaWrite(definition);
    if (!read.ok) {
      status.set({ kind: 'not-configured' });
      const message = RED._('opcua-write.error.config', { problem: read.problem });
      this.error(new BulkheadError('invalid-config', message), {});
      return;
    }
    const { config } = read;
    const port = opcuaWritePort({ ...config, link, services: createServices(link), now: systemClock.now });
    const writer = createWriter({ ...config, port });
    runWriteNode(RED, this, { wishesOf, status, users, link, allowWrites, writer, topics: [...config.tags.keys()] });
  }
  RED.nodes.registerType('opcua-write', construct);
}
