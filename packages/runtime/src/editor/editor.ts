/**
 * The editor process: stock Node-RED, whose flows run elsewhere. It saves and shows; the supervisor and the
 * compartments run. Start order: flow file → init → overrides → start → HTTP socket → supervisor is told.
 */
import { unlinkSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { loadApplication, loadExpress, type StoredSessions } from '../node-red/internals.ts';
import { isRecord } from '../node-red/is-record.ts';
import type { EditorBoot } from '../protocol/boot.ts';
import { knownPart } from '../protocol/instance-id.ts';
import { notice } from '../protocol/beats.ts';
import { type Dialled, dial } from '../protocol/dial.ts';
import {
  type DeployType,
  type FlowNode,
  type ForwardedResponse,
  type FromEditor,
  protocolVersion,
  type ToEditor,
} from '../protocol/messages.ts';
import { mostPassportBytes, passedOnHeader, takePassport } from '../protocol/passport.ts';
import { forwardAdminRoutes, keepBodies } from './admin-routes.ts';
import { clearContextsEverywhere } from './clear-context.ts';
import { askCompartmentsForContext } from './context-proxy.ts';
import { canReadFlows } from './can-read-flows.ts';
import { watchDeploys } from './deploys.ts';
import { prepareCredentialsFile } from './credentials-file.ts';
import { prepareFlowFile } from './flow-file.ts';
import { watchLoads } from './flow-loads.ts';
import { showFlowsAsStarted } from './flow-state.ts';
import { flowsMessage, installFunctionModules, strongerDeploy } from './flows-message.ts';
import { auditLogging, pruneSessions } from './login.ts';
import { leaveOut } from './left-out.ts';
import { keepSessions } from './sessions.ts';
import { openSafePalette } from './safe-palette.ts';
import { createShownEvents } from './shown-events.ts';
import { editorSettings } from './settings.ts';

export interface Editor {
  stop(): Promise<void>;
}

export async function openEditor(boot: EditorBoot): Promise<Editor> {
  const flowFileNews = prepareFlowFile(
    boot.userDir,
    boot.demo ? boot.demoFlowsFile : undefined,
    new Date(),
    canReadFlows,
  );
  if (flowFileNews !== undefined) notice(flowFileNews);
  const credentialsNews = prepareCredentialsFile(boot.userDir, new Date());
  if (credentialsNews !== undefined) notice(credentialsNews);
  const safePalette = openSafePalette(boot.userDir, notice);
  for (const name of safePalette.excluded) {
    notice(`the editor crashed three times in a row: it starts without the palette module ${name}, installed last`);
  }

  leaveOut(safePalette.excluded);
  const red = loadApplication();
  const app = loadExpress()();
  app.disable('x-powered-by');
  const server = createServer({ maxHeaderSize: mostPassportBytes }, (request, response) => {
    takePassport(request);
    app(request, response);
  });
  server.on('upgrade', takePassport);
  // The front closes its connections with those of its clients.
  server.keepAliveTimeout = 0;
  server.setMaxListeners(0);
  let nodeIds: ReadonlySet<string> = new Set();
  const audit = auditLogging((event, details) => void link.send({ type: 'audit', event, details }));
  pruneSessions(boot.userDir, boot.login, notice);
  const tellSessions = (unwritten: StoredSessions | null): void => void link.send({ type: 'sessions', unwritten });
  const sessions = keepSessions(boot.userDir, tellSessions, notice);
  const isNode = (id: string): boolean => knownPart(id, (part) => nodeIds.has(part)) !== undefined;
  red.init(server, editorSettings(boot, { audit, firstHandler: keepBodies({ isNode }) }));

  const shown = createShownEvents(red.events);
  /** Why there are no flows. */
  let unloadable: string | undefined;
  let pending: DeployType | undefined;
  let sending: Promise<void> = Promise.resolve();

  const link: Dialled<FromEditor> = dial<ToEditor, FromEditor>(
    { path: boot.supervisorSocket },
    {
      hello: () => ({
        type: 'hello',
        protocol: protocolVersion,
        role: 'editor',
        id: 'editor',
        token: boot.token,
        pid: process.pid,
      }),
      maxQueuedBytes: 64 * 1024 * 1024,
      onOpen() {
        if (server.listening) link.send({ type: 'listening', socketPath: boot.httpSocket });
        if (sessions.unwritten !== null) tellSessions(sessions.unwritten);
        sendFlows('load');
        shown.connected();
      },
      onMessage(message) {
        if (message.type === 'events') shown.show(message.events);
      },
      onRefused: (reason) => console.error(`the supervisor refused the editor: ${reason}`),
    },
  );

  showFlowsAsStarted(red);
  forwardAdminRoutes(red.runtime.httpAdmin, {
    isNode,
    forward: async (ids, request) =>
      asResponse(await link.call((callId) => ({ type: 'admin-request', callId, nodeIds: ids, request }), 30_000)),
  });
  askCompartmentsForContext(red, link);
  clearContextsEverywhere(
    red,
    (timeoutMs) => link.call((callId) => ({ type: 'clear-context', callId }), timeoutMs),
    notice,
  );
  watchLoads(red, {
    canRead: canReadFlows,
    onLeftOut: notice,
    onFailed(because) {
      notice(because);
      unloadable = because;
      sendFlows('load');
    },
  });
  watchDeploys(red, {
    onDeploy(type) {
      unloadable = undefined;
      sendFlows(type);
    },
    onPaletteChange: () => sendFlows('nodes'),
  });

  /** One after the other, so that no older flows overtake newer ones; of several that wait the last content is sent. */
  function sendFlows(type: DeployType): void {
    pending = strongerDeploy(pending, type);
    sending = sending
      .then(async () => {
        if (unloadable !== undefined) {
          nodeIds = new Set();
          link.send({ type: 'no-flows', because: unloadable });
          return;
        }
        const deployType = pending;
        const saved = red.nodes.getFlows()?.flows;
        if (deployType === undefined || saved === undefined) return;
        pending = undefined;
        await installFunctionModules(saved);
        const message = flowsMessage(red, deployType, boot.userDir);
        if (message === undefined) return;
        nodeIds = idsOfWhatRuns(message.flows);
        link.send(message);
      })
      .catch((error: unknown) => console.error(error));
  }

  await red.start();
  app.use('/', red.httpAdmin);
  // Flows may serve it: in a stock Node-RED their routes are what comes next.
  app.use((_request: unknown, response: ServerResponse, next: () => void) => {
    response.setHeader(passedOnHeader, 'yes');
    next();
  });
  await listenOn(boot.httpSocket);
  link.send({ type: 'listening', socketPath: boot.httpSocket });
  if (safePalette.excluded.length > 0) {
    red.events.emit('comms', { topic: 'bulkhead/safe-palette', data: safePalette.excluded, retain: true });
  }

  function listenOn(socketPath: string): Promise<void> {
    try {
      // Left behind by an editor that was killed.
      unlinkSync(socketPath);
    } catch {
      // It was not there.
    }
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, resolve);
    });
  }

  return {
    async stop() {
      safePalette.endedCleanly();
      link.close();
      shown.stop();
      server.close();
      server.closeAllConnections();
      await red.stop();
    },
  };
}

/** What is switched off runs nowhere: Node-RED's own handlers say so, as those of a stock one. */
function idsOfWhatRuns(flows: readonly FlowNode[]): ReadonlySet<string> {
  const off = new Set(flows.filter((node) => node.type === 'tab' && node['disabled'] === true).map(({ id }) => id));
  const runs = (node: FlowNode): boolean =>
    node.type !== 'tab' && node['d'] !== true && !(typeof node.z === 'string' && off.has(node.z));
  return new Set(flows.filter(runs).map(({ id }) => id));
}

function asResponse(value: unknown): ForwardedResponse {
  if (isRecord(value) && typeof value['status'] === 'number' && value['body'] instanceof Uint8Array) {
    const headers: Record<string, string> = {};
    for (const [name, text] of Object.entries(isRecord(value['headers']) ? value['headers'] : {}))
      headers[name] = String(text);
    return {
      status: value['status'],
      headers,
      body: value['body'],
      ...(value['noRoute'] === true ? { noRoute: true } : {}),
    };
  }
  throw new Error('the compartment gave no answer');
}
