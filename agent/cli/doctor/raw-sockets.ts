// CAP_NET_RAW: a raw socket is really opened, and an echo sent over loopback.
import { readFile } from 'node:fs/promises';
import { Failure } from '../../../shared/failure.ts';
import { messageOf } from '../../../shared/thrown.ts';
import type { Box } from './box.ts';
import { type Finding, ok, warning, wrong } from './report.ts';

export type Proof = { rttMs: number | null } | { refused: Error };

const capabilityMends = [
  'sudo npx . doctor  # and the agent: sudo npm start',
  'systemctl edit pathproof  # [Service] AmbientCapabilities=CAP_NET_RAW CapabilityBoundingSet=CAP_NET_RAW',
  'cp "$(command -v node)" ~/node-raw && sudo setcap cap_net_raw+ep ~/node-raw  # for probes alone',
];

/** `ignored`: the kernel was told to answer no echoes. */
export function judgeRawSockets(proof: Proof, ignored: boolean): Finding {
  if ('refused' in proof) {
    const { refused } = proof;
    if (refused instanceof Failure && refused.code !== 'noRawSockets') {
      return wrong(null, `no echo over loopback: ${refused.message}`, 'ip link set lo up');
    }
    const isDenied = refused.message.includes('CAP_NET_RAW');
    const sentence = isDenied ? 'CAP_NET_RAW is missing: no packet can be sent' : refused.message;
    return wrong(
      null,
      sentence,
      ...(isDenied ? capabilityMends : ['npm rebuild raw-socket @pathproof/packet-native']),
    );
  }
  if (proof.rttMs !== null)
    return ok(null, `an echo over loopback came back after ${proof.rttMs.toFixed(3)} ms`);
  const mend = ignored
    ? 'sysctl -w net.ipv4.icmp_echo_ignore_all=0'
    : 'nft list ruleset  # something there drops ICMP on lo';
  return warning(null, 'an echo was sent over loopback, and not answered', mend);
}

export async function rawSockets(box: Box): Promise<Finding[]> {
  const ignoring = await readFile('/proc/sys/net/ipv4/icmp_echo_ignore_all', 'utf8').catch(() => '0');
  try {
    const packets = await box.packets();
    const { proveLoopback } = await import('../../packet/proof.ts');
    return [judgeRawSockets(await proveLoopback(packets), ignoring.trim() !== '0')];
  } catch (error) {
    return [judgeRawSockets({ refused: new Error(messageOf(error).split('\n')[0]) }, false)];
  }
}
