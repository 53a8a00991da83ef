'use client'
import { createContext, type ReactNode, useContext } from 'react'
import type { Role } from '#config/roles.ts'

/** Whoever is signed in with an account; null for a stranger and a guest. What a page may show of a person to themselves. */
export type AccountShown = { name: string; email: string; role: Role } | null

const Context = createContext<AccountShown>(null)

export function AccountProvider({ account, children }: { account: AccountShown; children: ReactNode }) {
  return <Context value={account}>{children}</Context>
}

export const useAccount = (): AccountShown => useContext(Context)
