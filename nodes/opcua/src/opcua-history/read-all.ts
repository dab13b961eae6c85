import type { Reading } from '../opcua-read/readings.ts';
import { readingsOf } from '../opcua-read/readings.ts';
import type { HistoryTag } from './config.ts';
import type { HistoryNode, HistoryServices } from './history.ts';
import type { HistoryRequest } from './request.ts';

/** What came of one tag. */
export interface TagSummary {
  topic: string;
  values: number;
  /** False when more was there than was wanted. */
  isComplete: boolean;
  /** What the server said, or why nothing came. */
  reason?: string;
}

interface Progress {
  tag: HistoryTag;
  summary: TagSummary;
  continuation?: Uint8Array | undefined;
}

export interface ReadAllOptions {
  services: HistoryServices;
  /** Of each tag. */
  mostValues: number;
  now(): number;
  /** Takes the readings of one page; resolves when the next one may be asked for. */
  emit(readings: Reading[]): Promise<void>;
}

/** Reads page after page of all tags, each as far as it goes. What fails costs its own tag. Rejects with the connection. */
export async function readAll(
  { tags, details }: HistoryRequest,
  { services, mostValues, now, emit }: ReadAllOptions,
): Promise<TagSummary[]> {
  const all: Progress[] = tags.map((tag) => ({ tag, summary: { topic: tag.topic, values: 0, isComplete: false } }));
  let open = all;
  while (open.length > 0) {
    const asked = open.map(
      ({ tag, continuation }): HistoryNode => ({
        nodeId: tag.nodeId,
        ...(continuation === undefined ? {} : { continuation }),
      }),
    );
    const pages = await services.readHistory(asked, details);
    const readings: Reading[] = [];
    const next: Progress[] = [];
    for (const [index, progress] of open.entries()) {
      const page = pages[index];
      progress.continuation = undefined;
      if (page?.ok !== true) {
        progress.summary.reason = page?.name ?? 'no answer';
        continue;
      }
      const { summary, tag } = progress;
      const values = page.values.slice(0, mostValues - summary.values);
      for (const raw of values)
        readings.push(...readingsOf({ ...tag, samplingMs: 0, queueSize: 1, trigger: 'value' }, raw, now()));
      summary.values += values.length;
      progress.continuation = page.continuation;
      if (page.continuation === undefined) summary.isComplete = values.length === page.values.length;
      // A server that gives pages without values and without end is not followed.
      else if (summary.values < mostValues && values.length > 0) next.push(progress);
    }
    if (readings.length > 0) await emit(readings);
    open = next;
  }
  const left = all.flatMap(({ tag, continuation }) =>
    continuation === undefined ? [] : [{ nodeId: tag.nodeId, continuation }],
  );
  // The server lets go of them with the session in any case.
  if (left.length > 0) await services.releaseHistory(left).catch(() => undefined);
  return all.map(({ summary }) => summary);
}
