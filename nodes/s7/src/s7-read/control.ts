import { isRecord } from '@bulkhead/core';
import { configReader } from '@bulkhead/node-kit';
import type { Names } from '../s7-tag/place-tag.ts';
import { readTagTable } from './config.ts';
import { mostTags, readLimits } from './defaults.ts';
import type { Reader } from './reader.ts';

const commands = ['pause', 'resume', 'read', 'rate', 'add', 'remove'] as const;

/** Does what a message asks for; gives what is wrong with it. `msg.command` is one of `commands`. */
export async function control(reader: Reader, message: unknown, names: Names): Promise<string | undefined> {
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
      return add(reader, message['payload'], names);
    case 'remove':
      return remove(reader, message['payload']);
  }
}

function setRate(reader: Reader, message: Record<string, unknown>): string | undefined {
  const read = configReader({ payload: message['payload'] });
  const pollMs = read.number('payload', 0, readLimits.pollMs);
  if (pollMs === 0) read.problem('payload is missing, give the interval in milliseconds');
  if (read.problems.length > 0) return `rate: ${read.problems.join('; ')}`;
  reader.setRate(pollMs);
  return undefined;
}

function add(reader: Reader, payload: unknown, names: Names): string | undefined {
  const read = configReader({});
  const added = readTagTable(read, Array.isArray(payload) ? payload : [payload], names);
  const known = new Set(reader.tags.map(({ topic }) => topic));
  for (const { topic } of added) if (known.has(topic)) read.problem(`topic ${topic} is read already`);
  if (known.size + added.length > mostTags) read.problem(`one node reads at most ${mostTags} tags`);
  if (read.problems.length > 0) return `add: ${read.problems.join('; ')}`;
  reader.setTags([...reader.tags, ...added]);
  return undefined;
}

function remove(reader: Reader, payload: unknown): string | undefined {
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
