// The raw sockets of one interface: one for each thing that is heard, and a header-including one that sends.
import { enableSendStamps, enableStamps, receive, receiveSent } from '@pathproof/packet-native';
import { Failure } from '../../shared/failure.ts';
import type { Family } from '../../shared/ip.ts';
import { messageOf } from '../../shared/thrown.ts';
import { type RawSocket, boundName, createBound, descriptorOf, sendFailure } from './bound.ts';
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

/** What can be heard: `icmp` is echo replies and errors, `icmpErrors` those alone. */
export type Ear = 'icmp' | 'icmpErrors' | 'udp';

interface Hearing {
  protocol: number;
  /** Null where all of the protocol is heard. A set bit drops its type. */
  filter: { level: number; option: number; bits: Buffer } | null;
}

// ICMP_FILTER, raw(7); ICMP6_FILTER, RFC 3542 §3.2.
const icmp4 = (types: readonly number[]): Hearing => ({
  protocol: 1,
  filter: { level: 255, option: 1, bits: allBut(types, 1) },
});
const icmp6 = (types: readonly number[]): Hearing => ({
  protocol: 58,
  filter: { level: 58, option: 1, bits: allBut(types, 8) },
});
const udp: Hearing = { protocol: 17, filter: null };

const hearings: Record<Family, Record<Ear, Hearing>> = {
  4: { icmp: icmp4([0, 3, 11]), icmpErrors: icmp4([3, 11]), udp },
  6: { icmp: icmp6([1, 2, 3, 129]), icmpErrors: icmp6([1, 2, 3]), udp },
};

export interface InterfaceSockets {
  /** A synchronous send of a buffer's first bytes by this interface. Throws Failure. */
  send(packet: Buffer, length: number, nextHop: string): void;
  /** Reads whatever the kernel holds by now, what has left first. */
  drain(): void;
  /** Whether all are still bound to the interface that bears the name now (it may have been renamed). */
  bound(): boolean;
  close(): void;
}

export interface SocketListeners {
  heard(datagram: Datagram, ear: Ear): void;
  /** A packet was taken by the driver: ARP and queues are behind it. Told before the answer to it is heard. */
  left(datagram: Datagram): void;
  /** The receiving socket went deaf: a poll error stops libuv's handle for good. */
  broken(): void;
}

/** A socket with the descriptor that raw-socket does not show. */
interface Opened {
  socket: RawSocket;
  descriptor: number;
}

/** Binds a socket and prepares it; closed again where that fails. Throws Failure: noRawSockets, interfaceMissing. */
function open(
  family: Family,
  protocol: number,
  interfaceName: string,
  prepare: (socket: RawSocket, descriptor: number) => void,
): Opened {
  const socket = createBound(family, protocol, interfaceName);
  try {
    socket.setOption(solSocket, soRcvbuf, queueBytes);
    const descriptor = descriptorOf(socket);
    prepare(socket, descriptor);
    return { socket, descriptor };
  } catch (error) {
    socket.close();
    if (error instanceof Failure) throw error;
    throw new Failure('noRawSockets', `can't prepare a raw socket on ${interfaceName}: ${messageOf(error)}`);
  }
}

const openReceiver = (family: Family, ear: Ear, interfaceName: string): Opened => {
  const { protocol, filter } = hearings[family][ear];
  return open(family, protocol, interfaceName, (socket, descriptor) => {
    if (filter !== null) socket.setOption(filter.level, filter.option, filter.bits, filter.bits.length);
    enableStamps(descriptor);
  });
};

/** Opens a socket for each ear, and one that sends. Throws Failure: noRawSockets, interfaceMissing. */
export function openSockets(
  interfaceName: string,
  family: Family,
  ears: readonly Ear[],
  { heard, left, broken }: SocketListeners,
): InterfaceSockets {
  const all: RawSocket[] = [];
  let closed = false;
  let unread = 0;
  const close = (): void => {
    if (closed) return;
    closed = true;
    for (const socket of all) socket.close();
  };
  const kept = (opened: Opened): Opened => {
    all.push(opened.socket);
    return opened;
  };

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
  const openAll = () => {
    try {
      return {
        receivers: ears.map((ear) => {
          const { socket, descriptor } = kept(openReceiver(family, ear, interfaceName));
          const inbox = createInbox(family === 6, from(receive, descriptor));
          return { ear, socket, inbox };
        }),
        sender: kept(
          open(family, protocolRaw, interfaceName, (_socket, descriptor) => enableSendStamps(descriptor)),
        ),
      };
    } catch (error) {
      close();
      throw error;
    }
  };
  const { receivers, sender } = openAll();
  const copies = createInbox(false, from(receiveSent, sender.descriptor));
  const readCopies = (): void => {
    unread = 0;
    copies.read(readsPerDrain, left);
  };
  /** What has left first: an answer's round trip begins with it. */
  const read = (atMost: number): void => {
    readCopies();
    for (const { ear, inbox } of receivers) inbox.read(atMost, (datagram) => heard(datagram, ear));
  };

  // Between socket() and the binding other interfaces' datagrams got in.
  for (const { inbox } of receivers) inbox.read(readsPerDrain, done);
  for (const { wrap } of all) {
    for (const event of ['recvReady', 'sendReady', 'error']) wrap.removeAllListeners(event);
    wrap.on('error', () => {
      if (!closed) broken();
    });
  }
  for (const { socket } of receivers) socket.wrap.on('recvReady', () => read(readsPerWakeup));
  sender.socket.wrap.pause(true, true);

  return {
    send(packet, length, nextHop) {
      // Asked last, for reading may find it broken: raw-socket would silently open a new, unbound socket and send by another interface (measured).
      // Not after the send: this packet's own copy is there at once, and nobody knows the packet yet.
      if (unread >= sendsUnread) readCopies();
      if (closed) throw new Failure('internal', `the socket on ${interfaceName} is closed`);
      try {
        sender.socket.wrap.send(packet, 0, length, nextHop, done);
      } catch (error) {
        throw sendFailure(messageOf(error), interfaceName);
      }
      unread += 1;
    },
    drain: () => read(readsPerDrain),
    bound: () => !closed && all.every((socket) => boundName(socket) === interfaceName),
    close,
  };
}
