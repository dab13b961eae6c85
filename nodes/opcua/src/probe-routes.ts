import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import { createProbeDialogs, type ProbeDialogs, serveProbe } from '@bulkhead/node-kit';
import type { NodeAPI } from 'node-red';
import { parseProbeQuestion, type ProbeQuestion } from './probing/question.ts';
import { parseProbeResult } from './probing/result.ts';

/** For the slowest: a search, after a connection to several endpoints. */
const deadlineMs = 30_000;
/** A person looks at a list for a while before the next one is opened. */
const idleMs = 120_000;
const mostAtOnce = 4;

/** What is stored of a connection node, as texts. */
function storedSecrets(RED: NodeAPI, node: string): Record<string, string> {
  const stored: unknown = node === '' ? undefined : RED.nodes.getCredentials(node);
  if (!isRecord(stored)) return {};
  return Object.fromEntries(
    Object.entries(stored).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Serves what the dialogs ask of a server, by a process for each dialog. */
export function serveProbes(RED: NodeAPI, pkiFolder: string): ProbeDialogs {
  // Beside the built file of this node.
  const script = path.join(__dirname, 'probe.js');
  const dialogs = createProbeDialogs({ script, deadlineMs, idleMs, mostAtOnce });
  serveProbe(RED, {
    path: '/opcua-connection/probe',
    parseQuestion: parseProbeQuestion,
    parseResult: parseProbeResult,
    ask(question: ProbeQuestion) {
      // A secret that the dialog does not know, because it was stored and is never shown, is added here.
      const secrets = { ...storedSecrets(RED, question.stored.node), ...question.secrets };
      return dialogs.ask(question.dialog, { kind: 'ask', question: { ...question, secrets }, pkiFolder });
    },
  });
  RED.httpAdmin.delete(
    '/opcua-connection/probe/:dialog',
    RED.auth.needsPermission('flows.write'),
    (request, response) => {
      dialogs.end(String(request.params['dialog']));
      response.sendStatus(204);
    },
  );
  return dialogs;
}
