/** What the plant offers on the wire: demo flows and tests read it here. */
import type { Quality } from './model/event.ts';

export { idealCycleMs } from './model/line.ts';

export const namespaceUri = 'urn:bulkhead:plant';

export interface OpcuaTag {
  tag: string;
  nodeId: string;
  dataType: 'Int32' | 'UInt16' | 'Double' | 'Boolean';
  /** Present for an array: its length and the distance of its points. */
  array?: { length: number; stepUs: number };
  unit?: string;
  /** Milliseconds between readings of a sensor; without it the tag changes with what it shows. */
  everyMs?: number;
  description: string;
}

function tag(
  name: string,
  dataType: OpcuaTag['dataType'],
  rest: Omit<OpcuaTag, 'tag' | 'nodeId' | 'dataType'>,
): OpcuaTag {
  return { tag: name, nodeId: `ns=1;s=${name}`, dataType, ...rest };
}

/** Tags of the OPC UA server. Subscribe with samplingInterval 0 and a queue: every change is then delivered. */
export const opcuaTags: readonly OpcuaTag[] = [
  tag('Filler.State', 'Int32', { description: 'PackML state' }),
  tag('Filler.TotalCount', 'UInt16', { description: 'Bottles, wraps at 65,536; bad while its light barrier is blind' }),
  tag('Filler.RejectCount', 'UInt16', { description: 'Rejected bottles, wraps at 65,536' }),
  tag('Filler.Temperature', 'Double', {
    unit: '°C',
    everyMs: 500,
    description: 'Product temperature; bad now and then',
  }),
  tag('Filler.Vibration', 'Double', {
    unit: 'm/s²',
    everyMs: 100,
    array: { length: 2000, stepUs: 50 },
    description: 'Acceleration, 20 kHz; the source time is that of the first point',
  }),
  tag('Tank.Level', 'Double', { unit: '%', everyMs: 250, description: 'Level; uncertain now and then' }),
  tag('Tank.InletOpen', 'Boolean', { description: 'Inlet valve' }),
];

/** OPC UA status codes (OPC 10000-6, A.2) of the qualities that the plant serves. */
export const statusCodeOf: Readonly<Record<Quality, number>> = {
  good: 0,
  /** UncertainSensorNotAccurate */
  uncertain: 0x40930000,
  /** BadSensorFailure */
  bad: 0x808c0000,
};

export type RegisterType = 'uint16' | 'int16' | 'uint32' | 'uint64' | 'float32' | 'float64';

export interface RegisterTag {
  name: string;
  /** From 0; the same in the input and the holding registers. */
  address: number;
  type: RegisterType;
  /** ABCD: high word first. CDAB: low word first. Bytes within a register are always high first. */
  byteOrder: 'ABCD' | 'CDAB';
  /** Value = register x scale. */
  scale: number;
  unit?: string;
  description: string;
}

function register(
  address: number,
  name: string,
  type: RegisterType,
  description: string,
  rest: Partial<Pick<RegisterTag, 'byteOrder' | 'scale' | 'unit'>> = {},
): RegisterTag {
  return { name, address, type, description, byteOrder: 'ABCD', scale: 1, ...rest };
}

/** The head of every block; `Sequence` rises by one with every answered read that touches it. */
const machineBlock: readonly RegisterTag[] = [
  register(0, 'Sequence', 'uint32', 'Answered reads of this block, over restarts'),
  register(2, 'Time', 'uint64', 'Time of this snapshot, epoch ms', { unit: 'ms' }),
  register(6, 'State', 'uint16', 'PackML state'),
  register(7, 'Status', 'uint16', 'Bit 0: temperature bad. Bit 1: total counter bad (it keeps its last reading)'),
  register(8, 'TotalCount', 'uint16', 'Bottles, wraps at 65,536'),
  register(9, 'RejectCount', 'uint16', 'Rejected bottles, wraps at 65,536'),
  register(10, 'StateSince', 'uint64', 'Start of the state, epoch ms', { unit: 'ms' }),
];

export const statusBits = { temperatureBad: 1, totalCountBad: 2 } as const;

export const modbusDevices: Readonly<Record<'capper' | 'labeller', readonly RegisterTag[]>> = {
  capper: [
    ...machineBlock,
    register(14, 'Temperature', 'float32', 'Head temperature; NaN while bad', { unit: '°C' }),
    register(16, 'Torque', 'float32', 'Closing torque, low word first', { unit: 'Nm', byteOrder: 'CDAB' }),
  ],
  labeller: [
    ...machineBlock,
    register(14, 'LabelsLeft', 'uint32', 'Labels left on the reel, low word first', { byteOrder: 'CDAB' }),
    register(100, 'GlueTemperature', 'int16', 'Answered with exception 4 while bad', { unit: '°C', scale: 0.1 }),
  ],
};

/** Columns of a replay on the wire. */
export const replayNodeId = (column: string): string => `ns=1;s=Replay.${column}`;

/** One block: sequence, row number, the row's time and the values of its numeric columns. */
export function replayRegisters(columns: readonly string[]): RegisterTag[] {
  return [
    register(0, 'Sequence', 'uint32', 'Answered reads of this block, over restarts'),
    register(2, 'Row', 'uint32', 'Row number from 0'),
    register(4, 'Time', 'uint64', "The row's time, epoch ms", { unit: 'ms' }),
    ...columns.map((column, index) => register(8 + 4 * index, column, 'float64', 'NaN where the row has no number')),
  ];
}
