package fsw

const maxSnapshot = 256 << 20

type SnapshotState string
