/** What each program of the house reads, once, as one JSON line from descriptor 3. */
import { readFileSync } from 'node:fs';
import { bootDescriptor } from './descriptors.ts';
import type { GateAccess } from './gate.ts';
import type { Limits } from './limits.ts';
import type { Privilege } from './privilege.ts';
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
  /** Keeps one container. */
  readonly container: string;
}

export const launchers = ['process', 'container'] as const;
/** How a compartment is run. */
export type Launcher = (typeof launchers)[number];

/** How containers are made, where compartments run in them. */
export interface ContainerEngine {
  /** Of the Docker Engine API. */
  readonly socket: string;
  readonly image: string;
  /** Docker's network mode: `host`, or the name of a network. */
  readonly network: string;
  /** Of this machine, as it is seen from that network; empty: the network's gateway, or loopback. */
  readonly address: string;
  /** Processes and threads of one container. */
  readonly pids: number;
  /** The runtime of this installation is mounted, read-only, instead of the one in the image. */
  readonly mountInstallation: boolean;
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
  /** Encrypts flows on disk; the same in every run of the house. */
  readonly flowsKey: string;
  readonly editorHttpSocket: string;
  readonly services: BulkheadServices;
  readonly rules: PlanRules;
  /** Of a compartment for which nothing else was set. */
  readonly limits: Limits;
  /** Processes that wait to become a compartment. */
  readonly spares: 0 | 1;
  readonly onCrashLoop: 'quarantine' | 'rollback';
  /** Of a compartment whose tab says nothing else. */
  readonly launcher: Launcher;
  readonly containers: ContainerEngine;
  /** The root of the installation, which holds `nodes/` and `node_modules/`. */
  readonly installation: string;
  readonly privilege: Privilege;
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
  /** Offer Node-RED's projects; they need Git. */
  readonly projects: boolean;
  /** Put the demo flows into an empty user directory. */
  readonly demo: boolean;
  readonly demoFlowsFile?: string;
  readonly services: BulkheadServices;
}

/** What a compartment in a container knows besides what one in a process does. */
export interface Contained {
  readonly gate: GateAccess;
  /** Under which the house knows it: that of the program that keeps the container. */
  readonly pid: number;
  /** Files below `from`, as the house calls them, lie below `to` in the container. */
  readonly moved: { readonly from: string; readonly to: string };
}

/** For the program that keeps one container. */
export interface ContainerBoot {
  readonly engine: ContainerEngine;
  /** Of the container; one of this name is left over. */
  readonly name: string;
  /** The home of the house, and which start of it this is: the containers of an earlier one are left over. */
  readonly house: string;
  readonly run: string;
  /** A label for whoever looks at the engine's list. */
  readonly compartmentName: string;
  /** Root of the installation, and the program of a compartment below it. */
  readonly installation: string;
  readonly program: string;
  readonly nodeArguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly openFiles: number;
  /** The compartment's own, which it may write to. */
  readonly directory: string;
  readonly runDirectory: string;
  readonly supervisorSocket: string;
  readonly httpSocket: string;
  readonly linkSocket: string;
  /** Folders with palettes that users installed; those that exist are mounted, read-only. */
  readonly palettes: readonly string[];
  /** Boot data of the compartment; `contained` is added. */
  readonly compartment: Readonly<Record<string, unknown>>;
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
 * light as a type guard; it throws where the shape is wrong. In a container there is no such descriptor, but a file.
 */
export function readBoot<T>(parse: (value: unknown) => T, from: number | string = bootDescriptor): T {
  return parse(JSON.parse(readFileSync(from, 'utf8')));
}
