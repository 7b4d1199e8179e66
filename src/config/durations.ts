import { z } from 'zod';

/** A duration in milliseconds; 0 is allowed. */
export const ms = z.number().int().nonnegative();

/** A duration in milliseconds, more than 0. */
export const positiveMs = z.number().int().positive();
