// The files of whoever configures a network, laid out under a folder of the test's own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes files by their paths; a folder where the path ends with a slash. */
export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path.endsWith('/') ? path : dirname(path)), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(join(root, path), text);
  }
}

/** A root folder with these files, gone after the test. */
export function rootWith(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'pathproof-root-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeFiles(root, files);
  return root;
}
