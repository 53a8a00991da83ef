import Link from 'next/link'
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

export function TextLink({ className, ...props }: ComponentProps<typeof Link>) {
  return (
    <Link
      className={cn(
        'font-medium text-accent underline decoration-1 underline-offset-3 hover:text-accent-hover',
        className,
      )}
      {...props}
    />
  )
}
