import type { TruthLine } from '../../../packages/plant/src/log/truth-line.ts';
import type { StoredRow } from './history.ts';

/** What the plant served under one OPC UA tag, as the historian has to hold it. */
export interface Change {
  readonly tag: string;
  readonly seq: number;
  readonly sourceTime: number;
  readonly value: StoredRow['value'];
  readonly quality: StoredRow['quality'];
  readonly stepUs?: number;
}

/** One answered read of a block that holds the sequence register, and what was answered for the block beside it. */
export interface Read {
  readonly seq: number;
  /** The plant's clock, epoch ms. */
  readonly at: number;
  readonly values: Readonly<Record<string, number | null>>;
  /** Registers of the same poll outside of the block, null where the device answered with an exception. */
  beside: Record<string, number | null>;
}

export interface PlantTruth {
  readonly changes: ReadonlyMap<string, readonly Change[]>;
  readonly reads: ReadonlyMap<string, readonly Read[]>;
}

/** Names of registers by device and address, for reads that were answered with an exception. */
export type RegisterNames = (device: string, address: number) => string | undefined;

export function plantTruth(lines: readonly TruthLine[], nameOf: RegisterNames): PlantTruth {
  const changes = new Map<string, Change[]>();
  const reads = new Map<string, Read[]>();
  const listIn = <T>(map: Map<string, T[]>, key: string): T[] => {
    const list = map.get(key) ?? [];
    map.set(key, list);
    return list;
  };
  for (const line of lines) {
    switch (line.type) {
      case 'value': {
        const { tag, seq, sourceTime, value, quality } = line;
        listIn(changes, tag).push({ tag, seq, sourceTime, value, quality });
        break;
      }
      case 'waveform': {
        const { tag, seq, sourceTime, sha1, quality, stepUs } = line;
        listIn(changes, tag).push({ tag, seq, sourceTime, value: sha1, quality, stepUs });
        break;
      }
      case 'read': {
        const { device, seq, at, values } = line;
        if (seq !== null) listIn(reads, device).push({ seq, at, values, beside: {} });
        // Both blocks of a poll are asked for in one breath on one connection: what follows a read belongs to it.
        else Object.assign(listIn(reads, device).at(-1)?.beside ?? {}, values);
        break;
      }
      case 'exception': {
        const name = nameOf(line.device, line.address);
        const last = listIn(reads, line.device).at(-1);
        if (name !== undefined && last !== undefined) last.beside[name] = null;
        break;
      }
      default:
        break;
    }
  }
  return { changes, reads };
}
