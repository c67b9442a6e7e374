// The packet engine alone (engine.ts), in a process of its own with the options of the systemd unit.
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { installedOptions } from './agent.ts';
import type { Link } from './link.ts';
import { type Usage, usageOf } from './usage.ts';

const program = fileURLToPath(new URL('./engine.js', import.meta.url));

export interface EngineJob {
  targets: readonly string[];
  echoes: number;
  /** The engine's own pace. */
  packetsPerSecond: number;
  /** Echoes after which it rests, collects its garbage and notes its memory; null where that is not asked for. */
  sampleEvery: number | null;
}

const Told = z.object({
  lost: z.number(),
  /** Why an echo could not be sent, the first time. */
  complaint: z.string().nullable(),
  /** From the first echo to the last answer. */
  tookMs: z.number(),
  cpuMs: z.number(),
  rttP50Ms: z.number(),
  rttP99Ms: z.number(),
  residentMb: z.array(z.number()),
});
export interface EngineRun {
  told: z.infer<typeof Told>;
  process: Usage;
}

export async function runEngine(link: Link, job: EngineJob): Promise<EngineRun> {
  const options = {
    interface: link.interface,
    source: link.source,
    gateway: link.gateway,
    targets: job.targets.join(','),
    echoes: job.echoes,
    rate: job.packetsPerSecond,
    sample: job.sampleEvery ?? '',
  };
  const words = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const nodeOptions = [...installedOptions(), ...(job.sampleEvery === null ? [] : ['--expose-gc'])];
  const usage = await usageOf([process.execPath, ...nodeOptions, program, ...words]);
  return { told: Told.parse(JSON.parse(usage.stdout)), process: usage };
}

/** Why echoes could not be sent, in words; empty where all could. */
export const complaintsOf = (runs: readonly EngineRun[]): string =>
  [...new Set(runs.flatMap(({ told }) => told.complaint ?? []))].map((words) => `; ${words}`).join('');
