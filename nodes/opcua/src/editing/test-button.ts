import { button } from '@bulkhead/node-kit/editor';
import type { ProbeResult, TestedEndpoint } from '../probing/result.ts';
import type { AskedConnection, ServerDialog } from './ask-server.ts';
import type { CertificatePanel } from './certificate-panel.ts';

export interface TestOptions {
  host: HTMLElement;
  server: ServerDialog;
  asked(): AskedConnection;
  certificates: CertificatePanel;
  translate(key: string, values?: Record<string, string | number>): string;
}

/** A button that opens a session with each endpoint, says what came of it, and lets a person trust what was refused. */
export function testButton({ host, server, asked, certificates, translate }: TestOptions): void {
  const result = document.createElement('div');
  result.className = 'note';
  result.style.marginTop = '4px';

  const say = (text: string): void => result.replaceChildren(text);

  const line = ({ endpoint, failure, untrusted, product, ms }: TestedEndpoint, isOneOfMany: boolean): HTMLElement => {
    const element = document.createElement('div');
    const where = isOneOfMany ? `${endpoint}: ` : '';
    const good = product === '' ? translate('good', { ms }) : translate('goodProduct', { product, ms });
    element.append(where + (failure === undefined ? good : translate('bad', { reason: failure })));
    if (untrusted !== undefined) {
      const trust = async (): Promise<void> => {
        if (await certificates.trust(untrusted.thumbprint)) await test();
      };
      element.append(
        ' ',
        button('check', translate('trust'), () => void trust()),
      );
    }
    return element;
  };
  const show = (tested: ProbeResult): void => {
    if (tested.kind === 'failed') say(translate('bad', { reason: tested.reason }));
    if (tested.kind !== 'tested') return;
    result.replaceChildren(...tested.endpoints.map((endpoint) => line(endpoint, tested.endpoints.length > 1)));
  };

  const test = async (): Promise<void> => {
    say(translate('running'));
    const answer = await server.ask(asked(), { kind: 'test' });
    if (answer.ok) show(answer.result);
    else say(translate('unreachable', { reason: answer.reason }));
    await certificates.refresh();
  };
  host.append(
    button('plug', translate('button'), () => void test()),
    result,
  );
}
