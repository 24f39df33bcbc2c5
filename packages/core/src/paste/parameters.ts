/** What a parameters text says, under the names of the webui's `parse_generation_parameters`: `Prompt`, `Steps`, `Size-1`, … */
export type Parameters = ReadonlyMap<string, ParameterValue>;

/** As written (text), or as a default was put in. */
export type ParameterValue = string | number | boolean | readonly string[];
