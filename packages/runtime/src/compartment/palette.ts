/**
 * Loads exactly the node sets that a slice names, from the files it names. Node-RED's own scan of directories is
 * replaced: it would load every core node (0.8 s and 40 MB more), and `nodesIncludes` knows only file names.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  coreNodesDirectory,
  loadNodeApi,
  loadRegistryFiles,
  loadRegistryLoader,
  loadRegistryStore,
  loadUtil,
  type ModuleFiles,
  type NodeFile,
  nodeRedVersion,
  type RegistryNodeSet,
} from '../node-red/internals.ts';
import { findPackage, type PackageInfo } from '../node-red/module-directory.ts';
import { errorText } from '../node-red/error-text.ts';
import { doing } from '../protocol/beats.ts';
import type { FlowProblem, PaletteEntry } from '../protocol/messages.ts';

const coreModule = 'node-red';

export interface Palette {
  /** Loads what `entries` name and is not loaded yet; answers with a problem for each set that could not be. */
  add(entries: readonly PaletteEntry[]): Promise<readonly FlowProblem[]>;
  /** The first loaded set whose file or version is another one now: code cannot be unloaded from a process. */
  outdatedBy(entries: readonly PaletteEntry[]): PaletteEntry | undefined;
  /** Problems of the sets loaded at start. */
  problems(): readonly FlowProblem[];
}

const idOf = (entry: PaletteEntry): string => `${entry.module}/${entry.set}`;
const usable = (entries: readonly PaletteEntry[]): PaletteEntry[] => entries.filter((entry) => entry.enabled);

/** Call before the runtime starts; the registry then finds `initial` and nothing else. */
export function installPalette(initial: readonly PaletteEntry[]): Palette {
  const versions = new Map<string, string>();
  const files = new Map<string, string>();

  const remember = (entries: readonly PaletteEntry[]): void => {
    for (const entry of usable(entries)) {
      files.set(idOf(entry), entry.file);
      versions.set(entry.module, versionOf(entry));
    }
  };

  loadRegistryFiles().getNodeFiles = () => {
    const core = path.join(coreNodesDirectory(), 'locales');
    void loadUtil().i18n.registerMessageCatalog(coreModule, core, 'messages.json');
    return moduleFiles(usable(initial));
  };
  remember(initial);
  sayWhatIsLoaded(initial);

  return {
    async add(entries) {
      const missing = usable(entries).filter((entry) => !files.has(idOf(entry)));
      remember(missing);
      const modules = moduleFiles(missing);
      sayLoading(missing.map(({ module }) => module));
      const loaded = await Promise.all(Object.values(modules).map(addToRegistry));
      return loaded.flat().flatMap(problemOf);
    },
    outdatedBy: (entries) =>
      usable(entries).find((entry) => {
        const file = files.get(idOf(entry));
        if (file !== undefined && file !== entry.file) return true;
        const version = versions.get(entry.module);
        return version !== undefined && version !== versionOf(entry);
      }),
    problems: () =>
      Object.values(loadRegistryStore().getModuleList())
        .flatMap((module) => Object.values(module.nodes))
        .flatMap(problemOf),
  };
}

/** The files of all sets are read together; of what they export each is called alone. */
function sayWhatIsLoaded(entries: readonly PaletteEntry[]): void {
  const api = loadNodeApi();
  const create = api.createNodeApi;
  api.createNodeApi = (set) => {
    sayLoading([set.module]);
    return create(set);
  };
  sayLoading(usable(entries).map(({ module }) => module));
}

/** The nodes of Node-RED itself hang nobody, and are not worth a word. */
function sayLoading(modules: readonly string[]): void {
  const foreign = new Set(modules.filter((module) => module !== coreModule));
  if (foreign.size > 0) doing(`loading ${[...foreign].join(', ')}`);
}

function problemOf(set: RegistryNodeSet): FlowProblem[] {
  if (set.err === undefined || set.err === null) return [];
  const because = errorText(set.err);
  const message = `nodes "${set.id}" could not be loaded: ${because}`;
  return [{ kind: 'nodes-not-loaded', names: set.id, because, message }];
}

function versionOf(entry: PaletteEntry): string {
  if (entry.version !== undefined) return entry.version;
  return entry.module === coreModule ? nodeRedVersion() : (findPackage(entry.file, entry.module)?.version ?? '0.0.0');
}

/** What the registry's scan would have found, had only these sets been there. */
function moduleFiles(entries: readonly PaletteEntry[]): Record<string, ModuleFiles> {
  const modules: Record<string, ModuleFiles> = {};
  for (const entry of entries) {
    let module = modules[entry.module];
    if (module === undefined) {
      module = describeModule(entry);
      modules[entry.module] = module;
    }
    module.nodes[entry.set] = {
      file: entry.file,
      module: entry.module,
      name: entry.set,
      version: module.version,
      types: [...entry.types],
    };
  }
  // The loader reads `modules['node-red']` without asking whether it is there.
  modules[coreModule] ??= { name: coreModule, version: nodeRedVersion(), nodes: {}, icons: [] };
  return modules;
}

function describeModule(entry: PaletteEntry): ModuleFiles {
  if (entry.module === coreModule) return { name: coreModule, version: nodeRedVersion(), nodes: {}, icons: [] };
  const found = findPackage(entry.file, entry.module);
  if (found === undefined) return { name: entry.module, version: '0.0.0', path: path.dirname(entry.file), nodes: {} };
  return {
    name: entry.module,
    version: found.version,
    path: found.directory,
    nodes: {},
    plugins: pluginsOf(entry.module, found),
  };
}

function pluginsOf(module: string, found: PackageInfo): Record<string, NodeFile> {
  const plugins: Record<string, NodeFile> = {};
  for (const [name, file] of Object.entries(found.plugins)) {
    plugins[name] = { file: path.join(found.directory, file), module, name, version: found.version };
  }
  return plugins;
}

/**
 * The registry can only add whole modules, and replaces what it knew of one. So the new sets go in as if they were
 * the module, and the sets that are loaded already are put back beside them.
 */
async function addToRegistry(module: ModuleFiles): Promise<readonly RegistryNodeSet[]> {
  const store = loadRegistryStore();
  const known = store.getModule(module.name);
  const added = Object.fromEntries(Object.values(module.nodes).map((file) => [file.name, nodeSet(file)]));
  const sets = Object.values(added);
  if (sets.length === 0) return [];
  await Promise.all(sets.map(registerTexts));
  const nodes = { ...added };
  store.addModule({
    name: module.name,
    version: module.version,
    ...(module.path === undefined ? {} : { path: module.path }),
    nodes,
  });
  Object.assign(nodes, known?.nodes);
  return Promise.all(sets.map((set) => loadRegistryLoader().loadNodeSet(set)));
}

function nodeSet(file: NodeFile): RegistryNodeSet {
  return {
    type: 'node',
    id: `${file.module}/${file.name}`,
    module: file.module,
    name: file.name,
    file: file.file,
    template: file.file.replace(/\.c?js$/, '.html'),
    version: file.version,
    local: false,
    types: file.types ?? [],
    config: '',
    help: {},
    enabled: true,
    loaded: false,
  };
}

async function registerTexts(set: RegistryNodeSet): Promise<void> {
  const directory = path.join(path.dirname(set.file), 'locales');
  const own = set.module !== coreModule && existsSync(directory);
  set.namespace = own ? set.id : set.module;
  if (own) {
    const file = `${path.basename(set.file).replace(/\.[^.]+$/, '')}.json`;
    await loadUtil().i18n.registerMessageCatalog(set.id, directory, file);
  }
}
