// Datagrams as a raw ICMP socket hears them, put together byte by byte (RFC 791, RFC 792) without the agent's own code.

export interface IpFields {
  from: string;
  to: string;
  hopLimit?: number;
  protocol?: number;
  /** In bytes, a multiple of 4. */
  options?: number;
  /** In units of 8 bytes. */
  fragmentOffset?: number;
  totalLength?: number;
}

const octets = (address: string): number[] => address.split('.').map(Number);

/** RFC 1071, word by word with the carry put back each time. */
export function checksumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return 0xffff - sum;
}

export function ip(fields: IpFields, payload: Buffer): Buffer {
  const { from, to, hopLimit = 60, protocol = 1, options = 0, fragmentOffset = 0 } = fields;
  const header = Buffer.alloc(20 + options, 1);
  header.fill(0, 0, 12);
  header[0] = 0x40 | (header.length / 4);
  header.writeUInt16BE(fields.totalLength ?? header.length + payload.length, 2);
  header.writeUInt16BE(fragmentOffset, 6);
  header[8] = hopLimit;
  header[9] = protocol;
  header.set([...octets(from), ...octets(to)], 12);
  return Buffer.concat([header, payload]);
}

/** An ICMP message with a right checksum. */
export function icmp(type: number, code: number, middle: number[], body: Uint8Array): Buffer {
  const message = Buffer.from([type, code, 0, 0, ...middle, ...body]);
  message.writeUInt16BE(checksumOf(message), 2);
  return message;
}

export interface Probe {
  source: string;
  destination: string;
  identifier: number;
  sequence: number;
  cookie: Buffer;
}

const words = (...values: number[]): number[] => values.flatMap((value) => [value >>> 8, value & 0xff]);
const payload = (cookie: Buffer): Buffer => Buffer.concat([cookie, Buffer.alloc(48, 0x70)]);

const echoMessage = (type: number, { identifier, sequence, cookie }: Probe): Buffer =>
  icmp(type, 0, words(identifier, sequence), payload(cookie));

export const reply = (probe: Probe, fields: Partial<IpFields> = {}): Buffer =>
  ip({ from: probe.destination, to: probe.source, ...fields }, echoMessage(0, probe));

/** What a router quotes of a probe: its header and at least 8 bytes of it. */
export const quote = (probe: Probe, fields: Partial<IpFields> = {}, bytes = 64): Buffer =>
  ip({ from: probe.source, to: probe.destination, ...fields }, echoMessage(8, probe).subarray(0, bytes));

export const timeExceeded = (router: string, probe: Probe, quoted = quote(probe)): Buffer =>
  ip({ from: router, to: probe.source }, icmp(11, 0, [0, 0, 0, 0], quoted));

export const unreachable = (router: string, code: number, probe: Probe, quoted = quote(probe)): Buffer =>
  ip({ from: router, to: probe.source }, icmp(3, code, [0, 0, 0, 0], quoted));

/** Puts the ICMP checksum right again after a change. */
export function mended(datagram: Buffer): Buffer {
  const copy = Buffer.from(datagram);
  const header = ((copy[0] ?? 0) & 0x0f) * 4;
  if (header + 4 > copy.length) return copy;
  copy.writeUInt16BE(0, header + 2);
  copy.writeUInt16BE(checksumOf(copy.subarray(header)), header + 2);
  return copy;
}
