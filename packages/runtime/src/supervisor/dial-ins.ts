import { rm } from 'node:fs/promises';
import { type Listener, listen } from '../protocol/listen.ts';
import type {
  FromCompartment,
  FromEditor,
  GlobalNews,
  Hello,
  Identity,
  RelayedEvent,
  ToCompartment,
  ToEditor,
} from '../protocol/messages.ts';
import { answerCall, type Peer } from '../protocol/peer.ts';
import { deriveToken, tokenMatches } from '../protocol/token.ts';
import { passOn } from './admin-requests.ts';
import type { Compartment } from './compartments/compartment.ts';
import type { GlobalHub } from './global-context/hub.ts';
import { createNewsFrames } from './global-context/news-frames.ts';
import type { CompartmentRoutes } from './front/routing.ts';
import type { SpareLink, Spares } from './spares/spares.ts';

type ToAnyone = ToCompartment | ToEditor | { readonly type: 'uns'; readonly callId: number; readonly prefix: string };
type FromAnyone = FromCompartment | FromEditor;

export interface DialInsOptions {
  readonly socketPath: string;
  readonly secret: string;
  accept(hello: Hello): Compartment | undefined;
  owner(nodeId: string): Compartment | undefined;
  compartments(): Iterable<Compartment>;
  readonly globals: GlobalHub;
  readonly spares: Spares<DialledSpare>;
  onFlows(message: Extract<FromEditor, { type: 'flows' }>): void;
  onNoFlows(because: string): void;
  clearContext(): Promise<void>;
  onEditor(connected: boolean): void;
  /** What the editor could not write to the file of sessions; null: nothing. */
  sessions(unwritten: Readonly<Record<string, unknown>> | null): void;
  audit(event: string, details: Readonly<Record<string, string>>): void;
  log(line: string): void;
}

/** A spare, and the way to make it a compartment on the connection that it has. */
export interface DialledSpare extends SpareLink {
  /** Where it looks for its files. */
  readonly place: string;
  become(compartment: Compartment, identity: Identity): void;
}

/** Everybody who dials in: the editor, the compartments, the namespace service. */
export interface DialIns {
  readonly editorConnected: boolean;
  routes(): Iterable<CompartmentRoutes>;
  /** A compartment that is to run has not said yet what it serves. */
  readonly routesAreComing: boolean;
  /** Shows events in the editor; while it is away only what is remembered elsewhere reaches it later. */
  show(events: readonly RelayedEvent[]): void;
  /** Gives a node a message; false when the compartment has no such node. */
  resend(compartmentId: string, nodeId: string, message: unknown): Promise<boolean>;
  uns(prefix: string): Promise<unknown>;
  close(): Promise<void>;
}

/** The name that a token must be made for; a token of one role opens no other. */
const tokenNameOf = ({ role, id }: Hello): string | undefined => {
  switch (role) {
    case 'compartment':
    case 'spare':
      return `${role}:${id}`;
    case 'editor':
      return 'editor';
    case 'service':
      return 'namespace';
    case 'supervisor':
      return undefined;
  }
};

export async function openDialIns(options: DialInsOptions): Promise<DialIns> {
  const routes = new Map<string, CompartmentRoutes>();
  let editor: Peer<ToAnyone> | null = null;
  let namespace: Peer<ToAnyone> | null = null;

  const callOwner = (owner: Compartment | undefined, build: (callId: number) => ToCompartment): Promise<unknown> => {
    const peer = owner ? peers.get(owner.id) : undefined;
    if (!owner || !peer) return Promise.reject(new Error('its compartment is not running just now'));
    return peer.call(build);
  };
  const peers = new Map<string, Peer<ToAnyone>>();

  const frameOf = createNewsFrames();
  const sendGlobals = (peer: Peer<ToAnyone>, entries: readonly GlobalNews[], written: () => void): number => {
    const frame = frameOf(entries);
    peer.write([frame], written);
    return frame.byteLength;
  };

  const editorMessage = (peer: Peer<ToAnyone>, message: FromEditor): void => {
    switch (message.type) {
      case 'flows':
        return options.onFlows(message);
      case 'no-flows':
        return options.onNoFlows(message.because);
      case 'clear-context':
        return void answerCall(peer, message.callId, options.clearContext);
      case 'admin-request': {
        void answerCall(peer, message.callId, () =>
          passOn(message.nodeIds, message.request, {
            owner: options.owner,
            ask: (owner, request) => callOwner(owner, (callId) => ({ type: 'admin-request', callId, request })),
          }),
        );
        return;
      }
      case 'context': {
        const { request } = message;
        // Each compartment that runs has all of the global context.
        const anyone = [...options.compartments()].find(({ id, state }) => state.kind === 'running' && peers.has(id));
        const owner = (message.nodeId === undefined ? undefined : options.owner(message.nodeId)) ?? anyone;
        void answerCall(peer, message.callId, () =>
          callOwner(owner, (callId) => ({ type: 'context', callId, request })),
        );
        return;
      }
      case 'sessions':
        return options.sessions(message.unwritten);
      case 'audit':
        return options.audit(message.event, message.details);
      case 'hello':
      case 'listening':
      case 'reply':
        return;
    }
  };

  const welcomeEditor = (peer: Peer<ToAnyone>) => {
    editor = peer;
    // One that was restarted knows those of the file.
    options.sessions(null);
    // A restarted editor remembers no dots.
    for (const compartment of options.compartments())
      peer.send({ type: 'events', events: compartment.statuses.replay() });
    options.onEditor(true);
    return {
      onMessage: (message: FromAnyone) => {
        if (isFromEditor(message)) editorMessage(peer, message);
      },
      onClose: () => {
        if (editor !== peer) return;
        editor = null;
        options.onEditor(false);
      },
    };
  };

  const welcomeCompartment = (compartment: Compartment, peer: Peer<ToAnyone>, hello: Hello) => {
    const link = { send: (message: ToCompartment) => peer.send(message), close: () => peer.close() };
    peers.set(hello.id, peer);
    // One that has been running says first what it serves, then that it is ready: only then it counts as running, or the
    // first requests after a restart of the supervisor would find nobody who serves them.
    let attached = false;
    const attach = (): void => {
      if (attached || !peer.open) return;
      attached = true;
      compartment.attach(link, hello);
    };
    const globals = options.globals.join(hello.id, hello.pid, {
      send: (entries, written) => sendGlobals(peer, entries, written),
      told(complete) {
        peer.send({ type: 'globals-told', complete });
        // The slice comes behind it: flows read the global context as soon as they start.
        if (hello.running === undefined) attach();
      },
    });
    return {
      onMessage: (message: FromAnyone) => {
        if (message.type === 'ready') attach();
        if (message.type === 'routes')
          routes.set(hello.id, { compartmentId: hello.id, socketPath: message.socketPath, routes: message.routes });
        else if (message.type === 'global-write') globals.write(message);
        else if (message.type === 'global-known') globals.knows(message);
        else if (message.type === 'globals-known') globals.knowsNoMore();
        else if (!isFromEditor(message)) compartment.receive(message);
      },
      onClose: () => {
        globals.leave();
        compartment.detach(link);
        if (peers.get(hello.id) !== peer) return;
        peers.delete(hello.id);
        routes.delete(hello.id);
      },
    };
  };

  const welcomeSpare = (peer: Peer<ToAnyone>, hello: Hello) => {
    const link: DialledSpare = {
      place: hello.place ?? '',
      send: (message) => peer.send(message),
      close: () => peer.close(),
      become(compartment, identity) {
        peer.send({ type: 'become', identity });
        handlers = welcomeCompartment(compartment, peer, { ...hello, role: 'compartment', id: identity.id });
      },
    };
    let handlers: { onMessage(message: FromAnyone): void; onClose(): void } = {
      onMessage: (message) => void (message.type === 'prepared' && options.spares.prepared(link)),
      onClose: () => options.spares.detach(link),
    };
    options.spares.attach(link, hello);
    return { onMessage: (message: FromAnyone) => handlers.onMessage(message), onClose: () => handlers.onClose() };
  };

  // Left behind by a supervisor that was killed; the keeper never runs two.
  await rm(options.socketPath, { force: true });
  const listener: Listener = await listen<FromAnyone, ToAnyone>(
    { path: options.socketPath },
    {
      authenticate: (hello) => {
        const name = tokenNameOf(hello);
        if (name === undefined || !tokenMatches(deriveToken(options.secret, name), hello.token)) return 'wrong token';
        if (hello.role === 'compartment' && !options.accept(hello)) return 'no such compartment';
        if (hello.role === 'spare' && !options.spares.accepts(hello)) return 'no such spare';
        return null;
      },
      onPeer: (peer, hello) => {
        if (hello.role === 'editor') return welcomeEditor(peer);
        if (hello.role === 'spare') return welcomeSpare(peer, hello);
        const compartment = hello.role === 'compartment' ? options.accept(hello) : undefined;
        if (compartment) return welcomeCompartment(compartment, peer, hello);
        namespace = peer;
        return { onMessage: () => {}, onClose: () => void (namespace === peer && (namespace = null)) };
      },
      onTurnedAway: (reason) => options.log(`turned away: ${reason}`),
      onSendRefused: ({ role, id }, refusal, detail) => {
        // Whoever has gone gets all of it anew when it is back.
        if (refusal !== 'closed') options.log(`not sent to ${role} ${id}, ${refusal}: ${detail}`);
      },
      maxQueuedBytes: 64 * 1024 * 1024,
    },
  );

  return {
    get editorConnected() {
      return editor !== null;
    },
    // Of two compartments that serve one path the first in the flow file answers, as in a stock Node-RED.
    routes: () => [...options.compartments()].flatMap(({ id }) => routes.get(id) ?? []),
    get routesAreComing() {
      return [...options.compartments()].some(
        ({ id, state }) => (state.kind === 'starting' || state.kind === 'backing-off') && !routes.has(id),
      );
    },
    resend: async (compartmentId, nodeId, message) => {
      const owner = firstOf([...options.compartments()].filter(({ id }) => id === compartmentId));
      return (await callOwner(owner, (callId) => ({ type: 'resend', callId, nodeId, message }))) === true;
    },
    show: (events) => void (events.length > 0 && editor?.send({ type: 'events', events })),
    uns: (prefix) => {
      if (!namespace) return Promise.reject(new Error('the namespace service is not connected just now'));
      return namespace.call((callId) => ({ type: 'uns', callId, prefix }));
    },
    close: () => listener.close(),
  };
}

function isFromEditor(message: FromAnyone): message is FromEditor {
  return (
    message.type === 'flows' ||
    message.type === 'no-flows' ||
    message.type === 'clear-context' ||
    message.type === 'listening' ||
    message.type === 'admin-request' ||
    message.type === 'context' ||
    message.type === 'sessions' ||
    message.type === 'audit'
  );
}

function firstOf<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}
