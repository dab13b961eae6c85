import type { ChildStatus } from '../../protocol/messages.ts';
import type { Compartment } from '../compartments/compartment.ts';
import { pidOf } from '../compartments/compartment-state.ts';
import type { Watched } from '../limit-watch.ts';

/** One entry of `GET /bulkhead/compartments`. */
export function compartmentView(compartment: Compartment, sample: Watched | null) {
  const { planned, state } = compartment;
  return {
    id: planned.id,
    name: planned.name,
    tabs: planned.tabs,
    dashboards: planned.dashboards,
    state: state.kind,
    pid: pidOf(state),
    launcher: compartment.launcher,
    startedAt: pidOf(state) === null ? null : compartment.startedAt,
    readyAfterMs: compartment.readyAfterMs,
    restarts: compartment.restarts,
    lastExit: compartment.lastExit,
    memory: { rssBytes: sample?.rssBytes ?? 0 },
    cpuPercent: sample?.cpuPercent ?? 0,
    cpuLimited: sample?.cpuLimited ?? false,
    openFiles: sample?.openFiles ?? null,
    dropped: {
      logLines: compartment.telemetry?.logDropped ?? 0,
      debugMessages: compartment.telemetry?.debugDropped ?? 0,
    },
    eventLoop: { p99Ms: compartment.eventLoopP99Ms ?? 0 },
    silent: compartment.isSilent,
    links: compartment.telemetry?.links ?? { sent: 0, received: 0, dropped: 0, queued: 0 },
    limits: compartment.limits,
    limitsBy: compartment.limitsBy,
    policy: compartment.policy,
    privilege: compartment.privilege,
    grants: compartment.grants,
    sliceHash: compartment.sliceHash,
    pinned: compartment.pinnedAgainst !== null,
    canRollBack: compartment.canRollBack,
    ...(state.kind === 'quarantined' ? { quarantinedBecause: state.because } : {}),
    problems: compartment.problems,
    missingTypes: compartment.missingTypes,
  };
}

export interface ProcessView {
  readonly role: string;
  readonly name: string;
  readonly pid: number | null;
  readonly state: string;
}

/** `GET /bulkhead/processes`: the keeper, and what it keeps. */
export function processViews(keeperPid: number, children: readonly ChildStatus[]): ProcessView[] {
  return [
    { role: 'keeper', name: 'keeper', pid: keeperPid, state: 'running' },
    ...children.map(({ role, name, pid, state }) => ({ role, name, pid, state })),
  ];
}
