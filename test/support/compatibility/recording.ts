/** What comes out of a running Node-RED, as a browser would see it: debug messages and node statuses over `/comms`. */
import { once } from 'node:events';
import * as v from 'valibot';
import { WebSocket } from 'ws';

const batch = v.array(v.looseObject({ topic: v.optional(v.string()), data: v.unknown() }));
const debugData = v.looseObject({ id: v.optional(v.string(), '(no node)') });

/** One thing that came out; `source` is a node id, or what the driver of a scenario calls it. */
export interface Output {
  readonly source: string;
  readonly value: unknown;
}

export interface Recording {
  /** Debug messages, errors in the sidebar, and what drivers add (HTTP answers, datagrams), in the order of arrival. */
  outputs(): readonly Output[];
  /** The last status of each node that ever had one. */
  statuses(): ReadonlyMap<string, unknown>;
  add(output: Output): void;
  close(): void;
}

/** Resolves once the server has taken the subscriptions. */
export async function recordComms(url: string): Promise<Recording> {
  const outputs: Output[] = [];
  const statuses = new Map<string, unknown>();
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`);
  await once(socket, 'open');
  socket.on('message', (text: Buffer) => {
    const parsed: unknown = JSON.parse(text.toString());
    for (const { topic, data } of v.parse(batch, Array.isArray(parsed) ? parsed : [parsed])) {
      if (topic === 'debug') outputs.push({ source: v.parse(debugData, data).id, value: data });
      else if (topic?.startsWith('status/') === true) statuses.set(topic.slice('status/'.length), data);
    }
  });
  for (const topic of ['debug', 'status/#']) socket.send(JSON.stringify({ subscribe: topic }));
  return {
    outputs: () => outputs,
    statuses: () => statuses,
    add: (output) => void outputs.push(output),
    close: () => socket.terminate(),
  };
}
