// An uplink whose gateway translates addresses: the internet host sees a public address instead of the agent's. IPv4.
import type { Uplink } from './plan.ts';
import { ipBatch, run } from './programs.ts';

/** Where answers to the translated address go: the gateway holds it, each router behind it sends it back there. */
export function natRouteCommands({ nat, hops }: Uplink, index: number): string[] {
  if (nat === null) return [];
  if (index === 0) return [`addr add ${nat}/32 dev lo`];
  return [`route add ${nat}/32 via ${hops[index - 1]} dev down onlink`];
}

export function natHostCommands({ name, nat, hops, routers }: Uplink): string[] {
  return nat === null ? [] : [`route add ${nat}/32 via ${hops[routers.length - 1]} dev ${name} onlink`];
}

const gatewayOf = ({ routers: [gateway = ''] }: Uplink): string => gateway;

/** Turns the translation on, or off again: the host then sees the agent's own address. */
export async function setNat(uplink: Uplink, state: 'on' | 'off'): Promise<void> {
  if (uplink.nat === null) throw new Error(`${uplink.name} was made without nat`);
  const rules = `table ip lab-nat
delete table ip lab-nat
table ip lab-nat {
  chain out {
    type nat hook postrouting priority srcnat;
    ${state === 'on' ? `ip saddr ${uplink.address} oifname "up" snat to ${uplink.nat}` : ''}
  }
}
`;
  await run(gatewayOf(uplink), ['nft', '-f', '-'], { input: rules });
}

/** Sets up what the plan says of it. */
export async function buildNat(uplink: Uplink, hostNode: string): Promise<void> {
  if (uplink.nat === null) return;
  await Promise.all([
    ipBatch(hostNode, natHostCommands(uplink)),
    ...uplink.routers.map((router, index) => ipBatch(router, natRouteCommands(uplink, index))),
    setNat(uplink, 'on'),
  ]);
}
