// The checks that may differ, each with the reason. Only what a transport has and the other has not belongs here.

/** @type {{ way: string, server?: string, version?: string, scenario: string, check: string, reason: string }[]} */
export const exceptions = [];

/** @returns the exception that covers a difference. */
export const exceptionFor = (difference) =>
  exceptions.find((exception) =>
    ['way', 'server', 'version', 'scenario', 'check'].every(
      (key) => exception[key] === undefined || exception[key] === difference[key],
    ),
  );
