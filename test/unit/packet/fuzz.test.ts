// Whatever bytes come in: reading them never throws, and no echo is answered by what does not answer it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Datagram, Heard } from '../../../agent/packet/icmp.ts';
import { icmp4 } from '../../../agent/packet/icmp4.ts';
import { icmp6 } from '../../../agent/packet/icmp6.ts';
import { createFlightTable } from '../../../agent/packet/inflight.ts';
import {
  type Probe,
  asHeard,
  error6,
  labelled4,
  labelled6,
  mended,
  quote,
  quote6,
  reply,
  reply6,
  timeExceeded,
  unreachable,
} from './datagrams.ts';

const identifier = 0x1234;

/** Five echoes to each destination are on their way, all by eth1. */
const probesTo = (source: string, destinations: readonly string[]): Probe[] =>
  destinations.flatMap((destination, index) =>
    [1, 2, 3, 4, 5].map((number) => ({
      source,
      destination,
      identifier,
      sequence: index * 5 + number,
      cookie: 0xc00c1e00_0000 + index * 256 + number,
    })),
  );

function flightsOf(probes: readonly Probe[]) {
  const flights = createFlightTable();
  for (const { destination, cookie, sequence } of probes) {
    const sent = { realtimeUs: 0, monotonicUs: 0 };
    flights.add({
      ...{ interfaceName: 'eth1', destination, sequence, cookie, sent },
      ...{ leftRealtimeUs: null, state: 'underWay' },
    });
  }
  return flights;
}

interface Sample {
  bytes: Buffer;
  from: string;
}

const probes4 = probesTo('192.168.2.10', ['1.1.1.1', '8.8.8.8', '192.168.2.1']);
const any4 = fc.constantFrom(...probes4);
const router4 = '100.64.0.1';
const samples4: fc.Arbitrary<Sample> = fc
  .oneof(
    any4.map((probe) => reply(probe)),
    any4.map((probe) => reply(probe, { options: 12 })),
    any4.map((probe) => timeExceeded(router4, probe)),
    any4.map((probe) => timeExceeded(router4, probe, quote(probe, { options: 8 }, 8))),
    any4.map((probe) => unreachable(router4, 1, probe)),
    any4.map((probe) => labelled4(router4, probe)),
  )
  .map((bytes) => ({ bytes, from: '' }));

const probes6 = probesTo('fd00:2::10', ['2001:db8::1', 'fe80::1', 'fd00:3::1']);
const any6 = fc.constantFrom(...probes6);
const router6 = 'fd00:4::1';
const samples6: fc.Arbitrary<Sample> = fc.oneof(
  any6.map((probe) => ({ bytes: reply6(probe), from: probe.destination })),
  any6.map((probe) => ({ bytes: error6(router6, 3, 0, probe), from: router6 })),
  any6.map((probe) => ({ bytes: error6(router6, 3, 0, probe, quote6(probe, 8)), from: router6 })),
  any6.map((probe) => ({ bytes: error6(router6, 1, 3, probe), from: router6 })),
  any6.map((probe) => ({ bytes: error6(router6, 2, 0, probe), from: router6 })),
  any6.map((probe) => ({ bytes: labelled6(router6, probe), from: router6 })),
);

const families = [
  // The kernel lets no ICMPv6 with a wrong checksum through, so there is none to mend.
  { family: 'IPv4', dialect: icmp4, probes: probes4, samples: samples4, mend: mended },
  { family: 'IPv6', dialect: icmp6, probes: probes6, samples: samples6, mend: (bytes: Buffer) => bytes },
];

describe.each(families)('of $family', ({ dialect, probes, samples, mend }) => {
  const flights = flightsOf(probes);
  const claim = (heard: Heard | null) => (heard === null ? null : flights.claim('eth1', identifier, heard));

  /** The only echo that a message may answer, worked out without the table. */
  function answeredBy(heard: Heard): Probe | undefined {
    const probe = probes.find(({ sequence }) => sequence === heard.sequence);
    const destination = heard.type === 'reply' ? heard.from : heard.quotedDestination;
    if (probe === undefined || heard.identifier !== identifier) return undefined;
    const proven = heard.type !== 'reply' || heard.cookie === probe.cookie;
    return probe.destination === destination && proven ? probe : undefined;
  }

  it('random bytes are never an answer, and never an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 220 }), (bytes, length) => {
        const packet = mend(Buffer.from(bytes));
        const datagram: Datagram = asHeard(packet, Math.min(length, packet.length), router6, 60);
        expect(claim(dialect.read(datagram))).toBe(null);
        dialect.readSent(packet, datagram.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('a datagram cut anywhere is an answer in full or none, and to no other echo', () => {
    fc.assert(
      fc.property(samples, fc.nat({ max: 220 }), fc.boolean(), ({ bytes, from }, length, mendIt) => {
        const cut = bytes.subarray(0, Math.min(length, bytes.length));
        const heard = dialect.read(asHeard(mendIt ? mend(cut) : cut, cut.length, from, 60));
        if (cut.length === bytes.length) expect(claim(heard)).not.toBe(null);
        expect(claim(heard)?.cookie).toEqual(heard === null ? undefined : answeredBy(heard)?.cookie);
      }),
      { numRuns: 2000 },
    );
  });

  it('a datagram changed anywhere answers the echo it names in full, or none', () => {
    const change = fc.record({ at: fc.nat({ max: 160 }), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(samples, fc.array(change, { minLength: 1, maxLength: 6 }), ({ bytes, from }, changes) => {
        const changed = Buffer.from(bytes);
        for (const { at, to } of changes) if (at < changed.length) changed[at] = to;
        const heard = dialect.read(asHeard(mend(changed), changed.length, from, 60));
        if (heard === null) return;
        expect(claim(heard)?.cookie).toEqual(answeredBy(heard)?.cookie);
      }),
      { numRuns: 5000 },
    );
  });

  it('a reply is no answer from another address than it was sent to', () => {
    fc.assert(
      fc.property(fc.constantFrom(...probes), fc.constantFrom(...probes), (one, other) => {
        const bytes = dialect === icmp4 ? reply({ ...one, destination: other.destination }) : reply6(one);
        const flight = claim(dialect.read(asHeard(bytes, bytes.length, other.destination, 60)));
        expect(flight !== null).toBe(one.destination === other.destination);
      }),
    );
  });
});
