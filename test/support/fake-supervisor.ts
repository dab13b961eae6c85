/** A supervisor that decides nothing: it lets a compartment or an editor in, keeps what they send and sends what a test says. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Listener, listen } from '../../packages/runtime/src/protocol/listen.ts';
import type {
  FromCompartment,
  FromEditor,
  Hello,
  RelayedEvent,
  ToCompartment,
  ToEditor,
} from '../../packages/runtime/src/protocol/messages.ts';
import type { Peer } from '../../packages/runtime/src/protocol/peer.ts';
import { until } from './until.ts';

type From = FromCompartment | FromEditor;
type To = ToCompartment | ToEditor;

export interface FakeSupervisor {
  /** Short-lived directory for sockets and files; removed by `close`. */
  readonly directory: string;
  readonly socket: string;
  readonly token: string;
  readonly hellos: readonly Hello[];
  readonly messages: readonly From[];
  /** All relayed events, flattened. */
  events(): RelayedEvent[];
  send(message: To): void;
  call(build: (callId: number) => To): Promise<unknown>;
  /** Answers calls of the other side; without it they stay open. */
  onCall: (message: From) => unknown;
  /** The first message of a type at or after an index in `messages`. */
  next<T extends From['type']>(type: T, from?: number, deadlineMs?: number): Promise<Extract<From, { type: T }>>;
  /** Breaks all connections and stops listening, as a killed supervisor does. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  connected(): Promise<void>;
  close(): Promise<void>;
}

const isType = <T extends From['type']>(message: From, type: T): message is Extract<From, { type: T }> =>
  message.type === type;

export async function startFakeSupervisor(): Promise<FakeSupervisor> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bh-'));
  const socket = path.join(directory, 's.sock');
  const token = 'a token for tests';
  const hellos: Hello[] = [];
  const messages: From[] = [];
  let peer: Peer<To> | undefined;
  let listener: Listener | undefined;

  const comeBack = async (): Promise<void> => {
    listener = await listen<From, To>(
      { path: socket },
      {
        authenticate: (hello) => (hello.token === token ? null : 'wrong token'),
        onPeer(accepted, hello) {
          hellos.push(hello);
          peer = accepted;
          return {
            onMessage(message) {
              messages.push(message);
              if ('callId' in message && message.type !== 'reply') {
                const value = supervisor.onCall(message);
                if (value !== undefined) accepted.send({ type: 'reply', callId: message.callId, ok: true, value });
              }
            },
            onClose() {
              if (peer === accepted) peer = undefined;
            },
          };
        },
      },
    );
  };
  const goDown = async (): Promise<void> => {
    await listener?.close();
    listener = undefined;
  };

  const supervisor: FakeSupervisor = {
    directory,
    socket,
    token,
    hellos,
    messages,
    events: () => messages.flatMap((message) => (message.type === 'events' ? message.events : [])),
    send(message) {
      if (peer === undefined) throw new Error('nobody is connected');
      peer.send(message);
    },
    call(build) {
      if (peer === undefined) throw new Error('nobody is connected');
      return peer.call(build);
    },
    onCall: () => undefined,
    next: (type, from = 0, deadlineMs = 10_000) =>
      until(() => messages.slice(from).find((message) => isType(message, type)), {
        deadlineMs,
        what: `message ${type}`,
      }),
    goDown,
    comeBack,
    async connected() {
      await until(() => peer !== undefined, { deadlineMs: 10_000, what: 'a connection to the supervisor' });
    },
    async close() {
      await goDown();
      await rm(directory, { recursive: true, force: true });
    },
  };
  await comeBack();
  return supervisor;
}
