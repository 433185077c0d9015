/** What hangs on a thing alone is found out once: a search makes the same plans a thousand times. */
export function onceFor<K extends object, V>(find: (key: K) => V): (key: K) => V {
  const found = new WeakMap<K, { readonly value: V }>()
  return (key) => {
    let known = found.get(key)
    if (known === undefined) found.set(key, known = { value: find(key) })
    return known.value
  }
}

export function oncePerText<V>(find: (text: string) => V): (text: string) => V {
  const found = new Map<string, V>()
  return (text) => {
    let known = found.get(text)
    if (known === undefined) found.set(text, known = find(text))
    return known
  }
}
