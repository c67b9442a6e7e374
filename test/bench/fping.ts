// A sweep by fping, and how many of its echoes were lost.
import { type Usage, usageOf } from './usage.ts';

export interface FpingJob {
  interface: string;
  targets: readonly string[];
  echoesEach: number;
  /** Between two echoes to a target; between any two there is 0.1 ms. */
  periodMs: number;
}

/** Of a report by `fping -q -c`: echoes that were to be sent less those answered. */
export function lostByFping(report: string, echoes: number): number {
  const received = [...report.matchAll(/xmt\/rcv\/%loss = \d+\/(\d+)\//g)].map(([, count]) => Number(count));
  return echoes - received.reduce((sum, count) => sum + count, 0);
}

export async function runFping(job: FpingJob): Promise<{ process: Usage; lost: number }> {
  const pace = ['-i.1', `-p${job.periodMs}`, '-t1000'];
  const argv = ['fping', '-q', `-c${job.echoesEach}`, ...pace, '-I', job.interface, ...job.targets];
  // 1: a target did not answer, which is told as loss.
  const process = await usageOf(argv, [0, 1]);
  return { process, lost: lostByFping(process.stderr, job.echoesEach * job.targets.length) };
}
