import { isRecord, mostTags, pollLimits } from '@bulkhead/core';
import { type ConfigReader, configReader } from '../config-reader.ts';
import type { Reader } from './poll-reader.ts';
import type { ReadTag } from './read-tag.ts';

const commands = ['pause', 'resume', 'read', 'rate', 'add', 'remove'] as const;

/**
 * Does what a message asks for; gives what is wrong with it. `msg.command` is one of `commands`.
 * @param readTags reads rows of the node's tag table.
 */
export async function control<Tag extends ReadTag>(
  reader: Reader<Tag>,
  message: unknown,
  readTags: (reader: ConfigReader, rows: unknown) => Tag[],
): Promise<string | undefined> {
  const asked = isRecord(message) ? message['command'] : undefined;
  const command = commands.find((known) => known === asked);
  if (command === undefined || !isRecord(message)) return `msg.command must be one of ${commands.join(', ')}`;
  switch (command) {
    case 'pause':
      reader.pause();
      return undefined;
    case 'resume':
      reader.resume();
      return undefined;
    case 'read':
      await reader.readNow();
      return undefined;
    case 'rate':
      return setRate(reader, message);
    case 'add':
      return add(reader, message['payload'], readTags);
    case 'remove':
      return remove(reader, message['payload']);
  }
}

function setRate<Tag extends ReadTag>(reader: Reader<Tag>, message: Record<string, unknown>): string | undefined {
  const read = configReader({ payload: message['payload'] });
  const pollMs = read.number('payload', 0, pollLimits.pollMs);
  if (pollMs === 0) read.problem('payload is missing, give the interval in milliseconds');
  if (read.problems.length > 0) return `rate: ${read.problems.join('; ')}`;
  reader.setRate(pollMs);
  return undefined;
}

function add<Tag extends ReadTag>(
  reader: Reader<Tag>,
  payload: unknown,
  readTags: (reader: ConfigReader, rows: unknown) => Tag[],
): string | undefined {
  const read = configReader({});
  const added = readTags(read, Array.isArray(payload) ? payload : [payload]);
  const known = new Set(reader.tags.map(({ topic }) => topic));
  for (const { topic } of added) if (known.has(topic)) read.problem(`topic ${topic} is read already`);
  if (known.size + added.length > mostTags) read.problem(`one node reads at most ${mostTags} tags`);
  if (read.problems.length > 0) return `add: ${read.problems.join('; ')}`;
  reader.setTags([...reader.tags, ...added]);
  return undefined;
}

function remove<Tag extends ReadTag>(reader: Reader<Tag>, payload: unknown): string | undefined {
  const topics = (Array.isArray(payload) ? payload : [payload]).map(String);
  const unknown = topics.filter((topic) => !reader.tags.some((tag) => isOf(tag.topic, topic)));
  if (unknown.length > 0) return `remove: ${unknown.join(', ')} is not read`;
  reader.setTags(reader.tags.filter((tag) => !topics.some((topic) => isOf(tag.topic, topic))));
  return undefined;
}

/** The values of a struct or an array are named below its topic. */
function isOf(tagTopic: string, topic: string): boolean {
  return tagTopic === topic || tagTopic.startsWith(`${topic}.`);
}
