// The pages as their readers follow them: every link leads somewhere, no page is left alone, every package has its row.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as z from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));
const others = /^(node_modules|dist|build|\.git)$/;

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (others.test(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? pagesIn(path) : entry.name.endsWith('.md') ? [path] : [];
  });
}

const pages = pagesIn('');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const prose = (text: string): string => text.replace(/^ *```[^]*?^ *```$/gm, '');

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (path: string): string[] =>
  [...prose(read(path)).matchAll(/^#+ +(.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

interface Link {
  /** From the project's root. */
  path: string;
  anchor: string | null;
  words: string;
}

function linksOf(page: string): Link[] {
  const targets = [...prose(read(page)).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(
    ([, target = '']) => target,
  );
  return targets
    .filter((target) => !/^https?:/.test(target))
    .map((words) => {
      const [path = '', anchor = null] = words.split('#');
      return { path: path === '' ? page : relative(root, join(root, dirname(page), path)), anchor, words };
    });
}

/** What is wrong with a link; null where nothing is. */
function fault({ path, anchor }: Link): string | null {
  if (!existsSync(join(root, path))) return 'leads to nothing';
  if (anchor === null) return null;
  if (statSync(join(root, path)).isDirectory() || !path.endsWith('.md'))
    return 'has an anchor in what is no page';
  return anchorsOf(path).includes(anchor) ? null : 'has an anchor that no heading there makes';
}

it('have no link that leads nowhere', () => {
  const links = pages.flatMap((page) => linksOf(page).map((link) => ({ page, ...link })));
  expect(links.length).toBeGreaterThan(50);
  const wrong = links.flatMap((link) => {
    const why = fault(link);
    return why === null ? [] : [`${link.page}: ${link.words} ${why}`];
  });
  expect(wrong).toEqual([]);
});

it('are all within one step from the README, and those of the agent from its own page too', () => {
  const from = (page: string): string[] => linksOf(page).map(({ path }) => path);
  expect(pages.filter((page) => page !== 'README.md' && !from('README.md').includes(page))).toEqual([]);
  const own = pages.filter((page) => page.startsWith('agent/') && page !== 'agent/README.md');
  expect(own.length).toBeGreaterThan(4);
  expect(own.filter((page) => !from('agent/README.md').includes(page))).toEqual([]);
});

it('say of every package why it is there', () => {
  const { dependencies } = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('package.json')));
  const rows = [...read('README.md').matchAll(/^\| (.*) \| (.+) \|$/gm)].map(([, names = '']) => names);
  const unsaid = Object.keys(dependencies).filter(
    (name) => !rows.some((names) => names.includes(`[${name}]`) || names.includes(`\`${name}\``)),
  );
  expect(unsaid).toEqual([]);
});

it('stay short where a person begins', () => {
  expect(read('README.md').split('\n').length).toBeLessThan(230);
});
