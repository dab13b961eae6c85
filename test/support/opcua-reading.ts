import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@bulkhead/core';
import { createTraffic, type Traffic } from '@bulkhead/node-kit';
import { createOpcuaLink, type OpcuaLink } from '../../nodes/opcua/src/io/opcua-link.ts';
import { createServices, type Services } from '../../nodes/opcua/src/io/services.ts';
import { readOpcuaConnection } from '../../nodes/opcua/src/opcua-connection/config.ts';
import type { LinkState } from '../../nodes/opcua/src/opcua-connection/link.ts';
import { readOpcuaRead } from '../../nodes/opcua/src/opcua-read/config.ts';
import { createPoller } from '../../nodes/opcua/src/opcua-read/poller.ts';
import type { Reading } from '../../nodes/opcua/src/opcua-read/readings.ts';
import { createSubscriber, type Subscriber } from '../../nodes/opcua/src/opcua-read/subscriber.ts';
import { pkiIn } from '../../nodes/opcua/src/pki/pki.ts';
import { until } from './until.ts';

export const topic = (name: string): string => `umh.v1.test._raw.${name}`;

/** A row of the tag table for a variable of a test server. */
export const row = (name: string, more: object = {}): object => ({
  nodeId: `ns=1;s=${name}`,
  topic: topic(name),
  queueSize: 1000,
  ...more,
});

let folder: string | undefined;

/** One folder of keys for all links of the process: making a key takes a second. */
function pki() {
  if (folder === undefined) {
    const made = mkdtempSync(path.join(tmpdir(), 'bulkhead-pki-'));
    folder = made;
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  }
  return pkiIn(folder);
}

/** Impatient, so that tests of outages are short. */
const impatient = {
  timeoutMs: 1_000,
  keepAliveMs: 500,
  sessionTimeoutMs: 10_000,
  reconnectFirstMs: 50,
  reconnectMaxMs: 300,
};

export function createTestLink(port: number, connection: object = {}): OpcuaLink {
  const read = readOpcuaConnection({ endpoint: `opc.tcp://127.0.0.1:${port}`, ...impatient, ...connection }, {});
  if (!read.ok) throw new Error(read.problem);
  return createOpcuaLink({ config: read.config, pki: pki(), clock: systemClock, random: Math.random });
}

export interface Reader {
  link: OpcuaLink;
  services: Services;
  subscriber: Subscriber;
  traffic: Traffic;
  batches: Reading[][];
  states: LinkState['kind'][];
  reports: string[];
  of(name: string): Reading[];
  last(name: string): Reading | undefined;
  first(name: string): Promise<Reading>;
  stop(): Promise<void>;
}

/** An `opcua-read` without Node-RED. */
export function startReader(port: number, tags: readonly object[], node: object = {}, connection: object = {}): Reader {
  const read = readOpcuaRead({ publishingMs: 50, pollMs: 50, tags, ...node });
  if (!read.ok) throw new Error(read.problem);
  const { config } = read;
  const link = createTestLink(port, connection);
  const services = createServices(link);
  const traffic = createTraffic(systemClock);
  const batches: Reading[][] = [];
  const states: LinkState['kind'][] = [];
  const reports: string[] = [];
  link.watch((state) => states.push(state.kind));
  const poller =
    config.mode === 'poll'
      ? createPoller({ link, readItems: services.readItems, clock: systemClock, traffic })
      : undefined;
  const subscriber = createSubscriber({
    config: poller === undefined ? config : { ...config, publishingMs: config.pollMs },
    link: poller ?? link,
    clock: systemClock,
    traffic,
    emit: (readings) => batches.push(readings),
    onChange: () => undefined,
    report: (problem) => reports.push(problem),
  });
  subscriber.start();
  link.start();
  const of = (name: string): Reading[] => batches.flat().filter((reading) => reading.topic === topic(name));
  const last = (name: string): Reading | undefined => of(name).at(-1);
  return {
    link,
    services,
    subscriber,
    traffic,
    batches,
    states,
    reports,
    of,
    last,
    first: (name) => until(() => last(name), { deadlineMs: 20_000, what: `a value of ${name}` }),
    async stop() {
      await subscriber.stop();
      await link.stop();
    },
  };
}
