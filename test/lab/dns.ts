// A resolver of the tests' own, in any namespace of the lab.
import { fileURLToPath } from 'node:url';
import { agentNode, LineProcess, python3 } from './programs.ts';

const program = fileURLToPath(new URL('./dns.py', import.meta.url));

/** A name (PTR), an alias before it, a text (TXT) or an IPv4 address (A). */
export type DnsRecord =
  string | { readonly alias: string } | { readonly text: string } | { readonly address: string };

/** Of a question's name, what is answered: records (none: no such data), nothing, or no DNS at all. */
export type DnsTable = Readonly<Record<string, readonly DnsRecord[] | 'silence' | 'garbage'>>;

export interface DnsOptions {
  address?: string;
  /** 0 takes a free one. */
  port?: number;
  namespace?: string;
}

export class DnsServer implements AsyncDisposable {
  /** The names it was asked for, in order. */
  readonly questions: string[] = [];
  port = 0;
  private readonly process: LineProcess;
  private readonly ready: Promise<void>;

  constructor(table: DnsTable, { address = '127.0.0.1', port = 0, namespace = agentNode }: DnsOptions) {
    let setReady: () => void;
    this.ready = new Promise((resolve) => (setReady = resolve));
    const words = [python3, '-IS', program, address, String(port), JSON.stringify(table)];
    this.process = new LineProcess(namespace, words, (line) => {
      const [what, value = ''] = line.split(' ');
      if (what === 'asked') return void this.questions.push(value);
      this.port = Number(value);
      setReady();
    });
  }

  async start(): Promise<void> {
    await this.process.expect(this.ready);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.close();
  }
}

/** Answers from then on. A name that the table does not have does not exist. */
export async function startDns(table: DnsTable, options: DnsOptions = {}): Promise<DnsServer> {
  const server = new DnsServer(table, options);
  await server.start();
  return server;
}
