/**
 * Heals failing tool calls: everything exported here is public.
 *
 * @packageDocumentation
 */
export type { FixFunctions } from '../fixes/catalogue.ts';
export type { ConfigInput as HealflowConfig } from './config/schema.ts';
export { HealError, type HealErrorCode, healErrorCodes } from './errors.ts';
export type { AutoHeal, AutoHealOptions } from './healer/auto-heal.ts';
export { createHealer, type HealerOptions } from './healer/create.ts';
export type { Healer, RepairOptions, RepairOutcome } from './healer/healer.ts';
export type {
  BreakerSnapshot,
  BudgetNow,
  CooldownNow,
  HealthSnapshot,
  Inspect,
  ObservedHealer,
  RunObserver,
  StartedRun,
} from './healer/observer.ts';
export type { CheckResult, Signature } from './learning/model.ts';
export type { OpenFailure } from './learning/waiting-calls.ts';
export type { Clock, Random } from './model/clock.ts';
export type { Diagnosis, Redact, Remainder, ToolOutput } from './model/diagnosis.ts';
export type {
  Approve,
  Fix,
  FixCheck,
  FixFunction,
  FixHandover,
  FixLease,
  FixQuestion,
  FixReport,
  FixRequest,
  FixRules,
  FixStatus,
  UpstreamControl,
} from './model/fix.ts';
export { type Refusal, type RefusalCode, refusalCodes } from './model/refusal.ts';
export type {
  AttemptContext,
  AttemptOutcome,
  RunOptions,
  RunOutcome,
  RunReport,
  Task,
  ToolAnnotations,
} from './model/run.ts';
export {
  type BuiltInFixName,
  type Channel,
  channels,
  type Delivery,
  type DiagnosisClass,
  diagnosisClasses,
  type EvidenceGrade,
  evidenceGrades,
  type FixMode,
  type FixName,
  fixModes,
  fixNames,
  type LessonFixName,
  type OutcomeStatus,
  type OwnFixName,
  type Phase,
  phases,
  type Situation,
  situations,
  type ToolKind,
  toolKinds,
} from './model/terms.ts';
export type { Redactor } from './redact/index.ts';
export type { FunctionEntry } from './runner/function.ts';
