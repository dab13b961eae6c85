import { type ConfigReader, configReader, type ReadResult } from '@bulkhead/node-kit';
import type { SubscriptionRequest } from '../opcua-connection/link.ts';
import { parseAddress } from '../protocol/address.ts';
import { eventsDefaults as defaults, eventsLimits as limits } from './defaults.ts';
import { splitFields } from './field-names.ts';
import { fieldOf, standardFields } from './fields.ts';

export interface OpcuaEventsConfig {
  /** Names of the fields, in the order in which they are asked for. */
  names: readonly string[];
  request: SubscriptionRequest;
}

function readAddress(reader: ConfigReader, name: 'nodeId' | 'ofType', text: string): void {
  const address = parseAddress(text);
  if (!address.ok) reader.problem(`${name} "${text}": ${address.reason}`);
}

/** Reads an `opcua-events` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readOpcuaEvents(raw: object): ReadResult<OpcuaEventsConfig> {
  const reader = configReader(raw);
  const nodeId = reader.text('nodeId', defaults.nodeId) || defaults.nodeId;
  readAddress(reader, 'nodeId', nodeId);
  const ofType = reader.text('ofType', '');
  if (ofType !== '') readAddress(reader, 'ofType', ofType);
  const own = splitFields(reader.text('fields', ''));
  const names = [...new Set([...standardFields, ...own])];
  const minSeverity = reader.number('minSeverity', Number(defaults.minSeverity), limits.minSeverity);
  const fields = names.flatMap((name) => {
    const field = fieldOf(name, ofType === '' ? undefined : ofType);
    if (field === undefined) reader.problem(`fields: "${name}" must look like 2:BatchNumber or filler:BatchNumber`);
    return field ?? [];
  });
  const events = {
    fields,
    minSeverity,
    ...(ofType === '' ? {} : { ofType }),
  };
  const queueSize = reader.number('queueSize', Number(defaults.queueSize), limits.queueSize);
  const config: OpcuaEventsConfig = {
    names,
    request: {
      publishingMs: reader.number('publishingMs', Number(defaults.publishingMs), limits.publishingMs),
      items: [{ handle: 0, request: { nodeId, samplingMs: 0, queueSize, trigger: 'value', events } }],
    },
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
