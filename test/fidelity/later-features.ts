/** Recorded cases that need what a later issue builds: a whole group, one case of it (`group/case`), or a folder of tables. */
export const laterFeatures: Readonly<Record<string, { readonly issue: number; readonly needs: string }>> = {
  api_get: { issue: 7, needs: 'the server' },
  '29_controlnet_api': { issue: 8, needs: 'ControlNet and the server' },
  '24_sd2_vpred': { issue: 9, needs: 'SD 2.x' },
  '25_sdxl': { issue: 9, needs: 'SDXL' },
  '13_extras': { issue: 10, needs: 'extras' },
  '14_png_info': { issue: 10, needs: 'extras' },
  '20_scripts': { issue: 10, needs: 'scripts' },
  '28_esrgan/hires_with_controlnet': { issue: 8, needs: 'ControlNet' },
  '28_esrgan/sd_upscale_script': { issue: 10, needs: 'scripts' },
  '28_esrgan/txt2img_restore_faces_missing_model': { issue: 10, needs: 'face restoration' },
  forward_face: { issue: 10, needs: 'face restoration' },
};
