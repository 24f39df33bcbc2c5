import type { OrderLink, TapReport } from '@armature/core';

/** Why a tap stands behind the one before it, in words. */
export function tapReasonText({ extension, because: { rule, links } }: TapReport, before: TapReport | undefined): string {
  switch (rule) {
    case 'first':
      return 'nothing stands before it';
    case 'stage':
      return 'a later stage';
    case 'setup':
      return 'tapped later in the same setup';
    case 'links':
      return links.map(linkText).join(', ');
    case 'id':
      return `nothing orders the two; ids: ${before?.extension} < ${extension}`;
    case 'waits':
      return `nothing orders the two; it had to wait: ${links.map(linkText).join(', ')}`;
  }
}

function linkText({ earlier, later, rule }: OrderLink): string {
  if (rule === 'requires') return `${later} requires ${earlier}`;
  if (rule === 'after') return `${later} asks to come after ${earlier}`;
  if (rule === 'before') return `${earlier} asks to come before ${later}`;
  return `the configuration's order has ${earlier} before ${later}`;
}
