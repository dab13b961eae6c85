import { parseArgs } from 'node:util';
import type { WaitFor } from './replay/player.ts';

export interface PlantArguments {
  seed: number;
  speed: number;
  host: string;
  opcuaPort: number;
  modbusCapperPort: number;
  modbusLabellerPort: number;
  log: string | undefined;
  logLimitBytes: number;
  pki: string;
  replay: { file: string; modbusPort: number; waitFor: WaitFor; holdUntilRead: boolean; settleMs: number } | undefined;
}

export type ArgumentsOutcome = { ok: true; value: PlantArguments } | { ok: false; message: string };

export const usage = `plant --pki DIR [--seed N] [--speed N] [--host ADDRESS] [--opcua-port P] [--log FILE]
      [--modbus-capper-port P] [--modbus-labeller-port P]
plant --replay FILE.csv --pki DIR [--speed N] [--host ADDRESS] [--opcua-port P] [--modbus-port P] [--log FILE]
      [--wait] [--wait-for any|opcua|modbus|both] [--settle-ms N] [--hold-until-read]
A port of 0, the default, takes a free one; the ready line on stdout tells which. A log of --log-limit-mb N
(256, 0 for no limit) becomes FILE.1 and a new one begins.`;

/** A waveform of 20 kHz is made in real time: faster than this, a line no longer fits into one core. */
const mostSpeed = 100;
const mostReplaySpeed = 100_000;

class UsageError extends Error {}

/** Reads the command line (without node and script). */
export function parsePlantArguments(args: readonly string[]): ArgumentsOutcome {
  try {
    return { ok: true, value: read(args) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function read(args: readonly string[]): PlantArguments {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    allowPositionals: false,
    options: {
      seed: { type: 'string', default: '1' },
      speed: { type: 'string', default: '1' },
      host: { type: 'string', default: '127.0.0.1' },
      'opcua-port': { type: 'string', default: '0' },
      'modbus-capper-port': { type: 'string', default: '0' },
      'modbus-labeller-port': { type: 'string', default: '0' },
      'modbus-port': { type: 'string' },
      log: { type: 'string' },
      'log-limit-mb': { type: 'string', default: '256' },
      pki: { type: 'string' },
      replay: { type: 'string' },
      wait: { type: 'boolean', default: false },
      'wait-for': { type: 'string' },
      'settle-ms': { type: 'string', default: '500' },
      'hold-until-read': { type: 'boolean', default: false },
    },
  });
  if (values.pki === undefined) throw new UsageError('--pki DIR is missing: where keys and certificates are kept');
  const port = (name: string, text: string): number => wholeNumber(`--${name}`, text, 65_535);
  const modbusCapperPort = port('modbus-capper-port', values['modbus-capper-port']);
  const speed = Number(values.speed);
  const fastest = values.replay === undefined ? mostSpeed : mostReplaySpeed;
  if (!(speed > 0 && speed <= fastest)) {
    throw new UsageError(`--speed ${values.speed}: a number above 0, at most ${fastest}`);
  }
  return {
    seed: wholeNumber('--seed', values.seed, Number.MAX_SAFE_INTEGER - 1_000_000),
    speed,
    host: values.host,
    opcuaPort: port('opcua-port', values['opcua-port']),
    modbusCapperPort,
    modbusLabellerPort: port('modbus-labeller-port', values['modbus-labeller-port']),
    log: values.log,
    logLimitBytes: wholeNumber('--log-limit-mb', values['log-limit-mb'], 1_000_000) * 1e6,
    pki: values.pki,
    replay:
      values.replay === undefined
        ? undefined
        : {
            file: values.replay,
            modbusPort:
              values['modbus-port'] === undefined ? modbusCapperPort : port('modbus-port', values['modbus-port']),
            waitFor: waitFor(values.wait, values['wait-for']),
            holdUntilRead: values['hold-until-read'],
            settleMs: wholeNumber('--settle-ms', values['settle-ms'], 600_000),
          },
  };
}

function waitFor(wait: boolean, text: string | undefined): WaitFor {
  switch (text) {
    case undefined:
      return wait ? 'any' : 'nobody';
    case 'any':
    case 'opcua':
    case 'modbus':
    case 'both':
      return text;
    default:
      throw new UsageError(`--wait-for ${text}: any, opcua, modbus or both`);
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > most) {
    throw new UsageError(`${name} ${text}: a whole number from 0 to ${most}`);
  }
  return value;
}
