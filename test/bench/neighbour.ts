// The same error for an echo that has to wait for ARP: the first after a link came up, or after a long silence. Behind
// a gateway at the far end of the line that wait is a round trip of its own, and is not the target's.
import { createLab } from '../lab/topology.ts';
import { startAgent } from './agent.ts';
import { runJob } from './job.ts';
import { type Row, median, quantile } from './row.ts';
import { errorsMs } from './rtt.ts';
import { echoesDuring } from './tcpdump.ts';

const echoes = 10;
const firstPayloadBytes = 300;

export async function rttNeighbour(): Promise<Row[]> {
  await using lab = await createLab();
  await using agent = await startAgent();
  const { lte } = lab.uplinks;
  const told = new Map<number, readonly number[]>();
  const captured = await echoesDuring(lte.interface, async () => {
    for (let number = 0; number < echoes; number++) {
      await lab.exec('agent', ['ip', 'neigh', 'flush', 'dev', lte.interface]);
      const packetBytes = firstPayloadBytes + number;
      const job = { door: agent.http, requests: 1, concurrency: 1, packetBytes };
      const [sample] = await runJob({ ...job, request: { target: '1.1.1.1', via: lte.name, count: 1 } });
      told.set(packetBytes, sample?.rttsMs ?? []);
    }
  });
  const errors = errorsMs(told, captured);
  return [
    {
      case: 'rtt-neighbour',
      figure: 'error against tcpdump, median',
      unit: 'ms',
      ours: median(errors),
      against: null,
      bar: null,
      n: errors.length,
      note: `largest ${quantile(errors, 1).toFixed(3)} ms; ARP takes 20 ms here, as the line does`,
    },
  ];
}
