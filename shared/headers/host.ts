// The target as it stands in `Host` or `Target`: port off, URLs refused, and never the bridge itself by mistake.
import { canonicalHost, familyOf, networkContains, parseNetwork, unmapped } from '../ip.ts';
import { quoted } from './value.ts';

/** Where the bridge listens and what its machine is called: host names and addresses. */
export interface OwnPlace {
  port: number;
  names: readonly string[];
}

/** What a host can't be, in words; null where only the name or address itself may still be wrong. */
export function hostProblem(text: string): string | null {
  if (text.includes('@')) return 'must be an address or a host name, without a user name or a password';
  if (text.includes('://')) return `must be an address or a host name, not a URL: ${quoted(text)}`;
  if (/[/?#\\]/.test(text)) return `must be an address or a host name, without a path: ${quoted(text)}`;
  return null;
}

/** Splits `host:port`; a bare IPv6 address has no port. Null where what follows the colon is none. */
function splitPort(text: string): { host: string; port: number | null } | null {
  if (familyOf(text) === 6) return { host: text, port: null };
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{0,5}))?$/.exec(text);
  const [, host = '', digits = ''] = parts ?? [];
  if (parts === null || Number(digits) > 65_535) return null;
  return { host, port: digits === '' ? null : Number(digits) };
}

export function portProblem(text: string): string | null {
  const parts = splitPort(text);
  if (parts?.port == null || canonicalHost(parts.host) === null) return null;
  return `takes no port: ${quoted(text)}`;
}

const loopback = parseNetwork('127.0.0.0/8');
// Suffixes under which a home network knows a machine by its own name (RFC 6762, RFC 8375 and routers' habits).
const localSuffix = /\.(local|lan|home|home\.arpa|internal|intranet|localdomain|fritz\.box)$/;

function isOwn(host: string, names: readonly string[]): boolean {
  const plain = unmapped(host);
  if (plain === 'localhost' || plain.endsWith('.localhost')) return true;
  if (['::', '::1', '0.0.0.0'].includes(plain)) return true;
  if (loopback !== null && networkContains(loopback, plain)) return true;
  const known = names.map((name) => canonicalHost(name) ?? name.toLowerCase());
  return known.includes(plain) || known.includes(plain.replace(localSuffix, ''));
}

/** The target that `Host` names, or why it is none. */
export function targetFromHost(
  written: string,
  own: OwnPlace,
): { ok: true; target: string } | { ok: false; message: string } {
  const text = written.trim();
  const problem = text === '' ? 'is empty, so no target was given' : hostProblem(text);
  if (problem !== null) return { ok: false, message: problem };
  const parts = splitPort(text);
  const host = parts === null ? null : canonicalHost(parts.host);
  if (parts === null || host === null) {
    return { ok: false, message: `must be an address or a host name, not ${quoted(text)}` };
  }
  if (parts.port !== own.port && !isOwn(host, own.names)) return { ok: true, target: host };
  return {
    ok: false,
    message:
      `names this bridge itself (${quoted(text)}), so no target was given; ` +
      'if this machine is really meant, use the header Target or ?target=',
  };
}
