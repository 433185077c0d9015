/**
 * Makes the excerpts in this folder from the traces in full, which are not part of the repository:
 *
 *     node tools/run-ts.js test/strategies/traces/extract.ts FOLDER-OF-TRACES
 *
 * One call a line, in the words of `calls.ts`; only calls that change what is stored, or that sync. What is dropped: what
 * lies outside the traced root but for the slot's device, packages that the excerpt does not name, and calls that failed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

interface Wanted {
  readonly trace: string
  readonly excerpt: string
  /** Listing of the root before. */
  readonly tree?: string
  /** Only these packages; default all. */
  readonly packages?: readonly string[]
}

const wanted: readonly Wanted[] = [
  { trace: 'dpkg-upgrade-safe', excerpt: 'dpkg-upgrade', tree: 'dpkg-root', packages: ['libssl3', 'openssl', 'liblzma5', 'libexpat1', 'libc-bin'] },
  { trace: 'dpkg-kernel-unpack', excerpt: 'dpkg-kernel-unpack', tree: 'dpkg-root-after' },
  { trace: 'dpkg-kernel-configure', excerpt: 'dpkg-kernel-configure', tree: 'dpkg-root-after' },
  { trace: 'rauc-service', excerpt: 'rauc-install', tree: 'rauc' },
  { trace: 'fw_setenv-file-1', excerpt: 'fw_setenv-1', tree: 'fw_setenv' },
  { trace: 'fw_setenv-file-2', excerpt: 'fw_setenv-2', tree: 'fw_setenv' },
  { trace: 'grub-editenv-create', excerpt: 'grub-editenv-create' },
  { trace: 'grub-editenv-set-one', excerpt: 'grub-editenv-set', tree: 'grub-editenv' },
]

function main(folder: string): void {
  for (const each of wanted) {
    const lines = new Extraction(folder, each).lines(unzip(join(folder, `${each.trace}.trace.gz`)))
    const text = Buffer.from(`${lines.join('\n')}\n`)
    const file = join(__dirname, `${each.excerpt}.calls`)
    if (text.length > 10_000) writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
    else writeFileSync(file, text)
  }
}

function unzip(file: string): string {
  return gunzipSync(readFileSync(file)).toString('latin1')
}

/** Where a process is of which the trace does not tell; initramfs-tools works in its staging folder then. */
const elsewhere = '/elsewhere'

class Extraction {
  private readonly found: string[] = []
  private readonly files = new Set<string>()
  private readonly folders = new Set<string>(['/'])
  /** Package that the run is at; null before the first. */
  private at: string | null = null
  private readonly workFolders = new Map<string, string>()

  constructor(folder: string, private readonly from: Wanted) {
    const listing = from.tree === undefined ? '' : unzip(join(folder, `${from.tree}.tree.gz`))
    for (const [, type, path] of listing.matchAll(/^([a-z]) \S+ \S+ \.(\S*)/gm)) (type === 'd' ? this.folders : this.files).add(path || '/')
  }

  lines(trace: string): readonly string[] {
    for (const line of trace.split('\n')) {
      const [, process, call, given, result] = /^\S+ (P\d+) (\w+)\((.*)\)\s+= (\S.*)$/.exec(line) ?? []
      if (process === undefined || call === undefined || given === undefined || result === undefined || result.startsWith('-1')) continue
      this.take(process, call, given, result)
    }
    return this.found
  }

  private take(process: string, call: string, given: string, result: string): void {
    const strings = [...given.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text ?? '')
    const at = /^(?:\d+|AT_FDCWD)<([^>]*)>/.exec(given)?.[1] ?? this.workFolders.get(process) ?? elsewhere
    switch (call) {
      case 'execve': {
        const archive = /--(?:control|fsys-tarfile)", "\/debs\/([^_"]+)_/.exec(given)?.[1]
        if (archive !== undefined) this.at = archive
        // mkdir -p walks down with chdir, which the traces leave out.
        if (/"mkdir", "-p", "(\/lib\/modules)\//.test(given)) this.workFolders.set(process, '/usr/lib/modules')
        return
      }
      case 'openat': return this.open(given, strings, /<([^>]*)>$/.exec(result)?.[1] ?? '')
      case 'write': case 'pwrite64': case 'writev': return this.write(at, Number(result), strings[0] ?? '')
      case 'sendfile': return this.write(at, Number(result), '')
      case 'copy_file_range': return this.write(/, \d+<([^>]*)>/.exec(given)?.[1] ?? '', Number(result), '')
      case 'ftruncate': return this.say(`truncate ${this.root(at)} ${/, (\d+)/.exec(given)?.[1] ?? ''}`, at)
      case 'fallocate': return this.say(`fallocate ${this.root(at)}`, at)
      case 'fsync': case 'fdatasync': return this.say(`${this.folders.has(this.root(at)) ? 'fsync-folder' : call} ${this.root(at)}`, at)
      case 'syncfs': return this.say(`syncfs ${this.root(at)}`, at)
      case 'mkdir': case 'mkdirat': {
        const path = posix.resolve(at, strings[0] ?? '')
        this.folders.add(this.root(path))
        return this.say(`mkdir ${this.root(path)}`, path)
      }
      case 'rmdir': return this.say(`rmdir ${this.root(strings[0] ?? '')}`, strings[0] ?? '')
      case 'unlink': case 'unlinkat': {
        const path = posix.resolve(at, strings[0] ?? '')
        this.files.delete(this.root(path))
        return this.say(`${given.endsWith('AT_REMOVEDIR') ? 'rmdir' : 'unlink'} ${this.root(path)}`, path)
      }
      case 'rename': case 'renameat': case 'renameat2': case 'link': case 'linkat': {
        const [from, to] = [posix.resolve(at, strings[0] ?? ''), posix.resolve(at, strings[1] ?? '')]
        if (call.startsWith('rename')) {
          ;(this.folders.delete(this.root(from)) ? this.folders : this.files).add(this.root(to))
          this.files.delete(this.root(from))
        } else this.files.add(this.root(to))
        return this.say(`${call.startsWith('rename') ? 'rename' : 'link'} ${this.root(from)} ${this.root(to)}`, to)
      }
      case 'symlink': case 'symlinkat': {
        const path = posix.resolve(at, strings[1] ?? '')
        return this.say(`symlink ${this.root(path)} ${(strings[0] ?? '').replace('/sysroot', '')}`, path)
      }
    }
  }

  private open(given: string, strings: readonly string[], path: string): void {
    if (!given.includes('O_CREAT') && !given.includes('O_TRUNC')) return
    const place = this.root(path === '' ? strings[0] ?? '' : path)
    if (!this.files.has(place)) this.say(`create ${place}`, path)
    else if (given.includes('O_TRUNC')) this.say(`truncate ${place} 0`, path)
    this.files.add(place)
  }

  /** Consecutive writes of one file are one line, but a note of dpkg's journal, whose beginning is kept, is one of its own. */
  private write(path: string, bytes: number, shown: string): void {
    const place = this.root(path)
    const isNote = place.endsWith('/updates/tmp.i') && shown.startsWith('Package: ')
    if (isNote) {
      const name = /^Package: (.*?)\\n/.exec(shown)?.[1] ?? null
      if (this.from.packages !== undefined) this.at = name
      this.say(`write ${place} ${bytes} in 1 "${shown}"`, path)
      return
    }
    const last = this.found[this.found.length - 1]
    const before = new RegExp(`^write ${place.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} (\\d+) in (\\d+)$`).exec(last ?? '')
    if (before !== null && this.isKept(path)) this.found.pop()
    this.say(`write ${place} ${bytes + Number(before?.[1] ?? 0)} in ${1 + Number(before?.[2] ?? 0)}`, path)
  }

  private say(line: string, path: string): void {
    if (this.isKept(path)) this.found.push(line)
  }

  private isKept(path: string): boolean {
    if (path.startsWith(elsewhere) || /^\/(?:dev\/(?!loop\d)|dev\/loop-|run|proc|tmp|etc\/(?!ld\.so)|var\/tmp|sysroot\/(?:var\/tmp|dev|proc|run))/.test(path)) return false
    const { packages } = this.from
    return packages === undefined || this.at === null || packages.includes(this.at)
  }

  /** As the traced root sees it; what /bin, /lib, /lib64 and /sbin lead to. */
  private root(path: string): string {
    if (/^\/dev\/loop\d+$/.test(path)) return 'device'
    const inRoot = path === '/sysroot' ? '/' : path.replace(/^\/sysroot(?=\/)/, '')
    return posix.normalize(inRoot).replace(/^\/(?=(?:bin|lib|lib64|sbin)\/)/, '/usr/')
  }
}

main(process.argv[2] ?? '.')
