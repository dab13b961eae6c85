/** The socket on which the supervisor, whichever life of it, gives orders and hears of exits. */
import { listen } from '../protocol/listen.ts';
import type { ChildExit, ChildStatus, FromKeeper, ToKeeper } from '../protocol/messages.ts';
import { answerCall, type Peer } from '../protocol/peer.ts';
import { tokenMatches } from '../protocol/token.ts';
import type { Children } from './children.ts';

export interface ControlPorts {
  readonly children: Children;
  readonly onReady: (url: string) => void;
  readonly onDrained: () => void;
  readonly onConnected: () => void;
  readonly log: (line: string) => void;
}

export interface Control {
  exited(exit: ChildExit): void;
  started(status: ChildStatus): void;
  requestStop(deadlineMs: number): void;
  readonly connected: boolean;
  close(): Promise<void>;
}

/** Exits that wait for a supervisor that is away; of more, the oldest are dropped (`list` still has the last of each name). */
const maxUndelivered = 1_000;
const maxLogLines = 1_000;
/** What was sent to a supervisor so shortly before its end, by hang or by kill, may never have been read. */
const doubtMs = 15_000;

export async function openControl(path: string, token: string, ports: ControlPorts): Promise<Control> {
  const { children } = ports;
  let supervisor: Peer<FromKeeper> | null = null;
  let supervisorPid: number | null = null;
  const undelivered: ChildExit[] = [];

  const obey = (peer: Peer<FromKeeper>, order: ToKeeper): void => {
    switch (order.type) {
      case 'start':
        void answerCall(peer, order.callId, () => children.start(order.spec));
        break;
      case 'kill':
        if (!children.kill(order.name, order.signal, order.because)) ports.log(`kill: ${order.name} does not run`);
        break;
      case 'set-limits':
        children.setLimits(order.name, order);
        break;
      case 'rename':
        void answerCall(peer, order.callId, () => children.rename(order.name, order.to));
        break;
      case 'list':
        void answerCall(peer, order.callId, () => children.list());
        break;
      case 'logs':
        void answerCall(peer, order.callId, () => children.logs(order.name, Math.min(order.lines, maxLogLines)));
        break;
      case 'ready':
        ports.onReady(order.url);
        break;
      case 'drained':
        ports.onDrained();
        break;
      case 'hello':
        break;
      default:
        order satisfies never;
    }
  };

  /** For a supervisor that takes over from a dead one: latest exits of who is still down, though they were sent. */
  const repeatDoubtful = (): void => {
    const since = Date.now() - doubtMs;
    for (const { state, lastExit } of children.list()) {
      if (state !== 'stopped' || lastExit === null || lastExit.endedAt < since) continue;
      if (!undelivered.includes(lastExit)) undelivered.push(lastExit);
    }
  };

  const deliver = (): void => {
    const to = supervisor;
    if (to === null) return;
    const refusedAt = undelivered.findIndex((exit) => !to.send({ type: 'exited', exit }));
    undelivered.splice(0, refusedAt === -1 ? undelivered.length : refusedAt);
  };

  const listener = await listen<ToKeeper, FromKeeper>(
    { path },
    {
      authenticate: (hello) => (hello.role === 'supervisor' && tokenMatches(token, hello.token) ? null : 'wrong token'),
      onTurnedAway: (reason) => ports.log(`control socket: ${reason}`),
      onPeer: (peer, hello) => {
        // The newer one counts: an older connection can only be that of a supervisor which is ending.
        supervisor?.close('replaced by a newer supervisor');
        supervisor = peer;
        if (supervisorPid !== null && supervisorPid !== hello.pid) repeatDoubtful();
        supervisorPid = hello.pid;
        deliver();
        ports.onConnected();
        return {
          onMessage: (message) => obey(peer, message),
          onClose: () => {
            if (supervisor === peer) supervisor = null;
          },
        };
      },
    },
  );

  return {
    exited(exit) {
      undelivered.push(exit);
      if (undelivered.length > maxUndelivered) undelivered.shift();
      deliver();
    },
    started: (status) => {
      supervisor?.send({ type: 'started', status });
    },
    requestStop: (deadlineMs) => {
      supervisor?.send({ type: 'stop-requested', deadlineMs });
    },
    get connected() {
      return supervisor !== null;
    },
    close: () => listener.close(),
  };
}
