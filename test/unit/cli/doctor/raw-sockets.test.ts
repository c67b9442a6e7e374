// Raw sockets: what is told of the power to open them, and what gives it.
import { describe, expect, it } from 'vitest';
import { judgeRawSockets } from '../../../../agent/cli/doctor/raw-sockets.ts';
import { Failure } from '../../../../shared/failure.ts';

describe('raw sockets', () => {
  it.each([
    ['one that came back', { rttMs: 0.01 }, false, 'ok', null],
    ['one that is ignored', { rttMs: null }, true, 'warning', 'sysctl -w net.ipv4.icmp_echo_ignore_all=0'],
    ['one that is filtered', { rttMs: null }, false, 'warning', /^nft list ruleset/],
    [
      'no capability',
      { refused: new Failure('noRawSockets', 'raw sockets need CAP_NET_RAW: …') },
      false,
      'wrong',
      /^sudo/,
    ],
    [
      'no loopback',
      { refused: new Failure('interfaceDown', 'lo is down') },
      false,
      'wrong',
      'ip link set lo up',
    ],
    [
      'no native part',
      { refused: new Error("Cannot find module 'raw-socket'") },
      false,
      'wrong',
      /^npm rebuild/,
    ],
  ] as const)('%s', (_what, proof, ignored, status, mend) => {
    const finding = judgeRawSockets(proof, ignored);
    expect(finding.status).toBe(status);
    if (mend === null) expect(finding.mend).toEqual([]);
    else expect(finding.mend[0]).toMatch(mend);
  });
});
