// The demo on a terminal: what happened scrolls by, the clock of the day stands below. Plain lines where there is no terminal.
import { MultiBar } from "cli-progress";
import type { Writable } from "node:stream";
import { WriteStream } from "node:tty";
import { boxWidth, canvasOf, styled, type Canvas, type Style } from "../terminal/canvas.ts";
import { cardBox } from "../terminal/card-box.ts";
import { printable, wrap } from "../terminal/text-width.ts";

export interface Screen {
  readonly canvas: Canvas;
  /** A line of the story, `14:05 a API parou de responder`. */
  story(time: string, text: string): void;
  /** Something that the demo itself did. */
  act(time: string, text: string): void;
  card(time: string, body: string): void;
  /** `done`: 0 … 1. */
  progress(time: string, done: number, note: string): void;
  /** Takes the clock away. */
  close(): void;
}

const STEPS = 10_000;

export function createScreen(stream: Writable, color?: boolean): Screen {
  const canvas = canvasOf(stream, color);
  const bar = stream instanceof WriteStream ? createBar(stream, canvas) : null;
  const write = (text: string): void => {
    if (bar === null) stream.write(text);
    else bar.print(text);
  };
  const line = (time: string, text: string, style: Style): void => {
    const [first, ...others] = wrap(printable(text), boxWidth(canvas) - time.length - 2);
    const rest = others.map((other) => `${" ".repeat(time.length + 2)}${styled(style, other, canvas)}\n`);
    write(`${styled("bold", time, canvas)}  ${styled(style, first, canvas)}\n${rest.join("")}`);
  };
  return {
    canvas,
    story: (time, text) => {
      write("\n");
      line(time, text, ["bold", "cyan"]);
    },
    act: (time, text) => { line(time, text, "magenta"); },
    card: (time, body) => { write(cardBox(body, `Teams, ${time}`, canvas)); },
    progress: (time, done, note) => bar?.show(time, done, note),
    close: () => bar?.close(),
  };
}

interface Bar {
  print(text: string): void;
  show(time: string, done: number, note: string): void;
  close(): void;
}

function createBar(stream: WriteStream, canvas: Canvas): Bar {
  const bars = new MultiBar({
    stream, fps: 10, hideCursor: true, linewrap: false, clearOnComplete: true, gracefulExit: false, forceRedraw: true,
    format: (_options, params, payload: { time?: string; note?: string }) => {
      const { time = "", note = "" } = payload;
      const cells = Math.max(8, Math.min(40, boxWidth(canvas) - 16 - note.length));
      const full = Math.round(params.progress * cells);
      return `${styled("bold", time, canvas)}  ${styled("cyan", "━".repeat(full), canvas)}${styled("gray", "─".repeat(cells - full), canvas)}  ${note}`;
    },
  });
  const bar = bars.create(STEPS, 0, {});
  return {
    print: (text) => { bars.log(text); },
    show: (time, done, note) => { bar.update(Math.round(done * STEPS), { time, note }); },
    close: () => {
      if (!bars.isActive) return;
      bars.update(); // what was logged last is still to be written
      bars.stop();
    },
  };
}
