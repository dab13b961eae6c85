import type { TagColumn } from '@bulkhead/node-kit/editor';
import { parseAddress } from '../protocol/address.ts';
import { parseDataType } from '../protocol/data-type.ts';
import { FIXED_TYPES } from '../protocol/s7-type.ts';

const isNumber = (value: string): boolean => value !== '' && Number.isFinite(Number(value));

/** The columns that reading and writing share. */
export function tagColumns(label: (name: string) => string): TagColumn[] {
  return [
    {
      name: 'topic',
      label: label('topic'),
      grow: 4.9,
      value: '',
      placeholder: 'umh.v1.acme.plant1._raw.temperature',
      isValid: (value) => value !== '',
    },
    {
      name: 'address',
      label: label('address'),
      grow: 3,
      value: '',
      placeholder: 'DB1.DBD4',
      isValid: (value) => parseAddress(value).ok,
    },
    {
      name: 'type',
      label: label('type'),
      grow: 2.2,
      value: '',
      suggestions: [...FIXED_TYPES, 'STRING[20]', 'WSTRING[20]', 'ARRAY[0..9] OF INT'],
      isValid: (value) => value === '' || parseDataType(value).ok,
    },
    { name: 'unit', label: label('unit'), grow: 1.5, value: '' },
    {
      name: 'scale',
      label: label('scale'),
      grow: 1.5,
      value: '1',
      isValid: (value) => isNumber(value) && Number(value) !== 0,
    },
    { name: 'offset', label: label('offset'), grow: 1.5, value: '0', isValid: isNumber },
  ];
}
