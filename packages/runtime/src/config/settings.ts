/** The environment over `bulkhead.yaml` over the defaults: one set of good values for the rest of the house. */
import { isIP } from 'node:net';
import type { ContainerEngine, Launcher, LoginRules } from '../protocol/boot.ts';
import { defaultRules, type PlanRules } from '../protocol/plan-rules.ts';
import { type Limits, usualLimits } from '../protocol/limits.ts';
import { type Privilege, usualPrivilege } from '../protocol/privilege.ts';
import type { Outcome } from './configuration-file.ts';
import { nearest } from './nearest.ts';
import type { Configuration } from './schema.ts';

export interface ExternalMqtt {
  readonly url: string;
  readonly username?: string;
  readonly passwordFile?: string;
}

export interface ExternalPostgres {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly passwordFile?: string;
}

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly hosts: readonly string[];
  readonly login: LoginRules | null;
  /** Null: the embedded broker. */
  readonly mqtt: ExternalMqtt | null;
  /** Null: the embedded database. */
  readonly postgres: ExternalPostgres | null;
  readonly plant: { readonly enabled: boolean; readonly seed: number };
  readonly demo: boolean;
  /** Which tabs run together. */
  readonly rules: PlanRules;
  readonly limits: Limits;
  /** Hold compartments to their limits by control groups, where the keeper may make them. */
  readonly cgroups: boolean;
  readonly spares: 0 | 1;
  readonly onCrashLoop: 'quarantine' | 'rollback';
  readonly launcher: Launcher;
  readonly containers: ContainerEngine;
  /** Of a compartment for which nothing else was set. */
  readonly privilege: Privilege;
  /** Projects of Node-RED, which are kept with Git. */
  readonly projects: boolean;
  readonly palettes: readonly string[];
  /** Names of variables that flows may see. */
  readonly env: readonly string[];
}

/** Variables that are read; another one that starts with BULKHEAD_ is a slip of the pen, told in a notice. */
export const variables = [
  'BULKHEAD_HOME',
  'BULKHEAD_HOST',
  'BULKHEAD_PORT',
  'BULKHEAD_HOSTS',
  'BULKHEAD_MQTT_URL',
  'BULKHEAD_MQTT_USERNAME',
  'BULKHEAD_MQTT_PASSWORD_FILE',
  'BULKHEAD_POSTGRES_HOST',
  'BULKHEAD_POSTGRES_PORT',
  'BULKHEAD_POSTGRES_DATABASE',
  'BULKHEAD_POSTGRES_USER',
  'BULKHEAD_POSTGRES_PASSWORD_FILE',
  'BULKHEAD_PLANT',
  'BULKHEAD_PLANT_SEED',
  'BULKHEAD_DEMO',
  // Read by the commands that talk to a running house.
  'BULKHEAD_TOKEN',
] as const;

type Variable = (typeof variables)[number];
type Environment = Readonly<Record<string, string | undefined>>;

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** One line for each variable that nobody reads. */
export function misspeltVariables(environment: Environment): readonly string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith('BULKHEAD_') && !variables.some((known) => known === name))
    .map((name) => {
      const near = nearest(name, variables);
      return `${name} in the environment is not read by Bulkhead${near === null ? '' : `; did you mean ${near}?`}`;
    });
}

/** Problems are whole sentences that say what to do. */
export function settle(configuration: Configuration, environment: Environment): Outcome<Settings> {
  const problems: string[] = [];
  const given = (name: Variable): string | undefined => environment[name]?.trim() || undefined;
  const number = (name: Variable, least: number, most: number): number | undefined => {
    const text = given(name);
    if (text === undefined) return undefined;
    if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    problems.push(`${name} must be a whole number from ${least} to ${most}`);
    return undefined;
  };
  const flag = (name: Variable): boolean | undefined => {
    const text = given(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (['1', 'true', 'on', 'yes'].includes(text)) return true;
    if (['0', 'false', 'off', 'no'].includes(text)) return false;
    problems.push(`${name} must be true or false`);
    return undefined;
  };

  const host = given('BULKHEAD_HOST') ?? configuration.host ?? '127.0.0.1';
  const login = loginOf(configuration);
  if (!isLoopback(host) && login === null) {
    problems.push(
      `listening on ${host} without a login would let anybody change the flows: add "login" with "users" to ` +
        'bulkhead.yaml (hash a password with: npx node-red admin hash-pw), or set BULKHEAD_HOST=127.0.0.1',
    );
  }

  const seed = number('BULKHEAD_PLANT_SEED', 0, 2 ** 40) ?? configuration.plant?.seed ?? 1;
  const plant = { enabled: flag('BULKHEAD_PLANT') ?? configuration.plant?.enabled ?? true, seed };
  const settings: Settings = {
    host,
    port: number('BULKHEAD_PORT', 0, 65_535) ?? configuration.port ?? 1880,
    hosts:
      given('BULKHEAD_HOSTS')
        ?.split(',')
        .map((name) => name.trim()) ??
      configuration.hosts ??
      [],
    login,
    mqtt: mqttOf(configuration, given),
    postgres: postgresOf(configuration, given, number('BULKHEAD_POSTGRES_PORT', 1, 65_535)),
    plant,
    demo: flag('BULKHEAD_DEMO') ?? configuration.demo ?? true,
    rules: rulesOf(configuration),
    limits: { ...usualLimits, ...configuration.limits },
    cgroups: configuration.cgroups ?? true,
    spares: configuration.spares ?? 1,
    onCrashLoop: configuration.onCrashLoop ?? 'quarantine',
    launcher: configuration.launcher ?? 'process',
    containers: containersOf(configuration),
    privilege: { ...usualPrivilege, ...configuration.privilege },
    projects: configuration.projects ?? false,
    palettes: configuration.palettes ?? [],
    env: configuration.env ?? [],
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: settings };
}

/** What `bulkhead.yaml` says of which tabs run together. */
export function rulesOf({ exclusive, shared, partition }: Configuration): PlanRules {
  return {
    exclusive: exclusive ?? defaultRules.exclusive,
    shared: shared ?? defaultRules.shared,
    partition: {
      pins: partition?.pins ?? defaultRules.partition.pins,
      apart: partition?.apart ?? defaultRules.partition.apart,
      dashboards: partition?.dashboards ?? defaultRules.partition.dashboards,
    },
  };
}

function containersOf({ container = {} }: Configuration): ContainerEngine {
  const { engine = '/var/run/docker.sock', image = 'bulkhead-compartment', network = 'host' } = container;
  return {
    socket: engine,
    image,
    network,
    address: container.address ?? '',
    pids: container.pids ?? 512,
    mountInstallation: container.mountInstallation ?? false,
  };
}

type Given = (name: Variable) => string | undefined;

function loginOf({ login }: Configuration): LoginRules | null {
  if (login === undefined) return null;
  const { users, tokens, sessionHours, metrics } = login;
  return { users, tokens, default: login.default?.permissions ?? null, sessionS: sessionHours * 3_600, metrics };
}

function mqttOf({ mqtt }: Configuration, given: Given): ExternalMqtt | null {
  const url = given('BULKHEAD_MQTT_URL') ?? mqtt?.url;
  if (url === undefined) return null;
  const username = given('BULKHEAD_MQTT_USERNAME') ?? mqtt?.username;
  const passwordFile = given('BULKHEAD_MQTT_PASSWORD_FILE') ?? mqtt?.passwordFile;
  return {
    url,
    ...(username === undefined ? {} : { username }),
    ...(passwordFile === undefined ? {} : { passwordFile }),
  };
}

function postgresOf({ postgres }: Configuration, given: Given, port: number | undefined): ExternalPostgres | null {
  const host = given('BULKHEAD_POSTGRES_HOST') ?? postgres?.host;
  if (host === undefined) return null;
  const passwordFile = given('BULKHEAD_POSTGRES_PASSWORD_FILE') ?? postgres?.passwordFile;
  return {
    host,
    port: port ?? postgres?.port ?? 5432,
    database: given('BULKHEAD_POSTGRES_DATABASE') ?? postgres?.database ?? 'bulkhead',
    user: given('BULKHEAD_POSTGRES_USER') ?? postgres?.user ?? 'bulkhead',
    ...(passwordFile === undefined ? {} : { passwordFile }),
  };
}
