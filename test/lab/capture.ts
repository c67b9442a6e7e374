// Records the IP packets that pass an interface, with the kernel's time stamps; works rootless, where tcpdump does not.
import { fileURLToPath } from 'node:url';
import { agentNode, LineProcess, python3 } from './programs.ts';

const program = fileURLToPath(new URL('./capture.py', import.meta.url));

export interface CapturedPacket {
  /** CLOCK_REALTIME, microseconds. */
  readonly atUs: number;
  readonly outgoing: boolean;
  /** From the IP header on. */
  readonly bytes: Buffer;
}

export class Capture implements AsyncDisposable {
  /** Grows while the capture runs; complete after flush() or stop(). */
  readonly packets: CapturedPacket[] = [];
  private readonly process: LineProcess;
  private readonly ready: Promise<void>;
  private readonly flushes: (() => void)[] = [];
  private dropped: number | undefined;

  constructor(interfaceName: string, node: string) {
    let setReady: () => void;
    this.ready = new Promise((resolve) => (setReady = resolve));
    this.process = new LineProcess(node, [python3, '-IS', program, interfaceName], (line) => {
      const [first = '', second = '', third = ''] = line.split(' ');
      if (first === 'ready') setReady();
      else if (first === 'flushed') this.flushes.shift()?.();
      else if (first === 'dropped') this.dropped = Number(second);
      else
        this.packets.push({
          atUs: Number(first) / 1000,
          outgoing: second === '1',
          bytes: Buffer.from(third, 'hex'),
        });
    });
  }

  async start(): Promise<void> {
    await this.process.expect(this.ready);
  }

  /** Resolves when every packet that passed before the call is in `packets`. */
  async flush(): Promise<void> {
    const flushed = new Promise<void>((resolve) => this.flushes.push(resolve));
    this.process.write('flush');
    await this.process.expect(flushed);
  }

  /** The same, and ends the capture; rejects where packets were missed, which would make any count untrue. */
  async stop(): Promise<CapturedPacket[]> {
    await this.process.close();
    if (this.dropped !== 0)
      throw new Error(`the capture missed ${this.dropped ?? 'an unknown number of'} packets`);
    return this.packets;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.close();
  }
}

/** Recording has begun when this resolves. Without a namespace it is the agent's. */
export async function startCapture(
  interfaceName: string,
  { namespace = agentNode }: { namespace?: string } = {},
): Promise<Capture> {
  const capture = new Capture(interfaceName, namespace);
  await capture.start();
  return capture;
}
