// A route as a table: hop, address (name), RTT, network. Pure.
import type { Hop } from '../../../shared/result.ts';
import { unreachableWords } from '../../probe/unreachable.ts';
import { tableLines } from '../../table.ts';
import { printable } from '../terminal.ts';
import { msWords, networkWords } from './words.ts';

export type HopRow = Pick<Hop, 'address' | 'name' | 'rttMs' | 'unreachable' | 'network' | 'scope'> &
  Partial<Pick<Hop, 'alsoAt' | 'mpls'>> & {
    ttl: number;
    /** Its answer is still to come. */
    waiting?: boolean;
  };

function whoAnswered({
  address,
  name,
  unreachable,
  alsoAt = [],
  mpls = [],
  waiting = false,
}: HopRow): string {
  if (address === null) return waiting ? '…' : '*';
  const said =
    unreachable === null
      ? []
      : [
          unreachableWords[unreachable.reason] +
            (unreachable.mtuBytes === null ? '' : `: at most ${unreachable.mtuBytes} bytes`),
        ];
  const labels = mpls.length === 0 ? [] : [`MPLS ${mpls.map(({ label }) => label).join('/')}`];
  const again = alsoAt.length === 0 ? [] : [`also hop ${alsoAt.join(', ')}`];
  const remarks = [...said, ...labels, ...again].map((remark) => ` [${remark}]`).join('');
  return `${address}${name === null ? '' : ` (${name})`}${remarks}`;
}

/** The heading, then a line for each hop. */
export const routeLines = (hops: readonly HopRow[]): string[] =>
  tableLines(
    [
      ['hop', 'address (name)', 'RTT', 'network'],
      ...hops.map((hop) => [
        String(hop.ttl),
        printable(whoAnswered(hop)),
        hop.rttMs === null ? '' : msWords(hop.rttMs),
        printable(networkWords(hop.network) ?? (hop.scope === 'public' ? '' : (hop.scope ?? ''))),
      ]),
    ],
    ['right', 'left', 'right'],
  );
