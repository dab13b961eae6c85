import { button } from '@bulkhead/node-kit/editor';
import type { OfferedEndpoint } from '../probing/result.ts';
import type { AskedConnection, ServerDialog } from './ask-server.ts';
import { failureText } from './failure-text.ts';
import { type Translate, within } from './texts-of.ts';

export interface DiscoveryOptions {
  host: HTMLElement;
  server: ServerDialog;
  asked(): AskedConnection;
  /** Of the keys of `opcua-connection`. */
  texts: Translate;
  /** The endpoint with its security, or only the address of another server. */
  choose(endpoint: { url: string; mode?: string; policy?: string }): void;
}

/**
 * Servers name themselves by host names that often do not resolve here. The host that answered is kept, unless it is a
 * discovery server that speaks of others.
 */
function reachableUrl(offered: string, asked: string): string {
  const ours = /^opc\.tcp:\/\/([^/:]+|\[[^\]]+\])/.exec(asked)?.[1];
  return ours === undefined ? offered : offered.replace(/^opc\.tcp:\/\/([^/:]+|\[[^\]]+\])/, () => `opc.tcp://${ours}`);
}

const portOf = (url: string): string => /^opc\.tcp:\/\/(?:[^/:]+|\[[^\]]+\]):(\d+)/.exec(url)?.[1] ?? '4840';

/** A button that lists what a server offers, to choose from. */
export function discovery({ host, server, asked, texts, choose }: DiscoveryOptions): void {
  const translate = within(texts, 'discover');
  const message = document.createElement('span');
  message.className = 'note';
  message.style.marginLeft = '8px';
  const list = document.createElement('div');
  list.style.cssText = 'max-height: 240px; overflow: auto; margin-top: 6px;';

  const offer = (text: string, onClick: () => void): HTMLElement => {
    const element = button('angle-right', text, () => {
      onClick();
      list.replaceChildren();
      message.textContent = '';
    });
    element.classList.add('opcua-offer');
    return element;
  };
  const endpointLine = ({ url, mode, policy, logins, certificate }: OfferedEndpoint, from: string): HTMLElement => {
    const security = mode === 'None' ? translate('none') : `${mode}, ${policy}`;
    const login = logins.map((kind) => translate(`login.${kind}`)).join(', ');
    const expired =
      certificate !== undefined && certificate.validUntil < Date.now() ? ` – ${translate('expired')}` : '';
    const isOther = portOf(url) !== portOf(from);
    const address = isOther ? url : reachableUrl(url, from);
    return offer(`${security} – ${login}${isOther ? ` – ${url}` : ''}${expired}`, () =>
      choose({ url: address, mode, policy }),
    );
  };

  const discover = async (): Promise<void> => {
    message.textContent = translate('running');
    list.replaceChildren();
    const connection = asked();
    const from = connection.connection['endpoint'] ?? '';
    const answer = await server.ask(connection, { kind: 'discover' });
    if (!answer.ok) message.textContent = answer.reason;
    else if (answer.result.kind === 'failed')
      message.textContent = translate('failed', { reason: failureText(answer.result, texts) });
    else if (answer.result.kind === 'discovered') {
      const { endpoints, servers } = answer.result;
      const others = servers.flatMap(({ name, urls }) => urls.map((url) => ({ name, url })));
      const elsewhere = others.filter(({ url }) => url.startsWith('opc.tcp:') && portOf(url) !== portOf(from));
      message.textContent = translate('found', { endpoints: endpoints.length });
      list.replaceChildren(
        ...endpoints.map((endpoint) => endpointLine(endpoint, from)),
        ...elsewhere.map(({ name, url }) => offer(`${name} – ${url}`, () => choose({ url }))),
      );
    }
  };
  host.append(
    button('search', translate('button'), () => void discover()),
    message,
    list,
  );
}
