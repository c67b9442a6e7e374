// The port of the HTTP bridge.
import type { Config } from '../../config.ts';
import type { Box } from './box.ts';
import type { BridgeSeen } from '../trials/bridge.ts';
import { refusedMends, whoHolds } from './port.ts';
import { type Finding, ok, warning, wrong } from './report.ts';

export function judgeBridge(
  seen: BridgeSeen,
  { SERVER_ADDRESS: address, SERVER_PORT: port }: Pick<Config, 'SERVER_ADDRESS' | 'SERVER_PORT'>,
): Finding {
  const place = `port ${port} of ${address}`;
  switch (seen.port) {
    case 'any':
      return ok(null, 'SERVER_PORT is 0: any free port is taken');
    case 'free':
      return ok(null, `${place} is free`);
    case 'refused':
      return wrong(
        null,
        `${place} can't be listened at (${seen.code})`,
        ...refusedMends(seen.code, 'SERVER_PORT', port),
      );
    case 'foreign':
      return wrong(
        null,
        `${place} is held by another program (find it with the first line)`,
        whoHolds(port),
        `SERVER_PORT=${port + 1}`,
      );
    case 'pathproof':
      return seen.unable === null
        ? ok(null, `a pathproof runs and answers at ${place}`)
        : warning(null, `a pathproof runs at ${place} and can't send packets: ${seen.unable}`);
  }
}

export const bridge = async (box: Box, config: Config): Promise<Finding[]> => [
  judgeBridge(await box.bridge(config), config),
];
