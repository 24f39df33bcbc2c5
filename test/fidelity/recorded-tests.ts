/** Tests that compare what was recorded apart from requests, and the row of the table they count in (each test is a case). */
export const recordedTests: Readonly<Record<string, string>> = {
  'test/fidelity/forward/forward.test.ts': 'forward',
  'packages/ext-upscalers/test/networks.test.ts': 'forward_upscale',
  'test/fidelity/http.test.ts': 'extras, png-info, api_get',
  'test/fidelity/forward/control.test.ts': 'forward_control',
  'packages/core/test/image/image-ops.test.ts': 'image_ops',
  'packages/core/test/image/filename-from.test.ts': 'tables, file names',
  'packages/core/test/image/infotext.test.ts': 'tables, parameters',
  'packages/core/test/prompt/clip-tokenizer.test.ts': 'tables, tokens',
  'packages/core/test/prompt/compile-prompt.test.ts': 'tables, prompts',
  'packages/core/test/prompt/prompt-schedule.test.ts': 'tables, prompts',
  'packages/core/test/sampling/brownian.test.ts': 'tables, noise',
  'packages/core/test/sampling/image-noise.test.ts': 'tables, noise',
  'packages/core/test/sampling/randn.test.ts': 'tables, noise',
  'packages/core/test/sampling/noise-schedule.test.ts': 'tables, schedules',
  'packages/core/test/sampling/schedule-options.test.ts': 'tables, schedules',
};
