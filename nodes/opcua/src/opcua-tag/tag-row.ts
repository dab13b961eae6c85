import { parseTopic } from '@bulkhead/core';
import type { ConfigReader } from '@bulkhead/node-kit';
import { parseAddress } from '../protocol/address.ts';

/** What a row of any tag table says. */
export interface TagBase {
  topic: string;
  nodeId: string;
  /** As shown to people: the node id. */
  address: string;
  unit?: string;
  scale: number;
  offset: number;
  indexRange?: string;
}

const numbers = { min: -1e15, max: 1e15 };

/** OPC 10000-4, clause 7.27: `3`, `0:9`, `1,0:3`. */
export const indexRangePattern = /^\d+(:\d+)?(,\d+(:\d+)?)*$/;

/** Problems go to the row. */
export function readTagBase(row: ConfigReader): TagBase {
  const nodeId = row.text('nodeId', '');
  const address = parseAddress(nodeId);
  if (!address.ok) row.problem(nodeId === '' ? 'the node id is missing' : `node id "${nodeId}": ${address.reason}`);
  const topic = row.text('topic', '');
  const parsed = parseTopic(topic);
  if (!parsed.ok) row.problem(topic === '' ? 'the topic is missing' : `topic "${topic}": ${parsed.message}`);
  const scale = row.number('scale', 1, numbers);
  if (scale === 0) row.problem('scale is 0, so every value would be the offset');
  const unit = row.text('unit', '');
  const indexRange = row.text('indexRange', '');
  if (indexRange !== '' && !indexRangePattern.test(indexRange))
    row.problem(`index range "${indexRange}" must look like 3, 0:9 or, of a matrix, 1,0:3`);
  return {
    nodeId,
    address: nodeId,
    topic,
    scale,
    offset: row.number('offset', 0, numbers),
    ...(unit === '' ? {} : { unit }),
    ...(indexRange === '' ? {} : { indexRange }),
  };
}
