// Which name servers may be asked where an uplink is metered: those beyond this machine, by the kernel's own way to them.
import { describe, expect, it } from 'vitest';
import { createUnmetered } from '../../../agent/uplink/unmetered.ts';
import type { UplinkSettings } from '../../../agent/uplink/way.ts';
import { rootWith } from './name-servers/files.ts';
import { twoUplinks } from './network.ts';

interface Asked {
  servers: string[];
  /** The addresses whose way the kernel was asked for. */
  ways: string[];
}

/** What remains of the servers, where the ways to 192.168.2.x are by lte. */
async function asked(
  servers: readonly string[],
  files: Readonly<Record<string, string>> = {},
  metered = true,
): Promise<Asked> {
  const lte: UplinkSettings = {
    interface: 'eth1',
    gateway: null,
    pointToPoint: false,
    metered,
    dnsServers: null,
  };
  const ways: string[] = [];
  const watch = {
    latest: () => Promise.resolve(twoUplinks),
    interfaceTo: (address: string) => {
      ways.push(address);
      return Promise.resolve(address.startsWith('192.168.2.') ? 'eth1' : 'eth0');
    },
  };
  const { unmeteredServers } = createUnmetered(watch, () => ({ lte }), rootWith(files));
  return { servers: await unmeteredServers(servers), ways };
}

const upstreams = {
  'run/systemd/resolve/resolv.conf': 'nameserver 192.168.2.53\nnameserver 192.168.0.53\n',
};

describe('name servers beyond this machine', () => {
  it("are asked by the kernel's way to them, and not where that is metered", async () => {
    expect(await asked(['192.168.2.53', '192.168.0.53', '192.0.2.53:5353', '[2001:db8::53]:5353'])).toEqual({
      servers: ['192.168.0.53', '192.0.2.53:5353', '[2001:db8::53]:5353'],
      ways: ['192.168.2.53', '192.168.0.53', '192.0.2.53', '2001:db8::53'],
    });
  });

  it('that are link-local are not asked: they might be at the metered uplink', async () => {
    expect((await asked(['fe80::1', 'fe80::1%eth0', '[fe80::2%eth0]:5353'])).servers).toEqual([]);
  });
});

describe('a name server on this machine', () => {
  // prettier-ignore
  const local = ['127.0.0.53', '127.0.0.1:5353', '::1', '[::1]:5353', '::ffff:127.0.0.1', '0.0.0.0', '::', '192.168.0.10', '192.168.2.10:5353', '2001:db8::10'];

  it.each(local)('(%s) is not asked where nobody knows by which uplink it asks', async (server) => {
    expect((await asked([server])).servers).toEqual([]);
  });

  it.each(local)('(%s) gives way to those it passes questions on to', async (server) => {
    expect(await asked([server], upstreams)).toEqual({
      servers: ['192.168.0.53'],
      ways: ['192.168.2.53', '192.168.0.53'],
    });
  });

  it('gives way to none that is on this machine too', async () => {
    const files = { 'run/systemd/resolve/resolv.conf': 'nameserver 127.0.0.1\nnameserver 192.168.0.10\n' };
    expect((await asked(['127.0.0.53'], files)).servers).toEqual([]);
  });

  it('is asked as any other where no uplink is metered', async () => {
    expect(await asked(local, upstreams, false)).toEqual({ servers: local, ways: [] });
  });
});
