// Traces of 20 ms paths on which somebody says nothing: routers, beside three other tools, and the destination itself.
// All by addresses that the agent meets for the first time.
import type { Row } from './row.ts';
import { freshAddresses, withTracers } from './trace-lab.ts';
import { type TraceRun, type TracerName, type Tracers, fewestHops, innerMs, wholeMs } from './tracers.ts';

type Runs = Record<TracerName, TraceRun[]>;
const paths = [
  { hops: 4, silentHops: [2] },
  { hops: 20, silentHops: [3, 8, 13, 17] },
] as const;
const turns: Readonly<Record<TracerName, number>> = { ours: 7, traceroute: 7, mtr: 2, icmplib: 2 };
// Each of traceroute's takes 10 s.
const silentTurns: Readonly<Record<TracerName, number>> = { ours: 7, traceroute: 2, mtr: 0, icmplib: 0 };
const names: readonly TracerName[] = ['ours', 'traceroute', 'mtr', 'icmplib'];

async function takeTurns(
  tracers: Tracers,
  addresses: Iterator<string, never>,
  wanted: Readonly<Record<TracerName, number>>,
): Promise<Runs> {
  const runs: Runs = { ours: [], traceroute: [], mtr: [], icmplib: [] };
  await tracers.ours(addresses.next().value);
  for (let turn = 0; turn < Math.max(...Object.values(wanted)); turn++) {
    const target = addresses.next().value;
    for (const name of names.filter((one) => turn < wanted[one])) {
      runs[name].push(await tracers[name](target));
    }
  }
  return runs;
}

function rowsOf(name: string, runs: Runs): Row[] {
  const base = {
    case: name,
    figure: 'HTTP request to answer, median',
    unit: 'ms',
    ours: wholeMs(runs.ours),
    n: turns.ours,
  } as const;
  const hops = names.map((one) => `${one} ${fewestHops(runs[one])}`).join(', ');
  return [
    {
      ...base,
      against: { name: 'traceroute -I -n -q1', value: wholeMs(runs.traceroute) },
      bar: { most: 0.6, of: 'ratio' },
      note: `durationMs ${innerMs(runs.ours).toFixed(1)}; hops answered, the fewest: ${hops}`,
    },
    {
      ...base,
      against: { name: `mtr -n -r -c1 (n ${turns.mtr})`, value: wholeMs(runs.mtr) },
      bar: { most: 1 / 25, of: 'ratio' },
      note: '',
    },
    {
      ...base,
      against: { name: `icmplib without its start (n ${turns.icmplib})`, value: innerMs(runs.icmplib) },
      bar: { most: 1 / 20, of: 'ratio' },
      note: `icmplib's process ${wholeMs(runs.icmplib).toFixed(0)} ms`,
    },
  ];
}

async function silentDestination(): Promise<Row[]> {
  const runs = await withTracers({}, (tracers) => takeTurns(tracers, freshAddresses('silent'), silentTurns));
  return [
    {
      case: 'trace-silent, destination',
      figure: 'HTTP request to answer, median',
      unit: 'ms',
      ours: wholeMs(runs.ours),
      against: {
        name: `traceroute -I -n -q1 (n ${silentTurns.traceroute})`,
        value: wholeMs(runs.traceroute),
      },
      bar: { most: 1100, of: 'ours' },
      n: silentTurns.ours,
      note: `hops answered, the fewest: ours ${fewestHops(runs.ours)}, traceroute ${fewestHops(runs.traceroute)}`,
    },
  ];
}

export async function traceSilent(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { hops, silentHops } of paths) {
    const runs = await withTracers({ lte: { hops, silentHops } }, (tracers) =>
      takeTurns(tracers, freshAddresses(), turns),
    );
    rows.push(...rowsOf(`trace-silent, ${silentHops.length} of ${hops} hops`, runs));
  }
  return [...rows, ...(await silentDestination())];
}
