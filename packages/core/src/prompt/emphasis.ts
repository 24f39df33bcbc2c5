/**
 * How attention weights act, by the webui's names: `Original` restores the mean after weighting, `No norm` does not,
 * `Ignore` reads the syntax and drops the weights, `None` leaves brackets as text.
 */
export type Emphasis = 'None' | 'Ignore' | 'Original' | 'No norm';
