import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { escapeStep, splitFields, splitSteps } from '../../../nodes/opcua/src/opcua-events/field-names.ts';
import { fieldOf } from '../../../nodes/opcua/src/opcua-events/fields.ts';

describe('Fields of events, as they are written', () => {
  it('are separated by what nobody has to think about', () => {
    deepEqual(splitFields(' 2:A, filler:B;C/D\n2:E '), ['2:A', 'filler:B', 'C/D', '2:E']);
    deepEqual(splitFields(''), []);
  });

  it('have names with blanks, commas and slashes when & stands before them', () => {
    deepEqual(splitFields('filler:Batch& Number, A&,B'), ['filler:Batch& Number', 'A&,B']);
    deepEqual(fieldOf('filler:Batch& Number/A&/B', 'i=1')?.path, [
      { namespace: 'filler', name: 'Batch Number' },
      { namespace: 0, name: 'A/B' },
    ]);
    equal(fieldOf('ShelvingState//CurrentState', undefined), undefined);
  });

  it('are read as they were written, whatever the server calls them', () => {
    const names = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(names, fc.constantFrom(', ', ' ', ';'), (path, separator) => {
        const written = path.map((name) => `2:${escapeStep(name)}`).join('/');
        const [first = '', ...rest] = splitFields(`${written}${separator}2:Last`);
        deepEqual(rest, ['2:Last']);
        equal(splitSteps(first).length, path.length);
        deepEqual(
          fieldOf(first, 'i=1')?.path,
          path.map((name) => ({ namespace: 2, name })),
        );
      }),
    );
  });
});
