/**
 * Messages between the link nodes of this compartment and those of others.
 *
 * Out: bridge node → copy → outbox of the pair → socket. In: socket → the `link in` with that id. What a call wants
 * back, and what answers an HTTP request of another compartment, goes the same way.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { errorText } from '../../node-red/error-text.ts';
import type { LiveNode, NodeRedRuntime } from '../../node-red/internals.ts';
import { bridgeType, type LinkCounts, returnType, type Slice } from '../../protocol/messages.ts';
import type { Tagged } from '../../protocol/peer.ts';
import type { CompartmentBoot } from '../boot.ts';
import { keepResponses } from './kept-responses.ts';
import { type LinkFrame, type Message, parseLinkFrame } from './link-frames.ts';
import { openLinkPeers } from './link-peers.ts';
import { createWaysBack, lastCall } from './link-source.ts';
import { reach } from '../reach.ts';
import { createMessageCodec } from './message-codec.ts';
import { createOpenQuestions } from './open-questions.ts';
import type { Outbox } from './outbox.ts';
import { type RecordedCall, replayCalls, type ResponseOrigin } from './response-proxy.ts';

/** How a compartment that links lead to is doing, as seen from here. */
export interface LinkHealth {
  readonly connected: boolean;
  readonly queued: number;
  readonly dropped: number;
}

export interface Links {
  /** Nodes of these flows take messages from now on, and these compartments can be reached. */
  use(runtime: NodeRedRuntime, slice: Pick<Slice, 'links' | 'entrances'>): void;
  /** Nothing is taken while flows are being changed; senders keep what they have. */
  hold(): void;
  /** Throws NotCopyable or FrameError where the message cannot leave the process. */
  send(compartment: string, target: string, msg: Message): void;
  /** Whether it is known where this node runs, which called from another compartment. */
  knowsCaller(node: string): boolean;
  /** Returns a link call to such a node. Throws as `send` does. */
  giveBack(node: string, id: string, msg: Message): void;
  health(compartment: string): LinkHealth;
  counts(): LinkCounts;
  /** Resolves once all that waited was handed to the other compartments; false at the deadline. */
  drained(deadlineMs: number): Promise<boolean>;
  close(): void;
}

/** Nodes hand messages on in later turns of the event loop: as many steps as this are waited for. */
const settleTurns = 20;

export function openLinks(boot: CompartmentBoot, log: (line: string) => void): Links {
  let runtime: NodeRedRuntime | undefined;
  let entrances: ReadonlySet<string> = new Set();
  let received = 0;
  let undeliverable = 0;
  const kept = keepResponses({ giveUpAfterMs: boot.answerWithinMs });
  const questions = createOpenQuestions();
  const waysBack = createWaysBack(boot.id, (node) => caller(node) !== undefined);
  const codec = createMessageCodec(kept, waysBack, answer);
  const peers = openLinkPeers({
    id: boot.id,
    socketPath: boot.linkSocket,
    secret: boot.linkSecret,
    reach: (socketPath) => reach(boot, socketPath),
    onLost: (compartment) => kept.lost(compartment),
    onFrame,
    log,
  });

  /** Where the frame is now. */
  function post(compartment: string, prefer: 'dialled' | 'accepted', frame: LinkFrame): Outbox | undefined {
    const outbox = peers.outbox(compartment, prefer);
    if (outbox === undefined) {
      undeliverable += 1;
      return undefined;
    }
    codec.encode(frame, outbox.slab);
    outbox.offer();
    return outbox;
  }

  /** Throws at once what cannot be sent: that is an error of the node that answers. */
  function answer({ compartment, id }: ResponseOrigin, calls: readonly RecordedCall[]): Promise<void> {
    return post(compartment, 'accepted', { type: 'response', id, calls })?.empty() ?? Promise.resolve();
  }

  function onFrame(value: Tagged, from: string): void {
    const frame = parseLinkFrame(value);
    if (frame === undefined) {
      undeliverable += 1;
      return;
    }
    received += 1;
    try {
      if (!take(frame, from)) undeliverable += 1;
    } catch (error) {
      // Whatever another compartment sent, it must not end this one.
      undeliverable += 1;
      log(`a message from ${from} could not be taken: ${errorText(error)}`);
    }
  }

  function take(frame: LinkFrame, from: string): boolean {
    switch (frame.type) {
      case 'link': {
        const node = live(frame.to);
        // Only what a person drew as an entrance is one, and what a wire of another compartment leads to.
        if (node === null || (node.type !== 'link in' && !entrances.has(frame.to))) return false;
        node.receive(codec.revive(frame, from));
        return true;
      }
      case 'return': {
        const takeAnswer = caller(frame.node);
        if (takeAnswer === undefined) return handOn(frame, codec.revive(frame, from));
        takeAnswer(frame.id, questions.answered(frame.id, codec.revive(frame, from)));
        return true;
      }
      case 'response': {
        const res = kept.get(frame.id);
        return res !== undefined && replayCalls(res, frame.calls);
      }
      case 'arrived':
        return true;
    }
  }

  const live = (id: string): LiveNode | null => runtime?._.nodes.getNode(id) ?? null;

  /** How a node of these flows takes the answer to its call. What stands in for one of other flows is none. */
  function caller(id: string): LiveNode['returnLinkMessage'] {
    const node = live(id);
    return node === null || standsIn(node) ? undefined : node.returnLinkMessage?.bind(node);
  }

  /** An answer to a call of another compartment, on its way there. */
  function handOn({ node, id, way }: { node: string; id: string; way: readonly string[] }, msg: Message): boolean {
    const next = way.at(-1);
    if (next === undefined) return false;
    post(next, 'accepted', { type: 'return', node, id, way: way.slice(0, -1), ...codec.carry(msg, next) });
    return true;
  }

  const counts = (): LinkCounts => {
    const total = { sent: peers.sentBefore, received, dropped: undeliverable + peers.droppedBefore, queued: 0 };
    for (const outbox of peers.outboxes()) {
      total.sent += outbox.sent;
      total.dropped += outbox.dropped;
      total.queued += outbox.queued;
    }
    return total;
  };

  return {
    use(started, slice) {
      runtime = started;
      entrances = new Set(slice.entrances);
      peers.configure(slice.links ?? {});
      peers.resume();
    },
    hold: () => peers.pause(),
    send(compartment, target, msg) {
      const call = lastCall(msg['_linkSource']);
      if (call !== undefined && caller(call.node) !== undefined) questions.asked(call.id, msg);
      post(compartment, 'dialled', { type: 'link', to: target, ...codec.carry(msg, compartment) });
    },
    knowsCaller: (node) => waysBack.to(node) !== undefined,
    giveBack(node, id, msg) {
      handOn({ node, id, way: waysBack.to(node) ?? [] }, msg);
    },
    health(compartment) {
      const outbox = peers.outbox(compartment, 'dialled');
      if (outbox === undefined) return { connected: false, queued: 0, dropped: 0 };
      return { connected: outbox.attached, queued: outbox.queued, dropped: outbox.dropped };
    },
    counts,
    async drained(deadlineMs) {
      const deadline = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => deadline.resolve(false), deadlineMs);
      for (let turn = 0; turn < settleTurns; turn += 1) await nextTurn();
      const all = Promise.all([...peers.outboxes()].map((outbox) => outbox.empty())).then(() => true);
      const complete = await Promise.race([all, deadline.promise]);
      clearTimeout(timer);
      return complete;
    },
    close: () => peers.close(),
  };
}

const standsIn = ({ type }: LiveNode): boolean => type === bridgeType || type === returnType;
