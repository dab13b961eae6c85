import { isRecord } from '@bulkhead/core';
import type { OeeConfig } from './config.ts';
import type { CounterMemory } from './counter-log.ts';
import type { StateEntry } from './timeline.ts';

/** What a calculation must remember to go on within the same window. Plain data: a context store writes it as JSON. */
export interface Memory {
  openStart: number;
  /** Absent until the first window was reported. */
  reportedUntil?: number;
  newest: number;
  states: StateEntry[];
  totals: CounterMemory;
  seconds: CounterMemory;
  /** Samples came too late while this window was open. */
  hadLate: boolean;
}

/** What is written down: with other settings the same samples mean something else. */
export interface Note {
  settings: string;
  memory: Memory;
}

export function noteOf(config: OeeConfig, memory: Memory): Note {
  return { settings: settingsOf(config), memory };
}

/**
 * The memory in what a context store gives back; undefined when there is none, when it is of other settings, or when
 * its window has closed in the meantime: nobody watched the machine since.
 */
export function memoryOf(config: OeeConfig, note: unknown, now: number): Memory | undefined {
  if (!isRecord(note) || note.settings !== settingsOf(config) || !isMemory(note.memory)) return undefined;
  const { memory } = note;
  const isOver = config.closing === 'clock' && now >= memory.openStart + config.windowMs + config.graceMs;
  return isOver ? undefined : memory;
}

function settingsOf(config: OeeConfig): string {
  const { runningStates, plannedStates } = config;
  return JSON.stringify({ ...config, runningStates: [...runningStates], plannedStates: [...plannedStates] });
}

function isMemory(candidate: unknown): candidate is Memory {
  if (!isRecord(candidate)) return false;
  const { openStart, reportedUntil, newest, states, totals, seconds, hadLate } = candidate;
  return (
    Number.isFinite(openStart) &&
    (reportedUntil === undefined || Number.isFinite(reportedUntil)) &&
    Number.isFinite(newest) &&
    isListOf(states, (entry) => Number.isFinite(entry.time) && isState(entry.state)) &&
    isCounterMemory(totals) &&
    isCounterMemory(seconds) &&
    typeof hadLate === 'boolean'
  );
}

function isState(state: unknown): boolean {
  return state === null || ['number', 'string', 'boolean'].includes(typeof state);
}

function isCounterMemory(candidate: unknown): boolean {
  if (!isRecord(candidate)) return false;
  const { entries, since, lastBad } = candidate;
  const isSince = since === undefined || Number.isFinite(since);
  return isSince && isListOf(entries, isCounterEntry) && Array.isArray(lastBad) && lastBad.every(isPair);
}

function isPair(candidate: unknown): boolean {
  return Array.isArray(candidate) && candidate.length === 2 && candidate.every(Number.isFinite);
}

function isCounterEntry({ time, first, last, within, hadReset, hadJump }: Record<string, unknown>): boolean {
  return (
    [time, first, last, within].every(Number.isFinite) && typeof hadReset === 'boolean' && typeof hadJump === 'boolean'
  );
}

function isListOf(list: unknown, isEntry: (entry: Record<string, unknown>) => boolean): boolean {
  return Array.isArray(list) && list.every((entry) => isRecord(entry) && isEntry(entry));
}
