import { type BackOffPolicy, BulkheadError, type Clock, nextDelayMs, type Timer } from '@bulkhead/core';
import type { BrokerLink, IncomingMessage, LinkState, ProtocolVersion } from '../broker-link.ts';
import { connectFailure, refusesProtocol } from './connect-failure.ts';
import { type Session, type SessionOptions, startSession } from './mqtt-session.ts';

export interface LinkOptions extends SessionOptions {
  /** `auto` asks for MQTT 5 and falls back to 3.1.1. */
  readonly protocol: 'auto' | '5' | '3.1.1';
  readonly backOff: BackOffPolicy;
}

/** A session that ends sooner counts as a failed attempt: two clients with one id would else throw each other out at full speed. */
const shortSessionMs = 3_000;
const endDeadlineMs = 1_000;

/**
 * A broker link over the mqtt library.
 *
 * closed → connecting → connected → waiting → connecting …; `close()` leads to closed from everywhere. The fallback to
 * MQTT 3.1.1 belongs to the same attempt: it happens at once, without a wait.
 */
export function createMqttLink(
  options: LinkOptions,
  { clock, random }: { clock: Clock; random: () => number },
): BrokerLink {
  const stateListeners = new Set<(state: LinkState) => void>();
  const messageListeners = new Set<(message: IncomingMessage) => void>();
  let state: LinkState = { kind: 'closed' };
  let session: Session | undefined;
  let retry: Timer | undefined;
  let failures = 0;
  let refusesVersion5 = false;

  const change = (next: LinkState): void => {
    state = next;
    for (const listener of [...stateListeners]) listener(next);
  };

  const wait = (problem: BulkheadError): void => {
    const retryInMs = nextDelayMs(options.backOff, failures, random);
    failures += 1;
    retry = clock.setTimeout(attempt, retryInMs);
    change({ kind: 'waiting', retryInMs, problem });
  };

  const start = (protocolVersion: ProtocolVersion): void => {
    let connectedAt: number | undefined;
    let own: Session | undefined;
    const isCurrent = (): boolean => own === session && state.kind !== 'closed';
    try {
      own = startSession(options, protocolVersion, {
        onConnected(limits) {
          if (!isCurrent()) return;
          connectedAt = clock.now();
          change({ kind: 'connected', protocolVersion, ...limits });
        },
        onMessage(message) {
          if (!isCurrent()) return;
          for (const listener of [...messageListeners]) listener(message);
        },
        onEnd(error) {
          if (!isCurrent()) return;
          session = undefined;
          const isRefusedVersion = refusesProtocol(error);
          // A broker that knows no MQTT 5 either says so or, as some old ones do, just hangs up without a word.
          const canFallBack = options.protocol === 'auto' && protocolVersion === 5 && connectedAt === undefined;
          if (canFallBack && (isRefusedVersion || error === undefined)) {
            refusesVersion5 = isRefusedVersion;
            start(4);
            return;
          }
          if (connectedAt !== undefined && clock.now() - connectedAt > shortSessionMs) failures = 0;
          wait(
            error === undefined
              ? new BulkheadError('uns-connection-lost', `the connection to ${options.url} was lost`, {
                  retryable: true,
                })
              : connectFailure(error, options.url),
          );
        },
      });
      session = own;
    } catch (error) {
      session = undefined;
      wait(connectFailure(error, options.url));
    }
  };

  const attempt = (): void => {
    retry = undefined;
    change({ kind: 'connecting' });
    const wantsVersion5 = options.protocol === '5' || (options.protocol === 'auto' && !refusesVersion5);
    start(wantsVersion5 ? 5 : 4);
  };

  const notConnected = (): BulkheadError =>
    new BulkheadError('uns-not-connected', `not connected to ${options.url}`, { retryable: true });

  return {
    clientId: options.clientId,
    state: () => state,
    onState(listener) {
      stateListeners.add(listener);
      return () => void stateListeners.delete(listener);
    },
    onMessage(listener) {
      messageListeners.add(listener);
      return () => void messageListeners.delete(listener);
    },
    open() {
      if (state.kind !== 'closed') return;
      failures = 0;
      attempt();
    },
    async close() {
      clock.clearTimeout(retry);
      retry = undefined;
      const last = session;
      session = undefined;
      if (state.kind !== 'closed') change({ kind: 'closed' });
      await last?.end(endDeadlineMs);
    },
    publish(message, settled) {
      if (session === undefined) settled(notConnected());
      else session.publish(message, settled);
    },
    async subscribe(filter) {
      if (session === undefined) throw notConnected();
      await session.subscribe(filter);
    },
    async unsubscribe(filter) {
      await session?.unsubscribe(filter);
    },
  };
}
