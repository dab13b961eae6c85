/** What a program that looks into Node-RED found, by name, for the tests of another process. */
import { errorMessage } from '../../packages/core/src/index.ts';

export interface Facts {
  /** Finds one; a fact that could not be had is the text of why, so that one that breaks does not hide the others. */
  fact(name: string, find: () => unknown): Promise<void>;
  /** As the last line of the output. */
  print(): void;
}

export function createFacts(): Facts {
  const facts: Record<string, unknown> = {};
  return {
    async fact(name, find) {
      try {
        facts[name] = await find();
      } catch (error) {
        facts[name] = errorMessage(error);
      }
    },
    print: () => console.log(`\n${JSON.stringify(facts)}`),
  };
}
