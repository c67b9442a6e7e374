// The agent's HTTP bridge: started where it is configured to listen, again and again while it can't, and where it does.
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { type BridgeOptions, createBridge } from './request/http.ts';
import { startOrRetry } from './retry.ts';

type Settings = Pick<Config, 'SERVER_ADDRESS' | 'SERVER_PORT' | 'BRIDGE_TOKEN'>;

export interface AgentBridge {
  /** Resolves once it has been tried; a port that is taken does not stop the agent. */
  start(): Promise<void>;
  /** Where it listens; null where it does not. */
  at(): { address: string; port: number; needsToken: boolean } | null;
  stop(): Promise<void>;
}

const wayOut = 'choose SERVER_PORT and SERVER_ADDRESS';

/** `stopped`: the agent stops, and it is not tried any more. */
export function createAgentBridge(
  settings: Settings,
  role: Omit<BridgeOptions, 'address' | 'port' | 'token' | 'log'>,
  log: Log,
  stopped: AbortSignal,
): AgentBridge {
  const { SERVER_ADDRESS: address, SERVER_PORT: port, BRIDGE_TOKEN: token } = settings;
  const bridge = createBridge({ ...role, address, port, token: token ?? null, log });
  let listening: ReturnType<AgentBridge['at']> = null;

  async function listen(): Promise<void> {
    const at = await bridge.start();
    listening = { ...at, needsToken: token !== undefined };
    log.info({ ...at }, 'the HTTP bridge listens');
  }

  return {
    async start() {
      await startOrRetry(log, stopped, listen, { what: 'the HTTP bridge', wayOut });
    },
    at: () => listening,
    stop: bridge.stop,
  };
}
