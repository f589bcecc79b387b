// A chart on a canvas, with what it shows in words for who does not see it. Redrawn when its option or the colours change.
import type { ECharts, EChartsCoreOption } from "echarts/core";
import { useEffect, useRef, useState } from "preact/hooks";
import { theme } from "../app/theme.ts";

interface Props {
  /** The whole of what is drawn, in the colours of now. */
  readonly optionOf: (colours: Colours) => EChartsCoreOption;
  /** What changes when the option does. */
  readonly version: string;
  readonly summary: string;
  readonly height: number;
}

export interface Colours {
  readonly ink: string; readonly faint: string; readonly line: string; readonly surface: string; readonly accent: string;
  readonly relay: string; readonly relayText: string; readonly relayBand: string; readonly inverter: string; readonly night: string; readonly second: string;
  readonly low: string; readonly high: string; readonly font: string;
}

export function Chart({ optionOf, version, summary, height }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const [state, setState] = useState<"coming" | "there" | "failed">("coming");
  const colour = theme.value;

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    let isGone = false;
    const watch = new ResizeObserver(() => { chart.current?.resize(); });
    import("./echarts.ts").then(({ init }) => {
      if (isGone) return;
      chart.current = init(element, null, { renderer: "canvas" });
      watch.observe(element);
      setState("there");
    }).catch(() => { if (!isGone) setState("failed"); });
    return () => {
      isGone = true;
      watch.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    if (state === "there") chart.current?.setOption(optionOf(coloursNow()), { notMerge: true });
    // `optionOf` is made anew at every rendering; `version` says when it draws something else.
  }, [state, version, colour, height]);

  return (
    <div class="chart">
      {state !== "there" && <p class="chart-word">{state === "coming" ? "Desenhando o gráfico…" : "O gráfico não pôde ser carregado. A tabela mostra o mesmo."}</p>}
      <div ref={place} class="chart-canvas" role="img" aria-label={summary} style={{ height: `${height}px` }} data-drawn={state === "there" ? version : ""} />
    </div>
  );
}

function coloursNow(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: of("ink"), faint: of("ink-2"), line: of("line"), surface: of("surface"), accent: of("accent"), relay: of("relay"), relayText: of("relay-text"), relayBand: of("relay-band"),
    inverter: of("inverters"), night: of("night"), second: of("second"), low: of("heat-low"), high: of("heat-high"), font: getComputedStyle(document.body).fontFamily,
  };
}
