import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { palettes } from '../../support/palettes.ts';

const folder = path.resolve(import.meta.dirname, '../../../locales');
const other = ['de'];

/** Every text of a catalogue as `[path of its key, text]`. */
function texts(value: unknown, key = ''): [string, string][] {
  if (typeof value === 'string') return [[key, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => texts(child, key === '' ? name : `${key}.${name}`));
}

function catalogue(language: string, palette: string, type: string): Map<string, string> {
  const file = path.join(folder, language, palette, `${type}.json`);
  return new Map(texts(JSON.parse(readFileSync(file, 'utf8'))));
}

/** The variables of a text, sorted: Node-RED's i18next is set up for `__name__`. */
const variables = (text: string): string[] => (text.match(/__\w+?__/g) ?? []).sort();

describe('the texts of', () => {
  for (const { folder: source, sets } of palettes()) {
    const palette = path.basename(source);
    for (const type of Object.keys(sets)) {
      it(`${type} lie under its own name and write variables as Node-RED reads them`, () => {
        for (const [key, text] of catalogue('en-US', palette, type)) {
          assert.ok(key.startsWith(`${type}.`), key);
          assert.doesNotMatch(text, /\{\{/, key);
          assert.notEqual(text.trim(), '', key);
        }
      });

      it(`${type} explain every column of a tag table`, () => {
        const english = catalogue('en-US', palette, type);
        const named = (part: string): string[] =>
          [...english.keys()].flatMap((key) =>
            key.startsWith(`${type}.${part}.`) ? [key.split('.').at(-1) ?? ''] : [],
          );
        assert.deepEqual(named('columnHint'), named('column'));
      });

      for (const language of other) {
        it(`${type} are complete in ${language}, with the same variables`, () => {
          const english = catalogue('en-US', palette, type);
          const translated = catalogue(language, palette, type);
          assert.deepEqual([...translated.keys()].sort(), [...english.keys()].sort());
          for (const [key, text] of english) {
            assert.deepEqual(variables(translated.get(key) ?? ''), variables(text), key);
          }
          assert.ok(existsSync(path.join(folder, language, palette, `${type}.html`)), 'help');
        });
      }
    }
  }
});
