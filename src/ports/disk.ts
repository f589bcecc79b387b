// The folder of the state, as the few operations that a durable write is made of.

/** Text, or bytes in parts: each holds only until the next one is asked for. */
export type FileContent = string | Iterable<Uint8Array>;

export interface Disk {
  /** Null where the file does not exist. Other errors reject with their system code. */
  read(name: string): Promise<Uint8Array | null>;
  /** Creates (mode 0600) or truncates the file, writes all of it and forces it to the device (fsync). */
  writeDurably(name: string, content: FileContent): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Forces the folder's entries to the device; does nothing where the system has no such call (Windows). */
  syncFolder(): Promise<void>;
}
