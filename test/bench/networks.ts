// How fast networks of addresses are told: out of a file, out of memory, and what all of it adds to a trace.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAnnotate } from '../../agent/asn/annotate.ts';
import { openAsnDatabase } from '../../agent/asn/mmdb.ts';
import { noNames } from '../../agent/asn/names.ts';
import { type Networks, createNetworks } from '../../agent/asn/networks.ts';
import type { NetworkSource } from '../../agent/asn/source.ts';
import { createLog } from '../../agent/log.ts';
import { createJobs } from '../../agent/queue.ts';
import { nothingMeasured } from '../../shared/measurement.ts';
import { TracerouteRequest } from '../../shared/request.ts';
import type { Hop } from '../../shared/result.ts';
import { writeMmdb } from '../fixtures/mmdb.ts';
import { type Row, median, quantile } from './row.ts';

const runs = 7;
const lookUps = 100_000;
/** Of public IPv4, some 100 000 /24s in the file, as a country's share of the real one has. */
const networksInFile = 100_000;
const hops = 30;

const unhurried = new AbortController().signal;

/** The n-th /24 from 20.0.0.0 on, none of them special. */
const addressIn = (network: number): string =>
  `${20 + (network >>> 16)}.${(network >>> 8) & 255}.${network & 255}.7`;

function writeFile(path: string): void {
  const records = Array.from({ length: networksInFile }, (_, network) => {
    const record = {
      asn: `AS${64_496 + (network % 1000)}`,
      as_name: `Network ${network}`,
      country_code: 'DE',
    };
    return [addressIn(network).replace(/\.7$/, '.0/24'), record] as const;
  });
  writeMmdb(path, Object.fromEntries(records));
}

/** Microseconds for each, in the median of the runs. */
async function timed(count: number, work: () => unknown): Promise<{ us: number; slowest: number }> {
  const took: number[] = [];
  await work();
  for (let run = 0; run < runs; run++) {
    const startedMs = performance.now();
    await work();
    took.push(((performance.now() - startedMs) * 1000) / count);
  }
  return { us: median(took), slowest: quantile(took, 1) };
}

const perSecond = (us: number): string => `${Math.round(1e6 / us)} a second`;

function rowOf(figure: string, { us, slowest }: { us: number; slowest: number }, most: number | null): Row {
  const note = `${perSecond(us)}; slowest run ${perSecond(slowest)}`;
  const bar = most === null ? null : { most, of: 'ours' as const };
  return { case: 'networks', figure, unit: 'µs', ours: us, against: null, bar, n: runs * lookUps, note };
}

/** As many addresses as a trace has at a time, until all are asked for. */
async function askAll(networks: Networks): Promise<void> {
  for (let from = 0; from < lookUps; from += hops) {
    const addresses = Array.from({ length: hops }, (_, index) => addressIn((from + index) % networksInFile));
    await networks.networksOf(addresses, { patienceMs: 200 }, unhurried);
  }
}

const annotated = (addresses: readonly string[]): Hop[] =>
  addresses.map((address, index) => ({
    ...{
      ttl: index + 1,
      address,
      name: null,
      rttMs: 1,
      alsoAt: [],
      replyTtl: 60,
      unreachable: null,
      mpls: [],
    },
    ...{ network: null, scope: null },
  }));

async function annotation(networks: Networks): Promise<Row> {
  const annotate = createAnnotate(noNames, networks);
  const addresses = Array.from({ length: hops }, (_, index) => addressIn(index * 997));
  const traceroute = { reached: true, loop: false, hops: annotated(addresses) };
  const request = TracerouteRequest.parse({
    kind: 'traceroute',
    target: '1.1.1.1',
    expect: { orgExcludes: ['AS1'] },
  });
  const took: number[] = [];
  for (let run = 0; run < 1000; run++) {
    const startedMs = performance.now();
    await annotate(request, { ...nothingMeasured, traceroute }, unhurried);
    took.push(performance.now() - startedMs);
  }
  const note = `first ${took[0]?.toFixed(2)} ms, p99 ${quantile(took, 0.99).toFixed(3)} ms`;
  const bar = { most: 1, of: 'ours' as const };
  const figure = `added to a trace of ${hops} hops, all kept, median`;
  return { case: 'annotation', figure, unit: 'ms', ours: median(took), against: null, bar, n: 1000, note };
}

/** Answers at once, so that the memory is filled by the same way as it is in earnest. */
const source: NetworkSource = {
  name: 'ipinfo',
  lookUp: () =>
    Promise.resolve({
      outcome: 'known',
      network: { asn: 1, organisation: 'One', domain: null, prefix: null, country: 'DE', source: 'ipinfo' },
    }),
};

export async function networks(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-bench-'));
  try {
    const path = join(folder, 'networks.mmdb');
    writeFile(path);
    const database = await openAsnDatabase(path, createLog('silent', null));
    const file = await timed(lookUps, () => {
      for (let number = 0; number < lookUps; number++) database.lookUp(addressIn(number % networksInFile));
    });
    const byFile = createNetworks({ database, sources: [], store: null, createJobs });
    const kept = createNetworks({ database: null, sources: [source], store: null, createJobs });
    // The memory holds fewer than the file: those that a trace meets again and again.
    const few = Array.from({ length: hops }, (_, index) => addressIn(index * 997));
    await kept.networksOf(few, { patienceMs: null }, unhurried);
    const fromMemory = await timed(lookUps, async () => {
      for (let from = 0; from < lookUps; from += hops) {
        await kept.networksOf(few, { patienceMs: 200 }, unhurried);
      }
    });
    return [
      rowOf('a look-up in the file', file, 10),
      rowOf('a look-up in the file, with all around it', await timed(lookUps, () => askAll(byFile)), null),
      rowOf('a look-up in memory, with all around it', fromMemory, null),
      await annotation(kept),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
