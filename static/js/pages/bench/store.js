// What waits to be sent is kept in the browser's database: it outlives a reload, a killed page, a flat battery.
{
  const name = "av-bench";
  const shelf = "waiting";
  let opened = null;

  const settled = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  const open = () => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(shelf, { keyPath: "key", autoIncrement: true });
    return settled(request);
  };

  /** Do something with the shelf and wait until it is on the disk: strict is what survives a flat battery. */
  const within = async (mode, durability, act) => {
    opened ??= open();
    const transaction = (await opened).transaction(shelf, mode, { durability });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const [result] = await Promise.all([act(transaction.objectStore(shelf)), done]);
    return result;
  };

  av.store = {
    /** Keep a record; it gets its key, which is its place in the order. Rejects when the browser keeps nothing. */
    async keep(record) {
      record.key = await within("readwrite", "strict", (records) => settled(records.put(record)));
    },

    /** Write down what changed about a record that is still kept. */
    change: (record) =>
      within("readwrite", "strict", async (records) => {
        if (await settled(records.get(record.key))) await settled(records.put(record));
      }),

    drop: (record) => within("readwrite", "relaxed", (records) => settled(records.delete(record.key))),

    all: () => within("readonly", "relaxed", (records) => settled(records.getAll())),

    /** Make this page the one that sends what `mayTake` says of each record; resolves to those records. */
    take: (page, mayTake) =>
      within("readwrite", "strict", async (records) => {
        const taken = (await settled(records.getAll())).filter(mayTake);
        for (const record of taken) records.put(Object.assign(record, { page, queued: true, aside: "" }));
        return taken;
      }),
  };
}
