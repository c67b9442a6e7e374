// What came of echoes, taken together: round trips, the network's words, and a next hop that does not answer.
import { describe, expect, it } from 'vitest';
import { type Outcome, nextHopSilence, refusalIn, rttsOf } from '../../../agent/probe/outcomes.ts';
import { reply, silence, way } from './tools.ts';

const exceeded = reply(5, { type: 'timeExceeded', from: '100.64.0.1' });
const refused = reply(5, { type: 'unreachable', from: '100.64.0.1', reason: 'prohibited' });
const own = reply(3000, { type: 'unreachable', from: way.source, reason: 'host' });
const stuck: Outcome = { type: 'silence', left: false };
const unsure: Outcome = { type: 'silence', left: null };

it('the round trips are those of replies alone, in the order sent', () => {
  expect(rttsOf([reply(3), silence, exceeded, null, reply(1), refused])).toEqual([3, 1]);
});

it('the network is quoted with what it said first', () => {
  expect(refusalIn([silence, null, reply(3)])).toBe(null);
  expect(refusalIn([silence, refused, exceeded])).toBe('100.64.0.1 says administratively prohibited');
  expect(refusalIn([exceeded, refused])).toBe('100.64.0.1 says the hop limit was used up');
});

describe('a next hop that does not answer ARP', () => {
  it.each<[what: string, outcomes: Outcome[]]>([
    ['this machine says so itself', [own]],
    ['no packet left', [stuck, stuck]],
    ['some never left, and of the others this machine says so', [stuck, own, stuck]],
    ['the rest was given up', [stuck, null]],
  ])('is told where %s', (_what, outcomes) => {
    expect(nextHopSilence(outcomes, way)).toMatchObject({
      code: 'neighbourUnreachable',
      source: 'uplink',
      message: 'nothing left by eth1: the next hop 192.168.2.1 does not answer ARP',
    });
  });

  it.each<[what: string, outcomes: Outcome[]]>([
    ['one packet left and came to nothing', [stuck, silence]],
    ['one packet was answered', [stuck, reply(3)]],
    ['nobody knows whether one left', [stuck, unsure]],
    ['somebody else says that the target is not to be had', [stuck, refused]],
    ['all were given up', [null, null]],
    ['none was sent', []],
  ])('is not told where %s', (_what, outcomes) => expect(nextHopSilence(outcomes, way)).toBe(null));

  it('is none where the target is the neighbour itself', () => {
    expect(nextHopSilence([own, stuck], { ...way, nextHop: null })).toBe(null);
  });
});
