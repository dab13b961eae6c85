import { BulkheadError, type BackOffPolicy, type Clock, type Timer } from '@bulkhead/core';
import type { OPCUAClient } from 'node-opcua-client';
import type { OpcuaConnectionConfig } from '../opcua-connection/config.ts';
import { endpointRotation } from '../opcua-connection/endpoint-rotation.ts';
import type { Link, LinkState } from '../opcua-connection/link.ts';
import type { Pki } from '../pki/pki.ts';
import type { LiveSession } from './live-session.ts';
import type { Publishing } from './publishing.ts';
import type { RawSession } from './raw-session.ts';
import { createRequests } from './requests.ts';
import { createSubscriptions } from './subscriptions.ts';

export interface LinkOptions {
  config: OpcuaConnectionConfig;
  pki: Pki;
  clock: Clock;
  random: () => number;
}

/** The link as the services in this folder see it. */
export interface OpcuaLink extends Link {
  /** The endpoint that is used, or was used or tried last. */
  readonly endpoint: string;
  /**
   * Asks something of the session. Rejects with the code `not-connected` when there is none, with `connection-lost` when
   * it is lost meanwhile (whether the server took the request is then unknown), and with whatever `ask` rejects with.
   */
  request<T>(ask: (live: LiveSession) => Promise<T>): Promise<T>;
}

/** A session that works, or did: what belongs to it is replaced as a whole. */
interface Life {
  library?: Library;
  client?: OPCUAClient;
  session?: RawSession;
  live?: LiveSession;
  publishing?: Publishing;
  ignoreServiceLevel?: () => void;
}

const closeMs = 3_000;

/** 360 ms and 90 MB: for the first connection, not for an editor that only lists the nodes. */
const loadLibrary = () => import('./library.ts');
type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** See `Link`. The library repairs a session after an outage; whatever it cannot repair is given up and made anew. */
export function createOpcuaLink(options: LinkOptions): OpcuaLink {
  const { config, clock, random } = options;
  const backOff: BackOffPolicy = {
    firstMs: config.reconnectFirstMs,
    factor: 2,
    maxMs: config.reconnectMaxMs,
    jitter: 0.3,
  };
  const watchers = new Set<(state: LinkState) => void>();
  let state: LinkState = { kind: 'idle' };
  let life: Life | undefined;
  let retry: Timer | undefined;
  let repair: Timer | undefined;
  const subscriptions = createSubscriptions(config, clock);
  const rotation = endpointRotation(config.endpoints, backOff, random);
  let endpoint = rotation.current;
  const isRedundant = config.endpoints.length > 1;
  const requests = createRequests<LiveSession>();

  const enter = (next: LinkState): void => {
    const wasConnected = state.kind === 'connected';
    state = next;
    if (wasConnected && next.kind !== 'connected') {
      requests.interrupt(next.kind === 'waiting' ? next.reason : new Error('it was ended'));
    }
    for (const watcher of [...watchers]) watcher(next);
  };

  const abandon = (): Promise<void> => {
    const ended = life;
    life = undefined;
    repair?.cancel();
    repair = undefined;
    subscriptions.detach();
    ended?.publishing?.stop();
    ended?.ignoreServiceLevel?.();
    if (ended?.library === undefined || ended.client === undefined) return Promise.resolve();
    return ended.library.closeClient(ended.client, ended.session, closeMs);
  };

  const startOver = (reason: Error): void => {
    if (state.kind === 'idle') return;
    void abandon();
    const delayMs = rotation.failed();
    retry?.cancel();
    retry = clock.setTimeout(connect, delayMs);
    enter({ kind: 'waiting', retryAt: clock.now() + delayMs, reason });
  };

  /**
   * The library is at work on the connection. It has for as long as the server keeps the session, unless there is another
   * server: that one is there sooner than a lost one comes back.
   */
  const awaitRepair = (mine: Life): void => {
    if (life !== mine || state.kind !== 'connected') return;
    const reason = new BulkheadError('connection-lost', 'the connection was lost', { retryable: true });
    enter({ kind: 'waiting', retryAt: clock.now() + config.reconnectFirstMs, reason });
    repair = clock.setTimeout(
      () => {
        if (life === mine) startOver(reason);
      },
      isRedundant ? Math.min(config.sessionTimeoutMs, config.timeoutMs) : config.sessionTimeoutMs,
    );
  };

  const repaired = async (mine: Life): Promise<void> => {
    const { library, session } = mine;
    if (life !== mine || library === undefined || session === undefined) return;
    repair?.cancel();
    repair = undefined;
    try {
      // It may be another session, with a server that was restarted and numbers its namespaces anew.
      mine.live = await library.openLiveSession(session, config.aliases);
      await mine.publishing?.recover();
      if (life !== mine) return;
      rotation.worked();
      enter({ kind: 'connected' });
      subscriptions.resume();
    } catch (error) {
      if (life === mine) startOver(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const followServiceLevel = (mine: Life, library: Library, session: RawSession): (() => void) =>
    library.watchServiceLevel({
      session,
      everyMs: config.keepAliveMs,
      clock,
      onFall(level) {
        const message = `the server says that it is not able any more (service level ${level})`;
        if (life === mine) startOver(new BulkheadError('degraded', message, { retryable: true }));
      },
    });

  const begin = (mine: Life, library: Library, client: OPCUAClient, session: RawSession, live: LiveSession): void => {
    const publishing = library.createPublishing(session, config.keepAliveMs);
    Object.assign(mine, { session, publishing, live });
    client.on('connection_lost', () => awaitRepair(mine));
    client.on('backoff', (_count, delayMs) => {
      if (life !== mine || state.kind !== 'waiting') return;
      if (isRedundant) startOver(state.reason);
      else enter({ ...state, retryAt: clock.now() + delayMs });
    });
    const ended = (): void => {
      if (life === mine) startOver(new BulkheadError('closed', 'the server closed the session', { retryable: true }));
    };
    client.on('close', ended);
    client.on('abort', ended);
    session.on('session_closed', ended);
    session.on('session_restored', () => void repaired(mine));
    if (isRedundant) mine.ignoreServiceLevel = followServiceLevel(mine, library, session);
    rotation.worked();
    enter({ kind: 'connected' });
    subscriptions.attach({ live: () => mine.live ?? live, publishing, open: library.openServerSubscription });
  };

  const open = async (mine: Life): Promise<void> => {
    const library = await loadLibrary();
    if (life !== mine) return;
    const made = await library.createClient(config, { pki: options.pki, backOff, random });
    if (life !== mine) return;
    const { client } = made;
    Object.assign(mine, { library, client });
    const session = await library.openSession(made, config, endpoint);
    mine.session = session;
    const live = await library.openLiveSession(session, config.aliases);
    if (life === mine) begin(mine, library, client, session, live);
    else await library.closeClient(client, session, closeMs);
  };

  const connect = (): void => {
    retry = undefined;
    endpoint = rotation.current;
    enter({ kind: 'connecting' });
    const mine: Life = {};
    life = mine;
    open(mine).catch((reason: unknown) => {
      if (life === mine) startOver(reason instanceof Error ? reason : new Error(String(reason)));
    });
  };

  return {
    get endpoint() {
      return endpoint;
    },
    get state() {
      return state;
    },
    start() {
      if (state.kind !== 'idle') return;
      rotation.worked();
      connect();
    },
    async stop() {
      if (state.kind === 'idle') return;
      retry?.cancel();
      retry = undefined;
      enter({ kind: 'idle' });
      await abandon();
    },
    watch(onState) {
      watchers.add(onState);
      onState(state);
      return () => void watchers.delete(onState);
    },
    subscribe: subscriptions.add,
    request: (ask) => requests.run(state.kind === 'connected' ? life?.live : undefined, ask),
  };
}
