/**
 * Which node is running: needed when the process dies, and the flow's author wants to know whose fault it was.
 *
 * Three sources, best first: a function node's stack frame names it; the async context says in whose constructor or
 * input handler a timer, socket or promise was made; and the last node that received a message is the guess that is
 * left when V8 gives no JavaScript at all (out of memory, a kill from outside).
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { inspect, types } from 'node:util';
import { watchForOtherContexts } from './other-contexts.ts';

interface Running {
  readonly id: string;
  /** Weak: a timer or a socket that was made for a message must not keep it alive. */
  readonly message?: WeakRef<object>;
}

const context = new AsyncLocalStorage<Running>();
let lastReceiver = '';
let hasOtherContexts = (): boolean => false;

/** Before any palette is loaded. */
export function watchPalettes(): void {
  hasOtherContexts = watchForOtherContexts(context);
}

/** The node is about to run: in its constructor. */
export function enterNode(id: string): void {
  context.enterWith({ id });
}

/** What `work` starts is the doing of this node: it is being closed. */
export function inNode<T>(id: string, work: () => T): T {
  return context.run({ id }, work);
}

/** One context for all that a node does with messages which are not noted. */
const hurried = new WeakMap<object, AsyncResource>();

/**
 * Runs the handler of a node with the message that it received. A context for each message costs a tenth of all that
 * Node-RED does with it: messages that are not `noted` share the one of their node, and a crash names the node alone.
 */
export function receive<Node extends { readonly id: string }>(
  node: Node,
  message: object,
  handle: (this: Node, message: object) => void,
  noted: boolean,
): void {
  lastReceiver = node.id;
  if (noted || hasOtherContexts()) inOwnContext(node, message, handle);
  else (hurried.get(node) ?? hurriedOf(node)).runInAsyncScope(handle, node, message);
}

function inOwnContext<Node extends { readonly id: string }>(
  node: Node,
  message: object,
  handle: (this: Node, message: object) => void,
): void {
  context.run({ id: node.id, message: new WeakRef(message) }, () => handle.call(node, message));
}

function hurriedOf(node: { readonly id: string }): AsyncResource {
  const scope = context.run({ id: node.id }, () => new AsyncResource('BulkheadNode'));
  hurried.set(node, scope);
  return scope;
}

/** Leaves the context of whatever node runs now: for work of the runtime itself. */
export function outsideOfNodes<T>(work: () => T): T {
  return context.exit(work);
}

/** The node in whose constructor or handler the running work began. */
export function currentNode(): string | undefined {
  return context.getStore()?.id;
}

export interface Fault {
  readonly nodeId: string;
  /** False: it is the node that received a message last, and nothing else is known. */
  readonly exact: boolean;
  /** What the node was working on, if that is known. */
  readonly message: object | undefined;
}

/** The node at fault for `error`, as far as can be known. */
export function nodeAtFault(error?: unknown): Fault | undefined {
  const running = context.getStore();
  const certain = nodeInStack(stackOf(error)) ?? running?.id;
  const nodeId = certain ?? lastReceiver;
  if (nodeId === '') return undefined;
  const message = running?.id === nodeId ? running.message?.deref() : undefined;
  return { nodeId, exact: certain !== undefined, message };
}

/** Function nodes run under the file name `Function node:<id> [<name>]`; setup and cleanup code have their own kind. */
export function nodeInStack(stack: string): string | undefined {
  return /\bFunction node(?: \w+)?:([^\s:[\]()]+)/.exec(stack)?.[1];
}

function stackOf(error: unknown): string {
  try {
    return isError(error) && typeof error.stack === 'string' ? error.stack : '';
  } catch {
    return '';
  }
}

/** Function nodes throw errors of another realm, for which `instanceof Error` is false. */
const isError = (value: unknown): value is Error => value instanceof Error || types.isNativeError(value);

/**
 * One line for a person: the message and the first frames that are not Node.js's own. Whatever was thrown has one: getters
 * may throw, and an object without a prototype has no text.
 */
export function describeError(error: unknown): string {
  try {
    return isError(error) ? errorLine(error) : `thrown value: ${valueLine(error)}`;
  } catch {
    return 'something was thrown that cannot be put into words';
  }
}

const valueLine = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? inspect(value, { breakLength: Infinity, depth: 1, maxArrayLength: 10, maxStringLength: 200 })
    : String(value);

function errorLine(error: Error): string {
  const frames = stackOf(error)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at ') && !line.includes('(node:'))
    .slice(0, 3);
  // What the permission model refuses says what only in these two.
  const refused =
    'permission' in error && 'resource' in error ? ` (${String(error.permission)} ${String(error.resource)})` : '';
  const head = `${error.name}: ${error.message}${refused}`.replaceAll(/\s*\n\s*/g, ' ');
  return frames.length === 0 ? head : `${head} (${frames.join('; ')})`;
}
