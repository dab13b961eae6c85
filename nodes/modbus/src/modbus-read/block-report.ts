import { exceptionName } from '../protocol/exception.ts';
import type { Block } from '../protocol/read-plan.ts';
import type { ModbusTag } from '../modbus-tag/read-tag.ts';
import type { BlockOutcome } from './samples.ts';

const mostNamed = 3;

function reasonOf(outcome: BlockOutcome): string | undefined {
  switch (outcome.kind) {
    case 'values':
    case 'done':
      return undefined;
    case 'exception':
      return `${exceptionName(outcome.code)} (exception ${outcome.code})`;
    case 'garbled':
      return `an answer that does not fit the request: ${outcome.reason}`;
    case 'timeout':
      return 'no answer in time';
    case 'silent-unit':
      return 'this unit does not answer; it is asked again now and then';
    case 'queue-full':
      return 'too many requests wait already';
  }
}

/**
 * Reports a block that begins to fail, or to fail for another reason, and not again until it has been read in between.
 */
export function createBlockReport(
  tags: readonly ModbusTag[],
  report: (problem: string) => void,
): (block: Block, outcome: BlockOutcome) => void {
  const failing = new Map<Block, string>();
  return (block, outcome) => {
    const reason = reasonOf(outcome);
    if (reason === undefined) {
      failing.delete(block);
      return;
    }
    if (failing.get(block) === reason) return;
    failing.set(block, reason);
    const names = block.members.slice(0, mostNamed).map((member) => tags[member]?.topic ?? '');
    const more = block.members.length - names.length;
    const whose = `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    const last = block.address + block.count - 1;
    report(`${block.area} ${block.address} to ${last}: ${reason}; bad are now ${whose}`);
  };
}
