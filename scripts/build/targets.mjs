import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { bundleEditor, bundlePrograms } from './bundle.mjs';
import { filesBelow } from './inputs.mjs';
import { buildPalette } from './palette.mjs';

/** Programs of the runtime: file in `packages/runtime/dist` and the source it starts from. */
const runtimePrograms = {
  cli: 'cli.ts',
  keeper: 'keeper/main.ts',
  configure: 'config/configure.ts',
  supervisor: 'supervisor/main.ts',
  editor: 'editor/main.ts',
  compartment: 'compartment/main.ts',
  container: 'container/main.ts',
  broker: 'services/broker.ts',
  namespace: 'services/namespace.ts',
  postgres: 'services/postgres.ts',
};

const plantPrograms = { main: 'main.ts' };

/** Node programs, and the scripts in `editor-client`, which the runtime adds to the editor's page; its folders are their parts. */
async function buildPrograms({ root, folder, programs }) {
  const source = path.join(folder, 'src');
  const entries = {};
  const problems = [];
  for (const [name, file] of Object.entries(programs)) {
    const entry = path.join(source, file);
    if (existsSync(entry)) entries[name] = entry;
    else problems.push(`missing ${path.relative(root, entry)}`);
  }
  const content = await bundlePrograms({ entries, outdir: path.join(folder, 'dist') });
  const clients = path.join(source, 'editor-client');
  for (const entry of filesBelow([clients]).filter((file) => path.dirname(file) === clients)) {
    content[path.join('editor-client', `${path.basename(entry, '.ts')}.js`)] = await bundleEditor({ entry });
  }
  return { content, problems };
}

/**
 * Everything that is built: `{name, outdir, inputs, build}`, where `inputs` are the files and folders whose content
 * decides whether a build is needed.
 */
export function targets(root) {
  const inRoot = (...parts) => path.join(root, ...parts);
  const shared = [
    inRoot('scripts', 'build'),
    inRoot('package-lock.json'),
    ...['core', 'node-kit', 'journal'].map((name) => inRoot('packages', name, 'src')),
  ];
  const palettes = readdirSync(inRoot('nodes'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(inRoot('nodes', entry.name, 'package.json')))
    .map(({ name }) => ({
      name: `nodes/${name}`,
      outdir: inRoot('nodes', name, 'dist'),
      inputs: [
        ...shared,
        inRoot('nodes', name, 'package.json'),
        inRoot('nodes', name, 'src'),
        inRoot('icons', name),
        inRoot('locales', 'en-US', name),
        inRoot('locales', 'de', name),
      ],
      build: () => buildPalette({ root, palette: inRoot('nodes', name) }),
    }));
  const program = (name, programs) => ({
    name: `packages/${name}`,
    outdir: inRoot('packages', name, 'dist'),
    inputs: [...shared, inRoot('packages', name, 'src'), inRoot('packages', name, 'package.json')],
    build: () => buildPrograms({ root, folder: inRoot('packages', name), programs }),
  });
  return [program('runtime', runtimePrograms), program('plant', plantPrograms), ...palettes];
}
