import { deepEqual, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import { failureText } from '../../../nodes/opcua/src/editing/failure-text.ts';

const catalogue = path.resolve(import.meta.dirname, '../../../locales/en-US/opcua/opcua-connection.json');

/** The codes that have a text. */
function textCodes(): string[] {
  const all: unknown = JSON.parse(readFileSync(catalogue, 'utf8'));
  const own = isRecord(all) ? all['opcua-connection'] : undefined;
  const texts = isRecord(own) ? own['failure'] : undefined;
  return isRecord(texts) ? Object.keys(texts) : [];
}

describe('Why a server could not be asked, in the editor', () => {
  const shown = (code: string, reason = 'in English'): string =>
    failureText({ code, reason }, (key, values) => `${key} ${values?.['detail'] ?? ''}`.trim());

  it('is said in the language of the editor where there is a text', () => {
    const codes = textCodes();
    equal(codes.length, 9);
    deepEqual(
      codes.map((code) => shown(code)),
      codes.map((code) => `failure.${code}`),
    );
    equal(shown('unreachable', 'no server answers there (ECONNREFUSED)'), 'failure.unreachable ECONNREFUSED');
  });

  it('is what the process said where there is none', () => {
    equal(shown('connect-failed'), 'in English');
  });

  it('names the certificate that has to be trusted', () => {
    const certificate = {
      thumbprint: 'AB12',
      fingerprint256: '',
      subject: 'CN=filler',
      uri: '',
      validFrom: 0,
      validUntil: 0,
    };
    let told: unknown;
    failureText({ code: 'untrusted-server', reason: '', certificate }, (_key, values) => {
      told = values;
      return '';
    });
    deepEqual(told, { detail: '', subject: 'CN=filler', thumbprint: 'AB12' });
  });
});
