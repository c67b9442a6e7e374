// Installations for the tests of what doctor tells to be pasted, and a service as systemd has it.
import { installationAt } from '../../../../agent/cli/installation.ts';
import type { ServiceSeen } from '../../../../agent/cli/doctor/service/look.ts';

export const clone = installationAt('/srv/pathproof', true, '/srv/pathproof');
export const elsewhere = installationAt('/srv/pathproof', true, '/etc/pathproof');
export const debian = installationAt('/usr/lib/pathproof', false, '/etc/pathproof');

export const service: ServiceSeen = {
  ...{ name: 'pathproof', settings: '/etc/pathproof/agent.env', enabled: 'enabled', active: 'active' },
  ...{ sub: 'running', restarts: 0, granted: ['cap_net_raw'], held: ['cap_net_raw'], lastError: null },
};
