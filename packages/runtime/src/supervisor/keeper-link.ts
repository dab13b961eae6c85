import { type Dialled, dial } from '../protocol/dial.ts';
import {
  type ChildExit,
  type ChildLimits,
  type ChildSpec,
  type ChildStatus,
  type ExitReason,
  type NewName,
  type FromKeeper,
  type LogLine,
  protocolVersion,
  type ToKeeper,
} from '../protocol/messages.ts';

export interface KeeperEvents {
  /** Connected, and these children live. The first time, and after each loss. */
  onChildren(children: readonly ChildStatus[]): void;
  onExited(exit: ChildExit): void;
  onStarted(status: ChildStatus): void;
  onStopRequested(deadlineMs: number): void;
  onLost(reason: string): void;
}

/** The supervisor's side of its conversation with the keeper. */
export interface KeeperLink {
  start(spec: ChildSpec): Promise<ChildStatus>;
  kill(name: string, signal: NodeJS.Signals, because?: { reason: ExitReason; detail: string }): void;
  setLimits(name: string, limits: ChildLimits): void;
  rename(name: string, to: NewName): Promise<ChildStatus>;
  list(): Promise<ChildStatus[]>;
  logs(name: string, lines: number): Promise<LogLine[]>;
  ready(url: string): void;
  drained(): void;
}

export function linkToKeeper(path: string, token: string, events: KeeperEvents): KeeperLink {
  const list = async (): Promise<ChildStatus[]> => reading(await dialled.call((callId) => ({ type: 'list', callId })));
  /** Until it is answered: nothing can be started before it is known what runs. */
  const askForChildren = (): void => {
    list().then(events.onChildren, (error: unknown) => {
      events.onLost(String(error));
      if (dialled.peer !== null) askForChildren();
    });
  };
  const dialled: Dialled<ToKeeper> = dial<FromKeeper, ToKeeper>(
    { path },
    {
      hello: () => ({
        type: 'hello',
        protocol: protocolVersion,
        role: 'supervisor',
        id: 'supervisor',
        token,
        pid: process.pid,
      }),
      onOpen: () => {
        askForChildren();
      },
      onMessage: (message) => {
        if (message.type === 'exited') events.onExited(message.exit);
        else if (message.type === 'started') events.onStarted(message.status);
        else if (message.type === 'stop-requested') events.onStopRequested(message.deadlineMs);
      },
      onClose: events.onLost,
    },
  );
  return {
    start: async (spec) => reading(await dialled.call((callId) => ({ type: 'start', callId, spec }))),
    kill: (name, signal, because) => void dialled.send({ type: 'kill', name, signal, ...(because ? { because } : {}) }),
    setLimits: (name, limits) => void dialled.send({ type: 'set-limits', name, ...limits }),
    rename: async (name, to) => reading(await dialled.call((callId) => ({ type: 'rename', callId, name, to }))),
    list,
    logs: async (name, lines) => reading(await dialled.call((callId) => ({ type: 'logs', callId, name, lines }))),
    ready: (url) => void dialled.send({ type: 'ready', url }),
    drained: () => void dialled.send({ type: 'drained' }),
  };
}

/** The keeper is our own program behind a token: its answers are what the messages say they are. */
function reading<T>(value: unknown): T {
  const trusted = (candidate: unknown): candidate is T => candidate !== undefined;
  if (!trusted(value)) throw new Error('the keeper sent an empty answer');
  return value;
}
