'use client'
import { ListFilter } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { Menu, MenuCheckboxItem, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '#components/ui/menu.tsx'
import { KindMark } from './kind-mark.tsx'
import { ALL_KINDS, type Kind } from './kinds.ts'

/** Which kinds of events are shown: the legend of the line, too. */
export function KindFilter(props: { hidden: ReadonlySet<Kind>; onChange: (hidden: ReadonlySet<Kind>) => void }) {
  const { hidden, onChange } = props
  const t = useTranslations('timeline')
  return (
    <Menu>
      <MenuTrigger
        render={
          <Button variant="ghost" size="sm" className="px-2" aria-label={t('filter')} title={t('filter')}>
            <ListFilter aria-hidden />
            {hidden.size > 0 && (
              <span className="tabular-nums">
                {ALL_KINDS.length - hidden.size}/{ALL_KINDS.length}
              </span>
            )}
          </Button>
        }
      />
      <MenuContent>
        {ALL_KINDS.map((kind) => (
          <MenuCheckboxItem
            key={kind}
            checked={!hidden.has(kind)}
            closeOnClick={false}
            onCheckedChange={(on) => {
              const next = new Set(hidden)
              if (on) next.delete(kind)
              else next.add(kind)
              onChange(next)
            }}
          >
            <KindMark kind={kind} />
            {t(`kind.${kind}`)}
          </MenuCheckboxItem>
        ))}
        <MenuSeparator />
        <MenuItem disabled={hidden.size === 0} onClick={() => onChange(new Set())}>
          {t('showAll')}
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}
