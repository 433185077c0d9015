/** What fw_setenv does to a partition with two copies of U-Boot's environment. */
import { environmentTool } from '../../../sim/machine/u-boot-tool'

export function environmentStores(): readonly string[] {
  void environmentTool
  return []
}
