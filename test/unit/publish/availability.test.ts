// What the broker keeps of the agent: whether it is there, and what it is.
import { expect, it } from 'vitest';
import { type Retained, infoMessage, onChange, statusMessage } from '../../../agent/publish/availability.ts';
import { kinds } from '../../../shared/request.ts';

it('the status is kept, online or offline', () => {
  const kept = { topic: 'pathproof/pi/status', qos: 1, retain: true };
  expect(statusMessage('pi', 'online')).toEqual({ ...kept, payload: 'online' });
  expect(statusMessage('pi', 'offline')).toEqual({ ...kept, payload: 'offline' });
});

it('the introduction is kept, as JSON', () => {
  const uplink = { interface: 'eth0', uplink: 'fibre' };
  const interfaces = [uplink, { interface: 'wg0', uplink: null }];
  const limits = { concurrency: 32, packetsPerSecond: 1000 };
  const info = { version: '0.1.0', interfaces, limits, watched: { monitors: ['line'] } };
  const { payload, ...kept } = infoMessage('pi', info);
  expect(kept).toEqual({ topic: 'pathproof/pi/info', qos: 1, retain: true });
  expect(JSON.parse(payload)).toEqual({
    ...{ version: '0.1.0', kinds, interfaces, uplinks: [uplink], limits, monitors: ['line'] },
  });
});

it('what has changed is published again, and only that; the first one is not ours to publish', () => {
  const published: string[] = [];
  let status: 'online' | 'offline' = 'online';
  const look = onChange(
    (): Retained => statusMessage('pi', status),
    ({ payload }) => void published.push(payload),
  );
  look();
  look();
  status = 'offline';
  look();
  look();
  expect(published).toEqual(['offline']);
});
