// The broker that other tests talk to.
import { expect, test } from 'vitest';
import { startMosquitto } from './mosquitto.ts';
import { agentNode, run } from './programs.ts';

const publish = (port: number, ...options: string[]) =>
  run(agentNode, ['mosquitto_pub', '-p', `${port}`, '-t', 'a/b', '-m', 'hello', '-r', ...options]);
const read = (port: number, ...options: string[]) =>
  run(agentNode, ['mosquitto_sub', '-p', `${port}`, '-t', 'a/b', '-C', '1', '-W', '2', ...options]);

test('starts on a free port, and again on the same after a stop or a crash', async () => {
  await using broker = await startMosquitto();
  expect(broker.url).toBe(`mqtt://127.0.0.1:${broker.port}`);
  for (const end of [() => broker.stop(), () => broker.kill()]) {
    await publish(broker.port);
    expect((await read(broker.port)).stdout).toBe('hello\n');
    await end();
    await expect(publish(broker.port)).rejects.toThrow(/refused/);
    await broker.start();
  }
  await broker.restart();
  await publish(broker.port);
});

test('passwords, an ACL and lines of its own', async () => {
  await using broker = await startMosquitto({
    passwords: { pi: 'secret' },
    acl: ['user pi', 'topic read a/#', 'topic write c/#'],
    config: ['max_packet_size 2000'],
  });
  await expect(publish(broker.port)).rejects.toThrow(/not authori[sz]ed/i);
  await publish(broker.port, '-u', 'pi', '-P', 'secret');
  expect(broker.log).toMatch(/pi|Denied PUBLISH/);
  await expect(read(broker.port, '-u', 'pi', '-P', 'secret')).rejects.toThrow(/Timed out/);
});

test('a configuration it refuses is told in its words', async () => {
  await expect(startMosquitto({ config: ['no_such_option true'] })).rejects.toThrow(/no_such_option/);
});
