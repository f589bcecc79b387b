// What a chart says under the pointer: text nodes only, whatever the names hold.
export function tooltipOf(title: string, lines: readonly string[]): HTMLElement {
  const box = document.createElement("div");
  const head = document.createElement("strong");
  head.textContent = title;
  box.append(head, ...lines.map((line) => {
    const row = document.createElement("div");
    row.textContent = line;
    return row;
  }));
  return box;
}

/** What all charts share. Confined: without that, echarts would draw its arrow by way of HTML text. */
export function tooltipStyle(colours: { readonly surface: string; readonly line: string; readonly ink: string; readonly font: string }) {
  return {
    confine: true, transitionDuration: 0, backgroundColor: colours.surface, borderColor: colours.line, borderWidth: 1, padding: [8, 10],
    textStyle: { color: colours.ink, fontFamily: colours.font, fontSize: 12 },
  };
}
