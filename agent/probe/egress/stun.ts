// STUN binding requests and what is answered to them (RFC 8489, and RFC 3489 for old servers). Pure, but for the random id.
import { randomBytes } from 'node:crypto';
import { fromNumber6 } from '../../../shared/ip.ts';
import { flat } from '../flat.ts';

const cookie = 0x2112_a442;
const headerBytes = 20;
const idBytes = 12;
/** Characters of an error's reason phrase (RFC 8489 §14.8). */
const longestReason = 128;
const type = { request: 0x0001, success: 0x0101, error: 0x0111 } as const;
const attribute = { mapped: 0x0001, errorCode: 0x0009, xorMapped: 0x0020 } as const;

/** A binding request without attributes: 20 bytes, the last twelve of them random. */
export function bindingRequest(): Buffer {
  const request = Buffer.alloc(headerBytes);
  request.writeUInt16BE(type.request, 0);
  request.writeUInt32BE(cookie, 4);
  randomBytes(idBytes).copy(request, 8);
  return request;
}

/** Whether a payload answers that request: it bears its id (an old server gives our cookie back as part of it). */
export const isBindingAnswer = (request: Buffer, payload: Buffer): boolean =>
  payload.length >= headerBytes &&
  [type.success, type.error].some((one) => payload.readUInt16BE(0) === one) &&
  payload.subarray(4, headerBytes).equals(request.subarray(4, headerBytes));

/** Whether it is a STUN message at all, whoever's. */
export const looksLikeStun = (payload: Buffer): boolean =>
  payload.length >= headerBytes && (payload[0] ?? 0) < 0x40 && payload.readUInt16BE(2) % 4 === 0;

export type BindingReading =
  | { type: 'address'; address: string }
  | { type: 'error'; code: number; words: string }
  | { type: 'cut' | 'unreadable' };

/** The first attribute of each kind; null where the message ends before one of them does. */
function attributesOf(payload: Buffer): Map<number, Buffer> | null {
  const found = new Map<number, Buffer>();
  const end = headerBytes + payload.readUInt16BE(2);
  if (end > payload.length) return null;
  for (let at = headerBytes; at < end;) {
    if (at + 4 > end) return null;
    const kind = payload.readUInt16BE(at);
    const length = payload.readUInt16BE(at + 2);
    if (at + 4 + length > end) return null;
    if (!found.has(kind)) found.set(kind, payload.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return found;
}

/** XORed with the cookie and the id (§14.2), or as it is. */
function decoded(value: Buffer, mask: Buffer): BindingReading {
  const bytes = { 1: 4, 2: 16 }[value[1] ?? 0];
  if (bytes === undefined) return { type: 'unreadable' };
  if (value.length < 4 + bytes) return { type: 'cut' };
  const octets = Buffer.from(value.subarray(4, 4 + bytes)).map((octet, index) => octet ^ (mask[index] ?? 0));
  if (bytes === 4) return { type: 'address', address: octets.join('.') };
  return { type: 'address', address: fromNumber6(BigInt(`0x${Buffer.from(octets).toString('hex')}`)) };
}

function errorIn(value: Buffer | undefined): BindingReading {
  if (value === undefined || value.length < 4) return { type: 'unreadable' };
  const code = ((value[2] ?? 0) & 7) * 100 + (value[3] ?? 0);
  return { type: 'error', code, words: flat(value.toString('utf8', 4), longestReason) };
}

const unmasked = Buffer.alloc(16);

/** An answer's address, the XORed one before the plain one (which some routers rewrite). Never throws. */
export function readBinding(payload: Buffer): BindingReading {
  const found = attributesOf(payload);
  if (found === null) return { type: 'cut' };
  if (payload.readUInt16BE(0) === type.error) return errorIn(found.get(attribute.errorCode));
  const [xored, plain] = [found.get(attribute.xorMapped), found.get(attribute.mapped)];
  if (xored !== undefined) return decoded(xored, payload.subarray(4, headerBytes));
  return plain === undefined ? { type: 'unreadable' } : decoded(plain, unmasked);
}
