// What is written on: how wide it is, and whether it shows colours.
import type { Writable } from "node:stream";
import { WriteStream } from "node:tty";
import { styleText } from "node:util";

export interface Canvas {
  /** Cells of a line. */
  readonly width: number;
  readonly color: boolean;
}

export type Style = Parameters<typeof styleText>[0];

/** Wider than this a line is tiring to read. */
const MOST_WIDTH = 100;
const LEAST_WIDTH = 40;
/** Of a file or a pipe. */
const PLAIN_WIDTH = 80;

export function canvasOf(stream: Writable, color?: boolean): Canvas {
  if (!(stream instanceof WriteStream)) return { width: PLAIN_WIDTH, color: color ?? false };
  return {
    // Asked anew for each line: windows are resized.
    get width() {
      return stream.columns;
    },
    color: color ?? stream.hasColors(),
  };
}

export function styled(style: Style, text: string, { color }: Pick<Canvas, "color">): string {
  return color && text !== "" ? styleText(style, text, { validateStream: false }) : text;
}

/** One cell is left free at the right: a full line makes some terminals wrap. */
export function boxWidth({ width }: Pick<Canvas, "width">): number {
  return Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width - 1));
}
