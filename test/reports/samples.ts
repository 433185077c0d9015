/** Reports as an engine may hand them over; figures are made up, but of the right size. */
import type {
  ByFlag, ByOutcome, CheckReport, CompareReport, Finding, ListReport, Outcome, ReplayReport, SweepReport, SystemReport,
} from '../../reports/run-report'
import { bucketed } from '../../reports/timeline'
import { flags, outcomes } from '../../reports/words'

export function byOutcome(values: Partial<Record<Outcome, number>>): ByOutcome<number> {
  return Object.fromEntries(outcomes.map((outcome) => [outcome, values[outcome] ?? 0])) as ByOutcome<number>
}

export function byFlag(values: Partial<ByFlag<number>>): ByFlag<number> {
  return Object.fromEntries(flags.map((flag) => [flag, values[flag] ?? 0])) as ByFlag<number>
}

const release = { from: 'server/deb12-a', to: 'server/deb12-d' }

export const raucSlots: SystemReport = {
  system: 'rauc-slots', strategy: 'rauc', loader: 'u-boot-rauc', release,
  wireBytes: 412_345_678, requests: 1, wireRatio: 2.914, changedBytes: 311_204_551,
  bytesWritten: { data: 412_352_512, metadata: 49_152, journal: 98_304, loader: 131_072, total: 412_631_040 },
  writeAmplification: 1.326, peakExtraBytes: 4096, steadyBytes: 1_073_777_664,
  barriers: 14, deviceFlushes: 12, boots: 1, downtimeSeconds: 21.4, updateSeconds: 58.25, settlingSeconds: 31,
  cutPoints: 412, crashStates: { log10: 30_312.71, exact: null }, executions: 96, complete: true,
  verdicts: byOutcome({ old: 398, new: 14 }), possible: byOutcome({ old: 398, new: 21 }), flags: byFlag({}),
  exposureSeconds: byOutcome({ old: 35.9, new: 53.5 }), certainSeconds: byOutcome({ old: 35.7, new: 53.3 }),
  vulnerableSeconds: 0, exposureShare: 0,
  recovery: { boots: { median: 1, p95: 1, worst: 2 }, seconds: { median: 14.2, p95: 14.2, worst: 28.4 }, remedy: 'nothing' },
  findings: [],
  timeline: bucketed([
    { atSeconds: 0, extraBytes: 0, worst: 'old' },
    { atSeconds: 2, extraBytes: 4096, worst: 'old' },
    { atSeconds: 36.7, extraBytes: 4096, worst: 'new' },
  ], 89.25),
}

const emptyMenu: Finding = {
  verdict: 'brick', flags: [], remedy: 'console', class: 'GRUB finds no menu entry in grub.cfg', invariant: null,
  token: 'pc1.debian-classic.7f3a9c.server~deb12-a.server~deb12-d.c18231-e402',
  replay: 'powercut replay pc1.debian-classic.7f3a9c.server~deb12-a.server~deb12-d.c18231-e402',
  story: [
    'update-grub truncates /boot/grub/grub.cfg and writes it anew; nothing syncs it',
    'the power is cut 3.1 s later; the new length is on disk, the data is not',
    'GRUB reads NULs where its menu was, finds no entry and waits at its prompt',
  ],
  reliesOn: [{ rule: 'length-floats', evidence: 'M', contested: false }, { rule: 'home-lags', evidence: 'M', contested: true }],
  count: 37,
}

const mixedTree: Finding = {
  verdict: 'mixed', flags: ['lost-update'], remedy: 'nothing', class: 'packages of both releases after the cut', invariant: 'old-or-new',
  token: 'pc1.debian-classic.7f3a9c.server~deb12-a.server~deb12-d.c9120',
  replay: 'powercut replay pc1.debian-classic.7f3a9c.server~deb12-a.server~deb12-d.c9120',
  story: ['dpkg has renamed the files of libc6, those of libssl3 lie beside them', 'the power is cut', 'systemd starts with libraries of two releases'],
  reliesOn: [{ rule: 'journal-order', evidence: 'M', contested: false }],
  count: 1,
}

export const debianClassic: SystemReport = {
  system: 'debian-classic', strategy: 'dpkg', loader: 'grub', release,
  wireBytes: 139_410_220, requests: 143, wireRatio: 0.985, changedBytes: 311_204_551,
  bytesWritten: { data: 384_120_832, metadata: 61_440_000, journal: 102_760_448, loader: 8192, total: 548_329_472 },
  writeAmplification: 1.762, peakExtraBytes: 461_373_440, steadyBytes: 1_312_817_152,
  barriers: 20_411, deviceFlushes: 3218, boots: 1, downtimeSeconds: 34.1, updateSeconds: 412.9, settlingSeconds: 36.2,
  cutPoints: 184_022, crashStates: { log10: 11.97, exact: '933254300796' }, executions: 2114, complete: true,
  verdicts: byOutcome({ brick: 5120, corrupt: 12_001, mixed: 151_203, old: 8412, new: 7286 }),
  possible: byOutcome({ brick: 5120, corrupt: 17_121, mixed: 152_002, old: 9001, new: 12_406 }),
  flags: byFlag({ 'lost-update': 3012 }),
  exposureSeconds: byOutcome({ brick: 35.1, corrupt: 41.2, mixed: 301.5, old: 60.2, new: 71.9 }),
  certainSeconds: byOutcome({ mixed: 241.7, old: 58.8, new: 36.9 }),
  vulnerableSeconds: 341.4, exposureShare: 0.7603,
  recovery: { boots: { median: 1, p95: 1, worst: null }, seconds: { median: 28.3, p95: 61.2, worst: null }, remedy: 'console' },
  findings: [emptyMenu, mixedTree],
  timeline: bucketed([
    { atSeconds: 0, extraBytes: 0, worst: 'old' },
    { atSeconds: 20, extraBytes: 139_410_220, worst: 'old' },
    { atSeconds: 50, extraBytes: 210_000_000, worst: 'mixed' },
    { atSeconds: 140, extraBytes: 320_000_000, worst: 'corrupt' },
    { atSeconds: 180, extraBytes: 461_373_440, worst: 'mixed' },
    { atSeconds: 340, extraBytes: 455_000_000, worst: 'brick' },
    { atSeconds: 376, extraBytes: 95_000_000, worst: 'mixed' },
    { atSeconds: 410, extraBytes: 92_000_000, worst: 'new' },
  ], 449.1),
}

export const compareReport: CompareReport = {
  schema: 'powercut/compare@1', version: '0.1.0', cuts: 1, hardware: 'emmc-board', systems: [raucSlots, debianClassic],
}

export const sweepReport: SweepReport = {
  schema: 'powercut/sweep@1', version: '0.1.0', cuts: 'any', hardware: 'emmc-board', ...raucSlots, closure: { states: 214, edges: 1912 },
}

export const incompleteSweepReport: SweepReport = {
  schema: 'powercut/sweep@1', version: '0.1.0', cuts: 'any', hardware: 'server-sata', ...debianClassic, complete: false,
  closure: { states: 100_001, edges: 412_118 },
  incomplete: { why: 'more than 100000 states', covered: 'stories of up to 2 power cuts', raise: '--states-max' },
}

export const replayReport: ReplayReport = {
  schema: 'powercut/replay@1', version: '0.1.0', token: emptyMenu.token, verdict: 'brick', flags: ['lost-update'], remedy: 'console',
  story: emptyMenu.story, reproduced: true,
}

export const listReport: ListReport = {
  schema: 'powercut/list@1', version: '0.1.0', kind: 'systems',
  items: [
    { name: 'debian-classic', summary: 'Debian as installed by default: dpkg in place on one ext4, GRUB' },
    {
      name: 'rauc-slots', summary: 'Embedded board with two slots: RAUC writes the idle one, U-Boot counts attempts in a redundant environment',
      details: [{ label: 'stores', lines: ['slot-a: partition of 537 MB on emmc0', 'data: ext4 (E4Z) at /data on emmc0'] }],
    },
  ],
}

export const checkReport: CheckReport = {
  schema: 'powercut/check@1', version: '0.1.0',
  scenarios: [{
    name: 'dpkg-unsafe-io', file: 'cases/dpkg-unsafe-io.yaml',
    variants: [
      { name: 'faulty', ok: true, complete: true, expected: ['sometimes corrupt'], got: ['corrupt', 'mixed', 'old', 'new'], findings: [] },
      { name: 'fixed', ok: false, complete: true, expected: ['always old, new or mixed'], got: ['brick', 'old', 'new'], findings: [emptyMenu] },
      { name: 'half', ok: false, complete: false, expected: ['always new'], got: null, findings: [] },
    ],
  }],
  summary: { ok: 1, failed: 1, incomplete: 1 },
}
