// Programs of this machine that undo what failover does to routes, as far as their files tell.
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const textOf = (...path: string[]): Promise<string> => readFile(join(...path), 'utf8').catch(() => '');
const namesIn = (...path: string[]): Promise<string[]> => readdir(join(...path)).catch(() => []);

/** A program that undoes what failover does: what it does, and what to do about that (empty where there is nothing). */
export interface Rival {
  program: string;
  does: string;
  mend: string;
}

/** In the order that networkd reads them; the last that sets a key is heeded (networkd.conf(5)). */
const folders = ['usr/lib/systemd', 'usr/local/lib/systemd', 'run/systemd', 'etc/systemd'];

async function networkdSettings(root: string): Promise<string> {
  const main = await Promise.all(folders.map((folder) => textOf(root, folder, 'networkd.conf')));
  const dropIns = await Promise.all(
    folders.map(async (folder) => {
      const names = await namesIn(root, folder, 'networkd.conf.d');
      return names.filter((name) => name.endsWith('.conf')).map((name) => ({ folder, name }));
    }),
  );
  // By name wherever they lie; one in /etc hides one of its name in /usr.
  const byName = new Map(dropIns.flat().map(({ folder, name }) => [name, folder]));
  const sorted = [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const texts = sorted.map(([name, folder]) => textOf(root, folder, 'networkd.conf.d', name));
  return [main.findLast((text) => text !== '') ?? '', ...(await Promise.all(texts))].join('\n');
}

/** Whether a key of networkd is on, which it is unless it was set. */
const isOn = (settings: string, key: string): boolean => {
  const values = [...settings.matchAll(new RegExp(`^\\s*${key}\\s*=\\s*(\\S*)\\s*$`, 'gm'))];
  return !/^(no|false|off|0|n|f)$/i.test(values.at(-1)?.[1] ?? '');
};

/** Of its section [Network]; both, so that the file that is written says all of it. */
const foreignKeys = ['ManageForeignRoutes', 'ManageForeignRoutingPolicyRules'];
const dropIns = '/etc/systemd/networkd.conf.d';

async function networkd(root: string): Promise<Rival[]> {
  if (!existsSync(join(root, 'run/systemd/netif'))) return [];
  const settings = await networkdSettings(root);
  if (!foreignKeys.some((key) => isOn(settings, key))) return [];
  const lines = ['[Network]', ...foreignKeys.map((key) => `${key}=no`)].join('\\n');
  return [
    {
      program: 'systemd-networkd',
      does: "takes out other programs' routes and rules when it is restarted, failover's too",
      mend:
        `sudo mkdir -p ${dropIns} && printf '${lines}\\n' | sudo tee ${dropIns}/pathproof.conf && ` +
        'sudo systemctl restart systemd-networkd',
    },
  ];
}

/** A file of it with its process id, whichever version it is and however it was started. */
async function dhcpcd(root: string): Promise<Rival[]> {
  const older = (await namesIn(root, 'run')).some((name) => /^dhcpcd.*\.pid$/.test(name));
  const newer = (await namesIn(root, 'run/dhcpcd')).some((name) => /(^|\.)pid$/.test(name));
  if (!older && !newer) return [];
  return [
    {
      program: 'dhcpcd',
      does: 'puts its default routes back when they are taken out; mode capture takes them out each time',
      mend: '',
    },
  ];
}

/** It makes this folder at its start. Routes that others set it leaves alone. */
const networkManager = (root: string): Rival[] =>
  existsSync(join(root, 'run/NetworkManager'))
    ? [
        {
          program: 'NetworkManager',
          does:
            'puts its default routes back whenever it brings a connection up or renews its lease; mode capture takes ' +
            'them out each time',
          mend: '',
        },
      ]
    : [];

/** The programs that will get in failover's way. Never rejects. `root` is the folder its files are under. */
export const findRivals = async (root = '/'): Promise<Rival[]> => [
  ...(await networkd(root)),
  ...(await dhcpcd(root)),
  ...networkManager(root),
];

/** A sentence for each. */
export const rivals = async (root = '/'): Promise<string[]> =>
  (await findRivals(root)).map(
    ({ program, does, mend }) => `${program} ${does}${mend === '' ? '' : `: ${mend}`}`,
  );
