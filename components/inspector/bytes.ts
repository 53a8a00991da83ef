const KIB = 1_024
const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

/** A file's size: 812 B, 12.3 KiB, 1.1 MiB */
export function bytesOf(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`
  return bytes < KIB * KIB ? `${NUMBER.format(bytes / KIB)} KiB` : `${NUMBER.format(bytes / KIB / KIB)} MiB`
}
