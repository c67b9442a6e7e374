// What the broker keeps of a monitor.
import { expect, it } from 'vitest';
import { clearedMonitor, monitorMessages } from '../../../agent/publish/monitor-state.ts';
import { MonitorState } from '../../../shared/monitor.ts';
import { knownMonitor, monitorState } from './states.ts';

const base = 'pathproof/pi/monitor/backup-internet';
const kept = { qos: 1, retain: true };

function stateSent(state: MonitorState): { read: MonitorState; bytes: number } {
  const [message] = monitorMessages('pi', state, true);
  const payload = message?.payload ?? '';
  return { read: MonitorState.parse(JSON.parse(payload)), bytes: Buffer.byteLength(payload) };
}

it.each([
  ['of which nothing is known', monitorState()],
  ['of which all is known', knownMonitor()],
])('a monitor %s is kept as it is', (_what, state) => {
  expect(monitorMessages('pi', state, true)).toEqual([
    { topic: `${base}/state`, payload: JSON.stringify(state), ...kept },
    { topic: `${base}/availability`, payload: 'online', ...kept },
  ]);
});

it('a monitor that can not run at all is not available, and has its state all the same', () => {
  const [state, availability] = monitorMessages('pi', monitorState(), false);
  expect(state?.payload).toBe(JSON.stringify(monitorState()));
  expect(availability).toEqual({ topic: `${base}/availability`, payload: 'offline', ...kept });
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
