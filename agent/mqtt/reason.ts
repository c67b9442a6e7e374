// Why a connection ended, in words that hold no credential and stay the same while the cause does.

const linkFaults = ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EHOSTDOWN', 'ENONET'];
const keepaliveTimeout = 'Keepalive timeout'; // mqtt.js's words for no PINGRESP; it gives no code

/** A string from the system, a number (reason code) from the broker. */
export function codeOf(error: unknown): string | number | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' || typeof error.code === 'number' ? error.code : null;
}

/** The network's doing, not the broker's: no message can have caused it. */
export function isLinkFault(error: unknown): boolean {
  return linkFaults.includes(String(codeOf(error))) || describe(error) === keepaliveTimeout;
}

/** MQTT 5, of what is in a message: packet too large, payload format invalid. */
const unfitCodes = [149, 153];

/** Why the broker did not take a message; `unfit` where that lies in what the message says. */
export interface Refused {
  reason: string;
  unfit: boolean;
}

/** Null where it is not the broker's word: only a reason code is. */
export function refusalOf(error: unknown): Refused | null {
  const code = codeOf(error);
  return typeof code === 'number' ? { reason: describe(error), unfit: unfitCodes.includes(code) } : null;
}

export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  if (typeof code === 'number') return `${error.message} (code ${code})`;
  // The error of a name with several addresses has its text in its parts only.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return error.message || (first instanceof Error ? first.message : '') || (code ?? error.name);
}
