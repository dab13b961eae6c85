import { BulkheadError } from '@bulkhead/core';
import {
  AttributeIds,
  BrowsePath,
  CallRequest,
  CallResponse,
  type DataValue,
  type NodeId,
  resolveNodeId,
} from 'node-opcua-client';
import { Argument as ServerArgument } from 'node-opcua-types';
import type { Argument, CallAnswer, Method, MethodRef } from '../opcua-call/method.ts';
import type { WireValue } from '../protocol/encode.ts';
import { dataValueOf } from './data-value-of.ts';
import type { LiveSession } from './live-session.ts';
import { rawValueOf } from './raw-value-of.ts';
import { readAttributes } from './read-values.ts';
import { transact } from './transact.ts';
import { learnTypes } from './type-gate.ts';
import { variantOf } from './variant-of.ts';

const HAS_PROPERTY = resolveNodeId('i=46');

async function nodesOf(live: LiveSession, { objectId, methodId }: MethodRef): Promise<[NodeId, NodeId]> {
  const [object, method] = await live.resolve([objectId, methodId]);
  if (object?.ok !== true || method?.ok !== true) {
    const [what, found] = object?.ok === true ? [methodId, method] : [objectId, object];
    const reason = found?.ok === false ? found.reason : 'no answer';
    throw new BulkheadError('unknown-method', `${what}: ${reason}`, { retryable: true });
  }
  return [object.nodeId, method.nodeId];
}

async function argumentsIn(live: LiveSession, read: DataValue | undefined): Promise<Argument[]> {
  const listed: unknown = read?.value?.value;
  const found: Argument[] = [];
  for (const each of Array.isArray(listed) ? listed : []) {
    if (!(each instanceof ServerArgument)) continue;
    const type = await live.types.describe(each.dataType);
    const name = each.name ?? String(found.length);
    if (type === undefined) {
      const message = `the server does not tell what the type ${each.dataType.toString()} of the argument ${name} is`;
      throw new BulkheadError('unknown-method', message);
    }
    found.push({ name, type: { type, valueRank: each.valueRank } });
  }
  return found;
}

/** The arguments of a method, from its properties InputArguments and OutputArguments; absent ones mean that it has none. */
export async function describeMethod(live: LiveSession, ref: MethodRef): Promise<Method> {
  const [, method] = await nodesOf(live, ref);
  const paths = ['InputArguments', 'OutputArguments'].map(
    (name) =>
      new BrowsePath({
        startingNode: method,
        relativePath: {
          elements: [{ referenceTypeId: HAS_PROPERTY, isInverse: false, includeSubtypes: true, targetName: { name } }],
        },
      }),
  );
  const found = await live.session.translateBrowsePath(paths);
  const nodes = found.map(({ targets }) => targets?.[0]?.targetId);
  const there = nodes.flatMap((nodeId) => (nodeId === undefined ? [] : [{ nodeId, attributeId: AttributeIds.Value }]));
  const read = (await readAttributes(live, there)).values();
  const [inputs, outputs] = nodes.map((nodeId) => (nodeId === undefined ? undefined : read.next().value));
  return { inputs: await argumentsIn(live, inputs), outputs: await argumentsIn(live, outputs), types: live.types };
}

export async function callMethod(live: LiveSession, ref: MethodRef, inputs: readonly WireValue[]): Promise<CallAnswer> {
  const [objectId, methodId] = await nodesOf(live, ref);
  const inputArguments = inputs.map(variantOf);
  const request = new CallRequest({ methodsToCall: [{ objectId, methodId, inputArguments }] });
  const response = await transact(live.session, request, CallResponse);
  const result = response.results?.[0];
  if (result === undefined) throw new BulkheadError('refused', 'the server answers the call with no result');
  const outputs = (result.outputArguments ?? []).map((value) => rawValueOf(dataValueOf(value), live.types));
  await learnTypes(outputs, live.types);
  return {
    code: result.statusCode.value,
    name: result.statusCode.name,
    inputs: (result.inputArgumentResults ?? []).map(({ value, name }) => ({ code: value, name })),
    outputs,
  };
}
