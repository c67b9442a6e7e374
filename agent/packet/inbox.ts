// Where datagrams lie that were taken from the kernel, several in one call, until they are read.
import { readIpv6 } from './bytes.ts';
import { type Instant, now } from './clock.ts';
import type { Datagram } from './icmp.ts';

const places = 32;
const placeBytes = 2048;
const arrivalBytes = 32; // native/index.d.ts says what stands where

export interface Inbox {
  /** Delivers what has come, a batch at a time, `atMost` in all or a few more. */
  read(atMost: number, deliver: (datagram: Datagram) => void): void;
}

/**
 * `receive` fills both buffers, a place for each datagram, and returns how many came. `withSource`: the datagrams have no
 * IP header that would say whose they are.
 */
export function createInbox(withSource: boolean, receive: (into: Buffer, arrivals: Buffer) => number): Inbox {
  const into = Buffer.alloc(places * placeBytes);
  const arrivals = Buffer.alloc(places * arrivalBytes);
  const place = (index: number): Buffer => into.subarray(index * placeBytes, (index + 1) * placeBytes);
  const instant: Instant = { realtimeUs: 0, monotonicUs: 0 };
  // The same ones again and again: at 10 000 packets a second new ones would be half of all garbage.
  const datagrams = Array.from({ length: places }, (_, index): Datagram => ({
    bytes: place(index),
    length: 0,
    from: '',
    hopLimit: null,
    realtimeUs: 0,
    read: instant,
  }));
  const fill = (datagram: Datagram, index: number, read: Instant): void => {
    const at = index * arrivalBytes;
    const hopLimit = arrivals.readInt32LE(at + 8);
    datagram.realtimeUs = arrivals.readDoubleLE(at);
    datagram.hopLimit = hopLimit < 0 ? null : hopLimit;
    datagram.length = arrivals.readInt32LE(at + 12);
    if (withSource) datagram.from = readIpv6(arrivals, at + 16);
    datagram.read = read;
  };
  const readBatch = (deliver: (datagram: Datagram) => void): number => {
    const count = receive(into, arrivals);
    if (count === 0) return 0;
    const read = now();
    for (let index = 0; index < count; index++) {
      const datagram = datagrams[index];
      if (datagram === undefined) break;
      fill(datagram, index, read);
      deliver(datagram);
    }
    return count;
  };

  return {
    read(atMost, deliver) {
      for (let count = 0; count < atMost; count += places) {
        if (readBatch(deliver) < places) return;
      }
    },
  };
}
