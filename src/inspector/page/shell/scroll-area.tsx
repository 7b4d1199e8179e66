import type { ComponentChildren } from 'preact';

interface ScrollsProps {
  readonly class: string;
  /** The id of the element that names it. */
  readonly labelledBy?: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}

/** A piece of the page that scrolls by itself: it has a name and can be reached by keyboard. */
export const ScrollArea = ({ class: name, labelledBy, label, children }: ScrollsProps) => (
  // biome-ignore lint/a11y/useSemanticElements: no set of form fields
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
  <div class={name} role="group" tabIndex={0} aria-labelledby={labelledBy} aria-label={label}>
    {children}
  </div>
);
