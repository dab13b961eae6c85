import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { type PlantArguments, parsePlantArguments, usage } from './arguments.ts';
import { startLive } from './live.ts';
import { createRecorder, type Recorder } from './log/recorder.ts';
import { startReplay } from './replay.ts';
import { parseRecording, type Recording } from './replay/recording.ts';
import type { Running } from './running.ts';

const wrongUsage = 64;
const wrongConfiguration = 78;
/** Closing waits no longer for clients that do not let go. */
const stopLimitMs = 2500;

function say(event: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function fail(code: number, message: string): never {
  process.stderr.write(`plant: ${message}\n`);
  process.exit(code);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function startFailure(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}: another program has this port, give another one`;
  }
  return reasonOf(error);
}

function readRecording(file: string): Recording {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return fail(wrongConfiguration, `cannot read the recording ${file}: ${reasonOf(error)}`);
  }
  const outcome = parseRecording(text);
  return outcome.ok ? outcome.recording : fail(wrongConfiguration, `cannot replay ${file}: ${outcome.message}`);
}

async function start(args: PlantArguments): Promise<{ running: Running; finish: () => void }> {
  const recording = args.replay === undefined ? undefined : readRecording(args.replay.file);
  const now = Date.now;
  const written = createRecorder({ path: args.log, mostBytes: args.logLimitBytes, now });
  const recorder: Recorder = {
    ...written,
    append(lines) {
      try {
        written.append(lines);
      } catch (error) {
        // Values without their truth are worth nothing: end, and say why.
        fail(1, `cannot write the log ${args.log}: ${reasonOf(error)}`);
      }
    },
  };
  const finish = (): void => {
    recorder.append([{ type: 'stop', at: now() }]);
    recorder.close();
  };
  const { host, opcuaPort, pki, speed } = args;
  const running =
    args.replay === undefined || recording === undefined
      ? await startLive(
          {
            host,
            opcuaPort,
            pki,
            speed,
            seed: args.seed,
            modbusPorts: { capper: args.modbusCapperPort, labeller: args.modbusLabellerPort },
          },
          recorder,
          now,
        )
      : await startReplay(recording, { host, opcuaPort, pki, speed, ...args.replay }, recorder, now, (rows) =>
          say({ event: 'done', rows }),
        );
  return { running, finish };
}

function guardProcess(): void {
  // The lines of stdout are for programs; node-opcua also prints on the console.
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) console[method] = () => {};
  // Whoever started the plant may be gone: that ends neither the values nor the log.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  // What a client sends must not end a simulated plant, wherever in the protocol libraries it hits.
  process.on('uncaughtException', (error) => process.stderr.write(`plant goes on after: ${error.stack ?? error}\n`));
}

// The standard nodeset makes much garbage at the start and little later: without these, 236 MB stay resident, with them 146.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--optimize-for-size');

const parsed = parsePlantArguments(process.argv.slice(2));
if (!parsed.ok) fail(wrongUsage, `${parsed.message}\n${usage}`);
try {
  const { running, finish } = await start(parsed.value);
  guardProcess();
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    const end = (): never => {
      finish();
      process.exit(0);
    };
    setTimeout(end, stopLimitMs);
    void running.stop().then(end, end);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGUSR2', () => {
    running.hold();
    say({ event: 'held' });
  });
  say({ event: 'ready', ...running.ready });
} catch (error) {
  fail(wrongConfiguration, startFailure(error));
}
