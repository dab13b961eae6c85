declare module 'node-red-node-test-helper' {
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
  }

  const helper: NodeTestHelper;
  export = helper;
}
