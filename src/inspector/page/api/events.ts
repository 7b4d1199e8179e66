/** One event of a `text/event-stream`. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | null;
}

/** The longest line or event that is kept, in characters; a server that sends more is not ours. */
const longest = 4_000_000;

/**
 * Makes a reader of a `text/event-stream`: give it the text as it comes, in pieces of any size, and it calls `emit` with
 * each whole event. Source: HTML, section 9.2.6 "Interpreting an event stream".
 */
export const createEventReader = (emit: (event: StreamEvent) => void): ((piece: string) => void) => {
  let rest = '';
  let event = '';
  let data: string[] = [];
  let size = 0;
  let id: string | null = null;

  const line = (text: string): void => {
    if (text === '') {
      if (data.length > 0) emit({ event: event || 'message', data: data.join('\n'), id });
      event = '';
      data = [];
      size = 0;
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + (text[colon + 1] === ' ' ? 2 : 1));
    if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'data') {
      size += value.length;
      data.push(value);
    }
  };

  return (piece) => {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const text of lines) line(text);
    if (rest.length + size > longest) throw new Error('The server sent an event that is too large.');
  };
};
