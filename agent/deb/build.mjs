// `npm run deb`: a Debian package of the built agent for machines like this one, with all packages it needs inside.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ready, SetupError } from '../setup.mjs';
import { root } from '../setup-state.mjs';

const here = join(root, 'agent', 'deb');
const home = '/usr/lib/pathproof';

const run = (file, args, cwd, env = process.env) => {
  try {
    return execFileSync(file, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    const missing = error.code === 'ENOENT' ? `${file} is not installed` : `${error.stdout}${error.stderr}`;
    throw new SetupError(`${file} ${args.join(' ')}: ${missing}`);
  }
};

/** The packed agent with its production packages, as `npm ci` installs them. */
function install(folder) {
  const [tarball] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], root));
  run('tar', ['-xzf', join(folder, tarball.filename), '-C', folder], root);
  const installed = join(folder, 'package');
  copyFileSync(join(root, 'package-lock.json'), join(installed, 'package-lock.json'));
  run('npm', ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'], installed);
  rmSync(join(installed, 'package-lock.json'));
  return installed;
}

function* filesIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

/** What only a compiler or another machine wants; raw-socket keeps its source, to be compiled for another Node. */
function prune(installed) {
  const modules = join(installed, 'node_modules');
  const level = join(modules, 'classic-level');
  for (const name of readdirSync(join(level, 'prebuilds'))) {
    if (name !== `linux-${process.arch}`) rmSync(join(level, 'prebuilds', name), { recursive: true });
  }
  rmSync(join(level, 'deps'), { recursive: true, force: true });
  for (const folder of [join(modules, 'raw-socket', 'build'), join(installed, 'agent/packet/native/build')]) {
    for (const path of filesIn(folder)) if (!path.endsWith('.node')) rmSync(path);
    rmSync(join(folder, 'Release', 'obj.target'), { recursive: true, force: true });
    rmSync(join(folder, 'Release', '.deps'), { recursive: true, force: true });
  }
}

/** dpkg-deb packs what it finds: modes as they should be, whatever this user's umask. */
function setModes(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) continue;
    if (entry.isDirectory()) setModes(path);
    chmodSync(path, entry.isDirectory() || (lstatSync(path).mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
  chmodSync(folder, 0o755);
}

function put(path, text, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

/** Where each shell looks for completions of a command. */
const completions = {
  bash: 'usr/share/bash-completion/completions/pathproof',
  zsh: 'usr/share/zsh/vendor-completions/_pathproof',
  fish: 'usr/share/fish/vendor_completions.d/pathproof.fish',
};

async function lay(tree, installed) {
  const { unitText } = await import('../../dist/agent/cli/install-service/texts.js');
  const at = (path) => join(tree, path);
  mkdirSync(dirname(at(home)), { recursive: true });
  cpSync(installed, at(home), { recursive: true, verbatimSymlinks: true });
  setModes(tree);
  put(at('usr/bin/pathproof'), readFileSync(join(here, 'pathproof.sh')), 0o755);
  for (const name of ['pathproof.service', 'pathproof@.service']) {
    const head = `# Of the Debian package: put what you change into a drop-in (systemctl edit ${name}).\n`;
    // Node need not be Debian's: systemd looks for it in /usr/local/bin too.
    const unit = unitText(readFileSync(join(root, 'agent/systemd', name), 'utf8'), {
      node: 'node',
      root: home,
    });
    put(at(`usr/lib/systemd/system/${name}`), `${head}${unit}`);
  }
  put(at('etc/pathproof/agent.env'), readFileSync(join(root, 'agent.env.example')), 0o600);
  for (const [shell, path] of Object.entries(completions)) {
    put(at(path), `${run(process.execPath, ['dist/agent/cli.js', 'completion', shell], root)}\n`);
  }
  put(at('usr/share/doc/pathproof/copyright'), readFileSync(join(root, 'LICENSE')));
}

function control(version, architecture, kilobytes) {
  const glibc = /[\d.]+$/.exec(run('getconf', ['GNU_LIBC_VERSION'], root))[0];
  const [major] = process.versions.node.split('.');
  return `Package: pathproof
Version: ${version}
Architecture: ${architecture}
Maintainer: pathproof maintainers <maintainers@pathproof.invalid>
Installed-Size: ${kilobytes}
Depends: iproute2, curl, util-linux, libc6 (>= ${glibc}), libstdc++6
Recommends: nodejs (>= 20.19), systemd
Section: net
Priority: optional
Description: proves that an uplink works and that packets left by it
 Does the backup line work, and did the packets really go through it? Probes
 over HTTP, MQTT and on a schedule, each bound to one uplink.
 .
 It runs on Node.js 20.19 or later, from any source; its native part was
 compiled for Node.js ${major}.
`;
}

/** When the sources were last changed: the same sources give the same times in the package. */
function sourceTime() {
  if (process.env.SOURCE_DATE_EPOCH) return process.env.SOURCE_DATE_EPOCH;
  try {
    return run('git', ['log', '-1', '--format=%ct'], root);
  } catch {
    return String(Math.floor(lstatSync(join(root, 'package.json')).mtimeMs / 1000));
  }
}

async function build() {
  await ready({ dev: true });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const architecture = run('dpkg', ['--print-architecture'], root);
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-deb-'));
  try {
    const installed = install(folder);
    prune(installed);
    const tree = join(folder, 'tree');
    await lay(tree, installed);
    const kilobytes = run('du', ['-sk', '--apparent-size', tree], root).split('\t')[0];
    put(join(tree, 'DEBIAN/control'), control(version, architecture, kilobytes));
    put(join(tree, 'DEBIAN/conffiles'), '/etc/pathproof/agent.env\n');
    for (const name of ['postinst', 'prerm', 'postrm']) {
      put(join(tree, 'DEBIAN', name), readFileSync(join(here, `${name}.sh`)), 0o755);
    }
    const made = join(root, 'build', `pathproof_${version}_${architecture}.deb`);
    mkdirSync(dirname(made), { recursive: true });
    const env = { ...process.env, SOURCE_DATE_EPOCH: sourceTime() };
    run('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, made], root, env);
    console.log(`build/${basename(made)}`);
    console.error(`pathproof: sudo apt install ./build/${basename(made)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await build();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`pathproof: no package was built: ${error.message}`);
  process.exitCode = 1;
}
