import { messageFromBatch, messageFromSample, systemClock } from '@bulkhead/core';
import { createStatus, onClose, onDrain, onListen } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { connectionOf } from './connection-of.ts';
import { readUnsSubscribe } from './uns-subscribe/config.ts';
import { type SubscribeState, subscribeStatus } from './uns-subscribe/status.ts';
import { createSubscriber, type Emit, type SubscribeCounters } from './uns-subscribe/subscriber.ts';

interface SubscribeNode extends Node {
  metrics?(): SubscribeCounters;
}

export function register(RED: NodeAPI): void {
  function construct(this: SubscribeNode, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const node = this;
    const status = createStatus<SubscribeState>(node, (state) => subscribeStatus(state, RED._));
    const { config, problems } = readUnsSubscribe(definition);
    const connection = connectionOf(RED, definition);
    if (connection?.uns === undefined || problems.length > 0) {
      for (const problem of problems) node.error(problem);
      status.set({ kind: 'not-configured' });
      return;
    }

    const emit: Emit = {
      sample: (sample) => node.send({ ...messageFromSample(sample) }),
      batch: (samples) => node.send({ ...messageFromBatch(samples) }),
      relational: ({ topic, object }) => node.send([null, { topic, payload: object }]),
      rejected: ({ topic, text, reason }) =>
        node.send([null, null, { topic, payload: text, error: { code: 'uns-payload-rejected', message: reason } }]),
    };
    connection.unsUsers.add(node);
    const lease = connection.uns.subscriber(node.id);
    const { link } = lease;
    let shownProblem: unknown;
    const subscriber = createSubscriber({ ...config, link, emit, clock: systemClock, onChange: show });
    function show(): void {
      const problem = subscriber.problem();
      if (problem !== undefined && problem !== shownProblem) node.error(problem, {});
      shownProblem = problem;
      status.set({ kind: 'working', link: link.state(), counters: subscriber.counters(), problem });
    }
    node.metrics = () => subscriber.counters();
    show();

    onListen(RED, node, subscriber.listening);
    onDrain(RED, node, 'relay', (deadlineMs) => subscriber.drain(deadlineMs));
    onClose(node, async () => {
      subscriber.stop();
      await lease.release();
      await connection.unsUsers.remove(node);
    });
  }
  RED.nodes.registerType('uns-subscribe', construct);
}
