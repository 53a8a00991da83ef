'use client'
import { useCallback, useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** A small preference of this browser, kept in localStorage; `fallback` until one was chosen. */
export function useStoredFlag(key: string, fallback = false): [boolean, (on: boolean) => void] {
  const [text, set] = useStored(key)
  return [text === null ? fallback : text === 'true', set]
}

export function useStoredNumber(key: string, fallback: number): [number, (value: number) => void] {
  const [text, set] = useStored(key)
  return [text === null ? fallback : Number(text), set]
}

function useStored(key: string): [string | null, (value: boolean | number) => void] {
  const text = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(key),
    () => null,
  )
  const set = useCallback(
    (value: boolean | number) => {
      localStorage.setItem(key, String(value))
      for (const listener of listeners) listener()
    },
    [key],
  )
  return [text, set]
}
