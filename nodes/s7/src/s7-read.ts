import { BulkheadError } from '@bulkhead/core';
import { createStatus, renderSource, runReadNode, type SourceView } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { S7ConnectionNode } from './s7-connection.ts';
import { readS7Read, readTagTable } from './s7-read/config.ts';
import { createTagReader } from './s7-read/tag-reader.ts';

export function register(RED: NodeAPI): void {
  function construct(this: Node, definition: NodeDef & { connection?: string }): void {
    RED.nodes.createNode(this, definition);
    const status = createStatus(this, (view: SourceView) =>
      renderSource('s7-read', view, (key, values) => RED._(key, values ?? {})),
    );
    const connection: S7ConnectionNode | null = RED.nodes.getNode(definition.connection ?? '');
    const read = readS7Read(definition, connection?.s7?.symbols ?? new Map());
    if (!connection?.s7) {
      status.set({ kind: 'not-connected' });
      return;
    }
    if (!read.ok) {
      status.set({ kind: 'not-configured' });
      const message = RED._('s7-read.error.config', { problem: read.problem });
      this.error(new BulkheadError('invalid-config', message), {});
      return;
    }
    const { link, users, symbols } = connection.s7;
    const { config } = read;
    const { templates, maxGap } = config;
    runReadNode(RED, this, {
      ...config,
      status,
      users,
      link,
      readerOf: (tags, hooks) => createTagReader({ tags, maxGap, link, hooks }),
      readTags: (reader, rows) => readTagTable(reader, rows, { symbols, templates }),
      // Bytes of a message that the PLC agreed to.
      ownDiagnostics: () => ({ pduBytes: link.state.kind === 'connected' ? link.state.agreement.pduBytes : 0 }),
    });
  }
  RED.nodes.registerType('s7-read', construct);
}
