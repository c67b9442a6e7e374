// What the bench and its asking process (client.ts) say to each other.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

export const agentName = 'bench';

/** Where to ask: the bridge, or the broker. */
const Doors = z.object({ protocol: z.enum(['http', 'mqtt']), port: z.number() });
export type Door = z.infer<typeof Doors>;

export const Jobs = z.object({
  door: Doors,
  requests: z.number(),
  /** Requests under way at any time. */
  concurrency: z.number(),
  /** Where not null, request n bears packetBytes + n: its packets are known by their size. */
  packetBytes: z.number().nullable(),
  request: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Job = z.infer<typeof Jobs>;

const Samples = z.array(
  z.object({
    /** From the request's first byte written to the answer's last byte read. */
    tookMs: z.number(),
    rttsMs: z.array(z.number()),
  }),
);
export type Sample = z.infer<typeof Samples>[number];

/** Runs a job in a process of its own; a sample for each request, in the order asked. */
export function runJob(job: Job): Promise<Sample[]> {
  const child = fork(fileURLToPath(new URL('./client.js', import.meta.url)));
  child.send(job);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (message) => resolve(Samples.parse(message)));
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`the asking process ended with ${code}`));
    });
  });
}
