/** From a profile as people write it to the figures that the machine counts with: SI units, and what follows from the timers. */
import type { Hardware } from '../sim/machine/hardware'
import { figuresOf, type HardwareDocument } from './schema/hardware'

const MEGA = 1_000_000

export function hardwareOf(document: HardwareDocument): Hardware {
  const figures = figuresOf(document)
  return {
    name: document.name,
    title: document.title,
    sequentialWriteBytesPerSecond: figures.sequentialWriteMegabytesPerSecond * MEGA,
    flushSeconds: figures.flushMilliseconds / 1000,
    randomWriteSeconds: 1 / figures.randomWriteIops,
    pageCacheBytesPerSecond: figures.pageCacheCopyMegabytesPerSecond * MEGA,
    callSeconds: figures.syscallMicroseconds / MEGA,
    networkBytesPerSecond: (figures.networkMegabitsPerSecond * MEGA) / 8,
    requestSeconds: figures.requestLatencyMilliseconds / 1000,
    firmwareSeconds: figures.firmwareSeconds,
    loaderSeconds: figures.loaderSeconds,
    startSeconds: figures.kernelAndInitSeconds,
    healthCheckSeconds: figures.healthCheckSeconds,
    shutdownSeconds: figures.shutdownSeconds,
    watchdogSeconds: figures.watchdogSeconds,
    // A page just dirtied expires, waits for the flusher's next round, and then its length for the journal's next commit.
    writeBackSeconds: figures.dirtyExpireSeconds + figures.flusherSeconds + figures.journalCommitSeconds,
  }
}
