import type { PlainValue } from '../protocol/plain-value.ts';
import { conditionIdName } from './fields.ts';

/** The state of a condition, for whoever answers it. */
export interface AlarmState {
  conditionId: string;
  eventId: string;
  isActive: boolean;
  isAcknowledged: boolean;
  isConfirmed: boolean;
  /** Still of interest to somebody. */
  isRetained: boolean;
}

export interface UaEvent {
  /** By the names that were asked for; `AckedState/Id` is `AckedState.Id`. */
  fields: Record<string, PlainValue>;
  alarm?: AlarmState;
}

/** Begin and end of a refresh are events themselves. */
const REFRESH_START = 'i=2787';
const REFRESH_END = 'i=2788';
const REFRESH_REQUIRED = 'i=2789';

export type EventKind = 'event' | 'refresh-start' | 'refresh-end' | 'refresh-required';

export function kindOf({ fields }: UaEvent): EventKind {
  switch (fields['EventType']) {
    case REFRESH_START:
      return 'refresh-start';
    case REFRESH_END:
      return 'refresh-end';
    case REFRESH_REQUIRED:
      return 'refresh-required';
    default:
      return 'event';
  }
}

function alarmOf(fields: Record<string, PlainValue>): AlarmState | undefined {
  const conditionId = fields[conditionIdName];
  const eventId = fields['EventId'];
  // Events that are no conditions have none, or the null node id.
  if (typeof conditionId !== 'string' || /^(ns=0;)?i=0$/.test(conditionId) || typeof eventId !== 'string')
    return undefined;
  return {
    conditionId,
    eventId,
    isActive: fields['ActiveState.Id'] === true,
    isAcknowledged: fields['AckedState.Id'] === true,
    isConfirmed: fields['ConfirmedState.Id'] === true,
    isRetained: fields['Retain'] === true,
  };
}

export function eventOf(names: readonly string[], values: readonly PlainValue[]): UaEvent {
  const entries = names.map((name, index): [string, PlainValue] => [name.replaceAll('/', '.'), values[index] ?? null]);
  const fields = Object.fromEntries(entries.filter(([, value]) => value !== null));
  const alarm = alarmOf(fields);
  return { fields, ...(alarm === undefined ? {} : { alarm }) };
}
