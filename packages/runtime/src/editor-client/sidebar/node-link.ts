import { element } from './element.ts';
import { editor } from './editor-api.ts';
import { text } from './texts.ts';

/** A node's name that shows the node in its flow when it is clicked. */
export function nodeLink(nodeId: string, name: string): HTMLElement {
  const link = element('a', 'bulkhead-node', name);
  link.href = '#';
  link.title = text('exit.show');
  link.dataset['node'] = nodeId;
  link.addEventListener('click', (event) => {
    event.preventDefault();
    event.stopPropagation();
    editor().view.reveal(nodeId);
  });
  return link;
}
