'use client'
import { ChevronDown, GraduationCap, LogOut, ScrollText, UserRound, Users } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'use-intl'
import { Button, buttonVariants } from '#components/ui/button.tsx'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '#components/ui/menu.tsx'
import { hasRole } from '#config/roles.ts'
import { useAccount } from './account-context.tsx'
import { authClient } from './auth-client.ts'
import { withReturn } from './where-to.ts'

/** Who is signed in, and where an account leads. A guest is offered one. */
export function AccountMenu() {
  const account = useAccount()
  const path = usePathname()
  const t = useTranslations('account')
  if (!account)
    return (
      <Link
        href={withReturn('/sign-in', path.startsWith('/sign-') ? '/' : path)}
        className={buttonVariants({ variant: 'ghost', size: 'sm' })}
      >
        {t('signIn')}
      </Link>
    )
  return (
    <Menu>
      <MenuTrigger
        render={
          <Button variant="ghost" size="sm" aria-label={t('menuOf', { name: account.name })} className="max-w-44" />
        }
      >
        <UserRound aria-hidden />
        <span className="truncate max-sm:hidden">{account.name}</span>
        <ChevronDown className="max-sm:hidden" aria-hidden />
      </MenuTrigger>
      <MenuContent>
        <MenuItem render={<Link href="/account" />}>
          <UserRound aria-hidden /> {t('title')}
        </MenuItem>
        <MenuItem render={<Link href="/classes" />}>
          <GraduationCap aria-hidden /> {t('classes')}
        </MenuItem>
        {hasRole(account.role, 'administrator') && (
          <>
            <MenuItem render={<Link href="/administration/people" />}>
              <Users aria-hidden /> {t('people')}
            </MenuItem>
            <MenuItem render={<Link href="/administration/audit" />}>
              <ScrollText aria-hidden /> {t('audit')}
            </MenuItem>
          </>
        )}
        <MenuSeparator />
        <MenuItem onClick={() => void signOut()}>
          <LogOut aria-hidden /> {t('signOut')}
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}

/** The whole page anew: nothing that it still shows is this person's any more. */
async function signOut(): Promise<void> {
  await authClient.signOut()
  window.location.assign('/')
}
