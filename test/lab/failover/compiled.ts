// A program of the sources as JavaScript: one that is to be killed runs in a Node of its own, which reads no TypeScript.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Within the project, so that packages are found. */
const out = join(root, 'node_modules/.cache/pathproof-failover');

const compilerOptions: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ES2023,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

/** Compiles a file, given from the project's root, and all that it imports; the path of the result. */
export function compiled(entry: string): string {
  const seen = new Set<string>();
  const compile = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const { outputText } = ts.transpileModule(readFileSync(join(root, path), 'utf8'), { compilerOptions });
    const target = join(out, path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
    for (const [, from = ''] of outputText.matchAll(/from ["'](\.[^"']+)\.js["']/g)) {
      compile(relative(root, join(root, dirname(path), `${from}.ts`)));
    }
  };
  compile(entry);
  writeFileSync(join(out, 'package.json'), '{"type":"module"}');
  return join(out, entry.replace(/\.ts$/, '.js'));
}
