/** Recorded cases that need what a later issue builds: a whole group, one case of it (`group/case`), or a folder of tables. */
export const laterFeatures: Readonly<Record<string, { readonly issue: number; readonly needs: string }>> = {
  '26_controlnet': { issue: 8, needs: 'ControlNet' },
  '27_t2i_adapter': { issue: 8, needs: 'T2I-Adapter' },
  '29_controlnet_api': { issue: 8, needs: 'ControlNet and the server' },
  forward_control: { issue: 8, needs: 'ControlNet' },
  '20_scripts': { issue: 10, needs: 'scripts' },
  '28_esrgan/hires_with_controlnet': { issue: 8, needs: 'ControlNet' },
  '28_esrgan/sd_upscale_script': { issue: 10, needs: 'scripts' },
  '28_esrgan/txt2img_restore_faces_missing_model': { issue: 10, needs: 'face restoration' },
  forward_face: { issue: 10, needs: 'face restoration' },
};
