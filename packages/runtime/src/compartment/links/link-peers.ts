/** The connections of a compartment with those that its links lead to (it dials) and those that link to it (they do). */
import { ownEntry } from '../../node-red/own-entry.ts';
import type { Address } from '../../protocol/address.ts';
import { type Dialled, dial } from '../../protocol/dial.ts';
import { type Listener, listen } from '../../protocol/listen.ts';
import { type LinkEndpoint, protocolVersion } from '../../protocol/messages.ts';
import type { Intake, Peer, Tagged } from '../../protocol/peer.ts';
import { deriveToken, tokenMatches } from '../../protocol/token.ts';
import { createMessageReader, maxLinkMessageBytes } from './message-codec.ts';
import { createOutbox, type Outbox } from './outbox.ts';

export interface LinkPeersOptions {
  readonly id: string;
  readonly socketPath: string;
  readonly secret: string;
  /** How the socket of another compartment is reached from here. */
  readonly reach: (socketPath: string) => Address;
  /** A connection has ended; it may come back. */
  readonly onLost: (compartment: string) => void;
  /** A frame that is no acknowledgement. */
  readonly onFrame: (frame: Tagged, from: string) => void;
  readonly log: (line: string) => void;
}

export interface LinkPeers {
  configure(endpoints: Readonly<Record<string, LinkEndpoint>>): void;
  /** Where frames for a compartment go: to the one that dialled us if there is one, else to the one we dial. */
  outbox(compartment: string, prefer: 'dialled' | 'accepted'): Outbox | undefined;
  outboxes(): Iterable<Outbox>;
  /** How many messages were lost in queues that are gone. */
  readonly droppedBefore: number;
  readonly sentBefore: number;
  pause(): void;
  resume(): void;
  close(): void;
}

interface DialledPair {
  readonly endpoint: LinkEndpoint;
  readonly outbox: Outbox;
  readonly connection: Dialled<Tagged>;
}

/** A caller that has not come back by then has gone: its tab was removed, or no longer links here. */
const callerGoneMs = 60_000;

/** Telling of every frame that came in would wake the sender for each. */
const arrivedAtOnce = 256;

const isArrived = (frame: Tagged): frame is Tagged & { readonly count: number } =>
  frame.type === 'arrived' && 'count' in frame && typeof frame.count === 'number';

export function openLinkPeers({ id, socketPath, secret, reach, onLost, onFrame, log }: LinkPeersOptions): LinkPeers {
  const dialled = new Map<string, DialledPair>();
  const accepted = new Map<string, { outbox: Outbox; peer: Peer<Tagged> | null; goneTimer?: NodeJS.Timeout }>();
  const open = new Set<Peer<Tagged>>();
  let paused = true;
  let droppedBefore = 0;
  let sentBefore = 0;
  /** Nodes hand a message on in the next turn: with more at once the young generation overflows before they do. */
  const intake: Intake = {
    decode: createMessageReader(),
    messagesPerTurn: 64,
    bytesPerTurn: 256 * 1024,
  };

  const forget = (outbox: Outbox): void => {
    outbox.discard();
    droppedBefore += outbox.dropped;
    sentBefore += outbox.sent;
  };

  /** Both directions of one connection; gives the handler of its frames. */
  const use = (peer: Peer<Tagged>, outbox: Outbox, compartment: string): ((frame: Tagged) => void) => {
    open.add(peer);
    if (paused) peer.pause();
    let received = 0;
    let told = 0;
    let seen = 0;
    let telling = false;
    outbox.attach((frames, written) => peer.write(frames, written));
    /** Once nothing has come in for a turn of the loop; in a stream of messages for some hundred at once. */
    const tell = (): void => {
      telling = received > seen && received - told < arrivedAtOnce;
      seen = received;
      if (telling) return void setImmediate(tell);
      told = received;
      peer.send({ type: 'arrived', ...{ count: received } });
    };
    return (frame) => {
      if (isArrived(frame)) return outbox.arrived(frame.count);
      received += 1;
      if (!telling) {
        telling = true;
        setImmediate(tell);
      }
      onFrame(frame, compartment);
    };
  };

  const connect = (compartment: string, endpoint: LinkEndpoint): DialledPair => {
    const outbox = createOutbox();
    let onMessage: ((frame: Tagged) => void) | null = null;
    let current: Peer<Tagged> | null = null;
    const connection = dial<Tagged, Tagged>(reach(endpoint.path), {
      hello: () => ({
        type: 'hello',
        protocol: protocolVersion,
        role: 'compartment',
        id,
        token: endpoint.token,
        pid: process.pid,
      }),
      onOpen(peer) {
        current = peer;
        onMessage = use(peer, outbox, compartment);
      },
      onMessage: (frame) => onMessage?.(frame),
      onClose() {
        if (current) open.delete(current);
        outbox.detach();
        onLost(compartment);
      },
      onRefused: (reason) => log(`link to ${compartment} refused: ${reason}`),
      maxMessageBytes: maxLinkMessageBytes,
      intake,
      maxDelayMs: 250,
    });
    return { endpoint, outbox, connection };
  };

  const listener: Promise<Listener> = listen<Tagged, Tagged>(
    { path: socketPath },
    {
      authenticate: (hello) => (tokenMatches(deriveToken(secret, hello.id), hello.token) ? null : 'wrong token'),
      onPeer(peer, hello) {
        const pair = accepted.get(hello.id) ?? { outbox: createOutbox(), peer: null };
        accepted.set(hello.id, pair);
        clearTimeout(pair.goneTimer);
        // A caller that was killed and is back before its old socket was seen to close.
        pair.peer?.close('replaced by a newer connection');
        pair.peer = peer;
        const onMessage = use(peer, pair.outbox, hello.id);
        return {
          onMessage,
          onClose() {
            open.delete(peer);
            if (pair.peer !== peer) return;
            pair.peer = null;
            pair.outbox.detach();
            onLost(hello.id);
            pair.goneTimer = setTimeout(() => pair.outbox.discard(), callerGoneMs);
            pair.goneTimer.unref();
          },
        };
      },
      onTurnedAway: (reason) => log(`link connection turned away: ${reason}`),
      maxMessageBytes: maxLinkMessageBytes,
      intake,
    },
  );
  listener.catch((error: unknown) => log(`links to this compartment do not work: ${String(error)}`));

  return {
    configure(endpoints) {
      for (const [compartment, pair] of dialled) {
        const wanted = ownEntry(endpoints, compartment);
        if (wanted?.path === pair.endpoint.path && wanted.token === pair.endpoint.token) continue;
        dialled.delete(compartment);
        pair.connection.close();
        forget(pair.outbox);
      }
      for (const [compartment, endpoint] of Object.entries(endpoints)) {
        if (!dialled.has(compartment)) dialled.set(compartment, connect(compartment, endpoint));
      }
    },
    outbox(compartment, prefer) {
      const out = dialled.get(compartment)?.outbox;
      const back = accepted.get(compartment)?.outbox;
      return prefer === 'dialled' ? (out ?? back) : (back ?? out);
    },
    *outboxes() {
      for (const { outbox } of dialled.values()) yield outbox;
      for (const { outbox } of accepted.values()) yield outbox;
    },
    get droppedBefore() {
      return droppedBefore;
    },
    get sentBefore() {
      return sentBefore;
    },
    pause() {
      paused = true;
      for (const peer of open) peer.pause();
    },
    resume() {
      paused = false;
      for (const peer of open) peer.resume();
    },
    close() {
      for (const { connection } of dialled.values()) connection.close();
      void listener.then((listening) => listening.close()).catch(() => {});
    },
  };
}
