import { button, isWithinOrVariable } from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import { type Alias, type AliasTable, aliasTable } from '../editing/alias-table.ts';
import { type AskedConnection, connectionInForm, openServerDialog, type ServerDialog } from '../editing/ask-server.ts';
import { certificatePanel } from '../editing/certificate-panel.ts';
import { discovery } from '../editing/discovery.ts';
import { testButton } from '../editing/test-button.ts';
import { failureText } from '../editing/failure-text.ts';
import { type Translate, within } from '../editing/texts-of.ts';
import { connectionDefaults as defaults, connectionLimits as limits, endpointPattern } from './defaults.ts';

declare const RED: EditorRED;

const field = (name: string): JQuery => $(`#node-config-input-${name}`);
const element = (id: string): HTMLElement => document.getElementById(id) ?? document.createElement('div');

/** `${NAME}` is filled in from the environment when the flow starts. */
const isEndpoint = (value: string): boolean => /^\$\{\w+\}$/.test(value) || endpointPattern.test(value);
/** A flow from before there was a list has none. */
const areEndpoints = (value = ''): boolean =>
  value
    .split(/[\s,]+/)
    .filter(Boolean)
    .every(isEndpoint);

let aliases: AliasTable | undefined;
let server: ServerDialog | undefined;

/** Shows the fields that the chosen security and login need. */
function followChoices(): void {
  const login = field('authentication').val();
  const isText = field('userCertificateFrom').val() !== 'file';
  $('.opcua-connection-secured').toggle(field('securityMode').val() !== 'None');
  $('.opcua-connection-user').toggle(login === 'user');
  $('.opcua-connection-certificate').toggle(login === 'certificate');
  $('.opcua-connection-certificate-text').toggle(login === 'certificate' && isText);
  $('.opcua-connection-certificate-file').toggle(login === 'certificate' && !isText);
}

function createTabs(translate: Translate): void {
  const tabs = RED.tabs.create({
    element: $('#opcua-connection-tabs'),
    onchange(tab: unknown) {
      const id: unknown = typeof tab === 'object' && tab !== null ? Reflect.get(tab, 'id') : tab;
      $('#opcua-connection-tab-contents').children().hide();
      $(`#${String(id)}`).show();
    },
  });
  for (const [index, name] of ['server', 'certificates', 'namespaces', 'advanced'].entries()) {
    tabs.addTab({ id: `opcua-connection-tab-${name}`, label: translate(name) }, index);
  }
}

function namespaceButton(
  dialog: ServerDialog,
  asked: () => AskedConnection,
  table: AliasTable,
  texts: Translate,
): void {
  const translate = within(texts, 'aliases');
  const message = document.createElement('span');
  message.className = 'note';
  message.style.marginLeft = '8px';
  const fetch = async (): Promise<void> => {
    message.textContent = translate('running');
    const answer = await dialog.ask(asked(), { kind: 'test' });
    if (!answer.ok || answer.result.kind !== 'tested') {
      message.textContent = answer.ok ? '' : answer.reason;
      return;
    }
    const { namespaces, endpoints } = answer.result;
    const failure = namespaces.length === 0 ? endpoints[0]?.failure : undefined;
    message.textContent = failure
      ? failureText(failure, texts)
      : translate('added', { count: table.offer(namespaces) });
  };
  element('opcua-connection-namespaces').append(
    button('download', translate('fetch'), () => void fetch()),
    message,
  );
}

function close(): void {
  server?.close();
  server = undefined;
}

const noAliases: Alias[] = [];

RED.nodes.registerType('opcua-connection', {
  category: 'config',
  defaults: {
    name: { value: defaults.name },
    endpoint: { value: defaults.endpoint, required: true, validate: isEndpoint },
    otherEndpoints: { value: defaults.otherEndpoints, validate: areEndpoints },
    securityMode: { value: defaults.securityMode },
    securityPolicy: { value: defaults.securityPolicy },
    acceptExpired: { value: defaults.acceptExpired },
    authentication: { value: defaults.authentication },
    userCertificateFrom: { value: defaults.userCertificateFrom },
    userCertificateFile: { value: defaults.userCertificateFile },
    userKeyFile: { value: defaults.userKeyFile },
    allowWrites: { value: defaults.allowWrites },
    timeoutMs: { value: defaults.timeoutMs, validate: isWithinOrVariable(limits.timeoutMs) },
    keepAliveMs: { value: defaults.keepAliveMs, validate: isWithinOrVariable(limits.keepAliveMs) },
    sessionTimeoutMs: { value: defaults.sessionTimeoutMs, validate: isWithinOrVariable(limits.sessionTimeoutMs) },
    maxSessions: { value: defaults.maxSessions, validate: isWithinOrVariable(limits.maxSessions, true) },
    reconnectFirstMs: { value: defaults.reconnectFirstMs, validate: isWithinOrVariable(limits.reconnectMs) },
    reconnectMaxMs: { value: defaults.reconnectMaxMs, validate: isWithinOrVariable(limits.reconnectMs) },
    aliases: { value: noAliases },
    version: { value: defaults.version },
  },
  credentials: {
    user: { type: 'text' },
    password: { type: 'password' },
    userCertificate: { type: 'password' },
    userKey: { type: 'password' },
    userKeyPassphrase: { type: 'password' },
  },
  label() {
    return this.name || this.endpoint || 'opcua-connection';
  },
  oneditprepare() {
    const texts = within((key, values) => this._(key, values), 'opcua-connection');
    const table = aliasTable($('#opcua-connection-aliases'), this.aliases, {
      alias: texts('aliases.alias'),
      uri: texts('aliases.uri'),
      add: texts('aliases.add'),
    });
    aliases = table;
    const dialog = openServerDialog();
    server = dialog;
    const asked = (): AskedConnection => connectionInForm(this.id, JSON.stringify(table.rows()));
    createTabs(within(texts, 'tab'));
    // A flow from before there were policies has None there, which the list does not offer.
    if (field('securityPolicy').val() === null) field('securityPolicy').val('Basic256Sha256');
    for (const name of ['securityMode', 'authentication', 'userCertificateFrom'])
      field(name).on('change', followChoices);
    followChoices();
    const certificates = certificatePanel(element('opcua-connection-tab-certificates'), within(texts, 'certificate'));
    void certificates.refresh();
    discovery({
      host: element('opcua-connection-discover'),
      server: dialog,
      asked,
      texts,
      choose({ url, mode, policy }) {
        field('endpoint').val(url).trigger('change');
        if (mode !== undefined) field('securityMode').val(mode).trigger('change');
        if (policy !== undefined && policy !== 'None') field('securityPolicy').val(policy).trigger('change');
      },
    });
    testButton({
      host: element('opcua-connection-test'),
      server: dialog,
      asked,
      certificates,
      texts,
    });
    namespaceButton(dialog, asked, table, texts);
  },
  oneditsave() {
    if (aliases !== undefined) this.aliases = aliases.rows();
    close();
  },
  oneditcancel: close,
  oneditdelete: close,
});
