import { modbusDevices, opcuaTags } from './catalogue.ts';
import { startModbusServer } from './io/modbus-server.ts';
import { createOpcuaServer } from './io/opcua-server.ts';
import type { Recorder } from './log/recorder.ts';
import type { TruthLine } from './log/truth-line.ts';
import { createDevice } from './modbus/device.ts';
import { type DeviceName, registerCount, snapshotOf } from './modbus/line-registers.ts';
import type { LineEvent } from './model/event.ts';
import { type Counts, createLine, firstCounts, vibrationBlock } from './model/line.ts';
import { createTimeline } from './model/timeline.ts';
import type { Running } from './running.ts';

export interface LiveOptions {
  host: string;
  opcuaPort: number;
  modbusPorts: Record<DeviceName, number>;
  pki: string;
  seed: number;
  speed: number;
}

/** A plant that lags more than this was stopped with its host: the line goes on from there instead of racing. */
const mostLagMs = 5000;

/** Starts the bottling line and its three servers. Rejects when a port is taken; then nothing is left open. */
export async function startLive(options: LiveOptions, recorder: Recorder, now: () => number): Promise<Running> {
  const { seed, speed, host } = options;
  const tags = new Set(opcuaTags.map(({ tag }) => tag));
  const opcua = await createOpcuaServer({ host, port: options.opcuaPort, pki: options.pki, variables: opcuaTags });
  // Another life is another day at the plant; what its counters show goes on.
  const line = createLine({ seed: seed + recorder.run, speed, counts: keptCounts(recorder) });
  const startedAt = now();
  const timeline = createTimeline(startedAt, speed, (tag) => recorder.lastTime(tag));
  const stateSince: Record<string, number> = {};
  let held = false;
  let timer: NodeJS.Timeout | undefined;

  function serve(events: readonly LineEvent[]): void {
    const lines: TruthLine[] = [];
    const shows: (() => void)[] = [];
    for (const event of events) {
      if (event.kind === 'state') {
        const at = timeline.timeOf(`${event.machine} state`, event.at);
        stateSince[event.machine] = at;
        lines.push({ type: 'state', machine: event.machine, at, state: event.state });
      } else if (event.kind === 'count') {
        const { machine, total, rejects } = event;
        lines.push({ type: 'count', machine, at: timeline.timeOf(`${machine} count`, event.at), total, rejects });
      } else if (event.kind === 'waveform') {
        const time = timeline.timeOf(event.tag, event.at - Math.round(100 * speed));
        lines.push(recorder.waveform(event.tag, time, vibrationBlock.stepUs, event.values));
        shows.push(() => opcua.set(event.tag, event.values, 'good', time));
      } else if (tags.has(event.tag)) {
        const time = timeline.timeOf(event.tag, event.at);
        lines.push(recorder.value(event.tag, time, event.value, event.quality));
        shows.push(() => opcua.set(event.tag, event.value, event.quality, time));
      }
    }
    recorder.append(lines);
    for (const show of shows) show();
  }

  function catchUp(time: number): void {
    if (held) return;
    const lagMs = time - timeline.timeAt(line.due);
    if (lagMs > mostLagMs) {
      timeline.slip(lagMs);
      recorder.append([{ type: 'slip', at: time, byMs: lagMs }]);
    }
    serve(line.advance(timeline.simulatedAt(time)));
  }

  function schedule(): void {
    timer = setTimeout(
      () => {
        try {
          catchUp(now());
        } finally {
          if (!held) schedule();
        }
      },
      Math.max(1, timeline.timeAt(line.due) - now()),
    );
  }

  const device = (name: DeviceName) =>
    createDevice(
      {
        name,
        tags: modbusDevices[name],
        registerCount: registerCount(name),
        snapshot: (at, sequence) => snapshotOf(line, name, at, stateSince[name] ?? at, sequence),
      },
      recorder,
      () => {
        // One instant for the line, the block and the log.
        const time = now();
        catchUp(time);
        return time;
      },
    );

  recorder.append([
    { type: recorder.run === 0 ? 'start' : 'restart', at: startedAt, run: recorder.run, seed, speed, source: 'line' },
  ]);
  serve(line.begin());

  const open: { stop(): Promise<void> }[] = [opcua];
  const closeAll = async (): Promise<void> => {
    clearTimeout(timer);
    await Promise.allSettled(open.map((server) => server.stop()));
  };
  try {
    const opcuaUrl = await opcua.listen();
    const capper = await startModbusServer(host, options.modbusPorts.capper, device('capper'));
    open.push(capper);
    const labeller = await startModbusServer(host, options.modbusPorts.labeller, device('labeller'));
    open.push(labeller);
    schedule();
    return {
      ready: { opcuaUrl, modbus: { capper: { host, port: capper.port }, labeller: { host, port: labeller.port } } },
      hold() {
        if (held) return;
        catchUp(now());
        held = true;
        clearTimeout(timer);
        recorder.append([{ type: 'hold', at: now() }]);
      },
      stop: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function keptCounts(recorder: Recorder): Counts {
  const { filler, capper, labeller } = recorder.counts;
  return {
    filler: filler ?? firstCounts.filler,
    capper: capper ?? firstCounts.capper,
    labeller: labeller ?? firstCounts.labeller,
  };
}
