import { BulkheadError, createMemoryOutbox, samplesFromMessage, systemClock } from '@bulkhead/core';
import { createStatus, onClose, onDrain, onInput } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { connectionOf } from './connection-of.ts';
import { readUnsPublish } from './uns-publish/config.ts';
import { createPublisher, type OutboxEntry, type PublishCounters } from './uns-publish/publisher.ts';
import { type PublishState, publishStatus } from './uns-publish/status.ts';

interface PublishNode extends Node {
  metrics?(): PublishCounters;
}

/** What a redeploy may wait for the broker to acknowledge what is queued. */
const closeDrainMs = 3_000;

export function register(RED: NodeAPI): void {
  function construct(this: PublishNode, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const status = createStatus<PublishState>(this, (state) => publishStatus(state, RED._));
    const { config, problems } = readUnsPublish(definition);
    const connection = connectionOf(RED, definition);
    if (connection?.uns === undefined || problems.length > 0) {
      for (const problem of problems) this.error(problem);
      status.set({ kind: 'not-configured' });
      onInput(this, () => {
        throw new BulkheadError('uns-not-configured', RED._('uns-publish.error.not-configured'));
      });
      return;
    }

    const lease = connection.uns.publisher();
    const { link } = lease;
    connection.unsUsers.add(this);
    let lastProblem: BulkheadError | undefined;
    const publisher = createPublisher({
      ...config,
      link,
      outbox: createMemoryOutbox<OutboxEntry>(config.queue),
      clock: systemClock,
      onChange: show,
    });
    const node = this;
    function show(): void {
      status.set({ kind: 'working', link: link.state(), counters: publisher.counters(), lastProblem });
    }
    node.metrics = () => publisher.counters();
    show();

    onInput(node, async (message) => {
      const read = samplesFromMessage(message, {
        now: Date.now(),
        ...(config.topic === '' ? {} : { defaultTopic: config.topic }),
      });
      try {
        if (!read.ok) throw new BulkheadError('uns-no-sample', read.message);
        await publisher.submit(read.samples);
        lastProblem = undefined;
      } catch (error) {
        if (error instanceof BulkheadError) lastProblem = error;
        throw error;
      } finally {
        show();
      }
    });
    onDrain(RED, node, 'relay', (deadlineMs) => publisher.drain(deadlineMs));
    onClose(node, async () => {
      if (link.state().kind === 'connected') await publisher.drain(closeDrainMs);
      const lost = publisher.stop();
      if (lost > 0) node.warn(RED._('uns-publish.log.lost-at-stop', { lost }));
      await lease.release();
      await connection.unsUsers.remove(node);
    });
  }
  RED.nodes.registerType('uns-publish', construct);
}
