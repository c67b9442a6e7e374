// `pathproof completion SHELL`: a script for the shell, made out of the table of commands. Pure.
import { bashScript } from './completion/bash.ts';
import type { CommandNode } from './completion/command-node.ts';
import { fishScript } from './completion/fish.ts';
import { zshScript } from './completion/zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
export type Shell = keyof typeof scripts;
export const isShell = (word: string): word is Shell => Object.hasOwn(scripts, word);

export const completionScript = (shell: Shell, root: CommandNode): string => scripts[shell](root);
