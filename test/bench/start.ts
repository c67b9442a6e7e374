// From the start of node to the first request answered 200, over loopback.
import { startAgent } from './agent.ts';
import { type Row, median, quantile } from './row.ts';

const runs = 7;

export async function start(): Promise<Row[]> {
  const tookS: number[] = [];
  for (let run = 0; run < runs; run++) {
    await using agent = await startAgent();
    tookS.push(agent.startedMs / 1000);
  }
  const note = `slowest ${quantile(tookS, 1).toFixed(2)} s`;
  return [
    {
      case: 'start',
      figure: 'node to first answer, median',
      unit: 's',
      ours: median(tookS),
      against: null,
      bar: { most: 1.5, of: 'ours' },
      n: runs,
      note,
    },
  ];
}
