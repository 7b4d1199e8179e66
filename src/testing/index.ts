/**
 * Test helpers for programs that embed healflow: everything exported here is public. They need no test runner.
 *
 * @packageDocumentation
 */
export {
  type Chart,
  type ChartArrow,
  type ChartState,
  chart,
  type OutsideName,
  type Point,
  type StateName,
} from '../../machines/chart.ts';
export type { HealingEvent, LoggedFix } from '../event-log/event.ts';
export { type ChartEvent, chartMachine, type Story, type StoryTool, stories } from './chart-model.ts';
export { expectPath, type PathOfRun } from './expect-path.ts';
export { failures } from './failures.ts';
export { FakeClock, settlePromises } from './fake-clock.ts';
export { type PathRecorder, recordPaths } from './paths.ts';
export { type FixStep, type ScriptedFix, scriptedFix } from './scripted-fix.ts';
export { never, type ScriptedTool, scriptedTool, type ToolStep } from './scripted-tool.ts';
export { createTestHealer, seededRandom, TestHealer, type TestHealerOptions, type TestRun } from './test-healer.ts';
