import type { NodeId } from 'node-opcua-client';
import { Argument } from 'node-opcua-types';
import type { LiveSession } from '../live-session.ts';
import { readProperty } from './details.ts';
import { typeNames } from './type-names.ts';

/** The input arguments of methods as a person reads them, `Level: Double, Steps: UInt32[]`, by the node id of the method. */
export async function methodArguments(live: LiveSession, methods: readonly NodeId[]): Promise<Map<string, string>> {
  if (methods.length === 0) return new Map();
  const inputs = (await readProperty(live, methods, 'InputArguments')).map((value) =>
    (Array.isArray(value) ? value : []).filter((each) => each instanceof Argument),
  );
  const names = await typeNames(
    live,
    inputs.flat().map(({ dataType }) => dataType),
  );
  const texts = inputs.map((own) =>
    own
      .map(({ name, dataType, valueRank }) => {
        const dimensions = '[]'.repeat(Math.max(0, valueRank));
        return `${name ?? ''}: ${names.get(dataType.toString()) ?? ''}${dimensions}`;
      })
      .join(', '),
  );
  return new Map(methods.map((nodeId, index) => [nodeId.toString(), texts[index] ?? '']));
}
