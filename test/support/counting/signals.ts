import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { modbusDevices } from '../../../packages/plant/src/catalogue.ts';
import type { FlowEntry } from '../bulkhead-http.ts';

export type DeviceName = keyof typeof modbusDevices;
export const deviceNames: readonly DeviceName[] = ['capper', 'labeller'];

/** Which topic shows which value of the plant, read from the flows themselves. */
export interface Signals {
  /** OPC UA tag by topic. */
  readonly opcua: ReadonlyMap<string, string>;
  /** Topic by register name, by device. */
  readonly modbus: Readonly<Record<DeviceName, ReadonlyMap<string, string>>>;
}

const flowFile = v.array(v.looseObject({ id: v.string(), type: v.string() }));
const opcuaTags = v.array(v.object({ nodeId: v.string(), topic: v.string() }));
const modbusTags = v.array(v.object({ address: v.string(), topic: v.string() }));
const demoFile = path.resolve(import.meta.dirname, '../../../flows/demo.json');

export interface Load {
  /** Milliseconds between two Modbus polls. */
  readonly pollMs: number;
  readonly publishingMs: number;
}

/** The demo's tabs with these ids (all without), reading at another pace. */
export function demoFlows({ pollMs, publishingMs }: Load, tabs?: readonly string[]): FlowEntry[] {
  const all = v.parse(flowFile, JSON.parse(readFileSync(demoFile, 'utf8')));
  const isWanted = ({ id, type, z }: FlowEntry): boolean => {
    if (tabs === undefined) return true;
    if (type === 'tab') return tabs.includes(id);
    return z === undefined ? !type.startsWith('ui-') : typeof z === 'string' && tabs.includes(z);
  };
  return all.filter(isWanted).map((entry) => {
    // On a machine under load an answer may take long: a timeout would be the machine's fault, not a finding.
    if (entry.type === 'modbus-connection') return { ...entry, timeoutMs: '10000' };
    if (entry.type === 'modbus-read') return { ...entry, pollMs: String(pollMs) };
    if (entry.type === 'opcua-read') return { ...entry, publishingMs: String(publishingMs) };
    return entry;
  });
}

export function signalsOf(flows: readonly FlowEntry[]): Signals {
  const opcua = new Map<string, string>();
  const modbus: Record<DeviceName, Map<string, string>> = { capper: new Map(), labeller: new Map() };
  for (const { id, type, tags } of flows) {
    if (type === 'opcua-read') {
      for (const { nodeId, topic } of v.parse(opcuaTags, tags)) opcua.set(topic, nodeId.replace('ns=1;s=', ''));
    }
    const device = deviceNames.find((name) => id.startsWith(name));
    if (type !== 'modbus-read' || device === undefined) continue;
    for (const { address, topic } of v.parse(modbusTags, tags)) {
      const register = modbusDevices[device].find((candidate) => candidate.address === Number(address));
      if (register !== undefined) modbus[device].set(register.name, topic);
    }
  }
  return { opcua, modbus };
}
