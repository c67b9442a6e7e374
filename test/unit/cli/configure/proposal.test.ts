// What is proposed from a network as it is, and from files that are there.
import { describe, expect, it } from 'vitest';
import {
  isLikely,
  kindOf,
  latencyBetween,
  portsOf,
  propose,
} from '../../../../agent/cli/configure/proposal.ts';
import { emptyFile, readFileSettings } from '../../../../agent/config/file.ts';
import type { NetworkState } from '../../../../agent/uplink/network.ts';

type Given = [name: string, addresses: string[], gateway: string | null, metric: number | null];

function networkOf(...given: Given[]): NetworkState {
  return {
    interfaces: given.map(([name, addresses], index) => ({
      name,
      index,
      up: true,
      carrier: true,
      loopback: name === 'lo',
      addresses: addresses.map((address) =>
        address.includes(':')
          ? { family: 6, address, prefixLength: 64 }
          : { family: 4, address, prefixLength: 24 },
      ),
    })),
    routes: given.flatMap(([interfaceName, addresses, gateway, metric]) =>
      metric === null
        ? []
        : [
            {
              family: addresses[0]?.includes(':') === true ? (6 as const) : (4 as const),
              prefix: null,
              interfaceName,
              gateway,
              metric,
              table: 'main',
              protocol: 'dhcp',
            },
          ],
    ),
  };
}

const nothingThere = { variables: {}, settings: emptyFile };
const proposed = (...given: Given[]) => propose(portsOf(networkOf(...given)), nothingThere, 'pi').uplinks;

describe('kinds by name', () => {
  it.each([
    ['eth0', 'eth'],
    ['enp3s0', 'eth'],
    ['end0', 'eth'],
    ['enxa0cec8003294', 'mobile'],
    ['usb0', 'mobile'],
    ['wwan0', 'mobile'],
    ['wwp0s20u4', 'mobile'],
    ['ppp0', 'mobile'],
    ['wlan0', 'wifi'],
    ['wlp2s0', 'wifi'],
    ['wg0', 'vpn'],
    ['tailscale0', 'vpn'],
    ['docker0', 'inner'],
    ['br-4f2a', 'inner'],
    ['veth12ab', 'inner'],
    ['bond0', 'line'],
  ])('%s: %s', (name, kind) => {
    expect(kindOf(name)).toBe(kind);
  });
});

describe('what is there', () => {
  it('comes in the order of the kernel, with the default route in force', () => {
    const ports = portsOf(
      networkOf(
        ['lo', ['127.0.0.1'], null, null],
        ['eth1', ['192.168.2.10'], '192.168.2.1', 200],
        ['eth2', ['10.0.0.2'], null, null],
        ['docker0', ['172.17.0.1'], null, null],
        ['eth0', ['192.168.0.10', 'fe80::1'], '192.168.0.1', 100],
      ),
    );
    expect(ports.map(({ name, gateway, isDefault }) => [name, gateway, isDefault])).toEqual([
      ['eth0', '192.168.0.1', true],
      ['eth1', '192.168.2.1', false],
      ['eth2', null, false],
    ]);
    expect(ports[0]?.addresses).toEqual(['192.168.0.10']);
    expect(ports.map(isLikely)).toEqual([true, true, false]);
  });

  it('says what is wrong with a line', () => {
    const network = networkOf(
      ['eth0', [], null, null],
      ['eth1', ['fe80::1'], null, null],
      ['eth2', [], null, null],
    );
    const [down, , off] = network.interfaces;
    if (down !== undefined) down.up = false;
    if (off !== undefined) off.carrier = false;
    expect(portsOf(network).map(({ state }) => state)).toEqual(['down', 'no address', 'no carrier']);
  });

  it('knows a line of IPv6 alone', () => {
    const [port] = portsOf(networkOf(['eth0', ['fd00::2'], 'fe80::1', 1024]));
    expect(port).toMatchObject({ gateway: 'fe80::1', metric: 1024, isDefault: true, state: 'up' });
  });
});

describe('uplinks', () => {
  it('are those with a default route, by kind and metric', () => {
    expect(
      proposed(
        ['wwan0', ['10.1.1.2'], '10.1.1.1', 700],
        ['eth0', ['192.168.0.10'], '192.168.0.1', 100],
        ['eth1', ['192.168.2.10'], '192.168.2.1', 200],
        ['wg0', ['10.8.0.2'], null, 50],
        ['eth2', ['10.0.0.2'], null, null],
      ),
    ).toEqual([
      {
        name: 'eth0',
        interface: 'eth0',
        priority: 10,
        gateway: null,
        metered: false,
        data: null,
        targets: [],
      },
      {
        name: 'eth1',
        interface: 'eth1',
        priority: 20,
        gateway: null,
        metered: false,
        data: null,
        targets: [],
      },
      {
        name: 'mobile',
        interface: 'wwan0',
        priority: 30,
        gateway: null,
        metered: true,
        data: null,
        targets: [],
      },
    ]);
  });

  it('have no gateway where the line has none', () => {
    expect(proposed(['ppp0', ['10.64.64.64'], null, 0])).toMatchObject([
      { name: 'mobile', interface: 'ppp0', gateway: 'link', metered: true },
    ]);
  });

  it('never bear the name of another interface', () => {
    expect(
      proposed(
        ['wlan0', ['192.168.0.10'], '192.168.0.1', 1],
        ['wifi', ['192.168.2.10'], '192.168.2.1', 2],
        ['Eth0.7', ['192.168.7.10'], '192.168.7.1', 3],
      ).map(({ name, interface: device }) => [name, device]),
    ).toEqual([
      ['wifi-2', 'wlan0'],
      ['wifi', 'wifi'],
      ['eth0-7', 'Eth0.7'],
    ]);
  });

  it('of the file stay as they are, there or not; others follow', () => {
    const read = readFileSettings(
      'uplinks:\n  fibre: { interface: eth0, priority: 15, metered: true }\n  stick: { interface: usb9, gateway: link, targets: [1.1.1.1] }\nfailover: { mode: capture }\n',
    );
    if (!read.ok) throw new Error('it is right');
    const network = networkOf(
      ['eth0', ['192.168.0.10'], '192.168.0.1', 100],
      ['eth1', ['192.168.2.10'], '192.168.2.1', 200],
    );
    const variables = {
      DEVICE_NAME: 'attic',
      MQTT_URL: 'mqtt://broker',
      MQTT_PASSWORD: 'p',
      SERVER_PORT: '81',
      HOMEASSISTANT_PREFIX: '',
    };
    const answers = propose(portsOf(network), { variables, settings: read.settings }, 'pi');
    expect(answers.uplinks.map(({ name, priority, gateway }) => [name, priority, gateway])).toEqual([
      ['fibre', 15, null],
      ['stick', 100, 'link'],
      ['eth1', 110, null],
    ]);
    expect(answers).toMatchObject({
      deviceName: 'attic',
      failover: 'capture',
      broker: { url: 'mqtt://broker', password: 'p' },
      bridge: { address: '127.0.0.1', port: 81 },
      homeAssistantPrefix: '',
    });
  });
});

it.each([
  [20.3, 2.4, 11],
  [8.2, 2.1, 5.1],
  [2.4, 20.3, null],
  [20, 19, null],
  [3, 1.2, null],
])('a latency between %d and %d ms: %s', (standby, other, between) => {
  expect(latencyBetween(standby, other)).toBe(between);
});
