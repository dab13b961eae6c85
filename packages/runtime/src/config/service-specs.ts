/** How each embedded service is started. */
import { join } from 'node:path';
import type { BrokerBoot, NamespaceBoot, PostgresBoot } from '../protocol/boot.ts';
import type { ChildSpec } from '../protocol/messages.ts';
import type { Program } from '../keeper/programs.ts';
import type { Ports } from './ports.ts';

/** What a service spec needs to know. */
export interface SpecBase {
  readonly home: string;
  readonly node: string;
  readonly env: Readonly<Record<string, string>>;
  readonly programFile: (program: Program) => string;
}

/** Silence that counts as a hang, for our own programs. */
export const ownHangLimitMs = 10_000;

function nodeService({ home, node, env }: SpecBase, name: string, args: readonly string[]): Omit<ChildSpec, 'boot'> {
  return { name, role: 'service', command: node, args, cwd: home, env, restart: 'keeper' };
}

export function postgresSpec(base: SpecBase, port: number, password: string): ChildSpec {
  const boot: PostgresBoot = {
    directory: join(base.home, 'postgres'),
    host: '127.0.0.1',
    port,
    database: 'bulkhead',
    user: 'bulkhead',
    password,
  };
  // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients to leave.
  return { ...nodeService(base, 'postgres', [base.programFile('postgres')]), boot, stopSignal: 'SIGINT' };
}

export function brokerSpec(base: SpecBase, port: number, password: string): ChildSpec {
  const boot: BrokerBoot = { host: '127.0.0.1', port, username: 'bulkhead', password };
  return { ...nodeService(base, 'broker', [base.programFile('broker')]), boot, hangLimitMs: ownHangLimitMs };
}

export function namespaceSpec(base: SpecBase, boot: NamespaceBoot): ChildSpec {
  return { ...nodeService(base, 'namespace', [base.programFile('namespace')]), boot, hangLimitMs: ownHangLimitMs };
}

/** SIGUSR2 holds the plant's values; SIGTERM ends it. */
export function plantSpec(base: SpecBase, ports: Ports, seed: number): ChildSpec {
  const folder = join(base.home, 'plant');
  const args = [
    base.programFile('plant'),
    `--seed=${seed}`,
    '--host=127.0.0.1',
    `--opcua-port=${ports.opcua}`,
    `--modbus-capper-port=${ports.modbusCapper}`,
    `--modbus-labeller-port=${ports.modbusLabeller}`,
    `--pki=${join(folder, 'pki')}`,
    `--log=${join(folder, 'log.jsonl')}`,
  ];
  return nodeService(base, 'plant', args);
}

/** How flows find the plant: the demo uses these names. */
export function plantEnvironment(ports: Ports): Record<string, string> {
  return {
    BULKHEAD_PLANT_OPCUA_URL: `opc.tcp://127.0.0.1:${ports.opcua}`,
    BULKHEAD_PLANT_MODBUS_HOST: '127.0.0.1',
    BULKHEAD_PLANT_MODBUS_PORT_CAPPER: String(ports.modbusCapper),
    BULKHEAD_PLANT_MODBUS_PORT_LABELLER: String(ports.modbusLabeller),
  };
}
