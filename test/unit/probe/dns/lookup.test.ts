// A name through an uplink: its servers one after the other, each a second time, until one knows.
import { describe, expect, it, vi } from 'vitest';
import { lookUpThrough } from '../../../../agent/probe/dns/lookup.ts';
import { Failure } from '../../../../shared/failure.ts';
import { noTraffic } from '../../../../shared/measurement.ts';
import type { Traffic } from '../../../../shared/result.ts';
import { addTraffic } from '../../../../agent/probe/traffic.ts';
import { exit, reply, tools, unhurried, way } from '../tools.ts';
import { type Asked, type Saying, addressed, nameServers, rcode, silent } from './server.ts';

const servers = ['192.0.2.53', '192.0.2.54'];

function looking(says: (asked: Asked) => Saying, list = servers, limitMs = 4000) {
  const network = nameServers(says);
  const given = tools(() => reply(1), { nameServers: () => Promise.resolve(list) });
  const meter = { spent: vi.fn<(traffic: Traffic) => void>(), clockStepped: () => undefined };
  const packets = { ...given.packets, ask: network.ask };
  const found = (family: 4 | 6 = 4, more: Partial<typeof given> = {}) =>
    lookUpThrough(exit, 'one.example', family, limitMs, { ...given, packets, ...more }, meter, unhurried());
  return { found, asked: network.asked, meter };
}

describe('a name asked for through an uplink', () => {
  it('has the addresses of the first server that knows, for as long as its shortest record counts', async () => {
    const alias = { type: 'CNAME', name: 'one.example', ttl: 7, data: 'two.example' } as const;
    const { found, asked } = looking(() => ({
      answers: [alias, ...(addressed('192.0.2.1', '192.0.2.2').answers ?? [])],
    }));
    expect(await found()).toEqual({ addresses: ['192.0.2.1', '192.0.2.2'], ttlSeconds: 7 });
    expect(asked).toMatchObject([{ server: '192.0.2.53', name: 'one.example', type: 'A', extended: true }]);
  });

  it('is asked for in the family that is wanted', async () => {
    const { found, asked } = looking(() => addressed('2001:db8::1'));
    expect(await found(6)).toMatchObject({ addresses: ['2001:db8::1'] });
    expect(asked).toMatchObject([{ type: 'AAAA' }]);
  });

  it('without such addresses has none, which is not to be kept', async () => {
    expect(await looking(() => rcode(0)).found()).toEqual({ addresses: [], ttlSeconds: 0 });
  });

  it('that does not exist is not asked for elsewhere', async () => {
    const { found, asked } = looking(() => rcode(3));
    const message = 'one.example does not exist, says 192.0.2.53 (asked through lte)';
    await expect(found()).rejects.toMatchObject({ code: 'nameUnresolved', message });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['is silent', silent],
    ['fails (SERVFAIL)', rcode(2)],
    ['refuses (REFUSED)', rcode(5)],
    ['answers what can not be read', Buffer.alloc(20, 0xff)],
  ])('is asked of the next server where one %s', async (_what, saying) => {
    const { found, asked } = looking(({ server }) =>
      server === '192.0.2.53' ? saying : addressed('192.0.2.1'),
    );
    expect(await found()).toMatchObject({ addresses: ['192.0.2.1'] });
    expect(asked.at(-1)?.server).toBe('192.0.2.54');
  });

  it('is asked once more without extensions where a server can not bear them', async () => {
    const { found, asked } = looking(({ extended }) => (extended ? rcode(1) : addressed('192.0.2.1')));
    expect(await found()).toMatchObject({ addresses: ['192.0.2.1'] });
    expect(asked.map(({ server, extended }) => [server, extended])).toEqual([
      ['192.0.2.53', true],
      ['192.0.2.53', false],
    ]);
  });

  it('that no server answers is asked of each twice', async () => {
    const { found, asked } = looking(() => silent, servers, 2000);
    const message =
      'one.example could not be resolved through lte: 192.0.2.53 did not answer; 192.0.2.54 did not answer';
    await expect(found()).rejects.toMatchObject({ code: 'resolverTimeout', message });
    expect(asked.map(({ server }) => server)).toEqual([...servers, ...servers]);
  });

  it('that servers say nothing good of is not unanswered', async () => {
    const { found } = looking(({ server }) => (server === '192.0.2.53' ? silent : rcode(2)));
    const message =
      'one.example could not be resolved through lte: 192.0.2.53 did not answer; 192.0.2.54 says SERVFAIL';
    await expect(found()).rejects.toMatchObject({ code: 'nameUnresolved', message });
  });

  it('needs a server', async () => {
    const { found } = looking(() => silent, []);
    await expect(found()).rejects.toMatchObject({ code: 'noNameServer', source: 'resolver' });
  });

  it('fails as the uplink does where no server can be reached', async () => {
    const { found } = looking(() => new Failure('interfaceDown', 'eth1 is down'));
    await expect(found()).rejects.toMatchObject({ code: 'interfaceDown' });
  });

  it('is asked of the server that can be reached where another can not', async () => {
    const { found } = looking(() => addressed('192.0.2.1'));
    const unreached = new Failure('noAddress', 'eth1 has no IPv6 address');
    const given = (_exit: unknown, server: string) =>
      server === '192.0.2.53' ? Promise.reject(unreached) : Promise.resolve(way);
    expect(await found(4, { way: given })).toMatchObject({ addresses: ['192.0.2.1'] });
  });

  it('tells what each question costs, answered or not', async () => {
    const { found, meter } = looking(({ server }) =>
      server === '192.0.2.53' ? rcode(2) : addressed('192.0.2.1'),
    );
    await found();
    const question = 28 + 12 + 17 + 11;
    const spent = meter.spent.mock.calls.map(([traffic]) => traffic).reduce(addTraffic, noTraffic);
    const bytesReceived = 28 + 12 + 17 + (28 + 12 + 17 + 27);
    expect(spent).toEqual({ packetsSent: 2, packetsReceived: 2, bytesSent: 2 * question, bytesReceived });
  });
});
