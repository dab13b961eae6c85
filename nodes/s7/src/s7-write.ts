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
import type { S7ConnectionNode } from './s7-connection.ts';
import { readS7Write } from './s7-write/config.ts';
import { s7WritePort } from './s7-write/write-port.ts';

export function register(RED: NodeAPI): void {
  function construct(this: Node, definition: NodeDef & { connection?: string }): void {
    RED.nodes.createNode(this, definition);
    const status = createStatus(this, (view: WriterView) =>
      renderWriter('s7-write', view, (key, values) => RED._(key, values ?? {})),
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
    const { config } = read;
    const port = s7WritePort({ link, now: systemClock.now, deadlineMs: config.deadlineMs });
    const writer = createWriter({ ...config, port });
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
  RED.nodes.registerType('s7-write', construct);
}
