import { BulkheadError, errorMessage, systemClock } from '@bulkhead/core';
import {
  askedBy,
  createStatus,
  createTraffic,
  onClose,
  onDrain,
  onInput,
  renderSource,
  type SourceView,
} from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { createServices } from './io/services.ts';
import type { OpcuaConnectionNode } from './opcua-connection.ts';
import { readCommand } from './opcua-events/command.ts';
import { readOpcuaEvents } from './opcua-events/config.ts';
import { createWatcher } from './opcua-events/watcher.ts';

const refreshMs = 1_000;

export function register(RED: NodeAPI): void {
  function construct(this: Node, definition: NodeDef & { connection?: string }): void {
    RED.nodes.createNode(this, definition);
    const text = (key: string, values: Record<string, string | number> = {}): string =>
      RED._(`opcua-events.${key}`, values);
    const status = createStatus(this, (view: SourceView) =>
      renderSource('opcua-events', view, (key, values) => RED._(key, values ?? {})),
    );
    const read = readOpcuaEvents(definition);
    if (!read.ok) {
      status.set({ kind: 'not-configured' });
      this.error(new BulkheadError('invalid-config', text('error.config', { problem: read.problem })), {});
      return;
    }
    const connection: OpcuaConnectionNode | null = RED.nodes.getNode(definition.connection ?? '');
    if (!connection?.opcua) {
      status.set({ kind: 'not-connected' });
      return;
    }
    const { link, users, allowWrites } = connection.opcua;
    const services = createServices(link);
    const watcher = createWatcher({
      config: read.config,
      link,
      clock: systemClock,
      traffic: createTraffic(systemClock),
      emit: ({ fields, alarm }, isRefresh) =>
        this.send({
          topic: typeof fields['SourceName'] === 'string' ? fields['SourceName'] : '',
          payload: fields,
          isRefresh,
          ...(alarm === undefined ? {} : { alarm }),
        }),
      onChange: () => status.set(watcher.view()),
      report: (problem) => this.error(new BulkheadError('subscription', problem, { retryable: true }), {}),
    });

    onInput(this, async (message) => {
      const asked = readCommand(message);
      if (!asked.ok) throw new BulkheadError('invalid-command', text('error.command', { problem: asked.problem }));
      const { command } = asked;
      if (command.kind === 'refresh') {
        await watcher.refresh();
        return;
      }
      if (!allowWrites) throw new BulkheadError('writes-off', text('error.writesOff'));
      const { kind, conditionId, comment } = command.answer;
      const line = { who: askedBy(this, message), conditionId, comment, kind };
      try {
        await services.answerAlarm(command.answer);
        this.log(text('log.answered', line));
      } catch (problem) {
        const reason = errorMessage(problem);
        this.warn(text('log.refused', { ...line, reason }));
        throw new BulkheadError('answer-failed', text('error.answer', { kind, reason }), { cause: problem });
      }
    });
    const refresh = setInterval(() => status.set(watcher.view()), refreshMs);
    watcher.start();
    users.add(this);
    onDrain(RED, this, 'source', () => watcher.drain());
    onClose(this, async () => {
      clearInterval(refresh);
      await watcher.stop();
      await users.remove(this);
    });
  }
  RED.nodes.registerType('opcua-events', construct);
}
