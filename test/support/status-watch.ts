import * as v from 'valibot';
import { until } from './until.ts';

const commsEvents = v.array(v.looseObject({ topic: v.optional(v.string()), data: v.optional(v.unknown()) }));
const nodeStatus = v.looseObject({ fill: v.optional(v.string(), ''), text: v.optional(v.string(), '') });

export type ShownStatus = v.InferOutput<typeof nodeStatus>;

/** The status dots of a house, as a browser gets them. */
export interface StatusWatch {
  /** By node id. */
  readonly latest: ReadonlyMap<string, ShownStatus>;
  /** Resolves to the first status of the node that passes; rejects after 20 s. */
  until(nodeId: string, passes: (status: ShownStatus) => boolean): Promise<ShownStatus>;
  close(): void;
}

export function watchStatuses(url: string): StatusWatch {
  const latest = new Map<string, ShownStatus>();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/comms`);
  socket.addEventListener('open', () => socket.send(JSON.stringify({ subscribe: 'status/#' })));
  socket.addEventListener('message', ({ data }) => {
    const events = v.safeParse(commsEvents, JSON.parse(String(data)));
    for (const { topic = '', data: status } of events.success ? events.output : []) {
      const parsed = v.safeParse(nodeStatus, status);
      if (topic.startsWith('status/') && parsed.success) latest.set(topic.slice('status/'.length), parsed.output);
    }
  });
  return {
    latest,
    until: (nodeId, passes) =>
      until(
        () => {
          const status = latest.get(nodeId);
          return status !== undefined && passes(status) ? status : undefined;
        },
        { deadlineMs: 20_000, what: () => `the status of ${nodeId} among ${JSON.stringify([...latest])}` },
      ),
    close: () => socket.close(),
  };
}
