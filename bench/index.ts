/**
 * `npm run bench`: what the engine decides in a second, and how that compares with looking at one disk after the other.
 * Ratios are of one run on one machine; absolute figures are only good on the machine that printed them.
 */
import { build } from '../api/build'
import { known } from '../sim/assert'
import { close } from '../sim/explore/closure'
import { replay } from '../sim/explore/replay'
import { everything } from '../sim/explore/world'
import { leastLoss } from '../sim/explore/survivors'
import { narrow } from '../sim/explore/world'
import { countCrashStates } from '../sim/measure/crash-states'

interface Figure { readonly name: string; readonly value: number; readonly unit: string; readonly ratio?: number }

const samples = 40

function figuresOf(system: string, cuts: number): readonly Figure[] {
  const { machine } = build({
    system, hardware: 'emmc-board', options: {},
    releases: { from: { kind: 'bundled', name: 'small/a' }, to: { kind: 'bundled', name: 'small/b' } },
  })
  const begun = process.hrtime.bigint()
  const closure = close(machine, { cuts, statesMax: 200_000 })
  const seconds = secondsSince(begun)
  const { order } = closure.runs.of(known(closure.states[0], 'a first state')).frame()
  const cutPoints = order.callCount + 1
  // One disk after the other: a cut at evenly spaced calls, least loss, then boot and judge.
  const oneByOne = process.hrtime.bigint()
  for (let sample = 0; sample < samples; sample++) {
    const p = Math.floor((sample * order.callCount) / samples)
    const world = known(narrow(everything(order), { cutLow: p, cutHigh: p }), 'a cut point')
    replay(machine, [{ kind: 'cut', loss: leastLoss(world) }])
  }
  const perDisk = secondsSince(oneByOne) / samples
  const label = `${system}, ${cuts === Infinity ? 'any number of cuts' : `${cuts} cut`}`
  return [
    { name: `${label}: states of the closed graph`, value: closure.states.length, unit: 'states' },
    { name: `${label}: decided in`, value: seconds, unit: 's' },
    { name: `${label}: cut points of the first power-on decided`, value: cutPoints / seconds, unit: 'a second' },
    { name: `${label}: crash states of the first power-on`, value: countCrashStates(order).log10, unit: 'log10' },
    { name: `${label}: one disk after the other, one disk a cut point`, value: 1 / perDisk, unit: 'a second', ratio: (cutPoints * perDisk) / seconds },
  ]
}

function secondsSince(begun: bigint): number {
  return Number(process.hrtime.bigint() - begun) / 1e9
}

const figures = [...figuresOf('rauc-slots', 1), ...figuresOf('rauc-slots', Infinity), ...figuresOf('debian-classic', 1)]
const width = Math.max(...figures.map(({ name }) => name.length))
for (const { name, value, unit, ratio } of figures) {
  const figure = value >= 100 ? value.toFixed(0) : value.toPrecision(3)
  process.stdout.write(`${name.padEnd(width)}  ${figure.padStart(9)} ${unit}${ratio === undefined ? '' : `, ${ratio.toFixed(1)} times as long for all cut points`}\n`)
}
