/** A hardware profile: how fast things are and how long they take. Each figure says where it comes from. */
import { z } from 'zod'
import { name, record, text } from './parts'

export const HARDWARE_FORMAT = 'powercut/hardware@1'

const figure = record({
  value: z.number('a number').positive('a number above 0'),
  source: text.describe('Where the figure comes from; "assumed" and why, where it has no source.'),
})

/** All figures, with what each means. Units are in the names. */
export const figureMeanings = {
  sequentialWriteMegabytesPerSecond: 'large writes in order, as the device takes them for long',
  flushMilliseconds: 'one flush of the cache of the device',
  randomWriteIops: 'writes of 4 KiB anywhere',
  pageCacheCopyMegabytesPerSecond: 'write(2) into the page cache',
  syscallMicroseconds: 'a system call that reaches no device',
  networkMegabitsPerSecond: 'download',
  requestLatencyMilliseconds: 'from a request to its first byte',
  firmwareSeconds: 'from power-on to the boot loader',
  loaderSeconds: 'the boot loader, menu or prompt included',
  kernelAndInitSeconds: 'from the kernel to all services up',
  healthCheckSeconds: 'from up to the answer of the health check',
  shutdownSeconds: 'from the call to the reset',
  watchdogSeconds: 'how long the hardware watchdog waits before it resets; only for systems that use it',
  dirtyExpireSeconds: 'how old a page must be before write-back takes it',
  flusherSeconds: 'how often write-back looks',
  journalCommitSeconds: 'how often the journal commits by itself',
} as const

export type FigureName = keyof typeof figureMeanings

const figures = Object.fromEntries(
  Object.entries(figureMeanings).map(([key, meaning]) => [key, figure.describe(meaning)]),
) as Record<FigureName, typeof figure>

export const hardwareSchema = record({
  schema: z.literal(HARDWARE_FORMAT),
  name,
  title: text,
  figures: record(figures),
})

export type HardwareDocument = z.infer<typeof hardwareSchema>

/** The numbers alone. */
export type HardwareFigures = Readonly<Record<FigureName, number>>

export function figuresOf(document: HardwareDocument): HardwareFigures {
  return Object.fromEntries(Object.entries(document.figures).map(([key, { value }]) => [key, value])) as Record<FigureName, number>
}
