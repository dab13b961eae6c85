import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from '../bootstrap/project-node.mjs';

/** Inlines the workspace's own packages and leaves everything from npm to be loaded at run time. */
const workspaceInlined = {
  name: 'workspace-inlined',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path: specifier, kind }) => {
      if (kind === 'entry-point' || specifier.startsWith('@bulkhead/')) return undefined;
      return { path: specifier, external: true };
    });
  },
};

/** Bundles in memory; resolves to `{file name below outdir: bytes}`. Rejects with esbuild's own message, which names the file. */
async function bundle(options) {
  const result = await esbuild.build({
    absWorkingDir: root,
    bundle: true,
    write: false,
    logLevel: 'silent',
    charset: 'utf8',
    legalComments: 'none',
    ...options,
  });
  return Object.fromEntries(
    result.outputFiles.map((file) => [path.relative(options.outdir, file.path), file.contents]),
  );
}

/** ES modules for Node 24, one per entry (`{output name: source file}`). */
export function bundlePrograms({ entries, outdir }) {
  return bundle({
    entryPoints: entries,
    outdir,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    sourcemap: true,
    plugins: [workspaceInlined],
  });
}

/** CommonJS that a node starts as a process, as `probe.js`. */
export function bundleProbe({ entry, outdir }) {
  return bundle({
    entryPoints: { probe: entry },
    outdir,
    platform: 'node',
    target: 'node22.13',
    format: 'cjs',
    plugins: [workspaceInlined],
  });
}

/**
 * CommonJS for Node-RED, one per entry. The footer makes `register` the module itself, which is what both the
 * `require` of Node-RED 4.1 and the `import` of Node-RED 5 call.
 */
export function bundleNodes({ entries, outdir }) {
  return bundle({
    entryPoints: entries,
    outdir,
    platform: 'node',
    target: 'node22.13',
    format: 'cjs',
    footer: { js: 'module.exports = module.exports.register;' },
    plugins: [workspaceInlined],
  });
}

/** A script for the editor in the browser (of a node, or of the runtime), as text. Everything is inlined: the browser can load nothing by name. */
export async function bundleEditor({ entry }) {
  const files = await bundle({
    entryPoints: [entry],
    outdir: path.dirname(entry),
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
  });
  return Buffer.from(Object.values(files)[0]).toString('utf8');
}
