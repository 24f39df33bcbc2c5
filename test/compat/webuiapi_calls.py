"""Calls every method of the client `webuiapi` whose route the server has, and prints one JSON line a call.

Usage: python webuiapi_calls.py PORT [USER PASSWORD]
"""

import asyncio
import json
import sys
import threading
import time

import webuiapi
from PIL import Image, PngImagePlugin

port, login = int(sys.argv[1]), sys.argv[2:4]
api = webuiapi.WebUIApi(port=port, sampler="Euler a", steps=4, **(dict(zip(("username", "password"), login)) if login else {}))
small = {"width": 64, "height": 64, "steps": 3, "cfg_scale": 5}
calls = []


def call(function):
    calls.append(function)
    return function


def picture(size=(64, 64), colour=(200, 40, 40)):
    return Image.new("RGB", size, colour)


def made(**more):
    return api.txt2img(prompt="a red circle on a blue background", seed=7, **{**small, **more})


def same(one, other):
    return one.size == other.size and one.convert("RGB").tobytes() == other.convert("RGB").tobytes()


@call
def txt2img():
    result = made(negative_prompt="text", styles=[], cfg_scale=6)
    assert result.image.size == (64, 64)
    assert result.info["seed"] == 7 and result.info["all_seeds"] == [7]
    assert result.info["sampler_name"] == "Euler a", result.info["sampler_name"]
    assert result.info["infotexts"][0].startswith("a red circle")
    assert result.parameters["prompt"] == "a red circle on a blue background"
    assert result.image.info["parameters"] == result.info["infotexts"][0]


@call
def txt2img_same_seed_same_picture():
    assert same(made().image, made().image)


@call
def txt2img_batches():
    result = made(batch_size=2, n_iter=2)
    assert result.info["all_seeds"] == [7, 8, 9, 10], result.info["all_seeds"]
    first = result.info["index_of_first_image"]
    assert len(result.images) == first + 4


@call
def txt2img_hires():
    result = made(enable_hr=True, hr_scale=2, hr_upscaler=webuiapi.HiResUpscaler.Latent, hr_second_pass_steps=2, denoising_strength=0.7)
    assert result.image.size == (128, 128), result.image.size


@call
def txt2img_legacy_sampler_name():
    result = made(sampler_name="DPM++ 2M Karras")
    assert result.info["sampler_name"] == "DPM++ 2M", result.info["sampler_name"]
    assert "Schedule type: Karras" in result.info["infotexts"][0]


@call
def txt2img_override_settings():
    result = made(override_settings={"CLIP_stop_at_last_layers": 2})
    assert "Clip skip: 2" in result.info["infotexts"][0]
    assert api.get_options()["CLIP_stop_at_last_layers"] == 1


@call
def txt2img_async():
    async def both():
        return await asyncio.gather(*(api.txt2img(prompt="a tree", seed=seed, use_async=True, **small) for seed in (1, 2)))

    one, two = asyncio.run(both())
    assert one.info["seed"] == 1 and two.info["seed"] == 2


@call
def txt2img_unknown_script_is_told():
    try:
        made(script_name="no such script")
    except RuntimeError as error:
        assert error.args[0] == 422 and "no such script" in error.args[1], error.args
    else:
        raise AssertionError("it was accepted")


@call
def img2img():
    result = api.img2img(images=[picture()], prompt="a tree", seed=3, denoising_strength=0.6, **small)
    assert result.image.size == (64, 64) and result.info["seed"] == 3
    assert "Denoising strength: 0.6" in result.info["infotexts"][0]
    assert result.parameters["init_images"] is None


@call
def img2img_mask():
    mask = Image.new("L", (64, 64), 0)
    mask.paste(255, (16, 16, 48, 48))
    source = picture()
    result = api.img2img(images=[source], mask_image=mask, mask_blur=0, inpainting_fill=1, inpaint_full_res=False, prompt="a tree", seed=3, **small)
    assert result.image.convert("RGB").getpixel((2, 2)) == source.getpixel((2, 2)), "what the mask hides has changed"


@call
def extra_single_image():
    result = api.extra_single_image(picture(), upscaler_1="Lanczos", upscaling_resize=2)
    assert result.image.size == (128, 128), result.image.size


@call
def extra_batch_images():
    result = api.extra_batch_images([picture(), picture((32, 32))], upscaler_1="Nearest", upscaling_resize=2)
    assert [image.size for image in result.images] == [(128, 128), (64, 64)], [image.size for image in result.images]


@call
def png_info():
    text = made().info["infotexts"][0]
    notes = PngImagePlugin.PngInfo()
    notes.add_text("parameters", text)
    image = picture()
    image.info["parameters"] = text
    result = api.png_info(image)
    assert result.info == text, result.info
    assert result.parameters["Steps"] == "3", result.parameters


@call
def interrogate_without_a_model_is_told():
    try:
        api.interrogate(picture(), model="no such model")
    except RuntimeError as error:
        assert error.args[0] == 404, error.args
    else:
        raise AssertionError("it was accepted")


@call
def interrupt():
    assert api.interrupt() == {}


@call
def skip():
    assert api.skip() is None


@call
def get_options():
    options = api.get_options()
    assert options["samples_format"] == "png" and "sd_model_checkpoint" in options


@call
def set_options():
    before = api.get_options()["CLIP_stop_at_last_layers"]
    assert api.set_options({"CLIP_stop_at_last_layers": 2}) is None
    assert api.get_options()["CLIP_stop_at_last_layers"] == 2
    api.set_options({"CLIP_stop_at_last_layers": before})


@call
def get_cmd_flags():
    assert "ckpt_dir" in api.get_cmd_flags()


@call
def get_progress():
    progress = api.get_progress()
    assert progress["progress"] == 0 and progress["state"]["job_count"] == 0, progress


@call
def get_progress_of_a_job_at_work():
    seen = []
    work = threading.Thread(target=lambda: made(steps=60))
    work.start()
    while work.is_alive():
        seen.append(api.get_progress())
        time.sleep(0.02)
    steps = [progress["state"]["sampling_step"] for progress in seen]
    assert max(steps) > 5 and steps == sorted(steps[:-1]) + steps[-1:], steps
    assert max(progress["progress"] for progress in seen) <= 1


@call
def interrupt_a_job_at_work():
    results = []
    work = threading.Thread(target=lambda: results.append(made(steps=150)))
    work.start()
    while api.get_progress()["state"]["sampling_step"] < 2:
        time.sleep(0.02)
    api.interrupt()
    work.join(60)
    assert len(results) == 1, "the interrupted request was not answered"


@call
def get_samplers():
    assert "Euler a" in [sampler["name"] for sampler in api.get_samplers()]


@call
def get_schedulers():
    assert "karras" in [scheduler["name"] for scheduler in api.get_schedulers()]


@call
def get_sd_vae():
    assert isinstance(api.get_sd_vae(), list)


@call
def get_upscalers():
    assert [upscaler["name"] for upscaler in api.get_upscalers()][:3] == ["None", "Lanczos", "Nearest"]


@call
def get_latent_upscale_modes():
    assert api.get_latent_upscale_modes()[0] == {"name": "Latent"}


@call
def get_loras():
    assert isinstance(api.get_loras(), list)


@call
def get_sd_models():
    (model, *_) = api.get_sd_models()
    assert set(model) == {"title", "model_name", "hash", "sha256", "filename", "config"}, model


@call
def get_hypernetworks():
    assert isinstance(api.get_hypernetworks(), list)


@call
def get_face_restorers():
    assert isinstance(api.get_face_restorers(), list)


@call
def get_realesrgan_models():
    assert isinstance(api.get_realesrgan_models(), list)


@call
def get_prompt_styles():
    assert isinstance(api.get_prompt_styles(), list)


@call
def refresh_checkpoints():
    assert api.refresh_checkpoints() is None


@call
def get_scripts():
    assert set(api.get_scripts()) == {"txt2img", "img2img"}


@call
def get_embeddings():
    assert set(api.get_embeddings()) == {"loaded", "skipped"}


@call
def get_memory():
    assert api.get_memory()["ram"]["total"] > 0


@call
def util_get_model_names():
    assert len(api.util_get_model_names()) > 0


@call
def util_get_sampler_names():
    assert "Euler a" in api.util_get_sampler_names()


@call
def util_get_scheduler_names():
    assert "karras" in api.util_get_scheduler_names()


@call
def util_set_model():
    title = api.util_get_model_names()[0]
    api.util_set_model(title)
    assert api.util_get_current_model() == title, api.util_get_current_model()


@call
def util_wait_for_ready():
    api.util_wait_for_ready(check_interval=0.1)


@call
def custom_get():
    assert api.custom_get("internal/ping") == {}
    assert "Euler a" in [sampler["name"] for sampler in api.custom_get("samplers", baseurl=True)]


@call
def custom_post():
    result = api.custom_post("txt2img", payload={"prompt": "a tree", **small}, baseurl=True)
    assert len(result.images) == 1


for function in calls:
    try:
        function()
        row = {"call": function.__name__, "problem": None}
    except Exception as error:  # told to whoever runs us
        row = {"call": function.__name__, "problem": f"{type(error).__name__}: {error}"}
    print("RESULT " + json.dumps(row), flush=True)
