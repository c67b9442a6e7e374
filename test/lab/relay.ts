// The line between the agent and an uplink's first router: delay, loss, duplicates and a cut, changed while it runs.
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { LineProcess, python3 } from './programs.ts';

const program = fileURLToPath(new URL('./relay.py', import.meta.url));

const lineSchema = z.object({
  /** One way, each way: the round trip takes twice as long. */
  delayMs: z.number(),
  /** Of IP packets, each way; ARP is spared, so that neighbours stay resolved. */
  lossPercent: z.number(),
  duplicatePercent: z.number(),
  /** Drops everything, ARP and what is under way included. */
  cut: z.boolean(),
});
const countsSchema = z.object({
  forwarded: z.number(),
  dropped: z.number(),
  duplicated: z.number(),
  /** Frames lost by the relay's own fault: it was too slow. A test that counts packets wants 0 here. */
  overrun: z.number(),
});
const answerSchema = z.object({ line: lineSchema, counts: countsSchema });

export type Line = z.infer<typeof lineSchema>;
export type LineCounts = z.infer<typeof countsSchema>;
type Answer = z.infer<typeof answerSchema>;

export class Relay {
  private readonly answers: ((answer: Answer) => void)[] = [];
  private readonly process: LineProcess;
  private readonly first: Promise<Answer>;

  constructor(node: string, nearInterface: string, farInterface: string) {
    this.first = this.next();
    this.process = new LineProcess(node, [python3, '-IS', program, nearInterface, farInterface], (line) => {
      this.answers.shift()?.(answerSchema.parse(JSON.parse(line)));
    });
  }

  async ready(): Promise<void> {
    await this.process.expect(this.first);
  }

  /** Resolves once the line behaves so; what is not named stays as it is. */
  async set(change: Partial<Line>): Promise<Line> {
    return (await this.command(change)).line;
  }

  async counts(): Promise<LineCounts> {
    return (await this.command({})).counts;
  }

  /** After one of its interfaces was made anew. */
  async reopen(): Promise<void> {
    await this.command({ reopen: true });
  }

  async stop(): Promise<void> {
    await this.process.close();
  }

  private async command(command: Partial<Line> & { reopen?: boolean }): Promise<Answer> {
    const answer = this.next();
    this.process.write(JSON.stringify(command));
    return this.process.expect(answer);
  }

  private next(): Promise<Answer> {
    return new Promise((resolve) => this.answers.push(resolve));
  }
}
