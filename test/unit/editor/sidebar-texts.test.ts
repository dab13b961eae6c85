import { equal } from 'node:assert/strict';
import { text } from '../../../packages/runtime/src/editor-client/sidebar/texts.ts';

describe('a text of the sidebar', () => {
  let language = 'en-US';
  before(() => Object.assign(globalThis, { RED: { i18n: { lang: () => language } } }));
  after(() => Reflect.deleteProperty(globalThis, 'RED'));

  for (const [lang, n, said] of [
    ['en-US', 1, '1 restart'],
    ['en-US', 2, '2 restarts'],
    ['de', 1, '1 Neustart'],
    ['de', 2, '2 Neustarts'],
  ] as const) {
    it(`says "${said}"`, () => {
      language = lang;
      equal(text('tab.restarts', { n }), said);
    });
  }
});
