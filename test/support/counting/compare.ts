import { modbusDevices } from '../../../packages/plant/src/catalogue.ts';
import type { TruthLine } from '../../../packages/plant/src/log/truth-line.ts';
import { compareChanges } from './compare-changes.ts';
import { compareReads } from './compare-reads.ts';
import type { History } from './history.ts';
import { plantTruth } from './plant-truth.ts';
import { deviceNames, type Signals } from './signals.ts';

/** A value of the plant that is not in the historian. */
export interface Missing {
  readonly name: string;
  readonly seq: number;
  readonly at: number;
}

/** One way from the plant to the historian: the OPC UA server, or one Modbus device. */
export interface SourceResult {
  readonly source: string;
  /** What was served and is stored once, with the same value, quality and time. */
  readonly stored: number;
  readonly waveforms: number;
  readonly missing: readonly Missing[];
  readonly twice: readonly string[];
  readonly different: readonly string[];
  /** Rows that nobody served and that no rule explains. */
  readonly unexplained: readonly string[];
  /** Rows beyond what the plant served, by the reason for them. */
  readonly explained: Readonly<Record<string, number>>;
  /** Stored times of its fastest signal, by the plant's clock: what lies between two of them is how long nothing came. */
  readonly pulse: readonly number[];
}

/** Holds the historian against the plant's log, source by source. */
export function compare(lines: readonly TruthLine[], history: History, signals: Signals): SourceResult[] {
  const truth = plantTruth(
    lines,
    (device, address) =>
      deviceNames
        .filter((name) => name === device)
        .flatMap((name) => modbusDevices[name])
        .find((register) => register.address === address)?.name,
  );
  return [
    compareChanges(truth.changes, history, signals.opcua),
    ...deviceNames.map((device) =>
      compareReads(device, truth.reads.get(device) ?? [], history, signals.modbus[device]),
    ),
  ];
}
