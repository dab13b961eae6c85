import { isRange, parseDeadband, pollLimits } from '@bulkhead/core';
import { isWithin } from './field-checks.ts';
import type { TagColumn } from './tag-cells.ts';

/** The columns that say when and how often a tag is sent. */
export function readingColumns(label: (name: string) => string): TagColumn[] {
  return [
    {
      name: 'deadband',
      label: label('deadband'),
      grow: 2.2,
      value: '',
      // A range of its own: what is wrong with that one is marked there.
      isValid: (value) => parseDeadband(value, '0..1').ok,
    },
    {
      name: 'range',
      label: label('range'),
      grow: 1.8,
      value: '',
      isValid: (value, row) => (value === '' ? !(row['deadband'] ?? '').endsWith('%') : isRange(value)),
    },
    {
      name: 'heartbeatS',
      label: label('heartbeatS'),
      grow: 2.5,
      value: '',
      isValid: (value) => value === '' || isWithin(pollLimits.heartbeatS, value),
    },
    {
      name: 'pollMs',
      label: label('pollMs'),
      grow: 1.8,
      value: '',
      isValid: (value) => value === '' || isWithin(pollLimits.pollMs, value),
    },
  ];
}
