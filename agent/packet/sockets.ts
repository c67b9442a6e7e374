// The two raw sockets of one interface: a filtered one that hears ICMP, a header-including one that sends.
import { enableSendStamps, enableStamps, receive, receiveSent } from '@pathproof/packet-native';
import { Failure } from '../../shared/failure.ts';
import type { Family } from '../../shared/ip.ts';
import { type RawSocket, boundName, createBound, descriptorOf, messageOf, sendFailure } from './bound.ts';
import type { Datagram } from './icmp.ts';
import { createInbox } from './inbox.ts';

const solSocket = 1;
const soRcvbuf = 8;
const protocolRaw = 255; // IPPROTO_RAW: headers are ours (raw(7), raw6 alike) and nothing is ever received
const queueBytes = 1 << 20;
const done = (): void => undefined;
const readsPerWakeup = 64;
const readsPerDrain = 8192;
/** The error queue drops stamps when it is full (some hundred by default), so that many sends are too many unread. */
const sendsUnread = 64;

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
  4: { protocol: 1, filter: { level: 255, option: 1, bits: allBut([0, 3, 11], 1) } }, // ICMP_FILTER, raw(7)
  6: { protocol: 58, filter: { level: 58, option: 1, bits: allBut([1, 2, 3, 129], 8) } }, // RFC 3542 §3.2
} as const;

export interface InterfaceSockets {
  /** A synchronous send of a buffer's first bytes by this interface. Throws Failure. */
  send(packet: Buffer, length: number, nextHop: string): void;
  /** Reads whatever the kernel holds by now, what has left first. */
  drain(): void;
  /** Whether both sockets are still bound to the interface that bears the name now (it may have been renamed). */
  bound(): boolean;
  close(): void;
}

export interface SocketListeners {
  heard(datagram: Datagram): void;
  /** A packet was taken by the driver: ARP and queues are behind it. Told before the answer to it is heard. */
  left(datagram: Datagram): void;
  /** The receiving socket went deaf: a poll error stops libuv's handle for good. */
  broken(): void;
}

/** A socket that hears, one that sends, each with the descriptor that raw-socket does not show. */
interface Pair {
  receiver: RawSocket;
  sender: RawSocket;
  receiverDescriptor: number;
  senderDescriptor: number;
}

/** Binds, filters and stamps both. Throws Failure: noRawSockets, interfaceMissing. */
function openPair(interfaceName: string, family: Family): Pair {
  const { protocol, filter } = families[family];
  const receiver = createBound(family, protocol, interfaceName);
  let sender: RawSocket | null = null;
  try {
    sender = createBound(family, protocolRaw, interfaceName);
    receiver.setOption(filter.level, filter.option, filter.bits, filter.bits.length);
    for (const socket of [receiver, sender]) socket.setOption(solSocket, soRcvbuf, queueBytes);
    const receiverDescriptor = descriptorOf(receiver);
    const senderDescriptor = descriptorOf(sender);
    enableStamps(receiverDescriptor);
    enableSendStamps(senderDescriptor);
    return { receiver, sender, receiverDescriptor, senderDescriptor };
  } catch (error) {
    receiver.close();
    sender?.close();
    if (error instanceof Failure) throw error;
    throw new Failure('noRawSockets', `can't prepare a raw socket on ${interfaceName}: ${messageOf(error)}`);
  }
}

/** Opens both sockets of an interface. Throws Failure: noRawSockets, interfaceMissing. */
export function openSockets(
  interfaceName: string,
  family: Family,
  { heard, left, broken }: SocketListeners,
): InterfaceSockets {
  const { receiver, sender, receiverDescriptor, senderDescriptor } = openPair(interfaceName, family);
  let closed = false;
  let unread = 0;

  /** A fault of the one who listens is not the socket's: only receiving may break it. */
  const from =
    (take: typeof receive, descriptor: number) =>
    (into: Buffer, arrivals: Buffer): number => {
      try {
        return closed ? 0 : take(descriptor, into, arrivals);
      } catch {
        if (!closed) broken();
        return 0;
      }
    };
  const answers = createInbox(family === 6, from(receive, receiverDescriptor));
  const copies = createInbox(false, from(receiveSent, senderDescriptor));
  const readCopies = (): void => {
    unread = 0;
    copies.read(readsPerDrain, left);
  };
  /** What has left first: an answer's round trip begins with it. */
  const readBoth = (atMost: number): void => {
    readCopies();
    answers.read(atMost, heard);
  };

  // Between socket() and the binding other interfaces' datagrams got in.
  answers.read(readsPerDrain, done);
  for (const { wrap } of [receiver, sender]) {
    for (const event of ['recvReady', 'sendReady', 'error']) wrap.removeAllListeners(event);
    wrap.on('error', () => {
      if (!closed) broken();
    });
  }
  receiver.wrap.on('recvReady', () => readBoth(readsPerWakeup));
  sender.wrap.pause(true, true);

  return {
    send(packet, length, nextHop) {
      // raw-socket would silently open a new, unbound socket and send by another interface (measured).
      if (closed) throw new Failure('internal', `the socket on ${interfaceName} is closed`);
      // Not after the send: this packet's own copy is there at once, and nobody knows the packet yet.
      if (unread >= sendsUnread) readCopies();
      try {
        sender.wrap.send(packet, 0, length, nextHop, done);
      } catch (error) {
        throw sendFailure(messageOf(error), interfaceName);
      }
      unread += 1;
    },
    drain: () => readBoth(readsPerDrain),
    bound: () => !closed && boundName(sender) === interfaceName && boundName(receiver) === interfaceName,
    close() {
      if (closed) return;
      closed = true;
      receiver.close();
      sender.close();
    },
  };
}
