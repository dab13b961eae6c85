import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { nodeRedVersions } from '../support/node-red-versions.ts';
import { npm } from '../support/npm.ts';
import { packPalette } from '../support/pack-palette.ts';
import { type Palette, palettes } from '../support/palettes.ts';
import { type StockNodeRed, startStockNodeRed } from '../support/stock-node-red.ts';

const nodeSets = v.array(
  v.object({ module: v.string(), name: v.string(), types: v.array(v.string()), err: v.optional(v.unknown()) }),
);

/** The npm packages that a palette's built files load by name. */
function requiredPackages(palette: Palette): string[] {
  const dist = path.join(palette.folder, 'dist');
  const found = new Set<string>();
  for (const file of readdirSync(dist).filter((name) => name.endsWith('.js'))) {
    for (const match of readFileSync(path.join(dist, file), 'utf8').matchAll(
      /\b(?:require|import)\("([^".][^"]*)"\)/g,
    )) {
      const name = /^(@[^/]+\/)?[^/]+/.exec(match[1] ?? '')?.[0];
      if (name !== undefined && !name.startsWith('node:') && !builtinModules.includes(name)) found.add(name);
    }
  }
  return [...found].sort();
}

describe('a palette as npm package', function () {
  this.timeout(180_000);
  const all = palettes();
  let folder = '';
  let userDir = '';
  const tarballs = new Map<string, Awaited<ReturnType<typeof packPalette>>>();

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bulkhead-pack-'));
    userDir = path.join(folder, 'user');
    await mkdir(userDir);
    await writeFile(path.join(userDir, 'package.json'), '{ "private": true }\n');
    for (const palette of all) tarballs.set(palette.name, await packPalette(palette, folder));
    await npm(userDir, ['install', '--no-audit', '--no-fund', ...[...tarballs.values()].map(({ file }) => file)]);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  for (const palette of all) {
    it(`${palette.name} holds its build, examples, README and licence, and nothing else`, () => {
      const paths = tarballs.get(palette.name)?.paths ?? [];
      const strange = paths.filter((name) => !/^(dist\/|examples\/|README\.md$|LICENSE$|package\.json$)/.test(name));
      assert.deepEqual(strange, []);
      for (const file of ['README.md', 'LICENSE', ...Object.values(palette.sets)]) {
        assert.ok(paths.includes(file), `${file} is in the tarball`);
      }
      assert.ok(
        paths.some((name) => name.startsWith('examples/')),
        'an example flow is in the tarball',
      );
    });

    it(`${palette.name} depends on exactly the packages that it loads`, () => {
      assert.deepEqual(requiredPackages(palette), [...palette.dependencies].sort());
    });
  }

  for (const { version, program } of nodeRedVersions) {
    describe(`in a stock Node-RED ${version}`, () => {
      let nodeRed: StockNodeRed | undefined;

      before(async () => {
        nodeRed = await startStockNodeRed({ nodeRed: await program(), userDir });
      });

      after(() => nodeRed?.stop());

      async function get(route: string, headers: Record<string, string>): Promise<Response> {
        const response = await fetch(`${nodeRed?.url}${route}`, { headers });
        assert.equal(response.status, 200, route);
        return response;
      }

      it('registers every type of every palette without an error', async () => {
        const sets = v.parse(nodeSets, await (await get('/nodes', { accept: 'application/json' })).json());
        const own = sets.filter(({ module }) => module.startsWith('@bulkhead/'));
        assert.deepEqual(
          own.filter(({ err }) => err !== undefined),
          [],
        );
        const registered = own.flatMap(({ module, types }) => types.map((type) => `${module} ${type}`));
        const declared = all.flatMap(({ name, sets: declaredSets }) =>
          Object.keys(declaredSets).map((type) => `${name} ${type}`),
        );
        assert.deepEqual(registered.sort(), declared.sort());
      });

      it('shows the forms, and the help in English and German', async () => {
        const english = await (await get('/nodes', { accept: 'text/html', 'accept-language': 'en-US' })).text();
        const german = await (await get('/nodes', { accept: 'text/html', 'accept-language': 'de' })).text();
        const help = (page: string, type: string): string | undefined =>
          new RegExp(`<script[^>]*data-help-name="${type}"[^>]*>([\\s\\S]*?)</script>`).exec(page)?.[1];
        for (const type of all.flatMap(({ sets }) => Object.keys(sets))) {
          assert.ok(english.includes(`data-template-name="${type}"`), `form of ${type}`);
          assert.ok(help(english, type), `English help of ${type}`);
          assert.ok(help(german, type), `German help of ${type}`);
          assert.notEqual(help(english, type), help(german, type), `${type}: the German help is not the English one`);
        }
      });

      it('serves every icon that an editor names', async () => {
        for (const { name, folder: source } of all) {
          const icons = path.join(source, 'dist', 'icons');
          for (const icon of existsSync(icons) ? readdirSync(icons) : []) {
            const response = await get(`/icons/${name}/${icon}`, {});
            assert.match(await response.text(), /<svg/, `${name}/${icon}`);
          }
        }
      });
    });
  }
});
