import type { LessonContent } from './lesson-schema.ts';
import { type TrustOptions, trust } from './trust.ts';

/** Why the command of a lesson, or that of its probe, would not run as the configuration is; nothing if both would. */
export const cannotRun = (fix: LessonContent['fix'], options: TrustOptions): readonly string[] => {
  if ('use' in fix) return [];
  const commands = [fix.run, ...(fix.probe !== undefined && 'command' in fix.probe ? [fix.probe.command] : [])];
  return commands.flatMap((command) => {
    const trusted = trust(command, options);
    return 'refused' in trusted ? [trusted.refused] : [];
  });
};
