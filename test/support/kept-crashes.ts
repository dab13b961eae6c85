import type { Crashes } from '../../packages/runtime/src/supervisor/compartments/ports.ts';
import { type CrashReport, crashReportOf } from '../../packages/runtime/src/supervisor/crashes/crash-report.ts';

/** Crash reports in memory, without messages in hand. */
export function keptCrashes(): Crashes {
  const all = new Map<string, CrashReport[]>();
  return {
    reports: (id) => all.get(id) ?? [],
    runs() {},
    add(id, exit, nodeName) {
      const report = crashReportOf(exit, nodeName, null);
      all.set(id, [...(all.get(id) ?? []), report]);
      return report;
    },
  };
}
