// What came of echoes, taken together: round trips, the network's words, and a next hop that does not answer.
import { describe, expect, it } from 'vitest';
import {
  type Outcome,
  nextHopSilence,
  prohibition,
  refusalIn,
  rttsOf,
} from '../../../agent/probe/outcomes.ts';
import { reply, silence, way } from './tools.ts';

const exceeded = reply(5, { type: 'timeExceeded', from: '100.64.0.1' });
const refused = reply(5, { type: 'unreachable', from: '100.64.0.1', reason: 'prohibited' });
const own = reply(3000, { type: 'unreachable', from: way.source, reason: 'host' });
const stuck: Outcome = { type: 'silence', left: false };
const unsure: Outcome = { type: 'silence', left: null };

it('the round trips are those of replies alone, in the order sent', () => {
  expect(rttsOf([reply(3), silence, exceeded, null, reply(1), refused])).toEqual([3, 1]);
});

describe('what is said in place of an answer', () => {
  const said = (outcomes: Outcome[], given = {}, address = '1.1.1.1'): string | null =>
    refusalIn(outcomes, address, { ...way, ...given });

  it('is what the network said first', () => {
    expect(said([silence, null, reply(3)])).toBe(null);
    expect(said([silence, refused, exceeded])).toBe('100.64.0.1 says administratively prohibited');
    expect(said([exceeded, refused])).toBe('100.64.0.1 says the hop limit was used up');
  });

  it('names the limit that a packet was too big for', () => {
    const tooBig = reply(5, { type: 'unreachable', from: 'fd00::1', reason: 'packetTooBig', mtuBytes: 1300 });
    expect(said([tooBig])).toBe('fd00::1 says packet too big: at most 1300 bytes');
  });

  it('is that a neighbour is not there, where no packet left', () => {
    const near = { nextHop: null };
    expect(said([stuck, own], near, '192.168.2.77')).toBe('192.168.2.77 does not answer ARP');
    expect(said([stuck], near, 'fd00:2::77')).toBe('fd00:2::77 does not answer neighbour discovery');
    expect(said([stuck, silence], near, '192.168.2.77')).toBe(null);
    expect(said([stuck])).toBe(null);
  });
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

describe('a prohibition', () => {
  const of = (outcomes: Outcome[]) => prohibition(outcomes, '1.1.1.1', way);
  const unreachable = reply(5, { type: 'unreachable', from: '100.64.0.9', reason: 'host' });

  it.each<[what: string, outcomes: Outcome[]]>([
    ['every echo met it', [refused, refused]],
    ['the others came to nothing', [silence, refused, null]],
    ['somebody else had another word first', [exceeded, unreachable, refused]],
  ])('is told where %s', (_what, outcomes) => {
    expect(of(outcomes)).toMatchObject({
      code: 'prohibited',
      source: 'target',
      message:
        '100.64.0.1 says administratively prohibited: a filter there lets no such packet to 1.1.1.1 pass',
    });
  });

  it.each<[what: string, outcomes: Outcome[]]>([
    ['an echo was answered', [refused, reply(3), refused]],
    ['nobody is forbidden, but something is not to be had', [unreachable, exceeded, silence]],
    [
      'this machine says so itself',
      [reply(5, { type: 'unreachable', from: way.source, reason: 'prohibited' })],
    ],
    ['none was sent', []],
  ])('is none where %s', (_what, outcomes) => expect(of(outcomes)).toBe(null));
});
