// Which day is shown; back and forth.
import { plantHref } from "../app/route.ts";
import type { PlantDay } from "../../../src/api/schemas.ts";
import { addDays, fullDate } from "../zone-time.ts";

export function DayTurner({ day: { plant, date, today, earliest } }: { readonly day: PlantDay }) {
  const go = (to: string): void => { location.hash = plantHref(plant.id, to === today ? undefined : to); };
  return (
    <div class="day-turner" role="group" aria-label="Dia mostrado">
      <button type="button" class="button" disabled={date <= earliest} onClick={() => { go(addDays(date, -1)); }} aria-label="Dia anterior" title="Dia anterior">‹</button>
      <input type="date" aria-label={`Dia mostrado, ${fullDate(date)}`} value={date} min={earliest} max={today} required onChange={(event) => {
        const { value, validity } = event.currentTarget;
        if (validity.valid && value !== "") go(value);
      }} />
      <button type="button" class="button" disabled={date >= today} onClick={() => { go(addDays(date, 1)); }} aria-label="Dia seguinte" title="Dia seguinte">›</button>
      {date === today ? <span class="small">hoje</span> : <button type="button" class="button" onClick={() => { go(today); }}>Hoje</button>}
    </div>
  );
}
