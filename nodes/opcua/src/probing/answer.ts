import { discover } from '../io/discovery.ts';
import { makeOwnCertificate } from '../io/own-certificate.ts';
import { serverProduct } from '../io/server-product.ts';
import { type OpcuaConnectionConfig, readOpcuaConnection } from '../opcua-connection/config.ts';
import { type Pki, pkiIn } from '../pki/pki.ts';
import { type Browser, createBrowser } from './browser.ts';
import { failureOf } from './failure-of.ts';
import { type ProbeLink, probeLink } from './probe-link.ts';
import type { ProbeQuestion } from './question.ts';
import type { ProbeResult, TestedEndpoint } from './result.ts';

/** A question as the server hands it to the process. */
export type ProbeTask =
  | { kind: 'ask'; question: ProbeQuestion; pkiFolder: string }
  /** Makes a new own certificate; the key never leaves the process but for its file. */
  | { kind: 'renew'; pkiFolder: string };

type BrowseQuestion = Extract<
  ProbeQuestion,
  { kind: 'children' | 'search' | 'details' | 'event-types' | 'event-fields' }
>;

/** Between two endpoints; and who waits for the answer tries again. A session that is left behind is soon gone. */
const waits = { reconnectFirstMs: 500, reconnectMaxMs: 600_000, sessionTimeoutMs: 30_000 };

/** The connection of a form, where a table is text, too. */
function readForm({ kind, connection, secrets }: ProbeQuestion): ReturnType<typeof readOpcuaConnection> {
  // Who looks for servers has no login for them yet.
  const { endpoint, timeoutMs } = connection;
  if (kind === 'discover') return readOpcuaConnection({ endpoint, timeoutMs }, {});
  const aliases: unknown = connection['aliases'] ? JSON.parse(connection['aliases']) : [];
  return readOpcuaConnection({ ...connection, ...waits, aliases }, secrets);
}

async function testOne(config: OpcuaConnectionConfig, pki: Pki): Promise<[TestedEndpoint, string[]]> {
  const { link, connect } = probeLink(config, pki);
  const startedAt = Date.now();
  const tested = { endpoint: config.endpoints[0] ?? '', product: '', ms: 0 };
  try {
    const failure = await connect();
    if (failure !== undefined) return [{ ...tested, failure }, []];
    const ms = Date.now() - startedAt;
    return await link.request(async (live) => [
      { ...tested, product: await serverProduct(live), ms },
      [...live.namespaces],
    ]);
  } catch (error) {
    return [{ ...tested, failure: failureOf(error) }, []];
  } finally {
    await link.stop();
  }
}

async function test(config: OpcuaConnectionConfig, pki: Pki): Promise<ProbeResult> {
  const results: Array<[TestedEndpoint, string[]]> = [];
  for (const endpoint of config.endpoints) results.push(await testOne({ ...config, endpoints: [endpoint] }, pki));
  const namespaces = results.map(([, uris]) => uris).find((uris) => uris.length > 0) ?? [];
  return { kind: 'tested', endpoints: results.map(([tested]) => tested), namespaces };
}

/** Answers the questions of one dialog, over one session as long as its connection stays the same. */
export function createAnswering(): { answer(task: ProbeTask): Promise<ProbeResult>; leave(): Promise<void> } {
  let open: { key: string; probe: ProbeLink; browser: Browser } | undefined;

  const close = async (): Promise<void> => {
    const last = open;
    open = undefined;
    await last?.probe.link.stop();
  };

  const browserOver = async (key: string, config: OpcuaConnectionConfig, pki: Pki): Promise<Browser | ProbeResult> => {
    if (open?.key === key && open.probe.link.state.kind === 'connected') return open.browser;
    await close();
    const probe = probeLink(config, pki);
    const failure = await probe.connect();
    if (failure !== undefined) {
      await probe.link.stop();
      return { kind: 'failed', ...failure };
    }
    open = { key, probe, browser: createBrowser(probe.link, config.aliases) };
    return open.browser;
  };

  const browse = async (question: BrowseQuestion, config: OpcuaConnectionConfig, pki: Pki): Promise<ProbeResult> => {
    const browser = await browserOver(JSON.stringify([question.connection, question.secrets]), config, pki);
    if ('kind' in browser) return browser;
    switch (question.kind) {
      case 'children':
        return await browser.children(question.parent, question.path, question.more);
      case 'search':
        return await browser.search(question.words, question.more);
      case 'details':
        return await browser.details(question.nodes);
      case 'event-types':
        return await browser.eventTypes();
      case 'event-fields':
        return await browser.eventFields(question.type);
    }
  };

  const ask = async (question: ProbeQuestion, pki: Pki): Promise<ProbeResult> => {
    const read = readForm(question);
    if (!read.ok) return { kind: 'failed', code: 'invalid-config', reason: read.problem };
    switch (question.kind) {
      case 'test':
        return await test(read.config, pki);
      case 'discover':
        return { kind: 'discovered', ...(await discover(read.config, pki)) };
      default:
        return await browse(question, read.config, pki);
    }
  };

  return {
    leave: close,
    async answer(task) {
      const pki = pkiIn(task.pkiFolder);
      try {
        if (task.kind === 'ask') return await ask(task.question, pki);
        pki.own.replace(await makeOwnCertificate());
        return { kind: 'renewed' };
      } catch (error) {
        return { kind: 'failed', ...failureOf(error) };
      }
    },
  };
}
