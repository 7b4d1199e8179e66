import type { ToolOutput } from '../model/diagnosis.ts';
import type { Channel } from '../model/terms.ts';

/** Makes of a text what a tool would have given on that channel: a result, a result with `isError`, or a thrown error. */
export const outputOf = (tool: string, channel: Channel, text: string): ToolOutput => {
  switch (channel) {
    case 'exception':
      return { tool, channel, error: new Error(text) };
    case 'isError':
      return { tool, channel, value: { isError: true, content: [{ type: 'text', text }] } };
    case 'result':
      return { tool, channel, value: text };
  }
};
