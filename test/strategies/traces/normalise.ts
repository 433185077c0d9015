/**
 * What differs between a real trace and the calls that our programs record, and why that is no difference. Each entry rewrites the
 * lines of both sides or of one; `traces.test.ts` fails for an entry without which all comparisons still hold.
 */
export type Side = 'real' | 'ours'

export interface Difference {
  readonly name: string
  readonly because: string
  /** Comparisons whose names begin so. */
  readonly of: string
  apply(lines: readonly string[], side: Side): readonly string[]
}

export const differences: readonly Difference[] = [
  {
    name: 'logs and locks',
    of: 'dpkg',
    because: 'lock files hold nothing and logs decide nothing; both are left out of the model',
    apply: drop('real', /^\S+ \/var\/(?:log\/|lib\/dpkg\/(?:lock|triggers\/Lock))/),
  },
  {
    name: 'blocks set aside',
    of: 'rauc',
    because: 'fallocate sets blocks aside; nothing of a file shows it',
    apply: drop('real', /^fallocate /),
  },
  {
    name: 'sizes and pieces',
    of: '',
    because: 'contents are known by digest here and the database is abbreviated; a buffer decides how many writes a file takes. The slot is exempt',
    apply: (lines) => {
      const kept: string[] = []
      for (const line of lines) {
        const [call, path] = line.split(' ')
        const short = (call === 'write' && path !== 'device') || call === 'truncate' ? noteOf(line) ?? `${call} ${path}` : line
        if (short.startsWith('write ') && kept[kept.length - 1] === short) continue
        kept.push(short)
      }
      return kept
    },
  },
  {
    name: 'numbers of notes',
    of: 'dpkg -i',
    because: 'the excerpt leaves packages out, so the journal has fewer notes than the whole run',
    apply: (lines) => {
      const numbered = lines.map((line) => line.replace(/(\/updates)\/\d{4}$/, '$1/NNNN'))
      return numbered.filter((line, at) => line !== numbered[at - 1] || !/^unlink .*\/NNNN$/.test(line))
    },
  },
  {
    name: 'folders in one call',
    of: 'dpkg',
    because: 'dpkg makes NAME.dpkg-new, sets its mode and renames it; a folder with the wrong mode for a moment is not modelled',
    apply: (lines, side) => (side === 'ours' ? lines : lines.filter((line, at) => {
      const made = /^mkdir (\S+)$/.exec(lines[at - 1] ?? '')?.[1]
      return made === undefined || !line.startsWith(`rename ${made} `)
    }).map((line) => line.replace(/^(mkdir .*)\.dpkg-new$/, '$1'))),
  },
  {
    name: 'order of a listing',
    of: 'dpkg',
    because: 'dpkg goes through tmp.ci as the folder lists it: ext4 by hashes of names, here by name',
    apply: (lines) => sortRuns(lines, /^(?:fsync|rename) \/var\/lib\/dpkg\/tmp\.ci\//),
  },
  {
    name: 'removal of a folder',
    of: 'dpkg',
    because: 'a blind call removes a name; that it is a folder the recorded call does not say',
    apply: (lines, side) => (side === 'real' ? lines : lines.map((line) => line.replace(/^unlink (\/var\/lib\/dpkg\/tmp\.ci)$/, 'rmdir $1'))),
  },
  {
    name: 'leftovers in tmp.ci',
    of: 'dpkg',
    because: 'dpkg finds no tmp.ci and goes on; here what an interrupted run may have left is removed without looking',
    apply: (lines, side) => (side === 'real' ? lines : lines.filter((line, at) => !line.startsWith('unlink /var/lib/dpkg/tmp.ci/') || lines[at + 1] === 'rmdir /var/lib/dpkg/tmp.ci')),
  },
  {
    name: 'lists of other packages',
    of: 'dpkg -i',
    because: 'the traced root had been made without /usr/share/man and the like: dpkg took these folders for openssl\'s own and rewrote the lists of all that share them',
    apply: (lines, side) => {
      if (side === 'ours') return lines
      const kept: string[] = []
      for (const line of lines) {
        const list = /\/info\/([^/ ]+?)(?::\w+)?\.list(?:-new)?$/.exec(line)?.[1]
        if (list !== undefined && !lines.some((each) => each.startsWith(`note ${list} install reinst`))) continue
        if (line !== 'fsync-folder /var/lib/dpkg/info' || kept[kept.length - 1] !== line) kept.push(line)
      }
      return kept
    },
  },
  {
    name: 'random names',
    of: '',
    because: 'temporary names are random or made of a process id and the time',
    apply: (lines) => lines.map((line) => line
      .replaceAll(/(\/modules\.[a-z.]+?)\.(?:\d+\.\d+\.\d+|\d+)(?= |$)/g, '$1.TEMP')
      .replaceAll(/(\/(?:vmlinuz|initrd\.img)(?:\.old)?)\.\d+(?= |$)/g, '$1.TEMP')
      .replaceAll(/(\/rauc\.status)\.\w+/g, '$1.TEMP')),
  },
  {
    name: 'touched before',
    of: 'dpkg --configure',
    because: 'update-initramfs touches the new file, then mkinitramfs truncates what is empty already',
    apply: (lines, side) => (side === 'ours' ? lines : lines.filter((line, at) => !line.startsWith('truncate ') || lines[at - 1] !== `create ${line.split(' ')[1]}`)),
  },
  {
    name: 'which file is synced',
    of: 'dpkg --configure',
    because: 'syncfs is of the whole file system, whatever file it was called with',
    apply: (lines) => lines.map((line) => line.replace(/^syncfs .*/, 'syncfs')),
  },
  {
    name: 'no GRUB in the traced root',
    of: 'dpkg --configure',
    because: 'the kernel package was configured without grub-common, so no hook wrote grub.cfg',
    apply: drop('ours', /^\S+ \/boot\/grub\/grub\.cfg/),
  },
  {
    name: 'ldconfig',
    of: 'dpkg -i',
    because: 'its aux-cache is not modelled, and the filter of the traces dropped the rename of /etc/ld.so.cache together with look-ups by the dynamic loader',
    apply: (lines, side) => lines.filter((line) => (side === 'real' ? !line.includes('/var/cache/ldconfig/') : line !== 'rename /etc/ld.so.cache~ /etc/ld.so.cache')),
  },
  {
    name: 'stores of the boot loader',
    of: 'rauc',
    because: 'the traced rauc kept its state in grubenv, one grub-editenv a change; on U-Boot a change is one or two runs of fw_setenv',
    apply: (lines, side) => {
      const stores = side === 'ours' ? lines.map((line) => line.replace(/^boot-store .*/, 'boot-store'))
        : lines.flatMap((line) => (/ \/boot\/grub\/grubenv\b/.test(line) ? (line.startsWith('fsync') ? ['boot-store'] : []) : [line]))
      return stores.filter((line, at) => line !== 'boot-store' || stores[at - 1] !== line)
    },
  },
  {
    name: 'copies of the environment',
    of: 'fw_setenv',
    because: 'the traced environment is two files, ours two places of one partition',
    apply: (lines) => lines.map((line) => line.replace(/\/boot\/uboot\.env|environment-copy-0/, 'ENVIRONMENT-A').replace(/\/boot\/uboot-redund\.env|environment-copy-1/, 'ENVIRONMENT-B')),
  },
]

/** Lines of one side in which nothing is left that a `Difference` explains. */
export function normalise(comparison: string, lines: readonly string[], side: Side, without: Difference | null = null): readonly string[] {
  const all = differences.filter((difference) => difference !== without && comparison.startsWith(difference.of))
  return all.reduce((now, difference) => difference.apply(now, side), lines)
}

/** The first place where the two differ; null: the same calls in the same order. A note in a trace shows its beginning only. */
export function firstDifference(real: readonly string[], ours: readonly string[]): string | null {
  for (let at = 0; at < Math.max(real.length, ours.length); at++) {
    const [one, other] = [real[at], ours[at]]
    if (one === other) continue
    if (one?.startsWith('note ') === true && other?.startsWith('note ') === true && (one.startsWith(other) || other.startsWith(one))) continue
    return `line ${at + 1} of ${real.length}: real "${one ?? 'ends'}", ours "${other ?? 'ends'}", after "${ours.slice(Math.max(0, at - 3), at).join('", "')}"`
  }
  return null
}

function noteOf(line: string): string | null {
  const shown = /^write \S+\/tmp\.i \d+ in \d+ "(.*)"$/.exec(line)?.[1]
  if (shown === undefined) return null
  const [, name, status = ''] = /^Package: (\S+?)\\n(?:Essential: yes\\n)?(?:Status(?:: (.*?)(?:\\n.*)?)?)?$/.exec(shown) ?? []
  return `note ${name ?? '?'} ${status}`.trimEnd()
}

function drop(from: Side, lines: RegExp): Difference['apply'] {
  return (all, side) => (side === from ? all.filter((line) => !lines.test(line)) : all)
}

function sortRuns(lines: readonly string[], within: RegExp): readonly string[] {
  const sorted: string[] = []
  let run: string[] = []
  for (const line of [...lines, '']) {
    if (within.test(line) && (run.length === 0 || run[0]!.split(' ')[0] === line.split(' ')[0])) {
      run.push(line)
      continue
    }
    sorted.push(...run.toSorted())
    run = within.test(line) ? [line] : []
    if (run.length === 0) sorted.push(line)
  }
  return sorted.slice(0, -1)
}
