/** Strategies as users write them, in a temporary folder each. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { compareSystems, sweepSystem } from '../../api/engine'
import type { SweepReport } from '../../reports/run-report'

const folders: string[] = []
afterAll(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }) })

/** Writes files, by path, into a new folder. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'powercut-strategy-'))
  folders.push(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

interface Parts {
  /** Statements at the start of `update`; `interrupted`: it is called again, after a power cut. */
  readonly update?: string
  readonly top?: string
  readonly confirm?: string
  readonly needs?: string
}

/** Two slots, done right but for what is put in. The status file tells whether an update was interrupted. */
export function slotStrategy({ update = '', top = '', confirm = '', needs = "['slot', 'loader-env', 'data']" }: Parts): string {
  return `import type { Os, Strategy } from 'powercut'
${top}
const source = { title: 'mine', where: 'here' }
export const mine: Strategy = {
  facts: { name: 'mine', title: 'mine', follows: 'nothing', sources: [source], needs: ${needs}, options: {}, vows: ['no-brick', 'retry-completes'], notModelled: [] },
  program: () => ({
    update(os: Os, release) {
      if (os.running === release) return 'done'
      const interrupted = os.fs.existsSync('/data/begun')
      ${update}
      if (!interrupted) os.fs.writeFileSync('/data/begun', '')
      const target = os.disk.slots.find((slot: string) => slot !== os.disk.booted)!
      os.boot.store({ BOOT_ORDER: os.disk.booted })
      os.disk.slot(target).writeImage(os.disk.imageOf(release), 1048576)
      os.disk.slot(target).flush()
      os.boot.store({ ['BOOT_' + target + '_LEFT']: '3', BOOT_ORDER: target + ' ' + os.disk.booted })
      os.report('installed', release)
      return 'reboot'
    },
    confirm(os: Os) { ${confirm} os.boot.store({ ['BOOT_' + os.disk.booted + '_LEFT']: '3' }) },
  }),
}
`
}

const question = {
  releases: { from: { kind: 'bundled', name: 'small/a' }, to: { kind: 'bundled', name: 'small/b' } },
  hardware: 'emmc-board', cuts: 1, options: {}, workers: 1, seed: 'powercut', silenceSeconds: 3,
} as const

export function swept(strategyModule: string, changes: { readonly system?: string; readonly options?: Record<string, boolean> } = {}): Promise<SweepReport> {
  return sweepSystem({ ...question, system: 'rauc-slots', strategyModule, ...changes })
}

export async function sweptText(text: string): Promise<SweepReport> {
  return swept(join(folderWith({ 'mine.ts': text }), 'mine.ts'))
}

export function compared(strategyModule: string): ReturnType<typeof compareSystems> {
  return compareSystems({ ...question, systems: ['rauc-slots'], strategyModule })
}
