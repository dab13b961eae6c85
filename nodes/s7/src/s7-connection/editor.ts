import { button, fieldsOfForm, isWithinOrVariable, testButton } from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import { askPlc, connectionFields } from '../editing/ask-plc.ts';
import { formatSymbolLines, parseSymbolLines } from '../protocol/symbol-lines.ts';
import { importSymbols } from '../symbol-import/import-symbols.ts';
import {
  connectionDefaults as defaults,
  connectionLimits as limits,
  isByTsap,
  plcs,
  presets,
  tsapPattern,
} from './defaults.ts';

declare const RED: EditorRED;

type Translate = (key: string, values?: Record<string, string | number>) => string;

const field = (name: string): JQuery => $(`#node-config-input-${name}`);

/** Rack and slot, or the access points, as the chosen PLC has them. */
function followPlc(): void {
  const chosen = plcs.find((plc) => plc === field('plc').val()) ?? 's7-1500';
  $('.s7-by-rack').toggle(!isByTsap(chosen));
  $('.s7-by-tsap').toggle(isByTsap(chosen));
}

function fillIn(): void {
  followPlc();
  const preset = presets[plcs.find((plc) => plc === field('plc').val()) ?? 'rack'];
  for (const [name, value] of Object.entries(preset ?? {})) field(name).val(value).trigger('change');
}

async function test(translate: Translate): Promise<string> {
  const say = (key: string, values: Record<string, string | number>): string =>
    translate(`s7-connection.test.${key}`, values);
  const answer = await askPlc({ kind: 'test', connection: fieldsOfForm(connectionFields) });
  if (!answer.ok) return say('unreachable', { reason: answer.reason });
  const { result } = answer;
  if (result.kind === 'failed') return say('bad', { reason: result.reason });
  if (result.kind !== 'connected') return '';
  const { module, pduBytes, parallel, ms } = result;
  return say(module === '' ? 'good' : 'goodModule', { module, pdu: pduBytes, parallel, ms });
}

function symbolButtons(translate: Translate): void {
  const count = document.createElement('span');
  count.className = 'note';
  const show = (): void => {
    const symbols = parseSymbolLines(String(field('symbols').val() ?? ''));
    count.textContent = translate(`s7-connection.symbols.${symbols.length === 1 ? 'countOne' : 'count'}`, {
      count: symbols.length,
    });
  };
  const file = document.createElement('input');
  file.type = 'file';
  file.accept = '.xlsx,.csv,.sdf,.asc,.txt';
  file.style.display = 'none';
  const take = async (chosen: File): Promise<void> => {
    const found = await importSymbols(new Uint8Array(await chosen.arrayBuffer()));
    const all = new Map(
      [...parseSymbolLines(String(field('symbols').val() ?? '')), ...found].map((symbol) => [symbol.name, symbol]),
    );
    field('symbols')
      .val(formatSymbolLines([...all.values()]))
      .trigger('change');
    show();
    if (found.length === 0) RED.notify(translate('s7-connection.symbols.none', { file: chosen.name }), 'warning');
  };
  file.addEventListener('change', () => {
    const chosen = file.files?.[0];
    file.value = '';
    if (chosen === undefined) return;
    take(chosen).catch((problem: unknown) => {
      const reason = problem instanceof Error ? problem.message : String(problem);
      RED.notify(translate('s7-connection.symbols.unreadable', { file: chosen.name, reason }), 'error');
    });
  });
  const forget = (): void => {
    field('symbols').val('').trigger('change');
    show();
  };
  $('#s7-connection-symbols').append(
    button('upload', translate('s7-connection.symbols.import'), () => file.click()),
    ' ',
    button('times', translate('s7-connection.symbols.clear'), forget),
    count,
    file,
  );
  show();
}

const isTsap = (value: string): boolean => /^\$\{\w+\}$/.test(value) || tsapPattern.test(value);

RED.nodes.registerType('s7-connection', {
  category: 'config',
  defaults: {
    name: { value: defaults.name },
    host: { value: defaults.host, required: true },
    port: { value: defaults.port, validate: isWithinOrVariable(limits.port) },
    plc: { value: defaults.plc },
    rack: { value: defaults.rack, validate: isWithinOrVariable(limits.rack) },
    slot: { value: defaults.slot, validate: isWithinOrVariable(limits.slot) },
    localTsap: { value: defaults.localTsap, validate: isTsap },
    remoteTsap: { value: defaults.remoteTsap, validate: isTsap },
    timeoutMs: { value: defaults.timeoutMs, validate: isWithinOrVariable(limits.timeoutMs) },
    pduBytes: { value: defaults.pduBytes, validate: isWithinOrVariable(limits.pduBytes) },
    parallel: { value: defaults.parallel, validate: isWithinOrVariable(limits.parallel) },
    maxSessions: { value: defaults.maxSessions, validate: isWithinOrVariable(limits.maxSessions, true) },
    allowWrites: { value: defaults.allowWrites },
    symbols: { value: defaults.symbols },
    reconnectFirstMs: { value: defaults.reconnectFirstMs, validate: isWithinOrVariable(limits.reconnectMs) },
    reconnectMaxMs: { value: defaults.reconnectMaxMs, validate: isWithinOrVariable(limits.reconnectMs) },
    version: { value: defaults.version },
  },
  label() {
    return this.name || (this.host ? [this.host, this.port].join(':') : 's7-connection');
  },
  oneditprepare() {
    const translate: Translate = (key, values) => this._(key, values);
    followPlc();
    // Not for the value that is set when the dialog opens.
    setTimeout(() => field('plc').on('change', fillIn));
    symbolButtons(translate);
    const texts = { button: translate('s7-connection.test.button'), running: translate('s7-connection.test.running') };
    testButton($('#s7-connection-test'), texts, () => test(translate));
  },
});
