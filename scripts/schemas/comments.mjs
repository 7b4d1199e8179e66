// Finds what the sources say about the members of their zod schemas: the comments before the members of object literals.
import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

const clean = (comment) =>
  comment
    .replace(/^\*/, '')
    .replace(/^\s*\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .replace(/@default unset: /g, 'Unset: ')
    .replace(/@default .*$/, '')
    .trim();

/** The object literals of a file: the names of their members, and the comment right before each. */
const literalsIn = (path) => {
  const text = readFileSync(path, 'utf8');
  const { program, comments } = parseSync(path, text);
  const found = [];
  const visit = (node) => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const one of node) visit(one);
      return;
    }
    if (node.type === 'ObjectExpression') {
      const members = node.properties.filter(({ type, computed }) => type === 'Property' && !computed);
      const said = members.flatMap(({ key, start }) => {
        const before = comments.findLast(({ end }) => end <= start);
        const isOwn = before?.value.startsWith('*') && /^\s*$/.test(text.slice(before.end, start));
        return isOwn ? [[key.name ?? String(key.value), clean(before.value)]] : [];
      });
      found.push({ names: members.map(({ key }) => key.name ?? String(key.value)), said: new Map(said) });
    }
    for (const [key, value] of Object.entries(node)) if (key !== 'parent') visit(value);
  };
  visit(program);
  return found.filter(({ said }) => said.size > 0);
};

/** Returns the look-up of what is said about a member of an object that has all of these members. */
export const commentsIn = (paths) => {
  const literals = paths.flatMap(literalsIn);
  return (name, names) =>
    literals
      .filter(({ said, names: own }) => said.has(name) && own.every((one) => names.includes(one)))
      .sort((one, other) => other.names.length - one.names.length)[0]
      ?.said.get(name);
};
