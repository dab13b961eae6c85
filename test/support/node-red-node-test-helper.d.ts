declare module 'node-red-node-test-helper' {
  import type { EventEmitter } from 'node:events';
  import type { Node } from 'node-red';

  interface NodeTestHelper {
    load(
      types: readonly ((RED: unknown) => void)[],
      flow: readonly object[],
      credentials?: Readonly<Record<string, Readonly<Record<string, string>>>>,
    ): Promise<void>;
    setFlows(flow: readonly object[], type: 'full' | 'flows' | 'nodes'): Promise<void>;
    unload(): Promise<void>;
    startServer(done: () => void): void;
    stopServer(done: () => void): void;
    getNode(id: string): Node | null;
    /** Settings of the runtime, over its defaults; each call starts from the defaults. */
    settings(settings: object): void;
    /** The bus that nodes know as `RED.events`. */
    readonly _events: EventEmitter;
  }

  const helper: NodeTestHelper;
  export = helper;
}
