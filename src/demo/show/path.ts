import type { TrailStep } from '../trail.ts';
import type { Colour, Screen } from './screen.ts';

const colourOf: Readonly<Record<string, Colour>> = {
  ErrorDetected: 'red',
  FixAvailable: 'yellow',
  ApplyingFix: 'yellow',
  Success: 'green',
  NoFix: 'red',
};

/** Shows the states of a run as it enters them. */
export interface Path {
  step(step: TrailStep): void;
  end(): void;
}

const arrow = '→ ';

/** Without a terminal: one line per state, with its note. */
const listed = (screen: Screen, first: string, indent: number): Path => {
  let label = first;
  return {
    step: ({ state, note }) => {
      screen.line(
        `${label.padEnd(indent)}${arrow}${note === '' ? state : `${state.padEnd(14)}${screen.fit(note, 0)}`}`,
      );
      label = '';
    },
    end: () => {},
  };
};

/** On a terminal: the states in sequence, separated by arrows. */
const drawn = (screen: Screen, first: string, indent: number): Path => {
  let column = 0;
  let fix = '';
  return {
    step: ({ state, note }) => {
      // The note of FixAvailable starts with the name of the fix.
      if (state === 'FixAvailable') [fix = ''] = note.split(' ');
      const name = state === 'ApplyingFix' ? `${state} ${fix}` : state;
      const text = column === 0 ? name : `${arrow}${name}`;
      if (column === 0) {
        screen.write(first.padEnd(indent));
        column = indent;
      } else if (column + 1 + text.length > screen.width) {
        screen.write(`\n${' '.repeat(indent)}`);
        column = indent;
      } else {
        screen.write(' ');
        column += 1;
      }
      const colour = colourOf[state];
      const painted = colour === undefined ? name : screen.paint(colour, name);
      screen.write(text === name ? painted : `${screen.paint('dim', arrow)}${painted}`);
      column += text.length;
    },
    end: () => {
      if (column > 0) screen.line();
    },
  };
};

/** Starts to show a run; the label precedes the first line, and the others are indented to match. */
export const showPath = (screen: Screen, label: string, indent: number): Path =>
  screen.live ? drawn(screen, label, indent) : listed(screen, label, indent);
