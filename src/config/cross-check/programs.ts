import type { Problem } from '../problem.ts';
import type { Config } from '../schema.ts';

/** A program without a folder is a file beside the configuration, which is hardly ever meant. @param config With its paths as they were written. */
export const warnPrograms = ({ learn: { programs } }: Config): Problem[] =>
  programs.flatMap((entry, index) =>
    typeof entry !== 'string' || /[/\\]/.test(entry)
      ? []
      : [
          {
            path: ['learn', 'programs', index],
            problem: `\`${entry}\` is a path, of a file in the folder of this configuration`,
            advice: `write the path of the program, as in /usr/bin/${entry}, or the whole command as a list of words`,
          },
        ],
  );
