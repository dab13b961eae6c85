/**
 * `npm run accept -- FILE.csv [--speed N]`: replays a recording through the whole house and compares what
 * `historian-query` gives back with the file. Exit code 0 when nothing differs, 1 when something does, 64 for a wrong
 * command line, 66 for a file that is no recording.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseRecording, type Recording } from '../packages/plant/src/replay/recording.ts';
import { estimateMs, runAcceptance } from './acceptance.ts';
import { verdictLines } from './verdict.ts';

const usage = `npm run accept -- FILE.csv [--speed N]
FILE has a header, a time column (epoch ms, ISO 8601 or local time) and numeric columns. N is 50 unless it is given.`;

function fail(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

function readArguments(): { file: string; speed: number } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { speed: { type: 'string', default: '50' } },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) return fail(64, usage);
    const speed = Number(values.speed);
    if (!(speed > 0 && speed <= 100_000)) return fail(64, `--speed ${values.speed}: a number above 0, at most 100000`);
    // npm runs scripts in the folder of the package, and says here where it was called.
    return { file: path.resolve(process.env['INIT_CWD'] ?? '.', file), speed };
  } catch (error) {
    return fail(64, `${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function readRecording(file: string): Recording {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return fail(66, `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const outcome = parseRecording(text);
  return outcome.ok ? outcome.recording : fail(66, `cannot replay ${file}: ${outcome.message}`);
}

const { file, speed } = readArguments();
const recording = readRecording(file);
const { columns, rows } = recording;
const seconds = Math.ceil(estimateMs(recording, speed) / 1000);
console.log(`${path.basename(file)}: ${rows.length} rows at ${speed}x, about ${seconds} s; ${columns.join(', ')}`);

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => interrupted.abort(new Error(`stopped by ${signal}`)));
}
try {
  const verdict = await runAcceptance({ file, recording, speed, signal: interrupted.signal });
  for (const line of verdictLines(verdict)) console.log(line);
  process.exit(verdict.passed ? 0 : 1);
} catch (error) {
  console.log(`FAIL: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
