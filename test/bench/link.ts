// A wire without delay between the bench and a peer that answers to as many addresses as are wanted: where a program's
// own speed is measured, the lab's relay would be the slowest part.
import { existsSync } from 'node:fs';
import { namespacePath } from '../lab/processes.ts';
import { agentNode, ipBatch, run } from '../lab/programs.ts';

const peerNode = 'peer';
const neighbour = { interface: 'eth3', source: '10.8.0.1', gateway: '10.8.0.2' } as const;
export type Link = typeof neighbour & AsyncDisposable;

/** Addresses that the peer answers to. */
export const peerAddresses = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `10.9.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`);

export async function createLink(): Promise<Link> {
  if (existsSync(namespacePath(peerNode))) throw new Error('there is such a link already');
  const { interface: device, source, gateway } = neighbour;
  await ipBatch(agentNode, [
    `netns add ${peerNode}`,
    `link add ${device} type veth peer name near netns ${peerNode}`,
    `link set ${device} addrgenmode none`,
    `addr add ${source}/30 dev ${device}`,
    `link set ${device} up`,
    // Through a gateway, as agents send: else each target would cost an ARP of its own.
    `route add 10.9.0.0/16 via ${gateway} dev ${device}`,
  ]);
  await ipBatch(peerNode, [
    'link set lo up',
    'link set near addrgenmode none',
    `addr add ${gateway}/30 dev near`,
    'link set near up',
    'route add local 10.9.0.0/16 dev lo',
  ]);
  // No type of ICMP is limited, whatever the kernel's default is.
  await run(peerNode, ['sysctl', '-q', '-w', 'net.ipv4.icmp_ratemask=0']);
  await run(agentNode, ['ping', '-n', '-q', '-c1', '-w5', '-I', device, gateway]);
  return {
    ...neighbour,
    async [Symbol.asyncDispose]() {
      await ipBatch(agentNode, [`link del ${device}`, `netns del ${peerNode}`]);
    },
  };
}
