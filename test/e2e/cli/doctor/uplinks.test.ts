// What doctor finds of uplinks and routes, and that the commands that it names mend it.
import { describe, expect, it } from 'vitest';
import { ipBatch } from '../../../lab/programs.ts';
import { silentAddress } from '../../../lab/topology.ts';
import { cleanups, examine, type Examined, lab, like, prepare, sh, uplinks } from './kit.ts';

prepare();

describe('an uplink', () => {
  const lte = (report: Examined) => report.of('uplinks').filter(({ subject }) => subject?.startsWith('lte'));

  it('that is not there', async () => {
    const report = await examine({ config: uplinks.replace('eth1', 'wwan0') });
    expect(report.wrong).toMatchObject([
      { subject: 'lte (wwan0)', seen: 'there is no interface wwan0; there are eth0, eth1' },
    ]);
    expect(report.wrong[0]?.mend[0]).toBe('uplinks.lte.interface: eth1');
  });

  it('that is not there, twice: each is told another interface', async () => {
    const config = uplinks.replace('eth0', 'wan7').replace('eth1', 'wwan0');
    const { wrong } = await examine({ config });
    expect(wrong.map(({ mend }) => mend)).toEqual([
      ['uplinks.fibre.interface: eth0'],
      ['uplinks.lte.interface: eth1'],
    ]);
  });

  it('that is down, which the command that it names mends', async () => {
    await lab.linkDown('lte');
    const report = await examine();
    expect(report.wrong).toMatchObject([{ subject: 'lte (eth1)', seen: 'the interface is down' }]);
    sh(report.wrong[0]?.mend[0] ?? 'false');
    await lab.linkUp('lte');
    expect((await examine()).status).toBe(0);
  });

  it('without carrier', async () => {
    await lab.carrier('lte', 'off');
    cleanups.push(() => lab.carrier('lte', 'on'));
    expect(lte(await examine())).toMatchObject([{ status: 'wrong', seen: 'no carrier' }]);
  });

  it('without an address', async () => {
    await ipBatch('agent', ['addr del 192.168.2.10/24 dev eth1']);
    cleanups.push(() =>
      ipBatch('agent', [
        'addr add 192.168.2.10/24 dev eth1',
        'route replace default via 192.168.2.1 dev eth1 metric 200',
      ]),
    );
    const [line] = lte(await examine());
    expect(line).toMatchObject({ status: 'wrong', seen: 'no address' });
    expect(line?.mend.join('\n')).toMatch(/ip address add ADDRESS\/24 dev eth1/);
  });

  it('without a gateway, and with a wrong one', async () => {
    await ipBatch('agent', ['route del default dev eth1']);
    cleanups.push(() => ipBatch('agent', ['route replace default via 192.168.2.1 dev eth1 metric 200']));
    const [none] = lte(await examine({ config: uplinks.replace('gateway: 192.168.2.1, ', '') }));
    expect(none).toMatchObject({ status: 'wrong', seen: '192.168.2.10; no gateway is known' });
    expect(none?.mend[0]).toBe('uplinks.lte.gateway: ADDRESS');
    const [absent] = lte(
      await examine({ config: uplinks.replace('gateway: 192.168.2.1', 'gateway: 192.168.2.77') }),
    );
    expect(absent?.seen).toBe('gateway 192.168.2.77 is not found on the link (no answer to ARP)');
    expect(absent?.status).toBe('wrong');
  });

  it('whose targets are silent, all of them or one', async () => {
    const all = await examine({ config: uplinks.replace('[1.1.1.1, 8.8.8.8]', `[${silentAddress}]`) });
    expect(all.wrong).toMatchObject([{ subject: 'fibre (eth0)', seen: `${silentAddress} does not answer` }]);
    const one = await examine({ config: uplinks.replace('8.8.8.8', silentAddress) });
    expect(one.status).toBe(0);
    expect(one.of('uplinks')[0]).toMatchObject({
      status: 'warning',
      mend: ['uplinks.fibre.targets: [1.1.1.1]'],
    });
  });

  it.each([
    ['without targets', uplinks],
    ['with targets, really asked', uplinks.replace('metered: true', 'metered: true, targets: [1.1.1.1]')],
  ])(
    'that drops the answers (%s): the first command mends it, and so does the last',
    async (_what, config) => {
      const strict = () => sh('sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth1.rp_filter=1');
      strict();
      cleanups.push(() => void sh('sysctl -qw net.ipv4.conf.all.rp_filter=2'));
      const report = await examine({ config });
      expect(report.wrong).toMatchObject([
        {
          subject: 'lte (eth1)',
          seen: like(/^eth1 drops the answers: net\.ipv4\.conf\.eth1\.rp_filter is 1 \(strict\)/),
        },
      ]);
      const [setting = 'false', , rule = 'false'] = report.wrong[0]?.mend ?? [];
      expect(setting).toBe('sysctl -w net.ipv4.conf.eth1.rp_filter=2');
      sh(setting);
      expect((await examine({ config })).status).toBe(0);
      strict();
      sh(rule);
      cleanups.push(() => void sh('ip rule del from 192.168.2.10; ip route flush table 1000'));
      expect((await examine({ config })).status).toBe(0);
    },
  );
});

describe('failover', () => {
  it('is in vain behind a default route of a lower metric, which the command that it names mends', async () => {
    const config = `${uplinks}\nfailover: { mode: overlay }`;
    await ipBatch('agent', ['route add default via 192.168.0.1 dev eth0 metric 3']);
    cleanups.push(
      () =>
        void sh(
          '(ip route del default dev eth0 metric 3; ip route del default dev eth0 metric 103) 2>/dev/null; true',
        ),
    );
    const report = await examine({ config });
    expect(report.wrong).toMatchObject([{ check: 'failover', seen: like('metric 3, is not behind') }]);
    const [line = '', command = 'false'] = report.wrong[0]?.mend ?? [];
    expect(line).toBe('failover.metricActive: 2');
    expect(
      (await examine({ config: `${uplinks}\nfailover: { mode: overlay, metricActive: 2 }` })).status,
    ).toBe(0);
    expect((await examine({ config: config.replace('overlay', 'observe') })).status).toBe(0);
    sh(command);
    expect((await examine({ config })).status).toBe(0);
  });
});
