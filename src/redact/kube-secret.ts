import type { AddSpan, Detector } from './spans.ts';
import { quoteAt, readQuoted } from './values.ts';

const isSecretKind = /kind\\{0,31}["']?:\s{0,8}\\{0,31}["']?Secret(?:List)?\b/;
const yamlData = /^([ \t-]{0,60})(?:data|stringData):[ \t]{0,40}\r?\n/gm;
const yamlEntry = /^([ \t]{0,80})(["']?[\w./-]{1,253}["']?:[ \t]{1,8})(\S.*)?$/;
const jsonData = /"(?:data|stringData)\\{0,31}"\s{0,8}:\s{0,8}\{/g;

const addYaml = (text: string, add: AddSpan): void => {
  for (const match of text.matchAll(yamlData)) {
    const indent = (match[1] as string).length;
    for (let at = match.index + match[0].length; at < text.length; ) {
      const newline = text.indexOf('\n', at);
      const lineEnd = newline < 0 ? text.length : newline;
      const line = text.slice(at, Math.min(lineEnd, at + 2_000));
      const margin = line.length - line.trimStart().length;
      if (line.trim() !== '' && margin <= indent) break;
      const entry = yamlEntry.exec(line.trimEnd());
      // A line that is not an entry goes on with the value before it.
      if (entry === null) add(at + margin, lineEnd);
      else if (entry[3] !== undefined) add(at + (entry[1] as string).length + (entry[2] as string).length, lineEnd);
      at = lineEnd + 1;
    }
  }
};

const addJson = (text: string, add: AddSpan): void => {
  for (const match of text.matchAll(jsonData)) {
    let at = match.index + match[0].length;
    for (let isKey = true; at < text.length; ) {
      while (at < text.length && /[\s,:]|\\(?=n)|(?<=\\)n/.test(text[at] as string)) at += 1;
      const quote = quoteAt(text, at);
      if (quote < 0) break;
      const found = readQuoted(text, quote, quote - at);
      if (!isKey && found.end > found.start) add(found.start, found.end);
      isKey = !isKey;
      at = found.end + (quote - at) + 1;
    }
  }
};

/** Finds the values in a Kubernetes Secret as `kubectl get secret -o yaml` or `-o json` shows it, whatever their keys. */
export const findKubeSecrets: Detector = (text, add) => {
  if (!text.includes('Secret') || !isSecretKind.test(text)) return;
  addYaml(text, add);
  addJson(text, add);
};
