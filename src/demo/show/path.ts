import type { TrailStep } from '../trail.ts';
import type { Colour, Screen } from './screen.ts';

const colourOf: Readonly<Record<string, Colour>> = {
  ErrorDetected: 'red',
  FixAvailable: 'yellow',
  ApplyingFix: 'yellow',
  Success: 'green',
  NoFix: 'red',
};

/** Shows the way of a run, state by state as it goes. */
export interface Path {
  step(step: TrailStep): void;
  end(): void;
}

const arrow = '→ ';

/** In a pipe: each state on a line of its own, with what there is to say about it. */
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

/** On a terminal: one state after the other, joined by arrows. */
const drawn = (screen: Screen, first: string, indent: number): Path => {
  let column = 0;
  let fix = '';
  return {
    step: ({ state, note }) => {
      // A note on an available fix begins with its name.
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

/** Starts to show a run; its first line begins with this label, the others are indented as far. */
export const showPath = (screen: Screen, label: string, indent: number): Path =>
  screen.live ? drawn(screen, label, indent) : listed(screen, label, indent);
