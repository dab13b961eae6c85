/**
 * The two node types that a slice has beside those of the flow file (`supervisor/plan/link-stubs.ts` and
 * `wire-stubs.ts`): the bridge to a node of another compartment, and the node in whose name link calls of others are
 * returned.
 */
import type { LiveNode, NodeRedRuntime } from '../../node-red/internals.ts';
import { errorText } from '../../node-red/error-text.ts';
import { isRecord } from '../../node-red/is-record.ts';
import { bridgeType, type FlowNode, returnNodeId, returnType } from '../../protocol/messages.ts';
import type { OwnNode } from '../flow-runner.ts';
import type { Message } from './link-frames.ts';
import { dropEmptyStack, lastCall } from './link-source.ts';
import type { LinkStatus } from './link-status.ts';
import type { Links } from './links.ts';
import { refuseCall } from './refused-call.ts';

interface BridgeDefinition extends FlowNode {
  readonly compartment?: unknown;
  readonly target?: unknown;
  readonly callers?: unknown;
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/**
 * Call after `runtime.init` and before flows start. Answers with what stands in here for nodes that called from other
 * compartments: a `link out` that returns asks for the node that called, by its id, wherever that node is.
 */
export function registerBridgeNodes(
  runtime: NodeRedRuntime,
  ownNode: OwnNode,
  links: Links,
  status: LinkStatus,
): (nodeId: string) => LiveNode | null {
  const { nodes } = runtime._;

  function BridgeNode(this: LiveNode, definition: BridgeDefinition): void {
    nodes.createNode(this, definition);
    const compartment = String(definition.compartment);
    const target = String(definition.target);
    const callers = strings(definition.callers);
    const unwatch = status.watch(compartment, callers);
    this.on('input', (msg: Message, _send: unknown, done: () => void) => {
      try {
        links.send(compartment, target, msg);
      } catch (error) {
        // Behind a wire nobody knows who sent; the bridge has the id of the node that the message was for.
        const senders = callers.includes(this.id) ? [] : senderOf(msg, callers).map((id) => ownNode(id));
        refuseCall(senders.find((node) => node !== null) ?? this, msg, reported(error));
      }
      done();
    });
    // It may have the id of a node that calls, to which a wire leads.
    this.returnLinkMessage = (id, msg) => giveBack(this, this.id, id, msg);
    this.on('close', unwatch);
  }

  function ReturnNode(this: LiveNode, definition: FlowNode): void {
    nodes.createNode(this, definition);
  }

  const giveBack = (from: LiveNode, caller: string, id: string, msg: object): void => {
    if (!isRecord(msg)) return;
    dropEmptyStack(msg);
    try {
      links.giveBack(caller, id, msg);
    } catch (error) {
      (ownNode(returning(msg)) ?? from).error(reported(error), msg);
    }
  };

  nodes.registerType('bulkhead/links', bridgeType, BridgeNode);
  nodes.registerType('bulkhead/links', returnType, ReturnNode);

  return (id) => {
    const back = links.knowsCaller(id) ? ownNode(returnNodeId) : null;
    return back === null ? null : standIn(id, back, giveBack);
  };
}

const reported = (error: unknown): Error => (error instanceof Error ? error : new Error(errorText(error)));

/** For a node that called from another compartment: it takes the answer, and is nothing else. */
const standIn = (
  id: string,
  back: LiveNode,
  giveBack: (from: LiveNode, caller: string, id: string, msg: object) => void,
): LiveNode => ({
  id,
  type: back.type,
  receive() {},
  error: (error, msg) => back.error(error, msg),
  warn: (text) => back.warn(text),
  status() {},
  on() {},
  returnLinkMessage: (call, msg) => giveBack(back, id, call, msg),
});

/** `link out` nodes sign what they send: "node:ID". */
const returning = ({ _event: event }: Message): string =>
  typeof event === 'string' && event.startsWith('node:') ? event.slice('node:'.length) : '';

/** Ids of the nodes that may have sent this message, the likeliest first. */
function senderOf(msg: Message, callers: readonly string[]): string[] {
  const called = lastCall(msg['_linkSource'])?.node ?? '';
  const ids = [returning(msg), called].filter((id) => id !== '');
  return [...ids.filter((id) => callers.includes(id)), ...ids.toReversed()];
}
