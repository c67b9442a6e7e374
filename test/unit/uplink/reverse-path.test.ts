// The strict reverse path filter: which setting makes it strict, what the kernel counts, and what mends it.
import { describe, expect, it, vi } from 'vitest';
import { filteredIn, repliesFiltered, strictBy, watchDrops } from '../../../agent/uplink/reverse-path.ts';

const way = { uplink: 'lte', interfaceName: 'eth1', source: '192.168.2.10', nextHop: '192.168.2.1' };

describe('what makes an interface strict', () => {
  it.each([
    ['0', '0', null],
    ['1', '0', 'eth1'],
    ['0', '1', 'all'],
    ['1', '1', 'eth1'],
    ['2', '1', null],
    ['1', '2', null],
    ['2', '0', null],
    ['1\n', '0\n', 'eth1'],
    ['', '1', null],
    ['', '', null],
    ['no number', '1', null],
  ])('its own being %j and that of all %j', (own, all, whose) => {
    expect(strictBy(own, all, 'eth1')).toBe(whose);
  });
});

describe("the kernel's count of what it filtered", () => {
  const netstat = [
    'TcpExt: SyncookiesSent IPReversePathFilter TCPTimeouts',
    'TcpExt: 3 17 5',
    'IpExt: InNoRoutes IPReversePathFilter',
    'IpExt: 1 99',
    '',
  ].join('\n');

  it('is found by its name', () => {
    expect(filteredIn(netstat)).toBe(17);
    expect(filteredIn(netstat.replace(' 17 ', ' 0 '))).toBe(0);
  });

  it.each([
    '',
    'TcpExt: SyncookiesSent\nTcpExt: 3\n',
    'TcpExt: IPReversePathFilter\n',
    'IpExt: a\nIpExt: 1\n',
  ])('is not there: %j', (text) => expect(filteredIn(text)).toBe(null));
});

describe('the sentence', () => {
  const sentence = (strict: string, back: string[], name = 'eth1'): string =>
    repliesFiltered({ ...way, interfaceName: name }, '1.1.1.1', strict, back).message;

  it('names the setting, the way back and what mends it', () => {
    expect(repliesFiltered(way, '1.1.1.1', 'eth1', ['eth0'])).toMatchObject({
      code: 'repliesFiltered',
      source: 'local',
      message:
        'eth1 drops the answers: net.ipv4.conf.eth1.rp_filter is 1 (strict) and the route back to 1.1.1.1 leaves by ' +
        'eth0; mend it with: sysctl -w net.ipv4.conf.eth1.rp_filter=2, or: ip rule add from 192.168.2.10 lookup TABLE ' +
        'with a default route by eth1 in TABLE',
    });
  });

  it("mends the interface's own setting where that of all is the strict one: the larger counts", () => {
    expect(sentence('all', ['eth0'])).toMatch(/net\.ipv4\.conf\.all\.rp_filter is 1 .*eth1\.rp_filter=2/);
  });

  it('says that no route leads back, or several', () => {
    expect(sentence('eth1', [])).toContain('and there is no route back to 1.1.1.1; mend');
    expect(sentence('eth1', ['eth0', 'eth2'])).toContain('leaves by eth0 and eth2;');
  });

  it("writes a dot in an interface's name as sysctl wants it", () => {
    expect(sentence('eth1.5', ['eth0'], 'eth1.5')).toMatch(
      /^eth1\.5 drops .*conf\.eth1\/5\.rp_filter is 1 .*eth1\/5\.rp_filter=2, .* by eth1\.5 in TABLE$/,
    );
  });
});

it('asks nothing about IPv6, which has no such filter, nor about an interface that is not there', async () => {
  const wayBack = vi.fn(() => Promise.resolve([]));
  expect(await watchDrops({ ...way, source: 'fd00:2::10' }, '2001:db8::1', wayBack)).toBe(null);
  expect(await watchDrops({ ...way, interfaceName: 'eth77' }, '1.1.1.1', wayBack)).toBe(null);
  expect(wayBack).not.toHaveBeenCalled();
});
