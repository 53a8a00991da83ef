import { cn } from '#components/ui/cn.ts'
import { FAMILY_ICON, FAMILY_TONE, familyOf } from './families.ts'

/** Shape and colour of a record's family; the caller says it in words. */
export function FamilyMark({ type, className }: { type: string; className?: string }) {
  const family = familyOf(type)
  const Icon = FAMILY_ICON[family]
  return <Icon aria-hidden className={cn('size-3.5 shrink-0', FAMILY_TONE[family], className)} strokeWidth={2} />
}
