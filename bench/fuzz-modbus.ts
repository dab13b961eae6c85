/** Five million broken registers, answers, frames and requests for the Modbus palette: nothing throws, and nothing wrong is good. About 10 seconds. */
import { printFigure } from './support/figures.ts';
import { fuzzAnswers, fuzzFrames, fuzzRegisters, fuzzServer } from './support/modbus-fuzz.ts';

const fuzzed = [fuzzRegisters(1_000_000), fuzzAnswers(1_000_000), fuzzFrames(2_000_000), fuzzServer(1_000_000)];
for (const figure of fuzzed) printFigure({ bench: 'fuzz-modbus', ...figure });
if (fuzzed.some(({ faults }) => faults > 0)) process.exitCode = 1;
