// MQTT packet sizes, read off a byte stream: neither mqtt.js nor aedes limits what its parser buffers
// (up to 256 MB a packet; three connections with 100 MB of CONNECT each took a broker to 356 MB).
import type { Socket } from 'node:net';

const publishType = 3;

/**
 * A filter over the chunks of one connection's stream. Packets whose remaining length is at most `maxBytes` pass
 * unchanged, however they are split and merged. A larger one is refused (null: the connection must end) or, with
 * 'cut', a PUBLISH is shortened to `maxBytes`, so that the reader still learns its topic and can say it was too large.
 */
export function createPacketCap(
  maxBytes: number,
  oversize: 'refuse' | 'cut',
): (chunk: Buffer) => Buffer | null {
  let header: number[] = [];
  let keepBytes = 0;
  let dropBytes = 0;

  return (chunk) => {
    const kept: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (keepBytes > 0 || dropBytes > 0) {
        const end = Math.min(chunk.length, at + (keepBytes || dropBytes));
        if (keepBytes > 0) {
          kept.push(chunk.subarray(at, end));
          keepBytes -= end - at;
        } else {
          dropBytes -= end - at;
        }
        at = end;
        continue;
      }
      header.push(chunk.readUInt8(at));
      at += 1;
      const remainingBytes = remainingLength(header);
      if (remainingBytes === 'malformed') return null;
      if (remainingBytes === 'incomplete') continue;
      const first = header[0] ?? 0;
      if (remainingBytes > maxBytes && (oversize === 'refuse' || first >> 4 !== publishType)) return null;
      keepBytes = Math.min(remainingBytes, maxBytes);
      dropBytes = remainingBytes - keepBytes;
      kept.push(fixedHeader(first, keepBytes));
      header = [];
    }
    return Buffer.concat(kept);
  };
}

/**
 * Puts a filter before everything that reads from `socket`. It sits on push() because aedes pulls with read(), mqtt.js
 * pipes, and a stream in between would send each small write in a TCP segment of its own (noDelay).
 */
export function filterIncoming(
  socket: Socket,
  filter: (chunk: Buffer) => Buffer | null,
  onRefused: () => void,
): void {
  const push = socket.push.bind(socket);
  socket.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (!Buffer.isBuffer(chunk)) return push(chunk, encoding);
    const kept = filter(chunk);
    if (kept !== null) return push(kept);
    onRefused();
    return false;
  };
}

// MQTT 3.1.1 §2.2.3: seven bits a byte, least significant first, at most four bytes.
function remainingLength(header: readonly number[]): number | 'incomplete' | 'malformed' {
  let value = 0;
  for (let index = 1; index < header.length; index += 1) {
    const byte = header[index] ?? 0;
    value += (byte & 0x7f) * 128 ** (index - 1);
    if (byte < 0x80) return value;
  }
  return header.length > 4 ? 'malformed' : 'incomplete';
}

function fixedHeader(first: number, remainingBytes: number): Buffer {
  const bytes = [first];
  let rest = remainingBytes;
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}
