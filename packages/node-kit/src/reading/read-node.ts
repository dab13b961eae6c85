import { BulkheadError, messageFromBatch, messageFromSample, type Sample, systemClock } from '@bulkhead/core';
import type { Node, NodeAPI } from 'node-red';
import type { ConfigReader } from '../config-reader.ts';
import type { ConnectionUsers } from '../connection-users.ts';
import { onDrain } from '../drain.ts';
import type { WatchedLink } from '../link-state.ts';
import { onClose, onInput } from '../listeners.ts';
import type { StatusWriter } from '../status.ts';
import { control } from './control.ts';
import { diagnose } from './diagnostics.ts';
import { createPollReader, type PollReaderOptions } from './poll-reader.ts';
import type { ReadTag } from './read-tag.ts';
import type { SourceView } from './source-status.ts';
import { createTraffic } from './traffic.ts';

export interface ReadNodeOptions<Tag extends ReadTag>
  extends Pick<PollReaderOptions<Tag>, 'tags' | 'pollMs' | 'staleMs' | 'readerOf'> {
  status: StatusWriter<SourceView>;
  users: ConnectionUsers;
  link: WatchedLink & { readonly reconnects: number };
  /** One message per cycle, or one per tag. */
  output: 'batch' | 'each';
  /** 0: no diagnostics. */
  diagnosticsMs: number;
  /** Added to the diagnostics. */
  ownDiagnostics?(): object;
  /** Reads rows of the node's tag table, for the message that adds tags. */
  readTags(reader: ConfigReader, rows: unknown): Tag[];
}

/** The view has counts and ages that change without an event. */
const refreshMs = 1_000;

/** Runs a node that reads in poll groups: samples on its first output, diagnostics on its second, commands at its input. */
export function runReadNode<Tag extends ReadTag>(RED: NodeAPI, node: Node, options: ReadNodeOptions<Tag>): void {
  const { status, users, link } = options;
  const traffic = createTraffic(systemClock);
  const reader = createPollReader({
    ...options,
    clock: systemClock,
    traffic,
    emit(samples: Sample[]) {
      if (options.output === 'batch') node.send([{ ...messageFromBatch(samples) }, null]);
      else for (const sample of samples) node.send([{ ...messageFromSample(sample) }, null]);
    },
    onChange: () => status.set(reader.view()),
    report: (problem) => node.error(new BulkheadError('read-failed', problem, { retryable: true }), {}),
  });
  const refresh = setInterval(() => status.set(reader.view()), refreshMs);
  const tell = (): void =>
    node.send([null, { payload: { ...diagnose(reader, link, traffic), ...options.ownDiagnostics?.() } }]);
  const diagnostics = options.diagnosticsMs > 0 ? setInterval(tell, options.diagnosticsMs) : undefined;
  onInput(node, async (message) => {
    const problem = await control(reader, message, options.readTags);
    if (problem !== undefined)
      throw new BulkheadError('invalid-command', RED._(`${node.type}.error.command`, { problem }));
  });
  reader.start();
  users.add(node);
  onDrain(RED, node, 'source', () => reader.drain());
  onClose(node, async () => {
    clearInterval(refresh);
    clearInterval(diagnostics);
    reader.stop();
    await users.remove(node);
  });
}
