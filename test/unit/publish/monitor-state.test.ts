// What the broker keeps of a monitor.
import { expect, it } from 'vitest';
import { clearedMonitor, monitorMessages } from '../../../agent/publish/monitor-state.ts';
import { Failure, type FailureCode, failureReport } from '../../../shared/failure.ts';
import { MonitorState } from '../../../shared/monitor.ts';
import { knownMonitor, monitorState } from './states.ts';

const base = 'pathproof/pi/monitor/backup-internet';
const kept = { qos: 1, retain: true };

function stateSent(state: MonitorState): { read: MonitorState; bytes: number } {
  const [message] = monitorMessages('pi', state);
  const payload = message?.payload ?? '';
  return { read: MonitorState.parse(JSON.parse(payload)), bytes: Buffer.byteLength(payload) };
}

it.each([
  ['of which nothing is known', monitorState()],
  ['of which all is known', knownMonitor()],
])('a monitor %s is kept as it is', (_what, state) => {
  expect(monitorMessages('pi', state)).toEqual([
    { topic: `${base}/state`, payload: JSON.stringify(state), ...kept },
    { topic: `${base}/availability`, payload: 'online', ...kept },
  ]);
});

const failing = (code: FailureCode): Partial<MonitorState> => {
  const { source } = failureReport(new Failure(code, 'x'));
  return { verdict: 'error', failure: { code, source } };
};

it.each<[what: string, given: Partial<MonitorState>, availability: string]>([
  ['has no raw sockets', { ...failing('noRawSockets'), state: 'unknown' }, 'offline'],
  ['has a via that there is not', { ...failing('unknownVia'), state: 'unknown' }, 'offline'],
  ['may not ask its target', { ...failing('targetRefused'), state: 'unknown' }, 'offline'],
  ['is held by a used-up budget', { ...failing('budgetExhausted'), verdict: null, state: 'up' }, 'offline'],
  ['found its queue full once', { ...failing('queueFull'), state: 'up' }, 'online'],
  ['can not be judged', { ...failing('unjudged'), state: 'unknown' }, 'online'],
  ['is turned off', { ...failing('noRawSockets'), state: 'unknown', enabled: false }, 'online'],
  ['has a dead line', { ...failing('noCarrier'), state: 'down' }, 'online'],
  ['has a dead line from the start', { ...failing('interfaceMissing'), state: 'unknown' }, 'online'],
  ['has a dead target', { verdict: 'fail', state: 'down' }, 'online'],
  ['has a dead resolver', { ...failing('resolverTimeout'), state: 'down' }, 'online'],
  ['met a defect', { ...failing('internal'), state: 'unknown' }, 'online'],
])('a monitor that %s is told of with its state', (_what, given, availability) => {
  const monitor = monitorState(given);
  expect(monitorMessages('pi', monitor)).toEqual([
    { topic: `${base}/state`, payload: JSON.stringify(monitor), ...kept },
    { topic: `${base}/availability`, payload: availability, ...kept },
  ]);
});

it('a removed monitor is cleared by empty messages', () => {
  expect(clearedMonitor('pi', 'backup-internet')).toEqual([
    { topic: `${base}/state`, payload: '', ...kept },
    { topic: `${base}/availability`, payload: '', ...kept },
  ]);
});

it('texts without end are cut', () => {
  const long = '\u0001'.repeat(100_000);
  const network = { asn: 1, organisation: long, domain: null, prefix: null, country: null, source: 'x' };
  const { read, bytes } = stateSent(knownMonitor({ reason: long, target: long, network }));
  expect(bytes).toBeLessThan(60 * 1024);
  expect([read.reason.length, read.target?.length, read.network?.organisation?.length]).toEqual([
    1000, 2048, 1000,
  ]);
});

it('a route of long names loses of the names, then its last hops', () => {
  const hops = (count: number, text: string) =>
    Array.from({ length: count }, (_, index) => ({
      ttl: index + 1,
      address: '2001:db8:1111:2222:3333:4444:5555:6666',
      name: text,
      rttMs: 123.456,
      organisation: text,
    }));
  const named = stateSent(knownMonitor({ route: hops(30, 'x'.repeat(253)) })).read.route ?? [];
  expect(named).toHaveLength(30);
  expect(named[0]?.name).toBe(`${'x'.repeat(59)}…`);
  const escaped = stateSent(knownMonitor({ route: hops(255, '\u0001'.repeat(253)) })).read.route ?? [];
  expect(escaped.map(({ ttl }) => ttl)).toEqual(escaped.map((_, index) => index + 1));
  expect(escaped.length).toBeGreaterThan(10);
  expect(Buffer.byteLength(JSON.stringify(escaped))).toBeLessThanOrEqual(12 * 1024);
});
