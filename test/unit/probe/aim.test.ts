// Before the first packet: the address, whether it may be probed, and the way to it.
import { describe, expect, it } from 'vitest';
import { explained, takeAim } from '../../../agent/probe/aim.ts';
import { Failure } from '../../../shared/failure.ts';
import { type Family, familyOf } from '../../../shared/ip.ts';
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
    expect(await takeAim(pingRequest(), exit, given, unhurried())).toMatchObject({ address: '1.1.1.1', way });
    expect(ways).toEqual([[exit, '1.1.1.1']]);
  });

  it.each([
    ['auto', ['one.example IPv4']],
    [4, ['one.example IPv4']],
    [6, ['one.example IPv6']],
  ] as const)('is asked for in the family wanted: %s', async (family, asked) => {
    const given = tools(none);
    await takeAim(pingRequest({ family }), null, given, unhurried());
    expect(given.asked).toEqual(asked);
  });

  it('is of the family that an address has itself, and asks for no other', async () => {
    const given = tools(none);
    await takeAim(pingRequest({ target: '2001:db8::1' }), null, given, unhurried());
    await takeAim(pingRequest({ target: '1.1.1.1' }), null, given, unhurried());
    expect(given.asked).toEqual(['2001:db8::1 IPv6', '1.1.1.1 IPv4']);
  });

  /** A name's addresses, and an uplink that has these families. */
  const world = (addresses: { 4?: string; 6?: string }, uplink: readonly Family[]) =>
    tools(none, {
      resolve: (_host, family) => Promise.resolve([addresses[family] ?? []].flat()),
      way: (_exit, destination) => {
        const family = familyOf(destination) ?? 4;
        if (uplink.includes(family)) return Promise.resolve(way);
        return Promise.reject(new Failure('noAddress', `eth1 has no IPv${family} address`));
      },
    });
  const dual = { 4: '1.1.1.1', 6: '2001:db8::1' };

  it.each([
    ['of IPv4 where both have both', dual, [4, 6], '1.1.1.1'],
    ['of IPv6 where the name has no other', { 6: '2001:db8::1' }, [4, 6], '2001:db8::1'],
    ['of IPv6 where the uplink has no other', dual, [6], '2001:db8::1'],
    ['of IPv4 where the uplink has no IPv6', dual, [4], '1.1.1.1'],
  ] as const)('is %s', async (_what, addresses, uplink, address) => {
    const given = world(addresses, uplink);
    expect(await takeAim(pingRequest(), exit, given, unhurried())).toMatchObject({ address });
  });

  it.each([
    ['a name of IPv6 by an uplink without', 'auto', { 6: '2001:db8::1' }, [4], 'nameUnresolved', 'IPv4'],
    ['a dual name by an uplink without any', 'auto', dual, [], 'noAddress', 'IPv4'],
    ['IPv6 alone by an uplink without', 6, dual, [4], 'noAddress', 'IPv6'],
    ['IPv6 alone of a name without', 6, { 4: '1.1.1.1' }, [4, 6], 'nameUnresolved', 'IPv6'],
  ] as const)(
    'is none for %s, in the words of the first family',
    async (_what, family, addresses, uplink, code, words) => {
      const aim = takeAim(pingRequest({ family }), exit, world(addresses, uplink), unhurried());
      await expect(aim).rejects.toMatchObject({ code });
      await expect(aim).rejects.toThrow(words);
    },
  );

  it('is not tried in the other family once the policy has refused, or the asker has gone', async () => {
    const refusal = new Failure('targetRefused', 'target: 1.1.1.1 is not among ALLOWED_TARGETS');
    const refusing = tools(none, { refusal: () => refusal });
    await expect(takeAim(pingRequest(), null, refusing, unhurried())).rejects.toBe(refusal);
    expect(refusing.asked).toEqual(['one.example IPv4']);
    const asked: Family[] = [];
    const slow = tools(none, {
      resolve: (_host, family) => {
        asked.push(family);
        return Promise.reject(new Failure('nameUnresolved', 'one.example: given up'));
      },
    });
    await expect(takeAim(pingRequest(), null, slow, AbortSignal.abort())).rejects.toThrow('given up');
    expect(asked).toEqual([4]);
  });

  it('is none where the name has no address', async () => {
    const given = tools(none, { resolve: () => Promise.resolve([]) });
    await expect(takeAim(pingRequest(), null, given, unhurried())).rejects.toMatchObject({
      code: 'nameUnresolved',
      message: 'one.example has no IPv4 address',
    });
  });

  it('is none where the only address is an IPv4 address in an IPv6 disguise', async () => {
    const given = tools(none, { resolve: () => Promise.resolve(['::ffff:192.168.2.10']) });
    await expect(takeAim(pingRequest({ family: 6 }), null, given, unhurried())).rejects.toMatchObject({
      code: 'nameUnresolved',
      message: 'one.example has no IPv6 address',
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
