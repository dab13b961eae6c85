import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { fitting, holdsAll, simplest } from '../../../packages/runtime/src/supervisor/plan/simplest-paths.ts';

const aPath = fc
  .array(fc.constantFrom('a', 'b', 'a-', 'a b', 'ab'), { maxLength: 4 })
  .map((parts) => `/${parts.join('/')}`);
const isBelow = (file: string, folder: string): boolean =>
  file.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
const many = (count: number, folder: string): string[] =>
  Array.from({ length: count }, (_, place) => `${folder}/${'d'.repeat(200)}/${place}/x.txt`);

describe('a list of paths', () => {
  it('is simplest without what lies below others', () => {
    deepEqual(simplest(['/b', '/a/x', '/a', '/a-b', '/a b/x', '/a/x/y']), ['/a', '/a b/x', '/a-b', '/b']);
    deepEqual(simplest(['/b', '/', '/a']), ['/']);
    deepEqual(simplest(['/b', '*']), ['*']);
    deepEqual(simplest([]), []);
  });

  it('is simplified as by comparing each with each', () => {
    fc.assert(
      fc.property(fc.array(aPath, { maxLength: 12 }), (paths) => {
        const all = [...new Set(paths)].sort();
        deepEqual(
          simplest(paths),
          all.filter((file) => !all.some((other) => other !== file && isBelow(file, other))),
        );
      }),
    );
  });

  it('holds what it has and what lies below, as by comparing each with each', () => {
    fc.assert(
      fc.property(fc.array(aPath, { maxLength: 6 }), fc.array(aPath, { maxLength: 6 }), (held, wanted) => {
        equal(
          holdsAll(held, wanted),
          wanted.every((file) => held.some((folder) => folder === file || isBelow(file, folder))),
        );
      }),
    );
    equal(holdsAll(['*'], ['/a']), true);
    equal(holdsAll(['/'], ['*']), false);
  });

  it('of many thousand is simplified and compared in no time', () => {
    const paths = many(20_000, '/data');
    const startedAt = performance.now();
    equal(simplest(paths).length, 20_000);
    equal(holdsAll(paths, paths), true);
    equal(performance.now() - startedAt < 2_000, true, `${performance.now() - startedAt} ms`);
  });
});

describe('paths that do not fit into arguments', () => {
  it('are left as they are while they fit', () => {
    deepEqual(fitting(['/a/b', '/c'], 10_000), { paths: ['/a/b', '/c'], widened: [] });
  });

  it('become the deepest folder that many of them share, and the others stay', () => {
    const folder = `/data/${'d'.repeat(200)}`;
    deepEqual(fitting([...many(2_500, '/data'), '/etc/ssl/ca.pem'], 300_000), {
      paths: [folder, '/etc/ssl/ca.pem'],
      widened: [folder],
    });
  });

  it('become one folder after the other until they fit', () => {
    const folders = ['/a', '/b', '/c'].map((place) => `${place}/${'d'.repeat(200)}`);
    const paths = ['/a', '/b', '/c'].flatMap((place) => many(1_000, place));
    deepEqual(fitting(paths, 10_000), { paths: folders, widened: folders });
  });

  it('become everything where they share nothing', () => {
    const paths = Array.from({ length: 5_000 }, (_, place) => `/${place}${'d'.repeat(200)}`);
    deepEqual(fitting(paths, 300_000), { paths: ['/'], widened: ['/'] });
  });
});
