// The part of fs-native-extensions that is used; the package brings no types.
declare module "fs-native-extensions" {
  /** Locks `length` bytes from `offset` (0: to the end) for this open file; false where another holds them. */
  export function tryLock(fd: number, offset?: number, length?: number): boolean;
}
