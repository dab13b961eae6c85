import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../free-port.ts';

const services = ['mqtt', 'postgres', 'opcua', 'modbusCapper', 'modbusLabeller'] as const;

/**
 * A home whose services keep to ports that nobody else would choose: two houses that start at once may find the same
 * one free, and a reader of the other house would take sequence numbers of this one's plant.
 */
export async function makeHome(): Promise<string> {
  const home = mkdtempSync(path.join(tmpdir(), 'bulkhead-counting-'));
  const ports: Record<string, number> = {};
  for (const name of services) ports[name] = await freePort();
  writeFileSync(path.join(home, 'ports.json'), JSON.stringify(ports));
  return home;
}
