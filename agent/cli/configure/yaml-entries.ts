// The YAML file as the answers want it: what is written, and what is said of each line that is new. Pure.
import type { FileSettings } from '../../config/file.ts';
import type { YamlComments, YamlEntry, YamlValue } from '../../config/yaml.ts';
import type { Answers, ProofAnswer, UplinkAnswer } from './answers.ts';

const keyComments = {
  interface: 'where it leaves by',
  priority: 'the smaller is preferred',
  gateway: 'no default route tells it; link: a line without one',
  metered: 'each byte costs: what is not told otherwise is asked seldom',
  data: 'a budget, by the counters of the interface itself',
  monthlyMegabytes: 'when they are used up, monitors by it stop and requests are refused',
  resetDay: 'of the month, on which they are counted anew',
  targets: 'failover sends echoes to these by it; without any its gateway is asked',
};

function uplinkEntries({ name, ...answer }: UplinkAnswer, former: UplinkAnswer | undefined): YamlEntry[] {
  const path = (...keys: string[]): YamlEntry['path'] => ['uplinks', name, ...keys];
  const { priority, gateway, metered, data, targets } = answer;
  const entry = (key: string, value: YamlValue, isWanted: boolean): YamlEntry[] =>
    isWanted ? [{ path: path(key), value }] : [];
  const isNew = former === undefined;
  return [
    ...entry('interface', answer.interface, isNew),
    ...entry('priority', priority, isNew || former.priority !== priority),
    ...entry('gateway', gateway ?? 'auto', (former?.gateway ?? null) !== gateway),
    ...entry('metered', metered, (former?.metered ?? false) !== metered),
    ...(data === null || JSON.stringify(data) === JSON.stringify(former?.data)
      ? []
      : Object.entries(data).map(([key, value]): YamlEntry => ({ path: path('data', key), value }))),
    ...entry('targets', targets, JSON.stringify(former?.targets ?? []) !== JSON.stringify(targets)),
  ];
}

function proofEntries({ name, probe, target, via, expect }: ProofAnswer): YamlEntry[] {
  const path = (...keys: string[]): YamlEntry['path'] => ['monitors', name, ...keys];
  return [
    { path: path('probe'), value: probe },
    { path: path('target'), value: target },
    { path: path('via'), value: via },
    ...Object.entries(expect).map(([key, value]): YamlEntry => ({ path: path('expect', key), value })),
  ];
}

/** What the file is to say beyond what it says. */
export function yamlEntries({ uplinks, failover, proof }: Answers, former: FileSettings): YamlEntry[] {
  const were = former.uplinks;
  const formerOf = (name: string): UplinkAnswer | undefined => {
    const uplink = were[name];
    if (uplink === undefined) return undefined;
    const gateway = uplink.pointToPoint ? 'link' : uplink.gateway;
    return { ...uplink, name, gateway, targets: uplink.health.targets };
  };
  const mode = former.failover?.mode ?? 'off';
  return [
    ...uplinks.flatMap((uplink) => uplinkEntries(uplink, formerOf(uplink.name))),
    // To turn it off is to let it decide and touch nothing: the section may hold more than the mode.
    ...(failover === mode
      ? []
      : [
          {
            path: ['failover', 'mode'] as const,
            value: failover === 'off' ? 'observe' : failover,
          },
        ]),
    ...(proof === null ? [] : proofEntries(proof)),
  ];
}

export function yamlComments({ uplinks, proof }: Answers): YamlComments {
  const ofUplinks: [string, string][] = uplinks.flatMap(({ name }) =>
    Object.entries(keyComments).map(([key, comment]): [string, string] => [
      `uplinks.${name}.${/^(monthly|reset)/.test(key) ? `data.${key}` : key}`,
      comment,
    ]),
  );
  const monitor = `monitors.${proof?.name}`;
  return {
    uplinks: 'The ways out. Probes and monitors name one as `via`.',
    ...Object.fromEntries(ofUplinks),
    failover: 'Which uplink the default route leaves by.',
    'failover.mode': 'observe: decides and tells, touches nothing; then overlay: keeps a route of its own',
    monitors: 'Probes on a schedule, each with a state; agent/monitor/README.md has all keys.',
    [monitor]: 'The standby line carries packets, and they really leave by it.',
    [`${monitor}.expect`]: 'What must hold besides that an answer came.',
    [`${monitor}.expect.minLatencyMs`]: 'the other line is nearer than that, this one is not',
    [`${monitor}.expect.routeIncludes`]: "this line's gateway",
    [`${monitor}.expect.routeExcludes`]: "the other line's",
    [`${monitor}.expect.addressExcludes`]: "the other line's public address, as it was seen",
  };
}

export const yamlHeader =
  '# Uplinks, failover and monitors, written by `pathproof configure`. SIGHUP makes the agent read it again.\n';
