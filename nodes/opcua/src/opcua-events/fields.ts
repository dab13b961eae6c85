import type { EventField } from '../opcua-connection/link.ts';
import { parseStep } from '../protocol/address.ts';
import { splitSteps } from './field-names.ts';

const BASE = 'i=2041';
const CONDITION = 'i=2782';
const ACKNOWLEDGEABLE = 'i=2881';
const ALARM = 'i=2915';

/** Fields by the type that has them (OPC 10000-5, clause 6.4.2; OPC 10000-9, clause 5). */
const known: ReadonlyArray<readonly [typeId: string, names: readonly string[]]> = [
  [BASE, ['EventId', 'EventType', 'SourceNode', 'SourceName', 'Time', 'ReceiveTime', 'Message', 'Severity']],
  [
    CONDITION,
    ['ConditionName', 'BranchId', 'Retain', 'EnabledState/Id', 'Quality', 'LastSeverity', 'Comment', 'ClientUserId'],
  ],
  [ACKNOWLEDGEABLE, ['AckedState/Id', 'ConfirmedState/Id']],
  [ALARM, ['ActiveState/Id', 'SuppressedOrShelved']],
];

/** The node id of the condition, which is no field of its own. */
export const conditionIdName = 'ConditionId';

export const standardFields: readonly string[] = [...known.flatMap(([, names]) => names), conditionIdName];

/** A field as it is written: `Severity`, `AckedState/Id`, `2:BatchNumber`, `filler:BatchNumber`; nothing when it is none. */
export function fieldOf(name: string, ofType: string | undefined): EventField | undefined {
  if (name === conditionIdName) return { typeId: CONDITION, path: [], isNodeId: true };
  const owner = known.find(([, names]) => names.includes(name));
  const steps = splitSteps(name);
  const path = steps.flatMap((part) => parseStep(part) ?? []);
  if (path.length !== steps.length) return undefined;
  return { typeId: owner?.[0] ?? ofType ?? BASE, path };
}
