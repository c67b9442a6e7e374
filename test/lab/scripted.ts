// A server written for the tests in a namespace of the lab: it answers by its script, logs what it was asked, and takes
// commands while it runs.
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { LineProcess, python3 } from './programs.ts';

const lineSchema = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ done: z.literal(true) }),
  z.object({ entry: z.unknown() }),
]);

export class ScriptedServer<Entry> implements AsyncDisposable {
  /** What it was asked, in order; complete after settled(). */
  readonly log: Entry[] = [];
  private readonly process: LineProcess;
  private readonly waiting: (() => void)[] = [];
  private readonly ready: Promise<void>;

  constructor(node: string, program: string, configuration: object, entrySchema: z.ZodType<Entry>) {
    this.ready = this.next();
    const file = fileURLToPath(new URL(`./${program}`, import.meta.url));
    // No bytecode beside the sources; -I would forbid the module that the servers share.
    const words = [python3, '-BES', file, JSON.stringify(configuration)];
    this.process = new LineProcess(node, words, (text) => {
      const line = lineSchema.parse(JSON.parse(text));
      if ('entry' in line) this.log.push(entrySchema.parse(line.entry));
      else this.waiting.shift()?.();
    });
  }

  async start(): Promise<void> {
    await this.process.expect(this.ready);
  }

  /** Resolves once the server has taken it. */
  async command(change: object): Promise<void> {
    const done = this.next();
    this.process.write(JSON.stringify(change));
    await this.process.expect(done);
  }

  /** Resolves when all that it has answered is in its log. */
  async settled(): Promise<readonly Entry[]> {
    await this.command({});
    return this.log;
  }

  forget(): void {
    this.log.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.close();
  }

  private next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
