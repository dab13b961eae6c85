import type { FlowEntry } from '../bulkhead-http.ts';
import { demoFlows } from './signals.ts';

export interface OeeFlowOptions {
  readonly opcuaUrl: string;
  /** Seconds; each gets an OEE node of its own. */
  readonly windows: readonly number[];
  readonly microStopMs: number;
  readonly idealCycleMs: number;
}

const tabs = ['tab-filler', 'tab-historian', 'tab-oee'];
export const resultTopic = (seconds: number): string => `umh.v1.acme.bottling.line1.filler._oee.window${seconds}`;

/** The demo's way from the filler to OEE and the historian, with the windows and limits of a plant that runs fast. */
export function oeeFlows({ opcuaUrl, windows, microStopMs, idealCycleMs }: OeeFlowOptions): FlowEntry[] {
  return demoFlows({ pollMs: 200, publishingMs: 100 }, tabs).flatMap((entry) => {
    if (entry.type === 'opcua-connection') return [{ ...entry, endpoint: opcuaUrl, reconnectMaxMs: '500' }];
    if (entry.id === 'oee-in') return [{ ...entry, wires: [windows.map(nodeId), [], []] }];
    if (entry.type !== 'oee') return [entry];
    return windows.map((seconds) => ({
      ...entry,
      id: nodeId(seconds),
      windowLength: seconds,
      windowUnit: 's',
      microStopS: microStopMs / 1000,
      idealCycleS: idealCycleMs / 1000,
      currentS: 0,
      resultTopic: resultTopic(seconds),
      wires: [[], [], ['oee-publish']],
    }));
  });
}

const nodeId = (seconds: number): string => `oee-${seconds}`;
