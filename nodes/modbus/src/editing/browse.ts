import { browseButton, browseList, fieldsOfNode, type TagTable, topicsFor } from '@bulkhead/node-kit/editor';
import { mostProbed } from '../probing/question.ts';
import { NOTATIONS } from '../protocol/address.ts';
import { isBitArea } from '../protocol/register-type.ts';
import { askDevice, connectionFields } from './ask-device.ts';
import { browsedAreas, browsedTypes, type Register, registersFrom } from './register-list.ts';

export interface BrowseOptions {
  host: JQuery;
  /** The connection node of that id, as the editor knows it. */
  nodeOf(id: string): unknown;
  warn(text: string): void;
  translate(key: string, values?: Record<string, string | number>): string;
  table(): TagTable;
}

/** A button that opens the registers of the device with what they hold, to be picked into the table. */
export function deviceBrowseButton({ host, nodeOf, warn, translate, table }: BrowseOptions): HTMLElement {
  const notation = () => NOTATIONS.find((known) => known === $('#node-input-notation').val()) ?? 'zero';

  const add = (picked: readonly Register[]): void => {
    const taken = table()
      .rows()
      .map((row) => row['topic'] ?? '');
    const names = picked.map(({ row: { area, address } }) => `${area}_${address}`);
    const topics = topicsFor(names, taken);
    table().add(picked.map(({ row }, index) => ({ ...row, topic: topics[index] ?? '' })));
  };

  return browseButton<Register>({
    host,
    label: translate('button'),
    nodeOf,
    warn: () => warn(translate('noConnection')),
    open(connection, close) {
      const own = String($('#node-input-unitId').val() ?? '');
      const fields = fieldsOfNode(connection, connectionFields);
      const asked = own === '' ? fields : { ...fields, unitId: own };
      const list = browseList<Register>({
        translate,
        types: browsedTypes,
        sources: [],
        mostShown: mostProbed,
        async values(items) {
          list.say(translate('running'));
          const tags = items.map(({ row }) => row);
          const answer = await askDevice({ kind: 'values', connection: asked, notation: notation(), tags });
          if (answer.ok && answer.result.kind === 'values') {
            list.say('');
            return answer.result.values;
          }
          const reason = answer.ok ? (answer.result.kind === 'failed' ? answer.result.reason : '') : answer.reason;
          list.say(translate('unreachable', { reason }));
          return undefined;
        },
        add,
        onClose: close,
      });
      // Only now: what is offered is asked for its values at once, and they are reported in the list.
      list.offer(
        browsedAreas.map((area) => ({
          key: area,
          label: translate(`area.${area}`),
          isTyped: !isBitArea(area),
          items: (type, from) => registersFrom(area, type, from, notation(), mostProbed),
        })),
      );
      return list;
    },
  });
}
