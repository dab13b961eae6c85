import { readFileSync } from 'node:fs';
import { BulkheadError, errorMessage } from '@bulkhead/core';
import mqtt from 'mqtt';
import type { IncomingMessage, OutgoingMessage, ProtocolVersion } from '../broker-link.ts';

/** Where and how to connect; certificates are read anew at each attempt, so that a renewed one is taken up. */
export interface SessionOptions {
  readonly url: string;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls: {
    readonly caFile: string;
    readonly certFile: string;
    readonly keyFile: string;
    readonly verify: boolean;
  };
}

export interface SessionEvents {
  onConnected(limits: { receiveMaximum: number; maximumPacketBytes: number }): void;
  onMessage(message: IncomingMessage): void;
  /** Called once, whether it was ever connected or not; `error` is what was known last. */
  onEnd(error: unknown): void;
}

export interface Session {
  publish(message: OutgoingMessage, settled: (problem?: BulkheadError) => void): void;
  subscribe(filter: string): Promise<void>;
  unsubscribe(filter: string): Promise<void>;
  /** With a DISCONNECT where there is still time for one. */
  end(deadlineMs: number): Promise<void>;
}

const connectTimeoutMs = 10_000;
const keepAliveS = 20;
/** Unacknowledged messages we take at once; without it, MQTT 5 allows 65,535. */
const receiveMaximum = 1_000;
/** The largest remaining length that MQTT can express (2.1.4). */
const largestPacketBytes = 268_435_455;

/**
 * Starts one attempt. The library's own reconnecting is switched off: fallback of the protocol version, back-off and
 * the once-per-outage report need every attempt to be ours.
 */
export function startSession(
  options: SessionOptions,
  protocolVersion: ProtocolVersion,
  events: SessionEvents,
): Session {
  const client = mqtt.connect(options.url, {
    clientId: options.clientId,
    protocolVersion,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: connectTimeoutMs,
    keepalive: keepAliveS,
    resubscribe: false,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(protocolVersion === 5 ? { properties: { receiveMaximum, sessionExpiryInterval: 0 } } : {}),
    ...tlsFiles(options),
  });
  let lastError: unknown;
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    events.onEnd(lastError);
    client.end(true);
  };

  client.on('error', (error) => {
    lastError = error;
  });
  client.on('disconnect', (packet) => {
    lastError = new Error(`the broker ended the session (reason ${packet.reasonCode ?? 'unknown'})`);
  });
  client.on('close', end);
  client.on('connect', (packet) => {
    events.onConnected({
      receiveMaximum: packet.properties?.receiveMaximum ?? 65_535,
      maximumPacketBytes: packet.properties?.maximumPacketSize ?? largestPacketBytes,
    });
  });
  client.on('message', (topic, payload, packet) => {
    events.onMessage({ topic, payload, properties: singleProperties(packet.properties?.userProperties) });
  });

  const sessionEnded = (): BulkheadError =>
    new BulkheadError('uns-session-ended', 'the session ended before the broker answered', { retryable: true });
  const asProblem = (error: unknown, code: string, words: string): BulkheadError =>
    ended || !client.connected
      ? sessionEnded()
      : new BulkheadError(code, `${words}: ${errorMessage(error)}`, { cause: error });

  return {
    publish(message, settled) {
      if (ended) {
        settled(sessionEnded());
        return;
      }
      client.publish(
        message.topic,
        message.payload,
        {
          qos: 1,
          retain: message.retain,
          ...(message.properties && protocolVersion === 5
            ? { properties: { userProperties: message.properties } }
            : {}),
        },
        (error) => {
          if (error)
            settled(asProblem(error, 'uns-publish-refused', `the broker refused a message to ${message.topic}`));
          else settled();
        },
      );
    },
    async subscribe(filter) {
      if (ended) throw sessionEnded();
      const words = `the broker refused the subscription to ${filter}`;
      const granted = await client.subscribeAsync(filter, { qos: 1 }).catch((error: unknown) => {
        throw asProblem(error, 'uns-subscribe-refused', words);
      });
      const refused = granted.find(({ qos }) => qos >= 128);
      if (refused) throw asProblem(`code ${refused.qos}`, 'uns-subscribe-refused', words);
    },
    async unsubscribe(filter) {
      if (ended) return;
      await client.unsubscribeAsync(filter).catch((error: unknown) => {
        throw asProblem(error, 'uns-unsubscribe-refused', `the broker refused to end the subscription to ${filter}`);
      });
    },
    async end(deadlineMs) {
      if (ended) return;
      ended = true;
      await new Promise<void>((resolve) => {
        const deadline = setTimeout(() => {
          client.end(true);
          resolve();
        }, deadlineMs);
        client.end(!client.connected, () => {
          clearTimeout(deadline);
          resolve();
        });
      });
    },
  };
}

function tlsFiles({ url, tls }: SessionOptions): Record<string, unknown> {
  if (!/^(mqtts|ssl|wss):/.test(url)) return {};
  return {
    rejectUnauthorized: tls.verify,
    ...(tls.caFile === '' ? {} : { ca: readFileSync(tls.caFile) }),
    ...(tls.certFile === '' ? {} : { cert: readFileSync(tls.certFile) }),
    ...(tls.keyFile === '' ? {} : { key: readFileSync(tls.keyFile) }),
  };
}

/** A repeated user property has no meaning here: its first value counts. */
function singleProperties(properties: Record<string, string | string[]> | undefined): Record<string, string> {
  if (properties === undefined) return {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, typeof value === 'string' ? value : (value[0] ?? '')]),
  );
}
