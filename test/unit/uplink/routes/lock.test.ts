// One failover in a network namespace, and the power that it needs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { canChangeRoutes, hasNetAdmin } from '../../../../agent/uplink/routes/capability.ts';
import { isLockHeld, takeLock } from '../../../../agent/uplink/routes/lock.ts';

const name = '\0pathproof-failover'.padEnd(108, '.');
const refusal =
  'another pathproof is in charge of the default routes here (one agent with failover in a network namespace): ' +
  'stop it first';

it('is held by one at a time, seen to be, and given back', async () => {
  expect(await isLockHeld()).toBe(false);
  const release = await takeLock();
  expect(await isLockHeld()).toBe(true);
  await expect(takeLock()).rejects.toMatchObject({ code: 'internal', message: refusal });
  await release();
  expect(await isLockHeld()).toBe(false);
  await (
    await takeLock()
  )();
});

it('is given back by a process that is killed', async () => {
  const text = `require('node:net').createServer().listen(${JSON.stringify(name)}, () => console.log('held'))`;
  const holder = spawn(process.execPath, ['-e', text], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    holder.kill('SIGKILL');
  });
  await once(holder.stdout, 'data');
  await expect(takeLock()).rejects.toThrow(refusal);
  holder.kill('SIGKILL');
  await once(holder, 'close');
  await (
    await takeLock()
  )();
});

it('lets nobody stay who calls', async () => {
  const release = await takeLock();
  const caller = connect(name);
  await once(caller, 'close');
  await release();
});

it('needs CAP_NET_ADMIN in effect', async () => {
  const status = (mask: string): string =>
    `CapPrm:\t000001ffffffffff\nCapEff:\t${mask}\nCapBnd:\t000001ffffffffff\n`;
  expect(hasNetAdmin(status('0000000000001000'))).toBe(true);
  expect(hasNetAdmin(status('000001ffffffffff'))).toBe(true);
  expect(hasNetAdmin(status('0000000000002000'))).toBe(false);
  expect(hasNetAdmin('Name:\tnode\n')).toBe(false);
  expect(await canChangeRoutes()).toBe(true);
});
