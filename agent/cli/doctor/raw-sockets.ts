// CAP_NET_RAW: a raw socket is really opened, and an echo sent over loopback.
import { readFile } from 'node:fs/promises';
import { Failure } from '../../../shared/failure.ts';
import { messageOf } from '../../../shared/thrown.ts';
import type { Installation } from '../installation.ts';
import type { Box } from './box.ts';
import { rebuildMend } from './node.ts';
import { type Finding, ok, unknown, warning, wrong } from './report.ts';
import { examinedService, installMend } from './service.ts';
import type { ServiceSeen } from './service/look.ts';

export type Proof = { rttMs: number | null } | { refused: Error };

const netRaw = 'cap_net_raw';

/** Whose power counts: that of the service where these are its settings, and this user's. */
export interface RawPower {
  service: ServiceSeen | null;
  installation: Installation;
}

/** This process may not open raw sockets. */
function judgeDenied({ service, installation: { command, start } }: RawPower): Finding {
  const again = `sudo ${command} doctor`;
  if (service?.granted.includes(netRaw) === true) {
    const seen = `the service ${service.name} has CAP_NET_RAW; this user has not, so that nothing can be tried`;
    return unknown(null, seen, again);
  }
  return wrong(
    null,
    'CAP_NET_RAW is missing: no packet can be sent',
    again,
    `sudo ${start}`,
    `sudo ${command} install-service`,
    'cp "$(command -v node)" ~/node-raw && sudo setcap cap_net_raw+ep ~/node-raw  # for probes alone',
  );
}

/** `ignored`: the kernel was told to answer no echoes. */
export function judgeRawSockets(proof: Proof, ignored: boolean, power: RawPower): Finding {
  const { service, installation } = power;
  if (service?.granted.includes(netRaw) === false) {
    const seen = `the service ${service.name} has no CAP_NET_RAW: it can send no packet`;
    return wrong(null, seen, installMend(service, installation, false));
  }
  if ('refused' in proof) {
    const { refused } = proof;
    if (refused instanceof Failure && refused.code !== 'noRawSockets') {
      return wrong(null, `no echo over loopback: ${refused.message}`, 'sudo ip link set lo up');
    }
    if (refused.message.includes('CAP_NET_RAW')) return judgeDenied(power);
    return wrong(null, refused.message, rebuildMend(installation, 'raw-socket', '@pathproof/packet-native'));
  }
  if (proof.rttMs !== null) {
    const who = service === null ? '' : `; the service ${service.name} has CAP_NET_RAW`;
    return ok(null, `an echo over loopback came back after ${proof.rttMs.toFixed(3)} ms${who}`);
  }
  const mend = ignored
    ? 'sudo sysctl -w net.ipv4.icmp_echo_ignore_all=0'
    : 'sudo nft list ruleset  # something there drops ICMP on lo';
  return warning(null, 'an echo was sent over loopback, and not answered', mend);
}

export async function rawSockets(box: Box): Promise<Finding[]> {
  const ignoring = await readFile('/proc/sys/net/ipv4/icmp_echo_ignore_all', 'utf8').catch(() => '0');
  const power = { service: await examinedService(box), installation: box.installation };
  try {
    const packets = await box.packets();
    const { proveLoopback } = await import('../../packet/proof.ts');
    return [judgeRawSockets(await proveLoopback(packets), ignoring.trim() !== '0', power)];
  } catch (error) {
    return [judgeRawSockets({ refused: new Error(messageOf(error).split('\n')[0]) }, false, power)];
  }
}
