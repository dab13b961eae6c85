/** Every kind of fault of the campaign: how it is done, and what has to be said of it afterwards. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import type { Bulkhead } from '../bulkhead.ts';
import { campaignFlows, type Misdeed, misdeeds } from './campaign-flows.ts';

export interface FaultPlace {
  readonly house: Bulkhead;
  readonly tabs: number;
  readonly udpPort: number;
  readonly victim: { readonly tab: number; readonly pid: number };
  readonly revision: number;
}

export interface Fault {
  /** The reason that the victim's exit has to have; null when nothing may end. */
  readonly reason: string | null;
  /** Role or name of another process of the house that ends and has to come back. */
  readonly ends?: string;
  /** How long a fault that ends nothing is watched. */
  readonly lastsMs?: number;
  act(place: FaultPlace): Promise<void>;
}

const reasons: Record<Misdeed, string | null> = {
  'uncaught exception': 'uncaught-exception',
  'uncaught exception of the next tick': 'uncaught-exception',
  'unhandled rejection': 'unhandled-rejection',
  'process.exit': 'exit',
  segfault: 'signal',
  abort: 'signal',
  'heap exhausted': 'out-of-memory',
  'memory of buffers': 'memory-limit',
  'endless loop': 'hang',
  'burst of 100,000 messages': null,
  'flood of the log': null,
  'flood of debug messages': null,
  'flood of status': null,
  'flood of global context': null,
  'flood of a slow target': null,
};

const misdeed = async (kind: Misdeed, { house, victim, revision }: FaultPlace): Promise<void> => {
  // Not one address for all: after three crashes the request would be set aside.
  await house.request(`/fault-${victim.tab}/${encodeURIComponent(kind)}/${revision}`, { method: 'POST' });
};

const isMisdeed = (kind: string): kind is Misdeed => Object.hasOwn(misdeeds, kind);
const ofTabs = Object.fromEntries(
  Object.keys(misdeeds)
    .filter(isMisdeed)
    .map((kind): [string, Fault] => [
      kind,
      { reason: reasons[kind], lastsMs: 1_500, act: (place) => misdeed(kind, place) },
    ]),
);

const killed = (name: string): Fault => ({
  reason: null,
  ends: name,
  async act({ house }) {
    await house.kill(name);
  },
});

function socketsOf(house: Bulkhead): string[] {
  const running: unknown = JSON.parse(readFileSync(path.join(house.home, 'running.json'), 'utf8'));
  const directory =
    typeof running === 'object' && running !== null && 'runDirectory' in running ? String(running.runDirectory) : '';
  return readdirSync(directory)
    .filter((file) => file.endsWith('.sock'))
    .map((file) => path.join(directory, file));
}

/** Says something to every socket of the house and leaves, or stays without a word more. */
async function intrude(house: Bulkhead, words: Buffer, staysMs: number): Promise<void> {
  await Promise.all(
    socketsOf(house).map(
      (file) =>
        new Promise<void>((resolve) => {
          const socket = connect(file);
          socket.on('error', () => {});
          socket.on('close', () => resolve());
          socket.resume();
          if (words.length > 0) socket.write(words);
          setTimeout(() => socket.destroy(), staysMs);
        }),
    ),
  );
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const campaignFaults: Readonly<Record<string, Fault>> = {
  ...ofTabs,
  'kill -9 of a compartment': {
    reason: 'signal',
    async act({ victim }) {
      process.kill(victim.pid, 'SIGKILL');
    },
  },
  'stopped and continued': {
    reason: null,
    lastsMs: 500,
    async act({ victim }) {
      process.kill(victim.pid, 'SIGSTOP');
      await pause(1_000);
      process.kill(victim.pid, 'SIGCONT');
    },
  },
  'kill -9 of the supervisor': killed('supervisor'),
  'kill -9 of the editor': killed('editor'),
  'kill -9 of the broker': killed('broker'),
  'garbage on every socket': {
    reason: null,
    lastsMs: 200,
    act: ({ house }) => intrude(house, Buffer.concat([Buffer.from([0, 0, 1, 0]), randomBytes(64 * 1024)]), 200),
  },
  'half-open peers on every socket': {
    reason: null,
    lastsMs: 200,
    act: ({ house }) => intrude(house, Buffer.alloc(2), 1_000),
  },
  'a deploy while a tab crashes': {
    reason: 'exit',
    async act(place) {
      const { house, tabs, udpPort, victim, revision } = place;
      const other = { tab: (victim.tab + 3) % tabs, revision };
      await misdeed('process.exit', place);
      await house.deploy(campaignFlows(tabs, udpPort, other), 'nodes');
    },
  },
};
