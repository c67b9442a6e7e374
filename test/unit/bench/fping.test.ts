import { expect, it } from 'vitest';
import { lostByFping } from '../../bench/fping.ts';

it('counts the echoes that fping reports as answered', () => {
  const report = [
    '10.9.1.1 : xmt/rcv/%loss = 10/10/0%, min/avg/max = 0.010/0.012/0.020',
    '10.9.1.2 : xmt/rcv/%loss = 10/7/30%, min/avg/max = 0.010/0.012/0.020',
    '10.9.1.3 : xmt/rcv/%loss = 10/0/100%',
  ].join('\n');
  expect(lostByFping(report, 30)).toBe(13);
});

it('counts as lost what a report does not speak of', () => {
  expect(lostByFping('', 10)).toBe(10);
});
