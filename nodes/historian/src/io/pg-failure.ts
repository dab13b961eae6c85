import { BulkheadError, errorMessage } from '@bulkhead/core';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}

/**
 * What a failure of the driver means, in one line that says where and what to do.
 *
 * SQLSTATE classes 22 and 23 (appendix A) are the fault of the values: not retryable, code `historian-data`. Everything
 * else is the database's state and may pass: retryable.
 */
export function databaseFailure(error: unknown, target: Target): BulkheadError {
  if (error instanceof BulkheadError) return error;
  const code = codeOf(error);
  if (/^2[23]...$/.test(code)) return new BulkheadError('historian-data', errorMessage(error), { cause: error });
  const { name, words } = explain(code, error, target);
  return new BulkheadError(name, words, { retryable: true, cause: error });
}

function explain(
  code: string,
  error: unknown,
  { host, port, database, user }: Target,
): { name: string; words: string } {
  const where = `${host}:${port}`;
  switch (code) {
    case '28P01':
    case '28000':
      return {
        name: 'historian-login-refused',
        words: `PostgreSQL at ${where} refused the login of ${user}: check user name and password`,
      };
    case '3D000':
      return {
        name: 'historian-no-database',
        words: `there is no database ${database} at ${where}: create it or correct its name`,
      };
    case '42501':
      return {
        name: 'historian-no-permission',
        words: `${user} lacks a permission in ${database} at ${where}: ${errorMessage(error)}`,
      };
    case 'ECONNREFUSED':
      return {
        name: 'historian-unreachable',
        words: `no PostgreSQL answers at ${where}: check that it runs and that the port is right`,
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { name: 'historian-unreachable', words: `the host ${host} is unknown: check its name` };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return { name: 'historian-unreachable', words: `no way to ${where}: check the network` };
    case '53100':
      return { name: 'historian-disk-full', words: `the disk of PostgreSQL at ${where} is full` };
    case '57P01':
    case '57P02':
    case '57P03':
      return { name: 'historian-unreachable', words: `PostgreSQL at ${where} is shutting down or starting up` };
    default:
      // A password asked for and none given is the client's own error: no code.
      if (/password/i.test(errorMessage(error))) {
        return {
          name: 'historian-login-refused',
          words: `PostgreSQL at ${where} asks for the password of ${user}: enter it in the connection`,
        };
      }
      return { name: 'historian-failed', words: `PostgreSQL at ${where}: ${errorMessage(error)}` };
  }
}
