import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createOutputReader } from '../../../packages/runtime/src/container/container-output.ts';

const frame = (stream: 1 | 2, text: string): Buffer => {
  const payload = Buffer.from(text);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
};

function read(chunks: readonly Buffer[]) {
  const got = { stdout: '', stderr: '', beats: new Array<string>() };
  const reader = createOutputReader({
    onOutput: (stream, chunk) => {
      got[stream] += chunk.toString();
    },
    onBeat: (line) => void got.beats.push(line),
  });
  for (const chunk of chunks) reader.push(chunk);
  return got;
}

describe('the output of a container', () => {
  it('is told apart by stream, and from beats that stand between what is printed', () => {
    const bytes = [frame(1, 'one\n'), frame(2, 'half a \u0001b node1\nline\n\u0001b \n'), frame(1, 'two\n')];
    assert.deepEqual(read(bytes), { stdout: 'one\ntwo\n', stderr: 'half a line\n', beats: ['b node1', 'b '] });
  });

  it('reads the same however the bytes were cut', () => {
    const frames = [
      frame(2, 'a\u0001b x'),
      frame(1, 'out'),
      frame(2, 'yz\nrest'),
      frame(2, ''),
      frame(2, '\u0001{"reason":1}\n'),
    ];
    const bytes = Buffer.concat(frames);
    const whole = read([bytes]);
    assert.deepEqual(whole, { stdout: 'out', stderr: 'arest', beats: ['b xyz', '{"reason":1}'] });
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        assert.deepEqual(read(chunks), whole);
      }),
    );
  });

  it('keeps no more of an endless line behind a mark than any beat can have', () => {
    const got = read([
      frame(2, '\u0001'),
      ...Array.from({ length: 100 }, () => frame(2, 'x'.repeat(1_000))),
      frame(2, '\nend\n'),
    ]);
    assert.deepEqual(got.beats, []);
    assert.match(got.stderr, /x+\nend\n$/);
  });
});
