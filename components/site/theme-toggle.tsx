'use client'
import { Monitor, Moon, Sun } from 'lucide-react'
import { useTheme } from 'next-themes'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '#components/ui/menu.tsx'

export function ThemeToggle() {
  const { setTheme } = useTheme()
  const t = useTranslations('theme')
  return (
    <Menu>
      <MenuTrigger render={<Button variant="ghost" size="icon" aria-label={t('label')} />}>
        <Sun className="dark:hidden" aria-hidden />
        <Moon className="hidden dark:block" aria-hidden />
      </MenuTrigger>
      <MenuContent>
        <MenuItem onClick={() => setTheme('light')}>
          <Sun aria-hidden /> {t('light')}
        </MenuItem>
        <MenuItem onClick={() => setTheme('dark')}>
          <Moon aria-hidden /> {t('dark')}
        </MenuItem>
        <MenuItem onClick={() => setTheme('system')}>
          <Monitor aria-hidden /> {t('system')}
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}
