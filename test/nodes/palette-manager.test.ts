/** What somebody does with the palettes in a Node-RED that is no Bulkhead: upload, import an example, deploy, look. */
import { deepEqual, equal } from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { type ExampleRun, expectedOf, watchExamples } from '../support/example-run.ts';
import { nodeRedVersions } from '../support/node-red-versions.ts';
import { packPalette } from '../support/pack-palette.ts';
import { type ExampleDevices, startExampleDevices } from '../support/palette-examples.ts';
import { type Palette, palettes } from '../support/palettes.ts';
import { type StockNodeRed, startStockNodeRed } from '../support/stock-node-red.ts';

const installed = v.object({
  name: v.string(),
  nodes: v.array(v.object({ types: v.array(v.string()), enabled: v.boolean(), err: v.optional(v.unknown()) })),
});

describe('palettes that are uploaded to a stock Node-RED', function () {
  this.timeout(120_000);
  const field = palettes().filter(({ name }) => /-(opcua|modbus|s7)$/.test(name));
  const tarballs = new Map<Palette, string>();
  let folder: string;
  let devices: ExampleDevices;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bulkhead-upload-'));
    for (const palette of field) tarballs.set(palette, (await packPalette(palette, folder)).file);
    devices = await startExampleDevices();
  });

  after(async () => {
    await devices?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('have no example that is not tried here', () => {
    deepEqual(devices.examples.map(({ name }) => name).sort(), Object.keys(expectedOf).sort());
  });

  for (const { version, program } of nodeRedVersions) {
    describe(`Node-RED ${version}`, () => {
      let nodeRed: StockNodeRed;
      let run: ExampleRun;

      before(async () => {
        const userDir = path.join(folder, version);
        await mkdir(userDir);
        await writeFile(path.join(userDir, 'package.json'), '{ "private": true }\n');
        nodeRed = await startStockNodeRed({ nodeRed: await program(), userDir });
      });

      after(async () => {
        run?.close();
        await nodeRed?.stop();
      });

      for (const palette of field) {
        it(`takes ${palette.name} and enables each of its types`, async () => {
          const file = tarballs.get(palette) ?? '';
          const form = new FormData();
          form.append('tarball', new Blob([await readFile(file)]), path.basename(file));
          const answer = await fetch(`${nodeRed.url}/nodes`, { method: 'POST', body: form });
          const text = await answer.text();
          equal(answer.status, 200, text);
          const { name, nodes } = v.parse(installed, JSON.parse(text));
          equal(name, palette.name);
          deepEqual(
            nodes.filter(({ enabled, err }) => !enabled || err !== undefined),
            [],
          );
          deepEqual(nodes.flatMap(({ types }) => types).sort(), Object.keys(palette.sets).sort());
        });
      }

      it('takes all examples in one deploy', async () => {
        run = await watchExamples(nodeRed.url);
        const answer = await fetch(`${nodeRed.url}/flows`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': 'full' },
          body: JSON.stringify(devices.examples.flatMap(({ flow }) => flow)),
        });
        equal(answer.status, 204);
      });

      for (const name of Object.keys(expectedOf)) {
        it(`runs the example ${name}`, async () => {
          const example = devices.examples.find((one) => one.name === name);
          if (example === undefined) throw new Error(`there is no example ${name}`);
          await run.see(example);
        });
      }
    });
  }
});
