import { button } from '@bulkhead/node-kit/editor';
import { type Certificates, parseCertificates } from '../pki/certificates.ts';
import type { CertificateInfo } from '../pki/certificate.ts';

type Translate = (key: string, values?: Record<string, string | number>) => string;

export interface CertificatePanel {
  /** Asks for the lists and shows them. */
  refresh(): Promise<void>;
  /** Trusts a certificate that was refused; resolves to whether that was done. */
  trust(thumbprint: string): Promise<boolean>;
}

const url = 'opcua-connection/certificates';
const soonMs = 60 * 86_400_000;

function ask(path: string, type: 'GET' | 'POST'): Promise<Certificates> {
  return new Promise((resolve) => {
    $.ajax({
      url: `${url}${path}`,
      type,
      success: (body: unknown) => resolve(parseCertificates(body)),
      error: ({ status, responseText = '' }: { status: number; responseText?: string }) =>
        resolve({ trusted: [], rejected: [], problem: `${status} ${responseText}` }),
    });
  });
}

function save(content: BlobPart, type: string, fileName: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(link.href);
}

function derOf(pem: string): Uint8Array<ArrayBuffer> {
  const base64 = pem.replaceAll(/-----[^-]+-----|\s/g, '');
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** The own certificate and those of servers, with what can be done to each. */
export function certificatePanel(host: HTMLElement, translate: Translate): CertificatePanel {
  const line = (label: string, value: string, isBad = false): HTMLElement => {
    const element = document.createElement('div');
    const strong = document.createElement('strong');
    strong.textContent = `${label}: `;
    const text = document.createElement('span');
    text.textContent = value;
    text.className = isBad ? 'bad' : '';
    element.append(strong, text);
    return element;
  };
  const validity = ({ validFrom, validUntil }: CertificateInfo): HTMLElement => {
    const now = Date.now();
    const until = new Date(validUntil).toLocaleDateString();
    if (now > validUntil) return line(translate('validUntil'), translate('expired', { day: until }), true);
    if (now < validFrom) {
      return line(
        translate('validUntil'),
        translate('notYet', { day: new Date(validFrom).toLocaleDateString() }),
        true,
      );
    }
    return line(translate('validUntil'), until, validUntil - now < soonMs);
  };
  const card = (info: CertificateInfo, buttons: readonly HTMLElement[]): HTMLElement => {
    const element = document.createElement('div');
    element.className = 'opcua-certificate';
    const bar = document.createElement('div');
    bar.style.cssText = 'display: flex; gap: 4px; margin-top: 4px;';
    bar.append(...buttons);
    element.append(
      line(translate('subject'), info.subject),
      line(translate('uri'), info.uri === '' ? translate('noUri') : info.uri),
      line(translate('thumbprint'), info.thumbprint),
      line('SHA-256', info.fingerprint256),
      validity(info),
      bar,
    );
    return element;
  };
  const heading = (text: string): HTMLElement => {
    const element = document.createElement('h4');
    element.textContent = text;
    element.style.margin = '8px 0 4px';
    return element;
  };
  const note = (text: string, isBad = false): HTMLElement => {
    const element = document.createElement('p');
    element.textContent = text;
    element.className = isBad ? 'note bad' : 'note';
    return element;
  };

  const act = (path: string) => (): void => void ask(path, 'POST').then(show);
  const decide = (icon: string, name: 'trust' | 'reject' | 'remove', thumbprint: string): HTMLElement =>
    button(icon, translate(name), act(`/${thumbprint}/${name}`));

  const own = ({ own: info }: Certificates): HTMLElement[] => {
    if (info === undefined) return [note(translate('noOwn')), button('plus', translate('make'), act('/own'))];
    const buttons = [
      button('download', 'DER', () => save(derOf(info.pem), 'application/pkix-cert', 'bulkhead.der')),
      button('download', 'PEM', () => save(info.pem, 'application/x-pem-file', 'bulkhead.pem')),
      button('refresh', translate('renew'), () => {
        if (globalThis.confirm(translate('renewConfirm'))) act('/own')();
      }),
    ];
    return [card(info, buttons), note(translate('ownHint'))];
  };

  const show = (certificates: Certificates): void => {
    const { trusted, rejected, problem } = certificates;
    const lists = [
      heading(translate('own')),
      ...own(certificates),
      heading(translate('rejected')),
      ...rejected.map((info) =>
        card(info, [decide('check', 'trust', info.thumbprint), decide('trash-o', 'remove', info.thumbprint)]),
      ),
      ...(rejected.length === 0 ? [note(translate('none'))] : []),
      heading(translate('trusted')),
      ...trusted.map((info) =>
        card(info, [decide('ban', 'reject', info.thumbprint), decide('trash-o', 'remove', info.thumbprint)]),
      ),
      ...(trusted.length === 0 ? [note(translate('none'))] : []),
    ];
    host.replaceChildren(...(problem === undefined ? [] : [note(problem, true)]), ...lists);
  };

  return {
    refresh: async () => show(await ask('', 'GET')),
    async trust(thumbprint) {
      const certificates = await ask(`/${thumbprint}/trust`, 'POST');
      show(certificates);
      return certificates.trusted.some((trusted) => trusted.thumbprint === thumbprint);
    },
  };
}
