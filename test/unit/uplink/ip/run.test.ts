// iproute2 as it is started: for a question, for several, for commands in one go, and to hear of changes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askIp, changeByIp, monitorNetwork, runIp } from '../../../../agent/uplink/ip/run.ts';
import { Failure, failureReport } from '../../../../shared/failure.ts';
import { withoutDescriptors } from '../../../fixtures/descriptors.ts';

describe('ip itself', () => {
  it('is run with its arguments as they are, and tells what it does not like', async () => {
    expect(JSON.parse(await runIp(['-json', 'address', 'show', 'dev', 'lo']))).toMatchObject([
      { ifname: 'lo' },
    ]);
    const refused = await runIp(['route', 'get', '$(id)']).catch((error: unknown) => error);
    const report = refused instanceof Failure ? failureReport(refused) : refused;
    expect(report).toEqual({ code: 'internal', source: 'internal' });
    expect(String(refused)).toContain('ip route get $(id): Error: any valid prefix is expected');
  });
});

describe('several questions at once', () => {
  it('are answered in their order, a line each, with numbers for names', async () => {
    const [address = '', rules = '', nothing] = await askIp(4, [
      ['address', 'show', 'dev', 'lo'],
      ['rule', 'show'],
      ['route', 'show', 'table', 'main', 'proto', '99'],
    ]);
    expect(JSON.parse(address)).toMatchObject([{ ifname: 'lo' }]);
    expect(JSON.parse(rules)).toContainEqual({ priority: 32766, src: 'all', table: '254', protocol: '2' });
    expect(JSON.parse(nothing ?? '')).toEqual([]);
  });

  it('are none where one of them is not understood', async () => {
    const asked = askIp(4, [['rule', 'show'], ['bogus']]);
    await expect(asked).rejects.toThrow('Object "bogus" is unknown');
  });
});

describe('commands in one go', () => {
  const blackhole = (verb: string, network: string) => ['route', verb, 'blackhole', network];

  it('are each run, whatever became of the one before, and each says what it did not like', async () => {
    const results = await changeByIp(4, [
      blackhole('add', '203.0.113.0/25'),
      blackhole('add', '203.0.113.0/25'),
      ['route', 'add', '203.0.113.128/25', 'dev', 'eth77'],
      ['route', 'add', '203.0.113.128/25', 'via', '192.0.2.1'],
      blackhole('del', '203.0.113.0/25'),
      blackhole('del', '203.0.113.0/25'),
    ]);
    expect(results).toEqual([
      null,
      'RTNETLINK answers: File exists',
      'Cannot find device "eth77"',
      'Error: Nexthop has invalid gateway.',
      null,
      'RTNETLINK answers: No such process',
    ]);
  });

  it('that are none start nothing', async () => {
    const path = process.env['PATH'];
    try {
      process.env['PATH'] = '/nowhere';
      expect(await changeByIp(4, [])).toEqual([]);
      await expect(changeByIp(4, [['rule', 'show']])).rejects.toThrow('iproute2 is not installed');
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('are refused as a whole where it gives up at one', async () => {
    const given = changeByIp(4, [
      ['route', 'add', 'default', 'metric', 'x'],
      blackhole('add', '203.0.113.0/25'),
    ]);
    await expect(given).rejects.toThrow('argument "x" is wrong');
  });

  it.each(['a b', 'a#b', "it's", 'a"b', 'a\\b', 'a\nlink set lo down', ''])(
    'never have a word that would be read as another: %j',
    async (word) => {
      await expect(changeByIp(4, [['rule', 'add', 'oif', word]])).rejects.toThrow(
        `ip -batch can't be given ${JSON.stringify(word)}`,
      );
    },
  );
});

/** Programs of that name go before the real one's. */
async function withProgram<T>(name: string, text: string, work: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-ip-'));
  const path = process.env['PATH'];
  writeFileSync(join(folder, name), text, { mode: 0o755 });
  try {
    process.env['PATH'] = `${folder}:${path}`;
    return await work();
  } finally {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  }
}

describe('the monitor', () => {
  it('ends at once where it can not be started for want of a descriptor', async () => {
    let stop = (): void => undefined;
    const ended = () =>
      new Promise<void>((resolve) => {
        stop = monitorNetwork(() => undefined, resolve);
      });
    await withoutDescriptors(ended);
    stop();
  });

  it('takes its complaints for changes: the kernel had more to tell than it could hear', async () => {
    const lost =
      '#!/bin/sh\necho "netlink receive error No buffer space available (105)" >&2\nexec sleep 60\n';
    await withProgram('ip', lost, async () => {
      let stop = (): void => undefined;
      await new Promise<void>((resolve) => {
        stop = monitorNetwork(resolve, () => undefined);
      });
      stop();
    });
  });
});
