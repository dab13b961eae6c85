const deadbandPattern = /^(\d+(?:\.\d+)?)\s*(%?)$/;
const rangePattern = /^(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)$/;

export type Deadband = { ok: true; threshold: number } | { ok: false; problem: string };

/** A deadband as a person writes it: `0.5`, or `2%` of the width of a range such as `0..100`. Empty: 0. */
export function parseDeadband(text: string, range: string): Deadband {
  if (text === '') return { ok: true, threshold: 0 };
  const match = deadbandPattern.exec(text);
  if (match === null) return { ok: false, problem: `deadband is "${text}", write 0.5 or, of the range, 2%` };
  const number = Number(match[1]);
  if (match[2] !== '%') return { ok: true, threshold: number };
  const ends = rangePattern.exec(range);
  if (ends === null)
    return { ok: false, problem: 'a deadband in percent needs the range of the value, such as 0..100' };
  return { ok: true, threshold: (number * Math.abs(Number(ends[2]) - Number(ends[1]))) / 100 };
}

/** True for two numbers with two dots between them. */
export function isRange(text: string): boolean {
  return rangePattern.test(text);
}
