// The uplinks, or without any the interfaces: link, address, gateway, the reverse path filter and the way back.
import { existsSync } from 'node:fs';
import { findRivals } from '../../uplink/routes/index.ts';
import type { Box } from './box.ts';
import { type Finding, unknown } from './report.ts';
import { type Manager, judgeNoUplinks, judgeUplink } from './uplinks/judge.ts';
import { type LookParts, lookAtUplink } from './uplinks/look.ts';
import { Failure } from '../../../shared/failure.ts';
import { messageOf } from '../../../shared/thrown.ts';

async function managerHere(): Promise<Manager> {
  if (existsSync('/run/NetworkManager')) return 'NetworkManager';
  const rivals = (await findRivals()).map(({ program }) => program);
  if (rivals.includes('dhcpcd')) return 'dhcpcd';
  return existsSync('/run/systemd/netif') ? 'systemd-networkd' : null;
}

/** Without native parts nothing can be sent, and the rest is seen all the same. */
const packetsOf = (box: Box): Promise<LookParts['packets']> =>
  box.packets().catch((error: unknown) => ({
    echo: () => Promise.reject(new Failure('noRawSockets', messageOf(error))),
  }));

async function resolverOf(box: Box): Promise<LookParts['resolve']> {
  const { uplinks } = await box.network();
  const packets = await box.packets();
  // As packets are: it needs native parts.
  const { createProbeTools } = await import('../../probe/index.ts');
  const tools = createProbeTools({
    packets,
    ...uplinks,
    egressServers: () => [],
    refusal: () => null,
  });
  return (host, family, exit, signal) => tools.resolve(host, family, exit, signal);
}

export async function uplinks(box: Box, signal: AbortSignal): Promise<Finding[]> {
  const network = await box.network().catch((error: unknown) => messageOf(error));
  if (typeof network === 'string') return [unknown(null, `the network can't be read: ${network}`)];
  const settings = box.config?.file.uplinks ?? {};
  const all = network.uplinks.view();
  const configured = all.filter(({ uplink }) => uplink !== null);
  const views = configured.length > 0 ? configured : all;
  const parts: LookParts = {
    network,
    packets: await packetsOf(box),
    resolve: async (...asked) => (await resolverOf(box))(...asked),
    settings,
  };
  const seen = await Promise.all(views.map((view) => lookAtUplink(parts, view, signal)));
  const present = all.filter(({ state }) => state !== 'missing');
  const namesOf = (those: typeof all): string[] => those.map((view) => view.interface);
  const unused = namesOf(present.filter(({ uplink }) => uplink === null));
  const around = { manager: await managerHere(), interfaces: namesOf(present), unused };
  const none = configured.length > 0 || box.config === null ? [] : [judgeNoUplinks(seen)];
  return [...none, ...seen.flatMap((one) => judgeUplink(one, around))];
}
