// A raw socket is the agent's alone: the programs that it starts must not get it.
import { readFileSync, readdirSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { createPackets } from '../../../agent/packet/index.ts';
import { proveLoopback } from '../../../agent/packet/proof.ts';

const closedOnExec = 0o2000000; // O_CLOEXEC, as fdinfo shows it (proc(5))

const descriptors = (): string[] => readdirSync('/proc/self/fd');

const flagsOf = (descriptor: string): number =>
  Number.parseInt(
    /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? '',
    8,
  );

it('closes its sockets to the programs that the agent starts', async () => {
  const before = descriptors();
  const packets = createPackets({ packetsPerSecond: 1000, onReopened: () => undefined });
  onTestFinished(() => packets.close());
  expect(await proveLoopback(packets)).not.toHaveProperty('refused');
  const links = descriptors().filter((one) => !before.includes(one));
  const open = links.filter((one) => {
    try {
      return (flagsOf(one) & closedOnExec) === 0;
    } catch {
      return false; // it was readdir's own
    }
  });
  expect([links.length > 0, open]).toEqual([true, []]);
});
