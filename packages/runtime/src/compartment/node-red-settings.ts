import type { LogMessage, NodeRedSettings } from '../node-red/internals.ts';
import { coreNodesDirectory } from '../node-red/internals.ts';
import type { Slice } from '../protocol/messages.ts';
import type { GlobalReplica } from './global-context/replica.ts';
import { type ContextPlace, fileStore, memoryStore } from './global-context/store.ts';
import { nodeRedLogging } from '../node-red/log-output.ts';

/** Of an HTTP request, as in a stock Node-RED. */
export const maxBody = '5mb';

/** Settings of the runtime in a compartment: what a flow can see is as in a stock Node-RED, the rest is off. */
export function compartmentSettings(
  slice: Slice,
  storageModule: object,
  replica: GlobalReplica,
  place: ContextPlace,
  wantedInLog: (message: LogMessage) => boolean,
): NodeRedSettings {
  return {
    // What nodes read.
    userDir: slice.userDir,
    httpNodeRoot: '/',
    apiMaxLength: maxBody,
    functionExternalModules: true,
    functionGlobalContext: {},
    functionTimeout: 0,
    exportGlobalContextKeys: false,
    debugMaxLength: 1000,
    mqttReconnectTime: 15000,
    serialReconnectTime: 15000,
    bulkheadServices: slice.services,
    contextStorage: {
      default: 'memory',
      memory: { module: memoryStore('memory', replica) },
      file: { module: fileStore('file', replica, place) },
    },
    // What only an editor needs.
    // Dashboards hand it to browsers; nothing is served there by a compartment.
    httpAdminRoot: '/',
    disableEditor: true,
    storageModule,
    credentialSecret: false,
    coreNodesDir: coreNodesDirectory(),
    editorTheme: { projects: { enabled: false } },
    telemetry: { enabled: false, updateNotification: false },
    // Without these the registry starts `npm -v` at each boot.
    externalModules: { palette: { allowInstall: false, allowUpload: false }, modules: { allowInstall: false } },
    logging: nodeRedLogging(wantedInLog),
  };
}
