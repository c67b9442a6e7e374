// One failover in a network namespace: whoever listens at the name has it, and the kernel frees it with the process.
import { connect, createServer } from 'node:net';
import { Failure } from '../../../shared/failure.ts';
import { codeOf } from '../../../shared/thrown.ts';

/** As long as such a name can be (unix(7), sun_path): Node's versions differ on whether they fill up a shorter one. */
const name = '\0pathproof-failover'.padEnd(108, '.');

/** Whether a process has it now. */
export const isLockHeld = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(name);
    const answer = (held: boolean): void => {
      socket.destroy();
      resolve(held);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });

/** Takes the lock; answers how to give it back. Rejects with Failure internal where another process has it. */
export function takeLock(): Promise<() => Promise<void>> {
  return new Promise((resolve, reject) => {
    const server = createServer((caller) => caller.destroy());
    server.once('error', (error) => {
      const held = codeOf(error) === 'EADDRINUSE';
      const sentence = held
        ? 'another pathproof is in charge of the default routes here (one agent with failover in a network namespace): ' +
          'stop it first'
        : `the lock of failover can't be taken (${error.message})`;
      reject(new Failure('internal', sentence, { cause: error }));
    });
    server.listen(name, () => {
      // It keeps no process alive.
      server.unref();
      resolve(() => new Promise((given) => server.close(() => given())));
    });
  });
}
