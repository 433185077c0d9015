/** A root that is a tree of files, changed in place, with GRUB and a generated grub.cfg. */
import { assert, known } from '../assert'
import { debianBootFiles } from '../boot/debian-boot-files'
import { grub } from '../boot/grub'
import type { StartFrom } from '../boot/loader'
import { bytesBody } from '../disk/content'
import { damaged, parseClasses } from '../explore/group'
import type { UpOutcome } from '../explore/machine'
import { initialDatabase } from '../release/dpkg-database'
import { needsOf } from '../release/needs'
import type { Release } from '../release/release'
import { type InitialNode, initialDisk } from './initial-disk'
import type { Failure, Platform } from './platform'
import type { PowerOn } from './power-on'
import type { OfferedRelease, System } from './system'
import { type TreeGroup, treeGroups } from './tree-groups'
import { userGroup, userGroupId, userNodes } from './user-data'

/** @param offered the installed release, then the one offered. */
export function treePlatform(system: System, offered: readonly OfferedRelease[]): Platform {
  const { root } = system
  assert(root.kind === 'tree', `${system.name} has a tree`)
  const { store } = root
  const installed = known(offered[0], 'an installed release')
  const parts = treeGroups(store, offered.map((each) => each.release))
  const groups = new Map(parts.map(({ group }) => [group.id, group]))
  if (system.userStore !== null) groups.set(userGroupId, userGroup(system.userStore))
  /** What GRUB may be told to load, by path. */
  const loaded: ReadonlyMap<string, TreeGroup> = new Map(parts.filter(({ of: { role } }) => role === 'kernel' || role === 'initrd').flatMap((part) => part.of.paths.map((path) => [`/${path}`, part] as const)))
  const kernels = offered.map((each) => needsOf(each.release).kernelVersion ?? '')
  const classes = (on: PowerOn, part: TreeGroup, view: 'kernel' | 'loader' = 'kernel'): readonly number[] =>
    parseClasses(on.disk.answer({ kind: 'group', group: part.group.id, view }))
  /** Releases that ship this kernel, as bits. */
  const shipping = (version: string): number => kernels.reduce((bits, kernel, at) => (kernel === version ? bits | (1 << at) : bits), 0)
  const versionOf = (from: StartFrom): string => {
    assert(from.kind === 'kernel', 'it was started from a kernel')
    return from.version
  }
  return {
    loader: grub({ store, configPath: debianBootFiles.configPath }),
    groups,
    initial: initialDisk({ trees: initialTrees(), partitions: new Map() }, groups),
    image(on, request) {
      assert(request.kind === 'file', 'GRUB loads files')
      const part = loaded.get(request.path)
      if (part === undefined) return 'absent'
      const wanted = shipping(part.kernelVersion ?? '')
      const found = classes(on, part, 'loader')
      if (found.every((cls) => (cls & wanted) !== 0)) return 'whole'
      return found.includes(damaged) ? 'damaged' : 'absent'
    },
    kernelOf: (_on, from) => known(offered[kernels.lastIndexOf(versionOf(from))], `a release with kernel ${versionOf(from)}`),
    start(on, from) {
      const version = versionOf(from)
      const kernelOf = known(offered[kernels.lastIndexOf(version)], `a release with kernel ${version}`)
      return { kernelOf, running: null, failure: initFailure(on, version) }
    },
    outcome: (on) => outcomeOf(on),
    isIntact: (on, release) => (offered.indexOf(release) === 1 ? outcomeOf(on).outcome === 'new' : outcomeOf(on).outcome === 'old'),
    kernelVersion: (_on, from) => (from === null ? known(kernels[0], 'a kernel') : versionOf(from)),
    rawDisks: () => ({ slots: [], booted: '', slot: (name) => { throw new Error(`no slot ${name}`) }, imageOf: () => { throw new Error('no images here') } }),
    bootStore: () => ({ kind: 'grub', read: () => new Map(), store: () => { throw new Error('no loader variables here') } }),
  }

  function initialTrees(): ReadonlyMap<string, ReadonlyMap<string, InitialNode>> {
    const trees = new Map([[store, initialTree(installed.release, known(offered[1], 'an offered release').release)]])
    if (system.userStore !== null) trees.set(system.userStore, new Map([...trees.get(system.userStore) ?? [], ...userNodes()]))
    return trees
  }

  /** Missing or damaged files that init needs, or sets that must be of one release and are not. */
  function initFailure(on: PowerOn, version: string): Failure | null {
    const wanted = shipping(version)
    let libc = (1 << offered.length) - 1
    for (const part of parts) {
      const { role } = part.of
      if (role === 'modules' && part.kernelVersion === version) {
        if (classes(on, part).some((cls) => (cls & wanted) === 0)) return { cause: `kernel ${version} does not find its modules`, remedy: 'console' }
      } else if (role === 'init' || role === 'libc') {
        const found = classes(on, part)
        if (found.includes(damaged)) return { cause: `init does not start: files of ${part.of.package} are missing or damaged`, remedy: 'console' }
        if (role === 'libc') for (const cls of found) libc &= cls
      }
    }
    return libc === 0 ? { cause: 'init does not start: libc is of two releases', remedy: 'console' } : null
  }

  /** Managed paths against the releases. Another release's kernel may stay beside the own one. */
  function outcomeOf(on: PowerOn): { readonly outcome: UpOutcome; readonly why: string } {
    const old: string[] = []
    const fresh: string[] = []
    for (const part of parts) {
      if (!part.isManaged) continue
      for (const cls of classes(on, part)) {
        if (cls === damaged) return { outcome: 'corrupt', why: `files of ${part.of.package} are missing or damaged` }
        if (part.kernelVersion !== null && (shipping(part.kernelVersion) & 2) === 0) continue
        if (cls === 1) old.push(part.of.package)
        if (cls === 2) fresh.push(part.of.package)
      }
    }
    if (old.length > 0 && fresh.length > 0) return { outcome: 'mixed', why: 'some packages are of the old release, some of the new one' }
    return fresh.length > 0 ? { outcome: 'new', why: 'all packages are of the new release' } : { outcome: 'old', why: 'all packages are of the old release' }
  }
}

/** The tree of the installed release, with the small files that the machine and the updater read as text. */
function initialTree(installed: Release, offered: Release): ReadonlyMap<string, InitialNode> {
  const tree = new Map<string, InitialNode>()
  const firstOf = new Map<number, string>()
  for (const entry of installed.paths) {
    const path = `/${entry.path}`
    if (entry.type === 'directory') tree.set(path, { type: 'directory' })
    else if (entry.type === 'symlink') tree.set(path, { type: 'symlink', target: entry.target ?? '' })
    else {
      const sameAs = entry.hardLink === null ? path : firstOf.get(entry.hardLink) ?? path
      if (entry.hardLink !== null && sameAs === path) firstOf.set(entry.hardLink, path)
      tree.set(path, { type: 'file', body: { kind: 'blob', blob: entry.sha256 ?? '', sizeBytes: entry.sizeBytes }, sameAs })
    }
  }
  const text = (path: string, content: string): void => { tree.set(path, { type: 'file', body: bytesBody(content) }) }
  text(debianBootFiles.configPath, debianBootFiles.config([needsOf(installed).kernelVersion ?? '']))
  text('/var/lib/dpkg/status', initialDatabase(installed, offered))
  return tree
}
