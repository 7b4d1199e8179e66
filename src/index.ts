/**
 * Heals failing tool calls: everything exported here is public.
 *
 * @packageDocumentation
 */
export type { FixFunctions } from '../fixes/catalogue.ts';
export type { ConfigInput as HealflowConfig } from './config/schema.ts';
export { HealError, type HealErrorCode } from './errors.ts';
export type { AutoHeal, AutoHealOptions } from './healer/auto-heal.ts';
export { createHealer, type HealerOptions } from './healer/create.ts';
export type { Healer } from './healer/healer.ts';
export type { Clock, Random } from './model/clock.ts';
export type { Diagnosis, ToolOutput } from './model/diagnosis.ts';
export type { FixFunction, FixReport, FixRequest, FixStatus } from './model/fix.ts';
export type {
  AttemptContext,
  Refusal,
  RefusalCode,
  RunOptions,
  RunOutcome,
  RunReport,
  Task,
  ToolAnnotations,
} from './model/run.ts';
export type { Channel, DiagnosisClass, FixName, OutcomeStatus, ToolKind } from './model/words.ts';
