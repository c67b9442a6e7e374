// Failover: what is in its way, and the power that it needs.
import { describe, expect, it } from 'vitest';
import type { ServiceSeen } from '../../../../agent/cli/doctor/service/look.ts';
import { clone, debian, service } from './installations.ts';
import { type FailoverSeen, judgeFailover, judgeRoutes } from '../../../../agent/cli/doctor/failover.ts';
import type { Finding } from '../../../../agent/cli/doctor/report.ts';
import { defaultFailover } from '../../../../agent/config/failover.ts';

const statusOf = ({ status }: Finding): string => status;

describe('failover', () => {
  const settings = { ...defaultFailover, mode: 'overlay' as const };
  const route = {
    ...{ family: 4 as const, interfaceName: 'eth0', gateway: '192.168.0.1', source: null, metric: 0 },
    ...{ protocol: 16, onlink: false, linkScope: false, plain: true },
  };
  const seen: FailoverSeen = {
    ...{ settings, interfaces: ['eth0'], foreign: [], rivals: [], lockHeld: false, agentRuns: false },
  };

  it.each<[string, Partial<FailoverSeen>, string[]]>([
    ['alone', {}, ['ok']],
    ['the agent is at it', { lockHeld: true, agentRuns: true }, ['ok']],
    ["another agent's", { lockHeld: true }, ['wrong']],
    [
      "another agent's, while it observes",
      { lockHeld: true, settings: { ...settings, mode: 'observe' } },
      ['ok'],
    ],
    ['behind a route', { foreign: [route] }, ['wrong']],
    [
      'behind a route, while it observes',
      { foreign: [route], settings: { ...settings, mode: 'observe' } },
      ['ok', 'warning'],
    ],
    [
      'behind a route that it captures',
      { foreign: [route], settings: { ...settings, mode: 'capture' } },
      ['ok'],
    ],
    ['before a route', { foreign: [{ ...route, metric: 100 }] }, ['ok']],
    ['with a rival', { rivals: [{ program: 'dhcpcd', does: 'does', mend: '' }] }, ['ok', 'warning']],
  ])('%s', (_what, other, statuses) => {
    expect(judgeFailover({ ...seen, ...other }).map(statusOf)).toEqual(statuses);
  });

  it('names what mends a route in the way', () => {
    const [finding] = judgeFailover({ ...seen, foreign: [{ ...route, metric: 4 }] });
    expect(finding?.mend).toEqual([
      'failover.metricActive: 3',
      'sudo ip -4 route add default via 192.168.0.1 dev eth0 metric 104 && ' +
        'sudo ip -4 route del default via 192.168.0.1 dev eth0 metric 4  ' +
        '# and where it is set: DHCP client, network configuration',
    ]);
  });

  describe('by the power of', () => {
    const by = (isAble: boolean, one: ServiceSeen | null = null) => ({ isAble, service: one });

    it('this user, where no service reads these settings', () => {
      expect(judgeRoutes(null, by(false), clone).status).toBe('ok');
      expect(judgeRoutes({ ...settings, mode: 'observe' }, by(false), clone).status).toBe('ok');
      expect(judgeRoutes(settings, by(true), clone).status).toBe('ok');
      expect(judgeRoutes(settings, by(false), clone)).toEqual({
        ...{ subject: null, status: 'wrong' },
        seen: 'CAP_NET_ADMIN is missing, which failover.mode overlay needs',
        mend: ['sudo npm start', 'sudo npx . install-service --failover', 'failover.mode: observe'],
      });
    });

    it.each<[string, Partial<ServiceSeen>, string, string | undefined]>([
      [
        'that its unit does not give',
        {},
        'the service pathproof has no CAP_NET_ADMIN, which failover.mode overlay needs',
        'sudo pathproof install-service --failover && sudo systemctl restart pathproof',
      ],
      [
        "that an instance's unit does not give",
        { name: 'pathproof@lab' },
        'the service pathproof@lab has no CAP_NET_ADMIN, which failover.mode overlay needs',
        'sudo pathproof install-service lab --failover && sudo systemctl restart pathproof@lab',
      ],
      [
        'that it has since it was started',
        { granted: ['cap_net_admin', 'cap_net_raw'] },
        'the unit of pathproof gives it CAP_NET_ADMIN, and it still runs without, which failover.mode overlay needs',
        'sudo systemctl restart pathproof',
      ],
      [
        'that it has',
        { granted: ['cap_net_admin'], held: ['cap_net_admin'] },
        'the service pathproof has CAP_NET_ADMIN',
        undefined,
      ],
      [
        'that it will have',
        { granted: ['cap_net_admin'], held: null },
        'the service pathproof has CAP_NET_ADMIN',
        undefined,
      ],
    ])('the service, %s', (_what, other, seen, mend) => {
      const finding = judgeRoutes(settings, by(true, { ...service, ...other }), debian);
      expect([finding.status, finding.seen, finding.mend[0]]).toEqual([
        mend === undefined ? 'ok' : 'wrong',
        seen,
        mend,
      ]);
    });
  });
});
