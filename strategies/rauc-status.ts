/**
 * RAUC's central status file: a GLib key file with a group for each slot, replaced as g_file_set_contents does it.
 *
 * That is: a temporary file, fsync only where it replaces a file that is not empty, rename, and in that case fsync of the folder
 * (GLib 2.74, traced). The first status file of a machine is therefore not durable when RAUC goes on.
 */
import type { Os } from '../sim/machine/os'

export interface SlotStatus {
  readonly bundle: string
  readonly status: 'pending' | 'ok'
  readonly sha256?: string
  readonly sizeBytes?: number
  readonly isActivated?: boolean
}

/** Stands for all times: see facts.notModelled of rauc. */
const anyTime = '1970-01-01T00:00:00Z'

export function slotStatus(os: Os, file: string, slot: string): { write(status: SlotStatus): void } {
  return {
    write(status) {
      const groups = readGroups(os, file)
      groups.set(`slot.${slot}`, print(status))
      setContents(os, file, [...groups].map(([name, lines]) => `[${name}]\n${lines}`).join('\n'))
    },
  }
}

function print({ bundle, status, sha256, sizeBytes, isActivated }: SlotStatus): string {
  return [
    `bundle.version=${bundle}`,
    `status=${status}`,
    ...(sha256 === undefined ? [] : [`sha256=${sha256}`]),
    ...(sizeBytes === undefined ? [] : [`size=${sizeBytes}`]),
    ...(status === 'ok' ? [`installed.timestamp=${anyTime}`] : []),
    ...(isActivated === true ? [`activated.timestamp=${anyTime}`] : []),
    '',
  ].join('\n')
}

/** A file that is no key file, or that cannot be read, counts as none: RAUC logs it and goes on. */
function readGroups(os: Os, file: string): Map<string, string> {
  const groups = new Map<string, string>()
  if (!os.fs.existsSync(file)) return groups
  const text = whereReadable(() => os.fs.readFileSync(file, 'latin1'), '')
  for (const part of text.split(/^(?=\[)/m)) {
    const found = /^\[([a-z0-9.]+)\]\n((?:[a-z0-9.]+=.*\n)*)\n?$/.exec(part)
    if (found === null) return new Map()
    groups.set(found[1]!, found[2]!)
  }
  return groups
}

function setContents(os: Os, file: string, text: string): void {
  const { fs } = os
  const slash = file.lastIndexOf('/')
  const folder = file.slice(0, slash) || '/'
  // GLib goes by what lstat tells; of a damaged file it tells nothing.
  const replaces = fs.existsSync(file) && whereReadable(() => fs.lstatSync(file).size > 0, false)
  const temporary = `${file.slice(0, slash)}/${os.names.temp(file.slice(slash + 1))}`
  const fd = fs.openSync(temporary, 'wx+')
  fs.writeSync(fd, text, 0)
  if (replaces) fs.fsyncSync(fd)
  fs.closeSync(fd)
  fs.renameSync(temporary, file)
  if (!replaces) return
  const opened = fs.openSync(folder, 'r')
  fs.fsyncSync(opened)
  fs.closeSync(opened)
}

/** `otherwise`: where the file system reports that the file is damaged. */
function whereReadable<T>(look: () => T, otherwise: T): T {
  try {
    return look()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EUCLEAN') return otherwise
    throw error
  }
}
