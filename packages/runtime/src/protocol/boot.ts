/** What each program of the house reads, once, as one JSON line from descriptor 3. */
import { readFileSync } from 'node:fs';
import { bootDescriptor } from './descriptors.ts';
import type { Limits } from './limits.ts';
import type { BulkheadServices } from './messages.ts';
import type { PlanRules } from './plan-rules.ts';

/** `*`, `read`, `write`, or Node-RED permissions such as `flows.read`. */
export type Permissions = string | readonly string[];

/** A person who may log in to the editor; the shape that Node-RED's `adminAuth` wants. */
export interface LoginUser {
  readonly username: string;
  /** bcrypt hash. */
  readonly password: string;
  readonly permissions: Permissions;
}

/** A token that does not expire, for a program: a script, Prometheus. */
export interface ServiceToken {
  readonly name: string;
  /** Of the token, as 64 hexadecimal digits; the token itself is written nowhere. */
  readonly sha256: string;
  readonly permissions: Permissions;
}

export interface LoginRules {
  readonly users: readonly LoginUser[];
  readonly tokens: readonly ServiceToken[];
  /** What those may do who did not log in. */
  readonly default: Permissions | null;
  /** How long a session lasts, in seconds. */
  readonly sessionS: number;
  readonly metrics: 'open' | 'login';
}

/** The same without what only the editor needs to know. */
export interface DoorLogin extends Omit<LoginRules, 'users' | 'sessionS'> {
  readonly users: readonly Omit<LoginUser, 'password'>[];
}

/** Absolute paths of the Node.js programs, and how Node.js is started. */
export interface Programs {
  readonly node: string;
  readonly supervisor: string;
  readonly editor: string;
  readonly compartment: string;
}

export interface SupervisorBoot {
  readonly home: string;
  /** 0700, short path, for every unix socket. The same over all restarts of the supervisor. */
  readonly runDirectory: string;
  readonly host: string;
  readonly port: number;
  /** Names that the `Host` header may carry besides loopback names and IP addresses. */
  readonly hosts: readonly string[];
  /** Left out where nobody has to log in. */
  readonly login?: DoorLogin;
  /** Where the keeper listens; say hello as role `supervisor`, id `supervisor`. */
  readonly keeperSocket: string;
  readonly keeperToken: string;
  /** Listen here for the editor, the services and the compartments. */
  readonly supervisorSocket: string;
  /** `deriveToken(secret, 'editor' | 'namespace' | 'compartment:<id>')` is the token of each. */
  readonly secret: string;
  readonly editorHttpSocket: string;
  readonly services: BulkheadServices;
  readonly rules: PlanRules;
  /** Of a compartment for which nothing else was set. */
  readonly limits: Limits;
  /** Processes that wait to become a compartment. */
  readonly spares: 0 | 1;
  readonly onCrashLoop: 'quarantine' | 'rollback';
  readonly programs: Programs;
  /** Environment for every compartment: an allow-list of the house's own, and BULKHEAD_PLANT_*. */
  readonly compartmentEnv: Readonly<Record<string, string>>;
  /** Directories below which palettes are looked for, besides the editor's user directory. */
  readonly nodesDirs: readonly string[];
  readonly editorUserDir: string;
  readonly compartmentsDirectory: string;
  /** Names of the keeper's service children, in stop order; empty where all are external. */
  readonly serviceNames: readonly string[];
}

export interface EditorBoot {
  readonly home: string;
  readonly supervisorSocket: string;
  readonly token: string;
  readonly userDir: string;
  /** The editor's HTTP server listens here; only the supervisor connects. */
  readonly httpSocket: string;
  readonly nodesDirs: readonly string[];
  readonly login?: LoginRules;
  /** Put the demo flows into an empty user directory. */
  readonly demo: boolean;
  readonly demoFlowsFile?: string;
  readonly services: BulkheadServices;
}

export interface BrokerBoot {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

export interface PostgresBoot {
  /** Holds `data/` and what else the database needs; made at the first start. */
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

export interface NamespaceBoot {
  readonly supervisorSocket: string;
  readonly token: string;
  readonly mqtt: NonNullable<BulkheadServices['mqtt']>;
  /** What to try first: the embedded broker speaks 3.1.1 (4) only. */
  readonly mqttVersion: 4 | 5;
  readonly maxTopics: number;
}

/**
 * Reads the boot line, once. The keeper is the parent and wrote it from one of the types above, so `parse` may be as
 * light as a type guard; it throws where the shape is wrong.
 */
export function readBoot<T>(parse: (value: unknown) => T): T {
  return parse(JSON.parse(readFileSync(bootDescriptor, 'utf8')));
}
