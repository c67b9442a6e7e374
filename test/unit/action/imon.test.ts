// imon's positional arguments, word by word as its scripts know them: a fixture for each event, a line for each word.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { imonArguments } from '../../../agent/action/imon.ts';
import { type Event, newEvent } from '../../../shared/event.ts';
import type { FailoverLink } from '../../../shared/failover.ts';
import { turned } from './kit.ts';

const golden = (name: string): string[] =>
  readFileSync(new URL(`../../fixtures/imon/${name}.txt`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');

const figures = { minMs: 15, rttMs: 15.1234, maxMs: 16.5, jitterMs: 0.25, lossPercent: 0, failure: null };
const silent = { minMs: null, rttMs: null, maxMs: null, jitterMs: null };
const result = (evidence: Event['evidence']): Event =>
  newEvent(
    'probe.result',
    'backup',
    { evidence: { kind: 'ping', target: '1.1.1.1', ...figures, ...evidence } },
    0,
  );
const addresses = (from: string | null, to: string | null): Event =>
  newEvent('egress.changed', 'backup', { from, to }, 0);

const fibre: FailoverLink = { name: 'Fibre', role: 'Primary', interface: 'eth0', address: '192.0.2.10' };
const lte: FailoverLink = {
  name: 'lte: the stick',
  role: 'Standby',
  interface: 'wwan0',
  address: '100.64.0.7',
};
const failover = (
  word: 'initial' | 'switched' | 'confirmed' | 'rolledBack',
  evidence: Event['evidence'],
): Event => newEvent(`failover.${word}`, 'lte', { from: 'fibre', to: 'lte', evidence }, 0);
const allDown = (links: FailoverLink[]): Event =>
  newEvent('failover.allDown', null, { from: 'lte', evidence: { links } }, 0);

describe('the arguments', () => {
  it.each<[string, Event]>([
    ['updown-offline', turned('monitor.down', 'up')],
    ['updown-online', turned('monitor.up', 'down', { outageMs: 3999 })],
    [
      'updown-online-days',
      turned('monitor.up', 'down', { outageMs: 2 * 86_400_000 + 3 * 3_600_000 + 65_000 }),
    ],
    ['ddns-ip-update', addresses('198.51.100.7', '203.0.113.9')],
    ['ddns-ip-update-first', addresses(null, '203.0.113.9')],
    ['ddns-no-update', newEvent('egress.unknown', 'backup', {}, 0)],
    ['ping-result', result({})],
    ['ping-result-lost', result({ ...silent, lossPercent: 100 })],
    ['ping-result-third-lost', result({ lossPercent: 33.333 })],
    [
      'ping-result-no-carrier',
      result({ ...silent, lossPercent: null, failure: { code: 'noCarrier', source: 'uplink' } }),
    ],
    ['failover-initial-online', failover('initial', { link: fibre, online: true })],
    ['failover-initial-offline', failover('initial', { link: lte, online: false })],
    ['failover-primary', failover('switched', { link: fibre })],
    ['failover-standby', failover('switched', { link: lte, reason: 'fibre is down' })],
    // A switch that was taken back.
    ['failover-primary', failover('rolledBack', { link: fibre })],
    ['failover-standby', failover('rolledBack', { link: lte, family: 'ipv4' })],
    ['failover-postping-online', failover('confirmed', { link: lte, online: true })],
    ['failover-postping-offline', failover('confirmed', { link: fibre, online: false })],
    ['failover-bothdown', allDown([fibre, lte, { ...lte, name: 'third' }])],
  ])('of %s are the known ones', (name, event) => {
    expect(imonArguments(event, 'main', true)).toEqual(golden(name));
  });

  it('name the instance, and say where the log does not go to syslog', () => {
    expect(imonArguments(turned('monitor.down', 'up'), 'attic', false)).toEqual([
      ...['attic', '1', 'updown-offline', '1.1.1.1'],
    ]);
  });

  // As Python has it: round(1 - received / sent, 2).
  it.each([
    [12.5, '0.12'],
    [37.5, '0.38'],
    [42.5, '0.43'],
    [97.5, '0.97'],
    [50, '0.5'],
  ])('round a loss of %f %% to %s', (lossPercent, text) => {
    expect(imonArguments(result({ lossPercent }), 'main', true)?.[3]?.split(':')[5]).toBe(text);
  });
});

describe("a network's words", () => {
  const named = (link: Partial<FailoverLink>): string | undefined =>
    imonArguments(failover('switched', { link: { ...fibre, ...link } }), 'main', true)?.[3];

  it.each<[string, Partial<FailoverLink>, string]>([
    ['an empty address', { address: null }, 'Fibre:Primary:eth0:'],
    ['an address of IPv6 at the end', { address: '2001:db8::1' }, 'Fibre:Primary:eth0:2001:db8::1'],
    ['a name without colons', { name: 'a:b;c d\0' }, 'a-b;c d-:Primary:eth0:192.0.2.10'],
  ])('have %s', (_what, link, words) => {
    expect(named(link)).toBe(words);
  });
});

describe('nothing is said', () => {
  it.each<[string, Event]>([
    ['of a first up', turned('monitor.up', null)],
    ['of a first down', turned('monitor.down', null)],
    ['of up where it was up before nothing was known', turned('monitor.up', 'up')],
    ['of down where it was down before nothing was known', turned('monitor.down', 'down')],
    ['of a degraded monitor', turned('monitor.degraded', 'up')],
    ['of a trace', result({ kind: 'traceroute' })],
    [
      "of a probe that failed for this machine's own fault",
      result({ ...silent, lossPercent: null, failure: { code: 'noRawSockets', source: 'local' } }),
    ],
    ['of an uplink', newEvent('uplink.down', 'lte', { from: 'up', to: 'down' }, 0)],
    ['of a switch in IPv6', failover('switched', { link: fibre, family: 'ipv6' })],
    [
      'of what is lost in IPv6',
      { ...allDown([fibre, lte]), evidence: { family: 'ipv6', links: [fibre, lte] } },
    ],
    ['of a switch to nobody knows what', failover('switched', {})],
    ['of the only uplink going down', allDown([fibre])],
    ['of a budget', newEvent('budget.warning', 'lte', {}, 0)],
  ])('%s', (_what, event) => {
    expect(imonArguments(event, 'main', true)).toBe(null);
  });
});
