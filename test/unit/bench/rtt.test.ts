import { expect, it } from 'vitest';
import { errorsMs } from '../../bench/rtt.ts';
import { matchEchoes } from '../../bench/tcpdump.ts';

const text = [
  '1700000000.999999000 IP 192.168.2.10 > 1.1.1.1: ICMP echo request, id 7, seq 1, length 308',
  '1700000001.000100000 IP 192.168.2.10 > 1.1.1.1: ICMP echo request, id 7, seq 2, length 308',
  '1700000001.000200000 IP 192.168.2.10 > 1.1.1.1: ICMP echo request, id 8, seq 1, length 309',
  '1700000001.020100500 IP 1.1.1.1 > 192.168.2.10: ICMP echo reply, id 7, seq 2, length 308',
  '1700000001.020300500 IP 1.1.1.1 > 192.168.2.10: ICMP echo reply, id 7, seq 1, length 308',
  '1700000001.020400500 IP 1.1.1.1 > 192.168.2.10: ICMP echo reply, id 7, seq 1, length 308',
  '1700000001.020400900 IP 192.168.2.1 > 192.168.2.10: ICMP time exceeded in-transit, length 36',
].join('\n');

it('pairs requests with their first reply, in the order sent, over the turn of a second', () => {
  const echoes = matchEchoes(text);
  expect(echoes.map(({ payloadBytes }) => payloadBytes)).toEqual([300, 300]);
  expect(echoes[0]?.rttMs).toBeCloseTo(20.3015, 6);
  expect(echoes[1]?.rttMs).toBeCloseTo(20.0005, 6);
});

it('compares RTTs with those captured, and leaves out requests of which one is missing', () => {
  const told = new Map([
    [300, [20.3, 20.001]],
    [309, [20]],
  ]);
  const errors = errorsMs(told, matchEchoes(text));
  expect(errors).toHaveLength(2);
  expect(errors[0]).toBeCloseTo(0.0015, 6);
  expect(errors[1]).toBeCloseTo(0.0005, 6);
});
