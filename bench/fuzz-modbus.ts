/** A million and a half broken registers, frames and requests for the Modbus palette: nothing throws, and nothing wrong is good. About 10 seconds. */
import { printFigure } from './support/figures.ts';
import { fuzzFrames, fuzzRegisters, fuzzServer } from './support/modbus-fuzz.ts';

const fuzzed = [fuzzRegisters(1_000_000), fuzzFrames(300_000), fuzzServer(300_000)];
for (const figure of fuzzed) printFigure({ bench: 'fuzz-modbus', ...figure });
if (fuzzed.some(({ faults }) => faults > 0)) process.exitCode = 1;
