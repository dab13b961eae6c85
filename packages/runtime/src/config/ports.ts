/** The ports of the embedded services: wanted ones where free, and the same ones at the next start. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { replaceFile } from './replace-file.ts';

export const wantedPorts = {
  mqtt: 1883,
  postgres: 5433,
  opcua: 4840,
  modbusCapper: 1502,
  modbusLabeller: 1503,
} as const;

export type PortName = keyof typeof wantedPorts;
export type Ports = Readonly<Record<PortName, number>>;

export const portNames: readonly PortName[] = ['mqtt', 'postgres', 'opcua', 'modbusCapper', 'modbusLabeller'];

/** Resolves with null when the port can be listened on, otherwise with the system's error code. */
export function tryPort(port: number, host = '127.0.0.1'): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) =>
      resolve('code' in error && typeof error.code === 'string' ? error.code : 'EUNKNOWN'),
    );
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/**
 * Chooses for every name in `names` the remembered port, or the wanted one, or the next free one.
 * `patienceMs`: how long a remembered port may still be held by a process of an earlier run that is ending.
 */
export async function choosePorts(
  names: readonly PortName[],
  remembered: Partial<Ports>,
  isFree: (port: number) => Promise<boolean>,
  patienceMs = 0,
): Promise<Ports> {
  const chosen: Record<PortName, number> = { ...wantedPorts, ...remembered };
  const taken = new Set<number>();
  const until = Date.now() + patienceMs;
  for (const name of names) {
    const first = remembered[name] ?? wantedPorts[name];
    while (remembered[name] !== undefined && Date.now() < until && !(await isFree(first))) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    let port = first;
    while (taken.has(port) || !(await isFree(port))) {
      port = port >= 65_535 ? 1_024 : port + 1;
      if (port === first) throw new Error('no free port was found on 127.0.0.1');
    }
    taken.add(port);
    chosen[name] = port;
  }
  return chosen;
}

/** What `ports.json` holds; what it should not hold is left out. */
export function rememberedPorts(home: string): Partial<Ports> {
  const file = join(home, 'ports.json');
  if (!existsSync(file)) return {};
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
  if (typeof content !== 'object' || content === null) return {};
  const known: Partial<Record<PortName, number>> = {};
  const entries: readonly (readonly [string, unknown])[] = Object.entries(content);
  for (const [name, port] of entries) {
    const portName = portNames.find((candidate) => candidate === name);
    if (portName !== undefined && typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536)
      known[portName] = port;
  }
  return known;
}

/** Where it cannot be written, for the disk is full, the house starts all the same; gives one line that says so. */
export function rememberPorts(home: string, ports: Ports): string | undefined {
  const known = rememberedPorts(home);
  if (portNames.every((name) => known[name] === ports[name])) return undefined;
  try {
    replaceFile(join(home, 'ports.json'), `${JSON.stringify(ports, null, 2)}\n`, 0o644);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `${home}/ports.json could not be written, the next start may choose other ports: ${why}`;
  }
}
