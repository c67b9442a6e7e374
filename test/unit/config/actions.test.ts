// Actions as they are read when they are right.
import { expect, it } from 'vitest';
import { readFileSettings } from '../../../agent/config/file.ts';
import { eventKinds } from '../../../shared/event.ts';

const actions = (text: string): unknown => {
  const read = readFileSettings(`actions: ${text}`);
  return read.ok ? read.settings.actions : read.problems;
};

it('needs of an action what it runs and on which events', () => {
  expect(actions('[{ on: [monitor.down], run: [/bin/true] }]')).toEqual([
    {
      on: ['monitor.down'],
      subject: null,
      run: ['/bin/true'],
      format: 'json',
      instance: 'main',
      timeoutMs: 30_000,
    },
  ]);
});

it('takes all that an action may say', () => {
  const imon = 'format: imon, instance: office, timeout: 1h, subject: anything';
  expect(actions(`[{ on: [monitor.*, egress.changed], run: [/bin/true, "", a b], ${imon} }]`)).toEqual([
    {
      on: ['monitor.*', 'egress.changed'],
      subject: 'anything',
      run: ['/bin/true', '', 'a b'],
      format: 'imon',
      instance: 'office',
      timeoutMs: 3_600_000,
    },
  ]);
});

it('takes for imon what its format has words for, and patterns of more', () => {
  const words = ['failover.initial', 'failover.switched', 'failover.confirmed', 'failover.allDown'];
  const on = [...words, 'failover.*', 'monitor.*', '*'];
  expect(actions(JSON.stringify([{ on, run: ['/bin/true'], format: 'imon' }]))).toMatchObject([{ on }]);
});

it('keeps their order, and none where nothing is given', () => {
  const two = '[{ on: ["*"], run: [/bin/true] }, { on: ["*"], run: [/bin/false] }]';
  expect(actions(two)).toMatchObject([{ run: ['/bin/true'] }, { run: ['/bin/false'] }]);
  expect(actions('')).toEqual([]);
});

it('knows each kind of event, and each group of them', () => {
  const groups = [
    ...['monitor.*', 'egress.*', 'probe.*', 'uplink.*', 'failover.*', 'budget.*', 'outbox.*', 'store.*', '*'],
  ];
  const on = [...eventKinds, ...groups];
  expect(actions(JSON.stringify([{ on, run: ['/bin/true'] }]))).toMatchObject([{ on }]);
});
