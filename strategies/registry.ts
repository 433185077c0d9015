/** All strategies. A new one costs its file and one line here. */
import type { Strategy } from '../sim/machine/os'
import { dpkg } from './dpkg'
import { rauc } from './rauc'

export const strategies = [rauc, dpkg] as const satisfies readonly Strategy[]
