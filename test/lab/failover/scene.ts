// A lab with an agent in it that fails over, and what tests wait for there; ended in the right order.
import { expect } from 'vitest';
import type { AgentOptions } from '../agent.ts';
import { agentNode, ipBatch } from '../programs.ts';
import { type Lab, type LabOptions, createLab } from '../topology.ts';
import { type Running, startFailover } from './kit.ts';

/** Patient, for a busy machine: what is awaited comes sooner or not at all. */
export const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 20_000, interval: 20 });

/** All of these uplinks are up, and the default route is where it should be. */
export async function settled({ told }: Running, active: string, uplinks = ['fibre', 'lte']): Promise<void> {
  await soon(() => told.state()?.active).toBe(active);
  for (const name of uplinks) await soon(() => told.uplink(name)?.health).toBe('up');
}

export interface Scene extends Running {
  lab: Lab;
}

export interface SceneOptions extends AgentOptions {
  lab?: LabOptions;
  /** Runs in the lab before the agent is started. */
  before?: (lab: Lab) => Promise<unknown>;
}

/** The agent is started, and need not be settled. */
export async function openScene({ lab: labOptions, before, ...options }: SceneOptions): Promise<Scene> {
  const lab = await createLab(labOptions);
  try {
    await before?.(lab);
    const running = await startFailover(options);
    return {
      ...running,
      lab,
      async [Symbol.asyncDispose]() {
        await running[Symbol.asyncDispose]();
        await lab.stop();
      },
    };
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

/** Takes out, at the end, what no interface takes along when it goes. */
export const takenOut = (lines: readonly string[]): AsyncDisposable => ({
  [Symbol.asyncDispose]: () => ipBatch(agentNode, lines, true).catch(() => undefined),
});
