import { readdirSync } from 'node:fs';
import path from 'node:path';
import { coreNodesDirectory, type Handler, type NodeRedSettings } from '../node-red/internals.ts';
import { nodeRedLogging } from '../node-red/log-output.ts';
import type { EditorBoot } from '../protocol/boot.ts';
import { adminAuth } from './login.ts';

/** Settings of the editor process: a stock Node-RED whose flows never start. */
export function editorSettings(
  boot: EditorBoot,
  { audit, firstHandler }: { audit: NodeRedSettings; firstHandler: Handler },
): NodeRedSettings {
  return {
    userDir: boot.userDir,
    flowFile: 'flows.json',
    flowFilePretty: true,
    nodesDir: [...boot.nodesDirs],
    coreNodesDir: coreNodesDirectory(),
    // The palette and the flows load, nothing is constructed, and a deploy only saves. Safe mode would not do: the first
    // deploy ends it.
    runtimeFlowState: 'stop',
    runtimeState: { enabled: false, ui: false },
    httpAdminRoot: '/',
    httpAdminMiddleware: firstHandler,
    httpNodeRoot: '/',
    apiMaxLength: '5mb',
    ...(boot.login === undefined ? {} : { adminAuth: adminAuth(boot.login) }),
    functionExternalModules: true,
    exportGlobalContextKeys: false,
    bulkheadServices: boot.services,
    // The names that compartments have, so that the context sidebar and typed inputs offer them.
    contextStorage: { default: 'memory', memory: { module: 'memory' }, file: { module: 'memory' } },
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: {
      page: { title: 'Bulkhead', scripts: clientScripts() },
      header: { title: 'Bulkhead' },
      projects: { enabled: boot.projects },
      tours: false,
      multiplayer: { enabled: true },
    },
    logging: { ...nodeRedLogging(() => true), audit },
  };
}

/** Scripts of ours for the editor's page; they exist only after a build. */
function clientScripts(): string[] {
  const bundled = !import.meta.url.endsWith('.ts');
  const directory = path.resolve(import.meta.dirname, bundled ? 'editor-client' : '../../dist/editor-client');
  try {
    return readdirSync(directory)
      .filter((file) => file.endsWith('.js'))
      .map((file) => path.join(directory, file));
  } catch {
    return [];
  }
}
