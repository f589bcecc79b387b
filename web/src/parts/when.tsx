// A time, relative, with the clock's own beside it for who points at it, or comes to it by keyboard. Age is counted by the monitor's clock, never the browser's.
import { ago } from "../words.ts";
import { fullDate, moment, wallOf } from "../zone-time.ts";

interface Props {
  readonly at: number;
  readonly now: number;
  readonly zone: string;
  /** Inside a link the link has the focus. */
  readonly isInLink?: boolean;
}

export function When({ at, now, zone, isInLink = false }: Props) {
  const { date, time } = wallOf(at, zone);
  return (
    <time class="when" dateTime={new Date(at).toISOString()} {...(isInLink ? {} : { tabIndex: 0 })}>
      {ago(at, now)}
      <span class="when-clock"><span class="hidden">, </span>{`${fullDate(date)} ${time}`}</span>
    </time>
  );
}

/** `10:05 (há 12 min)`: in tables, where both have room. */
export function ClockTime({ at, now, zone }: Props) {
  return <time dateTime={new Date(at).toISOString()} title={ago(at, now)}>{moment(at, now, zone)}</time>;
}
