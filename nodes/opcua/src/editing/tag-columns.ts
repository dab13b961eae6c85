import { isWithin, type TagColumn } from '@bulkhead/node-kit/editor';
import { isAddress } from '../protocol/address.ts';

const isNumber = (value: string): boolean => isWithin({ min: -1e15, max: 1e15 }, value);

/** The columns that reading and writing share. */
export function tagColumns(label: (name: string) => string): TagColumn[] {
  return [
    {
      name: 'nodeId',
      label: label('nodeId'),
      grow: 3.8,
      value: '',
      placeholder: 'ns=2;s=Line1.Temperature',
      isValid: isAddress,
    },
    {
      name: 'topic',
      label: label('topic'),
      grow: 4.6,
      value: '',
      placeholder: 'umh.v1.acme.plant1._raw.temperature',
      isValid: (value) => value !== '',
    },
    { name: 'unit', label: label('unit'), grow: 1.3, value: '' },
    {
      name: 'scale',
      label: label('scale'),
      grow: 1.2,
      value: '1',
      isValid: (value) => isNumber(value) && Number(value) !== 0,
    },
    { name: 'offset', label: label('offset'), grow: 1.2, value: '0', isValid: isNumber },
  ];
}
