import {
  AttributeIds,
  EventFilter,
  FilterOperator,
  LiteralOperand,
  DataType,
  ElementOperand,
  type NodeId,
  resolveNodeId,
  SimpleAttributeOperand,
} from 'node-opcua-client';
import { ContentFilter, ContentFilterElement } from 'node-opcua-types';
import type { EventField, EventRequest } from '../opcua-connection/link.ts';

const BASE_EVENT_TYPE = 'i=2041';

function operandOf({ typeId, path, isNodeId }: EventField): SimpleAttributeOperand {
  return new SimpleAttributeOperand({
    typeDefinitionId: resolveNodeId(typeId),
    browsePath: path.map((name) => {
      const [, index = '0', own = name] = /^(\d{1,5}):(.*)$/s.exec(name) ?? [];
      return { namespaceIndex: Number(index), name: own };
    }),
    attributeId: isNodeId === true ? AttributeIds.NodeId : AttributeIds.Value,
  });
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
      operandOf({ typeId: BASE_EVENT_TYPE, path: ['Severity'] }),
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

export function eventFilterOf({ fields, minSeverity }: EventRequest, type: NodeId | undefined): EventFilter {
  const conditions: ContentFilterElement[] = [];
  if (type !== undefined) conditions.push(ofType(type));
  if (minSeverity !== undefined && minSeverity > 1) conditions.push(fromSeverity(minSeverity));
  return new EventFilter({ selectClauses: fields.map(operandOf), whereClause: whereClause(conditions) });
}
