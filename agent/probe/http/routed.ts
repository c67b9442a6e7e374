// Which of a host's addresses TCP can be tried at.
import type { Aim } from '../aim.ts';
import type { ProbeTools } from '../tools.ts';

/** The addresses with a route by the way's interface, in order. Rejects with the first one's Failure where none has. */
export async function routedAddresses({ addresses, way }: Aim, tools: ProbeTools): Promise<string[]> {
  const looks = await Promise.allSettled(addresses.map((address) => tools.mustRoute(way, address)));
  const routed = addresses.filter((_address, index) => looks[index]?.status === 'fulfilled');
  const [first] = looks;
  if (routed.length === 0 && first?.status === 'rejected') throw first.reason;
  return routed;
}
