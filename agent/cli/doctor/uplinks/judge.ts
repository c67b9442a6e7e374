// What is right and wrong with an uplink, from what was seen of it. Pure.
import type { UplinkAnswer } from '../../configure/answers.ts';
import { type Finding, type Status, ok, unknown, warning, wrong } from '../report.ts';
import type { Asked, Reply, UplinkSeen } from './look.ts';

/** Who gives interfaces their addresses here. */
export type Manager = 'NetworkManager' | 'systemd-networkd' | 'dhcpcd' | null;

export interface Around {
  manager: Manager;
  /** The interfaces that may be a way out: not loopback, and none of containers. */
  interfaces: readonly string[];
  /** For each uplink whose interface is not there one that is, and no other uplink's. */
  instead: ReadonlyMap<string, string>;
  /** How pathproof is called here. */
  command: string;
}

type Say = (subject: string | null, seen: string, ...mend: string[]) => Finding;

const subjectOf = ({ uplink, interface: name }: UplinkSeen): string =>
  uplink === null ? name : `${uplink} (${name})`;

/** What is not configured is not needed either. */
const sayOf = ({ uplink }: UplinkSeen): Say => (uplink === null ? warning : wrong);

function addressMend(name: string, manager: Manager): string {
  switch (manager) {
    case 'NetworkManager':
      return `sudo nmcli device connect ${name}`;
    case 'systemd-networkd':
      return `sudo networkctl reconfigure ${name}`;
    case 'dhcpcd':
      return `sudo dhcpcd -n ${name}`;
    default:
      return `sudo dhclient ${name}`;
  }
}

/** What the link itself lacks; null where it lacks nothing. */
function linkFault(seen: UplinkSeen, { manager, interfaces, instead }: Around): Finding | null {
  const { uplink, interface: name, state, gateway, direct } = seen;
  const [say, subject] = [sayOf(seen), subjectOf(seen)];
  const key = `uplinks.${uplink ?? 'NAME'}`;
  switch (state) {
    case 'missing': {
      const there =
        interfaces.length === 0 ? 'there is none but loopback' : `there are ${interfaces.join(', ')}`;
      return say(
        subject,
        `there is no interface ${name}; ${there}`,
        `${key}.interface: ${instead.get(uplink ?? '') ?? 'NAME'}`,
      );
    }
    case 'down':
      return say(subject, 'the interface is down', `sudo ip link set ${name} up`);
    case 'no carrier':
      return say(
        subject,
        'no carrier',
        `ip -details link show ${name}  # and see to the cable, the access point or the modem`,
      );
    case 'no address':
      return say(
        subject,
        'no address',
        addressMend(name, manager),
        `sudo ip address add ADDRESS/24 dev ${name}`,
      );
    case 'up': {
      if (gateway !== null || direct) return null;
      // A bridge for containers, or a network without a way out.
      if (uplink === null) return ok(subject, `${addressesOf(seen)}; no gateway, so no way out`);
      return say(
        subject,
        `${addressesOf(seen)}; no gateway is known`,
        `${key}.gateway: ADDRESS`,
        `${key}.gateway: link  # where the line has none, such as PPP`,
        `sudo ip route add default via ADDRESS dev ${name} metric 1000`,
      );
    }
  }
}

const addressesOf = ({ addresses }: UplinkSeen): string =>
  addresses.filter((address) => !/^fe80:/i.test(address)).join(', ') || addresses.join(', ');

const isAnswered = ({ came }: Reply): boolean => came === 'reply';

function wordsOf({ target, reply }: Asked): string {
  switch (reply.came) {
    case 'reply':
      return `${target} answers in ${reply.rttMs.toFixed(1)} ms`;
    case 'silence':
      return `${target} does not answer`;
    case 'noNeighbour':
      return `${target} is not found on the link (no answer to ARP)`;
    case 'error':
      return `a router refuses echoes to ${target}`;
    case 'failure':
      return `${target}: ${reply.why}`;
  }
}

/** Raw sockets have a line of their own. */
const isOurs = ({ reply }: Asked): boolean => reply.came === 'failure' && reply.code === 'noRawSockets';

function gatewayFault(seen: UplinkSeen, { target, reply }: Asked): Finding | null {
  const [say, subject] = [sayOf(seen), subjectOf(seen)];
  const key = `uplinks.${seen.uplink ?? 'NAME'}`;
  const said = `gateway ${wordsOf({ target, reply })}`;
  if (reply.came === 'noNeighbour') {
    return say(
      subject,
      said,
      `${key}.gateway: ADDRESS  # the right one`,
      `ip neigh show dev ${seen.interface}  # and see that the router ${target} is on`,
    );
  }
  if (reply.came === 'failure') return say(subject, said, `ip -4 route show dev ${seen.interface}`);
  // Many a router takes packets and answers no echo: what lies beyond it tells.
  if (reply.came !== 'silence' || seen.targetsAsked.some(({ reply: one }) => isAnswered(one))) return null;
  const mend = seen.targetsAsked.length > 0 ? [] : [`${key}.targets: [1.1.1.1, 8.8.8.8]`];
  return warning(subject, `${said} to echoes, though it is there`, ...mend);
}

function targetFaults(seen: UplinkSeen, command: string): Finding[] {
  const { targetsAsked, reliability } = seen;
  const subject = subjectOf(seen);
  const answered = targetsAsked.filter(({ reply }) => isAnswered(reply)).length;
  const isEnough = answered >= Math.min(reliability, targetsAsked.length);
  const status: Status = isEnough ? 'warning' : 'wrong';
  return targetsAsked
    .filter(({ reply }) => !isAnswered(reply))
    .map((asked) => ({
      status,
      subject,
      seen: wordsOf(asked),
      mend: isEnough
        ? [
            `uplinks.${seen.uplink ?? 'NAME'}.targets: [${targetsAsked
              .filter(({ reply }) => isAnswered(reply))
              .map(({ target }) => target)
              .join(', ')}]`,
          ]
        : [`sudo ${command} probe traceroute ${asked.target} --via ${seen.uplink ?? seen.interface}`],
    }));
}

/** Several where several things are wrong. */
export function judgeUplink(seen: UplinkSeen, around: Around): Finding[] {
  const subject = subjectOf(seen);
  const lacking = linkFault(seen, around);
  if (lacking !== null) return [lacking];
  const { gatewayAsked, targetsAsked, drops, gateway, direct } = seen;
  const all = [...(gatewayAsked === null ? [] : [gatewayAsked]), ...targetsAsked];
  const findings: Finding[] = [];
  if (drops !== null) findings.push(sayOf(seen)(subject, drops.why, ...drops.mend));
  if (all.some(isOurs)) {
    const sentence = `${addressesOf(seen)}; the way back is not tried: no raw sockets`;
    return [...findings, unknown(subject, sentence)];
  }
  const ofGateway = gatewayAsked === null ? null : gatewayFault(seen, gatewayAsked);
  if (ofGateway !== null) findings.push(ofGateway);
  // Why nothing answers is said once.
  if (drops === null && ofGateway?.status !== 'wrong') findings.push(...targetFaults(seen, around.command));
  if (findings.length > 0) return findings;
  const way = direct
    ? 'no gateway needed'
    : `gateway ${gatewayAsked === null ? gateway : wordsOf(gatewayAsked)}`;
  const targets = targetsAsked.map(wordsOf);
  return [ok(subject, [addressesOf(seen), way, ...targets].join('; '))];
}

/** One of several uplinks without an interface each, as long as there are any. */
export function insteadOf(
  missing: readonly string[],
  unused: readonly string[],
): ReadonlyMap<string, string> {
  return new Map(
    missing.flatMap((uplink, index) => {
      const name = unused[index];
      return name === undefined ? [] : [[uplink, name] as const];
    }),
  );
}

const entryOf = ({ name, interface: device, priority, gateway, metered }: UplinkAnswer): string => {
  const rest = [...(gateway === null ? [] : [`gateway: ${gateway}`]), ...(metered ? ['metered: true'] : [])];
  return `${name}: { ${[`interface: ${device}`, `priority: ${priority}`, ...rest].join(', ')} }`;
};

/** Where none is configured: who writes them, and the line that they would be. */
export function judgeNoUplinks(proposed: readonly UplinkAnswer[], configure: string): Finding {
  const line = `uplinks: { ${proposed.map(entryOf).join(', ')} }  # in the file that CONFIG_FILE names`;
  return warning(
    null,
    'no uplink is configured; the interfaces are looked at instead',
    configure,
    ...(proposed.length === 0 ? [] : [line]),
  );
}
