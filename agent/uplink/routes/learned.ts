// What default routes of others say of an uplink's way beside its gateway: ours by it must say the same. Pure.
import type { ForeignDefault, UplinkWay } from './kinds.ts';

/** The ways, each with what the route says that its gateway was learned from, if there is one. */
export const learned = (ways: readonly UplinkWay[], from: readonly ForeignDefault[]): UplinkWay[] =>
  ways.map((way) => {
    const { interfaceName, gateway, addresses } = way;
    const route = from.find((one) => one.interfaceName === interfaceName && one.gateway === gateway);
    if (route === undefined) return way;
    // An address that has gone would be refused.
    const source = route.source !== null && addresses.includes(route.source) ? route.source : null;
    return { ...way, onlink: route.onlink, source };
  });
