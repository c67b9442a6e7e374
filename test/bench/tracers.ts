// One trace by each of the tools, timed the same way: by the clock of this process, which does nothing else meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { agentNode, python3, run } from '../lab/programs.ts';
import type { Uplink } from '../lab/topology.ts';
import type { Door } from './job.ts';
import { getPlainly } from './plain-http.ts';
import { median } from './row.ts';

export type TracerName = 'ours' | 'traceroute' | 'icmplib' | 'mtr';

export interface TraceRun {
  /** All that a user waits for: our answer over HTTP, the others' whole process. */
  wholeMs: number;
  /** By the tool's own clock: our durationMs, icmplib without its start; the others have none, it is the whole again. */
  innerMs: number;
  /** Hops that answered, the destination included. */
  hops: number;
}

/** Medians of both times, and the fewest hops that any of the runs had answered. */
export const wholeMs = (runs: readonly TraceRun[]): number => median(runs.map((run) => run.wholeMs));
export const innerMs = (runs: readonly TraceRun[]): number => median(runs.map((run) => run.innerMs));
export const fewestHops = (runs: readonly TraceRun[]): number => Math.min(...runs.map(({ hops }) => hops));

export type Tracers = Readonly<Record<TracerName, (target: string) => Promise<TraceRun>>>;

// The agent lets traces through one gateway follow each other as a router's own limit lets its errors: beyond a burst of 5
// one a second. That wait is no part of a trace.
const betweenOursMs = 1100;

const icmplibProgram = fileURLToPath(new URL('./icmplib_trace.py', import.meta.url));

const Answer = z.object({
  probe: z.object({
    durationMs: z.number(),
    traceroute: z.object({ hops: z.array(z.object({ address: z.string().nullable() })) }),
  }),
});

async function timed<T>(work: () => Promise<T>): Promise<{ wholeMs: number; value: T }> {
  const startedMs = performance.now();
  const value = await work();
  return { wholeMs: performance.now() - startedMs, value };
}

const answering = (text: string, line: RegExp): number => [...text.matchAll(line)].length;

export function createTracers(http: Door, uplink: Uplink): Tracers {
  let oursEndedMs = -betweenOursMs;
  return {
    async ours(target) {
      await sleep(oursEndedMs + betweenOursMs - performance.now());
      const path = `/traceroute?target=${target}&via=${uplink.name}&count=1`;
      const startedMs = performance.now();
      const { body, atMs } = await getPlainly(http.port, path);
      oursEndedMs = atMs;
      const { probe } = Answer.parse(JSON.parse(body));
      const hops = probe.traceroute.hops.filter(({ address }) => address !== null).length;
      return { wholeMs: atMs - startedMs, innerMs: probe.durationMs, hops };
    },
    async traceroute(target) {
      const argv = ['traceroute', '-I', '-n', '-q1', '-i', uplink.interface, target];
      const { wholeMs, value } = await timed(() => run(agentNode, argv));
      return { wholeMs, innerMs: wholeMs, hops: answering(value.stdout, /^ *\d+ +\d/gm) };
    },
    // It can't be bound to an interface: the kernel's route to the target has to lead there.
    async icmplib(target) {
      const { wholeMs, value } = await timed(() => run(agentNode, [python3, icmplibProgram, target]));
      const [innerMs = NaN, hops = NaN] = value.stdout.split(' ').map(Number);
      return { wholeMs, innerMs, hops };
    },
    async mtr(target) {
      const argv = ['mtr', '-n', '-r', '-c1', '-I', uplink.interface, target];
      const { wholeMs, value } = await timed(() => run(agentNode, argv));
      return { wholeMs, innerMs: wholeMs, hops: answering(value.stdout, /^ *\d+\.\|-- \d/gm) };
    },
  };
}

/** What starting any process costs here. */
export async function startMs(): Promise<number> {
  return (await timed(() => run(agentNode, ['true']))).wholeMs;
}
