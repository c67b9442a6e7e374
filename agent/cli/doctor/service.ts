// The service of systemd, where it is installed: whether it runs, starts with the machine, and why it does not.
import type { Installation } from '../installation.ts';
import type { Box } from './box.ts';
import { type Finding, ok, unknown, warning, wrong } from './report.ts';
import type { ServiceSeen } from './service/look.ts';
import { messageOf } from '../../../shared/thrown.ts';

/** Gives the service what its unit lacks, in one line. */
export function installMend({ name }: ServiceSeen, { command }: Installation, failover: boolean): string {
  const instance = name.split('@')[1];
  const words = ['install-service', ...(instance === undefined ? [] : [instance])];
  const install = [...words, ...(failover ? ['--failover'] : [])].join(' ');
  return `sudo ${command} ${install} && sudo systemctl restart ${name}`;
}

/** `settingsFile` is what is examined: a service that reads another is told apart. */
export function judgeService(
  seen: ServiceSeen | null,
  settingsFile: string,
  installation: Installation,
): Finding {
  if (seen === null) return ok(null, 'none of systemd is installed: the agent is started otherwise');
  const { name, settings, enabled, active, sub, restarts, lastError } = seen;
  const elsewhere =
    settings === null || settings === settingsFile
      ? ''
      : `; it reads ${settings}, which is not examined here`;
  const enable = `sudo systemctl enable --now ${name}`;
  if (enabled === 'masked')
    return warning(
      name,
      `masked: nothing can start it${elsewhere}`,
      `sudo systemctl unmask ${name} && ${enable}`,
    );
  const why = lastError === null ? '' : `: ${lastError}`;
  const powers = lastError?.includes('CAP_NET_ADMIN') === true ? [installMend(seen, installation, true)] : [];
  const mends = [
    ...powers,
    `sudo journalctl -u ${name} -n 20`,
    `sudo systemctl restart ${name}  # once its cause is mended`,
  ];
  if (active === 'failed') return wrong(name, `failed${why}${elsewhere}`, ...mends);
  if (active === 'activating' && (sub === 'auto-restart' || restarts > 0)) {
    return wrong(name, `fails, and was started again ${restarts} times${why}${elsewhere}`, ...mends);
  }
  const starts = /^(enabled|enabled-runtime|alias|generated)$/.test(enabled);
  if (active === 'inactive' && starts)
    return wrong(name, `stopped, though it is to start with the machine${elsewhere}`, enable);
  if (active === 'inactive')
    return warning(name, `installed, and neither enabled nor started${elsewhere}`, enable);
  if (!starts)
    return warning(
      name,
      `${active}, and not enabled: it does not start with the machine${elsewhere}`,
      enable,
    );
  return ok(name, `${active} and enabled${elsewhere}`);
}

export async function service(box: Box): Promise<Finding[]> {
  try {
    return [judgeService(await box.service(), box.settingsFile, box.installation)];
  } catch (error) {
    return [unknown(null, `systemd does not say: ${messageOf(error)}`)];
  }
}

/** The service that runs by what is examined; null where none does, so that this user's powers count. */
export const examinedService = async (box: Box): Promise<ServiceSeen | null> => {
  const seen = await box.service().catch(() => null);
  return seen?.settings === box.settingsFile ? seen : null;
};
