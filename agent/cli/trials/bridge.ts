// The HTTP bridge's port: free, held by an agent, or by somebody else.
import { get } from 'node:http';
import * as z from 'zod';
import { healthPath } from '../../request/http/guard.ts';
import { type PortState, nearAddress, portState } from './port.ts';

export type BridgeSeen =
  | { port: 'free' | 'any' }
  | { port: 'refused'; code: string }
  /** `unable` is why the agent can send no packets; null where it can. */
  | { port: 'pathproof'; unable: string | null }
  | { port: 'foreign' };

const limitMs = 3000;
const longestBody = 64 << 10;

const Health = z.looseObject({
  status: z.enum(['ok', 'error']),
  reason: z.string().optional(),
  loopDelayMs: z.looseObject({}),
});

/** The body of a page; rejects where none comes in time. */
const pageAt = (host: string, port: number, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(limitMs);
    const request = get({ host, port, path, signal, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > longestBody) request.destroy(new Error('too much'));
      });
      response.once('end', () => resolve(text));
      response.once('error', reject);
    });
    request.once('error', reject);
  });

/** Null where the page is none of an agent's. */
export function readHealth(text: string): { unable: string | null } | null {
  try {
    const { status, reason = 'it does not say why' } = Health.parse(JSON.parse(text));
    return { unable: status === 'ok' ? null : reason };
  } catch {
    return null;
  }
}

/** Never rejects. */
export async function lookAtBridge(address: string, port: number): Promise<BridgeSeen> {
  if (port === 0) return { port: 'any' };
  const state: PortState = await portState(address, port);
  if (state === 'free') return { port: 'free' };
  if (state !== 'held') return { port: 'refused', code: state.refused };
  const page = await pageAt(nearAddress(address), port, healthPath).catch(() => '');
  const health = readHealth(page);
  return health === null ? { port: 'foreign' } : { port: 'pathproof', ...health };
}
