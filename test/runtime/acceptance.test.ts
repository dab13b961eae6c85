import { deepEqual, equal } from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runAcceptance } from '../../accept/acceptance.ts';
import { verdictLines } from '../../accept/verdict.ts';
import { parseRecording } from '../../packages/plant/src/replay/recording.ts';

const rowCount = 300;

/** Cells that lose something on many ways: signs, digits, ranges, absence. */
const awkward = [
  '-0',
  '0',
  '',
  '5e-324',
  '-2.2250738585072014e-308',
  '1.7976931348623157e308',
  '0.12345678901234567',
  '12345678901234567',
  '9007199254740993',
  '-9223372036854775808',
  '-1.5',
  '42',
  '1e21',
  '0.1',
];

/** A recording in local time with whole seconds and fractions, repeated rows and missing cells, one row of them alone. */
function recordingText(): string {
  const lines = ['time;Volume Flow RateRMS;Temp.Öl °C;Counter;Mostly missing'];
  for (let row = 0; row < rowCount; row += 1) {
    const time = `2024-02-29 ${String(12 + Math.floor(row / 60)).padStart(2, '0')}:00:${String(row % 60).padStart(2, '0')}`;
    // Rows 100 to 119 say the same over and over.
    const at = row >= 100 && row < 120 ? 100 : row;
    const cells = [
      awkward[at % awkward.length] ?? '',
      String(-Math.exp(at / 7) * (at % 2 === 0 ? 1 : -1)),
      String(Math.floor(at / 10)),
      at % 9 === 0 ? String(at / 3) : '',
    ];
    lines.push([row % 3 === 0 ? `${time}.250` : time, ...(row === 200 ? ['', '', '', ''] : cells)].join(';'));
  }
  return `${lines.join('\n')}\n`;
}

describe('acceptance with a recording', function () {
  this.timeout(180_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bulkhead-acceptance-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('finds every row of the file in the history, value by value and time by time, over both protocols', async () => {
    const file = path.join(folder, 'recording.csv');
    const text = recordingText();
    await writeFile(file, text);
    const outcome = parseRecording(text);
    if (!outcome.ok) throw new Error(outcome.message);
    const { recording } = outcome;
    equal(recording.rows.length, rowCount);

    const verdict = await runAcceptance({ file, recording, speed: 1000 });
    equal(verdictLines(verdict).at(-1), 'PASS', verdictLines(verdict).join('\n'));
    const [opcua, modbus] = verdict.protocols;
    deepEqual([opcua?.protocol, opcua?.equalRows, opcua?.compared], ['OPC UA', rowCount, rowCount * 4]);
    deepEqual([modbus?.protocol, modbus?.equalRows], ['Modbus', rowCount]);
  });
});
