/**
 * The flows of each compartment that lived last, on disk: a rollback goes back to them also after a kill of the supervisor or a
 * power cut. A file for each, written aside and renamed; encrypted, because credentials are among them. One that cannot be
 * read is as good as none: then there is nothing to go back to until the flows have lived again.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { directoryName } from '../compartment-process.ts';
import type { SliceFlows } from '../plan/slice-flows.ts';

export interface LivedFlows {
  /** Undefined where none are known. */
  of(compartmentId: string): SliceFlows | undefined;
  keep(compartmentId: string, flows: SliceFlows): void;
  /** Compartments that are gone. */
  keepOnly(compartmentIds: ReadonlySet<string>): void;
  /** Resolves once everything so far is on disk. */
  saved(): Promise<void>;
}

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

const schema = v.object({
  compartmentId: v.string(),
  flows: v.array(v.looseObject({ id: v.string(), type: v.string() })),
  credentials: v.record(v.string(), v.record(v.string(), v.unknown())),
  entrances: v.array(v.string()),
  targets: v.array(v.string()),
});

/** `secret`: the house's own, the same in every run. Never rejects. */
export async function openLivedFlows(folder: string, secret: string, log: (line: string) => void): Promise<LivedFlows> {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'bulkhead lived flows', 32));
  const known = new Map<string, SliceFlows>();
  let work: Promise<void> = Promise.resolve();

  const inOrder = (task: () => Promise<unknown>): void => {
    work = work.then(async () => {
      try {
        await task();
      } catch (error) {
        log(`flows that lived, in ${folder}: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  };
  const fileOf = (compartmentId: string): string => path.join(folder, `${directoryName(compartmentId)}.lived`);

  inOrder(async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const file of await readdir(folder)) {
      if (!file.endsWith('.lived')) continue;
      const content = decrypt(key, await readFile(path.join(folder, file)));
      const parsed = v.safeParse(schema, content);
      if (parsed.success) known.set(parsed.output.compartmentId, parsed.output);
      else log(`${path.join(folder, file)} cannot be read: nothing to roll back to until these flows have lived again`);
    }
  });
  await work;

  return {
    of: (compartmentId) => known.get(compartmentId),
    keep(compartmentId, { flows, credentials, entrances, targets }) {
      known.set(compartmentId, { flows, credentials, entrances, targets });
      const file = fileOf(compartmentId);
      const content = encrypt(key, { compartmentId, flows, credentials, entrances, targets });
      inOrder(async () => {
        await writeFile(`${file}.new`, content, { mode: 0o600, flush: true });
        await rename(`${file}.new`, file);
      });
    },
    keepOnly(compartmentIds) {
      for (const compartmentId of known.keys()) {
        if (compartmentIds.has(compartmentId)) continue;
        known.delete(compartmentId);
        inOrder(() => rm(fileOf(compartmentId), { force: true }));
      }
    },
    saved: () => work,
  };
}

function encrypt(key: Uint8Array, content: object): Buffer {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce);
  const sealed = Buffer.concat([sealing.update(JSON.stringify(content), 'utf8'), sealing.final()]);
  return Buffer.concat([nonce, sealing.getAuthTag(), sealed]);
}

/** Undefined for what was not written with this key, or was torn. */
function decrypt(key: Uint8Array, bytes: Buffer): unknown {
  try {
    const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes));
    opening.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    const text = Buffer.concat([opening.update(bytes.subarray(nonceBytes + tagBytes)), opening.final()]).toString(
      'utf8',
    );
    const content: unknown = JSON.parse(text);
    return content;
  } catch {
    return undefined;
  }
}
