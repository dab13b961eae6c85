import type { ValueType, WireValue } from '../protocol/encode.ts';
import type { RawValue } from '../protocol/raw-value.ts';
import type { TypeLookup } from '../protocol/structure-type.ts';

/** Where a value goes. */
export interface Target {
  /** What the server says that it takes. */
  type: ValueType;
  types: TypeLookup;
  /** What it holds now. */
  held: RawValue;
}

export interface NodeRef {
  nodeId: string;
  indexRange?: string;
}

export type TargetOutcome = { kind: 'target'; target: Target } | { kind: 'unknown'; reason: string } | { kind: 'lost' };

export interface ValueToWrite extends NodeRef {
  value: WireValue;
  /** Sent along when the server shall take them over. */
  stamp?: { sourceTime: number; code: number };
}

/** The server's word on one value; `name` is that of its status code. */
export interface WriteAnswer {
  code: number;
  name: string;
}

/** What writing needs of a server. Both reject when there is no connection, or it is lost meanwhile. */
export interface WriteServices {
  readTargets(nodes: readonly NodeRef[]): Promise<TargetOutcome[]>;
  write(values: readonly ValueToWrite[]): Promise<WriteAnswer[]>;
}
