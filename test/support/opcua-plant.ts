import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateMonitoredItemsRequest,
  type DataType,
  type OPCUACertificateManager,
  OPCUACertificateManager as CertificateManager,
  ModifySubscriptionRequest,
  OPCUAServer,
  ReadRequest,
  ServerSession,
  StatusCodes,
  type StatusCode,
  type UAVariable,
  Variant,
  VariantArrayType,
} from 'node-opcua';
import { freePort } from './free-port.ts';

export interface OpcuaPlantOptions {
  port?: number;
  /** Offered to users with this name and password; anonymous is refused then. */
  user?: { name: string; password: string };
  /** Users with this certificate (DER) are let in, and with no other. */
  userCertificate?: Buffer;
  /** Certificates of clients are refused. */
  trustsNoClient?: boolean;
  /** Values that are read or items that are made by one request; as many as one likes without it. */
  mostOperations?: number;
  variables: Record<string, { dataType: DataType; isArray?: boolean; value: unknown }>;
}

export interface OpcuaPlant {
  readonly port: number;
  readonly endpoint: string;
  /** Node id of a variable. */
  nodeId(name: string): string;
  set(name: string, value: unknown, options?: { code?: StatusCode; at?: Date }): void;
  /** Another number than it has told its sessions. */
  takesAtMost(operations: number): void;
  /** Operations of the largest requests to read and to make items. */
  readonly largest: { read: number; monitor: number };
  /** What it was asked for with each item, in their order. */
  readonly items: Array<{ nodeId: string; samplingMs: number; queueSize: number }>;
  /** What it was asked for last. */
  publishingMs(): number | undefined;
  /** Sessions that are open at the moment. */
  sessions(): number;
  /** Ends all sessions and subscriptions as a restarted server would, without closing a connection. */
  forgetSessions(): void;
  close(): Promise<void>;
}

let managers: { folder: string; manager: OPCUACertificateManager } | undefined;

/** Making a key takes a second: one for all servers of the process. */
export function testCertificates(): OPCUACertificateManager {
  if (managers === undefined) {
    const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-opcua-'));
    managers = {
      folder,
      manager: new CertificateManager({ rootFolder: folder, automaticallyAcceptUnknownCertificate: true }),
    };
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
  return managers.manager;
}

/** Trusts these certificates, and no others. */
async function trustingOnly(...trusted: Buffer[]): Promise<OPCUACertificateManager> {
  const rootFolder = mkdtempSync(path.join(tmpdir(), 'bulkhead-opcua-users-'));
  process.once('exit', () => rmSync(rootFolder, { recursive: true, force: true }));
  const manager = new CertificateManager({ rootFolder, disableFileWatchers: true });
  await manager.initialize();
  for (const certificate of trusted) await manager.trustCertificate(certificate);
  return manager;
}

const limitsOf = (operations: number) => ({ maxNodesPerRead: operations, maxMonitoredItemsPerCall: operations });

/** An OPC UA server of `node-opcua` on loopback with the given variables in namespace 1. */
export async function createOpcuaPlant(options: OpcuaPlantOptions): Promise<OpcuaPlant> {
  const port = options.port ?? (await freePort());
  const { user, userCertificate } = options;
  const server = new OPCUAServer({
    port,
    hostname: '127.0.0.1',
    host: '127.0.0.1',
    allowAnonymous: user === undefined,
    serverCertificateManager: options.trustsNoClient === true ? await trustingOnly() : testCertificates(),
    ...(userCertificate === undefined ? {} : { userCertificateManager: await trustingOnly(userCertificate) }),
    userManager: { isValidUser: (name: string, password: string) => name === user?.name && password === user.password },
    buildInfo: { productName: 'test plant' },
    // Without it the server folds the changes within 50 ms into the last one, also for a sampling interval of 0.
    serverCapabilities: {
      minSupportedSampleRate: 0,
      maxSessions: 50,
      maxSubscriptions: 500,
      ...(options.mostOperations === undefined ? {} : { operationLimits: limitsOf(options.mostOperations) }),
    },
  });
  const largest = { read: 0, monitor: 0 };
  const items: OpcuaPlant['items'] = [];
  let publishingMs: number | undefined;
  server.on('request', (request) => {
    if (request instanceof ReadRequest) largest.read = Math.max(largest.read, request.nodesToRead?.length ?? 0);
    if (request instanceof ModifySubscriptionRequest) publishingMs = request.requestedPublishingInterval;
    if (!(request instanceof CreateMonitoredItemsRequest)) return;
    const wanted = request.itemsToCreate ?? [];
    largest.monitor = Math.max(largest.monitor, wanted.length);
    for (const { itemToMonitor, requestedParameters } of wanted) {
      const { samplingInterval: samplingMs, queueSize } = requestedParameters;
      items.push({ nodeId: itemToMonitor.nodeId.toString(), samplingMs, queueSize });
    }
  });
  await server.initialize();
  const addressSpace = server.engine.addressSpace;
  if (addressSpace === null) throw new Error('no address space');
  const namespace = addressSpace.getOwnNamespace();
  const variables = new Map<string, { variable: UAVariable; dataType: DataType; isArray: boolean }>();
  const variantOf = (dataType: DataType, isArray: boolean, value: unknown): Variant =>
    new Variant({ dataType, value, arrayType: isArray ? VariantArrayType.Array : VariantArrayType.Scalar });
  for (const [name, { dataType, isArray = false, value }] of Object.entries(options.variables)) {
    const variable = namespace.addVariable({
      organizedBy: addressSpace.rootFolder.objects,
      browseName: name,
      nodeId: `s=${name}`,
      dataType,
      ...(isArray ? { valueRank: 1 } : {}),
      minimumSamplingInterval: 0,
    });
    variable.setValueFromSource(variantOf(dataType, isArray, value));
    variables.set(name, { variable, dataType, isArray });
  }
  await server.start();
  return {
    port,
    endpoint: `opc.tcp://127.0.0.1:${port}`,
    nodeId: (name) => `ns=1;s=${name}`,
    set(name, value, { code = StatusCodes.Good, at = new Date() } = {}) {
      const known = variables.get(name);
      if (known === undefined) throw new Error(`no variable ${name}`);
      known.variable.setValueFromSource(variantOf(known.dataType, known.isArray, value), code, at);
    },
    takesAtMost(operations) {
      Object.assign(server.engine.serverCapabilities.operationLimits, limitsOf(operations));
    },
    largest,
    items,
    publishingMs: () => publishingMs,
    sessions: () => server.engine.currentSessionCount,
    forgetSessions() {
      const sessions: unknown = Reflect.get(server.engine, '_sessions');
      if (typeof sessions !== 'object' || sessions === null) throw new Error('node-opcua keeps its sessions elsewhere');
      for (const session of Object.values(sessions)) {
        if (session instanceof ServerSession) {
          server.engine.closeSession(session.authenticationToken, true, 'Terminated');
        }
      }
    },
    close: () => server.shutdown(0),
  };
}
