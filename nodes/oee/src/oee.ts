import { BulkheadError, messageFromBatch, systemClock } from '@bulkhead/core';
import { createStatus, onClose, onInput } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { readOee } from './oee/config.ts';
import { createOpenWindows } from './oee/open-windows.ts';
import { samplesOf } from './oee/result.ts';
import { createOeeService } from './oee/service.ts';
import { type OeeState, oeeStatus } from './oee/status.ts';

export function register(RED: NodeAPI): void {
  const openWindows = createOpenWindows();

  function construct(this: Node, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const status = createStatus<OeeState>(this, (state) => oeeStatus(state, (key, values) => RED._(key, values ?? {})));
    const { config, problems } = readOee(definition);
    if (problems.length > 0) {
      status.set({ kind: 'not-configured' });
      const problem = problems.join('; ');
      this.error(new BulkheadError('invalid-config', RED._('oee.error.config', { problem })), {});
      onInput(this, () => {
        throw new BulkheadError('invalid-config', RED._('oee.error.config', { problem }));
      });
      return;
    }

    const topic = config.resultTopic === '' ? definition.name || 'oee' : config.resultTopic;
    const context = this.context();
    const service = createOeeService(
      config,
      {
        clock: systemClock,
        onWindow: (window) => {
          const samples = config.resultTopic === '' ? null : { ...messageFromBatch(samplesOf(window, topic)) };
          this.send([{ topic, payload: window }, null, samples]);
        },
        onCurrent: (window) => {
          this.send([null, { topic, payload: window }, null]);
          // A context store on disk brings the open window over a crash as well.
          openWindows.keep(this.id, context, service.note());
        },
        onState: (state) => status.set(state),
        onSkipped: (windows) => this.warn(RED._('oee.log.skipped', { windows })),
      },
      openWindows.take(this.id, context),
    );
    onInput(this, (message) => service.receive(message));
    onClose(this, (removed) => {
      service.stop();
      if (removed) openWindows.forget(this.id);
      else openWindows.keep(this.id, context, service.note());
    });
  }
  RED.nodes.registerType('oee', construct);
}
