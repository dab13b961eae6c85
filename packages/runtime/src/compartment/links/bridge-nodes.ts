/**
 * The two node types that a slice has beside those of the flow file (`supervisor/plan/link-stubs.ts` and
 * `wire-stubs.ts`): the bridge to a node of another compartment, and the node that `link out` nodes return foreign link
 * calls to.
 */
import type { LiveNode, NodeRedRuntime } from '../../node-red/internals.ts';
import { errorText } from '../../node-red/error-text.ts';
import { isRecord } from '../../node-red/is-record.ts';
import { bridgeType, type FlowNode } from '../../protocol/messages.ts';
import type { Message } from './link-frames.ts';
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

/** Call after `runtime.init` and before its start. */
export function registerBridgeNodes(runtime: NodeRedRuntime, links: Links, status: LinkStatus): void {
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
        const senders = callers.includes(this.id) ? [] : senderOf(msg, callers).map((id) => nodes.getNode(id));
        refuseCall(senders.find((node) => node !== null) ?? this, msg, reported(error));
      }
      done();
    });
    this.on('close', unwatch);
  }

  function ReturnNode(this: LiveNode, definition: FlowNode): void {
    nodes.createNode(this, definition);
    this.returnLinkMessage = (id, msg) => {
      if (!isRecord(msg)) return;
      try {
        links.giveBack(id, msg);
      } catch (error) {
        const returned = nodes.getNode(returning(msg));
        (returned ?? this).error(reported(error), msg);
      }
    };
  }

  nodes.registerType('bulkhead/links', bridgeType, BridgeNode);
  nodes.registerType('bulkhead/links', 'bulkhead-link-return', ReturnNode);
}

const reported = (error: unknown): Error => (error instanceof Error ? error : new Error(errorText(error)));

/** `link out` nodes sign what they send: "node:ID". */
const returning = ({ _event: event }: Message): string =>
  typeof event === 'string' && event.startsWith('node:') ? event.slice('node:'.length) : '';

/** Ids of the nodes that may have sent this message, the likeliest first. */
function senderOf(msg: Message, callers: readonly string[]): string[] {
  const stack: readonly unknown[] = Array.isArray(msg['_linkSource']) ? msg['_linkSource'] : [];
  const last = stack.at(-1);
  const called = isRecord(last) && typeof last['node'] === 'string' ? last['node'] : '';
  const ids = [returning(msg), called].filter((id) => id !== '');
  return [...ids.filter((id) => callers.includes(id)), ...ids.toReversed()];
}
