// Whatever bytes come in: reading them never throws, and no echo is answered by what does not answer it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readIcmp } from '../../../agent/packet/icmp.ts';
import { createFlightTable } from '../../../agent/packet/inflight.ts';
import { type Probe, mended, quote, reply, timeExceeded, unreachable } from './datagrams.ts';

const identifier = 0x1234;
const router = '100.64.0.1';
const destinations = ['1.1.1.1', '8.8.8.8', '192.168.2.1'];

/** Five echoes to each destination are on their way, all by eth1. */
const probes: Probe[] = destinations.flatMap((destination, index) =>
  [1, 2, 3, 4, 5].map((number) => ({
    source: '192.168.2.10',
    destination,
    identifier,
    sequence: index * 5 + number,
    cookie: Buffer.from([index, number, 3, 4, 5, 6, 7, 8]),
  })),
);
const flights = createFlightTable<string>();
for (const { destination, cookie, sequence } of probes) {
  const sent = { realtimeUs: 0, monotonicUs: 0 };
  flights.add(sequence, {
    interfaceName: 'eth1',
    destination,
    cookie,
    sent,
    leftRealtimeUs: null,
    settle: () => undefined,
  });
}

const anyProbe = fc.constantFrom(...probes);
const datagrams = fc.oneof(
  anyProbe.map((probe) => reply(probe)),
  anyProbe.map((probe) => reply(probe, { options: 12 })),
  anyProbe.map((probe) => timeExceeded(router, probe)),
  anyProbe.map((probe) => timeExceeded(router, probe, quote(probe, { options: 8 }, 8))),
  anyProbe.map((probe) => unreachable(router, 1, probe)),
);

it('random bytes are never an answer, and never an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 220 }), (bytes, length) => {
      const packet = Buffer.from(bytes);
      expect(readIcmp(mended(packet), Math.min(length, packet.length))).toBe(null);
    }),
    { numRuns: 2000 },
  );
});

it('a datagram cut anywhere is an answer in full or none', () => {
  fc.assert(
    fc.property(datagrams, fc.nat({ max: 200 }), fc.boolean(), (datagram, length, mend) => {
      const cut = datagram.subarray(0, Math.min(length, datagram.length));
      const heard = readIcmp(mend ? mended(cut) : cut, cut.length);
      const flight = heard === null ? null : flights.claim('eth1', identifier, heard);
      if (cut.length < datagram.length && !mend) expect(flight).toBe(null);
      if (cut.length === datagram.length) expect(flight).not.toBe(null);
    }),
    { numRuns: 2000 },
  );
});

it('a datagram changed anywhere answers the echo it names in full, or none', () => {
  const change = fc.record({ at: fc.nat({ max: 120 }), to: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(datagrams, fc.array(change, { minLength: 1, maxLength: 6 }), (datagram, changes) => {
      const changed = Buffer.from(datagram);
      for (const { at, to } of changes) if (at < changed.length) changed[at] = to;
      const packet = mended(changed);
      const heard = readIcmp(packet, packet.length);
      if (heard === null) return;
      const flight = flights.claim('eth1', identifier, heard);
      const probe = probes.find(({ sequence }) => sequence === heard.sequence);
      const named = heard.type === 'reply' ? heard.from : heard.quotedDestination;
      const answers =
        heard.identifier === identifier &&
        probe?.destination === named &&
        (heard.type !== 'reply' || heard.cookie.equals(probe.cookie));
      expect(flight?.cookie).toEqual(answers ? probe.cookie : undefined);
    }),
    { numRuns: 5000 },
  );
});
