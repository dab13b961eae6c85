import { heightLeft, isWithinOrVariable, nodeTagTable, type TableRow, type TagTable } from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import { baudRates, connectionLimits } from '../modbus-connection/defaults.ts';
import { tagColumns } from '../modbus-tag/columns.ts';
import { accesses, serverDefaults as defaults, serverLimits as limits } from './defaults.ts';

declare const RED: EditorRED;

let table: TagTable | undefined;

const isSerial = (mode: unknown): boolean => mode === 'rtu';
const field = (name: string): JQuery => $(`#node-input-${name}`);

function followMode(): void {
  const mode = field('mode').val();
  $('.modbus-by-network').toggle(!isSerial(mode));
  $('.modbus-by-serial').toggle(isSerial(mode));
}

const noTags: TableRow[] = [];

RED.nodes.registerType('modbus-server', {
  category: 'Bulkhead',
  color: '#9cc7cf',
  defaults: {
    name: { value: defaults.name },
    mode: { value: defaults.mode },
    host: { value: defaults.host },
    port: { value: defaults.port, validate: isWithinOrVariable(limits.port, true) },
    maxClients: { value: defaults.maxClients, validate: isWithinOrVariable(limits.maxClients, true) },
    serialPath: {
      value: defaults.serialPath,
      validate(value: string) {
        return value !== '' || !isSerial(this.mode);
      },
    },
    baudRate: { value: defaults.baudRate, validate: isWithinOrVariable(connectionLimits.baudRate, true) },
    parity: { value: defaults.parity },
    dataBits: { value: defaults.dataBits },
    stopBits: { value: defaults.stopBits },
    unitId: { value: defaults.unitId, validate: isWithinOrVariable(limits.unitId, true) },
    whenBad: { value: defaults.whenBad },
    output: { value: defaults.output },
    notation: { value: defaults.notation },
    tags: { value: noTags, validate: (tags: unknown) => Array.isArray(tags) && tags.length > 0 },
    version: { value: defaults.version },
  },
  inputs: 1,
  outputs: 1,
  icon: 'modbus-server.svg',
  paletteLabel: 'modbus server',
  label() {
    return this.name || `modbus server ${isSerial(this.mode) ? this.serialPath : this.port}`;
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const translate = (key: string): string => this._(key);
    const label = (name: string): string => translate(`modbus-server.column.${name}`);
    const notation = (): string => String(field('notation').val());
    for (const rate of baudRates) $('#modbus-server-baud-rates').append(new Option(rate, rate));
    field('mode').on('change', followMode);
    followMode();
    const own = tagColumns('modbus-server', translate, notation).filter(({ name }) => name !== 'unitId');
    table = nodeTagTable({
      host: field('tags-table'),
      columns: [
        ...own,
        { name: 'access', label: label('access'), grow: 2.5, value: 'read', options: accesses },
        { name: 'initial', label: label('initial'), grow: 1.4, value: '' },
      ],
      tags: this.tags,
      fileName: 'modbus-server-tags.csv',
      translate: (key) => translate(`modbus-server.${key}`),
    });
  },
  oneditsave() {
    if (table !== undefined) this.tags = table.rows();
  },
  oneditresize(size) {
    table?.setHeight(heightLeft(size.height));
  },
});
