// What a person reads at the start: what the agent sees, and lines that work when they are pasted.
import { describe, expect, it } from 'vitest';
import { type Facts, banner } from '../../agent/banner.ts';

const facts: Facts = {
  name: 'attic',
  version: '0.1.0',
  bridge: { address: '127.0.0.1', port: 8080, needsToken: false },
  broker: { port: 1883 },
  proof: { rttMs: 0.0456 },
  curl: true,
  uplinks: [
    {
      uplink: 'fibre',
      interface: 'eth0',
      state: 'up',
      addresses: ['2001:db8::10', '192.168.0.10'],
      gateway: '192.168.0.1',
    },
    { uplink: null, interface: 'wlan0', state: 'no carrier', addresses: [], gateway: null },
  ],
  failover: null,
  watched: { monitors: [], expectedBytes: new Map() },
};
const shown = (given: Partial<Facts> = {}): string => banner({ ...facts, ...given });
const curls = (given: Partial<Facts> = {}): string[] =>
  shown(given)
    .split('\n')
    .filter((line) => line.includes('curl'));

describe('the banner', () => {
  it('shows everything there is', () => {
    expect(shown()).toBe(`
pathproof 0.1.0, agent attic

Packets: one echo over loopback came back after 0.046 ms.

Uplinks:
  uplink  interface  state       address       gateway
  fibre   eth0       up          192.168.0.10  192.168.0.1
  -       wlan0      no carrier  -             -

Ask attic for a first probe (over HTTP):
  curl 'http://127.0.0.1:8080/ping?target=127.0.0.1'
Ask your own first gateway (over HTTP):
  curl 'http://127.0.0.1:8080/ping?target=192.168.0.1&via=fibre'

Ask over MQTT (and see the answers, in another window):
  mosquitto_pub -h 127.0.0.1 -p 1883 -t pathproof/attic/probe/ping/request -m '{"target":"127.0.0.1"}'
  mosquitto_sub -h 127.0.0.1 -p 1883 -v -t 'pathproof/attic/probe/+/result'

`);
  });

  it('says so where there is nothing but loopback, and asks for no gateway', () => {
    expect(shown({ uplinks: [] })).toContain('Uplinks:\n  none but loopback\n');
    expect(curls({ uplinks: [] })).toEqual(["  curl 'http://127.0.0.1:8080/ping?target=127.0.0.1'"]);
  });

  it('says what failover does, and what it will not see', () => {
    expect(shown({ failover: { mode: 'observe', blindSpots: ['lte has no targets.'] } })).toContain(`
Failover: observe, which is to say that it decides and tells, and touches nothing. See pathproof/attic/failover/state.
  lte has no targets.
`);
  });

  it('says why no packet can be sent', () => {
    const refused = new Error('raw sockets need CAP_NET_RAW: run with sudo');
    expect(shown({ proof: { refused } })).toContain(
      'Packets: NONE CAN BE SENT. raw sockets need CAP_NET_RAW: run with sudo\n',
    );
    expect(shown({ proof: { refused } })).not.toMatch(/curl|mosquitto|Ask/);
  });

  it('says so where no page can be fetched', () => {
    expect(shown({ curl: false })).toMatch(/^Pages: NONE CAN BE FETCHED\. curl .*apt-get install curl/m);
  });

  it('has an address of IPv6 where there is no other', () => {
    const uplinks: Facts['uplinks'] = [
      { uplink: null, interface: 'eth0', state: 'no address', addresses: ['2001:db8::10'], gateway: null },
    ];
    expect(shown({ uplinks })).toContain('  -       eth0       no address  2001:db8::10  -\n');
  });
});

it('shows an address that leads further than the link, where there is one', () => {
  const addresses = ['fe80::10', '2001:db8::10'];
  const row = { uplink: null, interface: 'eth0', state: 'up', gateway: 'fe80::1' } as const;
  expect(shown({ uplinks: [{ ...row, addresses }] })).toContain('  up     2001:db8::10  fe80::1\n');
});

describe('the first gateway', () => {
  const up = (name: string, state: Facts['uplinks'][number]['state'], gateway: string | null) => ({
    uplink: null,
    interface: name,
    state,
    addresses: ['10.0.0.2'],
    gateway,
  });

  it('is that of the first uplink that works and has one, by its interface where it has no name', () => {
    const uplinks = [
      up('eth0', 'no carrier', '10.0.0.1'),
      up('ppp0', 'up', null),
      up('eth1', 'up', '10.1.0.1'),
      up('eth2', 'up', '10.2.0.1'),
    ];
    expect(curls({ uplinks })[1]).toBe("  curl 'http://127.0.0.1:8080/ping?target=10.1.0.1&via=eth1'");
  });

  it('is left out where none works', () => {
    expect(curls({ uplinks: [up('eth0', 'down', '10.0.0.1'), up('ppp0', 'up', null)] })).toHaveLength(1);
  });

  it('is asked for by an interface whatever its name', () => {
    expect(curls({ uplinks: [up('wg+a&b', 'up', '10.1.0.1')] })[1]).toContain('&via=wg%2Ba%26b');
  });
});

describe('the bridge', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:8080/'],
    ['192.168.0.10', 'http://192.168.0.10:8080/'],
    ['localhost', 'http://localhost:8080/'],
    ['0.0.0.0', 'http://127.0.0.1:8080/'],
    ['::', 'http://127.0.0.1:8080/'],
    ['::1', 'http://[::1]:8080/'],
    ['2001:db8::10', 'http://[2001:db8::10]:8080/'],
  ])('at %s is asked at %s', (address, url) => {
    for (const line of curls({ bridge: { address, port: 8080, needsToken: false } }))
      expect(line).toContain(`curl '${url}ping?`);
  });

  it('that wants a token is given it, without showing it', () => {
    expect(curls({ bridge: { address: '127.0.0.1', port: 8080, needsToken: true } })).toEqual([
      `  curl -H "Authorization: Bearer $BRIDGE_TOKEN" 'http://127.0.0.1:8080/ping?target=127.0.0.1'`,
      `  curl -H "Authorization: Bearer $BRIDGE_TOKEN" 'http://127.0.0.1:8080/ping?target=192.168.0.1&via=fibre'`,
    ]);
  });

  it('that does not listen is not offered, nor room left for it', () => {
    expect(curls({ bridge: null })).toEqual([]);
    expect(shown({ bridge: null })).not.toContain('\n\n\n');
  });
});

describe('the broker', () => {
  it('on another port is asked there', () => {
    expect(shown({ broker: { port: 18830 } })).toContain('mosquitto_sub -h 127.0.0.1 -p 18830 ');
  });

  it.each([null, 'external'] as const)('that is %s is not offered', (broker) => {
    expect(shown({ broker })).not.toContain('mosquitto');
  });
});
