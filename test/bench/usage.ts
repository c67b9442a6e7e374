// What a program took from its start to its end, the same way for each of them (usage.py).
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { agentNode, python3, run } from '../lab/programs.ts';

const program = fileURLToPath(new URL('./usage.py', import.meta.url));
const timeoutMs = 400_000;

const Usage = z.object({
  wallS: z.number(),
  /** User and system. */
  cpuS: z.number(),
  status: z.number(),
  stdout: z.string(),
  stderr: z.string(),
});
export type Usage = z.infer<typeof Usage>;

/** Rejects where the program's status is none of those that it may end with. */
export async function usageOf(argv: readonly string[], statuses: readonly number[] = [0]): Promise<Usage> {
  const { stdout } = await run(agentNode, [python3, '-IS', program, ...argv], { timeoutMs });
  const usage = Usage.parse(JSON.parse(stdout));
  if (statuses.includes(usage.status)) return usage;
  throw new Error(`${argv.slice(0, 3).join(' ')} … ended with ${usage.status}: ${usage.stderr}`);
}
