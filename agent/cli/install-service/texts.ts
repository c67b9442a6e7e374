// The texts of the service's files and what is said of them: from the shipped units and this installation's paths. Pure.
import { serviceName, servicePlace } from '../../config/service.ts';

export interface Installation {
  /** The program that runs the agent; systemd finds a bare name where programs are. */
  node: string;
  /** The folder that has dist/. */
  root: string;
}

/** What the shipped units name. */
const shipped: Installation = { node: '/usr/bin/node', root: '/opt/pathproof' };

/** How a file begins that may be written anew. */
const ownMark = '# Written by `pathproof install-service`';
/** How the unit began that was copied by hand. */
const copiedMark = '# pathproof as a service: ';

export const isOwn = (text: string): boolean => text.startsWith(ownMark) || text.startsWith(copiedMark);

const isWritten = (name: string): string =>
  `${ownMark}, which writes it anew: put what you change into a drop-in (systemctl edit ${name}).\n`;

const withoutHead = (template: string): string => template.replace(/^(#.*\n)+/, '');

/** A shipped unit for an installation. */
export function unitText(template: string, { node, root }: Installation): string {
  return withoutHead(template).replaceAll(shipped.node, node).replaceAll(shipped.root, root);
}

export interface Service {
  /** As systemctl is told it. */
  name: string;
  /** The shipped unit, and what the file is called that systemd reads. */
  unit: string;
  settings: string;
  state: string;
}

export function serviceOf(instance: string | null): Service {
  const { envFile, folder } = servicePlace(instance, '');
  return {
    name: serviceName(instance),
    unit: instance === null ? 'pathproof.service' : 'pathproof@.service',
    settings: envFile,
    state: folder,
  };
}

export interface WantedFile {
  path: string;
  text: string;
  mode: number;
  /** A person's own once it is there: never written anew. */
  once: boolean;
}

export interface Templates {
  unit: string;
  failover: string;
  settings: string;
}

/** The files of a service, in the order in which they are written. */
export function filesOf(
  { name, unit, settings }: Service,
  { installation, failover }: { installation: Installation; failover: boolean },
  templates: Templates,
): WantedFile[] {
  const systemd = '/etc/systemd/system';
  const dropIn = {
    path: `${systemd}/${name}.service.d/failover.conf`,
    text: `${isWritten(name)}${withoutHead(templates.failover)}`,
    mode: 0o644,
    once: false,
  };
  return [
    {
      path: `${systemd}/${unit}`,
      text: `${isWritten(unit)}${unitText(templates.unit, installation)}`,
      mode: 0o644,
      once: false,
    },
    ...(failover ? [dropIn] : []),
    // It may come to hold secrets.
    { path: settings, text: templates.settings, mode: 0o600, once: true },
  ];
}

/** What the service is, for people. */
export function explained(
  { name, settings, state }: Service,
  { installation: { node, root }, failover }: { installation: Installation; failover: boolean },
): string {
  const powers = failover
    ? 'raw sockets (CAP_NET_RAW) and routes (CAP_NET_ADMIN), which the programs it starts for you do not get'
    : 'raw sockets (CAP_NET_RAW) and nothing else; failover that acts needs --failover';
  return `${name}, a service of systemd:
  runs      ${node} ${root}/dist/agent/main.js
  as        a user of its own without a password or a home, who may use ${powers}
  sees      the system read-only, no home folders, no devices; it writes in ${state} alone
  settings  ${settings}, and the YAML file that CONFIG_FILE names, which its user must be able to read (mode 0644)
  life      starts with the machine, again 5 s after it failed (not where its settings are wrong), and when its
            event loop has hung for 2 minutes; after each stop \`pathproof cleanup\` takes out what a killed agent's
            failover left
`;
}

const plainPath = /^\/[A-Za-z0-9/._+@-]*$/;
/** Covered by ProtectHome and PrivateTmp. */
const covered = /^\/(home|root|run\/user|tmp|var\/tmp)(\/|$)/;

/** Why the service could not run what lies at a path, whatever its mode; null where it could. */
export function unfit(path: string): string | null {
  if (!plainPath.test(path)) return `${JSON.stringify(path)} has signs that a unit would read otherwise`;
  if (covered.test(path))
    return `the service sees nothing of ${path}: home and temporary folders are hidden from it`;
  return null;
}
