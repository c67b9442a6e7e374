// Failover: what is in its way, and the power that it needs.
import { describe, expect, it } from 'vitest';
import { type FailoverSeen, judgeFailover, judgeRoutes } from '../../../../agent/cli/doctor/failover.ts';
import type { Finding } from '../../../../agent/cli/doctor/report.ts';
import { defaultFailover } from '../../../../agent/config/failover.ts';

/** For matchers, whose own type is `any`. */
const like = (words: string | RegExp): unknown => expect.stringMatching(words);
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
      'ip -4 route add default via 192.168.0.1 dev eth0 metric 104 && ' +
        'ip -4 route del default via 192.168.0.1 dev eth0 metric 4  ' +
        '# and where it is set: DHCP client, network configuration',
    ]);
  });

  it('needs CAP_NET_ADMIN to act alone', () => {
    expect(judgeRoutes(null, false).status).toBe('ok');
    expect(judgeRoutes({ ...settings, mode: 'observe' }, false).status).toBe('ok');
    expect(judgeRoutes(settings, true).status).toBe('ok');
    expect(judgeRoutes(settings, false)).toMatchObject({
      status: 'wrong',
      mend: [like('CAP_NET_ADMIN'), expect.anything(), 'failover.mode: observe'],
    });
  });
});
