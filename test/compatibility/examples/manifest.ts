import type { Manifest } from '../../support/compatibility/example.ts';
import { commonExamples } from './common.ts';
import { functionExamples } from './function.ts';
import { networkExamples } from './network.ts';
import { parserExamples } from './parser.ts';
import { sequenceExamples } from './sequence.ts';
import { storageExamples } from './storage.ts';

/** What is done with each example that Node-RED's core nodes bring. */
export const manifest: Manifest = {
  ...commonExamples,
  ...functionExamples,
  ...networkExamples,
  ...parserExamples,
  ...sequenceExamples,
  ...storageExamples,
};
