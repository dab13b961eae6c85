import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CreateMonitoredItemHook,
  DataType,
  MessageSecurityMode,
  nodesets,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  type StatusCode,
  StatusCodes,
  setDebugLogger,
  setErrorLogger,
  setWarningLogger,
  type UAObject,
  type UAVariable,
  VariantArrayType,
} from 'node-opcua';
import { namespaceUri, type OpcuaTag } from '../catalogue.ts';
import type { Quality } from '../model/event.ts';
import { addServices } from './opcua-services.ts';

export type OpcuaValue = number | boolean | null | Float64Array;

export interface OpcuaServerOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Folder for keys and certificates. */
  pki: string;
  variables: readonly OpcuaTag[];
  /** Called when a client begins to monitor a tag. */
  onMonitored?: (tag: string) => void;
}

export interface OpcuaServer {
  /** Shows a value; `sourceTime` in whole epoch milliseconds. */
  set(tag: string, value: OpcuaValue, quality: Quality, sourceTime: number): void;
  /** Opens the port and resolves with the endpoint URL; rejects when it is taken. */
  listen(): Promise<string>;
  stop(): Promise<void>;
}

/** Dead sessions of clients that were killed stay until their timeout: leave room for many. */
const mostSessions = 200;

function silence(): void {
  const nothing = (): void => {};
  setDebugLogger(nothing);
  setErrorLogger(nothing);
  setWarningLogger(nothing);
}

/** As numbers in the catalogue. */
const statusCodes: Readonly<Record<Quality, StatusCode>> = {
  good: StatusCodes.Good,
  uncertain: StatusCodes.UncertainSensorNotAccurate,
  bad: StatusCodes.BadSensorFailure,
};

/** An OPC UA server with these variables, not listening yet. */
export async function createOpcuaServer(options: OpcuaServerOptions): Promise<OpcuaServer> {
  silence();
  // The folder is this process's own: a lock in it was left by one that was killed, and would be waited for for two minutes.
  rmSync(join(options.pki, 'server', 'mutex.lock'), { recursive: true, force: true });
  const certificates = new OPCUACertificateManager({
    rootFolder: join(options.pki, 'server'),
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  const server = new OPCUAServer({
    port: options.port,
    host: options.host,
    ...(options.host === '0.0.0.0' ? {} : { hostname: options.host }),
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    nodeset_filename: [nodesets.standard],
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    disableDiscovery: true,
    maxAllowedSessionNumber: mostSessions,
    maxConnectionsPerEndpoint: mostSessions,
    serverInfo: { applicationUri: namespaceUri },
    // Only a server that claims 0 delivers every change to an item with samplingInterval 0; any other rate folds the
    // changes within it into the last one (node-opcua 2.186, MonitoredItem, exception-based items).
    serverCapabilities: { minSupportedSampleRate: 0, maxSessions: mostSessions, maxSubscriptions: mostSessions * 5 },
    ...(options.onMonitored === undefined ? {} : { onCreateMonitoredItem: reportMonitored(options.onMonitored) }),
  });
  await server.initialize();
  const { variables, folders } = addVariables(server, options.variables);
  const [tank, level] = [folders.get('Tank'), variables.get('Tank.Level')?.node];
  const { addressSpace } = server.engine;
  if (addressSpace !== null && tank !== undefined && level !== undefined) addServices(addressSpace, tank, level);
  return {
    set(tag, value, quality, sourceTime) {
      const variable = variables.get(tag);
      if (variable === undefined) return;
      const dataType = value === null ? DataType.Null : variable.dataType;
      variable.node.setValueFromSource(
        value instanceof Float64Array
          ? { dataType, arrayType: VariantArrayType.Array, value }
          : { dataType, arrayType: VariantArrayType.Scalar, value },
        statusCodes[quality],
        new Date(sourceTime),
      );
    },
    async listen() {
      await server.start();
      return server.getEndpointUrl();
    },
    async stop() {
      await server.shutdown(0);
      await certificates.dispose();
    },
  };
}

interface Variable {
  node: UAVariable;
  dataType: DataType;
}

/** `Filler.State` becomes the variable State below the folder Filler below Plant; a column name may hold anything. */
function addVariables(
  server: OPCUAServer,
  tags: readonly OpcuaTag[],
): { variables: Map<string, Variable>; folders: Map<string, UAObject> } {
  const addressSpace = server.engine.addressSpace;
  if (addressSpace === null) throw new Error('the OPC UA server has no address space after initialize()');
  const namespace = addressSpace.getOwnNamespace();
  const plant = namespace.addFolder(addressSpace.rootFolder.objects, { browseName: 'Plant', nodeId: 's=Plant' });
  const folders = new Map<string, UAObject>();
  const variables = new Map<string, Variable>();
  for (const tag of tags) {
    const dot = tag.tag.indexOf('.');
    const folderName = tag.tag.slice(0, dot);
    let folder = folders.get(folderName);
    if (folder === undefined) {
      folder = namespace.addFolder(plant, { browseName: folderName, nodeId: `s=${folderName}` });
      folders.set(folderName, folder);
    }
    const dataType = DataType[tag.dataType];
    const node = namespace.addVariable({
      componentOf: folder,
      browseName: tag.tag.slice(dot + 1),
      nodeId: tag.nodeId,
      dataType,
      description: tag.unit === undefined ? tag.description : `${tag.description} [${tag.unit}]`,
      minimumSamplingInterval: 0,
      ...(tag.array === undefined ? {} : { valueRank: 1, arrayDimensions: [tag.array.length] }),
    });
    variables.set(tag.tag, { node, dataType });
  }
  return { variables, folders };
}

function reportMonitored(report: (tag: string) => void): CreateMonitoredItemHook {
  return async (_subscription, item) => {
    const nodeId = item.node?.nodeId.value;
    if (typeof nodeId === 'string') report(nodeId);
    return StatusCodes.Good;
  };
}
