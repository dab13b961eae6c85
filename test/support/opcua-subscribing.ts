import { type Sample, systemClock } from '@bulkhead/core';
import { createTraffic } from '@bulkhead/node-kit';
import type { OpcuaLink } from '../../nodes/opcua/src/io/opcua-link.ts';
import { readOpcuaRead } from '../../nodes/opcua/src/opcua-read/config.ts';
import { isSample } from '../../nodes/opcua/src/opcua-read/readings.ts';
import { createSubscriber } from '../../nodes/opcua/src/opcua-read/subscriber.ts';

export interface Subscribed {
  /** The last sample of the tag with this address. */
  last(address: string): Sample | undefined;
  /** Qualities of a tag, in their order, without repetitions. */
  qualities(address: string): string[];
  stop(): Promise<void>;
}

/** Subscribes to tags with these addresses over a link, as the node `opcua-read` does. */
export function subscribeTo(link: OpcuaLink, addresses: readonly string[]): Subscribed {
  const tags = addresses.map((nodeId, index) => ({ nodeId, topic: `umh.v1.test._raw.tag${index}` }));
  const read = readOpcuaRead({ publishingMs: 100, tags });
  if (!read.ok) throw new Error(read.problem);
  const samples: Sample[] = [];
  const subscriber = createSubscriber({
    config: read.config,
    link,
    clock: systemClock,
    traffic: createTraffic(systemClock),
    emit: (readings) => void samples.push(...readings.filter(isSample)),
    onChange: () => undefined,
    report: () => undefined,
  });
  subscriber.start();
  return {
    last: (address) => samples.findLast((sample) => sample.address === address),
    qualities: (address) =>
      samples
        .filter((sample) => sample.address === address)
        .map(({ quality }) => quality)
        .filter((quality, index, all) => quality !== all[index - 1]),
    stop: subscriber.stop,
  };
}
