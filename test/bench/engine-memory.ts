// Whether a million echoes leave anything behind: the packet engine's resident memory, each time all is quiet.
import { complaintsOf, runEngine } from './engine-run.ts';
import { createLink, peerAddresses } from './link.ts';
import type { Row } from './row.ts';

const echoes = 1_000_000;
const sampleEvery = 50_000;
const packetsPerSecond = 20_000;
// Until then the heap and the compiled code still grow to their size.
const settledAfter = 200_000;

export async function engineMemory(): Promise<Row[]> {
  await using link = await createLink();
  const targets = peerAddresses(500);
  const run = await runEngine(link, { targets, echoes, packetsPerSecond, sampleEvery });
  const { residentMb, lost, tookMs } = run.told;
  const [settled = NaN, ...later] = residentMb.slice(settledAfter / sampleEvery - 1);
  const last = later.at(-1) ?? NaN;
  const said = [residentMb[0] ?? NaN, settled, last].map((value) => value.toFixed(1));
  return [
    {
      case: 'engine-memory, 1 000 000 echoes',
      figure: `RSS at the end less RSS after ${settledAfter}`,
      unit: 'MB',
      ours: last - settled,
      against: null,
      bar: { most: 2, of: 'ours' },
      n: residentMb.length,
      note:
        `${said.join(', ')} MB after ${sampleEvery}, ${settledAfter} and all; highest ${Math.max(settled, ...later).toFixed(1)} MB; ` +
        `lost ${lost} in ${(tookMs / 1000).toFixed(0)} s${complaintsOf([run])}`,
    },
  ];
}
