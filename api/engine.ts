/** The three questions that powercut answers. */
import type { CompareReport, ReplayReport, SweepReport } from '../reports/run-report'
import { Defect } from '../sim/assert'
import type { CompareRequest, SweepRequest } from './requests'

export async function compareSystems(_request: CompareRequest): Promise<CompareReport> {
  throw new Defect('engine not wired')
}

export async function sweepSystem(_request: SweepRequest): Promise<SweepReport> {
  throw new Defect('engine not wired')
}

export function replayToken(_token: string): ReplayReport {
  throw new Defect('engine not wired')
}
