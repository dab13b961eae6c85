import { isRange, parseDeadband, pollLimits } from '@bulkhead/core';
import { isWithin, type TagColumn } from '@bulkhead/node-kit/editor';
import { tagColumns } from '../editing/tag-columns.ts';
import { indexRangePattern } from '../opcua-tag/tag-row.ts';
import { readLimits, shapes, tagDefaults, triggers } from './defaults.ts';

/** The columns of the tag table of an `opcua-read`. */
export function readColumns(label: (name: string) => string): TagColumn[] {
  const column = (name: keyof typeof tagDefaults, grow: number, isValid?: TagColumn['isValid']): TagColumn => ({
    name,
    label: label(name),
    grow,
    value: tagDefaults[name],
    ...(isValid === undefined ? {} : { isValid }),
  });
  return [
    ...tagColumns(label),
    column('samplingMs', 1.9, (value) => isWithin(readLimits.samplingMs, value)),
    column('queueSize', 1.2, (value) => isWithin(readLimits.queueSize, value)),
    { ...column('trigger', 2.2), options: triggers },
    // A range of its own: what is wrong with that one is marked there. Without one the server's own counts.
    column('deadband', 1.9, (value) => parseDeadband(value, '0..1').ok),
    column('range', 1.5, (value) => value === '' || isRange(value)),
    column('heartbeatS', 1.2, (value) => value === '' || isWithin(pollLimits.heartbeatS, value)),
    { ...column('as', 2), options: shapes },
    column('indexRange', 1.2, (value) => value === '' || indexRangePattern.test(value)),
    column('stepUs', 1.7, (value) => value === '' || isWithin(readLimits.stepUs, value)),
  ];
}
