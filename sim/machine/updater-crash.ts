/** The strategy itself is at fault: it threw, waited for something that is not simulated, or would not stop. */
export class UpdaterCrash extends Error {
  override readonly name = 'UpdaterCrash'
}
