import { BulkheadError, createMemoryOutbox, samplesFromMessage, systemClock } from '@bulkhead/core';
import { createStatus, onClose, onDrain, onInput } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { connectionOf } from './connection-of.ts';
import { readHistorianWrite } from './historian-write/config.ts';
import { type WriteState, writeStatus } from './historian-write/status.ts';
import { createWriter, type WriteCounters, type WriteEntry } from './historian-write/writer.ts';

interface WriteNode extends Node {
  metrics?(): WriteCounters;
}

/** What a redeploy may wait for the database to commit what is queued. */
const closeDrainMs = 3_000;

export function register(RED: NodeAPI): void {
  function construct(this: WriteNode, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const node = this;
    const status = createStatus<WriteState>(node, (state) => writeStatus(state, RED._));
    const { config, problems } = readHistorianWrite(definition);
    const connection = connectionOf(RED, definition);
    if (connection === undefined || problems.length > 0) {
      for (const problem of problems) node.error(problem);
      status.set({ kind: 'not-configured' });
      onInput(node, () => {
        throw new BulkheadError('historian-not-configured', RED._('historian-write.error.not-configured'));
      });
      return;
    }

    const { database } = connection;
    let lastProblem: BulkheadError | undefined;
    const writer = createWriter({
      database,
      outbox: createMemoryOutbox<WriteEntry>(config.queue),
      batch: config.batch,
      clock: systemClock,
      onChange: show,
      onConflict: (conflicts, topic) => node.warn(RED._('historian-write.log.conflict', { conflicts, topic })),
    });
    function show(): void {
      status.set({ kind: 'working', database: database.state(), counters: writer.counters(), lastProblem });
    }
    node.metrics = () => writer.counters();
    connection.users.add(node);
    show();

    onInput(node, async (message) => {
      const read = samplesFromMessage(message, {
        now: Date.now(),
        ...(config.topic === '' ? {} : { defaultTopic: config.topic }),
      });
      try {
        if (!read.ok) throw new BulkheadError('historian-no-sample', read.message);
        await writer.submit(read.samples);
        lastProblem = undefined;
      } catch (error) {
        if (error instanceof BulkheadError) lastProblem = error;
        throw error;
      } finally {
        show();
      }
    });
    onDrain(RED, node, 'sink', (deadlineMs) => writer.drain(deadlineMs));
    onClose(node, async () => {
      if (database.state().kind === 'connected') await writer.drain(closeDrainMs);
      const lost = writer.stop();
      if (lost > 0) node.warn(RED._('historian-write.log.lost-at-stop', { lost }));
      await connection.users.remove(node);
    });
  }
  RED.nodes.registerType('historian-write', construct);
}
