import { compared, leftOut, type Manifest } from '../../support/compatibility/example.ts';

export const sequenceExamples: Manifest = {
  'sequence/batch/01 - Number-based group mode': compared(13),
  'sequence/batch/02 - Time-based group mode': leftOut(
    'its windows of five seconds run from the start of the flow: what falls into one depends on the moment of the button',
  ),
  'sequence/batch/03 - Concatenate mode': compared(2),
  'sequence/join/01 - Automatic join mode': compared(3),
  'sequence/join/02 - Manual join mode': compared(17, {
    // One message a second into windows of two: whether the third falls into the first is a race of two timers.
    countedOnly: ['659414e8.e901fc'],
  }),
  'sequence/join/03 - Reduce sequence mode': compared(4),
  'sequence/sort/01 - Sort array payload': compared(6),
  'sequence/sort/02 - Sort message sequence': compared(30),
  'sequence/split/01 - Split message payload': compared(14),
};
