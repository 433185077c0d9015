/** All persistence models there are. A new one is one file and one line here. */
import { partitionModel } from '../disk/partition-model'
import { ext4Model } from './ext4-model'
import { hostileModel } from './hostile-model'
import { memoryModel } from './memory-model'
import { sequentialModel } from './sequential-model'

export const persistenceModels = [sequentialModel, ext4Model, hostileModel, memoryModel, partitionModel] as const
