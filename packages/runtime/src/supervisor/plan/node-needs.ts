/**
 * What each known type of node needs of the operating system, from its configuration. Types that are not here are
 * third-party nodes, of which nobody knows.
 */
import path from 'node:path';
import type { FlowNode } from '../../protocol/messages.ts';
import type { Allowance } from '../../protocol/privilege.ts';

export type Need =
  | { readonly kind: 'read' | 'write'; readonly path: string }
  /** A path that is known only when a message arrives. */
  | { readonly kind: 'read-anything' | 'write-anything' }
  | { readonly kind: 'allow'; readonly what: Allowance }
  /** Cannot be known; says why. */
  | { readonly kind: 'unknown'; readonly because: string };

export interface Places {
  /** Relative paths in flows start here. */
  readonly workingDirectory: string;
  readonly userDir: string;
}

type Needs = (node: FlowNode, places: Places) => readonly Need[];

const texts = (node: FlowNode, ...keys: readonly string[]): string[] =>
  keys
    .map((key) => node[key])
    .filter((value) => typeof value === 'string' && value !== '')
    .map(String);

/** `${NAME}` is replaced from the environment when the node starts. */
const isFixed = (text: string): boolean => !text.includes('${');

const pathNeed = (kind: 'read' | 'write', text: string, { workingDirectory }: Places): Need =>
  isFixed(text) ? { kind, path: path.resolve(workingDirectory, text) } : { kind: `${kind}-anything` };

const readsFiles =
  (...keys: readonly string[]): Needs =>
  (node, places) =>
    texts(node, ...keys).map((file) => pathNeed('read', file, places));

/** The file of a `file` or `file in` node; null where a message names it. */
function fixedFile(node: FlowNode): string | null {
  const { filename, filenameType } = node;
  if (typeof filename !== 'string' || filename === '') return null;
  return (filenameType === undefined || filenameType === '' || filenameType === 'str') && isFixed(filename)
    ? filename
    : null;
}

const writesFile: Needs = (node, { workingDirectory }) => {
  const file = fixedFile(node);
  if (file === null) return [{ kind: 'write-anything' }];
  const whole = path.resolve(workingDirectory, file);
  // It makes the folder, and those above it, by one call for the folder itself.
  const folder: Need[] = node['createDir'] === true ? [{ kind: 'write', path: path.dirname(whole) }] : [];
  return [{ kind: 'write', path: whole }, { kind: 'read', path: whole }, ...folder];
};

const readsFile: Needs = (node, { workingDirectory }) => {
  const file = fixedFile(node);
  return [file === null ? { kind: 'read-anything' } : { kind: 'read', path: path.resolve(workingDirectory, file) }];
};

const watches: Needs = (node, places) =>
  texts(node, 'files')
    .flatMap((list) => list.split(','))
    .map((file) => pathNeed('read', file.trim(), places));

/** Modules of Node.js that reach no file, no process and no code by themselves. */
const harmless = new Set(
  'assert buffer crypto dgram dns dns/promises events http http2 https net os path path/posix perf_hooks process punycode querystring stream stream/promises string_decoder timers timers/promises tls url util zlib'.split(
    ' ',
  ),
);
const ofModules: ReadonlyMap<string, readonly Need[]> = new Map<string, readonly Need[]>([
  ['fs', [{ kind: 'read-anything' }, { kind: 'write-anything' }]],
  ['fs/promises', [{ kind: 'read-anything' }, { kind: 'write-anything' }]],
  ['child_process', [{ kind: 'allow', what: 'child-process' }]],
  ['worker_threads', [{ kind: 'allow', what: 'worker' }]],
]);

const usesModules: Needs = (node) => {
  const libs: readonly unknown[] = Array.isArray(node['libs']) ? node['libs'] : [];
  return libs.flatMap((lib): readonly Need[] => {
    if (typeof lib !== 'object' || lib === null || !('module' in lib) || typeof lib.module !== 'string') return [];
    const name = lib.module.replace(/^node:/, '');
    if (harmless.has(name)) return [];
    const because = `function "${node.name || node.id}" uses the module ${lib.module}`;
    return ofModules.get(name) ?? [{ kind: 'unknown', because }];
  });
};

/** Keys and trusted servers are one set for the house, below the editor's directory (decision 60). */
const keysOfTheHouse: Needs = (node, places) => {
  const folder = path.join(places.userDir, 'opcua-pki');
  const ofUser = node['userCertificateFrom'] === 'file' ? ['userCertificateFile', 'userKeyFile'] : [];
  return [{ kind: 'read', path: folder }, { kind: 'write', path: folder }, ...readsFiles(...ofUser)(node, places)];
};

/** The library of serial ports has a native part, and what loads it looks which C library the system has. */
const nativePart: readonly Need[] = [
  { kind: 'allow', what: 'addons' },
  { kind: 'read', path: '/etc/alpine-release' },
];
const opensSerialLine: Needs = ({ mode }) => (mode === 'rtu' ? nativePart : []);

/** It looks whether there is a better shell, and does not start if it may not look. */
const startsPrograms: readonly Need[] = [
  { kind: 'allow', what: 'child-process' },
  { kind: 'read', path: '/bin/bash' },
];

const needsNothing =
  'batch,bulkhead-link,bulkhead-link-return,catch,change,comment,complete,csv,debug,delay,global-config,group,html,http in,http proxy,http request,http response,inject,join,json,junction,link call,link in,link out,mqtt in,mqtt out,mqtt-broker,range,rbe,sort,split,status,subflow,switch,tab,tcp in,tcp out,tcp request,template,trigger,udp in,udp out,unknown,websocket in,websocket out,websocket-client,websocket-listener,xml,yaml,historian-query,historian-write,modbus-read,modbus-write,oee,opcua-call,opcua-events,opcua-history,opcua-read,opcua-write,s7-connection,s7-read,s7-write,uns-publish,uns-subscribe';

const ofTypes: ReadonlyMap<string, Needs> = new Map<string, Needs>([
  ...needsNothing.split(',').map((type): [string, Needs] => [type, () => []]),
  ['exec', () => startsPrograms],
  ['file', writesFile],
  ['file in', readsFile],
  ['watch', watches],
  ['tls-config', readsFiles('cert', 'key', 'ca', 'p12')],
  ['function', usesModules],
  ['opcua-connection', keysOfTheHouse],
  ['modbus-connection', opensSerialLine],
  ['modbus-server', opensSerialLine],
  ['uns-connection', readsFiles('caFile', 'certFile', 'keyFile')],
  ['historian-connection', readsFiles('caFile')],
]);

export function needsOf(node: FlowNode, places: Places): readonly Need[] {
  if (node.type.startsWith('subflow:')) return [];
  const because = `nobody knows what nodes of type "${node.type}" need`;
  return ofTypes.get(node.type)?.(node, places) ?? [{ kind: 'unknown', because }];
}
