// Programs of all kinds, really run: what they get, what they write, how they end.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { stillHeld } from '../../../agent/action/capabilities.ts';
import { type Ending, type Order, cannotDrop, runProgram } from '../../../agent/action/run.ts';
import { openStore } from '../../../agent/store/index.ts';
import { withoutDescriptors } from '../../fixtures/descriptors.ts';
import { recordLog } from '../mqtt/kit.ts';
import { alive, environment, eventually, folder, program } from './kit.ts';

interface Run extends Ending {
  lines: string[];
}

async function run(
  words: [string, ...string[]],
  more: Partial<Order> = {},
  signal = new AbortController().signal,
): Promise<Run> {
  const lines: string[] = [];
  const onLine = (line: string): unknown => lines.push(line);
  const order = { program: words, input: null, environment, timeoutMs: 20_000, onLine, ...more };
  return { ...(await runProgram(order, signal)), lines };
}

describe('a program', () => {
  it('gets its arguments as they are', async () => {
    const words = ['a b', '; touch /tmp/x', '$(id)', "it's", '', '--help', '*'];
    const { lines, exitCode } = await run([program(`for one in "$@"; do echo "<$one>"; done`), ...words]);
    expect([exitCode, lines]).toEqual([0, words.map((word) => `<${word}>`)]);
  });

  it('gets its input, and the environment it is given and no other', async () => {
    const known = { PATH: environment.PATH, PATHPROOF_KIND: 'monitor.down' };
    const { lines } = await run([program('cat\nenv')], { input: '{"id":1}\n', environment: known });
    const own = lines.filter((line) => !/^(PWD|_|SHLVL|OLDPWD)=/.test(line)).sort();
    expect(own).toEqual([`PATH=${environment.PATH}`, 'PATHPROOF_KIND=monitor.down', '{"id":1}']);
  });

  it('finds nothing to read where it is given nothing', async () => {
    expect((await run(['cat'])).exitCode).toBe(0);
  });

  it('need not read its input', async () => {
    const { exitCode, notStarted } = await run([program('exit 3')], { input: 'x'.repeat(1 << 20) });
    expect([exitCode, notStarted]).toEqual([3, null]);
  });

  it("has none of the agent's powers", async () => {
    const { lines } = await run(['cat', '/proc/self/status']);
    expect(stillHeld(lines.join('\n'))).toEqual([]);
    expect(await cannotDrop(environment, new AbortController().signal)).toBe(null);
  });

  it('has no file of the agent’s open, even of those that LevelDB opened since', async () => {
    const store = await openStore(folder(), recordLog());
    onTestFinished(() => store.close());
    for (const key of ['a', 'b', 'c']) await store.sub('part').put(key, 'x'.repeat(300_000));
    // The last one is its own: the folder that it lists. One that LevelDB's own thread opens as the program begins may be
    // among them, so it is looked at again.
    await vi.waitFor(async () =>
      expect((await run(['ls', '/proc/self/fd'])).lines).toEqual(['0', '1', '2', '3']),
    );
  });

  it('may write without end: so much is told, and it is not held up', async () => {
    const { lines, exitCode, outputCut } = await run([program('yes out | head -c 10000000\necho done >&2')]);
    expect([exitCode, outputCut]).toEqual([0, true]);
    expect(lines.join('\n').length).toBeLessThanOrEqual(65_536);
  });

  it('is ended with its group where it takes too long and hears of nothing', async () => {
    const words: [string] = [program("trap '' TERM\nsleep 1000 &\necho $!\nsleep 1000")];
    const { lines, signal, endedBy } = await run(words, { timeoutMs: 500 });
    expect([signal, endedBy]).toEqual(['SIGKILL', 'timeout']);
    await eventually(() => expect(lines.map(alive)).toEqual([false]));
  });

  it('takes along what it started and what does not listen, where it ends as asked', async () => {
    const deaf = `(trap '' TERM; exec sleep 1000 </dev/null >/dev/null 2>&1) &`;
    const { lines, endedBy } = await run([program(`${deaf}\necho $!\nexec sleep 1000`)], { timeoutMs: 500 });
    expect(endedBy).toBe('timeout');
    await eventually(() => expect(lines.map(alive)).toEqual([false]));
  });

  it('is not waited for by what left its group and holds its output', async () => {
    const { lines, endedBy } = await run([program('setsid sleep 1000 &\necho $!')], { timeoutMs: 500 });
    for (const pid of lines) process.kill(Number(pid), 'SIGKILL');
    expect([lines.length, endedBy]).toEqual([1, 'timeout']);
  });

  it('is ended when the agent stops', async () => {
    const stop = new AbortController();
    const onLine = (): void => stop.abort();
    const { signal, endedBy } = await run([program('echo begun\nexec sleep 1000')], { onLine }, stop.signal);
    expect([signal, endedBy]).toEqual(['SIGTERM', 'stop']);
  });

  it.each<[string, () => [string, ...string[]], RegExp]>([
    ['is missing', () => ['/nowhere/program'], /^failed to execute \/nowhere\/program: No such file/],
    [
      'must not be executed',
      () => [program('', undefined, 0o644)],
      /^failed to execute .*: Permission denied$/,
    ],
    ['has an argument that none can have', () => ['cat', 'a\0b'], /null bytes/],
  ])('that %s is said not to have started', async (_what, words, why) => {
    expect((await run(words())).notStarted).toMatch(why);
  });

  it('is said not to have started where no descriptor is free', async () => {
    expect((await withoutDescriptors(() => run(['true']))).notStarted).toMatch(/EMFILE/);
  });

  it('whose own exit code is 127 did start', async () => {
    expect(await run([program('echo not found\nexit 127')])).toMatchObject({
      exitCode: 127,
      notStarted: null,
    });
  });

  it('is not run where there is no setpriv', async () => {
    const missing = 'setpriv is not installed (apt-get install util-linux)';
    const nowhere = { PATH: '/nowhere' };
    expect((await run(['/bin/true'], { environment: nowhere })).notStarted).toBe(missing);
    expect(await cannotDrop(nowhere, new AbortController().signal)).toBe(missing);
  });
});
