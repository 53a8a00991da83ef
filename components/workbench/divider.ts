/** Between two panels that can be resized. */
export const DIVIDER =
  'relative bg-line transition-colors hover:bg-accent data-[separator=active]:bg-accent focus-visible:bg-accent aria-[orientation=vertical]:w-px aria-[orientation=horizontal]:h-px'
