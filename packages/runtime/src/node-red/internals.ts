/**
 * Every part of Node-RED 5 that the runtime touches, with the narrow types that we rely on.
 *
 * Nothing else imports from `@node-red/*` or `node-red`. Each member here is pinned by a contract test
 * (`docs/node-red-inside.md`), so that an upgrade which moves one of them fails by name.
 */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { FlowNode } from '../protocol/messages.ts';

const require = createRequire(import.meta.url);

/** Node-RED is JavaScript: that a module is what its interface here says is the business of the contract tests. */
const isModule = <T>(value: unknown): value is T & object =>
  typeof value === 'function' || (typeof value === 'object' && value !== null);

function load<T>(id: string, from: NodeJS.Require = require): T {
  const loaded: unknown = from(id);
  if (!isModule<T>(loaded)) throw new Error(`${id} is not a module that this version of Bulkhead knows`);
  return loaded;
}

export type NodeRedSettings = Record<string, unknown>;

/** A layer of an express 4 router: a route, or middleware mounted on a path. */
export interface ExpressLayer {
  readonly name: string;
  readonly regexp: RegExp & { readonly fast_slash?: boolean; readonly fast_star?: boolean };
  readonly route?: { readonly path: unknown; readonly methods: Readonly<Record<string, boolean>> };
}

/** The same with what it calls. */
export interface MountedLayer extends ExpressLayer {
  handle: Handler;
  readonly route?: NonNullable<ExpressLayer['route']> & {
    /** One entry per handler; without a method those of `all`. */
    readonly stack: readonly { readonly method?: string; handle: Handler }[];
  };
}

export type AdminRequest = IncomingMessage & {
  body?: unknown;
  params: Record<string, string>;
  originalUrl: string;
};

export type Handler = (request: AdminRequest, response: ServerResponse, next: (error?: unknown) => void) => unknown;
export type RouteVerb = 'get' | 'post' | 'put' | 'delete' | 'patch' | 'head' | 'options' | 'all';
export type ExpressRoute = Record<RouteVerb, (...handlers: Handler[]) => unknown>;
export type ParamCheck = (
  request: AdminRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
  value: string,
  name: string,
) => unknown;

/** An express 4 application: a function that answers requests and has a router once it was used. */
export interface ExpressApp {
  (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void;
  use: (...handlers: unknown[]) => unknown;
  disable: (setting: string) => unknown;
  route: (path: unknown) => ExpressRoute;
  param: (name: unknown, check: ParamCheck) => unknown;
  get: (path: unknown, ...handlers: Handler[]) => unknown;
  post: (path: unknown, ...handlers: Handler[]) => unknown;
  put: (path: unknown, ...handlers: Handler[]) => unknown;
  delete: (path: unknown, ...handlers: Handler[]) => unknown;
  patch: (path: unknown, ...handlers: Handler[]) => unknown;
  head: (path: unknown, ...handlers: Handler[]) => unknown;
  options: (path: unknown, ...handlers: Handler[]) => unknown;
  all: (path: unknown, ...handlers: Handler[]) => unknown;
  readonly _router?: { readonly stack: readonly MountedLayer[] };
}

/** Made by `express.Router()`. */
export type ExpressRouter = Pick<ExpressApp, 'use' | 'route' | 'param'> & { readonly stack: readonly MountedLayer[] };

export interface LogMessage {
  readonly level: number;
  readonly msg: unknown;
  readonly id?: string;
  readonly type?: string;
  readonly name?: string;
}

export interface ContextOptions {
  readonly scope: string;
  readonly id?: string | undefined;
  readonly store?: string | undefined;
  readonly key?: string | undefined;
  readonly keysOnly?: boolean | undefined;
}

export interface SetFlowsOptions {
  readonly deploymentType?: string;
  readonly [key: string]: unknown;
}

export interface ContextApi {
  getValue(options: ContextOptions): Promise<unknown>;
  delete(options: ContextOptions): Promise<unknown>;
}

export interface FlowsApi {
  setFlows(options: SetFlowsOptions): Promise<unknown>;
  addFlow(options: SetFlowsOptions): Promise<unknown>;
  updateFlow(options: SetFlowsOptions): Promise<unknown>;
  deleteFlow(options: SetFlowsOptions): Promise<unknown>;
  getState(options: unknown): Promise<{ state: string }>;
  setState(options: unknown): Promise<{ state: string }>;
}

/** One node set as the registry keeps it. `err` is whatever loading threw, or a text. */
export interface RegistryNodeSet {
  readonly type: 'node';
  readonly id: string;
  readonly module: string;
  readonly name: string;
  readonly file: string;
  readonly template: string;
  readonly version: string;
  readonly local: boolean;
  readonly config: string;
  readonly help: Record<string, string>;
  namespace?: string;
  types: string[];
  enabled: boolean;
  loaded: boolean;
  err?: unknown;
}

export interface NodeFile {
  readonly file: string;
  readonly module: string;
  readonly name: string;
  readonly version: string;
  readonly types?: string[];
  readonly local?: boolean;
}

export interface ModuleFiles {
  readonly name: string;
  readonly version: string;
  readonly path?: string;
  readonly local?: boolean;
  readonly user?: boolean;
  readonly nodes: Record<string, NodeFile>;
  readonly plugins?: Record<string, NodeFile>;
  readonly icons?: readonly never[];
}

export interface RegistryModule {
  readonly name: string;
  readonly version: string;
  /** Installed since this process loaded `version`. */
  readonly pending_version?: string;
  readonly path?: string;
  readonly nodes: Record<string, RegistryNodeSet>;
  readonly plugins?: Readonly<Record<string, object>>;
}

/** A node of the running flows. */
export interface LiveNode {
  readonly id: string;
  readonly type: string;
  receive(msg: Record<string, unknown>): void;
  error(error: Error | string, msg: Record<string, unknown>): void;
  warn(text: string): void;
  status(status: object): void;
  on(event: string, listener: (...args: never[]) => void): unknown;
  /** What callers of link nodes have, and nobody else. */
  returnLinkMessage?: (id: string, msg: object) => void;
}

/** What all nodes inherit from. */
export interface NodePrototype {
  /** Gives a message to the handlers of this node. */
  _emitInput(this: LiveNode, message: object): void;
  /** Calls its close handlers; resolves once they are done. */
  close(this: LiveNode, removed?: boolean): Promise<unknown>;
}

export interface NodeRedNodes {
  registerType(set: string, type: string, constructor: (this: LiveNode, definition: FlowNode) => void): void;
  createNode(node: object, definition: { id: string }): void;
  getNode(id: string): LiveNode | null;
  getCredentials(id: string): Record<string, unknown> | undefined;
  deleteCredentials(id: string): void;
  setFlows(
    flows: readonly FlowNode[],
    credentials: Readonly<Record<string, unknown>>,
    type: string,
  ): Promise<string | undefined>;
  getFlows(): { readonly flows: readonly FlowNode[]; readonly rev: string } | null;
}

/** Both of them load what the storage has: one for projects and the start, the other for "Restart Flows". */
export interface FlowLoader {
  loadFlows(forceStart?: boolean): Promise<unknown>;
}

export interface FlowStorage {
  getFlows(): Promise<{ readonly flows: unknown; readonly [part: string]: unknown }>;
  /** Only with projects. The active one is a name until its flows are loaded. */
  readonly projects?: { getActiveProject(): string | { readonly name: string } | undefined };
}

export interface NodeRedRuntime {
  init(settings: NodeRedSettings, server: Server): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly httpNode: ExpressApp;
  readonly httpAdmin: ExpressApp;
  readonly events: EventEmitter;
  readonly context: ContextApi;
  readonly flows: FlowsApi;
  readonly _: {
    readonly nodes: NodeRedNodes & FlowLoader & { clearContext(): Promise<unknown> };
    readonly flows: FlowLoader;
    readonly storage: FlowStorage;
  };
}

export interface NodeRedLog {
  addHandler(handler: EventEmitter): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

export interface NodeRedUtil {
  init(settings: NodeRedSettings): void;
  readonly events: EventEmitter;
  readonly log: NodeRedLog;
  readonly i18n: { registerMessageCatalog(namespace: string, directory: string, file: string): Promise<void> };
  readonly util: {
    encodeObject(message: object, options: { maxLength: number }): object;
    /** Parts of `a.b[0]`; throws for an expression that is none. */
    normalisePropertyExpression(expression: string): (string | number)[];
  };
}

/** The full Node-RED with editor and admin API. */
export interface NodeRedApplication {
  init(server: Server, settings: NodeRedSettings): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly httpAdmin: ExpressApp;
  readonly runtime: NodeRedRuntime;
  readonly events: EventEmitter;
  readonly log: NodeRedLog;
  readonly nodes: NodeRedNodes;
}

type Done = (error?: unknown, ...values: unknown[]) => void;

/** A context store, as the context API of Node-RED asks for it. */
export interface ContextStore {
  open(): Promise<unknown>;
  close(): Promise<unknown>;
  clean(activeNodes: string[]): Promise<unknown>;
  delete(scope: string): Promise<unknown>;
  get(scope: string, key: string | string[], done?: Done): unknown;
  set(scope: string, key: string | string[], value: unknown, done?: Done): unknown;
  keys(scope: string, done?: Done): unknown;
  /** Of the memory store: its live values by scope. */
  _export?(): Record<string, Record<string, unknown>>;
}

export interface Registry {
  checkFlowDependencies(flows: readonly FlowNode[]): Promise<void>;
}

/** A tab or an instance of a subflow, as the runtime starts it. */
export interface StartedFlow {
  start(diff?: unknown): Promise<void>;
}

/** Makes the tabs, or the instances of subflows, of the running flows. */
export interface FlowMaker {
  create(parent: unknown, global: unknown, flow?: FlowNode, instance?: FlowNode): StartedFlow;
}

export interface FlowParser {
  /** Throws whatever comes of entries that it does not expect. */
  parseConfig(entries: readonly unknown[]): unknown;
}

/** How the editor API compares what is granted with what is wanted. */
export interface NodeRedPermissions {
  hasPermission(granted: string | readonly string[], wanted: unknown): boolean;
}

export interface RegistryStore {
  getModule(name: string): RegistryModule | undefined;
  getModuleList(): Readonly<Record<string, RegistryModule>>;
  addModule(module: RegistryModule): void;
}

export interface RegistryLoader {
  loadNodeSet(set: RegistryNodeSet): Promise<RegistryNodeSet>;
}

export interface RegistryFiles {
  getNodeFiles(): Record<string, ModuleFiles>;
}

export function loadRuntime(): NodeRedRuntime {
  return load('@node-red/runtime');
}

export function loadNodePrototype(): NodePrototype {
  return load<{ readonly prototype: NodePrototype }>('@node-red/runtime/lib/nodes/Node').prototype;
}

export function loadUtil(): NodeRedUtil {
  return load('@node-red/util');
}

export function loadApplication(): NodeRedApplication {
  return load('node-red');
}

export function loadRegistry(): Registry {
  return load('@node-red/registry');
}

export function loadPermissions(): NodeRedPermissions {
  return load('@node-red/editor-api/lib/auth/permissions');
}

/** By token. */
export type StoredSessions = Readonly<Record<string, unknown>>;

/** The editor API calls it for each login and logout, and waits for it. */
export function loadStorage(): { saveSessions(sessions: StoredSessions): Promise<void> } {
  return load('@node-red/runtime/lib/storage');
}

export function loadFlowParser(): FlowParser {
  return load('@node-red/runtime/lib/flows/util');
}

/** The runtime finds `create` in these two anew each time, so it can be replaced. */
export function loadFlowMakers(): { readonly tabs: FlowMaker; readonly subflows: FlowMaker } {
  return {
    tabs: load('@node-red/runtime/lib/flows/Flow'),
    subflows: load('@node-red/runtime/lib/flows/Subflow'),
  };
}

export function loadRegistryStore(): RegistryStore {
  return load('@node-red/registry/lib/registry');
}

export function loadRegistryLoader(): RegistryLoader {
  return load('@node-red/registry/lib/loader');
}

/** The loader asks it for the API of each node set, right before it calls what the set's file exports. */
export function loadNodeApi(): { createNodeApi(set: { readonly id: string; readonly module: string }): unknown } {
  return load('@node-red/registry/lib/util');
}

export function loadRegistryFiles(): RegistryFiles {
  return load('@node-red/registry/lib/localfilesystem');
}

/** One of the context stores that come with Node-RED: a function that makes a store from its configuration. */
export function loadContextModule(name: 'memory' | 'localfilesystem'): (config: object) => ContextStore {
  return load(`@node-red/runtime/lib/nodes/context/${name}`);
}

/** The express that the runtime itself uses: version 4, whose routers can be listed. */
export function loadExpress(): (() => ExpressApp) & {
  json(options: { limit: string }): Handler;
  urlencoded(options: { limit: string; extended: boolean }): Handler;
} {
  return load('express', createRequire(require.resolve('@node-red/runtime')));
}

/** Directory that holds the core nodes, without a slash at its end. */
export function coreNodesDirectory(): string {
  const from = createRequire(require.resolve('node-red/package.json'));
  return from.resolve('@node-red/nodes/package.json').replace(/[\\/]package\.json$/, '');
}

export function nodeRedVersion(): string {
  return load<{ readonly version: string }>('@node-red/runtime/package.json').version;
}
