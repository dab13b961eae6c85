import { once } from 'node:events';
import * as v from 'valibot';
import { until } from './until.ts';

const commsEvents = v.array(v.looseObject({ topic: v.optional(v.string()), data: v.optional(v.unknown()) }));
const debugMessage = v.looseObject({ id: v.string(), msg: v.optional(v.unknown()) });

/** What debug nodes show, as a browser gets it; of a stock Node-RED and of a house. */
export interface DebugWatch {
  /**
   * Resolves once everything that this node has shown, oldest first, passes: what it was told to show, parsed where it
   * is JSON. Rejects at the deadline with what came last.
   */
  until(nodeId: string, passes: (shown: readonly unknown[]) => boolean, deadlineMs: number): Promise<void>;
  close(): void;
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export async function watchDebug(url: string): Promise<DebugWatch> {
  const shown = new Map<string, unknown[]>();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/comms`);
  socket.addEventListener('message', ({ data }) => {
    const events = v.safeParse(commsEvents, JSON.parse(String(data)));
    for (const { topic, data: told } of events.success ? events.output : []) {
      const message = v.safeParse(debugMessage, told);
      if (topic !== 'debug' || !message.success) continue;
      const { id, msg } = message.output;
      shown.set(id, [...(shown.get(id) ?? []), parsed(msg)]);
    }
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ subscribe: 'debug' }));
  return {
    async until(nodeId, passes, deadlineMs) {
      const all = (): readonly unknown[] => shown.get(nodeId) ?? [];
      try {
        await until(() => passes(all()), { deadlineMs, what: `the messages at ${nodeId}` });
      } catch (error) {
        const last = JSON.stringify(all().at(-1)) ?? 'nothing';
        throw new Error(`at ${nodeId} came last: ${last.slice(0, 600)}`, { cause: error });
      }
    },
    close: () => socket.close(),
  };
}
