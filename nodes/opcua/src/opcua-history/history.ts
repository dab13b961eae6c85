import type { AggregateName } from './defaults.ts';
import type { RawValue } from '../protocol/raw-value.ts';

export type HistoryDetails =
  | { kind: 'raw'; from: number; to: number; perRequest: number }
  | { kind: 'processed'; from: number; to: number; aggregate: AggregateName; intervalMs: number };

export interface HistoryNode {
  nodeId: string;
  /** Where the last page ended. */
  continuation?: Uint8Array;
}

/** One page of the history of one node. */
export type HistoryPage =
  | { ok: true; values: readonly RawValue[]; continuation?: Uint8Array }
  | { ok: false; code: number; name: string };

/** What reading history needs of a server. Both reject when there is no connection, or it is lost meanwhile. */
export interface HistoryServices {
  readHistory(nodes: readonly HistoryNode[], details: HistoryDetails): Promise<HistoryPage[]>;
  /** Lets go of what the server keeps for pages that are not read. */
  releaseHistory(nodes: readonly HistoryNode[]): Promise<void>;
}
