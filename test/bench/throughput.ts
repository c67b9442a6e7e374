// The packet engine at speed, on a wire without delay: a sweep of 500 targets beside fping's, and a steady 10 000 echoes
// a second.
import { type EngineRun, complaintsOf, runEngine } from './engine-run.ts';
import { runFping } from './fping.ts';
import { createLink, peerAddresses } from './link.ts';
import { type Row, median } from './row.ts';
import type { Usage } from './usage.ts';

const targets = peerAddresses(500);
const packetsPerSecond = 10_000;
const echoesEach = 10;
const turns = 5;
const steadyEchoes = 100_000;
const name = 'fping -i .1 -p 100 -t 1000';

interface Sweep {
  process: Usage;
  lost: number;
}

const wallS = (sweeps: readonly Sweep[]): number => median(sweeps.map((sweep) => sweep.process.wallS));
const cpuS = (sweeps: readonly Sweep[]): number => median(sweeps.map((sweep) => sweep.process.cpuS));
const lost = (sweeps: readonly Sweep[]): number => sweeps.reduce((sum, sweep) => sum + sweep.lost, 0);

export async function throughput(): Promise<Row[]> {
  await using link = await createLink();
  const runs: EngineRun[] = [];
  const fping: Sweep[] = [];
  const fpingAsDense: Sweep[] = [];
  const job = { targets, echoes: targets.length * echoesEach, packetsPerSecond, sampleEvery: null };
  const fpingJob = { interface: link.interface, targets, echoesEach };
  for (let turn = 0; turn < turns; turn++) {
    runs.push(await runEngine(link, job));
    fping.push(await runFping({ ...fpingJob, periodMs: 100 }));
    fpingAsDense.push(await runFping({ ...fpingJob, periodMs: 50 }));
  }
  const ours = runs.map((run) => ({ process: run.process, lost: run.told.lost }));
  const base = { case: 'throughput, 500 targets × 10', n: turns } as const;
  const echoing = (median(runs.map(({ told }) => told.tookMs)) / 1000).toFixed(2);
  const dense = `with -p 50, as far apart as ours: ${wallS(fpingAsDense).toFixed(2)} s, ${cpuS(fpingAsDense).toFixed(2)} s of processor time, lost ${lost(fpingAsDense)}`;
  return [
    {
      ...base,
      figure: 'whole process, median',
      unit: 's',
      ours: wallS(ours),
      against: { name, value: wallS(fping) },
      bar: { most: 0.7, of: 'ratio' },
      note: `${echoing} s of it from the first echo to the last answer; fping ${dense}`,
    },
    {
      ...base,
      figure: 'processor time, median',
      unit: 's',
      ours: cpuS(ours),
      against: { name, value: cpuS(fping) },
      bar: { most: 1.2, of: 'ratio' },
      note: 'user and system, of the whole process',
    },
    {
      ...base,
      figure: 'echoes lost in all turns',
      unit: 'echoes',
      ours: lost(ours),
      against: null,
      bar: { most: 0, of: 'ours' },
      note: `of ${turns * job.echoes}; fping lost ${lost(fping)}${complaintsOf(runs)}`,
    },
  ];
}

export async function sustained(): Promise<Row[]> {
  await using link = await createLink();
  const run = await runEngine(link, { targets, echoes: steadyEchoes, packetsPerSecond, sampleEvery: null });
  const { told } = run;
  const reached = Math.round(steadyEchoes / (told.tookMs / 1000));
  const base = { case: 'sustained, 10 000 echoes/s', against: null, n: steadyEchoes } as const;
  return [
    {
      ...base,
      figure: 'processor time for 1000 echoes',
      unit: 'ms',
      ours: told.cpuMs / (steadyEchoes / 1000),
      bar: { most: 15, of: 'ours' },
      note: `${reached} echoes/s reached; RTT p50 ${told.rttP50Ms.toFixed(3)} ms, p99 ${told.rttP99Ms.toFixed(3)} ms`,
    },
    {
      ...base,
      figure: 'echoes lost',
      unit: 'echoes',
      ours: told.lost,
      bar: { most: 0, of: 'ours' },
      note: `in ${(told.tookMs / 1000).toFixed(1)} s${complaintsOf([run])}`,
    },
  ];
}
