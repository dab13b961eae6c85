/** What the runtime tells about its compartments, as far as the sidebar shows it. */
import * as v from 'valibot';
import { perLimit } from '../../protocol/limits.ts';
import { allowances, privilegeModes } from '../../protocol/privilege.ts';

const lastExit = v.object({
  at: v.number(),
  reason: v.string(),
  detail: v.string(),
  nodeId: v.optional(v.string()),
  nodeName: v.optional(v.string()),
  nodeIsExact: v.optional(v.boolean()),
});

const limits = v.object(perLimit(() => v.number()));
const policy = v.object({
  standby: v.picklist(['shared', 'own']),
  onCrashLoop: v.picklist(['quarantine', 'rollback']),
});
const paths = v.array(v.string());
const privilege = v.object({
  mode: v.picklist(privilegeModes),
  read: paths,
  write: paths,
  allow: v.array(v.picklist(allowances)),
});
const grants = v.object({ unconfinedBecause: v.nullable(v.string()), read: paths, write: paths, allow: paths });
const enforcer = v.picklist(['cgroup-v2', 'cgroup-v1', 'engine', 'watchdog']);

const problem = v.object({
  kind: v.string(),
  names: v.string(),
  because: v.string(),
  message: v.string(),
  nodeId: v.optional(v.string()),
});

/** Of the comms topic `bulkhead/compartments`, and the part of each compartment that changes at once. */
const overview = {
  id: v.string(),
  state: v.picklist(['starting', 'running', 'backing-off', 'quarantined', 'stopped']),
  /** It runs, and has given no sign of life for some seconds. */
  silent: v.boolean(),
  restarts: v.number(),
  /** Rolled back: it runs earlier flows than those that were deployed. */
  pinned: v.boolean(),
  lastExit: v.nullable(lastExit),
  /** What of its flows does not run, though its process does. */
  problems: v.array(problem),
};

export const overviewsSchema = v.array(v.object(overview));

export const compartmentsSchema = v.array(
  v.object({
    ...overview,
    name: v.string(),
    tabs: v.array(v.object({ id: v.string(), label: v.string() })),
    pid: v.nullable(v.number()),
    launcher: v.optional(v.picklist(['process', 'container']), 'process'),
    startedAt: v.nullable(v.number()),
    memory: v.object({ rssBytes: v.number() }),
    cpuPercent: v.number(),
    cpuLimited: v.boolean(),
    openFiles: v.nullable(v.number()),
    eventLoop: v.object({ p99Ms: v.number() }),
    limits,
    policy,
    privilege,
    grants: v.nullable(grants),
    limitsBy: v.object({ memory: enforcer, cpu: enforcer }),
    quarantinedBecause: v.optional(v.string()),
    canRollBack: v.boolean(),
  }),
);

export const crashesSchema = v.array(
  v.object({
    ...lastExit.entries,
    id: v.string(),
    nodeIsExact: v.boolean(),
    log: v.array(v.object({ text: v.string() })),
    message: v.nullable(v.object({ preview: v.string(), complete: v.boolean(), redacted: v.boolean() })),
  }),
);

export const setAsideSchema = v.array(
  v.object({
    id: v.string(),
    method: v.string(),
    url: v.string(),
    compartmentId: v.string(),
    kills: v.number(),
    lastAt: v.number(),
    refused: v.number(),
  }),
);

/** Of one crash report, all of it. */
export const crashMessageSchema = v.object({ message: v.unknown() });

export const logSchema = v.array(v.object({ at: v.number(), stream: v.string(), text: v.string() }));

const named = v.array(v.object({ id: v.string(), label: v.string() }));

export const planSchema = v.object({
  compartments: v.array(
    v.object({
      id: v.string(),
      name: v.string(),
      tabs: named,
      dashboards: named,
      splits: v.array(
        v.object({
          tab: v.string(),
          nodes: v.array(v.string()),
          from: v.string(),
          to: v.string(),
          dashboard: v.string(),
          reason: v.string(),
        }),
      ),
      unions: v.array(
        v.object({
          tabs: v.array(v.string()),
          kind: v.string(),
          nodeId: v.optional(v.string()),
          reason: v.string(),
        }),
      ),
    }),
  ),
  conflicts: v.array(v.object({ nodes: v.array(v.object({ id: v.string() })), reason: v.string() })),
  warnings: v.array(v.string()),
});

export type Overview = v.InferOutput<typeof overviewsSchema>[number];
export type CompartmentInfo = v.InferOutput<typeof compartmentsSchema>[number];
export type State = CompartmentInfo['state'];
export type ProblemInfo = v.InferOutput<typeof problem>;
export type LastExit = v.InferOutput<typeof lastExit>;
export type GrantsInfo = v.InferOutput<typeof grants>;
export type LimitsBy = CompartmentInfo['limitsBy'];
export type Policy = v.InferOutput<typeof policy>;
export type CrashReport = v.InferOutput<typeof crashesSchema>[number];
export type SetAside = v.InferOutput<typeof setAsideSchema>[number];
export type LogLine = v.InferOutput<typeof logSchema>[number];
export type Plan = v.InferOutput<typeof planSchema>;
export type Planned = Plan['compartments'][number];
