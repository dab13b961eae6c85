/** What the editor says at a deploy when the plan knows something to be wrong. */
import { editor } from './sidebar/editor-api.ts';

interface PlanLines {
  readonly lines: readonly { readonly text: string; readonly nodeId?: string }[];
}

export function isPlan(data: unknown): data is PlanLines {
  return typeof data === 'object' && data !== null && 'lines' in data && Array.isArray(data.lines);
}

export function planNotice({ lines }: PlanLines): HTMLElement {
  const box = document.createElement('div');
  for (const { text, nodeId } of lines.slice(0, mostLines)) box.append(line(text, nodeId));
  if (lines.length > mostLines) box.append(line(`… ${lines.length - mostLines} more: see the sidebar "Compartments"`));
  return box;
}

const mostLines = 5;

function line(text: string, nodeId?: string): HTMLElement {
  const paragraph = document.createElement('p');
  paragraph.style.margin = '4px 0';
  if (nodeId === undefined) paragraph.textContent = text;
  else {
    const link = document.createElement('a');
    link.href = '#';
    link.textContent = text;
    link.addEventListener('click', (event) => {
      event.preventDefault();
      editor().view.reveal(nodeId);
    });
    paragraph.append(link);
  }
  return paragraph;
}
