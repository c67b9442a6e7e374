// Whether a request shows the bridge's token: as `Bearer TOKEN`, or as the password of Basic (RFC 6750, RFC 7617).
import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

function shown(authorization: string): Buffer | null {
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S.*)$/.exec(authorization.trim()) ?? [];
  if (scheme.toLowerCase() === 'bearer') return Buffer.from(credentials, 'latin1');
  if (scheme.toLowerCase() !== 'basic') return null;
  const pair = Buffer.from(credentials, 'base64');
  const colon = pair.indexOf(':');
  return colon < 0 ? null : pair.subarray(colon + 1);
}

/** Compares digests, so that the time taken tells neither the token's bytes nor its length. */
export function showsToken(authorization: string | undefined, token: string): boolean {
  const given = authorization === undefined ? null : shown(authorization);
  return given !== null && timingSafeEqual(digest(given), digest(Buffer.from(token, 'utf8')));
}
