/** Tokens that let a process in: random, compared in constant time, derived per process from one secret of the house. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * The token of one process, from the secret of the house: a restarted supervisor knows the tokens of the
 * compartments that outlived it without having stored them.
 */
export function deriveToken(secret: string, name: string): string {
  return createHmac('sha256', secret).update(name).digest('base64url');
}

/** Compares without telling by its time where the first difference is; hashing first makes lengths equal. */
export function tokenMatches(expected: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return expected !== '' && timingSafeEqual(digest(expected), digest(given));
}
