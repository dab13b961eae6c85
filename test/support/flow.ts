import { createRequire } from 'node:module';
import path from 'node:path';
import type { Node, NodeMessageInFlow } from 'node-red';
import helper from 'node-red-node-test-helper';

const require = createRequire(import.meta.url);
const nodesFolder = path.resolve(import.meta.dirname, '../../nodes');

export interface RunningFlow {
  node(id: string): Node;
  /** What a node of type `helper` has received so far; a live list. */
  received(id: string): readonly NodeMessageInFlow[];
  /** A full deploy of the same flow: every node is closed and constructed anew. */
  deploy(): Promise<void>;
  stop(): Promise<void>;
}

export interface FlowNode {
  id: string;
  type: string;
  wires?: readonly (readonly string[])[];
  [property: string]: unknown;
}

/**
 * Starts a flow in an unmodified Node-RED runtime within this process.
 * @param types built node types as `palette/type`, for example `oee/oee`. A node of type `helper` receives and keeps.
 */
export async function startFlow({
  types,
  flow,
  credentials = {},
}: {
  types: readonly string[];
  flow: readonly FlowNode[];
  credentials?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}): Promise<RunningFlow> {
  // Node-RED takes a node without a place on the canvas for a config node.
  const placed = flow.map((node) =>
    node.wires !== undefined || node.type === 'helper' ? { x: 0, y: 0, ...node } : node,
  );
  await helper.load(types.map(builtNode), placed, credentials);
  const lists = new Map<string, NodeMessageInFlow[]>();
  const listen = (): void => {
    for (const { id, type } of flow) {
      if (type !== 'helper') continue;
      const list = lists.get(id) ?? [];
      lists.set(id, list);
      helper.getNode(id)?.on('input', (message: NodeMessageInFlow) => void list.push(message));
    }
  };
  listen();
  return {
    node(id) {
      const node = helper.getNode(id);
      if (node === null) throw new Error(`the flow has no node ${id}, or it was not constructed`);
      return node;
    },
    received(id) {
      const list = lists.get(id);
      if (list === undefined) throw new Error(`the flow has no helper ${id}`);
      return list;
    },
    async deploy() {
      await helper.setFlows(placed, 'full');
      listen();
    },
    stop: () => helper.unload(),
  };
}

function builtNode(name: string): (RED: unknown) => void {
  const [palette = '', type = ''] = name.split('/');
  const loaded: unknown = require(path.join(nodesFolder, palette, 'dist', `${type}.js`));
  if (!isRegister(loaded)) throw new TypeError(`${name} does not export a function: build it first`);
  return loaded;
}

function isRegister(candidate: unknown): candidate is (RED: unknown) => void {
  return typeof candidate === 'function';
}
