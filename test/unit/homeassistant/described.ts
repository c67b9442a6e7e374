// An agent with one of everything, and every state that its entities may be shown.
import { discoveryMessages } from '../../../homeassistant/discovery.ts';
import { type Event, newEvent } from '../../../shared/event.ts';
import { type FailoverState, healths, modes, places } from '../../../shared/failover.ts';
import { kinds } from '../../../shared/request.ts';
import type { MonitorState } from '../../../shared/monitor.ts';
import type { UplinkState } from '../../../shared/uplink.ts';
import { failoverMessage } from '../../../agent/publish/failover-state.ts';
import { monitorMessages } from '../../../agent/publish/monitor-state.ts';
import { uplinkMessages } from '../../../agent/publish/uplink-state.ts';
import type { Message } from '../../fixtures/homeassistant/validator.ts';
import {
  failoverState,
  familyHealth,
  healthOf,
  knownMonitor,
  knownUplink,
  monitorState,
  uplinkState,
} from '../publish/states.ts';

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
    { name: 'fibre', title: 'Fibre', metered: false, hasLimit: false, measured: true },
    { name: 'dsl', title: 'dsl', metered: true, hasLimit: false, measured: false },
    { name: 'lte', title: 'LTE', metered: true, hasLimit: true, measured: true },
  ],
  failover: true,
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
const silent = { lossPercent: 100, rttMs: null, jitterMs: null };
const uplinkVariants: Partial<UplinkState>[] = [
  uplinkState(),
  knownUplink(),
  ...(['down', 'no carrier', 'no address'] as const).map((state) => knownUplink({ state })),
  ...healths.map((health) => knownUplink(healthOf(familyHealth({ health, reason: health })))),
  ...places.map((place) => knownUplink(healthOf(familyHealth({ health: 'down', place, ...silent })))),
  knownUplink({ families: { ipv4: null, ipv6: familyHealth({ reason: long, suppressed: true }) } }),
];

const failoverVariants: Partial<FailoverState>[] = [
  {},
  ...modes.map((mode) => ({ mode, active: null, desired: null, since: null, reason: long, problem: long })),
  { forced: { uplink: 'lte', until: 1 } },
  { forced: { uplink: 'sold-last-year', until: 1 } },
];

const subjects = ['pi', ...described.monitors, ...described.uplinks].map((one) =>
  typeof one === 'string' ? one : one.name,
);
const evidence = { reason: "it's <down>", outageMs: 61_500, route: [], lastKnown: 'up' };

export const events = (): Event[] => {
  const at = Date.UTC(2026, 10, 20);
  const moved = { from: 'fibre', to: 'lte', evidence };
  const ofFailover = [
    newEvent('failover.initial', 'fibre', { evidence: { ...evidence, online: true } }, at),
    newEvent('failover.switched', 'lte', moved, at),
    newEvent('failover.confirmed', 'lte', { evidence: { online: true } }, at),
    newEvent('failover.confirmed', 'lte', { evidence: { online: false } }, at),
    newEvent('failover.rolledBack', 'fibre', { from: 'lte', to: 'fibre', evidence }, at),
    newEvent('failover.allDown', null, { from: 'lte', evidence }, at),
  ];
  const ofUplinks = described.uplinks.flatMap(({ name }) => [
    newEvent('uplink.up', name, { from: 'recovering', to: 'up' }, at),
    newEvent('uplink.down', name, { from: 'up', to: 'down', evidence: { ...evidence, place: 'isp' } }, at),
    newEvent('uplink.degraded', name, { from: 'up', to: 'degraded', evidence }, at),
    newEvent('uplink.suppressed', name, { from: 'up', to: 'up', evidence }, at),
  ]);
  const ofAll = subjects.flatMap((subject) => [
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
  return [...ofFailover, ...ofUplinks, ...ofAll];
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
  for (const variant of failoverVariants) {
    const { topic, payload } = failoverMessage('pi', failoverState(variant));
    add(topic, payload);
  }
  for (const status of ['online', 'offline']) add('pathproof/pi/status', status);
  for (const storage of [null, "the disk's full"]) {
    add('pathproof/pi/info', JSON.stringify({ version: '0.1.0', problems: { storage } }));
  }
  for (const event of events()) add('pathproof/pi/event', JSON.stringify(event));
  return found;
}
