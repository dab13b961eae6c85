import { type OpcuaTag, replayNodeId, replayRegisters } from './catalogue.ts';
import { startModbusServer } from './io/modbus-server.ts';
import { createOpcuaServer } from './io/opcua-server.ts';
import type { Recorder } from './log/recorder.ts';
import type { TruthLine } from './log/truth-line.ts';
import { createDevice } from './modbus/device.ts';
import { writeRegisters } from './modbus/registers.ts';
import { createPlayer, type PlayerOptions } from './replay/player.ts';
import type { Recording, RecordingRow } from './replay/recording.ts';
import type { Running } from './running.ts';

export interface ReplayOptions extends PlayerOptions {
  host: string;
  opcuaPort: number;
  modbusPort: number;
  pki: string;
  /** Path of the recording, for the log. */
  file: string;
}

/** Registers of the head and of as many whole columns as one answer holds (125; application protocol 1.1b3, 6.3). */
const mostInOneRead = 8 + 4 * Math.floor((125 - 8) / 4);

/** Serves a recording over OPC UA and Modbus; `done` is called once the last row has had its time. */
export async function startReplay(
  recording: Recording,
  options: ReplayOptions,
  recorder: Recorder,
  now: () => number,
  done: (rows: number) => void,
): Promise<Running> {
  const { columns, rows } = recording;
  const { host, speed } = options;
  const variables = columns.map(
    (column): OpcuaTag => ({
      tag: `Replay.${column}`,
      nodeId: replayNodeId(column),
      dataType: 'Double',
      description: 'A column of the recording; the source time is that of its row',
    }),
  );
  const unmonitored = new Set(variables.map(({ tag }) => tag));
  const opcua = await createOpcuaServer({
    host,
    port: options.opcuaPort,
    pki: options.pki,
    variables,
    onMonitored(tag) {
      if (unmonitored.delete(tag)) player.monitored();
    },
  });
  const tags = replayRegisters(columns);
  const registerCount = 8 + 4 * columns.length;
  let present: RecordingRow = rows[0] ?? { time: 0, values: [] };
  let presentIndex = 0;
  let held = false;

  function show(row: RecordingRow, index: number): void {
    present = row;
    presentIndex = index;
    const lines: TruthLine[] = [{ type: 'row', at: now(), row: index, time: row.time, values: [...row.values] }];
    for (const [place, { tag }] of variables.entries()) {
      const value = row.values[place] ?? null;
      lines.push(recorder.value(tag, row.time, value, value === null ? 'bad' : 'good'));
    }
    recorder.append(lines);
    for (const [place, { tag }] of variables.entries()) {
      const value = row.values[place] ?? null;
      opcua.set(tag, value, value === null ? 'bad' : 'good', row.time);
    }
  }

  const player = createPlayer(recording, options, show, () => done(rows.length));
  const read = createDevice(
    {
      name: 'replay',
      tags,
      registerCount,
      snapshot: (_at, sequence) => {
        const registers = new Uint16Array(registerCount);
        const numbers = [sequence, presentIndex, present.time, ...present.values];
        for (const [place, tag] of tags.entries()) writeRegisters(registers, tag, numbers[place] ?? Number.NaN);
        return { registers, failing: new Set() };
      },
      onRead: (address, count) => {
        // A row counts as read when its number and its values went out together.
        if (address <= 2 && address + count >= Math.min(registerCount, mostInOneRead)) player.read();
      },
    },
    recorder,
    now,
  );

  recorder.append([
    {
      type: recorder.run === 0 ? 'start' : 'restart',
      at: now(),
      run: recorder.run,
      seed: 0,
      speed,
      source: options.file,
    },
  ]);
  const open: { stop(): Promise<void> }[] = [opcua];
  const closeAll = async (): Promise<void> => {
    player.stop();
    await Promise.allSettled(open.map((server) => server.stop()));
  };
  try {
    const modbus = await startModbusServer(host, options.modbusPort, read);
    open.push(modbus);
    player.start();
    const opcuaUrl = await opcua.listen();
    return {
      ready: { opcuaUrl, modbus: { replay: { host, port: modbus.port } } },
      hold() {
        if (held) return;
        held = true;
        player.stop();
        recorder.append([{ type: 'hold', at: now() }]);
      },
      stop: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
