// Traces of short and long paths, near and far: of a path nobody has traced yet, in turns with traceroute, and then of
// the same path once more, against what light and routers allow.
import { type Row, median } from './row.ts';
import { echoRequestsDuring, freshAddresses, withTracers } from './trace-lab.ts';
import { type TraceRun, type Tracers, fewestHops, innerMs, wholeMs } from './tracers.ts';

const lengths = [4, 20] as const;
const roundTripsMs = [20, 100] as const;
const rounds = 7;
const countedRounds = 3;
const warmUps = 8;
const against = 'traceroute -I -n -q1';

interface Path {
  hops: number;
  roundTripMs: number;
}

interface Times {
  first: TraceRun[];
  traceroute: TraceRun[];
  again: TraceRun[];
}
type Counts = Record<keyof Times, number[]>;

async function timeRounds(tracers: Tracers, addresses: Iterator<string, never>): Promise<Times> {
  const times: Times = { first: [], traceroute: [], again: [] };
  for (let round = 0; round < rounds; round++) {
    const target = addresses.next().value;
    times.first.push(await tracers.ours(target));
    times.traceroute.push(await tracers.traceroute(target));
    times.again.push(await tracers.ours(target));
  }
  return times;
}

/** In rounds of their own: capturing takes time of the processors that the traces need. */
async function countRounds(tracers: Tracers, addresses: Iterator<string, never>): Promise<Counts> {
  const counts: Counts = { first: [], traceroute: [], again: [] };
  for (let round = 0; round < countedRounds; round++) {
    const target = addresses.next().value;
    counts.first.push(await echoRequestsDuring(() => tracers.ours(target)));
    counts.traceroute.push(await echoRequestsDuring(() => tracers.traceroute(target)));
    counts.again.push(await echoRequestsDuring(() => tracers.ours(target)));
  }
  return counts;
}

/** What it took by the agent's own clock, and whether all hops are in the results. */
function noteOf(runs: readonly TraceRun[], path: Path): string {
  const fewest = fewestHops(runs);
  return `durationMs ${innerMs(runs).toFixed(1)}; hops answered ${fewest === path.hops ? 'all' : `${fewest} at the fewest`}`;
}

function firstRows(path: Path, times: Times, counts: Counts): Row[] {
  const base = { case: `trace-paths, first, ${path.hops} hops, ${path.roundTripMs} ms` } as const;
  const time = { ...base, unit: 'ms', ours: wholeMs(times.first), n: rounds } as const;
  const other = { name: against, value: wholeMs(times.traceroute) };
  return [
    {
      ...time,
      figure: "by the result's durationMs, median",
      ours: innerMs(times.first),
      against: other,
      bar: { most: 1, of: 'ratio' },
      note: "the agent's part; traceroute's is its whole process",
    },
    {
      ...time,
      figure: 'HTTP request to answer, median',
      against: other,
      bar: { most: 1, of: 'ratio' },
      note: noteOf(times.first, path),
    },
    {
      ...time,
      figure: 'the same by 2.2 RTT + 10 ms',
      against: null,
      bar: { most: 2.2 * path.roundTripMs + 10, of: 'ours' },
      note: '',
    },
    {
      ...base,
      figure: 'packets, median',
      unit: 'packets',
      ours: median(counts.first),
      against: { name: against, value: median(counts.traceroute) },
      bar: { most: 0.7, of: 'ratio' },
      n: countedRounds,
      note: '',
    },
  ];
}

function againRows(path: Path, times: Times, counts: Counts): Row[] {
  const base = {
    case: `trace-paths, again, ${path.hops} hops, ${path.roundTripMs} ms`,
    against: null,
  } as const;
  return [
    {
      ...base,
      figure: 'HTTP request to answer, median',
      unit: 'ms',
      ours: wholeMs(times.again),
      bar: { most: 1.1 * path.roundTripMs + 10, of: 'ours' },
      n: rounds,
      note: noteOf(times.again, path),
    },
    {
      ...base,
      figure: 'packets, median',
      unit: 'packets',
      ours: median(counts.again),
      bar: { most: path.hops + 1, of: 'ours' },
      n: countedRounds,
      note: '',
    },
  ];
}

async function measure(path: Path): Promise<Row[]> {
  const lte = { hops: path.hops, delayMs: path.roundTripMs / 2 };
  return withTracers({ lte }, async (tracers) => {
    const addresses = freshAddresses();
    for (let run = 0; run < warmUps; run++) await tracers.ours(addresses.next().value);
    const times = await timeRounds(tracers, addresses);
    const counts = await countRounds(tracers, addresses);
    return [...firstRows(path, times, counts), ...againRows(path, times, counts)];
  });
}

export async function tracePaths(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const hops of lengths) {
    for (const roundTripMs of roundTripsMs) rows.push(...(await measure({ hops, roundTripMs })));
  }
  return rows;
}
