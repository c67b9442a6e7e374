// An agent with one of everything, and every state that its entities may be shown.
import { discoveryMessages } from '../../../homeassistant/discovery.ts';
import { type Event, newEvent } from '../../../shared/event.ts';
import { kinds } from '../../../shared/request.ts';
import type { MonitorState } from '../../../shared/monitor.ts';
import type { UplinkState } from '../../../shared/uplink.ts';
import { monitorMessages } from '../../../agent/publish/monitor-state.ts';
import { uplinkMessages } from '../../../agent/publish/uplink-state.ts';
import type { Message } from '../../fixtures/homeassistant/validator.ts';
import { knownMonitor, knownUplink, monitorState, uplinkState } from '../publish/states.ts';

export const described = {
  prefix: 'homeassistant',
  agent: 'pi',
  agentId: '7b0c8f0e-6a4a-4a53-9a1c-0d3c3a0f1e11',
  version: '0.1.0',
  monitors: [
    ...kinds.map((kind) => ({ name: kind, title: `The ${kind}`, kind, cron: false })),
    { name: 'nightly', title: 'nightly', kind: 'traceroute' as const, cron: true },
  ],
  uplinks: [
    { name: 'fibre', title: 'Fibre', metered: false, hasLimit: false },
    { name: 'dsl', title: 'dsl', metered: true, hasLimit: false },
    { name: 'lte', title: 'LTE', metered: true, hasLimit: true },
  ],
};

export const messages = (): Message[] =>
  discoveryMessages(described).map(({ topic, payload }) => ({ topic, payload: JSON.stringify(payload) }));

const long = 'ö'.repeat(5000);
const longRoute = Array.from({ length: 64 }, (_, index) => ({
  ttl: index + 1,
  address: '2001:db8:1111:2222:3333:4444:5555:6666',
  name: 'x'.repeat(253),
  rttMs: 123.456,
  organisation: long,
}));
const network = (given: Partial<NonNullable<MonitorState['network']>>) => ({
  asn: 1,
  organisation: null,
  domain: null,
  prefix: null,
  country: null,
  source: 'x',
  ...given,
});

const monitorVariants: Partial<MonitorState>[] = [
  monitorState(),
  knownMonitor(),
  knownMonitor({ state: 'up', degraded: false, enabled: false, verdict: 'pass', unexpected: false }),
  knownMonitor({ reason: long, route: longRoute, network: network({ organisation: long }) }),
  knownMonitor({ network: network({}), route: [] }),
  knownMonitor({ network: network({ asn: null }), intervalMs: 1500, at: 0 }),
  knownMonitor({ verdict: 'error', unexpected: false }),
];
const uplinkVariants: Partial<UplinkState>[] = [
  uplinkState(),
  knownUplink(),
  ...(['down', 'no carrier', 'no address'] as const).map((state) => knownUplink({ state })),
];

const subjects = ['pi', ...described.monitors, ...described.uplinks].map((one) =>
  typeof one === 'string' ? one : one.name,
);
const evidence = { reason: "it's <down>", outageMs: 61_500, route: [], lastKnown: 'up' };

export const events = (): Event[] => {
  const at = Date.UTC(2026, 10, 20);
  return subjects.flatMap((subject) => [
    newEvent('monitor.up', subject, { from: 'down', to: 'up', evidence }, at),
    newEvent('monitor.down', subject, { from: 'up', to: 'down', evidence }, at),
    newEvent('monitor.degraded', subject, { from: 'normal', to: 'degraded' }, at),
    newEvent('monitor.degraded', subject, { from: 'degraded', to: 'normal' }, at),
    newEvent('egress.changed', subject, { from: '203.0.113.7', to: '203.0.113.8' }, at),
    newEvent('egress.unknown', subject, { from: '203.0.113.7' }, at),
    newEvent('budget.warning', subject, {}, at),
    newEvent('budget.exhausted', subject, {}, at),
    newEvent('outbox.dropped', subject, {}, at),
    newEvent('store.failed', subject, { evidence }, at),
    newEvent('probe.result', subject, {}, at),
  ]);
};

/** By topic, every payload that may be there. */
export function states(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const add = (topic: string, payload: string): void => {
    found.set(topic, [...(found.get(topic) ?? []), payload]);
  };
  for (const { name, kind } of described.monitors) {
    for (const variant of monitorVariants) {
      const state = monitorState({ ...variant, monitor: name, kind });
      for (const { topic, payload } of monitorMessages('pi', state)) add(topic, payload);
    }
  }
  for (const { name } of described.uplinks) {
    for (const variant of uplinkVariants) {
      const state = uplinkState({ ...variant, uplink: name });
      for (const { topic, payload } of uplinkMessages('pi', state)) add(topic, payload);
    }
  }
  for (const status of ['online', 'offline']) add('pathproof/pi/status', status);
  for (const storage of [null, "the disk's full"]) {
    add('pathproof/pi/info', JSON.stringify({ version: '0.1.0', problems: { storage } }));
  }
  for (const event of events()) add('pathproof/pi/event', JSON.stringify(event));
  return found;
}
