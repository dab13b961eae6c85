import { fieldsOfForm, isWithinOrVariable, testButton } from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import { askDevice, connectionFields } from '../editing/ask-device.ts';
import { baudRates, connectionDefaults as defaults, connectionLimits as limits } from './defaults.ts';

declare const RED: EditorRED;

type Translate = (key: string, values?: Record<string, string | number>) => string;

const field = (name: string): JQuery => $(`#node-config-input-${name}`);
const isSerial = (mode: unknown): boolean => mode === 'rtu';

/** Shows the fields of the chosen way to the device. */
function followMode(): void {
  const mode = field('mode').val();
  $('.modbus-by-network').toggle(!isSerial(mode));
  $('.modbus-by-serial').toggle(isSerial(mode));
  $('.modbus-in-flight').toggle(mode === 'tcp');
}

function suggest(list: string, values: readonly string[]): void {
  $(list).empty();
  for (const value of values) $(list).append(new Option(value, value));
}

/** The ports of the machine that runs the flows, which need not be the one that shows this. */
async function suggestPorts(): Promise<void> {
  const answer = await askDevice({ kind: 'ports', connection: {} });
  if (answer.ok && answer.result.kind === 'ports') suggest('#modbus-connection-ports', answer.result.ports);
}

async function test(translate: Translate): Promise<string> {
  const say = (key: string, values: Record<string, string | number>): string =>
    translate(`modbus-connection.test.${key}`, values);
  const answer = await askDevice({ kind: 'test', connection: fieldsOfForm(connectionFields) });
  if (!answer.ok) return say('unreachable', { reason: answer.reason });
  const { result } = answer;
  if (result.kind === 'failed') return say('bad', { reason: result.reason });
  if (result.kind !== 'connected') return '';
  const unit = String(field('unitId').val() ?? '');
  return say(result.unit === 'answers' ? 'good' : 'silent', { unit, ms: result.ms });
}

/** One of both must be there, by the mode. */
const isNamed =
  (serial: boolean) =>
  (value: string, node: { mode?: string }): boolean =>
    value !== '' || isSerial(node.mode) !== serial;

RED.nodes.registerType('modbus-connection', {
  category: 'config',
  defaults: {
    name: { value: defaults.name },
    mode: { value: defaults.mode },
    host: {
      value: defaults.host,
      validate(value: string) {
        return isNamed(false)(value, this);
      },
    },
    port: { value: defaults.port, validate: isWithinOrVariable(limits.port, true) },
    serialPath: {
      value: defaults.serialPath,
      validate(value: string) {
        return isNamed(true)(value ?? '', this);
      },
    },
    baudRate: { value: defaults.baudRate, validate: isWithinOrVariable(limits.baudRate, true) },
    parity: { value: defaults.parity },
    dataBits: { value: defaults.dataBits },
    stopBits: { value: defaults.stopBits },
    unitId: { value: defaults.unitId, validate: isWithinOrVariable(limits.unitId) },
    timeoutMs: { value: defaults.timeoutMs, validate: isWithinOrVariable(limits.timeoutMs) },
    maxInFlight: { value: defaults.maxInFlight, validate: isWithinOrVariable(limits.maxInFlight) },
    maxSessions: { value: defaults.maxSessions, validate: isWithinOrVariable(limits.maxSessions, true) },
    allowWrites: { value: defaults.allowWrites },
    reconnectFirstMs: { value: defaults.reconnectFirstMs, validate: isWithinOrVariable(limits.reconnectMs) },
    reconnectMaxMs: { value: defaults.reconnectMaxMs, validate: isWithinOrVariable(limits.reconnectMs) },
    version: { value: defaults.version },
  },
  label() {
    const network = this.host ? [this.host, this.port].join(':') : '';
    return this.name || (isSerial(this.mode) ? this.serialPath : network) || 'modbus-connection';
  },
  oneditprepare() {
    const translate: Translate = (key, values) => this._(key, values);
    // Of a node from before there was a choice.
    for (const name of ['mode', 'baudRate', 'parity', 'dataBits', 'stopBits'] as const) {
      if (!this[name]) field(name).val(defaults[name]);
    }
    suggest('#modbus-connection-baud-rates', baudRates);
    field('mode').on('change', followMode);
    followMode();
    const texts = {
      button: translate('modbus-connection.test.button'),
      running: translate('modbus-connection.test.running'),
    };
    testButton($('#modbus-connection-test'), texts, () => test(translate));
    field('serialPath').one('focus', () => void suggestPorts());
  },
});
