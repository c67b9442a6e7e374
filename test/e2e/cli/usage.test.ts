// What the command line says of itself: help, version, schemas, completion in the shells that are there.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cliWords, runCli } from '../../fixtures/cli.ts';
import { Terminal, keys } from '../../fixtures/pty.ts';
import { run } from '../../lab/programs.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-usage-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('prints its version', async () => {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')));
  expect(await runCli(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

/** The words of every command that the command line's own help names, commands within commands too. */
async function everyCommand(words: readonly string[] = []): Promise<string[][]> {
  const { stdout } = await runCli([...words, '--help']);
  const [, listed = ''] = stdout.split(/^Commands:$/m);
  const names = [...listed.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = '']) => name);
  const inner = names.filter((name) => name !== 'help' && name !== 'pathproof' && name !== 'sudo');
  return [[...words], ...(await Promise.all(inner.map((name) => everyCommand([...words, name])))).flat()];
}
const commands = await everyCommand();

it('knows its commands, in the order in which a person meets them', () => {
  const names = commands.flatMap(([name, ...inner]) =>
    inner.length > 0 || name === undefined ? [] : [name],
  );
  expect(names).toEqual([
    ...['run', 'probe', 'doctor', 'configure', 'import', 'cleanup', 'install-service'],
    ...['schemas', 'completion'],
  ]);
  expect(commands).toContainEqual(['probe', 'egress']);
  expect(commands).toContainEqual(['import', 'py-pingu']);
});

it.each(commands.map((words) => [words.join(' ')]))(
  'explains itself with examples, in lines that fit: %s',
  async (line) => {
    const { status, stdout, stderr } = await runCli([...line.split(' ').filter(Boolean), '--help']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: pathproof/);
    expect(stdout).toMatch(/^Examples:\n {2}\S/m);
    expect(stdout.split('\n').filter((one) => one.length > 100)).toEqual([]);
  },
);

it('explains itself in lines that fit on a terminal of any width', async () => {
  await using terminal = new Terminal(cliWords(['doctor', '--help']), { columns: 160 });
  expect(await terminal.ended()).toBe(0);
  expect(terminal.text()).toContain('--settings <FILE>');
  expect(
    terminal
      .text()
      .split('\n')
      .filter((one) => one.length > 100),
  ).toEqual([]);
});

it.each(['probe ping', 'doctor', 'configure', 'cleanup'])('lets settings be chosen: %s', async (line) => {
  const { stdout } = await runCli([...line.split(' '), '--help']);
  expect(stdout).toMatch(/^ {2}--settings <FILE> .*\n[^]*^ {2}--instance <NAME> /m);
});

it.each([
  ['run', /^Usage: pathproof run/],
  ['import', /pathproof import imon .*\n.*pathproof import py-pingu .*\n.*pathproof import ping-tool /],
])('has what belongs there: %s --help', async (word, found) => {
  expect((await runCli([word, '--help'])).stdout).toMatch(found);
});

describe('without a command', () => {
  it('shows on a terminal what there is, and starts nothing', async () => {
    await using terminal = new Terminal(cliWords([]), { columns: 100 });
    expect(await terminal.ended()).toBe(0);
    expect(terminal.text()).toMatch(/^Usage: pathproof .*[^]*pathproof configure .*[^]*pathproof run /);
  });

  it('is used badly elsewhere', async () => {
    const words =
      'pathproof: a command is missing: `pathproof run` runs the agent, `pathproof --help` has all\n';
    expect(await runCli([])).toEqual({ status: 2, stdout: '', stderr: words });
  });
});

it.each([
  ['prob', "pathproof: unknown command 'prob'\n(Did you mean probe?)\n"],
  ['--verson', "pathproof: unknown option '--verson'\n(Did you mean --version?)\n"],
  ['probe ping', "pathproof: missing required argument 'TARGET'\n"],
  [
    'probe ping 192.0.2.1 192.0.2.2',
    "pathproof: too many arguments for 'ping'. Expected 1 argument but got 2.\n",
  ],
  ['probe ping 192.0.2.1 --via', "pathproof: option '--via <TEXT>' argument missing\n"],
  [
    'doctor --settings a.env --instance lab',
    "pathproof: option '--settings <FILE>' cannot be used with option '--instance <NAME>'\n",
  ],
  [
    'configure --directory /srv --instance lab',
    "pathproof: option '--directory <folder>' cannot be used with option '--instance <NAME>'\n",
  ],
])('exits with 2 where it is used badly: %s', async (line, words) => {
  expect(await runCli(line.split(' '))).toEqual({ status: 2, stdout: '', stderr: words });
});

it('says what it can in a moment', () => {
  const [file = '', ...args] = cliWords(['--help']);
  const program = `import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime)`;
  const seconds = Number(execFileSync('python3', ['-c', program, file, ...args], { encoding: 'utf8' }));
  expect(seconds).toBeLessThan(0.3);
});

describe('schemas', () => {
  it('writes them to a folder and says where', async () => {
    const into = join(folder, 'new', 'schemas');
    const { status, stdout } = await runCli(['schemas', into]);
    expect(status).toBe(0);
    const names = readdirSync(into).sort();
    expect(names).toContain('request-ping.schema.json');
    expect(stdout.trimEnd().split('\n').sort()).toEqual(names.map((name) => join(into, name)));
    expect(JSON.parse(readFileSync(join(into, 'result.schema.json'), 'utf8'))).toMatchObject({
      type: 'object',
    });
  });

  it('says why it can not', async () => {
    writeFileSync(join(folder, 'file'), '');
    const { status, stdout, stderr } = await runCli(['schemas', join(folder, 'file')]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^pathproof schemas: EEXIST: .*\/file'\n$/);
  });
});

describe('completion', () => {
  /** What bash's own `complete` was told to call finds for the last word. */
  async function bash(...words: string[]): Promise<string[]> {
    const script = join(folder, 'completion.sh');
    writeFileSync(script, (await runCli(['completion', 'bash'])).stdout);
    const ask = `source "$0"; complete -p pathproof >/dev/null || exit 9
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); $(complete -p pathproof | sed 's/.*-F \\([^ ]*\\).*/\\1/')
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run('agent', ['bash', '--norc', '-c', ask, script, ...words]);
    return stdout.split('\n').filter((word) => word !== '');
  }

  it.each<[string[], string[]]>([
    [['pathproof', 'sch'], ['schemas']],
    [
      ['pathproof', 'probe', ''],
      ['ping', 'traceroute', 'dns', 'http', 'egress', 'help', '--help'],
    ],
    [
      ['pathproof', 'probe', 'ping', '192.0.2.1', '--max-l'],
      ['--max-latency', '--max-loss'],
    ],
    [
      ['pathproof', 'probe', 'dns', '192.0.2.1', '--record-type', 'A'],
      ['A', 'AAAA'],
    ],
    [
      ['pathproof', 'probe', 'ping', '192.0.2.1', '--family', ''],
      ['4', '6', 'auto'],
    ],
    [['pathproof', 'probe', 'ping', '192.0.2.1', '--count', ''], []],
    [['pathproof', 'completion', 'z'], ['zsh']],
  ])('in bash: %j', async (words, found) => {
    expect(await bash(...words)).toEqual(found);
  });

  it("in bash: names the machine's interfaces for --via", async () => {
    expect(await bash('pathproof', 'probe', 'ping', '--via', 'l')).toContain('lo');
  });

  it.each([
    ['an argument', 'pathproof import imon ', 'a fi', 'a\\ file.json '],
    ['--output', 'pathproof import imon x --output ', 'a fi', 'a\\ file.json '],
    ['--settings', 'pathproof doctor --settings ', 'a fi', 'a\\ file.json '],
    ['--directory', 'pathproof configure --directory ', 'a fo', 'a\\ folder/'],
  ])('in bash: finds files for %s', async (_what, line, start, found) => {
    const script = join(folder, 'completion.sh');
    writeFileSync(script, (await runCli(['completion', 'bash'])).stdout);
    await using shell = new Terminal(['bash', '--norc', '--noprofile', '-i'], {
      cwd: placeWithFiles(),
      env: { PS1: 'ready> ', HOME: folder },
    });
    await shell.answer('ready>', `source ${script}${keys.enter}`);
    await shell.answer('ready>', `${line}${start.replace(' ', '\\ ')}${keys.tab}`);
    await shell.until(`${line}${found}`);
  });

  it('in bash: takes an empty word for a file, and a dash for an option', async () => {
    const place = placeWithFiles();
    const script = join(folder, 'completion.sh');
    writeFileSync(script, (await runCli(['completion', 'bash'])).stdout);
    await using shell = new Terminal(['bash', '--norc', '--noprofile', '-i'], {
      cwd: place,
      env: { PS1: 'ready> ', HOME: folder },
    });
    await shell.answer('ready>', `source ${script}${keys.enter}`);
    await shell.answer('ready>', `pathproof import imon ${keys.tab}`);
    await shell.answer('a\\ f', `ile.json --out${keys.tab}`);
    await shell.until('--output ');
  });

  /** A folder with a file and a folder, both with a blank in their names. */
  function placeWithFiles(): string {
    const place = mkdtempSync(join(folder, 'place-'));
    mkdirSync(join(place, 'a folder'));
    writeFileSync(join(place, 'a file.json'), '');
    return place;
  }

  it('in fish', async () => {
    const script = join(folder, 'completion.fish');
    writeFileSync(script, (await runCli(['completion', 'fish'])).stdout);
    const ask = (line: string): string =>
      execFileSync('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`], {
        encoding: 'utf8',
      });
    const wordsIn = (found: string): (string | undefined)[] =>
      found
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')[0]);
    expect(ask('pathproof sch')).toMatch(/^schemas\twrite the JSON/);
    expect(wordsIn(ask('pathproof probe ping 192.0.2.1 --max-l'))).toEqual(['--max-latency', '--max-loss']);
    expect(wordsIn(ask('pathproof probe dns --record-type A'))).toEqual(['A', 'AAAA']);
    const place = placeWithFiles();
    for (const line of ['import imon', 'import imon x --output'])
      expect(wordsIn(ask(`pathproof ${line} ${place}/a`))).toEqual([
        `${place}/a file.json`,
        `${place}/a folder/`,
      ]);
    expect(wordsIn(ask(`pathproof configure --directory ${place}/a`))).toEqual([`${place}/a folder/`]);
    expect(wordsIn(ask('pathproof probe ping 192.0.2.1 --count /'))).toEqual(['']);
  });

  async function zsh(): Promise<Terminal> {
    const script = join(folder, 'completion.zsh');
    writeFileSync(script, (await runCli(['completion', 'zsh'])).stdout);
    const shell = new Terminal(['zsh', '-f', '-i'], {
      columns: 200,
      env: { PS1: 'ready> ', HOME: folder },
    });
    await shell.answer('ready>', `autoload -U compinit; compinit -D; source ${script}; echo so${keys.enter}`);
    await shell.until('\nso\n');
    return shell;
  }

  it('in zsh: finds folders for --directory', async () => {
    await using shell = await zsh();
    shell.type(`pathproof configure --directory ${placeWithFiles()}/a${keys.tab}`);
    await shell.until('folder/');
  });

  it('in zsh', async () => {
    await using shell = await zsh();
    shell.type(`pathproof probe ping 192.0.2.1 --max-la${keys.tab}`);
    await shell.until('--max-latency');
    shell.type(`5 --fam${keys.tab}${keys.tab}`);
    await shell.until(/4 +6 +auto/);
    const place = placeWithFiles();
    shell.type(`${keys.ctrlC}pathproof import imon ${place}/a\\ fi${keys.tab}`);
    await shell.until('file.json');
    shell.type(`--output ${place}/a\\ fi${keys.tab}`);
    await shell.until('file.json');
  });
});
