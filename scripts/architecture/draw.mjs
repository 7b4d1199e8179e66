import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { mcpRanks, rankIn, ranks } from './ranks.mjs';

/** Modules for Node; the inspector's page is a program of its own, for browsers. */
const sourcesIn = (root) =>
  ['machines', 'fixes', 'src']
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith('src/inspector/page/'))
    .sort();

/** The files that a file imports in any form, types included. */
const importsOf = (root, path) => {
  const targets = [];
  const add = ({ source }) => {
    if (source?.value?.startsWith('.')) targets.push(join(dirname(path), source.value));
  };
  new Visitor({
    ImportDeclaration: add,
    ExportNamedDeclaration: add,
    ExportAllDeclaration: add,
    ImportExpression: add,
    TSImportType: add,
  }).visit(parseSync(path, readFileSync(join(root, path), 'utf8')).program);
  return targets;
};

/** All imports between files, as pairs. */
export const readImports = (root) =>
  sourcesIn(root).flatMap((path) => importsOf(root, path).map((target) => [path, target]));

const folderOf = (path) => (/^src\/[^/]+\.ts$/.test(path) ? path : /^(src\/[^/]+|[^/]+)/.exec(path)[0]);
const mcpFolderOf = (path) => /^src\/mcp\/((up|down)stream\/[^/]+|[^/]+)/.exec(path)[0];

/** Groups imports by the parts that the files belong to. A folder whose files have several ranks is one part in each. */
const graphOf = (imports, list, partOf) => {
  const parts = new Map();
  const nodeOf = (path) => {
    const rank = rankIn(list, path);
    const id = `${partOf(path)}@${rank}`;
    if (!parts.has(id)) parts.set(id, { id, name: partOf(path), rank, imports: new Set() });
    return parts.get(id);
  };
  for (const [from, to] of imports) {
    const [importer, imported] = [nodeOf(from), nodeOf(to)];
    if (importer !== imported) importer.imports.add(imported.id);
  }
  return [...parts.values()].sort((a, b) => a.rank - b.rank || a.name.localeCompare(b.name));
};

/** The imports of a part that do not follow from its other imports. */
const essentialImports = (part, byId) => {
  const reaches = (from, to, seen = new Set([part.id])) => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...byId.get(from).imports].some((next) => reaches(next, to, seen));
  };
  const left = new Set([...part.imports].sort());
  for (const id of left) if ([...left].some((other) => other !== id && reaches(other, id))) left.delete(id);
  return [...left];
};

const drawGraph = (graph, list) => {
  const byId = new Map(graph.map((part) => [part.id, part]));
  const names = new Map(graph.map((part, at) => [part.id, `n${at}`]));
  const lines = ['flowchart TB'];
  for (const [rank, [title]] of list.entries()) {
    const members = graph.filter((part) => part.rank === rank);
    if (members.length === 0) continue;
    lines.push(`  subgraph r${rank} ["rank ${rank + 1}: ${title}"]`);
    for (const { id, name } of members) lines.push(`    ${names.get(id)}["${name}"]`);
    lines.push('  end');
  }
  for (const part of graph) {
    for (const id of essentialImports(part, byId)) lines.push(`  ${names.get(part.id)} --> ${names.get(id)}`);
  }
  return ['<!-- generated: npm run architecture -->', '```mermaid', ...lines, '```'].join('\n');
};

const tableOf = (graph) => {
  const shortName = (name) => `\`${name.replace(/^src\/(mcp\/)?/, '')}\``;
  const listed = (part) =>
    [...new Set([...part.imports].map((id) => id.replace(/@.*/, '')))].filter((name) => name !== part.name).sort();
  const merged = new Map();
  for (const part of graph) {
    const before = merged.get(part.name) ?? [];
    merged.set(part.name, [...new Set([...before, ...listed(part)])].sort());
  }
  return [
    '| folder or file | imports from |',
    '|---|---|',
    ...[...merged].map(([name, imports]) => `| \`${name}\` | ${imports.map(shortName).join(' ') || 'nothing'} |`),
  ].join('\n');
};

/** The generated parts of docs/architecture.md, by name. */
export const drawArchitecture = (imports) => {
  const all = graphOf(imports, ranks, folderOf);
  const isMcp = (path) => path.startsWith('src/mcp/');
  const mcp = graphOf(
    imports.filter(([from, to]) => isMcp(from) && isMcp(to)),
    mcpRanks,
    mcpFolderOf,
  );
  return {
    folders: `${drawGraph(all, ranks)}\n\n${tableOf(all)}`,
    mcp: drawGraph(mcp, mcpRanks),
  };
};

/** Replaces the generated parts of a page, each between `<!-- begin NAME -->` and `<!-- end NAME -->`. */
export const withParts = (page, parts) => {
  let text = page;
  for (const [name, part] of Object.entries(parts)) {
    const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
    const [before, rest] = text.split(begin);
    const after = rest?.split(end)[1];
    if (after === undefined) throw new Error(`the page has no ${begin} followed by ${end}`);
    text = `${before}${begin}\n\n${part}\n\n${end}${after}`;
  }
  return text;
};
