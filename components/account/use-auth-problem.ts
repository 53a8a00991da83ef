'use client'
import { useState } from 'react'
import { useTranslations } from 'use-intl'

type Problem = { says: string; field: 'email' | 'password' | null }
type AuthError = { code?: string | undefined; message?: string | undefined; status: number }

/** What better-auth's refusals mean to a person, and at which field. */
export function useAuthProblem() {
  const t = useTranslations('account.problem')
  const [problem, setProblem] = useState<Problem | null>(null)
  const tell = ({ code, message, status }: AuthError) => {
    switch (code) {
      case 'INVALID_EMAIL_OR_PASSWORD':
        return setProblem({ says: t('wrong'), field: null })
      case 'INVALID_PASSWORD':
        return setProblem({ says: t('password'), field: 'password' })
      case 'USER_ALREADY_EXISTS':
      case 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL':
        return setProblem({ says: t('taken'), field: 'email' })
      case 'INVALID_EMAIL':
        return setProblem({ says: t('email'), field: 'email' })
      case 'PASSWORD_TOO_SHORT':
      case 'PASSWORD_TOO_LONG':
        return setProblem({ says: t('length'), field: 'password' })
      case 'TOO_MANY_TRIES':
        return setProblem({ says: message ?? t('many'), field: null })
      default:
        return setProblem({ says: t(status === 429 ? 'many' : 'other'), field: null })
    }
  }
  return { problem, tell, clear: () => setProblem(null) }
}
