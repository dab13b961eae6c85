import { parseTopic } from '@bulkhead/core';
import { segmentOf } from '@bulkhead/node-kit/editor';

const fallback = 'umh.v1.enterprise.site._raw.';

/** Location and contract of the last topic of a table. */
function prefixOf(topics: readonly string[]): string {
  const parsed = topics.map(parseTopic).findLast(({ ok }) => ok);
  if (parsed?.ok !== true) return fallback;
  const { location, contract } = parsed.topic;
  return `umh.v1.${[...location, contract].join('.')}.`;
}

/**
 * A topic for each browse path, none of them taken yet: the path follows the contract, below the location that the table
 * already has. A person only has to say once where the server stands.
 */
export function topicsByPath(paths: ReadonlyArray<readonly string[]>, takenTopics: readonly string[]): string[] {
  const prefix = prefixOf(takenTopics);
  const taken = new Set(takenTopics);
  return paths.map((path) => {
    const base = prefix + path.map(segmentOf).join('.');
    let topic = base;
    for (let number = 2; taken.has(topic); number += 1) topic = `${base}_${number}`;
    taken.add(topic);
    return topic;
  });
}
