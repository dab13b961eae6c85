import { isRecord } from '@bulkhead/core';
import type { FlowNode } from '../../protocol/messages.ts';
import type { Finding, Flows } from './finding.ts';

/**
 * Topics that two nodes give values to: the namespace would jump between the two.
 *
 * Tags of readers are held against tags, fixed topics of publishers against each other; a reader and the publisher
 * that sends its values are no pair.
 */
export function duplicatePublishers(flows: Flows): Finding[] {
  const running = flows.nodes.filter((node) => flows.runs(node));
  return [
    ...duplicates(flows, running, tagTopics),
    ...duplicates(flows, running, (node) => (node.type === 'uns-publish' ? texts([node['topic']]) : [])),
  ];
}

function duplicates(
  flows: Flows,
  nodes: readonly FlowNode[],
  topicsOf: (node: FlowNode) => readonly string[],
): Finding[] {
  const owner = new Map<string, FlowNode>();
  const found: Finding[] = [];
  for (const node of nodes) {
    for (const topic of topicsOf(node)) {
      const first = owner.get(topic);
      if (!first) owner.set(topic, node);
      else {
        const whose = first.id === node.id ? 'this node has it in another row' : `${first.name || first.id} has it too`;
        found.push(flows.finding('duplicate-publisher', node, `the topic ${topic} has two sources: ${whose}`));
      }
    }
  }
  return found;
}

/**
 * Of nodes that read with a table of tags. One that writes or serves has such a table as well, of what it is given; and
 * the history of a tag belongs under the topic of its reader.
 */
function tagTopics(node: FlowNode): string[] {
  const { tags } = node;
  return node.type.endsWith('-read') && Array.isArray(tags)
    ? texts(tags.map((tag: unknown) => (isRecord(tag) ? tag['topic'] : undefined)))
    : [];
}

const texts = (values: readonly unknown[]): string[] =>
  values.filter((value) => typeof value === 'string').filter((value) => value !== '' && !value.includes('${'));
