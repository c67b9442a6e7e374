// `npm start` in a clone: what is missing is made, nothing more, once; and each failure says what to do.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Clone } from '../fixtures/clone.ts';
import { agentNode, run } from '../lab/programs.ts';

let clone: Clone;
beforeEach(() => {
  clone = new Clone();
});
afterEach(() => {
  rmSync(clone.folder, { recursive: true });
});

test('a fresh clone is installed, built and run, with a line on each; the next start does nothing', async () => {
  expect(await clone.start(['probe', 'ping'])).toEqual({
    status: 0,
    stdout: 'agent probe ping\n',
    stderr: 'pathproof: installing packages (npm ci) …\npathproof: building (npm run build) …\n',
  });
  expect(await clone.start(['broker', '--port', '1884'])).toEqual({
    status: 0,
    stdout: 'broker --port 1884\n',
    stderr: '',
  });
  expect(clone.npmCalls()).toEqual(['ci --include=dev', 'run build']);
});

const damages: Record<string, (clone: Clone) => void> = {
  'a newer source': (clone) => {
    clone.write('shared/request.ts');
  },
  'a deleted source': (clone) => {
    clone.remove('shared/request.ts');
  },
  'a package of another version': (clone) => {
    clone.changeVersion('2.0.0');
  },
  'a package gone': (clone) => {
    clone.remove('node_modules/raw-socket');
  },
  'a native part that does not load': (clone) => {
    clone.write('node_modules/raw-socket/index.js', '!');
  },
  'nothing (an optional package is absent)': () => undefined,
};

test.each([
  ['a newer source', ['run build']],
  ['a deleted source', ['run build']],
  ['a package of another version', ['ci --include=dev']],
  ['a package gone', ['ci --include=dev']],
  ['a native part that does not load', ['rebuild raw-socket']],
  ['nothing (an optional package is absent)', []],
])('%s: npm %j', async (name, calls) => {
  await clone.start();
  clone.remove('npm-calls');
  await new Promise((resolve) => setTimeout(resolve, 20)); // file times must differ
  damages[name]?.(clone);
  expect(await clone.start()).toMatchObject({ status: 0, stdout: 'agent \n' });
  expect(clone.npmCalls()).toEqual(calls);
});

test('a built copy without sources needs no development packages', async () => {
  await clone.start();
  clone.remove('npm-calls', 'node_modules', 'agent/main.ts', 'shared');
  clone.makeOld('dist/agent/main.js');
  expect(await clone.start()).toMatchObject({ status: 0, stdout: 'agent \n' });
  expect(clone.npmCalls()).toEqual(['ci --omit=dev']);
});

test('two at once set up once', async () => {
  const both = await Promise.all([clone.start(), clone.start()]);
  expect(both.map(({ stdout }) => stdout)).toEqual(['agent \n', 'agent \n']);
  expect(clone.npmCalls()).toEqual(['ci --include=dev', 'run build']);
});

test('a lock left behind is taken over', async () => {
  mkdirSync(clone.at('build/setup.lock'), { recursive: true });
  clone.makeOld('build/setup.lock');
  expect(await clone.start()).toMatchObject({ status: 0 });
  expect(readdirSync(clone.at('build'))).toEqual([]);
});

test('missing tools are named in one message', async () => {
  clone.remove('bin/make', 'bin/g++');
  expect(await clone.start()).toEqual({
    status: 1,
    stdout: '',
    stderr: 'pathproof: installing packages needs make, g++; on Debian: sudo apt-get install make g++\n',
  });
});

test("npm's output is shown when it fails, and half a build is not left", async () => {
  await clone.start();
  clone.write('npm-fails');
  clone.write('shared/request.ts');
  const { status, stderr } = await clone.start();
  expect(status).toBe(1);
  expect(stderr).toContain('pathproof: npm run build failed (7):\nwhat npm said');
  expect(readdirSync(clone.folder)).not.toContain('dist');
});

test('what does not help is not tried twice', async () => {
  clone.changeVersion('2.0.0');
  clone.write('to-install/.package-lock.json', '{"packages":{}}');
  const { status, stderr } = await clone.start();
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /npm ci has not helped: 3 packages missing or of another version, first raw-socket\n$/,
  );
});

test('the command ends with 2 where it can not be set up, as wherever something could not be done', async () => {
  clone.write('npm-fails');
  const { status, stdout, stderr } = await clone.run('agent/pathproof.mjs', ['--version']);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^pathproof: installing packages .*\npathproof: npm ci failed \(7\):\n/);
});

test('SIGUSR1 opens no debugger, and SIGTERM ends npm too', async () => {
  const usr1 = await clone.start([], (pid) => process.kill(pid, 'SIGUSR1'));
  expect(usr1.status).toBe(0);
  expect(usr1.stderr).not.toMatch(/debugger/i);
  clone.remove('dist');
  expect(await clone.start([], (pid) => process.kill(pid, 'SIGTERM'))).toEqual({
    status: 1,
    stdout: '',
    stderr: 'pathproof: building (npm run build) …\npathproof: stopped by SIGTERM\n',
  });
});

test.each([
  ['20.18.3', 'Node.js 20.19 or later is needed, this is 20.18.3 (https://nodejs.org/en/download)'],
  ['18.20.0', 'Node.js 20.19 or later is needed, this is 18.20.0 (https://nodejs.org/en/download)'],
  ['20.19.0', 'fine'],
  ['26.1.0', 'fine'],
])('Node %s: %s', async (version, answer) => {
  clone.write(
    'check.mjs',
    `import { checkNode } from './agent/setup.mjs';
     try { checkNode('${version}'); console.log('fine'); } catch (error) { console.log(error.message); }`,
  );
  const { stdout } = await run(agentNode, [process.execPath, clone.at('check.mjs')]);
  expect(stdout.trim()).toBe(answer);
});
