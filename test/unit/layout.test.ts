// The house rules as checks on the sources: who may import whom, who alone imports what, what is nowhere.
import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Source {
  /** From the project's root. */
  path: string;
  text: string;
  /** What it imports: paths from the root, and packages by name. */
  files: { path: string; typeOnly: boolean }[];
  packages: string[];
  /** Of these what is there when it runs. */
  loaded: string[];
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/g;

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const imports = [...text.matchAll(importPattern)].map(([, type, fixed, dynamic]) => ({
    typeOnly: type !== undefined,
    from: fixed ?? dynamic ?? '',
  }));
  return {
    path,
    text,
    files: imports
      .filter(({ from }) => from.startsWith('.'))
      .map(({ from, typeOnly }) => ({ path: relative(root, join(root, dirname(path), from)), typeOnly })),
    packages: imports.filter(({ from }) => !from.startsWith('.')).map(({ from }) => from),
    loaded: imports
      .filter(({ from, typeOnly }) => !from.startsWith('.') && !typeOnly)
      .map(({ from }) => from),
  };
}

function sourcesIn(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules') && !name.endsWith('.d.ts'))
    .map((name) => readSource(join(folder, name)));
}

const agent = sourcesIn('agent');
const shared = sourcesIn('shared');
const broker = sourcesIn('broker-dev');
const homeassistant = sourcesIn('homeassistant');
const all = [...agent, ...shared, ...broker, ...homeassistant];

const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name);

/** A part of agent/: a folder, or a file with the folder that bears its name. */
const partOf = (path: string): string => /^agent\/([^/]+?)(\.ts)?(\/|$)/.exec(path)?.[1] ?? '';

/** The stages and powers; none of them may know another. */
const apart = [
  ...['request', 'probe', 'asn', 'assess', 'publish', 'uplink', 'packet'],
  ...['monitor', 'action', 'history', 'budget'],
];

it('reads the sources it speaks of', () => {
  expect(all.length).toBeGreaterThan(60);
  expect(agent.find(({ path }) => path === 'agent/agent.ts')?.files.length).toBeGreaterThan(10);
  expect(agent.find(({ path }) => path === 'agent/broker-link.ts')?.files).toContainEqual({
    path: 'broker-dev/broker.ts',
    typeOnly: false,
  });
});

it('keeps shared/ to zod and node', () => {
  for (const { path, files, packages } of shared) {
    expect([path, files.filter((file) => !file.path.startsWith('shared/'))]).toEqual([path, []]);
    expect([path, packages.filter((name) => name !== 'zod' && !isBuiltin(name))]).toEqual([path, []]);
  }
});

it('keeps homeassistant/ to shared/', () => {
  expect(homeassistant.length).toBeGreaterThan(3);
  for (const { path, files, packages } of homeassistant) {
    const strangers = files.filter((file) => !/^(shared|homeassistant)\//.test(file.path));
    expect([path, strangers, packages]).toEqual([path, [], []]);
  }
});

it('lets a stage import shared/, the log and its own folder, and of others at most the page of packets', () => {
  for (const { path, files } of agent.filter((source) => apart.includes(partOf(source.path)))) {
    const own = `agent/${partOf(path)}`;
    const strangers = files.filter(
      (file) =>
        !file.path.startsWith('shared/') &&
        file.path !== 'agent/log.ts' &&
        !file.path.startsWith(`${own}/`) &&
        file.path !== `${own}.ts`,
    );
    const allowed = partOf(path) === 'probe' ? 'agent/packet/index.ts' : '';
    expect([path, strangers.filter((file) => file.path !== allowed)]).toEqual([path, []]);
  }
});

it('lets only agent.ts, stages.ts, pipeline.ts, the monitoring, failover and the command line see several stages', () => {
  for (const { path, files } of agent) {
    const seen = new Set(files.map((file) => partOf(file.path)).filter((part) => apart.includes(part)));
    const several = ['agent/agent.ts', 'agent/network.ts', 'agent/stages.ts', 'agent/pipeline.ts'];
    const composed = ['monitoring', 'failover', 'cli'].includes(partOf(path));
    if (several.includes(path) || composed || apart.includes(partOf(path))) continue;
    expect([path, [...seen]]).toEqual([path, [...seen].slice(0, 1)]);
  }
});

it('keeps packets ignorant of the rest of the agent', () => {
  for (const { path, files } of agent.filter((source) => partOf(source.path) === 'packet')) {
    const outside = files.filter(
      ({ path: file }) => !file.startsWith('agent/packet/') && !file.startsWith('shared/'),
    );
    expect([path, outside]).toEqual([path, []]);
  }
});

it('has no circle of imports', () => {
  const importsOf = new Map(all.map(({ path, files }) => [path, files.filter((file) => !file.typeOnly)]));
  const finished = new Set<string>();
  const walk = (path: string, trail: string[]): void => {
    expect(trail).not.toContain(path);
    if (finished.has(path)) return;
    for (const file of importsOf.get(path) ?? []) walk(file.path, [...trail, path]);
    finished.add(path);
  };
  for (const { path } of all) walk(path, []);
});

it('gives each package one importer, zod and what is only a type aside', () => {
  const importers = new Map<string, string[]>();
  for (const { path, loaded } of all) {
    for (const name of new Set(loaded.filter((one) => !isBuiltin(one) && one !== 'zod'))) {
      importers.set(name, [...(importers.get(name) ?? []), path]);
    }
  }
  // The native part is the project's own: packets want its clock and its receive, who starts programs its closing.
  importers.delete('@pathproof/packet-native');
  expect([...importers].filter(([, paths]) => paths.length > 1)).toEqual([]);
  expect([...importers.keys()].sort()).toEqual([
    '@clack/prompts',
    'aedes',
    'classic-level',
    'commander',
    'diff',
    'dns-packet',
    'fastify',
    'jsonc-parser',
    'mmdb-lib',
    'mqtt',
    'node-ipinfo',
    'node-schedule',
    'p-queue',
    'pino',
    'prom-client',
    'raw-socket',
    'yaml',
  ]);
});

it.each([
  ['process.env', /process\.env\b/, ['agent/config.ts']],
  [
    'programs started',
    /from 'node:child_process'/,
    [
      'agent/action/run.ts',
      'agent/cli/install-service/systemctl.ts',
      'agent/notify.ts',
      'agent/probe/http/curl.ts',
      'agent/uplink/ip/run.ts',
      'agent/uplink/name-servers/nmcli.ts',
      'agent/uplink/ss.ts',
    ],
  ],
  ['raw sockets', /from 'raw-socket'/, ['agent/packet/bound.ts']],
])('finds %s only where it belongs', (_what, pattern, owners) => {
  const places = all.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
  expect(places.sort()).toEqual(owners);
});

it('has no shell anywhere', () => {
  const shells = /\bexec(Sync)?\(|shell:\s*true|['"](\/bin\/)?(ba|da)?sh['"]/;
  expect(
    all.filter(({ text }) => shells.test(text.replace(/\.exec\(/g, ''))).map(({ path }) => path),
  ).toEqual([]);
});

it('names the words of the flow in their order on one page', () => {
  const page = agent.find(({ path }) => path === 'agent/pipeline.ts')?.text ?? '';
  const order = [
    'stages.validate',
    'stages.queue',
    'stages.probe',
    'stages.annotate',
    'stages.assess',
    'stages.publish',
  ];
  const places = order.map((word) => page.indexOf(word));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});
