// The two raw sockets of one interface: a filtered one that hears ICMP, a header-including one that sends.
import { enableSendStamps, enableStamps, receive, receiveSent } from '@pathproof/packet-native';
import { Failure } from '../../shared/failure.ts';
import type { Family } from '../../shared/ip.ts';
import { type RawSocket, boundName, createBound, descriptorOf, messageOf, sendFailure } from './bound.ts';
import { readIpv4, readIpv6 } from './bytes.ts';
import type { Datagram } from './icmp.ts';

const solSocket = 1;
const soRcvbuf = 8;
const protocolRaw = 255; // IPPROTO_RAW: headers are ours (raw(7), raw6 alike) and nothing is ever received
const receiveBufferBytes = 1 << 20;
const readsPerWakeup = 64;
const readsPerDrain = 8192;

/** A buffer of little-endian words in which the bits of these types are clear and all others set. */
function allBut(types: readonly number[], words: number): Buffer {
  const filter = Buffer.alloc(words * 4, 0xff);
  for (const one of types) {
    const at = (one >>> 5) * 4;
    filter.writeUInt32LE((filter.readUInt32LE(at) & ~(1 << (one & 31))) >>> 0, at);
  }
  return filter;
}

/** What differs between the families. A set bit of a filter drops its type: replies and errors pass. */
const families = {
  4: {
    protocol: 1,
    filter: { level: 255, option: 1, bits: allBut([0, 3, 11], 1) }, // ICMP_FILTER, raw(7)
    sourceOf: readIpv4,
  },
  6: {
    protocol: 58,
    filter: { level: 58, option: 1, bits: allBut([1, 2, 3, 129], 8) }, // ICMP6_FILTER, RFC 3542 §3.2
    sourceOf: readIpv6,
  },
} as const;

export interface InterfaceSockets {
  /** A synchronous send by this interface. Throws Failure. */
  send(packet: Buffer, nextHop: string): void;
  /** Reads whatever the kernel holds by now, what has left first. */
  drain(): void;
  /** Reads which packets have left by now, and when. */
  readSent(): void;
  /** Whether both sockets are still bound to the interface that bears the name now (it may have been renamed). */
  bound(): boolean;
  close(): void;
}

export interface SocketListeners {
  heard(datagram: Datagram): void;
  /** A packet was taken by the driver: ARP and queues are behind it. */
  left(datagram: Datagram): void;
  /** The receiving socket went deaf: a poll error stops libuv's handle for good. */
  broken(): void;
}

/** Opens both sockets of an interface. Throws Failure: noRawSockets, interfaceMissing. */
export function openSockets(
  interfaceName: string,
  family: Family,
  { heard, left, broken }: SocketListeners,
): InterfaceSockets {
  const { protocol, filter, sourceOf } = families[family];
  const receiver = createBound(family, protocol, interfaceName);
  let sender: RawSocket;
  try {
    sender = createBound(family, protocolRaw, interfaceName);
  } catch (error) {
    receiver.close();
    throw error;
  }
  let closed = false;
  const bytes = Buffer.alloc(2048);
  const arrival = Buffer.alloc(32);

  const close = (): void => {
    if (closed) return;
    closed = true;
    receiver.close();
    sender.close();
  };
  /** A fault of the one who listens is not the socket's: only receiving may break it. */
  const next = (from: typeof receive, descriptor: number): Datagram | null => {
    try {
      const length = closed ? -1 : from(descriptor, bytes, arrival);
      if (length < 0) return null;
      const hopLimit = arrival.readInt32LE(8);
      return {
        bytes,
        length,
        from: sourceOf(arrival, 12),
        hopLimit: hopLimit < 0 ? null : hopLimit,
        realtimeUs: arrival.readDoubleLE(0),
      };
    } catch {
      if (!closed) broken();
      return null;
    }
  };
  const read = (deliver: (datagram: Datagram) => void, atMost: number): void => {
    for (let count = 0; count < atMost; count++) {
      const datagram = next(receive, receiverDescriptor);
      if (datagram === null) return;
      deliver(datagram);
    }
  };
  const readSent = (): void => {
    for (let count = 0; count < readsPerDrain; count++) {
      const datagram = next(receiveSent, senderDescriptor);
      if (datagram === null) return;
      left(datagram);
    }
  };

  let receiverDescriptor: number;
  let senderDescriptor: number;
  try {
    receiver.setOption(filter.level, filter.option, filter.bits, filter.bits.length);
    receiver.setOption(solSocket, soRcvbuf, receiveBufferBytes);
    receiverDescriptor = descriptorOf(receiver);
    senderDescriptor = descriptorOf(sender);
    enableStamps(receiverDescriptor);
    enableSendStamps(senderDescriptor);
  } catch (error) {
    close();
    throw new Failure('noRawSockets', `can't prepare a raw socket on ${interfaceName}: ${messageOf(error)}`);
  }
  // Between socket() and the binding other interfaces' datagrams got in.
  read(() => undefined, readsPerDrain);

  for (const { wrap } of [receiver, sender]) {
    for (const event of ['recvReady', 'sendReady', 'error']) wrap.removeAllListeners(event);
    wrap.on('error', () => {
      if (!closed) broken();
    });
  }
  receiver.wrap.on('recvReady', () => read(heard, readsPerWakeup));
  sender.wrap.pause(true, true);

  return {
    send(packet, nextHop) {
      // raw-socket would silently open a new, unbound socket and send by another interface (measured).
      if (closed) throw new Failure('internal', `the socket on ${interfaceName} is closed`);
      try {
        sender.wrap.send(packet, 0, packet.length, nextHop, () => undefined);
      } catch (error) {
        throw sendFailure(messageOf(error), interfaceName);
      }
    },
    drain() {
      readSent();
      read(heard, readsPerDrain);
    },
    readSent,
    bound: () => !closed && boundName(sender) === interfaceName && boundName(receiver) === interfaceName,
    close,
  };
}
