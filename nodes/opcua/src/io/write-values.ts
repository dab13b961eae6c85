import {
  AttributeIds,
  type DataValue,
  DataType,
  NodeId,
  StatusCodes,
  WriteRequest,
  WriteResponse,
  WriteValue,
} from 'node-opcua-client';
import { NumericRange } from 'node-opcua-numeric-range';
import type { NodeRef, TargetOutcome, ValueToWrite, WriteAnswer } from '../opcua-write/target.ts';
import { builtInTypes } from '../protocol/built-in-type.ts';
import type { FieldType } from '../protocol/structure-type.ts';
import { dataValueOf } from './data-value-of.ts';
import { inChunks } from './in-chunks.ts';
import type { LiveSession } from './live-session.ts';
import { rawValueOf } from './raw-value-of.ts';
import { readAttributes } from './read-values.ts';
import { transact } from './transact.ts';
import { learnTypes } from './type-gate.ts';
import { statusCodeOf } from './status-code-of.ts';
import { variantOf } from './variant-of.ts';

const attributes = [AttributeIds.Value, AttributeIds.DataType, AttributeIds.ValueRank] as const;
const ANY_RANK = -2;

function rangeOf({ indexRange }: NodeRef): { indexRange?: NumericRange } {
  return indexRange === undefined ? {} : { indexRange: new NumericRange(indexRange) };
}

/** A variable of any type goes on with the type that it has. */
function narrowed(declared: FieldType, held: DataValue): FieldType {
  const number = held.value?.dataType ?? DataType.Null;
  const type = builtInTypes[number - 1];
  const isOpen = declared.kind === 'built-in' && declared.type === 'Variant';
  return isOpen && type !== undefined ? { kind: 'built-in', type } : declared;
}

/** What these nodes take and what they hold. */
export async function readTargets(live: LiveSession, refs: readonly NodeRef[]): Promise<TargetOutcome[]> {
  const { types } = live;
  const resolved = await live.resolve(refs.map(({ nodeId }) => nodeId));
  const asked = refs.flatMap((ref, index) => {
    const node = resolved[index];
    if (node?.ok !== true) return [];
    const { nodeId } = node;
    return attributes.map((attributeId) => ({
      nodeId,
      attributeId,
      ...(attributeId === AttributeIds.Value ? rangeOf(ref) : {}),
    }));
  });
  const read = await readAttributes(live, asked);
  const answers = read.values();
  const next = (): DataValue | undefined => answers.next().value;
  const outcomes: TargetOutcome[] = [];
  for (const node of resolved) {
    if (!node.ok) {
      outcomes.push({ kind: 'unknown', reason: node.reason });
      continue;
    }
    const [value, dataType, rank] = [next(), next(), next()];
    const typeId: unknown = dataType?.value?.value;
    if (value === undefined || !(typeId instanceof NodeId)) {
      const name = (dataType?.statusCode ?? StatusCodes.BadUnexpectedError).name;
      outcomes.push({ kind: 'unknown', reason: `the server does not tell the type of the node (${name})` });
      continue;
    }
    const declared = await types.describe(typeId);
    if (declared === undefined) {
      outcomes.push({ kind: 'unknown', reason: `the server does not tell what a ${typeId.toString()} is` });
      continue;
    }
    const valueRank: unknown = rank?.value?.value;
    const type = { type: narrowed(declared, value), valueRank: typeof valueRank === 'number' ? valueRank : ANY_RANK };
    outcomes.push({ kind: 'target', target: { type, types, held: rawValueOf(value, types) } });
  }
  await learnTypes(
    outcomes.flatMap((outcome) => (outcome.kind === 'target' ? [outcome.target.held] : [])),
    types,
  );
  return outcomes;
}

/** Writes values; the answers are in their order. */
export async function writeValues(live: LiveSession, values: readonly ValueToWrite[]): Promise<WriteAnswer[]> {
  const resolved = await live.resolve(values.map(({ nodeId }) => nodeId));
  const toWrite = values.map((value, index): WriteValue => {
    const node = resolved[index];
    const { stamp } = value;
    const made = new WriteValue({
      nodeId: node?.ok === true ? node.nodeId : NodeId.nullNodeId,
      attributeId: AttributeIds.Value,
      ...rangeOf(value),
    });
    const rest =
      stamp === undefined ? {} : { sourceTimestamp: new Date(stamp.sourceTime), statusCode: statusCodeOf(stamp.code) };
    // Not given to the constructor, for the reason that stands at `dataValueOf`.
    made.value = dataValueOf(variantOf(value.value), rest);
    return made;
  });
  const codes = await inChunks(toWrite, live.limits.write, async (chunk) => {
    const request = new WriteRequest();
    request.nodesToWrite = chunk;
    return (await transact(live.session, request, WriteResponse)).results ?? [];
  });
  return codes.map(({ value, name }) => ({ code: value, name }));
}
