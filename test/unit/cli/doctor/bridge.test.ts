// The bridge's port: whose it is.
import { describe, expect, it } from 'vitest';
import { judgeBridge } from '../../../../agent/cli/doctor/bridge.ts';
import { readHealth } from '../../../../agent/cli/trials/bridge.ts';

describe("the bridge's port", () => {
  const settings = { SERVER_ADDRESS: '127.0.0.1', SERVER_PORT: 8080 };

  it.each([
    [{ port: 'free' }, 'ok', undefined],
    [{ port: 'any' }, 'ok', undefined],
    [{ port: 'pathproof', unable: null }, 'ok', undefined],
    [{ port: 'pathproof', unable: 'no raw sockets' }, 'warning', undefined],
    [{ port: 'foreign' }, 'wrong', "sudo ss -Hltnp 'sport = :8080'"],
    [{ port: 'refused', code: 'EADDRNOTAVAIL' }, 'wrong', 'SERVER_ADDRESS=127.0.0.1'],
  ] as const)('%j is %s', (seen, status, mend) => {
    const finding = judgeBridge(seen, settings);
    expect([finding.status, finding.mend[0]]).toEqual([status, mend]);
  });

  it("tells an agent's page from others'", () => {
    const loopDelayMs = { p50: 1, p99: 2, max: 3 };
    expect(readHealth(JSON.stringify({ status: 'ok', loopDelayMs }))).toEqual({ unable: null });
    expect(readHealth(JSON.stringify({ status: 'error', reason: 'why', loopDelayMs }))).toEqual({
      unable: 'why',
    });
    for (const text of ['', '<html>', '{"status":"ok"}', '{"status":"UP","loopDelayMs":{}}']) {
      expect(readHealth(text)).toBe(null);
    }
  });
});
