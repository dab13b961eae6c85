/** One life of one process: started, watched, and its end explained. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { beatDescriptor, bootDescriptor } from '../protocol/descriptors.ts';
import type { ChildExit, ChildLimits, ChildSpec, ExitReason, LogLine } from '../protocol/messages.ts';
import type { ProcessGroup } from './process-group.ts';
import type { LastWill } from './last-will.ts';
import type { WithDeathSignal } from './death-signal.ts';
import { analyseExit, type LastWords, parseLastWords } from './exit-analysis.ts';
import { cpuTimeOf } from './cpu-time.ts';
import { watchForSilence } from './hang-watch.ts';
import { createLineReader, type LineReader } from './lines.ts';
import { readThrottled, type Throttled } from './throttle.ts';

export interface ChildPorts {
  readonly withDeathSignal: WithDeathSignal;
  readonly lastWill: LastWill;
  readonly onLine: (line: LogLine) => void;
  /** A line for the person at the terminal. */
  readonly onNotice: (text: string) => void;
  /** The kernel refused to hold it to its limits. */
  readonly onRefused: (text: string) => void;
  /** Once, after the last output was read. */
  readonly onExit: (exit: ChildExit) => void;
  /** The latest lines of this child's stderr since `since`. */
  readonly stderrSince: (since: number) => readonly string[];
  /** The latest lines of both streams since `since`. */
  readonly logSince: (since: number) => readonly LogLine[];
  /** Holds it to its `resources`; null where there are no groups. */
  readonly group: ProcessGroup | null;
  /** Merged over the spec's environment. */
  readonly extraEnv: Readonly<Record<string, string>>;
}

export interface Child {
  readonly pid: number | null;
  readonly startedAt: number;
  /** `because` is reported as the reason if this kill is what ends it. */
  kill(signal: NodeJS.Signals, because?: { reason: ExitReason; detail: string }): void;
  setLimits(limits: ChildLimits): void;
}

/** Time for output that is still in the pipes after the exit; a grandchild may hold them open for ever. */
const lastOutputMs = 100;
/** For a child with a `killSignal`, before it is killed in earnest. */
const askedKillMs = 5_000;
const tailLines = 40;
const maxBeatLine = 16_384;
/** More than a person can read in a day, and little enough to cut into lines for twenty children. */
const maxOutputPerSecond = 1024 * 1024;

export function startChild(spec: ChildSpec, ports: ChildPorts): Child {
  const startedAt = Date.now();
  let because: { reason: ExitReason; detail: string } | null = null;
  let lastWords: LastWords | null = null;
  let lastNodeId = '';
  let enteredNodeId = '';
  let doing = '';
  let reported = false;
  /** It was sent its `killSignal`. */
  let asked = false;

  const started = launch(spec, ports);
  if (started instanceof Error) return neverStarted(spec, ports, startedAt, started);
  const pid = started.pid ?? null;
  const { group } = ports;
  let memoryMb = spec.resources?.memoryMb ?? 0;
  const refused = (error: unknown): void => {
    ports.onRefused(
      `not held to its limits by its control group: ${error instanceof Error ? error.message : String(error)}`,
    );
  };
  // What must end in its own way (PostgreSQL, a container) is asked to by the death signal, and must not be killed on top.
  if (pid !== null && spec.stopSignal === undefined) ports.lastWill.holds(pid);
  if (pid !== null && spec.resources) group?.take(pid, spec.resources).catch(refused);

  const kill: Child['kill'] = (signal, why) => {
    if (reported || pid === null) return;
    because = why ?? because;
    const { killSignal } = spec;
    if (signal !== 'SIGKILL' || killSignal === undefined) return send(signal);
    if (asked) return;
    asked = true;
    send(killSignal);
    setTimeout(() => send('SIGKILL'), askedKillMs).unref();
  };
  const send = (signal: NodeJS.Signals): void => {
    if (reported || pid === null) return;
    try {
      process.kill(pid, signal);
    } catch {
      // It has just ended by itself; its exit is on the way.
    }
  };

  const hung = (silentMs: number): void => {
    kill('SIGKILL', { reason: 'hang', detail: `no sign of life for ${(silentMs / 1000).toFixed(1)} s` });
  };
  const silence = watchForSilence(spec.hangLimitMs ?? null, hung, () => (pid === null ? null : cpuTimeOf(pid)));

  const report = (code: number | null, signal: string | null, spawnError: string | null): void => {
    if (reported) return;
    reported = true;
    silence.stop();
    for (const pipe of started.stdio) pipe?.destroy();
    const stderrTail = ports.stderrSince(startedAt).slice(-tailLines);
    const outOfLimitMb = group?.wasOutOfMemory() === true ? memoryMb : null;
    void group?.remove();
    const verdict = analyseExit({
      code,
      signal,
      because,
      lastWords,
      lastNodeId: enteredNodeId || lastNodeId,
      doing,
      stderrTail,
      outOfLimitMb,
      spawnError,
    });
    const { name, role } = spec;
    ports.onExit({
      name,
      role,
      pid: pid ?? 0,
      startedAt,
      endedAt: Date.now(),
      code,
      signal,
      stderrTail,
      logTail: ports.logSince(startedAt),
      ...verdict,
    });
  };

  const pipes: Throttled[] = [];
  const read = (stream: ChildProcess['stdio'][number] | undefined, reader: LineReader): void => {
    if (stream instanceof Readable)
      pipes.push(readThrottled(stream, maxOutputPerSecond, (chunk) => reader.push(chunk)));
  };
  const readers = (['stdout', 'stderr'] as const).map((stream) => {
    const reader = createLineReader((text) => ports.onLine({ at: Date.now(), stream, text }));
    read(started[stream], reader);
    return reader;
  });
  const onBeat = (line: string): void => {
    silence.heard();
    if (line.startsWith('b ')) lastNodeId = line.slice(2).trim() || lastNodeId;
    else if (line.startsWith('e ')) enteredNodeId = line.slice(2).trim();
    else if (line.startsWith('d ')) doing = line.slice(2).trim();
    else if (line.startsWith('n ')) ports.onNotice(line.slice(2));
    else lastWords = parseLastWords(line) ?? lastWords;
  };
  const beats = createLineReader(onBeat, maxBeatLine);
  read(started.stdio[beatDescriptor], beats);

  const bootPipe = started.stdio[bootDescriptor];
  if (bootPipe instanceof Writable) {
    // A child that ends before it has read its boot data breaks the pipe; its exit says more.
    bootPipe.on('error', () => {});
    bootPipe.end(spec.boot === undefined ? '' : `${JSON.stringify(spec.boot)}\n`);
  }

  started.on('error', (error) => {
    if (pid === null) report(null, null, `could not be started: ${error.message}`);
  });
  started.on('exit', (code, signal) => {
    endGroup(pid);
    if (pid !== null) ports.lastWill.releases(pid);
    for (const pipe of pipes) pipe.release();
    const finish = (): void => {
      clearTimeout(timer);
      for (const reader of [...readers, beats]) reader.end();
      report(code, signal, null);
    };
    const timer = setTimeout(finish, lastOutputMs);
    started.once('close', finish);
  });

  const setLimits: Child['setLimits'] = ({ hangLimitMs, resources }) => {
    silence.setLimit(hangLimitMs);
    memoryMb = resources.memoryMb;
    group?.setLimits(resources).catch(refused);
  };
  return { pid, startedAt, kill, setLimits };
}

function launch(spec: ChildSpec, ports: ChildPorts): ChildProcess | Error {
  // A user-configured stop signal is a gentler death for what must close files, such as PostgreSQL.
  const { command, args } = ports.withDeathSignal(spec, spec.stopSignal ?? 'SIGKILL');
  try {
    return spawn(command, [...args], {
      cwd: spec.cwd,
      env: { ...spec.env, ...ports.extraEnv },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      // A session of its own: Ctrl-C in a terminal must reach the keeper alone, or flows would end before they drained.
      detached: true,
      windowsHide: true,
      ...(spec.uid === undefined ? {} : { uid: spec.uid }),
      ...(spec.gid === undefined ? {} : { gid: spec.gid }),
    });
  } catch (error) {
    // spawn throws for what it can tell beforehand: a null byte in an argument, no descriptors left, ...
    return error instanceof Error ? error : new Error(String(error));
  }
}

function neverStarted(spec: ChildSpec, ports: ChildPorts, startedAt: number, error: Error): Child {
  const { name, role } = spec;
  setImmediate(() =>
    ports.onExit({
      name,
      role,
      pid: 0,
      startedAt,
      endedAt: Date.now(),
      code: null,
      signal: null,
      stderrTail: [],
      logTail: [],
      nodeIsExact: false,
      reason: 'startup-failed',
      detail: `could not be started: ${error.message}`,
    }),
  );
  return { pid: null, startedAt, kill: () => {}, setLimits: () => {} };
}

/** What the child had started (an `exec` node's commands) ends with it. */
function endGroup(pid: number | null): void {
  if (pid === null || process.platform === 'win32') return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing was left.
  }
}
