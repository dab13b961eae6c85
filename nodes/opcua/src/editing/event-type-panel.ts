import { button } from '@bulkhead/node-kit/editor';
import { splitFields } from '../opcua-events/field-names.ts';
import type { EventFieldOffer, ProbeResult } from '../probing/result.ts';
import { type AskedConnection, openServerDialog } from './ask-server.ts';
import { showEventFields } from './event-field-list.ts';
import { eventTypeList } from './event-type-list.ts';
import { failureText } from './failure-text.ts';
import type { ServerPanel } from './server-panel-button.ts';
import type { Translate } from './texts-of.ts';

export interface EventTypePanelOptions {
  asked: AskedConnection;
  /** Of the keys of `opcua-connection`. */
  texts: Translate;
  /** Of the keys of `opcua-events.types`. */
  translate: Translate;
  /** As the fields of the form have them. */
  type: string;
  fields: string;
  choose(type: string, fields: string): void;
  onClose(): void;
}

/** All events are of this type, for which the form says nothing. */
const baseEventType = 'i=2041';

function div(css: string): HTMLDivElement {
  const element = document.createElement('div');
  element.style.cssText = css;
  return element;
}

const border = '1px solid var(--red-ui-form-input-border-color, #ccc)';
const listCss = `height: 140px; overflow: auto; font-size: 12px; border: ${border}; border-radius: 4px;`;

/** The types of events that a server knows, and what those of the chosen type bring, to be ticked. */
export function eventTypePanel({ asked, texts, translate, ...options }: EventTypePanelOptions): ServerPanel {
  const server = openServerDialog();
  const wanted = new Set(splitFields(options.fields));
  /** Names that were ever to be ticked; the others were typed and are kept. */
  const known = new Set<string>();
  let chosen = options.type || baseEventType;
  let fields: readonly EventFieldOffer[] = [];

  const element = div(`border: ${border}; border-radius: 4px; padding: 8px; margin-bottom: 8px;`);
  element.className = 'opcua-event-types';
  const bar = div('display: flex; gap: 6px; align-items: center; margin-bottom: 6px;');
  const words = document.createElement('input');
  words.type = 'text';
  words.placeholder = translate('words');
  words.style.width = '200px';
  const message = div('opacity: 0.85; flex: 1 1 0; min-width: 0;');
  const typeHost = div(listCss);
  const heading = div('margin: 6px 0 4px;');
  const fieldHost = div(listCss);
  const foot = div('display: flex; gap: 6px; margin-top: 6px;');

  const askFor = async (question: object): Promise<ProbeResult | undefined> => {
    message.textContent = texts('browse.running');
    const answer = await server.ask(asked, question);
    const reason = answer.ok ? '' : answer.reason;
    const failure = answer.ok && answer.result.kind === 'failed' ? failureText(answer.result, texts) : reason;
    message.textContent = failure === '' ? '' : texts('browse.unreachable', { reason: failure });
    return answer.ok ? answer.result : undefined;
  };

  const showFields = async (type: string, name: string): Promise<void> => {
    chosen = type;
    fields = [];
    fieldHost.replaceChildren();
    heading.textContent = translate('fields', { type: name });
    const result = await askFor({ kind: 'event-fields', type });
    // Another one may have been chosen meanwhile.
    if (chosen !== type || result?.kind !== 'event-fields') return;
    ({ fields } = result);
    for (const field of fields) known.add(field.name);
    showEventFields(fieldHost, fields, { wanted, alwaysText: translate('always') });
  };
  const list = eventTypeList(typeHost, ({ address, name }) => void showFields(address, name));

  const showTypes = async (): Promise<void> => {
    const result = await askFor({ kind: 'event-types' });
    if (result?.kind !== 'event-types') return;
    list.show(result.types, chosen);
    const type = result.types.find(({ address }) => address === chosen);
    if (type === undefined) message.textContent = translate('unknown', { type: chosen });
    else await showFields(chosen, type.name);
  };
  const close = (): void => {
    server.close();
    element.remove();
    options.onClose();
  };
  const choose = (): void => {
    const offered = new Set(fields.map(({ name }) => name));
    const names = [...wanted].filter((name) => offered.has(name) || !known.has(name));
    options.choose(chosen === baseEventType ? '' : chosen, names.join(', '));
    close();
  };

  words.addEventListener('input', () => list.filter(words.value));
  bar.append(words, message);
  foot.append(button('check', translate('choose'), choose), button('times', texts('browse.close'), close));
  element.append(bar, typeHost, heading, fieldHost, foot);
  void showTypes();
  return { element, close };
}
