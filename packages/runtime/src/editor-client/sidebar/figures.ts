/** Numbers and times as the sidebar writes them. */
import { language } from './texts.ts';

const number = (value: number, digits: number): string =>
  value.toLocaleString(language(), { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const percent = (value: number): string => `${number(value, value < 10 ? 1 : 0)} %`;
export const milliseconds = (value: number): string => `${number(value, value < 10 ? 1 : 0)} ms`;
export const megabytes = (bytes: number): string => `${number(bytes / 2 ** 20, 0)} MB`;

const steps = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const;

/** "3 min. ago"; `at` in epoch ms. */
export function ago(at: number, now = Date.now()): string {
  const past = Math.max(0, now - at);
  const { unit, ms } = steps.find((step) => past >= step.ms) ?? { unit: 'second', ms: 1_000 };
  return new Intl.RelativeTimeFormat(language(), { style: 'short' }).format(-Math.floor(past / ms), unit);
}

export const dateTime = (at: number): string => new Date(at).toLocaleString(language());
export const timeOfDay = (at: number): string =>
  new Date(at).toLocaleTimeString(language(), { hour12: false, timeStyle: 'medium' });
