// What the broker is told of each uplink: all keys always, null where nothing is known.
import { expect, it } from 'vitest';
import type { UplinkView } from '../../../agent/uplink/index.ts';
import { type KnownOfUplinks, uplinkStates } from '../../../agent/uplink/states.ts';
import type { FamilyHealth } from '../../../shared/failover.ts';
import { UplinkState } from '../../../shared/uplink.ts';

const lte: UplinkView = {
  uplink: 'lte',
  interface: 'eth1',
  state: 'up',
  addresses: ['192.168.2.10'],
  gateway: '192.168.2.1',
};
const missing: UplinkView = { ...lte, uplink: 'usb', state: 'missing', addresses: [], gateway: null };
const other: UplinkView = { ...lte, uplink: null, interface: 'eth2' };
const settings = { lte: { title: 'Mobile', metered: true }, usb: { metered: false } };
const network = {
  asn: 64500,
  organisation: 'Mobile Inc.',
  domain: null,
  prefix: null,
  country: 'DE',
  source: 'mmdb',
} as const;

const measured: FamilyHealth = {
  ...{ health: 'down', place: 'gateway', reason: 'the gateway does not answer', suppressed: true },
  ...{ active: false, lossPercent: 100, rttMs: null, jitterMs: null, since: 1_793_500_000_000 },
};
const ipv6: FamilyHealth = {
  ...{ health: 'up', place: null, reason: 'all is well', suppressed: false },
  ...{ active: true, lossPercent: 0, rttMs: 20.5, jitterMs: 0.25, since: 1_793_400_000_000 },
};

const known: KnownOfUplinks = {
  data: new Map([
    ['lte', { usedBytes: 300, probesBytes: 100, limitBytes: 1000, leftBytes: 700, since: 1_793_491_200_000 }],
  ]),
  expectedBytes: new Map([['lte', 998_000]]),
  egress: new Map([['lte', { publicAddress: '198.51.100.200', network }]]),
  health: new Map([['lte', { ipv4: measured, ipv6 }]]),
};

it('tells all that is known of an uplink', () => {
  const states = uplinkStates([lte], settings, known);
  expect(states).toEqual([
    {
      ...{ uplink: 'lte', title: 'Mobile', interface: 'eth1', state: 'up', metered: true },
      ...{ addresses: ['192.168.2.10'], gateway: '192.168.2.1' },
      ...{ publicAddress: '198.51.100.200', network },
      ...{ dataUsedBytes: 300, dataProbesBytes: 100, dataLimitBytes: 1000, dataLeftBytes: 700 },
      ...{ dataSince: 1_793_491_200_000, expectedMonthlyBytes: 998_000 },
      ...{ health: 'down', place: 'gateway', suppressed: true, active: false },
      ...{ lossPercent: 100, rttMs: null, jitterMs: null, healthSince: 1_793_500_000_000 },
      families: { ipv4: measured, ipv6 },
    },
  ]);
  expect(states.map((state) => UplinkState.parse(state))).toEqual(states);
});

it('tells of one of which nothing is known by its name, with nothing measured', () => {
  const states = uplinkStates([missing], settings, known);
  expect(states).toEqual([
    {
      ...{ uplink: 'usb', title: 'usb', interface: 'eth1', state: 'missing', metered: false },
      ...{ addresses: [], gateway: null, publicAddress: null, network: null },
      ...{ dataUsedBytes: null, dataProbesBytes: null, dataLimitBytes: null, dataLeftBytes: null },
      ...{ dataSince: null, expectedMonthlyBytes: 0 },
      ...{ health: null, place: null, suppressed: false, active: false },
      ...{ lossPercent: null, rttMs: null, jitterMs: null, healthSince: null },
      families: { ipv4: null, ipv6: null },
    },
  ]);
  expect(states.map((state) => UplinkState.parse(state))).toEqual(states);
});

it('tells of IPv6 where IPv4 is not measured', () => {
  const health = new Map([['lte', { ipv4: null, ipv6 }]]);
  expect(uplinkStates([lte], settings, { ...known, health })).toMatchObject([
    {
      ...{ health: 'up', place: null, suppressed: false, active: true },
      ...{ lossPercent: 0, rttMs: 20.5, jitterMs: 0.25, healthSince: 1_793_400_000_000 },
      families: { ipv4: null, ipv6 },
    },
  ]);
});

it('tells of no interface that is no uplink', () => {
  const told = uplinkStates([lte, other, missing], settings, known).map(({ uplink }) => uplink);
  expect(told).toEqual(['lte', 'usb']);
});
