import { join } from 'node:path';
import {
  AttributeIds,
  ClientMonitoredItem,
  ClientSubscription,
  DataChangeFilter,
  DataChangeTrigger,
  type DataValue,
  DeadbandType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy,
  TimestampsToReturn,
} from 'node-opcua';

export interface Watcher {
  /** What came, by node id, in order. */
  received: Map<string, DataValue[]>;
  stop(): Promise<void>;
}

/** A plain OPC UA client that monitors nodes as a subscriber does who wants every change. */
export async function watchOpcua(
  url: string,
  pki: string,
  nodeIds: readonly string[],
  secure = false,
): Promise<Watcher> {
  const clientCertificateManager = new OPCUACertificateManager({
    rootFolder: join(pki, 'client'),
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await clientCertificateManager.initialize();
  const client = OPCUAClient.create({
    clientCertificateManager,
    securityMode: secure ? MessageSecurityMode.SignAndEncrypt : MessageSecurityMode.None,
    securityPolicy: secure ? SecurityPolicy.Basic256Sha256 : SecurityPolicy.None,
    endpointMustExist: false,
    connectionStrategy: { maxRetry: 3 },
  });
  await client.connect(url);
  const session = await client.createSession();
  const subscription = ClientSubscription.create(session, {
    requestedPublishingInterval: 100,
    requestedLifetimeCount: 1000,
    requestedMaxKeepAliveCount: 10,
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
    priority: 1,
  });
  const received = new Map<string, DataValue[]>();
  for (const nodeId of nodeIds) {
    const values: DataValue[] = [];
    received.set(nodeId, values);
    const item = ClientMonitoredItem.create(
      subscription,
      { nodeId, attributeId: AttributeIds.Value },
      {
        samplingInterval: 0,
        queueSize: 5000,
        discardOldest: true,
        filter: new DataChangeFilter({
          trigger: DataChangeTrigger.StatusValueTimestamp,
          deadbandType: DeadbandType.None,
        }),
      },
      TimestampsToReturn.Both,
    );
    item.on('changed', (value) => values.push(value));
  }
  return {
    received,
    async stop() {
      await subscription.terminate();
      await session.close();
      await client.disconnect();
      await clientCertificateManager.dispose();
    },
  };
}
