// The network as it is watched, on this namespace's own loopback: read at the start, and again when it changes.
import { describe, expect, it, onTestFinished } from 'vitest';
import { runIp } from '../../../agent/uplink/ip/run.ts';
import type { NetworkState } from '../../../agent/uplink/network.ts';
import { type NetworkWatch, createNetworkWatch } from '../../../agent/uplink/watch.ts';
import { eventually, recordLog } from '../mqtt/kit.ts';

const loopbackOf = ({ interfaces }: NetworkState): string[] =>
  interfaces.find(({ loopback }) => loopback)?.addresses.map(({ address }) => address) ?? [];

async function watched(): Promise<{ watch: NetworkWatch; readings: NetworkState[] }> {
  const readings: NetworkState[] = [];
  const watch = createNetworkWatch(recordLog(), (state) => readings.push(state));
  onTestFinished(() => watch.stop());
  await watch.start();
  return { watch, readings };
}

const change = (verb: 'add' | 'delete', address: string): Promise<string> =>
  runIp(['address', verb, `${address}/32`, 'dev', 'lo']);

describe('the watch', () => {
  it('knows the network once it has started, and tells who asked to be told', async () => {
    const { watch, readings } = await watched();
    expect(loopbackOf(watch.current())).toContain('127.0.0.1');
    expect(readings[0]).toBe(watch.current());
  });

  it('reads again by itself when an address comes and when it goes', async () => {
    const { watch } = await watched();
    await change('add', '127.77.0.1');
    await eventually(() => expect(loopbackOf(watch.current())).toContain('127.77.0.1'));
    await change('delete', '127.77.0.1');
    await eventually(() => expect(loopbackOf(watch.current())).not.toContain('127.77.0.1'));
  });

  it('knows what the kernel would do with a packet', async () => {
    const { watch } = await watched();
    expect(await watch.interfaceTo('127.0.0.1')).toBe('lo');
    await expect(watch.interfaceTo('192.0.2.99')).rejects.toMatchObject({
      code: 'noRoute',
      message: 'this machine has no route to 192.0.2.99',
    });
  });

  it('knows by which interfaces the kernel would answer an address', async () => {
    const { watch } = await watched();
    expect(await watch.wayBack('127.0.0.1', '127.0.0.2')).toEqual(['lo']);
    expect(await watch.wayBack('127.0.0.1', '192.0.2.99')).toEqual([]);
    await expect(watch.wayBack('127.0.0.1', 'nowhere')).rejects.toMatchObject({ code: 'internal' });
  });

  it('knows whether the kernel has a route by an interface', async () => {
    const { watch } = await watched();
    expect(await watch.hasRoute('lo', '127.0.0.1')).toBe(true);
    expect(await watch.hasRoute('lo', '192.0.2.99')).toBe(false);
    expect(await watch.hasRoute('lo', '2001:db8::99')).toBe(false);
    await expect(watch.hasRoute('lo', 'nowhere')).rejects.toMatchObject({ code: 'internal' });
  });

  it('asks the kernel once for all who ask at once', async () => {
    const { watch } = await watched();
    const answers = [watch.interfaceTo('127.0.0.2'), watch.interfaceTo('127.0.0.2')];
    expect(answers[0]).toBe(answers[1]);
    expect(await Promise.all(answers)).toEqual(['lo', 'lo']);
  });
});
