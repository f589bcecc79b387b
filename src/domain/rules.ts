// The settings of the trade as the detectors need them, for one plant.

/** A class of relay parameters, in the order in which classes are tried. */
export interface RelayClass {
  readonly type: string;
  /** Canonical names (`r59A`); any watched parameter that no class lists belongs to the class `OUTROS`. */
  readonly parameters: readonly string[];
}

export interface PlantRules {
  /** IANA zone of the plant's wall clock. */
  readonly zone: string;
  /** Seconds since local midnight, both ends included. */
  readonly window: { readonly fromS: number; readonly toS: number };
  readonly failureReadings: number;
  readonly recoveryReadings: number;
  /** Power at or below it is zero, in kW. */
  readonly zeroKw: number;
  /** Canonical names of relay parameters that count as never active here. */
  readonly ignoredParameters: ReadonlySet<string>;
  readonly relayClasses: readonly RelayClass[];
  /** Events are recorded and logged, but not sent. */
  readonly muted: boolean;
}

export type RulesOf = (plant: { readonly id: string; readonly name: string }) => PlantRules;
