/** Settings, ports and secrets as the processes that the keeper starts. Pure but for the paths it is given. */
import { join, resolve } from 'node:path';
import type { HousePlan } from '../keeper/house-plan.ts';
import type { Program } from '../keeper/programs.ts';
import type { DoorLogin, EditorBoot, LoginRules, NamespaceBoot, SupervisorBoot } from '../protocol/boot.ts';
import type { BulkheadServices, ChildSpec } from '../protocol/messages.ts';
import { deriveToken } from '../protocol/token.ts';
import { childEnvironment, editorEnvironment } from './child-environment.ts';
import type { Ports } from './ports.ts';
import {
  brokerSpec,
  namespaceSpec,
  ownHangLimitMs,
  plantEnvironment,
  plantSpec,
  postgresSpec,
  type SpecBase,
} from './service-specs.ts';
import type { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';

export interface PlanInputs {
  readonly settings: Settings;
  readonly ports: Ports;
  readonly secrets: Secrets;
  /** Passwords read from the files that the settings name. */
  readonly externalPasswords: { readonly mqtt?: string; readonly postgres?: string };
  /** Fresh for every start of the house. */
  readonly houseSecret: string;
  readonly home: string;
  readonly runDirectory: string;
  /** Where `nodes/` and `flows/` are. */
  readonly root: string;
  readonly node: string;
  readonly programFile: (program: Program) => string;
  readonly hasProgram: (program: Program) => boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly notices: readonly string[];
}

export function servicesOf({ settings, ports, secrets, externalPasswords }: PlanInputs): Required<BulkheadServices> {
  const { mqtt, postgres } = settings;
  const { mqtt: mqttPassword, postgres: postgresPassword } = externalPasswords;
  return {
    mqtt:
      mqtt === null
        ? { url: `mqtt://127.0.0.1:${ports.mqtt}`, username: 'bulkhead', password: secrets.mqttPassword }
        : {
            url: mqtt.url,
            ...(mqtt.username === undefined ? {} : { username: mqtt.username }),
            ...(mqttPassword === undefined ? {} : { password: mqttPassword }),
          },
    postgres:
      postgres === null
        ? {
            host: '127.0.0.1',
            port: ports.postgres,
            database: 'bulkhead',
            user: 'bulkhead',
            password: secrets.postgresPassword,
          }
        : {
            host: postgres.host,
            port: postgres.port,
            database: postgres.database,
            user: postgres.user,
            ...(postgresPassword === undefined ? {} : { password: postgresPassword }),
          },
  };
}

/** The supervisor checks permissions; passwords are the editor's. */
function doorLogin({ users, tokens, default: everybody, metrics }: LoginRules): DoorLogin {
  return {
    users: users.map(({ username, permissions }) => ({ username, permissions })),
    tokens,
    default: everybody,
    metrics,
  };
}

/** Loading a large palette keeps the event loop busy for seconds on a small machine. */
const editorHangLimitMs = 30_000;

export function buildPlan(inputs: PlanInputs): HousePlan {
  const { settings, ports, secrets, home, runDirectory, houseSecret, environment, hasProgram } = inputs;
  const keeperSocket = join(runDirectory, 'keeper.sock');
  const supervisorSocket = join(runDirectory, 'supervisor.sock');
  const editorHttpSocket = join(runDirectory, 'editor-http.sock');
  const keeperToken = deriveToken(houseSecret, 'keeper');
  const editorUserDir = join(home, 'editor');
  const nodesDirs = [join(inputs.root, 'nodes'), ...settings.palettes.map((path) => resolve(home, path))];
  const services = servicesOf(inputs);
  const env = childEnvironment(environment);
  const base: SpecBase = { home, node: inputs.node, env, programFile: inputs.programFile };
  const runsPlant = settings.plant.enabled && hasProgram('plant');
  const token = (name: string): string => deriveToken(houseSecret, name);

  const namespace: NamespaceBoot = {
    supervisorSocket,
    token: token('namespace'),
    mqtt: services.mqtt,
    mqttVersion: settings.mqtt === null ? 4 : 5,
    maxTopics: 100_000,
  };
  const serviceSpecs: readonly ChildSpec[] = [
    ...(settings.postgres === null ? [postgresSpec(base, ports.postgres, secrets.postgresPassword)] : []),
    ...(settings.mqtt === null ? [brokerSpec(base, ports.mqtt, secrets.mqttPassword)] : []),
    ...(hasProgram('namespace') ? [namespaceSpec(base, namespace)] : []),
    ...(runsPlant ? [plantSpec(base, ports, settings.plant.seed)] : []),
  ];

  const supervisorBoot: SupervisorBoot = {
    home,
    runDirectory,
    host: settings.host,
    port: settings.port,
    hosts: settings.hosts,
    ...(settings.login === null ? {} : { login: doorLogin(settings.login) }),
    keeperSocket,
    keeperToken,
    supervisorSocket,
    secret: houseSecret,
    flowsKey: secrets.flowsKey,
    editorHttpSocket,
    services,
    limits: settings.limits,
    privilege: settings.privilege,
    rules: settings.rules,
    spares: settings.spares,
    onCrashLoop: settings.onCrashLoop,
    launcher: settings.launcher,
    containers: settings.containers,
    installation: inputs.root,
    programs: {
      node: inputs.node,
      supervisor: inputs.programFile('supervisor'),
      editor: inputs.programFile('editor'),
      compartment: inputs.programFile('compartment'),
      container: inputs.programFile('container'),
    },
    compartmentEnv: { ...childEnvironment(environment, settings.env), ...(runsPlant ? plantEnvironment(ports) : {}) },
    nodesDirs,
    editorUserDir,
    compartmentsDirectory: join(home, 'compartments'),
    serviceNames: serviceSpecs.map(({ name }) => name).toReversed(),
  };
  const editorBoot: EditorBoot = {
    home,
    supervisorSocket,
    token: token('editor'),
    userDir: editorUserDir,
    httpSocket: editorHttpSocket,
    nodesDirs,
    ...(settings.login === null ? {} : { login: settings.login }),
    projects: settings.projects,
    demo: settings.demo,
    demoFlowsFile: join(inputs.root, 'flows', 'demo.json'),
    services,
  };
  return {
    home,
    runDirectory,
    keeperSocket,
    keeperToken,
    services: serviceSpecs,
    editor: {
      name: 'editor',
      role: 'editor',
      command: inputs.node,
      args: [inputs.programFile('editor')],
      cwd: home,
      env: { ...editorEnvironment(environment, settings.env), ...(runsPlant ? plantEnvironment(ports) : {}) },
      boot: editorBoot,
      hangLimitMs: editorHangLimitMs,
      restart: 'keeper',
    },
    supervisor: {
      name: 'supervisor',
      role: 'supervisor',
      command: inputs.node,
      args: [inputs.programFile('supervisor')],
      cwd: home,
      env,
      boot: supervisorBoot,
      hangLimitMs: ownHangLimitMs,
      restart: 'keeper',
    },
    cgroups: settings.cgroups,
    notices: inputs.notices,
  };
}
