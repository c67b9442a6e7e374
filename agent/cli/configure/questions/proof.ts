// Failover, and the monitor that proves the standby line: what tells it from the other is measured now.
import type { Answers, ProofAnswer, UplinkAnswer } from '../answers.ts';
import type { Told, Trials } from '../packets.ts';
import type { Asking, Choice } from '../prompts.ts';
import { type Port, latencyBetween } from '../proposal.ts';
import { isKept } from './asked.ts';

type Failover = Answers['failover'];

const modes: readonly Choice<Failover>[] = [
  { value: 'off', label: 'off', hint: 'probes and monitors alone' },
  { value: 'observe', label: 'observe', hint: 'decides and tells, and touches nothing: see for some days' },
  { value: 'overlay', label: 'overlay', hint: 'adds a default route of its own before all others' },
];

/** `capture` is no choice but where the file has it. */
export async function askFailover(asking: Asking, trials: Trials, before: Failover): Promise<Failover> {
  const choices =
    before === 'capture' ? [...modes, { value: before, label: before, hint: 'as it is' }] : modes;
  // Once the file has the section, its other keys stay: nothing is touched by observing.
  const offered = before === 'off' ? choices : choices.filter(({ value }) => value !== 'off');
  for (;;) {
    const mode = await asking.choose(
      'Keep the best uplink as the default route (failover)?',
      offered,
      before === 'off' ? 'observe' : before,
    );
    if (mode === 'off' || mode === 'observe') return mode;
    const told = await asking.during(trials.routes());
    for (const rival of told.rivals) asking.bad(rival);
    if (await isKept(asking, [told])) return mode;
  }
}

const gatewayOf = (ports: readonly Port[], uplink: UplinkAnswer): string | null =>
  uplink.gateway === 'link'
    ? null
    : (uplink.gateway ?? ports.find(({ name }) => name === uplink.interface)?.gateway ?? null);

interface Lines {
  standby: UplinkAnswer;
  other: UplinkAnswer;
  ports: readonly Port[];
}

const nameFor = ({ standby }: Lines, kind: string): string =>
  `${standby.name}-${kind}`.slice(-32).replace(/^-+/, '');

async function byRoute(asking: Asking, trials: Trials, lines: Lines, target: string): Promise<ProofAnswer> {
  const { standby, other, ports } = lines;
  const [here, there] =
    trials.refusal() === null
      ? await asking.during(Promise.all([trials.ping(standby, target), trials.ping(other, target)]))
      : [null, null];
  for (const told of [here, there]) if (told !== null) asking[told.ok ? 'good' : 'bad'](told.words);
  const both = here?.minMs != null && there?.minMs != null ? ([here.minMs, there.minMs] as const) : null;
  const least = both === null ? null : latencyBetween(...both);
  if (both !== null && least === null)
    asking.bad('the two are too near each other for a latency to tell them apart; the gateways do');
  const text = await asking.text(
    `How many milliseconds must an answer over ${standby.name} take at least, as proof that it is not ${other.name}? (empty: any)`,
    String(least ?? ''),
    (given) => (/^(\d{1,5}(\.\d+)?)?$/.test(given) ? null : 'must be milliseconds, or empty'),
  );
  const [own, others] = [gatewayOf(ports, standby), gatewayOf(ports, other)];
  return {
    name: nameFor(lines, 'proof'),
    probe: 'traceroute',
    target,
    via: standby.name,
    expect: {
      ...(text === '' ? {} : { minLatencyMs: Number(text) }),
      ...(own === null ? {} : { routeIncludes: [own] }),
      // A silent hop might be anything: nothing is told by what it is not, where the own gateway is known.
      ...(own === null && others !== null ? { routeExcludes: [others] } : {}),
    },
  };
}

async function byAddress(asking: Asking, trials: Trials, lines: Lines, server: string): Promise<ProofAnswer> {
  const { standby, other } = lines;
  const seen =
    trials.refusal() === null
      ? await asking.during(trials.egress(other, server))
      : { ok: false, words: '', address: null };
  if (seen.words !== '') asking[seen.ok ? 'good' : 'bad'](seen.words);
  return {
    name: nameFor(lines, 'egress'),
    probe: 'egress',
    target: server,
    via: standby.name,
    expect: seen.address === null ? {} : { addressExcludes: [seen.address] },
  };
}

/** Of uplinks in the order of preference, the last stands by. Null where nothing is to be watched. */
export async function askProof(
  asking: Asking,
  trials: Trials,
  ports: readonly Port[],
  uplinks: readonly UplinkAnswer[],
  problemOf: (proof: ProofAnswer) => string | null,
  watched: readonly string[],
): Promise<ProofAnswer | null> {
  const [other, standby] = [uplinks[0], uplinks.at(-1)];
  if (other === undefined || standby === undefined || standby === other) return null;
  const lines = { standby, other, ports };
  const already = watched.length > 0 ? ` (the file has monitors: ${watched.join(', ')})` : '';
  const target = standby.targets[0] ?? null;
  for (;;) {
    const how = await asking.choose(
      `Check ${standby.name} on a schedule: that it works, and that packets really leave by it?${already}`,
      [
        { value: 'traceroute', label: 'by its route', hint: 'latency and gateway of a traceroute' },
        { value: 'egress', label: 'by its public address', hint: 'a server is asked which one it sees' },
        { value: 'none', label: 'no' },
      ],
      watched.length > 0 ? 'none' : 'traceroute',
    );
    if (how === 'none') return null;
    const isRoute = how === 'traceroute';
    const host = await asking.text(
      isRoute
        ? 'The route to which host?'
        : 'Which server is asked for the address? (stun:HOST:PORT, or a page that is nothing but it)',
      isRoute ? (target ?? '1.1.1.1') : 'stun:stun.cloudflare.com:3478',
      (text) =>
        problemOf({
          name: 'proof',
          probe: isRoute ? 'traceroute' : 'egress',
          target: text,
          via: standby.name,
          expect: {},
        }),
    );
    const proof = await (isRoute ? byRoute : byAddress)(asking, trials, lines, host);
    const told: Told[] = trials.refusal() === null ? [await asking.during(trials.proof(uplinks, proof))] : [];
    if (await isKept(asking, told)) return proof;
  }
}
