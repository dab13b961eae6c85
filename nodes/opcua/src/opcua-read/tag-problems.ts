import type { Reading } from './readings.ts';

/** What is said of tags that the server has just refused; nothing for none. */
export function refusalText(refused: readonly Reading[], tags: number): string | undefined {
  const [first] = refused;
  if (first === undefined) return undefined;
  const status = `status 0x${Number(first.code).toString(16)}`;
  const name = `${first.address} (${first.topic})`;
  return refused.length === 1
    ? `the tag ${name} is not monitored: ${status}`
    : `${refused.length} of ${tags} tags are not monitored, the first is ${name}: ${status}`;
}

/** What is said of the tags with these topics, of whose range the server knows nothing; nothing for none. */
export function withoutRangeText(topics: readonly string[]): string | undefined {
  const [first] = topics;
  if (first === undefined) return undefined;
  const unknown = 'a deadband in percent of a range that the server does not know';
  const remedy = 'every change is sent; give the range in the tag table';
  return topics.length === 1
    ? `the tag ${first} has ${unknown}: ${remedy}`
    : `${topics.length} tags have ${unknown}, the first is ${first}: ${remedy}`;
}
