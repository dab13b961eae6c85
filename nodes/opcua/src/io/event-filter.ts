import {
  AttributeIds,
  EventFilter,
  FilterOperator,
  LiteralOperand,
  DataType,
  ElementOperand,
  type NodeId,
  QualifiedName,
  resolveNodeId,
  SimpleAttributeOperand,
  StatusCodes,
} from 'node-opcua-client';
import { ContentFilter, ContentFilterElement } from 'node-opcua-types';
import type { EventRequest } from '../opcua-connection/link.ts';
import type { LiveSession } from './live-session.ts';

const BASE_EVENT_TYPE = 'i=2041';

function operandOf(typeDefinitionId: NodeId, path: readonly QualifiedName[], isNodeId = false): SimpleAttributeOperand {
  const attributeId = isNodeId ? AttributeIds.NodeId : AttributeIds.Value;
  return new SimpleAttributeOperand({ typeDefinitionId, browsePath: [...path], attributeId });
}

function ofType(type: NodeId): ContentFilterElement {
  return new ContentFilterElement({
    filterOperator: FilterOperator.OfType,
    filterOperands: [new LiteralOperand({ value: { dataType: DataType.NodeId, value: type } })],
  });
}

function fromSeverity(least: number): ContentFilterElement {
  return new ContentFilterElement({
    filterOperator: FilterOperator.GreaterThanOrEqual,
    filterOperands: [
      operandOf(resolveNodeId(BASE_EVENT_TYPE), [new QualifiedName({ namespaceIndex: 0, name: 'Severity' })]),
      new LiteralOperand({ value: { dataType: DataType.UInt16, value: least } }),
    ],
  });
}

function whereClause(conditions: readonly ContentFilterElement[]): ContentFilter {
  if (conditions.length < 2) return new ContentFilter({ elements: [...conditions] });
  // The first element refers to the others by their places (OPC 10000-4, clause 7.7.1).
  const all = new ContentFilterElement({
    filterOperator: FilterOperator.And,
    filterOperands: conditions.map((_condition, at) => new ElementOperand({ index: at + 1 })),
  });
  return new ContentFilter({ elements: [all, ...conditions] });
}

export type EventFilterResult = { ok: true; filter: EventFilter } | { ok: false; code: number };

/**
 * The filter in the numbers of this session. What the server does not have is refused: without its type the server would
 * send all events, and without its namespace a field of another name.
 */
export async function eventFilterOf(
  { resolve, indexOf }: Pick<LiveSession, 'resolve' | 'indexOf'>,
  { fields, ofType: wantedType, minSeverity }: EventRequest,
): Promise<EventFilterResult> {
  const types = await resolve([
    ...fields.map(({ typeId }) => typeId),
    ...(wantedType === undefined ? [] : [wantedType]),
  ]);
  const selectClauses: SimpleAttributeOperand[] = [];
  for (const [at, { path, isNodeId }] of fields.entries()) {
    const type = types[at];
    if (type?.ok !== true) return { ok: false, code: type?.code ?? StatusCodes.BadNodeIdUnknown.value };
    const names: QualifiedName[] = [];
    for (const { namespace, name } of path) {
      const namespaceIndex = indexOf(namespace);
      if (namespaceIndex === undefined) return { ok: false, code: StatusCodes.BadBrowseNameInvalid.value };
      names.push(new QualifiedName({ namespaceIndex, name }));
    }
    selectClauses.push(operandOf(type.nodeId, names, isNodeId));
  }
  const conditions: ContentFilterElement[] = [];
  const type = wantedType === undefined ? undefined : types[fields.length];
  if (type?.ok === false) return { ok: false, code: type.code };
  if (type !== undefined) conditions.push(ofType(type.nodeId));
  if (minSeverity !== undefined && minSeverity > 1) conditions.push(fromSeverity(minSeverity));
  return { ok: true, filter: new EventFilter({ selectClauses, whereClause: whereClause(conditions) }) };
}
