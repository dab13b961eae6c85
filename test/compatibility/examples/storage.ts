import { compared, type Manifest } from '../../support/compatibility/example.ts';

export const storageExamples: Manifest = {
  'storage/read file/01 - Read string from a file': compared(1),
  'storage/read file/02 - Read data in specified encoding': compared(1),
  'storage/read file/03 - Read data breaking lines into messages': compared(4),
  'storage/read file/04 - Create a message stream': compared(1),
  'storage/watch/01 - Watch change of a file': compared(1, { normalisers: ['times'] }),
  'storage/watch/02 - Watch change in a directory': compared(3, { normalisers: ['times'] }),
  'storage/write file/01 - Write string to a file': compared(1),
  'storage/write file/02 - Write string to a file specified by property': compared(1),
  'storage/write file/03 - Delete a file': compared(1, { normalisers: ['times'] }),
  'storage/write file/04 - Specify encoding of written data': compared(1),
};
