/**
 * Every message that crosses a process border of the runtime, as one discriminated union per direction.
 *
 * Transport: a stream (unix socket or TCP), frames of a 4-byte big-endian length and a v8-serialised message
 * (`frame.ts`). The first frame is always `Hello`, and it and its answer are JSON (`handshake.ts`): nothing else is
 * read before the token was checked.
 */

import type { GlobalLimit } from './global-bounds.ts';
import type { LimitsBy } from './limits.ts';

export const protocolVersion = 2;

/** `spare`: a compartment's program that waits for an identity and a slice. */
export type Role = 'supervisor' | 'editor' | 'service' | 'compartment' | 'spare';

/** First frame of every connection, from the side that dials in. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  readonly role: Role;
  /** Compartment id, or the process name for the other roles (for a spare without its prefix). */
  readonly id: string;
  readonly token: string;
  readonly pid: number;
  /** Of a compartment: key of the grants that its process was started with. */
  readonly grants?: string;
  /** Of a spare: where it will look for the files of its compartment. */
  readonly place?: string;
  /** Set when the sender has been running already: how a restarted supervisor adopts it. */
  readonly running?: { readonly sliceHash: string; readonly readyAt: number };
}

export type HelloAnswer =
  | { readonly type: 'welcome'; readonly protocol: number }
  | { readonly type: 'refused'; readonly reason: string };

/** A node of a flow file: whatever the editor exported, plus the fields every entry has. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly name?: string;
  readonly label?: string;
  readonly [property: string]: unknown;
}

/** Mostly texts; `global-config` keeps a map of them below one key. */
export type Credentials = Readonly<Record<string, unknown>>;

/** One node set of a palette: the file that registers some node types. */
export interface PaletteEntry {
  /** npm module, `node-red` for the core nodes. */
  readonly module: string;
  /** Node set name inside the module. */
  readonly set: string;
  readonly types: readonly string[];
  /** Absolute path of the node set's JavaScript file. */
  readonly file: string;
  readonly enabled: boolean;
  /** Of the module as it is installed; it is part of a slice, so that an update restarts who uses the set. */
  readonly version?: string;
  /** Why the set could not be loaded, where it could not. */
  readonly error?: string;
}

export type DeployType = 'full' | 'nodes' | 'flows' | 'load' | 'reload';

/** The part of the flow file that one compartment runs. */
export interface Slice {
  readonly compartmentId: string;
  readonly hash: string;
  readonly flows: readonly FlowNode[];
  /** Plain-text credentials of the slice's own nodes only, by node id. */
  readonly credentials: Readonly<Record<string, Credentials>>;
  /** The node sets whose types the slice uses; the compartment loads no others. */
  readonly palette: readonly PaletteEntry[];
  /** Extra directories in which palettes are looked for (the editor's user directory). */
  readonly userDir: string;
  /** Own directory of the compartment, for context stores and files. */
  readonly directory: string;
  /** Becomes `RED.settings.bulkheadServices`; only what the slice's nodes need. */
  readonly services: BulkheadServices;
  /** The compartments that its links lead to, by id; none where every link stays inside. */
  readonly links?: Readonly<Record<string, LinkEndpoint>>;
  /** Nodes, beside every `link in`, that others may send messages to: they are wired to nodes that run there. */
  readonly entrances?: readonly string[];
}

/** Type of the node that stands in for one of another compartment. */
export const bridgeType = 'bulkhead-link';

/** Type of the node in whose name link calls of other compartments are returned. */
export const returnType = 'bulkhead-link-return';

/**
 * Its id; it stands in every slice with a `link in`. No type may be called the same: Node-RED would take the type for a
 * reference.
 */
export const returnNodeId = 'bulkhead-way-back';

/** Where a compartment takes messages from link nodes of others, and the token that lets this one caller in. */
export interface LinkEndpoint {
  readonly path: string;
  readonly token: string;
}

/** Messages between link nodes of different compartments, since the start of the one that counts. */
export interface LinkCounts {
  readonly sent: number;
  readonly received: number;
  /** Refused at a full queue, in flight when a connection was lost, or without a `link in` that takes them. */
  readonly dropped: number;
  /** Waiting now. */
  readonly queued: number;
}

/** Where the services of the house are; read by `uns-connection` and `historian-connection` ("provided by Bulkhead"). */
export interface BulkheadServices {
  readonly mqtt?: { readonly url: string; readonly username?: string; readonly password?: string };
  readonly postgres?: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    readonly password?: string;
  };
}

/** An admin HTTP request that the editor received for a node that a compartment runs. */
export interface ForwardedRequest {
  readonly method: string;
  /** Path with query, as the admin app saw it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ForwardedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Nothing there answers such requests: the node set that does is not loaded. */
  readonly noRoute?: true;
}

/** Arguments of the Node-RED runtime API `context.getValue` / `context.delete`, without the request object. */
export interface ContextRequest {
  readonly operation: 'get' | 'delete';
  readonly scope: 'global' | 'flow' | 'node';
  readonly id?: string;
  readonly store?: string;
  readonly key?: string;
  readonly keysOnly?: boolean;
}

/** One key of the global context as the supervisor has ordered it. */
export interface GlobalEntry {
  readonly store: string;
  /** Top-level key. */
  readonly key: string;
  /** Rises with every write to any key. */
  readonly version: number;
  /** The value, serialised by v8. Null: deleted. */
  readonly bytes: Uint8Array | null;
  /** Id of the compartment that wrote it. */
  readonly writer: string;
}

/** What a compartment is told of a key of the global context. */
export interface GlobalNews {
  readonly store: string;
  readonly key: string;
  readonly version: number;
  /** So many writes of the compartment itself were ordered since it was told of this key last. */
  readonly echoes: number;
  /** Left out where the last of all writes was its own. */
  readonly bytes?: Uint8Array | null;
  /** Its last write was not taken: this limit is reached. */
  readonly refused?: GlobalLimit;
}

/** A route that a compartment serves on its own HTTP socket. */
export type Route =
  /** `methods` in lower case; none means all. */
  | { readonly kind: 'pattern'; readonly methods: readonly string[]; readonly regexp: string; readonly flags: string }
  | { readonly kind: 'prefix'; readonly path: string };

/** An event of Node-RED's internal bus that a compartment wants to appear in the editor. */
export type RelayedEvent =
  | {
      readonly name: 'comms';
      readonly payload: { readonly topic: string; readonly data: unknown; readonly retain?: boolean };
    }
  | { readonly name: 'node-status'; readonly payload: { readonly id: string; readonly status: unknown } }
  | {
      readonly name: 'runtime-event';
      readonly payload: { readonly id: string; readonly payload?: unknown; readonly retain?: boolean };
    };

export type Failure = { readonly code: string; readonly message: string };
export type Reply =
  | { readonly type: 'reply'; readonly callId: number; readonly ok: true; readonly value: unknown }
  | { readonly type: 'reply'; readonly callId: number; readonly ok: false; readonly error: Failure };

/** `link`: everything on its way to other compartments has arrived there. */
export type DrainPhase = 'source' | 'relay' | 'sink' | 'link';

/** What of the flows does not run, though the process does. */
export interface FlowProblem {
  readonly kind:
    | 'missing-types'
    | 'missing-modules'
    | 'nodes-not-loaded'
    | 'tab-not-started'
    | 'subflow-not-started'
    | 'globals-not-started'
    | 'flows-not-started';
  /** What the words of another language for this kind need: what it is about, and why. */
  readonly names: string;
  readonly because: string;
  /** All of it in English, for logs and scripts. */
  readonly message: string;
  readonly nodeId?: string;
}

/** Who a spare is from now on; what `CompartmentBoot` says of a process that was started as a compartment. */
export interface Identity {
  readonly id: string;
  readonly token: string;
  readonly linkSecret: string;
  readonly directory: string;
  readonly runDirectory: string;
  readonly traceExactly: boolean;
  readonly debugLimitPerSecond: number;
  readonly logLimitPerSecond: number;
  /** Key of the grants that its process was started with. */
  readonly grants: string;
  /** Programs of Node.js that it starts are confined as it is. */
  readonly confinesChildren: boolean;
}

export type FromCompartment =
  | Hello
  /** A spare has done what `prepare` asked for. */
  | { readonly type: 'prepared' }
  /** The slice's flows were started (or could not be: then `problems` says why). */
  | {
      readonly type: 'ready';
      readonly sliceHash: string;
      readonly problems: readonly FlowProblem[];
      readonly missingTypes: readonly string[];
    }
  | { readonly type: 'routes'; readonly socketPath: string; readonly routes: readonly Route[] }
  | { readonly type: 'events'; readonly events: readonly RelayedEvent[] }
  | {
      readonly type: 'telemetry';
      readonly eventLoopP99Ms: number;
      readonly heapUsedBytes: number;
      readonly messagesReceived: number;
      readonly debugDropped: number;
      readonly logDropped: number;
      readonly links: LinkCounts;
      /** From a container, whose process is not seen from outside: resident memory, and CPU of one core since the last. */
      readonly process?: { readonly rssBytes: number; readonly cpuPercent: number };
    }
  | { readonly type: 'drained'; readonly phase: DrainPhase; readonly complete: boolean }
  | {
      readonly type: 'global-write';
      readonly store: string;
      readonly key: string;
      /** Version that the writer knew. */
      readonly base: number;
      /** Null: deleted, or kept in the compartment. */
      readonly bytes: Uint8Array | null;
    }
  /** To a supervisor that was started anew: what this compartment's replica holds, and it did not tell of. */
  | {
      readonly type: 'global-known';
      readonly store: string;
      readonly key: string;
      readonly version: number;
      readonly bytes: Uint8Array | null;
    }
  /** That was all. */
  | { readonly type: 'globals-known' }
  /** The slice needs code that cannot be loaded beside what is loaded: it ends, and wants to be started again at once. */
  | { readonly type: 'restart-needed'; readonly because: string }
  | Reply;

export type ToCompartment =
  | HelloAnswer
  /** To a spare: start without flows but with these node sets, so that a slice that uses them starts faster. */
  | { readonly type: 'prepare'; readonly userDir: string; readonly palette: readonly PaletteEntry[] }
  /** To a spare, once: a slice follows. */
  | { readonly type: 'become'; readonly identity: Identity }
  | {
      readonly type: 'slice';
      readonly slice: Slice;
      readonly deployType: DeployType;
      /** Debug nodes, also inside subflows, that are on or off whatever the flows say. */
      readonly debug?: Readonly<Record<string, boolean>>;
    }
  | { readonly type: 'admin-request'; readonly callId: number; readonly request: ForwardedRequest }
  | { readonly type: 'context'; readonly callId: number; readonly request: ContextRequest }
  /** Gives a node a message that it held when an earlier process died. */
  | { readonly type: 'resend'; readonly callId: number; readonly nodeId: string; readonly message: unknown }
  /** The whole global context before the first slice, then what changed. */
  | { readonly type: 'globals'; readonly entries: readonly GlobalNews[] }
  /** That was all of it. `complete`: what it did not hold is deleted; else say what you hold beside it. */
  | { readonly type: 'globals-told'; readonly complete: boolean }
  | { readonly type: 'limits'; readonly logPerSecond: number; readonly debugPerSecond: number }
  | { readonly type: 'drain'; readonly phase: DrainPhase; readonly deadlineMs: number }
  /** Close all nodes and exit 0 within the deadline. */
  | { readonly type: 'stop'; readonly deadlineMs: number };

export type FromEditor =
  | Hello
  /** After every deploy, at start, after a palette change, and again after each reconnect. */
  | {
      readonly type: 'flows';
      readonly flows: readonly FlowNode[];
      readonly credentials: Readonly<Record<string, Credentials>>;
      readonly rev: string;
      readonly deployType: DeployType;
      readonly palette: readonly PaletteEntry[];
      readonly userDir: string;
    }
  /** Instead: what it was told to load it cannot, so nothing is to run. */
  | { readonly type: 'no-flows'; readonly because: string }
  /** All contexts are to be emptied, and nothing runs until the next flows; answered once that is so. */
  | { readonly type: 'clear-context'; readonly callId: number }
  /** The HTTP server of the editor answers on this socket. */
  | { readonly type: 'listening'; readonly socketPath: string }
  | {
      readonly type: 'admin-request';
      readonly callId: number;
      readonly nodeIds: readonly string[];
      readonly request: ForwardedRequest;
    }
  | { readonly type: 'context'; readonly callId: number; readonly nodeId?: string; readonly request: ContextRequest }
  /** Those that could not be written to the file of sessions, all of them; null: the file says all. */
  | { readonly type: 'sessions'; readonly unwritten: Readonly<Record<string, unknown>> | null }
  /** A login, a logout, or one that was refused. */
  | { readonly type: 'audit'; readonly event: string; readonly details: Readonly<Record<string, string>> }
  | Reply;

export type ToEditor = HelloAnswer | { readonly type: 'events'; readonly events: readonly RelayedEvent[] } | Reply;

/** What the kernel may give to a child and to all that it starts. */
export interface Resources {
  readonly memoryMb: number;
  /** Of one core. */
  readonly cpuPercent: number;
}

/** Limits of a child that may change while it runs. */
export interface ChildLimits {
  readonly hangLimitMs: number;
  readonly resources: Resources;
}

/** What a running child is called from now on, and what it may use. */
export interface NewName extends ChildLimits {
  readonly name: string;
  /** What people call it, such as the name of its tab. */
  readonly label?: string | undefined;
  readonly role: Role;
}

/** How a child of the keeper is started. */
export interface ChildSpec {
  readonly name: string;
  /** What people call it, such as the name of its tab. */
  readonly label?: string | undefined;
  readonly role: Role;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Written as one JSON line to descriptor 3 and closed: tokens and other secrets travel here, never in args or env. */
  readonly boot?: unknown;
  /** Descriptor 4 is watched for beats; silence for longer than this is a hang, and the child is killed. */
  readonly hangLimitMs?: number;
  /** Bounds it by a cgroup where the keeper may make one. */
  readonly resources?: Resources;
  readonly uid?: number;
  readonly gid?: number;
  /** `keeper`: restarted by the keeper with back-off. `none`: its exit is only reported (compartments: the supervisor decides). */
  readonly restart: 'keeper' | 'none';
  /** Signal for a clean stop; SIGTERM where not given. */
  readonly stopSignal?: NodeJS.Signals;
  /** Sent where it is to be killed, for a child that then has to end something else first; SIGKILL follows. */
  readonly killSignal?: NodeJS.Signals;
}

export const exitReasons = [
  'exit',
  'signal',
  'uncaught-exception',
  'unhandled-rejection',
  'out-of-memory',
  'memory-limit',
  'hang',
  'startup-failed',
] as const;

export type ExitReason = (typeof exitReasons)[number];

/** What the keeper knows of an ended child. */
export interface ChildExit {
  readonly name: string;
  readonly role: Role;
  readonly pid: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly code: number | null;
  readonly signal: string | null;
  readonly reason: ExitReason;
  /** One line for a person. */
  readonly detail: string;
  readonly nodeId?: string;
  /** The node did it for certain; otherwise it is the last that received a message. */
  readonly nodeIsExact: boolean;
  readonly stderrTail: readonly string[];
  /** The latest lines of both streams. */
  readonly logTail: readonly LogLine[];
}

export interface ChildStatus {
  readonly name: string;
  readonly role: Role;
  readonly pid: number | null;
  readonly state: 'running' | 'backing-off' | 'stopped';
  readonly startedAt: number | null;
  readonly restarts: number;
  readonly lastExit: ChildExit | null;
  /** What sees to its `resources`. */
  readonly limitsBy: LimitsBy;
}

export interface LogLine {
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** Supervisor to keeper. */
export type ToKeeper =
  | Hello
  | { readonly type: 'start'; readonly callId: number; readonly spec: ChildSpec }
  /** `because` becomes the exit reason that is reported. */
  | {
      readonly type: 'kill';
      readonly name: string;
      readonly signal: NodeJS.Signals;
      readonly because?: { readonly reason: ExitReason; readonly detail: string };
    }
  | ({ readonly type: 'set-limits'; readonly name: string } & ChildLimits)
  /** A running child takes the name of one that has ended, with its log; answered with its status. */
  | { readonly type: 'rename'; readonly callId: number; readonly name: string; readonly to: NewName }
  | { readonly type: 'list'; readonly callId: number }
  | { readonly type: 'logs'; readonly callId: number; readonly name: string; readonly lines: number }
  /** The house is up: the keeper prints the ready line, once. */
  | { readonly type: 'ready'; readonly url: string }
  /** Everything that drains was drained: the keeper may end what is left and exit. */
  | { readonly type: 'drained' };

export type FromKeeper =
  | HelloAnswer
  | { readonly type: 'exited'; readonly exit: ChildExit }
  | { readonly type: 'started'; readonly status: ChildStatus }
  /** A clean stop was asked for (SIGTERM, SIGINT): drain, then answer `drained`. */
  | { readonly type: 'stop-requested'; readonly deadlineMs: number }
  | Reply;
