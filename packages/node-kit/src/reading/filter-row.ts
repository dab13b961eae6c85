import { parseDeadband, pollLimits } from '@bulkhead/core';
import type { ConfigReader } from '../config-reader.ts';
import type { TagFilter } from './read-tag.ts';

/** The columns of a tag table that say when and how often a tag is sent: pollMs, deadband, range and heartbeatS. */
export function readFilterColumns(row: ConfigReader): { pollMs?: number; filter?: TagFilter } {
  const hasRate = row.text('pollMs', '') !== '';
  const pollMs = row.number('pollMs', pollLimits.pollMs.max, pollLimits.pollMs);
  const filter = readFilter(row);
  return { ...(hasRate ? { pollMs } : {}), ...(filter === undefined ? {} : { filter }) };
}

function readFilter(row: ConfigReader): TagFilter | undefined {
  const text = row.text('deadband', '');
  const hasHeartbeat = row.text('heartbeatS', '') !== '';
  const heartbeatS = row.number('heartbeatS', pollLimits.heartbeatS.max, pollLimits.heartbeatS);
  const deadband = parseDeadband(text, row.text('range', ''));
  if (!deadband.ok) row.problem(deadband.problem);
  if (text === '' && !hasHeartbeat) return undefined;
  const threshold = deadband.ok ? deadband.threshold : 0;
  return { method: 'deadband', threshold, ...(hasHeartbeat ? { maxIntervalMs: heartbeatS * 1000 } : {}) };
}
