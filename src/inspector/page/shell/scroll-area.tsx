import type { ComponentChildren } from 'preact';

interface ScrollsProps {
  readonly class: string;
  /** The id of its label. */
  readonly labelledBy?: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}

/** A scrollable area with an accessible name that can be focused by keyboard. */
export const ScrollArea = ({ class: name, labelledBy, label, children }: ScrollsProps) => (
  // biome-ignore lint/a11y/useSemanticElements: not a set of form fields
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be focusable by keyboard
  <div class={name} role="group" tabIndex={0} aria-labelledby={labelledBy} aria-label={label}>
    {children}
  </div>
);
