import { reportBegin } from './chatter.ts';

/** The line of an error text that says most: the first that is not noise, or the exception that ends a traceback. */
export const summaryOf = (text: string): string => {
  if (!text.includes('\n')) return text;
  const begin = reportBegin(text) ?? 0;
  const body = text.slice(begin).trimStart();
  if (body.startsWith('Traceback (most recent call last):')) {
    const last = body.trimEnd().split('\n').at(-1);
    if (last !== undefined) return last;
  }
  const end = body.indexOf('\n');
  return end === -1 ? body : body.slice(0, end).length < 12 ? body.slice(0, 300) : body.slice(0, end);
};
