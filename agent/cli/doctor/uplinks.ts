// The uplinks, or without any the interfaces: link, address, gateway, the reverse path filter and the way back.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { emptyFile } from '../../config/file.ts';
import type { UplinkView } from '../../uplink/index.ts';
import { findRivals } from '../../uplink/routes/index.ts';
import { portsOf, propose } from '../configure/proposal.ts';
import { usualSettingsFolder } from '../installation.ts';
import { optionFor } from '../settings.ts';
import type { Box } from './box.ts';
import { type Finding, unknown } from './report.ts';
import { type Around, type Manager, insteadOf, judgeNoUplinks, judgeUplink } from './uplinks/judge.ts';
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

/** The wizard's own command, for the file of variables that was read, or would be. */
function configureCommand({ installation, settingsFile }: Box): string {
  const folder = dirname(settingsFile);
  const isUsual = folder === usualSettingsFolder(installation);
  const words = optionFor(settingsFile) || (isUsual ? '' : ` --directory ${folder}`);
  return `sudo ${installation.command} configure${words}`;
}

export async function uplinks(box: Box, signal: AbortSignal): Promise<Finding[]> {
  const network = await box.network().catch((error: unknown) => messageOf(error));
  if (typeof network === 'string') return [unknown(null, `the network can't be read: ${network}`)];
  const settings = box.config?.file.uplinks ?? {};
  const all = network.uplinks.view();
  const configured = all.filter(({ uplink }) => uplink !== null);
  // As the wizard has them: without those of containers, unless the kernel leaves by one.
  const ports = portsOf(network.watch.current());
  const isPort = ({ interface: name }: UplinkView): boolean => ports.some((port) => port.name === name);
  const views = configured.length > 0 ? configured : all.filter(isPort);
  const parts: LookParts = {
    network,
    packets: await packetsOf(box),
    resolve: async (...asked) => (await resolverOf(box))(...asked),
    settings,
  };
  const seen = await Promise.all(views.map((view) => lookAtUplink(parts, view, signal)));
  const used = configured.map((view) => view.interface);
  const missing = configured.filter(({ state }) => state === 'missing').map(({ uplink }) => uplink ?? '');
  const unused = ports
    .filter(({ name, kind }) => kind !== 'vpn' && !used.includes(name))
    .map(({ name }) => name);
  const around: Around = {
    manager: await managerHere(),
    interfaces: ports.map(({ name }) => name).toSorted(),
    instead: insteadOf(missing, unused),
    command: box.installation.command,
  };
  const proposed = propose(ports, { variables: {}, settings: emptyFile }, '').uplinks;
  const none =
    configured.length > 0 || box.config === null ? [] : [judgeNoUplinks(proposed, configureCommand(box))];
  return [...none, ...seen.flatMap((one) => judgeUplink(one, around))];
}
