import * as v from 'valibot';
import { until } from './until.ts';

const processes = v.array(
  v.object({ role: v.string(), name: v.string(), pid: v.nullish(v.number()), state: v.nullish(v.string()) }),
);

const compartments = v.array(
  v.looseObject({
    id: v.string(),
    name: v.string(),
    tabs: v.array(v.object({ id: v.string(), label: v.string() })),
    state: v.picklist(['starting', 'running', 'backing-off', 'quarantined', 'stopped']),
    pid: v.nullish(v.number()),
    restarts: v.number(),
    lastExit: v.nullable(v.looseObject({ reason: v.string(), detail: v.string(), nodeId: v.optional(v.string()) })),
  }),
);

export type ProcessInfo = v.InferOutput<typeof processes>[number];
export type CompartmentInfo = v.InferOutput<typeof compartments>[number];

/** One entry of a flow file. */
export interface FlowEntry {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** The part of the HTTP contract that tests use; each call rejects on another status than the one it expects. */
export function bulkheadHttp(url: string) {
  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(10_000), ...init });
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
  return {
    request,
    async processes(): Promise<ProcessInfo[]> {
      return v.parse(processes, await (await request('/bulkhead/processes')).json());
    },
    async compartments(): Promise<CompartmentInfo[]> {
      return v.parse(compartments, await (await request('/bulkhead/compartments')).json());
    },
    /** The compartment that runs the tab with this label; throws when there is none. */
    async compartmentOfTab(label: string): Promise<CompartmentInfo> {
      const all = await this.compartments();
      const found = all.find(({ tabs }) => tabs.some((tab) => tab.label === label));
      if (!found) throw new Error(`no compartment runs a tab "${label}"`);
      return found;
    },
    /** Resolves once so many spares could become a compartment at once. */
    async prepared(count: number): Promise<void> {
      await until(
        async () => (await (await request('/metrics')).text()).includes(`\nbulkhead_spares_ready ${count}\n`),
        { deadlineMs: 30_000, what: `${count} spares` },
      );
    },
    /** Deploys a whole flow file as the editor does. */
    async deploy(flows: readonly FlowEntry[], type: 'full' | 'flows' | 'nodes' = 'full'): Promise<void> {
      await request('/flows', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': type },
        body: JSON.stringify(flows),
      });
    },
  };
}
