import { BulkheadError, messageFromBatch, messageFromSample, type Sample, systemClock } from '@bulkhead/core';
import {
  createStatus,
  createTraffic,
  onClose,
  onDrain,
  onInput,
  renderSource,
  type SourceView,
} from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { S7ConnectionNode } from './s7-connection.ts';
import { readS7Read } from './s7-read/config.ts';
import { control } from './s7-read/control.ts';
import { diagnose } from './s7-read/diagnostics.ts';
import { createReader } from './s7-read/reader.ts';

/** The view has counts and ages that change without an event. */
const refreshMs = 1_000;

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
    const emit = (samples: Sample[]): void => {
      if (config.output === 'batch') this.send([{ ...messageFromBatch(samples) }, null]);
      else for (const sample of samples) this.send([{ ...messageFromSample(sample) }, null]);
    };
    const traffic = createTraffic(systemClock);
    const reader = createReader({
      config,
      link,
      clock: systemClock,
      traffic,
      emit,
      onChange: () => status.set(reader.view()),
      report: (problem) => this.error(new BulkheadError('read-failed', problem, { retryable: true }), {}),
    });
    const refresh = setInterval(() => status.set(reader.view()), refreshMs);
    const diagnostics =
      config.diagnosticsMs > 0
        ? setInterval(() => this.send([null, { payload: diagnose(reader, link, traffic) }]), config.diagnosticsMs)
        : undefined;
    onInput(this, async (message) => {
      const problem = await control(reader, message, { symbols, templates: config.templates });
      if (problem !== undefined)
        throw new BulkheadError('invalid-command', RED._('s7-read.error.command', { problem }));
    });
    reader.start();
    users.add(this);
    onDrain(RED, this, 'source', () => reader.drain());
    onClose(this, async () => {
      clearInterval(refresh);
      clearInterval(diagnostics);
      reader.stop();
      await users.remove(this);
    });
  }
  RED.nodes.registerType('s7-read', construct);
}
