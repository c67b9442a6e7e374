// What the broker keeps of failover, and the answer to a command that is not obeyed.
import { expect, it } from 'vitest';
import { clearedFailover, failoverMessage, failoverRefusal } from '../../../agent/publish/failover-state.ts';
import { FailoverRefusal, FailoverState } from '../../../shared/failover.ts';
import { failoverState } from './states.ts';

const parsed = (state: FailoverState): FailoverState => {
  const { payload } = failoverMessage('pi', state);
  expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(60 * 1024);
  return FailoverState.parse(JSON.parse(payload));
};

it('is its state, kept by the broker until it is cleared', () => {
  const { topic, payload, ...kept } = failoverMessage('pi', failoverState());
  expect(topic).toBe('pathproof/pi/failover/state');
  expect(JSON.parse(payload)).toEqual(failoverState());
  expect(kept).toEqual({ qos: 1, retain: true });
  expect(clearedFailover('pi')).toEqual({ topic, payload: '', ...kept });
});

const long = 'ü'.repeat(5000);
const shortened = `${'ü'.repeat(999)}…`;
const choice = { active: 'lte', desired: 'fibre', reason: long };
const wordy = { reason: long, problem: long, families: { ipv4: choice, ipv6: null } };

it('has no longer sentences than Home Assistant can keep', () => {
  const read = parsed(failoverState(wordy));
  expect(read.reason).toBe(shortened);
  expect(read.problem).toBe(shortened);
  expect(read.families).toEqual({ ipv4: { ...choice, reason: shortened }, ipv6: null });
  expect(read.uplinks).toEqual(failoverState().uplinks);
});

it('loses its uplinks where it is too large for a message', () => {
  const [one] = Object.values(failoverState().uplinks);
  if (one === undefined) throw new Error('no uplink');
  const uplinks = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`uplink-${index}`, one]));
  expect(parsed(failoverState({ uplinks }))).toEqual(failoverState({ uplinks: {} }));
});

it('a command is refused where its sender listens, and not for those who come later', () => {
  const failure = { code: 'badRequest', source: 'request' } as const;
  const { payload, ...message } = failoverRefusal('pi', { ok: false, reason: long, failure });
  expect(message).toEqual({ topic: 'pathproof/pi/failover/result', qos: 1, retain: false });
  expect(FailoverRefusal.parse(JSON.parse(payload))).toEqual({ ok: false, reason: shortened, failure });
});
