/**
 * apt and dpkg: packages unpacked over the running system. Not atomic, and meant as the baseline that the others are measured by.
 *
 * One `apt-get upgrade`: fetch, `dpkg --unpack` of all archives, `dpkg --configure --pending`. Once the new kernel runs,
 * `apt-get autoremove`. After an interruption, as unattended-upgrades and people do it: `dpkg --configure -a` when the journal
 * is not empty, then again what is half installed or was not reached.
 */
import { compareKernelVersions } from '../../sim/boot/debian-version'
import type { Os, Program, Strategy } from '../../sim/machine/os'
import type { PackageChange } from '../../sim/release/package-plan'
import { configurePending, hasPending } from './configure'
import { Database } from './database'
import { dropArchives, fetchArchives } from './archives'
import { type UpgradePlan, kernelOf, kernelsOf, notesMax, upgradePlan } from './plan'
import { isRemoved, removePackage } from './remove'
import { type Run, unpackAll } from './unpack'

export type DpkgOptions = {
  readonly unsafeIo: boolean
}

const source = {
  dpkg: { title: 'dpkg: unpack, archives, configure, remove, dbmodify', where: 'guillemj/dpkg 1.21.22, src/main/*.c, lib/dpkg/*.c' },
  force: { title: 'dpkg(1), --force-unsafe-io: no safe I/O when unpacking', where: 'guillemj/dpkg 1.21.22, man/dpkg.pod' },
  traces: { title: 'strace of dpkg 1.21.22 and its kernel hooks on Debian 12', where: 'test/strategies/traces' },
  grub: { title: 'grub-mkconfig writes grub.cfg in place', where: 'Debian grub2 2.06-13+deb12u2, util/grub-mkconfig.in' },
} as const

export const dpkg: Strategy<DpkgOptions> = {
  facts: {
    name: 'dpkg',
    title: 'apt and dpkg, in place',
    follows: 'dpkg 1.21.22, apt 2.6',
    sources: [source.dpkg, source.traces, source.grub],
    needs: ['root', 'boot'],
    options: {
      unsafeIo: { default: false, means: 'no fsync of unpacked files before their renames; the database is synced all the same', source: source.force },
    },
    vows: ['retry-completes'],
    notModelled: [
      'the order of dependencies, Pre-Depends, packages that are configured at once: all is unpacked, then all configured',
      'the database is abbreviated: packages of this update only, the fields that decide; no available file, no locks, no logs',
      'hard links within a package are unpacked as files of their own',
      'NAME.dpkg-tmp moved back where NAME is missing: no journalling file system leaves a rename half done',
      'a .deb found in apt\'s cache after an interruption: what is not unpacked is fetched again',
      'conffiles that the administrator changed, and the questions about them',
      'triggers other than ldconfig\'s; maintainer scripts other than those of kernels, ca-certificates and compiled Python',
      'ldconfig\'s aux-cache, debconf\'s database, alternatives',
      'a kernel that is removed is not purged: depmod\'s files stay',
      'what dpkg clears away itself when it fails: an attempt that lacks space ends there, and the next one finds what it has left',
      'blocks reserved for root: apt leaves them alone in its look for free space, and only there they would count',
    ],
  },
  program: (options) => program(options),
}

function program({ unsafeIo }: DpkgOptions): Program {
  const runOf = (os: Os, plan: UpgradePlan): Run => ({ os, plan, database: Database.look(os, notesMax(plan)), syncsFiles: !unsafeIo })

  return {
    update(os, release, previous) {
      const plan = upgradePlan(previous, release)
      const run = runOf(os, plan)
      const { database } = run
      const hadPendingKernel = hasUnconfiguredKernel(run)
      if (database.isInterrupted) database.run(() => configurePending(run))
      const missing = plan.unpack.filter((change) => !isUnpacked(run, change))
      if (missing.length > 0) {
        fetchArchives(os, missing)
        database.run(() => unpackAll(run, missing))
      }
      if (hasPending(database, plan)) database.run(() => configurePending(run))
      if (missing.length > 0) dropArchives(os, plan.unpack)
      os.report('installed', release)
      // /run/reboot-required, which a kernel's postinst leaves until the next start.
      const newest = newestKernel(plan)
      return hadPendingKernel && newest !== null && compareKernelVersions(os.kernelVersion, newest) < 0 ? 'reboot' : 'done'
    },

    cleanUp(os, release, previous) {
      const plan = upgradePlan(previous, release)
      if (os.kernelVersion !== newestKernel(plan)) return
      const run = runOf(os, plan)
      const superfluous = plan.remove.filter((change) => !isRemoved(run, change))
      if (superfluous.length > 0) run.database.run(() => { for (const change of superfluous) removePackage(run, change) })
    },
  }
}

function hasUnconfiguredKernel({ database, plan }: Run): boolean {
  return plan.unpack.some((change) => kernelOf(change) !== null && database.state(change.name).status !== 'installed')
}

/** At its new version, configured or not. */
function isUnpacked({ database, plan }: Run, change: PackageChange): boolean {
  const { status, needsReinstall, version } = database.state(change.name)
  return !needsReinstall && version === (change.newVersion ?? plan.release.id)
    && status !== 'not-installed' && status !== 'config-files' && status !== 'half-installed'
}

function newestKernel({ release }: UpgradePlan): string | null {
  return kernelsOf(release).toSorted(compareKernelVersions).at(-1) ?? null
}
