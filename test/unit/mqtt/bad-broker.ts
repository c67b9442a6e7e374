// A broker written by hand, so that it can answer badly: each test says what it does with each packet.
import { createServer, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

export interface Packet {
  type: 'connect' | 'subscribe' | 'publish' | 'puback' | 'pingreq' | 'disconnect' | 'other';
  flags: number;
  body: Buffer;
}

export interface Line {
  /** 1 for the first connection. */
  number: number;
  socket: Duplex;
  /** From CONNECT: 4 or 5. */
  version: number;
  send(...bytes: (number | Buffer)[]): void;
}

export interface BadBroker {
  url: string;
  lines: Line[];
  received: Packet[];
  count(type: Packet['type']): number;
}

const TYPES: Record<number, Packet['type']> = {
  1: 'connect',
  3: 'publish',
  4: 'puback',
  8: 'subscribe',
  12: 'pingreq',
  14: 'disconnect',
};

export async function startBadBroker(
  answer: (packet: Packet, line: Line) => void,
  onLine: (line: Line) => void = () => undefined,
): Promise<BadBroker> {
  const lines: Line[] = [];
  const received: Packet[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    const line: Line = {
      number: lines.length + 1,
      socket,
      version: 0,
      send: (...bytes) =>
        socket.write(Buffer.concat(bytes.map((part) => (typeof part === 'number' ? Buffer.of(part) : part)))),
    };
    lines.push(line);
    socket.on('error', () => undefined);
    let pending: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (let next = takePacket(pending); next !== null; next = takePacket(pending)) {
        pending = next.rest;
        if (next.packet.type === 'connect') line.version = next.packet.body.readUInt8(6);
        received.push(next.packet);
        answer(next.packet, line);
      }
    });
    onLine(line);
  });
  const { port } = await new Promise<AddressInfo>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address);
    });
  });
  onTestFinished(async () => {
    for (const { socket } of lines) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `mqtt://127.0.0.1:${port}`,
    lines,
    received,
    count: (type) => received.filter((packet) => packet.type === type).length,
  };
}

/** What a good broker would do with CONNECT, SUBSCRIBE, PUBLISH and PINGREQ. */
export function behave(packet: Packet, line: Line, connackProperties: Buffer = Buffer.alloc(0)): void {
  const five = line.version === 5;
  const none = five ? Buffer.of(0) : Buffer.alloc(0);
  if (packet.type === 'connect') {
    const properties = five ? Buffer.concat([Buffer.of(connackProperties.length), connackProperties]) : none;
    line.send(0x20, 2 + properties.length, 0, 0, properties);
  } else if (packet.type === 'subscribe') {
    line.send(0x90, 3 + none.length, packet.body.subarray(0, 2), none, 1);
  } else if (packet.type === 'publish' && (packet.flags & 0x06) > 0) {
    line.send(0x40, 2, packetId(packet));
  } else if (packet.type === 'pingreq') {
    line.send(0xd0, 0);
  }
}

/** A PUBLISH to the agent; QoS 1 where it has a packet identifier. */
export function publish(
  line: Line,
  topic: string,
  payload: Buffer | string,
  id: number | null = null,
): Buffer {
  const body = Buffer.concat([
    text(topic),
    ...(id === null ? [] : [Buffer.of(id >> 8, id & 0xff)]),
    ...(line.version === 5 ? [Buffer.of(0)] : []),
    Buffer.from(payload),
  ]);
  return Buffer.concat([Buffer.of(id === null ? 0x30 : 0x32), length(body.length), body]);
}

export function packetId({ body }: Packet): Buffer {
  const at = 2 + body.readUInt16BE(0);
  return body.subarray(at, at + 2);
}

export function topicOf({ body }: Packet): string {
  return body.subarray(2, 2 + body.readUInt16BE(0)).toString();
}

/** The payload of a PUBLISH whose properties, on MQTT 5, are shorter than 128 bytes. */
export function payloadOf(packet: Packet, version: number): string {
  let at = 2 + packet.body.readUInt16BE(0) + ((packet.flags & 0x06) > 0 ? 2 : 0);
  if (version === 5) at += 1 + packet.body.readUInt8(at);
  return packet.body.subarray(at).toString();
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

export function length(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}

export function takePacket(bytes: Buffer): { packet: Packet; rest: Buffer } | null {
  let at = 1;
  let remaining = 0;
  for (let scale = 1; ; scale *= 128) {
    if (at >= bytes.length) return null;
    const byte = bytes.readUInt8(at);
    at += 1;
    remaining += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  if (bytes.length < at + remaining) return null;
  const first = bytes.readUInt8(0);
  return {
    packet: {
      type: TYPES[first >> 4] ?? 'other',
      flags: first & 0x0f,
      body: bytes.subarray(at, at + remaining),
    },
    rest: bytes.subarray(at + remaining),
  };
}
