// Before the first packet: the address, whether it may be probed, and the way to it.
import { describe, expect, it } from 'vitest';
import { explained, takeAim } from '../../../agent/probe/aim.ts';
import { Failure } from '../../../shared/failure.ts';
import { exit, pingRequest, silence, tools, unhurried, way } from './tools.ts';

const none = () => silence;

describe('the aim', () => {
  it('is the first address of the name, and the way to it', async () => {
    const ways: unknown[] = [];
    const given = tools(none, {
      resolve: () => Promise.resolve(['1.1.1.1', '1.0.0.1']),
      way: (...asked) => {
        ways.push(asked);
        return Promise.resolve(way);
      },
    });
    expect(await takeAim(pingRequest(), exit, given, unhurried())).toEqual({ address: '1.1.1.1', way });
    expect(ways).toEqual([[exit, '1.1.1.1']]);
  });

  it('is asked for in IPv4', async () => {
    const given = tools(none);
    await takeAim(pingRequest({ family: 4 }), null, given, unhurried());
    await takeAim(pingRequest({ family: 'auto' }), null, given, unhurried());
    expect(given.asked).toEqual(['one.example IPv4', 'one.example IPv4']);
  });

  it.each([
    ['IPv6 is asked for', { family: 6 }],
    ['the target is an address of IPv6', { target: '2001:db8::1' }],
  ])('is refused where %s, in plain words', async (_what, given) => {
    await expect(takeAim(pingRequest(given), null, tools(none), unhurried())).rejects.toMatchObject({
      code: 'unsupported',
      message: 'family: this version probes over IPv4 only',
    });
  });

  it('is none where the name has no address', async () => {
    const given = tools(none, { resolve: () => Promise.resolve([]) });
    await expect(takeAim(pingRequest(), null, given, unhurried())).rejects.toMatchObject({
      code: 'nameUnresolved',
      message: 'one.example has no IPv4 address',
    });
  });

  it('is refused where any of the addresses is, not only the first', async () => {
    const asked: unknown[] = [];
    const refusal = new Failure('targetRefused', 'target: 10.0.0.1 is not among ALLOWED_TARGETS');
    const given = tools(none, {
      resolve: () => Promise.resolve(['1.1.1.1', '10.0.0.1']),
      refusal: (...words) => {
        asked.push(words);
        return words[2] === '10.0.0.1' ? refusal : null;
      },
    });
    await expect(takeAim(pingRequest(), null, given, unhurried())).rejects.toBe(refusal);
    expect(asked).toEqual([
      ['ping', 'one.example', '1.1.1.1'],
      ['ping', 'one.example', '10.0.0.1'],
    ]);
  });
});

describe('why packets could not leave', () => {
  const aim = { address: '1.1.1.1', way };
  const vague = new Failure('interfaceDown', 'eth1 is down or has no way to the target');
  const exact = new Failure('noCarrier', 'eth1 has no carrier: cable, access point or modem');

  it('is what a look at the interface says', async () => {
    expect(await explained(vague, aim, tools(none, { way: () => Promise.reject(exact) }))).toBe(exact);
  });

  it('is what the send said where the interface looks well, or nobody can look', async () => {
    expect(await explained(vague, aim, tools(none))).toBe(vague);
    const blind = tools(none, { way: () => Promise.reject(new TypeError('x')) });
    expect(await explained(vague, aim, blind)).toBe(vague);
  });

  it('is not asked of the interface where it is no fault of the uplink', async () => {
    const local = new Failure('noRawSockets', 'no raw socket');
    const given = tools(none, { way: () => Promise.reject(exact) });
    expect(await explained(local, aim, given)).toBe(local);
    expect(await explained(null, aim, given)).toBe(null);
  });
});
