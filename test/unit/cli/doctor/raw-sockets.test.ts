// Raw sockets: what is told of the power to open them, and what gives it.
import { describe, expect, it } from 'vitest';
import { judgeRawSockets } from '../../../../agent/cli/doctor/raw-sockets.ts';
import { clone, debian, service } from './installations.ts';
import { Failure } from '../../../../shared/failure.ts';

const alone = { service: null, installation: clone };
const denied = { refused: new Failure('noRawSockets', 'raw sockets need CAP_NET_RAW: …') };

describe('raw sockets', () => {
  it.each([
    ['one that came back', { rttMs: 0.01 }, false, 'ok', null],
    [
      'one that is ignored',
      { rttMs: null },
      true,
      'warning',
      'sudo sysctl -w net.ipv4.icmp_echo_ignore_all=0',
    ],
    ['one that is filtered', { rttMs: null }, false, 'warning', /^sudo nft list ruleset/],
    ['no capability', denied, false, 'wrong', /^sudo/],
    [
      'no loopback',
      { refused: new Failure('interfaceDown', 'lo is down') },
      false,
      'wrong',
      'sudo ip link set lo up',
    ],
    [
      'no native part',
      { refused: new Error("Cannot find module 'raw-socket'") },
      false,
      'wrong',
      /^npm rebuild/,
    ],
  ] as const)('%s', (_what, proof, ignored, status, mend) => {
    const finding = judgeRawSockets(proof, ignored, alone);
    expect(finding.status).toBe(status);
    if (mend === null) expect(finding.mend).toEqual([]);
    else expect(finding.mend[0]).toMatch(mend);
  });

  it('that this user has not and the service has: sudo tries what the service can', () => {
    expect(judgeRawSockets(denied, false, { service, installation: debian })).toEqual({
      ...{ subject: null, status: 'unknown', mend: ['sudo pathproof doctor'] },
      seen: 'the service pathproof has CAP_NET_RAW; this user has not, so that nothing can be tried',
    });
  });

  it('that the service has not, whoever asks', () => {
    const powerless = { service: { ...service, granted: [] }, installation: debian };
    expect(judgeRawSockets({ rttMs: 0.01 }, false, powerless)).toEqual({
      ...{
        subject: null,
        status: 'wrong',
        seen: 'the service pathproof has no CAP_NET_RAW: it can send no packet',
      },
      mend: ['sudo pathproof install-service && sudo systemctl restart pathproof'],
    });
  });
});
