// The route that answers draw: its hops, its end, and whether it goes in circles.
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../agent/probe/outcomes.ts';
import { endOfPath } from '../../../../agent/probe/trace/plan.ts';
import { routeOf } from '../../../../agent/probe/trace/route.ts';
import { reply, silence } from '../tools.ts';

const by = (number: number, given: object = {}): Outcome =>
  reply(number, { type: 'timeExceeded', from: `10.0.0.${number}`, ...given });
const end = reply(20);
const refused = reply(3, { type: 'unreachable', from: '10.0.0.3', reason: 'prohibited' });

describe('a loop', () => {
  it.each<[what: string, answers: Outcome[], loop: boolean]>([
    ['is none where each hop is another', [by(1), by(2), by(3), end], false],
    ['is an address that answers again after another', [by(1), by(2), by(1), by(2)], true],
    ['is one though the path came to its end', [by(1), by(2), by(1), end], true],
    ['is none where one hop answers twice in a row', [by(1), by(1), by(2), end], false],
    ['is none where that hop is silent in between', [by(1), silence, by(1), end], false],
    ['is one across silent hops too', [by(1), by(2), silence, by(1)], true],
    ['is none in silence', [silence, silence, null], false],
    ['is none of what lies behind the end', [by(1), end, by(1), end], false],
  ])('%s', (_what, answers, loop) => expect(routeOf(answers, true, null).loop).toBe(loop));
});

describe('a hop that answers at several hop limits', () => {
  it.each<[what: string, answers: Outcome[], alsoAt: number[][]]>([
    ['is none where each is another', [by(1), by(2), end], [[], [], []]],
    ['names the others, twice in a row', [by(1), by(2), by(2), end], [[], [3], [2], []]],
    [
      'names them across silence, which is nobody',
      [by(1), silence, null, by(1), end],
      [[4], [], [], [1], []],
    ],
    ['names all of them in a loop', [by(1), by(2), by(1), by(2), by(1)], [[3, 5], [4], [1, 5], [2], [1, 3]]],
    ['names none behind the end', [by(1), end, by(1), end], [[], []]],
  ])('%s', (_what, answers, alsoAt) => {
    expect(routeOf(answers, true, null).hops.map((hop) => hop.alsoAt)).toEqual(alsoAt);
  });
});

describe('the end', () => {
  it.each<[what: string, answers: Outcome[], hop: number]>([
    ['is the destination', [by(1), by(2), end, end], 3],
    ['is where the network refused', [by(1), refused, end], 2],
    ['is nowhere in silence', [by(1), silence, null], 0],
  ])('%s', (_what, answers, hop) => expect(endOfPath(answers)).toBe(hop));
});

describe('a route', () => {
  const addresses = (answers: Outcome[], replied: boolean, length: number | null): (string | null)[] =>
    routeOf(answers, replied, length).hops.map(({ address }) => address);

  it('ends with the last that answered where no end is known, or where the reply said', () => {
    const answers = [by(1), silence, by(3), silence, null];
    expect(addresses(answers, false, null)).toEqual(['10.0.0.1', null, '10.0.0.3']);
    expect(addresses(answers, true, 4)).toEqual(['10.0.0.1', null, '10.0.0.3', null]);
  });

  it('that the network refused did not reach the target, though echoes were answered', () => {
    expect(routeOf([by(1), by(2), refused], true, null).reached).toBe(false);
    expect(routeOf([by(1), by(2), end], true, null).reached).toBe(true);
    expect(routeOf([by(1), silence], false, null).reached).toBe(false);
  });

  it('has what each hop told of itself', () => {
    const mpls = [{ label: 24_001, trafficClass: 0, ttl: 1 }];
    const tooBig = reply(7.00049, {
      type: 'unreachable',
      from: '10.0.0.3',
      reason: 'packetTooBig',
      mtuBytes: 1280,
      hopLimit: null,
    });
    const unknown = { name: null, alsoAt: [], network: null, scope: null };
    expect(routeOf([by(1, { mpls, hopLimit: 255 }), silence, tooBig], false, null).hops).toEqual([
      { ...unknown, ttl: 1, address: '10.0.0.1', rttMs: 1, replyTtl: 255, unreachable: null, mpls },
      { ...unknown, ttl: 2, address: null, rttMs: null, replyTtl: null, unreachable: null, mpls: [] },
      {
        ...unknown,
        ttl: 3,
        address: '10.0.0.3',
        rttMs: 7,
        replyTtl: null,
        unreachable: { reason: 'packetTooBig', mtuBytes: 1280 },
        mpls: [],
      },
    ]);
  });
});
