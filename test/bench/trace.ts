// A trace of a path of 4 hops and 20 ms, in turns with traceroute and icmplib, each sending one packet for a hop.
import { setTimeout as sleep } from 'node:timers/promises';
import { hostAddresses } from '../lab/topology.ts';
import { type Row, median } from './row.ts';
import { echoRequestsDuring, withTracers } from './trace-lab.ts';
import { type TraceRun, type Tracers, innerMs, startMs, wholeMs } from './tracers.ts';

const names = ['ours', 'traceroute', 'icmplib'] as const;
type Name = (typeof names)[number];
type ByTracer<T> = Record<Name, T>;

const target = hostAddresses[1];

async function takeTurns(tracers: Tracers, rounds: number, pauseMs: number): Promise<ByTracer<TraceRun[]>> {
  const runs: ByTracer<TraceRun[]> = { ours: [], traceroute: [], icmplib: [] };
  for (let round = 0; round < rounds; round++) {
    if (round > 0) await sleep(pauseMs);
    for (const name of names) runs[name].push(await tracers[name](target));
  }
  return runs;
}

/** Packets that one trace by each sends, in words. */
async function packetsSent(tracers: Tracers): Promise<string> {
  const words: string[] = [];
  for (const name of names) {
    words.push(`${name} ${await echoRequestsDuring(() => tracers[name](target))}`);
  }
  return words.join(', ');
}

function rowsOf(name: string, runs: ByTracer<TraceRun[]>, notes: [string, string]): Row[] {
  const base = {
    case: name,
    figure: 'HTTP request to answer, median',
    unit: 'ms',
    n: runs.ours.length,
  } as const;
  return [
    {
      ...base,
      ours: wholeMs(runs.ours),
      against: { name: 'traceroute -I -n -q1', value: wholeMs(runs.traceroute) },
      bar: { most: 1.2, of: 'ratio' },
      note: `durationMs ${innerMs(runs.ours).toFixed(1)}; ${notes[0]}`,
    },
    {
      ...base,
      ours: wholeMs(runs.ours),
      against: { name: 'icmplib without its start', value: innerMs(runs.icmplib) },
      bar: { most: 1 / 5, of: 'ratio' },
      note: `icmplib's process ${wholeMs(runs.icmplib).toFixed(0)} ms; ${notes[1]}`,
    },
  ];
}

const rounds = 15;

export async function trace(): Promise<Row[]> {
  return withTracers({}, async (tracers) => {
    await takeTurns(tracers, 3, 0);
    const starts: number[] = [];
    for (let run = 0; run < rounds; run++) starts.push(await startMs());
    const runs = await takeTurns(tracers, rounds, 0);
    const started = `starting any process takes ${median(starts).toFixed(1)} ms of the other's`;
    return rowsOf('trace', runs, [started, `packets: ${await packetsSent(tracers)}`]);
  });
}

// A router's kernel lets 6 errors go to one address at once, then one a second; a round takes three.
const refillMs = 3100;

export async function traceLimited(): Promise<Row[]> {
  return withTracers({ icmpRateLimits: 'kernel' }, async (tracers) => {
    const runs = await takeTurns(tracers, 5, refillMs);
    const silent = names.map((name) => {
      const hops = runs[name].map((run) => run.hops);
      return `${name} ${4 * hops.length - hops.reduce((sum, count) => sum + count)}`;
    });
    return rowsOf('trace-limited', runs, [`hops unanswered: ${silent.join(', ')}`, '3 s between rounds']);
  });
}
