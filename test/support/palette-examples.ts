/** The example flows of the palettes, and the devices that they run against. */
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { startPlant } from '../wire/plant/plant-process.ts';
import type { FlowEntry } from './bulkhead-http.ts';
import { freePort } from './free-port.ts';
import { startS7Plc } from './s7-plc.ts';

const flowFile = v.array(v.looseObject({ id: v.string(), type: v.string() }));
const nodesFolder = path.resolve(import.meta.dirname, '../../nodes');

export interface Example {
  /** `palette/name`, without `.json`. */
  readonly name: string;
  readonly flow: readonly FlowEntry[];
  /** The id of the node of this type and name; throws when there is none. */
  idOf(type: string, name: string): string;
}

export interface ExampleDevices {
  readonly examples: readonly Example[];
  stop(): Promise<void>;
}

/** Where the examples look for a device, and where the one of this test is. */
type Moves = ReadonlyMap<string, string>;

function moved(entry: FlowEntry, moves: Moves): FlowEntry {
  const place = String(entry['endpoint'] ?? entry['port']);
  const to = moves.get(`${entry.type} ${place}`);
  if (to === undefined) return entry;
  return { ...entry, [entry['endpoint'] === undefined ? 'port' : 'endpoint']: to };
}

function readExample(palette: string, file: string, moves: Moves): Example {
  const text = readFileSync(path.join(nodesFolder, palette, 'examples', file), 'utf8');
  const flow = v.parse(flowFile, JSON.parse(text)).map((entry) => moved(entry, moves));
  return {
    name: `${palette}/${path.basename(file, '.json')}`,
    flow,
    idOf(type, name) {
      const found = flow.find((entry) => entry.type === type && entry['name'] === name);
      if (found === undefined) throw new Error(`${palette}/${file} has no ${type} "${name}"`);
      return found.id;
    },
  };
}

/** Data blocks and bit memory as the examples of the S7 palette address them. */
function plcMemory(): Parameters<typeof startS7Plc>[0] {
  const read = Buffer.alloc(32);
  read.writeFloatBE(21.5, 0);
  read.writeInt32BE(4711, 4);
  read.writeUInt8(1, 8);
  read.writeFloatBE(1480, 10);
  const written = Buffer.alloc(28);
  // The declared length of the text.
  written.writeUInt8(20, 4);
  return [
    { area: { area: 'DB', db: 1 }, bytes: read },
    { area: { area: 'DB', db: 2 }, bytes: written },
    { area: { area: 'M' }, bytes: Buffer.alloc(16) },
  ];
}

/**
 * Starts the simulated plant and a PLC, and gives all examples of the three palettes, moved to their ports. One of the
 * Modbus palette is there twice: with the device that it brings, and with the capper of the plant in its place.
 */
export async function startExampleDevices(): Promise<ExampleDevices> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bulkhead-example-plant-'));
  // A level that rises and falls within seconds raises its alarm.
  const [plant, plc] = await Promise.all([
    startPlant(['--pki', path.join(folder, 'pki'), '--speed', '10']),
    startS7Plc(plcMemory()),
  ]);
  const moves = new Map([
    ['opcua-connection opc.tcp://127.0.0.1:4840', plant.opcuaUrl],
    ['s7-connection 102', String(plc.port)],
  ]);
  for (const port of ['1510', '1511']) {
    const own = String(await freePort());
    for (const type of ['modbus-connection', 'modbus-server']) moves.set(`${type} ${port}`, own);
  }
  const examples = ['opcua', 'modbus', 's7'].flatMap((palette) =>
    readdirSync(path.join(nodesFolder, palette, 'examples')).map((file) => readExample(palette, file, moves)),
  );
  const ofPlant = readExample(
    'modbus',
    'read-a-tag-table.json',
    new Map([['modbus-connection 1510', String(plant.port('capper'))]]),
  );
  return {
    examples: [...examples, onPlant(ofPlant)],
    async stop() {
      await Promise.all([plant.stop(), plc.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A second import of a flow: with ids of its own, and without the device that it brings. */
function onPlant(example: Example): Example {
  const other = (id: string): string => `f${id.slice(1)}`;
  let text = JSON.stringify(example.flow.filter(({ type }) => type !== 'modbus-server'));
  for (const { id } of example.flow) text = text.replaceAll(`"${id}"`, `"${other(id)}"`);
  return {
    name: `${example.name} from the plant`,
    flow: v.parse(flowFile, JSON.parse(text)),
    idOf: (type, name) => other(example.idOf(type, name)),
  };
}
