import { isRecord } from '@bulkhead/core';
import { type ConfigReader, configReader, type ReadResult } from '@bulkhead/node-kit';
import { parseAddress } from '../protocol/address.ts';
import type { MethodRef } from './method.ts';

export interface OpcuaCallConfig {
  ref: MethodRef;
  /** By name, for those that a message leaves out. */
  defaults: Record<string, unknown>;
}

function readAddress(reader: ConfigReader, name: 'objectId' | 'methodId'): string {
  const text = reader.text(name, '');
  const address = parseAddress(text);
  if (!address.ok) reader.problem(text === '' ? `${name} is missing` : `${name} "${text}": ${address.reason}`);
  return text;
}

function readDefaults(reader: ConfigReader): Record<string, unknown> {
  const text = reader.text('arguments', '');
  if (text === '') return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed)) return parsed;
  } catch {
    // Said below.
  }
  reader.problem('arguments must be a JSON object such as {"Speed": 5}');
  return {};
}

/** Reads an `opcua-call` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readOpcuaCall(raw: object): ReadResult<OpcuaCallConfig> {
  const reader = configReader(raw);
  const config: OpcuaCallConfig = {
    ref: { objectId: readAddress(reader, 'objectId'), methodId: readAddress(reader, 'methodId') },
    defaults: readDefaults(reader),
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
