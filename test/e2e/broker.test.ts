// `npm run broker` as a user runs it: the process, its one line, its port and its end.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { eventually, startPeer } from '../unit/mqtt/kit.ts';

function runBroker(...args: string[]) {
  const child = spawn(process.execPath, ['agent/start.mjs', 'broker', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const keep = (line: string): void => void lines.push(line);
  createInterface({ input: child.stdout }).on('line', keep);
  createInterface({ input: child.stderr }).on('line', keep);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, lines, ended };
}

test.each(['SIGINT', 'SIGTERM'] as const)('listens, says where, serves, and stops on %s', async (signal) => {
  const { child, lines, ended } = runBroker('--port', '0');
  const url = await eventually(() => {
    const found = /^MQTT broker \(3\.1\.1\) listens on (mqtt:\/\/127\.0\.0\.1:\d+)$/.exec(
      lines.at(-1) ?? '',
    )?.[1];
    if (found === undefined) throw new Error(`not yet: ${lines.join('\n')}`);
    return found;
  }, 25_000); // it may have to be built first
  const peer = await startPeer(url, 'a', { reconnectPeriod: 0 });
  await peer.client.publishAsync('a', 'served', { qos: 1 });
  await eventually(() => expect(peer.texts()).toEqual(['served']));

  const second = runBroker('--port', url.split(':').at(-1) ?? '');
  expect(await second.ended).toBe(1);
  expect(second.lines.at(-1)).toMatch(/^The port is taken \(.*EADDRINUSE.*\): is another broker running\?/);

  child.kill(signal);
  expect(await ended).toBe(0);
});

test('says what is wrong with its arguments', async () => {
  const { lines, ended } = runBroker('--port', '70000');
  expect(await ended).toBe(1);
  expect(lines.at(-1)).toBe('--port must be a number from 0 to 65535, not 70000');
});
