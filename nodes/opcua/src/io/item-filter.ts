import { DataChangeFilter, DataChangeTrigger, DeadbandType, StatusCodes } from 'node-opcua-client';
import type { ItemRequest, Trigger } from '../opcua-connection/link.ts';

const TRIGGERS: Record<Trigger, DataChangeTrigger> = {
  status: DataChangeTrigger.Status,
  value: DataChangeTrigger.StatusValue,
  timestamp: DataChangeTrigger.StatusValueTimestamp,
};
const DEADBANDS = { absolute: DeadbandType.Absolute, percent: DeadbandType.Percent } as const;

/** Without a filter a server reports changes of status and value; some servers support no filter at all. */
export function filterOf({ trigger, deadband }: ItemRequest): DataChangeFilter | null {
  if (trigger === 'value' && deadband === undefined) return null;
  return new DataChangeFilter({
    trigger: TRIGGERS[trigger],
    deadbandType: deadband === undefined ? DeadbandType.None : DEADBANDS[deadband.kind],
    deadbandValue: deadband?.value ?? 0,
  });
}

const refusals: ReadonlySet<number> = new Set([
  StatusCodes.BadMonitoredItemFilterInvalid.value,
  StatusCodes.BadMonitoredItemFilterUnsupported.value,
  StatusCodes.BadFilterNotAllowed.value,
  StatusCodes.BadDeadbandFilterInvalid.value,
]);

/** True when the server would monitor the item, but not with this deadband. */
export function isFilterRefusal(code: number): boolean {
  return refusals.has(code);
}
