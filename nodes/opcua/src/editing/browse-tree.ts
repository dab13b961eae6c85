import type { BrowsedNode } from '../probing/result.ts';

/** A line of the editor's tree; the widget adds `treeList`. */
export interface TreeItem {
  id: string;
  element: JQuery;
  children?: TreeItem[] | ((done: (children: TreeItem[]) => void, item: TreeItem) => void);
  parent?: TreeItem;
  treeList?: { addChild(item: TreeItem): void; remove(): void };
}

/** One page of a list. */
export interface Page {
  nodes: readonly BrowsedNode[];
  /** 0 when it is the last. */
  more: number;
}

export interface BrowseTreeOptions {
  host: HTMLElement;
  /** What lies below a node, or below the root without one; rejects with a reason for a person. */
  children(parent: BrowsedNode | undefined, more: number): Promise<Page>;
  accepts(node: BrowsedNode): boolean;
  isMultiple: boolean;
  onPick(picked: readonly BrowsedNode[]): void;
  translate(key: string): string;
}

export interface BrowseTree {
  /** Shows the top of the server. */
  showTop(): void;
  /** Shows a flat list, with a line for more of it. */
  showFound(page: Page, next: (more: number) => Promise<Page>): void;
}

const icons: Record<BrowsedNode['nodeClass'], string> = {
  object: 'fa-folder-o',
  variable: 'fa-tag',
  method: 'fa-play-circle-o',
  view: 'fa-eye',
};
const widths = { name: '3.2', type: '1.3', value: '1.7', access: '0.9' };

function cell(text: string, grow: string, isFaint = false): HTMLElement {
  const element = document.createElement('span');
  element.textContent = text;
  element.title = text;
  element.style.cssText = `flex: ${grow} 1 0; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; opacity: ${isFaint ? 0.6 : 1};`;
  return element;
}

/** The nodes of a server, unfolded as far as somebody looks, with the values they had then. */
export function browseTree(options: BrowseTreeOptions): BrowseTree {
  const { host, accepts, isMultiple, translate } = options;
  const picked = new Map<string, BrowsedNode>();
  const boxes = new Map<HTMLInputElement, BrowsedNode>();
  let lastId = 0;
  const nextId = (): string => {
    lastId += 1;
    return `opcua-browse-${lastId}`;
  };
  const tree = $(host).treeList({ data: [] });

  const pick = (box: HTMLInputElement, node: BrowsedNode): void => {
    if (!isMultiple) picked.clear();
    if (box.checked) picked.set(node.address, node);
    else picked.delete(node.address);
    // One node may be shown at two places.
    for (const [other, { address }] of boxes) other.checked = picked.has(address);
    options.onPick([...picked.values()]);
  };

  const boxFor = (node: BrowsedNode): HTMLElement => {
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = picked.has(node.address);
    box.style.cssText = 'width: auto; margin: 0 4px 0 0; flex: none;';
    box.addEventListener('click', (event) => event.stopPropagation());
    box.addEventListener('change', () => pick(box, node));
    boxes.set(box, node);
    return box;
  };

  const line = (node: BrowsedNode, title: string): JQuery => {
    const row = document.createElement('div');
    row.className = 'opcua-browse-line';
    row.style.cssText = 'display: flex; gap: 6px; align-items: center; font-size: 12px; min-width: 0;';
    const icon = document.createElement('i');
    icon.className = `fa ${icons[node.nodeClass]}`;
    const name = cell(title, '1');
    name.title = `${node.path.join(' / ')}\n${node.address}`;
    // The widget itself moves each level by 5 px only; within one column, so that the others stay below each other.
    const depth = title === node.name ? node.path.length - 1 : 0;
    const named = document.createElement('span');
    named.style.cssText = `flex: ${widths.name} 1 0; min-width: 0; display: flex; gap: 6px; align-items: center; padding-left: ${depth * 12}px; box-sizing: border-box;`;
    named.append(...(accepts(node) ? [boxFor(node)] : []), icon, name);
    row.append(
      named,
      cell(node.dataType, widths.type),
      cell(node.value, widths.value, !node.isGood),
      cell(node.access === '' ? '' : translate(`access.${node.access}`), widths.access),
    );
    return $(row);
  };

  const textItem = (text: string, onClick?: () => void): TreeItem => {
    const row = document.createElement('div');
    row.textContent = text;
    row.style.cssText = 'font-size: 12px; opacity: 0.8;';
    if (onClick !== undefined) {
      row.style.cssText += 'cursor: pointer; text-decoration: underline;';
      row.addEventListener('click', (event) => {
        event.stopPropagation();
        onClick();
      });
    }
    return { id: nextId(), element: $(row) };
  };

  const itemOf = (node: BrowsedNode, title = node.name): TreeItem => {
    const item: TreeItem = { id: nextId(), element: line(node, title) };
    if (!node.hasChildren) return item;
    item.children = (done, self) => {
      void itemsOf(options.children(node, 0), (more) => options.children(node, more), self).then((items) => {
        self.children = items;
        done(items);
      });
    };
    return item;
  };

  /** The lines of a page, with one for the next page at their end. */
  async function itemsOf(
    page: Promise<Page>,
    next: (more: number) => Promise<Page>,
    parent: TreeItem | undefined,
    titleOf: (node: BrowsedNode) => string = ({ name }) => name,
  ): Promise<TreeItem[]> {
    try {
      const { nodes, more } = await page;
      const items = nodes.map((node) => itemOf(node, titleOf(node)));
      if (more !== 0) items.push(moreItem(more, next, parent, titleOf));
      return items.length === 0 ? [textItem(translate('empty'))] : items;
    } catch (problem) {
      return [textItem(problem instanceof Error ? problem.message : String(problem))];
    }
  }

  let top: TreeItem[] = [];

  function moreItem(
    more: number,
    next: (more: number) => Promise<Page>,
    parent: TreeItem | undefined,
    titleOf: (node: BrowsedNode) => string,
  ): TreeItem {
    let isAsked = false;
    const item = textItem(translate('more'), () => {
      if (isAsked) return;
      isAsked = true;
      item.element.text(translate('running'));
      void itemsOf(next(more), next, parent, titleOf).then((items) => {
        if (parent?.treeList === undefined) {
          top = [...top.filter((known) => known !== item), ...items];
          tree.treeList('data', top);
          return;
        }
        item.treeList?.remove();
        for (const fresh of items) parent.treeList.addChild(fresh);
      });
    });
    return item;
  }

  const show = (items: TreeItem[]): void => {
    boxes.clear();
    top = items;
    tree.treeList('data', items);
  };

  return {
    showTop() {
      show([textItem(translate('running'))]);
      const next = (more: number): Promise<Page> => options.children(undefined, more);
      void itemsOf(next(0), next, undefined).then(show);
    },
    showFound(page, next) {
      const titleOf = ({ path }: BrowsedNode): string => path.join(' / ');
      void itemsOf(Promise.resolve(page), next, undefined, titleOf).then(show);
    },
  };
}
