import { BulkheadError, messageFromBatch, messageFromSample, samplesFromMessage, systemClock } from '@bulkhead/core';
import { createStatus, onClose, onInput } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { listenerAt } from './io/open-listener.ts';
import { readModbusServer } from './modbus-server/config.ts';
import { createDevice } from './modbus-server/device.ts';
import { createServer, type ServerState } from './modbus-server/server.ts';
import { renderServer, type ServerView } from './modbus-server/status.ts';

const refreshMs = 1_000;
const backOff = { firstMs: 1_000, factor: 2, maxMs: 30_000, jitter: 0.3 };

export function register(RED: NodeAPI): void {
  function construct(this: Node, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const status = createStatus(this, (view: ServerView) =>
      renderServer(view, (key, values) => RED._(key, values ?? {})),
    );
    const read = readModbusServer(definition);
    if (!read.ok) {
      status.set({ kind: 'not-configured' });
      const message = RED._('modbus-server.error.config', { problem: read.problem });
      this.error(new BulkheadError('invalid-config', message), {});
      return;
    }
    const { config } = read;
    const { place } = config;
    const where = place.kind === 'tcp' ? `${place.host}:${place.port}` : place.line.path;
    const [only] = config.tags.length === 1 ? config.tags : [];
    const device = createDevice({
      config,
      now: systemClock.now,
      onWrite: (samples, client) => {
        if (config.output === 'batch') this.send({ ...messageFromBatch(samples), client });
        else for (const sample of samples) this.send({ ...messageFromSample(sample), client });
      },
    });
    const show = (): void => {
      const { state, clients } = server;
      const { requests } = device;
      status.set({ kind: 'server', state, where, clients, requests, now: systemClock.now() });
    };
    let isReported = false;
    const onState = (state: ServerState): void => {
      show();
      if (state.kind === 'listening') isReported = false;
      if (state.kind !== 'waiting' || isReported) return;
      isReported = true;
      const message = RED._('modbus-server.error.listen', { where, reason: state.reason.message });
      this.error(new BulkheadError('cannot-listen', message, { retryable: true, cause: state.reason }), {});
    };
    const server = createServer({
      listen: listenerAt(place),
      clock: systemClock,
      random: Math.random,
      backOff,
      onRequest: device.request,
      onState,
    });
    onInput(this, (message) => {
      const parsed = samplesFromMessage(message, {
        now: systemClock.now(),
        ...(only === undefined ? {} : { defaultTopic: only.topic }),
      });
      const problems = parsed.ok ? device.take(parsed.samples) : [parsed.message];
      if (problems.length === 0) return;
      throw new BulkheadError('invalid-value', RED._('modbus-server.error.value', { problem: problems.join('; ') }));
    });
    const refresh = setInterval(show, refreshMs);
    server.start();
    onClose(this, async () => {
      clearInterval(refresh);
      await server.stop();
    });
  }
  RED.nodes.registerType('modbus-server', construct);
}
