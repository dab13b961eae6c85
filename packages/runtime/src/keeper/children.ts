/** All children by name: which live, which wait for a restart, why the last life of each ended. */
import { join } from 'node:path';
import { type LimitsBy, watchdogOnly } from '../protocol/limits.ts';
import type {
  ChildExit,
  ChildLimits,
  ChildSpec,
  ChildStatus,
  ExitReason,
  NewName,
  LogLine,
} from '../protocol/messages.ts';
import { afterEnd, type RestartPolicy, servicePolicy, supervisorPolicy } from './back-off.ts';
import { type Child, startChild } from './child.ts';
import type { HouseGroups } from './house-groups.ts';
import type { LastWill } from './last-will.ts';
import type { WithDeathSignal } from './death-signal.ts';
import { createLogFile, type LogFile } from './log-file.ts';
import { createLogRing, type LogRing } from './log-ring.ts';

/** Where one name stands. `stopped` keeps the last exit and the log for whoever asks. */
type Life =
  | { readonly kind: 'running'; readonly child: Child }
  | { readonly kind: 'backing-off'; readonly timer: NodeJS.Timeout }
  | { readonly kind: 'stopped' };

interface Entry {
  spec: ChildSpec;
  life: Life;
  restarts: number;
  shortLives: number;
  lastExit: ChildExit | null;
  limitsBy: LimitsBy;
  ring: LogRing;
  file: LogFile;
  /** Output before this is of another process: it came to its name later. Epoch ms. */
  namedAt: number;
}

/** What comes after an end. */
export interface AfterExit {
  /** Null: nothing starts it again here. */
  readonly restartsInMs: number | null;
  readonly slow: boolean;
  /** What people call the child. */
  readonly label: string | undefined;
}

export interface ChildrenPorts {
  readonly withDeathSignal: WithDeathSignal;
  readonly lastWill: LastWill;
  readonly groups: () => HouseGroups;
  readonly logsDirectory: string;
  /** A line of a program of the house for the person at the terminal. */
  readonly onNotice: (text: string) => void;
  /** Again when it turns out that the kernel does not hold it to its limits. */
  readonly onStarted: (status: ChildStatus) => void;
  /** `restartsInMs` is null where nobody but the supervisor may start it again. */
  readonly onExited: (exit: ChildExit, next: AfterExit) => void;
}

export interface Children {
  /** Starts a process under a name that is free. Throws an Error with code `already-running`. */
  start(spec: ChildSpec): ChildStatus;
  /** False when no such child runs. */
  kill(name: string, signal: NodeJS.Signals, because?: { reason: ExitReason; detail: string }): boolean;
  setLimits(name: string, limits: ChildLimits): void;
  /**
   * Gives a running child another name, role and limits; the log and the last exit of that name become its own.
   * Throws an Error with code `not-running` or `already-running`.
   */
  rename(name: string, to: NewName): ChildStatus;
  list(): readonly ChildStatus[];
  logs(name: string, lines: number): readonly LogLine[];
  running(): readonly ChildStatus[];
  /** From now on this name, or every one, stays down once it has ended. */
  stayDown(name?: string): void;
  /** Resolves with true once the child has ended, with false after the time. */
  ended(name: string, withinMs: number): Promise<boolean>;
  flushLogs(): Promise<void>;
}

/** Names that are kept after their end, for their logs and last exit. */
const maxStopped = 200;

export function createChildren(ports: ChildrenPorts): Children {
  const entries = new Map<string, Entry>();
  const down = new Set<string>();
  const waiting = new Map<string, Set<() => void>>();
  let allDown = false;

  const statusOf = ({ spec, life, restarts, lastExit, limitsBy }: Entry): ChildStatus => ({
    name: spec.name,
    role: spec.role,
    pid: life.kind === 'running' ? life.child.pid : null,
    state: life.kind,
    startedAt: life.kind === 'running' ? life.child.startedAt : null,
    restarts,
    lastExit,
    limitsBy,
  });

  const policyOf = (spec: ChildSpec): RestartPolicy => (spec.role === 'supervisor' ? supervisorPolicy : servicePolicy);

  const logFileOf = (name: string): LogFile => createLogFile(join(ports.logsDirectory, `${fileNameOf(name)}.log`));

  const launch = (entry: Entry): void => {
    const { spec } = entry;
    const group = spec.resources ? ports.groups().groupFor(spec.name) : null;
    entry.limitsBy = group === null ? watchdogOnly : ports.groups().limitsBy;
    const child = startChild(spec, {
      group,
      onRefused: (text) => {
        entry.limitsBy = watchdogOnly;
        ports.onStarted(statusOf(entry));
        entry.file.write(`${new Date().toISOString()} K ${text}`);
      },
      withDeathSignal: ports.withDeathSignal,
      lastWill: ports.lastWill,
      // A program may choose a safer way to start after several short lives.
      extraEnv: entry.shortLives > 0 ? { BULKHEAD_SHORT_LIVES: String(entry.shortLives) } : {},
      stderrSince: (since) => entry.ring.stderrSince(Math.max(since, entry.namedAt), 40),
      logSince: (since) => entry.ring.since(Math.max(since, entry.namedAt), 40),
      onLine: (line) => {
        entry.ring.add(line);
        entry.file.write(`${new Date(line.at).toISOString()} ${line.stream === 'stderr' ? 'E' : 'O'} ${line.text}`);
      },
      onNotice: (text) => runsNoFlows(entry.spec.role) && ports.onNotice(`${spec.name}: ${text}`),
      onExit: (exit) => exited(entry, { ...exit, name: entry.spec.name, role: entry.spec.role }),
    });
    entry.life = { kind: 'running', child };
    entry.file.write(`${new Date().toISOString()} K started with pid ${child.pid ?? 'none'}`);
    if (child.pid !== null) ports.onStarted(statusOf(entry));
  };

  const exited = (entry: Entry, exit: ChildExit): void => {
    const { spec, file, ring } = entry;
    entry.lastExit = exit;
    const ended = `ended: ${exit.reason}: ${exit.detail}`;
    file.write(`${new Date(exit.endedAt).toISOString()} K ${ended}`);
    // Between its lines and those of its next life.
    ring.add({ at: exit.endedAt, stream: 'stderr', text: `--- ${ended.split('\n')[0] ?? ''}` });
    if (spec.restart === 'none' || allDown || down.has(spec.name)) {
      entry.life = { kind: 'stopped' };
      ports.onExited(exit, { restartsInMs: null, slow: false, label: spec.label });
      prune();
    } else {
      const next = afterEnd(policyOf(spec), entry.shortLives, exit.endedAt - exit.startedAt, exit.code === 78);
      entry.shortLives = next.shortLives;
      const timer = setTimeout(() => {
        entry.restarts += 1;
        launch(entry);
      }, next.delayMs);
      entry.life = { kind: 'backing-off', timer };
      ports.onExited(exit, { restartsInMs: next.delayMs, slow: next.slow, label: spec.label });
    }
    for (const tell of waiting.get(spec.name) ?? []) tell();
  };

  const prune = (): void => {
    const stopped = [...entries.values()].filter(({ life }) => life.kind === 'stopped');
    for (const { spec } of stopped.slice(0, Math.max(0, stopped.length - maxStopped))) entries.delete(spec.name);
  };

  const stay = (entry: Entry): void => {
    if (entry.life.kind !== 'backing-off') return;
    clearTimeout(entry.life.timer);
    entry.life = { kind: 'stopped' };
  };

  return {
    start(spec) {
      const before = entries.get(spec.name);
      if (before !== undefined && before.life.kind !== 'stopped') {
        throw Object.assign(new Error(`${spec.name} is running already`), { code: 'already-running' });
      }
      const entry: Entry = {
        spec,
        life: { kind: 'stopped' },
        restarts: before === undefined ? 0 : before.restarts + 1,
        shortLives: 0,
        lastExit: before?.lastExit ?? null,
        limitsBy: watchdogOnly,
        ring: before?.ring ?? createLogRing(),
        file: before?.file ?? logFileOf(spec.name),
        namedAt: 0,
      };
      // Deleted first, so that pruning by insertion order forgets what ended longest ago.
      entries.delete(spec.name);
      entries.set(spec.name, entry);
      launch(entry);
      return statusOf(entry);
    },
    kill(name, signal, because) {
      const life = entries.get(name)?.life;
      if (life?.kind !== 'running') return false;
      life.child.kill(signal, because);
      return true;
    },
    setLimits(name, limits) {
      const life = entries.get(name)?.life;
      if (life?.kind === 'running') life.child.setLimits(limits);
    },
    rename(name, { hangLimitMs, resources, ...to }) {
      const entry = entries.get(name);
      if (entry?.life.kind !== 'running' || entry.life.child.pid === null)
        throw Object.assign(new Error(`${name} is not running`), { code: 'not-running' });
      const before = entries.get(to.name);
      if (before !== undefined && before.life.kind !== 'stopped')
        throw Object.assign(new Error(`${to.name} is running already`), { code: 'already-running' });
      const { child } = entry.life;
      entry.file.write(`${new Date().toISOString()} K pid ${child.pid} is ${to.name} from now on`);
      entry.spec = { ...entry.spec, ...to, hangLimitMs, resources };
      entry.ring = before?.ring ?? createLogRing();
      entry.file = before?.file ?? logFileOf(to.name);
      entry.namedAt = Date.now();
      entry.restarts = before === undefined ? 0 : before.restarts + 1;
      entry.lastExit = before?.lastExit ?? null;
      entry.file.write(`${new Date().toISOString()} K started as ${name} with pid ${child.pid}`);
      entries.delete(name);
      entries.delete(to.name);
      entries.set(to.name, entry);
      child.setLimits({ hangLimitMs, resources });
      return statusOf(entry);
    },
    list: () => [...entries.values()].map(statusOf),
    running: () => [...entries.values()].filter(({ life }) => life.kind === 'running').map(statusOf),
    logs: (name, lines) => entries.get(name)?.ring.last(lines) ?? [],
    stayDown(name) {
      if (name === undefined) allDown = true;
      else down.add(name);
      for (const entry of entries.values()) if (name === undefined || entry.spec.name === name) stay(entry);
    },
    ended(name, withinMs) {
      if (entries.get(name)?.life.kind !== 'running') return Promise.resolve(true);
      return new Promise((resolve) => {
        const settle = (ended: boolean): void => {
          clearTimeout(timer);
          waiting.get(name)?.delete(tell);
          resolve(ended);
        };
        const tell = (): void => settle(true);
        const timer = setTimeout(() => settle(false), withinMs);
        const others = waiting.get(name) ?? new Set();
        waiting.set(name, others.add(tell));
      });
    },
    async flushLogs() {
      await Promise.all([...entries.values()].map(({ file }) => file.flush()));
    },
  };
}

/** What runs flows must not write on the terminal of the house. */
const runsNoFlows = (role: ChildSpec['role']): boolean => role !== 'compartment' && role !== 'spare';

/** A child's name as part of a file name: compartment names come from users. */
function fileNameOf(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_').slice(0, 100);
}
