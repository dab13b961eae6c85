/**
 * What Node.js's permission model refuses is said by node and path: as a warning of the node (log and debug sidebar)
 * and as its status. Its own error goes where the node sends it, to a catch node as ever, but names no path.
 *
 * Once for each node and thing: a node that tries again and again says it once. Refusals without a node are probes of
 * libraries at their start, which do without what they looked for.
 */
import type { EventEmitter } from 'node:events';
import { subscribe } from 'node:diagnostics_channel';
import { isRecord } from '../node-red/is-record.ts';
import type { LiveNode } from '../node-red/internals.ts';
import { currentNode, outsideOfNodes } from '../node-red/node-trace.ts';

const channels = ['fs', 'child', 'worker', 'wasi', 'inspector'];
const maxRemembered = 1_000;

const words: Readonly<Record<string, string>> = {
  FileSystemRead: 'read access to',
  FileSystemWrite: 'write access to',
  // Node.js asks for it where a symbolic link is made, and does not say which.
  FileSystem: 'making a symbolic link, which takes access to all files',
  ChildProcess: 'starting the program',
  WorkerThreads: 'starting a worker thread',
  Addon: 'loading the native addon',
  WASI: 'using WASI',
  Inspector: 'using the inspector',
};

export interface Denied {
  readonly nodeId: string;
  /** `write access to /etc/x`. */
  readonly what: string;
}

export function onDenial(report: (denied: Denied) => void): void {
  const told = new Set<string>();
  const listener = (event: unknown): void => {
    const nodeId = currentNode();
    if (nodeId === undefined || !isRecord(event)) return;
    const what = describeDenial(event);
    const key = `${nodeId} ${what}`;
    if (what === undefined || told.has(key) || told.size >= maxRemembered) return;
    told.add(key);
    // After the call that was refused: reporting may itself be refused something.
    setImmediate(() => outsideOfNodes(() => report({ nodeId, what })));
  };
  for (const channel of channels) subscribe(`node:permission-model:${channel}`, listener);
  sayWhichAddon(listener);
}

/**
 * A refused native addon is told on no channel, and its error names no file: both are made good here. A palette that cannot
 * be loaded for it has no node yet; its error then says what to do.
 */
function sayWhichAddon(tell: (event: unknown) => void): void {
  const load = process.dlopen;
  process.dlopen = function (module: object, file: string, ...flags: [number?]) {
    try {
      return load.call(process, module, file, ...flags);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_DLOPEN_DISABLED') {
        tell({ permission: 'Addon', resource: file });
        error.message += ` It is ${file}; ${remedy}`;
      }
      throw error;
    }
  };
}

const remedy = 'allow it in the sidebar Compartments under Privileges, or in bulkhead.yaml under privilege';

/** Of an event of the channel, or of the error; undefined where it is neither. */
function describeDenial({ permission, resource }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof permission !== 'string') return undefined;
  const thing = typeof resource === 'string' && resource !== '' ? ` ${resource}` : '';
  return `${words[permission] ?? permission}${thing}`;
}

/** Shows it at the node, and in the log where the refusal has kept the node from being made. */
export function showDenial({ nodeId, what }: Denied, node: LiveNode | null, events: EventEmitter): void {
  const text = `was refused ${what}: ${remedy}`;
  const status = { fill: 'red', shape: 'ring', text: `refused: ${what}`.slice(0, 120) };
  if (node) {
    node.warn(text);
    node.status(status);
  } else {
    console.log(`[warn] [${nodeId}] ${text}`);
    events.emit('node-status', { id: nodeId, status });
  }
}
