/** A flow file from disk, for the commands that look at one without running it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorMessage, isRecord } from '@bulkhead/core';
import type { FlowNode } from '../protocol/messages.ts';
import { CommandError } from './command-error.ts';

/** Takes what the editor saves and exports, and the answer of `GET /flows` as well. */
export async function readFlowFile(file: string, cwd: string): Promise<FlowNode[]> {
  const text = await readFile(path.resolve(cwd, file), 'utf8').catch((error: unknown) => {
    throw new CommandError(`${file}: cannot be read: ${errorMessage(error)}`);
  });
  return parseFlows(text, file);
}

export function parseFlows(text: string, file: string): FlowNode[] {
  let content: unknown;
  try {
    // As Node-RED does: some editors of text put a byte order mark first.
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CommandError(`${file}: not JSON: ${errorMessage(error)}`);
  }
  const entries: unknown = isRecord(content) ? content['flows'] : content;
  if (!Array.isArray(entries)) throw new CommandError(`${file}: not a flow file: a list of nodes is expected`);
  return entries.map((entry: unknown, place) => {
    if (!isFlowNode(entry)) throw new CommandError(`${file}: entry ${place + 1} has no id or no type`);
    return entry;
  });
}

function isFlowNode(entry: unknown): entry is FlowNode {
  return isRecord(entry) && typeof entry['id'] === 'string' && typeof entry['type'] === 'string';
}
