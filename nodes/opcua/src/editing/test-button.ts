import { button } from '@bulkhead/node-kit/editor';
import type { Failure, ProbeResult, TestedEndpoint } from '../probing/result.ts';
import type { AskedConnection, ServerDialog } from './ask-server.ts';
import type { CertificatePanel } from './certificate-panel.ts';
import { failureText } from './failure-text.ts';
import { type Translate, within } from './texts-of.ts';

export interface TestOptions {
  host: HTMLElement;
  server: ServerDialog;
  asked(): AskedConnection;
  certificates: CertificatePanel;
  /** Of the keys of `opcua-connection`. */
  texts: Translate;
}

/** A button that opens a session with each endpoint, says what came of it, and lets a person trust what was refused. */
export function testButton({ host, server, asked, certificates, texts }: TestOptions): void {
  const translate = within(texts, 'test');
  const result = document.createElement('div');
  result.className = 'note';
  result.style.marginTop = '4px';

  const bad = (failure: Failure): string => translate('bad', { reason: failureText(failure, texts) });
  const say = (text: string): void => result.replaceChildren(text);

  const line = ({ endpoint, failure, product, ms }: TestedEndpoint, isOneOfMany: boolean): HTMLElement => {
    const element = document.createElement('div');
    const where = isOneOfMany ? `${endpoint}: ` : '';
    const good = product === '' ? translate('good', { ms }) : translate('goodProduct', { product, ms });
    element.append(where + (failure === undefined ? good : bad(failure)));
    element.title = failure?.reason ?? '';
    const certificate = failure?.certificate;
    if (certificate !== undefined) {
      const trust = async (): Promise<void> => {
        if (await certificates.trust(certificate.thumbprint)) await test();
      };
      element.append(
        ' ',
        button('check', translate('trust'), () => void trust()),
      );
    }
    return element;
  };
  const show = (tested: ProbeResult): void => {
    if (tested.kind === 'failed') say(bad(tested));
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
