import type { TagTable } from '@bulkhead/node-kit/editor';
import { serverBrowseButton, type ServerBrowseOptions } from './server-browse-button.ts';
import type { ServerPanelButton } from './server-panel-button.ts';
import { topicsByPath } from './topics-by-path.ts';

export type TagBrowseOptions = Pick<ServerBrowseOptions, 'host' | 'nodeOf' | 'warn' | 'texts'> & {
  table(): TagTable | undefined;
};

/** A button that adds the variables which somebody chooses to a tag table, each with a topic from its browse path. */
export function tagBrowseButton({ table, ...options }: TagBrowseOptions): ServerPanelButton {
  return serverBrowseButton({
    ...options,
    label: options.texts('browse.button'),
    accepts: ({ nodeClass }) => nodeClass === 'variable',
    isMultiple: true,
    choose(picked, details) {
      const taken = (table()?.rows() ?? []).map((row) => row['topic'] ?? '');
      const paths = picked.map(({ path }) => path);
      const topics = topicsByPath(paths, taken);
      table()?.add(
        picked.map(({ address }, index) => {
          const { unit = '', range = '' } = details.get(address) ?? {};
          return { nodeId: address, topic: topics[index] ?? '', unit, range };
        }),
      );
    },
  });
}
