import { isWithin, type TagColumn } from '@bulkhead/node-kit/editor';
import { NOTATIONS, parseAddress } from '../protocol/address.ts';
import { AREAS, BYTE_ORDERS, REGISTER_TYPES } from '../protocol/register-type.ts';
import { tagDefaults, tagLimits } from './defaults.ts';

/** The columns of a Modbus tag table that reading and writing share; texts lie below `<type>.column`. */
export function tagColumns(type: string, translate: (key: string) => string, notation: () => string): TagColumn[] {
  const label = (name: string): string => translate(`${type}.column.${name}`);
  const isAddress = (value: string, area: string | undefined): boolean =>
    parseAddress(
      value,
      NOTATIONS.find((known) => known === notation()) ?? 'zero',
      AREAS.find((known) => known === area) ?? 'holding',
    ).ok;
  return [
    {
      name: 'topic',
      label: label('topic'),
      grow: 4,
      value: tagDefaults.topic,
      placeholder: 'umh.v1.acme.plant1._raw.temperature',
      isValid: (value) => value !== '',
    },
    { name: 'area', label: label('area'), grow: 2.4, value: tagDefaults.area, options: AREAS },
    {
      name: 'address',
      label: label('address'),
      grow: 1.7,
      value: tagDefaults.address,
      isValid: (value, row) => isAddress(value, row['area']),
    },
    {
      name: 'type',
      label: label('type'),
      grow: 2.4,
      value: tagDefaults.type,
      options: REGISTER_TYPES,
      isValid: (value, row) => value === 'bool' || row['area'] === 'input' || row['area'] === 'holding',
    },
    {
      name: 'count',
      label: label('count'),
      grow: 1.35,
      value: tagDefaults.count,
      isValid: (value) => value === '' || isWithin(tagLimits.count, value),
    },
    { name: 'order', label: label('order'), grow: 2, value: tagDefaults.order, options: BYTE_ORDERS },
    {
      name: 'scale',
      label: label('scale'),
      grow: 1.25,
      value: tagDefaults.scale,
      isValid: (value) => isWithin(tagLimits.number, value) && Number(value) !== 0,
    },
    {
      name: 'offset',
      label: label('offset'),
      grow: 1.25,
      value: tagDefaults.offset,
      isValid: (value) => isWithin(tagLimits.number, value),
    },
    { name: 'unit', label: label('unit'), grow: 1.35, value: tagDefaults.unit },
    {
      name: 'unitId',
      label: label('unitId'),
      grow: 1.4,
      value: tagDefaults.unitId,
      isValid: (value) => value === '' || isWithin(tagLimits.unitId, value),
    },
  ];
}

/** Microseconds between the values of a waveform. */
export function stepColumn(label: string): TagColumn {
  return {
    name: 'stepUs',
    label,
    grow: 1.8,
    value: tagDefaults.stepUs,
    isValid: (value) => value === '' || isWithin(tagLimits.stepUs, value),
  };
}
