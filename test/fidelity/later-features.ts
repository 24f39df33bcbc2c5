/** Recorded cases that need what a later issue builds: a whole group, one case of it (`group/case`), or a folder of tables. */
export const laterFeatures: Readonly<Record<string, { readonly issue: number; readonly needs: string }>> = {
  '29_controlnet_api': { issue: 8, needs: 'lists of every preprocessor; control-routes.test.ts compares the maps' },
  '26_controlnet/control_lora_with_lora': { issue: 8, needs: 'a LoRA under a control-LoRA' },
  '26_controlnet/hypernet_and_ti': { issue: 8, needs: 'hypernetworks inside the control network' },
  '28_esrgan/txt2img_restore_faces_missing_model': { issue: 10, needs: 'face restoration' },
  forward_face: { issue: 10, needs: 'face restoration' },
};
