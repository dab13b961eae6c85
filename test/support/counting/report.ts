import type { SourceResult } from './compare.ts';

/** One line per source, for people. */
export function printResults(results: readonly SourceResult[]): void {
  for (const { source, stored, waveforms, missing, twice, different, unexplained, explained } of results) {
    const what = source === 'OPC UA' ? `${stored} changes (${waveforms} waveforms)` : `${stored} reads`;
    const extra = Object.entries(explained).map(([reason, count]) => `, ${count} more: ${reason}`);
    console.log(
      `      ${source}: ${what} stored once, ${missing.length} missing, ${twice.length} twice, ` +
        `${different.length} different, ${unexplained.length} unexplained${extra.join('')}`,
    );
  }
}

/** Everything that must never be, whatever was killed; a few examples of each. */
export function faultsOf(results: readonly SourceResult[]): string[] {
  return results.flatMap(({ twice, different, unexplained }) =>
    [twice, different, unexplained].flatMap((faults) => faults.slice(0, 5)),
  );
}
