/**
 * The state machine of a healing run and its chart: everything exported here is public.
 *
 * @packageDocumentation
 */
export type { Chart, ChartArrow, ChartState, OutsideName, Point, StateName } from './chart.ts';
export { chart } from './chart.ts';
export type { HealingContext, HealingMachine } from './healing.ts';
export { healingMachine } from './healing.ts';
export { toMermaid } from './mermaid.ts';
export type { ServiceCall } from './service.ts';
export { fromService } from './service.ts';
export type {
  ApplyFixInput,
  AttemptInput,
  AttemptResult,
  FixDecision,
  FixPlan,
  FixResult,
  HealingInput,
  HealingOutput,
  MayRepeat,
  PlanFixInput,
  ServiceName,
} from './services.ts';
export { toSvg } from './svg.ts';
